// One field of a register: where its bits lie, what access does to them, what a reset gives. The values are the register's.
// Source: IEEE 1800.2 clause 18.5 (uvm_reg_field).
import { UsageError } from '#base/assert';
import type { Process } from '#kernel/process';
import {
  ACCESS_POLICIES,
  type AccessName,
  type AccessPolicy,
  afterWrite,
  writeFor,
} from './access-policy.ts';
import { readField, writeField, type AccessOptions, type AccessStatus } from './register-access.ts';
import type { RegisterAttributes } from './register-attributes.ts';
import type { ReadResult } from './read-result.ts';
import type { Register } from './register.ts';
import {
  andWord,
  isZero,
  mapWord,
  maskWord,
  mergeWords,
  notWord,
  numberOf,
  sameWord,
  shiftLeft,
  shiftRight,
  wordOf,
  wordText,
  type Value,
  type Word,
} from './word.ts';

/** Cold reset; soft reset, which may leave fields as they are; others by name. */
export type ResetKind = 'HARD' | 'SOFT' | (string & {});

/** Values after resets: one value is that of a hard reset. */
export type ResetValues = Value | Readonly<Partial<Record<ResetKind, Value>>>;

/** Where a field lies in its register, what access does to it, and what a reset gives. */
export interface FieldSpec {
  /** Bit 0 of the field in the register, 0..63. */
  readonly lsb: number;
  /** Bits, 1..64. */
  readonly width: number;
  /** By name, or a policy of one's own. Default RW. */
  readonly access?: AccessName | AccessPolicy;
  /** A value is that of a hard reset; a kind of reset that is not named leaves the field as it is. Default: no reset. */
  readonly reset?: ResetValues;
  /** The device changes it by itself: not compared, and always in want of an update. */
  readonly volatile?: boolean;
  /** Whether reads are compared with the mirror. Default: unless it is volatile. */
  readonly compare?: boolean;
  /** It has its byte lanes to itself, and the bus may write them alone. */
  readonly individuallyAccessible?: boolean;
  /** The only values that `randomize` draws. */
  readonly legal?: readonly number[];
  /** What tests leave alone, with the reason. */
  readonly attributes?: RegisterAttributes;
}

/**
 * A field of a register: its bits, policy and reset values; what it holds is part of the register (IEEE 1800.2 clause
 * 18.5).
 */
export class RegisterField {
  readonly name: string;
  readonly parent: Register;
  /** Bit 0 of the field in the register, 0..63. */
  readonly lsb: number;
  /** Bits, 1..64. */
  readonly width: number;
  /** What reading and writing does to it. */
  readonly policy: AccessPolicy;
  /** The device changes it by itself. */
  readonly isVolatile: boolean;
  /** It has its byte lanes to itself, and the bus may write them alone. */
  readonly isIndividuallyAccessible: boolean;
  /** The only values that are drawn for it and written by tests; undefined: all that fit. */
  readonly legal: readonly number[] | undefined;
  readonly attributes: RegisterAttributes;
  /** Its bits in the register. */
  readonly mask: Word;
  /** Whether reads are compared with the mirror. */
  isCompared: boolean;
  /** It was written since the last hard reset (W1, WO1). */
  wasWritten = false;
  private readonly resets = new Map<string, Word>();

  /** Made by `Register`. @throws UsageError `bad-field` when it does not fit. */
  constructor(name: string, register: Register, spec: FieldSpec) {
    this.name = name;
    this.parent = register;
    this.lsb = spec.lsb;
    this.width = spec.width;
    this.attributes = spec.attributes ?? {};
    if (!isInside(spec, register.widthBits)) {
      throw new UsageError('bad-field', `bits ${this.bits} lie outside of the register`, {
        path: this.fullPath,
        hint: `${register.name} has ${register.widthBits} bits.`,
      });
    }
    const access = spec.access ?? 'RW';
    this.policy = typeof access === 'string' ? ACCESS_POLICIES[access] : access;
    this.isVolatile = spec.volatile ?? false;
    this.isCompared = spec.compare ?? !this.isVolatile;
    this.isIndividuallyAccessible = spec.individuallyAccessible ?? false;
    this.legal = spec.legal;
    this.mask = maskWord(spec.width, spec.lsb);
    for (const [kind, value] of Object.entries(resetsOf(spec.reset))) {
      if (value !== undefined) this.setReset(value, kind);
    }
  }

  /** Path of the register, and its name. */
  get fullPath(): string {
    return `${this.parent.fullPath}.${this.name}`;
  }

  /** `7:4`, or `3` for one bit. */
  get bits(): string {
    return this.width === 1 ? `${this.lsb}` : `${this.lsb + this.width - 1}:${this.lsb}`;
  }

