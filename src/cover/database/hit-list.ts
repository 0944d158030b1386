/**
 * Which bins one run hit in one group, as few bytes: the indices of its countable counters, as differences or as a bitmap,
 * whichever is shorter; behind them the counts of those bins that want more than one hit, because only there a count
 * decides what is covered (ADR 0007).
 */
import { UsageError } from '#base/assert';
import { runsWalker } from '../tuple-runs.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import type { ItemsLayout, SparseCounters } from './group-layout.ts';
import type { GroupModel } from './group-model.ts';

const BITS = 8;

/**
 * By counter: hits from which it is covered; 0 for what is no countable bin. Where a type's percentage is that of its
 * instances, their bins count and the united ones do not.
 */
export function countableNeeds({
  group,
  layout,
}: Pick<GroupModel, 'group' | 'layout'>): Uint32Array {
  const isMean = group.options?.mergeInstances === false;
  return needsOf(layout.size, isMean ? layout.instances : [layout]);
}

/** The same over all bins that a model has, whichever count: another model may count others. */
export function listedNeeds({ layout }: Pick<GroupModel, 'layout'>): Uint32Array {
  return needsOf(layout.size, [layout, ...layout.instances]);
}

function needsOf(size: number, items: readonly ItemsLayout[]): Uint32Array {
  const needs = new Uint32Array(size);
  for (const one of items) addNeeds(needs, one);
  return needs;
}

function addNeeds(needs: Uint32Array, { points, crosses }: ItemsLayout): void {
  for (const { point, binsAt } of points) {
    needs.fill(point.atLeast, binsAt, binsAt + point.bins.length);
  }
  for (const { cross, binsAt, tuplesAt, tuples } of crosses) {
    needs.fill(cross.atLeast, binsAt, binsAt + cross.bins.length);
    const isExcluded = runsWalker(cross.excluded);
    for (let index = 0; index < tuples; index++) {
      if (!isExcluded(index)) needs[tuplesAt + index] = cross.atLeast;
    }
  }
}

/** @returns the list, or undefined when nothing countable was hit. */
export function encodeHits(
  { indices, counts }: SparseCounters,
  needs: Uint32Array,
): Uint8Array | undefined {
  const hits = indices.filter((index) => needs[index] > 0);
  if (hits.length === 0) return undefined;
  const bitmapBytes = Math.ceil(needs.length / BITS);
  const isBitmap = bitmapBytes < differenceBytes(hits);
  const writer = new ByteWriter();
  writer.putNumber(hits.length * 2 + (isBitmap ? 1 : 0));
  if (isBitmap) writer.putBytes(bitmap(hits, bitmapBytes));
  else {
    let before = 0;
    for (const index of hits) {
      writer.putNumber(index - before);
      before = index;
    }
  }
  for (let at = 0; at < indices.length; at++) {
    if (needs[indices[at]] > 1) writer.putNumber(counts[at]);
  }
  return writer.take();
}

/** Bytes of the differences, as `ByteWriter` writes them. */
function differenceBytes(hits: Uint32Array): number {
  let bytes = 0;
  let before = 0;
  for (const index of hits) {
    for (let rest = index - before; rest >= 128; rest = Math.floor(rest / 128)) bytes++;
    bytes++;
    before = index;
  }
  return bytes;
}

function bitmap(hits: Uint32Array, length: number): Uint8Array {
  const bits = new Uint8Array(length);
  for (const index of hits) bits[index >>> 3] |= 1 << (index & 7);
  return bits;
}

/**
 * The counters that a run hit, ascending; those that want one hit have count 1.
 * @throws UsageError `bad-coverage` for bytes that are no such list.
 */
export function decodeHits(bytes: Uint8Array, needs: Uint32Array): SparseCounters {
  const reader = new ByteReader(bytes);
  const head = reader.number();
  const length = Math.floor(head / 2);
  if (length > needs.length) throw badHits('a run hit more bins than its model has');
  const indices = new Uint32Array(length);
  if (head % 2 === 1) {
    readBitmap(reader.block(Math.ceil(needs.length / BITS)), indices, needs.length);
  } else {
    let index = 0;
    for (let at = 0; at < indices.length; at++) {
      const step = reader.number();
      index += step;
      if (index >= needs.length) throw badHits('a run hit a bin that its model does not have');
      if (step === 0 && at > 0) throw badHits('a run hit a bin twice');
      indices[at] = index;
    }
  }
  const counts = Float64Array.from(indices, (index) => (needs[index] > 1 ? reader.number() : 1));
  if (!reader.isAtEnd) throw badHits('more bytes than hits');
  return { indices, counts };
}

function badHits(what: string): UsageError {
  return new UsageError('bad-coverage', `the list of hits of a run is damaged: ${what}`);
}

function readBitmap(bits: Uint8Array, indices: Uint32Array, size: number): void {
  let at = 0;
  for (let index = 0; index < bits.length * BITS; index++) {
    if ((bits[index >>> 3] & (1 << (index & 7))) === 0) continue;
    if (at >= indices.length || index >= size) throw badHits('more bits than hits');
    indices[at++] = index;
  }
  if (at < indices.length) throw badHits('fewer bits than hits');
}
