// DMA of every opcode, size, alignment and flag, from all tenants at once, refused and faulting work among it. SRD §7.
import type { SiovEnv } from '#env/siov-env';
import type { Process } from '#kernel/process';
import type { Test } from '#uvm/test';
import { hypervisorWork } from './hypervisor-work.ts';
import { playScenario } from './play-scenario.ts';
import { tenantWork } from './tenant-work.ts';

export function* dmaScenario(env: SiovEnv, test: Test): Process {
  yield* playScenario(env, test, { hypervisor: hypervisorWork(env), tenant: tenantWork(env) });
}
