// Claims about crosses and what a tuple counts in. Source: IEEE 1800-2023 §19.6, §19.11.2; semantics §3.
import { expect } from 'vitest';
import { auto, each, when } from '#cover/bins';
import { recordGroup } from '#cover/coverage-db';
import { Covergroup } from '#cover/covergroup';
import { binsof, not, valuesWhere } from '#cover/cross-select';
import { steps } from '#cover/transitions';
import type { ClaimChapter } from './claim.ts';
import { Points, type Pair } from './coverage-bench.ts';

export const CROSS_CHAPTER: ClaimChapter = {
  title: 'Cross coverage',
  source: 'IEEE 1800-2023 clause 19.6; semantics §3',
  claims: [
    {
      id: 'COV-6.1',
      feature: '19.6 cross of any number of coverpoints, with `iff`',
      support: 'yes',
      verify() {
        class Crossed extends Points {
          readonly six = this.cross(
            { a: this.a, b: this.b, c: this.a, d: this.b, e: this.a, f: this.b },
            { iff: (t) => t.b === 1 },
          );
        }
        const group = new Crossed();
        for (const b of [0, 1]) group.sample({ a: 0, b });
        // b, d and f are 1: strides 36, 6 and 1.
        expect([group.six.tupleCount, group.six.tuples.pairs()]).toEqual([216, [43, 1]]);
      },
    },
    {
      id: 'COV-6.2',
      feature: '19.6 cross of a variable: an implicit coverpoint',
      support: 'no',
      note: 'Types are gone when the program runs: declare the point with `auto(...)`, and weight 0 if it is only for the cross.',
    },
    {
      id: 'COV-6.3',
      feature: '19.6 a value in several bins of a point counts in all their tuples',
      support: 'yes',
      verify() {
        class Crossed extends Covergroup<Pair> {
          readonly a = this.coverpoint('a', { x: [0, 5], y: [5, 9] });
          readonly b = this.coverpoint('b', each(0));
          readonly ab = this.cross({ a: this.a, b: this.b });
        }
        const group = new Crossed('c');
        group.sample({ a: 5, b: 0 });
        expect(group.ab.tuples.pairs()).toEqual([0, 1, 1, 1]);
      },
    },
    {
      id: 'COV-6.4',
      feature: '19.6.1 `binsof(point)`, `binsof(point.bin)`, `intersect`, `!`, `&&`, `||`',
      support: 'yes',
      verify() {
        class Crossed extends Points {
          readonly ab = this.cross(
            { a: this.a, b: this.b },
            {
              bins: {
                c1: binsof(this.a).intersect([4, 6]).and(binsof(this.b).intersect(1)),
                c2: not(binsof(this.a, 'low').or(binsof(this.a, 'high'))),
              },
            },
          );
        }
        expect(recordGroup(new Crossed()).crosses[0].binTuples).toEqual([
          [3, 1, 5, 1],
          [0, 2],
        ]);
      },
    },
    {
      id: 'COV-6.5',
      feature: '19.6.1 `intersect` on transition bins compares the last value',
      support: 'yes',
      verify() {
        class Crossed extends Covergroup<Pair> {
          readonly a = this.coverpoint('a', { up: steps(0, 1), down: steps(1, 0) });
          readonly b = this.coverpoint('b', each(0));
          readonly ab = this.cross(
            { a: this.a, b: this.b },
            { ignore: binsof(this.a).intersect(1) },
          );
        }
        const { ab } = new Crossed('c');
        expect([ab.isAutomatic(0), ab.isAutomatic(1)]).toEqual([false, true]);
      },
    },
    {
      id: 'COV-6.6',
      feature: '19.6.1.2 `with` on tuples of values, `matches`',
      support: 'yes',
      verify() {
        class Crossed extends Points {
          readonly ab = this.cross(
            { a: this.a, b: this.b },
            {
              bins: {
                some: valuesWhere((v) => v.a === 2 * v.b),
                all: valuesWhere((v) => v.a > v.b, { matches: 'all' }),
              },
            },
          );
        }
        expect(recordGroup(new Crossed()).crosses[0].binTuples).toEqual([
          [0, 1, 3, 1],
          [2, 1, 4, 2],
        ]);
      },
    },
    {
      id: 'COV-6.7',
      feature: '19.6.1.3, 19.6.1.4 automatically defined types of a cross, sets of tuples',
      support: 'differs',
      note: 'A bin may be any function of the names of the bins, typed by the points.',
      verify() {
        const wanted = new Set(['zero 0', 'high 1']);
        class Crossed extends Points {
          readonly ab = this.cross(
            { a: this.a, b: this.b },
            { bins: { set: (bin) => wanted.has(`${bin.a} ${bin.b}`) } },
          );
        }
        expect(recordGroup(new Crossed()).crosses[0].binTuples).toEqual([[0, 1, 5, 1]]);
      },
    },
    {
      id: 'COV-6.8',
      feature: '19.6.2, 19.6.3 ignored and illegal cross bins; illegal over ignored over others',
      support: 'yes',
      verify() {
        class Crossed extends Points {
          readonly ab = this.cross(
            { a: this.a, b: this.b },
            {
              bins: { zeros: binsof(this.a, 'zero') },
              ignore: { skip: binsof(this.b, '0') },
              illegal: { bad: binsof(this.a, 'zero').and(binsof(this.b, '0')) },
            },
          );
        }
        const group = new Crossed();
        for (const b of [0, 1]) group.sample({ a: 0, b });
        const [cross] = recordGroup(group).crosses;
        expect([group.told, cross.binTuples, cross.hits]).toEqual([
          ['bad a=zero b=0'],
          [[1, 1]],
          [],
        ]);
      },
    },
    {
      id: 'COV-6.9',
      feature: '19.6 `iff` of a cross bin',
      support: 'yes',
      verify() {
        class Crossed extends Points {
          readonly ab = this.cross(
            { a: this.a, b: this.b },
            { bins: { low: when(binsof(this.a, 'low'), (t: Pair) => t.a > 2) } },
          );
        }
        const group = new Crossed();
        for (const a of [1, 3]) group.sample({ a, b: 0 });
        expect(Array.from(group.ab.binCounts)).toEqual([1]);
      },
    },
    {
      id: 'COV-6.10',
      feature:
        '19.11.2 cross % = covered / (Bc + Bu): tuples of no other bin, and bins of the author with tuples',
      support: 'yes',
      verify() {
        class Crossed extends Points {
          readonly ab = this.cross(
            { a: this.a, b: this.b },
            {
              bins: { lows: binsof(this.a, 'low'), none: binsof(this.a, 'zero') },
              ignore: binsof(this.a, 'zero'),
            },
          );
        }
        const group = new Crossed();
        group.sample({ a: 1, b: 1 });
        // Bc = 2 (high by 0 and 1), Bu = 1.
        expect(group.summary().items[2]).toMatchObject({ bins: 3, covered: 1 });
      },
    },
    {
      id: 'COV-6.11',
      feature: '19.7 `cross_retain_auto_bins`',
      support: 'yes',
      verify() {
        class Crossed extends Points {
          readonly ab = this.cross(
            { a: this.a, b: this.b },
            { bins: { lows: binsof(this.a, 'low') }, retainAutoBins: false },
          );
        }
        expect(new Crossed().summary().items[2]).toMatchObject({ bins: 1 });
      },
    },
    {
      id: 'COV-6.12',
      feature: 'crosses of a million tuples take memory for tuples that are hit',
      support: 'yes',
      verify() {
        class Wide extends Covergroup<Pair> {
          readonly a = this.coverpoint('a', auto({ bits: 10, max: 1024 }));
          readonly b = this.coverpoint('b', auto({ bits: 10, max: 1024 }));
          readonly ab = this.cross({ a: this.a, b: this.b });
        }
        const group = new Wide('w');
        group.sample({ a: 1023, b: 1023 });
        expect([group.ab.tuples.dense, group.ab.tuples.pairs()]).toEqual([
          undefined,
          [(1 << 20) - 1, 1],
        ]);
      },
    },
  ],
};
