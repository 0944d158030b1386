/**
 * The product of coverpoints (semantics §3; IEEE 1800 §19.6). Tuples are numbered row-major, the last axis running fastest.
 * The tuple of a sample is found in compiled code (`sampler-compiler.ts`); what is not plain there is counted here.
 * A tuple that is ignored, illegal or claimed by a bin of the author's own is no automatic bin:
 * percentage = covered / (automatic bins left + the author's bins that still have tuples).
 */
import { UsageError, assert } from '#base/assert';
import type { Coverpoint, ItemOptions } from './coverpoint.ts';

/** The coverpoints of a cross by axis name. */
export type Axes<T> = { readonly [axis: string]: Coverpoint<T, string> };
/** A tuple as the author's predicates see it: axis -> bin name. */
export type Tuple<P> = {
  readonly [A in keyof P]: P[A] extends Coverpoint<never, infer N> ? N : never;
};

export interface CrossOptions<T, P> extends ItemOptions<T> {
  /** Tuples that do not count. */
  readonly ignore?: (bin: Tuple<P>) => boolean;
  /** Tuples that must not occur: a hit is an error. */
  readonly illegal?: (bin: Tuple<P>) => boolean;
  /** Bins of one's own: each counts all tuples it accepts, which are then no automatic bins. */
  readonly bins?: { readonly [name: string]: (bin: Tuple<P>) => boolean };
}

export const CROSS_LIMITS = {
  /** Tuples of one cross. */
  tuplesMax: 1 << 20,
} as const;

const COUNTED = 0;
const IGNORED = 1;
const ILLEGAL = 2;
const CLAIMED = 3;

export class Cross<T> {
  readonly axisNames: readonly string[];
  readonly points: readonly Coverpoint<T>[];
  readonly weight: number;
  readonly atLeast: number;
  /** By tuple. */
  readonly counts: Float64Array;
  /** By bin of the author's own, those with tuples left. */
  readonly binNames: readonly string[];
  readonly binCounts: Float64Array;
  illegalCount = 0;
  readonly iff: ((sampled: T) => boolean) | undefined;
  /** By axis: how far apart neighbours on it are. */
  readonly strides: Int32Array;
  /** Whether every tuple is an automatic bin. */
  readonly isPlain: boolean;
  private readonly state: Uint8Array;
  /** By bin of the author's own: 1 for each tuple it accepts. */
  private readonly claims: readonly Uint8Array[];
  /** Which hit of each axis is at hand; an odometer. */
  private readonly at: Int32Array;

  constructor(axes: Axes<T>, options: CrossOptions<T, Axes<T>>, where: string) {
    this.axisNames = Object.keys(axes);
    this.points = Object.values(axes);
    if (this.points.length < 2) {
      throw new UsageError('bad-cross', `${where}: a cross has at least two coverpoints`);
    }
    const sizes = this.points.map((point) => point.counts.length);
    const total = sizes.reduce((product, size) => product * size, 1);
    if (total > CROSS_LIMITS.tuplesMax) {
      throw new UsageError(
        'bad-cross',
        `${where} has ${total} tuples; at most ${CROSS_LIMITS.tuplesMax} (tuplesMax)`,
      );
    }
    this.weight = options.weight ?? 1;
    this.atLeast = options.atLeast ?? 1;
    this.iff = options.iff;
    this.strides = new Int32Array(sizes.length);
    for (let axis = sizes.length - 1, stride = 1; axis >= 0; stride *= sizes[axis--]) {
      this.strides[axis] = stride;
    }
    this.counts = new Float64Array(total);
    this.state = new Uint8Array(total);
    this.at = new Int32Array(sizes.length);
    const bins = Object.entries(options.bins ?? {});
    const claims = bins.map(() => new Uint8Array(total));
    const isSorted = options.illegal ?? options.ignore ?? options.bins;
    if (isSorted !== undefined) {
      for (let index = 0; index < total; index++) this.classify(index, options, bins, claims);
    }
    this.isPlain = !this.state.some((state) => state !== COUNTED);
    const isLive = claims.map((claim) => claim.includes(1));
    this.claims = claims.filter((_, n) => isLive[n]);
    this.binNames = bins.map(([name]) => name).filter((_, n) => isLive[n]);
    this.binCounts = new Float64Array(this.binNames.length);
  }

  /**
   * Counts the product of the bins that the points have in their `hits`, after all of them have been sampled; each has one.
   * @returns the index of an illegal tuple that was hit, or -1.
   */
  countHits(): number {
    const points = this.points;
    let index = 0;
    for (let axis = 0; axis < points.length; axis++) {
      index += points[axis].hits[0] * this.strides[axis];
      this.at[axis] = 0;
    }
    let illegal = -1;
    for (;;) {
      if (this.count(index) >= 0) illegal = index;
      let axis = points.length - 1;
      for (; axis >= 0; axis--) {
        const point = points[axis];
        const here = this.at[axis];
        const next = here + 1 < point.hitCount ? here + 1 : 0;
        index += (point.hits[next] - point.hits[here]) * this.strides[axis];
        this.at[axis] = next;
        if (next !== 0) break;
      }
      if (axis < 0) return illegal;
    }
  }

  /** Counts one tuple. @returns its index when it is illegal, else -1. */
  count(index: number): number {
    const state = this.state[index];
    if (state === COUNTED) {
      this.counts[index]++;
    } else if (state === CLAIMED) {
      for (let n = 0; n < this.claims.length; n++) this.binCounts[n] += this.claims[n][index];
    } else if (state === ILLEGAL) {
      this.illegalCount++;
      return index;
    } else {
      assert(state === IGNORED, 'a tuple is counted, claimed, ignored or illegal');
    }
    return -1;
  }

  isAutomatic(index: number): boolean {
    return this.state[index] === COUNTED;
  }

  isIllegal(index: number): boolean {
    return this.state[index] === ILLEGAL;
  }

  /** Whether a bin of the author's own accepts a tuple. @param bin index in `binNames`. */
  isClaimed(bin: number, index: number): boolean {
    return this.claims[bin][index] === 1;
  }

  /** Axis -> bin name. */
  tupleOf(index: number): Readonly<Record<string, string>> {
    const tuple: Record<string, string> = {};
    let rest = index;
    for (let axis = 0; axis < this.points.length; axis++) {
      const bin = Math.floor(rest / this.strides[axis]);
      rest -= bin * this.strides[axis];
      tuple[this.axisNames[axis]] = this.points[axis].table.names[bin];
    }
    return tuple;
  }

  /** illegal over ignored over the author's own bins. */
  private classify(
    index: number,
    options: CrossOptions<T, Axes<T>>,
    bins: readonly (readonly [string, (bin: Tuple<Axes<T>>) => boolean])[],
    claims: readonly Uint8Array[],
  ): void {
    const tuple = this.tupleOf(index) as Tuple<Axes<T>>;
    if (options.illegal?.(tuple) === true) this.state[index] = ILLEGAL;
    else if (options.ignore?.(tuple) === true) this.state[index] = IGNORED;
    else {
      bins.forEach(([, accepts], n) => {
        if (!accepts(tuple)) return;
        claims[n][index] = 1;
        this.state[index] = CLAIMED;
      });
    }
  }
}
