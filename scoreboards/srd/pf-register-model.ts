// The PF's registers (BAR0) and its MSI-X table (BAR4) as registers: what is written, and what a read must give.
// Source: SRD §3, §4.
import { hex } from '#base/bits';
import {
  ARG_COUNT,
  PF_ID_VALUE,
  PF_VERSION_VALUE,
  PfMsix,
  PfRegister,
  PfStatus,
  RESULT_COUNT,
  VECTOR_ENTRY_BYTES,
  VectorControl,
  VectorEntry,
} from '#siov/srd-registers';
import { RecentCounter } from '../predictors/recent-counter.ts';
import type { RequesterTrack } from '../predictors/requester-track.ts';
import type { TrafficPredictor } from '../predictors/traffic-predictor.ts';
import { AdminModel } from './admin-model.ts';
import { ErrorKind, ErrorLog, ERRORS_MASK, type BitBounds } from './error-log.ts';
import { checkPendingWord, checkVectorWord } from './vector-check.ts';
import { exactly, maskOfBe } from '../device/word-check.ts';
import type { WordCheck, WordFault } from './srd-word-check.ts';
import { WordStore } from '../device/word-store.ts';

const ALL_BYTES = 0xf;
/** AER uncorrectable status bits 12, 14, 15, 16, 18, 20. */
const AER_MASK = 0x0015_d000;
const STATUS_RESERVED_MASK = 0xfffc;

export class PfRegisterModel {
  readonly admin: AdminModel;
  readonly errors: ErrorLog;
  readonly late: RecentCounter;
  private readonly predictor: TrafficPredictor;
  private notedTimeoutPs = -Infinity;
  private readonly ims = new WordStore();
  private readonly msix = new WordStore();

  constructor(predictor: TrafficPredictor) {
    this.predictor = predictor;
    this.errors = new ErrorLog(predictor.momentPs);
    this.late = new RecentCounter(predictor.momentPs);
    this.admin = new AdminModel(predictor);
  }

  /** PF FLR; cold and hot reset clear AER too. */
  reset(isCold: boolean): void {
    this.admin.reset();
    this.late.reset();
    this.ims.reset();
    this.msix.reset();
    if (isCold) this.errors.resetAll();
    else this.errors.resetErrors();
  }

  /** The entries of an SDI: cleared, or after a restoring reset only masked. */
  resetEntries(entries: readonly number[], isCleared: boolean): void {
    for (const entry of entries) {
      const base = VECTOR_ENTRY_BYTES * entry;
      this.ims.set(base + VectorEntry.CONTROL, VectorControl.MASK);
      if (!isCleared) continue;
      this.ims.set(base + VectorEntry.ADDRESS_LOW, 0);
      this.ims.set(base + VectorEntry.ADDRESS_HIGH, 0);
      this.ims.set(base + VectorEntry.DATA, 0);
    }
  }

  writeRegister(offset: number, word: number, be: number, timePs: number): void {
    if (offset === PfRegister.ERRORS) {
      this.noteCleared(timePs);
      this.errors.clearErrors((word & maskOfBe(be)) >>> 0, timePs);
    } else if (offset === PfRegister.COMMAND) this.admin.writeCommand(word, be, timePs);
    else if (offset >= PfRegister.ARG0 && offset < PfRegister.ARG0 + 4 * ARG_COUNT) {
      this.admin.writeArgument((offset - PfRegister.ARG0) / 4, word, be);
    } else if (offset >= PfRegister.IMS) this.writeEntry(offset - PfRegister.IMS, word, be, timePs);
  }

  writeMsix(offset: number, word: number, be: number, timePs: number): void {
    if (offset < PfMsix.COUNT * VECTOR_ENTRY_BYTES) this.msix.write(offset, word, be, timePs);
  }

  private writeEntry(offset: number, word: number, be: number, timePs: number): void {
    const isControl = offset % VECTOR_ENTRY_BYTES === VectorEntry.CONTROL;
    const owner = this.ownerOf(Math.floor(offset / VECTOR_ENTRY_BYTES));
    if (owner === undefined || owner.life === 'resetting' || owner.life === 'destroying') {
      this.ims.forget(offset);
    } else this.ims.write(offset, isControl ? word & VectorControl.MASK : word, be, timePs);
  }

