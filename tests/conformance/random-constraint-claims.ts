// What is claimed of constraint blocks: IEEE 1800-2023 clauses 18.5 to 18.5.7; semantics §2.
import { expect } from 'vitest';
import { literal } from '#solver/builder';
import { unique } from '#solver/constraint';
import { flag, oneOf, span, uint } from '#solver/domain';
import { arrayOf, cyclic } from '#solver/field-domain';
import { rand } from '#solver/random-class';
import { share, shareRest, weigh } from '#solver/weights';
import { drawn, expectChances, messageOf, numbers } from './random-bench.ts';
import type { Claim } from './claim.ts';

class Item {
  s = false;
  d = 0;
  x = 0;
  y = 0;
  op: 'add' | 'sub' | 'mul' = 'add';
  list: number[] = [];
  table: readonly number[] = [3, 1, 4];
  limit = 4;
}
const select = rand(Item, { s: flag(), d: uint(8) }, { c: (v) => v.s.implies(v.d.is(0)) });
const DIST_VALUES = [1, 2, 3, 4, 5, 9];

export const RANDOM_CONSTRAINT_CLAIMS: readonly Claim[] = [
  {
    id: 'SV-18.5-1',
    feature:
      'named blocks; all constraints of all blocks hold together; arithmetic, relations and inside',
    support: 'yes',
    verify: () => {
      const random = rand(
        Item,
        { x: uint(4), y: uint(4) },
        {
          range: (v) => v.x.inside([2, 5], 9),
          excluded: (v) => v.y.notInside([0, 3], v.x),
          sum: (v) => v.x.times(2).minus(v.y).bitXor(1).le(7),
        },
      );
      const accepted = numbers(256).filter((n) => {
        const [x, y] = [n >> 4, n & 15];
        const isIn = (x >= 2 && x <= 5) || x === 9;
        return isIn && y > 3 && y !== x && ((2 * x - y) ^ 1) <= 7;
      });
      expect(random.count()).toBe(BigInt(accepted.length));
      expectChances(
        drawn(random, 20 * accepted.length, ({ x, y }) => x * 16 + y),
        accepted,
      );
    },
  },
  {
    id: 'SV-18.5-2',
    feature: 'expressions wrap around at the width of their operands',
    support: 'differs',
    note: 'arithmetic is exact and of any size: a + b < 256 says what it says; bits() cuts to a width',
    verify: () => {
      const random = rand(Item, { x: uint(4), y: uint(4) }, { c: (v) => v.x.plus(v.y).lt(3) });
      expect(random.count()).toBe(6n);
      expect(random.extend({ c: (v) => v.x.plus(v.y).bits(3, 0).lt(3) }).count()).toBe(48n);
    },
  },
  {
    id: 'SV-18.5.1-1',
    feature: 'external constraint blocks, in another file than the class',
    support: 'yes',
    note: 'a block is a function: it may be imported',
    verify: () => {
      const external = (v: {
        readonly x: { is(n: number): ReturnType<typeof literal> };
      }): ReturnType<typeof literal> => v.x.is(3);
      expect(drawn(rand(Item, { x: uint(4) }, { external }), 3, ({ x }) => x)).toEqual([3, 3, 3]);
    },
  },
  {
    id: 'SV-18.5.2-1',
    feature: 'inheritance: a derived class adds blocks, and replaces those of the same name',
    support: 'yes',
    verify: () => {
      const base = rand(
        Item,
        { x: uint(4) },
        { low: (v) => v.x.lt(8), even: (v) => v.x.mod(2).is(0) },
      );
      expect([base.count(), base.extend({ low: (v) => v.x.ge(8) }).count()]).toEqual([4n, 4n]);
      class Wider extends Item {
        w = 0;
      }
      const derived = base.derive(Wider, { w: uint(2) }, { same: (v) => v.w.is(v.x.bits(2, 1)) });
      expectChances(
        drawn(derived, 400, ({ w }) => w),
        numbers(4),
      );
    },
  },
  {
    id: 'SV-18.5.3-1',
    feature: 'dist: v := w and [a:b] := w give each value the weight',
    support: 'yes',
    verify: () => {
      const random = rand(
        Item,
        { x: uint(4) },
        { d: (v) => v.x.dist(weigh([1, 5], 40), weigh(9, 60)) },
      );
      const chances = [40, 40, 40, 40, 40, 60].map((weight) => weight / 260);
      expectChances(
        drawn(random, 6000, ({ x }) => x),
        DIST_VALUES,
        chances,
      );
    },
  },
  {
    id: 'SV-18.5.3-2',
    feature: 'dist: [a:b] :/ w shares the weight over the range',
    support: 'yes',
    verify: () => {
      const random = rand(
        Item,
        { x: uint(4) },
        { d: (v) => v.x.dist(share([1, 5], 40), share(9, 60)) },
      );
      const chances = [8, 8, 8, 8, 8, 60].map((weight) => weight / 100);
      expectChances(
        drawn(random, 6000, ({ x }) => x),
        DIST_VALUES,
        chances,
      );
    },
  },
  {
    id: 'SV-18.5.3-3',
    feature: 'dist: default :/ w weighs all other values of the variable (1800-2023)',
    support: 'yes',
    verify: () => {
      const random = rand(Item, { x: uint(3) }, { d: (v) => v.x.dist(weigh(2, 1), shareRest(1)) });
      const chances = numbers(8).map((x) => (x === 2 ? 0.5 : 0.5 / 7));
      expectChances(
        drawn(random, 4000, ({ x }) => x),
        numbers(8),
        chances,
      );
    },
  },
  {
    id: 'SV-18.5.3-4',
    feature: 'dist is a membership constraint: unlisted values and weight 0 are illegal',
    support: 'yes',
    verify: () => {
      const random = rand(
        Item,
        { x: uint(4), op: oneOf('add', 'sub', 'mul') },
        {
          d: (v) => v.x.dist({ 1: 1, 2: 0, 7: 3 }),
          o: (v) => v.op.dist({ add: 1, mul: 1 }),
        },
      );
      expect(random.count()).toBe(4n);
    },
  },
  {
    id: 'SV-18.5.3-5',
    feature: 'with other constraints weights hold among the values that can still be satisfied',
    support: 'yes',
    note: 'the standard leaves this open; drawn by weight among what is left, then uniformly over the rest',
    verify: () => {
      const random = rand(
        Item,
        { x: uint(2), y: uint(2) },
        {
          d: (v) => v.x.dist({ 0: 3, 1: 4, 3: 1 }),
          c: (v) => [v.x.isNot(1), v.y.le(v.x)],
        },
      );
      const keys = [0, 12, 13, 14, 15];
      expectChances(
        drawn(random, 4000, ({ x, y }) => 4 * x + y),
        keys,
        [12, 1, 1, 1, 1].map((n) => n / 16),
      );
    },
  },
  {
    id: 'SV-18.5.3-6',
    feature: 'dist needs a random variable, and no randc one',
    support: 'yes',
    verify: () => {
      const state = rand(Item, { y: uint(2) }, { d: (v) => v.x.dist({ 1: 1 }) });
      expect(messageOf(() => state.count())).toContain('needs a random variable');
      const round = rand(Item, { x: cyclic(uint(2)) }, { d: (v) => v.x.dist({ 1: 1 }) });
      expect(messageOf(() => round.count())).toContain('cyclic()');
    },
  },
  {
    id: 'SV-18.5.4-1',
    feature: 'unique over scalars and whole arrays',
    support: 'yes',
    verify: () => {
      const random = rand(
        Item,
        { x: uint(2), list: arrayOf(uint(2), { size: 3 }) },
        { u: (v) => unique(v.list, v.x) },
      );
      expect(random.count()).toBe(24n);
      expectChances(
        drawn(random, 2400, ({ x, list }) => [...list, x].join('')),
        permutations([0, 1, 2, 3]),
      );
    },
  },
  {
    id: 'SV-18.5.5-1',
    feature: 'implication: a -> b is !a || b, and constraining b can force a false',
    support: 'yes',
    verify: () => {
      expect(select.count()).toBe(257n);
      expect(
        drawn(
          select,
          20,
          ({ s }) => s,
          (v) => v.d.is(7),
        ),
      ).not.toContain(true);
    },
  },
  {
    id: 'SV-18.5.6-1',
    feature: 'if / else, also of dist and of sets of constraints; iff',
    support: 'yes',
    note: 'cond.implies(then, otherwise)',
    verify: () => {
      const random = rand(
        Item,
        { s: flag(), x: uint(3), y: uint(3) },
        {
          c: (v) => v.s.implies(v.x.lt(2).and(v.y.gt(5)), v.x.is(7)),
          i: (v) => v.y.is(0).iff(v.x.is(7)),
        },
      );
      expect(random.count()).toBe(5n);
      const weighted = rand(
        Item,
        { s: flag(), x: span(0, 3) },
        { c: (v) => v.s.implies(v.x.dist({ 0: 9, 1: 1 })) },
      );
      expectChances(
        drawn(weighted, 6000, ({ s, x }) => (s ? 10 : 0) + x),
        [0, 1, 2, 3, 10, 11],
        [1 / 6, 1 / 6, 1 / 6, 1 / 6, 0.9 / 3, 0.1 / 3],
      );
    },
  },
  {
    id: 'SV-18.5.7-1',
    feature: 'foreach with index and element, neighbours included; vacuous for an empty array',
    support: 'yes',
    verify: () => {
      const random = rand(
        Item,
        { list: arrayOf(uint(3), { size: span(0, 4) }) },
        {
          rising: (v) =>
            v.list.forEach((e, i, size) => (i + 1 < size ? e.lt(v.list.at(i + 1)) : undefined)),
          index: (v) => v.list.forEach((e, i) => e.ge(i)),
        },
      );
      expect(random.count()).toBe(1n + 8n + 28n + 56n + 70n);
      expect(
        drawn(
          random,
          5,
          ({ list }) => list.length,
          (v) => [v.list.length.is(0), v.list.forEach(() => literal(false))],
        ),
      ).toEqual([0, 0, 0, 0, 0]);
    },
  },
  {
    id: 'SV-18.5.7-3',
    feature: 'list[i] of a random i, and inside {list}: the elements are variables like all others',
    support: 'yes',
    note: 'at(v.i), inside(v.list); an index beyond the list is no solution; lists of lists by atIndex()',
    verify: () => {
      const random = rand(Item, { x: uint(3), y: uint(3), list: arrayOf(uint(3), { size: 3 }) });
      const seven = drawn(
        random,
        100,
        ({ x, list }) => list[x],
        (v) => v.list.at(v.x).is(7),
      );
      expect(new Set(seven)).toEqual(new Set([7]));
      expect(random.count(undefined, (v) => v.list.at(v.x).isNot(7))).toBe(3n * 8n * 8n * 8n * 7n);
      const inside = drawn(
        random,
        100,
        ({ y, list }) => list.includes(y),
        (v) => v.y.inside(v.list),
      );
      expect(inside).not.toContain(false);
      expect(random.count(undefined, (v) => v.y.notInside(v.list))).toBe(8n * 8n * 7n ** 3n);
    },
  },
  {
    id: 'SV-18.5.7-2',
    feature: 'sizes are solved before elements, by the constraints on sizes alone',
    support: 'yes',
    note: 'sizes that no elements complete are drawn again, where the standard lets randomize() fail',
    verify: () => {
      const random = rand(
        Item,
        { list: arrayOf(uint(2), { size: span(0, 6) }) },
        { u: (v) => unique(v.list) },
      );
      expectChances(
        drawn(random, 1500, ({ list }) => list.length),
        numbers(5),
      );
    },
  },
  {
    id: 'SV-18.5.7.2-1',
    feature: 'array reductions sum, product, and, or, xor, with an expression for each element',
    support: 'yes',
    verify: () => {
      const random = rand(
        Item,
        { list: arrayOf(uint(2), { size: 3 }) },
        {
          sum: (v) => v.list.sum().is(4),
          count: (v) => v.list.sum((e) => e.is(0).asInt()).is(1),
          xor: (v) => v.list.bitXor().is(2).or(v.list.product().is(0)),
          and: (v) => v.list.bitAnd().is(0),
          or: (v) => v.list.bitOr((e) => e.bitAnd(2)).is(2),
        },
      );
      const accepted = numbers(64).filter((n) => {
        const list = [n >> 4, (n >> 2) & 3, n & 3];
        const zeros = list.filter((e) => e === 0).length;
        return (
          list[0] + list[1] + list[2] === 4 && zeros === 1 && (list[0] | list[1] | list[2]) >= 2
        );
      });
      expect(random.count()).toBe(BigInt(accepted.length));
    },
  },
  {
    id: 'SV-18.5.7.2-2',
    feature: 'a sum is computed at the width of its elements',
    support: 'differs',
    note: "it is exact; SystemVerilog needs a with (int'(item)) for that",
    verify: () => {
      const random = rand(
        Item,
        { list: arrayOf(uint(4), { size: 2 }) },
        { c: (v) => v.list.sum().is(30) },
      );
      expect(drawn(random, 2, ({ list }) => list)).toEqual([
        [15, 15],
        [15, 15],
      ]);
    },
  },
];

function permutations(values: readonly number[]): readonly string[] {
  if (values.length === 0) return [''];
  return values.flatMap((first) =>
    permutations(values.filter((other) => other !== first)).map((rest) => `${first}${rest}`),
  );
}
