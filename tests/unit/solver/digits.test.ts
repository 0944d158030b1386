// Numbers taken apart into digits: the same solutions as brute force, counted exactly where boxes alone would never end (semantics §2).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '#random/random-stream';
import { IntExpr, type BoolExpr } from '#solver/builder';
import { evaluateBool } from '#solver/expression';
import type { Sets } from '#solver/interval';
import { Problem } from '#solver/problem';
import { rewriteBool } from '#solver/rewrite';
import { simplifyBool } from '#solver/simplify';
import { evaluateBigBool } from '#solver/wide';

const v = (index: number): IntExpr => new IntExpr({ kind: 'var', index });
const problemOf = (sets: Sets, ...relations: readonly BoolExpr[]): Problem =>
  new Problem(
    sets,
    relations.map(({ node }, i) => ({ name: `c${i}`, node })),
  );

/** What asks for digits: remainders, quotients, bits and masks, of sums of multiples of x and y. */
type Digit = (x: IntExpr, y: IntExpr) => IntExpr;
const sumOfMultiples = fc
  .tuple(
    fc.integer({ min: 1, max: 8 }),
    fc.integer({ min: 0, max: 6 }),
    fc.integer({ min: -3, max: 9 }),
  )
  .map(
    ([a, b, c]): Digit =>
      (x, y) =>
        x.times(a).plus(y.times(b)).plus(c),
  );
const digit: fc.Arbitrary<Digit> = fc.oneof(
  fc.tuple(sumOfMultiples, fc.integer({ min: 1, max: 24 })).map(
    ([of, m]): Digit =>
      (x, y) =>
        of(x, y).mod(m),
  ),
  fc.tuple(sumOfMultiples, fc.integer({ min: 1, max: 24 })).map(
    ([of, m]): Digit =>
      (x, y) =>
        of(x, y).div(m),
  ),
  fc.tuple(sumOfMultiples, fc.nat(3), fc.nat(2)).map(
    ([of, low, more]): Digit =>
      (x, y) =>
        of(x, y).bits(low + more, low),
  ),
  fc.tuple(sumOfMultiples, fc.constantFrom(1, 3, 7, 15, 12, 60, 48, 5)).map(
    ([of, mask]): Digit =>
      (x, y) =>
        of(x, y).bitAnd(mask),
  ),
  fc.tuple(sumOfMultiples, fc.nat(3)).map(
    ([of, n]): Digit =>
      (x, y) =>
        of(x, y).shiftRight(n),
  ),
);
type Relation = (x: IntExpr, y: IntExpr) => BoolExpr;
const digitRelation: fc.Arbitrary<Relation> = fc.oneof(
  fc.tuple(digit, fc.nat(12)).map(
    ([of, value]): Relation =>
      (x, y) =>
        of(x, y).is(value),
  ),
  fc.tuple(digit, digit).map(
    ([a, b]): Relation =>
      (x, y) =>
        a(x, y).plus(b(y, x)).le(9),
  ),
  fc.tuple(digit, fc.nat(9), fc.nat(9), fc.integer({ min: 14, max: 40 })).map(
    ([of, low, more, single]): Relation =>
      (x, y) =>
        of(x, y).inside([low, low + more], single),
  ),
  fc.tuple(sumOfMultiples, fc.integer({ min: 0, max: 60 }), fc.nat(40)).map(
    ([of, low, more]): Relation =>
      (x, y) =>
        of(x, y).inside([low, low + more], [low + more + 20, low + more + 33]),
  ),
);
const SETS: Sets = [
  [
    [0, 22],
    [30, 41],
  ],
  [[2, 25]],
];

