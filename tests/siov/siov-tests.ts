// The UVM tests of the SIOV testbench: each is a scenario and the features that its swarm may draw from.
import { SCENARIO_FEATURES, type ScenarioFeatures } from '#env/scenario-features';
import type { SiovEnv } from '#env/siov-env';
import { drawDeviceParams } from '#env/device-parameters';
import type { Process } from '#kernel/process';
import type { TestEntry } from '#run/config';
import { dmaScenario } from '#sequences/virtual/dma-scenario';
import { UsageError } from '#base/assert';
import { SiovTest } from './siov-test.ts';

class DmaTest extends SiovTest {
  protected override scenario(env: SiovEnv): Process {
    return dmaScenario(env, this);
  }
}

/** @throws UsageError `unknown-test` for a test without features. */
export function featuresOf(test: string): ScenarioFeatures {
  const features = Object.entries(SCENARIO_FEATURES).find(([name]) => name === test)?.[1];
  if (features === undefined)
    throw new UsageError('unknown-test', `test '${test}' has no features`);
  return features;
}

function entry(name: string, test: TestEntry['test'], seeds: number, summary: string): TestEntry {
  return {
    test,
    seeds,
    summary,
    drawParameters: (stream) => drawDeviceParams(stream, featuresOf(name), 'standard'),
  };
}

export const SIOV_TESTS: Readonly<Record<string, TestEntry>> = {
  dma: entry(
    'dma',
    DmaTest,
    60,
    'work of every opcode, size and alignment from all tenants at once',
  ),
};
