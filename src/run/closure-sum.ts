// Follows the merged coverage of a regression run by run: its percentage, and which run hit each bin first. Source: design,
// "The promise" (how much of the space has been seen); semantics §3 for the percentages.
//
// The law: after run k the curve has exactly the percentage of `summarizeCoverage(mergeCoverage(runs 0..k))`. Merging and
// summarizing after every run would be that law and quadratic; here only counts that are not 0 are touched, and percentages are
// computed again only where a bin became covered. With exclusions the same holds with those that hold for the merge up to run k.
import type { ClosureCurve, ClosureRecord } from '#record/closure-record';
import type { CoverageRecord } from '#record/coverage-record';
import type { DatedExclusions } from '#cover/database/exclusions';
import { GrowingExclusions } from '#cover/database/growing-exclusions';
import { weightedMean } from '#cover/summary';
import { GroupClosureSum } from './group-closure-sum.ts';

export class ClosureSum {
  private readonly byType = new Map<string, GroupClosureSum>();
  /** In the order of a merged record: sorted by type. */
  private sorted: GroupClosureSum[] = [];
  private readonly curve = new CurveSum();
  private readonly groupCurves = new Map<string, CurveSum>();
  private readonly exclusions: GrowingExclusions | undefined;

  constructor(exclusions?: DatedExclusions) {
    const hasAny = exclusions !== undefined && exclusions.list.length > 0;
    this.exclusions = hasAny ? new GrowingExclusions(exclusions) : undefined;
  }

  /** The coverage of run `run`; runs come in ascending order. */
  add(run: number, coverage: CoverageRecord): void {
    const changed = new Set<string>();
    for (const record of coverage.groups) {
      const { type } = record;
      const known = this.byType.get(type);
      const group = known ?? new GroupClosureSum(record);
      const bins = known?.bins;
      if (known === undefined) this.addGroup(type, group);
      if (group.add(run, record) || known === undefined) changed.add(type);
      if (group.bins === bins) continue;
      for (const other of this.exclude(group)) changed.add(other);
    }
    for (const type of changed) {
      this.groupCurves.get(type)?.add(run, this.byType.get(type)?.percent ?? null);
    }
    if (changed.size === 0 && run > 0) return;
    const weights = this.sorted.map(({ weight }) => weight);
    this.curve.add(run, weightedMean(this.sorted, weights));
  }

  /** @param merged coverage of all runs that were added: first hits are aligned with it. */
  record(merged: CoverageRecord): ClosureRecord {
    const groups = merged.groups.map((group) => ({
      type: group.type,
      curve: this.groupCurves.get(group.type)?.curve ?? { runs: [], percents: [] },
      ...this.byType.get(group.type)?.firstHits(group),
    }));
    return {
      overall: this.curve.curve,
      groups: groups.map((group) => ({ points: [], crosses: [], ...group })),
    };
  }

  /** A group has bins that no run before had. @returns types whose percentage may be another one. */
  private exclude({ bins }: GroupClosureSum): ReadonlySet<string> {
    const types = this.exclusions?.update(bins) ?? new Set<string>();
    for (const type of types) this.byType.get(type)?.exclude(this.exclusions?.of(type));
    return types;
  }

  private addGroup(type: string, group: GroupClosureSum): void {
    this.byType.set(type, group);
    this.groupCurves.set(type, new CurveSum());
    this.sorted = [...this.byType]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, groupSum]) => groupSum);
  }
}

/** A step function that grows at its end; equal neighbours are one step. */
class CurveSum {
  private readonly runs: number[] = [];
  private readonly percents: (number | null)[] = [];

  add(run: number, percent: number | null): void {
    const last = this.percents.length - 1;
    if (last >= 0 && this.percents[last] === percent) return;
    this.runs.push(run);
    this.percents.push(percent);
  }

  get curve(): ClosureCurve {
    return { runs: this.runs, percents: this.percents };
  }
}
