// The real command: a regression leaves its coverage, and the cover commands work on it.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCoverage } from '#cli/coverage-files';
import { DatabaseView, unitedRecord } from '#cover/database/database-view';
import { importUcis } from '#cover/ucis/ucis-import';
import { Workplace } from './ridgeline-process.ts';

const place = new Workplace();
afterAll(() => place.remove());
beforeAll(async () => {
  const options = ['regress', '--tests', 'pass', '--seeds', '6'];
  const ended = await Promise.all([
    place.ridgeline(...options, '--jobs', '1'),
    place.ridgeline(...options, '--jobs', '2', '--out', 'two'),
    place.ridgeline(
      'regress',
      '--tests',
      'pass',
      '--seeds',
      '2',
      '--base-seed',
      '50',
      '--out',
      'more',
    ),
  ]);
  expect(ended.map(({ status }) => status)).toEqual([0, 0, 0]);
}, 60_000);

describe('a regression', () => {
  it('leaves a database with the coverage of its summary, the same at any --jobs', () => {
    const { coverage } = place.summary('out/latest');
    const [one, two] = ['out/latest', 'two'].map((path) => readCoverage(place.path, [path]));
    expect(unitedRecord(one)).toEqual(coverage);
    expect(unitedRecord(two)).toEqual(coverage);
    const hits = [one, two].map((database) => database.runs.map((run) => run.hits));
    expect(hits[0]).toEqual(hits[1]);
    expect(one.runs.map(({ info }) => `${info.test} ${info.seed} ${info.verdict}`)).toEqual(
      [1, 2, 3, 4, 5, 6].map((seed) => `pass ${seed} PASS`),
    );
    expect(one.runs[0].info.replay).toBe('npx ridgeline run pass --seed 1');
  });

  it('leaves the same as UCIS XML', () => {
    const { database, notes } = importUcis(place.read('out/latest/coverage.xml'));
    expect(notes).toEqual([]);
    expect(unitedRecord(database)).toEqual(place.summary('out/latest').coverage);
    const view = new DatabaseView(readCoverage(place.path, ['out/latest']));
    const back = new DatabaseView(database);
    for (const [index, run] of view.database.runs.entries()) {
      expect(back.hitsOf(database.runs[index])).toEqual(view.hitsOf(run));
    }
  });
});

