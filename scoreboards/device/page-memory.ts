// The plain memory in the pages of SDIs as the host wrote it, and what a read of it must give. Source: siov-facts §13 T-MMIO-1,
// T-RST-4, R-RST-23; policy `pages.resettingReads`.
import { hex } from '#base/bits';
import type { AddressRange } from '#siov/host-event';
import type { RequesterTrack } from '../predictors/requester-track.ts';
import type { TrafficPredictor } from '../predictors/traffic-predictor.ts';
import type { ForeignRule } from './device-rules.ts';
import { blameWord } from './word-blame.ts';
import { exactly, maskOfBe, type WordCheck, type WordFault } from './word-check.ts';
import { WordStore } from './word-store.ts';

type PageRule = 'stale' | ForeignRule;

/** A DW of a page. */
export interface PagePlace {
  readonly page: number;
  /** Bytes from the start of the page. */
  readonly offset: number;
}

const ALL_ONES = 0xffff_ffff;

export class PageMemory {
  private readonly predictor: TrafficPredictor;
  private readonly scratch: AddressRange;
  private readonly pages = new Map<number, WordStore>();

  /** @param scratch the memory, relative to its page. */
  constructor(predictor: TrafficPredictor, scratch: AddressRange) {
    this.predictor = predictor;
    this.scratch = scratch;
  }

  /** All of these pages are at their reset values. */
  reset(pages: readonly number[]): void {
    for (const page of pages) this.store(page).reset();
  }

  resetAll(): void {
    for (const store of this.pages.values()) store.reset();
  }

  write(
    owner: RequesterTrack,
    at: PagePlace,
    word: number,
    how: { be: number; timePs: number },
  ): void {
    if (!this.isScratch(at.offset)) return;
    const store = this.store(at.page);
    // Dropped if it came before the end of a command, taken if after it: the host does not know.
    if (!isSettled(owner)) store.forget(at.offset, true);
    else store.write(at.offset, word, how.be, how.timePs);
  }

  /** A write came while nobody but the device knows whether it counts. */
  forget(at: PagePlace): void {
    if (this.isScratch(at.offset)) this.store(at.page).forget(at.offset, true);
  }

  /** What a DW must read; undefined: anything. */
  check(owner: RequesterTrack, at: PagePlace, be: number): WordCheck<PageRule> | undefined {
    const { offset, page } = at;
    if (!this.isScratch(offset) || be === 0) return undefined;
    const store = this.store(page);
    const subject = owner.name;
    const name = `page ${page} offset ${hex(offset, 3)}`;
    if (owner.life === 'resetting') return this.resettingCheck({ subject, name }, be);
    if (!isSettled(owner)) return undefined;
    const value = store.at(offset);
    if (value < 0) return undefined;
    const sincePs = store.writtenAt(offset);
    const mask = maskOfBe(be);
    const judge = (word: number, leftPs: number): WordFault<PageRule> | undefined => {
      if (((word ^ value) & mask) === 0) return undefined;
      const wrong = { store, offset, word, value, sincePs, leftPs };
      const blame = blameWord(this.predictor, this.pages.values(), owner, wrong);
      return { rule: blame === 'own' ? 'ownPage' : blame, expected: hex((value & mask) >>> 0, 8) };
    };
    return { subject, name, rule: 'stale', judge };
  }

  /** As the policy says while the reset goes on, and the reset value afterwards: never what stood there. */
  private resettingCheck(
    of: { readonly subject: string; readonly name: string },
    be: number,
  ): WordCheck<PageRule> | undefined {
    if (this.predictor.pending?.assignment !== undefined) return undefined;
    const during = this.predictor.policy.pages.resettingReads === 'all-ones' ? [ALL_ONES, 0] : [0];
    return { ...of, rule: 'stale', judge: exactly('stale', during, maskOfBe(be)) };
  }

  private isScratch(offset: number): boolean {
    const { base, length } = this.scratch;
    return offset >= base && offset < base + length;
  }

  private store(page: number): WordStore {
    const known = this.pages.get(page);
    if (known !== undefined) return known;
    const made = new WordStore();
    this.pages.set(page, made);
    return made;
  }
}

function isSettled({ life }: RequesterTrack): boolean {
  return life !== 'resetting' && life !== 'destroying' && life !== 'creating';
}
