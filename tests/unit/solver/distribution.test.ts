// Distributions: uniform over solutions, dist, soft, solve order, on the examples of IEEE 1800 (semantics §2). Fixed seeds.
import { describe, expect, it } from 'vitest';
import { RandomStream } from '#random/random-stream';
import { solveFirst } from '#solver/constraint';
import { share, weigh } from '#solver/weights';
import { flag, oneOf, span, spans, uint } from '#solver/domain';
import { rand, type Blocks, type RandomClass } from '#solver/random-class';
import { chiSquareDeviation, uniform } from './chi-square.ts';

const DEVIATION_MAX = 4;

/** Counts what `read` gives over `n` solves. */
function sampled<C extends object, D>(
  random: RandomClass<C, D>,
  n: number,
  read: (item: C) => number,
): Map<number, number> {
  const item = random.create(new RandomStream('distribution'));
  const counts = new Map<number, number>();
  for (let i = 0; i < n; i++) {
    item.randomize();
    const key = read(item);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

const list = (counts: Map<number, number>, keys: readonly number[]): number[] => {
  for (const key of counts.keys()) expect(keys).toContain(key);
  return keys.map((key) => counts.get(key) ?? 0);
};

class Pair {
  a = 0;
  b = 0;
}
class Select {
  s = false;
  d = 0;
}

describe('uniformity over solutions', () => {
  const clause = rand(Select, { s: flag(), d: uint(8) }, { c: (v) => v.s.implies(v.d.is(0)) });

  it('gives s its 1 of 257 solutions (18.5.9)', () => {
    expect(clause.count()).toBe(257n);
    const counts = sampled(clause, 25_700, (item) => (item.s ? 256 : item.d));
    const keys = Array.from({ length: 257 }, (_, i) => i);
    expect(chiSquareDeviation(list(counts, keys), uniform(257))).toBeLessThan(DEVIATION_MAX);
  });

  it('gives s one half when it is solved first, with the same solutions', () => {
    const ordered = clause.extend({ order: (v) => solveFirst(v.s) });
    expect(ordered.count()).toBe(257n);
    const counts = sampled(ordered, 4000, (item) => (item.s ? 1 : 0));
    expect(chiSquareDeviation(list(counts, [0, 1]), [0.5, 0.5])).toBeLessThan(DEVIATION_MAX);
  });

  const solutionsOf = (accept: (a: number, b: number) => boolean, size: number): number[] => {
    const keys: number[] = [];
    for (let a = 0; a < size; a++) {
      for (let b = 0; b < size; b++) if (accept(a, b)) keys.push(a * size + b);
    }
    return keys;
  };

  it.each<
    [
      string,
      Blocks<Pair, { a: ReturnType<typeof uint>; b: ReturnType<typeof uint> }>,
      (a: number, b: number) => boolean,
    ]
  >([
    ['a sum', { c: (v) => v.a.plus(v.b).le(20) }, (a, b) => a + b <= 20],
    ['an equation', { c: (v) => v.a.minus(v.b).is(3) }, (a, b) => a - b === 3],
    [
      'a product',
      { c: (v) => v.a.times(v.b).inside(12, [30, 40]) },
      (a, b) => a * b === 12 || (a * b >= 30 && a * b <= 40),
    ],
    ['alignment', { c: (v) => v.a.plus(v.b).mod(8).is(0) }, (a, b) => (a + b) % 8 === 0],
    [
      'a mask',
      { c: (v) => v.a.bitAnd(0x15).is(v.b.bitAnd(0x15)) },
      (a, b) => (a & 0x15) === (b & 0x15),
    ],
    ['bits', { c: (v) => v.a.bits(4, 2).lt(v.b.bits(2, 0)) }, (a, b) => a >> 2 < (b & 7)],
    ['a division', { c: (v) => v.a.div(v.b).ge(4) }, (a, b) => b !== 0 && Math.floor(a / b) >= 4],
  ])('of %s', (_, blocks, accept) => {
    const random = rand(Pair, { a: uint(5), b: uint(5) }, blocks);
    const keys = solutionsOf(accept, 32);
    expect(random.count()).toBe(BigInt(keys.length));
    const counts = sampled(random, 40 * keys.length, (item) => item.a * 32 + item.b);
    expect(chiSquareDeviation(list(counts, keys), uniform(keys.length))).toBeLessThan(
      DEVIATION_MAX,
    );
  });

  it('holds where not everything can be paved: an address, aligned, with room up to 4 KiB', () => {
    class Access {
      address = 0;
      length = 4;
    }
    const windows = spans([0x1000, 0x8fff], [2 ** 40, 2 ** 40 + 0x7fff]);
    const access = rand(
      Access,
      { address: windows, length: span(4, 64) },
      {
        aligned: (v) => [v.address.mod(4).is(0), v.length.mod(4).is(0)],
        inPage: (v) => v.address.mod(4096).plus(v.length).le(4096),
      },
    );
    // Per page: lengths 4k, k = 1..16, have 1024 - k + 1 aligned addresses.
    const weights = Array.from({ length: 16 }, (_, i) => 1024 - i);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const counts = sampled(access, 8000, (item) => item.length);
    const keys = weights.map((_, i) => 4 * (i + 1));
    const expected = weights.map((weight) => weight / total);
    expect(chiSquareDeviation(list(counts, keys), expected)).toBeLessThan(DEVIATION_MAX);
    const halves = sampled(access, 4000, (item) => (item.address < 2 ** 40 ? 0 : 1));
    expect(chiSquareDeviation(list(halves, [0, 1]), [0.5, 0.5])).toBeLessThan(DEVIATION_MAX);
  });

  it('holds over 52-bit fields', () => {
    const wide = rand(Pair, { a: uint(52), b: uint(52) }, { order: (v) => v.a.lt(v.b) });
    // The smaller of two is below the middle with probability 3/4.
    const counts = sampled(wide, 4000, (item) => (item.a < 2 ** 51 ? 1 : 0));
    expect(chiSquareDeviation(list(counts, [0, 1]), [0.25, 0.75])).toBeLessThan(DEVIATION_MAX);
  });
});

describe('dist', () => {
  class One {
    x = 0;
  }
  const values = [1, 2, 3, 4, 5, 9];

  it('gives each value of a range the weight with :=', () => {
    const random = rand(
      One,
      { x: uint(4) },
      { d: (v) => v.x.dist(weigh([1, 5], 40), weigh(9, 60)) },
    );
    const expected = [40, 40, 40, 40, 40, 60].map((weight) => weight / 260);
    const counts = list(
      sampled(random, 6000, (item) => item.x),
      values,
    );
    expect(chiSquareDeviation(counts, expected)).toBeLessThan(DEVIATION_MAX);
  });

  it('shares the weight over the range with :/', () => {
    const random = rand(
      One,
      { x: uint(4) },
      { d: (v) => v.x.dist(share([1, 5], 40), share(9, 60)) },
    );
    const expected = [8, 8, 8, 8, 8, 60].map((weight) => weight / 100);
    const counts = list(
      sampled(random, 6000, (item) => item.x),
      values,
    );
    expect(chiSquareDeviation(counts, expected)).toBeLessThan(DEVIATION_MAX);
  });

  it('renormalises over the values that can still be satisfied, and never takes weight 0', () => {
    const random = rand(
      One,
      { x: uint(4) },
      {
        d: (v) => v.x.dist({ 1: 1, 2: 3, 3: 0, 4: 4 }),
        small: (v) => v.x.lt(4),
      },
    );
    const counts = list(
      sampled(random, 4000, (item) => item.x),
      [1, 2],
    );
    expect(chiSquareDeviation(counts, [0.25, 0.75])).toBeLessThan(DEVIATION_MAX);
  });

  it('renormalises shared weights when hardly any value is left', () => {
    const random = rand(
      One,
      { x: uint(12) },
      {
        d: (v) => v.x.dist(share([0, 2999], 30), share([3000, 3000], 1)),
        rare: (v) => v.x.mod(1000).is(0),
      },
    );
    // Of the 30 for 3000 values three are left, at 1/100 each; 3000 keeps its 1.
    const counts = list(
      sampled(random, 4000, (item) => item.x),
      [0, 1000, 2000, 3000],
    );
    const expected = [0.01, 0.01, 0.01, 1].map((weight) => weight / 1.03);
    expect(chiSquareDeviation(counts, expected)).toBeLessThan(DEVIATION_MAX);
  });

  it('is uniform over the rest', () => {
    const random = rand(
      Pair,
      { a: uint(2), b: uint(2) },
      {
        d: (v) => v.a.dist({ 0: 3, 3: 1 }),
        order: (v) => v.b.le(v.a),
      },
    );
    const counts = list(
      sampled(random, 4000, (item) => item.a * 4 + item.b),
      [0, 12, 13, 14, 15],
    );
    expect(
      chiSquareDeviation(
        counts,
        [12, 1, 1, 1, 1].map((n) => n / 16),
      ),
    ).toBeLessThan(DEVIATION_MAX);
  });

  it('under a condition applies when the condition holds', () => {
    const random = rand(
      Select,
      { s: flag(), d: span(0, 3) },
      {
        d: (v) => v.s.implies(v.d.dist({ 0: 9, 1: 1 })),
      },
    );
    // s has 2 of 6 solutions; then 9 : 1.
    const counts = list(
      sampled(random, 6000, (item) => (item.s ? 10 : 0) + item.d),
      [0, 1, 2, 3, 10, 11],
    );
    const expected = [1 / 6, 1 / 6, 1 / 6, 1 / 6, 0.9 / 3, 0.1 / 3];
    expect(chiSquareDeviation(counts, expected)).toBeLessThan(DEVIATION_MAX);
  });

  it('weighs choices', () => {
    class Kind {
      kind: 'r' | 'w' | 'a' = 'r';
    }
    const random = rand(
      Kind,
      { kind: oneOf('r', 'w', 'a') },
      { d: (v) => v.kind.dist({ r: 4, a: 1 }) },
    );
    const counts = sampled(random, 2000, (item) => ['r', 'w', 'a'].indexOf(item.kind));
    expect(chiSquareDeviation(list(counts, [0, 2]), [0.8, 0.2])).toBeLessThan(DEVIATION_MAX);
  });
});

describe('domains', () => {
  it('draw uniformly', () => {
    const stream = new RandomStream('domains');
    const domain = spans([0, 2], [10, 11], [2 ** 50, 2 ** 50]);
    const keys = [0, 1, 2, 10, 11, 2 ** 50];
    const counts = new Map<number, number>();
    for (let i = 0; i < 3000; i++) {
      const value = domain.draw(stream);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    expect(chiSquareDeviation(list(counts, keys), uniform(6))).toBeLessThan(DEVIATION_MAX);
  });
});

describe('a weighted range under an alignment', () => {
  class Aligned {
    a = 0;
    b = 0;
  }
  it.each([4, 16, 4096])('of %i never fails', (unit) => {
    const random = rand(
      Aligned,
      { a: uint(16), b: uint(8) },
      {
        bands: (v) => v.a.dist(share([0, 255], 1), share([256, 65_535], 1)),
        aligned: (v) => v.a.mod(unit).is(0),
        other: (v) => v.b.dist({ 1: 1, 2: 3 }),
      },
    );
    const item = random.create(new RandomStream('aligned'));
    for (let n = 0; n < 300; n++) {
      item.randomize();
      expect(item.a % unit).toBe(0);
    }
  });

  it('refuses weights that cannot be added up', () => {
    const random = rand(
      Aligned,
      { a: uint(8), b: uint(8) },
      { k: (v) => [v.a.dist(weigh([0, 9], 2 ** 52), weigh(200, 2 ** 52)), v.a.plus(v.b).lt(290)] },
    );
    expect(() => random.create(new RandomStream('sums')).randomize()).toThrow(
      /constraint 'k\[0\]': the weights of a distribution add up to/,
    );
  });
});
