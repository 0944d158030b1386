// Random streams: keys, ranges, exactness, state. Source: design, "Stream"; semantics §1.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '#random/random-stream';
import { Streams } from '#random/streams';

const SEED = { seed: 1 };
const draws = (stream: RandomStream, count = 8): number[] =>
  Array.from({ length: count }, () => stream.uint32());

/** Chi-squared of counts against equal shares (or given weights). */
function chiSquared(counts: readonly number[], weights?: readonly number[]): number {
  const total = counts.reduce((sum, one) => sum + one, 0);
  const whole = weights?.reduce((sum, one) => sum + one, 0) ?? counts.length;
  return counts.reduce((sum, one, i) => {
    const expected = (total * (weights?.[i] ?? 1)) / whole;
    return sum + (one - expected) ** 2 / expected;
  }, 0);
}

describe('keys', () => {
  it('same key, same numbers; any other part of the key, other numbers', () => {
    const first = draws(new Streams(7).stream('test.env', 'items'));
    expect(draws(new Streams(7).stream('test.env', 'items'))).toEqual(first);
    expect(draws(new Streams(8).stream('test.env', 'items'))).not.toEqual(first);
    expect(draws(new Streams(7).stream('test.env2', 'items'))).not.toEqual(first);
    expect(draws(new Streams(7).stream('test.env', 'item'))).not.toEqual(first);
  });

  it('the parts of a key do not run into each other', () => {
    const streams = new Streams(1);
    expect(draws(streams.stream('a', 'bc'))).not.toEqual(draws(streams.stream('ab', 'c')));
  });

  it('the n-th stream of a name is the n-th, whoever else asks or draws', () => {
    const plain = new Streams(7);
    const [first, second] = [plain.stream('p', 's'), plain.stream('p', 's')].map((one) =>
      draws(one),
    );
    expect(second).not.toEqual(first);
    const busy = new Streams(7);
    draws(busy.stream('other', 's'), 100);
    const one = busy.stream('p', 's');
    draws(busy.stream('p', 't'), 3);
    expect(draws(one)).toEqual(first);
    expect(draws(busy.stream('p', 's'))).toEqual(second);
  });

  it('the numbers are pinned: another generator or seeding is another run', () => {
    expect(draws(new Streams(1).stream('test', 'golden'), 4)).toMatchInlineSnapshot(`
      [
        2801835141,
        1899924749,
        4139364856,
        2677553237,
      ]
    `);
  });

  it('a seed is an unsigned integer below 2^53', () => {
    expect(() => new Streams(-1)).toThrow();
    expect(() => new Streams(2 ** 53)).toThrow();
    expect(() => new Streams(0.5)).toThrow();
    expect(new Streams(2 ** 53 - 1).runSeed).toBe(2 ** 53 - 1);
  });
});

describe('digest of draws', () => {
  it('covers all draws in the order drawn, and reading it changes nothing', () => {
    const streams = new Streams(1);
    const a = streams.stream('a', 's');
    const b = streams.stream('b', 's');
    const empty = streams.drawsDigest();
    a.uint32();
    const one = streams.drawsDigest();
    expect(one).not.toBe(empty);
    expect(streams.drawsDigest()).toBe(one);
    b.uint32();
    const both = streams.drawsDigest();
    const other = new Streams(1);
    const a2 = other.stream('a', 's');
    other.stream('b', 's').uint32();
    a2.uint32();
    expect(other.drawsDigest()).not.toBe(both);
  });
});

