// Whether an interrupt message is one that its owner may send now, as programmed, raised and unmasked, and under the Routing ID
// that the policy names. Source: siov-facts §13 T-INT, §14 item 7; SRD §7, §8; policy `interrupts`.
import { printRid } from '#pcie/routing-id';
import { hex } from '#base/bits';
import { whoseMessage } from './culprit.ts';
import { raise, vectorOf } from './execution-end.ts';
import type { RequesterTrack } from './requester-track.ts';
import { byteEnableText } from './request-text.ts';
import type { SeenRequest } from './seen-request.ts';
import type { TrafficPredictor } from './traffic-predictor.ts';
import type { VectorTrack } from './vector-track.ts';

/** Whose message a write of one DW may be: the owner's of its Requester ID, or an SDI's where the PF sends for them. */
export function senderOf(
  predictor: TrafficPredictor,
  seen: SeenRequest,
  requester: RequesterTrack,
): RequesterTrack {
  if (requester.kind !== 'pf' || predictor.policy.interrupts.requester === 'sdi') return requester;
  const owner = whoseMessage(predictor, seen);
  return owner?.kind === 'sdi' ? owner : requester;
}

/** A message to the address of `vector`, which `requester` has. */
export function interruptSeen(
  predictor: TrafficPredictor,
  seen: SeenRequest,
  ...[requester, vector]: [RequesterTrack, VectorTrack]
): void {
  const { tlp, timePs } = seen;
  seen.role = 'interrupt';
  seen.vector = vector;
  checkSender(predictor, seen, requester);
  const data = payloadWord(tlp.payload);
  if (!vector.ownsData(data, timePs)) {
    return seen.wrong('foreignMessage', `message data ${hex(vector.data)}`, hex(data));
  }
  if (tlp.firstBe !== 0xf || tlp.lastBe !== 0) {
    seen.wrong('interruptFormat', 'one DW with all bytes enabled', byteEnableText(seen));
  }
  const { current } = requester.queue;
  const isOwn = current !== undefined && vectorOf(current) === vector;
  if (isOwn && !current.isRaised) {
    if (current.mayBeDone(timePs, predictor.timeoutPs)) raise(current, timePs);
    else if (vector.possible === 0) {
      const expected = `the message after the work of descriptor ${current.index}`;
      return seen.wrong('earlyInterrupt', expected, 'the message before it');
    }
  }
  if (vector.possible === 0) {
    const expected = 'no message: nothing was raised since the last one';
    return seen.wrong('spuriousInterrupt', expected, `a message to ${hex(tlp.address)}`);
  }
  if (!requester.mayBeUnmasked(vector, timePs)) {
    return seen.wrong('maskedInterrupt', 'no message while masked', `one to ${hex(tlp.address)}`);
  }
  vector.sent(timePs);
  if (isOwn && current.isRaised) current.interruptSeen = true;
}

/** An SDI sends its messages itself, or the PF does: policy `interrupts.requester`. */
function checkSender(
  predictor: TrafficPredictor,
  seen: SeenRequest,
  requester: RequesterTrack,
): void {
  if (requester.kind !== 'sdi') return;
  const { pf, policy } = predictor;
  const isByPf = policy.interrupts.requester === 'pf';
  const wanted = isByPf ? pf.requesterId : requester.requesterId;
  const { requesterId } = seen.tlp;
  if (requesterId === wanted) return;
  const who = isByPf ? 'the PF' : requester.name;
  const expected = `the message of ${requester.name} from ${who}, ${printRid(wanted)}`;
  seen.wrong('interruptRequester', expected, `from ${printRid(requesterId)}`);
}

function payloadWord(payload: Uint8Array): number {
  return (payload[0] | (payload[1] << 8) | (payload[2] << 16) | (payload[3] << 24)) >>> 0;
}
