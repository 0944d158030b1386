// All features of all scenarios in one run.
import type { SiovEnv } from '#env/siov-env';
import type { Process } from '#kernel/process';
import type { Test } from '#uvm/test';
import { hypervisorWork, vfProvision } from './hypervisor-work.ts';
import { playScenario } from './play-scenario.ts';
import { tenantWork } from './tenant-work.ts';

export function* everythingScenario(env: SiovEnv, test: Test): Process {
  yield* playScenario(env, test, {
    hypervisor: hypervisorWork(env),
    tenant: tenantWork(env),
    provision: vfProvision(env),
  });
}
