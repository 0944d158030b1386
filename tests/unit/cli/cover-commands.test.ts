// `ridgeline cover …` in this process: what people read (golden files), JSON, exit status, what is said of bad usage.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { runProgram } from '#cli/program';
import { DatabaseBuilder } from '#cover/database/database';
import { encodeDatabase } from '#cover/database/database-file';
import {
  databaseOf,
  infoOf,
  PLAIN,
  recordOf,
  runsOf,
  type RunCase,
} from '../cover/database/models.ts';
import { FakeTerminal } from './fake-terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'ridgeline-cover-'));
afterAll(() => rmSync(folder, { recursive: true }));

const OLD = runsOf([
  [
    [3, 'a'],
    [0, 'b'],
  ],
  [[3, 'a']],
  [
    [1, 'b'],
    [1, 'a'],
    [9, 'e'],
    [9, 'z'],
  ],
]);
const NEW: RunCase[] = runsOf([
  [
    [3, 'b'],
    [6, 'c'],
    [0, 'a'],
  ],
]).map((run) => ({
  ...run,
  info: infoOf('u', 7),
  model: { xs: [3, 0], atLeast: 2, hasTail: true, options: { goal: 90 } },
}));

function write(name: string, runs: readonly RunCase[]): void {
  writeFileSync(join(folder, name), encodeDatabase(databaseOf(runs)));
}
write('old.rcov', OLD);
write('new.rcov', NEW);
const perPort = { perInstance: true, mergeInstances: false };
write('ports.rcov', [{ ...OLD[0], model: { ...PLAIN, options: perPort }, ports: 2 }]);
const nameless = new DatabaseBuilder();
nameless.addCoverage(recordOf(OLD[0]));
writeFileSync(join(folder, 'nameless.rcov'), encodeDatabase(nameless.build()));

interface Ended {
  readonly status: number;
  readonly out: string;
  readonly notes: string;
}

async function cover(...args: string[]): Promise<Ended> {
  const terminal = new FakeTerminal(folder);
  const status = await runProgram(['cover', ...args], terminal);
  return { status, out: terminal.out, notes: terminal.notes };
}

function expectGolden(name: string, text: string): void {
  const path = `tests/golden/cover/${name}.txt`;
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, text);
  expect(readFileSync(path, 'utf8')).toBe(text);
}

describe('what people read', () => {
  it.each([
    ['report', ['report', 'old.rcov']],
    ['report-tests', ['report', 'old.rcov', '--holes', '2', '--tests', 'Traffic/?/*']],
    ['report-models', ['report', 'old.rcov', 'new.rcov']],
    ['report-instances', ['report', 'ports.rcov']],
    ['rank', ['rank', 'old.rcov', 'new.rcov']],
    ['rank-nameless', ['rank', 'old.rcov', 'nameless.rcov']],
    ['merge', ['merge', 'old.rcov', 'new.rcov', 'old.rcov', '-o', 'all.rcov']],
    ['diff-same', ['diff', 'old.rcov', 'old.rcov']],
    ['help', ['--help']],
    ['help-report', ['report', '--help']],
    ['help-export', ['export', '--help']],
    ['help-exclude', ['exclude', '--help']],
    ['help-exclude-add', ['exclude', 'add', '--help']],
  ])('%s', async (name, args) => {
    const { status, out, notes } = await cover(...args);
    expect([status, notes]).toEqual([0, '']);
    expectGolden(name, out);
  });

  it('diff: exit status 1 when a bin was lost', async () => {
    const { status, out } = await cover('diff', 'old.rcov', 'new.rcov', '--counts');
    expect(status).toBe(1);
    expectGolden('diff', out);
    const gained = await cover('diff', 'nameless.rcov', 'old.rcov');
    expect(gained.status).toBe(0);
    expect(gained.out).toContain('1 bin gained\n  Traffic/x/v[1]  0 -> 2\n0 bins lost\n');
  });
});

