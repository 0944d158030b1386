/**
 * The first line of the file of a coverage database (see `database-file.ts`): where what is, with a checksum each, and a checksum
 * of the line itself, which is taken with zeros in its own place.
 *
 *     {"schema":"ridgeline.coverage/2","check":"0a1b2c3d","bytes":…,"groups":[…],"runs":{…}}
 */
import { UsageError } from '#base/assert';
import { checksum } from './checksum.ts';

export const COVERAGE_SCHEMA = 'ridgeline.coverage/2';
/** Without checksums; read, and no longer written. */
const OLD_SCHEMA = 'ridgeline.coverage/1';
const SCHEMA_NAME = 'ridgeline.coverage/';
const FIRST_WORDS = '{"schema":"';
const ZEROS = '00000000';
const CHECK = /^\{"schema":"[^"]*","check":"([0-9a-f]{8})",/;
/** Longest first line, bytes. */
const HEADER_BYTES_MAX = 16 * 1024 * 1024;
/** What lies in the file begins at a multiple of this. */
export const ALIGNMENT = 8;

/** Where the bytes of a file come from; the command opens it. */
export interface ByteSource {
  /** Length of the file. */
  readonly size: number;
  /** Bytes `from` up to `to`, at an address that is a multiple of 8 when `from` is; a view that may change later. */
  read(from: number, to: number): Uint8Array;
}

export interface Place {
  /** Counted from the end of the first line. */
  readonly at: number;
  readonly bytes: number;
  /** Of the bytes with what fills them up to a multiple of 8; absent in files of the first version. */
  readonly check?: string;
}

export interface GroupHeader {
  readonly type: string;
  readonly hash: string;
  readonly encoding: 'u32' | 'f64' | 'pairs';
  readonly counts: Place;
  /** Pairs as those of counts; absent where all lists of runs are whole. */
  readonly unlisted?: Place;
  readonly model: Place;
}

export interface Header {
  readonly schema: string;
  /** Of the line; eight hexadecimal digits. */
  readonly check?: string;
  /** Of the whole file but the first line. */
  readonly bytes: number;
  readonly groups: readonly GroupHeader[];
  readonly runs: { readonly count: number; readonly hits: Place; readonly info: Place };
}

