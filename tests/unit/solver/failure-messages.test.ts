// What classic mistakes are told: one golden file, to be read by people (semantics §2; IEEE 1800 clause 18).
import { expect, it } from 'vitest';
import { expectGolden } from '#tests/unit/uvm/golden';
import { RandomStream } from '#random/random-stream';
import { literal } from '#solver/builder';
import { before, disableSoft, unique } from '#solver/constraint';
import { flag, int, oneOf, span, spans, uint } from '#solver/domain';
import { arrayOf, cyclic, nested, wide } from '#solver/field-domain';
import { rand } from '#solver/random-class';
import { share, weigh } from '#solver/weights';
import { thrown } from './thrown.ts';

class Item {
  op: 'read' | 'write' | 'erase' = 'read';
  address = 0;
  length = 1;
  a = 0;
  b = 0;
  isLast = false;
  items: number[] = [0, 0];
  base = 0n;
  limit = 16;
  allowed: number[] = [];
  wanted = 'copy';
}
class Frame {
  header = new Item();
  size = 0;
}
const stream = (): RandomStream => new RandomStream('failures');
const D = {
  op: oneOf('read', 'write', 'erase'),
  address: uint(12),
  length: span(1, 64),
  a: uint(4),
  b: uint(4),
  isLast: flag(),
  items: arrayOf(uint(2), { size: span(2, 8) }),
  base: wide(64),
};
const item = rand(Item, D);
const frame = rand(
  Frame,
  {
    header: nested(rand(Item, { length: D.length }, { legal: (v) => v.length.le(v.limit) })),
    size: uint(8),
  },
  { whole: (v) => v.size.is(v.header.length.plus(8)) },
);
const make = (): ReturnType<typeof item.create> => item.create(stream());

