// Registers: read after resets, bashed and accessed at random, from power-up on, while tenants work on SDIs and VFs; and the
// register models follow all of it. SRD §3, §4, §7, §8.
import type { TenantAgent } from '#env/agents/tenant-agent';
import type { SiovEnv } from '#env/siov-env';
import type { Process } from '#kernel/process';
import { us } from '#kernel/time';
import { delay } from '#kernel/wait';
import type { Test } from '#uvm/test';
import {
  probeSdi,
  readCapability,
  readPfRegisters,
  touchFreePage,
} from '../config/access-operations.ts';
import { probeFunction, readArguments, walkVf } from '../config/register-operations.ts';
import { awaitQueue, registerTest } from '../config/register-test-operations.ts';
import { enableSdi, provide, querySdi } from '../lifecycle/lifecycle-operations.ts';
import { enableVfs } from '../mixed-iov/vf-operations.ts';
import { vfProvision } from './hypervisor-work.ts';
import { playScenario, type WeightedOperations } from './play-scenario.ts';
import { tenantWork } from './tenant-work.ts';

/** The first request leaves this long after the start of the run. */
const POWER_UP_PS = us(1);
/** Tests before the device is enumerated, and before the first command. */
const POWER_UP_TESTS = 2;

/** What the hypervisor does beside register tests disturbs no register that they know. */
const WORK: WeightedOperations<SiovEnv> = {
  operations: {
    registerTest,
    provide,
    enableSdi,
    querySdi,
    enableVfs,
    readPfRegisters,
    readCapability,
    readArguments,
    probeSdi,
    probeFunction,
    walkVf,
    touchFreePage,
  },
  weights: {
    registerTest: 60,
    provide: 12,
    enableSdi: 6,
    querySdi: 3,
    enableVfs: 20,
    readPfRegisters: 2,
    readCapability: 2,
    readArguments: 2,
    probeSdi: 1,
    probeFunction: 1,
    walkVf: 1,
    touchFreePage: 1,
  },
};

export function* registersScenario(env: SiovEnv, test: Test): Process {
  yield delay(POWER_UP_PS);
  env.reserveBuses();
  yield* playTests(env, test, 'powerUp');
  yield* playScenario(env, test, {
    hypervisor: WORK,
    tenant: withPatience(tenantWork(env)),
    provision: withTests(vfProvision(env)),
  });
}

/** Before the first command the PF's registers still read their reset values. */
function withTests({
  operations,
  weights,
}: WeightedOperations<SiovEnv>): WeightedOperations<SiovEnv> {
  return { operations: { ...operations, registerTest }, weights: { ...weights, registerTest: 4 } };
}

/** A register test may take longer than a tenant without a queue would try to find something to do. */
function withPatience(work: WeightedOperations<TenantAgent>): WeightedOperations<TenantAgent> {
  const { operations, weights } = work;
  return { operations: { ...operations, awaitQueue }, weights: { ...weights, awaitQueue: 40 } };
}

function* playTests(env: SiovEnv, test: Test, lane: string): Process {
  yield* test.play({ registerTest }, { on: env, lane, count: POWER_UP_TESTS });
}
