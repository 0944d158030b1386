/**
 * Coverage as plain data: what one run or a merge of many has counted, and its summary (semantics §3; design, "Record").
 * Written and merged by `src/cover`; reports read the summary.
 *
 * Bins are known by their semantic path, never by an index: covergroup type, item, bin name; for a cross, the bin names of its
 * axes. Counts of coverpoints stand beside their names; those of crosses are sparse, because most tuples are cold.
 *
 * What a record says without counting anything is its *model*: names, values, weights, options. Lists of the model are the
 * same objects in all records of a process, and between processes a model travels once (`src/cover/model-split`).
 *
 * Values of a bin are a text, because most readers only compare them, and it is short:
 *
 *     0..15,20          integers and closed ranges, ascending, without those taken out by ignored and illegal bins
 *     "add","sub"       labels as in JSON; true and false
 *     (0=>1..3=>"x")    a transition: steps, each a list as above; several transitions of one bin stand one after the other
 *     (0=>1[*2..3])     a repeated step: [*n], [*n..m], [->n], [=n] as in IEEE 1800 §19.5.2
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
  /** What the author set; absent where nothing was. */
  readonly options?: GroupOptionsRecord;
  /** Sorted by name: counts of their own, where `perInstance` is set or `mergeInstances` is false; absent otherwise. */
  readonly instances?: readonly GroupInstanceRecord[];
}

/** Options of a covergroup type (IEEE 1800 §19.7), each absent where the author set none. */
export interface GroupOptionsRecord {
  /** Percentage from which it counts as met; colours reports and scales nothing. Default 100. */
  readonly goal?: number;
  readonly comment?: string;
  /** Default of its items. */
  readonly atLeast?: number;
  /** Default of its points. */
  readonly autoBinMax?: number;
  /** Counts of each instance are kept. */
  readonly perInstance?: boolean;
  /** false: the type's percentage is the weighted mean of its instances, which are then kept. Default: bins are united. */
  readonly mergeInstances?: boolean;
}

/** One instance of a covergroup type, by its name. */
export interface GroupInstanceRecord {
  readonly name: string;
  /** Share in the percentage of the type where `mergeInstances` is false. */
  readonly weight: number;
  readonly samples: number;
  readonly points: readonly CoverpointRecord[];
  readonly crosses: readonly CrossRecord[];
}

/** Options of a coverpoint or cross, each absent where the author set none. */
export interface ItemOptionsRecord {
  /** Percentage from which it counts as met; colours reports and scales nothing. Default 100. */
  readonly goal?: number;
  readonly comment?: string;
  readonly autoBinMax?: number;
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
  /** Values of each of `bins`; these lists are absent in records of older versions. */
  readonly values?: readonly string[];
  /** Values of each of `illegal`. */
  readonly illegalValues?: readonly string[];
  /** Bins whose values are taken out. */
  readonly ignored?: readonly string[];
  readonly ignoredValues?: readonly string[];
  /** Samples that fell in them; absent where nobody counts them. */
  readonly ignoredCounts?: readonly number[];
  /** Name of the default bin; absent where there is none. */
  readonly defaultName?: string;
  /** What it measures, where that has a name: the field. */
  readonly expression?: string;
  readonly options?: ItemOptionsRecord;
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
  /** By bin of the author's own: the tuples it stands for, in pairs as `excluded`; absent in records of older versions. */
  readonly binTuples?: readonly (readonly number[])[];
  /** Those of `excluded` that are illegal; absent where none is. */
  readonly illegalTuples?: readonly number[];
  readonly options?: ItemOptionsRecord;
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
  /** Percentage from which it counts as met, where the author set one. */
  readonly goal?: number;
  /** Where instances have counts of their own. */
  readonly instances?: readonly InstanceSummary[];
}

export interface InstanceSummary {
  readonly name: string;
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
  /** Hits counted up to `atLeast` per bin, over all that are wanted, 0..100: how far bins are that count only as covered or not. */
  readonly depthPercent?: number | null;
  readonly goal?: number;
  /** Bins that an exclusion has taken out of `bins`; absent where there is none. */
  readonly excludedCount?: number;
}
