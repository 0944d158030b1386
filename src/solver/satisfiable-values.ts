/** The values of a distribution that can be part of a solution, looked up one by one, each with its share of the weight. */
import { WeightTable, type RandomStream } from '#random/random-stream';
import type { BoolNode, DistItem } from './expression.ts';
import { SOLVER_LIMITS } from './limits.ts';
import { gcdOf } from './linear.ts';
import type { Problem } from './problem.ts';
import { valueCount, type Wish } from './wish.ts';

export class SatisfiableValues {
  readonly values: readonly number[];
  /** The item that each value comes from. */
  private readonly items: readonly DistItem[];
  /** Weights with the sizes of ranges that share theirs divided out; undefined where they have no small common measure. */
  private readonly table: WeightTable | undefined;

  private constructor(values: readonly number[], items: readonly DistItem[]) {
    this.values = values;
    this.items = items;
    const sizes = items.map((item) => BigInt(sizeOf(item)));
    const multiple = sizes.reduce((m, size) => (m / gcdOf(m, size)) * size, 1n);
    const weights = items.map((item, i) => BigInt(item.weight) * (multiple / sizes[i]));
    const total = weights.reduce((sum, weight) => sum + weight, 0n);
    const isSmall = total > 0n && total <= BigInt(Number.MAX_SAFE_INTEGER);
    this.table = isSmall ? new WeightTable(weights.map(Number)) : undefined;
  }

  /** Undefined: there are too many values to be looked up. */
  static of(problem: Problem, { name, a, items }: Wish): SatisfiableValues | undefined {
    const max = SOLVER_LIMITS.distValuesMax;
    const candidates = a.kind === 'var' ? problem.candidatesOf(a.index, max) : undefined;
    if (candidates === undefined && valueCount(items) > max) return undefined;
    const values: number[] = [];
    const own: DistItem[] = [];
    for (const item of items.filter(({ weight }) => weight > 0)) {
      const wanted =
        candidates?.filter((value) => item.low <= value && value <= item.high) ??
        Array.from({ length: item.high - item.low + 1 }, (_, n) => item.low + n);
      for (const value of wanted) {
        const node: BoolNode = { kind: 'in', a, ranges: [[value, value]] };
        if (problem.with({ name, node }).satisfiability() === 'no') continue;
        values.push(value);
        own.push(item);
      }
    }
    return new SatisfiableValues(values, own);
  }

  /** The chance of each value, 0..1. */
  get chances(): readonly number[] {
    const shares = this.items.map((item) => item.weight / sizeOf(item));
    const total = shares.reduce((sum, share) => sum + share, 0);
    return shares.map((share) => share / total);
  }

  /** Draws one of the values, at least one, by its share. */
  draw(stream: RandomStream): number {
    if (this.table !== undefined) return this.values[stream.weightedBy(this.table)];
    const totals = this.items.map((item) => item.weight);
    for (;;) {
      const index = stream.weighted(totals);
      if (stream.below(sizeOf(this.items[index])) === 0) return this.values[index];
    }
  }
}

/** By what the weight of an item is divided for one of its values. */
function sizeOf(item: DistItem): number {
  return item.isShared ? item.high - item.low + 1 : 1;
}
