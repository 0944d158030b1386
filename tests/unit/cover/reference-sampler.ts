// The reference for compiled covergroups: declared bins taken at their word, value by value (semantics §3). No classes, no
// tables, no state but the list of values sampled; it shares the types of the declarations with src/cover and nothing else.
import type { BinSpec, Range, Sampled, Steps, ValueSet } from '#cover/bins';

export type Bins = Readonly<Record<string, BinSpec<Sampled>>>;

export interface PointDeclaration {
  readonly bins: Bins;
  /** Number of the guard that must be true, or undefined. */
  readonly iff: number | undefined;
}

export interface CrossDeclaration {
  /** Numbers of points. */
  readonly axes: readonly number[];
  readonly iff: number | undefined;
  /** What a tuple of bin numbers is to be: 0 and above a bin of the author's own. */
  readonly sort:
    ((tuple: readonly number[]) => 'counted' | 'ignored' | 'illegal' | number) | undefined;
  readonly binCount: number;
}

/** One sample: a value per point, and the guards. */
export interface ReferenceSample {
  readonly values: readonly unknown[];
  readonly guards: readonly boolean[];
}

type Item = Sampled | Range;
type Set = readonly Item[];
type OneBin =
  | { readonly kind: 'values' | 'ignore' | 'illegal'; readonly items: Set }
  | { readonly kind: 'steps' | 'badSteps'; readonly steps: readonly Set[] }
  | { readonly kind: 'default' };

/** Counts of one point, in the order in which its bins are declared. */
export class ReferencePoint {
  readonly counts: number[];
  readonly illegalCounts: number[];
  defaultCount = 0;
  /** Bins hit by the sample at hand, and the illegal one. */
  hits: number[] = [];
  illegal = -1;
  private readonly all: readonly OneBin[];
  private readonly countable: readonly OneBin[];
  private readonly illegals: readonly OneBin[];
  private readonly history: unknown[] = [];

  constructor(bins: Bins) {
    this.all = Object.values(bins).flatMap(binsOf);
    const removed = this.all.filter((bin) => bin.kind === 'ignore' || bin.kind === 'illegal');
    this.countable = this.all.filter((bin) => {
      if (bin.kind === 'steps') return true;
      if (bin.kind !== 'values') return false;
      return valuesOf(bin.items).some((value) => !removed.some((other) => holds(other, value)));
    });
    this.illegals = this.all.filter((bin) => bin.kind === 'illegal' || bin.kind === 'badSteps');
    this.counts = this.countable.map(() => 0);
    this.illegalCounts = this.illegals.map(() => 0);
  }

  /** `value` undefined: no sample. */
  sample(value: unknown): void {
    this.hits = [];
    this.illegal = -1;
    if (value === undefined) return;
    this.history.push(value);
    const named = this.all.filter((bin) => holds(bin, value));
    this.illegal = this.illegals.findIndex((bin) => holds(bin, value));
    const isRemoved = named.some((bin) => bin.kind === 'ignore' || bin.kind === 'illegal');
    if (!isRemoved) {
      this.countable.forEach((bin, index) => {
        if (holds(bin, value)) this.hits.push(index);
      });
    }
    if (named.length === 0 && this.all.some((bin) => bin.kind === 'default')) this.defaultCount++;
    this.countable.forEach((bin, index) => {
      if (bin.kind === 'steps' && this.isComplete(bin.steps)) this.hits.push(index);
    });
    if (this.illegal < 0) {
      this.illegal = this.illegals.findLastIndex(
        (bin) => bin.kind === 'badSteps' && this.isComplete(bin.steps),
      );
    }
    for (const hit of this.hits) this.counts[hit]++;
    if (this.illegal >= 0) this.illegalCounts[this.illegal]++;
  }

  private isComplete(steps: readonly Set[]): boolean {
    const last = this.history.slice(-steps.length);
    return last.length === steps.length && steps.every((step, i) => isIn(step, last[i]));
  }
}

export class ReferenceCross {
  /** By tuple, the last axis running fastest. */
  readonly counts: number[];
  readonly binCounts: number[];
  /** By tuple: whether it is an automatic bin. */
  readonly isCounted: boolean[];
  illegalCount = 0;
  /** The last illegal tuple of the sample at hand, or -1. */
  illegal = -1;
  private readonly declaration: CrossDeclaration;
  private readonly points: readonly ReferencePoint[];

  constructor(declaration: CrossDeclaration, points: readonly ReferencePoint[]) {
    this.declaration = declaration;
    this.points = declaration.axes.map((axis) => points[axis]);
    const sizes = this.points.map((point) => point.counts.length);
    const tuples = product(sizes.map((size) => Array.from({ length: size }, (_, i) => i)));
    this.counts = tuples.map(() => 0);
    this.isCounted = tuples.map((tuple) => this.sortOf(tuple) === 'counted');
    this.binCounts = Array.from({ length: declaration.binCount }, () => 0);
  }

