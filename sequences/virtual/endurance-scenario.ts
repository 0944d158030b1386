// A queue runs until its 16-bit indices wrap, and goes on with work of every kind across the wrap, others beside it. SRD §7.
import type { SiovEnv } from '#env/siov-env';
import type { Process } from '#kernel/process';
import type { Test } from '#uvm/test';
import { fillIndices } from '../dma/long-run-operations.ts';
import { hypervisorWork } from './hypervisor-work.ts';
import { playScenario } from './play-scenario.ts';
import { tenantWork } from './tenant-work.ts';

export function* enduranceScenario(env: SiovEnv, test: Test): Process {
  const { operations, weights } = tenantWork(env);
  // A queue that starts again counts from 0.
  const stays = { ...weights, restartQueue: 0, overrunRing: 0 };
  yield* playScenario(env, test, {
    hypervisor: hypervisorWork(env),
    tenant: { operations, weights: stays },
    first: {
      operations: { fillIndices },
      isFor: (tenant) => tenant.index === 0,
    },
  });
}
