// VFs and SDIs side by side: neither kind disturbs the other; RIDs strided and chosen by software. SRD §8.
import type { SiovEnv } from '#env/siov-env';
import type { Process } from '#kernel/process';
import type { Test } from '#uvm/test';
import { hypervisorWork, vfProvision } from './hypervisor-work.ts';
import { playScenario } from './play-scenario.ts';
import { tenantWork } from './tenant-work.ts';

export function* mixedIovScenario(env: SiovEnv, test: Test): Process {
  yield* playScenario(env, test, {
    hypervisor: hypervisorWork(env),
    tenant: tenantWork(env),
    provision: vfProvision(env),
  });
}
