/**
 * The smallest set of runs that covers what all runs together cover (ADR 0007). It is a set cover problem, so that no quick
 * method is exact for every instance; what is done here, and how good it is:
 *
 *     1. runs without which a bin would not be covered any more are taken: any solution has them
 *     2. what is left is searched exactly where it is small (`smallest-cover.ts`): then the set is proven to be the smallest
 *     3. else greedily: the run that adds most, at most 1 + ln(d) times the smallest set, d bins being the most of one run;
 *        then runs that others have made superfluous go again, and a lower bound is given
 *
 * Ties go to the run that comes first in the database, so that the result depends on nothing else.
 */
import type { BinHits, DatabaseView } from './database-view.ts';
import { smallestCover } from './smallest-cover.ts';

export interface RankedRun {
  /** Index in the runs of the database. */
  readonly run: number;
  /** Bins that became covered with it. */
  readonly added: number;
  /** Bins covered by it and those before it. */
  readonly covered: number;
}

export interface Ranking {
  /** The one that adds most first. */
  readonly runs: readonly RankedRun[];
  /** Bins that the runs of the database cover together. */
  readonly coverable: number;
  /** Covered bins that no known run explains: of databases without runs, or runs without lists of hits. */
  readonly unexplained: number;
  /** Countable bins in all. */
  readonly bins: number;
  /** No smaller set covers the same; equal to the number of runs when the set is proven to be the smallest. */
  readonly runsMin: number;
}

/** @param isLeftOut bins that do not count: excluded ones. */
export function rankRuns(view: DatabaseView, isLeftOut: (bin: number) => boolean): Ranking {
  const hits = view.database.runs.map((run) => view.hitsOf(run));
  const cover = new Cover(view.needs, hits, isLeftOut);
  const essential = cover.essentialRuns();
  const chosen = new Set(essential);
  for (const run of essential) cover.take(run);
  const left = cover.openBins();
  const exact = smallestCover(left.map((bin) => cover.runsThatSuffice(bin)));
  let runsMin = essential.length;
  if (exact !== undefined) {
    for (const run of exact) chosen.add(run);
    runsMin += exact.length;
  } else {
    runsMin += cover.disjointBins(left);
    for (let run = cover.best(); run >= 0; run = cover.best()) {
      cover.take(run);
      chosen.add(run);
    }
    cover.dropSuperfluous(chosen, new Set(essential));
  }
  const counted = [...view.bins()].filter((bin) => !isLeftOut(bin));
  const covered = counted.filter((bin) => view.isCovered(bin)).length;
  return {
    runs: cover.inOrder(chosen),
    coverable: cover.coverable,
    unexplained: covered - cover.coverable,
    bins: counted.length,
    runsMin,
  };
}

/** What is still to be covered, and who can. */
class Cover {
  readonly coverable: number;
  private readonly hits: readonly BinHits[];
  /** By bin: hits wanted from the runs in all; 0 for bins that they do not cover, or that do not count. */
  private readonly wanted: Uint32Array;
  /** By bin: hits still wanted. */
  private readonly open: Uint32Array;
  /** By bin: hits of all runs. */
  private readonly totals: Float64Array;
  private readonly runsOf = new Map<number, number[]>();
  /** By run: an upper bound of what it adds; it only falls. */
  private readonly gains: Float64Array;

  constructor(
    needs: Uint32Array,
    hits: readonly (BinHits | null)[],
    isLeftOut: (bin: number) => boolean,
  ) {
    this.hits = hits.map((one) => one ?? NO_HITS);
    this.totals = new Float64Array(needs.length);
    this.hits.forEach(({ bins, counts }, run) => {
      bins.forEach((bin, at) => {
        this.totals[bin] += counts[at];
        const runs = this.runsOf.get(bin);
        if (runs === undefined) this.runsOf.set(bin, [run]);
        else runs.push(run);
      });
    });
    this.wanted = needs.map((need, bin) => {
      return this.totals[bin] >= need && need > 0 && !isLeftOut(bin) ? need : 0;
    });
    this.open = this.wanted.slice();
    this.coverable = this.wanted.reduce((sum, need) => sum + (need > 0 ? 1 : 0), 0);
    this.gains = new Float64Array(this.hits.length).fill(Infinity);
  }

