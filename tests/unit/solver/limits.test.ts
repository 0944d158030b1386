// The limits of the solver: each error names the limit, its value and how to raise it; soft constraints are never given up in silence.
import { beforeAll, describe, expect, it } from 'vitest';
import { RandomStream } from '#random/random-stream';
import { span, uint } from '#solver/domain';
import { arrayOf, wide } from '#solver/field-domain';
import { setSolverLimits, SOLVER_LIMITS, type SolverLimits } from '#solver/limits';
import { rand } from '#solver/random-class';
import { share, weigh } from '#solver/weights';
import { expectGolden } from '#tests/unit/uvm/golden';
import { thrown } from './thrown.ts';

class Pair {
  p = 0;
  q = 0;
  r = 0;
}
const DOMAINS = { p: uint(26), q: uint(26), r: uint(8) } as const;
const pair = (blocks: Parameters<typeof rand<Pair, typeof DOMAINS>>[2]) =>
  rand(Pair, DOMAINS, blocks).create(new RandomStream('limits'));

describe('the limits', () => {
  it.each<[string, Partial<SolverLimits>, RegExp]>([
    [
      'unknown',
      { trieMax: 5 } as Partial<SolverLimits>,
      /no limit 'trieMax' \(did you mean 'triesMax'\?\)/,
    ],
    ['no integer', { triesMax: 0.5 }, /triesMax is an integer from 1, got 0\.5/],
    [
      'not a row',
      { boxesMax: [5, 4, 6] },
      /boxesMax is three ascending integers from 1, got 5,4,6/,
    ],
  ])('refuse what is %s', (_, changes, message) => {
    const before = { ...SOLVER_LIMITS };
    const error = thrown(() => setSolverLimits(changes));
    expect(error.code).toBe('bad-limits');
    expect(error.message).toMatch(message);
    expect({ ...SOLVER_LIMITS }).toEqual(before);
  });
});

describe('when limits are low', () => {
  beforeAll(() => {
    setSolverLimits({
      triesMax: 200,
      boxesMax: [16, 32, 64],
      diagramNodesMax: 10_000,
      diagramStepsMax: 50_000,
      distDrawsMax: 1000,
      distValuesMax: 64,
      earlyTriesMax: 4,
      earlyValuesMax: 16,
    });
  });

  const cases: readonly (readonly [string, () => void])[] = [
    [
      'boxes whose points are no solutions',
      () => pair({ hash: (v) => v.p.times(v.q).bitXor(v.p).mod(99_991).is(17) }).randomize(),
    ],
    [
      'numbers beyond 53 bits',
      () => {
        class Wide {
          a = 0n;
          b = 0n;
        }
        rand(Wide, { a: wide(64), b: wide(64) }, { hash: (v) => v.a.times(v.b).mod(65_521).is(1) })
          .create(new RandomStream('limits'))
          .randomize();
      },
    ],
    [
      'a distribution of which few values have a solution',
      () =>
        pair({
          weights: (v) => v.p.dist(share([0, 2 ** 25], 3), share([2 ** 25 + 1, 2 ** 26 - 1], 1)),
          product: (v) => v.p.times(v.q).is(8191 * 8179),
        }).randomize(),
    ],
    [
      'a distribution of which few values are aligned',
      () =>
        pair({
          weights: (v) => v.p.dist(share([1, 2 ** 22], 1), share([2 ** 22 + 1, 2 ** 26 - 1], 1)),
          aligned: (v) => [v.p.mod(2 ** 16).is(5), v.p.times(v.q).mod(251).is(v.r)],
        }).randomize(),
    ],
    [
      'a distribution of which no value has a solution',
      () =>
        pair({
          weights: (v) => v.r.dist(weigh(3, 1), weigh(5, 1)),
          even: (v) => v.r.is(v.p.times(v.q).bitXor(v.p).mod(99_991).times(2)),
        }).randomize(),
    ],
    [
      'a soft constraint of which it is not known whether it can hold',
      () =>
        pair({
          even: (v) => v.p.mod(2).is(0),
          hash: (v) => v.p.times(v.q).bitXor(v.p).mod(99_991).is(17).soft(),
        }).randomize(),
    ],
    [
      'sizes that cannot be completed',
      () => {
        class Lists {
          a: number[] = [];
          b: number[] = [];
        }
        rand(
          Lists,
          {
            a: arrayOf(uint(4), { size: span(1, 12) }),
            b: arrayOf(uint(4), { size: span(1, 12) }),
          },
          {
            both: (v) =>
              v.a
                .sum()
                .plus(v.b.sum())
                .is(24 * 15 - 1)
                .and(v.a.length.ge(1)),
          },
        )
          .create(new RandomStream('limits'))
          .randomize();
      },
    ],
  ];

  it('each error says which one, what it is, and how to raise it', () => {
    const told = cases.map(([title, call]) => {
      const error = thrown(call);
      expect(error.code).toMatch(/^solve-(limit|failed)$/);
      return `## ${title}\n\n${error.code}\n${error.message}\n`;
    });
    expectGolden('solver/limits.txt', told.join('\n'));
  });

  it('cannot be changed any more', () => {
    setSolverLimits({ triesMax: 200 });
    const error = thrown(() => setSolverLimits({ triesMax: 201 }));
    expect(error.message).toMatch(/triesMax cannot change from 200 to 201: something was solved/);
  });
});

describe('a soft constraint of which draws decide', () => {
  it('is kept when a draw shows that it can hold', () => {
    const one = pair({ rare: (v) => v.p.times(v.q).bitXor(v.p).mod(61).is(17).soft() });
    for (let n = 0; n < 10; n++) {
      one.randomize();
      const product = BigInt(one.p) * BigInt(one.q);
      expect((product ^ BigInt(one.p)) % 61n).toBe(17n);
    }
  });

  it('is given up when it contradicts a harder one', () => {
    const one = pair({
      hard: (v) => v.p.is(3),
      low: (v) => v.p.lt(3).soft(),
      high: (v) => v.q.is(5).soft(),
    });
    one.randomize();
    expect([one.p, one.q]).toEqual([3, 5]);
  });
});
