// A regression: plan, worker processes, the sum of all runs as a record. Source: design, "The promise", "Words"; issue "The
// command". The wall clock only decides when to stop starting runs, and is reported under `wall`.
import { hostname } from 'node:os';
import { exclusionsRecord, resolveExclusions } from '#cover/database/excluded-record';
import type { DatedExclusions } from '#cover/database/exclusions';
import { mergeCoverage } from '#cover/merge';
import { summarizeCoverage } from '#cover/summary';
import type { DutParams } from '#dut/dut-port';
import {
  REGRESSION_SCHEMA,
  type RegressionRecord,
  type RegressionStop,
  type TestSummary,
} from '#record/regression-record';
import type { RuleInfo } from '#record/report-writer';
import type { CodeRecord, RunRecord, Verdict } from '#record/run-record';
import { profileParameters, type RidgelineConfig } from './config.ts';
import { overruledParameters } from './configuration-sum.ts';
import { plannedTests, planRuns, type PlannedTest, type PlanRequest } from './plan.ts';
import { RegressionSum, TestSum } from './regression-sum.ts';
import type { RunSpec, StallChoice } from './run-spec.ts';
import { WorkerPool } from './worker-pool.ts';

export interface RegressionRequest extends PlanRequest {
  readonly device: string;
  readonly dut?: string | null;
  readonly stall?: StallChoice;
  readonly fault: string | null;
  readonly profile: string | null;
  readonly parameters: DutParams;
  readonly code: CodeRecord;
  readonly jobs: number;
  /** No run starts after so many seconds of wall-clock time; Infinity for no limit. */
  readonly secondsMax: number;
  /** The regression ends at this many FAILs; Infinity for no limit. */
  readonly failuresMax: number;
  readonly strict: boolean;
  readonly verbosity: number | null;
  readonly dutTimeoutSeconds: number;
  readonly wallSeconds?: number;
  /** File URL of the configuration, for the workers. */
  readonly configUrl: string;
  readonly reportFd: number | null;
  /** Bins that leave numerator and denominator of every percentage. */
  readonly exclusions?: DatedExclusions;
}

export interface RegressionEvents {
  onPlan?(tests: readonly PlannedTest[]): void;
  /** Runs end in any order. */
  onResult?(record: RunRecord, done: number, planned: number): void;
  /** The runs that count, whole records of those that did not pass, in plan order. */
  onSummed?(record: RunRecord): void;
}

/**
 * Does a regression. An abort kills the workers and sums up what is known.
 * @throws UsageError for a plan that cannot be.
 */
export async function runRegression(
  config: RidgelineConfig,
  request: RegressionRequest,
  events: RegressionEvents = {},
  signal?: AbortSignal,
): Promise<RegressionRecord> {
  const startedMs = Date.now();
  const tests = plannedTests(config, request);
  const specs = planRuns(tests, request.baseSeed).map((run) => runSpec(request, run));
  events.onPlan?.(tests);
  const rules = ruleTable(config);
  const sum = new RegressionSum({
    tests: tests.map(({ test }) => test),
    rules: rules.map(({ id }) => id),
    failuresMax: request.failuresMax,
    onSummed: (record) => events.onSummed?.(record),
    exclusions: request.exclusions,
  });
  let isLate = false;
  let done = 0;
  const pool = new WorkerPool(config, { ...request, isWhole: false });
  const abort = (): void => pool.kill();
  signal?.addEventListener('abort', abort);
  try {
    await pool.run(specs, {
      mayStart: () => {
        isLate ||= Date.now() - startedMs >= request.secondsMax * 1000;
        return !isLate && !sum.hasEnoughFailures;
      },
      onResult: (index, record) => {
        sum.add(index, record);
        events.onResult?.(record, ++done, specs.length);
      },
    });
  } finally {
    signal?.removeEventListener('abort', abort);
    pool.kill();
  }
  sum.close();
  const stop = stopReason(signal?.aborted === true, sum, isLate && done < specs.length);
  const seconds = (Date.now() - startedMs) / 1000;
  const asked = { ...profileParameters(config, request.profile), ...request.parameters };
  const record = regressionRecord(request, { tests, rules, sum, stop, asked });
  const wall = {
    host: hostname(),
    startedUtc: new Date(startedMs).toISOString(),
    seconds,
    jobs: request.jobs,
    testSeconds: [...sum.tests.values()].map((test) => test.seconds),
  };
  return { ...record, wall };
}