  /** Runs without which some bin has too few hits, ascending. */
  essentialRuns(): readonly number[] {
    const essential = new Set<number>();
    this.hits.forEach(({ bins, counts }, run) => {
      const isEssential = bins.some((bin, at) => {
        return this.wanted[bin] > 0 && this.totals[bin] - counts[at] < this.wanted[bin];
      });
      if (isEssential) essential.add(run);
    });
    return [...essential];
  }

  take(run: number): void {
    const { bins, counts } = this.hits[run];
    bins.forEach((bin, at) => {
      this.open[bin] = Math.max(0, this.open[bin] - counts[at]);
    });
    this.gains[run] = 0;
  }

  openBins(): readonly number[] {
    return [...this.runsOf.keys()].filter((bin) => this.open[bin] > 0).sort((a, b) => a - b);
  }

  /** Runs that cover an open bin alone; undefined when several may be needed together. */
  runsThatSuffice(bin: number): readonly number[] | undefined {
    const runs = this.runsOf.get(bin) ?? [];
    const isEnough = runs.every(
      (run) => this.gains[run] === 0 || this.countOf(run, bin) >= this.open[bin],
    );
    return isEnough ? runs.filter((run) => this.gains[run] !== 0) : undefined;
  }

  /** The run that adds most, the first of equals; -1 when nothing is open. */
  best(): number {
    for (;;) {
      let run = -1;
      for (let other = 0; other < this.gains.length; other++) {
        if (this.gains[other] > (run < 0 ? 0 : this.gains[run])) run = other;
      }
      if (run < 0) return -1;
      const gain = this.gainOf(run);
      // Gains only fall: a run that still has what was its bound is better than all others can be.
      const isSure = gain === this.gains[run];
      this.gains[run] = gain;
      if (isSure) return run;
    }
  }

  /** How many of these bins have no run in common: each wants a run of its own. */
  disjointBins(bins: readonly number[]): number {
    const used = new Set<number>();
    const byRuns = bins.map((bin) => this.runsOf.get(bin) ?? []);
    let count = 0;
    for (const runs of byRuns.sort((a, b) => a.length - b.length)) {
      if (runs.some((run) => used.has(run))) continue;
      for (const run of runs) used.add(run);
      count++;
    }
    return count;
  }

  /** Takes runs out again without which everything is still covered, those that came last first. */
  dropSuperfluous(chosen: Set<number>, kept: ReadonlySet<number>): void {
    const sums = new Float64Array(this.wanted.length);
    for (const run of chosen) this.addTo(sums, run, 1);
    for (const run of [...chosen].reverse()) {
      if (kept.has(run)) continue;
      const { bins, counts } = this.hits[run];
      const isNeeded = bins.some((bin, at) => sums[bin] - counts[at] < this.wanted[bin]);
      if (isNeeded) continue;
      this.addTo(sums, run, -1);
      chosen.delete(run);
    }
  }

  /** The one that adds most first. */
  inOrder(chosen: ReadonlySet<number>): readonly RankedRun[] {
    this.open.set(this.wanted);
    const left = new Set([...chosen].sort((a, b) => a - b));
    const ranked: RankedRun[] = [];
    let covered = 0;
    while (left.size > 0) {
      let best = { run: -1, gain: -1 };
      for (const run of left) {
        const gain = this.gainOf(run);
        if (gain > best.gain) best = { run, gain };
      }
      const before = covered;
      for (const bin of this.hits[best.run].bins) if (this.open[bin] > 0) covered++;
      this.take(best.run);
      for (const bin of this.hits[best.run].bins) if (this.open[bin] > 0) covered--;
      ranked.push({ run: best.run, added: covered - before, covered });
      left.delete(best.run);
    }
    return ranked;
  }

  /** Hits that are still wanted and that a run has. */
  private gainOf(run: number): number {
    const { bins, counts } = this.hits[run];
    let gain = 0;
    for (let at = 0; at < bins.length; at++) gain += Math.min(this.open[bins[at]], counts[at]);
    return gain;
  }

  private countOf(run: number, bin: number): number {
    const { bins, counts } = this.hits[run];
    let low = 0;
    let high = bins.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (bins[middle] < bin) low = middle + 1;
      else high = middle;
    }
    return bins[low] === bin ? counts[low] : 0;
  }

  private addTo(sums: Float64Array, run: number, sign: 1 | -1): void {
    const { bins, counts } = this.hits[run];
    for (let at = 0; at < bins.length; at++) sums[bins[at]] += sign * counts[at];
  }
}

const NO_HITS: BinHits = { bins: new Uint32Array(0), counts: new Float64Array(0) };
