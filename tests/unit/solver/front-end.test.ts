// What a constraint block may say, and what it is told when it says something else (IEEE 1800 clauses 18.3, 18.4.2, 18.5.7, 18.5.12, 18.5.13).
import { describe, expect, it } from 'vitest';
import { RandomStream } from '#random/random-stream';
import { all, any, choose } from '#solver/builder';
import { flag, int, oneOf, span, uint } from '#solver/domain';
import { arrayOf, cyclic, nested } from '#solver/field-domain';
import { rand } from '#solver/random-class';
import { thrown } from './thrown.ts';

class Lane {
  id = 0;
  on = false;
  kind: 'a' | 'b' | 'c' = 'a';
  parts: number[] = [];
}
class Item {
  x = 0;
  y = 0;
  s = 0;
  kind: 'a' | 'b' | 'c' = 'a';
  list: number[] = [];
  kinds: ('a' | 'b' | 'c')[] = [];
  flags: boolean[] = [];
  rows: number[][] = [];
  lanes: Lane[] = [];
}
const kinds = oneOf('a', 'b', 'c');
const item = rand(Item, {
  x: uint(3),
  y: uint(3),
  kind: kinds,
  list: arrayOf(uint(2), { size: span(0, 3) }),
});
const stream = (key = 'front end'): RandomStream => new RandomStream(key);
/** What a call with these constraints is told, as JavaScript would let it be written. */
type Vars = Parameters<NonNullable<Parameters<typeof item.count>[1]>>[0];
const told = (inline: (v: Vars) => unknown): string =>
  thrown(() => item.create(stream()).randomize(inline as never)).message;

describe('a division by 0', () => {
  const count = (inline: Parameters<typeof item.count>[1]): bigint | undefined => {
    const plain = rand(Item, { x: uint(3), y: uint(3) });
    return plain.count(undefined, inline as never);
  };

  it('makes neither a comparison hold, nor its negation', () => {
    const zero = count((v) => v.x.mod(v.y).is(0));
    const other = count((v) => v.x.mod(v.y).isNot(0));
    expect((zero ?? 0n) + (other ?? 0n)).toBe(8n * 7n);
    expect(count((v) => v.x.div(v.y).notInside([1, 7]))).toBe(
      56n - (count((v) => v.x.div(v.y).inside([1, 7])) ?? 0n),
    );
    expect(count((v) => v.x.div(v.y).lt(3).and(v.y.gt(1)).not())).toBe(
      // y is 0 or 1: all, for y > 1 fails, whatever stands beside it; else x / y >= 3.
      16n + BigInt([2, 3, 4, 5, 6, 7].reduce((sum, y) => sum + Math.max(0, 8 - 3 * y), 0)),
    );
  });

  it('is out of the way of what holds without it', () => {
    expect(count((v) => v.y.is(0).or(v.x.mod(v.y).isNot(0)))).toBe(
      8n + (count((v) => v.x.mod(v.y).isNot(0)) ?? 0n),
    );
  });

  it('in a relation that is counted is no solution, and check() says so', () => {
    const one = rand(
      Item,
      { x: uint(3), y: uint(3) },
      { c: (v) => v.x.mod(v.y).is(1).asInt().is(0) },
    );
    expect(one.count()).toBe(56n - (count((v) => v.x.mod(v.y).is(1)) ?? 0n));
    const made = one.create(stream());
    expect(made.check().broken.map(({ name }) => name)).toEqual(['c']);
    made.y = 2;
    expect(made.isValid()).toBe(true);
  });

  it('of state is told as a conflict', () => {
    expect(told((v) => v.x.mod(v.s).isNot(0))).toContain('not s == 0');
    expect(told((v) => choose(v.x.gt(3), v.x.div(v.s), 1).isNot(9))).toContain('not s == 0');
  });
});

describe('rounds of cyclic fields', () => {
  it('go on in elements of lists, whose lists are made anew', () => {
    const random = rand(Item, { list: arrayOf(cyclic(uint(2)), { size: span(2, 3) }) });
    const made = random.create(stream());
    const seen: number[][] = [[], [], []];
    for (let n = 0; n < 200; n++) {
      made.randomize();
      made.list.forEach((value, at) => seen[at].push(value));
    }
    for (const values of seen) {
      for (let n = 0; n + 4 <= values.length; n += 4) {
        expect([...values.slice(n, n + 4)].sort((a, b) => a - b)).toEqual([0, 1, 2, 3]);
      }
    }
  });

  it('begin in the object that the call makes', () => {
    class Outer {
      inner: Item | undefined = undefined;
    }
    const outer = rand(Outer, { inner: nested(rand(Item, { x: cyclic(uint(2)) })) });
    for (let n = 0; n < 100; n++) {
      const made = outer.create(stream(`outer ${n}`));
      made.randomize();
      const first = made.inner?.x;
      made.randomize();
      expect(made.inner?.x).not.toBe(first);
    }
  });
});

