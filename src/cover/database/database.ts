/**
 * The coverage database: counts of any number of runs, and which run hit which bin (ADR 0007).
 *
 * Counts are kept per model of a covergroup, so that merging is the addition of flat numbers and needs no decision: any order
 * and any grouping give the same database. What bins of different models come to together is a question of reading
 * (`database-view.ts`). Runs are kept one by one, in one order.
 *
 *     const builder = new DatabaseBuilder();
 *     builder.addRun(info, record.coverage);            // or addDatabase(other)
 *     const database = builder.build();
 */
import { assert } from '#base/assert';
import type { CoverageRecord } from '#record/coverage-record';
import { countersOf, type SparseCounters } from './group-layout.ts';
import { ModelTable, type GroupModel } from './group-model.ts';
import { listedNeeds, encodeHits } from './hit-list.ts';

/** What is known of a run beside its coverage. */
export interface RunInfo {
  readonly test: string;
  /** Decimal; '' where there is none. */
  readonly seed: string;
  /** PASS, FAIL, ERROR or SKIP. */
  readonly verdict: string;
  /** Simulated time, ps. */
  readonly timePs: number;
  /** The command line that reproduces it; '' where there is none. */
  readonly replay: string;
  /** Of the code that ran; '' where it is not known. */
  readonly commit: string;
  /** When it was started, ISO 8601 in UTC; '' where it is not known. */
  readonly date: string;
}

/** Bins that a run hit in groups of one model. */
export interface RunHits {
  /** Hash of the model. */
  readonly model: string;
  /** A list of `hit-list.ts`. */
  readonly bytes: Uint8Array;
}

export interface DatabaseRun {
  readonly info: RunInfo;
  /** Sorted by hash; null where nobody knows which bins it hit. */
  readonly hits: readonly RunHits[] | null;
}

export const DATABASE_LIMITS = {
  /** Bytes of hit lists that are kept of the runs added one by one: about 70 000 runs that hit 800 bins each. */
  hitBytesMax: 64 * 1024 * 1024,
} as const;

export interface GroupCounts {
  readonly model: GroupModel;
  /** By counter of the model's layout. */
  readonly counters: Float64Array;
  /** By counter: runs that hit the bin beyond those whose lists say so; absent where there are none (UCIS names only some). */
  readonly unlisted?: SparseCounters;
}

export interface CoverageDatabase {
  /** Sorted by type, then by the hash of the model. */
  readonly groups: readonly GroupCounts[];
  /** Sorted by what is known of them; the same run may be there twice. */
  readonly runs: readonly DatabaseRun[];
}

/** Counts of one group as files hold them. */
export type CountBlock =
  | { readonly kind: 'dense'; readonly counts: Uint32Array | Float64Array }
  | ({ readonly kind: 'pairs' } & SparseCounters);

interface Sum {
  readonly model: GroupModel;
  readonly counters: Float64Array;
  readonly unlisted: Map<number, number>;
  /** Of the model; made when a run is first added. */
  needs: Uint32Array | undefined;
}

export class DatabaseBuilder {
  /** Models that are known already, so that they need not be read again. */
  readonly models: ModelTable;
  private readonly sums = new Map<string, Sum>();
  private readonly runs: DatabaseRun[] = [];
  private readonly hitBytesMax: number;
  private hitBytes = 0;

  constructor(models = new ModelTable(), hitBytesMax: number = DATABASE_LIMITS.hitBytesMax) {
    this.models = models;
    this.hitBytesMax = hitBytesMax;
  }

  /** One run, with the bins that it hit; without them when those before it have used up `hitBytesMax`. */
  addRun(info: RunInfo, coverage: CoverageRecord): void {
    const hits: RunHits[] = [];
    for (const group of coverage.groups) {
      const sum = this.sumOf(this.models.of(group));
      const counters = countersOf(group, sum.model.layout);
      addBlock(sum.counters, { kind: 'pairs', ...counters });
      sum.needs ??= listedNeeds(sum.model);
      const bytes = encodeHits(counters, sum.needs);
      if (bytes === undefined) continue;
      hits.push({ model: sum.model.hash, bytes });
      this.hitBytes += bytes.length;
    }
    const isKept = this.hitBytes <= this.hitBytesMax;
    hits.sort((a, b) => compare(a.model, b.model));
    this.runs.push({ info, hits: isKept ? hits : null });
  }

