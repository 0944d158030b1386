// The real command on the tiny configuration: verdicts and exit status, files, workers that die or hang, replay, Ctrl-C.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { RegressionRecord } from '#record/regression-record';
import type { RunRecord } from '#record/run-record';
import { until, Workplace } from './ridgeline-process.ts';

const place = new Workplace();
afterAll(() => place.remove());

/** What people read, but for places and times. */
function expectGolden(name: string, text: string): void {
  const path = `tests/golden/uvm/${name}`;
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, text);
  expect(readFileSync(path, 'utf8')).toBe(text);
}

/** Everything of a regression but what depends on the machine. */
function withoutWall({ wall: _wall, ...record }: RegressionRecord): unknown {
  return record;
}

describe('run', () => {
  it('PASS: exit status 0, and a run.json to replay', async () => {
    const { status, out } = await place.ridgeline('run', 'pass', '--seed', '3', '--out', 'pass');
    expect(status).toBe(0);
    expect(out).toMatch(/^PASS pass seed 3\n/);
    expect(place.run('pass', 'pass-3')).toMatchObject({ verdict: 'PASS', seed: 3 });
    expect(place.has('pass/runs/pass-3/failure.md')).toBe(false);
    const replay = await place.ridgeline('replay', 'pass');
    expect(replay.status).toBe(0);
    expect(replay.out).toMatch(
      /same as recorded: verdict PASS, \d+ ps, .*coverage, tlp digest \w{64}, draws /,
    );
  });

  it('FAIL: exit status 1, failure.md, and a replay that agrees', async () => {
    const { status, out } = await place.ridgeline(
      'run',
      'pass',
      '--fault',
      'late',
      '--out',
      'late',
    );
    expect(status).toBe(1);
    expect(out).toContain('npx ridgeline run pass --seed 1 --fault late\n');
    expect(place.read('late/runs/pass-1/failure.md')).toContain('> an answer comes within 800 ns');
    const again = await place.ridgeline('replay', 'late/runs/pass-1', '--operations');
    expect(again.status).toBe(1);
    expect(again.out).toContain('same as recorded');
  });

  it('a replay that differs says so, with exit status 3', async () => {
    await place.ridgeline('run', 'pass', '--seed', '8', '--out', 'other');
    const path = 'other/runs/pass-8/run.json';
    const record = place.run('other', 'pass-8');
    const digests = { ...record.digests, tlp: 'f'.repeat(64) };
    writeFileSync(`${place.path}/${path}`, JSON.stringify({ ...record, digests, verdict: 'PASS' }));
    const { status, out } = await place.ridgeline('replay', path);
    expect(status).toBe(3);
    expect(out).toContain(
      `DIFFERS from the record: tlp digest: recorded ${'f'.repeat(64)}, replayed `,
    );
  });

  it('prints what the testbench reports, and one JSON object when asked', async () => {
    const loud = await place.ridgeline('run', 'pass', '-v', 'HIGH');
    expect(loud.out).toMatch(/UVM_INFO .* \[SEND\] \d+ bytes\n/);
    const json = await place.ridgeline('run', 'pass', '-v', 'HIGH', '--json');
    expect((JSON.parse(json.out) as RunRecord).verdict).toBe('PASS');
    expect(json.notes).toMatch(/UVM_INFO/);
    const quiet = await place.ridgeline('run', 'pass', '--json');
    const digests = [json, quiet].map(({ out }) => (JSON.parse(out) as RunRecord).digests);
    expect(digests[0]).toEqual(digests[1]);
    expect(place.has('out/latest/runs/pass-1/run.json')).toBe(true);
  });

  it('prints UVM’s summaries when asked for MEDIUM, whatever ended the run', async () => {
    const quiet = await place.ridgeline('run', 'pass');
    expect(quiet.out).not.toContain('Report Summary');
    const passed = await place.ridgeline('run', 'pass', '-v', 'MEDIUM');
    expect(passed.out).toContain('UVM_INFO @ ');
    expect(passed.out).toContain(': reporter [UVM/REPORT/SERVER] \n--- UVM Report Summary ---\n');
    expect(passed.out).toContain('\nUVM_ERROR :    0\n');
    const late = await place.ridgeline('run', 'pass', '--fault', 'late', '-v', 'MEDIUM');
    expect(late.out).toMatch(/^UVM_ERROR .* \[TINY-1\] echo: expected <= 800 ns, seen \d+ ps/m);
    expect(late.out).toContain('\nUVM_ERROR :    1\n');
  });

  it('ends at the maximum quit count, with what the testbench logged', async () => {
    const { status, out } = await place.ridgeline('run', 'quit', '-v', 'MEDIUM', '--out', 'quit');
    expect(status).toBe(1);
    const said = out
      .slice(0, out.indexOf('FAIL quit'))
      .replaceAll(/ [\w./-]+\(\d+\) @ [^:]*:/g, '');
    expectGolden('quit.txt', said.replaceAll(/ @ [\d.]+ us:/g, ''));
    const { verdict, failures } = place.run('quit', 'quit-1');
    expect(verdict).toBe('FAIL');
    expect(failures.map(({ rule, seen }) => [rule, seen])).toEqual([
      ['UVM_ERROR', 'error 1'],
      ['UVM_ERROR', 'error 2'],
    ]);
    expect(place.read('quit/runs/quit-1/logs/notes.log')).toMatch(
      /^UVM_INFO .*: test \[NOTE\] kept \\u001b\[31m in a file\n$/,
    );
    const replay = await place.ridgeline('replay', 'quit');
    expect([replay.status, replay.out.includes('same as recorded')]).toEqual([1, true]);
  });

  it('SKIP: exit status 0, with the reason', async () => {
    const { status, out } = await place.ridgeline('run', 'needy');
    expect([status, out.includes('wants width 64')]).toEqual([0, true]);
  });
});

describe('regress', () => {
  it('is the same at any number of jobs, but for the wall clock', async () => {
    const [one, two] = await Promise.all([
      place.ridgeline('regress', '--jobs', '1', '--out', 'one'),
      place.ridgeline('regress', '--jobs', '2', '--out', 'two'),
    ]);
    expect([one.status, two.status]).toEqual([1, 1]);
    expect(withoutWall(place.summary('two'))).toEqual(withoutWall(place.summary('one')));
    expect(place.summary('one').runs).toHaveLength(11);
    expect(place.read('one/junit.xml')).toContain(
      '<testcase name="flaky seed 3" classname="flaky">',
    );
    for (const file of ['run.json', 'failure.md']) {
      expect(place.has(`one/runs/flaky-3/${file}`)).toBe(true);
      expect(place.has(`one/runs/pass-1/${file}`)).toBe(false);
    }
    expect(one.out).toContain('  replay: npx ridgeline run flaky --seed 3\n');
    expect(one.notes).toContain('11/11 runs, 9 PASS, 1 FAIL, 0 ERROR, 1 SKIP');
  });

  it('gives a run the same digests as first and as hundredth of a worker, and replaces workers', async () => {
    const args = ['--tests', 'pass', '--seeds', '230', '--jobs', '1', '--json', '--out', 'long'];
    const { status, out } = await place.ridgeline('regress', ...args);
    expect(status).toBe(0);
    const record = JSON.parse(out) as RegressionRecord;
    expect(record.runs).toHaveLength(230);
    for (const seed of [101, 230]) {
      const single = await place.ridgeline('run', 'pass', '--seed', String(seed), '--json');
      const { digests } = JSON.parse(single.out) as RunRecord;
      expect(record.runs[seed - 1].digests).toEqual(digests);
    }
  });

  it('loses nothing but the one run when a worker dies, hangs or throws', async () => {
    const tests = '{exit,crash,loop,throw,pass}';
    const args = ['--tests', tests, '--seeds', '2', '--jobs', '2', '--out', 'bad'];
    const { status } = await place.ridgeline('regress', ...args);
    expect(status).toBe(3);
    const { runs, verdict } = place.summary('bad');
    expect(verdict).toBe('ERROR');
    const causes = runs.map(({ test, cause }) => `${test} ${cause}`.trim());
    expect([...new Set(causes)].toSorted()).toEqual([
      'crash run-died',
      'exit run-died',
      'loop run-hung',
      'pass',
      'throw tb-exception',
    ]);
    expect(runs).toHaveLength(10);
    expect(place.read('bad/runs/exit-1/failure.md')).toContain('leaving without a word');
    expect(place.run('bad', 'crash-1').error?.message).toContain('SIGSEGV');
    expect(place.workers()).toEqual([]);
  });

  it('keeps its results when the configuration breaks under it', async () => {
    const broken = new Workplace();
    const args = ['--tests', '{pass,throw}', '--seeds', '4', '--jobs', '1', '--out', 'kept'];
    const ended = broken.ridgeline('regress', ...args);
    // A run that throws has its worker replaced; the new one finds no configuration any more.
    await until(() => broken.workers().length > 0, 'a worker');
    await until(() => broken.has('kept/runs/throw-1/run.json'), 'the first result');
    writeFileSync(join(broken.path, 'ridgeline.config.ts'), 'export default {');
    const { status } = await ended;
    const { runs } = broken.summary('kept');
    expect(status).toBe(3);
    expect(runs).toHaveLength(8);
    expect(runs[0]).toMatchObject({ test: 'pass', verdict: 'PASS' });
    expect(runs.at(-1)).toMatchObject({ cause: 'run-died', verdict: 'ERROR' });
    broken.remove();
  }, 30_000);

  it('ends at the first FAIL when asked, the same at any number of jobs', async () => {
    const args = ['regress', '--fault', 'wrong-byte', '--tests', 'pass', '--seeds', '50'];
    const results = await Promise.all(
      ['1', '2'].map((jobs) =>
        place.ridgeline(...args, '--max-failures', '1', '--jobs', jobs, '--out', `first-${jobs}`),
      ),
    );
    expect(results.map(({ status }) => status)).toEqual([1, 1]);
    const [one, two] = ['1', '2'].map((jobs) => place.summary(`first-${jobs}`));
    expect(withoutWall(one)).toEqual(withoutWall(two));
    expect(one.stop).toBe('max-failures');
    expect(one.runs.at(-1)?.cause).toBe('TINY-2');
    expect(one.runs.filter(({ verdict }) => verdict === 'FAIL')).toHaveLength(1);
  });

  it('starts no run when the time is over, and has then no verdict', async () => {
    const { status, out } = await place.ridgeline('regress', '--time', '0', '--out', 'late-start');
    expect(status).toBe(3);
    expect(out).toContain('no verdict: 0 of ');
    expect(place.summary('late-start').stop).toBe('time');
  });

  it('fails for a SKIP or an idle rule with --strict', async () => {
    const args = ['regress', '--tests', 'pass', '--seeds', '2', '--out', 'strict'];
    expect((await place.ridgeline(...args)).status).toBe(0);
    const strict = await place.ridgeline(...args, '--strict');
    expect(strict.status).toBe(1);
    expect(strict.out).toContain('rules never evaluated (FAIL, because of --strict)\n  TINY-3: ');
  });

  it('takes base seed, profile and parameters into the replay line and the record', async () => {
    const target = ['--profile', 'small', '--param', 'delayNs=9', '--param', 'width=8'];
    const args = ['--tests', 'flaky', '--seeds', '2', '--base-seed', '6', '--out', 'small'];
    const { out } = await place.ridgeline('regress', ...target, ...args);
    const { baseSeed, profile, askedParameters, runs } = place.summary('small');
    expect({ baseSeed, profile, askedParameters }).toEqual({
      baseSeed: 6,
      profile: 'small',
      askedParameters: { delayNs: 9, width: 8 },
    });
    expect(place.summary('small')).not.toHaveProperty('overruledParameters');
    expect(runs.map(({ seed }) => seed)).toEqual([6, 7]);
    const line = 'run flaky --seed 7 --profile small --param delayNs=9 --param width=8';
    expect(out).toContain(`  replay: npx ridgeline ${line}\n`);
    const replayed = await place.ridgeline(...line.split(' '), '--json');
    expect((JSON.parse(replayed.out) as RunRecord).digests).toEqual(runs[1].digests);
  });

  it('draws a base seed and prints it first', async () => {
    const args = ['--base-seed', 'random', '--tests', 'pass', '--seeds', '1', '--out', 'drawn'];
    const { notes } = await place.ridgeline('regress', ...args);
    const { baseSeed } = place.summary('drawn');
    expect(notes.split('\n')[0]).toBe(`base seed ${baseSeed}`);
  });
});

describe('interruption', () => {
  it('Ctrl-C ends the workers, writes what is known, exits 130', async () => {
    const args = ['--tests', '{throw,slow}', '--seeds', '40', '--jobs', '2', '--out', 'stopped'];
    const child = place.start('regress', ...args);
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    await until(() => place.has('stopped/runs/throw-1/failure.md'), 'the first result');
    await until(() => place.workers().length > 1, 'two workers');
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(place.workers()).toEqual([]);
    const { stop, runs } = place.summary('stopped');
    expect(stop).toBe('interrupted');
    expect(runs.length).toBeGreaterThan(0);
    expect(runs.length).toBeLessThan(80);
    expect(place.has('stopped/junit.xml')).toBe(true);
  });

  it('a command that is killed leaves no worker behind, even one that loops forever', async () => {
    const child = place.start('run', 'loop', '--out', 'killed');
    await until(() => place.workers().length > 0, 'a worker');
    await new Promise((resolve) => setTimeout(resolve, 700));
    child.kill('SIGKILL');
    await until(() => place.workers().length === 0, 'the end of the worker');
  });
});
