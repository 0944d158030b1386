/**
 * Variables with the same values that must all differ, and whose sum is to be in ranges: hands of cards with a total, counted by dynamic
 * programming over the values, and drawn without drawing twice (semantics §2, "Uniformity").
 *
 *     W(i, k, t) = W(i-1, k, t) + W(i-1, k-1, t - value i)       sets of k of the first i values with the total t
 *
 * A hand is one number below the count of all hands, taken apart from the last value down; then its cards are put into a random order.
 */
import { AssertionError } from '#base/assert';
import type { RandomStream } from '#random/random-stream';
import { countOf, nthOf, type BigRange } from './domain.ts';
import { completePairs } from './distinct-solutions.ts';
import { varsOf, type BoolNode } from './expression.ts';
import type { Sets } from './interval.ts';
import { SOLVER_LIMITS } from './limits.ts';
import { intersectBig, linearFormOf } from './linear-form.ts';

/** Fewer that must differ are left to boxes and diagrams. */
const VARIABLES_MIN = 4;

export class DistinctSum {
  /** Number of solutions. */
  readonly count: bigint;
  private readonly vars: readonly number[];
  private readonly values: readonly number[];
  /** Totals are counted above so many times the least value. */
  private readonly least: number;
  private readonly width: number;
  /** By values and cards, rows of totals: all below 2^53. */
  private readonly ways: Float64Array;
  private readonly ranges: readonly (readonly [low: number, high: number])[];
  private readonly hands: number;

  private constructor(
    vars: readonly number[],
    values: readonly number[],
    ranges: readonly BigRange[],
  ) {
    this.vars = vars;
    this.values = values;
    this.least = values[0];
    const base = BigInt(vars.length) * BigInt(this.least);
    this.ranges = ranges.map(([low, high]) => [Number(low - base), Number(high - base)]);
    this.width = this.ranges.length === 0 ? 1 : this.ranges[this.ranges.length - 1][1] + 1;
    this.ways = this.countWays();
    let hands = 0;
    for (const [low, high] of this.ranges) {
      for (let total = low; total <= high; total++) {
        hands += this.waysOf(values.length, vars.length, total);
      }
    }
    this.hands = hands;
    let count = BigInt(hands);
    for (let n = 2; n <= vars.length; n++) count *= BigInt(n);
    this.count = count;
  }

  /** Undefined: the constraints say something else, or there are too many hands to count. */
  static of(
    vars: readonly number[],
    sets: Sets,
    constraints: readonly BoolNode[],
  ): DistinctSum | undefined {
    const hands = handsOf(vars, sets, constraints);
    return hands === undefined ? undefined : new DistinctSum(vars, hands.values, hands.ranges);
  }

  /** Draws a solution, each equally likely, into `values`; there is one. */
  sample(stream: RandomStream, values: Float64Array): void {
    let cards = this.vars.length;
    let { number, total } = this.totalOf(stream.below(this.hands));
    const hand: number[] = [];
    for (let at = this.values.length; cards > 0; at--) {
      const without = this.waysOf(at - 1, cards, total);
      if (number < without) continue;
      number -= without;
      hand.push(this.values[at - 1]);
      total -= this.values[at - 1] - this.least;
      cards--;
    }
    for (let i = 0; i < hand.length; i++) {
      const other = i + stream.below(hand.length - i);
      values[this.vars[i]] = hand[other];
      hand[other] = hand[i];
    }
  }

  /** The total of a hand, and its number among those of the total. */
  private totalOf(hand: number): { readonly number: number; readonly total: number } {
    let number = hand;
    for (const [low, high] of this.ranges) {
      for (let total = low; total <= high; total++) {
        const own = this.waysOf(this.values.length, this.vars.length, total);
        if (number < own) return { number, total };
        number -= own;
      }
    }
    throw new AssertionError('a number below the count is that of a hand');
  }

  private waysOf(values: number, cards: number, total: number): number {
    return this.ways[(values * (this.vars.length + 1) + cards) * this.width + total];
  }

  private countWays(): Float64Array {
    const { width, values, least } = this;
    const rows = this.vars.length + 1;
    const ways = new Float64Array((values.length + 1) * rows * width);
    ways[0] = 1;
    values.forEach((value, i) => {
      const own = value - least;
      const [from, to] = [i * rows * width, (i + 1) * rows * width];
      ways.copyWithin(to, from, to);
      for (let cards = 1; cards < rows; cards++) {
        const [without, into] = [from + (cards - 1) * width, to + cards * width];
        for (let total = own; total < width; total++) {
          ways[into + total] += ways[without + total - own];
        }
      }
    });
    return ways;
  }
}

/** Whether all counts of sets of so many of the values stay below 2^53. */
function isExact(size: number, cards: number): boolean {
  let most = 1;
  let sets = 1;
  for (let n = 1; n <= Math.min(cards, size); n++) {
    sets = (sets * (size - n + 1)) / n;
    most = Math.max(most, sets);
  }
  // The greatest one is rounded by less than the margin.
  return most < 2 ** 52;
}

interface Hands {
  readonly values: readonly number[];
  readonly ranges: readonly BigRange[];
}

function handsOf(
  vars: readonly number[],
  sets: Sets,
  constraints: readonly BoolNode[],
): Hands | undefined {
  if (vars.length < VARIABLES_MIN) return undefined;
  const isPair = (node: BoolNode): boolean => node.kind === 'not' && node.part.kind === 'eq';
  const sums = constraints.filter((node) => !isPair(node));
  if (sums.length === 0 || sums.length === constraints.length) return undefined;
  const set = completePairs(vars, sets, constraints.filter(isPair));
  if (set === undefined) return undefined;
  let ranges: readonly BigRange[] | undefined;
  for (const node of sums) {
    const form = linearFormOf(node, sets);
    if (form?.terms.length !== vars.length) return undefined;
    if (form.terms.some(({ factor }) => factor !== 1n)) return undefined;
    ranges = ranges === undefined ? form.ranges : intersectBig(ranges, form.ranges);
  }
  if (ranges === undefined) return undefined;
  const size = countOf(set);
  const totals = Number(ranges.at(-1)?.[1] ?? 0n) - vars.length * set[0][0] + 1;
  const words = 2 * (size + 1) * (vars.length + 1) * totals;
  if (!isExact(size, vars.length) || words > SOLVER_LIMITS.sumWordsMax) return undefined;
  const values = Array.from({ length: size }, (_, n) => nthOf(set, n));
  return { values, ranges };
}

/** Whether an equation is the total of a hand: then no variable is to be removed by it. */
export function isTotalOfHand(
  equation: BoolNode,
  constraints: readonly BoolNode[],
  sets: Sets,
): boolean {
  // One equation, and a constraint for each pair.
  if (constraints.length <= (VARIABLES_MIN * (VARIABLES_MIN - 1)) / 2) return false;
  const vars = linearFormOf(equation, sets)?.terms.map(({ index }) => index) ?? [];
  if (vars.length < VARIABLES_MIN) return false;
  const own = new Set(vars);
  const about = constraints.filter((node) => varsOf(node).some((index) => own.has(index)));
  return handsOf(vars, sets, about) !== undefined;
}
