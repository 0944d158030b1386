// A register of 1..64 bits: fields, the value that the model wants (desired) and the one it believes to be in the device
// (mirrored), and the accesses that take time. Source: IEEE 1800.2 clause 18.4 (uvm_reg).
//
//   readonly control = this.addRegister('CONTROL', { offset: 0x10, fields: {
//     enable: { lsb: 0, width: 1, reset: 0 },
//     mode: { lsb: 4, width: 2, reset: 1 },
//     done: { lsb: 31, width: 1, access: 'W1C', volatile: true, reset: 0 },
//   }});
//   …
//   yield* model.control.write(0x11);              // or: field.mode.set(2); yield* control.update()
//   const { value } = yield* model.control.read();
//   yield* model.control.mirror();                 // reads, and compares with what the model believes
import { UsageError } from '#base/assert';
import { suggest } from '#base/suggest';
import type { Process } from '#kernel/process';
import type { RandomStream } from '#random/random-stream';
import { afterRead, afterWrite, restrict } from './access-policy.ts';
import type { AccessStatus, ReadResult } from './read-result.ts';
import {
  failNoBackDoor,
  peekRegister,
  pokeRegister,
  readRegister,
  updateRegister,
  writeRegister,
  type AccessOptions,
  type MirrorOptions,
  type RegisterCallbacks,
} from './register-access.ts';
import type { Attributed, RegisterAttributes } from './register-attributes.ts';
import type { RegisterBackDoor, UserFrontDoor } from './register-bus.ts';
import { AccessLock, type RegisterModelContext, type RegisterRuleKey } from './register-checks.ts';
import { RegisterField, type FieldSpec, type ResetKind } from './register-field.ts';
import type { RegisterMap } from './register-map.ts';
import type { RegisterScope } from './register-scope.ts';
import {
  andWord,
  isZero,
  mapWord,
  maskWord,
  mergeWords,
  notWord,
  numberOf,
  orWord,
  valueOf,
  wordOf,
  wordText,
  xorWord,
  ZERO,
  type Value,
  type Word,
} from './word.ts';

export type FieldSpecs = Readonly<Record<string, FieldSpec>>;

/** The fields of a register, and its width. */
export interface RegisterSpec<F extends FieldSpecs = FieldSpecs> {
  /** 1..64; default 32. It takes the whole bytes. */
  readonly widthBits?: number;
  readonly fields: F;
  /** What tests leave alone, with the reason. */
  readonly attributes?: RegisterAttributes;
}

/** What was predicted of a register: told to listeners (coverage) after each access. */
export interface PredictedAccess {
  readonly kind: 'read' | 'write';
  readonly register: Register;
  readonly value: Word;
  /** Bits that took part. */
  readonly mask: Word;
  readonly map: RegisterMap | undefined;
}

/** What a read that is under way must give, whatever is written meanwhile. */
export interface RegisterExpectation {
  readonly value: Word;
  /** Bits that are compared. */
  readonly mask: Word;
  /** Of what the model believed; another one later: it was written or reset since. */
  readonly version: number;
}

/** How `predict` is meant; all of it has a default. */
export interface PredictOptions {
  /** 'write', 'read': as such an access would leave it; 'direct': the value itself. Default direct. */
  readonly kind?: 'direct' | 'read' | 'write';
  readonly map?: RegisterMap;
}

/**
 * A register of 1..64 bits: what the model wants (desired) and believes (mirrored) of it, and the accesses that take
 * time (IEEE 1800.2 clause 18.4).
 */
export class Register<F extends string = string> implements Attributed {
  readonly name: string;
  readonly parent: RegisterScope;
  readonly widthBits: number;
  /** Bytes that it takes in a map: its width in whole bytes. */
  readonly byteLength: number;
  readonly attributes: RegisterAttributes;
  /** Fields by name. */
  readonly field: Readonly<Record<F, RegisterField>>;
  /** Fields in the order of their bits. */
  readonly fields: readonly RegisterField[];
  /** Bits that belong to fields. */
  readonly mask: Word;
  readonly lock: AccessLock;
  private wanted: Word = ZERO;
  private believed: Word = ZERO;
  /** Bits of which the model believes nothing. */
  private unknown: Word = ZERO;
  private version = 0;
  private readonly maps: RegisterMap[] = [];
  private readonly frontDoors = new Map<RegisterMap, UserFrontDoor>();
  private backDoor: RegisterBackDoor | undefined;
  private readonly callbacks: RegisterCallbacks[] = [];
  private rule: RegisterRuleKey | undefined;
  private ruleMask: Word | undefined;
  private judged: boolean | undefined;
  private fieldInWriting: RegisterField | undefined;

