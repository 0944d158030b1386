// Interrupts: masked, pending, reprogrammed, under pauses of Bus Master Enable and under resets. SRD §7, §4 (b).
import type { SiovEnv } from '#env/siov-env';
import type { Process } from '#kernel/process';
import type { Test } from '#uvm/test';
import { hypervisorWork } from './hypervisor-work.ts';
import { playScenario } from './play-scenario.ts';
import { tenantWork } from './tenant-work.ts';

export function* interruptsScenario(env: SiovEnv, test: Test): Process {
  yield* playScenario(env, test, { hypervisor: hypervisorWork(env), tenant: tenantWork(env) });
}
