// Intelligent coverage (semantics §10): what is drawn, how often, and what never is.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  anyOf,
  auto,
  each,
  ignore,
  illegal,
  otherwise,
  otherwiseSteps,
  when,
  type Bins,
  type Sampled,
} from '#cover/bins';
import { Covergroup } from '#cover/covergroup';
import { binsof } from '#cover/cross-select';
import { intelligent, type IntelligentOptions } from '#cover/intelligent-coverage';
import { goto, repeat, steps } from '#cover/transitions';
import { RandomStream } from '#random/random-stream';

class OnePoint extends Covergroup<Sampled> {
  readonly point;
  readonly told: string[] = [];
  constructor(bins: Bins<Sampled>, atLeast = 1) {
    super('one', { atLeast });
    this.point = this.coverpoint((t) => t, bins);
    this.onIllegal = ({ bin, value }) => this.told.push(`${bin} ${value}`);
  }
}

interface Pair {
  readonly op: string;
  readonly a: number;
}

/** Draws, each sampled, until covered. @returns how many. */
function drawsToClose(
  bins: Bins<Sampled>,
  options: IntelligentOptions & { atLeast?: number },
): number {
  const { atLeast = 1, ...rest } = options;
  const group = new OnePoint(bins, atLeast);
  const closing = intelligent(group.point, new RandomStream('close'), rest);
  let draws = 0;
  for (; !closing.isCovered; draws++) {
    expect(draws).toBeLessThan(100_000);
    group.sample(closing.next());
  }
  return draws;
}

/** Pearson's statistic of counts against weights. */
function chiSquare(counts: readonly number[], weights: readonly number[]): number {
  const draws = counts.reduce((sum, count) => sum + count, 0);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return counts.reduce((sum, count, i) => {
    const expected = (draws * weights[i]) / total;
    return sum + (count - expected) ** 2 / expected;
  }, 0);
}

/** How often each bin is drawn when nothing more is sampled. */
function frequencies(
  group: OnePoint,
  options: IntelligentOptions,
  draws = 6000,
): readonly number[] {
  const closing = intelligent(group.point, new RandomStream('frequencies'), options);
  const { names } = group.point.table;
  const counts = new Array<number>(names.length).fill(0);
  for (let i = 0; i < draws; i++) {
    closing.next();
    counts[names.indexOf(closing.lastBin)]++;
  }
  return counts;
}

/** Three bins with 0, 5 and 8 of the 10 hits they want. */
function partly(): OnePoint {
  const group = new OnePoint({ a: [0, 9], b: [10, 19], c: [20, 29] }, 10);
  for (let i = 0; i < 5; i++) group.sample(10);
  for (let i = 0; i < 8; i++) group.sample(20);
  return group;
}

describe('closing N bins', () => {
  it('takes N draws where blind ones take N ln N', () => {
    const count = 200;
    const bins = each([0, count - 1]);
    expect(drawsToClose(bins, {})).toBe(count);
    expect(drawsToClose(bins, { mode: 'increment' })).toBe(count);
    expect(drawsToClose(bins, { mode: 'minimum' })).toBe(count);
    expect(drawsToClose(bins, { atLeast: 5, weights: 'atLeast' })).toBe(5 * count);
    const stream = new RandomStream('blind');
    const seen = new Set<number>();
    let blind = 0;
    for (; seen.size < count; blind++) seen.add(stream.below(count));
    expect(blind).toBeGreaterThan(3 * count);
  });

  it('goes to another target than 100 %', () => {
    expect(drawsToClose(each([0, 9]), { atLeast: 4, target: 50 })).toBe(20);
    expect(drawsToClose(each([0, 9]), { atLeast: 4, target: 150 })).toBe(60);
  });

  it('sees what others sample', () => {
    const group = new OnePoint(each([0, 9]));
    const closing = intelligent(group.point, new RandomStream('others'));
    for (let value = 0; value < 9; value++) group.sample(value);
    expect([closing.isCovered, closing.next(), closing.lastBin]).toEqual([false, 9, '9']);
    group.sample(9);
    expect(closing.isCovered).toBe(true);
    // All are open again.
    const after = new Set(Array.from({ length: 200 }, () => closing.next()));
    expect(after.size).toBe(10);
  });
});

