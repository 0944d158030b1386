// Claims about transition bins. Source: IEEE 1800-2023 §19.5.2, §19.5.5, §19.5.6; semantics §3.
import { expect } from 'vitest';
import { anyOf, each, ignore, illegal, otherwiseSteps } from '#cover/bins';
import { Covergroup } from '#cover/covergroup';
import { goto, nonconsecutive, repeat, steps } from '#cover/transitions';
import type { ClaimChapter } from './claim.ts';
import { counts, sampled } from './coverage-bench.ts';

export const TRANSITION_CHAPTER: ClaimChapter = {
  title: 'Transition bins',
  source: 'IEEE 1800-2023 clause 19.5.2; semantics §3',
  claims: [
    {
      id: 'COV-T.1',
      feature: 'sequences of values, ranges and sets; several alternative sequences in one bin',
      support: 'yes',
      verify() {
        const sa = anyOf(steps(4, 5, 6), steps(anyOf([7, 9], 10), anyOf(11, 12)));
        expect(counts({ sa }, [4, 5, 6, 8, 12])).toEqual({ sa: 2 });
      },
    },
    {
      id: 'COV-T.2',
      feature: 'an array has one bin per single transition',
      support: 'yes',
      verify() {
        const sb = each(steps(4, 5, 6), steps(anyOf([7, 9], 10), anyOf(11, 12)));
        const names = Object.keys(counts({ sb }));
        expect([names.length, ...names.slice(0, 2)]).toEqual([9, 'sb[4=>5=>6]', 'sb[7=>11]']);
      },
    },
    {
      id: 'COV-T.3',
      feature: 'attempts overlap: every sample may begin one',
      support: 'yes',
      verify: () => expect(counts({ pair: steps(1, 1) }, [1, 1, 1, 1])).toEqual({ pair: 3 }),
    },
    {
      id: 'COV-T.4',
      feature: 'a bin counts once per sample, however many of its sequences complete there',
      support: 'yes',
      verify: () =>
        expect(counts({ t: anyOf(steps(1, 2), steps(0, 1, 2)) }, [0, 1, 2])).toEqual({ t: 1 }),
    },
    {
      id: 'COV-T.5',
      feature: 'consecutive repeats `[*n]`, `[*a:b]`',
      support: 'yes',
      verify: () =>
        expect(counts({ t: steps(repeat(3, [2, 3]), 5) }, [3, 5, 3, 3, 5])).toEqual({ t: 1 }),
    },
    {
      id: 'COV-T.6',
      feature:
        'goto repeats `[->n]`, `[->a:b]`: what comes next follows the last occurrence at once',
      support: 'yes',
      verify() {
        const t = steps(1, goto(3, 2), 5);
        expect(counts({ t }, [1, 0, 3, 0, 3, 5])).toEqual({ t: 1 });
        expect(counts({ t }, [1, 3, 3, 0, 5])).toEqual({ t: 0 });
      },
    },
    {
      id: 'COV-T.7',
      feature: 'nonconsecutive repeats `[=n]`, `[=a:b]`: others may stand before what comes next',
      support: 'yes',
      verify() {
        const t = steps(1, nonconsecutive(3, 2), 5);
        expect(counts({ t }, [1, 0, 3, 3, 0, 5])).toEqual({ t: 1 });
        expect(counts({ t }, [1, 3, 3, 3, 5])).toEqual({ t: 0 });
      },
    },
    {
      id: 'COV-T.8',
      feature: '`[=n]` as the last step',
      support: 'differs',
      note: 'Completes with the n-th occurrence, not again at every sample that follows without one.',
      verify: () =>
        expect(counts({ t: steps(1, nonconsecutive(3, 1)) }, [1, 3, 7, 7])).toEqual({ t: 1 }),
    },
    {
      id: 'COV-T.9',
      feature: 'steps of open length are refused in an array; so is a transition of a single value',
      support: 'yes',
      verify() {
        expect(() => counts({ t: each(steps(1, goto(3, 1))) })).toThrow(/steps of open length/);
        expect(() => counts({ t: steps(1) })).toThrow(/at least two values, got 1/);
      },
    },
    {
      id: 'COV-T.10',
      feature: '`default sequence`: what goes along with no declared transition',
      support: 'differs',
      note: 'A sample that follows another one and neither completes nor carries on a transition; the count is `point.defaultStepsCount` and stands in no record.',
      verify() {
        const { point } = sampled({ t: steps(4, 5, 6), rest: otherwiseSteps() }, [4, 5, 6, 7, 8]);
        expect(point.defaultStepsCount).toBe(2);
      },
    },
    {
      id: 'COV-T.11',
      feature: '19.5.5 an ignored value leaves transitions that contain it alone',
      support: 'yes',
      verify: () =>
        expect(counts({ t: steps(1, 2, 3), two: ignore(2) }, [1, 2, 3])).toEqual({ t: 1 }),
    },
    {
      id: 'COV-T.12',
      feature: '19.5.5 ignored transitions are taken out of other bins, value by value',
      support: 'yes',
      verify() {
        const bins = { t: steps(anyOf(1, 2), 3), gone: ignore(steps(1, 3)) };
        expect(counts(bins, [1, 3, 2, 3])).toEqual({ t: 1 });
        expect(counts({ n: 7, t: steps(1, 3), gone: ignore(steps([0, 2], 3)) })).toEqual({ n: 0 });
      },
    },
    {
      id: 'COV-T.13',
      feature: '19.5.5 `iff` of ignored transitions',
      support: 'no',
      note: 'Refused: what a transition is taken out of is settled when it is declared.',
    },
    {
      id: 'COV-T.14',
      feature: '19.5.6 illegal transitions are errors and count in no other bin',
      support: 'yes',
      verify() {
        const group = sampled({ t: steps(1, [2, 3]), bad: illegal(steps(1, 2)) }, [1, 2, 1, 3]);
        expect([group.told, Array.from(group.point.counts)]).toEqual([['bad 2'], [1]]);
      },
    },
    {
      id: 'COV-T.15',
      feature: '19.6 a transition counts in a cross at the sample that completes it',
      support: 'yes',
      verify() {
        class Crossed extends Covergroup<readonly [number, number]> {
          readonly a = this.coverpoint((t) => t[0], { up: steps(0, 1) });
          readonly b = this.coverpoint((t) => t[1], each(0, 1));
          readonly ab = this.cross({ a: this.a, b: this.b });
        }
        const group = new Crossed('c');
        group.sample([0, 0]);
        group.sample([1, 1]);
        expect(group.ab.tuples.pairs()).toEqual([1, 1]);
      },
    },
    {
      id: 'COV-T.16',
      feature: 'a sample that `iff` takes out is no part of a transition and does not end it',
      support: 'yes',
      verify() {
        class Guarded extends Covergroup<readonly [number, boolean]> {
          readonly a = this.coverpoint((t) => t[0], { up: steps(0, 1) }, { iff: (t) => t[1] });
        }
        const group = new Guarded('g');
        for (const one of [
          [0, true],
          [5, false],
          [1, true],
        ] as const)
          group.sample(one);
        expect(group.a.counts[0]).toBe(1);
      },
    },
  ],
};
