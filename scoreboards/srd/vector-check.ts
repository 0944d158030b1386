// Interrupt entries (IMS, MSI-X tables) and pending bits (of entries, of PBAs) as registers: what a read of one DW must give.
// Source: SRD §3, §4, §6, §7, §8.
import { VectorControl, VectorEntry, VECTOR_ENTRY_BYTES } from '#siov/srd-registers';
import { vectorOf } from '../predictors/execution-end.ts';
import type { RequesterTrack } from '../predictors/requester-track.ts';
import type { TrafficPredictor } from '../predictors/traffic-predictor.ts';
import type { VectorTrack } from '../predictors/vector-track.ts';
import { exactly, maskOfBe } from '../device/word-check.ts';
import type { WordCheck, WordFault } from './srd-word-check.ts';
import type { WordStore } from '../device/word-store.ts';

const ALL_ONES = 0xffff_ffff;
const ADDRESS_LOW_MASK = 0xffff_fffc;

/** A read of the DW at `offset` of a table kept in `store`, of an entry that `owner` has. */
export function checkVectorWord(
  owner: RequesterTrack,
  at: {
    readonly store: WordStore;
    readonly offset: number;
    readonly be: number;
    /** Of an entry of an SDI; its pending bit is judged, too. */
    readonly entry?: number;
    readonly predictor?: TrafficPredictor;
  },
): WordCheck | undefined {
  const { store, offset, be } = at;
  if (owner.life === 'resetting' || owner.life === 'destroying' || owner.life === 'creating') {
    return undefined;
  }
  const field = offset % VECTOR_ENTRY_BYTES;
  const isControl = field === VectorEntry.CONTROL;
  const value = store.at(offset, isControl ? VectorControl.MASK : 0);
  if (value < 0) return undefined;
  const bits = isControl
    ? VectorControl.MASK
    : field === VectorEntry.ADDRESS_LOW
      ? ADDRESS_LOW_MASK
      : ALL_ONES;
  const mask = (bits & maskOfBe(be)) >>> 0;
  const stored = exactly('ims', [value], mask);
  const { entry, predictor } = at;
  const isPendingRead = isControl && (be & 1) !== 0 && predictor !== undefined;
  const index = entry === undefined ? -1 : owner.imsEntries.indexOf(entry);
  const pending = isPendingRead ? pendingJudge(predictor, owner, index) : undefined;
  return {
    subject: owner.name,
    name: `interrupt entry offset ${offset}`,
    rule: 'ims',
    judge: (word) => stored(word) ?? pending?.((word & VectorControl.PENDING) !== 0),
  };
}

/**
 * The pending bit of vector `index` of `owner` (SRD §4, §7, §8), as far as the page binds it.
 *
 * 1 for certain from the end of a descriptor that raised the vector while it was masked, for as long as it stays masked. 0 for
 * certain when nothing has been raised that was not sent or lost, and the last message left longer ago than SRD §4 Progress gives to
 * any work: within what time the bit falls is not said. When it may be 0 or 1 otherwise is not said, and not judged.
 */
export function pendingJudge(
  predictor: TrafficPredictor,
  owner: RequesterTrack,
  index: number,
): ((isPending: boolean) => WordFault | undefined) | undefined {
  const vector: VectorTrack | undefined = owner.vectors[index];
  if (vector === undefined) return undefined;
  const arrivedPs = predictor.nowPs;
  const { life } = owner;
  const mustBeSet = vector.isOwed && owner.msixEnable?.mayBeFalse(arrivedPs) !== true;
  const mustBeClear = isIdle(predictor, vector, arrivedPs);
  if (!mustBeSet && !mustBeClear) return undefined;
  return (isPending) => {
    if (owner.life !== life || owner.vectors[index] !== vector) return undefined;
    if (mustBeClear) {
      const mayBeRaised = !isIdle(predictor, vector, arrivedPs) || mayRaise(owner, vector);
      if (mayBeRaised || !isPending) return undefined;
      return { rule: 'pendingLost', expected: 'not pending: nothing was raised and not sent' };
    }
    const mayHaveGone = !vector.isOwed || owner.mayHaveBeenUnmaskedSince(vector, arrivedPs);
    if (mayHaveGone || isPending) return undefined;
    return { rule: 'pendingLost', expected: 'pending: raised while masked, and not sent since' };
  };
}

/** Nothing is raised, and nothing was for so long that what shows it has certainly gone. */
function isIdle(predictor: TrafficPredictor, vector: VectorTrack, timePs: number): boolean {
  const { fixedNs, timeouts } = predictor.policy.timing.progress;
  const slackPs = fixedNs * 1000 + timeouts * predictor.timeoutPs;
  return vector.possible === 0 && vector.lastPs + slackPs <= timePs;
}

/** The descriptor in execution may have raised `vector` since its last TLP. */
function mayRaise(owner: RequesterTrack, vector: VectorTrack): boolean {
  const { current } = owner.queue;
  return current !== undefined && vectorOf(current) === vector;
}

/** The pending bits of an MSI-X table, a DW of its PBA: bit i is vector i. */
export function checkPendingWord(
  predictor: TrafficPredictor,
  owner: RequesterTrack,
  be: number,
): WordCheck | undefined {
  if ((be & 1) === 0 || owner.life !== 'enabled') return undefined;
  const judges = owner.vectors.map((_, index) => pendingJudge(predictor, owner, index));
  return {
    subject: owner.name,
    name: 'pending bits',
    rule: 'pendingLost',
    judge: (word) => {
      for (const [index, judge] of judges.entries()) {
        const fault = judge?.(((word >>> index) & 1) === 1);
        if (fault !== undefined) return { ...fault, expected: `bit ${index}: ${fault.expected}` };
      }
      return undefined;
    },
  };
}
