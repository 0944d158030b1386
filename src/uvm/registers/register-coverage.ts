// Covergroups made from a register model: which registers were read and written, which values fields had, which bits were
// read and written as 0 and as 1. Source: IEEE 1800.2 clause 17.2 (UVM_CVR_ADDR_MAP, UVM_CVR_FIELD_VALS, UVM_CVR_REG_BITS).
//
//   const coverage = new RegisterCoverage('pf', model, { kinds: ['addresses', 'fields'], include: (r) => … });
//   coverage.addTo(this.testbench.coverage);           // samples by itself, whenever an access is predicted
import { UsageError } from '#base/assert';
import { each, type Bins } from '#cover/bins';
import { Covergroup } from '#cover/covergroup';
import type { CoverageDb } from '#cover/coverage-db';
import type { Coverpoint } from '#cover/coverpoint';
import type { RegisterBlock } from './register-block.ts';
import type { RegisterField } from './register-field.ts';
import type { PredictedAccess, Register } from './register.ts';
import { andWord, isZero, maskWord, type Word } from './word.ts';

export type RegisterCoverageKind = 'addresses' | 'fields' | 'bits';

/** What of a register model is covered (IEEE 1800.2 clause 17.2). */
export interface RegisterCoverageOptions {
  /** What is covered. Default: addresses and field values. */
  readonly kinds?: readonly RegisterCoverageKind[];
  /** Registers that are covered. Default: all. */
  readonly include?: (register: Register) => boolean;
  /** Fields that are covered. Default: those that are compared. */
  readonly includeField?: (field: RegisterField) => boolean;
}

/** Fields up to this width have one bin per value. */
export const FIELD_BITS_EACH_MAX = 3;
/** Bits that are covered one by one, in all; more is a mistake, and slow. */
export const BITS_MAX = 4096;

/** Its type is that of one model: other models have other points. */
abstract class ModelCovergroup extends Covergroup<PredictedAccess> {
  private readonly model: string;

  constructor(name: string, root: RegisterBlock) {
    super(name);
    this.model = root.name;
  }

  override get typeName(): string {
    return `${this.constructor.name}(${this.model})`;
  }
}

/** Which registers were read and written. */
export class RegisterAddressCoverage extends ModelCovergroup {
  readonly register;
  readonly kind = this.coverpoint((access) => access.kind, each('read', 'write'));
  readonly registerByKind;

  constructor(name: string, root: RegisterBlock, registers: readonly Register[]) {
    super(name, root);
    const names = registers.map((register) => relative(register, root));
    const bins: Bins<string> = each(...names);
    this.register = this.coverpoint((access) => relative(access.register, root), bins);
    const readOnly = new Set(registers.filter(isReadOnly).map((one) => relative(one, root)));
    const writeOnly = new Set(registers.filter(isWriteOnly).map((one) => relative(one, root)));
    this.registerByKind = this.cross(
      { register: this.register, kind: this.kind },
      {
        ignore: ({ register, kind }) =>
          kind === 'write' ? readOnly.has(register) : writeOnly.has(register),
      },
    );
  }
}

/** Which values were read from, or written to, each field: every value of narrow ones; zero, ones and quarters of others. */
export class FieldValueCoverage extends ModelCovergroup {
  readonly fields: Readonly<Record<string, Coverpoint<PredictedAccess>>>;

  constructor(name: string, root: RegisterBlock, fields: readonly RegisterField[]) {
    super(name, root);
    const points: Record<string, Coverpoint<PredictedAccess>> = {};
    for (const field of fields) {
      points[relative(field, root)] = this.coverpoint(
        (access) => valueOfField(access, field),
        fieldBins(field),
      );
    }
    this.fields = points;
  }
}

/** Which bits were read and written as 0 and as 1. */
export class RegisterBitCoverage extends ModelCovergroup {
  readonly bits: Readonly<Record<string, Coverpoint<PredictedAccess>>>;

