// What is claimed of randomize and what stands around it: IEEE 1800-2023 clauses 18.6 to 18.17.
import { expect } from 'vitest';
import { Streams } from '#random/streams';
import { span, uint } from '#solver/domain';
import { arrayOf, nested, wide } from '#solver/field-domain';
import { rand } from '#solver/random-class';
import { randCase } from '#solver/random-case';
import { randomizeValues } from '#solver/randomize-values';
import { weigh } from '#solver/weights';
import { claimStream, drawn, expectChances, messageOf, numbers } from './random-bench.ts';
import type { Claim, ClaimChapter } from './claim.ts';
import { RANDOM_CONSTRAINT_CLAIMS } from './random-constraint-claims.ts';
import { RANDOM_ORDER_CLAIMS } from './random-order-claims.ts';
import { RANDOM_VARIABLE_CLAIMS } from './random-variable-claims.ts';

class Item {
  x = 0;
  y = 0;
  limit = 9;
  list: number[] = [1, 1];
}
const itemClass = rand(Item, { x: uint(4), y: uint(4) }, { order: (v) => v.x.lt(v.y) });

const RANDOM_CONTROL_CLAIMS: readonly Claim[] = [
  {
    id: 'SV-18.6.1-1',
    feature: 'randomize() returns 1 on success, 0 on failure',
    support: 'differs',
    note: 'it returns nothing, and throws UsageError solve-failed with an explanation: it cannot be ignored by accident',
    verify: () => {
      const item = itemClass.create(claimStream());
      expect(messageOf(() => item.randomize((v) => v.x.is(15)))).toContain(
        "'order', 'inline' together",
      );
    },
  },
  {
    id: 'SV-18.6.2-1',
    feature: 'pre_randomize and post_randomize, of the object and then of the objects in it',
    support: 'yes',
    verify: () => {
      const log: string[] = [];
      class Inner {
        x = 0;
        preRandomize(): void {
          log.push('pre inner');
        }
        postRandomize(): void {
          log.push('post inner');
        }
      }
      class Outer {
        inner = new Inner();
        preRandomize(): void {
          log.push('pre outer');
        }
        postRandomize(): void {
          log.push('post outer');
        }
      }
      const item = rand(Outer, { inner: nested(rand(Inner, { x: uint(2) })) }).create(
        claimStream(),
      );
      item.randomize();
      expect(log).toEqual(['pre outer', 'pre inner', 'post outer', 'post inner']);
    },
  },
  {
    id: 'SV-18.6.3-1',
    feature: 'a failed randomize() changes no variable and does not call post_randomize()',
    support: 'yes',
    verify: () => {
      const calls: string[] = [];
      class Hooked extends Item {
        postRandomize(): void {
          calls.push('post');
        }
      }
      const item = rand(Hooked, { x: uint(4), y: uint(4) }).create(claimStream());
      item.randomize();
      const kept = [item.x, item.y];
      expect(messageOf(() => item.randomize((v) => [v.x.gt(15), v.y.is(0)]))).toContain(
        'x: one of 0..15',
      );
      expect([[item.x, item.y], calls]).toEqual([kept, ['post']]);
    },
  },
  {
    id: 'SV-18.6.3-2',
    feature:
      'why it failed: a smallest set of constraints in conflict, with lines, state, and what would help',
    support: 'yes',
    note: 'beyond the standard',
    verify: () => {
      const message = messageOf(() =>
        itemClass.create(claimStream()).randomize((v) => [v.y.lt(v.limit), v.x.ge(8), v.y.gt(0)]),
      );
      expect(message).toMatch(/'order', 'inline\[0\]', 'inline\[1\]' together/);
      expect(message).toMatch(/order: x < y {2}\(conformance\/random-control-claims\.ts\(\d+\)\)/);
      expect(message).toMatch(/state limit = 9[^]*another limit, such as 10/);
    },
  },
  {
    id: 'SV-18.7-1',
    feature: 'randomize() with: constraints of one call, together with those of the class',
    support: 'yes',
    verify: () => {
      const values = drawn(
        itemClass,
        700,
        ({ x }) => x,
        (v) => v.y.is(7),
      );
      expectChances(values, numbers(7));
    },
  },
  {
    id: 'SV-18.7.1-1',
    feature: 'names of the object and of the caller do not mix: local::',
    support: 'yes',
    note: "v.x is the object's, x the caller's",
    verify: () => {
      const x = 3;
      expect(
        drawn(
          itemClass,
          5,
          (item) => item.x,
          (v) => v.x.is(x),
        ),
      ).toEqual([3, 3, 3, 3, 3]);
    },
  },
  {
    id: 'SV-18.8-1',
    feature:
      'rand_mode: a variable becomes state in one object, elements of arrays too; its mode can be asked',
    support: 'yes',
    verify: () => {
      const random = rand(Item, { x: uint(4), list: arrayOf(uint(4), { size: 2 }) });
      const item = random.create(claimStream());
      item.x = 99;
      item.randMode('x', false);
      item.randMode('list[0]', false);
      for (let n = 0; n < 20; n++) {
        item.randomize();
        expect([item.x, item.list[0]]).toEqual([99, 1]);
      }
      expect([item.randMode('x'), random.create(claimStream()).randMode('x')]).toEqual([
        false,
        true,
      ]);
      expect(messageOf(() => item.randMode('z' as 'x', false))).toContain("no random field 'z'");
    },
  },
  {
    id: 'SV-18.8-2',
    feature: 'rand_mode without a member switches all variables of the object',
    support: 'yes',
    note: 'randModeAll()',
    verify: () => {
      const item = itemClass.create(claimStream());
      item.randModeAll(false);
      item.y = 5;
      item.randomize();
      expect([item.x, item.y]).toEqual([0, 5]);
      item.randModeAll(true);
      item.randomize((v) => v.x.is(7));
      expect(item.x).toBe(7);
    },
  },
  {
    id: 'SV-18.9-1',
    feature:
      'constraint_mode: a block is switched off and on for one object; its mode can be asked',
    support: 'yes',
    verify: () => {
      const item = itemClass.create(claimStream());
      item.constraintMode('order', false);
      const turned = numbers(40).filter(() => {
        item.randomize();
        return item.x >= item.y;
      });
      expect(turned.length).toBeGreaterThan(10);
      expect([
        item.constraintMode('order'),
        itemClass.create(claimStream()).constraintMode('order'),
      ]).toEqual([false, true]);
    },
  },
  {
    id: 'SV-18.10-1',
    feature: 'dynamic modification: implication on state, modes, and weights that are state',
    support: 'yes',
    verify: () => {
      const random = itemClass.extend({ often: (v) => v.x.dist(weigh(1, 1), weigh(2, v.limit)) });
      const item = random.create(claimStream());
      for (const limit of [3, 1]) {
        item.limit = limit;
        const values = numbers(1200).map(() => (item.randomize(), item.x));
        expectChances(values, [1, 2], [1 / (1 + limit), limit / (1 + limit)]);
      }
      item.limit = 0;
      expect(numbers(10).map(() => (item.randomize(), item.x))).not.toContain(2);
    },
  },
  {
    id: 'SV-18.11-1',
    feature: 'randomize(x, y): these variables are random in this call, all others are state',
    support: 'yes',
    note: 'fields without a domain cannot become random',
    verify: () => {
      const item = itemClass.create(claimStream());
      item.y = 12;
      const values = numbers(600).map(() => {
        item.randomizeOnly(['x']);
        expect(item.y).toBe(12);
        return item.x;
      });
      expectChances(values, numbers(12));
    },
  },
  {
    id: 'SV-18.11-2',
    feature:
      'the arguments are the complete set: a variable whose rand_mode is off is random when it is one',
    support: 'yes',
    note: 'its mode stays off; fields of objects inside keep theirs',
    verify: () => {
      const item = itemClass.create(claimStream());
      item.y = 12;
      item.randMode('x', false);
      const values = numbers(40).map(() => (item.randomizeOnly(['x']), item.x));
      expect(new Set(values).size).toBeGreaterThan(1);
      expect(item.randMode('x')).toBe(false);
    },
  },
  {
    id: 'SV-18.11.1-1',
    feature: 'randomize(null): only checks the present values',
    support: 'yes',
    note: 'check(), which also says which constraint is broken',
    verify: () => {
      const item = itemClass.create(claimStream());
      item.x = 3;
      item.y = 3;
      expect(item.check().broken.map(({ name, text }) => `${name}: ${text}`)).toEqual([
        'order: x < y',
      ]);
      item.y = 4;
      expect(item.isValid()).toBe(true);
      expect([item.x, item.y]).toEqual([3, 4]);
    },
  },
  {
    id: 'SV-18.12-1',
    feature: 'std::randomize() with: values of a scope without a class',
    support: 'yes',
    verify: () => {
      const stream = claimStream();
      const sums = numbers(900).map(() => {
        const { a, b, c } = randomizeValues(
          stream,
          { a: span(0, 2), b: span(0, 2), c: wide(64) },
          (v) => [v.a.plus(v.b).is(2), v.c.is(2n ** 63n)],
        );
        expect(c).toBe(2n ** 63n);
        return 3 * a + b;
      });
      expectChances(sums, [2, 4, 6]);
    },
  },
  {
    id: 'SV-18.13-1',
    feature: '$urandom, $urandom_range, shuffle: from the stream of the component',
    support: 'yes',
    verify: () => {
      const stream = new Streams(1).stream('top.agent', 'delays');
      expectChances(
        numbers(900).map(() => stream.range(5, 7)),
        [5, 6, 7],
      );
      expect(stream.uint32()).toBeLessThan(2 ** 32);
      expect(stream.shuffle([1, 2, 3]).sort((a, b) => a - b)).toEqual([1, 2, 3]);
    },
  },
  {
    id: 'SV-18.13.3-1',
    feature: 'srandom: equal seeds, equal values',
    support: 'yes',
    verify: () => {
      const [one, other] = [itemClass.create(claimStream('a')), itemClass.create(claimStream('b'))];
      for (const item of [one, other]) item.srandom(42);
      for (let n = 0; n < 20; n++) {
        one.randomize();
        other.randomize();
        expect([one.x, one.y]).toEqual([other.x, other.y]);
      }
    },
  },
  {
    id: 'SV-18.13.4-1',
    feature: 'get_randstate and set_randstate; reading advances nothing',
    support: 'yes',
    verify: () => {
      const item = itemClass.create(claimStream());
      const state = item.getRandState();
      const values = (): number[] =>
        numbers(10).map(() => (item.randomize(), item.x * 16 + item.y));
      const first = values();
      item.setRandState(state);
      item.getRandState();
      expect(values()).toEqual(first);
    },
  },
  {
    id: 'SV-18.14-1',
    feature: 'object stability: draws of one object are not disturbed by others',
    support: 'yes',
    verify: () => {
      const values = (others: number): number[] => {
        const run = new Streams(5);
        const item = itemClass.create(run.stream('top.a', 'items'));
        const other = itemClass.create(run.stream('top.b', 'items'));
        return numbers(10).map(() => {
          for (let n = 0; n < others; n++) other.randomize((v) => v.x.gt(n));
          item.randomize();
          return item.x;
        });
      };
      expect(values(3)).toEqual(values(0));
    },
  },
  {
    id: 'SV-18.14-2',
    feature: 'adding a field or a constraint to one class changes the values of no other',
    support: 'yes',
    verify: () => {
      const values = (isMore: boolean): number[] => {
        const run = new Streams(5);
        const changed = isMore
          ? rand(
              Item,
              { x: uint(4), y: uint(4), list: arrayOf(uint(4), { size: 2 }) },
              { more: (v) => v.x.gt(2) },
            )
          : rand(Item, { x: uint(4), y: uint(4) });
        const other = changed.create(run.stream('top.b', 'items')) as { randomize(): void };
        const item = itemClass.create(run.stream('top.a', 'items'));
        return numbers(10).map(() => {
          other.randomize();
          item.randomize();
          return item.x;
        });
      };
      expect(values(true)).toEqual(values(false));
    },
  },
  {
    id: 'SV-18.14-3',
    feature:
      'hierarchical seeding: a stream is born from the stream of its creator, in the order of births',
    support: 'differs',
    note: 'it is keyed by path and name: the order of births plays no part either',
    verify: () => {
      const first = (order: readonly string[]): number => {
        const run = new Streams(9);
        const streams = new Map(order.map((path) => [path, run.stream(path, 'items')]));
        return streams.get('top.a')?.uint32() ?? -1;
      };
      expect(first(['top.a', 'top.b'])).toBe(first(['top.c', 'top.b', 'top.a']));
    },
  },
  {
    id: 'SV-18.16-1',
    feature: 'randcase: one branch in proportion to its weight, weight 0 never',
    support: 'yes',
    verify: () => {
      const stream = claimStream();
      const values = numbers(4000).map(() =>
        randCase<string>(stream, [
          [3, () => 'read'],
          [1, () => 'write'],
          [0, () => 'never'],
        ]),
      );
      expectChances(values, ['read', 'write'], [0.75, 0.25]);
    },
  },
  {
    id: 'SV-18.16-2',
    feature: 'randcase with all weights 0 takes no branch, with a warning',
    support: 'differs',
    note: 'it is an error',
    verify: () => {
      expect(messageOf(() => randCase(claimStream(), [[0, () => 1]]))).toContain(
        'a weight above 0',
      );
    },
  },
  {
    id: 'SV-18.17-1',
    feature: 'randsequence',
    support: 'no',
    note: 'productions are functions or sequences that call each other by randCase(); operations are drawn by play()',
  },
];

export const RANDOM_CHAPTERS: readonly ClaimChapter[] = [
  {
    title: 'Randomization: variables',
    source: 'IEEE 1800-2023 clauses 18.3, 18.4; semantics §2',
    claims: RANDOM_VARIABLE_CLAIMS,
  },
  {
    title: 'Randomization: constraints',
    source: 'IEEE 1800-2023 clause 18.5; semantics §2',
    claims: [...RANDOM_CONSTRAINT_CLAIMS, ...RANDOM_ORDER_CLAIMS],
  },
  {
    title: 'Randomization: methods, modes, stability',
    source: 'IEEE 1800-2023 clauses 18.6 to 18.17; semantics §1',
    claims: RANDOM_CONTROL_CLAIMS,
  },
];
