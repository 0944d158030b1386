// What a completion of the host does to the work that waits for it, as SRD §7 and §9 say: accepted, unexpected, late,
// failing. Judged in device time, when it arrives; what may be either way is said to be so.
import { viewOf } from '#base/fresh-bytes';
import { CompletionStatus, type Tlp } from '#pcie/tlp';
import { INDEX_MASK, WorkStatus } from '#siov/work';
import type { OutstandingRequest } from './outstanding-requests.ts';
import type { TrafficPredictor } from './traffic-predictor.ts';
import { refusedStatus, type WorkExecution } from './work-execution.ts';

/**
 * What became of a completion. 'mayBeLate', 'mayBeUnexpected': the device decides, SRD leaves it open.
 */
export type CompletionFate =
  'used' | 'failed' | 'unexpected' | 'late' | 'silent' | 'mayBeLate' | 'mayBeUnexpected';

/** DWs of the largest descriptor. */
const DWS_MAX = 16;

export class CompletionPrediction {
  private readonly predictor: TrafficPredictor;

  constructor(predictor: TrafficPredictor) {
    this.predictor = predictor;
  }

  /** A completion for (requesterId, tag) arrives at the device at `timePs`. */
  arrive(tlp: Tlp, timePs: number): CompletionFate {
    const { outstanding, timeoutPs } = this.predictor;
    const { lateCompletions } = this.predictor.policy.sdiReset;
    const request = outstanding.find(tlp.requesterId, tlp.tag);
    if (request === undefined) return 'unexpected';
    const age = timePs - request.leftPs;
    if (request.isSilent) return this.silent(request, tlp, timePs);
    if (age >= timeoutPs) this.predictor.forgottenTimeoutPs = timePs;
    const isRightCount = tlp.byteCount === request.remaining;
    const isSuccess = tlp.status === CompletionStatus.SC;
    if (request.isAborted) {
      if (age > 2 * timeoutPs) return this.forget(request, 'unexpected');
      if (age >= timeoutPs) return this.uncertain(request, 'mayBeUnexpected');
      const fate = lateCompletions === 'dropped' ? 'late' : 'unexpected';
      if (!isSuccess) return this.forget(request, fate);
      if (isRightCount) this.consume(request, tlp);
      return fate;
    }
    if (age > 2 * timeoutPs) {
      this.timedOut(request);
      return this.forget(request, 'unexpected');
    }
    if (age >= timeoutPs) {
      if (request.execution !== undefined) request.execution.mayHaveTimedOut = true;
      this.effect(request, tlp, timePs);
      request.isUncertain = true;
      return 'mayBeUnexpected';
    }
    if (isSuccess && !isRightCount) {
      return request.abortPossiblePs <= timePs ? 'mayBeLate' : 'unexpected';
    }
    const isOpen = request.abortPossiblePs <= timePs;
    this.effect(request, tlp, timePs);
    if (isOpen) return 'mayBeLate';
    return isSuccess && tlp.ep === 0 ? 'used' : 'failed';
  }

  private silent(request: OutstandingRequest, tlp: Tlp, timePs: number): CompletionFate {
    if (timePs < this.predictor.silentUntilPs) {
      if (tlp.status !== CompletionStatus.SC) return this.forget(request, 'silent');
      if (tlp.byteCount === request.remaining) this.consume(request, tlp);
      return 'silent';
    }
    return this.forget(request, 'mayBeUnexpected');
  }

  private forget(request: OutstandingRequest, fate: CompletionFate): CompletionFate {
    this.predictor.outstanding.remove(request);
    return fate;
  }

  private uncertain(request: OutstandingRequest, fate: CompletionFate): CompletionFate {
    request.isUncertain = true;
    return fate;
  }

  /** Bytes of an aborted request have come. */
  private consume(request: OutstandingRequest, tlp: Tlp): void {
    request.remaining -= carriedBytes(tlp, request);
    if (request.remaining <= 0) this.predictor.outstanding.remove(request);
  }

