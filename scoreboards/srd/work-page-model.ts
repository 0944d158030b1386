// Work pages and VF pages as the host wrote them, and what a read of them must give. Source: SRD §6.3, §6.7, §7, §8.
import { hex } from '#base/bits';
import {
  PageCtrl,
  PagePasid,
  PageRegister,
  PageState,
  SCRATCH_BYTES,
  SCRATCH_OFFSET,
  VfMsix,
  VECTOR_ENTRY_BYTES,
} from '#siov/srd-registers';
import { WorkStatus } from '#siov/work';
import { shownEnded } from '../predictors/execution-end.ts';
import type { Halt } from '../predictors/queue-track.ts';
import type { RequesterTrack } from '../predictors/requester-track.ts';
import type { TrafficPredictor } from '../predictors/traffic-predictor.ts';
import { checkPendingWord, checkVectorWord } from './vector-check.ts';
import { blameWord } from '../device/word-blame.ts';
import type { SrdRuleKey } from './srd-rules.ts';
import { exactly, maskOfBe } from '../device/word-check.ts';
import type { WordCheck, WordFault } from './srd-word-check.ts';
import { WordStore } from '../device/word-store.ts';

const ALL_ONES = 0xffff_ffff;
const COUNTER_MASK = 0xffff;
/** Registers that store what is written, with the bits that are checked. */
const STORED: ReadonlyMap<number, number> = new Map<number, number>([
  [PageRegister.CTRL, PageCtrl.QUEUE_ENABLE],
  [PageRegister.RING_BASE_LOW, ALL_ONES],
  [PageRegister.RING_BASE_HIGH, ALL_ONES],
  [PageRegister.RING_SIZE, COUNTER_MASK],
  [PageRegister.TAIL, COUNTER_MASK],
  [PageRegister.RECORD_BASE_LOW, ALL_ONES],
  [PageRegister.RECORD_BASE_HIGH, ALL_ONES],
  [PageRegister.PASID, (PagePasid.ENABLE | PagePasid.VALUE_MASK) >>> 0],
]);

export class WorkPageModel {
  private readonly predictor: TrafficPredictor;
  private readonly pages = new Map<number, WordStore>();
  private readonly vfPages = new Map<number, WordStore>();

  constructor(predictor: TrafficPredictor) {
    this.predictor = predictor;
  }

  /** Page `page` of BAR2, or the page of VF `page`. */
  store(isVf: boolean, page: number): WordStore {
    const pages = isVf ? this.vfPages : this.pages;
    const known = pages.get(page);
    if (known !== undefined) return known;
    const made = new WordStore();
    pages.set(page, made);
    return made;
  }

  resetPages(pages: readonly number[]): void {
    for (const page of pages) this.store(false, page).reset();
  }

  resetVf(vf: number): void {
    this.store(true, vf).reset();
  }

  resetAll(): void {
    for (const store of this.pages.values()) store.reset();
    for (const store of this.vfPages.values()) store.reset();
  }

  /** One DW written to a page of `owner`; `isControl`: the page has the registers. */
  write(
    at: { readonly owner: RequesterTrack; readonly page: number; readonly offset: number },
    word: number,
    be: number,
    timePs: number,
  ): void {
    const { owner, page, offset } = at;
    const isVf = owner.kind === 'vf';
    const store = this.store(isVf, page);
    if (owner.life === 'resetting') {
      // Dropped if it came before the end, taken if after it: the host does not know (SRD §6.7).
      store.forget(offset, true);
      return;
    }
    if (!isControlPage(owner, page)) {
      if (isScratch(offset)) store.write(offset, word, be, timePs);
      return;
    }
    const isTable = isVf && isVfTable(offset);
    if (!isScratch(offset) && !STORED.has(offset) && !isTable) return;
    const before = store.at(offset);
    const value = store.write(offset, word, be, timePs);
    if (offset !== PageRegister.CTRL) return;
    if ((before & 1) === 0 && (value & 1) === 1) store.set(PageRegister.TAIL, 0);
  }

