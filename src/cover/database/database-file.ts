/**
 * The file of a coverage database, `ridgeline.coverage/2` (ADR 0007): one line of JSON that says where what is, then blocks, each
 * with a checksum (`database-header.ts`). Files of the first version have none; they are read, and looked at the harder.
 *
 *     {"schema":"ridgeline.coverage/2","check":…,"bytes":…,"groups":[…],"runs":{…}}   padded with spaces to a multiple of 8
 *     counts, per group: every counter as u32 or f64, or pairs of what is not 0      (little-endian)
 *     hits, per run: groups + 1 or 0 for unknown, then per group its number, length, list (`hit-list.ts`)
 *     what is known of the runs, in columns: JSON
 *     models, per group: JSON
 *
 * Whoever merges knows most models already, by the hash in the first line, and never reads the end of the file.
 */
import { assert } from '#base/assert';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { checksum } from './checksum.ts';
import {
  ALIGNMENT,
  assertCheck,
  badFile,
  encodeHeader,
  readHeader,
  type ByteSource,
  type GroupHeader,
  type HeaderRead,
  type Place,
} from './database-header.ts';
import type {
  CountBlock,
  CoverageDatabase,
  DatabaseRun,
  GroupCounts,
  RunHits,
} from './database.ts';
import { sparseCounters, type SparseCounters } from './group-layout.ts';
import type { GroupModel, ModelTable } from './group-model.ts';
import { decodeHits, listedNeeds } from './hit-list.ts';
import { packRuns, unpackRuns } from './run-columns.ts';

const U32_LIMIT = 2 ** 32;

export interface GroupContent {
  readonly model: GroupModel;
  readonly block: CountBlock;
  readonly unlisted?: SparseCounters;
}

