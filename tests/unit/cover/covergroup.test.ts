// Covergroups: what is counted by one sample (semantics §3).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyOf, each, ignore, illegal, otherwise, split, type Bins } from '#cover/bins';
import { Covergroup } from '#cover/covergroup';
import { CoverageDb, recordGroup } from '#cover/coverage-db';
import type { IllegalHit } from '#cover/coverpoint';
import { summarizeCoverage } from '#cover/summary';
import { steps } from '#cover/transitions';

type Op = 'add' | 'sub' | 'mul' | 'div';
interface Result {
  readonly op: Op;
  readonly a: number;
  readonly b: number;
}

class AluCoverage extends Covergroup<Result> {
  readonly op = this.coverpoint('op', each('add', 'sub', 'mul', 'div'));
  readonly a = this.coverpoint('a', { zero: 0, low: [1, 127], high: [128, 254], max: 255 });
  readonly wraps = this.coverpoint(
    (t) => t.a + t.b > 255,
    { no: false, yes: true },
    { iff: (t) => t.op === 'add' },
  );
  readonly order = this.coverpoint('op', {
    mulAfterSub: steps('sub', 'mul'),
    twoDivs: steps('div', 'div'),
  });
  readonly b = this.coverpoint('b', { zero: 0, some: [1, 255], tooWide: illegal([256, 65535]) });
  readonly opByB = this.cross(
    { op: this.op, b: this.b },
    { ignore: (bin) => bin.op === 'add' && bin.b === 'zero' },
  );
}

class OnePoint extends Covergroup<number | string> {
  readonly point;
  constructor(bins: Bins<number | string>) {
    super('one');
    this.point = this.coverpoint((t) => t, bins);
  }
}

/** Bin -> count after sampling the values. */
function counts(
  bins: Bins<number | string>,
  values: readonly (number | string)[],
): Record<string, number> {
  const group = new OnePoint(bins);
  for (const value of values) group.sample(value);
  const [point] = recordGroup(group).points;
  return Object.fromEntries(point.bins.map((name, i) => [name, point.counts[i]]));
}

const oneToTwelve = Array.from({ length: 12 }, (_, i) => i + 1);

describe('a covergroup', () => {
  it('counts points, guarded points, transitions and crosses of each sample', () => {
    const group = new AluCoverage('alu');
    group.sample({ op: 'add', a: 0, b: 0 });
    group.sample({ op: 'sub', a: 255, b: 1 });
    group.sample({ op: 'mul', a: 128, b: 0 });
    group.sample({ op: 'add', a: 128, b: 200 });
    const record = recordGroup(group);
    const byName = Object.fromEntries(record.points.map((p) => [p.name, p.counts]));
    expect(byName).toEqual({
      op: [2, 1, 1, 0],
      a: [1, 0, 2, 1],
      wraps: [1, 1],
      order: [1, 0],
      b: [2, 2],
    });
    // Tuples are (op, b): add zero is ignored, so the first sample counts nothing.
    expect(record.crosses[0].hits).toEqual([1, 1, 3, 1, 4, 1]);
    expect(record.crosses[0].excluded).toEqual([0, 1]);
    expect(record.samples).toBe(4);
  });

  it('names items after their fields, those in records too', () => {
    class Nested extends Covergroup<number> {
      readonly by = { odd: this.coverpoint((t) => t % 2, each(0, 1)) };
    }
    expect(recordGroup(new Nested('n')).points[0].name).toBe('by[odd]');
  });

  it('refuses an item that no field holds', () => {
    class Loose extends Covergroup<number> {
      constructor() {
        super();
        this.coverpoint((t) => t, each(1));
      }
    }
    expect(() => recordGroup(new Loose())).toThrow(/Loose has an item that no field holds/);
  });

  it('reports an illegal value, counts it apart and not in the bins that match it', () => {
    const hits: IllegalHit[] = [];
    const group = new AluCoverage('alu');
    group.onIllegal = (hit) => hits.push(hit);
    group.sample({ op: 'div', a: 1, b: 300 });
    expect(hits).toEqual([
      { type: 'AluCoverage', group: 'alu', item: 'b', bin: 'tooWide', value: '300' },
    ]);
    const record = recordGroup(group);
    expect(record.points[4].counts).toEqual([0, 0]);
    expect(record.points[4].illegalCounts).toEqual([1]);
    expect(record.crosses[0].hits).toEqual([]);
  });

  it('takes undefined as no sample', () => {
    class Sometimes extends Covergroup<number> {
      readonly point = this.coverpoint((t) => (t > 1 ? t : undefined), { one: 1, more: [2, 9] });
    }
    const group = new Sometimes('s');
    group.sample(1);
    group.sample(2);
    expect(recordGroup(group).points[0].counts).toEqual([0, 1]);
  });
});

