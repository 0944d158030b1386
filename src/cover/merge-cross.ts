/**
 * Merging crosses (see `merge.ts`): tuples are renumbered over the united bins of the axes, sets of tuples are united. What
 * counts in any model counts: a tuple is excluded when no model counts it.
 */
import { assert } from '#base/assert';
import type { CoverpointRecord, CrossRecord } from '#record/coverage-record';
import { addCounts, compareText, maxOf, mergedOrder, mergeOptions, sumOf } from './merge-named.ts';
import { runsOf, runsWalker } from './tuple-runs.ts';

/** A cross with the points of its own group. */
export interface FoundCross {
  readonly name: string;
  readonly cross: CrossRecord;
  readonly points: readonly CoverpointRecord[];
}

/** @param points the united points of the group. */
export function mergeCrosses(
  found: readonly FoundCross[],
  points: readonly CoverpointRecord[],
): CrossRecord {
  // A cross over other axes is another cross: the axes that come first in the alphabet win, whatever the order of merging.
  const key = found.map(({ cross }) => axesOf(cross)).sort(compareText)[0];
  const same = found.filter(({ cross }) => axesOf(cross) === key);
  const first = same[0].cross;
  const crosses = same.map(({ cross }) => cross);
  const bins = mergedOrder(crosses.map((cross) => cross.bins));
  const options = mergeOptions(crosses.map((cross) => cross.options));
  return {
    name: first.name,
    weight: maxOf(crosses, (cross) => cross.weight),
    atLeast: maxOf(crosses, (cross) => cross.atLeast),
    axes: first.axes,
    ...mergeTuples(same, points, bins),
    bins,
    counts: addCounts(bins, crosses, (cross) => [cross.bins, cross.counts]),
    illegalCount: sumOf(crosses, (cross) => cross.illegalCount),
    ...(options !== undefined && { options }),
  };
}

/** The axes in a word: crosses of one name and other axes are not the same. */
export function axesOf(cross: CrossRecord): string {
  return cross.axes.map((axis) => `${axis.name}=${axis.point}`).join(' ');
}

/** Names of the bins of a point. */
export function pointBins(points: readonly CoverpointRecord[], name: string): readonly string[] {
  const point = points.find((candidate) => candidate.name === name);
  assert(point !== undefined, 'an axis of a cross is a coverpoint of its group');
  return point.bins;
}

/** How many tuples a cross has, excluded ones among them. */
export function tupleCount(cross: CrossRecord, points: readonly CoverpointRecord[]): number {
  return cross.axes.reduce((product, { point }) => product * pointBins(points, point).length, 1);
}

type Tuples = Pick<CrossRecord, 'excluded' | 'hits' | 'binTuples' | 'illegalTuples'>;

function mergeTuples(
  found: readonly FoundCross[],
  points: readonly CoverpointRecord[],
  bins: readonly string[],
): Tuples {
  const target = found[0].cross.axes.map((axis) => pointBins(points, axis.point));
  const total = target.reduce((product, names) => product * names.length, 1);
  const renumbered = found.map((one) => ({ ...one, renumber: renumbering(one, target) }));
  const isSameModel = renumbered.every(({ cross, renumber }) => {
    return renumber === undefined && isSameTuples(cross, found[0].cross);
  });
  const hits = mergeHits(renumbered);
  if (isSameModel) {
    const { excluded, binTuples, illegalTuples } = found[0].cross;
    return {
      excluded,
      hits,
      ...(binTuples !== undefined && { binTuples }),
      ...(illegalTuples !== undefined && { illegalTuples }),
    };
  }
  const isCounted = new Uint8Array(total);
  for (const one of renumbered) addCounted(one, isCounted);
  const binTuples = bins.map((name) =>
    unitedRuns(renumbered, total, ({ cross }) => {
      return cross.binTuples?.[cross.bins.indexOf(name)];
    }),
  );
  const illegal = unitedRuns(renumbered, total, ({ cross }) => cross.illegalTuples);
  // A tuple that counts in another model is not illegal in the union.
  const illegalTuples = withoutFlags(illegal, isCounted);
  return {
    excluded: runsOf(isCounted, 0),
    hits,
    ...(found.some(({ cross }) => cross.binTuples !== undefined) && { binTuples }),
    ...(illegalTuples.length > 0 && { illegalTuples }),
  };
}

