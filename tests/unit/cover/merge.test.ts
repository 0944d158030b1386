// Merging and percentages of coverage records (semantics §3).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { each, illegal } from '#cover/bins';
import { Covergroup } from '#cover/covergroup';
import { recordGroup } from '#cover/coverage-db';
import { mergeCoverage } from '#cover/merge';
import { summarizeCoverage } from '#cover/summary';
import type { CoverageRecord } from '#record/coverage-record';

interface Sample {
  readonly x: number;
  readonly y: string;
}

/** A model whose bins depend on a parameter, as they do when a testbench is changed between two runs. */
class Model extends Covergroup<Sample> {
  readonly x;
  readonly y = this.coverpoint('y', { a: 'a', b: 'b', bad: illegal('z') });
  readonly both;
  constructor(xs: readonly number[]) {
    super('m');
    this.x = this.coverpoint('x', each(...xs));
    this.both = this.cross({ x: this.x, y: this.y }, { ignore: (bin) => bin.x === '1' });
  }
}

const record = (xs: readonly number[], samples: readonly Sample[]): CoverageRecord => {
  const group = new Model(xs);
  for (const sample of samples) group.sample(sample);
  return { groups: [recordGroup(group)] };
};

const anySample = fc.record({
  x: fc.integer({ min: 0, max: 5 }),
  y: fc.constantFrom('a', 'b', 'z'),
});
const anyRecord = fc
  .tuple(fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { minLength: 1 }), fc.array(anySample))
  .map(([xs, samples]) => record(xs, samples));

describe('merging', () => {
  it('does not depend on order or grouping, over changed models too', () => {
    fc.assert(
      fc.property(anyRecord, anyRecord, anyRecord, (a, b, c) => {
        const all = mergeCoverage([a, b, c]);
        expect(mergeCoverage([c, a, b])).toEqual(all);
        expect(mergeCoverage([mergeCoverage([a, b]), c])).toEqual(all);
        expect(mergeCoverage([a, mergeCoverage([b, c])])).toEqual(all);
      }),
      { seed: 1 },
    );
  });

  it('is the coverage of all samples together when the models are equal', () => {
    fc.assert(
      fc.property(fc.array(anySample), fc.array(anySample), (first, second) => {
        const xs = [4, 0, 1];
        const merged = mergeCoverage([record(xs, first), record(xs, second)]);
        expect(merged).toEqual(record(xs, [...first, ...second]));
      }),
      { seed: 1 },
    );
  });

  it('of nothing is empty, and loses nothing alone', () => {
    expect(mergeCoverage([])).toEqual({ groups: [] });
    const one = record([3, 2], [{ x: 2, y: 'a' }]);
    expect(mergeCoverage([one])).toEqual(one);
  });

  it('survives JSON', () => {
    const one = record([3, 2], [{ x: 2, y: 'a' }]);
    expect(JSON.parse(JSON.stringify(one))).toEqual(one);
  });
});

describe('the summary', () => {
  it('weighs items as the standard does', () => {
    // semantics §3: 100 % with w=3, 50 % with w=1, 0 % with w=0 gives 87.5 %.
    class Weighed extends Covergroup<number> {
      readonly a = this.coverpoint((t) => t, each(1), { weight: 3 });
      readonly b = this.coverpoint((t) => t, each(1, 2), { weight: 1 });
      readonly c = this.cross({ a: this.a, b: this.b }, { weight: 0, atLeast: 2 });
    }
    const group = new Weighed('w');
    group.sample(1);
    const summary = summarizeCoverage({ groups: [recordGroup(group)] });
    expect(summary.percent).toBe(87.5);
    expect(summary.groups[0].items.map((item) => item.percent)).toEqual([100, 50, 0]);
  });

  it('is n/a where nothing is countable, never 100', () => {
    class Empty extends Covergroup<number> {
      readonly bad = this.coverpoint((t) => t, { never: illegal(1) });
    }
    const summary = summarizeCoverage({ groups: [recordGroup(new Empty('e'))] });
    expect(summary.percent).toBeNull();
    expect(summary.groups[0].items[0]).toMatchObject({ percent: null, bins: 0, holeCount: 0 });
  });

  it('lists holes up to a bound and counts them all', () => {
    const summary = summarizeCoverage(record([0, 1, 2], [{ x: 0, y: 'a' }]), { holesMax: 2 });
    const [y, x, both] = summary.groups[0].items;
    expect(y).toMatchObject({ holes: ['b'], holeCount: 1, bins: 2 });
    expect(x).toMatchObject({ holes: ['1', '2'], holeCount: 2 });
    expect(both).toMatchObject({ holes: ['x=0 y=b', 'x=2 y=a'], holeCount: 3, bins: 4 });
  });

  it('asks at least as many hits as the item wants', () => {
    class Deep extends Covergroup<number> {
      readonly point = this.coverpoint((t) => t, each(1, 2), { atLeast: 2 });
    }
    const group = new Deep('d');
    for (const value of [1, 1, 2]) group.sample(value);
    const [summary] = summarizeCoverage({ groups: [recordGroup(group)] }).groups;
    expect(summary.items[0]).toMatchObject({ covered: 1, holes: ['2'] });
  });
});
