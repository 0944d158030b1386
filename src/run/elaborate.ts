// Builds the tests of a configuration without running them, to list their coverage. Source: issue "The command" (`list`).
import type { CoverageRecord } from '#record/coverage-record';
import { mergeCoverage } from '#cover/merge';
import type { RidgelineConfig } from './config.ts';
import { executeRun } from './execute-run.ts';
import type { RunSpec } from './run-spec.ts';

/**
 * Which covergroups each test builds, as coverage without counts: the run ends at simulated time 0.
 * @param spec device, parameters and seed with which they are built.
 */
export async function coverageModel(
  config: RidgelineConfig,
  spec: Omit<RunSpec, 'test'>,
): Promise<{ readonly tests: ReadonlyMap<string, CoverageRecord>; readonly all: CoverageRecord }> {
  const tests = new Map<string, CoverageRecord>();
  for (const [name, entry] of Object.entries(config.tests)) {
    const short = { ...entry, limits: { ...entry.limits, timePs: 0 } };
    const stopped = { ...config, tests: { [name]: short } };
    const record = await executeRun(stopped, { ...spec, test: name });
    tests.set(name, record.coverage);
  }
  return { tests, all: mergeCoverage([...tests.values()]) };
}
