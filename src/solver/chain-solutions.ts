/**
 * Solutions of variables in ascending order: `a <= b`, `b < c`, `c + 4 <= d` …, each tied to the next one and to nothing else. Counted and
 * drawn at any width (semantics §2, "Uniformity").
 *
 * Without the gaps between them (x - 1 in the place of x after one `<`) they ascend without being strict, which is choosing with
 * repetition. The edges of all domains cut the numbers into segments; variables in one segment of w numbers can be chosen in
 * C(w + m - 1, m) ways, if there are m of them, and the variables are dealt out to the segments in their order:
 *
 *     a, b of 0..9, c of 5..20, a <= b <= c:     0..4 | 5..9 | 10..20     ab||c  a|b|c  a|bc|  |ab|c  |abc|  ab|c|
 */
import type { RandomStream } from '#random/random-stream';
import { belowBig } from './below-big.ts';
import { drawDistinct, isRoomyFor } from './distinct-draw.ts';
import type { BigRange, NumberRange } from './domain.ts';
import type { BoolNode } from './expression.ts';
import type { Sets, ValueSet } from './interval.ts';
import { boundsOfTerms, intersectBig, linearFormOf } from './linear-form.ts';

/** `later - sooner` is in the ranges; which is the later one is not known of all. */
interface Difference {
  readonly sooner: number;
  readonly later: number;
  readonly ranges: readonly BigRange[];
  /** The least and the greatest difference of the domains. */
  readonly bounds: BigRange;
}

/** Shorter ones are left to boxes. */
const VARIABLES_MIN = 4;
/** Variables times variables times segments. */
const STEPS_MAX = 1_000_000;

export class ChainSolutions {
  /** In ascending order. */
  private readonly vars: readonly number[];
  /** What is between each variable and the first one at least. */
  private readonly gaps: readonly number[];
  private readonly segments: readonly NumberRange[];
  /** Whether a variable may be in a segment. */
  private readonly isIn: readonly (readonly boolean[])[];
  /** By segment and variable: ways of it and of all later ones, from this segment on. */
  private readonly ways: readonly (readonly bigint[])[];

  private constructor(vars: readonly number[], gaps: readonly number[], sets: readonly ValueSet[]) {
    this.vars = vars;
    this.gaps = gaps;
    this.segments = segmentsOf(sets);
    this.isIn = sets.map((set) => {
      return this.segments.map(([low]) => set.some(([from, to]) => from <= low && low <= to));
    });
    this.ways = this.countAll();
  }

  /** Undefined: the constraints say something else. */
  static of(
    vars: readonly number[],
    sets: Sets,
    constraints: readonly BoolNode[],
  ): ChainSolutions | undefined {
    if (vars.length < VARIABLES_MIN || constraints.length < vars.length - 1) return undefined;
    const differences: Difference[] = [];
    for (const node of constraints) {
      const difference = differenceOf(node, sets);
      if (difference === undefined) return undefined;
      differences.push(difference);
    }
    const order = orderOf(vars, differences.filter(isOneSided));
    const steps = order === undefined ? undefined : stepsOf(order, differences);
    if (order === undefined || steps === undefined) return undefined;
    const gaps = [0];
    for (const step of steps) gaps.push(gaps[gaps.length - 1] + Number(step));
    const moved = order.map((index, i) =>
      sets[index].map(([low, high]): NumberRange => [low - gaps[i], high - gaps[i]]),
    );
    const edges = moved.flat(2);
    const isExact = [...gaps, ...edges].every((value) => Math.abs(value) <= EDGE_MAX);
    const size = vars.length ** 2 * 2 * moved.flat().length;
    const isRoomy = isRoomyFor(vars.length);
    return isExact && isRoomy && size <= STEPS_MAX
      ? new ChainSolutions(order, gaps, moved)
      : undefined;
  }

  get count(): bigint {
    return this.ways[0][0];
  }

  /** Draws a solution, each equally likely; there is one. */
  sample(stream: RandomStream, values: Float64Array): void {
    const { ways, segments, vars, gaps } = this;
    let first = 0;
    let rank = segments.length === 1 ? 0n : belowBig(stream, this.count);
    for (let at = 0; first < vars.length; at++) {
      const [low, high] = segments[at];
      const width = high - low + 1;
      let taken = 0;
      let choices = 1n;
      for (;;) {
        const here = choices * ways[at + 1][first + taken];
        if (rank < here) break;
        rank -= here;
        taken++;
        choices = (choices * BigInt(width + taken - 1)) / BigInt(taken);
      }
      const rest = ways[at + 1][first + taken];
      rank %= rest;
      // In ascending order with repetition: as many different ones of a longer row, moved together.
      const drawn = drawDistinct(stream, width + taken - 1, taken).sort((a, b) => a - b);
      for (let i = 0; i < taken; i++, first++) {
        values[vars[first]] = low + drawn[i] - i + gaps[first];
      }
    }
  }

