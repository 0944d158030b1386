/**
 * A coverage database as it is read: one united record over all models, every countable bin with a number and a path, and for
 * each run the numbers of the bins it hit (ADR 0007).
 *
 * Bins of different models are the same when their semantic path is: type, item, bin name; for a tuple, the bin names of its
 * axes. Which do not meet their like is in `mismatches.ts`.
 */
import { assert } from '#base/assert';
import type { CoverageRecord, CovergroupRecord } from '#record/coverage-record';
import { axesOf, pointBins } from '../merge-cross.ts';
import { mergeCoverage } from '../merge.ts';
import { tupleName } from '../summary.ts';
import type { CoverageDatabase, DatabaseRun, RunHits } from './database.ts';
import {
  countersOf,
  groupLayout,
  sparseCounters,
  withCounters,
  type CrossSlots,
  type GroupLayout,
  type ItemsLayout,
} from './group-layout.ts';
import type { GroupModel } from './group-model.ts';
import { countableNeeds, decodeHits, encodeHits, listedNeeds } from './hit-list.ts';

/** Bins by ascending number, with how often each was hit; 1 where one hit is all that a bin wants. */
export interface BinHits {
  readonly bins: Uint32Array;
  readonly counts: Float64Array;
}

export interface BinPath {
  readonly type: string;
  /** Of an instance whose bins count for themselves; '' otherwise. */
  readonly instance: string;
  readonly item: string;
  /** The bin's name; for a tuple "a=x b=y". */
  readonly bin: string;
}

/** A group of the united record, and where its bins begin. */
interface ViewGroup {
  readonly group: CovergroupRecord;
  readonly layout: GroupLayout;
  readonly firstBin: number;
}

export class DatabaseView {
  readonly database: CoverageDatabase;
  /** All models together. */
  readonly record: CoverageRecord;
  /** By bin: hits from which it is covered; 0 for a number that is no countable bin. */
  readonly needs: Uint32Array;
  /** By bin. */
  readonly counts: Float64Array;
  private readonly groups: readonly ViewGroup[];
  /** By hash of a model: what translates its counters. */
  private readonly translations = new Map<string, Translation>();

  constructor(database: CoverageDatabase) {
    this.database = database;
    this.record = unitedRecord(database);
    const groups: ViewGroup[] = [];
    let size = 0;
    for (const group of this.record.groups) {
      const layout = groupLayout(group);
      groups.push({ group, layout, firstBin: size });
      size += layout.size;
    }
    this.groups = groups;
    this.needs = new Uint32Array(size);
    this.counts = new Float64Array(size);
    for (const { group, layout, firstBin } of groups) {
      const needs = countableNeeds({ group, layout });
      this.needs.set(needs, firstBin);
      const { indices, counts } = countersOf(group, layout);
      indices.forEach((index, at) => {
        if (needs[index] > 0) this.counts[firstBin + index] = counts[at];
      });
    }
  }

  /** Bins that a run hit; null where nobody knows. */
  hitsOf({ hits }: DatabaseRun): BinHits | null {
    if (hits === null) return null;
    const bins: number[] = [];
    const counts: number[] = [];
    let isAscending = true;
    // Types in the order of bins, so that usually nothing needs to be sorted.
    const lists = hits.map((list) => ({ ...list, translation: this.translationOf(list.model) }));
    lists.sort((one, other) => one.translation.firstBin - other.translation.firstBin);
    for (const { bytes, translation } of lists) {
      const decoded = decodeHits(bytes, translation.needs);
      decoded.indices.forEach((index, at) => {
        const bin = translation.toBin(index);
        if (bin < 0 || this.needs[bin] === 0) return;
        isAscending &&= bins.length === 0 || bins[bins.length - 1] < bin;
        bins.push(bin);
        counts.push(decoded.counts[at]);
      });
    }
    if (isAscending) return { bins: new Uint32Array(bins), counts: new Float64Array(counts) };
    const order = [...bins.keys()].sort((one, other) => bins[one] - bins[other]);
    return {
      bins: Uint32Array.from(order, (at) => bins[at]),
      counts: Float64Array.from(order, (at) => counts[at]),
    };
  }

