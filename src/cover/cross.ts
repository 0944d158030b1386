/**
 * The product of coverpoints (semantics §3; IEEE 1800-2023 §19.6). Tuples are numbered row-major, the last axis running
 * fastest. The tuple of a sample is found in compiled code (`sampler-compiler.ts`); what is not plain there is counted here.
 * A tuple that is ignored, illegal or taken by a bin of the author's own is no automatic bin:
 * percentage = covered / (automatic bins left + the author's bins that still have tuples).
 */
import { UsageError } from '#base/assert';
import type { Guard } from './bin-drafts.ts';
import type { ItemAims, ItemDefaults, ItemOptions } from './covergroup-options.ts';
import type { Coverpoint } from './coverpoint.ts';
import type { Selection } from './cross-select.ts';
import { tupleClasses, type NamedTuples, type TupleClass } from './tuple-classes.ts';
import { TupleCounts } from './tuple-counts.ts';

/** The coverpoints of a cross by axis name. */
export type Axes<T> = { readonly [axis: string]: Coverpoint<T> };
/** A tuple as the author's predicates see it: axis -> bin name. */
export type Tuple<P> = {
  readonly [A in keyof P]: P[A] extends Coverpoint<never, infer N> ? N : never;
};

/** Tuples: those that a predicate accepts by the names of their bins, or a selection by `binsof` and `valuesWhere`. */
export type TupleSpec<P> = ((bin: Tuple<P>) => boolean) | Selection;
/** Tuples with a condition: `when(binsof(...), (t: Sample) => …)`. */
export interface GuardedTuples<P> {
  readonly kind: 'when';
  readonly of: TupleSpec<P>;
  readonly iff: (sampled: never) => boolean;
}
/** One set of tuples, or several by name. */
export type CrossBins<P> =
  TupleSpec<P> | { readonly [name: string]: TupleSpec<P> | GuardedTuples<P> };

export interface CrossOptions<T, P> extends ItemOptions<T>, Pick<ItemDefaults, 'retainAutoBins'> {
  /** Tuples that do not count. */
  readonly ignore?: CrossBins<P>;
  /** Tuples that must not occur: a hit is an error. */
  readonly illegal?: CrossBins<P>;
  /** Bins of one's own: each counts all tuples it accepts, which are then no automatic bins. */
  readonly bins?: { readonly [name: string]: TupleSpec<P> | GuardedTuples<P> };
  /** Tuples at most, up to 16777216. Default 1048576. Above 131072 only tuples that are hit take memory for counts. */
  readonly tuplesMax?: number;
}

export const CROSS_LIMITS = {
  /** Tuples of one cross that says nothing else. */
  tuplesMax: 1 << 20,
  /** Tuples of any cross. */
  tuplesHardMax: 1 << 24,
} as const;

/** What a cross is made of. */
export interface CrossParts<T> {
  readonly axes: Axes<T>;
  readonly options: CrossOptions<T, Axes<T>>;
  readonly aims: ItemAims;
  readonly where: string;
  /** Called when it is started or stopped. */
  readonly onSwitch: () => void;
}

export class Cross<T, P = unknown> {
  /** Binds the types of the axes, for intelligent coverage; holds nothing. */
  declare readonly axisTypes: P;
  readonly axisNames: readonly string[];
  readonly points: readonly Coverpoint<T>[];
  readonly aims: ItemAims;
  /** The options that its author gave. */
  readonly given: ItemOptions<never>;
  readonly tupleCount: number;
  /** By tuple. */
  readonly tuples: TupleCounts;
  /** By bin of the author's own, those with tuples left. */
  readonly binNames: readonly string[];
  readonly binCounts: Float64Array;
  /** By illegal bin; one without a name is 'illegal'. */
  readonly illegalNames: readonly string[];
  readonly illegalCounts: Float64Array;
  /** The illegal bin that was hit last. */
  lastIllegal = -1;
  readonly iff: ((sampled: T) => boolean) | undefined;
  /** By axis: how far apart neighbours on it are. */
  readonly strides: Int32Array;
  private readonly classOf: Uint16Array | undefined;
  private readonly classes: readonly TupleClass[];
  /** By bin declared: its number among those with tuples left. */
  private readonly numberOf: Int32Array;
  private readonly binGuards: readonly (Guard | undefined)[];
  private readonly illegalGuards: readonly (Guard | undefined)[];
  /** Which hit of each axis is at hand; an odometer. */
  private readonly at: Int32Array;
  private isStopped = false;
  private readonly onSwitch: () => void;

  constructor({ axes, options, aims, where, onSwitch }: CrossParts<T>) {
    this.axisNames = Object.keys(axes);
    this.points = Object.values(axes);
    const sizes = this.points.map((point) => point.counts.length);
    this.tupleCount = checkedTotal(sizes, options.tuplesMax ?? CROSS_LIMITS.tuplesMax, where);
    this.aims = aims;
    this.given = options;
    this.onSwitch = onSwitch;
    this.iff = options.iff;
    this.strides = new Int32Array(sizes.length);
    for (let axis = sizes.length - 1, stride = 1; axis >= 0; stride *= sizes[axis--]) {
      this.strides[axis] = stride;
    }
    this.tuples = new TupleCounts(this.tupleCount);
    this.at = new Int32Array(sizes.length);
    const bins = namedTuples(options.bins ?? {}, '');
    const illegal = namedTuples(options.illegal ?? {}, 'illegal');
    const { of, classes } = tupleClasses(
      {
        bins,
        illegal,
        ignored: namedTuples(options.ignore ?? {}, 'ignore'),
        isRetaining: options.retainAutoBins ?? true,
      },
      { names: this.axisNames, points: this.points, where },
      sizes,
    );
    this.classOf = of;
    this.classes = classes;
    const isLive = bins.map((_, n) => classes.some((one) => one.bins.includes(n)));
    let live = 0;
    this.numberOf = Int32Array.from(isLive, (is) => (is ? live++ : -1));
    this.binNames = bins.map(({ name }) => name).filter((_, n) => isLive[n]);
    this.binCounts = new Float64Array(live);
    // By number declared, as classes have them.
    this.binGuards = bins.map(({ iff }) => iff);
    this.illegalNames = illegal.map(({ name }) => name);
    this.illegalCounts = new Float64Array(illegal.length);
    this.illegalGuards = illegal.map(({ iff }) => iff);
  }

