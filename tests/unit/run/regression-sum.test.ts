// The sum of a regression does not depend on the order in which runs end (design decision 1).
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunRecord, Verdict } from '#record/run-record';
import { RegressionSum, runSummary } from '#run/regression-sum';
import { sampleRun } from '../reports/sample-records.ts';

function runs(verdicts: readonly Verdict[]): RunRecord[] {
  return verdicts.map((verdict, seed) => sampleRun({ test: `t${seed % 2}`, seed, verdict }));
}

function sumOf(
  results: readonly RunRecord[],
  order: readonly number[],
  failuresMax = Infinity,
): string {
  const summed: number[] = [];
  const sum = new RegressionSum({
    tests: ['t0', 't1'],
    rules: ['R-1', 'R-2'],
    failuresMax,
    onSummed: ({ seed }) => summed.push(seed),
  });
  for (const index of order) {
    sum.add(index, results[index]);
  }
  sum.close();
  const tests = [...sum.tests].map(([test, { verdicts, timePs, coverage }]) => ({
    test,
    verdicts,
    timePs,
    coverage: coverage.merged,
  }));
  expect(sum.runs.map(({ seed }) => seed)).toEqual(summed);
  return JSON.stringify({ runs: sum.runs, tests, evaluations: [...sum.evaluations] });
}

const verdicts = fc.array(fc.constantFrom<Verdict>('PASS', 'FAIL', 'ERROR', 'SKIP'), {
  minLength: 1,
  maxLength: 40,
});

describe('RegressionSum', () => {
  it('is the same in any order', () => {
    const cases = verdicts.chain((list) =>
      fc.tuple(
        fc.constant(list),
        fc.shuffledSubarray([...list.keys()], { minLength: list.length, maxLength: list.length }),
      ),
    );
    fc.assert(
      fc.property(cases, fc.integer({ min: 1, max: 5 }), ([list, order], failuresMax) => {
        const results = runs(list);
        const inOrder = [...list.keys()];
        expect(sumOf(results, order)).toBe(sumOf(results, inOrder));
        expect(sumOf(results, order, failuresMax)).toBe(sumOf(results, inOrder, failuresMax));
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  it('ends at the N-th FAIL in plan order', () => {
    const results = runs(['PASS', 'ERROR', 'FAIL', 'PASS', 'FAIL', 'PASS']);
    const sum = new RegressionSum({ tests: ['t0', 't1'], rules: [], failuresMax: 1 });
    sum.add(4, results[4]);
    expect(sum.hasEnoughFailures).toBe(true);
    expect(sum.isFull).toBe(false);
    for (const index of [0, 1, 2, 3]) sum.add(index, results[index]);
    expect(sum.isFull).toBe(true);
    expect(sum.runs.map(({ seed }) => seed)).toEqual([0, 1, 2]);
  });

  it('keeps what is known when runs before it were never done', () => {
    const results = runs(['PASS', 'PASS', 'FAIL']);
    const sum = new RegressionSum({ tests: ['t0', 't1'], rules: [], failuresMax: Infinity });
    sum.add(2, results[2]);
    sum.add(0, results[0]);
    sum.close();
    expect(sum.runs.map(({ seed }) => seed)).toEqual([0, 2]);
  });

  it('takes one result per run', () => {
    const sum = new RegressionSum({ tests: ['t0'], rules: [], failuresMax: Infinity });
    const [run] = runs(['PASS']);
    sum.add(0, run);
    expect(() => sum.add(0, run)).toThrow(/one result/);
  });

  it('adds evaluations up, with 0 for a rule that no run has', () => {
    const [run] = runs(['PASS']);
    const sum = new RegressionSum({ tests: ['t0'], rules: ['R-1', 'R-9'], failuresMax: Infinity });
    sum.add(0, run);
    sum.add(1, run);
    expect(Object.fromEntries(sum.evaluations)).toMatchObject({
      'R-1': 2 * run.evaluations['R-1'],
      'R-9': 0,
    });
  });
});

describe('runSummary', () => {
  it('counts what was broken by rule, in the order in which the rules broke', () => {
    const run = sampleRun({ test: 't', seed: 1, verdict: 'FAIL' });
    const [first] = run.failures;
    const failures = [
      first,
      { ...first, rule: 'R-2', timePs: 20_000_000, count: 1 },
      { ...first, subject: 'sdi 9', timePs: 30_000_000, count: 5 },
    ];
    expect(runSummary({ ...run, failures }).broken).toEqual([
      { rule: 'R-1', subjects: 2, count: 7, timePs: 12_250_000 },
      { rule: 'R-2', subjects: 1, count: 1, timePs: 20_000_000 },
    ]);
    expect(runSummary(sampleRun({ test: 't', seed: 1, verdict: 'PASS' }))).not.toHaveProperty(
      'broken',
    );
  });

  it('says in one line why a run did not pass', () => {
    const texts = (['PASS', 'FAIL', 'ERROR', 'SKIP'] as const).map((verdict) => {
      const { cause, reason } = runSummary(sampleRun({ test: 't', seed: 1, verdict }));
      return [cause, reason];
    });
    expect(texts).toEqual([
      ['', ''],
      ['R-1', 'sdi 3: expected 17, seen 18'],
      ['tb-hung', 'the run phase is not over at 5 ns'],
      ['', 'wants width 64'],
    ]);
  });
});
