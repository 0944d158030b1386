// Which rule a wrong word of a page breaks: what its old owner left, what is somebody else's, or what a reset of somebody else has
// taken. Source: siov-facts §13 T-RST-3, T-RST-4, T-RST-7, T-MMIO-1.
import type { RequesterTrack } from '../predictors/requester-track.ts';
import type { TrafficPredictor } from '../predictors/traffic-predictor.ts';
import type { WordStore } from './word-store.ts';

export interface WrongWord {
  /** The page that was read. */
  readonly store: WordStore;
  readonly offset: number;
  readonly word: number;
  /** What should have been there, and since when; -Infinity: it was never written. */
  readonly value: number;
  readonly sincePs: number;
  readonly leftPs: number;
}

/** 'own': nobody but the page itself is to blame. */
export type Blame = 'stale' | 'ownPage' | 'own' | 'disturbed' | 'disturbedAcross';

/** @param pages all pages that were written. */
export function blameWord(
  predictor: TrafficPredictor,
  pages: Iterable<WordStore>,
  owner: RequesterTrack,
  found: WrongWord,
): Blame {
  const { store, offset, word, value, sincePs, leftPs } = found;
  if (store.wasOld(offset, word)) return 'stale';
  if (word !== 0) {
    for (const other of pages) if (other !== store && other.at(offset) === word) return 'ownPage';
  }
  if (value !== 0 && word === 0 && sincePs > -Infinity) {
    const other = predictor.resets.otherDuring(owner, sincePs, leftPs);
    if (other !== undefined) return other.kind === owner.kind ? 'disturbed' : 'disturbedAcross';
    return 'ownPage';
  }
  // Never written by its owner, and no trace of the one before: somebody else's write landed here.
  return sincePs === -Infinity ? 'ownPage' : 'own';
}
