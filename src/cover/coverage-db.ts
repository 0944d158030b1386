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
  GroupInstanceRecord,
  GroupOptionsRecord,
  ItemOptionsRecord,
} from '#record/coverage-record';
import { OPTION_DEFAULTS, type GroupOptions, type TypeOptions } from './covergroup-options.ts';
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
  readonly options: GroupOptions;
  readonly typeOptions: TypeOptions;
  readonly sampleCount: number;
  readonly points: readonly Coverpoint<never>[];
  readonly crosses: readonly Cross<never>[];
  onIllegal: ((hit: IllegalHit) => void) | undefined;
  itemName(item: Coverpoint<never> | Cross<never>): string;
  /** What deserves a second look in its declarations. */
  warnings(): readonly string[];
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
  const options = groupOptions(group);
  const own = recordInstance(group);
  const isKept = options.perInstance === true || options.mergeInstances === false;
  return {
    type: group.typeName,
    weight: group.weight,
    samples: own.samples,
    points: own.points.map((record, i) => ofType(record, group.points[i])),
    crosses: own.crosses.map((record, i) => ofType(record, group.crosses[i])),
    ...(Object.keys(options).length > 0 && { options }),
    ...(isKept && { instances: [own] }),
  };
}

/** The same as an instance among others, with weights and goals of its own. */
export function recordInstance(group: AnyCovergroup): GroupInstanceRecord {
  return {
    name: group.name,
    weight: group.options.weight ?? OPTION_DEFAULTS.weight,
    samples: group.sampleCount,
    points: group.points.map((point) => recordPoint(point, group.itemName(point))),
    crosses: group.crosses.map((cross) => recordCross(cross, group)),
  };
}

/** An item's record with the weight and goal that it has in its type. */
function ofType<R extends CoverpointRecord | CrossRecord>(
  record: R,
  { given: { type }, weight }: Pick<Coverpoint<never>, 'given' | 'weight'>,
): R {
  if (type === undefined) return record;
  const options = itemOptions({ ...record.options, ...type });
  return { ...record, weight: type.weight ?? weight, ...(options !== undefined && { options }) };
}

/** What stands in the record of a type: options of the type before those of an instance, and only what was set. */
function groupOptions({ options, typeOptions }: AnyCovergroup): GroupOptionsRecord {
  const { atLeast, autoBinMax, perInstance } = options;
  const { mergeInstances } = typeOptions;
  const goal = typeOptions.goal ?? options.goal;
  const comment = typeOptions.comment ?? options.comment;
  return {
    ...(goal !== undefined && { goal }),
    ...(comment !== undefined && { comment }),
    ...(atLeast !== undefined && { atLeast }),
    ...(autoBinMax !== undefined && { autoBinMax }),
    ...(perInstance !== undefined && { perInstance }),
    ...(mergeInstances !== undefined && { mergeInstances }),
  };
}

/** Likewise, of an item; undefined when nothing was set. */
function itemOptions({
  goal,
  comment,
  autoBinMax,
}: ItemOptionsRecord): ItemOptionsRecord | undefined {
  if (goal === undefined && comment === undefined && autoBinMax === undefined) return undefined;
  return {
    ...(goal !== undefined && { goal }),
    ...(comment !== undefined && { comment }),
    ...(autoBinMax !== undefined && { autoBinMax }),
  };
}

function recordPoint(point: Coverpoint<never>, name: string): CoverpointRecord {
  const { table, source } = point;
  const options = itemOptions(point.given);
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
    ...(options !== undefined && { options }),
  };
}

function recordCross(cross: Cross<never>, group: AnyCovergroup): CrossRecord {
  const model = crossModels.get(cross) ?? crossModel(cross);
  crossModels.set(cross, model);
  const options = itemOptions(cross.given);
  return {
    name: group.itemName(cross),
    weight: cross.weight,
    atLeast: cross.atLeast,
    axes: cross.points.map((point, axis) => ({
      name: cross.axisNames[axis],
      point: group.itemName(point),
    })),
    hits: cross.tuples.pairs(),
    bins: cross.binNames,
    counts: Array.from(cross.binCounts),
    illegalCount: cross.illegalCount,
    ...model,
    ...(options !== undefined && { options }),
  };
}

type CrossModel = Pick<CrossRecord, 'excluded' | 'binTuples' | 'illegalTuples'>;

/** What of a cross does not change while it counts. */
const crossModels = new WeakMap<Cross<never>, CrossModel>();

function crossModel(cross: Cross<never>): CrossModel {
  const excluded: number[] = [];
  const illegalTuples: number[] = [];
  const binTuples = cross.binNames.map((): number[] => []);
  for (let index = 0; index < cross.tupleCount && !cross.isPlain; index++) {
    if (cross.isIllegal(index)) addIndex(illegalTuples, index);
    if (cross.isAutomatic(index)) continue;
    addIndex(excluded, index);
    for (const bin of cross.binsOf(index)) addIndex(binTuples[bin], index);
  }
  return {
    excluded,
    binTuples,
    ...(illegalTuples.length > 0 && { illegalTuples }),
  };
}
