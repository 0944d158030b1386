// SDI resets with work in flight, restore and reconfigure, and the next owner of what was released. SRD §6.
import type { SiovEnv } from '#env/siov-env';
import type { Process } from '#kernel/process';
import type { Test } from '#uvm/test';
import { hypervisorWork } from './hypervisor-work.ts';
import { playScenario } from './play-scenario.ts';
import { tenantWork } from './tenant-work.ts';

export function* resetScenario(env: SiovEnv, test: Test): Process {
  yield* playScenario(env, test, { hypervisor: hypervisorWork(env), tenant: tenantWork(env) });
}
