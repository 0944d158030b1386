// Every bit of every register is written 1 and 0, and the register must read what the access policies say.
// Source: IEEE 1800.2 annex E (uvm_reg_bit_bash_seq, uvm_reg_single_bit_bash_seq). The other fields get what changes nothing
// in them; a field that takes certain values only gets each of them as a whole.
import type { Process } from '#kernel/process';
import type { RegisterAttribute } from './register-attributes.ts';
import type { RegisterField } from './register-field.ts';
import type { RegisterMap } from './register-map.ts';
import { RegisterTestSequence } from './register-test-sequence.ts';
import type { Register } from './register.ts';
import {
  mergeWords,
  notWord,
  maskWord,
  orWord,
  shiftLeft,
  wordOf,
  ZERO,
  type Word,
} from './word.ts';

/**
 * Writes 1 and 0 to every bit of every register, by each of its maps, and compares what the register then reads with
 * what its access policies say (IEEE 1800.2 annex E, bit bash).
 */
export class BitBashSequence extends RegisterTestSequence {
  protected override readonly rule = 'bitBash';
  protected override readonly exclusions: readonly RegisterAttribute[] = [
    'NO_REG_TESTS',
    'NO_REG_BIT_BASH_TEST',
  ];

  /**
   * Tests the registers of `subject`; at the end reads all of them once more, to find a write that reached another
   * register. Breaks the rule `bitBash`.
   */
  override *body(): Process {
    const bashed: Register[] = [];
    for (const register of this.registers()) {
      if (this.isExcluded(register)) continue;
      bashed.push(register);
      for (const map of register.allMaps) {
        for (const field of register.fields) {
          if (!this.isFieldExcluded(field)) yield* this.bash(field, map);
        }
        this.tested(register, map);
      }
      this.noteFields(register);
    }
    if (bashed.length === 1) return;
    // What the standard's sequence does not ask: whether a write to one register reached another.
    for (const register of bashed) yield* this.check(register, register.mapFor());
  }

  private *bash(field: RegisterField, map: RegisterMap): Process {
    if (field.legal !== undefined) {
      for (const value of [...field.legal, field.getMirrored()]) {
        yield* this.writeAndRead(field, shiftLeft(wordOf(value), field.lsb), map);
      }
      return;
    }
    for (let bit = field.lsb; bit < field.lsb + field.width; bit++) {
      const one = maskWord(1, bit);
      const first = mergeWords(field.neutralWord(), notWord(field.parent.mirrored), one);
      yield* this.writeAndRead(field, first, map);
      yield* this.writeAndRead(field, mergeWords(field.neutralWord(), notWord(first), one), map);
    }
  }

  /** @param value of the field, in register position. */
  private *writeAndRead(field: RegisterField, value: Word, map: RegisterMap): Process {
    const { parent: register } = field;
    const status = yield* register.write(withNeutrals(register, field, value), { map });
    if (this.isAnswered(register, status, 'write')) yield* this.check(register, map);
  }
}

function withNeutrals(register: Register, field: RegisterField, value: Word): Word {
  return register.fields.reduce(
    (word, other) => (other === field ? word : orWord(word, other.neutralWord())),
    orWord(value, ZERO),
  );
}
