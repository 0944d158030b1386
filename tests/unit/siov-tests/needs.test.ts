// What tests need of the device: without it a run is a SKIP with the reason, and no pass that says nothing.
import { describe, expect, it } from 'vitest';
import { coverageCounts } from '#debug/coverage-counts';
import { executeRun } from '#run/execute-run';
import type { RunRecord } from '#record/run-record';
import { defaultParams, paramsToRecord } from '#siov/srd-params';
import { SIOV_TESTS } from '#tests/siov/siov-tests';
import type { DutParams } from '#dut/dut-port';
import config from '../../../ridgeline.config.ts';

function run(test: string, parameters: DutParams): Promise<RunRecord> {
  return executeRun(config, {
    test,
    seed: 1,
    device: 'model',
    fault: null,
    profile: null,
    parameters,
    code: { version: '0.0.0', commit: null, dirty: false },
    verbosity: null,
    dutTimeoutSeconds: 30,
  });
}

describe('mixed-iov', () => {
  it('is skipped on a device without VFs, whatever else it can', async () => {
    for (const mixedIov of [true, false]) {
      expect(await run('mixed-iov', { totalVfs: 0, mixedIov })).toMatchObject({
        verdict: 'SKIP',
        skipReason: 'totalVfs is 0, and VFs are what the test is about',
        counts: { operations: 0 },
      });
    }
  });

  it('is not skipped for what its seeds draw, nor on a device that refuses to mix', async () => {
    expect((await run('mixed-iov', {})).verdict).toBe('PASS');
    const refused = await run('mixed-iov', { totalVfs: 4, mixedIov: false });
    expect(refused.verdict).toBe('PASS');
    const refusals = coverageCounts(refused.coverage).get('LifecycleCoverage.outcome bin mixedIov');
    expect(refusals).toBeGreaterThan(0);
  }, 60_000);
});

it.each(Object.keys(SIOV_TESTS))('%s takes one of the profiles', (test) => {
  const reasons = (['standard', 'hyperscale'] as const).map((profile) =>
    SIOV_TESTS[test].needs?.(paramsToRecord(defaultParams(profile))),
  );
  expect(reasons).toContain(undefined);
});
