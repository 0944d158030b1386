// Sums of many variables: counted as brute force counts them, drawn uniformly, at sizes that no box or diagram holds (semantics §2,
// "Uniformity").
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '#random/random-stream';
import { sum, type BoolExpr, type IntExpr } from '#solver/builder';
import { oneOf, span, spans, uint } from '#solver/domain';
import { arrayOf, nested, wide } from '#solver/field-domain';
import type { Sets, ValueSet } from '#solver/interval';
import { rand } from '#solver/random-class';
import { weigh } from '#solver/weights';
import { binomial, bruteForce, deviation, kindsOf, problemOf, same, v } from './brute-force.ts';
import { chiSquareDeviation, uniform } from './chi-square.ts';

const total = (count: number): IntExpr =>
  Array.from({ length: count }, (_, i) => v(i)).reduce((a, b) => a.plus(b));
describe('a sum of many variables', () => {
  it.each<[string, Sets, readonly BoolExpr[]]>([
    ['at most', same(6, [[0, 7]]), [total(6).le(5)]],
    ['at least, from above', same(6, [[-3, 4]]), [total(6).ge(20)]],
    ['equal', same(7, [[1, 4]]), [total(7).is(9)]],
    ['not in the middle', same(6, [[0, 2]]), [total(6).inside([0, 2], [11, 12])]],
    ['gaps in the domain', same(6, [[0, 1], [5, 6], [9, 9]]), [total(6).lt(9)]], // prettier-ignore
    [
      'factors of both signs',
      same(6, [[0, 3]]),
      [total(5).plus(v(0)).plus(v(1).times(2)).lt(v(5).times(5).minus(10))],
    ],
    ['two limits', same(6, [[0, 9]]), [total(6).le(7), total(6).gt(4)]],
    [
      'what ties a few of them',
      same(6, [[0, 3]]),
      [total(6).le(5), v(0).times(v(1)).is(2), v(2).is(3).implies(v(3).is(0)), v(4).isNot(1)],
    ],
    ['a variable beside it', same(7, [[0, 3]]), [total(6).le(3), v(6).times(v(0)).is(0)]],
  ])('is counted and drawn uniformly: %s', (_, sets, relations) => {
    const problem = problemOf(sets, ...relations);
    const solutions = bruteForce(sets, relations);
    expect(kindsOf(problem)).toContain('sum');
    expect(problem.count()).toBe(BigInt(solutions.length));
    expect(deviation(problem, solutions, 20 * solutions.length)).toBeLessThan(4);
  });

  it('has the solutions of brute force, whatever the factors, domains and limits', () => {
    const set = fc
      .tuple(fc.integer({ min: -3, max: 3 }), fc.nat(2), fc.option(fc.nat(2)))
      .map(([low, more, gap]): ValueSet => {
        const first = [low, low + more] as const;
        return gap === null ? [first] : [first, [low + more + 2, low + more + 2 + gap]];
      });
    const arbitrary = fc.record({
      sets: fc.array(set, { minLength: 6, maxLength: 6 }),
      factors: fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 6, maxLength: 6 }),
      low: fc.integer({ min: -12, max: 12 }),
      more: fc.nat(6),
      form: fc.constantFrom('inside', 'le', 'gt', 'not', 'is'),
    });
    fc.assert(
      fc.property(arbitrary, ({ sets, factors, low, more, form }) => {
        const added = factors.map((factor, i) => v(i).times(factor)).reduce((a, b) => a.plus(b));
        const relation = {
          inside: added.inside([low, low + more]),
          le: added.le(low),
          gt: added.gt(low),
          not: added.inside([low, low + more]).not(),
          is: added.is(v(0).plus(low)),
        }[form];
        const solutions = bruteForce(sets, [relation]);
        const problem = problemOf(sets, relation);
        expect(problem.count()).toBe(BigInt(solutions.length));
        expect(problem.satisfiability()).toBe(solutions.length === 0 ? 'no' : 'yes');
        if (solutions.length === 0) return;
        const values = new Float64Array(6);
        const stream = new RandomStream('factors');
        const all = new Set(solutions);
        for (let n = 0; n < 20; n++) {
          expect(problem.sample(stream, values)).toBe(true);
          expect(all).toContain(values.join(' '));
        }
      }),
      { seed: 1, numRuns: 150 },
    );
  });

  it('is counted where boxes and diagrams end', () => {
    // Multisets: 24 numbers from 0 on that add up to at most 100.
    const bytes = problemOf(same(24, [[0, 255]]), total(24).le(100));
    expect(kindsOf(bytes)).toEqual(['sum']);
    expect(bytes.count()).toBe(binomial(124n, 24n));
    const frames = problemOf(same(32, [[64, 1500]]), total(32).le(8000));
    expect(frames.count()).toBe(withinLimit(32, 1436, 8000 - 32 * 64));
    const parts = problemOf(same(10, [[1, 1000]]), total(10).is(5000));
    expect(parts.count()).toBe(withinLimit(10, 999, 4990) - withinLimit(10, 999, 4989));
    const huge = problemOf(same(32, [[0, 2 ** 40]]), total(32).le(100));
    expect(huge.count()).toBe(binomial(132n, 32n));
  });

  it('has the mean and the spread of its solutions', () => {
    // One of 24 numbers that add up to at most 100, with what is left: a part of 25 that add up to 100.
    const problem = problemOf(same(24, [[0, 255]]), total(24).le(100));
    const values = new Float64Array(24);
    const stream = new RandomStream('parts');
    const counts = new Array<number>(8).fill(0);
    const draws = 4000;
    for (let n = 0; n < draws; n++) {
      problem.sample(stream, values);
      counts[Math.min(7, values[n % 24])]++;
    }
    const ways = (value: number): number =>
      Number((binomial(BigInt(123 - value), 23n) * 10n ** 15n) / binomial(124n, 24n)) / 1e15;
    const chances = [0, 1, 2, 3, 4, 5, 6].map(ways);
    chances.push(1 - chances.reduce((a, b) => a + b, 0));
    expect(chiSquareDeviation(counts, chances)).toBeLessThan(4);
  });

  it('says that there is none', () => {
    const problem = problemOf(same(32, [[64, 1500]]), total(32).lt(2048));
    expect(problem.satisfiability()).toBe('no');
    expect(problem.count()).toBe(0n);
    const odd = problemOf(same(8, [[0, 40]]), total(8).times(2).plus(v(0).times(4)).is(31));
    expect(odd.satisfiability()).toBe('no');
    const listed = problemOf(same(8, [[0, 40]]), total(8).le(9), v(0).times(v(1)).is(41));
    expect(listed.satisfiability()).toBe('no');
  });
});

