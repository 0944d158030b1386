// The conformance kit on devices in this process: right ones, with planted faults, with planted mistakes of the protocol.
import { createReferenceDevice } from '#device/reference-device';
import type { DutPort } from '#dut/dut-port';
import { inProcess } from '#dut/in-process';
import { ALL_STEPS, type StagedStep } from '#tests/siov/conform/all-steps';
import type { ConformDevice } from '#tests/siov/conform/device-stream';
import { runConformance, type ConformResult, type StepResult } from '#tests/siov/conform/runner';
import { ServedStream, type ServedOptions } from '#tests/siov/conform/served-stream';
import type { Greeting } from '#tests/siov/conform/session';

/** What is wrong with the device. */
export interface Planted {
  readonly fault?: string;
  readonly served?: ServedOptions;
  /** A device in front of the reference device. */
  readonly wrap?: (port: DutPort) => DutPort;
}

export function plantedDevice({ fault, served, wrap = (port) => port }: Planted): ConformDevice {
  return {
    name: 'model',
    open: () => new ServedStream(wrap(inProcess(createReferenceDevice({ fault }))), served),
  };
}

/** Steps by their ids, `stage/name`. */
export function stepsOf(...ids: readonly string[]): StagedStep[] {
  return ids.map((id) => {
    const found = ALL_STEPS.find((one) => one.id === id);
    if (found === undefined) throw new Error(`no step ${id}`);
    return found;
  });
}

export function conform(
  planted: Planted = {},
  asked: Greeting = { params: {} },
  steps: readonly StagedStep[] = ALL_STEPS,
): Promise<ConformResult> {
  return runConformance(plantedDevice(planted), asked, steps);
}

/** The result of one step. */
export async function runOne(id: string, planted: Planted, asked?: Greeting): Promise<StepResult> {
  const { steps } = await conform(planted, asked, stepsOf(id));
  return steps.find((one) => one.id === id) ?? steps[0];
}

/** What did not pass, one line each. */
export function troubles({ steps }: ConformResult): string[] {
  return steps.flatMap(({ id, outcome, evidence, error }) =>
    outcome === 'wrong' || outcome === 'error'
      ? [`${id}: ${evidence?.seen ?? error?.message ?? ''}; expected ${evidence?.expected ?? ''}`]
      : [],
  );
}
