// The whole coverage model of the ALU: bins of all kinds, and crosses.
import {
  Covergroup,
  anyOf,
  auto,
  binsof,
  each,
  filter,
  goto,
  illegal,
  otherwise,
  repeat,
  split,
  steps,
  valuesWhere,
  when,
  wildcard,
} from 'ridgeline';
import { OPS, type AluAnswer } from '../alu-model.ts';

const isPowerOfTwo = (value: number): boolean => Number.isInteger(Math.log2(value));

export class AluFullCoverage extends Covergroup<AluAnswer> {
  override readonly options = { comment: 'what the ALU was asked and what it said', goal: 95 };

  // One bin per value; bins by name; eight automatic ones; a fixed number of bins.
  readonly op = this.coverpoint('op', each(...OPS));
  readonly a = this.coverpoint('a', { zero: 0, low: [1, 127], high: [128, 254], max: 255 });
  readonly b = this.coverpoint('b', auto({ bits: 8, max: 8 }));
  readonly result = this.coverpoint('result', {
    quarter: split(4, [0, 0xffff]),
    // Above 255 · 255, and below what a subtraction gives.
    impossible: illegal([65_026, 65_280]),
  });

  // Patterns of digits, filtered lists, a default bin, conditions of points and of bins.
  readonly shape = this.coverpoint('a', {
    odd: wildcard('xxxxxxx1'),
    round: wildcard('xxxx0000'),
    bothOdd: when(wildcard('xxxxxxx1'), (t: AluAnswer) => t.b % 2 === 1),
  });
  readonly divisor = this.coverpoint(
    'b',
    { power: filter(each([1, 15]), isPowerOfTwo), zero: 0, others: otherwise() },
    { iff: (t) => t.op === 'div' },
  );

  // Transitions: each pair, repeats, others between, alternatives.
  readonly order = this.coverpoint('op', {
    pair: each(steps(anyOf('mul', 'div'), anyOf('add', 'sub'))),
    threeDivs: steps(repeat('div', 3)),
    mulAddsSub: steps('mul', goto('add', 2), 'sub'),
    thereAndBack: anyOf(steps('add', 'sub', 'add'), steps('sub', 'add', 'sub')),
  });

  // Products of points: all tuples; some left out, some taken together.
  readonly opByB = this.cross({ op: this.op, b: this.b });
  readonly opByA = this.cross(
    { op: this.op, a: this.a },
    {
      ignore: { divideZero: binsof(this.op, 'div').and(binsof(this.a, 'zero')) },
      bins: { sums: binsof(this.op, 'add', 'sub').and(binsof(this.a).intersect([0, 254])) },
    },
  );
  readonly aByB = this.cross(
    { a: this.a, b: this.b },
    { ignore: valuesWhere((v) => v.a < v.b, { matches: 'all' }), weight: 2 },
  );
}