describe('a sum of wide variables', () => {
  it('is drawn by cells, each solution equally likely', () => {
    // The same problem small enough to be listed, cut into cells all the same, would be no test: shares of the sum are.
    const high = 2 ** 32 - 1;
    const problem = problemOf(same(8, [[0, high]]), total(8).le(2 ** 32));
    expect(kindsOf(problem)).toEqual(['sum']);
    expect(problem.satisfiability()).toBe('yes');
    const values = new Float64Array(8);
    const stream = new RandomStream('cells');
    const counts = new Array<number>(8).fill(0);
    for (let n = 0; n < 4000; n++) {
      expect(problem.sample(stream, values)).toBe(true);
      const sum = values.reduce((a, b) => a + b, 0);
      expect(sum).toBeLessThanOrEqual(2 ** 32);
      // Of uniform points below a sum, its eighth power is uniform.
      counts[Math.min(7, Math.floor(8 * (sum / 2 ** 32) ** 8))]++;
    }
    expect(chiSquareDeviation(counts, uniform(8))).toBeLessThan(4);
  });

  it('may have halves of 64 bits', () => {
    class Buffers {
      sizes: bigint[] = [];
    }
    const random = rand(
      Buffers,
      { sizes: arrayOf(wide(64), { size: 6 }) },
      { fit: (r) => r.sizes.sum().le(40) },
    );
    expect(random.count()).toBe(binomial(46n, 6n));
    const one = random.create(new RandomStream('wide'));
    one.randomize();
    expect(one.sizes.reduce((a, b) => a + b, 0n)).toBeLessThanOrEqual(40n);
  });
});

