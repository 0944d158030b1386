// Every register reads its reset value after a reset. Source: IEEE 1800.2 annex E (uvm_reg_hw_reset_seq).
import type { Process } from '#kernel/process';
import type { RegisterAttribute } from './register-attributes.ts';
import type { ResetKind } from './register-field.ts';
import { RegisterTestSequence } from './register-test-sequence.ts';
import type { Register } from './register.ts';
import { orWord, ZERO, type Word } from './word.ts';

/**
 * Reads every register after a reset, by each of its maps, and compares it with its reset value (IEEE 1800.2 annex E,
 * hardware reset).
 */
export class HwResetSequence extends RegisterTestSequence {
  /** Which reset values are compared; fields without one are not. */
  kind: ResetKind = 'HARD';
  /** Resets the device; without it the device has been reset just now. */
  resetDevice: (() => Process) | undefined = undefined;
  protected override readonly rule = 'reset';
  protected override readonly exclusions: readonly RegisterAttribute[] = [
    'NO_REG_TESTS',
    'NO_REG_HW_RESET_TEST',
  ];

  /** Resets the device if it is told how, resets the model, then reads and compares. Breaks the rule `reset`. */
  override *body(): Process {
    if (this.resetDevice !== undefined) yield* this.resetDevice();
    const registers = this.registers();
    for (const register of registers) register.reset(this.kind);
    for (const register of registers) {
      if (this.isExcluded(register)) continue;
      if (!register.hasReset(this.kind)) {
        this.skip(register, `it has no ${this.kind} reset`);
        continue;
      }
      yield* this.test(register, this.comparedMask(register));
      this.noteFields(register);
    }
  }

  private *test(register: Register, compareMask: Word): Process {
    const { outcome: report, rule } = this;
    for (const map of register.allMaps) {
      const { status, matches } = yield* register.mirror({ map, rule, compareMask });
      report.checkedCount++;
      this.tested(register, map);
      if (this.isAnswered(register, status, 'read') && matches === false) report.failedCount++;
    }
  }

  private comparedMask(register: Register): Word {
    return register.fields.reduce((mask, field) => {
      const isCompared = field.hasReset(this.kind) && !this.isFieldExcluded(field);
      return isCompared ? orWord(mask, field.mask) : mask;
    }, ZERO);
  }
}
