/**
 * Variables that constraints tie together, and the way in which their solutions are drawn: always exactly uniform, by the cheapest
 * means that is known to do (semantics §2, "Uniformity").
 *
 *   boxes     a paving of which at least one point in `drawsPerHitMax` is a solution: known from its full boxes, or from an exact count
 *   distinct  variables that must all differ, and nothing else: dealt like cards
 *   hand      variables that must all differ, and their sum: counted by values
 *   chain     variables in ascending order, and nothing else: chosen with repetition
 *   sum       a sum of many variables: counted by partial sums
 *   diagram   a decision diagram of all solutions: no draw is lost, whatever their share
 *   tries     a paving of which the share is not known, when the diagram would be too large: still uniform, but it may give up
 *
 * Which one it is depends on the constraints alone, never on what was drawn before.
 */
import type { RandomStream } from '#random/random-stream';
import { ChainSolutions } from './chain-solutions.ts';
import { diagramOf, type DiagramSolutions } from './diagram-solutions.ts';
import { startBoxes } from './digits.ts';
import { DistinctSolutions } from './distinct-solutions.ts';
import { DistinctSum } from './distinct-sum.ts';
import type { BoolNode } from './expression.ts';
import { noHit, tooWide, type GiveUp } from './give-up.ts';
import type { Sets, ValueSet } from './interval.ts';
import { SOLVER_LIMITS } from './limits.ts';
import { narrowWide } from './narrow-wide.ts';
import { Paving, type Level } from './paving.ts';
import { SumSolutions, type SumTables } from './sum-solutions.ts';
import { isWide } from './wide.ts';

/** Whether there is a solution; open: none was found, and that there is none was not shown. */
export type Satisfiability = 'yes' | 'no' | 'open';

/** How solutions are drawn. */
export type Method =
  | { readonly kind: 'none' }
  | { readonly kind: 'boxes'; readonly level: Level }
  | { readonly kind: 'distinct'; readonly distinct: DistinctSolutions }
  | { readonly kind: 'hand'; readonly hand: DistinctSum }
  | { readonly kind: 'chain'; readonly chain: ChainSolutions }
  | { readonly kind: 'sum'; readonly sum: SumSolutions }
  | { readonly kind: 'diagram'; readonly diagram: DiagramSolutions }
  | { readonly kind: 'tries'; readonly level: Level }
  /** Numbers too wide for boxes, and constraints too entangled for a diagram. */
  | { readonly kind: 'unknown' };

const EFFORT_LAST = 2;
const LONG_SUM_MIN = 6;
/** Additions that take less time than a diagram of a few variables. */
const QUICK_SUM_STEPS_MAX = 1_000_000;

export class Component {
  readonly vars: readonly number[];
  private readonly sets: Sets;
  private readonly constraints: readonly BoolNode[];
  private readonly paving: Paving | undefined;
  private readonly distinct: DistinctSolutions | undefined;
  private readonly chain: ChainSolutions | undefined;
  private readonly hand: DistinctSum | undefined;
  private readonly tables: SumTables;
  private chosen: Method | undefined = undefined;
  private readonly sums: { readonly sum: SumSolutions | undefined }[] = [];
  private made: { readonly diagram: DiagramSolutions | undefined } | undefined = undefined;

  constructor(
    vars: readonly number[],
    sets: Sets,
    constraints: readonly BoolNode[],
    tables: SumTables,
  ) {
    this.vars = vars;
    this.sets = sets;
    this.constraints = constraints;
    this.tables = tables;
    this.distinct = DistinctSolutions.of(vars, sets, constraints);
    if (this.distinct !== undefined) return;
    this.chain = ChainSolutions.of(vars, sets, constraints);
    if (this.chain !== undefined) return;
    this.hand = DistinctSum.of(vars, sets, constraints);
    if (this.hand !== undefined) return;
    this.paving = pavingOf(vars, sets, constraints);
    if (this.paving !== undefined) return;
    const narrowed = narrowWide(sets, constraints);
    if (narrowed === undefined) {
      this.chosen = { kind: 'none' };
      return;
    }
    this.paving = pavingOf(vars, narrowed.sets, narrowed.constraints);
    if (this.paving === undefined) return;
    this.sets = narrowed.sets;
    this.constraints = narrowed.constraints;
  }

  /** Whether nothing ties the variables. */
  get isFree(): boolean {
    return this.constraints.length === 0;
  }

  /** How solutions are drawn; decided at the first call. */
  get method(): Method {
    this.chosen ??= this.choose();
    return this.chosen;
  }

  satisfiability(): Satisfiability {
    if (this.chosen === undefined && this.paving !== undefined && this.longSum === undefined) {
      const level = this.paving.level(0);
      if (level.isEmpty) return 'no';
      if (level.hasWitness) return 'yes';
    }
    const { method } = this;
    switch (method.kind) {
      case 'none':
        return 'no';
      case 'boxes':
      case 'distinct':
      case 'hand':
      case 'chain':
      case 'sum':
      case 'diagram':
        return 'yes';
      case 'tries':
        return method.level.hasWitness ? 'yes' : 'open';
      default:
        return 'open';
    }
  }

