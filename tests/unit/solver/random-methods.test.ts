// What a random object can do beside randomize: modes, check, choice of fields, random state; and randcase, scope randomize (IEEE
// 1800 clauses 18.7 to 18.16).
import { describe, expect, expectTypeOf, it } from 'vitest';
import { RandomStream } from '#random/random-stream';
import { Streams } from '#random/streams';
import { before, disableSoft } from '#solver/constraint';
import { flag, oneOf, span, uint } from '#solver/domain';
import { arrayOf, nested, wide } from '#solver/field-domain';
import { rand } from '#solver/random-class';
import { randCase } from '#solver/random-case';
import { staticBlock } from '#solver/random-modes';
import { randomizeValues } from '#solver/randomize-values';
import { shareRest, weigh, share } from '#solver/weights';
import { chiSquareDeviation, uniform } from './chi-square.ts';
import { thrown } from './thrown.ts';

const stream = (key = 'methods'): RandomStream => new RandomStream(key);

/** The fields as they are. */
const plain = <T extends object>(item: T): T => Object.fromEntries(Object.entries(item)) as T;

class Item {
  op: 'add' | 'sub' | 'mul' = 'add';
  a = 0;
  b = 0;
  limit = 200;
  items: number[] = [];
}
const DOMAINS = {
  op: oneOf('add', 'sub', 'mul'),
  a: uint(8),
  b: uint(8),
  items: arrayOf(uint(4), { size: 2 }),
};
const itemClass = rand(Item, DOMAINS, {
  ordered: (v) => v.a.lt(v.b),
  limited: (v) => [v.b.le(v.limit), v.op.is('mul').implies(v.a.lt(16))],
});

describe('rand mode', () => {
  it('makes a field state for one object, and random again', () => {
    const item = itemClass.create(stream());
    const other = itemClass.create(stream('other'));
    expect(item.randMode('a')).toBe(true);
    expect(item.randMode('a', false)).toBe(false);
    item.a = 100;
    for (let n = 0; n < 30; n++) {
      item.randomize();
      expect([item.a, item.b > 100 && item.b <= 200]).toEqual([100, true]);
    }
    expect([item.randMode('a'), other.randMode('a')]).toEqual([false, true]);
    item.randMode('a', true);
    const seen = new Set<number>();
    for (let n = 0; n < 30; n++) {
      item.randomize();
      seen.add(item.a);
    }
    expect(seen.size).toBeGreaterThan(20);
  });

  it('works for one element of a list', () => {
    const item = itemClass.create(stream());
    item.items = [7, 7];
    item.randMode('items[1]', false);
    const seen = new Set<number>();
    for (let n = 0; n < 50; n++) {
      item.randomize();
      expect(item.items[1]).toBe(7);
      seen.add(item.items[0]);
    }
    expect(seen.size).toBeGreaterThan(10);
  });

  it('keeps values that are in no domain; constraints read them as they are', () => {
    const item = itemClass.create(stream());
    item.randMode('b', false);
    item.b = 1000;
    item.limit = 2000;
    item.randomize();
    expect(item.b).toBe(1000);
    item.b = 0;
    expect(thrown(() => item.randomize()).message).toContain('b: is 0 (not random in this call)');
  });

  it('is no field of the object', () => {
    const item = itemClass.create(stream());
    item.randMode('a', false);
    item.constraintMode('ordered', false);
    item.randomize();
    expect(Object.keys(item)).toEqual(Object.keys(new Item()));
    expect(plain(item)).toEqual(plain(Object.assign(new Item(), item)));
    const names = [];
    for (const name in item) names.push(name);
    expect(names).toEqual(Object.keys(new Item()));
  });

  it('knows the names', () => {
    const item = itemClass.create(stream());
    expect(thrown(() => item.randMode('aa' as 'a', false)).message).toMatch(
      /no random field 'aa' \(did you mean 'a'\?\)/,
    );
    expect(thrown(() => item.constraintMode('orderd', false)).message).toMatch(
      /did you mean 'ordered'/,
    );
  });
});

