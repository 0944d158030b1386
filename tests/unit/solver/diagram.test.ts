// Decision diagrams: the same solutions as brute force and as plain evaluation, counted and drawn uniformly (semantics §2).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '#random/random-stream';
import { IntExpr, all, type BoolExpr } from '#solver/builder';
import { diagramOf } from '#solver/diagram-solutions';
import { evaluateBool, type BoolNode } from '#solver/expression';
import type { Sets } from '#solver/interval';
import { evaluateBigBool } from '#solver/wide';
import { chiSquareDeviation, uniform } from './chi-square.ts';
import { relation } from './grammar.ts';

const v = (index: number): IntExpr => new IntExpr({ kind: 'var', index });
const SETS: Sets = [
  [[0, 6]],
  [[-3, 4]],
  [
    [2, 5],
    [8, 9],
  ],
];

/** Solutions by plain evaluation, as text. */
function bruteForce(nodes: readonly BoolNode[]): Set<string> {
  const found = new Set<string>();
  const values = new Float64Array(3);
  for (let x = 0; x <= 6; x++) {
    for (let y = -3; y <= 4; y++) {
      for (const z of [2, 3, 4, 5, 8, 9]) {
        values.set([x, y, z]);
        const holds = nodes.every((node) => evaluateBool(node, values));
        expect(nodes.every((node) => evaluateBigBool(node, values))).toBe(holds);
        if (holds) found.add(`${x} ${y} ${z}`);
      }
    }
  }
  return found;
}

function made(sets: Sets, ...relations: readonly BoolExpr[]) {
  const diagram = diagramOf(
    sets.map((_, index) => index),
    sets,
    relations.map(({ node }) => node),
  );
  if (diagram === undefined) throw new Error('no diagram');
  return diagram;
}

describe('a decision diagram', () => {
  it('has the solutions of brute force, and draws only them', () => {
    fc.assert(
      fc.property(
        fc.array(relation, { minLength: 1, maxLength: 4 }),
        fc.nat(),
        (relations, seed) => {
          const built = relations.map((one) => one([v(0), v(1), v(2)]));
          const expected = bruteForce(built.map(({ node }) => node));
          const diagram = made(SETS, ...built);
          expect(diagram.count).toBe(BigInt(expected.size));
          if (expected.size === 0) return;
          const stream = new RandomStream(`diagram ${seed}`);
          const values = new Float64Array(3);
          for (let n = 0; n < 10; n++) {
            diagram.sample(stream, values);
            expect(expected).toContain(values.join(' '));
          }
        },
      ),
      { seed: 1, numRuns: 600 },
    );
  });

  it('draws every solution with the same chance', () => {
    const sets: Sets = [[[0, 15]], [[0, 15]]];
    const diagram = made(sets, all(v(0).times(v(1)).mod(7).is(3), v(0).plus(v(1)).le(20)));
    const values = new Float64Array(2);
    const keys: number[] = [];
    for (let a = 0; a < 16; a++) {
      for (let b = 0; b < 16; b++) if ((a * b) % 7 === 3 && a + b <= 20) keys.push(a * 16 + b);
    }
    expect(diagram.count).toBe(BigInt(keys.length));
    const counts = new Map(keys.map((key) => [key, 0]));
    const stream = new RandomStream('equal chances');
    for (let n = 0; n < keys.length * 100; n++) {
      diagram.sample(stream, values);
      const key = values[0] * 16 + values[1];
      counts.set(key, (counts.get(key) ?? NaN) + 1);
    }
    expect(chiSquareDeviation([...counts.values()], uniform(keys.length))).toBeLessThan(4);
  });

  it('counts what has far more solutions than a double can: a < b over 52 bits', () => {
    const sets: Sets = [[[0, 2 ** 52 - 1]], [[0, 2 ** 52 - 1]]];
    const n = 1n << 52n;
    expect(made(sets, v(0).lt(v(1))).count).toBe((n * (n - 1n)) / 2n);
    expect(
      made(
        sets,
        v(0)
          .plus(v(1))
          .is(2 ** 52 - 1),
      ).count,
    ).toBe(n);
  });

  it('works out the chances that 32 bits do not settle', () => {
    // One solution in 2^40 + 1: hardly ever asked, exactly weighed.
    const sets: Sets = [[[0, 1]], [[0, 2 ** 40 - 1]]];
    const diagram = made(sets, v(0).is(1).implies(v(1).is(7)));
    expect(diagram.count).toBe((1n << 40n) + 1n);
    const values = new Float64Array(2);
    const drawn = [0, 0, 0xffff_ffff];
    const stream = {
      uint32: () => drawn.shift() ?? 0,
    } as unknown as RandomStream;
    // The chance of a one is 2^-40: 32 zero bits leave it open, further bits decide.
    diagram.sample(stream, values);
    expect(values[0]).toBe(1);
    drawn.push(0, 0x0200_0000, 5);
    diagram.sample(stream, values);
    expect(values[0]).toBe(0);
  });

  it('gives up at its limit instead of growing for ever', () => {
    const sets: Sets = [[[0, 2 ** 26 - 1]], [[0, 2 ** 26 - 1]]];
    const relationOfAll = v(0).times(v(1)).mod(9973).is(17);
    expect(diagramOf([0, 1], sets, [relationOfAll.node])).toBeUndefined();
  });
});
