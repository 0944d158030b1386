/**
 * Percentages and holes of a coverage record (semantics §3).
 *
 *     coverpoint: covered / countable bins          cross: covered / (automatic tuples + the author's bins)
 *     group: weighted mean over its items           all: weighted mean over the groups
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
  ItemSummary,
} from '#record/coverage-record';
import { excludedWalker } from './merge.ts';

const HOLES_SHOWN = 20;

/**
 * Percentages and holes of a record (semantics §3): null, never 100, where nothing is countable.
 * @param holesMax names of holes to list per item; the number of holes is always exact.
 */
export function summarizeCoverage(record: CoverageRecord, holesMax = HOLES_SHOWN): CoverageSummary {
  const groups = record.groups.map((group) => summarizeGroup(group, holesMax));
  const weights = record.groups.map((group) => group.weight);
  return { percent: weightedMean(groups, weights), groups };
}

function summarizeGroup(group: CovergroupRecord, holesMax: number): GroupSummary {
  const items = [
    ...group.points.map((point) => summarizePoint(point, holesMax)),
    ...group.crosses.map((cross) => summarizeCross(cross, group, holesMax)),
  ];
  const weights = [...group.points, ...group.crosses].map((item) => item.weight);
  const percent = weightedMean(items, weights);
  return { type: group.type, samples: group.samples, percent, items };
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

function summarizePoint(point: CoverpointRecord, holesMax: number): ItemSummary {
  const holes = point.bins.filter((_, index) => point.counts[index] < point.atLeast);
  return {
    name: point.name,
    kind: 'coverpoint',
    ...ratio(point.bins.length - holes.length, point.bins.length),
    holes: holes.slice(0, holesMax),
    holeCount: holes.length,
    illegalCount: point.illegalCounts.reduce((sum, count) => sum + count, 0),
  };
}

function summarizeCross(
  cross: CrossRecord,
  group: CovergroupRecord,
  holesMax: number,
): ItemSummary {
  const binsOf = new Map(group.points.map((point) => [point.name, point.bins]));
  const axes = cross.axes.map((axis) => binsOf.get(axis.point) ?? []);
  const total = axes.reduce((product, bins) => product * bins.length, 1);
  const isExcluded = excludedWalker(cross.excluded);
  const holes: string[] = [];
  let countable = 0;
  let covered = 0;
  let hit = 0;
  for (let index = 0; index < total; index++) {
    while (hit < cross.hits.length && cross.hits[hit] < index) hit += 2;
    if (isExcluded(index)) continue;
    countable++;
    const count = cross.hits[hit] === index ? cross.hits[hit + 1] : 0;
    if (count >= cross.atLeast) covered++;
    else if (holes.length < holesMax) holes.push(tupleName(cross, axes, index));
  }
  cross.bins.forEach((name, index) => {
    countable++;
    if (cross.counts[index] >= cross.atLeast) covered++;
    else if (holes.length < holesMax) holes.push(name);
  });
  return {
    name: cross.name,
    kind: 'cross',
    ...ratio(covered, countable),
    holes,
    holeCount: countable - covered,
    illegalCount: cross.illegalCount,
  };
}

/** "a=x b=y" */
function tupleName(
  cross: CrossRecord,
  axes: readonly (readonly string[])[],
  index: number,
): string {
  const parts: string[] = [];
  let rest = index;
  for (let axis = axes.length - 1; axis >= 0; axis--) {
    const size = axes[axis].length;
    parts.unshift(`${cross.axes[axis].name}=${axes[axis][rest % size]}`);
    rest = Math.floor(rest / size);
  }
  return parts.join(' ');
}

function ratio(
  covered: number,
  bins: number,
): { readonly percent: number | null; readonly covered: number; readonly bins: number } {
  return { percent: bins === 0 ? null : (100 * covered) / bins, covered, bins };
}
