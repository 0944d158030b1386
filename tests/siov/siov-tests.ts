// The UVM tests of the SIOV testbench: each is a scenario and the features that its swarm may draw from.
import { UsageError } from '#base/assert';
import { suggest } from '#base/suggest';
import { drawDeviceParams } from '#env/srd-device-parameters';
import { SCENARIO_FEATURES, type ScenarioFeatures } from '#env/scenario-features';
import { CROWD_SDIS_MIN } from '#env/crowd-swarm';
import type { DutParams } from '#dut/dut-port';
import { us } from '#kernel/time';
import type { TestEntry } from '#run/config';
import { DmaTest } from './dma-test.ts';
import { ErrorsTest } from './errors-test.ts';
import { EnduranceTest } from './endurance-test.ts';
import { EverythingTest } from './everything-test.ts';
import { HyperscaleTest } from './hyperscale-test.ts';
import { InterruptsTest } from './interrupts-test.ts';
import { LifecycleTest } from './lifecycle-test.ts';
import { MixedIovTest } from './mixed-iov-test.ts';
import { RegistersTest } from './registers-test.ts';
import { ResetTest } from './reset-test.ts';

/** @throws UsageError `unknown-test` for a test without features. */
export function featuresOf(test: string): ScenarioFeatures {
  const table: Readonly<Record<string, ScenarioFeatures>> = SCENARIO_FEATURES;
  if (Object.hasOwn(table, test)) return table[test];
  const known = Object.keys(table);
  throw new UsageError('unknown-test', `test '${test}' has no features${suggest(test, known)}`);
}

/** Places for the largest crowd, and free ones to choose from. */
const CROWD_PLACES_MIN = 2 * CROWD_SDIS_MIN;

function entry(name: string, test: TestEntry['test'], seeds: number, summary: string): TestEntry {
  return {
    test,
    seeds,
    summary,
    drawParameters: (stream) => drawDeviceParams(stream, featuresOf(name), 'standard'),
  };
}

/** 65 536 descriptors one after the other, each with a memory read of the slowest host. */
const ENDURANCE_PS = us(2_000_000);

/** A run takes tens of seconds, on a machine that does other things besides minutes. */
const LONG_WALL_SECONDS = 900;

/** Why the device cannot hold a crowd, or undefined. */
function needsCrowd(params: DutParams): string | undefined {
  for (const name of ['totalSdis', 'pageCount'] as const) {
    const value = Number(params[name]);
    if (value >= CROWD_PLACES_MIN) continue;
    return `${name} is ${value}, and ${CROWD_PLACES_MIN} are needed (--profile hyperscale)`;
  }
  return undefined;
}

/**
 * Why there can be no VFs beside the SDIs, or undefined. A device that does not mix them is served: it must refuse the one
 * while it has the other, which the test tries.
 */
function needsVfs({ totalVfs }: DutParams): string | undefined {
  return Number(totalVfs) > 0 ? undefined : 'totalVfs is 0, and VFs are what the test is about';
}

/** In the order of the plan; `seeds` are the runs of a default regression. */
export const SIOV_TESTS: Readonly<Record<string, TestEntry>> = {
  lifecycle: entry(
    'lifecycle',
    LifecycleTest,
    80,
    'SDIs are created, enabled, quiesced, reset and destroyed while tenants work',
  ),
  dma: entry('dma', DmaTest, 100, 'work of every opcode, size and alignment from all tenants'),
  reset: entry('reset', ResetTest, 80, 'SDI resets, restore and reconfigure, with work in flight'),
  'mixed-iov': {
    ...entry(
      'mixed-iov',
      MixedIovTest,
      80,
      'VFs beside SDIs, strided and software-assigned RIDs, VF FLR',
    ),
    needs: needsVfs,
  },
  interrupts: entry(
    'interrupts',
    InterruptsTest,
    80,
    'masking, pending, reprogramming of vectors under load',
  ),
  errors: entry(
    'errors',
    ErrorsTest,
    80,
    'answers and requests that go wrong, PF FLR, hot and cold reset, power and memory space',
  ),
  registers: entry(
    'registers',
    RegistersTest,
    40,
    'registers after resets, bit by bit and at random, against register models, with tenants at work',
  ),
  everything: entry('everything', EverythingTest, 100, 'all of it at once'),
  endurance: {
    ...entry(
      'endurance',
      EnduranceTest,
      2,
      'a queue at work until its 16-bit indices wrap, and beyond',
    ),
    limits: { timePs: ENDURANCE_PS, wallSeconds: LONG_WALL_SECONDS },
  },
  hyperscale: {
    ...entry(
      'hyperscale',
      HyperscaleTest,
      4,
      'more than 4096 SDIs at once on many buses: created, at work, reset, created again',
    ),
    needs: needsCrowd,
    drawParameters: (stream) => ({
      profile: 'hyperscale',
      ...drawDeviceParams(stream, featuresOf('hyperscale'), 'hyperscale'),
    }),
    limits: { wallSeconds: LONG_WALL_SECONDS },
  },
};
