// One run: (test, seed, device, parameters, code version) -> record. Source: design decision 1.
import { RUN_SCHEMA, type RunRecord } from '#record/run-record';
import { profileParameters, type RidgelineConfig } from './config.ts';
import type { RunError } from './run-error.ts';
import { RunSession, type RunHooks } from './run-session.ts';
import { isOutside, replayCommand, type RunSpec } from './run-spec.ts';
import { errorRecord } from './verdict.ts';

/**
 * Does one run. Whatever the device or the testbench does, the result is a record.
 * @throws UsageError only for names that the configuration does not have.
 */
export async function executeRun(
  config: RidgelineConfig,
  spec: RunSpec,
  hooks: RunHooks = {},
): Promise<RunRecord> {
  const session = new RunSession(config, spec, hooks);
  await session.run();
  return session.record();
}

/** The record of a run that never came to its end: its worker died or had to be killed. */
export function recordWithoutRun(
  config: RidgelineConfig,
  spec: RunSpec,
  error: RunError,
): RunRecord {
  return {
    schema: RUN_SCHEMA,
    test: spec.test,
    seed: spec.seed,
    verdict: 'ERROR',
    device: {
      name: spec.dut ?? spec.device,
      version: '',
      dut: spec.dut ?? spec.device,
      ...(isOutside(spec.dut) && { binding: spec.device }),
      parameters: { ...profileParameters(config, spec.profile), ...spec.parameters },
      fault: spec.fault,
    },
    code: spec.code,
    swarm: {},
    digests: { tlp: '', draws: '' },
    counts: { tlpsUp: 0, tlpsDown: 0, timePs: 0, operations: 0 },
    failures: [],
    error: errorRecord(error),
    evaluations: {},
    coverage: { groups: [] },
    operations: [],
    window: [],
    replay: replayCommand(spec, Object.keys(config.devices)[0]),
  };
}