  /** The completion counts: bytes are taken over, or the request fails. */
  private effect(request: OutstandingRequest, tlp: Tlp, timePs: number): void {
    const { execution } = request;
    if (tlp.status !== CompletionStatus.SC) {
      this.end(request);
      if (execution !== undefined) this.fail(request, execution, failureStatus(tlp.status), timePs);
      return;
    }
    if (tlp.byteCount !== request.remaining) return;
    const count = carriedBytes(tlp, request);
    const start = tlp.lowerAddress & 3;
    const offset = request.offset + request.byteLength - request.remaining;
    request.remaining -= count;
    if (request.parts === 0) request.firstPartBytes = count;
    request.parts++;
    if (request.remaining <= 0) this.end(request);
    if (execution === undefined) return;
    if (tlp.ep !== 0) {
      // Whether the rest of the parts is still awaited after a poisoned one is not said.
      request.isUncertain = true;
      this.fail(request, execution, WorkStatus.POISONED, timePs);
      return;
    }
    if (request.role === 'fetch' && request.twins.length > 0) {
      const others = request.twins.filter(({ role }) => role === 'fetch');
      execution.fetchTwins = [...execution.fetchTwins, ...others];
    }
    if (request.role === 'fetch') this.fetched(execution, offset, count, timePs);
    else {
      execution.receive(offset, viewOf(tlp.payload, start, count));
      if (request.role === 'atomic') execution.atomicAnswered = request.remaining <= 0;
    }
  }

  private end(request: OutstandingRequest): void {
    this.predictor.outstanding.remove(request);
    const list = request.execution?.outstanding;
    if (list === undefined) return;
    const at = list.indexOf(request);
    if (at >= 0) list.splice(at, 1);
  }

  private timedOut(request: OutstandingRequest): void {
    const { execution } = request;
    if (execution === undefined) return;
    execution.mayHaveTimedOut = true;
    this.end(request);
    this.fail(
      request,
      execution,
      WorkStatus.TIMED_OUT,
      request.leftPs + 2 * this.predictor.timeoutPs,
    );
  }

  private fail(
    request: OutstandingRequest,
    execution: WorkExecution,
    status: number,
    timePs: number,
  ): void {
    if (request.role !== 'fetch') {
      execution.fail(status, timePs);
      return;
    }
    execution.fetchFailed = true;
    const { queue } = execution.requester;
    if (execution.epoch !== queue.epoch || queue.current !== execution) return;
    const { timeoutPs } = this.predictor;
    queue.halted('yes', status, timePs, execution.timeoutPossible(timePs, timeoutPs));
    queue.nextIndex = execution.index;
  }

  /** DWs of a descriptor have come; with the last one it begins to execute. */
  private fetched(execution: WorkExecution, offset: number, count: number, timePs: number): void {
    const mask = maskOfDws(offset, count);
    execution.fetchReceived |= mask;
    const { descriptorBytes, lengthMax } = execution.format;
    if (execution.fetchReceived !== maskOfDws(0, descriptorBytes)) return;
    if (execution.fetchFailed) return;
    const { requester } = execution;
    const { queue } = requester;
    const { params, atomicsEnable } = this.predictor;
    const work = queue.posted.get(execution.index & INDEX_MASK);
    const can = {
      atomic: params.atomics && atomicsEnable.value,
      crc32: params.crc32,
      vectorCount: requester.vectors.length,
      lengthMax,
    };
    execution.begin(work, work === undefined ? 0 : refusedStatus(work, can));
    if (execution.epoch === queue.epoch) queue.fetched.ended(timePs);
  }
}

/** Bytes of the request that this completion brings. */
function carriedBytes(tlp: Tlp, request: OutstandingRequest): number {
  return Math.min(request.remaining, Math.max(0, tlp.payload.length - (tlp.lowerAddress & 3)));
}

function failureStatus(status: number): number {
  return status === CompletionStatus.CA ? WorkStatus.ABORTED : WorkStatus.UNSUPPORTED;
}

/** Mask of the whole DWs in `count` bytes from `offset`, up to 64; completions split at 64 bytes, so parts are whole DWs. */
export function maskOfDws(offset: number, count: number): number {
  const dws = Math.floor(count / 4);
  const run = dws >= DWS_MAX ? (1 << DWS_MAX) - 1 : (1 << dws) - 1;
  return (run << (offset / 4)) & ((1 << DWS_MAX) - 1);
}