  sample(): void {
    this.illegal = -1;
    for (const tuple of product(this.points.map((point) => point.hits))) {
      const index = tuple.reduce(
        (sum, bin, axis) => sum * this.points[axis].counts.length + bin,
        0,
      );
      const sort = this.sortOf(tuple);
      if (sort === 'counted') this.counts[index]++;
      else if (typeof sort === 'number') this.binCounts[sort]++;
      else if (sort === 'illegal') {
        this.illegalCount++;
        this.illegal = index;
      }
    }
  }

  private sortOf(tuple: readonly number[]): 'counted' | 'ignored' | 'illegal' | number {
    return this.declaration.sort?.(tuple) ?? 'counted';
  }
}

/** An illegal hit: the item's number, points first, and its bin or tuple. */
export type ReferenceHit = readonly [item: number, bin: number];

export class ReferenceGroup {
  readonly points: readonly ReferencePoint[];
  readonly crosses: readonly ReferenceCross[];
  readonly illegal: ReferenceHit[] = [];
  private readonly pointGuards: readonly (number | undefined)[];
  private readonly crossGuards: readonly (number | undefined)[];

  constructor(points: readonly PointDeclaration[], crosses: readonly CrossDeclaration[]) {
    this.points = points.map(({ bins }) => new ReferencePoint(bins));
    this.crosses = crosses.map((cross) => new ReferenceCross(cross, this.points));
    this.pointGuards = points.map(({ iff }) => iff);
    this.crossGuards = crosses.map(({ iff }) => iff);
  }

  sample({ values, guards }: ReferenceSample): void {
    const isOn = (guard: number | undefined): boolean => guard === undefined || guards[guard];
    this.points.forEach((point, i) => {
      point.sample(isOn(this.pointGuards[i]) ? values[i] : undefined);
      if (point.illegal >= 0) this.illegal.push([i, point.illegal]);
    });
    this.crosses.forEach((cross, i) => {
      if (!isOn(this.crossGuards[i])) return;
      cross.sample();
      if (cross.illegal >= 0) this.illegal.push([this.points.length + i, cross.illegal]);
    });
  }
}

/** Every list with one element of each, the last one running fastest. */
function product(lists: readonly (readonly number[])[]): number[][] {
  return lists.reduce<number[][]>(
    (all, list) => all.flatMap((head) => list.map((one) => [...head, one])),
    [[]],
  );
}

function binsOf(spec: BinSpec<Sampled>): readonly OneBin[] {
  if (typeof spec !== 'object' || isRange(spec)) return [{ kind: 'values', items: [spec] }];
  switch (spec.kind) {
    case 'set':
      return [{ kind: 'values', items: spec.items }];
    case 'each': {
      // Numbers first, in their order; then the rest.
      const values = valuesOf(spec.items);
      const sorted = [...values.filter(isNumber), ...values.filter((value) => !isNumber(value))];
      return sorted.map((value) => ({ kind: 'values', items: [value] }));
    }
    case 'split':
      return splitEvenly(valuesOf(spec.items), spec.count);
    case 'steps':
      return [{ kind: 'steps', steps: stepsOf(spec) }];
    case 'illegal': {
      const { of } = spec;
      if (typeof of === 'object' && 'kind' in of && of.kind === 'steps') {
        return [{ kind: 'badSteps', steps: stepsOf(of) }];
      }
      return [{ kind: 'illegal', items: itemsOf(of) }];
    }
    case 'ignore':
      return [{ kind: 'ignore', items: itemsOf(spec.of) }];
    case 'default':
      return [{ kind: 'default' }];
  }
}

/** `count` bins of equal size, the last one with the remainder; bins without values are none. */
function splitEvenly(values: readonly Sampled[], count: number): readonly OneBin[] {
  const size = Math.max(1, Math.floor(values.length / count));
  const starts = Array.from({ length: count }, (_, n) => n * size);
  return starts
    .map((start, n) => values.slice(start, n === count - 1 ? undefined : start + size))
    .filter((items) => items.length > 0)
    .map((items) => ({ kind: 'values', items }));
}

function stepsOf(spec: Steps<Sampled>): readonly Set[] {
  return spec.steps.map(itemsOf);
}

function itemsOf(spec: Item | ValueSet<Sampled>): Set {
  return typeof spec === 'object' && 'kind' in spec ? spec.items : [spec];
}

/** Every value of a set; ranges are short enough to list. */
function valuesOf(items: Set): readonly Sampled[] {
  return items.flatMap((item): readonly Sampled[] => {
    if (!isRange(item)) return [item];
    return Array.from({ length: item[1] - item[0] + 1 }, (_, i) => item[0] + i);
  });
}

function holds(bin: OneBin, value: unknown): boolean {
  return 'items' in bin && isIn(bin.items, value);
}

function isIn(items: Set, value: unknown): boolean {
  return items.some((item) => {
    if (!isRange(item)) return item === value;
    return Number.isInteger(value) && item[0] <= Number(value) && Number(value) <= item[1];
  });
}

function isRange(item: unknown): item is Range {
  return Array.isArray(item);
}

function isNumber(value: Sampled): boolean {
  return typeof value === 'number';
}
