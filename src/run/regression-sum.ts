// Sums up the runs of a regression in plan order, whatever the order in which they end. Source: design decision 1: the
// same result at any `--jobs`. Results wait until all before them are in; with `--max-failures N` the sum ends at the N-th
// FAIL in plan order, so that it does not depend on what else was under way.
import { assert } from '#base/assert';
import type { DatedExclusions } from '#cover/database/exclusions';
import { mergeCoverage } from '#cover/merge';
import type { CoverageRecord } from '#record/coverage-record';
import type { BrokenRule, RunSummary } from '#record/regression-record';
import type { RunRecord } from '#record/run-record';
import { ClosureSum } from './closure-sum.ts';
import { ConfigurationSum } from './configuration-sum.ts';

const COVERAGE_PER_MERGE = 16;

/** What the runs of one test have come to. */
export class TestSum {
  readonly verdicts = { PASS: 0, FAIL: 0, ERROR: 0, SKIP: 0 };
  timePs = 0;
  seconds = 0;
  readonly coverage = new CoverageSum();

  get runs(): number {
    const { PASS, FAIL, ERROR, SKIP } = this.verdicts;
    return PASS + FAIL + ERROR + SKIP;
  }
}

/** Merges coverage a few records at a time, so that a long regression does not hold all of them. */
export class CoverageSum {
  private waiting: CoverageRecord[] = [];

  add(record: CoverageRecord): void {
    this.waiting.push(record);
    if (this.waiting.length >= COVERAGE_PER_MERGE) this.waiting = [mergeCoverage(this.waiting)];
  }

  get merged(): CoverageRecord {
    return mergeCoverage(this.waiting);
  }
}

export interface SumOptions {
  readonly tests: readonly string[];
  /** Ids of all rules of the configuration. */
  readonly rules: readonly string[];
  /** FAILs at which the sum ends; Infinity for never. */
  readonly failuresMax: number;
  readonly onSummed?: ((record: RunRecord) => void) | undefined;
  /** Bins that count for nothing in the closure. */
  readonly exclusions?: DatedExclusions | undefined;
}

export class RegressionSum {
  readonly runs: RunSummary[] = [];
  readonly tests = new Map<string, TestSum>();
  readonly evaluations = new Map<string, number>();
  readonly closure: ClosureSum;
  readonly configuration = new ConfigurationSum();
  device: RunRecord['device'] | undefined;
  private readonly pending = new Map<number, RunRecord>();
  private readonly failuresMax: number;
  private nextIndex = 0;
  private failures = 0;
  /** FAILs among all results, in plan order or not. */
  private failuresSeen = 0;

  private readonly onSummed: ((record: RunRecord) => void) | undefined;

  /** Gives each result to `onSummed` in plan order, those that count only. */
  constructor(options: SumOptions) {
    this.failuresMax = options.failuresMax;
    this.onSummed = options.onSummed;
    this.closure = new ClosureSum(options.exclusions);
    for (const test of options.tests) this.tests.set(test, new TestSum());
    for (const rule of options.rules) this.evaluations.set(rule, 0);
  }

  /** As many FAILs as were asked for are in: no further run needs to start. */
  get hasEnoughFailures(): boolean {
    return this.failuresSeen >= this.failuresMax;
  }

  /** The sum ended at the last FAIL that was asked for. */
  get isFull(): boolean {
    return this.failures >= this.failuresMax;
  }

  /** The result of run `index` of the plan. */
  add(index: number, record: RunRecord): void {
    assert(index >= this.nextIndex && !this.pending.has(index), 'a run has one result');
    if (record.verdict === 'FAIL') this.failuresSeen++;
    this.pending.set(index, record);
    for (let next = this.takePending(); next !== undefined; next = this.takePending()) {
      this.sumUp(next);
    }
  }

  /** Nothing more will come: what waits for runs that were never done is summed up, in plan order. */
  close(): void {
    const waiting = [...this.pending.entries()].sort(([a], [b]) => a - b);
    this.pending.clear();
    for (const [, record] of waiting) this.sumUp(record);
  }

  private takePending(): RunRecord | undefined {
    const record = this.pending.get(this.nextIndex);
    if (record !== undefined) this.pending.delete(this.nextIndex++);
    return record;
  }

  private sumUp(record: RunRecord): void {
    if (this.isFull) return;
    const { test, verdict, counts } = record;
    if (verdict === 'FAIL') this.failures++;
    if (record.device.version !== '') this.device ??= record.device;
    this.closure.add(this.runs.length, record.coverage);
    this.configuration.add(record);
    this.runs.push(runSummary(record));
    for (const [rule, count] of Object.entries(record.evaluations)) {
      this.evaluations.set(rule, (this.evaluations.get(rule) ?? 0) + count);
    }
    const sum = this.tests.get(test);
    assert(sum !== undefined, 'a result is of a planned test');
    sum.verdicts[verdict]++;
    sum.timePs += counts.timePs;
    sum.seconds += Number(record.wall?.['seconds'] ?? 0);
    sum.coverage.add(record.coverage);
    this.onSummed?.(record);
  }
}

/** A run as a regression lists it. */
export function runSummary(record: RunRecord): RunSummary {
  const { test, seed, verdict, digests, counts, replay } = record;
  return {
    test,
    seed,
    verdict,
    cause: causeOf(record),
    reason: reasonOf(record),
    ...(record.failures.length > 0 && { broken: brokenRules(record) }),
    digests,
    counts,
    replay,
  };
}

/** Failures by rule, in the order in which the rules broke first. */
function brokenRules({ failures }: RunRecord): BrokenRule[] {
  const rules = [...new Set(failures.map(({ rule }) => rule))];
  return rules.map((rule) => {
    const own = failures.filter((failure) => failure.rule === rule);
    return {
      rule,
      subjects: new Set(own.map(({ subject }) => subject)).size,
      count: own.reduce((sum, { count }) => sum + count, 0),
      timePs: own[0].timePs,
    };
  });
}

function causeOf({ verdict, failures, error }: RunRecord): string {
  if (verdict === 'FAIL') return failures[0].rule;
  return verdict === 'ERROR' ? (error?.code ?? '') : '';
}

function reasonOf({ verdict, failures, error, skipReason }: RunRecord): string {
  if (verdict === 'FAIL') {
    const { subject, expected, seen } = failures[0];
    return oneLine(`${subject}: expected ${expected}, seen ${seen}`);
  }
  if (verdict === 'ERROR') return oneLine(error?.message ?? '');
  return verdict === 'SKIP' ? oneLine(skipReason ?? '') : '';
}

const REASON_TEXT_MAX = 300;

function oneLine(text: string): string {
  const line = text.replaceAll(/\s*\n\s*/g, ' ');
  return line.length <= REASON_TEXT_MAX ? line : `${line.slice(0, REASON_TEXT_MAX)}…`;
}
