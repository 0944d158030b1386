// One covergroup in the closure of a regression: hit counts and first hits of its bins, and its percentage. Source:
// `closure-sum`, whose law it keeps.
//
// Nearly all records of a group have the same bins, and then counts are added index by index. A record with other bins (a
// model that depends on parameters) is brought to the united bins by `mergeCoverage` itself, so that there is one law of union.
import { assert } from '#base/assert';
import type { IsExcluded } from '#cover/database/growing-exclusions';
import { mergeCoverage } from '#cover/merge';
import { pointBins, tupleCount } from '#cover/merge-cross';
import { tupleName, weightedMean } from '#cover/summary';
import { runsSize, runsWalker } from '#cover/tuple-runs';
import { NEVER_HIT, type GroupClosure } from '#record/closure-record';
import type {
  CovergroupRecord,
  CoverpointRecord,
  CrossRecord,
  GroupInstanceRecord,
} from '#record/coverage-record';

/** Counts and first hits of a list of bins. */
interface BinSums {
  readonly counts: Float64Array;
  readonly firstRuns: Int32Array;
  /** By bin, 1 where an exclusion takes it out; all 0 without exclusions. */
  readonly out: Uint8Array;
}

interface PointSums extends BinSums {
  covered: number;
  countable: number;
}

interface CrossSums {
  /** By tuple index; no entry for a tuple that was never hit. */
  readonly tuples: Map<number, { count: number; readonly firstRun: number }>;
  readonly named: BinSums;
  /** Tuples that an exclusion takes out. */
  readonly out: Set<number>;
  covered: number;
  countable: number;
}

export class GroupClosureSum {
  /** 0..100; null while nothing is countable. */
  percent: number | null = null;
  /** The united bins, all counts 0. */
  private model: CovergroupRecord;
  private points: PointSums[];
  private crosses: CrossSums[];
  /** By name, for a type whose percentage is the mean of its instances; undefined for all others. */
  private instances: Map<string, GroupClosureSum> | undefined;
  private isOut: IsExcluded | undefined;

  constructor(record: CovergroupRecord) {
    // Merged alone, it has the form that a merge gives it.
    this.model = withoutCounts(mergeCoverage([{ groups: [record] }]).groups[0]);
    this.points = this.model.points.map((point) => emptyPoint(point));
    this.crosses = this.model.crosses.map((cross) => emptyCross(cross, this.model));
    this.percent = this.computePercent();
  }

  get weight(): number {
    return this.model.weight;
  }

  /** The united bins; another object when there are more of them. */
  get bins(): CovergroupRecord {
    return this.model;
  }

  /** From now on these bins count for nothing, and others do again. @param isOut undefined: none is out. */
  exclude(isOut: IsExcluded | undefined): void {
    this.isOut = isOut;
    this.model.points.forEach((point, index) => {
      excludeFromPoint(this.points[index], point, isOut);
    });
    this.model.crosses.forEach((cross, index) => {
      excludeFromCross(this.crosses[index], cross, { group: this.model, isOut });
    });
    for (const instance of this.instances?.values() ?? []) instance.exclude(isOut);
    this.percent = this.computePercent();
  }

  /** Adds a run's counts; whether percentage or weight may have changed. */
  add(run: number, record: CovergroupRecord): boolean {
    let isChanged = false;
    let aligned = record;
    if (!isSameModel(record, this.model)) {
      aligned = united(this.model, record);
      if (!isSameModel(aligned, this.model)) {
        this.widen(withoutCounts(aligned));
        isChanged = true;
      }
    }
    if (record.options?.mergeInstances === false) this.instances ??= new Map();
    if (this.addInstances(run, record.instances ?? [])) isChanged = true;
    aligned.points.forEach((point, index) => {
      const covered = addBins(this.points[index], point, run);
      this.points[index].covered += covered;
      if (covered > 0) isChanged = true;
    });
    aligned.crosses.forEach((cross, index) => {
      const covered = addCross(this.crosses[index], cross, run);
      this.crosses[index].covered += covered;
      if (covered > 0) isChanged = true;
    });
    if (isChanged) this.percent = this.computePercent();
    return isChanged;
  }

  /** First hits in the order of the bins of `merged`, the merge of all records that were added. */
  firstHits(merged: CovergroupRecord): Pick<GroupClosure, 'points' | 'crosses'> {
    assert(isSameModel(merged, this.model), 'a merge does not depend on the order of its records');
    return {
      points: this.points.map(({ firstRuns }) => [...firstRuns]),
      crosses: merged.crosses.map(({ hits }, at) => {
        const { tuples, named } = this.crosses[at];
        const indices = hits.filter((_, index) => index % 2 === 0);
        return {
          hits: indices.map((index) => tuples.get(index)?.firstRun ?? NEVER_HIT),
          bins: [...named.firstRuns],
        };
      }),
    };
  }