  checkMsix(offset: number, be: number): WordCheck | undefined {
    if (offset === PfMsix.PBA) return checkPendingWord(this.predictor, this.predictor.pf, be);
    if (offset >= PfMsix.COUNT * VECTOR_ENTRY_BYTES) return undefined;
    return checkVectorWord(this.predictor.pf, { store: this.msix, offset, be });
  }

  check(offset: number, be: number): WordCheck | undefined {
    const { params } = this.predictor;
    const mask = maskOfBe(be);
    switch (offset) {
      case PfRegister.ID:
        return constant('ID', PF_ID_VALUE, mask);
      case PfRegister.VERSION:
        return constant('VERSION', PF_VERSION_VALUE, mask);
      case PfRegister.PAGES:
        return constant('PAGES', params.pageCount, mask);
      case PfRegister.IMS_ENTRIES:
        return constant('IMS_ENTRIES', params.imsCount, mask);
      case PfRegister.COMMAND:
        return undefined;
      default:
    }
    if (offset >= PfRegister.ARG0 && offset < PfRegister.ARG0 + 4 * ARG_COUNT) {
      return this.admin.argumentCheck((offset - PfRegister.ARG0) / 4, be);
    }
    if (offset >= PfRegister.IMS) return this.entryCheck(offset - PfRegister.IMS, be);
    // The others are judged as a whole or not at all.
    if (be !== ALL_BYTES) return undefined;
    if (offset >= PfRegister.RESULT0 && offset < PfRegister.RESULT0 + 4 * RESULT_COUNT) {
      return this.admin.resultCheck((offset - PfRegister.RESULT0) / 4);
    }
    switch (offset) {
      case PfRegister.STATUS:
        return this.statusCheck();
      case PfRegister.ERRORS:
        return this.errorsCheck();
      case PfRegister.LATE_COMPLETIONS:
        return this.lateCheck();
      case PfRegister.COMMAND_STATUS:
        return this.admin.statusCheck();
      default:
        return constant(`reserved register ${hex(offset, 3)}`, 0, mask);
    }
  }

  private entryCheck(offset: number, be: number): WordCheck | undefined {
    const { ims: store, predictor } = this;
    const entry = Math.floor(offset / VECTOR_ENTRY_BYTES);
    const owner = this.ownerOf(entry);
    return owner === undefined
      ? this.releasedCheck(offset, be)
      : checkVectorWord(owner, { store, offset, be, entry, predictor });
  }

  /** An entry that an SDI gave up holds reset values, until the host writes it (SRD §5: "every field of the entries is cleared"). */
  private releasedCheck(offset: number, be: number): WordCheck | undefined {
    const value = this.ims.at(offset, -1);
    if (value < 0) return undefined;
    const name = `interrupt entry offset ${offset}, of nobody`;
    return {
      subject: 'pf',
      name,
      rule: 'stale',
      judge: exactly('stale', [value], maskOfBe(be)),
    };
  }

  private ownerOf(entry: number): RequesterTrack | undefined {
    return this.predictor.rids.entries.owner(entry);
  }

  private statusCheck(): WordCheck {
    const { predictor } = this;
    const surely = new Set<RequesterTrack>();
    const possibly = new Set<RequesterTrack>();
    sortEnabled(predictor, surely, possibly);
    const judge = (word: number): WordFault | undefined => {
      let low = 0;
      for (const one of surely) if (one.life === 'enabled') low++;
      sortEnabled(predictor, new Set(), possibly);
      const count = word >>> PfStatus.ENABLED_SHIFT;
      const isRight = count >= low && count <= possibly.size;
      if (isRight && (word & PfStatus.READY) !== 0 && (word & STATUS_RESERVED_MASK) === 0)
        return undefined;
      return { rule: 'pfStatus', expected: `ready, ${low}..${possibly.size} SDIs enabled` };
    };
    return { subject: 'pf', name: 'STATUS', rule: 'pfStatus', judge };
  }

  private errorsCheck(): WordCheck {
    const { errors, predictor } = this;
    const arrivedPs = predictor.nowPs;
    this.noteTimeouts(arrivedPs);
    const first = errors.errorsBounds(arrivedPs);
    const judge = (word: number, leftPs: number): WordFault | undefined => {
      this.noteTimeouts(leftPs);
      const may = first.may | errors.errorsBounds(arrivedPs).may;
      if (
        (word & ~may & ERRORS_MASK) === 0 &&
        (first.must & ~word) === 0 &&
        (word & ~ERRORS_MASK) === 0
      ) {
        return undefined;
      }
      return { rule: 'errors', expected: `at least ${hex(first.must)}, at most ${hex(may)}` };
    };
    return { subject: 'pf', name: 'ERRORS', rule: 'errors', judge };
  }

