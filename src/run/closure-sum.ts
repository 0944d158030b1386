// Follows the merged coverage of a regression run by run: its percentage, and which run hit each bin first. Source: design,
// "The promise" (how much of the space has been seen); semantics §3 for the percentages.
//
// The law: after run k the curve has exactly the percentage of `summarizeCoverage(mergeCoverage(runs 0..k))`. Merging and
// summarizing after every run would be that law and quadratic; here only counts that are not 0 are touched, and percentages are
// computed again only where a bin became covered.
import type { ClosureCurve, ClosureRecord } from '#record/closure-record';
import type { CoverageRecord } from '#record/coverage-record';
import { weightedMean } from '#cover/summary';
import { GroupClosureSum } from './group-closure-sum.ts';

export class ClosureSum {
  private readonly byType = new Map<string, GroupClosureSum>();
  /** In the order of a merged record: sorted by type. */
  private sorted: GroupClosureSum[] = [];
  private readonly curve = new CurveSum();
  private readonly groupCurves = new Map<string, CurveSum>();

  /** The coverage of run `run`; runs come in ascending order. */
  add(run: number, coverage: CoverageRecord): void {
    let isChanged = false;
    for (const record of coverage.groups) {
      const known = this.byType.get(record.type);
      const group = known ?? new GroupClosureSum(record);
      if (known === undefined) this.addGroup(record.type, group);
      if (!group.add(run, record) && known !== undefined) continue;
      isChanged = true;
      this.groupCurves.get(record.type)?.add(run, group.percent);
    }
    if (!isChanged && run > 0) return;
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