describe('soft constraints', () => {
  it('of each element give way one by one, at any size, and in lists of lists', () => {
    const rows = rand(
      Item,
      { rows: arrayOf(arrayOf(uint(2), { size: 2 }), { size: span(1, 2) }) },
      { zero: (v) => v.rows.forEach((row) => row.forEach((e) => e.is(0).soft())) },
    );
    const made = rows.create(stream());
    for (let n = 0; n < 20; n++) {
      made.randomize((v) => v.rows.at(0).at(1).is(3));
      expect(made.rows).toEqual(
        [
          [0, 3],
          [0, 0],
        ].slice(0, made.rows.length),
      );
    }
  });

  it('stand behind a condition', () => {
    const made = item.create(stream());
    for (let n = 0; n < 20; n++) {
      made.randomize((v) => [
        v.list.length.is(2),
        v.x.lt(4).implies(v.list.forEach((e) => e.is(2).soft())),
        v.list.at(0).gt(1),
      ]);
      if (made.x < 4) expect(made.list).toEqual([2, 2]);
    }
  });

  it('are refused where they cannot stand', () => {
    const soft = 'joins relations, got a soft constraint';
    expect(told((v) => all(v.x.is(1), v.y.is(1).soft() as never))).toContain(`all() ${soft}`);
    expect(told((v) => any(v.x.is(1).soft() as never))).toContain(`any() ${soft}`);
    expect(told((v) => v.x.is(1).and(v.y.is(1).soft() as never))).toContain(`all() ${soft}`);
    expect(told((v) => v.x.is(1).implies(v.y.is(1).soft() as never, v.y.is(2)))).toContain(
      `implies() ${soft}`,
    );
    expect(
      told((v) => [v.list.length.is(1), v.list.some((e) => e.is(1).soft() as never)]),
    ).toContain(`some() ${soft}`);
    expect(
      told((v) => [
        v.list.length.is(2),
        v.list.forEach((e, i) => (i === 0 ? (e.is(1).soft() as never) : e.is(1))),
      ]),
    ).toContain('forEach() has soft constraints and hard ones');
  });
});

describe('a block that gives no constraint', () => {
  it.each([
    ['nothing', () => undefined, "constraint 'inline': the block gave nothing"],
    ['a truth', () => true, 'the block gave true, which is no constraint'],
    [
      'a hole in a list',
      (v: Vars) => [v.x.is(1), undefined],
      "constraint 'inline[1]': the block gave",
    ],
    ['an object', (v: Vars) => v.list, 'the block gave an object, which is no constraint'],
  ] as const)('is refused: %s', (_, inline, message) => {
    expect(told(inline)).toContain(message);
  });

  it('may give an empty list', () => {
    expect(() => item.create(stream()).randomize(() => [])).not.toThrow();
  });
});

describe('an element whose number is a variable', () => {
  const wide = rand(Item, {
    x: uint(2),
    kind: kinds,
    kinds: arrayOf(kinds, { size: 3 }),
    flags: arrayOf(flag(), { size: 2 }),
    rows: arrayOf(arrayOf(uint(2), { size: 1 }), { size: 2 }),
    lanes: arrayOf(nested(rand(Lane, { id: uint(3), on: flag(), kind: kinds })), {
      size: span(1, 3),
    }),
  });

  it('is a choice, a flag, a field of an object, its state', () => {
    const made = wide.create(stream());
    for (let n = 0; n < 20; n++) {
      made.randomize((v) => [
        v.kinds.at(v.x).is('b'),
        v.kind.inside(v.kinds, 'a'),
        v.flags.at(v.x).is(false),
        v.lanes.at(v.x).id.is(5),
        v.lanes.at(v.x).on.not(),
      ]);
      const { x, lanes } = made;
      expect([made.kinds[x], made.flags[x], lanes[x].id, lanes[x].on]).toEqual([
        'b',
        false,
        5,
        false,
      ]);
      expect(['a', ...made.kinds]).toContain(made.kind);
    }
  });

  it('is refused in lists of lists', () => {
    const made = wide.create(stream());
    expect(thrown(() => made.randomize((v) => v.rows.at(v.x).at(0).is(1))).message).toContain(
      'atIndex',
    );
  });

  it('of an empty list is not there, and nothing is inside one', () => {
    const made = item.create(stream());
    for (const one of [0, 1]) {
      expect(() =>
        made.randomize((v) => [
          v.list.length.is(0),
          one === 0 ? v.list.at(v.x).isNot(3) : v.x.inside(v.list),
        ]),
      ).toThrow(/no values of Item/);
    }
  });
});

describe('shifts', () => {
  const shifts = rand(Item, { x: uint(3), y: int(4) });

  it('may be guarded by a constraint on the number of places', () => {
    const made = shifts.create(stream());
    for (const n of [1, 2, 4]) {
      made.randomize((v) => [v.x.shiftLeft(v.y).is(n), v.y.ge(0)]);
      expect(made.x << made.y).toBe(n);
    }
    expect(shifts.count(undefined, (v) => [v.y.inside([0, 1]), v.x.shiftRight(v.y).is(3)])).toBe(
      3n,
    );
  });

  it('are refused where they may be by too few or too many places', () => {
    const { message } = thrown(() => {
      shifts.create(stream()).randomize((v) => v.x.shiftRight(v.y).is(1));
    });
    expect(message).toContain("constraint 'inline' shifts by -8..7, it may be by 0..64 places");
    expect(message).toContain('v.y.inside([0, 7])');
  });

  it('of a guard that leaves nothing are a conflict', () => {
    const made = shifts.create(stream());
    expect(() => made.randomize((v) => [v.y.gt(7), v.x.shiftRight(v.y).is(1)])).toThrow(
      /no values/,
    );
  });
});

it('chosen fields are random whatever their modes are', () => {
  const made = item.create(stream());
  made.randMode('x', false);
  made.x = 77;
  made.randomizeOnly(['x']);
  expect(made.x).toBeLessThan(8);
  expect(made.randMode('x')).toBe(false);
});