  /** AER Uncorrectable Error Status, for the configuration model. */
  aerFault(word: number, first: BitBounds, leftPs: number): WordFault | undefined {
    this.noteTimeouts(leftPs);
    const may = first.may | this.errors.aerBounds(leftPs).may;
    if ((word & AER_MASK & ~may) === 0 && (first.must & ~word) === 0) return undefined;
    return { rule: 'aer', expected: `at least ${hex(first.must)}, at most ${hex(may)}` };
  }

  /** Requests that have, or may have, timed out by now. */
  noteTimeouts(timePs: number): void {
    const { predictor, errors } = this;
    if (predictor.forgottenTimeoutPs > this.notedTimeoutPs) {
      this.notedTimeoutPs = predictor.forgottenTimeoutPs;
      errors.maybe(ErrorKind.COMPLETION_TIMEOUT, this.notedTimeoutPs);
    }
    for (const request of predictor.outstanding.all()) {
      const age = timePs - request.leftPs;
      if (age < predictor.timeoutPs) continue;
      const isOver = age >= 2 * predictor.timeoutPs + predictor.momentPs;
      if (request.isTimeoutNoted && isOver) continue;
      const abortedInTime = request.abortPossiblePs < request.leftPs + predictor.timeoutPs;
      if (request.isAborted && abortedInTime) continue;
      const latestPs = request.leftPs + 2 * predictor.timeoutPs;
      errors.maybe(ErrorKind.COMPLETION_TIMEOUT, Math.min(timePs, latestPs));
      if (age < 2 * predictor.timeoutPs || request.isTimeoutNoted) continue;
      if (request.isAborted || request.isUncertain) continue;
      request.isTimeoutNoted = true;
      const { leftPs } = request;
      const { timeoutPs } = predictor;
      errors.set(ErrorKind.COMPLETION_TIMEOUT, leftPs + 2 * timeoutPs, leftPs + timeoutPs);
    }
  }

  /** A write clears bits: a timeout that may have struck before it may be cleared, and is not certain afterwards. */
  noteCleared(timePs: number): void {
    const { predictor } = this;
    this.noteTimeouts(timePs);
    for (const request of predictor.outstanding.all()) {
      if (timePs - request.leftPs >= predictor.timeoutPs) request.isTimeoutNoted = true;
    }
  }

  private lateCheck(): WordCheck {
    const { late } = this;
    const low = late.atLeast(this.predictor.nowPs);
    const judge = (word: number): WordFault | undefined => {
      const high = late.atMost;
      if (word >= low && word <= high) return undefined;
      // Too few: the device has forgotten whom it aborted, and may give their tags away.
      const rule = word < low ? 'abortedTags' : 'lateCompletions';
      return { rule, expected: low === high ? `${low}` : `${low}..${high}` };
    };
    return { subject: 'pf', name: 'LATE_COMPLETIONS', rule: 'lateCompletions', judge };
  }
}

function constant(name: string, value: number, mask: number): WordCheck {
  return { subject: 'pf', name, rule: 'pfConstants', judge: exactly('pfConstants', [value], mask) };
}

function sortEnabled(
  predictor: TrafficPredictor,
  surely: Set<RequesterTrack>,
  possibly: Set<RequesterTrack>,
): void {
  for (const one of predictor.all()) {
    if (one.kind !== 'sdi') continue;
    if (one.life === 'enabled') surely.add(one);
    const isMaybe =
      one.life === 'enabling' || one.life === 'quiescing' || mayBeEnabled(one, predictor);
    if (one.life === 'enabled' || isMaybe) possibly.add(one);
  }
}

/** From the TLP that starts a restore on the SDI is RESETTING (SRD §6.7); a reconfigure may be refused, and change nothing. */
function mayBeEnabled(one: RequesterTrack, predictor: TrafficPredictor): boolean {
  if (one.life !== 'resetting') return false;
  const { pending } = predictor;
  return pending?.requester !== one || pending.assignment !== undefined;
}
