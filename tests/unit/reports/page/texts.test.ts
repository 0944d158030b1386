// Words, numbers and geometry of the closure page.
import { describe, expect, it } from 'vitest';
import type { RegressionRecord } from '#record/regression-record';
import {
  curvePath,
  marksPath,
  runAt,
  runTicks,
  xOf,
  type ChartScale,
} from '#reports/page/chart-scale';
import { closureSteps, curveValueAt, runsSinceLastStep } from '#reports/page/curve-values';
import {
  countText,
  exactTimeText,
  logShare,
  secondsText,
  shortCountText,
  shortDigest,
  timeText,
  utcText,
} from '#reports/page/format';
import { bannerSentences, bannerVerdict } from '#reports/page/verdict-words';
import { asPage, regressionOf } from '../page-records.ts';

describe('numbers', () => {
  it('have groups of three digits', () => {
    expect([0, 999, 1000, 1234567].map(countText)).toEqual([
      '0',
      '999',
      '1\u202f000',
      '1\u202f234\u202f567',
    ]);
  });

  it('are short in a heat map, and never rounded up', () => {
    expect(
      [0, 999, 1000, 1999, 9999, 10_999, 999_999, 1_000_000, 2.5e9].map(shortCountText),
    ).toEqual(['0', '999', '1k', '1.9k', '9.9k', '10k', '999k', '1M', '2.5G']);
  });

  it('show a single hit beside a million', () => {
    expect(logShare(1, 1_000_000)).toBeGreaterThan(0.04);
    expect([logShare(0, 9), logShare(9, 9), logShare(0, 0)]).toEqual([0, 1, 0]);
  });

  it('of times have the unit that suits them', () => {
    expect([1_500_000, 12_050_000_000, 3e12].map(timeText)).toEqual([
      '1.5 µs',
      '12.05 ms',
      '3.00 s',
    ]);
    expect(exactTimeText(12_250_001)).toBe('12.250001 µs');
    expect([12.34, 245, 7440].map(secondsText)).toEqual(['12.3 s', '4 min 05 s', '2 h 04 min']);
    expect(utcText('2026-01-02T03:04:05.678Z')).toBe('2026-01-02 03:04 UTC');
    expect([shortDigest('abc'), shortDigest('0123456789abcdef')]).toEqual(['abc', '0123456789ab…']);
  });
});

describe('the banner', () => {
  const words = (
    change: Partial<RegressionRecord>,
    runs: Parameters<typeof regressionOf>[0],
  ): string[] => bannerSentences(asPage({ ...regressionOf(runs), ...change }));

  it('says in one sentence what the runs came to', () => {
    expect(words({}, [{ verdict: 'PASS' }])).toEqual(['The run passed.']);
    expect(words({}, [{ verdict: 'PASS' }, { verdict: 'PASS' }])).toEqual(['All 2 runs passed.']);
    expect(
      words({}, [
        { verdict: 'FAIL' },
        { verdict: 'ERROR' },
        { verdict: 'SKIP' },
        { verdict: 'PASS' },
      ]),
    ).toEqual(['Of 4 runs, 1 broke a rule, 1 ended without a verdict and 1 was skipped.']);
  });

  it('says why a regression fails in which no run did', () => {
    const strict = { strict: true, verdict: 'FAIL' as const };
    expect(words(strict, [{ verdict: 'PASS' }, { verdict: 'SKIP' }])[1]).toBe(
      'FAIL because of --strict: 1 rule never evaluated, 1 run skipped.',
    );
  });

  it('has no verdict where there is no run, and says what is missing', () => {
    const planned = regressionOf([]).tests.map((test) => ({ ...test, planned: 3 }));
    const change = { stop: 'interrupted' as const, tests: planned };
    expect(words(change, [])).toEqual([
      'No run was made: there is no verdict.',
      'It was interrupted.',
      '3 of 3 planned runs were not made.',
    ]);
    expect(bannerVerdict(asPage(regressionOf([])))).toBe('NONE');
  });
});

describe('closure curves', () => {
  const curve = { group: null, runs: [1, 3], percents: [null, 40] };
  const page = asPage(
    regressionOf(Array.from({ length: 6 }, () => ({ verdict: 'PASS' as const }))),
  );

  it('hold a value until the next step', () => {
    expect([0, 1, 2, 3, 5].map((run) => curveValueAt(curve, run))).toEqual([
      null,
      null,
      null,
      40,
      40,
    ]);
    expect(runsSinceLastStep(curve, 6)).toBe(2);
    expect(runsSinceLastStep({ runs: [], percents: [] }, 6)).toBe(6);
  });

  it('say what each run gained', () => {
    const steps = closureSteps({ group: null, runs: [0, 2, 4], percents: [10, 30, 25] }, page.runs);
    expect(steps.map(({ run, gain }) => [run.index, gain])).toEqual([
      [0, 10],
      [2, 20],
      [4, -5],
    ]);
  });
});

describe('the chart', () => {
  const scale = (runCount: number, isLogarithmic = false): ChartScale => ({
    runCount,
    isLogarithmic,
    left: 50,
    right: 950,
    top: 10,
    bottom: 210,
  });

  it.each([false, true])('finds the run at its place again, logarithmic %s', (isLogarithmic) => {
    for (const count of [1, 2, 10, 900]) {
      const own = scale(count, isLogarithmic);
      for (let run = 0; run < count; run++) expect(runAt(own, xOf(own, run))).toBe(run);
      expect([runAt(own, -9), runAt(own, 9999)]).toEqual([0, count - 1]);
    }
  });

  it.each([false, true])(
    'has ticks that do not overlap, first and last among them, %s',
    (isLog) => {
      for (const count of [2, 7, 70, 999, 10_000, 1_000_000]) {
        const own = scale(count, isLog);
        const ticks = runTicks(own);
        expect([ticks[0], ticks.at(-1)]).toEqual([0, count - 1]);
        const places = ticks.map((run) => xOf(own, run));
        for (let at = 1; at < places.length; at++)
          expect(places[at] - places[at - 1]).toBeGreaterThan(40);
        expect(ticks.length).toBeGreaterThan(Math.min(count, 4) - 1);
      }
      expect(runTicks(scale(1))).toEqual([0]);
      expect(runTicks(scale(0))).toEqual([]);
    },
  );

  it('draws steps, with a gap where nothing is countable', () => {
    const path = curvePath(scale(10), { runs: [0, 3, 6, 8], percents: [0, 50, null, 100] });
    expect(path).toBe('M50.0 210.0H350.0V110.0H650.0M850.0 10.0H950.0');
    expect(curvePath(scale(10), { runs: [0], percents: [null] })).toBe('');
  });

  it('draws one mark for all runs of a pixel', () => {
    const runs = Array.from({ length: 100_000 }, (_, index) => ({ index }));
    const marks = marksPath(scale(100_000), runs).split('M').length - 1;
    expect(marks).toBe(901);
  });
});
