// Every fault of the reference device is found, under a rule that fits; the correct device gives no alarm on the same seeds.
// Source: design decision 7; issue "Done when" 2.
import { describe, expect, it } from 'vitest';
import { DEVICE_FAULTS } from '#device/faults';
import { runSiov, specOf, TESTS } from './siov-runs.ts';

/** Runs of each test in which a fault must have shown. */
const SEEDS = 20;

describe('the fault', () => {
  it.each(DEVICE_FAULTS.map(({ name, rule }) => [name, rule]))(
    '%s is found by %s',
    async (fault, rule) => {
      const found: string[] = [];
      for (let seed = 1; seed <= SEEDS && !found.includes(rule); seed++) {
        for (const test of TESTS) {
          const { verdict, failures } = await runSiov(specOf(test, seed, { fault }));
          expect(verdict).not.toBe('ERROR');
          if (verdict === 'FAIL') found.push(failures[0].rule);
        }
      }
      expect(found).toContain(rule);
    },
  );

  it('none: the correct device gives no alarm', async () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      for (const test of TESTS) {
        const { verdict, failures, error } = await runSiov(specOf(test, seed));
        expect({ test, seed, verdict, failures, error }).toEqual({
          test,
          seed,
          verdict: 'PASS',
          failures: [],
          error: null,
        });
      }
    }
  });
});
