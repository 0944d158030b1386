/**
 * The counters of a covergroup in one fixed order, so that counts can be kept, added and sent as flat numbers (ADR 0007).
 *
 *     samples | per coverpoint: bins, default, illegal, ignored | per cross: named bins, illegal, tuples | instances alike
 *
 * Tuples are numbered as in records, excluded ones among them; their counters stay 0.
 */
import { assert } from '#base/assert';
import type {
  CovergroupRecord,
  CoverpointRecord,
  CrossRecord,
  GroupInstanceRecord,
} from '#record/coverage-record';
import { tupleCount } from '../merge-cross.ts';

/** Where the counters of a coverpoint are. */
export interface PointSlots {
  readonly point: CoverpointRecord;
  readonly binsAt: number;
  readonly defaultAt: number;
  readonly illegalAt: number;
  readonly ignoredAt: number;
}

/** Where the counters of a cross are. */
export interface CrossSlots {
  readonly cross: CrossRecord;
  readonly binsAt: number;
  readonly illegalAt: number;
  readonly tuplesAt: number;
  readonly tuples: number;
}

/** Where the counters of a type or of one of its instances are. */
export interface ItemsLayout {
  readonly samplesAt: number;
  readonly points: readonly PointSlots[];
  readonly crosses: readonly CrossSlots[];
}

export interface GroupLayout extends ItemsLayout {
  readonly instances: readonly ItemsLayout[];
  /** Counters in all. */
  readonly size: number;
}

/** Counters that are not 0, by ascending index. */
export interface SparseCounters {
  readonly indices: Uint32Array;
  readonly counts: Float64Array;
}

/** What a type and an instance have in common. */
type Items = Pick<GroupInstanceRecord, 'samples' | 'points' | 'crosses'>;

export function groupLayout(group: CovergroupRecord): GroupLayout {
  const next = { at: 0 };
  const items = itemsLayout(group, next);
  const instances = (group.instances ?? []).map((instance) => itemsLayout(instance, next));
  return { ...items, instances, size: next.at };
}

function itemsLayout({ points, crosses }: Items, next: { at: number }): ItemsLayout {
  const take = (count: number): number => {
    const at = next.at;
    next.at += count;
    return at;
  };
  return {
    samplesAt: take(1),
    points: points.map((point) => ({
      point,
      binsAt: take(point.bins.length),
      defaultAt: take(1),
      illegalAt: take(point.illegal.length),
      ignoredAt: take(point.ignored?.length ?? 0),
    })),
    crosses: crosses.map((cross) => {
      const tuples = tupleCount(cross, points);
      return {
        cross,
        binsAt: take(cross.bins.length),
        illegalAt: take(1),
        tuplesAt: take(tuples),
        tuples,
      };
    }),
  };
}

/** The counters of a record of the same model. */
export function countersOf(group: CovergroupRecord, layout: GroupLayout): SparseCounters {
  const indices: number[] = [];
  const counts: number[] = [];
  const put = (index: number, count: number): void => {
    if (count === 0) return;
    indices.push(index);
    counts.push(count);
  };
  putItems(group, layout, put);
  layout.instances.forEach((slots, index) => {
    const instance = group.instances?.[index];
    assert(instance !== undefined, 'records of one model have the same instances');
    putItems(instance, slots, put);
  });
  return { indices: new Uint32Array(indices), counts: new Float64Array(counts) };
}

/** In ascending order. */
function putItems(
  items: Items,
  layout: ItemsLayout,
  put: (at: number, count: number) => void,
): void {
  put(layout.samplesAt, items.samples);
  layout.points.forEach((slots, index) => {
    const point = items.points[index];
    point.counts.forEach((count, bin) => put(slots.binsAt + bin, count));
    put(slots.defaultAt, point.defaultCount);
    point.illegalCounts.forEach((count, bin) => put(slots.illegalAt + bin, count));
    point.ignoredCounts?.forEach((count, bin) => put(slots.ignoredAt + bin, count));
  });
  layout.crosses.forEach((slots, index) => {
    const cross = items.crosses[index];
    cross.counts.forEach((count, bin) => put(slots.binsAt + bin, count));
    put(slots.illegalAt, cross.illegalCount);
    for (let at = 0; at < cross.hits.length; at += 2) {
      put(slots.tuplesAt + cross.hits[at], cross.hits[at + 1]);
    }
  });
}

/** The record that has these counters. @param group a record of the model, whose counts do not matter. */
export function withCounters(
  group: CovergroupRecord,
  layout: GroupLayout,
  counters: SparseCounters,
): CovergroupRecord {
  const cursor = new Cursor(counters);
  const items = filledItems(group, layout, cursor);
  const instances = (group.instances ?? []).map((instance, index) => ({
    ...instance,
    ...filledItems(instance, layout.instances[index], cursor),
  }));
  return { ...group, ...items, ...(instances.length > 0 && { instances }) };
}

function filledItems(items: Items, layout: ItemsLayout, cursor: Cursor): Items {
  const samples = cursor.take(layout.samplesAt);
  const points = items.points.map((point, index): CoverpointRecord => {
    const slots = layout.points[index];
    const counts = cursor.takeList(slots.binsAt, point.bins.length);
    const defaultCount = cursor.take(slots.defaultAt);
    const illegalCounts = cursor.takeList(slots.illegalAt, point.illegal.length);
    const ignoredCounts = cursor.takeList(slots.ignoredAt, point.ignored?.length ?? 0);
    const isCounted = point.ignoredCounts !== undefined;
    return {
      ...point,
      counts,
      defaultCount,
      illegalCounts,
      ...(isCounted && { ignoredCounts }),
    };
  });
  const crosses = items.crosses.map((cross, index): CrossRecord => {
    const slots = layout.crosses[index];
    const counts = cursor.takeList(slots.binsAt, cross.bins.length);
    const illegalCount = cursor.take(slots.illegalAt);
    return { ...cross, counts, illegalCount, hits: cursor.takePairs(slots.tuplesAt, slots.tuples) };
  });
  return { samples, points, crosses };
}

/** Reads sparse counters once from front to end. */
class Cursor {
  private readonly counters: SparseCounters;
  private at = 0;

  constructor(counters: SparseCounters) {
    this.counters = counters;
  }

  take(index: number): number {
    const { indices, counts } = this.counters;
    return indices[this.at] === index ? counts[this.at++] : 0;
  }

  takeList(from: number, count: number): readonly number[] {
    const list = new Array<number>(count).fill(0);
    const { indices, counts } = this.counters;
    for (; this.at < indices.length && indices[this.at] < from + count; this.at++) {
      list[indices[this.at] - from] = counts[this.at];
    }
    return list;
  }

  takePairs(from: number, count: number): readonly number[] {
    const pairs: number[] = [];
    const { indices, counts } = this.counters;
    for (; this.at < indices.length && indices[this.at] < from + count; this.at++) {
      pairs.push(indices[this.at] - from, counts[this.at]);
    }
    return pairs;
  }
}

/** The counters that are not 0. */
export function sparseCounters(dense: Float64Array): SparseCounters {
  let used = 0;
  for (let index = 0; index < dense.length; index++) if (dense[index] !== 0) used++;
  const indices = new Uint32Array(used);
  const counts = new Float64Array(used);
  for (let index = 0, at = 0; index < dense.length; index++) {
    if (dense[index] === 0) continue;
    indices[at] = index;
    counts[at++] = dense[index];
  }
  return { indices, counts };
}
