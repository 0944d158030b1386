/**
 * Merging coverage of any number of runs (semantics §3; design, "Record"). The result does not depend on the order or the
 * grouping of merges: counts add, bins are matched by their semantic path, and where the models of two records differ the
 * united bins are sorted by name. A cross tuple counts when it counts in any of the models.
 */
import { assert } from '#base/assert';
import type {
  CoverageRecord,
  CovergroupRecord,
  CoverpointRecord,
  CrossRecord,
} from '#record/coverage-record';

/** Merges any number of records; of none, an empty one. */
export function mergeCoverage(records: readonly CoverageRecord[]): CoverageRecord {
  const byType = new Map<string, CovergroupRecord[]>();
  for (const record of records) {
    for (const group of record.groups) {
      const list = byType.get(group.type);
      if (list === undefined) byType.set(group.type, [group]);
      else list.push(group);
    }
  }
  const types = [...byType.keys()].sort(compareText);
  return { groups: types.map((type) => mergeGroups(byType.get(type) ?? [])) };
}

/** Whether every tuple index is excluded, as a predicate that is asked with ascending indices only. */
export function excludedWalker(excluded: readonly number[]): (index: number) => boolean {
  let at = 0;
  return (index) => {
    while (at < excluded.length && excluded[at] + excluded[at + 1] <= index) at += 2;
    return at < excluded.length && excluded[at] <= index;
  };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function mergeGroups(groups: readonly CovergroupRecord[]): CovergroupRecord {
  assert(groups.length > 0, 'a type in the list has a group');
  const points = mergeNamed(
    groups.map((group) => group.points),
    mergePoints,
  );
  const crosses = mergeNamed(
    groups.map((group) => group.crosses.map((cross) => ({ name: cross.name, cross, group }))),
    (found) => ({ name: found[0].name, cross: mergeCrosses(found, points) }),
  );
  return {
    type: groups[0].type,
    weight: maxOf(groups, (group) => group.weight),
    samples: sumOf(groups, (group) => group.samples),
    points,
    crosses: crosses.map(({ cross }) => cross),
  };
}

/** Merges lists of named things name by name; in their order when all lists agree on it, else sorted by name. */
function mergeNamed<I extends { readonly name: string }, O>(
  lists: readonly (readonly I[])[],
  merge: (found: readonly I[]) => O,
): readonly O[] {
  const byName = new Map<string, I[]>();
  for (const list of lists) {
    for (const item of list) {
      const found = byName.get(item.name);
      if (found === undefined) byName.set(item.name, [item]);
      else found.push(item);
    }
  }
  const names = mergedOrder(lists.map((list) => list.map((item) => item.name)));
  return names.map((name) => merge(byName.get(name) ?? []));
}

/** The names of all lists: in their order when all lists are equal, else sorted. */
function mergedOrder(lists: readonly (readonly string[])[]): readonly string[] {
  const first = lists[0] ?? [];
  const isSame = lists.every(
    (list) =>
      list === first || (list.length === first.length && list.every((n, i) => n === first[i])),
  );
  return isSame ? first : [...new Set(lists.flat())].sort(compareText);
}

function mergePoints(points: readonly CoverpointRecord[]): CoverpointRecord {
  const bins = mergedOrder(points.map((point) => point.bins));
  const illegal = mergedOrder(points.map((point) => point.illegal));
  return {
    name: points[0].name,
    weight: maxOf(points, (point) => point.weight),
    atLeast: maxOf(points, (point) => point.atLeast),
    bins,
    counts: addCounts(bins, points, (point) => [point.bins, point.counts]),
    defaultCount: sumOf(points, (point) => point.defaultCount),
    illegal,
    illegalCounts: addCounts(illegal, points, (point) => [point.illegal, point.illegalCounts]),
  };
}

function addCounts<I>(
  names: readonly string[],
  items: readonly I[],
  read: (item: I) => readonly [names: readonly string[], counts: readonly number[]],
): readonly number[] {
  const sums = new Array<number>(names.length).fill(0);
  const indexOf = new Map(names.map((name, index) => [name, index]));
  for (const item of items) {
    const [own, counts] = read(item);
    for (let i = 0; i < own.length; i++) {
      const index = own === names ? i : indexOf.get(own[i]);
      assert(index !== undefined, 'a merged list has every name');
      sums[index] += counts[i];
    }
  }
  return sums;
}

interface FoundCross {
  readonly name: string;
  readonly cross: CrossRecord;
  readonly group: CovergroupRecord;
}

function mergeCrosses(
  found: readonly FoundCross[],
  points: readonly CoverpointRecord[],
): CrossRecord {
  const first = found[0].cross;
  const axesOf = (cross: CrossRecord): string =>
    cross.axes.map((axis) => `${axis.name}=${axis.point}`).join(' ');
  // A cross over other axes is another cross: the axes that come first in the alphabet win, whatever the order of merging.
  const key = found.map(({ cross }) => axesOf(cross)).sort(compareText)[0];
  const same = found.filter(({ cross }) => axesOf(cross) === key);
  const axes = same[0].cross.axes;
  const target = axes.map((axis) => pointBins(points, axis.point));
  const total = target.reduce((product, bins) => product * bins.length, 1);
  const isCounted = new Uint8Array(total);
  const hits = new Map<number, number>();
  for (const one of same) addTuples(one, target, isCounted, hits);
  const bins = mergedOrder(same.map(({ cross }) => cross.bins));
  const crosses = same.map(({ cross }) => cross);
  return {
    name: first.name,
    weight: maxOf(crosses, (cross) => cross.weight),
    atLeast: maxOf(crosses, (cross) => cross.atLeast),
    axes,
    excluded: runsOfZero(isCounted),
    hits: [...hits].sort((a, b) => a[0] - b[0]).flat(),
    bins,
    counts: addCounts(bins, crosses, (cross) => [cross.bins, cross.counts]),
    illegalCount: sumOf(crosses, (cross) => cross.illegalCount),
  };
}

function pointBins(points: readonly CoverpointRecord[], name: string): readonly string[] {
  const point = points.find((candidate) => candidate.name === name);
  assert(point !== undefined, 'an axis of a cross is a coverpoint of its group');
  return point.bins;
}

/** Adds one record's tuples to the united numbering. */
function addTuples(
  { cross, group }: FoundCross,
  target: readonly (readonly string[])[],
  isCounted: Uint8Array,
  hits: Map<number, number>,
): void {
  const own = cross.axes.map((axis) => pointBins(group.points, axis.point));
  const total = own.reduce((product, bins) => product * bins.length, 1);
  const renumber = renumbering(own, target);
  const isExcluded = excludedWalker(cross.excluded);
  for (let index = 0; index < total; index++) {
    if (!isExcluded(index)) isCounted[renumber(index)] = 1;
  }
  for (let i = 0; i < cross.hits.length; i += 2) {
    const index = renumber(cross.hits[i]);
    hits.set(index, (hits.get(index) ?? 0) + cross.hits[i + 1]);
  }
}

/** Maps a tuple index over `own` bins to the one over `target` bins. */
function renumbering(
  own: readonly (readonly string[])[],
  target: readonly (readonly string[])[],
): (index: number) => number {
  const isSame = own.every((bins, axis) => {
    return bins.length === target[axis].length && bins.every((name, i) => name === target[axis][i]);
  });
  if (isSame) return (index) => index;
  const maps = own.map((bins, axis) => bins.map((name) => target[axis].indexOf(name)));
  return (index) => {
    let rest = index;
    let result = 0;
    let stride = 1;
    for (let axis = own.length - 1; axis >= 0; axis--) {
      const size = own[axis].length;
      result += maps[axis][rest % size] * stride;
      stride *= target[axis].length;
      rest = Math.floor(rest / size);
    }
    return result;
  };
}

/** Pairs (first index, count) of the zeros. */
function runsOfZero(flags: Uint8Array): readonly number[] {
  const runs: number[] = [];
  for (let index = 0; index < flags.length; index++) {
    if (flags[index] !== 0) continue;
    if (runs.length > 0 && index > 0 && flags[index - 1] === 0) runs[runs.length - 1]++;
    else runs.push(index, 1);
  }
  return runs;
}

function sumOf<I>(items: readonly I[], read: (item: I) => number): number {
  return items.reduce((sum, item) => sum + read(item), 0);
}

function maxOf<I>(items: readonly I[], read: (item: I) => number): number {
  return items.reduce((max, item) => Math.max(max, read(item)), 0);
}