  /**
   * Draws a solution, each equally likely, into `values`.
   * @returns false when there is none, or none was found within the limits.
   */
  sample(stream: RandomStream, values: Float64Array): boolean {
    const { method } = this;
    switch (method.kind) {
      case 'boxes':
        // Ends: at least one draw in `drawsPerHitMax` hits.
        while (!method.level.draw(stream, values));
        return true;
      case 'distinct':
        method.distinct.sample(stream, values);
        return true;
      case 'hand':
        method.hand.sample(stream, values);
        return true;
      case 'chain':
        method.chain.sample(stream, values);
        return true;
      case 'sum':
        method.sum.sample(stream, values);
        return true;
      case 'diagram':
        method.diagram.sample(stream, values);
        return true;
      case 'tries':
        for (let n = SOLVER_LIMITS.triesMax; n > 0; n--) {
          if (method.level.draw(stream, values)) return true;
        }
        return false;
      default:
        return false;
    }
  }

  /** What the constraints leave of a variable's values, at sight. */
  narrowedSet(index: number): ValueSet {
    return this.paving?.setOf(index) ?? this.sets[index];
  }

  /** Why `sample` may find none. */
  get gaveUp(): GiveUp | undefined {
    const { method } = this;
    if (method.kind === 'tries') return noHit();
    return method.kind === 'unknown' ? tooWide() : undefined;
  }

  /** As `sample`, among the solutions with one value of a variable; for components drawn from boxes. */
  sampleSlice(
    index: number,
    value: number,
    stream: RandomStream,
    values: Float64Array,
  ): 'drawn' | 'none' | 'missed' {
    const { method } = this;
    if (method.kind !== 'boxes') return 'missed';
    const slice = method.level.slice(index, value);
    if (slice === undefined) return 'none';
    for (let n = SOLVER_LIMITS.sliceTriesMax; n > 0; n--) {
      if (method.level.drawSlice(slice, stream, values)) return 'drawn';
    }
    return 'missed';
  }

  /** Number of solutions; undefined when the limits do not allow to count them. */
  count(): bigint | undefined {
    const dealt = this.distinct ?? this.chain ?? this.hand;
    if (dealt !== undefined) return dealt.count;
    if (this.chosen?.kind === 'none') return 0n;
    return (
      this.longSum?.count ??
      this.paving?.count(0) ??
      this.sumOf(true)?.count ??
      this.diagram?.count ??
      this.sumOf(false)?.count ??
      this.paving?.count(EFFORT_LAST)
    );
  }

  private choose(): Method {
    const { paving, distinct, chain, hand } = this;
    if (distinct !== undefined) {
      return distinct.count === 0n ? { kind: 'none' } : { kind: 'distinct', distinct };
    }
    if (chain !== undefined)
      return chain.count === 0n ? { kind: 'none' } : { kind: 'chain', chain };
    if (hand !== undefined) return hand.count === 0n ? { kind: 'none' } : { kind: 'hand', hand };
    if (paving === undefined) return this.bySum(false) ?? this.byDiagram() ?? { kind: 'unknown' };
    const { longSum } = this;
    if (longSum !== undefined && !longSum.isMostOf(paving.points)) return methodOf(longSum);
    for (let effort = 0; effort < EFFORT_LAST; effort++) {
      const level = paving.level(effort);
      if (level.isEmpty) return { kind: 'none' };
      if (hitsOften(level.fullPoints, level)) return { kind: 'boxes', level };
      const bySum = this.bySum(true);
      if (bySum !== undefined) return bySum;
    }
    const level = paving.level(EFFORT_LAST - 1);
    const exact = this.byDiagram();
    if (exact?.kind === 'diagram' && hitsOften(exact.diagram.count, level)) {
      return { kind: 'boxes', level };
    }
    if (exact !== undefined) return exact;
    const bySum = this.bySum(false);
    if (bySum !== undefined) return bySum;
    const last = paving.level(EFFORT_LAST);
    if (last.isEmpty) return { kind: 'none' };
    return { kind: hitsOften(last.fullPoints, last) ? 'boxes' : 'tries', level: last };
  }

  private bySum(isQuick: boolean): Method | undefined {
    const sum = this.sumOf(isQuick);
    return sum === undefined ? undefined : methodOf(sum);
  }

  /** A sum of so many variables that cutting boxes is of no use. */
  private get longSum(): SumSolutions | undefined {
    return this.vars.length < LONG_SUM_MIN ? undefined : this.sumOf(false);
  }

  private sumOf(isQuick: boolean): SumSolutions | undefined {
    const { vars, sets, constraints, tables } = this;
    const stepsMax = isQuick ? QUICK_SUM_STEPS_MAX : SOLVER_LIMITS.sumStepsMax;
    const made = (this.sums[Number(isQuick)] ??= {
      sum: SumSolutions.of({ vars, sets, constraints }, { tables, stepsMax }),
    });
    return made.sum;
  }

  private byDiagram(): Method | undefined {
    const { diagram } = this;
    if (diagram === undefined) return undefined;
    return diagram.count === 0n ? { kind: 'none' } : { kind: 'diagram', diagram };
  }

  private get diagram(): DiagramSolutions | undefined {
    this.made ??= { diagram: diagramOf(this.vars, this.sets, this.constraints) };
    return this.made.diagram;
  }
}

/** Undefined: some numbers are too wide for boxes. */
function pavingOf(
  vars: readonly number[],
  sets: Sets,
  constraints: readonly BoolNode[],
): Paving | undefined {
  const start = startBoxes(sets, constraints);
  const isSmall = !start.constraints.some((node) => isWide(node, sets));
  return isSmall ? new Paving(vars, start.boxes, start.constraints) : undefined;
}

function methodOf(sum: SumSolutions): Method {
  return sum.isEmpty ? { kind: 'none' } : { kind: 'sum', sum };
}

function hitsOften(solutions: bigint, level: Level): boolean {
  return solutions * BigInt(SOLVER_LIMITS.drawsPerHitMax) >= level.points;
}
