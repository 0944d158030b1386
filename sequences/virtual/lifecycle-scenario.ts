// SDIs come and go while others work: created, enabled, quiesced, destroyed, and attempts that must be refused. SRD §5.
import type { SiovEnv } from '#env/siov-env';
import type { Process } from '#kernel/process';
import type { Test } from '#uvm/test';
import { hypervisorWork } from './hypervisor-work.ts';
import { playScenario } from './play-scenario.ts';
import { tenantWork } from './tenant-work.ts';

export function* lifecycleScenario(env: SiovEnv, test: Test): Process {
  yield* playScenario(env, test, { hypervisor: hypervisorWork(env), tenant: tenantWork(env) });
}
