// The words for bins (IEEE 1800-2023 §19.5): automatic bins, patterns, filters, conditions, what is illegal by default.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  anyOf,
  auto,
  each,
  filter,
  ignore,
  illegal,
  otherwise,
  split,
  when,
  wildcard,
  type Bins,
  type Sampled,
} from '#cover/bins';
import { recordGroup } from '#cover/coverage-db';
import { Covergroup } from '#cover/covergroup';
import type { GroupOptions, PointOptions } from '#cover/covergroup-options';
import type { IllegalHit } from '#cover/coverpoint';
import { steps } from '#cover/transitions';

class OnePoint extends Covergroup<Sampled> {
  readonly point;
  constructor(bins: Bins<Sampled>, options: GroupOptions = {}, own: PointOptions<Sampled> = {}) {
    super('one', options);
    this.point = this.coverpoint((t) => t, bins, own);
  }
}

/** Bin -> count after sampling the values. */
function counts(bins: Bins<Sampled>, values: readonly Sampled[] = []): Record<string, number> {
  const group = new OnePoint(bins);
  for (const value of values) group.sample(value);
  const [point] = recordGroup(group).points;
  return Object.fromEntries(point.bins.map((name, i) => [name, point.counts[i]]));
}

const names = (bins: Bins<Sampled>): readonly string[] => Object.keys(counts(bins));

describe('automatic bins', () => {
  it('are one per value up to autoBinMax, and as many as that above', () => {
    expect(names(auto({ bits: 2 }))).toEqual(['0', '1', '2', '3']);
    expect(names(auto({ bits: 6 }))).toHaveLength(64);
    const wide = names(auto({ bits: 8 }));
    expect([wide.length, wide[0], wide[63]]).toEqual([64, '0..3', '252..255']);
    expect(names(auto({ bits: 53 })).at(-1)).toBe(`${2 ** 53 - 2 ** 47}..${2 ** 53 - 1}`);
  });

  it('have the remainder in the last one, and go below zero when signed', () => {
    expect(names(auto({ bits: 3, max: 3 }))).toEqual(['0..1', '2..3', '4..7']);
    expect(counts(auto({ bits: 2, isSigned: true }), [-2, -1, 1, 2])).toEqual({
      '-2': 1,
      '-1': 1,
      '0': 0,
      '1': 1,
    });
  });

  it('take their number from the point, then the group', () => {
    const bins = (options: GroupOptions, own: PointOptions<Sampled> = {}): number =>
      new OnePoint(auto({ bits: 8 }), options, own).point.table.names.length;
    expect(bins({ autoBinMax: 16 })).toBe(16);
    expect(bins({ autoBinMax: 16 }, { autoBinMax: 4 })).toBe(4);
    expect(() => bins({ autoBinMax: 0 })).toThrow(/OnePoint: autoBinMax is from 1, got 0/);
  });

  it('are one per label, uncapped', () => {
    const labels = Array.from({ length: 100 }, (_, i) => `label${i}`);
    expect(names(auto({ labels }))).toEqual(labels);
  });

  it('leave what is ignored out, after they have been made', () => {
    const bins = { a: auto({ bits: 8 }), low: ignore([0, 3]), one: ignore(4) };
    const all = names(bins);
    expect([all.length, all[0]]).toEqual([63, 'a[4..7]']);
    expect(counts(bins, [0, 4, 5])['a[4..7]']).toBe(1);
  });

  it.each([0, 54, 1.5])('refuse %d bits', (bits) => {
    expect(() => auto({ bits })).toThrow(/auto: an integer has 1\.\.53 bits \(bitsMax\), got/);
  });
});

