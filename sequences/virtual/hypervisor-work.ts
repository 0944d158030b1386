// What the hypervisor does in each scenario: operations chosen by the features of the test, so that `everything` is their sum.
import type { SiovEnv } from '#env/siov-env';
import {
  probeSdi,
  readCapability,
  readPfRegisters,
  touchFreePage,
} from '../config/access-operations.ts';
import { closeMemory, closeVfMemory, sleep } from '../config/power-operations.ts';
import { probeFunction, readArguments, walkVf } from '../config/register-operations.ts';
import { awaitTimeout, readAer, readErrors } from '../error/error-log-operations.ts';
import {
  accessNothing,
  accessOddly,
  missDevice,
  readPartly,
  sendMalformed,
  sendMessage,
  sendUnsupported,
  writePoisoned,
  writePoisonedConfig,
} from '../error/host-error-operations.ts';
import { quiesceInPause } from '../interrupt/pause-operations.ts';
import { maskPf, maskVf, pausePf, pauseVf } from '../interrupt/vector-operations.ts';
import { badIndex, conflictingAssignment, wrongState } from '../lifecycle/conflict-operations.ts';
import {
  destroySdi,
  enableSdi,
  provide,
  querySdi,
  quiesceSdi,
} from '../lifecycle/lifecycle-operations.ts';
import {
  disableVfs,
  enableVfs,
  refusedVfs,
  resetVf,
  resetVfBesideWork,
  vfRidConflict,
} from '../mixed-iov/vf-operations.ts';
import { renumberBus, resetDevice, resetPf } from '../reset/function-reset-operations.ts';
import { peekAtReset, watchReset } from '../reset/peek-operations.ts';
import { reconfigureSdi, resetBusySdi, resetSdi } from '../reset/reset-operations.ts';
import type { WeightedOperations } from './play-scenario.ts';

/** All that a hypervisor may do. */
const OPERATIONS = {
  provide,
  enableSdi,
  querySdi,
  readPfRegisters,
  readCapability,
  probeSdi,
  touchFreePage,
  quiesceSdi,
  destroySdi,
  resetSdi,
  resetBusySdi,
  reconfigureSdi,
  peekAtReset,
  watchReset,
  conflictingAssignment,
  wrongState,
  badIndex,
  enableVfs,
  refusedVfs,
  vfRidConflict,
  disableVfs,
  resetVf,
  resetVfBesideWork,
  maskPf,
  maskVf,
  pausePf,
  pauseVf,
  quiesceInPause,
  readArguments,
  probeFunction,
  walkVf,
  readErrors,
  awaitTimeout,
  readAer,
  sendMalformed,
  sendUnsupported,
  missDevice,
  writePoisoned,
  writePoisonedConfig,
  accessOddly,
  accessNothing,
  readPartly,
  sendMessage,
  resetPf,
  resetDevice,
  renumberBus,
  sleep,
  closeMemory,
  closeVfMemory,
} as const;

export function hypervisorWork(env: SiovEnv): WeightedOperations<SiovEnv> {
  const { features, errors } = env.settings.swarm;
  const anyErrors = errors.hostErrors || errors.answerPerMille > 0;
  const when = (isWanted: boolean, weight: number): number => (isWanted ? weight : 0);
  const weights = {
    // Always there: what is created must be enabled, what was lost must be provided again; and something harmless.
    provide: 12,
    enableSdi: 8,
    querySdi: 3,
    readPfRegisters: 2,
    readCapability: 2,
    probeSdi: 2,
    touchFreePage: 1,
    readArguments: 1,
    probeFunction: features.vfs ? 5 : 1,
    walkVf: when(features.vfs, 1),
    readErrors: anyErrors ? 6 : 1,
    awaitTimeout: when(errors.answerPerMille > 0, 12),
    readAer: anyErrors ? 6 : 1,
    quiesceSdi: when(features.lifecycle, 4),
    destroySdi: when(features.lifecycle, 4),
    resetSdi: when(features.resets, 4),
    resetBusySdi: when(features.resets, 12),
    reconfigureSdi: when(features.resets, 5),
    peekAtReset: when(features.resets, 2),
    watchReset: when(features.resets, 4),
    conflictingAssignment: when(features.conflicts, 5),
    wrongState: when(features.conflicts, 3),
    badIndex: when(features.conflicts, 1),
    enableVfs: when(features.vfs, 40),
    refusedVfs: when(features.vfs && features.conflicts, 2),
    vfRidConflict: when(features.vfs && features.conflicts, 16),
    disableVfs: when(features.vfs, 3),
    resetVf: when(features.vfs, 4),
    resetVfBesideWork: when(features.vfs, 12),
    maskPf: when(features.interrupts, 2),
    maskVf: when(features.interrupts && features.vfs, 2),
    pausePf: when(features.busMaster, 5),
    pauseVf: when(features.busMaster && features.vfs, 3),
    quiesceInPause: when(features.interrupts && features.busMaster, 4),
    sendMalformed: when(errors.hostErrors, 5),
    sendUnsupported: when(errors.hostErrors, 4),
    missDevice: when(errors.hostErrors, 4),
    writePoisoned: when(errors.hostErrors, 5),
    writePoisonedConfig: when(errors.hostErrors, 2),
    accessOddly: when(errors.hostErrors, 4),
    accessNothing: when(errors.hostErrors, 3),
    readPartly: when(errors.hostErrors, 3),
    sendMessage: when(errors.hostErrors, 6),
    resetPf: when(errors.functionResets, 6),
    resetDevice: when(errors.functionResets, 5),
    renumberBus: when(errors.functionResets, 3),
    sleep: when(errors.functionResets, 8),
    closeMemory: when(errors.functionResets, 3),
    closeVfMemory: when(errors.functionResets && features.vfs, 3),
  };
  return { operations: OPERATIONS, weights };
}

/** VFs before the tenants begin, unless SDIs are to take their Routing IDs first. */
export function vfProvision(env: SiovEnv): WeightedOperations<SiovEnv> {
  const { takesVfRids } = env.settings.swarm.hypervisor;
  return { operations: { enableVfs }, weights: { enableVfs: takesVfRids ? 0 : 12 } };
}