  /** A write came while nobody but the device knows whether it counts. */
  forget(
    owner: RequesterTrack,
    at: { readonly page: number; readonly offset: number },
    lengthDw: number,
  ): void {
    const store = this.store(owner.kind === 'vf', at.page);
    for (let i = 0; i < lengthDw; i++) store.forget(at.offset + 4 * i, true);
  }

  /** What the DW at `offset` of a page of `owner` must read. */
  check(owner: RequesterTrack, page: number, offset: number, be: number): WordCheck | undefined {
    const isVf = owner.kind === 'vf';
    const store = this.store(isVf, page);
    const subject = owner.name;
    const name = `page ${page} offset ${hex(offset, 3)}`;
    if (owner.life === 'resetting') {
      if (this.predictor.pending?.assignment !== undefined || isVf) return undefined;
      const { resettingReads } = this.predictor.policy.pages;
      const during = resettingReads === 'all-ones' ? ALL_ONES : 0;
      const judge = exactly('resetting', [during, 0], maskOfBe(be));
      const isStored = isScratch(offset) && store.at(offset) >= 0;
      return isStored ? { subject, name, rule: 'resetting', judge } : undefined;
    }
    if (owner.life === 'destroying' || owner.life === 'creating') return undefined;
    if (isScratch(offset) || !isControlPage(owner, page)) {
      return this.stored(owner, { store, offset, name }, maskOfBe(be));
    }
    if (offset === PageRegister.STATE) return be === 0xf ? this.state(owner, name) : undefined;
    if (offset === PageRegister.HEAD || offset === PageRegister.OPS) {
      return be === 0xf ? this.counter(owner, offset, name) : undefined;
    }
    if (isVf && isVfTable(offset)) return checkVectorWord(owner, { store, offset, be });
    if (isVf && offset === VfMsix.PBA) return checkPendingWord(this.predictor, owner, be);
    if (isVf && offset > VfMsix.PBA) return undefined;
    const mask = STORED.get(offset) ?? ALL_ONES;
    return this.stored(owner, { store, offset, name }, (mask & maskOfBe(be)) >>> 0);
  }

  private stored(
    owner: RequesterTrack,
    at: { readonly store: WordStore; readonly offset: number; readonly name: string },
    mask: number,
  ): WordCheck | undefined {
    const { store, offset, name } = at;
    const value = store.at(offset);
    if (value < 0) return undefined;
    const sincePs = store.writtenAt(offset);
    const judge = (word: number, leftPs: number): WordFault | undefined => {
      if (((word ^ value) & mask) === 0) return undefined;
      const wrong = { store, offset, word, value, sincePs, leftPs };
      const blame = blameWord(this.predictor, this.pages.values(), owner, wrong);
      const rule = blame === 'own' ? 'workPage' : blame;
      return { rule, expected: hex((value & mask) >>> 0, 8) };
    };
    const rule = isScratch(offset) && value === 0 ? 'stale' : 'workPage';
    return { subject: owner.name, name, rule, judge };
  }

  private state(owner: RequesterTrack, name: string): WordCheck {
    const { predictor } = this;
    const { queue } = owner;
    const { current, epoch, halt } = queue;
    const arrivalLife = owner.life;
    const judge = (word: number, leftPs: number): WordFault | undefined => {
      const { life } = owner;
      const isSurelyEnabled = arrivalLife === 'enabled' && life === 'enabled';
      const isSurelyIdle = arrivalLife === 'created' && life === 'created';
      if (isSurelyEnabled && (word & PageState.ENABLED) === 0) {
        return { rule: this.unlessDisturbed(owner, 'state'), expected: 'bit 0 = 1: enabled' };
      }
      if (isSurelyIdle && (word & PageState.ENABLED) !== 0) {
        return { rule: 'state', expected: 'bit 0 = 0: not enabled' };
      }
      const isSame = current !== undefined && current === queue.current && life === 'enabled';
      const isRunning =
        isSame && current.isExecuting && !current.mayBeDone(leftPs, predictor.timeoutPs);
      if (isRunning && isSurelyEnabled && (word & PageState.EXECUTING) === 0) {
        return {
          rule: this.unlessDisturbed(owner, 'state'),
          expected: 'bit 1 = 1: a descriptor is executing',
        };
      }
      const fault =
        queue.epoch === epoch ? this.haltFault(owner, word, { halt, leftPs }) : undefined;
      // Its fetch had left when the read arrived, and it is not executing: it has ended.
      const isOver = fault === undefined && (word & PageState.EXECUTING) === 0;
      if (isOver && current !== undefined) shownEnded(predictor, current, leftPs);
      return fault;
    };
    return { subject: owner.name, name, rule: 'state', judge };
  }