  /** Made by `addRegister` of a block or file. @throws UsageError `bad-register`, `field-conflict`, `bad-field`. */
  constructor(name: string, parent: RegisterScope, spec: RegisterSpec) {
    this.name = name;
    this.parent = parent;
    this.widthBits = spec.widthBits ?? 32;
    this.byteLength = Math.ceil(this.widthBits / 8);
    this.attributes = spec.attributes ?? {};
    this.lock = new AccessLock(this.fullPath);
    if (!Number.isInteger(this.widthBits) || this.widthBits < 1 || this.widthBits > 64) {
      throw new UsageError('bad-register', `a register has 1..64 bits, not ${this.widthBits}`, {
        path: this.fullPath,
      });
    }
    const field: Record<string, RegisterField> = {};
    for (const [key, one] of Object.entries(spec.fields)) {
      field[key] = new RegisterField(key, this, one);
    }
    this.field = field as Record<F, RegisterField>;
    this.fields = Object.values(field).sort((a, b) => a.lsb - b.lsb);
    checkOverlaps(this.fields);
    this.mask = this.fields.reduce((mask, one) => orWord(mask, one.mask), ZERO);
  }

  get fullPath(): string {
    return `${this.parent.fullPath}.${this.name}`;
  }

  get context(): RegisterModelContext {
    return this.parent.context;
  }

  /** @throws UsageError `unknown-field` with a hint. */
  fieldByName(name: string): RegisterField {
    const found = this.fields.find((one) => one.name === name);
    if (found !== undefined) return found;
    const names = this.fields.map((one) => one.name);
    throw new UsageError('unknown-field', `no field '${name}'${suggest(name, names)}`, {
      path: this.fullPath,
    });
  }

  // --- what the model wants and believes ---------------------------------------------------------
  /** The value that the model wants to be there. */
  get desired(): Word {
    return this.wanted;
  }

  /** The value that the model believes to be there. */
  get mirrored(): Word {
    return this.believed;
  }

  /** The desired value. @throws UsageError `wide-value` from 2^53 on: take `desired`. */
  get(): number {
    return numberOf(this.wanted);
  }

  /** @throws UsageError `wide-value` from 2^53 on: take `mirrored`. */
  getMirrored(): number {
    return numberOf(this.believed);
  }

  /** Wants what writing `value` would give, by the policies; accesses nothing. @throws UsageError `bad-value`. */
  set(value: Value): void {
    const word = this.fitting(value);
    for (const one of this.fields) one.set(valueOf(one.of(word)));
  }

  /** Draws a value for every field that can be written; `update` brings it into the device. */
  randomize(stream: RandomStream): void {
    for (const one of this.fields) {
      if (one.policy.write === 'none' || (one.policy.once && one.wasWritten)) continue;
      const drawn = { low: stream.uint32(), high: one.width > 32 ? stream.uint32() : 0 };
      const value =
        one.legal === undefined ? andWord(drawn, maskWord(one.width)) : stream.pick(one.legal);
      this.setDesired(one.into(this.wanted, value), one.mask);
    }
  }

  /** Whether `update` has something to write. */
  get needsUpdate(): boolean {
    return this.fields.some((one) => one.needsUpdate);
  }

  /**
   * What the model believes from now on, without any access. @returns false when an access is under way: it would overwrite it.
   * @throws UsageError `bad-value`.
   */
  predict(value: Value, { kind = 'direct', map }: PredictOptions = {}): boolean {
    this.context.checkUsable(this.fullPath);
    if (this.lock.isTaken) return false;
    const word = this.fitting(value);
    if (kind === 'direct') this.predictDirect(word, this.mask);
    else this.predictAccess(kind, word, { lanes: this.mask, map });
    return true;
  }

  /** Bits of which nothing is believed until they are written, read or reset. Default: all. */
  forget(mask: Word = this.mask): void {
    this.unknown = orWord(this.unknown, andWord(mask, this.mask));
    this.version++;
  }

  /** A reset of this kind; fields without such a reset keep what they have. */
  reset(kind: ResetKind = 'HARD'): void {
    for (const one of this.fields) {
      const value = one.placedReset(kind);
      if (value === undefined) continue;
      this.believe(value, one.mask);
      if (kind === 'HARD') one.wasWritten = false;
    }
  }

  /** The value after a reset; fields without such a reset keep what the model believes. */
  getReset(kind: ResetKind = 'HARD'): Word {
    return this.fields.reduce((word, one) => {
      const value = one.placedReset(kind);
      return value === undefined ? word : mergeWords(word, value, one.mask);
    }, this.believed);
  }

  /** Whether a reset of this kind gives any field a value. */
  hasReset(kind: ResetKind = 'HARD'): boolean {
    return this.fields.some((one) => one.hasReset(kind));
  }