describe('constraint mode', () => {
  it('switches a block for one object', () => {
    const item = itemClass.create(stream());
    const other = itemClass.create(stream('other'));
    expect(item.constraintMode('ordered', false)).toBe(false);
    let turned = 0;
    for (let n = 0; n < 50; n++) {
      item.randomize();
      other.randomize();
      if (item.a >= item.b) turned++;
      expect(other.a).toBeLessThan(other.b);
    }
    expect(turned).toBeGreaterThan(10);
    item.constraintMode('ordered', true);
    item.randomize();
    expect(item.a).toBeLessThan(item.b);
  });

  it('of a static block switches it for all objects of the run, and for no other run', () => {
    const random = rand(Item, DOMAINS, { high: staticBlock((v) => v.a.gt(250)) });
    const derived = random.extend({ more: (v) => v.b.gt(250) });
    const runs = [new Streams(1), new Streams(2)];
    const items = runs.map((run) => [
      random.create(run.stream('x', 'y')),
      derived.create(run.stream('x', 'z')),
    ]);
    expect(items[0][0].constraintMode('high', false)).toBe(false);
    const highs = items.map((list) =>
      list.map((item) => {
        let count = 0;
        for (let n = 0; n < 30; n++) {
          item.randomize();
          if (item.a > 250) count++;
        }
        return count === 30;
      }),
    );
    expect(highs).toEqual([
      [false, false],
      [true, true],
    ]);
    expect(items[0][1].constraintMode('high')).toBe(false);
    expect(items[1][1].constraintMode('high')).toBe(true);
  });
});

describe('check', () => {
  it('says whether the present values are a solution, and which constraint they break', () => {
    const item = itemClass.create(stream());
    item.items = [1, 2];
    item.randomize();
    expect(item.check()).toEqual({ isValid: true, broken: [] });
    item.a = 50;
    item.b = 20;
    const { isValid, broken } = item.check((v) => v.op.isNot('mul'));
    expect(isValid).toBe(false);
    expect(broken.map(({ name, text }) => [name, text])).toEqual([['ordered', 'a < b']]);
    expect(broken[0].place).toMatch(/^solver\/random-methods\.test\.ts\(\d+\)$/);
    item.b = 300;
    item.limit = 400;
    expect(item.check().broken.map(({ text }) => text)).toEqual(['b is 300, not one of 0..255']);
    item.constraintMode('ordered', false);
    item.b = 3;
    expect(item.isValid()).toBe(true);
  });

  it('does so for lists, wide integers and counts', () => {
    class Big {
      address = 8n;
      items = [1, 2, 2];
    }
    const big = rand(
      Big,
      { address: wide(64), items: arrayOf(uint(4), { size: span(0, 4) }) },
      {
        aligned: (v) => v.address.mod(8).is(0),
        twos: (v) => v.items.count((e) => e.is(2)).is(2),
      },
    );
    const item = big.create(stream());
    expect(item.isValid()).toBe(true);
    item.address = 2n ** 63n + 4n;
    item.items.push(2);
    expect(item.check().broken.map(({ text }) => text)).toEqual([
      'address % 8 == 0',
      'int(items[0] == 2) + int(items[1] == 2) + int(items[2] == 2) + int(items[3] == 2) == 2',
    ]);
    item.items.push(2);
    expect(thrown(() => item.check()).message).toBe(
      'items has 5 elements, it is a list of at most 4',
    );
    item.address = 2n ** 64n;
    item.items = [];
    expect(item.check().broken[0].text).toContain('not one of 0..18446744073709551615');
  });

  it('agrees with what randomize gives', () => {
    const item = itemClass.create(stream());
    for (let n = 0; n < 100; n++) {
      item.randomize();
      expect(item.isValid()).toBe(true);
    }
  });
});

describe('randomizeOnly', () => {
  it('gives values to the fields named and keeps the others', () => {
    const item = itemClass.create(stream());
    item.randomize();
    const others = (): unknown => Object.entries(item).filter(([key]) => key !== 'b');
    const [kept, before] = [structuredClone(others()), item.b];
    for (let n = 0; n < 30; n++) {
      item.randomizeOnly(['b'], (v) => v.b.isNot(before));
      expect(others()).toEqual(kept);
      expect(item.b).not.toBe(before);
      expect(item.b).toBeGreaterThan(item.a);
    }
    expect(thrown(() => item.randomizeOnly(['c' as 'a'])).message).toContain("no random field 'c'");
    expect(thrown(() => item.randomizeOnly(['items[1]' as 'items'])).message).toContain(
      "chooses whole fields, and 'items[1]' is an element of 'items'",
    );
  });
});