describe('weights', () => {
  // Upper 0.1 % points of chi-square with 2 and 9 degrees of freedom.
  const [LIMIT_2, LIMIT_9] = [13.8, 27.9];

  it('are what is missing to the limit, or the hits wanted in all', () => {
    expect(chiSquare(frequencies(partly(), {}), [10, 5, 2])).toBeLessThan(LIMIT_2);
    expect(chiSquare(frequencies(partly(), { weights: 'atLeast' }), [1, 1, 1])).toBeLessThan(
      LIMIT_2,
    );
    expect(chiSquare(frequencies(partly(), { target: 200 }), [20, 15, 12])).toBeLessThan(LIMIT_2);
  });

  it('are 0 above the threshold over the bin covered least', () => {
    expect(frequencies(partly(), { threshold: 45 }, 100)).toEqual([100, 0, 0]);
    const counts = frequencies(partly(), { threshold: 60 });
    expect(counts[2]).toBe(0);
    expect(chiSquare(counts.slice(0, 2), [6, 1])).toBeLessThan(LIMIT_2);
    expect(frequencies(partly(), { threshold: 500 }, 3000)[2]).toBeGreaterThan(0);
  });

  it('go on with all bins when the target is reached', () => {
    const group = new OnePoint(each([0, 2]));
    for (const value of [0, 1, 2, 2, 2]) group.sample(value);
    // The limit is 301 %: 4, 4 and 4 rounded up, less 1, 1 and 3.
    expect(chiSquare(frequencies(group, {}), [3, 3, 1])).toBeLessThan(LIMIT_2);
    expect(frequencies(group, { threshold: 45 }, 90)[2]).toBe(0);
  });

  it('do not matter in the other modes', () => {
    expect(frequencies(partly(), { mode: 'increment' }, 99)).toEqual([33, 33, 33]);
    expect(frequencies(partly(), { mode: 'minimum' }, 99)).toEqual([99, 0, 0]);
  });

  it('are followed by a uniform value of the bin', () => {
    const group = new OnePoint({ all: anyOf([0, 4], [100, 106]), gone: ignore([2, 3]) });
    const closing = intelligent(group.point, new RandomStream('uniform'));
    const values = [0, 1, 4, 100, 101, 102, 103, 104, 105, 106];
    const counts = values.map(() => 0);
    for (let i = 0; i < 5000; i++) counts[values.indexOf(closing.next() as number)]++;
    expect(
      chiSquare(
        counts,
        counts.map(() => 1),
      ),
    ).toBeLessThan(LIMIT_9);
  });

  it('are drawn from one stream only: equal keys, equal draws', () => {
    const draw = (): unknown[] => {
      const closing = intelligent(new OnePoint(auto({ bits: 10 })).point, new RandomStream('same'));
      return Array.from({ length: 50 }, () => closing.next());
    };
    expect(draw()).toEqual(draw());
  });
});