  // --- values ------------------------------------------------------------------------------------
  /** The value that the model wants to be there. @throws UsageError `wide-value` from 2^53 on. */
  get(): number {
    return numberOf(this.getWord());
  }

  /** The value that the model wants to be there, in field position, of up to 64 bits. */
  getWord(): Word {
    return this.of(this.parent.desired);
  }

  /** The value that the model believes to be there. @throws UsageError `wide-value` from 2^53 on. */
  getMirrored(): number {
    return numberOf(this.of(this.parent.mirrored));
  }

  /** Wants what writing `value` would give, by the access policy. @throws UsageError `bad-value`. */
  set(value: Value): void {
    const written = this.placed(value);
    const { desired } = this.parent;
    if (this.policy.once && this.wasWritten) return;
    const next = mapWord(desired, written, (a, b) => afterWrite(this.policy.write, a, b));
    this.parent.setDesired(next, this.mask);
  }

  /** What the model believes without any access. @throws UsageError `bad-value`. */
  predict(value: Value): void {
    this.parent.predictDirect(this.placed(value), this.mask);
  }

  /** Whether `update` has something to write: the wanted value differs, or the device may have changed it. */
  get needsUpdate(): boolean {
    if (this.policy.write === 'none') return false;
    return this.isVolatile || this.isPending;
  }

  /** Whether the model wants another value than it believes to be there. */
  get isPending(): boolean {
    return !sameWord(this.getWord(), this.of(this.parent.mirrored));
  }

  /** What `update` writes in its place, in register position. */
  updateWord(): Word {
    const { desired, mirrored } = this.parent;
    const written = mapWord(mirrored, desired, (a, b) => writeFor(this.policy.write, a, b));
    return andWord(written, this.mask);
  }

  /** What changes nothing when it is written in its place, as far as the policy has such a value. */
  neutralWord(): Word {
    const { mirrored } = this.parent;
    const written = mapWord(mirrored, mirrored, (a, b) => writeFor(this.policy.write, a, b));
    return andWord(written, this.mask);
  }

  // --- accesses: see `Register` ------------------------------------------------------------------
  /**
   * Writes the field: its own byte lanes where it has them to itself, otherwise the whole register with values in the
   * other
   * fields that change nothing.
   * @throws UsageError `bad-value` when the value does not fit; otherwise as `Register.write`.
   */
  write(value: Value, options: AccessOptions = {}): Process<AccessStatus> {
    return writeField(this, this.placed(value), options);
  }

  /**
   * Reads the register, or the field's own byte lanes; the result has the field alone, from bit 0.
   * @throws as `Register.read`.
   */
  read(options: AccessOptions = {}): Process<ReadResult> {
    return readField(this, options);
  }

  // --- resets ------------------------------------------------------------------------------------
  /** Whether a reset of this kind gives the field a value. */
  hasReset(kind: ResetKind = 'HARD'): boolean {
    return this.resets.has(kind);
  }

  /** The value after a reset, in field position; undefined when the reset leaves the field alone. */
  getReset(kind: ResetKind = 'HARD'): Word | undefined {
    const placed = this.resets.get(kind);
    return placed === undefined ? undefined : this.of(placed);
  }

  /** @throws UsageError `bad-value` when it does not fit. */
  setReset(value: Value, kind: ResetKind = 'HARD'): void {
    this.resets.set(kind, this.placed(value));
  }

  /** For `Register`: the reset value in register position. */
  placedReset(kind: ResetKind): Word | undefined {
    return this.resets.get(kind);
  }

  /** The field's part of a register's value, in field position. */
  of(register: Word): Word {
    return shiftRight(andWord(register, this.mask), this.lsb);
  }

  /** `base` with the field's part replaced. */
  into(base: Word, value: Value): Word {
    return mergeWords(base, this.placed(value), this.mask);
  }

  private placed(value: Value): Word {
    const word = wordOf(value);
    if (!isZero(andWord(word, notWord(maskWord(this.width))))) {
      throw new UsageError('bad-value', `${wordText(word)} does not fit ${this.width} bits`, {
        path: this.fullPath,
      });
    }
    return shiftLeft(word, this.lsb);
  }
}

function isInside({ lsb, width }: FieldSpec, registerBits: number): boolean {
  const isWhole = Number.isInteger(lsb) && Number.isInteger(width);
  return isWhole && lsb >= 0 && width >= 1 && lsb + width <= registerBits;
}

function resetsOf(reset: FieldSpec['reset']): Readonly<Partial<Record<string, Value>>> {
  if (reset === undefined) return {};
  if (typeof reset === 'number' || isWord(reset)) return { HARD: reset };
  return reset;
}

function isWord(reset: object): reset is Word {
  return 'low' in reset && 'high' in reset;
}
