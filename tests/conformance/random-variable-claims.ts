// What is claimed of random variables and of constraints on several of them: IEEE 1800-2023 clauses 18.3, 18.4.
import { expect } from 'vitest';
import type { BoolExpr, IntExpr } from '#solver/builder';
import { compute, unique } from '#solver/constraint';
import { flag, int, oneOf, span, spans, uint } from '#solver/domain';
import { arrayOf, bytesOf, cyclic, nested, wide, wideInt } from '#solver/field-domain';
import { rand } from '#solver/random-class';
import { claimStream, drawn, expectChances, messageOf, numbers } from './random-bench.ts';
import type { Claim } from './claim.ts';

class One {
  x = 0;
  y = 0;
  z = 0;
  big = 0n;
  op: 'add' | 'sub' | 'mul' = 'add';
  on = false;
  list: number[] = [];
  bytes: Uint8Array = new Uint8Array(0);
  limit = 9;
}

export const RANDOM_VARIABLE_CLAIMS: readonly Claim[] = [
  {
    id: 'SV-18.3-1',
    feature:
      'bidirectional: a constraint has no direction, any of its variables may follow the others',
    support: 'yes',
    verify: () => {
      const random = rand(
        One,
        { x: uint(4), y: uint(4) },
        { c: (v) => v.x.is(3).implies(v.y.is(0)) },
      );
      expect(random.count()).toBe(15n * 16n + 1n);
      expect(
        drawn(
          random,
          20,
          ({ x }) => x,
          (v) => v.y.is(5),
        ),
      ).not.toContain(3);
    },
  },
  {
    id: 'SV-18.3-2',
    feature: 'state variables: fields that are not random are read at the time of randomize()',
    support: 'yes',
    note: 'a field without a domain',
    verify: () => {
      const random = rand(One, { x: uint(4) }, { c: (v) => v.x.lt(v.limit) });
      const item = random.create(claimStream());
      for (const limit of [1, 2, 5]) {
        item.limit = limit;
        for (let n = 0; n < 20; n++) {
          item.randomize();
          expect(item.x).toBeLessThan(limit);
        }
      }
    },
  },
  {
    id: 'SV-18.3-3',
    feature: 'a + b <= 50: every solution equally likely',
    support: 'yes',
    verify: () => {
      const random = rand(One, { x: uint(6), y: uint(6) }, { c: (v) => v.x.plus(v.y).le(50) });
      expect(random.count()).toBe(BigInt((51 * 52) / 2));
      const chances = numbers(51).map((x) => (51 - x) / ((51 * 52) / 2));
      expectChances(
        drawn(random, 13_000, ({ x }) => x),
        numbers(51),
        chances,
      );
    },
  },
  {
    id: 'SV-18.3-5',
    feature: 'a division by 0 has no value: no solution rests on it, nor on its negation',
    support: 'yes',
    verify: () => {
      const random = rand(One, { x: uint(4), y: uint(3) }, { c: (v) => v.x.mod(v.y).isNot(0) });
      expect(drawn(random, 300, ({ y }) => y)).not.toContain(0);
      const solutions = numbers(16 * 8).filter((n) => n % 8 !== 0 && (n >> 3) % (n % 8) !== 0);
      expect(random.count()).toBe(BigInt(solutions.length));
      const either = (v: { y: IntExpr; x: IntExpr }): BoolExpr =>
        v.y.isNot(0).implies(v.x.mod(v.y).is(0));
      expect(
        new Set(drawn(rand(One, { x: uint(4), y: uint(3) }), 300, ({ y }) => y, either)),
      ).toContain(0);
    },
  },
  {
    id: 'SV-18.3-4',
    feature: 'masks, alignment and modulo: exactly the values that fit, each equally likely',
    support: 'yes',
    verify: () => {
      const random = rand(
        One,
        { x: uint(8) },
        {
          mask: (v) => v.x.bitAnd(0x81).is(0x80),
          aligned: (v) => v.x.mod(4).is(0),
          modulo: (v) => v.x.mod(3).is(1),
        },
      );
      const values = numbers(256).filter((x) => (x & 0x81) === 0x80 && x % 4 === 0 && x % 3 === 1);
      expect(random.count()).toBe(BigInt(values.length));
      expectChances(
        drawn(random, 40 * values.length, ({ x }) => x),
        values,
      );
    },
  },
  {
    id: 'SV-18.3-6',
    feature: 'any expression over fields of any width is solved',
    support: 'differs',
    note: 'exactly, or not at all: what cannot be counted within the limits ends in solve-limit, which names the limit; there is no approximate mode',
    verify: () => {
      class Pair {
        a = 0n;
        b = 0n;
      }
      const fields = { a: wide(64), b: wide(64) };
      const sum = 2n ** 63n;
      const page = rand(Pair, fields, { c: (v) => [v.a.plus(v.b).is(sum), v.a.mod(4096).is(0)] });
      expect(drawn(page, 50, ({ a, b }) => a % 4096n === 0n && a + b === sum)).not.toContain(false);
      const third = rand(Pair, fields, { c: (v) => [v.a.plus(v.b).is(sum), v.a.mod(3).is(0)] });
      const message = messageOf(() => third.create(claimStream()).randomize());
      expect(message).toMatch(/\w+Max/);
      expect(message).toContain('setSolverLimits');
    },
  },
  {
    id: 'SV-18.4-1',
    feature: 'integers, signed and unsigned, of up to 64 bits; beyond 53 bits as bigint',
    support: 'yes',
    verify: () => {
      const random = rand(One, { x: uint(53), y: int(53), big: wide(64) });
      expect(random.count()).toBe(2n ** 170n);
      const quarters = drawn(random, 2000, ({ big }) => Number(big >> 62n));
      expectChances(quarters, numbers(4));
      const signs = drawn(rand(One, { big: wideInt(64) }), 2000, ({ big }) => big < 0n);
      expectChances(signs, [true, false]);
      const window = rand(
        One,
        { big: wide(64) },
        {
          c: (v) => [
            v.big.inside([0xfff0_0000_0000_0000n, 0xfff0_0000_0000_0fffn]),
            v.big.mod(1024).is(0),
          ],
        },
      );
      const pages = drawn(window, 800, ({ big }) => Number((big - 0xfff0_0000_0000_0000n) / 1024n));
      expectChances(pages, numbers(4));
    },
  },
  {
    id: 'SV-18.4-2',
    feature: 'enumerations: values outside the set never come',
    support: 'yes',
    note: 'unions of literals: oneOf()',
    verify: () => {
      const random = rand(One, { op: oneOf('add', 'sub', 'mul'), x: oneOf(4, 8, 64), on: flag() });
      expectChances(
        drawn(random, 900, ({ op }) => op),
        ['add', 'sub', 'mul'],
      );
      expectChances(
        drawn(random, 900, ({ x }) => x),
        [4, 8, 64],
      );
      expectChances(
        drawn(random, 900, ({ on }) => on),
        [true, false],
      );
    },
  },
  {
    id: 'SV-18.4-3',
    feature: 'gaps: a domain of several ranges is uniform over all values of them',
    support: 'yes',
    verify: () => {
      const random = rand(One, { x: spans([0, 2], [100, 100], [200, 205]) });
      const values = [0, 1, 2, 100, 200, 201, 202, 203, 204, 205];
      expectChances(
        drawn(random, 2000, ({ x }) => x),
        values,
      );
    },
  },
  {
    id: 'SV-18.4-4',
    feature:
      'dynamic arrays and queues: size and elements random, size constrained like a variable',
    support: 'yes',
    verify: () => {
      const random = rand(
        One,
        {
          x: span(0, 4),
          list: arrayOf(uint(2), { size: span(0, 9) }),
          bytes: bytesOf({ size: 3 }),
        },
        {
          sized: (v) => v.list.length.is(v.x.plus(1)),
          high: (v) => v.bytes.forEach((byte) => byte.ge(0x80)),
        },
      );
      const item = random.create(claimStream());
      for (let n = 0; n < 50; n++) {
        item.randomize();
        expect([item.list.length, item.bytes.length]).toEqual([item.x + 1, 3]);
        expect(Math.min(...item.bytes)).toBeGreaterThanOrEqual(0x80);
      }
    },
  },
  {
    id: 'SV-18.4-5',
    feature:
      'the size of an array has a limit that its declaration gives; no size outside is drawn',
    support: 'differs',
    note: 'SystemVerilog has no limit but a negative size fails; arrayOf() asks for the sizes, at most 1024 elements',
    verify: () => {
      const random = rand(One, { list: arrayOf(uint(1), { size: span(2, 4) }) });
      expectChances(
        drawn(random, 600, ({ list }) => list.length),
        [2, 3, 4],
      );
      expect(messageOf(() => arrayOf(uint(1), { size: span(0, 5000) }))).toContain('arraySizeMax');
    },
  },
  {
    id: 'SV-18.4-6',
    feature: 'associative arrays and unpacked structures as random fields',
    support: 'no',
    note: 'use an object with named fields: nested()',
  },
  {
    id: 'SV-18.4-7',
    feature: 'random real variables (1800-2023)',
    support: 'no',
    note: 'scale an integer',
  },
  {
    id: 'SV-18.4-8',
    feature:
      'random object handles: their variables and constraints are solved with those of the object',
    support: 'yes',
    verify: () => {
      const inner = rand(One, { x: uint(4) }, { c: (v) => v.x.gt(v.limit) });
      class Outer {
        inner = new One();
        total = 0;
      }
      const outer = rand(
        Outer,
        { inner: nested(inner), total: uint(5) },
        { sum: (v) => v.total.is(v.inner.x.plus(10)) },
      );
      const item = outer.create(claimStream());
      for (let n = 0; n < 40; n++) {
        item.randomize();
        expect([item.inner.x > 9, item.total]).toEqual([true, item.inner.x + 10]);
      }
    },
  },
  {
    id: 'SV-18.4-9',
    feature: 'a null handle is not randomized',
    support: 'differs',
    note: 'a nested field that is undefined gets a new object; randMode() off leaves it',
    verify: () => {
      class Outer {
        inner: One | undefined = undefined;
      }
      const outer = rand(Outer, { inner: nested(rand(One, { x: span(3, 3) })) });
      const item = outer.create(claimStream());
      item.randomize();
      expect(item.inner?.x).toBe(3);
    },
  },
  {
    id: 'SV-18.4.1-1',
    feature: 'rand: uniform over the domain when nothing constrains it; values may repeat',
    support: 'yes',
    verify: () => {
      const random = rand(One, { x: uint(3) });
      expectChances(
        drawn(random, 1600, ({ x }) => x),
        numbers(8),
      );
    },
  },
  {
    id: 'SV-18.4.2-1',
    feature: 'randc: every value once per round, a new random permutation each round',
    support: 'yes',
    verify: () => {
      const values = drawn(rand(One, { x: cyclic(uint(2)) }), 2400, ({ x }) => x);
      const rounds = numbers(600).map((n) => values.slice(4 * n, 4 * n + 4));
      for (const round of rounds) expect([...round].sort((a, b) => a - b)).toEqual([0, 1, 2, 3]);
      const orders = new Set(rounds.map((round) => round.join('')));
      expect(orders.size).toBe(24);
      expectChances(
        rounds.map((round) => round.join('')),
        [...orders],
      );
    },
  },
  {
    id: 'SV-18.4.2-6',
    feature: 'randc elements of a list and fields of objects inside go round by themselves',
    support: 'yes',
    note: 'arrayOf(cyclic(…)); an object that is made in a call has its first value there',
    verify: () => {
      const inner = rand(One, { x: cyclic(uint(2)) });
      class Outer {
        one: One | undefined = undefined;
        list: number[] = [];
      }
      const random = rand(Outer, {
        one: nested(inner),
        list: arrayOf(cyclic(uint(2)), { size: 2 }),
      });
      const values = drawn(random, 40, ({ one, list }) => [one?.x, ...list]);
      for (let n = 0; n < 40; n += 4) {
        for (const at of [0, 1, 2]) {
          const round = values.slice(n, n + 4).map((all) => all[at]);
          expect(new Set(round).size).toBe(4);
        }
      }
    },
  },
  {
    id: 'SV-18.4.2-2',
    feature: 'randc is solved before rand; values that cannot be completed are passed over',
    support: 'yes',
    note: 'SystemVerilog lets randomize() fail there; here the value stays for later in the round',
    verify: () => {
      const random = rand(One, { x: cyclic(uint(2)), y: uint(2) }, { c: (v) => v.y.gt(v.x) });
      const values = drawn(random, 30, ({ x }) => x);
      numbers(10).forEach((n) => {
        expect(values.slice(3 * n, 3 * n + 3).sort((a, b) => a - b)).toEqual([0, 1, 2]);
      });
    },
  },
  {
    id: 'SV-18.4.2-3',
    feature:
      'the permutation is anew when the constraints on the variable change, or none of the rest satisfies them',
    support: 'yes',
    note: 'another value of a state variable in the same constraint is no change',
    verify: () => {
      const random = rand(One, { x: cyclic(uint(2)) }, { c: (v) => v.x.lt(v.limit) });
      const item = random.create(claimStream());
      const next = (limit: number): number => {
        item.limit = limit;
        item.randomize();
        return item.x;
      };
      const first = [next(2), next(2)];
      expect([...first].sort((a, b) => a - b)).toEqual([0, 1]);
      expect([next(4), next(4)].sort((a, b) => a - b)).toEqual([2, 3]);
      const one = next(4);
      item.randomize((v) => v.x.is(one));
      expect(item.x).toBe(one);
    },
  },
  {
    id: 'SV-18.4.2-4',
    feature: 'the size of randc variables may be limited, to no less than 8 bits',
    support: 'yes',
    note: '16 bits',
    verify: () => {
      expect(messageOf(() => cyclic(uint(17)))).toContain('cyclicValuesMax');
      const values = drawn(rand(One, { x: cyclic(uint(8)) }), 256, ({ x }) => x);
      expect(new Set(values).size).toBe(256);
    },
  },
  {
    id: 'SV-18.4.2-5',
    feature: 'static random variables, shared by all objects of a class',
    support: 'no',
    note: 'nothing is shared between objects but blocks: runs must not depend on each other',
  },
  {
    id: 'SV-18.4-10',
    feature: 'constraints over arrays: unique elements, ordered elements, sums',
    support: 'yes',
    verify: () => {
      const random = rand(
        One,
        { list: arrayOf(uint(3), { size: 4 }), x: uint(3) },
        {
          different: (v) => unique(v.list, v.x),
          looked: (v) => v.x.is(compute((y) => y % 8, v.x)),
        },
      );
      expect(random.count()).toBe(BigInt(8 * 7 * 6 * 5 * 4));
    },
  },
];
