// What the built-in test sequences share: which registers and memories they test, what they leave alone and why, and a report.
// Source: IEEE 1800.2 annex E. They run on any component, and send nothing themselves: the model's front doors do.
//
//   const sequence = top.createSequence(BitBashSequence, env.child.sequencer, { subject: model });
//   yield* sequence.start(env.child.sequencer);
//   sequence.outcome.toString();     // tested and skipped, with the reasons
import { assert } from '#base/assert';
import type { Process } from '#kernel/process';
import type { Component } from '../component.ts';
import { SequenceBase } from '../sequence-base.ts';
import { exclusionOf, type Attributed, type RegisterAttribute } from './register-attributes.ts';
import { RegisterBlock } from './register-block.ts';
import type { RegisterRuleKey } from './register-checks.ts';
import type { RegisterField } from './register-field.ts';
import type { RegisterMap } from './register-map.ts';
import { RegisterMemory } from './register-memory.ts';
import { Register } from './register.ts';
import type { AccessStatus } from './read-result.ts';

/** What a test of registers did with one register or memory. */
export interface RegisterTestRow {
  /** Path of the register, field or memory. */
  readonly subject: string;
  readonly outcome: 'tested' | 'skipped';
  /** Skipped: why. Tested: through which map. */
  readonly note: string;
}

/** What a test sequence has tested and what it has left alone. */
export class RegisterTestReport {
  readonly rows: RegisterTestRow[] = [];
  /** Reads that were compared. */
  checkedCount = 0;
  /** Reads that differed, and accesses that failed. */
  failedCount = 0;

  /** Rows of what was tested: one for each map of a register or memory. */
  get testedCount(): number {
    return this.rows.filter(({ outcome }) => outcome === 'tested').length;
  }

  /** Rows of what was skipped. */
  get skippedCount(): number {
    return this.rows.length - this.testedCount;
  }

  /** The counts on one line, then a line for everything that was tested or skipped, with the reason or the map. */
  toString(): string {
    const counts = `${this.testedCount} tested, ${this.skippedCount} skipped, ${this.checkedCount} reads compared, ${this.failedCount} wrong`;
    const rows = this.rows.map(({ subject, outcome, note }) => `  ${outcome} ${subject}: ${note}`);
    return [counts, ...rows].join('\n');
  }
}

/** What a test of registers runs on: a block with all that is in it, a register or a memory. */
export type RegisterTestSubject = RegisterBlock | Register | RegisterMemory;

/**
 * The base of the built-in tests of a register model: chooses registers and memories of `subject`, skips what is
 * excluded, and keeps a report in `outcome` (IEEE 1800.2 annex E).
 */
export abstract class RegisterTestSequence extends SequenceBase<Component> {
  /** What is tested: a model, a block, or one register or memory. */
  subject: RegisterTestSubject | undefined = undefined;
  /** Takes registers and memories in an order drawn at random. */
  shuffle = false;
  /** Tests at most so many of those that are not excluded. */
  limit = Infinity;
  /** Reasons of exclusions that do not count this time: the device is in a state where the test does no harm. */
  disregards: readonly string[] = [];
  readonly outcome = new RegisterTestReport();
  private taken = 0;
  /** What a difference breaks. */
  protected abstract readonly rule: RegisterRuleKey;
  /** What excludes from this test, the general attribute included. */
  protected abstract readonly exclusions: readonly RegisterAttribute[];

  /** The registers to test, in the order wanted. */
  protected registers(): readonly Register[] {
    const { subject } = this;
    assert(subject !== undefined, 'a register test has a subject');
    if (subject instanceof RegisterBlock) return this.ordered(subject.registers());
    return subject instanceof Register ? [subject] : [];
  }

  /** The memories to test, in the order wanted. */
  protected memories(): readonly RegisterMemory[] {
    const { subject } = this;
    assert(subject !== undefined, 'a memory test has a subject');
    if (subject instanceof RegisterBlock) return this.ordered(subject.memories());
    return subject instanceof RegisterMemory ? [subject] : [];
  }

  /** Enters a skip and returns true when the subject is excluded, or in no map. */
  protected isExcluded(subject: Register | RegisterMemory): boolean {
    if (this.taken >= this.limit) return true;
    const reason = exclusionOf(subject, ...this.exclusions);
    if (reason !== undefined && !this.disregards.includes(reason)) {
      return this.skip(subject, reason);
    }
    if (subject.allMaps.length > 0) this.taken++;
    return subject.allMaps.length === 0 && this.skip(subject, 'it is in no map');
  }

  /** Whether the field itself is excluded; its register is not. */
  protected isFieldExcluded(field: RegisterField): boolean {
    return this.fieldReason(field) !== undefined;
  }

  /** Enters into the report that something is left alone, and why; returns true. */
  protected skip(subject: Attributed & { readonly fullPath: string }, note: string): true {
    this.outcome.rows.push({ subject: subject.fullPath, outcome: 'skipped', note });
    return true;
  }

  /** Enters into the report that something was tested by a map. */
  protected tested(subject: { readonly fullPath: string }, map: RegisterMap): void {
    this.outcome.rows.push({ subject: subject.fullPath, outcome: 'tested', note: map.fullPath });
  }

  /** Reads a register and compares it. */
  protected *check(
    register: Register,
    map: RegisterMap,
    path: 'front' | 'back' = 'front',
  ): Process {
    const { outcome: report, rule } = this;
    const { status, matches } = yield* register.mirror({ map, path, rule });
    report.checkedCount++;
    if (this.isAnswered(register, status, 'read') && matches === false) report.failedCount++;
  }

  /** Whether the access was carried out; it breaks the rule when it was not. */
  protected isAnswered(
    subject: Register | RegisterMemory,
    status: AccessStatus,
    what: string,
  ): boolean {
    if (status === 'ok') return true;
    this.outcome.failedCount++;
    subject.context.judge(this.rule, false, () => ({
      subject: subject.fullPath,
      expected: `the ${what} is carried out`,
      seen: status,
    }));
    return false;
  }

  /** Excluded fields of a register that is tested. */
  protected noteFields(register: Register): void {
    for (const field of register.fields) {
      const reason = this.fieldReason(field);
      if (reason !== undefined) this.skip(field, reason);
    }
  }

  private fieldReason({ attributes }: RegisterField): string | undefined {
    const reasons = this.exclusions.map((attribute) => attributes[attribute]);
    return reasons.find((reason) => reason !== undefined && !this.disregards.includes(reason));
  }

  private ordered<T>(all: readonly T[]): readonly T[] {
    return this.shuffle ? this.stream('order').shuffle([...all]) : all;
  }
}