describe('JSON', () => {
  it('report: percentages, holes, and every run that hit a bin', async () => {
    const { out } = await cover('report', 'old.rcov', '--tests', 'Traffic/x/v[?]', '--json');
    const report = JSON.parse(out) as Record<string, unknown>;
    expect(report).toMatchObject({ runs: 3, covered: 8, bins: 12, excluded: 0, holeCount: 4 });
    expect(report['holes']).toEqual([
      'Other/y/a',
      'Traffic/y/twice',
      'Traffic/both/x=v[0] y=a',
      'Traffic/both/x=v[0] y=twice',
    ]);
    expect(report['tests']).toMatchObject([
      {
        path: 'Traffic/x/v[3]',
        count: 2,
        runs: [
          { test: 't', seed: '1' },
          { test: 't', seed: '2' },
        ],
      },
      { path: 'Traffic/x/v[0]', count: 1, runs: [{ test: 't', seed: '1' }] },
      { path: 'Traffic/x/v[1]', count: 2, runs: [{ test: 't', seed: '3' }] },
    ]);
  });

  it('rank: the runs with their replay lines, and whether the set is the smallest', async () => {
    const { out } = await cover('rank', 'old.rcov', '--json');
    expect(JSON.parse(out)).toMatchObject({
      of: 3,
      isSmallest: true,
      runs: [{ test: 't', seed: '1', replay: 'ridgeline run t --seed 1' }, { seed: '3' }],
    });
  });

  it('diff and merge: one object each', async () => {
    const diff = await cover('diff', 'old.rcov', 'new.rcov', '--json');
    expect(Object.keys(JSON.parse(diff.out) as object)).toContain('lost');
    const merge = await cover('merge', 'old.rcov', 'old.rcov', '-o', 'twice.rcov', '--json');
    expect(JSON.parse(merge.out)).toMatchObject({ output: 'twice.rcov', runs: 6, twice: 3 });
    expect(existsSync(join(folder, 'twice.rcov'))).toBe(true);
  });
});

describe('UCIS XML', () => {
  it('goes out and comes in, with the same coverage', async () => {
    const out = await cover('export', 'old.rcov', '-o', 'old.xml', '--dialect', 'accellera');
    expect([out.status, out.out, out.notes]).toEqual([0, 'old.xml: 3 runs\n', '']);
    const back = await cover('import', 'old.xml', '-o', 'back.rcov');
    expect(back.out).toBe('back.rcov: 3 runs, coverage 61.11 %\n');
    const diff = await cover('diff', 'old.rcov', 'back.rcov');
    expect(diff.out).toContain(
      '0 bins with other counts (--counts lists them)\n12 bins unchanged\n',
    );
    const read = await cover('rank', 'old.xml', '--json');
    expect(JSON.parse(read.out)).toMatchObject({ of: 3, isSmallest: true });
  });

  it('is printed without a file to write to', async () => {
    const { out } = await cover(
      'export',
      'old.rcov',
      '--runs-per-bin',
      '1',
      '--defaults-as-ignore',
    );
    expect(out).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\n<UCIS ucisVersion="1.0" /);
    expect(out).toMatch(/<coverpointBin name="rest" key="5" type="ignore">/);
    expect(out).toContain('<userAttr key="runs" type="int">3</userAttr>');
  });

  it('that is not understood whole is read as far as it is, with notes', async () => {
    const xml = (await cover('export', 'old.rcov')).out;
    const other = xml.replace('  <covergroupCoverage', '  <fsmCoverage/>\n  <covergroupCoverage');
    writeFileSync(join(folder, 'other.xml'), other);
    const { status, out, notes } = await cover('import', 'other.xml', '-o', 'o.rcov', '--json');
    expect(status).toBe(0);
    expect(notes).toMatch(/^ridgeline: 'other.xml' line \d+: fsmCoverage is left out\n$/);
    expect(JSON.parse(out)).toMatchObject({ output: 'o.rcov', runs: 3 });
  });

  it.each([
    [['export', 'old.rcov', '--dialect', 'x'], "--dialect 'x': allowed is pyucis or accellera"],
    [
      ['export', 'old.rcov', '--runs-per-bin', 'x'],
      "--runs-per-bin 'x': allowed is a whole number",
    ],
    [['import', 'nowhere.xml', '-o', 'x'], "cannot read 'nowhere.xml': ENOENT"],
    [
      ['import', 'old.rcov', '-o', 'x'],
      "'old.rcov' is a coverage database already, expected UCIS XML\n  Every cover command",
    ],
    [['import', 'text.xml', '-o', 'x'], "'text.xml' line 1: this is no XML"],
    [['import', '.', '-o', 'x'], "cannot read '.': EISDIR"],
    [['merge', 'old.rcov', '-o', 'no/x'], "cannot write 'no/x': ENOENT"],
    [['merge', 'old.rcov', '-o', '.'], 'Expected a file in a folder that is there'],
    [['report', 'old.rcov', '--exclusions', '.'], "cannot read the exclusions '.': EISDIR"],
    [['report', 'old.rcov', '--exclusions', 'none'], "there is no 'none'\n  Expected a file of"],
    [['report', 'half.xml'], "'half.xml': line 2: this is no XML: unclosed tag: UCIS"],
  ])('%j is refused', async (args, message) => {
    writeFileSync(join(folder, 'text.xml'), 'hello');
    writeFileSync(join(folder, 'half.xml'), '<?xml version="1.0"?>\n<UCIS>');
    const { status, notes } = await cover(...args);
    expect(status).toBe(2);
    expect(notes).toContain(message);
  });
});

