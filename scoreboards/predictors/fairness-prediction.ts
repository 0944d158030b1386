// Who waits while others are served: SRD §7 lets at most Q + E descriptors of others be fetched between the time a queue
// is ready and its own fetch. A queue counts here as ready only when that is certain: the count starts late, never early.
import { vectorOf } from './execution-end.ts';
import { gateMovedSince } from './request-permission.ts';
import type { RequesterTrack } from './requester-track.ts';
import type { TrafficPredictor } from './traffic-predictor.ts';

/** Told for each queue that is passed over. */
export type PassedOver = (waiting: RequesterTrack, count: number, bound: number) => void;

/** A descriptor of `fetcher` was fetched at `timePs`. */
export function noteFetch(
  predictor: TrafficPredictor,
  fetcher: RequesterTrack,
  timePs: number,
  passedOver: PassedOver,
): void {
  const { rung } = predictor;
  const bound = predictor.census.latched + predictor.params.engineCount;
  judgeSuspect(fetcher, bound, passedOver);
  rung.add(fetcher);
  for (const waiting of rung) {
    const { queue } = waiting;
    if (waiting === fetcher || !isSurelyReady(predictor, waiting, timePs)) {
      queue.readyNoticedPs = Infinity;
      queue.passedOver = 0;
      // A doorbell brings it back.
      if (queue.waitingCount === 0) rung.delete(waiting);
      continue;
    }
    if (queue.readyNoticedPs === Infinity) queue.readyNoticedPs = timePs;
    if (timePs < queue.readyNoticedPs + predictor.momentPs) continue;
    queue.passedOver++;
    const isTooOften = queue.passedOver > bound;
    if (isTooOften && predictor.disturberOf(waiting) !== undefined) queue.isSuspect = true;
    else passedOver(waiting, queue.passedOver, bound);
  }
}

/** A queue that was passed over too often fetches after all, or the run ends: it starved. */
export function judgeSuspect(
  requester: RequesterTrack,
  bound: number,
  passedOver: PassedOver,
): void {
  const { queue } = requester;
  if (!queue.isSuspect) return;
  queue.isSuspect = false;
  passedOver(requester, queue.passedOver, bound);
}

/** Whether nothing but an engine is missing for the next fetch of a queue. */
export function isSurelyReady(
  predictor: TrafficPredictor,
  requester: RequesterTrack,
  timePs: number,
): boolean {
  const { queue } = requester;
  if (requester.life !== 'enabled' || !queue.isStarted || queue.halt !== 'no') return false;
  if (queue.waitingCount === 0 || gateMovedSince(predictor, requester, timePs - predictor.momentPs))
    return false;
  const { current } = queue;
  if (current === undefined) return true;
  if (!current.recordSeen) return false;
  const vector = vectorOf(current);
  return vector === undefined || current.interruptSeen || !requester.mayBeUnmasked(vector, timePs);
}