  // --- accesses ----------------------------------------------------------------------------------
  /** Writes all fields. @throws UsageError `bad-value`, `partial-write`, and as `read`. */
  write(value: Value, options: AccessOptions = {}): Process<AccessStatus> {
    return writeRegister(this, this.fitting(value), options);
  }

  /**
   * Reads. Compared with the mirror only where the map says so (`checkOnRead`).
   * @throws UsageError `register-model-unlocked`, `not-in-map`, `no-front-door`, `no-back-door`.
   */
  read(options: AccessOptions = {}): Process<ReadResult> {
    return readRegister(this, options);
  }

  /** Writes what the model wants, unless it is there already: then `ok` without an access. @throws as `write`. */
  update(options: AccessOptions = {}): Process<AccessStatus> {
    return updateRegister(this, options);
  }

  /** Reads, compares with the mirror unless `check` is false, believes what was read. @throws as `read`. */
  mirror(options: MirrorOptions = {}): Process<ReadResult> {
    return readRegister(this, { check: true, ...options });
  }

  /** The value by the back door, without side effects: `yield* peek()`. @throws UsageError `no-back-door`. */
  peek(): Process<Word> {
    return peekRegister(this);
  }

  /** Puts a value there by the back door, whatever the access policies say. @throws UsageError `no-back-door`. */
  poke(value: Value): Process {
    return pokeRegister(this, this.fitting(value));
  }

  // --- doors, maps, hooks ------------------------------------------------------------------------
  /** Another way to the register than the bus of `map`. */
  setFrontDoor(door: UserFrontDoor, map: RegisterMap): void {
    this.frontDoors.set(map, door);
  }

  /** The front door set for a map in place of its bus; undefined: there is none. */
  frontDoorOf(map: RegisterMap): UserFrontDoor | undefined {
    return this.frontDoors.get(map);
  }

  /** Its own back door; otherwise that of its block serves. */
  setBackDoor(door: RegisterBackDoor): void {
    this.backDoor = door;
  }

  get hasBackDoor(): boolean {
    return this.foundBackDoor !== undefined;
  }

  /** @throws UsageError `no-back-door`. */
  requireBackDoor(): RegisterBackDoor {
    return this.foundBackDoor ?? failNoBackDoor(this.fullPath);
  }

  /** Hooks around accesses of this register, before those of its blocks. */
  addCallbacks(callbacks: RegisterCallbacks): void {
    this.callbacks.push(callbacks);
  }

  get allCallbacks(): readonly RegisterCallbacks[] {
    return [...this.callbacks, ...this.parent.block.allCallbacks];
  }

  /** For `RegisterMap`: the register was added to a map. */
  joined(map: RegisterMap): void {
    this.maps.push(map);
  }

  get allMaps(): readonly RegisterMap[] {
    return this.maps;
  }

  /** The map for an access. @throws UsageError `not-in-map`. */
  mapFor(wanted?: RegisterMap): RegisterMap {
    const found =
      wanted === undefined ? this.maps[0] : this.maps.find((map) => map.isWithin(wanted));
    if (found !== undefined) return found;
    const names = this.maps.map((map) => map.fullPath).join(', ');
    throw new UsageError(
      'not-in-map',
      wanted === undefined
        ? 'the register is in no map'
        : `the register is not in ${wanted.fullPath}`,
      { path: this.fullPath, hint: names === '' ? 'Add it with map.add.' : `It is in ${names}.` },
    );
  }

  // --- for accesses and predictors ---------------------------------------------------------------
  /** A read begins: what breaks when it differs, and in which bits, if not the default. */
  beginRead(rule: RegisterRuleKey | undefined, mask: Word | undefined): void {
    this.rule = rule;
    this.ruleMask = mask;
    this.judged = undefined;
  }

  /** A read is over: the next one breaks the default rule again. */
  endRead(): void {
    this.beginRead(undefined, undefined);
  }

  /** A write of `field` alone begins, or (undefined) of all fields. @returns what was written before, to be given back. */
  beginWrite(field: RegisterField | undefined): RegisterField | undefined {
    const before = this.fieldInWriting;
    this.fieldInWriting = field;
    return before;
  }

  /** Whether what the model wants of a field outlives the write under way: another field is written, and it is pending. */
  keepsWanted(field: RegisterField): boolean {
    const { fieldInWriting } = this;
    return fieldInWriting !== undefined && fieldInWriting !== field && field.isPending;
  }

  /** What a passive predictor found of the read under way; undefined: nothing. */
  get judgement(): boolean | undefined {
    return this.judged;
  }

  /** For fields and accesses: replaces the wanted value in the bits of `mask`, without regard to access policies. */
  setDesired(value: Word, mask: Word): void {
    this.wanted = mergeWords(this.wanted, value, mask);
  }

  /** For fields and accesses: the model believes and wants `value` in the bits of `mask`. */
  predictDirect(value: Word, mask: Word): void {
    this.believe(value, andWord(mask, this.mask));
  }

