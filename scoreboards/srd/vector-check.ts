// Interrupt entries (IMS, MSI-X tables) as registers: what a read of one DW must give. Source: SRD §3, §4, §6, §8.
import { VectorControl, VectorEntry, VECTOR_ENTRY_BYTES } from '#siov/srd-registers';
import type { RequesterTrack } from '../predictors/requester-track.ts';
import { exactly, maskOfBe } from '../device/word-check.ts';
import type { WordCheck } from './srd-word-check.ts';
import type { WordStore } from '../device/word-store.ts';

const ALL_ONES = 0xffff_ffff;
const ADDRESS_LOW_MASK = 0xffff_fffc;

/** A read of the DW at `offset` of a table kept in `store`, of an entry that `owner` has. */
export function checkVectorWord(
  owner: RequesterTrack,
  at: { readonly store: WordStore; readonly offset: number; readonly be: number },
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
  return {
    subject: owner.name,
    name: `interrupt entry offset ${offset}`,
    rule: 'ims',
    judge: exactly('ims', [value], mask),
  };
}
