/** Bins of a view by their path, and the runs that hit each, up to a number. */
import type { DatabaseView } from '../database/database-view.ts';

interface Place {
  readonly type: string;
  readonly instance: string;
}

/** Bins by path, and what is known of the runs that hit them. */
export interface BinRuns {
  /** Number of a countable bin. */
  find(place: Place, item: string, bin: string): number | undefined;
  /** Runs that hit a bin, ascending, as many as are named. */
  runsOf(bin: number): readonly number[];
  /** All runs that hit a bin. */
  runCount(bin: number): number;
  /** The same bins, of which nobody says who hit them. */
  withoutRuns(): BinRuns;
}

export class HitIndex implements BinRuns {
  private readonly byPath = new Map<string, number>();
  private readonly runs = new Map<number, number[]>();
  private readonly counts: Map<number, number>;

  constructor(view: DatabaseView, runsMax: number) {
    for (const bin of view.bins()) {
      const { type, instance, item, bin: name } = view.pathOf(bin);
      this.byPath.set(key({ type, instance }, item, name), bin);
    }
    this.counts = new Map(view.unlistedRuns());
    view.database.runs.forEach((run, index) => {
      for (const bin of view.hitsOf(run)?.bins ?? []) {
        this.counts.set(bin, (this.counts.get(bin) ?? 0) + 1);
        const list = this.runs.get(bin);
        if (list === undefined) this.runs.set(bin, runsMax > 0 ? [index] : []);
        else if (list.length < runsMax) list.push(index);
      }
    });
  }

  withoutRuns(): BinRuns {
    const nobody: BinRuns = {
      find: (place, item, bin) => this.find(place, item, bin),
      runsOf: () => [],
      runCount: () => 0,
      withoutRuns: () => nobody,
    };
    return nobody;
  }

  find(place: Place, item: string, bin: string): number | undefined {
    return this.byPath.get(key(place, item, bin));
  }

  runsOf(bin: number): readonly number[] {
    return this.runs.get(bin) ?? [];
  }

  runCount(bin: number): number {
    return this.counts.get(bin) ?? 0;
  }
}

function key({ type, instance }: Place, item: string, bin: string): string {
  return JSON.stringify([type, instance, item, bin]);
}
