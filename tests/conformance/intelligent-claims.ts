// Claims about intelligent coverage. Source: semantics §10.
import { expect } from 'vitest';
import { anyOf, auto, each, ignore, illegal } from '#cover/bins';
import { intelligent } from '#cover/intelligent-coverage';
import { steps } from '#cover/transitions';
import { RandomStream } from '#random/random-stream';
import type { ClaimChapter } from './claim.ts';
import { OnePoint, Points } from './coverage-bench.ts';

export const INTELLIGENT_CHAPTER: ClaimChapter = {
  title: 'Intelligent coverage',
  source: 'semantics §10 (OSVVM)',
  claims: [
    {
      id: 'COV-I.1',
      feature: 'N bins close in N draws when each draw is sampled',
      support: 'yes',
      verify() {
        const group = new OnePoint(each([0, 99]));
        const closing = intelligent(group.point, new RandomStream('n'));
        let draws = 0;
        for (; !closing.isCovered; draws++) group.sample(closing.next());
        expect(draws).toBe(100);
      },
    },
    {
      id: 'COV-I.2',
      feature:
        'weights REMAIN and AT_LEAST, modes RANDOM, INCREMENT and MINIMUM, threshold, target',
      support: 'yes',
      verify() {
        const group = new OnePoint(each(0, 1, 2), { atLeast: 10 });
        for (let i = 0; i < 9; i++) group.sample(0);
        const stream = new RandomStream('modes');
        const drawn = (options: Parameters<typeof intelligent>[2]): readonly unknown[] => {
          const closing = intelligent(group.point, stream, options);
          return Array.from({ length: 300 }, () => closing.next());
        };
        const zeros = (values: readonly unknown[]): number => {
          return values.filter((value) => value === 0).length;
        };
        // 1 of 21, against 1 of 3.
        expect(zeros(drawn({}))).toBeLessThan(40);
        expect(zeros(drawn({ weights: 'atLeast' }))).toBeGreaterThan(60);
        expect(drawn({ mode: 'increment' }).slice(0, 4)).toEqual([0, 1, 2, 0]);
        expect(new Set(drawn({ mode: 'minimum' }))).toEqual(new Set([1]));
        expect(zeros(drawn({ threshold: 45 }))).toBe(0);
        expect(zeros(drawn({ target: 80 }))).toBe(0);
      },
    },
    {
      id: 'COV-I.3',
      feature: 'a random point of the bin, a tuple for crosses; never an ignored or illegal value',
      support: 'yes',
      verify() {
        class Crossed extends Points {
          readonly c = this.coverpoint('a', {
            all: [0, 9],
            odd: ignore(anyOf(1, 3)),
            nine: illegal(9),
          });
          readonly cb = this.cross({ c: this.c, b: this.b });
        }
        const group = new Crossed();
        const closing = intelligent(group.cb, new RandomStream('tuples'));
        const drawn = new Set<number>();
        for (let i = 0; i < 300; i++) drawn.add(closing.next().c);
        expect([...drawn].sort((x, y) => x - y)).toEqual([0, 2, 4, 5, 6, 7, 8]);
      },
    },
    {
      id: 'COV-I.4',
      feature: 'a transition bin is replayed step by step',
      support: 'yes',
      verify() {
        const group = new OnePoint({ t: steps('a', 'b', 'c') });
        const closing = intelligent(group.point, new RandomStream('steps'));
        expect([closing.next(), closing.next(), closing.next()]).toEqual(['a', 'b', 'c']);
      },
    },
    {
      id: 'COV-I.5',
      feature: 'a model with nothing to count is not covered',
      support: 'differs',
      note: 'It is refused: a loop until it is covered would have no end. So is a bin that only illegal values could hit.',
      verify() {
        const group = new OnePoint({ gone: ignore(1) });
        expect(() => intelligent(group.point, new RandomStream('none'))).toThrow(
          /binsMax\), got 0/,
        );
      },
    },
    {
      id: 'COV-I.6',
      feature: 'draws come from one stream of the run and repeat with it',
      support: 'yes',
      verify() {
        const draw = (): unknown[] => {
          const closing = intelligent(new OnePoint(auto({ bits: 9 })).point, new RandomStream('k'));
          return Array.from({ length: 20 }, () => closing.next());
        };
        expect(draw()).toEqual(draw());
      },
    },
  ],
};
