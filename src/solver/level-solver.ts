/**
 * One call of randomize, level by level: variables that must be known before others are solved early, by themselves, and are state to
 * all that follows (IEEE 1800 clauses 18.4.2, 18.5.7, 18.5.9, 18.5.11).
 *
 *   1. Cyclic fields, in the order of declaration: the next value of the round that can be part of a solution.
 *   2. Sizes of arrays, and variables that functions take: a solution, uniformly, of the constraints that speak of them alone.
 *   3. What stands before something else in an order of solving: the same, one step of the order after the other.
 *   4. Everything else: uniformly over the solutions that are left (`prepared.ts`).
 *
 * Values of 2 and 3 that cannot be completed are drawn again: they are uniform over those that can. Where the standard lets a solver
 * fail because it chose early values badly, this one does not.
 */
import type { RandomStream } from '#random/random-stream';
import { varsOf, type BoolNode } from './expression.ts';
import { countOf, normalizeRanges, nthOf } from './domain.ts';
import type { GiveUp } from './give-up.ts';
import type { Sets } from './interval.ts';
import type { CyclicSlot } from './layout.ts';
import { SOLVER_LIMITS } from './limits.ts';
import { nextInOrder } from './order-cycle.ts';
import { Prepared } from './prepared.ts';
import { Problem, type NamedConstraint } from './problem.ts';
import { isThere, type Call, type Level, type RandomModel } from './random-model.ts';
import { CycleDraw } from './cycle-draw.ts';
import type { Known } from './variables.ts';

/** `no`: there is no solution; `open`: none was found within the limits. */
export type Outcome = 'yes' | 'no' | 'open';

/** A way down the levels, and what is left to try. */
export class LevelSolver {
  /** Values of all variables, after `yes`. */
  values = new Float64Array(0);
  /** The level at which the last try ended. */
  last: Level;
  /** Variables whose early values hit a limit. */
  earlyLimit: readonly number[] | undefined = undefined;
  /** What ended a search that is left open. */
  gaveUp: GiveUp | undefined = undefined;
  /** Rounds of cyclic fields, to be kept when the call succeeds. */
  readonly cycles: CycleDraw[] = [];
  private readonly model: RandomModel;
  private readonly call: Call;
  private readonly stream: RandomStream;

  constructor(model: RandomModel, call: Call, stream: RandomStream) {
    this.model = model;
    this.call = call;
    this.stream = stream;
    this.last = model.level(call, call.off);
  }

  solve(): Outcome {
    return this.solveLevel(this.last);
  }

  /** The name of a variable. */
  fieldOf(index: number): string {
    return this.model.layout.names.fields[index];
  }

  private solveLevel(level: Level): Outcome {
    this.last = level;
    const cyclic = this.nextCyclic(level.known);
    if (cyclic !== undefined) return this.solveCyclic(level, cyclic);
    const early = level.wanted.length > 0 ? level.wanted : nextInOrder(level.orders, level.known);
    if (early.length > 0) return this.solveEarly(level, early);
    if (this.values.length !== level.sets.length) this.values = new Float64Array(level.sets.length);
    const isSolved = level.prepared.solve(this.stream, this.values);
    if (isSolved) return 'yes';
    const outcome = unsolved(level);
    if (outcome === 'open') this.gaveUp = level.prepared.gaveUp;
    return outcome;
  }

  private nextCyclic(known: Known): CyclicSlot | undefined {
    return this.model.layout.cyclic.find(({ slot, guards }) => {
      if (known.has(slot.index)) return false;
      return guards.every(({ size }) => known.has(size)) && isThere(guards, known);
    });
  }

  private solveCyclic(level: Level, cyclic: CyclicSlot): Outcome {
    const { index } = cyclic.slot;
    const draw = new CycleDraw(cyclic, this.call.target, level);
    this.cycles.push(draw);
    let result: Outcome = 'no';
    for (;;) {
      const code = draw.next(this.stream);
      if (code === undefined) break;
      const outcome = this.deeper(level, new Map([[index, code]]));
      if (outcome === 'yes') return 'yes';
      if (outcome === 'open') result = 'open';
    }
    this.cycles.splice(this.cycles.indexOf(draw));
    return result;
  }

  private solveEarly(level: Level, early: readonly number[]): Outcome {
    if (level.prepared.problem.satisfiability() === 'no') return 'no';
    let kept = ownConstraints(level, early);
    for (;;) {
      const outcome = this.tryEarly(level, early, kept);
      if (outcome !== 'no') return outcome;
      // Soft constraints on early variables alone were kept above; where nothing completes them, the softest goes.
      const softest = level.soft.find((one) => kept.includes(one));
      if (softest === undefined) return 'no';
      kept = kept.filter((one) => one !== softest);
    }
  }

