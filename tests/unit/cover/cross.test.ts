// Crosses (IEEE 1800-2023 §19.6; semantics §3): any order, selections of tuples, ignored and illegal ones, sizes.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auto, each, ignore, when } from '#cover/bins';
import { recordGroup } from '#cover/coverage-db';
import { Covergroup } from '#cover/covergroup';
import type { IllegalHit } from '#cover/coverpoint';
import type { CrossOptions } from '#cover/cross';
import { binsof, not, valuesWhere } from '#cover/cross-select';
import { summarizeCoverage } from '#cover/summary';
import { steps } from '#cover/transitions';
import { DENSE_TUPLES_MAX, TupleCounts } from '#cover/tuple-counts';

interface Sample {
  readonly op: 'add' | 'sub' | 'mul';
  readonly a: number;
  readonly b: number;
}
type Options = CrossOptions<Sample, never>;

/** op (3 bins) × a (4 bins, an array and a transition) × b (2 bins). */
class Points extends Covergroup<Sample> {
  readonly op = this.coverpoint('op', each('add', 'sub', 'mul'));
  readonly a = this.coverpoint('a', { zero: 0, page: each([1, 2]), up: steps(0, [1, 2]) });
  readonly b = this.coverpoint('b', { low: [0, 3], high: [4, 7], gone: ignore(5) });
}

/** Names of the tuples that are automatic bins. */
function automatic(make: (group: Points) => Options): readonly string[] {
  class Crossed extends Points {
    readonly all = this.cross({ op: this.op, a: this.a, b: this.b }, make(this) as never);
  }
  const { all } = new Crossed('crossed');
  const indices = Array.from({ length: all.tupleCount }, (_, i) => i);
  return indices.filter((i) => all.isAutomatic(i)).map((i) => Object.values(all.tupleOf(i)).join());
}

const selected = (make: (group: Points) => NonNullable<Options['ignore']>): readonly string[] => {
  const left = new Set(automatic((group) => ({ ignore: make(group) })));
  return automatic(() => ({})).filter((name) => !left.has(name));
};