  /** By bin: runs that hit it beyond those whose lists say so. */
  unlistedRuns(): ReadonlyMap<number, number> {
    const runs = new Map<number, number>();
    for (const { model, unlisted } of this.database.groups) {
      if (unlisted === undefined) continue;
      const translation = this.translationOf(model.hash);
      unlisted.indices.forEach((index, at) => {
        const bin = translation.toBin(index);
        if (bin >= 0) runs.set(bin, (runs.get(bin) ?? 0) + unlisted.counts[at]);
      });
    }
    return runs;
  }

  /** The model of a bin and its counter there. For a view over one model of each type. */
  counterOf(bin: number): { readonly model: GroupModel; readonly index: number } {
    const owner = this.groups.findLast(({ firstBin }) => firstBin <= bin);
    const found = this.database.groups.find(({ model }) => model.type === owner?.group.type);
    assert(owner !== undefined && found !== undefined, 'bins are those of a model');
    return { model: found.model, index: bin - owner.firstBin };
  }

  /**
   * Hits by bin as the list of a run. For a view over one model of each type.
   * @param hits count by bin.
   */
  listHits(hits: ReadonlyMap<number, number>): readonly RunHits[] {
    const lists = this.groups.flatMap(({ group, firstBin }) => {
      const found = this.database.groups.filter(({ model }) => model.type === group.type);
      assert(found.length === 1, 'hits are listed over one model of a type');
      const [{ model }] = found;
      const end = firstBin + model.layout.size;
      const own = [...hits].filter(([bin]) => bin >= firstBin && bin < end);
      own.sort(([a], [b]) => a - b);
      const indices = Uint32Array.from(own, ([bin]) => bin - firstBin);
      const counts = Float64Array.from(own, ([, count]) => count);
      const bytes = encodeHits({ indices, counts }, listedNeeds(model));
      return bytes === undefined ? [] : [{ model: model.hash, bytes }];
    });
    return lists.sort((a, b) => (a.model < b.model ? -1 : 1));
  }

  /** @param bin a countable one. */
  pathOf(bin: number): BinPath {
    const owner = this.groups.findLast(({ firstBin }) => firstBin <= bin);
    assert(owner !== undefined, 'bins are numbered through');
    const index = bin - owner.firstBin;
    const { group, layout } = owner;
    const at = layout.instances.findLastIndex(({ samplesAt }) => samplesAt <= index);
    const path = itemPath(
      at < 0 ? layout : layout.instances[at],
      at < 0 ? group : instanceOf(group, at),
      index,
    );
    return { type: group.type, instance: at < 0 ? '' : instanceOf(group, at).name, ...path };
  }

  /** All countable bins, ascending. */
  *bins(): Generator<number> {
    for (let bin = 0; bin < this.needs.length; bin++) if (this.needs[bin] > 0) yield bin;
  }

  isCovered(bin: number): boolean {
    return this.counts[bin] >= this.needs[bin];
  }

  private translationOf(hash: string): Translation {
    const known = this.translations.get(hash);
    if (known !== undefined) return known;
    const found = this.database.groups.find(({ model }) => model.hash === hash);
    assert(found !== undefined, 'hits are of a model that is there');
    const target = this.groups.find(({ group }) => group.type === found.model.type);
    assert(target !== undefined, 'the united record has all types');
    const translation = translationTo(found.model, target);
    this.translations.set(hash, translation);
    return translation;
  }
}

/** `Type/item/bin`, `Type[instance]/item/bin`. */
export function pathText({ type, instance, item, bin }: BinPath): string {
  return `${type}${instance === '' ? '' : `[${instance}]`}/${item}/${bin}`;
}

/** The coverage of a database, all models together. */
export function unitedRecord({ groups }: CoverageDatabase): CoverageRecord {
  return mergeCoverage(
    groups.map(({ model, counters }) => ({
      groups: [withCounters(model.group, model.layout, sparseCounters(counters))],
    })),
  );
}

function instanceOf(
  group: CovergroupRecord,
  at: number,
): NonNullable<CovergroupRecord['instances']>[number] {
  const instance = group.instances?.[at];
  assert(instance !== undefined, 'a layout has the instances of its group');
  return instance;
}