describe('draws', () => {
  const stream = (): RandomStream => new RandomStream('test');

  it('below: inside its range for every count up to 2^53', () => {
    const any = stream();
    fc.assert(
      fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (count) => {
        const value = any.below(count);
        return Number.isSafeInteger(value) && value >= 0 && value < count;
      }),
      SEED,
    );
    expect(any.below(2 ** 53)).toBeLessThan(2 ** 53);
    for (const bad of [0, -1, 1.5, 2 ** 53 + 2]) expect(() => any.below(bad)).toThrow();
  });

  it('below: uniform, small and above 2^32', () => {
    const any = stream();
    const counts = Array<number>(10).fill(0);
    for (let i = 0; i < 20_000; i++) counts[any.below(10)]++;
    expect(chiSquared(counts)).toBeLessThan(27.9); // 9 degrees of freedom, p = 0.001
    const halves = [0, 0, 0];
    for (let i = 0; i < 9_000; i++) halves[Math.floor(any.below(3 * 2 ** 32) / 2 ** 32)]++;
    expect(chiSquared(halves)).toBeLessThan(13.8);
  });

  it('range: both ends included', () => {
    const any = stream();
    const seen = new Set(Array.from({ length: 200 }, () => any.range(-2, 2)));
    expect([...seen].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2]);
    expect(any.range(5, 5)).toBe(5);
    expect(() => any.range(5, 4)).toThrow('low <= high');
  });

  it('int32, bool, chance, pick', () => {
    const any = stream();
    const numbers = Array.from({ length: 200 }, () => any.int32());
    expect(numbers.some((one) => one < 0) && numbers.every((one) => one === (one | 0))).toBe(true);
    const heads = Array.from({ length: 2_000 }, () => any.bool()).filter(Boolean).length;
    expect(chiSquared([heads, 2_000 - heads])).toBeLessThan(10.8);
    const hits = Array.from({ length: 3_000 }, () => any.chance(1, 3)).filter(Boolean).length;
    expect(chiSquared([hits, 3_000 - hits], [1, 2])).toBeLessThan(10.8);
    expect([any.chance(0, 3), any.chance(3, 3)]).toEqual([false, true]);
    expect(['x', 'y']).toContain(any.pick(['x', 'y']));
    expect(() => any.pick([])).toThrow();
  });

  it('weighted: in proportion; weight 0 never', () => {
    const any = stream();
    const weights = [1, 0, 3, 6];
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 10_000; i++) counts[any.weighted(weights)]++;
    expect(counts[1]).toBe(0);
    expect(chiSquared([counts[0], counts[2], counts[3]], [1, 3, 6])).toBeLessThan(13.8);
    for (const bad of [[], [0, 0], [-1, 2], [0.5]]) expect(() => any.weighted(bad)).toThrow();
  });

  it('shuffle: a permutation, in place, every order equally likely', () => {
    const any = stream();
    fc.assert(
      fc.property(fc.array(fc.integer()), (items) => {
        const copy = [...items];
        expect(any.shuffle(copy)).toBe(copy);
        expect(copy.toSorted((a, b) => a - b)).toEqual(items.toSorted((a, b) => a - b));
      }),
      SEED,
    );
    const counts = new Map<string, number>();
    for (let i = 0; i < 6_000; i++) {
      const order = any.shuffle([0, 1, 2]).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    expect(chiSquared([...counts.values()])).toBeLessThan(20.5);
  });

  it('bytes: any length, all values', () => {
    const any = stream();
    for (const length of [0, 1, 3, 4, 5, 8]) expect(any.bytes(length)).toHaveLength(length);
    expect(new Set(any.bytes(8_000)).size).toBe(256);
    const tail = Array.from({ length: 50 }, () => any.bytes(3)[2]);
    expect(new Set(tail).size).toBeGreaterThan(30);
  });
});

describe('state', () => {
  it('saved and restored continues the same; reading it advances nothing; it is plain data', () => {
    const one = new RandomStream('a');
    draws(one, 5);
    const state = one.getState();
    const next = draws(one);
    one.setState(state);
    expect(draws(one)).toEqual(next);
    const other = new RandomStream('b');
    other.setState(JSON.parse(JSON.stringify(state)) as typeof state);
    expect(draws(other)).toEqual(next);
    other.setState(state);
    other.uint32();
    expect(one.getState()).not.toEqual(state);
    other.setState(state);
    expect(draws(other)).toEqual(next);
  });
});
