// Variables in ascending order: counted as brute force counts them, drawn uniformly, at any width (semantics §2, "Uniformity").
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '#random/random-stream';
import type { BoolExpr } from '#solver/builder';
import { unique } from '#solver/constraint';
import { uint } from '#solver/domain';
import { arrayOf } from '#solver/field-domain';
import type { Sets, ValueSet } from '#solver/interval';
import { rand } from '#solver/random-class';
import { binomial, bruteForce, deviation, kindsOf, problemOf, same, v } from './brute-force.ts';
import { chiSquareDeviation, uniform } from './chi-square.ts';

/** Neighbours of a row of variables. */
const row = (
  order: readonly number[],
  relation: (a: number, b: number) => BoolExpr,
): readonly BoolExpr[] => order.slice(1).map((index, i) => relation(order[i], index));
const ascending = (a: number, b: number): BoolExpr => v(a).le(v(b));
const strictly = (a: number, b: number): BoolExpr => v(a).lt(v(b));
const FOUR = [0, 1, 2, 3];

describe('an ascending order', () => {
  it.each<[string, Sets, readonly BoolExpr[]]>([
    ['with repetition', same(4, [[0, 4]]), row(FOUR, ascending)],
    ['strict, in another order', same(4, [[-3, 3]]), row([2, 0, 3, 1], strictly)],
    ['descending', same(4, [[0, 5]]), row(FOUR, (a, b) => v(a).gt(v(b)))],
    ['gaps between', same(4, [[0, 9]]), row(FOUR, (a, b) => v(a).plus(2).le(v(b)))],
    ['a little out of order', same(4, [[0, 3]]), row(FOUR, (a, b) => v(a).le(v(b).plus(1)))],
    ['of differences', same(4, [[0, 6]]), row(FOUR, (a, b) => v(b).minus(v(a)).inside([1, 99]))],
    [
      'of other domains each',
      [[[0, 9]], [[3, 5]], [[0, 2], [5, 7]], [[4, 12]]], // prettier-ignore
      row(FOUR, ascending),
    ],
    [
      'all pairs of it',
      same(4, [[0, 6]]),
      FOUR.flatMap((a) => FOUR.slice(a + 1).map((b) => v(a).lt(v(b)))),
    ],
    ['without repetition', same(4, [[0, 6]]), [...row(FOUR, ascending), unique(...FOUR.map(v))]],
  ])('is counted and drawn uniformly: %s', (_, sets, relations) => {
    const problem = problemOf(sets, ...relations);
    const solutions = bruteForce(sets, relations);
    expect(kindsOf(problem)).toEqual(['chain']);
    expect(problem.count()).toBe(BigInt(solutions.length));
    expect(deviation(problem, solutions, 20 * solutions.length)).toBeLessThan(4);
  });

  it('has the solutions of brute force, whatever the domains and gaps', () => {
    const set = fc
      .tuple(fc.nat(5), fc.nat(4), fc.option(fc.nat(3)))
      .map(([low, more, gap]): ValueSet => {
        const first = [low, low + more] as const;
        return gap === null ? [first] : [first, [low + more + 2, low + more + 2 + gap]];
      });
    const more = fc.tuple(fc.nat(3), fc.nat(3), fc.integer({ min: -2, max: 3 }));
    const arbitrary = fc.record({
      sets: fc.array(set, { minLength: 4, maxLength: 4 }),
      gaps: fc.array(fc.integer({ min: -1, max: 2 }), { minLength: 3, maxLength: 3 }),
      others: fc.array(more, { maxLength: 2 }),
    });
    fc.assert(
      fc.property(arbitrary, ({ sets, gaps, others }) => {
        const relations = [
          ...gaps.map((gap, i) =>
            v(i)
              .plus(gap)
              .le(v(i + 1)),
          ),
          ...others.map(([a, b, gap]) => v(a).plus(gap).isNot(v(b))),
        ];
        const solutions = bruteForce(sets, relations);
        const problem = problemOf(sets, ...relations);
        expect(problem.count()).toBe(BigInt(solutions.length));
        expect(problem.satisfiability()).toBe(solutions.length === 0 ? 'no' : 'yes');
        if (solutions.length === 0) return;
        const values = new Float64Array(4);
        const stream = new RandomStream('chains');
        const all = new Set(solutions);
        for (let n = 0; n < 20; n++) {
          expect(problem.sample(stream, values)).toBe(true);
          expect(all).toContain(values.join(' '));
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('is counted and drawn at any width', () => {
    const order = Array.from({ length: 16 }, (_, i) => i);
    const wide = problemOf(same(16, [[0, 2 ** 32 - 1]]), ...row(order, ascending));
    expect(kindsOf(wide)).toEqual(['chain']);
    expect(wide.count()).toBe(binomial(2n ** 32n + 15n, 16n));
    const strict = problemOf(same(16, [[0, 2 ** 48 - 1]]), ...row(order, strictly));
    expect(strict.count()).toBe(binomial(2n ** 48n, 16n));
    const values = new Float64Array(16);
    const stream = new RandomStream('wide chains');
    const counts = new Array<number>(8).fill(0);
    for (let n = 0; n < 2000; n++) {
      wide.sample(stream, values);
      expect([...values]).toEqual([...values].sort((a, b) => a - b));
      // The greatest of 16 uniform numbers, to the 16th power, is uniform.
      counts[Math.floor(8 * (values[15] / 2 ** 32) ** 16)]++;
    }
    expect(chiSquareDeviation(counts, uniform(8))).toBeLessThan(4);
  });

  it('is dealt out to domains that overlap at any width', () => {
    // Two below 2^40, two of all: in how many ways both, one or none of the latter are below.
    const low: ValueSet = [[0, 2 ** 40 - 1]];
    const all: ValueSet = [[0, 2 ** 41 - 1]];
    const problem = problemOf([low, low, all, all], ...row(FOUR, ascending));
    const n = 2n ** 40n;
    const parts = [
      binomial(n + 3n, 4n),
      binomial(n + 2n, 3n) * n,
      binomial(n + 1n, 2n) * binomial(n + 1n, 2n),
    ];
    const total = parts.reduce((a, b) => a + b);
    expect(problem.count()).toBe(total);
    const values = new Float64Array(4);
    const stream = new RandomStream('overlap');
    const counts = [0, 0, 0];
    for (let i = 0; i < 2000; i++) {
      problem.sample(stream, values);
      counts[values.filter((value) => value >= 2 ** 40).length]++;
    }
    const chances = parts.map((part) => Number((part * 10n ** 15n) / total) / 1e15);
    expect(chiSquareDeviation(counts, chances)).toBeLessThan(4);
  });

  it('says that there is none', () => {
    const problem = problemOf(same(4, [[0, 2]]), ...row(FOUR, strictly));
    expect(problem.satisfiability()).toBe('no');
    expect(problem.count()).toBe(0n);
  });

  it('leaves what is no order to others', () => {
    const band = row(FOUR, (a, b) => v(b).minus(v(a)).inside([1, 2]));
    const problem = problemOf(same(4, [[0, 7]]), ...band);
    expect(kindsOf(problem)).not.toContain('chain');
    expect(problem.count()).toBe(BigInt(bruteForce(same(4, [[0, 7]]), band).length));
    const fork = [v(0).le(v(1)), v(0).le(v(2)), v(1).le(v(3))];
    const forked = problemOf(same(4, [[0, 3]]), ...fork);
    expect(kindsOf(forked)).not.toContain('chain');
    expect(forked.count()).toBe(BigInt(bruteForce(same(4, [[0, 3]]), fork).length));
  });
});

it('a list sorted by its constraints, of random size', () => {
  class Table {
    starts: number[] = [];
  }
  const random = rand(
    Table,
    { starts: arrayOf(uint(32), { size: uint(4) }) },
    {
      sorted: (t) =>
        t.starts.forEach((start, i, size) =>
          i + 1 < size ? start.lt(t.starts.at(i + 1)) : undefined,
        ),
    },
  );
  const one = random.create(new RandomStream('table'));
  const sizes = new Set<number>();
  for (let n = 0; n < 100; n++) {
    one.randomize();
    sizes.add(one.starts.length);
    expect(one.starts.every((start, i) => i === 0 || start > one.starts[i - 1])).toBe(true);
  }
  expect(sizes.size).toBe(16);
});
