// Regressions for the tests of the closure page: coverage of every kind, and one of any size.
import { exclusionsRecord, resolveExclusions } from '#cover/database/excluded-record';
import { patternHash, type DatedExclusions, type Exclusion } from '#cover/database/exclusions';
import { summarizeCoverage } from '#cover/summary';
import type { CoverageRecord, CovergroupRecord, CoverpointRecord } from '#record/coverage-record';
import { REGRESSION_SCHEMA, type RegressionRecord } from '#record/regression-record';
import type { RunRecord, Verdict } from '#record/run-record';
import { ClosureSum } from '#run/closure-sum';
import { ConfigurationSum } from '#run/configuration-sum';
import { mergeCoverage } from '#cover/merge';
import { runSummary } from '#run/regression-sum';
import { pagePayload } from '#reports/page-payload';
import { unpack, type Regression } from '#reports/page/unpack';
import { SAMPLE_RULES, sampleRun } from './sample-records.ts';

export function point(
  name: string,
  counts: Readonly<Record<string, number>>,
  more: Partial<CoverpointRecord> = {},
): CoverpointRecord {
  return {
    name,
    weight: 1,
    atLeast: 1,
    bins: Object.keys(counts),
    counts: Object.values(counts),
    defaultCount: 0,
    illegal: [],
    illegalCounts: [],
    ...more,
  };
}

/**
 * A group with a coverpoint that has a hole, a low bin and illegal bins, one that has nothing countable, and a cross of which
 * one tuple is excluded and one bin has a name.
 */
export const EVERY_KIND: CovergroupRecord = {
  type: 'KindCoverage',
  weight: 1,
  samples: 12,
  points: [
    point(
      'size',
      { small: 5, large: 1, huge: 0 },
      { atLeast: 2, defaultCount: 3, illegal: ['odd', 'even'], illegalCounts: [2, 0] },
    ),
    point('way', { up: 4, down: 2 }),
    point('nothing', {}),
  ],
  crosses: [
    {
      name: 'sizeByWay',
      weight: 1,
      atLeast: 1,
      axes: [
        { name: 'size', point: 'size' },
        { name: 'way', point: 'way' },
      ],
      // Tuple 5 is "size=huge way=down".
      excluded: [5, 1],
      hits: [0, 3, 2, 1],
      bins: ['special'],
      counts: [4],
      illegalCount: 0,
    },
  ],
};

/** Exclusions of bins of EVERY_KIND: two that hold, one that was hit, one past its day, one of another model. */
export const EXCLUSIONS: DatedExclusions = {
  today: '2026-06-15',
  list: [
    exclusionOf('KindCoverage/size/huge', { expires: '2026-12-31', proof: 'size <= 4 always' }),
    exclusionOf('KindCoverage/sizeByWay/size=huge*', { owner: 'bob' }),
    exclusionOf('KindCoverage/way/up'),
    exclusionOf('KindCoverage/way/down', { expires: '2026-06-14' }),
    exclusionOf('KindCoverage/size/large', { model: '00' }),
  ],
};

function exclusionOf(path: string, more: Partial<Exclusion> = {}): Exclusion {
  const model = patternHash({ groups: [EVERY_KIND] }, path);
  return { path, reason: 'cannot <b>happen</b>', owner: 'ann', model, ...more };
}

export interface PageRun {
  readonly verdict: Verdict;
  readonly test?: string;
  readonly coverage?: CoverageRecord;
  readonly swarm?: RunRecord['swarm'];
  readonly rule?: string;
}

/** A regression of the runs given, seeds from 1; its coverage is that of its runs. */
export function regressionOf(
  runs: readonly PageRun[],
  exclusions?: DatedExclusions,
): RegressionRecord {
  const closure = new ClosureSum(exclusions);
  const configuration = new ConfigurationSum();
  const records = runs.map(({ verdict, test = 'dma', coverage, swarm, rule }, index) => {
    const run = sampleRun({ test, seed: index + 1, verdict });
    const record: RunRecord = {
      ...run,
      coverage: coverage ?? { groups: [] },
      swarm: swarm ?? {},
      failures: run.failures.map((failure) => ({ ...failure, rule: rule ?? failure.rule })),
    };
    closure.add(index, record.coverage);
    configuration.add(record);
    return record;
  });
  const merged = mergeCoverage(records.map(({ coverage }) => coverage));
  const excluded = exclusions && resolveExclusions(merged, exclusions);
  const count = (wanted: Verdict): number =>
    records.filter(({ verdict }) => verdict === wanted).length;
  const summary = {
    test: 'dma',
    planned: runs.length,
    runs: runs.length,
    pass: count('PASS'),
    fail: count('FAIL'),
    error: count('ERROR'),
    skip: count('SKIP'),
    timePs: 1_500_000 * runs.length,
    coveragePercent: summarizeCoverage(merged, { excluded }).percent,
  };
  return {
    schema: REGRESSION_SCHEMA,
    verdict: count('FAIL') > 0 ? 'FAIL' : count('ERROR') > 0 ? 'ERROR' : 'PASS',
    stop: 'complete',
    baseSeed: 1,
    code: { version: '0.1.0', commit: 'c0ffee', dirty: false },
    device: { dut: 'model', name: 'sample', version: '1.2' },
    fault: null,
    profile: null,
    askedParameters: {},
    strict: false,
    tests: [summary],
    runs: records.map((record) => runSummary(record)),
    rules: SAMPLE_RULES,
    evaluations: { 'R-1': 7, 'R-2': 0 },
    unevaluated: ['R-2'],
    coverage: merged,
    coverageSummary: summarizeCoverage(merged, { excluded }),
    ...(excluded !== undefined && { exclusions: exclusionsRecord(merged, excluded) }),
    closure: closure.record(merged),
    configuration: configuration.record(),
  };
}