function itemPath(
  { points, crosses }: ItemsLayout,
  group: Pick<CovergroupRecord, 'points'>,
  index: number,
): Pick<BinPath, 'item' | 'bin'> {
  const point = points.find(({ point: { bins }, binsAt }) => {
    return index >= binsAt && index < binsAt + bins.length;
  });
  if (point !== undefined) {
    return { item: point.point.name, bin: point.point.bins[index - point.binsAt] };
  }
  const slots = crosses.find(({ tuplesAt, tuples, binsAt }) => {
    return index >= binsAt && index < tuplesAt + tuples;
  });
  assert(slots !== undefined, 'a countable bin is of a coverpoint or a cross');
  const { cross, tuplesAt, binsAt } = slots;
  if (index < tuplesAt) return { item: cross.name, bin: cross.bins[index - binsAt] };
  const names = cross.axes.map(({ name }) => name);
  const axes = cross.axes.map((axis) => pointBins(group.points, axis.point));
  return { item: cross.name, bin: tupleName(names, axes, index - tuplesAt) };
}

/** From the counters of one model to bins of the view. */
interface Translation {
  readonly firstBin: number;
  readonly needs: Uint32Array;
  /** -1 for what the view has no bin for: a cross over other axes. */
  toBin(counter: number): number;
}

function translationTo(model: GroupModel, { group, layout, firstBin }: ViewGroup): Translation {
  const needs = listedNeeds(model);
  const map = new Int32Array(model.layout.size).fill(-1);
  mapItems(map, [model.layout, model.group], [layout, group]);
  model.layout.instances.forEach((own, index) => {
    const { name } = instanceOf(model.group, index);
    const at = (group.instances ?? []).findIndex((instance) => instance.name === name);
    assert(at >= 0, 'the united record has all instances');
    mapItems(
      map,
      [own, instanceOf(model.group, index)],
      [layout.instances[at], instanceOf(group, at)],
    );
  });
  return { firstBin, needs, toBin: (counter) => (map[counter] < 0 ? -1 : firstBin + map[counter]) };
}

type Items = readonly [layout: ItemsLayout, group: Pick<CovergroupRecord, 'points'>];

function mapItems(map: Int32Array, [own, ownGroup]: Items, [target, targetGroup]: Items): void {
  for (const slots of own.points) {
    const to = target.points.find(({ point }) => point.name === slots.point.name);
    assert(to !== undefined, 'the united record has all items');
    mapNames(
      map,
      { names: slots.point.bins, at: slots.binsAt },
      { names: to.point.bins, at: to.binsAt },
    );
  }
  for (const slots of own.crosses) {
    const to = target.crosses.find(({ cross }) => cross.name === slots.cross.name);
    if (to === undefined || axesOf(to.cross) !== axesOf(slots.cross)) continue;
    mapNames(
      map,
      { names: slots.cross.bins, at: slots.binsAt },
      { names: to.cross.bins, at: to.binsAt },
    );
    mapTuples(map, [slots, ownGroup], [to, targetGroup]);
  }
}

interface Names {
  readonly names: readonly string[];
  readonly at: number;
}

function mapNames(map: Int32Array, own: Names, target: Names): void {
  const indexOf = new Map(target.names.map((name, index) => [name, index]));
  own.names.forEach((name, index) => {
    map[own.at + index] = target.at + (indexOf.get(name) ?? 0);
  });
}

type Cross = readonly [slots: CrossSlots, group: Pick<CovergroupRecord, 'points'>];

/** Row-major on both sides, the last axis running fastest. */
function mapTuples(map: Int32Array, [own, ownGroup]: Cross, [target, targetGroup]: Cross): void {
  const axes = own.cross.axes.map(({ point }) => {
    const from = pointBins(ownGroup.points, point);
    const to = pointBins(targetGroup.points, point);
    const indexOf = new Map(to.map((name, index) => [name, index]));
    return { size: to.length, to: from.map((name) => indexOf.get(name) ?? 0) };
  });
  const at = new Array<number>(axes.length).fill(0);
  for (let index = 0; index < own.tuples; index++) {
    let result = 0;
    for (let axis = 0; axis < axes.length; axis++) {
      result = result * axes[axis].size + axes[axis].to[at[axis]];
    }
    map[own.tuplesAt + index] = target.tuplesAt + result;
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      if (++at[axis] < axes[axis].to.length) break;
      at[axis] = 0;
    }
  }
}
