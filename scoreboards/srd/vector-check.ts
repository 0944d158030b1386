// Interrupt entries (IMS, MSI-X tables) as registers: what a read of one DW must give. Source: SRD §3, §4, §6, §8.
import { VectorControl, VectorEntry, VECTOR_ENTRY_BYTES } from '#siov/srd-registers';
import type { RequesterTrack } from '../predictors/requester-track.ts';
import type { TrafficPredictor } from '../predictors/traffic-predictor.ts';
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
  const pending = isControl && (be & 1) !== 0 ? pendingJudge(owner, at) : undefined;
  return {
    subject: owner.name,
    name: `interrupt entry offset ${offset}`,
    rule: 'ims',
    judge: (word) => stored(word) ?? pending?.(word),
  };
}

/**
 * The pending bit of an SDI's entry (SRD §4, §7): 1 for certain from the end of a descriptor that raised the vector while it
 * was masked, for as long as it stays masked. When it may be 0 or 1 otherwise is not said, and not judged.
 */
function pendingJudge(
  owner: RequesterTrack,
  at: { readonly entry?: number; readonly predictor?: TrafficPredictor },
): ((word: number) => WordFault | undefined) | undefined {
  const { entry, predictor } = at;
  if (entry === undefined || predictor === undefined) return undefined;
  const index = owner.imsEntries.indexOf(entry);
  if (index < 0 || !owner.vectors[index].isOwed) return undefined;
  const vector = owner.vectors[index];
  const arrivedPs = predictor.nowPs;
  const { life } = owner;
  return (word) => {
    const mayHaveGone = !vector.isOwed || owner.mayHaveBeenUnmaskedSince(vector, arrivedPs);
    if (mayHaveGone || owner.life !== life || (word & VectorControl.PENDING) !== 0)
      return undefined;
    return { rule: 'pendingLost', expected: 'bit 1 = 1: raised while masked, and not sent since' };
  };
}
