/**
 * Coverage as plain data: what one run or a merge of many has counted, and its summary (semantics §3; design, "Record").
 * Written and merged by `src/cover`; reports read the summary.
 *
 * Bins are known by their semantic path, never by an index: covergroup type, item, bin name; for a cross, the bin names of its
 * axes. Counts of coverpoints stand beside their names; those of crosses are sparse, because most tuples are cold and a
 * record travels from a worker after each run.
 */

export interface CoverageRecord {
  /** One per covergroup type, sorted by type; instances are united (the standard's merge_instances = 1). */
  readonly groups: readonly CovergroupRecord[];
}

export interface CovergroupRecord {
  readonly type: string;
  readonly weight: number;
  /** How often it was sampled. */
  readonly samples: number;
  readonly points: readonly CoverpointRecord[];
  readonly crosses: readonly CrossRecord[];
}

export interface CoverpointRecord {
  readonly name: string;
  readonly weight: number;
  /** A bin counts as covered from this many hits. */
  readonly atLeast: number;
  /** Countable bins only: no ignored, illegal, default or empty ones. */
  readonly bins: readonly string[];
  readonly counts: readonly number[];
  /** Samples that fell in no bin but the default one; 0 where there is none. */
  readonly defaultCount: number;
  readonly illegal: readonly string[];
  readonly illegalCounts: readonly number[];
}

export interface CrossRecord {
  readonly name: string;
  readonly weight: number;
  readonly atLeast: number;
  /** A tuple's index is row-major over the bins of the axes' points, the last axis running fastest. */
  readonly axes: readonly CrossAxisRecord[];
  /** Pairs (first index, count of indices), ascending: tuples that are ignored, illegal or claimed by a bin below. */
  readonly excluded: readonly number[];
  /** Pairs (index, count), ascending, of the automatic tuples hit. */
  readonly hits: readonly number[];
  /** Bins that the author named; each stands for a set of tuples. */
  readonly bins: readonly string[];
  readonly counts: readonly number[];
  readonly illegalCount: number;
}

export interface CrossAxisRecord {
  readonly name: string;
  /** Name of the coverpoint in the same group. */
  readonly point: string;
}

export interface CoverageSummary {
  /** Weighted mean over the groups, 0..100; null when nothing is countable ("n/a"). */
  readonly percent: number | null;
  readonly groups: readonly GroupSummary[];
}

export interface GroupSummary {
  readonly type: string;
  readonly samples: number;
  readonly percent: number | null;
  readonly items: readonly ItemSummary[];
}

export interface ItemSummary {
  readonly name: string;
  readonly kind: 'coverpoint' | 'cross';
  readonly percent: number | null;
  readonly covered: number;
  /** Countable bins. */
  readonly bins: number;
  /** Names of bins not covered, at most as many as asked for; a tuple is written "a=x b=y". */
  readonly holes: readonly string[];
  readonly holeCount: number;
  readonly illegalCount: number;
}
