// Claims about covergroups and coverpoints: how they are declared and what a sample counts.
// Source: IEEE 1800-2023 §19.3-19.5; semantics §3.
import { expect } from 'vitest';
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
  type Sampled,
} from '#cover/bins';
import { Covergroup } from '#cover/covergroup';
import { steps } from '#cover/transitions';
import { AnalysisPort } from '#uvm/ports';
import type { ClaimChapter } from './claim.ts';
import { OnePoint, counts, sampled, type Pair } from './coverage-bench.ts';

export const COVERPOINT_CHAPTER: ClaimChapter = {
  title: 'Covergroups and coverpoints',
  source: 'IEEE 1800-2023 clauses 19.3-19.5; semantics §3',
  claims: [
    {
      id: 'COV-3.1',
      feature: '19.3 covergroup: a type with any number of instances, each with counts of its own',
      support: 'yes',
      verify() {
        const [one, two] = [new OnePoint(each(1, 2)), new OnePoint(each(1, 2))];
        one.sample(1);
        expect([one, two].map((group) => Array.from(group.point.counts))).toEqual([
          [1, 0],
          [0, 0],
        ]);
      },
    },
    {
      id: 'COV-3.2',
      feature: '19.3 covergroup with arguments to new',
      support: 'yes',
      verify() {
        class Upto extends Covergroup<number> {
          readonly n;
          constructor(name: string, max: number) {
            super(name);
            this.n = this.coverpoint((n) => n, each([1, max]));
          }
        }
        expect(new Upto('upto', 3).n.table.names).toEqual(['1', '2', '3']);
      },
    },
    {
      id: 'COV-3.3',
      feature: '19.3 coverage event `@(event)`, `with function sample(...)`',
      support: 'differs',
      note: 'The type parameter of the class is the argument of `sample`; instead of an event, an analysis port is connected to the group.',
      verify() {
        class Pairs extends Covergroup<Pair> {
          readonly a = this.coverpoint('a', each(1));
          readonly sum = this.coverpoint((t) => t.a + t.b, each(3));
        }
        const pairs = new Pairs('pairs');
        const port = new AnalysisPort<Pair>('port');
        port.connect(pairs);
        port.write({ a: 1, b: 2 });
        pairs.sample({ a: 1, b: 1 });
        expect([pairs.a.counts[0], pairs.sum.counts[0]]).toEqual([2, 1]);
      },
    },
    {
      id: 'COV-3.4',
      feature: '19.3 coverage event `@@(begin task or end function)`, option `strobe`',
      support: 'no',
      note: 'A call of `sample` at the place in question.',
    },
    {
      id: 'COV-3.5',
      feature: '19.4.1 a derived covergroup adds coverpoints and crosses to those of its base',
      support: 'yes',
      verify() {
        class Base extends Covergroup<Pair> {
          readonly a = this.coverpoint('a', each(0, 1));
        }
        class More extends Base {
          readonly b = this.coverpoint('b', each(0, 1));
          readonly ab = this.cross({ a: this.a, b: this.b });
        }
        const more = new More('more');
        more.sample({ a: 0, b: 1 });
        expect(more.ab.tuples.pairs()).toEqual([1, 1]);
      },
    },
    {
      id: 'COV-3.6',
      feature: '19.4.1 a derived covergroup replaces a coverpoint of its base',
      support: 'no',
      note: 'A coverpoint that no field holds is refused; give the bins to the constructor of the base.',
    },
    {
      id: 'COV-5.1',
      feature: '19.5 coverpoint of a variable or an expression, with `iff`',
      support: 'yes',
      verify() {
        class Guarded extends Covergroup<Pair> {
          readonly a = this.coverpoint('a', each(1));
          readonly odd = this.coverpoint((t) => t.a % 2, each(1), { iff: (t) => t.b > 0 });
        }
        const group = new Guarded('g');
        for (const b of [0, 1]) group.sample({ a: 1, b });
        expect([group.a.counts[0], group.odd.counts[0]]).toEqual([2, 1]);
      },
    },
    {
      id: 'COV-5.2',
      feature: '19.5 a value that several bins have counts in all of them',
      support: 'yes',
      verify: () => expect(counts({ a: [0, 5], b: [5, 9] }, [5])).toEqual({ a: 1, b: 1 }),
    },
    {
      id: 'COV-5.3',
      feature: '19.5 real coverpoints, `real_interval`',
      support: 'no',
      note: 'Bins are of integers and labels: measure a scaled value, `(t) => Math.round(t.volts * 1000)`.',
    },
    {
      id: 'COV-5.4',
      feature:
        '19.5.1 bins of values, ranges and lists of them: one bin, one per value, a fixed number',
      support: 'yes',
      verify() {
        const bins = {
          a: anyOf([0, 63], 65),
          b: each([127, 150], [148, 191]),
          f: split(4, [1, 10], 1, 4, 7),
        };
        const names = Object.keys(counts(bins));
        expect(names.filter((name) => name.startsWith('b['))).toHaveLength(65);
        expect(names.slice(-4)).toEqual(['f[1..3]', 'f[4..6]', 'f[7..9]', 'f[10,1,4,7]']);
      },
    },
    {
      id: 'COV-5.5',
      feature: '19.5.1 open ranges `[a:$]`',
      support: 'differs',
      note: 'The width is not known to a coverpoint: the other end is a number, up to 2^53-1.',
      verify: () =>
        expect(counts({ high: [1000, Number.MAX_SAFE_INTEGER] }, [999, 1000, 2 ** 52])).toEqual({
          high: 2,
        }),
    },
    {
      id: 'COV-5.5b',
      feature: '19.5 bins of variables wider than 53 bits',
      support: 'no',
      note: 'A bigint has no bins; types, the declaration and `sample` refuse it. Measure a part, `(t) => Number(t.address >> 32n)`, or a label.',
    },
    {
      id: 'COV-5.6',
      feature: '19.5.1 default bin: what no other bin has; counts for nothing, enters no cross',
      support: 'yes',
      verify() {
        const group = sampled({ one: 1, two: ignore(2), rest: otherwise() }, [1, 2, 3]);
        expect([group.point.defaultCount, group.getInstCoverage()]).toEqual([1, 100]);
      },
    },
    {
      id: 'COV-5.7',
      feature: '19.5.1 default bins as an array',
      support: 'no',
      note: '`otherwise()` has one count; name the values with `each` to have one each.',
    },
    {
      id: 'COV-5.8',
      feature: '19.5.1 `iff` of a bin',
      support: 'yes',
      verify() {
        class Guarded extends Covergroup<Pair> {
          readonly a = this.coverpoint('a', { on: when(1, (t: Pair) => t.b > 0), any: 1 });
        }
        const group = new Guarded('g');
        for (const b of [0, 1]) group.sample({ a: 1, b });
        expect(Array.from(group.a.counts)).toEqual([1, 2]);
      },
    },
    {
      id: 'COV-5.9',
      feature: '19.5.1.1 `with`: values that a function keeps, before they are spread over bins',
      support: 'yes',
      verify: () =>
        expect(Object.keys(counts({ t: filter(split(2, [0, 9]), (v) => v % 3 === 0) }))).toEqual([
          't[0,3]',
          't[6,9]',
        ]),
    },
    {
      id: 'COV-5.10',
      feature: '19.5.1.2 set expressions: bins from a list that is computed',
      support: 'yes',
      verify() {
        const primes = [2, 3, 5, 7];
        expect(counts({ prime: anyOf(...primes), p: each(...primes) }, [5, 6])).toMatchObject({
          prime: 1,
          'p[5]': 1,
        });
      },
    },
    {
      id: 'COV-5.11',
      feature:
        '19.5.3 automatic bins: min(2^width, auto_bin_max) of an integer, one per label of an enumeration',
      support: 'yes',
      verify() {
        expect(Object.keys(counts(auto({ bits: 3 })))).toHaveLength(8);
        expect(Object.keys(counts(auto({ bits: 8 })))).toHaveLength(64);
        const labels = Array.from({ length: 70 }, (_, i) => `l${i}`);
        expect(Object.keys(counts(auto({ labels })))).toEqual(labels);
      },
    },
    {
      id: 'COV-5.12',
      feature: '19.5.3 a coverpoint without bins has automatic ones, named `auto[value]`',
      support: 'differs',
      note: 'Types are gone when the program runs: `auto({ bits })` or `auto({ labels })` says what the variable is. Names are the values: `0..3`.',
      verify: () => expect(Object.keys(counts(auto({ bits: 4, max: 4 })))[0]).toBe('0..3'),
    },
    {
      id: 'COV-5.13',
      feature:
        '19.5.4 wildcard bins: x, z and ? match either digit; also as arrays and in transitions',
      support: 'yes',
      verify() {
        expect(counts({ g12_15: wildcard("4'b11??") }, [11, 12, 15])).toEqual({ g12_15: 2 });
        expect(Object.keys(counts({ w: each(wildcard('1x0x')) }))).toHaveLength(4);
        expect(counts({ t: steps(wildcard('0x'), wildcard('1x')) }, [1, 3])).toEqual({ t: 1 });
      },
    },
    {
      id: 'COV-5.14',
      feature: '19.5.5 ignored values are taken out after values have been spread over bins',
      support: 'yes',
      verify: () =>
        expect(counts({ b: split(4, [1, 12]), four: ignore(4) }, [3, 4, 5, 6])).toEqual({
          'b[1..3]': 1,
          'b[4..6]': 2,
          'b[7..9]': 0,
          'b[10..12]': 0,
        }),
    },
    {
      id: 'COV-5.15',
      feature: '19.5.5 a bin that is empty afterwards leaves numerator and denominator',
      support: 'yes',
      verify() {
        const group = sampled({ a: 1, b: [5, 6], x: ignore(5), y: illegal(6) }, [1]);
        expect(group.summary().items[0]).toMatchObject({ bins: 1, percent: 100 });
      },
    },
    {
      id: 'COV-5.16',
      feature:
        '19.5.6 an illegal value is an error, also when another bin or an ignored one has it',
      support: 'yes',
      verify() {
        const group = sampled({ all: [0, 9], skip: ignore(3), bad: illegal(3) }, [3, 4]);
        expect([group.told, Array.from(group.point.counts)]).toEqual([['bad 3'], [1]]);
      },
    },
    {
      id: 'COV-5.17',
      feature: '19.5.6 `illegal_bins bad = default`, `illegal_bins bad[]`',
      support: 'yes',
      verify() {
        expect(sampled({ a: 1, bad: illegal(otherwise()) }, [1, 2]).told).toEqual(['bad 2']);
        expect(sampled({ bad: illegal(each(1, 2)) }, [2]).told).toEqual(['bad[2] 2']);
      },
    },
    {
      id: 'COV-5.18',
      feature: '19.5.7 a value outside the type of the coverpoint is warned about',
      support: 'differs',
      note: 'Labels that the field cannot have do not compile; the width of integers is not known.',
      verify() {
        class Labels extends Covergroup<{ readonly op: 'add' | 'sub' }> {
          // @ts-expect-error -- 'mul' is no value of the field
          readonly op = this.coverpoint('op', each('add', 'mul'));
        }
        expect(new Labels('l').op.table.names).toEqual(['add', 'mul'] satisfies Sampled[]);
      },
    },
  ],
};
