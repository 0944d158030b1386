// Damaged files of coverage databases: every changed byte is found and named, in any way of changing bytes; files of the first
// version, which have no checksums, are read, and nothing in them makes the reader fail but by saying so.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '#base/assert';
import { checksum } from '#cover/database/checksum';
import { DatabaseBuilder, type CoverageDatabase } from '#cover/database/database';
import { decodeDatabase, encodeDatabase } from '#cover/database/database-file';
import { DatabaseView } from '#cover/database/database-view';
import { bytesSource, databaseOf, plain, PLAIN, runsOf, type RunCase } from './models.ts';

const RUNS: RunCase[] = runsOf([
  [
    [3, 'a'],
    [0, 'b'],
  ],
  [[3, 'a']],
  [
    [1, 'b'],
    [9, 'e'],
  ],
]).map((run, index) => ({ ...run, model: { ...PLAIN, atLeast: 1 + (index % 2) } }));
const DATABASE = databaseOf(RUNS);
const BYTES = encodeDatabase(DATABASE);

function read(bytes: Uint8Array): CoverageDatabase {
  const builder = new DatabaseBuilder();
  const { groups, runs } = decodeDatabase(bytesSource(bytes), builder.models);
  for (const { model, block } of groups) builder.addCounts(model, block);
  builder.addRuns(runs);
  return builder.build();
}

/** What is said of a file; undefined when it is read. Anything but a UsageError is thrown on. */
function complaint(bytes: Uint8Array): string | undefined {
  try {
    const view = new DatabaseView(read(bytes));
    for (const run of view.database.runs) view.hitsOf(run);
    return undefined;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    expect(error.code).toBe('bad-coverage');
    return error.message;
  }
}

function changed(at: number, change: number): Uint8Array {
  const bytes = BYTES.slice();
  bytes[at] ^= change;
  return bytes;
}

/** The same database as the first version wrote it: without checksums. */
function oldFile(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0x0a) + 1;
  const header = JSON.parse(
    new TextDecoder().decode(bytes.subarray(0, end)),
    (key, value: unknown) => (key === 'check' ? undefined : value),
  ) as object;
  const text = JSON.stringify({ ...header, schema: 'ridgeline.coverage/1' });
  const line = `${text.padEnd(Math.ceil((text.length + 1) / 8) * 8 - 1)}\n`;
  return Uint8Array.from([...new TextEncoder().encode(line), ...bytes.subarray(end)]);
}

type Edit = (bytes: Uint8Array) => Uint8Array;

const place = fc.nat(BYTES.length - 1);
const anyEdit: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(place, fc.integer({ min: 1, max: 255 })).map(([at, change]): Edit => (bytes) => {
    const copy = bytes.slice();
    copy[at % bytes.length] ^= change;
    return copy;
  }),
  place.map(
    (length): Edit =>
      (bytes) =>
        bytes.slice(0, length),
  ),
  fc.tuple(place, fc.uint8Array({ minLength: 1, maxLength: 16 })).map(
    ([at, more]): Edit =>
      (bytes) =>
        Uint8Array.from([...bytes.subarray(0, at), ...more, ...bytes.subarray(at)]),
  ),
  fc.tuple(place, fc.integer({ min: 1, max: 64 })).map(
    ([at, count]): Edit =>
      (bytes) =>
        Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + count)]),
  ),
  fc
    .tuple(place, place, fc.integer({ min: 1, max: 64 }))
    .map(([from, to, count]): Edit => (bytes) => {
      const copy = bytes.slice();
      copy.set(
        bytes
          .subarray(from, Math.min(from + count, bytes.length))
          .subarray(0, Math.max(0, bytes.length - to)),
        Math.min(to, bytes.length),
      );
      return copy;
    }),
);
const anyEdits = fc.array(anyEdit, { minLength: 1, maxLength: 3 });

const isSame = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, at) => byte === b[at]);