/** What a reader knows after the first line. */
export interface HeaderRead {
  readonly header: Header;
  readonly dataAt: number;
  /** Whether its blocks have checksums. */
  readonly isChecked: boolean;
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

const COPY_AGAIN =
  'Copy it again from where it was made, or make it again: a regression leaves one in its folder, and the same numbers in ' +
  'coverage.xml, which `ridgeline cover import` reads.';

/** @param hint what to do; by default, to get the file again. */
export function badFile(message: string, hint: string = COPY_AGAIN): UsageError {
  return new UsageError('bad-coverage', message, { hint });
}

/** Of a file that is something else. */
export function noDatabase(): UsageError {
  return badFile(
    'it is no coverage database',
    'Expected the coverage.rcov of a regression, its folder, its summary.json or run.json, or UCIS XML.',
  );
}

/** The first line, padded so that what follows begins at a multiple of 8. */
export function encodeHeader(parts: Omit<Header, 'schema' | 'check'>): Uint8Array {
  const text = JSON.stringify({ schema: COVERAGE_SCHEMA, check: ZEROS, ...parts });
  const line = encoder.encode(text);
  const padded = Math.ceil((line.length + 1) / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(padded).fill(0x20);
  bytes.set(line);
  bytes[padded - 1] = 0x0a;
  bytes.set(encoder.encode(checksum(bytes)), checkAt(COVERAGE_SCHEMA));
  return bytes;
}

/** Where the digits of the checksum are. */
function checkAt(schema: string): number {
  return `${FIRST_WORDS}${schema}","check":"`.length;
}

/** @throws UsageError `bad-coverage`: something else, cut short, damaged, of a newer version. */
export function readHeader(source: ByteSource): HeaderRead {
  const start = decoder.decode(source.read(0, Math.min(source.size, FIRST_WORDS.length)));
  if (source.size === 0) throw badFile('it is empty: 0 bytes, expected a coverage database');
  if (start !== FIRST_WORDS) throw noDatabase();
  for (let length = 4096; ; length *= 8) {
    const bytes = source.read(0, Math.min(source.size, length, HEADER_BYTES_MAX));
    const end = bytes.indexOf(0x0a);
    if (end >= 0) return checkedHeader(bytes.subarray(0, end + 1), source.size);
    if (bytes.length < length) {
      throw badFile(
        `it is cut short or damaged: its first line has no end in ${bytes.length} bytes`,
      );
    }
  }
}

function checkedHeader(line: Uint8Array, size: number): HeaderRead {
  const text = decoder.decode(line);
  const check = CHECK.exec(text)?.[1];
  if (check !== undefined) {
    const blank = line.slice();
    blank.set(encoder.encode(ZEROS), text.indexOf(check));
    assertCheck('the first line', check, checksum(blank));
  }
  const header = parsedHeader(text);
  const isChecked = header.schema !== OLD_SCHEMA;
  if (isChecked !== (check !== undefined) || !isSound(header, isChecked)) {
    throw badFile('it is damaged: its first line is not that of a database');
  }
  if (line.length % ALIGNMENT !== 0) throw badFile('it is damaged: its first line is too long');
  const expected = line.length + header.bytes;
  if (size !== expected) {
    throw badFile(`it is cut short or damaged: ${size} bytes, expected ${expected}`);
  }
  return { header, dataAt: line.length, isChecked };
}

/** @throws UsageError `bad-coverage` when they are not the same. @param what `the counts of Traffic`. */
export function assertCheck(what: string, expected: string, seen: string): void {
  if (expected === seen) return;
  throw badFile(`it is damaged: the checksum of ${what} is ${seen}, expected ${expected}`);
}

function parsedHeader(text: string): Header {
  let header: Header;
  try {
    header = JSON.parse(text) as Header;
  } catch (error) {
    const what = error instanceof Error ? error.message : '';
    throw badFile(`it is damaged: its first line is no JSON: ${what}`);
  }
  const { schema } = header;
  if (schema === COVERAGE_SCHEMA || schema === OLD_SCHEMA) return header;
  const isOurs = typeof schema === 'string' && schema.startsWith(SCHEMA_NAME);
  const what = isOurs ? `its version is '${schema}'` : `its schema is '${schema}'`;
  throw badFile(
    `${what}, this version reads '${COVERAGE_SCHEMA}' and '${OLD_SCHEMA}'`,
    isOurs
      ? 'It was written by a newer ridgeline: read it with that one, or let that one export UCIS XML.'
      : 'Expected the coverage.rcov of a regression.',
  );
}

/** A run takes a byte of hits at least, so that the number of runs has a bound. */
function isSound({ bytes, groups, runs }: Partial<Header>, isChecked: boolean): boolean {
  if (!Array.isArray(groups) || !isSize(bytes)) return false;
  const end = bytes ?? 0;
  const isPlace = (place: Partial<Place> | undefined): boolean =>
    isSize(place?.at) &&
    isSize(place?.bytes) &&
    (place?.at ?? 0) % ALIGNMENT === 0 &&
    (place?.at ?? 0) + (place?.bytes ?? 0) <= end &&
    (typeof place?.check === 'string') === isChecked;
  const areGroupsSound = groups.every((group: Partial<GroupHeader> | null) => {
    const areNamesSound = typeof group?.hash === 'string' && typeof group.type === 'string';
    const isListSound = group?.unlisted === undefined || isPlace(group.unlisted);
    return areNamesSound && isListSound && isPlace(group.counts) && isPlace(group.model);
  });
  const isCountSound = isSize(runs?.count) && (runs?.count ?? 0) <= (runs?.hits?.bytes ?? 0);
  return areGroupsSound && isPlace(runs?.hits) && isPlace(runs?.info) && isCountSound;
}

function isSize(size: number | undefined): boolean {
  return Number.isSafeInteger(size) && (size ?? -1) >= 0;
}