  private tryEarly(
    level: Level,
    early: readonly number[],
    constraints: readonly NamedConstraint[],
  ): Outcome {
    const problem = new EarlyProblem(level.sets, early, constraints);
    for (let n = 0; n < SOLVER_LIMITS.earlyTriesMax; n++) {
      const values = problem.draw(this.stream);
      if (values === undefined) {
        if (problem.isImpossible) return 'no';
        this.gaveUp = problem.gaveUp;
        return 'open';
      }
      if (problem.isRefuted(values)) continue;
      const outcome = this.deeper(level, values);
      if (outcome !== 'no') return outcome;
      problem.refute(values);
    }
    let left = problem.candidates();
    if (left === undefined) {
      this.earlyLimit = early;
      return 'open';
    }
    for (;;) {
      left = left.filter((values) => !problem.isRefuted(values) && this.isOpen(level, values));
      const values = problem.drawAmong(left, this.stream);
      if (values === undefined) return 'no';
      const outcome = this.deeper(level, values);
      if (outcome !== 'no') return outcome;
      problem.refute(values);
    }
  }

  private deeper(level: Level, values: Known): Outcome {
    const next = this.model.level(this.call, merged(level.known, values));
    // Asked first, so that no draw is spent on what has no solution.
    return next.prepared.problem.satisfiability() === 'no'
      ? this.ended(next)
      : this.solveLevel(next);
  }

  private ended(level: Level): Outcome {
    this.last = level;
    return 'no';
  }

  private isOpen(level: Level, values: Known): boolean {
    const next = this.model.level(this.call, merged(level.known, values));
    return next.prepared.problem.satisfiability() !== 'no';
  }
}

/** Variables that are solved early, under the constraints that speak of them alone. */
export class EarlyProblem {
  private readonly early: readonly number[];
  private readonly sets: Sets;
  private readonly prepared: Prepared;
  private readonly refuted = new Set<string>();
  private readonly values: Float64Array;

  constructor(sets: Sets, early: readonly number[], constraints: readonly NamedConstraint[]) {
    const own = new Set(early);
    this.early = early;
    // The others get one value, so that nothing is drawn for them.
    this.sets = sets.map((set, index) => (own.has(index) ? set : [[set[0][0], set[0][0]]]));
    this.prepared = new Prepared(new Problem(this.sets, constraints), [], []);
    this.values = new Float64Array(sets.length);
  }

  get isImpossible(): boolean {
    return this.prepared.problem.satisfiability() === 'no';
  }

  /** Why `draw` found none. */
  get gaveUp(): GiveUp | undefined {
    return this.prepared.gaveUp;
  }

  /** Values for the early variables; undefined when none were found. */
  draw(stream: RandomStream): Known | undefined {
    if (!this.prepared.solve(stream, this.values)) return undefined;
    return this.taken();
  }

  isRefuted(values: Known): boolean {
    return this.refuted.has(keyOf(values));
  }

  refute(values: Known): void {
    this.refuted.add(keyOf(values));
  }

  /** All values that satisfy the constraints here; undefined when there are too many to list. */
  candidates(): readonly Known[] | undefined {
    const sizes = this.early.map((index) => countOf(this.sets[index]));
    const total = sizes.reduce((product, size) => product * size, 1);
    if (total > SOLVER_LIMITS.earlyValuesMax) return undefined;
    const found: Known[] = [];
    for (let n = 0; n < total; n++) {
      let rest = n;
      this.early.forEach((index, i) => {
        this.values[index] = nthOf(this.sets[index], rest % sizes[i]);
        rest = Math.floor(rest / sizes[i]);
      });
      this.sets.forEach((set, index) => {
        if (!this.early.includes(index)) this.values[index] = set[0][0];
      });
      if (this.prepared.problem.isSolvedBy(this.values)) found.push(this.taken());
    }
    return found;
  }

  /** One of the values, as the constraints weigh them; undefined when there are none. */
  drawAmong(list: readonly Known[], stream: RandomStream): Known | undefined {
    if (list.length === 0) return undefined;
    const node: BoolNode =
      this.early.length === 1
        ? oneOfValues(this.early[0], list)
        : { kind: 'any', parts: list.map((values) => allOfValues(values)) };
    const among = new Prepared(this.prepared.problem.with({ name: '', node }), [], []);
    return among.solve(stream, this.values) ? this.taken() : undefined;
  }

  private taken(): Known {
    return new Map(this.early.map((index) => [index, this.values[index]]));
  }
}

/** Constraints that hold at a level and speak of these variables alone. */
export function ownConstraints(level: Level, early: readonly number[]): readonly NamedConstraint[] {
  const own = new Set(early);
  return level.prepared.problem.constraints.filter(({ node }) => {
    const vars = varsOf(node);
    return vars.length > 0 && vars.every((index) => own.has(index));
  });
}

/** What to say of a level where no solution was found. */
export function unsolved(level: Level): Outcome {
  return level.prepared.problem.satisfiability() === 'no' ? 'no' : 'open';
}

function oneOfValues(index: number, list: readonly Known[]): BoolNode {
  const ranges = list.map((values) => {
    const value = values.get(index) ?? 0;
    return [value, value] as const;
  });
  return { kind: 'in', a: { kind: 'var', index }, ranges: normalizeRanges(ranges) };
}

function allOfValues(values: Known): BoolNode {
  const parts = [...values].map(([index, value]): BoolNode => {
    return { kind: 'in', a: { kind: 'var', index }, ranges: [[value, value]] };
  });
  return parts.length === 1 ? parts[0] : { kind: 'all', parts };
}

function merged(known: Known, more: Known): Known {
  return new Map([...known, ...more]);
}

function keyOf(values: Known): string {
  return [...values.values()].join();
}