describe('ridgeline cover', () => {
  it('reports the latest regression, with who hit what', async () => {
    const { status, out } = await place.ridgeline('cover', 'report', '--tests', '*/length/*');
    expect(status).toBe(0);
    expect(out).toMatch(/^coverage \d+\.\d\d % of 6 runs\n\d+ of 15 bins covered/);
    expect(out).toMatch(/EchoCoverage\/length\/middle +\d+ {2}6: pass 1, pass 2, /);
  });

  it('merges and ranks: the runs chosen cover as much as all', async () => {
    const merge = await place.ridgeline('cover', 'merge', 'two', 'more', '-o', 'all.rcov');
    expect([merge.status, merge.notes]).toEqual([0, '']);
    expect(merge.out).toMatch(/^all\.rcov: 2 databases, 8 runs, coverage \d+\.\d\d %\n$/);
    const { out } = await place.ridgeline('cover', 'rank', 'all.rcov', '--json');
    const rank = JSON.parse(out) as {
      readonly coverable: number;
      readonly isSmallest: boolean;
      readonly runs: readonly { readonly covered: number; readonly replay: string }[];
    };
    expect(rank.isSmallest).toBe(true);
    expect(rank.runs.at(-1)?.covered).toBe(rank.coverable);
    const [, ...words] = rank.runs[0].replay.split(' ');
    const replayed = await place.ridgeline(...words.slice(1), '--out', 'again');
    expect(replayed.status).toBe(0);
    const again = await place.ridgeline('cover', 'rank', 'again', '--json');
    expect(JSON.parse(again.out)).toMatchObject({ coverable: rank.runs[0].covered });
  });

  it('keeps exclusions, also in the XML of the next regression', async () => {
    const path = 'EchoCoverage/kind/other';
    const args = ['--reason', 'nobody sends one', '--owner', 'ann', '--coverage', 'two'];
    const added = await place.ridgeline('cover', 'exclude', 'add', path, ...args);
    expect([added.status, added.notes]).toEqual([0, '']);
    const check = await place.ridgeline('cover', 'exclude', 'check', '--coverage', 'two');
    expect([check.status, check.out]).toEqual([0, '1 exclusion, all in order\n']);
    await place.ridgeline('regress', '--tests', 'pass', '--seeds', '1', '--out', 'third');
    expect(place.read('third/coverage.xml')).toContain(
      'excludedReason" type="str">nobody sends one<',
    );
    const report = await place.ridgeline('cover', 'report', 'third');
    expect(report.out).toContain('1 excluded');
  });

  it('leaves them out of the table and the record of a regression, and says which it dropped', async () => {
    const file = join(place.path, 'coverage-exclusions.json');
    const text = readFileSync(file, 'utf8');
    const added = JSON.parse(text) as { exclusions: Record<string, string>[] };
    const [one] = added.exclusions;
    const old = { ...one, path: 'EchoCoverage/length', owner: 'bob', expires: '2020-01-31' };
    writeFileSync(file, JSON.stringify({ ...added, exclusions: [one, old] }));
    const args = ['regress', '--tests', 'pass', '--seeds', '2', '--out', 'fourth'];
    const { status, out } = await place.ridgeline(...args);
    writeFileSync(file, text);
    expect(status).toBe(0);
    expect(out).toContain('  without 1 bin of 1 exclusion, 1 exclusion dropped\n');
    expect(out).toContain("  exclusion 'EchoCoverage/length' (bob) ended on 2020-01-31: dropped\n");
    const { exclusions, coverageSummary, closure, tests } = place.summary('fourth');
    expect(exclusions).toMatchObject({ excluded: 1, list: [{ state: 'active' }, {}] });
    expect(closure?.overall.percents.at(-1)).toBe(coverageSummary.percent);
    expect(tests[0].coveragePercent).toBe(coverageSummary.percent);
    const report = await place.ridgeline('cover', 'report', 'fourth', '--json');
    expect(JSON.parse(report.out)).toMatchObject({ percent: coverageSummary.percent });
  });

  it('compares, and fails where coverage was lost', async () => {
    const same = await place.ridgeline('cover', 'diff', 'two', 'out/latest');
    expect(same.status).toBe(0);
    const lost = await place.ridgeline('cover', 'diff', 'all.rcov', 'third');
    expect(lost.status).toBe(1);
    expect(lost.out).toMatch(/^[1-9]\d* bins? lost$/m);
  });

  it('says what is wrong, with status 2', async () => {
    const none = await place.ridgeline('cover', 'report', 'nowhere');
    expect(none.status).toBe(2);
    expect(none.notes).toBe(
      "ridgeline: there is no 'nowhere'\n" +
        '  Name a coverage database, or the folder of a regression, such as out/latest.\n',
    );
    const config = await place.ridgeline('cover', 'report', 'ridgeline.config.ts');
    expect([config.status, config.notes]).toEqual([
      2,
      "ridgeline: 'ridgeline.config.ts': it is no coverage database\n" +
        '  Expected the coverage.rcov of a regression, its folder, its summary.json or run.json, or UCIS XML.\n',
    ]);
  });

  it('a broken file of exclusions stops a regression before it starts', async () => {
    const file = join(place.path, 'coverage-exclusions.json');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('"owner"', '"owned"'));
    const { status, notes } = await place.ridgeline('regress', '--tests', 'pass', '--out', 'never');
    expect(status).toBe(2);
    expect(notes).toContain('exclusions[0] has no owner');
    expect(place.has('never/summary.json')).toBe(false);
  });
});
