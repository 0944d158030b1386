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
  GroupOptionsRecord,
} from '#record/coverage-record';
import type { Coverpoint, IllegalHit } from './coverpoint.ts';
import type { Cross } from './cross.ts';
import { mergeCoverage } from './merge.ts';
import { addIndex } from './tuple-runs.ts';

/** What the database reads of a covergroup, whatever it samples. */
export interface AnyCovergroup {
  readonly name: string;
  readonly typeName: string;
  /** Of the type, in the overall percentage. */
  readonly weight: number;
  /** Of this instance, in the percentage of a type whose instances are not united. Default 1. */
  readonly instanceWeight?: number;
  readonly options?: GroupOptionsRecord;
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
  const { options = {}, sampleCount: samples } = group;
  const points = group.points.map((point) => recordPoint(point, group.itemName(point)));
  const crosses = group.crosses.map((cross) => recordCross(cross, group));
  const isKept = options.perInstance === true || options.mergeInstances === false;
  const own = { name: group.name, weight: group.instanceWeight ?? 1, samples, points, crosses };
  return {
    type: group.typeName,
    weight: group.weight,
    samples,
    points,
    crosses,
    ...(Object.keys(options).length > 0 && { options }),
    ...(isKept && { instances: [own] }),
  };
}

function recordPoint(point: Coverpoint<never>, name: string): CoverpointRecord {
  const { table, source } = point;
  return {
    name,
    weight: point.weight,
    atLeast: point.atLeast,
    bins: table.names,
    counts: Array.from(point.counts),
    defaultCount: point.defaultCount,
    illegal: table.illegalNames,
    illegalCounts: Array.from(point.illegalCounts),
    values: table.values,
    illegalValues: table.illegalValues,
    ignored: table.ignoredNames,
    ignoredValues: table.ignoredValues,
    ...(table.defaultName !== undefined && { defaultName: table.defaultName }),
    ...(typeof source === 'string' && { expression: source }),
  };
}

function recordCross(cross: Cross<never>, group: AnyCovergroup): CrossRecord {
  const model = crossModels.get(cross) ?? crossModel(cross);
  crossModels.set(cross, model);
  const hits: number[] = [];
  for (let index = 0; index < cross.counts.length; index++) {
    if (cross.counts[index] > 0) hits.push(index, cross.counts[index]);
  }
  return {
    name: group.itemName(cross),
    weight: cross.weight,
    atLeast: cross.atLeast,
    axes: cross.points.map((point, axis) => ({
      name: cross.axisNames[axis],
      point: group.itemName(point),
    })),
    hits,
    bins: cross.binNames,
    counts: Array.from(cross.binCounts),
    illegalCount: cross.illegalCount,
    ...model,
  };
}

type CrossModel = Pick<CrossRecord, 'excluded' | 'binTuples' | 'illegalTuples'>;

/** What of a cross does not change while it counts. */
const crossModels = new WeakMap<Cross<never>, CrossModel>();

function crossModel(cross: Cross<never>): CrossModel {
  const excluded: number[] = [];
  const illegalTuples: number[] = [];
  const binTuples = cross.binNames.map((): number[] => []);
  for (let index = 0; index < cross.counts.length; index++) {
    if (cross.isAutomatic(index)) continue;
    addIndex(excluded, index);
    if (cross.isIllegal(index)) addIndex(illegalTuples, index);
    for (let bin = 0; bin < binTuples.length; bin++) {
      if (cross.isClaimed(bin, index)) addIndex(binTuples[bin], index);
    }
  }
  return {
    excluded,
    binTuples,
    ...(illegalTuples.length > 0 && { illegalTuples }),
  };
}
