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
  GroupInstanceRecord,
} from '#record/coverage-record';
import { mergeCrosses } from './merge-cross.ts';
import {
  addCounts,
  compareText,
  firstText,
  maxOf,
  mergedOrder,
  mergeNamed,
  mergeOptions,
  mergeTexts,
  sumOf,
} from './merge-named.ts';

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

function mergeGroups(groups: readonly CovergroupRecord[]): CovergroupRecord {
  assert(groups.length > 0, 'a type in the list has a group');
  const options = mergeOptions(groups.map((group) => group.options));
  const instances = mergeInstances(groups);
  return {
    type: groups[0].type,
    ...mergeItems(groups),
    ...(options !== undefined && { options }),
    ...(instances.length > 0 && { instances }),
  };
}

/** What a type and an instance have in common. */
type Items = Omit<GroupInstanceRecord, 'name'>;

function mergeItems(groups: readonly Items[]): Items {
  const points = mergeNamed(
    groups.map((group) => group.points),
    mergePoints,
  );
  const crosses = mergeNamed(
    groups.map((group) =>
      group.crosses.map((cross) => ({ name: cross.name, cross, points: group.points })),
    ),
    (found) => ({ name: found[0].name, cross: mergeCrosses(found, points) }),
  );
  return {
    weight: maxOf(groups, (group) => group.weight),
    samples: sumOf(groups, (group) => group.samples),
    points,
    crosses: crosses.map(({ cross }) => cross),
  };
}

/** Instances of one name are the same instance; sorted, since not every run needs to have all. */
function mergeInstances(groups: readonly CovergroupRecord[]): readonly GroupInstanceRecord[] {
  const lists = groups.map((group) => group.instances ?? []);
  const merged = mergeNamed(lists, (found) => ({ name: found[0].name, ...mergeItems(found) }));
  return [...merged].sort((a, b) => compareText(a.name, b.name));
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
    ...mergeDescriptions(points, bins, illegal),
  };
}

type Descriptions = Omit<
  CoverpointRecord,
  'name' | 'weight' | 'atLeast' | 'bins' | 'counts' | 'defaultCount' | 'illegal' | 'illegalCounts'
>;

/** What records of older versions do not have. */
function mergeDescriptions(
  points: readonly CoverpointRecord[],
  bins: readonly string[],
  illegal: readonly string[],
): Descriptions {
  const values = mergeTexts(bins, points, ({ bins: own, values: texts }) => texts && [own, texts]);
  const illegalValues = mergeTexts(illegal, points, ({ illegal: own, illegalValues: texts }) => {
    return texts && [own, texts];
  });
  const options = mergeOptions(points.map((point) => point.options));
  const defaultName = points.map((point) => point.defaultName).reduce(firstText);
  const expression = points.map((point) => point.expression).reduce(firstText);
  return {
    ...(values !== undefined && { values }),
    ...(illegalValues !== undefined && { illegalValues }),
    ...mergeIgnored(points),
    ...(defaultName !== undefined && { defaultName }),
    ...(expression !== undefined && { expression }),
    ...(options !== undefined && { options }),
  };
}

function mergeIgnored(
  points: readonly CoverpointRecord[],
): Pick<CoverpointRecord, 'ignored' | 'ignoredValues' | 'ignoredCounts'> {
  const lists = points.flatMap(({ ignored }) => (ignored === undefined ? [] : [ignored]));
  if (lists.length === 0) return {};
  const ignored = mergedOrder(lists);
  const ignoredValues = mergeTexts(ignored, points, ({ ignored: own, ignoredValues: texts }) => {
    return own && texts && [own, texts];
  });
  const isCounted = points.some(({ ignoredCounts }) => ignoredCounts !== undefined);
  const ignoredCounts = addCounts(ignored, points, ({ ignored: own, ignoredCounts: counts }) => {
    return own && counts && [own, counts];
  });
  return {
    ignored,
    ...(ignoredValues !== undefined && { ignoredValues }),
    ...(isCounted && { ignoredCounts }),
  };
}