  private addInstances(run: number, records: readonly GroupInstanceRecord[]): boolean {
    if (this.instances === undefined) return false;
    let isChanged = false;
    for (const { name, ...items } of records) {
      const record = { type: name, ...items };
      const known = this.instances.get(name);
      const instance = known ?? new GroupClosureSum(record);
      if (known === undefined) this.instances.set(name, instance);
      const { bins } = instance;
      if (instance.add(run, record) || known === undefined) isChanged = true;
      // Instances are asked by the names of items, as the type is: bins that are new have to be looked at.
      const isNew = known === undefined || instance.bins !== bins;
      if (isNew && this.isOut !== undefined) instance.exclude(this.isOut);
    }
    return isChanged;
  }

  private computePercent(): number | null {
    if (this.instances !== undefined) {
      const byName = [...this.instances].sort(([a], [b]) => (a < b ? -1 : 1));
      const instances = byName.map(([, instance]) => instance);
      return weightedMean(
        instances,
        instances.map(({ weight }) => weight),
      );
    }
    const items = [...this.points, ...this.crosses].map(({ covered, countable }) => ({
      percent: countable === 0 ? null : (100 * covered) / countable,
    }));
    const weights = [...this.model.points, ...this.model.crosses].map(({ weight }) => weight);
    return weightedMean(items, weights);
  }

  /** Takes over more bins. Sums travel as the counts of a record, so that the merge itself renumbers them. */
  private widen(model: CovergroupRecord): void {
    const counts = united(this.sumsRecord('counts'), model);
    // 0 is "no hit" in a count, so that first runs travel as one more than they are.
    const firsts = united(this.sumsRecord('firsts'), model);
    this.model = model;
    this.points = model.points.map((point, index) =>
      filledPoint(point, counts.points[index].counts, firsts.points[index].counts),
    );
    this.crosses = model.crosses.map((cross, index) =>
      filledCross(emptyCross(cross, model), counts.crosses[index], firsts.crosses[index], cross),
    );
  }

  private sumsRecord(what: 'counts' | 'firsts'): CovergroupRecord {
    const values = ({ counts, firstRuns }: BinSums): number[] =>
      what === 'counts' ? [...counts] : Array.from(firstRuns, (run) => run + 1);
    return {
      ...this.model,
      points: this.model.points.map((point, index) => ({
        ...point,
        counts: values(this.points[index]),
      })),
      crosses: this.model.crosses.map((cross, index) => {
        const { tuples, named } = this.crosses[index];
        const pairs = [...tuples].sort(([a], [b]) => a - b);
        const hits = pairs.flatMap(([tuple, { count, firstRun }]) => [
          tuple,
          what === 'counts' ? count : firstRun + 1,
        ]);
        return { ...cross, hits, counts: values(named) };
      }),
    };
  }
}

function emptyBins(count: number): BinSums {
  return {
    counts: new Float64Array(count),
    firstRuns: new Int32Array(count).fill(NEVER_HIT),
    out: new Uint8Array(count),
  };
}

function emptyPoint({ bins }: CoverpointRecord): PointSums {
  return { ...emptyBins(bins.length), covered: 0, countable: bins.length };
}

function emptyCross(cross: CrossRecord, group: CovergroupRecord): CrossSums {
  const named = emptyBins(cross.bins.length);
  const countable = countableBins(cross, group);
  return { tuples: new Map(), named, out: new Set(), covered: 0, countable };
}

function countableBins(cross: CrossRecord, { points }: CovergroupRecord): number {
  return cross.bins.length + tupleCount(cross, points) - runsSize(cross.excluded);
}

function excludeFromPoint(
  sums: PointSums,
  { name, bins, atLeast }: CoverpointRecord,
  isOut: IsExcluded | undefined,
): void {
  const out = markOut(sums, bins, (bin) => isOut?.(name, bin) === true);
  sums.countable = bins.length - out;
  sums.covered = coveredBins(sums, atLeast);
}

function excludeFromCross(
  sums: CrossSums,
  cross: CrossRecord,
  { group, isOut }: { readonly group: CovergroupRecord; readonly isOut: IsExcluded | undefined },
): void {
  const { name, atLeast } = cross;
  const { tuples, named, out } = sums;
  out.clear();
  const outNamed = markOut(named, cross.bins, (bin) => isOut?.(name, bin) === true);
  if (isOut !== undefined) {
    const names = cross.axes.map((axis) => axis.name);
    const axes = cross.axes.map(({ point }) => pointBins(group.points, point));
    const isUncounted = runsWalker(cross.excluded);
    const total = tupleCount(cross, group.points);
    for (let index = 0; index < total; index++) {
      if (!isUncounted(index) && isOut(name, tupleName(names, axes, index))) out.add(index);
    }
  }
  sums.countable = countableBins(cross, group) - outNamed - out.size;
  sums.covered = coveredBins(named, atLeast);
  for (const [tuple, { count }] of tuples) {
    if (count >= atLeast && !out.has(tuple)) sums.covered++;
  }
}

