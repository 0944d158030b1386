// Variables that all differ and have a sum: counted and drawn as by brute force, and many of them without delay.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '#random/random-stream';
import type { IntExpr } from '#solver/builder';
import { unique } from '#solver/constraint';
import { uint } from '#solver/domain';
import { bytesOf } from '#solver/field-domain';
import type { ValueSet } from '#solver/interval';
import { rand } from '#solver/random-class';
import { bruteForce, deviation, kindsOf, problemOf, same, v } from './brute-force.ts';
import { chiSquareDeviation, uniform } from './chi-square.ts';

const all = (count: number): readonly IntExpr[] => Array.from({ length: count }, (_, i) => v(i));
const total = (count: number): IntExpr => all(count).reduce((sum, one) => sum.plus(one));

describe('variables that differ, with a sum', () => {
  it('are counted as by brute force', () => {
    const set = fc
      .tuple(fc.integer({ min: -3, max: 2 }), fc.nat(3), fc.nat(2), fc.nat(3))
      .map(([low, size, gap, more]): ValueSet => {
        const from = low + size + 2 + gap;
        return [
          [low, low + size],
          [from, from + more],
        ];
      });
    fc.assert(
      fc.property(
        set,
        fc.integer({ min: 4, max: 5 }),
        fc.integer({ min: -4, max: 30 }),
        fc.nat(8),
        (values, count, low, more) => {
          const sets = same(count, values);
          const sum = total(count).inside([low, low + more], low + more + 5);
          const relations = [unique(...all(count)), sum];
          const expected = bruteForce(sets, relations);
          const problem = problemOf(sets, ...relations);
          expect(problem.count()).toBe(BigInt(expected.length));
          if (expected.length === 0) return;
          const drawn = new Float64Array(count);
          expect(problem.sample(new RandomStream('hand'), drawn)).toBe(true);
          expect(expected).toContain(drawn.join(' '));
        },
      ),
      { seed: 7, numRuns: 60 },
    );
  });

  it('are drawn with equal chances, whatever the order', () => {
    const sets = same(4, [
      [-1, 4],
      [6, 7],
    ]);
    const relations = [unique(...all(4)), total(4).inside([8, 11])];
    const expected = bruteForce(sets, relations);
    const problem = problemOf(sets, ...relations);
    expect(kindsOf(problem)).toEqual(['hand']);
    expect(Math.abs(deviation(problem, expected, 100 * expected.length))).toBeLessThan(4);
  });

  it('are drawn with equal chances for one total, which removes no variable', () => {
    const sets = same(4, [[0, 7]]);
    const relations = [unique(...all(4)), total(4).is(12)];
    const expected = bruteForce(sets, relations);
    const problem = problemOf(sets, ...relations);
    expect(kindsOf(problem)).toEqual(['hand']);
    expect(problem.count()).toBe(BigInt(expected.length));
    expect(Math.abs(deviation(problem, expected, 100 * expected.length))).toBeLessThan(4);
  });

  it('say that there are none', () => {
    const problem = problemOf(same(4, [[0, 9]]), unique(...all(4)), total(4).le(5));
    expect(problem.count()).toBe(0n);
    expect(problem.satisfiability()).toBe('no');
  });

  class Frame {
    total = 0;
    data = new Uint8Array(6);
  }
  it('six bytes of a frame: every place the same, and the sum that is told', () => {
    const frame = rand(
      Frame,
      { total: uint(10), data: bytesOf({ size: 6 }) },
      {
        sum: (w) => [w.total.is(w.data.sum()), w.total.le(700), unique(w.data)],
      },
    ).create(new RandomStream('frame'));
    const greatest = new Array<number>(6).fill(0);
    for (let n = 0; n < 3000; n++) {
      frame.randomize();
      const bytes = [...frame.data];
      expect(new Set(bytes).size).toBe(6);
      expect(bytes.reduce((sum, one) => sum + one)).toBe(frame.total);
      expect(frame.total).toBeLessThanOrEqual(700);
      greatest[bytes.indexOf(Math.max(...bytes))]++;
    }
    expect(Math.abs(chiSquareDeviation(greatest, uniform(6)))).toBeLessThan(4);
  });
});
