// What is written through the front door is found through the back door, and the other way round; what is written through one
// map is read through the others. Source: IEEE 1800.2 annex E (uvm_reg_access_seq, uvm_reg_shared_access_seq).
import type { Process } from '#kernel/process';
import type { RegisterAttribute } from './register-attributes.ts';
import type { RegisterField } from './register-field.ts';
import type { RegisterMap } from './register-map.ts';
import { RegisterTestSequence } from './register-test-sequence.ts';
import type { Register } from './register.ts';
import { andWord, notWord, orWord, shiftLeft, wordOf, ZERO, type Word } from './word.ts';

abstract class PairSequence extends RegisterTestSequence {
  /** A value that differs from the mirror in every bit that may be touched. */
  protected inverted(register: Register): Word {
    return register.fields.reduce((word, field) => orWord(word, this.invertedField(field)), ZERO);
  }

  /** Whether there is anything to write, and anything to compare. */
  protected isPointless(register: Register): boolean {
    const isWritable = register.fields.some((one) => one.policy.write !== 'none');
    return !isWritable && this.skip(register, 'it cannot be written');
  }

  private invertedField(field: RegisterField): Word {
    if (this.isFieldExcluded(field)) return field.neutralWord();
    if (field.legal === undefined) return andWord(notWord(field.parent.mirrored), field.mask);
    const other = field.legal.find((value) => value !== field.getMirrored());
    return other === undefined ? field.neutralWord() : shiftLeft(wordOf(other), field.lsb);
  }
}

/** Front door against back door; registers without a back door are skipped. */
export class AccessSequence extends PairSequence {
  protected override readonly rule = 'access';
  protected override readonly exclusions: readonly RegisterAttribute[] = [
    'NO_REG_TESTS',
    'NO_REG_ACCESS_TEST',
  ];

  /**
   * Writes the inverted mirror by the front door of each map and reads it by the back door, then the other way round;
   * breaks the rule `access` where they differ.
   */
  override *body(): Process {
    for (const register of this.registers()) {
      if (this.isExcluded(register) || this.isPointless(register)) continue;
      if (!register.hasBackDoor) {
        this.skip(register, 'it has no back door');
        continue;
      }
      for (const map of register.allMaps) yield* this.test(register, map);
      this.noteFields(register);
    }
  }

  private *test(register: Register, map: RegisterMap): Process {
    const front = yield* register.write(this.inverted(register), { map });
    if (this.isAnswered(register, front, 'write')) yield* this.check(register, map, 'back');
    yield* register.write(this.inverted(register), { path: 'back' });
    yield* this.check(register, map);
    this.tested(register, map);
  }
}

/** Each map against the others; registers in one map are skipped. */
export class SharedAccessSequence extends PairSequence {
  protected override readonly rule = 'access';
  protected override readonly exclusions: readonly RegisterAttribute[] = [
    'NO_REG_TESTS',
    'NO_REG_SHARED_ACCESS_TEST',
  ];

  /**
   * Writes the inverted mirror by each map and reads it by every other; breaks the rule `access` where they differ.
   */
  override *body(): Process {
    for (const register of this.registers()) {
      if (this.isExcluded(register) || this.isPointless(register)) continue;
      if (register.allMaps.length < 2) {
        this.skip(register, 'it is in one map only');
        continue;
      }
      for (const map of register.allMaps) yield* this.test(register, map);
      this.noteFields(register);
    }
  }

  private *test(register: Register, map: RegisterMap): Process {
    if (map.rightsOf(register) === 'RO') return;
    const status = yield* register.write(this.inverted(register), { map });
    if (!this.isAnswered(register, status, 'write')) return;
    for (const other of register.allMaps) {
      if (other.rightsOf(register) !== 'WO') yield* this.check(register, other);
    }
    this.tested(register, map);
  }
}
