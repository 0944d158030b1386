// What must have been seen of a descriptor when it has certainly ended: because the next one is fetched, or because a
// QUIESCE_SDI ended, or because a read shows it. Source: SRD §7 ("the next is fetched only when the one before has ended"), §6.2,
// §4 (d).
import { WorkStatus } from '#siov/work';
import { gateMovedSince } from './request-permission.ts';
import type { RequesterTrack } from './requester-track.ts';
import type { Problem } from './seen-request.ts';
import type { TrafficPredictor } from './traffic-predictor.ts';
import type { VectorTrack } from './vector-track.ts';
import type { WorkExecution } from './work-execution.ts';

export interface Wrong {
  readonly problem: Problem;
  readonly expected: string;
  readonly seen: string;
}

/** The vector that `execution` raises when it is done, or undefined. */
export function vectorOf(execution: WorkExecution): VectorTrack | undefined {
  const { work } = execution;
  if (work === undefined || !work.interrupt) return undefined;
  return execution.requester.vectors[work.vector];
}

/** From `timePs` on the interrupt of this descriptor may be sent. */
export function raise(execution: WorkExecution, timePs: number): void {
  if (execution.isRaised) return;
  execution.isRaised = true;
  execution.raisedPs = timePs;
  vectorOf(execution)?.raise(timePs);
}

/** The descriptor in execution, if any, has ended: what is missing? */
export function finishExecution(
  predictor: TrafficPredictor,
  requester: RequesterTrack,
  timePs: number,
): Wrong | undefined {
  const execution = requester.queue.current;
  if (execution === undefined || execution.fetchFailed) return undefined;
  // A fetch that timed out halts the queue; it goes on when started anew, and a quiesce ends all the same (SRD §7, §5).
  const { queue } = requester;
  const isRestarted = execution.epoch !== queue.epoch;
  const mayHaveEnded = isRestarted || requester.life === 'quiescing';
  if (mayHaveEnded && execution.fetchMayHaveFailed(timePs, predictor.timeoutPs)) {
    if (isRestarted) return undefined;
    queue.halted('yes', WorkStatus.TIMED_OUT, timePs);
    queue.nextIndex = execution.index;
    return undefined;
  }
  requester.queue.ended.ended(timePs);
  requester.queue.lastEndPs = timePs;
  requester.lifetime.ended(timePs);
  if (execution.isUnknown) return undefined;
  return missingWork(predictor, execution, timePs) ?? settleInterrupt(predictor, execution);
}

/**
 * A completion that left at `timePs` shows that `execution` has ended: its record and its message left before (SRD §4 (d)). One that
 * Bus Master Enable may have held back is left to the next fetch: whether its descriptor counts as ended is free.
 */
export function shownEnded(
  predictor: TrafficPredictor,
  execution: WorkExecution,
  timePs: number,
): void {
  const { requester } = execution;
  if (requester.queue.current !== execution || requester.life !== 'enabled') return;
  if (execution.isUnknown || !execution.mayBeDone(timePs, predictor.timeoutPs)) return;
  if (gateMovedSince(predictor, requester, execution.fetchedPs)) return;
  predictor.settle(requester, timePs);
}

function missingWork(
  predictor: TrafficPredictor,
  execution: WorkExecution,
  timePs: number,
): Wrong | undefined {
  const { timeoutPs } = predictor;
  if (execution.mayBeDone(timePs, timeoutPs)) return undefined;
  const subject = `descriptor ${execution.index}`;
  if (!execution.isExecuting) {
    return {
      problem: 'fetchEarly',
      expected: `all bytes of ${subject} before the next fetch`,
      seen: 'its fetch is not complete',
    };
  }
  if (!execution.dataMayBeOver(timePs, timeoutPs)) {
    return {
      problem: 'dataMissing',
      expected: `${subject} to have moved ${execution.length} bytes`,
      seen: `${execution.receivedBytes} bytes received, ${execution.writtenBytes} written`,
    };
  }
  return {
    problem: 'recordMissing',
    expected: `the completion record of ${subject}`,
    seen: 'the next step without it',
  };
}

/** Its interrupt was sent, is pending, or is lost where MSI-X is off (SRD §7, §8). */
function settleInterrupt(predictor: TrafficPredictor, execution: WorkExecution): Wrong | undefined {
  const vector = vectorOf(execution);
  if (vector === undefined) return undefined;
  const { requester } = execution;
  raise(execution, Math.max(execution.lastSeenPs, execution.fetchedPs));
  const sincePs = execution.raisedPs;
  const isOff =
    requester.msixEnable !== undefined && !requester.msixEnable.mayHaveBeenTrueSince(sincePs);
  if (isOff) {
    vector.possible = Math.max(0, vector.possible - 1);
    vector.isOwed &&= vector.possible > 0;
    return undefined;
  }
  if (requester.mayHaveBeenMaskedSince(vector, sincePs)) {
    vector.possible = Math.min(1, vector.possible);
    const isSurelyMasked = !requester.mayHaveBeenUnmaskedSince(vector, sincePs);
    const isKept = predictor.policy.interrupts.whileMasked === 'pending';
    // One that waited already goes on waiting: a vector raised again before it could be sent is sent once.
    if (isSurelyMasked && isKept) vector.isOwed = true;
    if (isSurelyMasked && !isKept) vector.drop();
    return undefined;
  }
  const wasHeld = gateMovedSince(predictor, requester, sincePs);
  vector.possible = 0;
  vector.isOwed = false;
  if (execution.interruptSeen || wasHeld) return undefined;
  return {
    problem: 'interruptMissing',
    expected: `the message of vector ${execution.work?.vector} after descriptor ${execution.index}`,
    seen: 'the next step without it, though the vector was never masked',
  };
}

/**
 * A reset has ended: the descriptor in execution ended as a whole if its record was seen, and was aborted if a record was
 * due and was not; of others the count may include it (SRD §6.2).
 */
export function countAborted(
  predictor: TrafficPredictor,
  requester: RequesterTrack,
  timePs: number,
): void {
  const execution = requester.queue.current;
  if (execution === undefined || execution.fetchFailed) return;
  if (execution.recordSeen || execution.interruptSeen) requester.lifetime.ended(timePs);
  else if (execution.mayBeDone(timePs, predictor.timeoutPs)) requester.lifetime.maybe();
}
