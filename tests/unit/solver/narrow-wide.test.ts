// Wide fields that constraints hold within small ranges: as easy as small ones (semantics §2); and what distributions say of wide ones.
import { describe, expect, it } from 'vitest';
import { RandomStream } from '#random/random-stream';
import { oneOf } from '#solver/domain';
import { wide, wideInt } from '#solver/field-domain';
import { rand, type RandomClass } from '#solver/random-class';
import { share, shareRest, weigh } from '#solver/weights';
import { chiSquareDeviation, uniform } from './chi-square.ts';
import { thrown } from './thrown.ts';

class Pair {
  a = 0n;
  b = 0n;
}
const DOMAINS = { a: wide(64), b: wideInt(64) } as const;
type Blocks = Parameters<typeof rand<Pair, typeof DOMAINS>>[2];
const pair = (blocks: Blocks): RandomClass<Pair, typeof DOMAINS> => rand(Pair, DOMAINS, blocks);
const BASE = 2n ** 60n;

describe('a wide field within a small range', () => {
  it.each<[string, Blocks, (a: bigint, b: bigint) => boolean, bigint]>([
    [
      'of natural numbers',
      { all: (v) => [v.a.lt(40), v.b.ge(0), v.b.lt(40), v.a.times(v.b).is(36)] },
      (a, b) => a < 40n && b >= 0n && b < 40n && a * b === 36n,
      0n,
    ],
    [
      'far above 2^53, with its distance from there',
      {
        all: (v) => [
          v.a.inside([BASE, BASE + 30n]),
          v.b.inside([1, 30]),
          v.a.minus(BASE).times(v.b).inside([50, 60]),
        ],
      },
      (a, b) => a <= 30n && b >= 1n && b <= 30n && a * b >= 50n && a * b <= 60n,
      BASE,
    ],
    [
      'by a sum with others',
      {
        all: (v) => [v.b.inside([1, 20]), v.a.plus(v.b).le(25), v.a.times(v.b).mod(7).is(3)],
      },
      (a, b) => b >= 1n && b <= 20n && a + b <= 25n && (a * b) % 7n === 3n,
      0n,
    ],
  ])('is solved, counted and uniform: %s', (_, blocks, holds, base) => {
    const solutions = new Map<string, number>();
    for (let a = 0n; a < 64n; a++) {
      for (let b = 0n; b < 64n; b++) if (holds(a, b)) solutions.set(`${a + base} ${b}`, 0);
    }
    const random = pair(blocks);
    expect(random.count()).toBe(BigInt(solutions.size));
    const one = random.create(new RandomStream('narrow'));
    for (let n = 0; n < 30 * solutions.size; n++) {
      one.randomize();
      const key = `${one.a} ${one.b}`;
      const count = solutions.get(key);
      expect(count).toBeDefined();
      solutions.set(key, (count ?? 0) + 1);
    }
    const counts = [...solutions.values()];
    expect(chiSquareDeviation(counts, uniform(counts.length))).toBeLessThan(4);
  });

  it('of which nothing is left: said so, and counted as none', () => {
    const random = pair({
      window: (v) => v.a.inside([BASE, BASE + 30n]),
      above: (v) => v.b.gt(BASE),
      sum: (v) => v.a.plus(v.b).le(BASE),
    });
    expect(random.count()).toBe(0n);
    const error = thrown(() => random.create(new RandomStream('none')).randomize());
    expect(error.code).toBe('solve-failed');
    expect(error.message).toMatch(/no values of Pair satisfy/);
  });
});

describe('weights of a wide field', () => {
  it('are told up to where they go', () => {
    const rest = thrown(() =>
      pair({ all: (v) => v.a.dist(weigh(5, 3), shareRest(1)) })
        .create(new RandomStream('rest'))
        .randomize(),
    );
    expect(rest.code).toBe('bad-constraint');
    expect(rest.message).toMatch(/shareRest\(\) stands for values up to 2\^53, and this field has/);
    expect(rest.message).toMatch(/Give the weights to a oneOf\(\) field/);
    for (const edge of [2 ** 60, (2n ** 60n) as unknown as number]) {
      const above = thrown(() => share([2 ** 40, edge], 1));
      expect(above.message).toMatch(
        /a distribution weighs values up to 2\^53, got \[1099511627776, 115292150460684\d+\]/,
      );
    }
  });

  it('share the rest of a domain whose values are small', () => {
    class Small {
      a = 0n;
    }
    const random = rand(Small, { a: wide(3) }, { all: (v) => v.a.dist(weigh(5, 7), shareRest(7)) });
    const one = random.create(new RandomStream('small'));
    const counts = new Array<number>(8).fill(0);
    for (let n = 0; n < 1400; n++) {
      one.randomize();
      counts[Number(one.a)]++;
    }
    const chances = counts.map((_, value) => (value === 5 ? 1 / 2 : 1 / 14));
    expect(chiSquareDeviation(counts, chances)).toBeLessThan(4);
  });

  it('go to a field of its own for windows of any width, as the hint says', () => {
    class Window {
      window: 'low' | 'high' = 'low';
      a = 0n;
    }
    const random = rand(
      Window,
      { window: oneOf('low', 'high'), a: wide(64) },
      {
        weights: (v) => v.window.dist({ low: 3, high: 1 }),
        low: (v) => v.window.is('low').implies(v.a.lt(4096)),
        high: (v) => v.window.is('high').implies(v.a.ge(2n ** 63n)),
      },
    );
    const one = random.create(new RandomStream('window'));
    let low = 0;
    for (let n = 0; n < 1000; n++) {
      one.randomize();
      expect(one.window === 'low' ? one.a < 4096n : one.a >= 2n ** 63n).toBe(true);
      if (one.window === 'low') low++;
    }
    expect(chiSquareDeviation([low, 1000 - low], [3 / 4, 1 / 4])).toBeLessThan(4);
  });
});
