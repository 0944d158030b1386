// Equations, quotients and remainders of numbers beyond 53 bits: counted and drawn as by brute force over small sets of far apart numbers.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '#random/random-stream';
import { IntExpr, type BoolExpr } from '#solver/builder';
import { uint } from '#solver/domain';
import { wide, wideInt } from '#solver/field-domain';
import type { Sets } from '#solver/interval';
import { rand } from '#solver/random-class';
import { evaluateBigBool } from '#solver/wide';
import { deviation, problemOf, v } from './brute-force.ts';
import { chiSquareDeviation, uniform } from './chi-square.ts';

/** All solutions, by BigInt. */
function solutionsOf(sets: Sets, relations: readonly BoolExpr[]): readonly string[] {
  let points: readonly (readonly number[])[] = [[]];
  for (const set of sets) {
    const values = set.flatMap(([low, high]) =>
      Array.from({ length: high - low + 1 }, (_, n) => low + n),
    );
    points = points.flatMap((point) => values.map((value) => [...point, value]));
  }
  return points
    .filter((point) => {
      const values = Float64Array.from(point);
      return relations.every(({ node }) => evaluateBigBool(node, values));
    })
    .map((point) => point.join(' '));
}

const big = (value: bigint): IntExpr => new IntExpr({ kind: 'big', value });
/** Some numbers around multiples of 2^60, and around 0. */
const far = v(0)
  .times(big(2n ** 60n))
  .plus(v(1));
const SETS: Sets = [[[-2, 2]], [[0, 40]]];

type Relation = (whole: IntExpr) => BoolExpr;
const divisor = fc.oneof(
  fc.constantFrom(2, 3, 7, 8, 10, 13, 1000, 2 ** 20),
  fc.constantFrom(-2, -5, -7, -16),
);
/** A remainder, quotient or shift, with a number that it may give. */
const divided = fc
  .tuple(fc.constantFrom('div', 'mod', 'shr'), divisor, fc.integer({ min: -2, max: 2 }), fc.nat(40))
  .map(([kind, by, high, low]) => {
    const value = BigInt(high) * 2n ** 60n + BigInt(low);
    if (kind === 'shr') {
      const places = Math.abs(by) % 5;
      return {
        of: (x: IntExpr) => x.shiftRight(places),
        value: value >> BigInt(places),
      };
    }
    return kind === 'div'
      ? { of: (x: IntExpr) => x.div(by), value: value / BigInt(by) }
      : { of: (x: IntExpr) => x.mod(by), value: value % BigInt(by) };
  });
const relation: fc.Arbitrary<Relation> = fc
  .tuple(
    divided,
    fc.constantFrom('is', 'isNot', 'le', 'lt', 'ge', 'gt', 'range', 'around'),
    fc.integer({ min: -3, max: 3 }),
  )
  .map(([{ of, value }, kind, delta]): Relation => {
    const to = big(value + BigInt(delta));
    return (x) => {
      switch (kind) {
        case 'is':
          return of(x).is(big(value));
        case 'isNot':
          return of(x).isNot(to);
        case 'le':
          return of(x).le(to);
        case 'lt':
          return of(x).lt(to);
        case 'ge':
          return to.le(of(x));
        case 'gt':
          return to.lt(of(x));
        case 'range':
          return of(x)
            .ge(to)
            .and(of(x).le(to.plus(2)));
        default:
          return new IntExpr(of(x).node).ge(-2).and(of(x).lt(to)).or(of(x).is(0));
      }
    };
  });

describe('quotients and remainders of wide numbers', () => {
  it('are counted and drawn as by brute force, with every sign', () => {
    fc.assert(
      fc.property(fc.array(relation, { minLength: 1, maxLength: 2 }), (relations) => {
        const built = relations.map((one) => one(far));
        const expected = solutionsOf(SETS, built);
        const problem = problemOf(SETS, ...built);
        expect(problem.count()).toBe(BigInt(expected.length));
        if (expected.length === 0) return;
        const values = new Float64Array(2);
        const stream = new RandomStream('wide quotients');
        for (let n = 0; n < 4; n++) {
          expect(problem.sample(stream, values)).toBe(true);
          expect(expected).toContain(values.join(' '));
        }
      }),
      { seed: 5, numRuns: 1000 },
    );
  });

  it.each<[string, BoolExpr]>([
    ['a negative remainder', far.mod(7).is(-3)],
    ['remainders of both signs', far.mod(5).inside([-2, 1])],
    ['a quotient of both signs', far.div(10).is(0)],
    ['a shift', far.shiftRight(3).inside([-1, 3])],
  ])('are drawn with equal chances: %s', (_, one) => {
    const expected = solutionsOf(SETS, [one]);
    expect(expected.length).toBeGreaterThan(8);
    expect(Math.abs(deviation(problemOf(SETS, one), expected, 200 * expected.length))).toBeLessThan(
      4,
    );
  });
});

