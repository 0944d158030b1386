// Registers are written with random values in random byte lanes and read, again and again, in an order drawn at random: what
// bit bash never does, because it writes one bit at a time and whole registers. Fields that a bit bash leaves alone get what
// changes nothing. Not in the standard.
import type { Process } from '#kernel/process';
import type { RandomStream } from '#random/random-stream';
import type { RegisterAttribute } from './register-attributes.ts';
import { elementLanes } from './register-bus.ts';
import type { RegisterField } from './register-field.ts';
import { RegisterTestSequence } from './register-test-sequence.ts';
import type { Register } from './register.ts';
import {
  andWord,
  isZero,
  lanesWord,
  notWord,
  orWord,
  shiftLeft,
  wordOf,
  ZERO,
  type Word,
} from './word.ts';

export class RandomAccessSequence extends RegisterTestSequence {
  /** Accesses. */
  count = 20;
  protected override readonly rule = 'mirror';
  protected override readonly exclusions: readonly RegisterAttribute[] = [
    'NO_REG_TESTS',
    'NO_REG_BIT_BASH_TEST',
  ];

  override *body(): Process {
    const stream = this.stream('accesses');
    const registers = this.registers().filter((register) => !this.isExcluded(register));
    for (let i = 0; i < this.count && registers.length > 0; i++) {
      const register = stream.pick(registers);
      const map = stream.pick(register.allMaps);
      if (stream.bool() && register.fields.some(({ policy }) => policy.write !== 'none')) {
        const lanes = stream.range(1, elementLanes(register.byteLength));
        const status = yield* register.write(this.draw(register, lanes, stream), { map, lanes });
        if (!this.isAnswered(register, status, 'write')) continue;
      }
      yield* this.check(register, map);
      this.tested(register, map);
    }
  }

  private draw(register: Register, lanes: number, stream: RandomStream): Word {
    const mask = lanesWord(lanes);
    return register.fields.reduce((word, field) => {
      const isWhole = isZero(andWord(field.mask, notWord(mask)));
      return orWord(word, this.drawField(field, isWhole, stream));
    }, ZERO);
  }

  /** A part of a field that takes certain values only cannot be written alone. */
  private drawField(field: RegisterField, isWhole: boolean, stream: RandomStream): Word {
    const { legal } = field;
    if (this.isFieldExcluded(field) || (legal !== undefined && !isWhole)) {
      return field.neutralWord();
    }
    if (legal !== undefined) return shiftLeft(wordOf(stream.pick(legal)), field.lsb);
    return andWord({ low: stream.uint32(), high: stream.uint32() }, field.mask);
  }
}
