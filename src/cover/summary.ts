/**
 * Percentages and holes of a coverage record (semantics §3).
 *
 *     coverpoint: covered / countable bins          cross: covered / (automatic tuples + the author's bins)
 *     group: weighted mean over its items           all: weighted mean over the groups
 *     with mergeInstances false: the weighted mean over the group's instances, each computed like a group
 *
 * What has nothing countable, or weight 0, contributes nothing; if nothing contributes the percentage is null ("n/a").
 */
import type {
  CoverageRecord,
  CoverageSummary,
  CovergroupRecord,
  CoverpointRecord,
  CrossRecord,
  GroupSummary,
  InstanceSummary,
  ItemSummary,
} from '#record/coverage-record';
import { pointBins } from './merge-cross.ts';
import { runsWalker } from './tuple-runs.ts';

const HOLES_SHOWN = 20;

/** Names of the bins of one item that an exclusion takes out; tuples as "a=x b=y". */
export interface ExcludedItem {
  readonly bins: ReadonlySet<string>;
}

export interface ExcludedBins {
  of(type: string, item: string): ExcludedItem | undefined;
}

const NOTHING_EXCLUDED: ExcludedBins = { of: () => undefined };

/** What a summary leaves out or cuts short. */
export interface SummaryOptions {
  /** Names of holes to list per item; the number of holes is always exact. Default 20. */
  readonly holesMax?: number;
  /** Bins that leave numerator and denominator. */
  readonly excluded?: ExcludedBins | undefined;
}

/** Percentages and holes of a record (semantics §3): null, never 100, where nothing is countable. */
export function summarizeCoverage(
  record: CoverageRecord,
  options: SummaryOptions = {},
): CoverageSummary {
  const groups = record.groups.map((group) => summarizeGroup(group, options));
  const weights = record.groups.map((group) => group.weight);
  return { percent: weightedMean(groups, weights), groups };
}

function summarizeGroup(group: CovergroupRecord, options: SummaryOptions): GroupSummary {
  const united = summarizeItems(group.type, group, options);
  const instances = (group.instances ?? []).map((instance): InstanceSummary => ({
    name: instance.name,
    samples: instance.samples,
    ...summarizeItems(group.type, instance, options),
  }));
  const weights = (group.instances ?? []).map((instance) => instance.weight);
  const isMean = group.options?.mergeInstances === false;
  return {
    type: group.type,
    samples: group.samples,
    percent: isMean ? weightedMean(instances, weights) : united.percent,
    items: united.items,
    ...(group.options?.goal !== undefined && { goal: group.options.goal }),
    ...(instances.length > 0 && { instances }),
  };
}

/** Items of a type or of one of its instances: exclusions name the type. */
function summarizeItems(
  type: string,
  { points, crosses }: Pick<CovergroupRecord, 'points' | 'crosses'>,
  { holesMax = HOLES_SHOWN, excluded = NOTHING_EXCLUDED }: SummaryOptions,
): { readonly percent: number | null; readonly items: readonly ItemSummary[] } {
  const wanted = (name: string): Wanted => ({ holesMax, excluded: excluded.of(type, name) });
  const items = [
    ...points.map((point) => summarizePoint(point, wanted(point.name))),
    ...crosses.map((cross) => summarizeCross(cross, points, wanted(cross.name))),
  ];
  const weights = [...points, ...crosses].map((item) => item.weight);
  return { percent: weightedMean(items, weights), items };
}

/** Mean of the parts that have a percentage and a weight; null when there are none ("n/a"). */
export function weightedMean(
  parts: readonly { readonly percent: number | null }[],
  weights: readonly number[],
): number | null {
  let sum = 0;
  let total = 0;
  parts.forEach(({ percent }, index) => {
    if (percent === null) return;
    sum += percent * weights[index];
    total += weights[index];
  });
  return total === 0 ? null : sum / total;
}

interface Wanted {
  readonly holesMax: number;
  readonly excluded: ExcludedItem | undefined;
}

function summarizePoint(point: CoverpointRecord, { holesMax, excluded }: Wanted): ItemSummary {
  const sum = new ItemSum(point.atLeast, holesMax);
  point.bins.forEach((name, index) => {
    if (excluded?.bins.has(name) === true) sum.excluded++;
    else sum.add(point.counts[index], () => name);
  });
  const illegalCount = point.illegalCounts.reduce((total, count) => total + count, 0);
  return { name: point.name, kind: 'coverpoint', ...sum.summary(point, illegalCount) };
}

function summarizeCross(
  cross: CrossRecord,
  points: readonly CoverpointRecord[],
  { holesMax, excluded }: Wanted,
): ItemSummary {
  const axes = cross.axes.map((axis) => pointBins(points, axis.point));
  const total = axes.reduce((product, bins) => product * bins.length, 1);
  const isOut = runsWalker(cross.excluded);
  const sum = new ItemSum(cross.atLeast, holesMax);
  const names = axes.map((_, axis) => cross.axes[axis].name);
  let hit = 0;
  for (let index = 0; index < total; index++) {
    while (hit < cross.hits.length && cross.hits[hit] < index) hit += 2;
    if (isOut(index)) continue;
    const count = cross.hits[hit] === index ? cross.hits[hit + 1] : 0;
    if (excluded?.bins.has(tupleName(names, axes, index)) === true) sum.excluded++;
    else sum.add(count, () => tupleName(names, axes, index));
  }
  cross.bins.forEach((name, index) => {
    if (excluded?.bins.has(name) === true) sum.excluded++;
    else sum.add(cross.counts[index], () => name);
  });
  return { name: cross.name, kind: 'cross', ...sum.summary(cross, cross.illegalCount) };
}

/** Countable bins of one item, one after the other. */
class ItemSum {
  /** Bins that an exclusion takes out. */
  excluded = 0;
  private readonly atLeast: number;
  private readonly holesMax: number;
  private readonly holes: string[] = [];
  private bins = 0;
  private covered = 0;
  private depth = 0;

  constructor(atLeast: number, holesMax: number) {
    this.atLeast = atLeast;
    this.holesMax = holesMax;
  }

  add(count: number, name: () => string): void {
    this.bins++;
    this.depth += Math.min(count, this.atLeast);
    if (count >= this.atLeast) this.covered++;
    else if (this.holes.length < this.holesMax) this.holes.push(name());
  }

  summary(
    { options }: Pick<CoverpointRecord, 'options'>,
    illegalCount: number,
  ): Omit<ItemSummary, 'name' | 'kind'> {
    const { bins, covered } = this;
    return {
      percent: bins === 0 ? null : (100 * covered) / bins,
      covered,
      bins,
      holes: this.holes,
      holeCount: bins - covered,
      illegalCount,
      depthPercent: bins === 0 ? null : (100 * this.depth) / (bins * this.atLeast),
      ...(options?.goal !== undefined && { goal: options.goal }),
      ...(this.excluded > 0 && { excludedCount: this.excluded }),
    };
  }
}

/** "a=x b=y": axis and bin name of a tuple, whose index is row-major with the last axis running fastest. */
export function tupleName(
  names: readonly string[],
  axes: readonly (readonly string[])[],
  index: number,
): string {
  const parts: string[] = [];
  let rest = index;
  for (let axis = axes.length - 1; axis >= 0; axis--) {
    const size = axes[axis].length;
    parts.unshift(`${names[axis]}=${axes[axis][rest % size]}`);
    rest = Math.floor(rest / size);
  }
  return parts.join(' ');
}