describe('digits', () => {
  it('keep the solutions: counted and drawn as by brute force', () => {
    fc.assert(
      fc.property(fc.array(digitRelation, { minLength: 1, maxLength: 3 }), (relations) => {
        const built = relations.map((one) => one(v(0), v(1)));
        const expected = new Set<string>();
        const values = new Float64Array(2);
        for (let x = 0; x <= 41; x++) {
          if (x > 22 && x < 30) continue;
          for (let y = 2; y <= 25; y++) {
            values.set([x, y]);
            if (built.every(({ node }) => evaluateBool(node, values))) expected.add(`${x} ${y}`);
          }
        }
        const problem = problemOf(SETS, ...built);
        expect(problem.count()).toBe(BigInt(expected.size));
        if (expected.size === 0) return;
        const stream = new RandomStream('digits');
        for (let n = 0; n < 8; n++) {
          expect(problem.sample(stream, values)).toBe(true);
          expect(expected).toContain(values.join(' '));
        }
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  it('are simplified without changing any value', () => {
    fc.assert(
      fc.property(digitRelation, fc.nat(22), fc.integer({ min: 2, max: 25 }), (one, x, y) => {
        const node = rewriteBool(one(v(0), v(1)).node, {});
        const values = Float64Array.of(x, y);
        const simple = simplifyBool(node, SETS);
        expect(evaluateBool(simple, values)).toBe(evaluateBool(node, values));
        expect(evaluateBigBool(simple, values)).toBe(evaluateBool(node, values));
      }),
      { seed: 3, numRuns: 3000 },
    );
  });
});

describe('exact counts of wide problems', () => {
  const WIDE: Sets = [[[0, 2 ** 52 - 1]], [[1, 4096]]];

  it('an aligned address that ends in its page', () => {
    const [address, length] = [v(0), v(1)];
    const problem = problemOf(
      WIDE,
      address.mod(4).is(0),
      length.mod(4).is(0),
      address.mod(4096).plus(length).le(4096),
    );
    // Per page: for each of 1024 lengths 4k, 1025 - k offsets.
    expect(problem.count()).toBe(2n ** 40n * ((1024n * 1025n) / 2n));
    expect(problem.methods.map(({ kind }) => kind)).toEqual(['boxes', 'boxes']);
  });

  it('ranges that begin and end anywhere', () => {
    const address = v(0);
    const problem = problemOf(
      WIDE,
      address.mod(4096).plus(v(1)).le(4096),
      address.inside([1000, 5000], [2 ** 40 + 7, 2 ** 41 + 9]),
    );
    let expected = 0n;
    const room = (offset: number): bigint => BigInt(4096 - offset);
    for (let a = 1000; a <= 5000; a++) expected += room(a % 4096);
    const page = (4096n * 4097n) / 2n;
    for (let offset = 7; offset < 4096; offset++) expected += room(offset);
    expected += BigInt((2 ** 41 - 2 ** 40) / 4096 - 1) * page;
    for (let offset = 0; offset <= 9; offset++) expected += room(offset);
    expect(problem.count()).toBe(expected);
  });

  it('64-bit numbers in two halves', () => {
    const HALVES: Sets = [[[0, 2 ** 32 - 1]], [[0, 2 ** 32 - 1]]];
    const whole = v(0).shiftLeft(32).plus(v(1));
    const big = (value: bigint): IntExpr => new IntExpr({ kind: 'big', value });
    const from = 0x0123_4567_89ab_cdefn;
    const to = 0xfedc_ba98_7654_3210n;
    const ranged = problemOf(HALVES, big(from).le(whole), whole.le(big(to)), whole.mod(8).is(0));
    expect(ranged.count()).toBe(to / 8n - (from - 1n) / 8n);
    const values = new Float64Array(2);
    const stream = new RandomStream('64 bits');
    for (let n = 0; n < 200; n++) {
      ranged.sample(stream, values);
      const drawn = (BigInt(values[0]) << 32n) | BigInt(values[1]);
      expect(from <= drawn && drawn <= to && drawn % 8n === 0n).toBe(true);
    }
  });
});

describe('the way of drawing', () => {
  const methodsOf = (sets: Sets, ...relations: readonly BoolExpr[]): readonly string[] =>
    problemOf(sets, ...relations).methods.map(({ kind }) => kind);

  it('is boxes where hits are frequent, a diagram where they are rare, tries where neither is known', () => {
    const bits20: Sets = [[[0, 2 ** 20 - 1]], [[0, 2 ** 20 - 1]]];
    expect(methodsOf(bits20, v(0).lt(v(1)))).toEqual(['boxes']);
    expect(methodsOf(bits20, v(0).bitXor(v(1)).is(0x5_5555))).toEqual(['diagram']);
    expect(methodsOf(bits20, v(0).bitAnd(v(1)).is(v(0)), v(0).gt(5))).toEqual(['diagram']);
    const bits26: Sets = [[[0, 2 ** 26 - 1]], [[0, 2 ** 26 - 1]]];
    expect(methodsOf(bits26, v(0).times(v(1)).mod(97).is(5))).toEqual(['tries']);
    expect(
      methodsOf(bits20, v(0).plus(v(1)).is(3), v(0).times(2).is(v(1).times(2).plus(1))),
    ).toEqual(['none']);
  });
});
