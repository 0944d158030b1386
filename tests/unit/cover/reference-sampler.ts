// The reference for compiled covergroups: declared bins taken at their word, value by value (semantics §3). No classes, no
// tables, no automata, no state but the list of values sampled; it shares the types of the declarations with src/cover and
// nothing else.
import type { BinSpec, Item, Range, Sampled, Values } from '#cover/bins';
import type { Step, Steps } from '#cover/transitions';
import { walk, type ReferenceStep } from './reference-steps.ts';

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

type Items = readonly Item[];
type Guard = (sampled: ReferenceSample) => boolean;
interface OneBin {
  readonly role: 'count' | 'ignore' | 'illegal';
  readonly what: 'values' | 'steps' | 'default' | 'defaultSteps';
  readonly items: Items;
  readonly sequences: readonly (readonly ReferenceStep[])[];
  readonly iff: Guard | undefined;
}

/** Counts of one point, in the order in which its bins are declared. */
export class ReferencePoint {
  readonly counts: number[];
  readonly illegalCounts: number[];
  defaultCount = 0;
  defaultStepsCount = 0;
  /** Bins hit by the sample at hand, and the illegal one. */
  hits: number[] = [];
  illegal = -1;
  private readonly all: readonly OneBin[];
  private readonly countable: readonly OneBin[];
  private readonly illegals: readonly OneBin[];
  private readonly removedSteps: readonly OneBin[];
  private readonly history: unknown[] = [];

  constructor(bins: Bins) {
    this.all = Object.values(bins).flatMap(binsOf);
    const removed = this.all.filter((bin) => bin.role !== 'count' && bin.iff === undefined);
    this.removedSteps = removed.filter((bin) => bin.what === 'steps');
    this.countable = this.all.filter((bin) => {
      if (bin.role !== 'count') return false;
      if (bin.what === 'steps') return true;
      if (bin.what !== 'values') return false;
      return valuesOf(bin.items).some((value) => !removed.some((other) => holds(other, value)));
    });
    this.illegals = this.all.filter((bin) => bin.role === 'illegal');
    this.counts = this.countable.map(() => 0);
    this.illegalCounts = this.illegals.map(() => 0);
  }

  /** `value` undefined: no sample. */
  sample(value: unknown, sampled: ReferenceSample): void {
    this.hits = [];
    this.illegal = -1;
    if (value === undefined) return;
    this.history.push(value);
    const isOpen = ({ iff }: OneBin): boolean => iff === undefined || iff(sampled);
    const named = this.all.filter((bin) => holds(bin, value));
    const isDefault = (bin: OneBin): boolean => bin.what === 'default' && named.length === 0;
    this.illegal = this.illegals.findIndex(
      (bin) => (holds(bin, value) || isDefault(bin)) && isOpen(bin),
    );
    const isRemoved = named.some((bin) => bin.role === 'ignore' && isOpen(bin));
    if (!isRemoved && this.illegal < 0) {
      this.countable.forEach((bin, index) => {
        if (holds(bin, value) && isOpen(bin)) this.hits.push(index);
      });
      const rest = this.all.find((bin) => bin.role === 'count' && isDefault(bin));
      if (rest !== undefined && isOpen(rest)) this.defaultCount++;
    }
    this.countable.forEach((bin, index) => {
      if (this.isComplete(bin) && isOpen(bin)) this.hits.push(index);
    });
    if (this.illegal < 0) {
      this.illegal = this.illegals.findLastIndex((bin) => this.isComplete(bin) && isOpen(bin));
    }
    this.countDefaultSteps(isOpen);
    for (const hit of this.hits) this.counts[hit]++;
    if (this.illegal >= 0) this.illegalCounts[this.illegal]++;
  }

  /** What follows a sample and belongs to no declared transition, complete or under way. */
  private countDefaultSteps(isOpen: (bin: OneBin) => boolean): void {
    if (this.history.length < 2 || this.all.some((bin) => this.isAlong(bin))) return;
    const rest = this.all.find((bin) => bin.what === 'defaultSteps');
    if (rest === undefined || !isOpen(rest)) return;
    if (rest.role === 'count') this.defaultStepsCount++;
    else if (rest.role === 'illegal' && this.illegal < 0)
      this.illegal = this.illegals.indexOf(rest);
  }

  /** Some sequence of values that ends now is one of the bin's, and none of those taken out of it. */
  private isComplete(bin: OneBin): boolean {
    const isIn = (other: OneBin, word: readonly unknown[]): boolean =>
      other.sequences.some((steps) => walk(steps, word).isWhole);
    const removed = bin.role === 'count' ? this.removedSteps : [];
    return this.wordsEndingNow().some(
      (word) => isIn(bin, word) && !removed.some((other) => isIn(other, word)),
    );
  }

  private isAlong(bin: OneBin): boolean {
    const words = this.wordsEndingNow().filter((word) => word.length > 1);
    return words.some((word) => bin.sequences.some((steps) => walk(steps, word).isPrefix));
  }

