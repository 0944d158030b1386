// Exact distributions of a solve, against the distributions worked out by hand, and against draws (semantics §2).
import { describe, expect, it } from 'vitest';
import { RandomStream } from '#random/random-stream';
import { BoolExpr, IntExpr } from '#solver/builder';
import { SolveBefore, solveFirst, type Constraint } from '#solver/constraint';
import type { Sets } from '#solver/interval';
import { oneOf, span, uint } from '#solver/domain';
import { cyclic } from '#solver/field-domain';
import { rand } from '#solver/random-class';
import { Problem } from '#solver/problem';
import { Prepared } from '#solver/prepared';
import { share, weigh } from '#solver/weights';
import { chiSquareDeviation } from './chi-square.ts';

const v = (index: number): IntExpr => new IntExpr({ kind: 'var', index });

function prepared(sets: Sets, ...constraints: readonly Constraint[]): Prepared {
  const hard = constraints.flatMap((one, i) =>
    one instanceof BoolExpr ? [{ name: `c${i}`, node: one.node }] : [],
  );
  const first = constraints.flatMap((one) => (one instanceof SolveBefore ? one.first : []));
  return new Prepared(new Problem(sets, hard), [], first);
}

function checkAgainstDraws(problem: Prepared, variable: number, values: readonly number[]): void {
  const chances = problem.marginals(
    v(variable).node,
    values.map((value) => [[value, value]]),
  );
  if (chances === undefined) throw new Error('too much to count');
  expect(chances.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1, 12);
  const counts = new Map(values.map((value) => [value, 0]));
  const stream = new RandomStream('marginals');
  const drawn = new Float64Array(2);
  for (let n = 0; n < 6000; n++) {
    expect(problem.solve(stream, drawn)).toBe(true);
    counts.set(drawn[variable], (counts.get(drawn[variable]) ?? NaN) + 1);
  }
  expect(chiSquareDeviation([...counts.values()], chances)).toBeLessThan(4);
}

const SMALL: Sets = [[[0, 3]], [[0, 3]]];

