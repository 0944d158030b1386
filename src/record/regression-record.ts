// The record of a regression, `ridgeline.regression/1`: plain data, all that reports may see. Source: design, "Record".
// Host names and durations stand only under `wall`, so that everything else is the same on any machine.
import type { ClosureRecord } from './closure-record.ts';
import type { ConfigurationRecord } from './configuration-record.ts';
import type { CoverageRecord, CoverageSummary } from './coverage-record.ts';
import type { ExclusionsRecord } from './exclusion-record.ts';
import type { RuleInfo } from './report-writer.ts';
import type { CodeRecord, ParamRecord, ParamValue, RunRecord, Verdict } from './run-record.ts';

export const REGRESSION_SCHEMA = 'ridgeline.regression/1';

/** One run in the list of a regression; the whole record of one that did not pass is in `run.json` beside it. */
export type RunSummary = Pick<
  RunRecord,
  'test' | 'seed' | 'verdict' | 'digests' | 'counts' | 'replay'
> & {
  /** One line: rule and what was seen, or code and message, or the reason of a skip; empty for PASS. */
  readonly reason: string;
  /** Rule id of a FAIL, code of an ERROR; empty otherwise. */
  readonly cause: string;
  /** Every rule that the run broke, by the time of its first failure; absent where none was broken. */
  readonly broken?: readonly BrokenRule[];
};

/** What one run's failures under one rule come to. */
export interface BrokenRule {
  readonly rule: string;
  /** Different subjects: `sdi 3`, `sdi 4`. */
  readonly subjects: number;
  /** Occurrences over all subjects. */
  readonly count: number;
  /** Simulated time of the first one, ps. */
  readonly timePs: number;
}

export interface TestSummary {
  readonly test: string;
  /** Runs that were asked for. */
  readonly planned: number;
  readonly runs: number;
  readonly pass: number;
  readonly fail: number;
  readonly error: number;
  readonly skip: number;
  /** Simulated time of all its runs, picoseconds. */
  readonly timePs: number;
  /** Coverage that its own runs reached, 0..100; null when nothing is countable. */
  readonly coveragePercent: number | null;
}

/** A parameter of `--param` or `--profile` that runs did not have. */
export interface OverruledParameter {
  readonly name: string;
  readonly asked: ParamValue;
  /** Different values that runs had in its place, in the order of the runs. */
  readonly had: readonly ParamValue[];
  /** Number of these runs. */
  readonly runs: number;
}

/** Why a regression did not do all its runs. */
export type RegressionStop = 'complete' | 'interrupted' | 'time' | 'max-failures';

export interface RegressionRecord {
  readonly schema: typeof REGRESSION_SCHEMA;
  readonly verdict: Verdict;
  readonly stop: RegressionStop;
  readonly baseSeed: number;
  readonly code: CodeRecord;
  /** Name of the device in the configuration, and what it calls itself ('' while unknown). */
  readonly device: { readonly dut: string; readonly name: string; readonly version: string };
  readonly fault: string | null;
  readonly profile: string | null;
  /** What `--param` asked for; what the runs had stands in `configuration`. */
  readonly askedParameters: ParamRecord;
  /** Parameters that were asked for and that the device has not taken (DUT protocol, HELLO_OK); absent where there are none. */
  readonly overruledParameters?: readonly OverruledParameter[];
  /** `--strict`: a rule never evaluated or a skipped run fails the regression. */
  readonly strict: boolean;
  readonly tests: readonly TestSummary[];
  /** In plan order. */
  readonly runs: readonly RunSummary[];
  readonly rules: readonly RuleInfo[];
  /** Evaluations by rule id, every rule of the configuration among them. */
  readonly evaluations: Readonly<Record<string, number>>;
  /** Rules that were never evaluated. */
  readonly unevaluated: readonly string[];
  readonly coverage: CoverageRecord;
  readonly coverageSummary: CoverageSummary;
  /** What the percentages leave out, and which exclusions were dropped; absent where there are no exclusions. */
  readonly exclusions?: ExclusionsRecord;
  /** Growth of the merged coverage, first hits of bins; absent in records of older versions. */
  readonly closure?: ClosureRecord;
  /** Swarm and device parameters of the runs; absent in records of older versions. */
  readonly configuration?: ConfigurationRecord;
  readonly wall?: RegressionWall;
}

/** What depends on the machine. */
export interface RegressionWall {
  readonly host: string;
  readonly startedUtc: string;
  readonly seconds: number;
  readonly jobs: number;
  /** Seconds spent in the runs of each test, in the order of `tests`. */
  readonly testSeconds: readonly number[];
}
