// The record of one run, `ridgeline.run/1`: plain data, all that reports may see and everything
// needed to replay. Source: design, "Record". What depends on the machine stands only under `wall`.
import type { CoverageRecord } from './coverage-record.ts';
import type { OperationRecord } from './operation-log.ts';

export const RUN_SCHEMA = 'ridgeline.run/1';

/**
 * FAIL: the device broke a rule. ERROR: no verdict. SKIP: the device cannot take the test's
 * parameters.
 */
export const VERDICTS = ['PASS', 'FAIL', 'ERROR', 'SKIP'] as const;
/** One of `VERDICTS`. */
export type Verdict = (typeof VERDICTS)[number];

export type ParamValue = number | boolean | string;
export type ParamRecord = Readonly<Record<string, ParamValue>>;

export interface DeviceRecord {
  /** What the device calls itself. */
  readonly name: string;
  readonly version: string;
  /** The name in the configuration, or the address of a device outside: `exec:…`, `unix:…`, `tcp:…`. */
  readonly dut: string;
  /** Of a device outside: the name of the device in the configuration that bound it to the testbench. */
  readonly binding?: string;
  /** Of a device outside that was asked for it: per mille of time slots in which it was not let send, 0..900. */
  readonly stall?: number;
  /** The effective parameters, as the device said. */
  readonly parameters: ParamRecord;
  /** Name of the injected fault, or null. */
  readonly fault: string | null;
}

export interface CodeRecord {
  readonly version: string;
  readonly commit: string | null;
  readonly dirty: boolean;
}

export interface DigestRecord {
  /** Of all TLPs with their times, both directions. */
  readonly tlp: string;
  /** Of all random draws, in the order drawn. */
  readonly draws: string;
}

export interface CountsRecord {
  readonly tlpsUp: number;
  readonly tlpsDown: number;
  /** Simulated time at the end, ps. */
  readonly timePs: number;
  readonly operations: number;
}

/**
 * One broken rule and subject. The first of a run is its verdict; what follows is listed as
 * consequence.
 */
export interface FailureRecord {
  /** Rule identifier, `T-RID-4`. */
  readonly rule: string;
  /** Time of the first occurrence, ps. */
  readonly timePs: number;
  /** Full path of the component that saw it. */
  readonly path: string;
  /** What it is about: `sdi 3`. */
  readonly subject: string;
  readonly expected: string;
  readonly seen: string;
  /** Occurrences of the same rule and subject. */
  readonly count: number;
}

export interface ErrorRecord {
  /** `tb-exception`, `tb-misuse`, `tb-hung`, `solve-failed`, `run-hung`, `run-died`, or `dut-…`. */
  readonly code: string;
  readonly message: string;
  readonly detail: string;
}

/** One TLP of the window before the end. */
export interface WindowTlpRecord {
  readonly direction: 'up' | 'down';
  readonly timePs: number;
  readonly text: string;
  readonly hex: string;
}

/** What depends on the machine and the hour: never compared. */
export interface WallRecord {
  readonly [name: string]: ParamValue;
}

/** One run: everything that reports may see, and everything needed to replay it. */
export interface RunRecord {
  readonly schema: typeof RUN_SCHEMA;
  readonly test: string;
  /** The seed of the run, 0..2^53-1. */
  readonly seed: number;
  /** What became of the run. */
  readonly verdict: Verdict;
  readonly device: DeviceRecord;
  readonly code: CodeRecord;
  /** The configuration drawn from the seed before the first operation. */
  readonly swarm: ParamRecord;
  /** Equal digests: the same traffic, the same draws. */
  readonly digests: DigestRecord;
  readonly counts: CountsRecord;
  /** Broken rules, in the order in which they were seen first. */
  readonly failures: readonly FailureRecord[];
  /** With verdict ERROR: why there is none. With FAIL: what went wrong beside the broken rules. Null: nothing. */
  readonly error: ErrorRecord | null;
  /** With verdict SKIP: what the device cannot take. */
  readonly skipReason?: string;
  /** Evaluations by rule identifier; 0 for a rule that was never evaluated. */
  readonly evaluations: Readonly<Record<string, number>>;
  /** Hit counts of all coverage of the run. */
  readonly coverage: CoverageRecord;
  /** What was decided, lane by lane: enough to replay it. */
  readonly operations: readonly OperationRecord[];
  /** The last TLPs, oldest first. */
  readonly window: readonly WindowTlpRecord[];
  /** Content of the report files by name, if the testbench wrote any (the LOG action). */
  readonly logs?: Readonly<Record<string, string>>;
  /** The command line that reproduces the run. */
  readonly replay: string;
  readonly wall?: WallRecord;
}
