// Reading coverage databases by path, and what is said of what is none.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { COVERAGE_FILE, readCoverage } from '#cli/coverage-files';
import { mergeDatabases } from '#cover/database/database';
import { encodeDatabase } from '#cover/database/database-file';
import { unitedRecord } from '#cover/database/database-view';
import { databaseOf, plain, runsOf } from '../cover/database/models.ts';

const folder = mkdtempSync(join(tmpdir(), 'ridgeline-coverage-'));
afterAll(() => rmSync(folder, { recursive: true }));

const [first, second] = runsOf([
  [[3, 'a']],
  [
    [0, 'b'],
    [0, 'a'],
  ],
]);
const one = databaseOf([first]);
const two = databaseOf([second]);
writeFileSync(join(folder, 'one.rcov'), encodeDatabase(one));
mkdirSync(join(folder, 'two'));
writeFileSync(join(folder, 'two', COVERAGE_FILE), encodeDatabase(two));

describe('reading coverage', () => {
  it('merges files and folders of regressions', () => {
    const read = readCoverage(folder, ['one.rcov', 'two', 'one.rcov']);
    expect(plain(read)).toEqual(plain(mergeDatabases([one, two, one])));
  });

  it('reads files larger than what is read at once', () => {
    const some = databaseOf(Array.from({ length: 250 }, () => first));
    const many = mergeDatabases(Array.from({ length: 256 }, () => some));
    const bytes = encodeDatabase(many);
    expect(bytes.length).toBeGreaterThan(256 * 1024);
    writeFileSync(join(folder, 'many.rcov'), bytes);
    const { groups, runs } = readCoverage(folder, ['many.rcov', 'one.rcov']);
    expect(runs).toHaveLength(64_001);
    expect(runs.at(-1)).toEqual(many.runs[0]);
    const merged = mergeDatabases([many, one]);
    expect(groups.map(({ counters }) => counters)).toEqual(
      merged.groups.map(({ counters }) => counters),
    );
  });

  it('takes the coverage of a summary where there is no database', () => {
    const coverage = unitedRecord(one);
    mkdirSync(join(folder, 'old'));
    const summary = { schema: 'ridgeline.regression/1', coverage };
    writeFileSync(join(folder, 'old', 'summary.json'), JSON.stringify(summary, null, 2));
    const read = readCoverage(folder, ['old']);
    expect(unitedRecord(read)).toEqual(coverage);
    expect(read.runs).toEqual([]);
  });

  it.each([
    ['a text', 'hello', "'bad': it is no coverage database"],
    ['nothing', '', "'bad': it is empty"],
    ['some JSON', '{ "a": 1 }', "'bad': it is no coverage database"],
    [
      'a damaged summary',
      '{ "schema": "ridgeline.regression/1", "coverage": { "groups": [{ "type": "T" }] } }',
      "'bad': the coverage of its summary is damaged",
    ],
    ['half a JSON', '{ "a": ', "'bad': it is no coverage database"],
    ['a newer one', '{"schema":"ridgeline.coverage/9"}\n', 'written by a newer ridgeline'],
  ])('says what is wrong with %s', (_name, text, message) => {
    writeFileSync(join(folder, 'bad'), text);
    expect(() => readCoverage(folder, ['bad'])).toThrow(message);
  });

  it('names the damaged file, in a folder, too, with what to do', () => {
    const bytes = encodeDatabase(one);
    bytes[bytes.indexOf(0x0a) + 2] ^= 4;
    mkdirSync(join(folder, 'damaged'));
    writeFileSync(join(folder, 'damaged', COVERAGE_FILE), bytes);
    expect(() => readCoverage(folder, ['one.rcov', 'damaged'])).toThrow(
      /^'damaged\/coverage\.rcov': it is damaged: the checksum of the counts of \w+ is .*\n {2}Copy it again/,
    );
  });

  it('says what to name where there is nothing', () => {
    expect(() => readCoverage(folder, ['nowhere'])).toThrow(
      /there is no 'nowhere'[^]*folder of a regression, such as out\/latest/,
    );
    mkdirSync(join(folder, 'empty'));
    expect(() => readCoverage(folder, ['empty'])).toThrow(
      /the folder 'empty' has no coverage.rcov\n {2}A regression leaves one/,
    );
  });
});