describe('random state', () => {
  it('is saved and restored; reading it advances nothing', () => {
    const item = itemClass.create(stream());
    item.randomize();
    const state = item.getRandState();
    const next = Array.from({ length: 5 }, () => (item.randomize(), item.a));
    item.setRandState(state);
    expect(Array.from({ length: 5 }, () => (item.randomize(), item.a))).toEqual(next);
    item.srandom(7);
    const seeded = Array.from({ length: 5 }, () => (item.randomize(), item.a));
    item.srandom(7);
    expect(Array.from({ length: 5 }, () => (item.randomize(), item.a))).toEqual(seeded);
    expect(seeded).not.toEqual(next);
  });

  it('of one class does not hear of changes to another', () => {
    const values = (change: boolean): number[] => {
      const run = new Streams(3);
      const one = itemClass.create(run.stream('top.one', 'items'));
      const changed = rand(
        Item,
        change ? { a: uint(8), b: uint(8) } : { a: uint(8) },
        change ? { more: (v) => v.a.gt(9) } : {},
      );
      const two = changed.create(run.stream('top.two', 'items'));
      return Array.from({ length: 20 }, () => {
        two.randomize();
        one.randomize();
        return one.a;
      });
    };
    expect(values(true)).toEqual(values(false));
  });

  it('goes on after a failed call; the object is as before', () => {
    const item = itemClass.create(stream());
    item.randomize();
    const kept = plain(item);
    expect(() => item.randomize((v) => v.a.gt(254))).toThrow();
    expect(plain(item)).toEqual(kept);
    item.randomize();
    expect(item.isValid()).toBe(true);
  });
});

describe('orders of solving', () => {
  class Select {
    s = false;
    d = 0;
    e = 0;
  }
  const base = { s: flag(), d: uint(8), e: span(0, 3) };

  it('make the first ones uniform over what can be completed, and change no solution', () => {
    const random = rand(Select, base, {
      c: (v) => v.s.implies(v.d.is(0)),
      order: (v) => before(v.s, v.d),
    });
    expect(random.count()).toBe(257n * 4n);
    const item = random.create(stream());
    let trues = 0;
    for (let n = 0; n < 2000; n++) {
      item.randomize();
      if (item.s) trues++;
    }
    expect(chiSquareDeviation([trues, 2000 - trues], [0.5, 0.5])).toBeLessThan(4);
  });

  it('take several together, uniform over their combinations', () => {
    class Three {
      a = 0;
      b = 0;
      c = 0;
    }
    const random = rand(
      Three,
      { a: span(0, 1), b: span(0, 1), c: uint(6) },
      {
        few: (v) => v.a.plus(v.b).le(1),
        many: (v) => v.a.is(1).implies(v.c.is(5)),
        order: (v) => before([v.a, v.b], v.c),
      },
    );
    const item = random.create(stream());
    const counts = [0, 0, 0];
    for (let n = 0; n < 3000; n++) {
      item.randomize();
      counts[item.a + 2 * item.b]++;
    }
    expect(chiSquareDeviation(counts, uniform(3))).toBeLessThan(4);
  });

  it('are partial, and form no cycle', () => {
    const random = rand(Select, base, {
      one: (v) => before(v.s, v.d),
      two: (v) => before(v.d, v.e),
    });
    random.create(stream()).randomize();
    const cycle = random.extend({ three: (v) => before(v.e, v.s) });
    expect(thrown(() => cycle.create(stream()).randomize()).message).toBe(
      "'one', 'two', 'three': s before d before e before s\n  An order of solving has a beginning: leave out one of them.",
    );
    const item = cycle.create(stream());
    item.constraintMode('two', false);
    item.randomize();
    expect(item.d).toBeGreaterThanOrEqual(0);
  });

  it('come before weights of what is solved later', () => {
    // Without the order d is drawn by weight first: 0 nearly always, and s follows.
    const random = rand(Select, base, {
      c: (v) => v.s.iff(v.d.is(0)),
      weights: (v) => v.d.dist(weigh(0, 1000), weigh([1, 255], 1)),
      order: (v) => before(v.s, v.d),
    });
    const item = random.create(stream());
    let trues = 0;
    for (let n = 0; n < 1000; n++) {
      item.randomize();
      if (item.s) trues++;
    }
    expect(chiSquareDeviation([trues, 1000 - trues], [0.5, 0.5])).toBeLessThan(4);
  });
});

describe('soft constraints', () => {
  it('end with disableSoft, for those of lower priority that speak of the field', () => {
    const base = rand(Item, DOMAINS, {
      wish: (v) => [v.a.is(3).soft(), v.b.is(9).soft()],
    });
    const value = (random: typeof base): number[] => {
      const item = random.create(stream());
      item.randomize();
      return [item.a, item.b];
    };
    expect(value(base)).toEqual([3, 9]);
    const without = base.extend({ none: (v) => disableSoft(v.a) });
    expect(value(without)[1]).toBe(9);
    expect(value(without)[0]).not.toBe(3);
    const later = base.extend({ none: (v) => [disableSoft(v.a), v.a.is(4).soft()] });
    expect(value(later)).toEqual([4, 9]);
    const item = base.create(stream());
    item.randomize((v) => disableSoft(v.a, v.b));
    expect([item.a, item.b]).not.toEqual([3, 9]);
  });

  it('of early variables give way when nothing completes them', () => {
    class Sized {
      items: number[] = [];
    }
    const random = rand(
      Sized,
      { items: arrayOf(uint(2), { size: span(0, 8) }) },
      {
        wish: (v) => v.items.length.is(8).soft(),
        rising: (v) => v.items.forEach((e, i) => (i === 0 ? undefined : e.gt(v.items.at(i - 1)))),
      },
    );
    const item = random.create(stream());
    item.randomize();
    expect(item.items.length).toBeLessThanOrEqual(4);
  });
});