  /** What an access leaves in the lanes that take part. */
  predictAccess(
    kind: 'read' | 'write',
    value: Word,
    how: { readonly lanes: Word; readonly map: RegisterMap | undefined },
  ): void {
    const rights = how.map?.rightsOf(this) ?? 'RW';
    const before = this.believed;
    for (const one of this.fields) {
      const mask = andWord(one.mask, how.lanes);
      if (isZero(mask)) continue;
      const policy = restrict(one.policy, rights);
      if (kind === 'read') {
        if (policy.read === 'error') continue;
        this.believe(
          mapWord(value, value, (a) => afterRead(policy.read, a)),
          mask,
        );
      } else if (!(policy.once && one.wasWritten)) {
        one.wasWritten ||= policy.write !== 'none';
        const next = mapWord(before, value, (a, b) => afterWrite(policy.write, a, b));
        const wanted = this.keepsWanted(one) ? ZERO : mask;
        if (isCertain(policy.write)) this.believe(next, mask, wanted);
        else this.change(next, mask, wanted);
      }
    }
    const mask = andWord(this.mask, how.lanes);
    this.parent.block.predicted({ kind, register: this, value, mask, map: how.map });
  }

  /** What a read that begins now must give. */
  expectation(map: RegisterMap | undefined): RegisterExpectation {
    return { value: this.believed, mask: this.comparedMask(map), version: this.version };
  }

  /** Compares a value that was read, in the bits that count, and reports a difference by a rule. */
  judge(
    value: Word,
    lanes: Word,
    map: RegisterMap | undefined,
    expected: RegisterExpectation = this.expectation(map),
  ): boolean {
    const mask = andWord(andWord(expected.mask, lanes), this.ruleMask ?? this.mask);
    const wrong = andWord(xorWord(value, expected.value), mask);
    const isGood = this.context.judge(this.rule ?? 'mirror', isZero(wrong), () => ({
      subject: this.fullPath,
      expected: this.describe(expected.value, wrong),
      seen: this.describe(value, wrong),
    }));
    this.judged = isGood && this.judged !== false; // each word of a wide read is judged by itself
    return isGood;
  }

  /** Whether what the model believes is what it did when the expectation was made. */
  isStill({ version }: RegisterExpectation): boolean {
    return this.version === version;
  }

  /** Bits that are compared when they are read. */
  comparedMask(map: RegisterMap | undefined): Word {
    const rights = map?.rightsOf(this) ?? 'RW';
    const mask = this.fields.reduce((sum, { policy, isCompared, mask: bits }) => {
      const isSeen = isCompared && restrict(policy, rights).read !== 'error';
      return isSeen ? orWord(sum, bits) : sum;
    }, ZERO);
    return andWord(mask, notWord(this.unknown));
  }

  /** `0x00000011: enable 0x1, mode 0x1`: the value, and the fields that have bits in `mask`. */
  describe(value: Word, mask: Word = this.mask): string {
    const shown = this.fields.filter((one) => !isZero(andWord(one.mask, mask)));
    const texts = shown.map((one) => `${one.name} ${wordText(one.of(value))}`);
    return `${wordText(value, this.widthBits)}${texts.length === 0 ? '' : `: ${texts.join(', ')}`}`;
  }

  private get foundBackDoor(): RegisterBackDoor | undefined {
    return this.backDoor ?? this.parent.block.registerBackDoor;
  }

  private believe(value: Word, mask: Word, wantedMask = mask): void {
    this.unknown = andWord(this.unknown, notWord(mask));
    this.change(value, mask, wantedMask);
  }

  private change(value: Word, mask: Word, wantedMask: Word): void {
    this.version++;
    this.believed = mergeWords(this.believed, value, mask);
    this.wanted = mergeWords(this.wanted, value, wantedMask);
  }

  private fitting(value: Value): Word {
    const word = wordOf(value);
    if (isZero(andWord(word, notWord(maskWord(this.widthBits))))) return word;
    throw new UsageError('bad-value', `${wordText(word)} does not fit ${this.widthBits} bits`, {
      path: this.fullPath,
    });
  }
}

/** Whether the value after the write does not depend on the one before. */
function isCertain(write: string): boolean {
  return write === 'stores' || write === 'clears' || write === 'sets';
}

/** @throws UsageError `field-conflict` that names both. */
function checkOverlaps(fields: readonly RegisterField[]): void {
  for (let i = 1; i < fields.length; i++) {
    const [a, b] = [fields[i - 1], fields[i]];
    if (isZero(andWord(a.mask, b.mask))) continue;
    throw new UsageError(
      'field-conflict',
      `fields '${a.name}' (${a.bits}) and '${b.name}' (${b.bits}) overlap`,
      { path: a.parent.fullPath },
    );
  }
}