/** @returns how many are out. */
function markOut(
  { out }: BinSums,
  names: readonly string[],
  isOut: (name: string) => boolean,
): number {
  names.forEach((name, bin) => {
    out[bin] = Number(isOut(name));
  });
  return out.reduce((sum, flag) => sum + flag, 0);
}

function coveredBins({ counts, out }: BinSums, atLeast: number): number {
  return counts.reduce((sum, count, bin) => sum + Number(count >= atLeast && out[bin] === 0), 0);
}

function filledPoint(
  point: CoverpointRecord,
  counts: readonly number[],
  firsts: readonly number[],
): PointSums {
  const sums = emptyPoint(point);
  fillBins(sums, counts, firsts);
  sums.covered = counts.filter((count) => count >= point.atLeast).length;
  return sums;
}

function filledCross(
  sums: CrossSums,
  counts: CrossRecord,
  firsts: CrossRecord,
  { atLeast }: CrossRecord,
): CrossSums {
  for (let at = 0; at < counts.hits.length; at += 2) {
    const count = counts.hits[at + 1];
    sums.tuples.set(counts.hits[at], { count, firstRun: firsts.hits[at + 1] - 1 });
    if (count >= atLeast) sums.covered++;
  }
  fillBins(sums.named, counts.counts, firsts.counts);
  sums.covered += counts.counts.filter((count) => count >= atLeast).length;
  return sums;
}

function fillBins(sums: BinSums, counts: readonly number[], firsts: readonly number[]): void {
  sums.counts.set(counts);
  sums.firstRuns.set(firsts.map((first) => first - 1));
}

/** Adds counts bin by bin; how many bins became covered. */
function addBins(
  { counts, firstRuns, out }: BinSums,
  item: { readonly counts: readonly number[]; readonly atLeast: number },
  run: number,
): number {
  let covered = 0;
  for (let bin = 0; bin < item.counts.length; bin++) {
    const more = item.counts[bin];
    if (more === 0) continue;
    const before = counts[bin];
    if (before === 0) firstRuns[bin] = run;
    counts[bin] = before + more;
    if (before < item.atLeast && before + more >= item.atLeast && out[bin] === 0) covered++;
  }
  return covered;
}

function addCross({ tuples, named, out }: CrossSums, cross: CrossRecord, run: number): number {
  const { hits, atLeast } = cross;
  let covered = 0;
  for (let at = 0; at < hits.length; at += 2) {
    const more = hits[at + 1];
    let tuple = tuples.get(hits[at]);
    if (tuple === undefined) {
      tuple = { count: 0, firstRun: run };
      tuples.set(hits[at], tuple);
    }
    const before = tuple.count;
    tuple.count = before + more;
    if (before < atLeast && tuple.count >= atLeast && !out.has(hits[at])) covered++;
  }
  return covered + addBins(named, cross, run);
}

function withoutCounts(group: CovergroupRecord): CovergroupRecord {
  return {
    ...group,
    points: group.points.map((point) => ({ ...point, counts: zeros(point.bins) })),
    crosses: group.crosses.map((cross) => ({ ...cross, hits: [], counts: zeros(cross.bins) })),
  };
}

function zeros(bins: readonly string[]): number[] {
  return new Array<number>(bins.length).fill(0);
}

/** A record of the same type with the bins of both. */
function united(a: CovergroupRecord, b: CovergroupRecord): CovergroupRecord {
  return mergeCoverage([{ groups: [a] }, { groups: [b] }]).groups[0];
}

/** Whether two records count the same bins in the same order, with the same weights and goals. */
function isSameModel(a: CovergroupRecord, b: CovergroupRecord): boolean {
  return (
    a.weight === b.weight &&
    isSameList(a.points, b.points, (one, other) => isSameItem(one, other)) &&
    isSameList(a.crosses, b.crosses, isSameCross)
  );
}

function isSameCross(a: CrossRecord, b: CrossRecord): boolean {
  return (
    isSameItem(a, b) &&
    isSameList(a.axes, b.axes, (one, other) => {
      return one.name === other.name && one.point === other.point;
    }) &&
    isSameList(a.excluded, b.excluded, Object.is)
  );
}

type Item = Pick<CoverpointRecord, 'name' | 'weight' | 'atLeast' | 'bins'>;

function isSameItem(a: Item, b: Item): boolean {
  return (
    a.name === b.name &&
    a.weight === b.weight &&
    a.atLeast === b.atLeast &&
    isSameList(a.bins, b.bins, Object.is)
  );
}

function isSameList<T>(
  a: readonly T[],
  b: readonly T[],
  isSame: (one: T, other: T) => boolean,
): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (!isSame(a[index], b[index])) return false;
  return true;
}
