/**
 * The file of a coverage database, `ridgeline.coverage/1` (ADR 0007): one line of JSON that says where what is, then blocks.
 *
 *     {"schema":"ridgeline.coverage/1","bytes":…,"groups":[…],"runs":{…}}      padded with spaces to a multiple of 8
 *     counts, per group: every counter as u32 or f64, or pairs of what is not 0      (little-endian)
 *     hits, per run: groups + 1 or 0 for unknown, then per group its number, length, list (`hit-list.ts`)
 *     what is known of the runs, in columns: JSON
 *     models, per group: JSON
 *
 * Whoever merges knows most models already, by the hash in the first line, and never reads the end of the file.
 */
import { UsageError } from '#base/assert';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import type {
  CountBlock,
  CoverageDatabase,
  DatabaseRun,
  GroupCounts,
  RunHits,
} from './database.ts';
import { sparseCounters } from './group-layout.ts';
import type { GroupModel, ModelTable } from './group-model.ts';
import { packRuns, unpackRuns } from './run-columns.ts';

export const COVERAGE_SCHEMA = 'ridgeline.coverage/1';
const SCHEMA_NAME = 'ridgeline.coverage/';
const FIRST_WORDS = '{"schema":"';
/** Longest first line, bytes. */
const HEADER_BYTES_MAX = 16 * 1024 * 1024;
const ALIGNMENT = 8;
const U32_LIMIT = 2 ** 32;

/** Where the bytes of a file come from; the command opens it. */
export interface ByteSource {
  /** Length of the file. */
  readonly size: number;
  /** Bytes `from` up to `to`, at an address that is a multiple of 8 when `from` is; a view that may change later. */
  read(from: number, to: number): Uint8Array;
}

/** What a file holds, its counts still as they lie in it. */
export interface DatabaseContent {
  readonly groups: readonly { readonly model: GroupModel; readonly block: CountBlock }[];
  readonly runs: readonly DatabaseRun[];
}

interface Place {
  /** Counted from the end of the first line. */
  readonly at: number;
  readonly bytes: number;
}

interface GroupHeader {
  readonly type: string;
  readonly hash: string;
  readonly encoding: 'u32' | 'f64' | 'pairs';
  readonly counts: Place;
  readonly model: Place;
}

