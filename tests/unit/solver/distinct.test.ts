// Variables that must all differ: counted and drawn at any size, uniformly (semantics §2, `unique`).
import { describe, expect, it } from 'vitest';
import { RandomStream } from '#random/random-stream';
import { IntExpr } from '#solver/builder';
import { unique } from '#solver/constraint';
import type { ValueSet } from '#solver/interval';
import { Problem } from '#solver/problem';
import { chiSquareDeviation, uniform } from './chi-square.ts';

const v = (index: number): IntExpr => new IntExpr({ kind: 'var', index });

function distinct(count: number, set: ValueSet): Problem {
  const all = Array.from({ length: count }, (_, index) => v(index));
  return new Problem(
    all.map(() => set),
    [{ name: 'unique', node: unique(...all).node }],
  );
}

describe('values that must all differ', () => {
  it('are counted: permutations, hands, and more than there are', () => {
    expect(distinct(16, [[0, 15]]).count()).toBe(20_922_789_888_000n);
    expect(distinct(3, [[0, 2 ** 40 - 1]]).count()).toBe(
      2n ** 40n * (2n ** 40n - 1n) * (2n ** 40n - 2n),
    );
    expect(distinct(5, [[0, 3]]).count()).toBe(0n);
    expect(distinct(5, [[0, 3]]).satisfiability()).toBe('no');
    expect(distinct(16, [[0, 15]]).methods.map(({ kind }) => kind)).toEqual(['distinct']);
  });

  it('come in every order equally often', () => {
    const set: ValueSet = [
      [-1, 0],
      [7, 8],
    ];
    const problem = distinct(3, set);
    const values = new Float64Array(3);
    const counts = new Map<string, number>();
    const stream = new RandomStream('distinct');
    for (let n = 0; n < 4800; n++) {
      problem.sample(stream, values);
      const key = values.join(' ');
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    expect(chiSquareDeviation([...counts.values()], uniform(24))).toBeLessThan(4);
  });

  it('are drawn from wide domains and from whole ones', () => {
    for (const [count, high] of [
      [200, 2 ** 20],
      [64, 63],
    ]) {
      const problem = distinct(count, [[0, high]]);
      const values = new Float64Array(count);
      expect(problem.sample(new RandomStream('many'), values)).toBe(true);
      expect(new Set(values).size).toBe(count);
      expect(Math.max(...values)).toBeLessThanOrEqual(high);
    }
  });
});
