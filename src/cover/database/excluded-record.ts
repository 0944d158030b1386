/** Exclusions of a regression as plain data for its record: the list, and which bin is out by which of them (ADR 0007). */
import type { CoverageRecord, CovergroupRecord } from '#record/coverage-record';
import type { ExclusionRecord, ExclusionsRecord, GroupExclusions } from '#record/exclusion-record';
import { pointBins } from '../merge-cross.ts';
import { tupleName } from '../summary.ts';
import { runsWalker } from '../tuple-runs.ts';
import { DatabaseBuilder } from './database.ts';
import { DatabaseView } from './database-view.ts';
import {
  Exclusions,
  PathPattern,
  type DatedExclusions,
  type ResolvedExclusion,
} from './exclusions.ts';

/** Exclusions as they apply to merged coverage of which no database is at hand. */
export function resolveExclusions(
  coverage: CoverageRecord,
  { list, today }: DatedExclusions,
): Exclusions {
  const builder = new DatabaseBuilder();
  builder.addCoverage(coverage);
  return new Exclusions(new DatabaseView(builder.build()), list, today);
}

export function exclusionRecord({
  exclusion,
  state,
  bins,
  hit,
}: ResolvedExclusion): ExclusionRecord {
  const { path, reason, owner, expires = null, proof } = exclusion;
  return {
    path,
    state,
    reason,
    owner,
    expires,
    ...(proof !== undefined && { proof }),
    bins: bins.length,
    hit: hit.length,
  };
}

/** @param coverage the record that `excluded` was resolved for: indices are those of its bins. */
export function exclusionsRecord(
  { groups }: CoverageRecord,
  { resolved, size }: Exclusions,
): ExclusionsRecord {
  const patterns = resolved.map(({ exclusion, state }) => {
    const isHeld = state === 'active' || state === 'suspicious';
    return isHeld ? new PathPattern(exclusion.path) : undefined;
  });
  const find = (type: string, item: string): FindExclusion | undefined => {
    const isOwn = patterns.map((pattern) => pattern?.isItem(type, item) === true);
    if (!isOwn.includes(true)) return undefined;
    return (bin) => patterns.findIndex((pattern, at) => isOwn[at] && pattern?.isBin(bin) === true);
  };
  return {
    list: resolved.map(exclusionRecord),
    excluded: size,
    groups: groups.map((group) => groupExclusions(group, (item) => find(group.type, item))),
  };
}

/** Index of the exclusion of a bin, or -1. */
type FindExclusion = (bin: string) => number;

function groupExclusions(
  { points, crosses }: CovergroupRecord,
  find: (item: string) => FindExclusion | undefined,
): GroupExclusions {
  return {
    points: points.map(({ name, bins }) => pairs(find(name), bins.length, (bin) => bins[bin])),
    crosses: crosses.map(({ name, bins, axes, excluded }) => {
      const found = find(name);
      const names = axes.map((axis) => axis.name);
      const lists = axes.map((axis) => pointBins(points, axis.point));
      const total = lists.reduce((product, list) => product * list.length, 1);
      const isOut = runsWalker(excluded);
      const tupleAt = (index: number): string | undefined =>
        isOut(index) ? undefined : tupleName(names, lists, index);
      return {
        tuples: pairs(found, total, tupleAt),
        bins: pairs(found, bins.length, (bin) => bins[bin]),
      };
    }),
  };
}

/** @param nameAt undefined for what does not count anyway. */
function pairs(
  find: FindExclusion | undefined,
  count: number,
  nameAt: (index: number) => string | undefined,
): readonly number[] {
  const list: number[] = [];
  if (find === undefined) return list;
  for (let index = 0; index < count; index++) {
    const name = nameAt(index);
    const exclusion = name === undefined ? -1 : find(name);
    if (exclusion >= 0) list.push(index, exclusion);
  }
  return list;
}