describe('lists with a sum', () => {
  class Frame {
    kind: 'data' | 'control' = 'data';
    length = 0;
  }
  const frame = rand(
    Frame,
    { kind: oneOf('data', 'control'), length: spans([64, 128], [256, 1500]) },
    { short: (f) => f.kind.is('control').implies(f.length.le(80)) },
  );
  class Burst {
    frames: Frame[] = [];
    limit = 8000;
  }
  const burst = rand(
    Burst,
    { frames: arrayOf(nested(frame), { size: span(1, 24) }) },
    { fits: (b) => b.frames.sum((f) => f.length).le(b.limit) },
  );

  it('of objects with constraints of their own, of random size, under a limit that is state', () => {
    const one = burst.create(new RandomStream('burst'));
    const sizes = new Set<number>();
    for (let n = 0; n < 60; n++) {
      one.limit = 2000 + 100 * n;
      one.randomize();
      sizes.add(one.frames.length);
      expect(one.frames.reduce((a, f) => a + f.length, 0)).toBeLessThanOrEqual(one.limit);
      expect(one.frames.every((f) => f.kind === 'data' || f.length <= 80)).toBe(true);
    }
    expect(sizes.size).toBeGreaterThan(12);
  });

  it('with a weighted element: by weight, whatever it leaves to the others', () => {
    class Parts {
      parts: number[] = [];
    }
    const random = rand(
      Parts,
      { parts: arrayOf(uint(10), { size: 8 }) },
      {
        all: (p) => p.parts.sum().is(3000),
        first: (p) => p.parts.at(0).dist(weigh([1, 2], 1), weigh([900, 901], 3)),
      },
    );
    const one = random.create(new RandomStream('weighted'));
    const counts = [0, 0, 0, 0];
    for (let n = 0; n < 1600; n++) {
      one.randomize();
      expect(one.parts.reduce((a, b) => a + b, 0)).toBe(3000);
      counts[[1, 2, 900, 901].indexOf(one.parts[0])]++;
    }
    expect(chiSquareDeviation(counts, [1 / 8, 1 / 8, 3 / 8, 3 / 8])).toBeLessThan(4);
  });

  it('draws the same whatever was solved before', () => {
    const fresh = burst.extend({}).create(new RandomStream('again'));
    fresh.limit = 5000;
    const used = burst.extend({}).create(new RandomStream('again'));
    const state = used.getRandState();
    for (const limit of [9000, 3000, 7777]) {
      used.limit = limit;
      used.randomize();
    }
    used.limit = 5000;
    used.setRandState(state);
    for (let n = 0; n < 5; n++) {
      fresh.randomize();
      used.randomize();
      expect(used.frames).toEqual(fresh.frames);
    }
  });
});

it('a variable that cancels out ties nothing', () => {
  const problem = problemOf(
    same(3, [[0, 9]]),
    sum(v(0), v(1)).is(9),
    v(0).plus(v(1)).plus(v(2)).le(12),
  );
  expect(problem.count()).toBe(40n);
  // What divides by zero must not: 5 / 0 - 5 / 0 is no number.
  const zero = v(0).div(v(1));
  expect(problemOf(same(2, [[0, 0]]), zero.minus(zero).is(0)).count()).toBe(0n);
});

/** Ways in which `count` numbers 0..greatest add up to at most `limit`, by inclusion and exclusion. */
function withinLimit(count: number, greatest: number, limit: number): bigint {
  let ways = 0n;
  for (let over = 0; over <= count; over++) {
    const left = limit - over * (greatest + 1);
    if (left < 0) break;
    const some =
      binomial(BigInt(count), BigInt(over)) * binomial(BigInt(left + count), BigInt(count));
    ways += over % 2 === 0 ? some : -some;
  }
  return ways;
}