describe('equations of wide numbers', () => {
  // As a + length == end of two halves each, with digits of three bits, above 2^53 by the factor of all of it.
  const unit = 2n ** 55n;
  const [a, b] = [v(0).times(8).plus(v(1)), v(2).times(8).plus(v(3))];
  const octal: Sets = [[[0, 7]], [[0, 7]], [[0, 7]], [[0, 7]], [[1, 9]]];

  it('carry from digit to digit: a base, a length and an end', () => {
    const relations = [
      a
        .times(big(unit))
        .plus(v(4).times(big(unit)))
        .is(b.times(big(unit))),
      v(1).mod(4).is(0),
      v(2).bits(2, 1).is(3),
    ];
    const expected = solutionsOf(octal, relations);
    const problem = problemOf(octal, ...relations);
    expect(problem.count()).toBe(BigInt(expected.length));
    expect(Math.abs(deviation(problem, expected, 100 * expected.length))).toBeLessThan(4);
  });

  class Range {
    base = 0n;
    length = 0;
    end = 0n;
  }
  const DOMAINS = { base: wide(64), length: uint(32), end: wide(64) };

  it('an aligned base of 64 bits with its length and its end', () => {
    const one = rand(Range, DOMAINS, {
      whole: (w) => w.base.plus(w.length).is(w.end),
      aligned: (w) => w.base.mod(4096).is(0),
      region: (w) => w.end.bits(63, 60).is(3),
    }).create(new RandomStream('range'));
    const bins = { base: new Array<number>(16).fill(0), length: new Array<number>(16).fill(0) };
    for (let n = 0; n < 4000; n++) {
      one.randomize();
      expect(one.base + BigInt(one.length)).toBe(one.end);
      expect(one.base % 4096n).toBe(0n);
      expect(one.end >> 60n).toBe(3n);
      // The base begins 2^32 below the region at most, which is too little to be seen.
      bins.base[Number((one.base >> 56n) & 15n)]++;
      bins.length[Math.floor(one.length / 2 ** 28)]++;
    }
    for (const counts of Object.values(bins)) {
      expect(Math.abs(chiSquareDeviation(counts, uniform(16)))).toBeLessThan(4);
    }
  });

  it('a sum beyond 64 bits', () => {
    class Pair {
      a = 0n;
      b = 0n;
    }
    const one = rand(
      Pair,
      { a: wide(64), b: wide(64) },
      { total: (w) => [w.a.plus(w.b).is(2n ** 64n + 5n), w.a.mod(4096).is(0)] },
    ).create(new RandomStream('sum'));
    const counts = new Array<number>(16).fill(0);
    for (let n = 0; n < 4000; n++) {
      one.randomize();
      expect(one.a + one.b).toBe(2n ** 64n + 5n);
      expect(one.a % 4096n).toBe(0n);
      counts[Number(one.a >> 60n)]++;
    }
    expect(Math.abs(chiSquareDeviation(counts, uniform(16)))).toBeLessThan(4);
  });

  it('signed fields of 64 bits: remainders and quotients', () => {
    class Signed {
      a = 0n;
    }
    const domains = { a: wideInt(64) };
    const remainder = rand(Signed, domains, { x: (w) => w.a.mod(7).is(-3) });
    const quotient = rand(Signed, domains, { x: (w) => w.a.div(10).is(-7) });
    const byRemainder = remainder.create(new RandomStream('remainder'));
    const byQuotient = quotient.create(new RandomStream('quotient'));
    const counts = { high: new Array<number>(8).fill(0), last: new Array<number>(10).fill(0) };
    for (let n = 0; n < 4000; n++) {
      byRemainder.randomize();
      expect(byRemainder.a % 7n).toBe(-3n);
      counts.high[Number(-byRemainder.a >> 60n)]++;
      byQuotient.randomize();
      expect(byQuotient.a / 10n).toBe(-7n);
      counts.last[Number(-byQuotient.a % 10n)]++;
    }
    expect(Math.abs(chiSquareDeviation(counts.high, uniform(8)))).toBeLessThan(4);
    expect(Math.abs(chiSquareDeviation(counts.last, uniform(10)))).toBeLessThan(4);
  });
});