  private wordsEndingNow(): readonly (readonly unknown[])[] {
    return this.history.map((_, start) => this.history.slice(start));
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

  sample(sampled: ReferenceSample): void {
    const { values, guards } = sampled;
    const isOn = (guard: number | undefined): boolean => guard === undefined || guards[guard];
    this.points.forEach((point, i) => {
      point.sample(isOn(this.pointGuards[i]) ? values[i] : undefined, sampled);
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
  if (typeof spec === 'object' && 'kind' in spec) {
    if (spec.kind === 'when') {
      return binsOf(spec.of).map((bin) => ({ ...bin, iff: spec.iff as unknown as Guard }));
    }
    if (spec.kind === 'illegal' || spec.kind === 'ignore') {
      return binsOf(spec.of).map((bin) => ({ ...bin, role: spec.kind }));
    }
    const empty = { role: 'count', items: [], sequences: [], iff: undefined } as const;
    switch (spec.kind) {
      case 'steps':
        return [{ ...empty, what: 'steps', sequences: [stepsOf(spec)] }];
      case 'stepsSet':
        return [{ ...empty, what: 'steps', sequences: spec.sequences.map(stepsOf) }];
      case 'eachSteps':
        return singleSequences(spec.sequences.map(stepsOf)).map((steps) => ({
          ...empty,
          what: 'steps',
          sequences: [steps],
        }));
      case 'default':
        return [{ ...empty, what: spec.of === 'values' ? 'default' : 'defaultSteps' }];
      default:
    }
  }
  return valueBins(spec as Values<Sampled>).map((items) => ({
    role: 'count',
    what: 'values',
    items,
    sequences: [],
    iff: undefined,
  }));
}

function valueBins(spec: Values<Sampled>): readonly Items[] {
  const values = listOf(spec);
  const form = formOf(spec);
  if (form === 'one') return [values];
  if (form === 'each') return singles(values).map((value) => [value]);
  return splitEvenly(values, form);
}

/** Numbers first, in their order; then the rest; each value once. */
function singles(values: readonly Sampled[]): readonly Sampled[] {
  const sorted = [...values.filter(isNumber), ...values.filter((value) => !isNumber(value))];
  return [...new Set(sorted)];
}

function formOf(spec: Values<Sampled>): 'one' | 'each' | number {
  if (typeof spec !== 'object' || isRange(spec)) return 'one';
  if (spec.kind === 'filter') return formOf(spec.of as Values<Sampled>);
  if (spec.kind === 'each') return 'each';
  if (spec.kind === 'split') return spec.count;
  if (spec.kind !== 'auto') return 'one';
  const max = spec.max ?? 64;
  const all = listOf(spec);
  return spec.isCapped && all.length > max ? max : 'each';
}

/** Every value of a declaration, in order, as often as it is there. */
function listOf(spec: Values<Sampled>): readonly Sampled[] {
  if (typeof spec !== 'object' || isRange(spec) || spec.kind === 'pattern') return valuesOf([spec]);
  if (spec.kind !== 'filter') return valuesOf(spec.items);
  const keep = spec.keep as (value: Sampled) => boolean;
  return listOf(spec.of as Values<Sampled>).filter((value) => keep(value));
}

/** `count` bins of equal size, the last one with the remainder; bins without values are none. */
function splitEvenly(values: readonly Sampled[], count: number): readonly Items[] {
  const size = Math.max(1, Math.floor(values.length / count));
  const starts = Array.from({ length: count }, (_, n) => n * size);
  return starts
    .map((start, n) => values.slice(start, n === count - 1 ? undefined : start + size))
    .filter((items) => items.length > 0);
}

function stepsOf(spec: Steps<Sampled>): readonly ReferenceStep[] {
  return spec.steps.map((step: Step<Sampled>) => {
    const isRepeated = typeof step === 'object' && 'kind' in step && step.kind === 'repeat';
    const { how, of, min, max } = isRepeated
      ? step
      : ({ how: 'consecutive', of: step, min: 1, max: 1 } as const);
    const values = listOf(of as Values<Sampled>);
    return { how, min, max, values, has: (value) => values.some((one) => one === value) };
  });
}

/** Every sequence of single values, none twice. */
function singleSequences(
  all: readonly (readonly ReferenceStep[])[],
): readonly (readonly ReferenceStep[])[] {
  const words = all.flatMap((steps) =>
    steps.reduce<Sampled[][]>(
      (heads, { values, min, max }) => {
        const tails: Sampled[][] = [];
        for (let times = 1, grown = heads; times <= max; times++) {
          grown = grown.flatMap((head) => singles(values).map((value) => [...head, value]));
          if (times >= min) tails.push(...grown);
        }
        return tails;
      },
      [[]],
    ),
  );
  const unique = new Map(words.map((word) => [JSON.stringify(word), word]));
  return [...unique.values()].map((word) =>
    word.map((value): ReferenceStep => ({
      how: 'consecutive',
      min: 1,
      max: 1,
      values: [value],
      has: (one) => one === value,
    })),
  );
}

/** Every value of a set; ranges are short enough to list. */
function valuesOf(items: Items): readonly Sampled[] {
  return items.flatMap((item): readonly Sampled[] => {
    if (typeof item === 'object' && 'kind' in item) return valuesOf(item.ranges);
    if (!isRange(item)) return [item];
    return Array.from({ length: item[1] - item[0] + 1 }, (_, i) => item[0] + i);
  });
}

function holds({ what, items }: OneBin, value: unknown): boolean {
  return what === 'values' && items.some((item) => item === value);
}

function isRange(item: unknown): item is Range {
  return Array.isArray(item);
}

function isNumber(value: Sampled): boolean {
  return typeof value === 'number';
}