  private countAll(): readonly (readonly bigint[])[] {
    const count = this.vars.length;
    const last = Array.from({ length: count + 1 }, (_, i) => (i === count ? 1n : 0n));
    const ways: (readonly bigint[])[] = [last];
    for (let at = this.segments.length - 1; at >= 0; at--) {
      const [low, high] = this.segments[at];
      const width = high - low + 1;
      const next = ways[0];
      const own = next.map((_, first) => {
        let sum = next[first];
        let choices = 1n;
        for (let taken = 1; first + taken <= count; taken++) {
          if (!this.isIn[first + taken - 1][at]) break;
          choices = (choices * BigInt(width + taken - 1)) / BigInt(taken);
          sum += choices * next[first + taken];
        }
        return sum;
      });
      ways.unshift(own);
    }
    return ways;
  }
}

/** Twice that is still exact. */
const EDGE_MAX = 2 ** 51;

function differenceOf(node: BoolNode, sets: Sets): Difference | undefined {
  const form = linearFormOf(node, sets);
  if (form?.terms.length !== 2 || form.terms[0].factor !== 1n || form.terms[1].factor !== -1n) {
    return undefined;
  }
  const [later, sooner] = form.terms;
  const bounds = boundsOfTerms(form.terms, sets);
  return { sooner: sooner.index, later: later.index, ranges: form.ranges, bounds };
}

/** Whether one is above the other but for a gap, and may be any distance above. */
function isOneSided({ ranges, bounds }: Difference): boolean {
  return ranges.length === 1 && (ranges[0][0] === bounds[0]) !== (ranges[0][1] === bounds[1]);
}

function reversed({ sooner, later, ranges, bounds }: Difference): Difference {
  const turned = ranges.map(([low, high]): BigRange => [-high, -low]).reverse();
  return { sooner: later, later: sooner, ranges: turned, bounds: [-bounds[1], -bounds[0]] };
}

/** The only order in which each variable comes after those that it is above of; undefined: there are several, or none. */
function orderOf(
  vars: readonly number[],
  differences: readonly Difference[],
): readonly number[] | undefined {
  const after = new Map(vars.map((index) => [index, [] as number[]]));
  const open = new Map(vars.map((index) => [index, 0]));
  for (const one of differences) {
    const isLater = one.ranges[0][1] === one.bounds[1];
    const [sooner, later] = isLater ? [one.sooner, one.later] : [one.later, one.sooner];
    after.get(sooner)?.push(later);
    open.set(later, (open.get(later) ?? 0) + 1);
  }
  const order: number[] = [];
  let ready = vars.filter((index) => open.get(index) === 0);
  while (ready.length === 1) {
    const [index] = ready;
    order.push(index);
    ready = [];
    for (const later of after.get(index) ?? []) {
      const left = (open.get(later) ?? 0) - 1;
      open.set(later, left);
      if (left === 0) ready.push(later);
    }
  }
  return order.length === vars.length ? order : undefined;
}

/** The gaps from each variable to the next; undefined: a constraint says more than that. */
function stepsOf(
  order: readonly number[],
  differences: readonly Difference[],
): readonly bigint[] | undefined {
  const place = new Map(order.map((index, i) => [index, i]));
  const placed = differences.map((one) => {
    const isAscending = (place.get(one.sooner) ?? 0) < (place.get(one.later) ?? 0);
    const ascending = isAscending ? one : reversed(one);
    const from = place.get(ascending.sooner) ?? 0;
    return { ...ascending, from, to: place.get(ascending.later) ?? 0 };
  });
  const steps: (bigint | undefined)[] = order.slice(1).map(() => undefined);
  // Neighbours first: what is said of others must follow from them. An order first: it tells on which side of a difference to be.
  const sorted = [...placed].sort(
    (a, b) => a.to - a.from - (b.to - b.from) || a.ranges.length - b.ranges.length,
  );
  for (const { from, to, ranges, bounds } of sorted) {
    let known: bigint | undefined = 0n;
    for (let i = from; i < to; i++) {
      known = known === undefined || steps[i] === undefined ? undefined : known + (steps[i] ?? 0n);
    }
    const left = known === undefined ? ranges : intersectBig(ranges, [[known, bounds[1]]]);
    if (known !== undefined && known > bounds[1]) continue;
    if (left.length !== 1 || left[0][1] !== bounds[1]) return undefined;
    if (known !== undefined && left[0][0] <= known) continue;
    if (to !== from + 1) return undefined;
    steps[from] = left[0][0];
  }
  return steps.every((step) => step !== undefined) ? steps : undefined;
}

/** The numbers between the edges of all sets, ascending. */
function segmentsOf(sets: readonly ValueSet[]): readonly NumberRange[] {
  const edges = new Set(sets.flatMap((set) => set.flatMap(([low, high]) => [low, high + 1])));
  const sorted = [...edges].sort((a, b) => a - b);
  return sorted.slice(1).map((edge, i): NumberRange => [sorted[i], edge - 1]);
}
