// The same seed gives the same digests: on repetition, with one worker and with two, as first and as hundredth run of a
// process, with and without logging, and when the recorded operations are played instead of drawn. Source: design decisions 1,
// 5 and 6; "Worker".
import { describe, expect, it } from 'vitest';
import { VERBOSITY } from '#uvm/report-server';
import { SIOV, Workplace } from './ridgeline-process.ts';
import { runSiov, specOf, TESTS } from './siov-runs.ts';

describe('digests of a run', () => {
  it.each(TESTS)('are the same on repetition: %s', async (test) => {
    const first = await runSiov(specOf(test, 5));
    const second = await runSiov(specOf(test, 5));
    expect(second.digests).toEqual(first.digests);
    expect(first.counts.tlpsUp).toBeGreaterThan(20);
    const other = await runSiov(specOf(test, 6));
    expect(other.digests.tlp).not.toBe(first.digests.tlp);
    expect(other.digests.draws).not.toBe(first.digests.draws);
  });

  it('are the same as first and as hundredth run of a process', async () => {
    const first = await runSiov(specOf('everything', 1));
    for (let n = 2; n < 100; n++) await runSiov(specOf(TESTS[n % TESTS.length], n));
    const hundredth = await runSiov(specOf('everything', 1));
    expect(hundredth.digests).toEqual(first.digests);
    expect(hundredth.evaluations).toEqual(first.evaluations);
    expect(hundredth.coverage).toEqual(first.coverage);
  });

  it('are the same with logging on and off', async () => {
    const silent = await runSiov(specOf('reset', 3));
    const lines: string[] = [];
    const loud = await runSiov(specOf('reset', 3, { verbosity: VERBOSITY.DEBUG }), {
      onReport: (message) => lines.push(message.text),
    });
    expect(lines.length).toBeGreaterThan(loud.counts.tlpsUp + loud.counts.tlpsDown);
    expect(loud.digests).toEqual(silent.digests);
  });

  it.each(TESTS)(
    'of the TLPs are the same when the operations are played from the record: %s',
    async (test) => {
      const drawn = await runSiov(specOf(test, 9));
      expect(drawn.operations.length).toBeGreaterThan(5);
      const played = await runSiov(specOf(test, 9, { operations: drawn.operations }));
      expect(played.operations).toEqual(drawn.operations);
      expect(played.digests.tlp).toBe(drawn.digests.tlp);
    },
  );

  it('are the same with one worker and with two', async () => {
    const place = new Workplace(SIOV);
    try {
      const [one, two] = await Promise.all(
        ['1', '2'].map(async (jobs) => {
          const ended = await place.ridgeline(
            'regress',
            '--tests',
            TESTS.join(','),
            '--seeds',
            '3',
            '--jobs',
            jobs,
            '--out',
            jobs,
          );
          expect(ended).toMatchObject({ status: 0 });
          const { wall: _wall, ...rest } = place.summary(jobs);
          return rest;
        }),
      );
      expect(one.runs.length).toBe(3 * TESTS.length);
      expect(two).toEqual(one);
    } finally {
      place.remove();
    }
  });
});