interface Header {
  readonly schema: string;
  /** Of the whole file but the first line. */
  readonly bytes: number;
  readonly groups: readonly GroupHeader[];
  readonly runs: { readonly count: number; readonly hits: Place; readonly info: Place };
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

export function encodeDatabase({ groups, runs }: CoverageDatabase): Uint8Array {
  const body = new BodyWriter();
  const counts = groups.map((group) => {
    const { encoding, block } = countsBlock(group);
    return { encoding, counts: body.add(block) };
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
  const header: Header = {
    schema: COVERAGE_SCHEMA,
    bytes: blocks.length,
    groups: headers,
    runs: { count: runs.length, hits, info },
  };
  const line = encoder.encode(JSON.stringify(header));
  const padded = Math.ceil((line.length + 1) / ALIGNMENT) * ALIGNMENT;
  const file = new Uint8Array(padded + blocks.length).fill(0x20, 0, padded);
  file.set(line);
  file[padded - 1] = 0x0a;
  file.set(blocks, padded);
  return file;
}

/**
 * Reads a file; a model that `models` knows is not read again.
 * @throws UsageError `bad-coverage`: no such file, one of a newer version, cut short, damaged.
 */
export function decodeDatabase(source: ByteSource, models: ModelTable): DatabaseContent {
  const { header, dataAt } = readHeader(source);
  if (source.size !== dataAt + header.bytes) {
    const expected = dataAt + header.bytes;
    throw bad(`it is cut short or damaged: ${source.size} bytes, expected ${expected}`);
  }
  const read = ({ at, bytes }: Place): Uint8Array => {
    if (at + bytes > header.bytes) throw bad('a block of it is not where the first line says');
    return source.read(dataAt + at, dataAt + at + bytes);
  };
  // Counts and runs before models: these blocks stand at the beginning of the file, in one piece.
  const groups = header.groups.map((group) => {
    const model = models.find(group.hash) ?? models.read(decoder.decode(read(group.model)));
    if (model.hash !== group.hash) throw bad(`the model of ${group.type} is damaged`);
    return { model, block: readCounts(group, model, read(group.counts)) };
  });
  const infos = unpackRuns(decoder.decode(read(header.runs.info)), header.runs.count);
  const hashes = header.groups.map(({ hash }) => hash);
  const hits = readHits(read(header.runs.hits), hashes, header.runs.count);
  return { groups, runs: infos.map((info, index) => ({ info, hits: hits[index] })) };
}

function bad(message: string): UsageError {
  return new UsageError('bad-coverage', message);
}

function readHeader(source: ByteSource): { readonly header: Header; readonly dataAt: number } {
  const start = decoder.decode(source.read(0, Math.min(source.size, FIRST_WORDS.length)));
  if (source.size === 0) throw bad('it is empty');
  if (start !== FIRST_WORDS) throw bad('it is no coverage database');
  for (let length = 4096; ; length *= 8) {
    const bytes = source.read(0, Math.min(source.size, length, HEADER_BYTES_MAX));
    const end = bytes.indexOf(0x0a);
    if (end >= 0)
      return { header: parsedHeader(decoder.decode(bytes.subarray(0, end))), dataAt: end + 1 };
    if (bytes.length < length) throw bad('it is no coverage database');
  }
}

function parsedHeader(text: string): Header {
  let header: Header;
  try {
    header = JSON.parse(text) as Header;
  } catch (error) {
    throw bad(`its first line is no JSON: ${error instanceof Error ? error.message : ''}`);
  }
  const { schema } = header;
  if (schema !== COVERAGE_SCHEMA) {
    const isOurs = typeof schema === 'string' && schema.startsWith(SCHEMA_NAME);
    const what = isOurs ? `its version is '${schema}'` : `its schema is '${schema}'`;
    throw new UsageError('bad-coverage', `${what}, this version reads '${COVERAGE_SCHEMA}'`, {
      ...(isOurs && { hint: 'It was written by a newer ridgeline.' }),
    });
  }
  if (!isSound(header)) throw bad('its first line is damaged');
  return header;
}

/** A run takes a byte of hits at least, so that the number of runs has a bound. */
function isSound({ bytes, groups, runs }: Partial<Header>): boolean {
  if (!Array.isArray(groups) || !Number.isSafeInteger(bytes)) return false;
  const isGroupSound = groups.every((group: Partial<GroupHeader> | null) => {
    return isPlace(group?.counts) && isPlace(group?.model) && typeof group?.hash === 'string';
  });
  const areRunsSound = isPlace(runs?.hits) && isPlace(runs?.info);
  const isCountSound = Number.isSafeInteger(runs?.count) && (runs?.count ?? 0) >= 0;
  return (
    isGroupSound && areRunsSound && isCountSound && (runs?.count ?? 0) <= (runs?.hits.bytes ?? 0)
  );
}

function isPlace(place: Partial<Place> | undefined): boolean {
  return isSize(place?.at) && isSize(place?.bytes);
}

function isSize(size: number | undefined): boolean {
  return Number.isSafeInteger(size) && (size ?? -1) >= 0;
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
  if (used * 12 + 4 < denseBytes) return { encoding: 'pairs', block: pairsBlock(counters) };
  const dense = isNarrow ? Uint32Array.from(counters) : counters.slice();
  return { encoding: isNarrow ? 'u32' : 'f64', block: new Uint8Array(dense.buffer) };
}

/** Counts first, so that both lists are aligned. */
function pairsBlock(counters: Float64Array): Uint8Array {
  const { indices, counts } = sparseCounters(counters);
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
  throw bad(`the counts of ${type} do not fit its model`);
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
      if (model === undefined) throw bad('a run names a group that is not there');
      // A copy: the source may use its memory again.
      hits.push({ model, bytes: reader.block(reader.number()).slice() });
    }
    lists.push(head === 0 ? null : hits);
  }
  return lists;
}

/** Blocks one after the other, each at a multiple of 8. */
class BodyWriter {
  private readonly writer = new ByteWriter();

  add(block: Uint8Array): Place {
    const rest = this.writer.length % ALIGNMENT;
    if (rest > 0) this.writer.putBytes(new Uint8Array(ALIGNMENT - rest));
    const at = this.writer.length;
    this.writer.putBytes(block);
    return { at, bytes: block.length };
  }

  take(): Uint8Array {
    return this.writer.take();
  }
}