describe('transitions', () => {
  it('are replayed value by value', () => {
    const group = new OnePoint({
      up: steps('a', 'b', 'c'),
      hold: steps('x', repeat('y', [2, 4]), 'z'),
      far: steps('a', goto('c', 2), 'x'),
    });
    const closing = intelligent(group.point, new RandomStream('replay'));
    const draws: unknown[][] = [];
    while (!closing.isCovered) {
      const draw = [];
      do {
        draw.push(closing.next());
        group.sample(draw.at(-1) as string);
      } while (closing.isReplaying);
      draws.push(draw);
      expect(group.point.hits[0]).toBeGreaterThanOrEqual(0);
    }
    expect(draws).toHaveLength(3);
    expect(Array.from(group.point.counts).every((count) => count >= 1)).toBe(true);
    expect(group.told).toEqual([]);
  });

  it('go around illegal ones, and need ignored values only where there are no others', () => {
    const bins = {
      v: each([0, 5]),
      t: steps([0, 5], [0, 5], 3),
      only: steps(1, 7, 2),
      seven: ignore(7),
      two: ignore(2),
      bad: illegal(steps([0, 2], [4, 5])),
      worse: illegal(steps(5, anyOf(0, 1))),
      never: illegal([8, 9]),
    };
    const group = new OnePoint(bins, 3);
    const closing = intelligent(group.point, new RandomStream('around'));
    const drawn = new Set<unknown>();
    for (let i = 0; i < 3000; i++) {
      const value = closing.next() as number;
      drawn.add(value);
      group.sample(value);
    }
    expect([group.told, closing.isCovered]).toEqual([[], true]);
    expect(drawn).toEqual(new Set([0, 1, 2, 3, 4, 5, 7]));
  });

  it('stay with declared ones when all others are illegal', () => {
    const ring = each(steps(0, 1), steps(1, 2), steps(2, 0));
    const group = new OnePoint({ ring, n: each([0, 2]), bad: illegal(otherwiseSteps()) });
    const closing = intelligent(group.point, new RandomStream('ring'));
    for (let i = 0; i < 200; i++) group.sample(closing.next());
    expect([group.told, closing.isCovered]).toEqual([[], true]);
  });
});

describe('a cross', () => {
  class Crossed extends Covergroup<Pair> {
    readonly told: string[] = [];
    readonly op = this.coverpoint('op', {
      ...{ add: 'add', sub: 'sub' },
      other: anyOf('mul', 'div'),
    });
    readonly a = this.coverpoint('a', {
      zero: 0,
      low: [1, 9],
      tens: [5, 19],
      step: steps(1, 2),
      gone: ignore(7),
      bad: illegal([20, 99]),
      armed: when(illegal(8), () => true),
    });
    readonly x = this.cross(
      { op: this.op, a: this.a },
      {
        ignore: { addZero: binsof(this.op, 'add').and(binsof(this.a, 'zero')) },
        illegal: (bin) => bin.op === 'sub' && bin.a === 'tens',
        bins: { others: binsof(this.op, 'other') },
      },
    );
    constructor() {
      super('crossed');
      this.onIllegal = ({ item, bin, value }) => this.told.push(`${item} ${bin} ${value}`);
    }
  }

  it('closes in about as many draws as it has bins, typed by its points', () => {
    const group = new Crossed();
    const closing = intelligent(group.x, new RandomStream('cross'));
    let draws = 0;
    for (; !closing.isCovered; draws++) {
      const { op, a } = closing.next();
      const sampled: Pair = { op, a };
      group.sample(sampled);
      expect(draws).toBeLessThan(40);
    }
    // add: low, tens, step; sub: zero, low, step; others.
    expect(group.x.binNames).toEqual(['others']);
    expect(draws).toBeLessThanOrEqual(10);
    for (let i = 0; i < 2000; i++) group.sample(closing.next());
    expect(group.told).toEqual([]);
  });

  it('of a thousand tuples takes a thousand draws', () => {
    class Square extends Covergroup<{ readonly a: number; readonly b: number }> {
      readonly a = this.coverpoint('a', auto({ bits: 16, max: 32 }));
      readonly b = this.coverpoint('b', auto({ bits: 16, max: 32 }));
      readonly ab = this.cross({ a: this.a, b: this.b });
    }
    const group = new Square('s');
    const closing = intelligent(group.ab, new RandomStream('square'));
    let draws = 0;
    for (; !closing.isCovered; draws++) group.sample(closing.next());
    expect(draws).toBe(1024);
  });

  it('with one point on two axes has one value for both', () => {
    class Twice extends Covergroup<number> {
      readonly n = this.coverpoint((n) => n, { low: [0, 5], high: [4, 9] });
      readonly nn = this.cross({ x: this.n, y: this.n });
    }
    const group = new Twice('t');
    const closing = intelligent(group.nn, new RandomStream('twice'));
    for (let i = 0; i < 20 && !closing.isCovered; i++) {
      const { x, y } = closing.next();
      expect(x).toBe(y);
      group.sample(x);
    }
    expect(closing.isCovered).toBe(true);
    class Apart extends Twice {
      readonly m = this.coverpoint((n) => n, each(0, 1));
      readonly mm = this.cross({ x: this.m, y: this.m });
    }
    expect(() => intelligent(new Apart('a').mm, new RandomStream('apart'))).toThrow(
      /no value can be drawn for bin 'x=0 y=1': all are illegal, ignored or in no common bin/,
    );
  });
});

