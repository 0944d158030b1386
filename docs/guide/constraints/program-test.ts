// Tests that print what the constraints of a program give: nothing is driven, so that there is nothing else to look at.
import {
  randCase,
  randomizeValues,
  span,
  Test,
  UsageError,
  VERBOSITY,
  type Process,
} from 'ridgeline';
import { aluProgram, longProgram, type AluProgram } from './alu-program.ts';

function describe({ id, kind, token, gaps, orders }: AluProgram): string {
  const list = orders.map(({ op, a, b }) => `${op} ${a} ${b}`).join(', ');
  return `${id} ${kind} token 0x${token.toString(16)} gaps ${gaps.join(' ')}: ${list}`;
}

/** Prints eight programs. */
export class ShowTest extends Test {
  override *runPhase(): Process {
    const program = this.testbench.factory
      .resolve(aluProgram, this.fullPath)
      .create(this.stream('programs'));
    for (let n = 0; n < 8; n++) {
      program.randomize();
      this.info('PROGRAM', describe(program), VERBOSITY.NONE);
    }
  }
}

/** The same, of long programs. */
export class LongTest extends ShowTest {
  override buildPhase(): void {
    this.testbench.factory.overrideType(aluProgram, longProgram);
  }
}

/** Asks for what cannot be, and prints the explanation. */
export class ConflictTest extends Test {
  override *runPhase(): Process {
    const program = aluProgram.create(this.stream('programs'));
    program.slotCount = 3;
    try {
      program.randomize((v) => [v.orders.length.ge(2), v.gaps.at(0).ge(4)]);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      this.info('CONFLICT', error.message, VERBOSITY.NONE);
    }
  }
}

/** Switches fields and blocks, checks values, and draws without a class. */
export class ModesTest extends Test {
  override *runPhase(): Process {
    const stream = this.stream('values');
    const program = aluProgram.create(this.stream('programs'));
    program.kind = 'ladder';
    program.randMode('kind', false);
    program.constraintMode('short', false);
    program.randomize();
    this.info('LADDER', describe(program), VERBOSITY.NONE);
    program.slotCount = 1;
    const { broken } = program.check();
    for (const { name, text } of broken) this.info('BROKEN', `${name}: ${text}`, VERBOSITY.NONE);
    const { low, high } = randomizeValues(stream, { low: span(0, 99), high: span(0, 99) }, (v) =>
      v.high.minus(v.low).ge(90),
    );
    this.info('WINDOW', `${low}..${high}`, VERBOSITY.NONE);
    const next = randCase(stream, [
      [3, () => 'another program'],
      [1, () => 'a reset'],
    ]);
    this.info('NEXT', next, VERBOSITY.NONE);
  }
}