describe('exclusions', () => {
  const add = (path: string, ...more: string[]): Promise<Ended> => {
    const who = ['--reason', 'cannot happen', '--owner', 'ann', '--coverage', 'old.rcov'];
    return cover('exclude', 'add', path, ...who, ...more);
  };
  beforeEach(() => rmSync(join(folder, 'coverage-exclusions.json'), { force: true }));

  it('are added, listed, checked and taken out of reports', async () => {
    const added = await add('Traffic/y/twice', '--expires', '2999-12-31');
    expect(added.out).toBe("coverage-exclusions.json: 'Traffic/y/twice' takes out 1 bin\n");
    await add('Traffic/both/* y=twice');
    const list = await cover('exclude', 'list', '--coverage', 'old.rcov');
    expectGolden('exclude-list', list.out);
    const check = await cover('exclude', 'check', '--coverage', 'old.rcov');
    expect([check.status, check.out]).toEqual([0, '2 exclusions, all in order\n']);
    const report = await cover('report', 'old.rcov');
    expect(report.notes).toBe('');
    expectGolden('report-excluded', report.out);
  });

  it.each([
    [
      'Traffic/x',
      ['--expires', 'tomorrow'],
      "--expires 'tomorrow': allowed is a day that there is",
    ],
    ['Traffic/x', ['--expires', '31.12.2027'], 'as 2027-01-31'],
    ['Traffic/x', ['--expires', '2027-02-29'], "--expires '2027-02-29': allowed is a day that"],
    ['Traffic/x', ['--expires', '2027-13-01'], "--expires '2027-13-01': allowed is a day that"],
    ['Traffic/x', ['--expires', '2020-01-01'], 'or later: it would be dropped at once'],
    ['Traffic/x', ['--proof', ' '], "--proof ' ': allowed is a text that is not empty"],
    ['Traffic/x', ['--reason', ''], "--reason '': allowed is a text that is not empty"],
    ['', [], "PATH '': allowed is a text that is not empty"],
  ])('are not added when %j %j', async (path, more, message) => {
    const { status, notes } = await add(path, ...more);
    expect(status).toBe(2);
    expect(notes).toContain(message);
    expect(existsSync(join(folder, 'coverage-exclusions.json'))).toBe(false);
  });

  it('take any day that there is, and keep their proof', async () => {
    const days = await add('Traffic/y/twice', '--expires', '2996-02-29', '--proof', 'a => b');
    expect(days.status).toBe(0);
    expect(readFileSync(join(folder, 'coverage-exclusions.json'), 'utf8')).toContain(
      '"proof": "a => b",\n      "expires": "2996-02-29"',
    );
  });

  it('that do not hold are said, and fail the check', async () => {
    const hit = await add('Traffic/x/v[3]');
    expect(hit.notes).toBe("ridgeline: 'Traffic/x/v[3]' was hit 2 times\n");
    await add('Traffic/y/twice', '--expires', '2999-01-01');
    const file = join(folder, 'coverage-exclusions.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('2999-01-01', '2020-01-01'));
    const report = await cover('report', 'old.rcov');
    expect(report.notes).toBe(
      "ridgeline: exclusion 'Traffic/x/v[3]' (ann) is suspicious: 1 of its bins were hit\n" +
        "ridgeline: exclusion 'Traffic/y/twice' (ann) ended on 2020-01-01: dropped\n",
    );
    const changed = await cover('report', 'new.rcov');
    expect(changed.notes).toContain("'Traffic/x/v[3]' (ann) was written for other bins: dropped\n");
    const check = await cover('exclude', 'check', '--coverage', 'old.rcov', '--json');
    expect(check.status).toBe(1);
    expect(JSON.parse(check.out)).toMatchObject([
      { name: 'Traffic/x/v[3]', state: 'suspicious', hit: 1 },
      { name: 'Traffic/y/twice', state: 'expired' },
    ]);
  });

  it('of a path that is there already give way to the new one', async () => {
    await add('Traffic/y/twice');
    await add('Traffic/y/twice', '--expires', '2999-01-01');
    const list = await cover('exclude', 'list', '--coverage', 'old.rcov', '--json');
    expect(JSON.parse(list.out)).toMatchObject([{ expires: '2999-01-01' }]);
  });
});

describe('bad usage ends with status 2 and says what to do', () => {
  writeFileSync(join(folder, 'broken.json'), '{}');
  it.each([
    [['report', 'nowhere'], "there is no 'nowhere'"],
    [['report'], 'Name a coverage database, or the folder of a regression'],
    [['report', 'broken.json'], "'broken.json': it is no coverage database"],
    [['report', 'old.rcov', '--holes', '-1'], "--holes '-1': allowed is a whole number, from 0 on"],
    [['report', 'old.rcov', '--exclusions', 'none'], "there is no 'none'"],
    [
      ['report', 'old.rcov', '--exclusions', 'broken.json'],
      'these are no exclusions: their schema',
    ],
    [['rank', 'nameless.rcov'], 'the coverage says nothing of runs'],
    [['diff', 'old.rcov'], "missing required argument 'after'"],
    [['merge', 'old.rcov'], "required option '-o, --output <FILE>' not specified"],
    [['merge', 'old.rcov', '-o', 'no/such/folder'], "cannot write 'no/such/folder'"],
    [['exclude', 'add', 'x', '--owner', 'a'], "required option '--reason <TEXT>' not specified"],
    [['rnak'], "unknown command 'rnak'"],
  ])('%j', async (args, message) => {
    const { status, notes } = await cover(...args);
    expect(status).toBe(2);
    expect(notes).toContain(message);
  });

  it('names what was perhaps meant', async () => {
    const args = ['--reason', 'r', '--owner', 'o', '--coverage', 'old.rcov'];
    const { status, notes } = await cover('exclude', 'add', 'Traffic/y/twise', ...args);
    expect(status).toBe(2);
    expect(notes).toContain("no bin is called 'Traffic/y/twise' (did you mean 'Traffic/y/twice'?)");
    const day = await cover('exclude', 'add', 'Traffic/y/b', ...args, '--expires', 'soon');
    expect(day.notes).toContain('a day that there is, as 2027-01-31');
  });
});
