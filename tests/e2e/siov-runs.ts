// Runs of the SIOV testbench in this process, for tests.
import config from '../../ridgeline.config.ts';
import type { RunRecord } from '#record/run-record';
import { executeRun } from '#run/execute-run';
import type { RunHooks } from '#run/run-session';
import type { RunSpec } from '#run/run-spec';

/** Runs of these take as long as hundreds of others: they have files of their own. */
const LONG_TESTS = ['hyperscale', 'endurance'];
/** Every other test. */
export const TESTS = Object.keys(config.tests).filter((name) => !LONG_TESTS.includes(name));

export function specOf(test: string, seed: number, more: Partial<RunSpec> = {}): RunSpec {
  return {
    test,
    seed,
    device: 'model',
    fault: null,
    profile: null,
    parameters: {},
    code: { version: '0', commit: '', dirty: false },
    verbosity: null,
    dutTimeoutSeconds: 30,
    ...more,
  };
}

export function runSiov(spec: RunSpec, hooks?: RunHooks): Promise<RunRecord> {
  return executeRun(config, spec, hooks);
}
