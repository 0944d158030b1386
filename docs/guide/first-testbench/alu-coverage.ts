// Functional coverage: sample() takes what the points read, so the compiler checks their names.
import { Covergroup, each, illegal, steps } from 'ridgeline';
import { OPS, type AluAnswer } from './alu-model.ts';

export class AluCoverage extends Covergroup<AluAnswer> {
  readonly op = this.coverpoint('op', each(...OPS));
  readonly a = this.coverpoint('a', { zero: 0, low: [1, 127], high: [128, 254], max: 255 });
  readonly b = this.coverpoint('b', { zero: 0, some: [1, 255], tooWide: illegal([256, 65535]) });
  readonly wraps = this.coverpoint(
    (t) => t.a + t.b > 255,
    { no: false, yes: true },
    { iff: (t) => t.op === 'add' },
  );
  readonly order = this.coverpoint('op', {
    mulAfterSub: steps('sub', 'mul'),
    twoDivs: steps('div', 'div'),
  });
  readonly opByB = this.cross({ op: this.op, b: this.b });
}
