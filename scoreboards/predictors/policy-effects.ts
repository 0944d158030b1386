// What the policy decides about SDIs that live through a change of the bus number or through a reset. Source: siov-facts §13
// T-RID-5, T-RST-2, §14 items 4-6.
import type { Finding } from './finding.ts';
import type { RequesterTrack } from './requester-track.ts';
import type { TrafficPredictor } from './traffic-predictor.ts';

/** Policy `rids.onRenumbering`: SDIs keep their Routing IDs, or those that are strided move with the PF. */
export function renumber(predictor: TrafficPredictor, pfRid: number): void {
  const { pf, policy, rids } = predictor;
  const distance = pfRid - pf.requesterId;
  rids.move(pf, pfRid);
  if (policy.rids.onRenumbering === 'stay' || distance === 0) return;
  const moving = [...predictor.all()].filter(
    (one) => one.kind === 'sdi' && one.life !== 'free' && one.isStrided,
  );
  for (const one of moving) rids.move(one, (one.requesterId + distance) & 0xffff);
}

/** Policy `sdiReset.outstanding`: a request that is awaited when the reset of its SDI has ended, where none may be. */
export function notDrained(
  predictor: TrafficPredictor,
  requester: RequesterTrack,
  timePs: number,
): Finding | undefined {
  if (predictor.policy.sdiReset.outstanding === 'abandoned') return undefined;
  for (const request of predictor.outstanding.all()) {
    if (request.requester !== requester || request.isAborted || request.isUncertain) continue;
    if (timePs >= request.leftPs + predictor.timeoutPs) continue;
    const seen = `tag ${request.tag} is awaited`;
    const expected = 'no request awaited at the end of its reset';
    return { problem: 'notDrained', requester, timePs, expected, seen };
  }
  return undefined;
}