describe('marginals', () => {
  it('of the 257 solutions: 1/257, and 1/2 when solved first (18.5.9)', () => {
    const sets: Sets = [[[0, 1]], [[0, 255]]];
    const rule = v(0).is(1).implies(v(1).is(0));
    expect(prepared(sets, rule).marginals(v(0).node, [[[1, 1]]])?.[0]).toBeCloseTo(1 / 257, 15);
    const first = prepared(sets, rule, solveFirst(v(0)));
    expect(first.marginals(v(0).node, [[[1, 1]]])).toEqual([0.5]);
  });

  it.each<[string, Prepared, number, readonly number[]]>([
    ['a sum', prepared(SMALL, v(0).plus(v(1)).le(3)), 0, [0, 1, 2, 3]],
    ['a free weighted value', prepared(SMALL, v(0).dist({ 0: 1, 2: 3 })), 0, [0, 2]],
    [
      'a range that shares its weight, cut by a constraint',
      prepared(SMALL, v(0).dist(share([0, 3], 3), weigh(3, 1)), v(0).gt(0)),
      0,
      [1, 2, 3],
    ],
    ['a tied weighted value', prepared(SMALL, v(0).dist({ 1: 1, 3: 2 }), v(1).lt(v(0))), 0, [1, 3]],
    [
      'what a weighted value ties',
      prepared(SMALL, v(0).dist({ 1: 1, 3: 2 }), v(1).lt(v(0))),
      1,
      [0, 1, 2],
    ],
    [
      'a value weighted under a condition',
      prepared(
        SMALL,
        v(0)
          .lt(2)
          .implies(v(1).dist({ 0: 5, 3: 1 })),
      ),
      1,
      [0, 1, 2, 3],
    ],
    [
      'beside a free weighted value',
      prepared(SMALL, v(0).dist({ 0: 1, 2: 3 }), v(1).gt(1)),
      1,
      [2, 3],
    ],
  ])('of %s are what is drawn', (_, problem, variable, values) => {
    checkAgainstDraws(problem, variable, values);
  });

  it.each<[string, Prepared]>([
    [
      'a weighted range that is tied: values by weight, whatever they leave to the others',
      prepared(
        [[[0, 99]], [[0, 99]]],
        v(0).dist(weigh([0, 9], 30), weigh([10, 99], 1)),
        v(0).plus(v(1)).le(70),
      ),
    ],
    [
      'a weighted range of multiples',
      prepared(
        [[[0, 99]], [[0, 99]]],
        v(0).dist(share([0, 9], 3), share([10, 99], 1)),
        v(0).mod(4).is(0),
        v(0).plus(v(1)).le(70),
      ),
    ],
    [
      'a weighted range where hits are rare',
      prepared(
        [[[0, 99]], [[0, 99]]],
        v(0).dist(weigh([0, 9], 30), weigh([10, 99], 1)),
        v(0).times(v(1)).mod(98).is(97),
      ),
    ],
  ])('of %s', (_, problem) => {
    const values = Array.from({ length: 100 }, (__, value) => value);
    const chances = problem.marginals(
      v(0).node,
      values.map((value) => [[value, value]]),
    );
    const possible = values.filter((value) => chances?.[value] !== 0);
    expect(possible.length).toBeGreaterThan(10);
    checkAgainstDraws(problem, 0, possible);
    checkAgainstDraws(problem, 1, values);
  });

  it('of a weighted length beside an address far too wide to count in doubles', () => {
    const problem = prepared(
      [[[0, 2 ** 52 - 1]], [[1, 4096]]],
      v(1).dist(share([1, 64], 3), share([65, 4096], 1)),
      v(0).mod(4096).plus(v(1)).le(4096),
    );
    const stream = new RandomStream('wide slices');
    const drawn = new Float64Array(2);
    const counts = [0, 0, 0];
    for (let n = 0; n < 6000; n++) {
      expect(problem.solve(stream, drawn)).toBe(true);
      counts[drawn[1] <= 32 ? 0 : drawn[1] <= 64 ? 1 : 2]++;
      expect((drawn[0] % 4096) + drawn[1]).toBeLessThanOrEqual(4096);
    }
    expect(chiSquareDeviation(counts, [3 / 8, 3 / 8, 1 / 4])).toBeLessThan(4);
  });

  it('of a weighted range of which alignment leaves few values', () => {
    const problem = prepared(
      [[[0, 65_535]], [[0, 3]]],
      v(0).dist(share([0, 40_000], 3), share([40_001, 65_535], 1)),
      v(0).mod(4096).is(5),
    );
    const values = Array.from({ length: 16 }, (_, n) => 4096 * n + 5);
    checkAgainstDraws(problem, 0, values);
  });

  it('say when there is too much to follow', () => {
    const sets: Sets = [[[0, 2 ** 20 - 1]], [[0, 2 ** 20 - 1]]];
    const problem = prepared(sets, v(0).dist(weigh([0, 2 ** 20 - 1], 1)), v(0).lt(v(1)));
    expect(problem.marginals(v(1).node, [[[0, 5]]])).toBeUndefined();
  });
});

describe('marginals of a field', () => {
  class Item {
    kind: 'read' | 'write' = 'read';
    length = 0;
    address = 0;
    max = 3;
    list: number[] = [];
  }
  const item = rand(
    Item,
    { kind: oneOf('read', 'write'), length: span(0, 3), address: uint(40) },
    {
      kinds: (v) => v.kind.dist({ read: 3, write: 1 }),
      writes: (v) => v.kind.is('write').implies(v.length.is(1)),
      most: (v) => v.length.le(v.max),
    },
  );

  it('are in the words of its domain, with state and constraints of the call', () => {
    expect(item.marginals('kind')).toEqual([
      { low: 'read', high: 'read', chance: 0.75 },
      { low: 'write', high: 'write', chance: 0.25 },
    ]);
    const narrow = Object.assign(new Item(), { max: 1 });
    const chances = item.marginals('length', narrow)?.map(({ chance }) => chance);
    expect(chances).toEqual([0.375, 0.625, 0, 0]);
    const inline = item.marginals('length', narrow, (v) => v.kind.is('write'));
    expect(inline?.map(({ chance }) => chance)).toEqual([0, 1, 0, 0]);
  });

  it('of many values are 64 ranges', () => {
    const parts = item.marginals('address') ?? [];
    expect(parts).toHaveLength(64);
    expect(parts[0]).toEqual({ low: 0, high: 2 ** 34 - 1, chance: 1 / 64 });
    expect(parts[63].high).toBe(2 ** 40 - 1);
  });

  it('are not given of what is no such field, or is solved in stages', () => {
    expect(() => item.marginals('lenght' as 'length')).toThrow(
      /'lenght' is no random number, flag or choice.*did you mean 'length'/s,
    );
    const staged = rand(Item, { length: cyclic(span(0, 3)) });
    expect(staged.marginals('length')).toBeUndefined();
  });
});
