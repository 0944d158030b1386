// How the merged coverage of a regression grew, run by run, and which run was the first to hit each bin. Plain data of a
// `ridgeline.regression/1`. Source: design, "Record"; percentages as in `coverage-record` (semantics §3).
//
// Everything is sparse or aligned with `coverage` of the same record, so that it stays small at ten thousand runs: most runs
// add nothing, and no name is written twice. A run is known by its index in `runs`.

/** First hit of a bin that no run has hit. */
export const NEVER_HIT = -1;

export interface ClosureRecord {
  /** Merged coverage over all groups. */
  readonly overall: ClosureCurve;
  /** One per group of `coverage`, in its order. */
  readonly groups: readonly GroupClosure[];
}

/** A step function: from run `runs[i]` on the merged coverage is `percents[i]`; before the first there is none. */
export interface ClosureCurve {
  /** Ascending indices of the runs after which the percentage was another one. */
  readonly runs: readonly number[];
  /** 0..100, exactly what a merge up to that run gives; null when nothing was countable. */
  readonly percents: readonly (number | null)[];
}

export interface GroupClosure {
  readonly type: string;
  readonly curve: ClosureCurve;
  /** Per coverpoint, per bin: index of the run that hit it first, or NEVER_HIT. */
  readonly points: readonly (readonly number[])[];
  readonly crosses: readonly CrossFirstHits[];
}

export interface CrossFirstHits {
  /** One per pair of the cross's `hits`, in its order: index of the run that hit that tuple first. */
  readonly hits: readonly number[];
  /** One per bin that the author named. */
  readonly bins: readonly number[];
}
