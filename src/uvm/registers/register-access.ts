// What takes time: reads and writes of a register through a front door or a back door, one at a time per register, with
// callbacks before and after, comparison and prediction. Source: IEEE 1800.2 clauses 18.4 (read, write, mirror, update, peek,
// poke), 19.4 (user front doors), 19.5 (back doors).
//
//   write/read      lock -> pre callbacks -> front door | back door -> compare, predict -> post callbacks -> unlock
import { UsageError } from '#base/assert';
import type { Process } from '#kernel/process';
import { afterRead, afterWrite, restrict } from './access-policy.ts';
import { ReadResult, type AccessStatus } from './read-result.ts';
import type { RegisterRuleKey } from './register-checks.ts';
import type { RegisterField } from './register-field.ts';
import type { RegisterMap } from './register-map.ts';
import type { RegisterMemory } from './register-memory.ts';
import type { Register } from './register.ts';
import {
  isZero,
  lanesWord,
  andWord,
  mapWord,
  mergeWords,
  orWord,
  ZERO,
  type Word,
} from './word.ts';
import { elementLanes, type AccessPath } from './register-bus.ts';

export type { AccessStatus };

/** How a register, field or memory is accessed; all of it has a default. */
export interface AccessOptions {
  /** Default: the block's. */
  readonly path?: AccessPath;
  /** Default: the first map of the register. */
  readonly map?: RegisterMap;
  /** Byte lanes of the register that take part, bit 0 for byte 0. Default: all. */
  readonly lanes?: number;
  /** For the bus: whatever the adapter understands. */
  readonly extension?: unknown;
}

/** How a register is read and compared with the mirror. */
export interface MirrorOptions extends AccessOptions {
  /** Whether what is read is compared with the mirror. Default true. */
  readonly check?: boolean;
  /** The rule that a difference breaks. Default: 'mirror', or that of the test that runs. */
  readonly rule?: RegisterRuleKey;
  /** Bits that are compared, of those that the model compares. Default: all. */
  readonly compareMask?: Word;
}

/** One access under way: callbacks and user front doors may change the value and the status. */
export interface RegisterAccess {
  readonly kind: 'read' | 'write';
  readonly element: Register | RegisterMemory;
  /** Location of a memory; 0 for registers. */
  readonly index: number;
  readonly path: AccessPath;
  readonly map: RegisterMap | undefined;
  /** Byte lanes of the element that take part, bit 0 for byte 0. */
  readonly lanes: number;
  readonly options: AccessOptions;
  /** What is written, or what was read. */
  value: Word;
  /** How it ended, or `ok` so far. */
  status: AccessStatus;
}

/** Hooks around accesses; each may take time. */
export interface RegisterCallbacks {
  /** Before a write goes through its door; may change `access.value`, which is what is written and predicted. */
  preWrite?(access: RegisterAccess): Process | void;
  /** After a write and its prediction; may change `access.status`, which the caller gets. */
  postWrite?(access: RegisterAccess): Process | void;
  /** Before a read goes through its door. */
  preRead?(access: RegisterAccess): Process | void;
  /**
   * After a read, its comparison and its prediction; may change `access.value` and `access.status`, which the caller
   * gets.
   */
  postRead?(access: RegisterAccess): Process | void;
}

/** @param field the only one that is written: what is wanted of the others, and not updated yet, stays (clause 18.5). */
export function* writeRegister(
  register: Register,
  value: Word,
  options: AccessOptions,
  field?: RegisterField,
): Process<AccessStatus> {
  const access = begin('write', register, options);
  access.value = value;
  yield* register.lock.acquire(register.context.kernel);
  const before = register.beginWrite(field);
  try {
    for (const one of register.fields) wantWritten(register, one, access);
    yield* runHooks(register, 'preWrite', access);
    if (access.path === 'back') writeBehind(register, access);
    else {
      yield* useFrontDoor(register, access);
      if (access.status === 'ok' && access.map?.prediction === 'auto') predict(register, access);
    }
    yield* runHooks(register, 'postWrite', access);
    return access.status;
  } finally {
    register.beginWrite(before);
    register.lock.release();
  }
}

