// What the others never do: answers that go wrong, requests that must be refused or dropped, resets of functions and of the
// whole device, with work under way. SRD §4, §8, §9.
import type { SiovEnv } from '#env/siov-env';
import type { Process } from '#kernel/process';
import type { Test } from '#uvm/test';
import { hypervisorWork, vfProvision } from './hypervisor-work.ts';
import { playScenario } from './play-scenario.ts';
import { tenantWork } from './tenant-work.ts';

export function* errorsScenario(env: SiovEnv, test: Test): Process {
  yield* playScenario(env, test, {
    hypervisor: hypervisorWork(env),
    tenant: tenantWork(env),
    provision: vfProvision(env),
  });
}