/** The rules of a configuration, in the order of their tables. */
export function ruleTable(config: RidgelineConfig): RuleInfo[] {
  const byId = new Map<string, RuleInfo>();
  for (const rules of config.rules) {
    for (const { id, sentence, source, basis } of Object.values(rules)) {
      byId.set(id, { id, sentence, source, basis });
    }
  }
  return [...byId.values()];
}

function runSpec(request: RegressionRequest, run: { test: string; seed: number }): RunSpec {
  const { device, dut = null, stall, fault, profile, parameters, code } = request;
  const { verbosity, dutTimeoutSeconds, wallSeconds } = request;
  const target = { device, dut, fault, profile, parameters };
  return {
    ...run,
    ...target,
    code,
    verbosity,
    dutTimeoutSeconds,
    ...(stall !== undefined && { stall }),
    ...(wallSeconds !== undefined && { wallSeconds }),
  };
}

function stopReason(isAborted: boolean, sum: RegressionSum, isLate: boolean): RegressionStop {
  if (isAborted) return 'interrupted';
  if (sum.isFull) return 'max-failures';
  return isLate ? 'time' : 'complete';
}

interface RegressionParts {
  readonly tests: readonly PlannedTest[];
  readonly rules: readonly RuleInfo[];
  readonly sum: RegressionSum;
  readonly stop: RegressionStop;
  /** Parameters that every run asks for. */
  readonly asked: DutParams;
}

function regressionRecord(request: RegressionRequest, parts: RegressionParts): RegressionRecord {
  const { tests, rules, sum, stop } = parts;
  const coverages = [...sum.tests.values()].map((test) => test.coverage.merged);
  const coverage = mergeCoverage(coverages);
  const { exclusions } = request;
  const hasExclusions = exclusions !== undefined && exclusions.list.length > 0;
  const excluded = hasExclusions ? resolveExclusions(coverage, exclusions) : undefined;
  const evaluations = Object.fromEntries([...sum.evaluations].sort(([a], [b]) => compare(a, b)));
  const unevaluated = Object.keys(evaluations).filter((rule) => evaluations[rule] === 0);
  const configuration = sum.configuration.record();
  const overruled = overruledParameters(parts.asked, configuration, sum.runs.length);
  return {
    schema: REGRESSION_SCHEMA,
    verdict: regressionVerdict(sum, request.strict && unevaluated.length > 0, request.strict),
    stop,
    baseSeed: request.baseSeed,
    code: request.code,
    device: {
      dut: request.dut ?? request.device,
      name: sum.device?.name ?? '',
      version: sum.device?.version ?? '',
    },
    fault: request.fault,
    profile: request.profile,
    askedParameters: request.parameters,
    ...(overruled.length > 0 && { overruledParameters: overruled }),
    strict: request.strict,
    tests: tests.map((test, index) => {
      const { percent } = summarizeCoverage(coverages[index], { holesMax: 0, excluded });
      return testSummary(test, sum, percent);
    }),
    runs: sum.runs,
    rules,
    evaluations,
    unevaluated,
    coverage,
    coverageSummary: summarizeCoverage(coverage, { excluded }),
    ...(excluded !== undefined && { exclusions: exclusionsRecord(coverage, excluded) }),
    closure: sum.closure.record(coverage),
    configuration,
  };
}

function testSummary(
  { test, runs: planned }: PlannedTest,
  sum: RegressionSum,
  coveragePercent: number | null,
): TestSummary {
  const { verdicts, runs, timePs } = sum.tests.get(test) ?? new TestSum();
  return {
    test,
    planned,
    runs,
    pass: verdicts.PASS,
    fail: verdicts.FAIL,
    error: verdicts.ERROR,
    skip: verdicts.SKIP,
    timePs,
    coveragePercent,
  };
}

/** FAIL above ERROR above SKIP; `--strict` makes a rule that was never evaluated, or a skipped run, a FAIL. */
function regressionVerdict(sum: RegressionSum, isRuleIdle: boolean, isStrict: boolean): Verdict {
  const counts = { PASS: 0, FAIL: 0, ERROR: 0, SKIP: 0 };
  for (const { verdict } of sum.runs) counts[verdict]++;
  if (counts.FAIL > 0) return 'FAIL';
  if (counts.ERROR > 0) return 'ERROR';
  if (isRuleIdle || (isStrict && counts.SKIP > 0)) return 'FAIL';
  return counts.PASS > 0 ? 'PASS' : 'SKIP';
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
