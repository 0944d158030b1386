// What tenants do in every scenario: the operations on their queue, weighed by the swarm and by what the device can execute.
import type { TenantAgent } from '#env/agents/tenant-agent';
import type { SiovEnv } from '#env/siov-env';
import {
  auditScratch,
  fillScratch,
  readQueueRegisters,
  useScratch,
} from '../config/access-operations.ts';
import { readVector } from '../config/register-operations.ts';
import {
  drainQueue,
  faultingWork,
  overrunRing,
  refusedWork,
  restartQueue,
  WORK_KINDS,
  workOperations,
} from '../dma/work-operations.ts';
import { recoverQueue } from '../error/recovery-operations.ts';
import { maskVector, reprogramVector, unmaskVector } from '../interrupt/vector-operations.ts';
import type { WeightedOperations } from './play-scenario.ts';

/** Weight of all opcodes together, roughly; the others are per cent of it. */
const WORK_WEIGHT = 10;

export function tenantWork(env: SiovEnv): WeightedOperations<TenantAgent> {
  const { swarm } = env.settings;
  const { work } = swarm;
  const weights: Record<string, number> = {
    refusedWork: share(work.refusedPercent),
    faultingWork: share(work.holePercent),
    restartQueue: 5,
    overrunRing: work.refusedPercent > 0 ? 5 : 0,
    drainQueue: 8,
    readQueueRegisters: 8,
    useScratch: 6,
    fillScratch: 12,
    auditScratch: 18,
    readVector: swarm.features.interrupts ? 6 : 2,
    maskVector: swarm.features.interrupts ? 20 : 0,
    unmaskVector: swarm.features.interrupts ? 40 : 4,
    reprogramVector: swarm.features.interrupts ? 25 : 0,
    recoverQueue: swarm.errors.answerPerMille > 0 ? 30 : 0,
  };
  let total = 0;
  for (const [opcode, kind] of WORK_KINDS.entries()) {
    // What the device cannot execute is refused: bad work, and only where that is wanted.
    const isWanted = env.canExecute(opcode) || work.refusedPercent > 0;
    weights[kind] = isWanted ? WORK_WEIGHT * work.opcodeWeights[opcode] : 0;
    total += weights[kind];
  }
  if (total === 0) weights['copy'] = WORK_WEIGHT;
  return {
    operations: {
      ...workOperations(swarm),
      refusedWork,
      faultingWork,
      restartQueue,
      overrunRing,
      drainQueue,
      readQueueRegisters,
      useScratch,
      fillScratch,
      auditScratch,
      readVector,
      maskVector,
      unmaskVector,
      reprogramVector,
      recoverQueue,
    },
    weights,
  };
}

/** Opcodes weigh about 20 × WORK_WEIGHT together. */
function share(percent: number): number {
  return 2 * percent;
}
