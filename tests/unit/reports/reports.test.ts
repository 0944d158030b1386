// The report writers, byte for byte against golden files (`vitest -u` renews them), and with hostile text.
import { describe, expect, it } from 'vitest';
import { parseRunRecord } from '#record/parse-run-record';
import { percentText } from '#record/percent-text';
import type { RegressionRecord } from '#record/regression-record';
import { STANDARD_OUTPUT } from '#record/report-writer';
import { consoleReport, failureReport, jsonReport, junitReport } from '#reports/index';
import { timeText } from '#reports/text';
import { EVERY_KIND, EXCLUSIONS, regressionOf } from './page-records.ts';
import { hostileRun, sampleRegression, sampleRun, SAMPLE_RULES } from './sample-records.ts';

const GOLDEN = '../../golden/reports';

function only(
  files: readonly { path: string; content: string }[] | undefined,
  path: string,
): string {
  expect(files?.map((file) => file.path)).toEqual([path]);
  return files![0].content;
}

describe('console report', () => {
  it('of a regression', async () => {
    const text = only(consoleReport().writeRegression?.(sampleRegression()), STANDARD_OUTPUT);
    await expect(text).toMatchFileSnapshot(`${GOLDEN}/console.txt`);
    expect(text).not.toContain('\u0007');
  });

  it('of a regression with exclusions, some of them dropped', async () => {
    const runs = [{ verdict: 'PASS' as const, coverage: { groups: [EVERY_KIND] } }];
    const record = regressionOf(runs, EXCLUSIONS);
    const text = only(consoleReport().writeRegression?.(record), STANDARD_OUTPUT);
    await expect(text).toMatchFileSnapshot(`${GOLDEN}/console-excluded.txt`);
  });

  it('says that exclusions were dropped where nothing was sampled', () => {
    const record = regressionOf([{ verdict: 'PASS' }], EXCLUSIONS);
    const text = only(consoleReport().writeRegression?.(record), STANDARD_OUTPUT);
    expect(text).toContain(`
  without 0 bins of 0 exclusions, 5 exclusions dropped
  exclusion 'KindCoverage/size/huge' (ann) was written for other bins: dropped
`);
  });

  it('says what the device had where that was not what was asked for', () => {
    const overruledParameters = [{ name: 'width', asked: 20, had: [16, 8], runs: 3 }];
    const record = { ...sampleRegression(), askedParameters: { width: 20 }, overruledParameters };
    const text = only(consoleReport().writeRegression?.(record), STANDARD_OUTPUT);
    expect(text).toContain(
      '\nparameter width=20 was asked for: the device had 16, 8 in 3 of 4 runs\n',
    );
  });

  it('of one run of each verdict', async () => {
    const runs = (['PASS', 'ERROR', 'SKIP'] as const).map((verdict) =>
      sampleRun({ test: 'dma', seed: 1, verdict }),
    );
    const texts = [...runs, hostileRun()].map((run) =>
      only(consoleReport().writeRun?.(run, SAMPLE_RULES), STANDARD_OUTPUT),
    );
    await expect(texts.join('\n')).toMatchFileSnapshot(`${GOLDEN}/console-runs.txt`);
  });

  it('says when a regression ended early, and when it made no run at all', () => {
    const early = { ...sampleRegression(), stop: 'max-failures' as const };
    const text = only(consoleReport().writeRegression?.(early), STANDARD_OUTPUT);
    expect(text).toContain('stopped early: as many failures as --max-failures allows');
    const nothing = { ...sampleRegression(), stop: 'interrupted' as const, runs: [] };
    const none = only(consoleReport().writeRegression?.(nothing), STANDARD_OUTPUT);
    expect(none).toContain('no verdict: 0 of ');
  });

  it('says how many runs are why it fails, or has no verdict', () => {
    const line = (record: RegressionRecord): string =>
      only(consoleReport().writeRegression?.(record), STANDARD_OUTPUT)
        .trimEnd()
        .split('\n')
        .at(-1) ?? '';
    const sample = sampleRegression();
    expect(line(sample)).toMatch(/^FAIL: 1 of 4 runs failed \(9 were planned\), base seed 1, /);
    const [test] = sample.tests;
    const whole = { ...sample, tests: [{ ...test, planned: 4 }] };
    expect(line(whole)).toMatch(/^FAIL: 1 of 4 runs failed, base seed/);
    const error = { ...whole, verdict: 'ERROR' as const };
    expect(line(error)).toMatch(/^ERROR: 1 of 4 runs ended without a verdict, base seed/);
    expect(line({ ...whole, verdict: 'PASS' })).toMatch(/^PASS: 4 runs, base seed/);
  });

  it('says why a regression fails in which no run did', () => {
    const sample = sampleRegression();
    const strict = {
      ...sample,
      strict: true,
      runs: sample.runs.filter(({ verdict }) => verdict === 'PASS' || verdict === 'SKIP'),
    };
    const text = only(consoleReport().writeRegression?.(strict), STANDARD_OUTPUT);
    expect(text).toContain('\n  FAIL because of --strict: 1 rule never evaluated, 1 run skipped\n');
  });

  it('shows the line that replays each failure', () => {
    const text = only(consoleReport().writeRegression?.(sampleRegression()), STANDARD_OUTPUT);
    expect(text).toContain('\n  replay: npx ridgeline run dma --seed 7\n');
    expect(text).toContain('\n  replay: npx ridgeline run reset --seed 1\n');
  });
});

