// What host events do to queues and vectors: started, stopped, rung, programmed, masked. Source: SRD §6.7, §7.
import { isPowerOfTwo } from '#base/bits';
import type { HostEvent } from '#siov/host-event';
import { INDEX_MASK, WorkStatus } from '#siov/work';
import type { QueueTrack } from './queue-track.ts';
import type { RequesterTrack } from './requester-track.ts';
import type { TrafficPredictor } from './traffic-predictor.ts';

/** Takes over an event about a queue or a vector; false for any other. */
export function takeQueueEvent(
  predictor: TrafficPredictor,
  event: HostEvent,
  timePs: number,
): boolean {
  switch (event.kind) {
    case 'workPosted':
      predictor.track(event.requester).queue.posted.set(event.n & INDEX_MASK, event.work);
      return true;
    case 'queueStarted':
    case 'queueStopped':
    case 'doorbell': {
      const requester = predictor.track(event.requester);
      // Writes to the pages of an SDI that is RESETTING are dropped.
      if (requester.life === 'resetting' || requester.life === 'free') return true;
      if (event.kind === 'queueStopped') requester.queue.stop(timePs);
      else if (event.kind === 'doorbell') ring(predictor, requester, event.tail, timePs);
      else start(predictor, requester.queue, event, timePs);
      return true;
    }
    case 'vectorProgrammed': {
      const vector = predictor.track(event.requester).vectors[event.vector];
      vector?.program(event.address, event.data, timePs);
      return true;
    }
    case 'vectorMasked':
      predictor.track(event.requester).vectors[event.vector]?.mask.set(event.masked, timePs);
      return true;
    case 'msixEnable': {
      const requester = predictor.track(event.requester);
      requester.msixEnable?.set(event.enabled, timePs);
      requester.functionMask?.set(event.functionMasked, timePs);
      return true;
    }
    default:
      return false;
  }
}

function start(
  predictor: TrafficPredictor,
  queue: QueueTrack,
  event: Extract<HostEvent, { kind: 'queueStarted' }>,
  timePs: number,
): void {
  const { ringBase, ringEntries, recordBase, pasid } = event;
  const { ringEntriesMin, ringEntriesMax } = predictor.format;
  queue.start({ ringBase, ringEntries, recordBase, pasid }, timePs);
  const isAllowed =
    ringEntries >= ringEntriesMin && ringEntries <= ringEntriesMax && isPowerOfTwo(ringEntries);
  if (!isAllowed) queue.halted('yes', WorkStatus.BAD_RING, timePs);
}

/** TAIL - HEAD above RING_SIZE halts; HEAD moves when a fetch is complete, and shows it within a moment. */
function ring(
  predictor: TrafficPredictor,
  requester: RequesterTrack,
  tail: number,
  timePs: number,
): void {
  const { queue } = requester;
  if (!queue.isStarted) return;
  predictor.rung.add(requester);
  queue.tail = tail & INDEX_MASK;
  queue.rungPs = timePs;
  const isOver = isOverfull(queue, queue.fetched.count);
  const wasOver = isOverfull(queue, queue.fetched.atLeast(timePs));
  if (isOver && wasOver) {
    const { current } = queue;
    const isOfThisStart = current !== undefined && current.epoch === queue.epoch;
    const isLost = isOfThisStart && current.fetchMayHaveFailed(timePs, predictor.timeoutPs);
    queue.halted('yes', WorkStatus.BAD_RING, timePs, isLost);
  } else if (isOver || wasOver) queue.halted('maybe', WorkStatus.BAD_RING, timePs);
}

function isOverfull(queue: QueueTrack, head: number): boolean {
  return ((queue.tail - head) & INDEX_MASK) > queue.latch.ringEntries;
}
