// Arrays of random size against brute force: random sums, orders, counts and neighbours; counted, drawn and checked (semantics §2).
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { RandomStream } from '#random/random-stream';
import type { ArrayExpr } from '#solver/array-expression';
import type { BoolExpr, IntExpr } from '#solver/builder';
import { unique } from '#solver/constraint';
import { span } from '#solver/domain';
import { arrayOf } from '#solver/field-domain';
import { rand } from '#solver/random-class';

class List {
  items: number[] = [];
  limit = 0;
}

/** The same demand as a constraint and as a plain function. */
interface Demand {
  readonly said: (items: ArrayExpr<IntExpr>) => BoolExpr;
  readonly holds: (items: readonly number[]) => boolean;
}
const total = (items: readonly number[]): number => items.reduce((a, b) => a + b, 0);

const demand: fc.Arbitrary<Demand> = fc.oneof(
  fc.nat(9).map((n): Demand => ({ said: (v) => v.sum().le(n), holds: (list) => total(list) <= n })),
  fc
    .nat(4)
    .map((n): Demand => ({ said: (v) => v.length.isNot(n), holds: (list) => list.length !== n })),
  fc.nat(2).map((n): Demand => ({
    said: (v) => v.count((e) => e.is(n)).le(1),
    holds: (list) => list.filter((e) => e === n).length <= 1,
  })),
  fc.nat(3).map((n): Demand => ({
    said: (v) => v.some((e) => e.gt(n)).or(v.length.lt(2)),
    holds: (list) => list.some((e) => e > n) || list.length < 2,
  })),
  fc.constant<Demand>({
    said: (v) => v.forEach((e, i, size) => (i + 1 < size ? e.le(v.at(i + 1)) : undefined)),
    holds: (list) => list.every((e, i) => i + 1 >= list.length || e <= list[i + 1]),
  }),
  fc.constant<Demand>({
    said: (v) => unique(v),
    holds: (list) => new Set(list).size === list.length,
  }),
  fc.constant<Demand>({
    said: (v) => v.sum((e, i) => e.times(i)).is(v.length),
    holds: (list) => total(list.map((e, i) => e * i)) === list.length,
  }),
);

/** All lists of 0 to 4 numbers 0..3. */
function lists(): number[][] {
  let last: number[][] = [[]];
  const all = [...last];
  for (let size = 1; size <= 4; size++) {
    last = last.flatMap((list) => [0, 1, 2, 3].map((e) => [...list, e]));
    all.push(...last);
  }
  return all;
}

it('has the solutions of brute force', { timeout: 120_000 }, () => {
  const all = lists();
  fc.assert(
    fc.property(fc.array(demand, { minLength: 1, maxLength: 3 }), (demands) => {
      const accepted = all.filter((list) => demands.every(({ holds }) => holds(list)));
      const random = rand(
        List,
        { items: arrayOf(span(0, 3), { size: span(0, 4) }) },
        {
          all: (v) => demands.map(({ said }) => said(v.items)),
        },
      );
      expect(random.count()).toBe(BigInt(accepted.length));
      const item = random.create(new RandomStream('lists'));
      for (const list of all.filter((_, n) => n % 9 === 0)) {
        item.items = [...list];
        expect(item.isValid()).toBe(demands.every(({ holds }) => holds(list)));
      }
      for (let n = 0; n < 5 && accepted.length > 0; n++) {
        item.randomize();
        expect(accepted).toContainEqual(item.items);
      }
    }),
    { seed: 1, numRuns: 60 },
  );
});
