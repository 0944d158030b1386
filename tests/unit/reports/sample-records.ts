// Records for the tests of reports and sums: complete, small, without wall-clock time.
import type { CoverageRecord } from '#record/coverage-record';
import { REGRESSION_SCHEMA, type RegressionRecord } from '#record/regression-record';
import type { RuleInfo } from '#record/report-writer';
import { RUN_SCHEMA, type RunRecord, type Verdict } from '#record/run-record';
import { summarizeCoverage } from '#cover/summary';
import { ClosureSum } from '#run/closure-sum';
import { ConfigurationSum } from '#run/configuration-sum';
import { runSummary } from '#run/regression-sum';

export const SAMPLE_RULES: readonly RuleInfo[] = [
  { id: 'R-1', sentence: 'a byte is written once', source: 'guide §1', basis: 'SRD' },
  { id: 'R-2', sentence: 'nothing & <nobody> is "lost"', source: 'guide §2', basis: '' },
];

const FAILURES: RunRecord['failures'] = [
  {
    rule: 'R-1',
    timePs: 12_250_000,
    path: 'test.env.scoreboard',
    subject: 'sdi 3',
    expected: '17\nor more',
    seen: '18 <b>]]>\u0007`````',
    count: 2,
  },
  {
    rule: 'R-2',
    timePs: 13_000_000,
    path: 'test.env.scoreboard',
    subject: 'sdi 4',
    expected: 'yes',
    seen: 'no',
    count: 1,
  },
];

export const SAMPLE_COVERAGE: CoverageRecord = {
  groups: [
    {
      type: 'SizeCoverage',
      weight: 1,
      samples: 4,
      points: [
        {
          name: 'size',
          weight: 1,
          atLeast: 1,
          bins: ['small', 'large'],
          counts: [4, 0],
          defaultCount: 0,
          illegal: ['huge'],
          illegalCounts: [1],
        },
      ],
      crosses: [],
    },
  ],
};

/** A run with all fields; `sampleRun({ test, seed, verdict })`. */
export function sampleRun(what: { test: string; seed: number; verdict: Verdict }): RunRecord {
  const { test, seed, verdict } = what;
  const plain = { ...FAILURES[0], expected: '17', seen: '18' };
  return {
    schema: RUN_SCHEMA,
    test,
    seed,
    verdict,
    device: { name: 'sample', version: '1.2', dut: 'model', parameters: { width: 8 }, fault: null },
    code: { version: '0.1.0', commit: 'c0ffee', dirty: false },
    swarm: { tenants: 3, mood: 'calm' },
    digests: { tlp: `aa${seed}`, draws: `bb${seed}` },
    counts: { tlpsUp: 10 + seed, tlpsDown: 20, timePs: 1_500_000, operations: 2 },
    failures: verdict === 'FAIL' ? [plain] : [],
    error:
      verdict === 'ERROR'
        ? {
            code: 'tb-hung',
            message: 'the run phase is not over\nat 5 ns',
            detail: 'test waits\nfor an event',
          }
        : null,
    ...(verdict === 'SKIP' && { skipReason: 'wants width 64' }),
    evaluations: { 'R-1': seed + 1, 'R-2': 0 },
    coverage: SAMPLE_COVERAGE,
    operations: [
      {
        id: 0,
        lane: 'main',
        kind: 'copy',
        waitPs: 5,
        args: { sdi: 3, size: 'small' },
        outcome: 'done',
      },
      { id: 1, lane: 'main', kind: 'reset', waitPs: 0, args: {}, outcome: 'running' },
    ],
    window: [
      { direction: 'down', timePs: 12_000_000, text: 'MWr64 01:00.0', hex: '60000001' },
      { direction: 'up', timePs: 12_250_000, text: 'MRd32 01:00.3 tag 5', hex: '00000001' },
    ],
    replay: `npx ridgeline run ${test} --seed ${seed}`,
  };
}

/** A failure with everything that could upset a format. */
export function hostileRun(): RunRecord {
  const run = sampleRun({ test: 'dma', seed: 7, verdict: 'FAIL' });
  return { ...run, failures: FAILURES, device: { ...run.device, fault: 'rid-swap' } };
}

/** A regression of four runs, one of each verdict, and one with a hostile failure. */
export function sampleRegression(): RegressionRecord {
  const runs = [
    sampleRun({ test: 'dma', seed: 1, verdict: 'PASS' }),
    hostileRun(),
    sampleRun({ test: 'reset', seed: 1, verdict: 'ERROR' }),
    sampleRun({ test: 'reset', seed: 2, verdict: 'SKIP' }),
  ];
  const closure = new ClosureSum();
  const configuration = new ConfigurationSum();
  runs.forEach((run, index) => {
    closure.add(index, run.coverage);
    configuration.add(run);
  });
  return {
    schema: REGRESSION_SCHEMA,
    verdict: 'FAIL',
    stop: 'complete',
    baseSeed: 1,
    code: { version: '0.1.0', commit: 'c0ffee', dirty: true },
    device: { dut: 'model', name: 'sample', version: '1.2' },
    fault: 'rid-swap',
    profile: 'standard',
    askedParameters: { width: 8 },
    strict: false,
    tests: [
      {
        test: 'dma',
        planned: 7,
        runs: 2,
        pass: 1,
        fail: 1,
        error: 0,
        skip: 0,
        timePs: 3_000_000,
        coveragePercent: 50,
      },
      {
        test: 'reset',
        planned: 2,
        runs: 2,
        pass: 0,
        fail: 0,
        error: 1,
        skip: 1,
        timePs: 3_000_000,
        coveragePercent: null,
      },
    ],
    runs: runs.map((run) => runSummary(run)),
    rules: SAMPLE_RULES,
    evaluations: { 'R-1': 7, 'R-2': 0 },
    unevaluated: ['R-2'],
    coverage: SAMPLE_COVERAGE,
    coverageSummary: summarizeCoverage(SAMPLE_COVERAGE),
    closure: closure.record(SAMPLE_COVERAGE),
    configuration: configuration.record(),
    wall: {
      host: 'nowhere',
      startedUtc: '2026-01-02T03:04:05.000Z',
      seconds: 12.3456,
      jobs: 2,
      testSeconds: [10.98765, 1],
    },
  };
}