  /** Counts of which nobody knows the runs. */
  addCoverage(coverage: CoverageRecord): void {
    for (const group of coverage.groups) {
      const model = this.models.of(group);
      this.addCounts(model, { kind: 'pairs', ...countersOf(group, model.layout) });
    }
  }

  addCounts(model: GroupModel, block: CountBlock): void {
    addBlock(this.sumOf(model).counters, block);
  }

  /** Runs that hit bins of a model, and whose lists do not say so. */
  addUnlisted(model: GroupModel, { indices, counts }: SparseCounters): void {
    const { unlisted } = this.sumOf(model);
    indices.forEach((index, at) => unlisted.set(index, (unlisted.get(index) ?? 0) + counts[at]));
  }

  addRuns(runs: readonly DatabaseRun[]): void {
    for (const run of runs) this.runs.push(run);
  }

  addDatabase(database: CoverageDatabase): void {
    for (const { model, counters, unlisted } of database.groups) {
      this.addCounts(model, { kind: 'dense', counts: counters });
      if (unlisted !== undefined) this.addUnlisted(model, unlisted);
    }
    this.addRuns(database.runs);
  }

  build(): CoverageDatabase {
    const groups = [...this.sums.values()].map(({ model, counters, unlisted }) => ({
      model,
      counters,
      ...(unlisted.size > 0 && { unlisted: sparseOf(unlisted) }),
    }));
    groups.sort((a, b) => {
      return compare(a.model.type, b.model.type) || compare(a.model.hash, b.model.hash);
    });
    return { groups, runs: sortedRuns(this.runs) };
  }

  private sumOf(model: GroupModel): Sum {
    const known = this.sums.get(model.hash);
    if (known !== undefined) return known;
    const sum = {
      model,
      counters: new Float64Array(model.layout.size),
      unlisted: new Map(),
      needs: undefined,
    };
    this.sums.set(model.hash, sum);
    return sum;
  }
}

/** Merges any number of databases; of none, an empty one. */
export function mergeDatabases(databases: readonly CoverageDatabase[]): CoverageDatabase {
  const builder = new DatabaseBuilder();
  for (const database of databases) builder.addDatabase(database);
  return builder.build();
}

function sparseOf(map: ReadonlyMap<number, number>): SparseCounters {
  const pairs = [...map].sort(([a], [b]) => a - b);
  return {
    indices: Uint32Array.from(pairs, ([index]) => index),
    counts: Float64Array.from(pairs, ([, count]) => count),
  };
}

function addBlock(sums: Float64Array, block: CountBlock): void {
  const { counts } = block;
  if (block.kind === 'dense') {
    assert(counts.length === sums.length, 'counts of one model have one layout');
    for (let index = 0; index < sums.length; index++) sums[index] += counts[index];
    return;
  }
  const { indices } = block;
  for (let at = 0; at < indices.length; at++) sums[indices[at]] += counts[at];
}

/** By everything that tells them apart, so that the order does not depend on who came first. */
function sortedRuns(runs: readonly DatabaseRun[]): readonly DatabaseRun[] {
  return [...runs].sort((a, b) => compareInfo(a.info, b.info) || compareHits(a.hits, b.hits));
}

function compareInfo(a: RunInfo, b: RunInfo): number {
  return (
    compare(a.test, b.test) ||
    compare(a.seed.length, b.seed.length) ||
    compare(a.seed, b.seed) ||
    compare(a.replay, b.replay) ||
    compare(a.commit, b.commit) ||
    compare(a.date, b.date) ||
    compare(a.verdict, b.verdict) ||
    a.timePs - b.timePs
  );
}

function compareHits(a: DatabaseRun['hits'], b: DatabaseRun['hits']): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  for (let at = 0; at < a.length && at < b.length; at++) {
    const order = compare(a[at].model, b[at].model) || compareBytes(a[at].bytes, b[at].bytes);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < a.length && at < b.length; at++) if (a[at] !== b[at]) return a[at] - b[at];
  return a.length - b.length;
}

function compare<T extends string | number>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