describe('dist', () => {
  class One {
    x = 0;
    op: 'add' | 'sub' | 'mul' = 'add';
  }
  it('gives the values that are not listed a weight together (default)', () => {
    const random = rand(
      One,
      { x: uint(4), op: oneOf('add', 'sub', 'mul') },
      {
        d: (v) => v.x.dist(weigh(3, 2), share([8, 9], 4), shareRest(4)),
        o: (v) => v.op.dist({ sub: 1 }, shareRest(1)),
      },
    );
    const item = random.create(stream());
    const counts = new Array<number>(16).fill(0);
    let subs = 0;
    for (let n = 0; n < 10_000; n++) {
      item.randomize();
      counts[item.x]++;
      if (item.op === 'sub') subs++;
    }
    const expected = counts.map((_, x) => (x === 3 ? 0.2 : x === 8 || x === 9 ? 0.2 : 0.4 / 13));
    expect(chiSquareDeviation(counts, expected)).toBeLessThan(4);
    expect(chiSquareDeviation([subs, 10_000 - subs], [0.5, 0.5])).toBeLessThan(4);
  });

  it.each<[string, () => unknown, RegExp]>([
    [
      'of an expression',
      () => rand(One, { x: uint(4) }, { d: (v) => v.x.plus(1).dist(shareRest(1)) }).count(),
      /needs a variable of its own/,
    ],
    [
      'two rests',
      () => rand(One, { x: uint(4) }, { d: (v) => v.x.dist(shareRest(1), shareRest(1)) }).count(),
      /has one shareRest/,
    ],
    [
      'of state',
      () => rand(One, { op: oneOf('add', 'sub', 'mul') }, { d: (v) => v.x.dist({ 1: 1 }) }).count(),
      /a dist needs a random variable/,
    ],
    [
      'too wide a rest',
      () => {
        class Wide {
          x = 0;
        }
        rand(Wide, { x: uint(53) }, { d: (v) => v.x.dist(weigh(5, 1000), shareRest(1)) }).count();
      },
      /the weights overflow/,
    ],
  ])('refuses %s', (_, call, message) => {
    expect(thrown(call).message).toMatch(message);
  });
});

describe('weights that are state', () => {
  class Knobs {
    op: 'add' | 'sub' | 'mul' = 'add';
    x = 0;
    addWeight = 1;
    otherWeight = 1;
  }
  const random = rand(
    Knobs,
    { op: oneOf('add', 'sub', 'mul'), x: uint(3) },
    {
      ops: (v) => v.op.dist({ add: v.addWeight, sub: v.otherWeight.times(2), mul: 1 }),
      rest: (v) => v.x.dist(weigh(3, v.addWeight), shareRest(7)),
    },
  );

  it('are read when it is solved', () => {
    const item = random.create(stream());
    for (const [add, other] of [
      [5, 1],
      [1, 0],
    ]) {
      item.addWeight = add;
      item.otherWeight = other;
      const counts = { add: 0, sub: 0, mul: 0 };
      let threes = 0;
      for (let n = 0; n < 2400; n++) {
        item.randomize();
        counts[item.op]++;
        if (item.x === 3) threes++;
      }
      const total = add + 2 * other + 1;
      const chances = [add, 2 * other, 1].map((weight) => weight / total);
      expect(chiSquareDeviation(Object.values(counts), chances)).toBeLessThan(4);
      expect(
        chiSquareDeviation([threes, 2400 - threes], [add / (add + 7), 7 / (add + 7)]),
      ).toBeLessThan(4);
    }
  });

  it('are integers from 0, and not all 0', () => {
    const item = random.create(stream());
    item.otherWeight = -1;
    expect(thrown(() => item.randomize()).message).toBe('a weight is an integer from 0, got -2');
    const one = rand(
      Knobs,
      { op: oneOf('add', 'sub', 'mul') },
      { ops: (v) => v.op.dist({ add: v.addWeight }) },
    );
    const zero = one.create(stream());
    zero.addWeight = 0;
    expect(thrown(() => zero.randomize()).message).toMatch(
      /ops: op dist \{add := addWeight\}.*\n.*\n {2}state addWeight = 0/,
    );
    expect(thrown(() => item.randomize((v) => v.op.dist({ sub: v.x }))).message).toContain(
      'got a random variable',
    );
  });
});