describe('bins', () => {
  it('count a value in every bin that has it', () => {
    expect(counts({ small: [0, 9], even: anyOf(2, 4), big: [10, 99] }, [2, 2, 3])).toEqual({
      small: 3,
      even: 2,
      big: 0,
    });
  });

  it('are spread before ignored values are taken out', () => {
    // semantics §3: b[4] = {[1:12]}, ignore 4 gives {1-3}, {5,6}, {7-9}, {10-12}.
    const bins = { b: split(4, [1, 12]), four: ignore(4) };
    expect(counts(bins, oneToTwelve)).toEqual({
      'b[1..3]': 3,
      'b[4..6]': 2,
      'b[7..9]': 3,
      'b[10..12]': 3,
    });
  });

  it('put the remainder of a split into the last bin, and drop bins without values', () => {
    expect(counts({ b: split(4, [1, 10], 11, 14, 17) }, [10, 11, 17, 9])).toEqual({
      'b[1..3]': 0,
      'b[4..6]': 0,
      'b[7..9]': 1,
      'b[10,11,14,17]': 3,
    });
    expect(Object.keys(counts(split(5, [1, 2]), []))).toEqual(['1', '2']);
  });

  it('leave when all their values are ignored or illegal', () => {
    const bins = { a: [1, 4] as const, b: [5, 6] as const, low: ignore([5, 5]), high: illegal(6) };
    expect(counts(bins, [1, 5])).toEqual({ a: 1 });
    expect(counts({ b: [5, 9], low: ignore([5, 6]), high: ignore([8, 12]) }, [7])).toEqual({
      b: 1,
    });
  });

  it('count in the default bin only what no value bin, ignored or illegal one names', () => {
    class WithDefault extends Covergroup<number> {
      readonly point = this.coverpoint((t) => t, {
        one: 1,
        two: ignore(2),
        three: illegal(3),
        rest: otherwise(),
      });
    }
    const group = new WithDefault('d');
    for (const value of [1, 2, 3, 4, 1e9]) group.sample(value);
    const [point] = recordGroup(group).points;
    expect([point.defaultCount, point.bins, point.counts]).toEqual([2, ['one'], [1]]);
  });

  it('recognise overlapping transitions, through ignored values too', () => {
    const values = [1, 1, 1, 2, 3];
    const bins = {
      pair: steps(1, 1),
      up: steps(1, anyOf(2, 4), [3, 5]),
      two: ignore(2),
      n: each(1),
    };
    expect(counts(bins, values)).toEqual({ pair: 2, up: 1, 'n[1]': 3 });
  });

  it('report illegal transitions', () => {
    const hits: IllegalHit[] = [];
    const group = new OnePoint({ a: 'a', back: illegal(steps('b', 'a')) });
    group.onIllegal = (hit) => hits.push(hit);
    for (const value of ['a', 'b', 'a']) group.sample(value);
    expect(hits.map((hit) => hit.bin)).toEqual(['back']);
  });

  it.each<[Bins<number | string>, RegExp]>([
    [{ a: [3, 1] as const }, /a range is \[low, high\] in integers, got \[3, 1\]/],
    [{ a: steps(1) }, /bin 'a': a transition has at least two values, got 1/],
    [{ a: split(2, 1, 1) }, /two bins called 'a\[1\]'/],
    [each([0, 100_000]), /100001 bins; 1\.\.32768 \(binsMax\)/],
    [{ a: otherwise(), b: otherwise() }, /more than one default bin/],
  ])('refuse %j', (bins, message) => {
    expect(() => new OnePoint(bins)).toThrow(message);
  });

  it('match as a plain comparison of values does, in tables and by search', () => {
    const range = fc
      .tuple(fc.integer({ min: -40, max: 40 }), fc.nat(20))
      .map(([low, width]) => [low, low + width] as const);
    fc.assert(
      fc.property(
        fc.record({ a: range, b: range, gone: range, wide: fc.boolean() }),
        fc.array(fc.integer({ min: -70, max: 70 })),
        ({ a, b, gone, wide }, values) => {
          const far = wide ? { far: [2 ** 40, 2 ** 50] as const } : {};
          const isIn = ([low, high]: readonly [number, number], v: number): boolean =>
            low <= v && v <= high;
          const seen = counts({ a, b, gone: ignore(gone), ...far }, values);
          for (const [name, bin] of Object.entries({ a, b })) {
            const left = values.filter((v) => isIn(bin, v) && !isIn(gone, v)).length;
            expect(seen[name] ?? 0).toBe(left);
          }
        },
      ),
      { seed: 1 },
    );
  });
});

