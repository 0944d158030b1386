/**
 * Sets of values laid out flat for drawing: the n-th value of a set in a few steps, without allocation. A table holds boxes, each with
 * a set per variable; most sets are one range, and the others keep running sums.
 */
import type { RandomStream } from '#random/random-stream';
import { countOf } from './domain.ts';
import type { Sets, ValueSet } from './interval.ts';

/** A set of several ranges, for finding its n-th value. */
interface Ranges {
  readonly lows: Float64Array;
  /** How many values the ranges before each one have. */
  readonly before: Float64Array;
}

export class ValueTable {
  private readonly vars: Int32Array;
  /** By box and variable: lowest value, and number of values. */
  private readonly lows: Float64Array;
  private readonly counts: Float64Array;
  private readonly ranges: readonly (Ranges | undefined)[];

  constructor(vars: readonly number[], boxes: readonly Sets[]) {
    this.vars = Int32Array.from(vars);
    const sets = boxes.flatMap((box) => vars.map((index) => box[index]));
    this.lows = Float64Array.from(sets, (set) => set[0][0]);
    this.counts = Float64Array.from(sets, countOf);
    this.ranges = sets.map((set) => (set.length === 1 ? undefined : rangesOf(set)));
  }

  /** Draws a point of a box into `values`, each equally likely. */
  draw(box: number, stream: RandomStream, values: Float64Array): void {
    const { vars, lows, counts } = this;
    let at = box * vars.length;
    for (let i = 0; i < vars.length; i++, at++) {
      const count = counts[at];
      const n = count === 1 ? 0 : stream.below(count);
      const ranges = this.ranges[at];
      values[vars[i]] = ranges === undefined ? lows[at] + n : nth(ranges, n);
    }
  }
}

function rangesOf(set: ValueSet): Ranges {
  const before = new Float64Array(set.length);
  for (let i = 1; i < set.length; i++)
    before[i] = before[i - 1] + set[i - 1][1] - set[i - 1][0] + 1;
  return { lows: Float64Array.from(set, ([low]) => low), before };
}

function nth({ lows, before }: Ranges, n: number): number {
  let from = 0;
  let to = before.length - 1;
  while (from < to) {
    const middle = (from + to + 1) >>> 1;
    if (before[middle] <= n) from = middle;
    else to = middle - 1;
  }
  return lows[from] + (n - before[from]);
}
