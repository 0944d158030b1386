// What is claimed of objects in objects, orders of solving, functions and soft constraints: IEEE 1800-2023 clauses 18.5.8 to 18.5.13.
import { expect } from 'vitest';
import { before, compute, disableSoft, solveFirst } from '#solver/constraint';
import { flag, int, span, uint } from '#solver/domain';
import { arrayOf, cyclic, nested } from '#solver/field-domain';
import { rand } from '#solver/random-class';
import { staticBlock } from '#solver/random-modes';
import { claimStream, drawn, expectChances, messageOf, numbers } from './random-bench.ts';
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

export const RANDOM_ORDER_CLAIMS: readonly Claim[] = [
  {
    id: 'SV-18.5.8-1',
    feature: 'global constraints: between variables of several objects, and in arrays of objects',
    support: 'yes',
    verify: () => {
      const leaf = rand(Item, { x: uint(3) });
      class Tree {
        left = new Item();
        right = new Item();
        leaves: Item[] = [];
      }
      const tree = rand(
        Tree,
        {
          left: nested(leaf),
          right: nested(leaf),
          leaves: arrayOf(nested(leaf), { size: span(0, 3) }),
        },
        {
          heap: (v) => v.left.x.le(v.right.x),
          below: (v) => v.leaves.forEach((one) => one.x.lt(v.left.x)),
        },
      );
      const item = tree.create(claimStream());
      for (let n = 0; n < 50; n++) {
        item.randomize();
        expect(item.left.x).toBeLessThanOrEqual(item.right.x);
        for (const one of item.leaves) expect(one.x).toBeLessThan(item.left.x);
      }
    },
  },
  {
    id: 'SV-18.5.9-1',
    feature: 'without an order every legal combination is equally likely: P(s = 1) = 1/257',
    support: 'yes',
    verify: () => {
      const keys = numbers(257);
      expectChances(
        drawn(select, 25_700, ({ s, d }) => (s ? 256 : d)),
        keys,
      );
    },
  },
  {
    id: 'SV-18.5.9-2',
    feature: 'solve s before d: P(s = 1) = 1/2, the same 257 solutions',
    support: 'yes',
    verify: () => {
      for (const order of [
        select.extend({ o: (v) => before(v.s, v.d) }),
        select.extend({ o: (v) => solveFirst(v.s) }),
      ]) {
        expect(order.count()).toBe(257n);
        expectChances(
          drawn(order, 2000, ({ s }) => s),
          [true, false],
        );
      }
    },
  },
  {
    id: 'SV-18.5.9-3',
    feature: 'orders are partial; a cycle and a randc variable are refused',
    support: 'yes',
    verify: () => {
      const random = rand(
        Item,
        { x: uint(2), y: uint(2), d: uint(2) },
        {
          one: (v) => before(v.x, [v.y, v.d]),
          two: (v) => before(v.y, v.d),
        },
      );
      expect(drawn(random, 3, ({ x }) => x)).toHaveLength(3);
      const cycle = random.extend({ three: (v) => before(v.d, v.x) });
      expect(messageOf(() => cycle.create(claimStream()).randomize())).toMatch(/before .* before/);
      const round = rand(Item, { x: cyclic(uint(2)), y: uint(2) }, { o: (v) => before(v.x, v.y) });
      expect(messageOf(() => round.count())).toContain('before()');
    },
  },
  {
    id: 'SV-18.5.10-1',
    feature: 'static constraint blocks: constraint_mode switches them for all objects',
    support: 'yes',
    note: 'of the run: runs do not hear of each other',
    verify: () => {
      const random = rand(Item, { x: uint(4) }, { high: staticBlock((v) => v.x.is(15)) });
      const [one, other] = [random.create(claimStream('a')), random.create(claimStream('b'))];
      one.constraintMode('high', false);
      expect(other.constraintMode('high')).toBe(false);
      const values = new Set(numbers(20).map(() => (other.randomize(), other.x)));
      one.constraintMode('high', true);
      expect(values.size).toBeGreaterThan(3);
    },
  },
  {
    id: 'SV-18.5.11-1',
    feature: 'functions of state in constraints, called when they are solved',
    support: 'yes',
    note: 'a plain function: state.number((item) => …)',
    verify: () => {
      const random = rand(
        Item,
        { x: uint(4) },
        { c: (v, state) => v.x.is(state.number((item) => item.table[item.limit % 3])) },
      );
      expect(drawn(random, 1, ({ x }) => x)).toEqual([1]);
    },
  },
  {
    id: 'SV-18.5.11-2',
    feature: 'functions of random variables: the arguments are solved first',
    support: 'yes',
    verify: () => {
      const bitsOf = (n: number): number => n.toString(2).replaceAll('0', '').length;
      const random = rand(
        Item,
        { x: uint(3), y: uint(3) },
        { c: (v) => v.y.is(compute(bitsOf, v.x)) },
      );
      const values = drawn(random, 800, ({ x, y }) => [x, y] as const);
      for (const [x, y] of values) expect(y).toBe(bitsOf(x));
      expectChances(
        values.map(([x]) => x),
        numbers(8),
      );
    },
  },
  {
    id: 'SV-18.5.12-1',
    feature:
      'constraint guards: what state decides false is not evaluated further, nor is it an error',
    support: 'yes',
    verify: () => {
      const random = rand(
        Item,
        { x: uint(4), list: arrayOf(uint(4), { size: span(0, 2) }) },
        {
          guarded: (v) => v.list.forEach((e, i) => (i === 0 ? undefined : e.gt(v.list.at(i - 1)))),
          state: (v) => v.limit.gt(100).implies(v.x.div(v.limit.minus(4)).is(0)),
        },
      );
      expect(drawn(random, 10, ({ list }) => list.length < 2 || list[1] > list[0])).not.toContain(
        false,
      );
    },
  },
  {
    id: 'SV-18.5.12-2',
    feature: 'a constraint on the variable alone is a guard for a shift by it',
    support: 'differs',
    note: 'a guard in an implication is not seen: a shift that could be by other than 0..64 places is an error before solving',
    verify: () => {
      const random = rand(
        Item,
        { x: uint(4), y: int(4) },
        { shifted: (v) => v.x.shiftRight(v.y).is(1), g: (v) => v.y.ge(0) },
      );
      const shifted = drawn(random, 50, ({ x, y }) => y >= 0 && x >> y === 1);
      expect(shifted).not.toContain(false);
      expect(
        messageOf(() =>
          rand(Item, { x: uint(4), y: int(4) })
            .create(claimStream())
            .randomize((v) => v.y.ge(0).implies(v.x.shiftRight(v.y).is(1))),
        ),
      ).toContain('shifts by -8..7, it may be by 0..64 places');
    },
  },
  {
    id: 'SV-18.5.13-2',
    feature: 'soft in a foreach and behind a condition: each gives way by itself',
    support: 'yes',
    note: 'forEach((e) => e.is(0).soft()); no soft in the otherwise of an implies(), which is an error',
    verify: () => {
      const random = rand(
        Item,
        { x: uint(4), list: arrayOf(uint(4), { size: span(1, 3) }) },
        {
          zero: (v) => v.list.forEach((e) => e.is(0).soft()),
          when: (v) => v.x.gt(7).implies(v.x.is(9).soft()),
        },
      );
      const values = drawn(
        random,
        60,
        ({ x, list }) => [x > 7, x === 9, ...list] as const,
        (v) => [v.list.length.is(3), v.list.at(1).is(5)],
      );
      for (const [isHigh, isNine, ...list] of values) {
        expect([isNine, list]).toEqual([isHigh, [0, 5, 0]]);
      }
    },
  },
  {
    id: 'SV-18.5.13-1',
    feature: 'soft constraints hold unless a harder one contradicts them',
    support: 'yes',
    verify: () => {
      const random = rand(Item, { x: uint(4) }, { s: (v) => v.x.is(3).soft() });
      expect(drawn(random, 2, ({ x }) => x)).toEqual([3, 3]);
      expect(
        drawn(
          random,
          20,
          ({ x }) => x > 3,
          (v) => v.x.gt(3),
        ),
      ).not.toContain(false);
    },
  },
  {
    id: 'SV-18.5.13.1-1',
    feature:
      'priorities: later in a block, derived over base, outer over contained object, inline over class',
    support: 'yes',
    verify: () => {
      const inner = rand(Item, { x: uint(4) }, { s: (v) => [v.x.is(1).soft(), v.x.is(2).soft()] });
      const first = (random: typeof inner): number => drawn(random, 1, ({ x }) => x)[0];
      expect(first(inner)).toBe(2);
      expect(first(inner.extend({ t: (v) => v.x.is(3).soft() }))).toBe(3);
      class Outer {
        inner = new Item();
      }
      const outer = rand(Outer, { inner: nested(inner) }, { o: (v) => v.inner.x.is(4).soft() });
      const item = outer.create(claimStream());
      item.randomize();
      expect(item.inner.x).toBe(4);
      item.randomize((v) => v.inner.x.is(5).soft());
      expect(item.inner.x).toBe(5);
    },
  },
  {
    id: 'SV-18.5.13.2-1',
    feature: 'disable soft drops the soft constraints of lower priority on a variable',
    support: 'yes',
    verify: () => {
      const random = rand(
        Item,
        { x: uint(4), y: uint(4) },
        {
          s: (v) => [v.x.is(1).soft(), v.y.is(1).soft()],
          none: (v) => [disableSoft(v.x), v.x.ge(8).soft()],
        },
      );
      const values = drawn(random, 200, ({ x, y }) => [x, y] as const);
      expect(values.every(([x, y]) => x >= 8 && y === 1)).toBe(true);
      expectChances(
        values.map(([x]) => x),
        numbers(8).map((n) => n + 8),
      );
    },
  },
];