describe('a cross', () => {
  class Crossed extends Covergroup<{ readonly x: number; readonly y: number }> {
    readonly x = this.coverpoint('x', { low: [0, 4], mid: [3, 6], high: [7, 9] });
    readonly y = this.coverpoint('y', { a: 0, b: 1, up: steps(0, 1) });
    readonly both = this.cross(
      { x: this.x, y: this.y },
      {
        illegal: (bin) => bin.x === 'high' && bin.y === 'a',
        ignore: (bin) => bin.x === 'high' && bin.y !== 'up',
        bins: { lowB: (bin) => bin.x === 'low' && bin.y === 'b', never: () => false },
      },
    );
  }

  it('counts every tuple of several matching bins, transitions where they complete', () => {
    const group = new Crossed('c');
    group.sample({ x: 3, y: 0 });
    group.sample({ x: 3, y: 1 });
    const [cross] = recordGroup(group).crosses;
    // low a, low up, mid a, mid b, mid up; low b is the author's bin.
    expect(cross.hits).toEqual([0, 1, 2, 1, 3, 1, 4, 1, 5, 1]);
    expect([cross.bins, cross.counts]).toEqual([['lowB'], [1]]);
    expect(cross.excluded).toEqual([1, 1, 6, 2]);
    const [summary] = summarizeCoverage({ groups: [recordGroup(group)] }).groups;
    // Bc = 9 tuples - low b - high a - high b, Bu = 1; only "high up" is open.
    expect(summary.items[2]).toMatchObject({ bins: 7, covered: 6, holes: ['x=high y=up'] });
  });

  it('reports illegal tuples, illegal over ignored', () => {
    const hits: IllegalHit[] = [];
    const group = new Crossed('c');
    group.onIllegal = (hit) => hits.push(hit);
    group.sample({ x: 8, y: 0 });
    expect(hits).toEqual([
      { type: 'Crossed', group: 'c', item: 'both', bin: 'illegal', value: 'x=high y=a' },
    ]);
  });

  it('refuses a point of another group', () => {
    const other = new Crossed('other');
    class Mixed extends Covergroup<{ readonly x: number; readonly y: number }> {
      readonly mine = this.coverpoint('x', each(1));
      readonly both = this.cross({ mine: this.mine, theirs: other.y });
    }
    expect(() => new Mixed('m')).toThrow(/axis 'theirs' of a cross of Mixed is no coverpoint/);
  });
});

describe('the database of a run', () => {
  it('unites instances of a type and passes illegal hits on', () => {
    const db = new CoverageDb();
    const hits: IllegalHit[] = [];
    db.onIllegal((hit) => hits.push(hit));
    const [one, two] = [new AluCoverage('one'), new AluCoverage('two')];
    db.add(one);
    db.add(two);
    one.sample({ op: 'add', a: 1, b: 1 });
    two.sample({ op: 'div', a: 1, b: 999 });
    const { groups } = db.record();
    expect(groups).toHaveLength(1);
    expect(groups[0].samples).toBe(2);
    expect(groups[0].points[0].counts).toEqual([1, 0, 0, 1]);
    expect(hits.map((hit) => hit.group)).toEqual(['two']);
    expect(() => db.add(new AluCoverage('two'))).toThrow(
      /two covergroups AluCoverage are called 'two'/,
    );
  });
});