/** What a file holds, its counts still as they lie in it. */
export interface DatabaseContent {
  readonly groups: readonly GroupContent[];
  readonly runs: readonly DatabaseRun[];
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

export function encodeDatabase({ groups, runs }: CoverageDatabase): Uint8Array {
  const body = new BodyWriter();
  const counts = groups.map((group) => {
    const { encoding, block } = countsBlock(group);
    const { unlisted } = group;
    return {
      encoding,
      counts: body.add(block),
      ...(unlisted !== undefined && { unlisted: body.add(pairsBlock(unlisted)) }),
    };
  });
  const hits = body.add(hitsBlock(groups, runs));
  const info = body.add(encoder.encode(JSON.stringify(packRuns(runs.map((run) => run.info)))));
  const headers = groups.map(({ model }, index): GroupHeader => ({
    type: model.type,
    hash: model.hash,
    ...counts[index],
    model: body.add(encoder.encode(model.text)),
  }));
  const blocks = body.take();
  const head = encodeHeader({
    bytes: blocks.length,
    groups: headers,
    runs: { count: runs.length, hits, info },
  });
  const file = new Uint8Array(head.length + blocks.length);
  file.set(head);
  file.set(blocks, head.length);
  return file;
}

/**
 * Reads a file; a model that `models` knows is not read again, nor is its checksum looked at.
 * @throws UsageError `bad-coverage`: no such file, one of a newer version, cut short, damaged; its message says which part.
 */
export function decodeDatabase(source: ByteSource, models: ModelTable): DatabaseContent {
  const read = readHeader(source);
  const { header, isChecked } = read;
  // Counts and runs before models: these blocks stand at the beginning of the file, in one piece.
  const groups = header.groups.map((group) => {
    const model = models.find(group.hash) ?? readModel(source, read, { group, models });
    const bytes = readBlock(source, read, { what: `the counts of ${group.type}`, ...group.counts });
    const block = readCounts(group, model, bytes);
    if (!isChecked) assertCounts(group, model, block);
    if (group.unlisted === undefined) return { model, block };
    const what = `the numbers of runs of ${group.type}`;
    const list = readBlock(source, read, { what, ...group.unlisted });
    const unlisted = readCounts({ ...group, encoding: 'pairs' }, model, list);
    if (unlisted.kind !== 'pairs') throw badFile(`it is damaged: ${what}`);
    if (!isChecked) assertCounts(group, model, unlisted);
    // A copy: the source may use its memory again.
    return {
      model,
      block,
      unlisted: { indices: unlisted.indices.slice(), counts: unlisted.counts.slice() },
    };
  });
  const { count } = header.runs;
  const info = readBlock(source, read, { what: 'the table of runs', ...header.runs.info });
  const infos = unpackRuns(decoder.decode(info), count);
  const hashes = header.groups.map(({ hash }) => hash);
  const lists = readBlock(source, read, { what: 'the hits of runs', ...header.runs.hits });
  const hits = readHits(lists, hashes, count);
  if (!isChecked) for (const list of hits) assertHits(list ?? [], groups);
  return { groups, runs: infos.map((one, index) => ({ info: one, hits: hits[index] })) };
}

/** @throws UsageError `bad-coverage` when its checksum is another one. */
function readBlock(
  source: ByteSource,
  { header, dataAt }: HeaderRead,
  { what, at, bytes, check }: Place & { readonly what: string },
): Uint8Array {
  const from = dataAt + at;
  if (check === undefined) return source.read(from, from + bytes);
  const padded = Math.min(Math.ceil(bytes / ALIGNMENT) * ALIGNMENT, header.bytes - at);
  const block = source.read(from, from + padded);
  assertCheck(what, check, checksum(block));
  return block.subarray(0, bytes);
}

function readModel(
  source: ByteSource,
  read: HeaderRead,
  { group, models }: { readonly group: GroupHeader; readonly models: ModelTable },
): GroupModel {
  const what = `the model of ${group.type}`;
  const model = models.read(decoder.decode(readBlock(source, read, { what, ...group.model })));
  if (model.hash !== group.hash) throw badFile(`it is damaged: ${what} is another one`);
  return model;
}

/** What a checksum would have told. */
function assertCounts({ type }: GroupHeader, { layout }: GroupModel, block: CountBlock): void {
  const isCount = (count: number): boolean => Number.isSafeInteger(count) && count >= 0;
  const areCounts = block.counts.every(isCount);
  const areIndices =
    block.kind === 'dense' ||
    block.indices.every((index, at) => {
      return index < layout.size && (at === 0 || block.indices[at - 1] < index);
    });
  if (!areCounts || !areIndices) throw badFile(`it is damaged: the counts of ${type} are none`);
}

function assertHits(hits: readonly RunHits[], groups: DatabaseContent['groups']): void {
  for (const { model: hash, bytes } of hits) {
    const found = groups.find(({ model }) => model.hash === hash);
    if (found !== undefined) decodeHits(bytes, listedNeeds(found.model));
  }
}

/** The shortest of the forms. */
function countsBlock({ counters }: GroupCounts): {
  readonly encoding: GroupHeader['encoding'];
  readonly block: Uint8Array;
} {
  let used = 0;
  let max = 0;
  for (const count of counters) {
    if (count !== 0) used++;
    max = Math.max(max, count);
  }
  const isNarrow = max < U32_LIMIT;
  const denseBytes = counters.length * (isNarrow ? 4 : 8);
  if (used * 12 + 4 < denseBytes)
    return { encoding: 'pairs', block: pairsBlock(sparseCounters(counters)) };
  const dense = isNarrow ? Uint32Array.from(counters) : counters.slice();
  return { encoding: isNarrow ? 'u32' : 'f64', block: new Uint8Array(dense.buffer) };
}

/** Counts first, so that both lists are aligned. */
function pairsBlock({ indices, counts }: SparseCounters): Uint8Array {
  const block = new Uint8Array(counts.byteLength + indices.byteLength);
  block.set(new Uint8Array(counts.buffer));
  block.set(new Uint8Array(indices.buffer), counts.byteLength);
  return block;
}

function readCounts(
  { encoding, type }: GroupHeader,
  model: GroupModel,
  bytes: Uint8Array,
): CountBlock {
  const { buffer, byteOffset, length } = bytes;
  const { size } = model.layout;
  assert(byteOffset % ALIGNMENT === 0, 'sources give blocks at multiples of 8');
  if (encoding === 'pairs' && length % 12 === 0 && length / 12 <= size) {
    const used = length / 12;
    const counts = new Float64Array(buffer, byteOffset, used);
    const indices = new Uint32Array(buffer, byteOffset + counts.byteLength, used);
    return { kind: 'pairs', indices, counts };
  }
  if (encoding === 'u32' && length === size * 4) {
    return { kind: 'dense', counts: new Uint32Array(buffer, byteOffset, size) };
  }
  if (encoding === 'f64' && length === size * 8) {
    return { kind: 'dense', counts: new Float64Array(buffer, byteOffset, size) };
  }
  throw badFile(`it is damaged: the counts of ${type} do not fit its model`);
}

function hitsBlock(groups: readonly GroupCounts[], runs: readonly DatabaseRun[]): Uint8Array {
  const numberOf = new Map(groups.map(({ model }, index) => [model.hash, index]));
  const writer = new ByteWriter();
  for (const { hits } of runs) {
    writer.putNumber(hits === null ? 0 : hits.length + 1);
    for (const { model, bytes } of hits ?? []) {
      writer.putNumber(numberOf.get(model) ?? 0);
      writer.putNumber(bytes.length);
      writer.putBytes(bytes);
    }
  }
  return writer.take();
}

function readHits(
  bytes: Uint8Array,
  hashes: readonly string[],
  count: number,
): readonly DatabaseRun['hits'][] {
  const reader = new ByteReader(bytes);
  const lists: DatabaseRun['hits'][] = [];
  for (let run = 0; run < count; run++) {
    const head = reader.number();
    const hits: RunHits[] = [];
    for (let left = head - 1; left > 0; left--) {
      const model = hashes[reader.number()];
      if (model === undefined)
        throw badFile('it is damaged: a run names a group that is not there');
      // A copy: the source may use its memory again.
      hits.push({ model, bytes: reader.block(reader.number()).slice() });
    }
    lists.push(head === 0 ? null : hits);
  }
  return lists;
}

/** Blocks one after the other, each filled up to a multiple of 8. */
class BodyWriter {
  private readonly writer = new ByteWriter();

  add(block: Uint8Array): Place {
    const at = this.writer.length;
    const padded = new Uint8Array(Math.ceil(block.length / ALIGNMENT) * ALIGNMENT);
    padded.set(block);
    this.writer.putBytes(padded);
    return { at, bytes: block.length, check: checksum(padded) };
  }

  take(): Uint8Array {
    return this.writer.take();
  }
}