function isSameTuples(a: CrossRecord, b: CrossRecord): boolean {
  return (
    isSameRuns(a.excluded, b.excluded) &&
    isSameRuns(a.illegalTuples ?? [], b.illegalTuples ?? []) &&
    (a.binTuples === undefined) === (b.binTuples === undefined) &&
    a.bins.length === b.bins.length &&
    a.bins.every((name, bin) => {
      return name === b.bins[bin] && isSameRuns(a.binTuples?.[bin] ?? [], b.binTuples?.[bin] ?? []);
    })
  );
}

function isSameRuns(a: readonly number[], b: readonly number[]): boolean {
  return a === b || (a.length === b.length && a.every((value, index) => value === b[index]));
}

interface Renumbered extends FoundCross {
  /** From a tuple's index in its own record to the united one; undefined where they are the same. */
  readonly renumber: ((index: number) => number) | undefined;
}

function mergeHits(found: readonly Renumbered[]): readonly number[] {
  if (found.length === 1 && found[0].renumber === undefined) return found[0].cross.hits;
  const sums = new Map<number, number>();
  for (const { cross, renumber } of found) {
    for (let i = 0; i < cross.hits.length; i += 2) {
      const index = renumber === undefined ? cross.hits[i] : renumber(cross.hits[i]);
      sums.set(index, (sums.get(index) ?? 0) + cross.hits[i + 1]);
    }
  }
  return [...sums].sort((a, b) => a[0] - b[0]).flat();
}

/** Marks what one record counts. */
function addCounted({ cross, points, renumber }: Renumbered, isCounted: Uint8Array): void {
  const total = tupleCount(cross, points);
  const isExcluded = runsWalker(cross.excluded);
  for (let index = 0; index < total; index++) {
    if (!isExcluded(index)) isCounted[renumber === undefined ? index : renumber(index)] = 1;
  }
}

/** The union of a set of tuples over all records that have it. */
function unitedRuns(
  found: readonly Renumbered[],
  total: number,
  read: (one: Renumbered) => readonly number[] | undefined,
): readonly number[] {
  const flags = new Uint8Array(total);
  for (const one of found) {
    const runs = read(one) ?? [];
    for (let at = 0; at < runs.length; at += 2) {
      for (let index = runs[at]; index < runs[at] + runs[at + 1]; index++) {
        flags[one.renumber === undefined ? index : one.renumber(index)] = 1;
      }
    }
  }
  return runsOf(flags, 1);
}

function withoutFlags(runs: readonly number[], flags: Uint8Array): readonly number[] {
  const left = new Uint8Array(flags.length);
  for (let at = 0; at < runs.length; at += 2) left.fill(1, runs[at], runs[at] + runs[at + 1]);
  for (let index = 0; index < left.length; index++) if (flags[index] === 1) left[index] = 0;
  return runsOf(left, 1);
}

/** Maps a tuple index over the record's own bins to the one over `target` bins; undefined where they are the same. */
function renumbering(
  { cross, points }: FoundCross,
  target: readonly (readonly string[])[],
): Renumbered['renumber'] {
  const own = cross.axes.map((axis) => pointBins(points, axis.point));
  const isSame = own.every((bins, axis) => {
    if (bins === target[axis]) return true;
    return bins.length === target[axis].length && bins.every((name, i) => name === target[axis][i]);
  });
  if (isSame) return undefined;
  const maps = own.map((bins, axis) => {
    const indexOf = new Map(target[axis].map((name, index) => [name, index]));
    return bins.map((name) => indexOf.get(name) ?? 0);
  });
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
