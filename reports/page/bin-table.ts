// All bins of a regression as rows: coverpoint bins, tuples of crosses, illegal bins. Rows are numbers and names are made when
// they are shown, because a cross can have a hundred thousand tuples. Source: semantics §3 for which bins count.
import { NEVER_HIT } from '#record/closure-record';
import type { CrossRecord } from '#record/coverage-record';
import type { CrossExclusions, ExclusionRecord } from '#record/exclusion-record';
import { matchesTerms, type SearchTerms } from './search-terms.ts';
import type { CoverItem, Regression } from './unpack.ts';

/**
 * hole: never hit; low: hit, but less than at_least; illegal: a bin that must not be hit, whether it was or not; excluded: a
 * bin that an exclusion takes out of the percentages, whether it was hit or not.
 */
export const BIN_STATES = ['hole', 'low', 'covered', 'illegal', 'excluded'] as const;
export type BinState = (typeof BIN_STATES)[number];

/** The bins of one coverpoint or cross, by their index within it. */
export class ItemBins {
  readonly item: CoverItem;
  readonly size: number;
  /** Tuple index of each automatic bin of a cross, ascending. */
  readonly tuples: Int32Array;
  /** Samples that fell in no bin but the default one. */
  readonly defaultCount: number;
  /** Hits of illegal bins or tuples. */
  readonly illegalCount: number;
  /** Tuples that are ignored, illegal or part of a bin with a name. */
  readonly excludedCount: number;
  private readonly counts: Float64Array;
  private readonly firstRuns: Int32Array;
  /** Names of the bins behind the tuples. */
  private readonly names: readonly string[];
  /** From here on bins are illegal. */
  private readonly illegalFrom: number;
  private readonly exclusions: readonly ExclusionRecord[];
  /** By bin: index of the exclusion that takes it out. */
  private readonly exclusionAt = new Map<number, number>();

  constructor({ payload }: Regression, item: CoverItem) {
    const group = payload.coverage.groups[item.group.index];
    const closure = payload.closure?.groups[item.group.index];
    const excluded = payload.exclusions?.groups[item.group.index];
    this.item = item;
    this.exclusions = payload.exclusions?.list ?? [];
    if (item.kind === 'coverpoint') {
      const point = group.points[item.at];
      this.tuples = new Int32Array(0);
      this.names = [...point.bins, ...point.illegal];
      this.illegalFrom = point.bins.length;
      this.counts = Float64Array.from([...point.counts, ...point.illegalCounts]);
      this.firstRuns = new Int32Array(this.names.length).fill(NEVER_HIT);
      this.firstRuns.set(closure?.points[item.at] ?? []);
      this.defaultCount = point.defaultCount;
      this.illegalCount = point.illegalCounts.reduce((sum, count) => sum + count, 0);
      this.excludedCount = 0;
      this.excludePairs(excluded?.points[item.at] ?? [], (bin) => bin);
    } else {
      const cross = group.crosses[item.at];
      this.tuples = countedTuples(cross, item);
      this.names = cross.bins;
      const size = this.tuples.length + cross.bins.length;
      this.illegalFrom = size;
      this.counts = new Float64Array(size);
      this.firstRuns = new Int32Array(size).fill(NEVER_HIT);
      this.fillCross(cross, closure?.crosses[item.at]);
      this.defaultCount = 0;
      this.illegalCount = cross.illegalCount;
      this.excludedCount = tupleCount(item) - this.tuples.length;
      this.excludeFromCross(excluded?.crosses[item.at]);
    }
    this.size = this.counts.length;
  }

  private excludeFromCross(excluded: CrossExclusions | undefined): void {
    this.excludePairs(excluded?.tuples ?? [], (tuple) => this.indexOfTuple(tuple));
    this.excludePairs(excluded?.bins ?? [], (bin) => this.tuples.length + bin);
  }

  private excludePairs(pairs: readonly number[], indexOf: (bin: number) => number): void {
    for (let at = 0; at < pairs.length; at += 2) {
      this.exclusionAt.set(indexOf(pairs[at]), pairs[at + 1]);
    }
  }

  private fillCross(
    { hits, counts }: CrossRecord,
    closure: { readonly hits: readonly number[]; readonly bins: readonly number[] } | undefined,
  ): void {
    let index = 0;
    for (let at = 0; at < hits.length; at += 2) {
      while (this.tuples[index] < hits[at]) index++;
      this.counts[index] = hits[at + 1];
      this.firstRuns[index] = closure?.hits[at / 2] ?? NEVER_HIT;
    }
    this.counts.set(counts, this.tuples.length);
    this.firstRuns.set(closure?.bins ?? [], this.tuples.length);
  }

  /** Bins that are illegal. */
  get illegalSize(): number {
    return this.size - this.illegalFrom;
  }

  count(index: number): number {
    return this.counts[index];
  }

  /** Index of the run that hit the bin first; NEVER_HIT, too, when the record does not say. */
  firstRun(index: number): number {
    return this.firstRuns[index];
  }

  state(index: number): BinState {
    if (index >= this.illegalFrom) return 'illegal';
    if (this.exclusionAt.has(index)) return 'excluded';
    const count = this.counts[index];
    if (count >= this.item.atLeast) return 'covered';
    return count === 0 ? 'hole' : 'low';
  }

  /** Why a bin is out; undefined for one that counts. */
  exclusion(index: number): ExclusionRecord | undefined {
    const at = this.exclusionAt.get(index);
    return at === undefined ? undefined : this.exclusions[at];
  }