describe('what went wrong beside a broken rule', () => {
  const run = {
    ...sampleRun({ test: 'dma', seed: 7, verdict: 'FAIL' }),
    error: { code: 'tb-exception', message: 'test.run: boom\n  at alu/alu-env.ts(61)', detail: '' },
  };

  it('stands on the console after the failure', () => {
    const text = only(consoleReport().writeRun?.(run, SAMPLE_RULES), STANDARD_OUTPUT);
    expect(text).toMatch(
      /R-1 sdi 3[^]*\n {2}tb-exception: test\.run: boom\n {6}at alu\/alu-env\.ts\(61\)\n/,
    );
  });

  it('stands in failure.md, which does not say that there is no verdict', () => {
    const text = only(failureReport().writeRun?.(run, SAMPLE_RULES), 'failure.md');
    expect(text).toContain('## tb-exception\n\nThis went wrong, too.');
    expect(text).not.toContain('without a verdict');
  });
});

describe('a testbench without a link', () => {
  const sample = sampleRun({ test: 'alu', seed: 7, verdict: 'FAIL' });
  const run = { ...sample, window: [], counts: { ...sample.counts, tlpsUp: 0, tlpsDown: 0 } };

  it('has no TLPs and no digest of them in its reports', () => {
    const text = only(consoleReport().writeRun?.(run, SAMPLE_RULES), STANDARD_OUTPUT);
    const page = only(failureReport().writeRun?.(run, SAMPLE_RULES), 'failure.md');
    for (const report of [text, page]) {
      expect(report).not.toMatch(/tlp/i);
      expect(report).toContain('digest of the draws: bb7');
    }
  });
});

describe('JUnit report', () => {
  it('is as it was', async () => {
    const text = only(junitReport().writeRegression?.(sampleRegression()), 'junit.xml');
    await expect(text).toMatchFileSnapshot(`${GOLDEN}/junit.xml`);
  });

  it('names the file that says more, and what broke after the first rule', () => {
    const sample = sampleRegression();
    const broken = [
      { rule: 'R-1', subjects: 1, count: 2, timePs: 5 },
      { rule: 'R-2', subjects: 3, count: 7, timePs: 9 },
    ];
    const runs = sample.runs.map((run) => (run.verdict === 'FAIL' ? { ...run, broken } : run));
    const text = only(junitReport().writeRegression?.({ ...sample, runs }), 'junit.xml');
    expect(text).toContain('\nthen broke: R-2 (7)\ndetails: runs/dma-7/failure.md]]></failure>');
    expect(text).toContain('\ndetails: runs/reset-1/failure.md]]></error>');
    expect(text).not.toMatch(/<testcase[^>]* time=/);
  });

  it('holds no skipped attribute on the root and no more than three decimals in times', () => {
    const text = only(junitReport().writeRegression?.(sampleRegression()), 'junit.xml');
    expect(/<testsuites[^>]*>/.exec(text)?.[0]).not.toContain('skipped');
    for (const [, time] of text.matchAll(/ time="([^"]*)"/g))
      expect(time).toMatch(/^\d+(\.\d{1,3})?$/);
  });

  it('gives the seed and the line that replays in the first line of each text', () => {
    const text = only(junitReport().writeRegression?.(sampleRegression()), 'junit.xml');
    expect(text).toContain('<![CDATA[seed 7: npx ridgeline run dma --seed 7\nR-1: sdi 3');
    expect(text).toContain(
      '<error message="the run phase is not over at 5 ns" type="tb-hung"><![CDATA[seed 1: npx',
    );
  });
});

