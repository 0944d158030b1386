// SIOV Status bit 0 (T-CAP-5): what a read may show is certain only where no command is on the move from the arrival of the read
// to its completion. Source: siov-facts §2.1, §13 T-CAP-5; SRD §3; policy `capability.statusBit`.
import type { RequesterTrack } from '../predictors/requester-track.ts';
import type { TrafficPredictor } from '../predictors/traffic-predictor.ts';
import type { ForeignRule } from './device-rules.ts';
import type { WordFault } from './word-check.ts';

export type StatusFault = WordFault<'capStatus' | ForeignRule>;

/** A read arrives now; the result judges the bit when its completion leaves. */
export function statusBitCheck(
  predictor: TrafficPredictor,
): (isOne: boolean) => StatusFault | undefined {
  const before = countedSdis(predictor);
  const what = predictor.policy.capability.statusBit === 'sdi-exists' ? 'exists' : 'is ENABLED';
  return (isOne) => {
    const after = countedSdis(predictor);
    const mustBeOne = before.surely.some((one) => after.surely.includes(one));
    const mustBeZero = before.maybe === 0 && after.maybe === 0;
    if (mustBeOne && !isOne) {
      const rule = ruleOfLost(predictor, before.surely);
      return { rule, expected: `SIOV Status bit 0 = 1: an SDI ${what}` };
    }
    if (!mustBeZero || !isOne) return undefined;
    return { rule: 'capStatus', expected: `SIOV Status bit 0 = 0: no SDI ${what}` };
  };
}

/** An enabled SDI is gone: an FLR of a VF may have taken it. */
function ruleOfLost(
  predictor: TrafficPredictor,
  surely: readonly RequesterTrack[],
): 'capStatus' | 'disturbedAcross' {
  for (const one of surely) {
    const other = predictor.resets.otherDuring(one, one.enabledPs, predictor.nowPs);
    if (other?.kind === 'vf') return 'disturbedAcross';
  }
  return 'capStatus';
}

/** SDIs for which the bit is certainly 1, and how many there are for which it may be. */
function countedSdis(predictor: TrafficPredictor): {
  readonly surely: RequesterTrack[];
  readonly maybe: number;
} {
  const isByExistence = predictor.policy.capability.statusBit === 'sdi-exists';
  const surely: RequesterTrack[] = [];
  let maybe = 0;
  for (const one of predictor.all()) {
    if (one.kind !== 'sdi' || one.life === 'free') continue;
    const { life } = one;
    const isSure = life === 'enabled' || (isByExistence && life === 'created');
    const isOut = life === 'created' || life === 'creating' || life === 'destroying';
    if (isSure) surely.push(one);
    if (isByExistence || !isOut) maybe++;
  }
  return { surely, maybe };
}