describe('a file with checksums', () => {
  it('is found to be damaged when any one byte of it is another one', () => {
    for (let at = 0; at < BYTES.length; at++) {
      for (const change of [0x01, 0x20, 0x80, 0xff]) {
        expect(complaint(changed(at, change)), `byte ${at} ^ ${change}`).toMatch(
          /^it is (?:damaged: |cut short or damaged: |no coverage database\n)/,
        );
      }
    }
  });

  it('says which part is damaged, and what to do', () => {
    const end = BYTES.indexOf(0x0a) + 1;
    expect(complaint(changed(end + 3, 1))).toMatch(
      /^it is damaged: the checksum of the counts of Other is [0-9a-f]{8}, expected [0-9a-f]{8}\n {2}Copy it again from where it was made, or make it again: .*`ridgeline cover import` reads\.$/,
    );
    expect(complaint(changed(30, 1))).toMatch(/^it is damaged: /);
    expect(complaint(changed(60, 1))).toMatch(/^it is damaged: the checksum of the first line is /);
    expect(complaint(changed(BYTES.length - 20, 1))).toMatch(
      /^it is damaged: the checksum of the model of Traffic is /,
    );
  });

  it('is read as it was written, or refused, whatever was done to it', () => {
    fc.assert(
      fc.property(anyEdits, (edits) => {
        const bytes = edits.reduce((now, edit) => edit(now), BYTES);
        if (isSame(bytes, BYTES)) expect(plain(read(bytes))).toEqual(plain(DATABASE));
        else expect(complaint(bytes)).toMatch(/^it is |^its /);
      }),
      { seed: 1, numRuns: 3000 },
    );
  });
});

describe('a file of the first version', () => {
  const OLD = oldFile(BYTES);

  it('is read', () => {
    expect(plain(read(OLD))).toEqual(plain(DATABASE));
  });

  it('never makes the reader fail but by saying what is wrong', () => {
    fc.assert(
      fc.property(anyEdits, (edits) => {
        complaint(edits.reduce((now, edit) => edit(now), OLD));
      }),
      { seed: 1, numRuns: 3000 },
    );
  });

  it('is refused where its numbers cannot be counts', () => {
    const end = OLD.indexOf(0x0a) + 1;
    const header = JSON.parse(new TextDecoder().decode(OLD.subarray(0, end))) as {
      groups: { type: string; encoding: string; counts: { at: number; bytes: number } }[];
    };
    const pairs = header.groups.find(({ encoding }) => encoding === 'pairs')!;
    const { at, bytes } = pairs.counts;
    const spoilt = OLD.slice();
    spoilt[end + at + (bytes / 12) * 8 + 1] = 0xff;
    expect(complaint(spoilt)).toContain(`it is damaged: the counts of ${pairs.type} are none`);
  });
});

describe('the checksum', () => {
  it('is another one when any bit is, at any length and address', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 80 }),
        fc.nat(),
        fc.nat(7),
        fc.nat(3),
        (bytes, at, bit, offset) => {
          const moved = new Uint8Array(bytes.length + offset).subarray(offset);
          moved.set(bytes);
          expect(checksum(moved)).toBe(checksum(bytes));
          moved[at % bytes.length] ^= 1 << bit;
          expect(checksum(moved)).not.toBe(checksum(bytes));
        },
      ),
      { seed: 1, numRuns: 500 },
    );
  });

  it('is another one for more zeros, and for words that changed places', () => {
    const zeros = Array.from({ length: 40 }, (_, length) => checksum(new Uint8Array(length)));
    expect(new Set(zeros).size).toBe(40);
    const words = Uint8Array.from({ length: 32 }, (_, at) => at);
    const swapped = Uint8Array.from([...words.subarray(16), ...words.subarray(0, 16)]);
    expect(checksum(words)).not.toBe(checksum(swapped));
    expect(checksum(words)).toMatch(/^[0-9a-f]{8}$/);
  });
});
