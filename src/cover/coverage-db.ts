/**
 * The covergroups of one run, and what they have counted as plain data (semantics §3). One per testbench.
 *
 *     const db = new CoverageDb();
 *     db.add(new AluCoverage('test.env.coverage'));
 *     db.record();                                      // at the end of the run; a pure reading
 */
import { UsageError } from '#base/assert';
import type {
  CovergroupRecord,
  CoverageRecord,
  CoverpointRecord,
  CrossRecord,
} from '#record/coverage-record';
import type { Coverpoint, IllegalHit } from './coverpoint.ts';
import type { Cross } from './cross.ts';
import { mergeCoverage } from './merge.ts';

/** What the database reads of a covergroup, whatever it samples. */
export interface AnyCovergroup {
  readonly name: string;
  readonly typeName: string;
  readonly weight: number;
  readonly sampleCount: number;
  readonly points: readonly Coverpoint<never>[];
  readonly crosses: readonly Cross<never>[];
  onIllegal: ((hit: IllegalHit) => void) | undefined;
  itemName(item: Coverpoint<never> | Cross<never>): string;
}

/** All covergroup instances of one run: gives the plain record of what they have counted, instances of a type united. */
export class CoverageDb {
  private readonly groups: AnyCovergroup[] = [];
  private readonly names = new Set<string>();
  private listener: ((hit: IllegalHit) => void) | undefined;

  /**
   * Takes a group in; its illegal hits go to the listener of this database.
   * @throws UsageError when a group of the same type and name is in already.
   */
  add(group: AnyCovergroup): void {
    const key = `${group.typeName} ${group.name}`;
    if (this.names.has(key)) {
      throw new UsageError(
        'bad-covergroup',
        `two covergroups ${group.typeName} are called '${group.name}'`,
      );
    }
    this.names.add(key);
    this.groups.push(group);
    group.onIllegal = (hit) => this.listener?.(hit);
  }

  /** Who is told of illegal bins hit: in a testbench, a rule that fails. */
  onIllegal(listener: (hit: IllegalHit) => void): void {
    this.listener = listener;
  }

  /** The groups in the order added. */
  all(): readonly AnyCovergroup[] {
    return this.groups;
  }

  /** What was counted so far; instances of one type united. */
  record(): CoverageRecord {
    return mergeCoverage(this.groups.map((group) => ({ groups: [recordGroup(group)] })));
  }
}

/** One group's counts as plain data. */
export function recordGroup(group: AnyCovergroup): CovergroupRecord {
  return {
    type: group.typeName,
    weight: group.weight,
    samples: group.sampleCount,
    points: group.points.map((point) => recordPoint(point, group.itemName(point))),
    crosses: group.crosses.map((cross) => recordCross(cross, group)),
  };
}

function recordPoint(point: Coverpoint<never>, name: string): CoverpointRecord {
  return {
    name,
    weight: point.weight,
    atLeast: point.atLeast,
    bins: point.table.names,
    counts: Array.from(point.counts),
    defaultCount: point.defaultCount,
    illegal: point.table.illegalNames,
    illegalCounts: Array.from(point.illegalCounts),
  };
}

function recordCross(cross: Cross<never>, group: AnyCovergroup): CrossRecord {
  const excluded: number[] = [];
  const hits: number[] = [];
  for (let index = 0; index < cross.counts.length; index++) {
    if (cross.counts[index] > 0) hits.push(index, cross.counts[index]);
    if (cross.isAutomatic(index)) continue;
    const last = excluded.length - 2;
    if (last >= 0 && excluded[last] + excluded[last + 1] === index) excluded[last + 1]++;
    else excluded.push(index, 1);
  }
  return {
    name: group.itemName(cross),
    weight: cross.weight,
    atLeast: cross.atLeast,
    axes: cross.points.map((point, axis) => ({
      name: cross.axisNames[axis],
      point: group.itemName(point),
    })),
    excluded,
    hits,
    bins: cross.binNames,
    counts: Array.from(cross.binCounts),
    illegalCount: cross.illegalCount,
  };
}