  get weight(): number {
    return this.aims.weight;
  }

  get atLeast(): number {
    return this.aims.atLeast;
  }

  /** Whether every tuple is an automatic bin. */
  get isPlain(): boolean {
    return this.classOf === undefined;
  }

  get illegalCount(): number {
    return this.illegalCounts.reduce((sum, count) => sum + count, 0);
  }

  /** Whether it takes part in samples. */
  get isOn(): boolean {
    return !this.isStopped && this.points.every((point) => point.isOn);
  }

  /** Takes part in samples again. */
  start(): void {
    this.isStopped = false;
    this.onSwitch();
  }

  /** Takes part in no sample from now on. */
  stop(): void {
    this.isStopped = true;
    this.onSwitch();
  }

  /**
   * Counts the product of the bins that the points have in their `hits`, after all of them have been sampled; each has one.
   * @returns the index of an illegal tuple that was hit, or -1.
   */
  countHits(sampled: T): number {
    const points = this.points;
    let index = 0;
    for (let axis = 0; axis < points.length; axis++) {
      index += points[axis].hits[0] * this.strides[axis];
      this.at[axis] = 0;
    }
    let illegal = -1;
    for (;;) {
      if (this.count(index, sampled) >= 0) illegal = index;
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
  count(index: number, sampled: T): number {
    const number = this.classOf === undefined ? 0 : this.classOf[index];
    if (number === 0) {
      this.tuples.add(index);
      return -1;
    }
    const { illegals, isIgnored, ignoredWhen, bins } = this.classes[number];
    for (let i = 0; i < illegals.length; i++) {
      const guard = this.illegalGuards[illegals[i]];
      if (guard !== undefined && !guard(sampled as never)) continue;
      this.illegalCounts[illegals[i]]++;
      this.lastIllegal = illegals[i];
      return index;
    }
    if (isIgnored) return -1;
    for (let i = 0; i < ignoredWhen.length; i++) if (ignoredWhen[i](sampled as never)) return -1;
    if (bins.length === 0) this.tuples.add(index);
    for (let i = 0; i < bins.length; i++) {
      const guard = this.binGuards[bins[i]];
      if (guard === undefined || guard(sampled as never)) this.binCounts[this.numberOf[bins[i]]]++;
    }
    return -1;
  }

  /** Whether the tuple is a bin of its own. */
  isAutomatic(index: number): boolean {
    return this.classOf === undefined || this.classes[this.classOf[index]].isAutomatic;
  }

  /** Whether the tuple must never occur. */
  isIllegal(index: number): boolean {
    return this.illegalsOf(index).some((bin) => this.illegalGuards[bin] === undefined);
  }

  /** The illegal bins of the tuple, those with conditions too. */
  illegalsOf(index: number): readonly number[] {
    return this.classOf === undefined ? [] : this.classes[this.classOf[index]].illegals;
  }

  /** The author's bins, by number among `binNames`, that take the tuple. */
  binsOf(index: number): readonly number[] {
    if (this.classOf === undefined) return [];
    return this.classes[this.classOf[index]].bins.map((bin) => this.numberOf[bin]);
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
}

function checkedTotal(sizes: readonly number[], tuplesMax: number, where: string): number {
  if (sizes.length < 2) {
    throw new UsageError('bad-cross', `${where}: a cross has at least two coverpoints`);
  }
  const { tuplesHardMax } = CROSS_LIMITS;
  if (!Number.isInteger(tuplesMax) || tuplesMax < 1 || tuplesMax > tuplesHardMax) {
    throw new UsageError(
      'bad-cross',
      `${where}: tuplesMax is 1..${tuplesHardMax}, got ${tuplesMax}`,
    );
  }
  const total = sizes.reduce((product, size) => product * size, 1);
  if (total > tuplesMax) {
    throw new UsageError(
      'bad-cross',
      `${where} has ${total} tuples (${sizes.join(' × ')}); at most ${tuplesMax} (tuplesMax)`,
      {
        hint: 'Cross points with fewer, wider bins, or give the cross `tuplesMax`.',
      },
    );
  }
  return total;
}

/** @param alone the name of tuples without one. */
function namedTuples(of: CrossBins<never>, alone: string): readonly NamedTuples[] {
  if (typeof of === 'function' || isSelection(of)) return [{ name: alone, of, iff: undefined }];
  return Object.entries(of).map(([name, spec]): NamedTuples => {
    if (typeof spec === 'object' && 'kind' in spec) return { name, of: spec.of, iff: spec.iff };
    return { name, of: spec, iff: undefined };
  });
}

function isSelection(of: CrossBins<never>): of is Selection {
  return typeof (of as { testFor?: unknown }).testFor === 'function';
}
