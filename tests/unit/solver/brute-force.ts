// Problems of numbered variables, all their solutions, and how evenly they are drawn.
import { expect } from 'vitest';
import { RandomStream } from '#random/random-stream';
import { IntExpr, type BoolExpr } from '#solver/builder';
import { evaluateBool } from '#solver/expression';
import type { Sets, ValueSet } from '#solver/interval';
import { Problem } from '#solver/problem';
import { chiSquareDeviation, uniform } from './chi-square.ts';

/** A variable by its number. */
export const v = (index: number): IntExpr => new IntExpr({ kind: 'var', index });

/** So many variables with these values. */
export const same = (count: number, set: ValueSet): Sets =>
  Array.from({ length: count }, () => set);

export const problemOf = (sets: Sets, ...relations: readonly BoolExpr[]): Problem =>
  new Problem(
    sets,
    relations.map(({ node }, i) => ({ name: `c${i}`, node })),
  );

export const kindsOf = (problem: Problem): readonly string[] =>
  problem.methods.map(({ kind }) => kind);

/** All solutions, as text. */
export function bruteForce(sets: Sets, relations: readonly BoolExpr[]): readonly string[] {
  const found: string[] = [];
  const values = new Float64Array(sets.length);
  const visit = (at: number): void => {
    if (at === sets.length) {
      if (relations.every(({ node }) => evaluateBool(node, values))) found.push(values.join(' '));
      return;
    }
    for (const [low, high] of sets[at]) {
      for (let value = low; value <= high; value++) {
        values[at] = value;
        visit(at + 1);
      }
    }
  };
  visit(0);
  return found;
}

/** Distance from uniform of so many draws, in standard deviations; every draw is one of the solutions. */
export function deviation(problem: Problem, solutions: readonly string[], draws: number): number {
  const counts = new Map(solutions.map((solution) => [solution, 0]));
  const values = new Float64Array(solutions[0].split(' ').length);
  const stream = new RandomStream('deviation');
  for (let n = 0; n < draws; n++) {
    expect(problem.sample(stream, values)).toBe(true);
    const key = values.join(' ');
    const count = counts.get(key);
    expect(count).toBeDefined();
    counts.set(key, (count ?? 0) + 1);
  }
  return chiSquareDeviation([...counts.values()], uniform(solutions.length));
}

export function binomial(n: bigint, k: bigint): bigint {
  let result = 1n;
  for (let i = 1n; i <= k; i++) result = (result * (n - k + i)) / i;
  return result;
}
