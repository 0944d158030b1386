// What the closure page carries in it: a regression record, with its long lists in columns. Written by `html-report`, read by
// `unpack`; a name stands in it once, however many runs or bins have it. Types only: the writer imports them as such.
import type { ClosureRecord } from '#record/closure-record';
import type { CoverageRecord } from '#record/coverage-record';
import type { ExclusionsRecord } from '#record/exclusion-record';
import type { BrokenRule, RegressionRecord, TestSummary } from '#record/regression-record';
import type { RuleInfo } from '#record/report-writer';
import type { ParamValue, Verdict } from '#record/run-record';

/** The values of one column, one per run: all alike, or as they are, or as indices into the different ones. */
export type Packed<T> =
  | { readonly same: T }
  | { readonly list: readonly T[] }
  | { readonly words: readonly T[]; readonly at: readonly number[] };

/** The record but for what is packed below. */
export type PayloadHead = Pick<
  RegressionRecord,
  | 'verdict'
  | 'stop'
  | 'baseSeed'
  | 'code'
  | 'device'
  | 'fault'
  | 'profile'
  | 'askedParameters'
  | 'overruledParameters'
  | 'strict'
  | 'wall'
>;

export interface Payload {
  readonly head: PayloadHead;
  readonly tests: readonly TestSummary[];
  readonly rules: readonly RulePayload[];
  readonly runs: RunColumns;
  readonly coverage: CoverageRecord;
  readonly summary: SummaryPayload;
  /** Null in records of older versions. */
  readonly closure: ClosureRecord | null;
  /** Null where there are none. */
  readonly exclusions: ExclusionsRecord | null;
  readonly swarm: readonly ColumnPayload[];
  readonly parameters: readonly ColumnPayload[];
}

export interface RulePayload extends RuleInfo {
  readonly evaluations: number;
}

export interface RunColumns {
  readonly count: number;
  readonly test: Packed<string>;
  readonly seed: Packed<number>;
  readonly verdict: Packed<Verdict>;
  readonly cause: Packed<string>;
  readonly reason: Packed<string>;
  readonly tlpDigest: Packed<string>;
  readonly drawsDigest: Packed<string>;
  readonly tlpsUp: Packed<number>;
  readonly tlpsDown: Packed<number>;
  readonly timePs: Packed<number>;
  readonly operations: Packed<number>;
  /** With `replayMark` in the place of `TEST --seed SEED`: then most are alike. */
  readonly replay: Packed<string>;
  readonly replayMark: string;
  /** Pairs of run index and what it broke; runs that broke nothing have none. */
  readonly broken: readonly (readonly [number, readonly BrokenRule[]])[];
}

/** Percentages and numbers of bins; names and counts stand in `coverage`. */
export interface SummaryPayload {
  readonly percent: number | null;
  readonly groups: readonly {
    readonly percent: number | null;
    /** Coverpoints, then crosses. */
    readonly items: readonly ItemPayload[];
  }[];
}

export interface ItemPayload {
  readonly percent: number | null;
  readonly covered: number;
  readonly bins: number;
}

export interface ColumnPayload {
  readonly name: string;
  readonly values: Packed<ParamValue | null>;
}