describe('what never happens', () => {
  const number = fc.integer({ min: 0, max: 12 });
  const range = fc.tuple(number, fc.nat(4)).map(([low, more]) => [low, low + more] as const);
  it('is a value that is illegal or ignored', () => {
    let closed = 0;
    fc.assert(
      fc.property(
        fc.array(range, { minLength: 1, maxLength: 5 }),
        fc.tuple(range, range),
        fc.constantFrom<IntelligentOptions>({}, { mode: 'increment' }, { threshold: 45 }),
        fc.integer({ min: 1, max: 3 }),
        (counted, [ignored, banned], options, atLeast) => {
          const named = counted.map((one, i) => [`b${i}`, one] as const);
          const bins: Bins<number> = {
            ...Object.fromEntries(named),
            gone: ignore(ignored),
            bad: illegal(banned),
            rest: otherwise(),
          };
          const group = new OnePoint(bins, atLeast);
          fc.pre(group.point.table.names.length > 0);
          const closing = intelligent(group.point, new RandomStream('law'), options);
          let draws = 0;
          for (; !closing.isCovered; draws++) {
            const value = closing.next() as number;
            group.sample(value);
            for (const [low, high] of [ignored, banned]) {
              expect(low <= value && value <= high).toBe(false);
            }
          }
          expect(draws).toBeLessThanOrEqual(atLeast * counted.length);
          closed++;
        },
      ),
      { seed: 1 },
    );
    expect(closed).toBeGreaterThan(50);
  });
});

describe('errors', () => {
  const drawing = (bins: Bins<Sampled>, options: IntelligentOptions = {}): (() => unknown) => {
    return () => intelligent(new OnePoint(bins).point, new RandomStream('errors'), options);
  };

  it.each<[() => unknown, RegExp]>([
    [
      drawing({ gone: ignore(1) }),
      /intelligent coverage is for 1\.\.65536 bins \(binsMax\), got 0/,
    ],
    [drawing(each(1), { target: 0 }), /target is a percentage above 0, got 0/],
    [drawing(each(1), { threshold: NaN }), /threshold is a percentage above 0, got NaN/],
    [
      drawing({ v: 1, t: steps(1, 2), two: illegal(2) }),
      /no value can be drawn for bin 't': all are illegal/,
    ],
    [
      drawing({ v: 1, bad: when(illegal(1), () => false) }),
      /no value can be drawn for bin 'v': all are illegal/,
    ],
  ])('say what is wrong', (make, message) => {
    expect(make).toThrow(message);
  });

  it('say that there is no way on', () => {
    const group = new OnePoint({ v: each(1, 2), bad: illegal(steps([1, 2], [1, 2])) });
    const closing = intelligent(group.point, new RandomStream('stuck'));
    closing.next();
    expect(() => closing.next()).toThrow(
      /no bin can be drawn after 'v\[[12]\]' without being illegal/,
    );
  });

  it('say that what is open is out of reach', () => {
    // From 1 there is no way to 2, and 1 was drawn by others first.
    const group = new OnePoint({
      v: each(1, 2),
      bad: illegal(steps(1, 2)),
      turn: illegal(steps(2, 1)),
    });
    const closing = intelligent(group.point, new RandomStream('reach'));
    const close = (): void => {
      while (!closing.isCovered) group.sample(closing.next());
    };
    expect(close).toThrow(
      /1000 draws have led to none of the open bins, as 'v\[[12]\]' \(detoursMax\)/,
    );
    closing.restart();
    expect(closing.next()).toBe(3 - [1, 2].find((n) => group.point.counts[n - 1] > 0)!);
  });
});
