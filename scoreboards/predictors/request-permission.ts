// Whether a requester may start memory requests, as far as Bus Master Enable and power go. Source: siov-facts R-REQ-8; SRD §3, §7;
// policy `functions.d3hot`.
import type { RequesterTrack } from './requester-track.ts';
import type { TrafficPredictor } from './traffic-predictor.ts';

/** A memory request may leave at `timePs`. */
export function mayRequest(
  predictor: TrafficPredictor,
  requester: RequesterTrack,
  timePs: number,
): boolean {
  if (!requester.gate.mayPass(timePs)) return false;
  return predictor.powerGate.mayPass(timePs) || ignoresPower(predictor, requester);
}

/** Whether a gate was closed at some time since `sincePs`. */
export function gateMovedSince(
  predictor: TrafficPredictor,
  requester: RequesterTrack,
  sincePs: number,
): boolean {
  const { gate } = requester;
  const { powerGate } = predictor;
  if (!gate.isOn || gate.openedPs >= sincePs) return true;
  if (ignoresPower(predictor, requester)) return false;
  return !powerGate.isOn || powerGate.openedPs >= sincePs;
}

/** SDIs go on in D3hot, where the policy says so. */
function ignoresPower(predictor: TrafficPredictor, requester: RequesterTrack): boolean {
  return requester.kind === 'sdi' && predictor.policy.functions.d3hot === 'sdis-go-on';
}