/** Reads; compares first if that is wanted, then predicts. */
export function* readRegister(register: Register, options: MirrorOptions): Process<ReadResult> {
  const access = begin('read', register, options);
  const isChecked = options.check ?? access.map?.checkOnRead ?? false;
  yield* register.lock.acquire(register.context.kernel);
  try {
    register.beginRead(options.rule, options.compareMask);
    yield* runHooks(register, 'preRead', access);
    const matches =
      access.path === 'back'
        ? readBehind(register, access, isChecked)
        : yield* readThrough(register, access, isChecked);
    yield* runHooks(register, 'postRead', access);
    return new ReadResult(access.status, access.value, matches);
  } finally {
    register.endRead();
    register.lock.release();
  }
}

/** Writes what makes the register what the model wants, if there is anything to write. */
export function* updateRegister(register: Register, options: AccessOptions): Process<AccessStatus> {
  if (!register.needsUpdate) return 'ok';
  register.context.checkUsable(register.fullPath);
  // The value is made when it is this access's turn: another may be changing the register now.
  yield* register.lock.acquire(register.context.kernel);
  try {
    if (!register.needsUpdate) return 'ok';
    let value = ZERO;
    for (const field of register.fields) value = orWord(value, field.updateWord());
    return yield* writeRegister(register, value, options);
  } finally {
    register.lock.release();
  }
}

/** Reads through the back door without any effect, and believes it. @throws UsageError `no-back-door`. */
export function* peekRegister(register: Register): Process<Word> {
  register.context.checkUsable(register.fullPath);
  const door = register.requireBackDoor();
  yield* register.lock.acquire(register.context.kernel);
  try {
    const value = door.peek(register);
    register.predictDirect(value, register.mask);
    return value;
  } finally {
    register.lock.release();
  }
}

/** Puts a value there as it is, and believes it. @throws UsageError `no-back-door`. */
export function* pokeRegister(register: Register, value: Word): Process {
  register.context.checkUsable(register.fullPath);
  const door = register.requireBackDoor();
  yield* register.lock.acquire(register.context.kernel);
  try {
    door.poke(register, value);
    register.predictDirect(value, register.mask);
  } finally {
    register.lock.release();
  }
}

export function* writeField(
  field: RegisterField,
  placed: Word,
  options: AccessOptions,
): Process<AccessStatus> {
  const { parent: register } = field;
  if (canStandAlone(field, options)) {
    return yield* writeRegister(register, placed, { ...options, lanes: lanesOf(field) });
  }
  register.context.checkUsable(register.fullPath);
  // What leaves the other fields alone is known when no other access is under way.
  yield* register.lock.acquire(register.context.kernel);
  try {
    let value = placed;
    for (const other of register.fields) {
      if (other !== field) value = orWord(value, other.neutralWord());
    }
    return yield* writeRegister(register, value, options, field);
  } finally {
    register.lock.release();
  }
}

export function* readField(field: RegisterField, options: AccessOptions): Process<ReadResult> {
  const lanes = canStandAlone(field, options) ? { lanes: lanesOf(field) } : {};
  const { status, word } = yield* readRegister(field.parent, { ...options, ...lanes });
  return new ReadResult(status, field.of(word));
}

// --- parts -----------------------------------------------------------------------------------------

function begin(kind: 'read' | 'write', register: Register, options: AccessOptions): RegisterAccess {
  register.context.checkUsable(register.fullPath);
  const path = options.path ?? register.parent.block.defaultPath;
  if (path === 'back') register.requireBackDoor();
  const lanes = options.lanes ?? elementLanes(register.byteLength);
  const map = path === 'front' ? register.mapFor(options.map) : undefined;
  return {
    kind,
    element: register,
    index: 0,
    path,
    map,
    lanes,
    options,
    value: ZERO,
    status: 'ok',
  };
}