describe('patterns', () => {
  it('match what their digits say, as plain text comparison does', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[01x?z]{1,9}$/), (text) => {
        const { ranges } = wildcard(text);
        for (let value = 0; value < 2 ** (text.length + 1); value++) {
          const digits = value.toString(2).padStart(text.length, '0');
          const isMatch =
            digits.length === text.length &&
            text.split('').every((digit, i) => /[x?z]/.test(digit) || digit === digits[i]);
          expect(ranges.some(([low, high]) => low <= value && value <= high)).toBe(isMatch);
        }
        ranges.slice(1).forEach(([low], i) => expect(low).toBeGreaterThan(ranges[i][1] + 1));
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it('are one bin, or an array of bins, or a part of either', () => {
    expect(counts({ odd: wildcard('xx1') }, [1, 2, 7, 9])).toEqual({ odd: 2 });
    expect(names({ n: each(wildcard('1x0x')) })).toEqual(['n[8]', 'n[9]', 'n[12]', 'n[13]']);
    expect(names({ n: split(2, wildcard('1x0x')) })).toEqual(['n[8..9]', 'n[12..13]']);
    expect(
      counts({ a: anyOf(wildcard('00?'), 7), gone: ignore(wildcard('1')) }, [0, 1, 7]),
    ).toEqual({ a: 2 });
  });

  it('are literals with size and base, or a value and a mask', () => {
    expect(wildcard("8'h4?").ranges).toEqual([[0x40, 0x4f]]);
    expect(wildcard("'o7_x").ranges).toEqual([[56, 63]]);
    expect(wildcard("6'b1x").ranges).toEqual([[2, 3]]);
    expect(wildcard("6'bx1").ranges).toHaveLength(32);
    expect(wildcard({ value: 0b1000, mask: 0b1010, bits: 4 }).ranges).toEqual(
      wildcard('1x0x').ranges,
    );
    const wide = wildcard(`1${'x'.repeat(52)}`);
    expect(wide.ranges).toEqual([[2 ** 52, 2 ** 53 - 1]]);
  });

  it.each([
    ['12', /'12' is no pattern/],
    ['', /'' is no pattern/],
    ["2'b111", /'2'b111' is no pattern/],
    ["8'hx_g", /is no pattern/],
    ['x'.repeat(54), /has 54 bits; at most 53 \(bitsMax\)/],
    ["99'h1", /has 54 bits; at most 53/],
    [`${'x'.repeat(17)}1`, /has 131072 ranges; at most 65536 \(rangesMax\)/],
    [{ value: 8, mask: 1, bits: 3 }, /value 8 with mask 1 in 3 bits is no pattern/],
  ])('refuse %j', (pattern, message) => {
    expect(() => wildcard(pattern)).toThrow(message);
  });
});

describe('filters', () => {
  it('take values out before they are spread over bins', () => {
    const isThird = (value: number): boolean => value % 3 === 0;
    expect(names({ t: filter(each([0, 9]), isThird) })).toEqual(['t[0]', 't[3]', 't[6]', 't[9]']);
    expect(names({ t: filter(split(2, [0, 9]), isThird) })).toEqual(['t[0,3]', 't[6,9]']);
    expect(counts({ t: filter([0, 9], isThird), rest: otherwise() }, [3, 4, 12])).toEqual({ t: 1 });
    expect(names(filter(auto({ bits: 4 }), (v) => v > 13))).toEqual(['14', '15']);
    expect(names({ t: filter(each('add', 'sub'), (op) => op !== 'add') })).toEqual(['t[sub]']);
  });

  it('leave no bin when they keep nothing, and may name what is ignored', () => {
    expect(names({ a: 1, t: filter(each([0, 9]), () => false) })).toEqual(['a']);
    const bins = { v: each([0, 3]), odd: ignore(filter([0, 3], (value) => value % 2 === 1)) };
    expect(names(bins)).toEqual(['v[0]', 'v[2]']);
  });

  it('are not asked about more values than is sensible', () => {
    expect(() => new OnePoint({ t: filter([0, 2 ** 21], () => true) })).toThrow(
      /bin 't': a filter of 2097153 values; at most 1048576/,
    );
  });
});

describe('arrays', () => {
  it('have one bin for a value that is there twice; fixed numbers of bins keep it twice', () => {
    // 65 bins 127..191, and <1,2,3>, <4,5,6>, <7,8,9>, <10,1,4,7>, in the examples of IEEE 1800 §19.5.1.
    expect(names({ b: each([127, 150], [148, 191]) })).toHaveLength(65);
    expect(names({ f: split(4, [1, 10], 1, 4, 7) })).toEqual([
      'f[1..3]',
      'f[4..6]',
      'f[7..9]',
      'f[10,1,4,7]',
    ]);
    expect(counts({ f: split(4, [1, 10], 1, 4, 7) }, [1, 4])).toEqual({
      'f[1..3]': 1,
      'f[4..6]': 1,
      'f[7..9]': 0,
      'f[10,1,4,7]': 2,
    });
  });

  it('of labels cannot be split', () => {
    const bins = { f: filter({ kind: 'split', count: 2, items: ['a'] }, () => true) };
    expect(() => new OnePoint(bins as Bins<Sampled>)).toThrow(/only integers are spread over bins/);
  });
});

interface Guarded {
  readonly value: number;
  readonly isOn: boolean;
}

class GuardedPoint extends Covergroup<Guarded> {
  readonly hits: string[] = [];
  readonly value = this.coverpoint('value', {
    low: when([0, 4], (t: Guarded) => t.isOn),
    all: [0, 9],
    gone: when(ignore(3), (t: Guarded) => !t.isOn),
    bad: when(illegal(5), (t: Guarded) => t.isOn),
    worse: illegal(6),
    pair: when(steps(7, 8), (t: Guarded) => t.isOn),
    rest: when(otherwise(), (t: Guarded) => t.isOn),
  });
  constructor() {
    super('guarded');
    this.onIllegal = (hit: IllegalHit) => this.hits.push(hit.bin);
  }
  after(...samples: readonly (readonly [number, boolean])[]): readonly number[] {
    for (const [value, isOn] of samples) this.sample({ value, isOn });
    return Array.from(this.value.counts);
  }
}

describe('a condition of a bin', () => {
  it('counts only when it is true, and leaves other bins alone', () => {
    expect(new GuardedPoint().after([1, true], [1, false])).toEqual([1, 2, 0]);
  });

  it('ignores and is illegal only when it is true; the bins stay countable', () => {
    const group = new GuardedPoint();
    expect(group.value.table.names).toEqual(['low', 'all', 'pair']);
    expect(group.after([3, true], [3, false], [5, false], [5, true], [6, false])).toEqual([
      1, 2, 0,
    ]);
    expect(group.hits).toEqual(['bad', 'worse']);
  });

  it('holds for a transition at the sample that completes it', () => {
    expect(new GuardedPoint().after([7, false], [8, true], [7, true], [8, false])).toEqual([
      0, 4, 1,
    ]);
  });

  it('holds for the default bin', () => {
    const group = new GuardedPoint();
    group.after([70, true], [70, false]);
    expect(group.value.defaultCount).toBe(1);
  });
});

describe('what is illegal by default', () => {
  it('is every value that no bin names, with values that are ignored named', () => {
    const group = new OnePoint({ a: 1, two: ignore(2), bad: illegal(otherwise()) });
    const hits: string[] = [];
    group.onIllegal = ({ bin, value }) => hits.push(`${bin} ${value}`);
    for (const value of [1, 2, 3, 'x', 0.5]) group.sample(value);
    expect(hits).toEqual(['bad 3', 'bad x', 'bad 0.5']);
    expect(() => new OnePoint({ a: 1, b: otherwise(), c: illegal(otherwise()) })).toThrow(
      /more than one default bin/,
    );
  });

  it('tells an array of illegal values apart', () => {
    const group = new OnePoint({ bad: illegal(each(1, 2)) });
    const hits: string[] = [];
    group.onIllegal = ({ bin }) => hits.push(bin);
    for (const value of [1, 2]) group.sample(value);
    expect(hits).toEqual(['bad[1]', 'bad[2]']);
  });
});