describe('selections', () => {
  it('take bins by point, by name, by array', () => {
    expect(selected((g) => binsof(g.op))).toHaveLength(24);
    expect(selected((g) => binsof(g.op, 'add', 'sub'))).toHaveLength(16);
    expect(selected((g) => binsof(g.a, 'page').and(binsof(g.op, 'mul')))).toEqual([
      'mul,page[1],low',
      'mul,page[1],high',
      'mul,page[2],low',
      'mul,page[2],high',
    ]);
    expect(selected((g) => binsof(g.a, 'page[2]', 'zero'))).toHaveLength(12);
  });

  it('take bins by the values in them, of transitions by the last one', () => {
    expect(selected((g) => binsof(g.a).intersect(0).and(binsof(g.op).intersect('add')))).toEqual([
      'add,zero,low',
      'add,zero,high',
    ]);
    const two = selected((g) => binsof(g.a).intersect([2, 9]).and(binsof(g.op, 'add')));
    expect(two).toEqual(['add,page[2],low', 'add,page[2],high', 'add,up,low', 'add,up,high']);
    // What is ignored is in no bin.
    expect(selected((g) => binsof(g.b).intersect(5))).toEqual([]);
    expect(selected((g) => binsof(g.b, 'low').intersect(6))).toEqual([]);
  });

  it('are joined by and, or, not', () => {
    const all = automatic(() => ({}));
    const both = selected((g) => binsof(g.op, 'add').and(binsof(g.b, 'low')));
    const either = selected((g) => binsof(g.op, 'add').or(binsof(g.b, 'low')));
    const neither = selected((g) => not(binsof(g.op, 'add').or(binsof(g.b, 'low'))));
    expect([both.length, either.length, neither.length]).toEqual([4, 16, 8]);
    expect([...either, ...neither].sort()).toEqual([...all].sort());
  });

  it('ask a function about the values in the bins', () => {
    const some = selected(() => valuesWhere(({ a, b }) => a > b));
    // zero has only 0; page[1] > 0; page[2] > 0, 1; high begins at 4.
    expect(some.every((name) => name.endsWith(',low') && !name.includes('zero'))).toBe(true);
    expect(some).toHaveLength(9);
    const always = selected(() => valuesWhere(({ a, b }) => a < b, { matches: 'all' }));
    expect(always.every((name) => name.endsWith(',high'))).toBe(true);
    expect(always).toHaveLength(12);
    expect(selected(() => valuesWhere(({ a, b }) => a > b, { matches: 2 }))).toHaveLength(6);
    interface Labelled {
      readonly op: string;
    }
    expect(selected(() => valuesWhere((v: Labelled) => v.op === 'mul'))).toHaveLength(8);
  });

  it('are the same as predicates over the names, for random expressions', () => {
    const leaf = fc.constantFrom('add', 'sub', 'low', 'high', 'zero');
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc.record({
          word: fc.constantFrom('and', 'or'),
          args: fc.tuple(tie('tree'), tie('tree')),
        }),
        fc.record({ word: fc.constant('not'), args: fc.tuple(tie('tree')) }),
      ),
    }));
    type Tree = string | Expression;
    interface Expression {
      readonly word: string;
      readonly args: readonly Tree[];
    }
    const pointOf = (g: Points, name: string): never =>
      (name === 'zero' ? g.a : name === 'low' || name === 'high' ? g.b : g.op) as never;
    const selection = (g: Points, { word, args }: Expression): never => {
      const [one, other] = args.map((arg) =>
        typeof arg === 'string' ? binsof(pointOf(g, arg), arg as never) : selection(g, arg),
      );
      return (word === 'not' ? not(one) : word === 'and' ? one.and(other) : one.or(other)) as never;
    };
    const holds = (names: readonly string[], of: Tree): boolean => {
      if (typeof of === 'string') return names.includes(of);
      const { word } = of;
      const [one, other] = of.args.map((arg) => holds(names, arg));
      return word === 'not' ? !one : word === 'and' ? one && other : one || other;
    };
    fc.assert(
      fc.property(tree as fc.Arbitrary<Tree>, (of) => {
        const whole = typeof of === 'string' ? { word: 'and', args: [of, of] } : of;
        const byName = automatic(() => ({})).filter((name) => holds(name.split(','), whole));
        expect(selected((g) => selection(g, whole))).toEqual(byName);
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it.each<[(g: Points) => NonNullable<Options['ignore']>, RegExp]>([
    [(g) => binsof(g.op, 'ad' as 'add'), /names no bin 'ad' \(did you mean 'add'\?\)/],
    [() => binsof(new Points('other').op), /binsof\(\.\.\.\) of a point that is no axis of it/],
  ])('refuse what is not there', (make, message) => {
    expect(() => selected(make)).toThrow(message);
  });

  it('refuse a point on two axes, and too many values to try', () => {
    class Twice extends Points {
      readonly twice = this.cross({ x: this.op, y: this.op }, { ignore: binsof(this.op, 'add') });
    }
    expect(() => new Twice('t')).toThrow(/of a point that is more than one axis of it/);
    class Wide extends Covergroup<{ readonly n: number }> {
      readonly n = this.coverpoint('n', { all: [0, 999] });
      readonly m = this.coverpoint('n', { all: [0, 99] });
      readonly nm = this.cross({ n: this.n, m: this.m }, { ignore: valuesWhere(() => true) });
    }
    expect(() => new Wide('w')).toThrow(
      /would try 100000 combinations for one tuple; at most 65536/,
    );
  });
});

describe('bins of the author', () => {
  class Crossed extends Points {
    readonly told: IllegalHit[] = [];
    readonly x = this.cross(
      { op: this.op, b: this.b },
      {
        bins: {
          adds: binsof(this.op, 'add'),
          lows: (bin) => bin.b === 'low' && bin.op !== 'mul',
          armed: when(binsof(this.op, 'sub').and(binsof(this.b, 'high')), (t: Sample) => t.a > 0),
          none: binsof(this.op, 'mul'),
        },
        illegal: {
          mulHigh: (bin) => bin.op === 'mul' && bin.b === 'high',
          mulAtZero: when(binsof(this.op, 'mul'), (t: Sample) => t.a === 0),
        },
        ignore: { mulLow: binsof(this.op, 'mul').and(binsof(this.b, 'low')) },
      },
    );
    constructor() {
      super('crossed');
      this.onIllegal = (hit) => this.told.push(hit);
    }
  }

  it('take all tuples they accept, also the same, out of the automatic ones', () => {
    const group = new Crossed();
    group.sample({ op: 'add', a: 0, b: 0 });
    group.sample({ op: 'sub', a: 0, b: 1 });
    group.sample({ op: 'sub', a: 0, b: 7 });
    group.sample({ op: 'sub', a: 1, b: 7 });
    const [cross] = recordGroup(group).crosses;
    expect([cross.bins, cross.counts]).toEqual([
      ['adds', 'lows', 'armed'],
      [1, 2, 1],
    ]);
    expect(cross.excluded).toEqual([0, 6]);
    expect(cross.binTuples).toEqual([
      [0, 2],
      [0, 1, 2, 1],
      [3, 1],
    ]);
    const [summary] = summarizeCoverage({ groups: [recordGroup(group)] }).groups;
    // Bc = 0, Bu = 3.
    expect(summary.items.at(-1)).toMatchObject({ bins: 3, covered: 3, percent: 100 });
  });

  it('are illegal by name, with conditions, before they are ignored', () => {
    const group = new Crossed();
    group.sample({ op: 'mul', a: 1, b: 7 });
    group.sample({ op: 'mul', a: 0, b: 0 });
    group.sample({ op: 'mul', a: 1, b: 0 });
    expect(group.told.map(({ bin, value }) => [bin, value])).toEqual([
      ['mulHigh', 'op=mul b=high'],
      ['mulAtZero', 'op=mul b=low'],
    ]);
    expect(recordGroup(group).crosses[0]).toMatchObject({ illegalCount: 2, illegalTuples: [5, 1] });
  });

  it('are alone when automatic bins are not retained', () => {
    class Alone extends Points {
      override readonly options = { retainAutoBins: false };
      readonly one = this.cross(
        { op: this.op, b: this.b },
        { bins: { adds: binsof(this.op, 'add') } },
      );
      readonly plain = this.cross({ op: this.op, b: this.b });
      readonly kept = this.cross(
        { op: this.op, b: this.b },
        { bins: { adds: binsof(this.op, 'add') }, retainAutoBins: true },
      );
    }
    // The option stands after the points, in a subclass: crosses take it from the group's constructor only.
    expect(() => new Alone('a').sample({ op: 'add', a: 0, b: 0 })).toThrow(
      /Alone: the field 'options' stands after a coverpoint/,
    );
    class First extends Covergroup<Sample> {
      override readonly options = { retainAutoBins: false };
      readonly op = this.coverpoint('op', each('add', 'sub', 'mul'));
      readonly b = this.coverpoint('b', { low: [0, 3], high: [4, 7] });
      readonly one = this.cross(
        { op: this.op, b: this.b },
        { bins: { adds: binsof(this.op, 'add') } },
      );
      readonly plain = this.cross({ op: this.op, b: this.b });
      readonly kept = this.cross(
        { op: this.op, b: this.b },
        { bins: { adds: binsof(this.op, 'add') }, retainAutoBins: true },
      );
    }
    const { items } = new First('f').summary();
    expect(items.slice(2).map(({ bins }) => bins)).toEqual([1, 6, 5]);
  });
});

describe('large crosses', () => {
  class Bits extends Covergroup<readonly number[]> {
    readonly p;
    constructor(widths: readonly number[]) {
      super('bits');
      this.p = widths.map((bits, i) =>
        this.coverpoint((t) => t[i], auto({ bits, max: 2 ** bits })),
      );
    }
  }

  it('of six points count what a map counts', () => {
    class Six extends Bits {
      readonly x = this.cross(Object.fromEntries(this.p.map((point, i) => [`p${i}`, point])));
    }
    const group = new Six([2, 1, 3, 1, 2, 1]);
    expect(group.x.tupleCount).toBe(1024);
    const seen = new Map<number, number>();
    for (let i = 0; i < 500; i++) {
      const one = (i * 37) % 1024;
      group.sample([
        one >> 8,
        (one >> 7) & 1,
        (one >> 4) & 7,
        (one >> 3) & 1,
        (one >> 1) & 3,
        one & 1,
      ]);
      seen.set(one, (seen.get(one) ?? 0) + 1);
    }
    const pairs = [...seen].sort((a, b) => a[0] - b[0]).flat();
    expect(recordGroup(group).crosses[0].hits).toEqual(pairs);
  });

  it('of a million tuples take memory for those hit only', () => {
    class Million extends Bits {
      readonly x = this.cross({ a: this.p[0], b: this.p[1] });
    }
    const group = new Million([10, 10]);
    expect([group.x.tupleCount, group.x.tuples.dense]).toEqual([1 << 20, undefined]);
    for (let i = 0; i < 3000; i++) group.sample([(i * 7) & 1023, (i * 13) & 1023]);
    const { hits } = recordGroup(group).crosses[0];
    expect(hits.filter((_, i) => i % 2 === 1).reduce((sum, count) => sum + count, 0)).toBe(3000);
    expect(group.summary().items[2]).toMatchObject({ bins: 1 << 20, covered: 1024 });
  });

  it('of more tuples want to be asked for, and have an end', () => {
    class Huge extends Bits {
      readonly x;
      constructor(tuplesMax?: number) {
        super([11, 11]);
        const options = tuplesMax === undefined ? {} : { tuplesMax };
        this.x = this.cross({ a: this.p[0], b: this.p[1] }, options);
      }
    }
    expect(() => new Huge()).toThrow(
      /a cross of Huge has 4194304 tuples \(2048 × 2048\); at most 1048576 \(tuplesMax\)/,
    );
    const group = new Huge(1 << 22);
    group.sample([2047, 2047]);
    expect(recordGroup(group).crosses[0].hits).toEqual([(1 << 22) - 1, 1]);
    expect(() => new Huge(1 << 25)).toThrow(/tuplesMax is 1\.\.16777216, got 33554432/);
  });

  it('count with a hash table as with an array', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 3000, size: 'max' }),
        fc.integer({ min: 1, max: 997 }),
        (tuples, factor) => {
          const sparse = new TupleCounts(DENSE_TUPLES_MAX * 64);
          const plain = new Map<number, number>();
          for (const one of tuples) {
            const tuple = one * factor;
            sparse.add(tuple);
            plain.set(tuple, (plain.get(tuple) ?? 0) + 1);
          }
          expect(sparse.pairs()).toEqual([...plain].sort((a, b) => a[0] - b[0]).flat());
          for (const [tuple, count] of plain) expect(sparse.get(tuple)).toBe(count);
          expect(sparse.get(DENSE_TUPLES_MAX * 64 - 1)).toBe(0);
        },
      ),
      { seed: 1, numRuns: 40 },
    );
  });
});