function* useFrontDoor(register: Register, access: RegisterAccess): Process {
  const { map } = access;
  if (map === undefined) return;
  const own = register.frontDoorOf(map);
  if (own === undefined) yield* map.transfer(access);
  else yield* own.run(access);
}

function* readThrough(
  register: Register,
  access: RegisterAccess,
  isChecked: boolean,
): Process<boolean | undefined> {
  yield* useFrontDoor(register, access);
  if (access.status !== 'ok') return undefined;
  let matches = register.judgement;
  if (isChecked && matches === undefined) {
    matches = register.judge(access.value, lanesWord(access.lanes), access.map);
  }
  if (access.map?.prediction === 'auto') predict(register, access);
  return matches;
}

/** A back-door write does what the access policies say that a write does. */
function writeBehind(register: Register, access: RegisterAccess): void {
  const door = register.requireBackDoor();
  const before = door.peek(register);
  let after = before;
  for (const field of register.fields) {
    if (field.policy.once && field.wasWritten) continue;
    const next = mapWord(before, access.value, (a, b) => afterWrite(field.policy.write, a, b));
    after = mergeWords(after, next, field.mask);
  }
  door.poke(register, after);
  predict(register, access);
}

/** A back-door read leaves what the access policies say that a read leaves. */
function readBehind(
  register: Register,
  access: RegisterAccess,
  isChecked: boolean,
): boolean | undefined {
  const door = register.requireBackDoor();
  const before = door.peek(register);
  access.value = before;
  let after = before;
  for (const { policy, mask } of register.fields) {
    const next = mapWord(before, before, (a) => afterRead(policy.read, a));
    after = mergeWords(after, next, mask);
  }
  if (after.low !== before.low || after.high !== before.high) door.poke(register, after);
  const matches = isChecked ? register.judge(before, register.mask, undefined) : undefined;
  predict(register, access);
  return matches;
}

function predict(register: Register, { kind, value, lanes, map }: RegisterAccess): void {
  register.predictAccess(kind, value, { lanes: lanesWord(lanes), map });
}

/** As `set` does: from now on the model wants what the write gives. */
function wantWritten(register: Register, field: RegisterField, access: RegisterAccess): void {
  if ((field.policy.once && field.wasWritten) || register.keepsWanted(field)) return;
  const mask = andWord(field.mask, lanesWord(access.lanes));
  if (isZero(mask)) return;
  const rights = access.map?.rightsOf(register) ?? 'RW';
  const { write } = restrict(field.policy, rights);
  const next = mapWord(register.desired, access.value, (a, b) => afterWrite(write, a, b));
  register.setDesired(next, mask);
}

function* runHooks(
  register: Register,
  hook: keyof RegisterCallbacks,
  access: RegisterAccess,
): Process {
  for (const callbacks of register.allCallbacks) {
    const process = callbacks[hook]?.(access);
    if (process !== undefined) yield* process;
  }
}

/** Whether the field has its byte lanes to itself, and the bus can write them alone. */
function canStandAlone(field: RegisterField, options: AccessOptions): boolean {
  const { parent: register } = field;
  const path = options.path ?? register.parent.block.defaultPath;
  if (!field.isIndividuallyAccessible || path === 'back') return false;
  const lanes = lanesWord(lanesOf(field));
  const isAlone = register.fields.every(
    (other) => other === field || isZero(andWord(other.mask, lanes)),
  );
  return isAlone && register.mapFor(options.map).hasByteEnables;
}

function lanesOf({ lsb, width }: RegisterField): number {
  const first = lsb >> 3;
  const last = (lsb + width - 1) >> 3;
  return (elementLanes(last - first + 1) << first) & 0xff;
}

/** @throws UsageError `no-back-door`. */
export function failNoBackDoor(path: string): never {
  throw new UsageError('no-back-door', 'there is no back door', {
    path,
    hint: 'Give the register or its block one with setBackDoor({ peek, poke }).',
  });
}
