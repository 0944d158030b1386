// The set of solutions against brute force on small domains: random constraints from a grammar (semantics §2).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '#random/random-stream';
import { holdsForCertain } from '#solver/certain';
import { IntExpr } from '#solver/builder';
import { span } from '#solver/domain';
import { conflictOf } from '#solver/conflict';
import { Problem } from '#solver/problem';
import { rand } from '#solver/random-class';
import { relation, type Relation } from './grammar.ts';
import { truthOf } from './three-valued.ts';

const FIELDS = ['x', 'y', 'z'] as const;
class Three {
  x = 0;
  y = 0;
  z = 0;
}
const DOMAINS = { x: span(0, 6), y: span(-3, 4), z: span(2, 9) } as const;

function bruteForce(relations: readonly Relation[]): Set<string> {
  const leaf = FIELDS.map((_, index) => new IntExpr({ kind: 'var', index }));
  const nodes = relations.map((one) => one(leaf).node);
  const found = new Set<string>();
  const values = new Float64Array(3);
  for (let x = 0; x <= 6; x++) {
    for (let y = -3; y <= 4; y++) {
      for (let z = 2; z <= 9; z++) {
        values.set([x, y, z]);
        if (nodes.every((node) => truthOf(node, values) === true)) found.add(`${x} ${y} ${z}`);
      }
    }
  }
  return found;
}

describe('the solutions', () => {
  it(
    'are those of brute force: counted, sampled, or shown not to exist',
    { timeout: 120_000 },
    () => {
      fc.assert(
        fc.property(
          fc.array(relation, { minLength: 1, maxLength: 4 }),
          fc.nat(),
          (relations, seed) => {
            const expected = bruteForce(relations);
            const random = rand(Three, DOMAINS, {
              all: (v) => relations.map((one) => one([v.x, v.y, v.z])),
            });
            expect(random.count()).toBe(BigInt(expected.size));
            const item = random.create(new RandomStream(`solutions ${seed}`));
            if (expected.size === 0) {
              expect(() => item.randomize()).toThrow(/no values of Three satisfy/);
              return;
            }
            for (let n = 0; n < 10; n++) {
              item.randomize();
              expect(expected).toContain(`${item.x} ${item.y} ${item.z}`);
            }
          },
        ),
        { seed: 1, numRuns: 500 },
      );
    },
  );

  it('are all reached', () => {
    fc.assert(
      fc.property(fc.array(relation, { minLength: 1, maxLength: 3 }), (relations) => {
        const expected = bruteForce(relations);
        fc.pre(expected.size > 0 && expected.size <= 12);
        const random = rand(Three, DOMAINS, {
          all: (v) => relations.map((one) => one([v.x, v.y, v.z])),
        });
        const item = random.create(new RandomStream('reach'));
        for (let n = 0; n < 400; n++) {
          item.randomize();
          expected.delete(`${item.x} ${item.y} ${item.z}`);
        }
        expect(expected.size).toBe(0);
      }),
      { seed: 1, numRuns: 80 },
    );
  });

  it('of a conflict: the set explained conflicts, and nothing in it can be left out', () => {
    fc.assert(
      fc.property(fc.array(relation, { minLength: 2, maxLength: 6 }), (relations) => {
        fc.pre(bruteForce(relations).size === 0);
        const leaf = FIELDS.map((_, index) => new IntExpr({ kind: 'var', index }));
        const constraints = relations.map((one, i) => ({
          name: `c${i}`,
          node: holdsForCertain(one(leaf).node),
        }));
        const domains = Object.values(DOMAINS).map((domain) => domain.ranges);
        const core = conflictOf(new Problem(domains, constraints));
        const chosen = core.map(({ name }) => relations[Number(name.slice(1))]);
        expect(bruteForce(chosen).size).toBe(0);
        chosen.forEach((_, i) => {
          expect(bruteForce(chosen.filter((__, j) => j !== i)).size).toBeGreaterThan(0);
        });
      }),
      { seed: 1, numRuns: 100 },
    );
  });
});

describe('equations that leave constants', () => {
  class Pair {
    a = 0;
    b = 0;
  }
  const pair = (blocks: Parameters<typeof rand<Pair, { a: typeof domain; b: typeof domain }>>[2]) =>
    rand(Pair, { a: domain, b: domain }, blocks);
  const domain = span(-4, 7);

  it.each<[string, ReturnType<typeof pair>, bigint]>([
    ['one variable', pair({ k: (v) => [v.a.plus(12).is(9), v.a.lt(5)] }), 12n],
    ['a chain', pair({ k: (v) => [v.a.plus(v.b).is(5), v.a.minus(2).is(1)] }), 1n],
    ['a contradiction', pair({ k: (v) => [v.a.plus(12).is(9), v.a.gt(5)] }), 0n],
    ['a weighted sum', pair({ k: (v) => [v.a.plus(v.b).dist({ 3: 1, 5: 2 }), v.a.is(2)] }), 2n],
  ])('of %s', (_, random, count) => {
    expect(random.count()).toBe(count);
    const item = random.create(new RandomStream('equations'));
    if (count === 0n) expect(() => item.randomize()).toThrow(/no values of Pair satisfy/);
    else item.randomize();
  });

  it('have marginals under a weighted sum', () => {
    const random = pair({ k: (v) => [v.a.plus(v.b).dist({ 3: 1, 5: 3 }), v.a.is(2)] });
    const chances = random.marginals('b')?.filter(({ chance }) => chance > 0);
    expect(chances).toEqual([
      { low: 1, high: 1, chance: 0.25 },
      { low: 3, high: 3, chance: 0.75 },
    ]);
  });
});
