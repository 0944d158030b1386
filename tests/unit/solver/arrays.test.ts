// Random arrays: sizes, elements, foreach, reductions, unique (IEEE 1800 clauses 18.4, 18.5.4, 18.5.7).
import { describe, expect, it } from 'vitest';
import { RandomStream } from '#random/random-stream';
import { choose } from '#solver/builder';
import { before, compute, unique } from '#solver/constraint';
import { flag, oneOf, span, uint } from '#solver/domain';
import { arrayOf, bytesOf } from '#solver/field-domain';
import { rand } from '#solver/random-class';
import { chiSquareDeviation, uniform } from './chi-square.ts';
import { thrown } from './thrown.ts';

class Burst {
  length = 0;
  chosen = 0;
  items: number[] = [];
  kinds: ('read' | 'write')[] = [];
  marks: boolean[] = [];
  payload: Uint8Array = new Uint8Array(0);
  limit = 9;
}
const stream = (key = 'arrays'): RandomStream => new RandomStream(key);

describe('the size of an array', () => {
  const burst = rand(
    Burst,
    { length: span(0, 5), items: arrayOf(uint(4), { size: span(0, 8) }) },
    { sized: (v) => v.items.length.is(v.length) },
  );

  it('is an expression like any other, and is solved before the elements', () => {
    const item = burst.create(stream());
    const counts = new Array<number>(6).fill(0);
    for (let n = 0; n < 1200; n++) {
      item.randomize();
      expect(item.items).toHaveLength(item.length);
      counts[item.length]++;
    }
    // Among sizes 0..8 those from 6 on cannot be completed; the others are equally likely, however many elements there are.
    expect(chiSquareDeviation(counts, uniform(6))).toBeLessThan(4);
    expect(burst.count()).toBe(
      Array.from({ length: 6 }, (_, n) => 16n ** BigInt(n)).reduce((a, b) => a + b),
    );
  });

  it('may be fixed; then there is no choice to be made', () => {
    const fixed = rand(
      Burst,
      { items: arrayOf(uint(3), { size: 4 }) },
      {
        rising: (v) => v.items.forEach((e, i) => (i === 0 ? undefined : e.gt(v.items.at(i - 1)))),
      },
    );
    expect(fixed.count()).toBe(70n);
    const item = fixed.create(stream());
    item.randomize();
    expect([...item.items].sort((a, b) => a - b)).toEqual(item.items);
    expect(new Set(item.items).size).toBe(4);
  });

  it('is not chosen so that the elements have no solution', () => {
    const pigeons = rand(
      Burst,
      { items: arrayOf(uint(2), { size: span(0, 8) }) },
      {
        different: (v) => unique(v.items),
      },
    );
    expect(pigeons.count()).toBe(1n + 4n + 12n + 24n + 24n);
    const item = pigeons.create(stream());
    const sizes = new Set<number>();
    for (let n = 0; n < 100; n++) {
      item.randomize();
      sizes.add(item.items.length);
      expect(new Set(item.items).size).toBe(item.items.length);
    }
    expect([...sizes].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
  });

  it('is looked up when hardly any can be completed', () => {
    const rare = rand(
      Burst,
      { items: arrayOf(uint(1), { size: span(0, 90) }) },
      {
        only: (v) => v.items.sum().is(0).and(v.items.length.mod(30).is(v.items.sum())),
      },
    );
    const item = rare.create(stream());
    item.randomize();
    expect([0, 30, 60, 90]).toContain(item.items.length);
  });

  it('follows inline constraints and state', () => {
    const item = burst.create(stream());
    item.limit = 3;
    item.randomize((v) => [v.items.length.is(4), v.items.forEach((e) => e.lt(v.limit))]);
    expect(item.items).toHaveLength(4);
    expect(Math.max(...item.items)).toBeLessThan(3);
  });
});

describe('elements', () => {
  const burst = rand(Burst, {
    chosen: span(0, 7),
    items: arrayOf(uint(4), { size: span(0, 6) }),
    kinds: arrayOf(oneOf('read', 'write'), { size: 3 }),
    marks: arrayOf(flag(), { size: 3 }),
    payload: bytesOf({ size: span(1, 4) }),
  });

  it('are reached by neighbours; foreach over an empty array is vacuous', () => {
    const item = burst.create(stream());
    for (let n = 0; n < 50; n++) {
      item.randomize((v) =>
        v.items.forEach((e, i, size) => (i + 1 < size ? v.items.at(i + 1).ge(e) : undefined)),
      );
      expect([...item.items].sort((a, b) => a - b)).toEqual(item.items);
    }
    item.randomize((v) => [v.items.length.is(0), v.items.forEach((e) => e.gt(100))]);
    expect(item.items).toEqual([]);
  });

  it('are chosen by a variable index, which is then within the array', () => {
    const item = burst.create(stream());
    for (let n = 0; n < 50; n++) {
      item.randomize((v) => v.items.atIndex(v.chosen, (e) => e.is(7)));
      expect(item.items[item.chosen]).toBe(7);
    }
  });

  it('beyond the end have no value: no comparison with them holds, nor does its negation', () => {
    const item = burst.create(stream());
    item.randomize((v) => [
      v.items.length.le(2),
      v.items.at(4).is(3).or(v.items.length.le(2)),
      v.payload.at(0).is(255),
    ]);
    expect(item.payload).toBeInstanceOf(Uint8Array);
    expect(item.payload[0]).toBe(255);
    expect(() => item.randomize((v) => [v.items.length.is(2), v.items.at(4).is(3)])).toThrow(
      /inline\[1\]/,
    );
    expect(() => item.randomize((v) => [v.items.length.is(2), v.items.at(4).isNot(3)])).toThrow(
      /inline\[1\]/,
    );
  });

  it('are summed, multiplied, counted and combined bit by bit', () => {
    const item = burst.create(stream());
    for (let n = 0; n < 20; n++) {
      item.randomize((v) => [
        v.items.length.is(3),
        v.items.sum().is(20),
        v.items.count((e) => e.gt(5)).is(2),
        v.items.bitXor().bits(0).is(0),
        v.kinds.count((kind) => kind.is('read')).is(1),
        v.marks.sum().ge(2),
        v.payload.sum((byte, i) => byte.times(i + 1)).le(300),
        v.items.some((e) => e.is(9)),
      ]);
      const sum = item.items.reduce((a, b) => a + b);
      expect([sum, item.items.filter((e) => e > 5).length]).toEqual([20, 2]);
      expect(item.items).toContain(9);
      expect(item.kinds.filter((kind) => kind === 'read')).toHaveLength(1);
      expect(item.marks.filter(Boolean).length).toBeGreaterThanOrEqual(2);
    }
    item.randomize((v) => [
      v.items.length.is(0),
      v.items.product().is(1),
      v.items.bitOr().is(0),
      v.items.bitAnd().is(-1),
    ]);
    item.randomize((v) => [
      v.items.length.is(2),
      v.items.product().is(35),
      v.items.bitAnd().is(5),
      v.items.bitOr().is(7),
    ]);
    expect([...item.items].sort((a, b) => a - b)).toEqual([5, 7]);
  });

  it('counted stay uniform: a variable for each relation adds no solution', () => {
    const two = rand(
      Burst,
      { items: arrayOf(uint(2), { size: 3 }) },
      {
        twoZeros: (v) => v.items.count((e) => e.is(0)).is(2),
      },
    );
    expect(two.count()).toBe(9n);
    const item = two.create(stream());
    const counts = new Map<string, number>();
    for (let n = 0; n < 1800; n++) {
      item.randomize();
      const key = item.items.join('');
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(9);
    expect(chiSquareDeviation([...counts.values()], uniform(9))).toBeLessThan(4);
  });

  it('may be solved before or after others', () => {
    const random = rand(
      Burst,
      { chosen: span(0, 1), items: arrayOf(uint(4), { size: 2 }) },
      {
        some: (v) => v.chosen.is(1).implies(v.items.sum().is(0)),
        order: (v) => before(v.chosen, v.items),
      },
    );
    const item = random.create(stream());
    let ones = 0;
    for (let n = 0; n < 400; n++) {
      item.randomize();
      ones += item.chosen;
    }
    expect(chiSquareDeviation([ones, 400 - ones], [0.5, 0.5])).toBeLessThan(4);
  });
});

describe('values computed by functions', () => {
  it('of random variables: the arguments are solved first, under their own constraints', () => {
    const table = [3, 1, 4, 1, 5, 9, 2, 6];
    const random = rand(
      Burst,
      { chosen: span(0, 7), length: span(0, 15) },
      {
        small: (v) => v.chosen.le(5),
        looked: (v) => v.length.is(compute((index) => table[index], v.chosen)),
      },
    );
    expect(random.count()).toBe(6n);
    const item = random.create(stream());
    const seen = new Set<number>();
    for (let n = 0; n < 100; n++) {
      item.randomize();
      expect(item.length).toBe(table[item.chosen]);
      seen.add(item.chosen);
    }
    expect(seen.size).toBe(6);
    expect(
      thrown(() => item.randomize((v) => compute(() => 0.5, v.chosen).is(1))).message,
    ).toContain('compute() gave 0.5');
    expect(
      thrown(() => item.randomize((v) => compute((x) => x, v.chosen.plus(1)).is(1))).message,
    ).toContain('compute() takes random variables');
  });

  it('of state: read when it is solved', () => {
    class Packet {
      length = 0;
      free = [1, 2, 3];
      mode: 'small' | 'large' = 'small';
    }
    const packet = rand(
      Packet,
      { length: uint(8) },
      {
        fits: (v, state) => v.length.le(state.number((item) => item.free.reduce((a, b) => a + b))),
        big: (v, state) => state.flag((item) => item.mode === 'large').implies(v.length.ge(100)),
        listed: (v, state) =>
          v.length.inside(state.list((item) => item.free.map((n) => [n, n + 1]))),
        named: (v, state) =>
          state
            .choice((item) => item.mode)
            .is('small')
            .implies(v.length.gt(0)),
      },
    );
    const item = packet.create(stream());
    for (let n = 0; n < 20; n++) {
      item.randomize();
      expect([1, 2, 3, 4]).toContain(item.length);
    }
    item.free = [150];
    item.mode = 'large';
    item.randomize();
    expect(item.length).toBe(150);
  });

  it('of a condition', () => {
    const random = rand(
      Burst,
      { chosen: span(0, 3), length: span(0, 9) },
      {
        either: (v) => v.length.is(choose(v.chosen.lt(2), v.chosen.plus(5), 1)),
      },
    );
    expect(random.count()).toBe(4n);
    const item = random.create(stream());
    for (let n = 0; n < 20; n++) {
      item.randomize();
      expect(item.length).toBe(item.chosen < 2 ? item.chosen + 5 : 1);
    }
  });
});