/** Title, and the mistake. */
const MISTAKES: readonly (readonly [string, () => void])[] = [
  ['contradicting ranges', () => make().randomize((v) => [v.a.ge(9), v.a.lt(5)])],
  ['a value out of the domain', () => make().randomize((v) => v.address.is(4096))],
  ['an empty inside', () => make().randomize((v) => v.a.inside(...[]))],
  ['a range upside down', () => make().randomize((v) => v.a.inside([9, 3]))],
  [
    'a dist of weight 0 only',
    () => make().randomize((v) => v.a.dist(weigh(1, 0), share([2, 5], 0))),
  ],
  [
    'a dist against inside',
    () => make().randomize((v) => [v.a.dist({ 1: 3, 2: 1 }), v.a.inside([8, 15])]),
  ],
  ['a dist in a negation', () => make().randomize((v) => v.a.dist({ 1: 1 }).not())],
  [
    'a dist in both branches of a choice',
    () => make().randomize((v) => v.a.dist({ 1: 1 }).or(v.b.dist({ 2: 1 }))),
  ],
  [
    'alignment against range',
    () => make().randomize((v) => [v.address.mod(64).is(0), v.address.inside([65, 127])]),
  ],
  [
    'a page boundary against a length',
    () =>
      make().randomize((v) => [v.address.bits(7, 0).plus(v.length).le(16), v.length.gt(v.limit)]),
  ],
  [
    'unique with too few values',
    () =>
      make().randomize((v) => [unique(v.a, v.b, v.length), v.a.le(1), v.b.le(1), v.length.is(1)]),
  ],
  [
    'unique in an array that is too long',
    () => make().randomize((v) => [v.items.length.ge(5), unique(v.items)]),
  ],
  [
    'a sum that cannot be reached',
    () => make().randomize((v) => [v.items.length.le(3), v.items.sum().is(20)]),
  ],
  ['a size out of its domain', () => make().randomize((v) => v.items.length.is(9))],
  [
    'an order of elements that does not fit',
    () =>
      make().randomize((v) => [
        v.items.length.is(4),
        v.items.forEach((e, i) => (i === 0 ? undefined : e.gt(v.items.at(i - 1)))),
        v.items.at(1).is(0),
      ]),
  ],
  [
    'counting too many',
    () => make().randomize((v) => [v.items.length.is(2), v.items.count((e) => e.gt(1)).is(3)]),
  ],
  [
    'a soft constraint in the way of nothing',
    () => {
      const soft = item.extend({ small: (v) => v.a.lt(4).soft(), even: (v) => v.a.mod(2).is(0) });
      soft.create(stream()).randomize((v) => [v.a.gt(8), v.a.is(9)]);
    },
  ],
  [
    'an implication that forces too much',
    () =>
      make().randomize((v) => [
        v.op.is('erase').implies(v.length.is(64)),
        v.op.is('erase'),
        v.length.lt(v.limit),
      ]),
  ],
  [
    'flags that cannot agree',
    () => make().randomize((v) => [v.isLast.iff(v.a.gt(7)), v.isLast.is(true), v.a.is(3)]),
  ],
  ['orders in a circle', () => make().randomize((v) => [before(v.a, v.b), before(v.b, v.a)])],
  [
    'a cyclic field in a dist',
    () => {
      rand(Item, { a: cyclic(uint(4)) }, { often: (v) => v.a.dist({ 1: 3, 2: 1 }) })
        .create(stream())
        .randomize();
    },
  ],
  [
    'a cyclic field of which nothing is left',
    () => {
      rand(Item, { a: cyclic(uint(4)), b: uint(4) }, { far: (v) => v.a.gt(v.b.plus(15)) })
        .create(stream())
        .randomize();
    },
  ],
  ['a cyclic field that is too wide', () => void cyclic(uint(32))],
  ['a division by zero', () => make().randomize((v) => [v.b.is(0), v.a.div(v.b).is(1)])],
  ['a shift out of range', () => make().randomize((v) => v.a.shiftLeft(v.address).gt(0))],
  ['a misspelt value of a choice', () => make().randomize((v) => v.op.is('raed' as 'read'))],
  ['a fraction', () => make().randomize((v) => v.a.lt(2.5))],
  ['a list of state that is empty', () => make().randomize((v) => v.a.inside(v.allowed))],
  [
    'a list of state without the values of the domain',
    () => {
      const one = make();
      one.allowed = [40, 50];
      one.randomize((v) => v.a.inside(v.allowed));
    },
  ],
  ['state that is no value of the choice', () => make().randomize((v) => v.op.is(v.wanted))],
  [
    'state that is no number',
    () => {
      const one = make();
      one.limit = NaN;
      one.randomize((v) => v.a.lt(v.limit));
    },
  ],
  ['state that leaves no room', () => make().randomize((v) => v.length.gt(v.limit.times(5)))],
  ['a conflict with a nested object', () => frame.create(stream()).randomize((v) => v.size.gt(30))],
  [
    'an inline constraint against the class',
    () =>
      item
        .extend({ low: (v) => v.address.lt(256) })
        .create(stream())
        .randomize((v) => v.address.ge(1024)),
  ],
  [
    'a field switched off whose value conflicts',
    () => {
      const one = item.extend({ order: (v) => v.a.lt(v.b) }).create(stream());
      one.a = 15;
      one.randMode('a', false);
      one.randomize();
    },
  ],
  [
    'a field not chosen whose value conflicts',
    () => {
      const one = item.extend({ order: (v) => v.a.lt(v.b) }).create(stream());
      one.a = 15;
      one.randomizeOnly(['b']);
    },
  ],
  [
    'a wide integer out of its window',
    () => make().randomize((v) => [v.base.ge(2n ** 63n), v.base.bits(63, 48).is(0x7fff)]),
  ],
  [
    'a gap in the domain',
    () =>
      rand(Item, { address: spans([0, 15], [64, 79]) })
        .create(stream())
        .randomize((v) => v.address.inside([20, 40])),
  ],
  [
    'signed against unsigned',
    () =>
      rand(Item, { a: int(4), b: uint(4) })
        .create(stream())
        .randomize((v) => v.a.plus(v.b).lt(-8)),
  ],
  ['a constraint that never holds', () => make().randomize(() => literal(false))],
  ['disableSoft of an expression', () => make().randomize((v) => disableSoft(v.a.plus(v.b)))],
];

it('classic mistakes are told with what conflicts, where it was written, and what would help', () => {
  const told = MISTAKES.map(([title, call]) => `## ${title}\n\n${thrown(call).message}\n`);
  expect(new Set(MISTAKES.map(([title]) => title)).size).toBe(MISTAKES.length);
  expectGolden('solver/failures.txt', told.join('\n'));
});

it('the object is as before, each time', () => {
  const one = make();
  one.randomize();
  const kept = Object.entries(one).map(([key, value]) => [key, String(value)]);
  thrown(() => one.randomize((v) => [v.a.ge(9), v.a.lt(5)]));
  expect(Object.entries(one).map(([key, value]) => [key, String(value)])).toEqual(kept);
});
