/**
 * One call's constraints, made ready and kept for the next call with the same ones: which soft constraints hold, which
 * distributions apply, and the problem that is left (semantics §2).
 *
 * The distribution of a solve is defined by these steps, in this order:
 *   1. Soft constraints, from the highest priority down, stay if they can hold together with all that stay already. Where that is not
 *      known, draws decide; where they do not, nothing is solved.
 *   2. Distributions in the order declared: one value is drawn by weight *among the values that can still be part of a
 *      solution*. One under a condition first settles whether the condition holds, as a uniform solution has it.
 *   3. Variables to be solved first: each uniformly over the values that are left to it.
 *   4. The rest: uniformly over all solutions that are left, by construction (`component.ts`).
 */
import { UsageError } from '#base/assert';
import { RandomStream } from '#random/random-stream';
import type { Satisfiability } from './component.ts';
import type { IntNode } from './expression.ts';
import { noHit, type GiveUp } from './give-up.ts';
import type { ValueSet } from './interval.ts';
import { howToRaise } from './limits.ts';
import { marginals } from './marginals.ts';
import { ALL_DRAWN, PlanStep, type PlanRoom } from './plan-step.ts';
import type { NamedConstraint, Problem } from './problem.ts';
import { solveFirstWish, wishesOf, type Wish } from './wish.ts';

export class Prepared {
  /** Hard constraints and the soft ones that hold. */
  readonly problem: Problem;
  /** Names of the soft constraints that could not be kept. */
  readonly dropped: readonly string[];
  /** What is drawn by weight, in its order. */
  readonly wishes: readonly Wish[];
  /** Why the last solve found nothing; undefined: there is no solution. */
  gaveUp: GiveUp | undefined = undefined;
  private readonly room: PlanRoom;
  private first: PlanStep;

  /**
   * @param hard what must hold.
   * @param soft from the lowest to the highest priority.
   * @param first variables to be solved before the rest.
   */
  constructor(
    hard: Problem,
    soft: readonly NamedConstraint[] = [],
    first: readonly IntNode[] = [],
  ) {
    const { problem, dropped } = keepSoft(hard, soft);
    this.problem = problem;
    this.dropped = dropped;
    const wishes = problem.constraints.flatMap(({ name, node }) => wishesOf(node, name));
    this.wishes = [...wishes, ...first.map((a) => solveFirstWish(a, hard.domains))];
    this.room = { wishes: this.wishes, stepCount: 0 };
    this.first = new PlanStep(this.room, problem, 0);
  }

  /** Draws a solution into `values`; false: none was found. */
  solve(stream: RandomStream, values: Float64Array): boolean {
    if (this.room.stepCount > STEPS_MAX) {
      // What is drawn does not depend on what is kept.
      this.room.stepCount = 0;
      this.first = new PlanStep(this.room, this.problem, 0);
    }
    let step = this.first;
    while (step.hasWish) {
      const next = step.draw(stream, values);
      if (next === undefined) {
        this.gaveUp = step.gaveUp;
        return false;
      }
      if (next === ALL_DRAWN) return true;
      step = next;
    }
    if (step.problem.sample(stream, values)) return true;
    this.gaveUp = step.problem.gaveUp;
    return false;
  }

  /**
   * The chance, 0..1, that an expression is in each of some sets of values, exactly.
   * @returns undefined when there is too much to count.
   */
  marginals(of: IntNode, sets: readonly ValueSet[]): readonly number[] | undefined {
    return marginals(this.first, of, sets);
  }
}

/** Steps kept of one plan, each with a problem of its own. */
const STEPS_MAX = 1024;

/** Keeps soft constraints from the highest priority down as long as there is a solution. */
function keepSoft(
  hard: Problem,
  soft: readonly NamedConstraint[],
): { readonly problem: Problem; readonly dropped: readonly string[] } {
  if (soft.length === 0) return { problem: hard, dropped: [] };
  // Where there is no solution at all, nothing is gained by deciding which of them are in the way.
  if (hard.satisfiability() === 'no') {
    return { problem: hard, dropped: soft.map(({ name }) => name).toReversed() };
  }
  const whole = soft.reduce((problem, constraint) => problem.with(constraint), hard);
  if (harder(whole) === 'yes') return { problem: whole, dropped: [] };
  let problem = hard;
  const dropped: string[] = [];
  for (const constraint of [...soft].reverse()) {
    const next = problem.with(constraint);
    const truth = harder(next);
    if (truth === 'open') throw undecided(constraint.name, next);
    if (truth === 'yes') problem = next;
    else dropped.push(constraint.name);
  }
  return { problem, dropped };
}

/** Rounds of draws that decide whether there is a solution, each of `triesMax` at most. */
const DECIDING_ROUNDS = 8;

/** Satisfiability, where it is open by draws; from a stream of their own, so that no other draw depends on them. */
function harder(problem: Problem): Satisfiability {
  const truth = problem.satisfiability();
  if (truth !== 'open') return truth;
  const stream = new RandomStream('soft');
  const values = new Float64Array(problem.domains.length);
  for (let n = 0; n < DECIDING_ROUNDS; n++) if (problem.sample(stream, values)) return 'yes';
  return 'open';
}

/** A soft constraint is given up only where it contradicts the others; that it does must be known. */
function undecided(name: string, problem: Problem): UsageError {
  const { limits, what } = problem.gaveUp ?? noHit();
  return new UsageError(
    'solve-limit',
    `it is not known whether the soft constraint '${name}' can hold: ${what}`,
    {
      hint: `So it can neither be kept nor given up. Make it simpler, or raise a limit, before anything is solved: ${howToRaise(limits)}`,
    },
  );
}
