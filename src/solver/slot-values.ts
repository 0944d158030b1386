/** Reading the values of variables out of an object, and writing them into it (`layout.ts`). */
import { UsageError, assertNever } from '#base/assert';
import type { Domain, Scalar } from './domain.ts';
import type { ArraySlot, ObjectSlot, ScalarSlot, Slot, WideSlot } from './layout.ts';
import { knownState } from './random-modes.ts';

type Parts = Record<string | number, unknown>;

/** Which fields of the outermost object are random in a call; undefined: all. */
export type Chosen = ReadonlySet<string> | undefined;

/** Takes the value of a variable. */
type Take = (index: number, code: number) => void;

/**
 * Values of the variables that are not random in a call: those of fields that are switched off or not chosen. They are
 * as state (IEEE 1800 clause 18.8).
 * @throws UsageError `bad-state`.
 */
export function valuesOff(
  target: object,
  root: ObjectSlot,
  chosen: Chosen,
): ReadonlyMap<number, number> {
  if (chosen === undefined && !hasModes(target, root)) return NOTHING;
  const values = new Map<number, number>();
  visitOff(
    target,
    root,
    (slot, owner) => readSlot(slot, owner, (i, code) => values.set(i, code)),
    chosen,
  );
  return values;
}

const NOTHING: ReadonlyMap<number, number> = new Map();

/** Whether anything may be switched off: asked on each call, so simple objects are told quickly. */
function hasModes(target: object, root: ObjectSlot): boolean {
  const isOff = (knownState(target)?.fieldsOff.size ?? 0) > 0;
  return isOff || root.fields.some(({ kind }) => kind === 'object' || kind === 'array');
}

/**
 * Calls `visit` with each field, or element of a list, that is not random now. Chosen fields are, as if they were switched on for the
 * call, and no others (IEEE 1800 clause 18.11).
 */
function visitOff(
  target: object,
  slot: ObjectSlot,
  visit: (slot: Slot, owner: Parts) => void,
  chosen: Chosen,
): void {
  const off = knownState(target)?.fieldsOff;
  const owner = target as Parts;
  for (const field of slot.fields) {
    const key = String(field.key);
    const isOff = chosen === undefined ? off?.has(key) === true : !chosen.has(key);
    if (isOff) visit(field, owner);
    else visitParts(field, owner, { visit, off: chosen === undefined ? off : undefined });
  }
}

function visitParts(
  slot: Slot,
  owner: Parts,
  how: {
    readonly visit: (slot: Slot, owner: Parts) => void;
    readonly off: ReadonlySet<string> | undefined;
  },
): void {
  const value = owner[slot.key];
  if (slot.kind === 'object') {
    if (typeof value === 'object' && value !== null) visitOff(value, slot, how.visit, undefined);
    return;
  }
  if (slot.kind !== 'array' || slot.elements.length === 0) return;
  const isPlain = slot.elements[0].kind === 'scalar' || slot.elements[0].kind === 'wide';
  if (isPlain && (how.off?.size ?? 0) === 0) return;
  if (typeof value !== 'object' || value === null) return;
  const list = value as ArrayLike<unknown> & Parts;
  for (const element of slot.elements.slice(0, list.length)) {
    if (how.off?.has(`${slot.key}[${element.key}]`) === true) how.visit(element, list);
    else visitParts(element, list, how);
  }
}

/** The slots that a call does not write. */
export function slotsOff(target: object, root: ObjectSlot, chosen: Chosen): ReadonlySet<Slot> {
  const found = new Set<Slot>();
  visitOff(target, root, (slot) => found.add(slot), chosen);
  return found;
}

/** Reads the variables of a field as they are. @throws UsageError `bad-state` when there is no code for a value. */
export function readSlot(slot: Slot, owner: Parts, take: Take): void {
  const value = owner[slot.key];
  switch (slot.kind) {
    case 'scalar':
      take(slot.index, codeOf(slot, slot.domain, value));
      return;
    case 'wide':
      readWide(slot, value, take);
      return;
    case 'array':
      readArray(slot, value, take);
      return;
    case 'object':
      for (const field of slot.fields) readSlot(field, objectIn(slot, value), take);
      return;
    default:
      assertNever(slot);
  }
}

/** What `write` needs. */
export interface Writing {
  readonly values: Float64Array;
  /** Slots that keep what they have. */
  readonly off: ReadonlySet<Slot>;
}

/** Writes the values of an object's fields. */
export function writeFields(slot: ObjectSlot, target: object, writing: Writing): void {
  const owner = target as Parts;
  for (const field of slot.fields) {
    if (!writing.off.has(field)) owner[field.key] = written(field, owner[field.key], writing);
  }
}

/** The new value of a field; objects are kept and get new values in their fields. */
function written(slot: Slot, present: unknown, writing: Writing): unknown {
  const { values } = writing;
  switch (slot.kind) {
    case 'scalar':
      return slot.domain.fromNumber(values[slot.index]);
    case 'wide':
      return (BigInt(values[slot.high]) << 32n) + BigInt(values[slot.low]);
    case 'array':
      return writtenArray(slot, present, writing);
    case 'object': {
      const item =
        typeof present === 'object' && present !== null ? present : new slot.shape.itemClass();
      writeFields(slot, item, writing);
      return item;
    }
    default:
      return assertNever(slot);
  }
}

function writtenArray(slot: ArraySlot, present: unknown, writing: Writing): unknown {
  const size = slot.size === undefined ? slot.elements.length : writing.values[slot.size];
  const before = present as Parts | undefined;
  const list = slot.elements.slice(0, size).map((element) => {
    const own = before?.[element.key];
    return writing.off.has(element) ? own : written(element, own, writing);
  });
  return slot.isBytes ? Uint8Array.from(list as number[]) : list;
}

function codeOf(slot: ScalarSlot, domain: Domain<Scalar>, value: unknown): number {
  if (domain.contains(value)) return domain.toNumber(value);
  if (domain.kind === 'integer' && Number.isSafeInteger(value)) return value as number;
  throw new UsageError(
    'bad-state',
    `${slot.path} is ${String(value)}, not one of ${domain.describe()}`,
    {
      hint: 'It is not random in this call, so constraints read it as it is.',
    },
  );
}

function readWide(slot: WideSlot, value: unknown, take: Take): void {
  if (typeof value !== 'bigint') {
    const message = `${slot.path} is ${String(value)}, not a bigint: ${slot.domain.describe()}`;
    throw new UsageError('bad-state', message);
  }
  const [high, low] = slot.domain.halvesOf(value);
  take(slot.high, high);
  take(slot.low, low);
}

function readArray(slot: ArraySlot, value: unknown, take: Take): void {
  const isList = Array.isArray(value) || ArrayBuffer.isView(value);
  const size = isList ? (value as unknown as ArrayLike<unknown>).length : -1;
  const sizeMax = slot.elements.length;
  if (size < 0 || size > sizeMax || (slot.size === undefined && size !== sizeMax)) {
    const wanted = slot.size === undefined ? `${sizeMax}` : `at most ${sizeMax}`;
    const found = size < 0 ? `is ${String(value)}` : `has ${size} elements`;
    throw new UsageError('bad-state', `${slot.path} ${found}, it is a list of ${wanted}`);
  }
  if (slot.size !== undefined) take(slot.size, size);
  for (const element of slot.elements.slice(0, size)) readSlot(element, value as Parts, take);
}

function objectIn(slot: ObjectSlot, value: unknown): Parts {
  if (typeof value === 'object' && value !== null) return value as Parts;
  throw new UsageError('bad-state', `${slot.path} is ${String(value)}, not a ${slot.shape.name}`);
}