describe('failure report', () => {
  it('of a broken rule', async () => {
    const text = only(failureReport().writeRun?.(hostileRun(), SAMPLE_RULES), 'failure.md');
    await expect(text).toMatchFileSnapshot(`${GOLDEN}/failure.md`);
  });

  it('of an error', async () => {
    const run = sampleRun({ test: 'dma', seed: 1, verdict: 'ERROR' });
    const text = only(failureReport().writeRun?.(run, SAMPLE_RULES), 'failure.md');
    await expect(text).toMatchFileSnapshot(`${GOLDEN}/error.md`);
  });

  it('of a run whose process died, which left nothing to compare', () => {
    const run = sampleRun({ test: 'dma', seed: 1, verdict: 'ERROR' });
    const died = { ...run, digests: { tlp: '', draws: '' }, window: [], operations: [] };
    const text = only(failureReport().writeRun?.(died, SAMPLE_RULES), 'failure.md');
    expect(text).toContain('The run ended without a verdict');
    expect(text).toContain('\n- it left no digests: ');
    expect(text).not.toContain('digests: tlp ,');
  });

  it('tell what a device in another process said, once', () => {
    const run = sampleRun({ test: 'dma', seed: 4, verdict: 'FAIL' });
    const wall = { seconds: 1, deviceLog: 'info: reset\n', deviceStandardError: 'a\nb\n' };
    const text = only(failureReport().writeRun?.({ ...run, wall }, SAMPLE_RULES), 'failure.md');
    expect(text).toContain('## What the device logged\n\n```\ninfo: reset\n```\n');
    expect(text).toContain('## What the device wrote to standard error\n\n```\na\nb\n```\n');
    const error = { code: 'dut-died', message: 'm', detail: 'a\nb\n' };
    const dead = { ...run, wall, error };
    const deadText = only(failureReport().writeRun?.(dead, SAMPLE_RULES), 'failure.md');
    expect(deadText).not.toContain('to standard error');
  });

  it('is not written for a run that passed', () => {
    const run = sampleRun({ test: 'dma', seed: 1, verdict: 'PASS' });
    expect(failureReport().writeRun?.(run, SAMPLE_RULES)).toEqual([]);
  });

  it('lets no text of a device end its block', () => {
    const text = only(failureReport().writeRun?.(hostileRun(), SAMPLE_RULES), 'failure.md');
    expect(text).toContain(
      '\n``````\nexpected 17\n         or more\nseen     18 <b>]]>\\u0007`````\n``````\n',
    );
  });
});

describe('JSON report', () => {
  it('writes a run that can be read back', () => {
    const run = hostileRun();
    expect(parseRunRecord(only(jsonReport().writeRun?.(run, SAMPLE_RULES), 'run.json'))).toEqual(
      run,
    );
  });

  it('writes a regression that can be read back', () => {
    const record = sampleRegression();
    const text = only(jsonReport().writeRegression?.(record), 'summary.json');
    expect(JSON.parse(text)).toEqual(record);
    expect(text.split('\n').length).toBeGreaterThan(20);
  });
});

describe('texts', () => {
  it('shows times with all their digits', () => {
    expect([0, 1, 12_250_000, 1_000_000_000_001].map(timeText)).toEqual([
      '0.000000 us',
      '0.000001 us',
      '12.250000 us',
      '1000000.000001 us',
    ]);
  });

  it('rounds no percentage up to 100', () => {
    expect([0, 33.333, 99.9999, 100, undefined, null].map(percentText)).toEqual([
      '0.00 %',
      '33.33 %',
      '99.99 %',
      '100.00 %',
      'n/a',
      'n/a',
    ]);
  });
});