  constructor(name: string, root: RegisterBlock, fields: readonly RegisterField[]) {
    super(name, root);
    const count = fields.reduce((sum, field) => sum + field.width, 0);
    if (count > BITS_MAX) {
      throw new UsageError('bit-coverage-limit', `${count} bits; at most ${BITS_MAX} (BITS_MAX)`, {
        path: root.fullPath,
        hint: 'Leave registers or fields out with include and includeField.',
      });
    }
    const points: Record<string, Coverpoint<PredictedAccess>> = {};
    for (const field of fields) {
      for (let bit = 0; bit < field.width; bit++) {
        points[`${relative(field, root)}[${bit}]`] = this.coverpoint(
          (access) => bitOfField(access, field, bit),
          bitBins(field),
        );
      }
    }
    this.bits = points;
  }
}

/** The covergroups of a model, sampled by the accesses that are predicted. */
export class RegisterCoverage {
  /** The covergroups, one for each kind that is covered. */
  readonly groups: readonly Covergroup<PredictedAccess>[];

  constructor(name: string, root: RegisterBlock, options: RegisterCoverageOptions = {}) {
    const { kinds = ['addresses', 'fields'], include = () => true } = options;
    const { includeField = (field: RegisterField) => field.isCompared } = options;
    const registers = root.registers().filter((register) => include(register));
    const fields = registers.flatMap((register) => register.fields.filter(includeField));
    const groups: Covergroup<PredictedAccess>[] = [];
    if (kinds.includes('addresses'))
      groups.push(new RegisterAddressCoverage(name, root, registers));
    if (kinds.includes('fields')) groups.push(new FieldValueCoverage(name, root, fields));
    if (kinds.includes('bits')) groups.push(new RegisterBitCoverage(name, root, fields));
    this.groups = groups;
    const included = new Set<Register>(registers);
    root.onPredicted((access) => {
      if (!included.has(access.register)) return;
      for (const group of groups) group.sample(access);
    });
  }

  /** Adds the covergroups to a coverage database: `coverage.addTo(this.testbench.coverage)`. */
  addTo(database: CoverageDb): void {
    for (const group of this.groups) database.add(group);
  }
}

function relative(one: { readonly fullPath: string }, root: RegisterBlock): string {
  return one.fullPath.slice(root.fullPath.length + 1);
}

function isReadOnly(register: Register): boolean {
  return register.fields.every(({ policy }) => policy.write === 'none');
}

function isWriteOnly(register: Register): boolean {
  return register.fields.every(({ policy }) => policy.read === 'error');
}

/** The field's value in an access that had all of it; wide fields as the number of their highest quarter. */
function valueOfField(access: PredictedAccess, field: RegisterField): number | undefined {
  if (access.register !== field.parent || !hasAll(access.mask, field.mask)) return undefined;
  const word = field.of(access.value);
  if (field.width <= FIELD_BITS_EACH_MAX) return word.low;
  if (isZero(word)) return ZERO_CLASS;
  if (isZero(andWord(invert(word), maskWord(field.width)))) return ONES_CLASS;
  const top = field.width - 2;
  return top >= 32
    ? (word.high >>> (top - 32)) & 3
    : ((word.low >>> top) | (word.high << (32 - top))) & 3;
}

const ZERO_CLASS = 4;
const ONES_CLASS = 5;

function fieldBins(field: RegisterField): Bins<number> {
  if (field.width <= FIELD_BITS_EACH_MAX) return each([0, 2 ** field.width - 1]);
  return { zero: ZERO_CLASS, q0: 0, q1: 1, q2: 2, q3: 3, ones: ONES_CLASS };
}

function bitBins({ policy }: RegisterField): Bins<string> {
  if (policy.write === 'none') return each('read 0', 'read 1');
  if (policy.read === 'error') return each('write 0', 'write 1');
  return each('read 0', 'read 1', 'write 0', 'write 1');
}

function bitOfField(
  access: PredictedAccess,
  field: RegisterField,
  bit: number,
): string | undefined {
  const mask = maskWord(1, field.lsb + bit);
  if (access.register !== field.parent || !hasAll(access.mask, mask)) return undefined;
  return `${access.kind} ${isZero(andWord(access.value, mask)) ? 0 : 1}`;
}

function hasAll(mask: Word, wanted: Word): boolean {
  return isZero(andWord(wanted, invert(mask)));
}

function invert(word: Word): Word {
  return { low: ~word.low >>> 0, high: ~word.high >>> 0 };
}