describe('randCase', () => {
  it('calls an action in proportion to its weight', () => {
    const draws = stream();
    const counts = [0, 0, 0];
    for (let n = 0; n < 4000; n++) {
      counts[
        randCase(draws, [
          [1, () => 0],
          [0, () => 1],
          [3, () => 2],
        ])
      ]++;
    }
    expect(chiSquareDeviation(counts, [0.25, 0, 0.75])).toBeLessThan(4);
    expect(thrown(() => randCase(draws, [[0, () => 0]])).message).toContain('a weight above 0');
    expect(thrown(() => randCase(draws, [[-1, () => 0]])).message).toContain('got -1');
  });
});

describe('randomizeValues', () => {
  it('gives values without a class', () => {
    const draws = stream();
    const least = 10;
    for (let n = 0; n < 20; n++) {
      const values = randomizeValues(
        draws,
        { a: uint(8), address: wide(64), op: oneOf('x', 'y'), list: arrayOf(flag(), { size: 2 }) },
        (v) => [v.a.gt(least), v.op.is('x').implies(v.address.is(2n ** 63n))],
      );
      expectTypeOf(values).toEqualTypeOf<{
        a: number;
        address: bigint;
        op: 'x' | 'y';
        list: boolean[];
      }>();
      expect(values.a).toBeGreaterThan(least);
      if (values.op === 'x') expect(values.address).toBe(2n ** 63n);
    }
    expect(
      thrown(() => randomizeValues(draws, { a: uint(2) }, (v) => v.a.gt(3))).message,
    ).toContain('a: one of 0..3');
  });
});

describe('derived classes', () => {
  it('have the fields and blocks of their base, and their own', () => {
    class Longer extends Item {
      c = 0;
    }
    const longer = itemClass.derive(Longer, { c: uint(8) }, { sum: (v) => v.c.is(v.a.plus(v.b)) });
    const item = longer.create(stream());
    for (let n = 0; n < 30; n++) {
      item.randomize((v) => v.c.gt(20));
      expect([item.c, item.a < item.b]).toEqual([item.a + item.b, true]);
    }
    expect(item.randMode('c')).toBe(true);
  });
});

describe('types', () => {
  class Header {
    tag = 0;
  }
  class Typed {
    op: 'add' | 'sub' = 'add';
    a = 0;
    on = false;
    address = 0n;
    list: number[] = [];
    header = new Header();
    note = new Map<string, number>();
  }
  it('refuse what makes no sense, before anything runs', () => {
    const header = rand(Header, { tag: uint(4) });
    const typed = rand(Typed, {
      op: oneOf('add', 'sub'),
      a: uint(8),
      on: flag(),
      address: wide(40),
      list: arrayOf(uint(4), { size: 2 }),
      header: nested(header),
    });
    const never = (): void => {
      // @ts-expect-error: no such field
      rand(Typed, { b: uint(8) });
      // @ts-expect-error: a number cannot be drawn for a bigint
      rand(Typed, { address: uint(8) });
      // @ts-expect-error: another union
      rand(Typed, { op: oneOf('add', 'mul') });
      // @ts-expect-error: elements of another type
      rand(Typed, { list: arrayOf(flag(), { size: 2 }) });
      typed.extend({
        // @ts-expect-error: not a value of the choice
        one: (v) => v.op.is('mul'),
        // @ts-expect-error: a choice is no number
        two: (v) => v.op.gt(3),
        // @ts-expect-error: what is no number, flag, string or list cannot be read
        three: (v) => v.note,
        // @ts-expect-error: no such field in the header
        four: (v) => v.header.length.is(3),
        five: (v) => [
          v.header.tag.is(3),
          v.list.at(0).is(3),
          v.address.is(2n ** 39n),
          v.on.is(v.a.gt(3)),
        ],
        // @ts-expect-error: soft stands alone
        six: (v) => v.a.gt(3).soft().and(v.on),
      });
      const item = typed.create(stream());
      // @ts-expect-error: no such field
      item.randMode('b', false);
      item.randMode('list[1]', false);
      // @ts-expect-error: no list
      item.randMode('a[1]', false);
    };
    expect(never).toBeTypeOf('function');
    expectTypeOf(typed.create(stream()).address).toEqualTypeOf<bigint>();
  });
});