/** As the page has it after its payload went through JSON. */
export function asPage(record: RegressionRecord): Regression {
  return unpack(JSON.parse(JSON.stringify(pagePayload(record))) as ReturnType<typeof pagePayload>);
}

const LARGE_GROUPS = 50;
const LARGE_TESTS = ['lifecycle', 'dma', 'reset', 'mixed-iov', 'interrupts'];

/** Any number of runs and bins: half of the bins in coverpoints, half in crosses; one run in 50 fails. */
export function largeRegression(runCount: number, binCount: number): RegressionRecord {
  const perPoint = Math.ceil(binCount / LARGE_GROUPS / 2);
  const side = Math.round(Math.sqrt(perPoint));
  const names = (count: number, prefix: string): string[] =>
    Array.from({ length: count }, (_, bin) => `${prefix}${bin}`);
  const groups = Array.from({ length: LARGE_GROUPS }, (_, at): CovergroupRecord => {
    const isHit = (bin: number): boolean => (bin * 7 + at) % 11 !== 0;
    const counts = (bins: readonly string[]): number[] =>
      bins.map((_name, bin) => (isHit(bin) ? ((bin * 31 + at) % 500) + 1 : 0));
    const tuples = Array.from({ length: side * side }, (_tuple, index) => index);
    return {
      type: `Group${String(at).padStart(2, '0')}Coverage`,
      weight: 1,
      samples: runCount,
      points: [
        point('many', Object.fromEntries(names(perPoint, 'bin').map((name) => [name, 0]))),
        point('x', Object.fromEntries(names(side, 'x').map((name) => [name, 1]))),
        point('y', Object.fromEntries(names(side, 'y').map((name) => [name, 1]))),
      ].map((one) => (one.name === 'many' ? { ...one, counts: counts(one.bins) } : one)),
      crosses: [
        {
          name: 'xByY',
          weight: 1,
          atLeast: 1,
          axes: [
            { name: 'x', point: 'x' },
            { name: 'y', point: 'y' },
          ],
          excluded: [],
          hits: tuples.filter(isHit).flatMap((tuple) => [tuple, ((tuple * 13) % 900) + 1]),
          bins: [],
          counts: [],
          illegalCount: 0,
        },
      ],
    };
  });
  return withRuns({ groups }, runCount);
}

function withRuns(coverage: CoverageRecord, runCount: number): RegressionRecord {
  const firstRun = (bin: number, at: number): number =>
    (bin * 37 + at * 11) % Math.min(runCount, 2000);
  const runs = Array.from({ length: runCount }, (_, index) => {
    const verdict: Verdict = index % 50 === 17 ? 'FAIL' : 'PASS';
    const test = LARGE_TESTS[index % LARGE_TESTS.length];
    const run = runSummary(sampleRun({ test, seed: index + 1, verdict }));
    const digest = (index + 1).toString(16).padStart(64, '0');
    return { ...run, digests: { tlp: digest, draws: digest } };
  });
  const summary = summarizeCoverage(coverage);
  const steps = Array.from({ length: Math.min(runCount, 2000) }, (_, run) => run);
  const curve = {
    runs: steps,
    percents: steps.map((run) => (90 * (run + 1)) / steps.length),
  };
  return {
    ...regressionOf([]),
    verdict: 'FAIL',
    runs,
    coverage,
    coverageSummary: summary,
    tests: LARGE_TESTS.map((test) => {
      const own = runs.filter((run) => run.test === test);
      const fail = own.filter(({ verdict }) => verdict === 'FAIL').length;
      const counts = { planned: own.length, runs: own.length, pass: own.length - fail, fail };
      return { test, ...counts, error: 0, skip: 0, timePs: 1, coveragePercent: 50 };
    }),
    closure: {
      overall: curve,
      groups: coverage.groups.map((group, at) => ({
        type: group.type,
        curve,
        points: group.points.map(({ counts }) =>
          counts.map((count, bin) => (count === 0 ? -1 : firstRun(bin, at))),
        ),
        crosses: group.crosses.map(({ hits }) => ({
          hits: hits.filter((_, index) => index % 2 === 0).map((tuple) => firstRun(tuple, at)),
          bins: [],
        })),
      })),
    },
    configuration: {
      swarm: Array.from({ length: 50 }, (_, column) => ({
        name: `swarm.column${column}`,
        values: runs.map((_run, index) => (index * (column + 3)) % (column + 2)),
      })),
      parameters: [{ name: 'width', values: [8] }],
    },
  };
}