  /** STATE bit 2 and the halt code; `halt`: what was certain when the read arrived. */
  private haltFault(
    owner: RequesterTrack,
    word: number,
    at: { readonly halt: Halt; readonly leftPs: number },
  ): WordFault | undefined {
    const { queue } = owner;
    const rule = 'state';
    const isHalted = (word & PageState.HALTED) !== 0;
    const isBadRing = at.halt === 'yes' && queue.haltCode === WorkStatus.BAD_RING;
    if (isBadRing && !isHalted) return { rule, expected: 'bit 2 = 1: halted' };
    if (!isHalted) return undefined;
    const code = (word >>> PageState.HALT_CODE_SHIFT) & 0xff;
    if (queue.halt === 'no') {
      const { timeoutPs } = this.predictor;
      const mayTimeOut = queue.current?.fetchMayHaveFailed(at.leftPs, timeoutPs) === true;
      const isTimeout = mayTimeOut && code === WorkStatus.TIMED_OUT;
      return isTimeout ? undefined : { rule, expected: 'bit 2 = 0: not halted' };
    }
    return queue.mayShow(code) ? undefined : { rule, expected: `halt code ${hex(queue.haltCode)}` };
  }

  /** `rule`, unless a reset of somebody else may have caused what was read. */
  private unlessDisturbed(owner: RequesterTrack, rule: SrdRuleKey): SrdRuleKey {
    const other = this.predictor.disturberOf(owner);
    if (other === undefined) return rule;
    return other.kind === owner.kind ? 'disturbed' : 'disturbedAcross';
  }

  private counter(owner: RequesterTrack, offset: number, name: string): WordCheck {
    const { predictor } = this;
    const { queue } = owner;
    const isHead = offset === PageRegister.HEAD;
    const counter = isHead ? queue.fetched : queue.ended;
    const { current, epoch } = queue;
    const arrivedPs = predictor.nowPs;
    const low = counter.atLeast(arrivedPs);
    const judge = (word: number, leftPs: number): WordFault | undefined => {
      if (queue.epoch !== epoch || owner.life === 'resetting') return undefined;
      const isLast = queue.current?.mayBeDone(leftPs, predictor.timeoutPs) === true;
      const high = counter.atMost + (!isHead && isLast ? 1 : 0);
      const span = (word - low) & (isHead ? COUNTER_MASK : -1);
      if (span >>> 0 <= high - low) {
        const isCounted = !isHead && isLast && span > 0 && word === high;
        if (isCounted && current !== undefined) shownEnded(predictor, current, leftPs);
        return undefined;
      }
      const rule = word === 0 ? this.unlessDisturbed(owner, 'counters') : 'counters';
      return { rule, expected: low === high ? `${low}` : `${low}..${high}` };
    };
    return { subject: owner.name, name, rule: 'counters', judge };
  }
}

function isScratch(offset: number): boolean {
  return offset >= SCRATCH_OFFSET && offset < SCRATCH_OFFSET + SCRATCH_BYTES;
}

function isVfTable(offset: number): boolean {
  return offset >= VfMsix.TABLE && offset < VfMsix.TABLE + VfMsix.COUNT * VECTOR_ENTRY_BYTES;
}

function isControlPage(owner: RequesterTrack, page: number): boolean {
  return owner.kind === 'vf' || owner.pages[0] === page;
}