  /** A tuple is written "a=x b=y", as everywhere. */
  name(index: number): string {
    const { tuples } = this;
    return index < tuples.length
      ? tupleName(this.item, tuples[index])
      : this.names[index - tuples.length];
  }

  /** Index of the bin of a tuple, or -1 for one that does not count. */
  indexOfTuple(tuple: number): number {
    let low = 0;
    let high = this.tuples.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      if (this.tuples[middle] === tuple) return middle;
      if (this.tuples[middle] < tuple) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }
}

/** All tuples of a cross, those that do not count among them. */
function tupleCount({ axes }: CoverItem): number {
  return axes.reduce((product, { bins }) => product * bins.length, 1);
}

function countedTuples({ excluded }: CrossRecord, item: CoverItem): Int32Array {
  const total = tupleCount(item);
  const tuples: number[] = [];
  let at = 0;
  for (let tuple = 0; tuple < total; tuple++) {
    while (at < excluded.length && excluded[at] + excluded[at + 1] <= tuple) at += 2;
    if (at >= excluded.length || tuple < excluded[at]) tuples.push(tuple);
  }
  return Int32Array.from(tuples);
}

/** Bin of each axis for a tuple: the last axis runs fastest. */
export function tupleBins({ axes }: CoverItem, tuple: number): number[] {
  const bins: number[] = [];
  let rest = tuple;
  for (let axis = axes.length - 1; axis >= 0; axis--) {
    const size = axes[axis].bins.length;
    bins.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return bins;
}

export function tupleIndex({ axes }: CoverItem, bins: readonly number[]): number {
  return axes.reduce((index, { bins: names }, axis) => index * names.length + bins[axis], 0);
}

function tupleName(item: CoverItem, tuple: number): string {
  return tupleBins(item, tuple)
    .map((bin, axis) => `${item.axes[axis].name}=${item.axes[axis].bins[bin]}`)
    .join(' ');
}

export type BinOrder = 'holes' | 'model' | 'hits' | 'first';

export interface BinFilter {
  readonly states: ReadonlySet<BinState>;
  readonly terms: SearchTerms;
  readonly items: ReadonlySet<CoverItem> | null;
}

export interface BinRef {
  readonly bins: ItemBins;
  readonly index: number;
}

/** Every bin of every item under one row number. */
export class BinTable {
  readonly size: number;
  private readonly items: readonly ItemBins[];
  private readonly starts: Int32Array;

  constructor(regression: Regression) {
    this.items = regression.groups.flatMap(({ items }) =>
      items.map((item) => new ItemBins(regression, item)),
    );
    this.starts = new Int32Array(this.items.length + 1);
    this.items.forEach(({ size }, at) => {
      this.starts[at + 1] = this.starts[at] + size;
    });
    this.size = this.starts[this.items.length];
  }

  of(item: CoverItem): ItemBins | undefined {
    return this.items.find((bins) => bins.item === item);
  }

  at(row: number): BinRef {
    let low = 0;
    let high = this.items.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle] <= row) low = middle;
      else high = middle - 1;
    }
    return { bins: this.items[low], index: row - this.starts[low] };
  }

  /** Rows that pass the filter, in model order. */
  rows({ states, terms, items }: BinFilter): Int32Array {
    const rows: number[] = [];
    this.items.forEach((bins, at) => {
      const { item } = bins;
      if (items !== null && !items.has(item)) return;
      const prefix = `${item.group.type}.${item.name} `.toLowerCase();
      const isAny = matchesTerms({ wanted: terms.wanted, unwanted: [] }, prefix);
      const isPlain = isAny && terms.unwanted.length === 0;
      for (let index = 0; index < bins.size; index++) {
        if (!states.has(bins.state(index))) continue;
        if (!isPlain && !matchesTerms(terms, prefix + bins.name(index).toLowerCase())) continue;
        rows.push(this.starts[at] + index);
      }
    });
    return Int32Array.from(rows);
  }

  /** Rows that a run was the first to hit. */
  firstHitBy(run: number): number[] {
    const rows: number[] = [];
    this.items.forEach((bins, at) => {
      for (let index = 0; index < bins.size; index++) {
        if (bins.firstRun(index) === run) rows.push(this.starts[at] + index);
      }
    });
    return rows;
  }

  /** Sorts rows; those that are equal stay in model order. */
  sorted(rows: Int32Array, order: BinOrder): Int32Array {
    if (order === 'model') return rows;
    const keys = new Map<number, number>();
    for (const row of rows) keys.set(row, this.sortKey(row, order));
    return rows.slice().sort((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0) || a - b);
  }

  private sortKey(row: number, order: BinOrder): number {
    const { bins, index } = this.at(row);
    const count = bins.count(index);
    if (order === 'hits') return -count;
    if (order === 'first') {
      const run = bins.firstRun(index);
      return run === NEVER_HIT ? Infinity : run;
    }
    // Illegal bins that were hit are the most urgent; those that were not are in order, and last.
    switch (bins.state(index)) {
      case 'illegal':
        return count > 0 ? -1 : Number.MAX_SAFE_INTEGER;
      case 'hole':
        return 0;
      case 'low':
        return count / bins.item.atLeast;
      case 'covered':
        return count + 1;
      case 'excluded':
        return Number.MAX_SAFE_INTEGER;
    }
  }
}
