/**
 * What a covergroup is without its counts: names, values, weights, options. A model is known by the hash of its text, so that
 * counts of the same model can be added as flat numbers, and a model is written, sent and read only once (ADR 0007).
 */
import { UsageError } from '#base/assert';
import { sha256Hex } from '#base/hash';
import type {
  CovergroupRecord,
  CoverpointRecord,
  CrossRecord,
  GroupInstanceRecord,
} from '#record/coverage-record';
import {
  groupLayout,
  withCounters,
  type GroupLayout,
  type SparseCounters,
} from './group-layout.ts';

export interface GroupModel {
  readonly type: string;
  /** Of `text`: 128 bits in hexadecimal. */
  readonly hash: string;
  readonly text: string;
  /** A record of the model whose counts are all 0. */
  readonly group: CovergroupRecord;
  readonly layout: GroupLayout;
}

const HASH_DIGITS = 32;

export function modelHash(text: string): string {
  return sha256Hex(text).slice(0, HASH_DIGITS);
}

/** Models of records that were made from one, so that their text need not be written again. */
const modelOfRecord = new WeakMap<CovergroupRecord, GroupModel>();

/** A record of the model. */
export function recordOfModel(model: GroupModel, counters: SparseCounters): CovergroupRecord {
  const record = withCounters(model.group, model.layout, counters);
  modelOfRecord.set(record, model);
  return record;
}

/** Models by the text of what they say, so that each is hashed and laid out once in a process. */
export class ModelTable {
  private readonly byText = new Map<string, GroupModel>();
  private readonly byHash = new Map<string, GroupModel>();

  /** The model of a record. */
  of(group: CovergroupRecord): GroupModel {
    const made = modelOfRecord.get(group);
    if (made === undefined) return this.read(modelText(group));
    const known = this.byHash.get(made.hash);
    if (known !== undefined) return known;
    this.add(made);
    return made;
  }

  /** @throws UsageError `bad-coverage` for a text that is no model. */
  read(text: string): GroupModel {
    const known = this.byText.get(text);
    if (known !== undefined) return known;
    const model = parsedModel(text);
    this.add(model);
    return model;
  }

  find(hash: string): GroupModel | undefined {
    return this.byHash.get(hash);
  }

  private add(model: GroupModel): void {
    this.byText.set(model.text, model);
    this.byHash.set(model.hash, model);
  }
}

/** One text per model: keys stand in one order whatever made the record. */
export function modelText(group: CovergroupRecord): string {
  return JSON.stringify({
    type: group.type,
    weight: group.weight,
    options: group.options === undefined ? undefined : sortedKeys(group.options),
    ...itemsModel(group),
    instances: group.instances?.map((instance) => ({
      name: instance.name,
      weight: instance.weight,
      ...itemsModel(instance),
    })),
  });
}

/** The text of one item and nothing else: names and values of its bins, not what they are worth. */
export function itemText(
  { points }: Pick<CovergroupRecord, 'points'>,
  item: CoverpointRecord | CrossRecord,
): string {
  if (!('axes' in item)) return JSON.stringify({ ...pointModel(item), ...WORTH_NOTHING });
  const axes = item.axes.map(({ point }) => {
    const found = points.find(({ name }) => name === point);
    return found === undefined ? point : { ...pointModel(found), ...WORTH_NOTHING };
  });
  return JSON.stringify({ ...crossModel(item), ...WORTH_NOTHING, points: axes });
}

const WORTH_NOTHING = { weight: undefined, atLeast: undefined, options: undefined };

type Items = Pick<GroupInstanceRecord, 'points' | 'crosses'>;

function itemsModel({ points, crosses }: Items): object {
  return { points: points.map(pointModel), crosses: crosses.map(crossModel) };
}

function pointModel(point: CoverpointRecord): object {
  return {
    name: point.name,
    weight: point.weight,
    atLeast: point.atLeast,
    bins: point.bins,
    values: point.values,
    illegal: point.illegal,
    illegalValues: point.illegalValues,
    ignored: point.ignored,
    ignoredValues: point.ignoredValues,
    countsIgnored: point.ignoredCounts === undefined ? undefined : true,
    defaultName: point.defaultName,
    expression: point.expression,
    options: point.options === undefined ? undefined : sortedKeys(point.options),
  };
}

function crossModel(cross: CrossRecord): object {
  return {
    name: cross.name,
    weight: cross.weight,
    atLeast: cross.atLeast,
    axes: cross.axes.map(({ name, point }) => ({ name, point })),
    excluded: cross.excluded,
    bins: cross.bins,
    binTuples: cross.binTuples,
    illegalTuples: cross.illegalTuples,
    options: cross.options === undefined ? undefined : sortedKeys(cross.options),
  };
}

function sortedKeys(options: object): object {
  return Object.fromEntries(Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What is parsed is the same shape as was written, without counts. */
interface WrittenPoint extends Omit<CoverpointRecord, 'counts' | 'defaultCount' | 'illegalCounts'> {
  readonly countsIgnored?: true;
}
type WrittenCross = Omit<CrossRecord, 'counts' | 'hits' | 'illegalCount'>;
interface WrittenItems {
  readonly points: readonly WrittenPoint[];
  readonly crosses: readonly WrittenCross[];
}
interface WrittenInstance extends WrittenItems {
  readonly name: string;
  readonly weight: number;
}
interface WrittenGroup extends WrittenItems, Pick<CovergroupRecord, 'type' | 'weight' | 'options'> {
  readonly instances?: readonly WrittenInstance[];
}

function parsedModel(text: string): GroupModel {
  try {
    const group = emptyGroup(JSON.parse(text) as WrittenGroup);
    const layout = groupLayout(group);
    return { type: group.type, hash: modelHash(text), text, group, layout };
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new UsageError('bad-coverage', `the model of a covergroup cannot be read: ${what}`);
  }
}

function emptyGroup({ instances, ...group }: WrittenGroup): CovergroupRecord {
  const own = { ...group, samples: 0, ...emptyItems(group) };
  if (instances === undefined) return own;
  const empty = instances.map((one) => ({ ...one, samples: 0, ...emptyItems(one) }));
  return { ...own, instances: empty };
}

function emptyItems({ points, crosses }: WrittenItems): Items {
  return { points: points.map(emptyPoint), crosses: crosses.map(emptyCross) };
}

function emptyPoint({ countsIgnored, ...point }: WrittenPoint): CoverpointRecord {
  return {
    ...point,
    counts: zeros(point.bins),
    defaultCount: 0,
    illegalCounts: zeros(point.illegal),
    ...(countsIgnored === true && { ignoredCounts: zeros(point.ignored ?? []) }),
  };
}

function emptyCross(cross: WrittenCross): CrossRecord {
  return { ...cross, counts: zeros(cross.bins), hits: [], illegalCount: 0 };
}

function zeros(names: readonly string[]): readonly number[] {
  return new Array<number>(names.length).fill(0);
}
