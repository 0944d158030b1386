// ERRORS and the AER Uncorrectable Error Status bits that SRD §9 binds, predicted from what arrived and what became of it.
import { isCompletion, type Tlp } from '#pcie/tlp';
import { PfError } from '#siov/srd-registers';
import type { CompletionFate } from '../predictors/completion-prediction.ts';
import { StickyBit } from './sticky-bit.ts';

/** What can go wrong, and the bits it sets: [ERRORS, AER uncorrectable status], -1 for none. */
export const ErrorKind = {
  UNASSIGNED_PAGE: 0,
  UNEXPECTED_COMPLETION: 1,
  COMPLETION_TIMEOUT: 2,
  MALFORMED_TLP: 3,
  UNSUPPORTED_REQUEST: 4,
  POISONED_TLP: 5,
  COMPLETER_ABORT: 6,
} as const;
export type ErrorKind = (typeof ErrorKind)[keyof typeof ErrorKind];

/** AER bit number by kind; -1: none. */
const AER_BIT = [-1, 16, 14, 18, 20, 12, 15];
const KIND_COUNT = AER_BIT.length;
/** ERRORS has the first six, in their order. */
const ERRORS_COUNT = 6;
export const ERRORS_MASK =
  PfError.UNASSIGNED_PAGE |
  PfError.UNEXPECTED_COMPLETION |
  PfError.COMPLETION_TIMEOUT |
  PfError.MALFORMED_TLP |
  PfError.UNSUPPORTED_REQUEST |
  PfError.POISONED_TLP;

/** What a read may show: bits that must be 1, bits that may be. */
export interface BitBounds {
  readonly must: number;
  readonly may: number;
}

export class ErrorLog {
  private readonly errors: readonly StickyBit[];
  private readonly aer: readonly StickyBit[];

  /** @param momentPs time within which an event shows, picoseconds. */
  constructor(momentPs: number) {
    this.errors = Array.from({ length: ERRORS_COUNT }, () => new StickyBit(momentPs));
    this.aer = Array.from({ length: KIND_COUNT }, () => new StickyBit(momentPs));
  }

  /** It certainly happened, at `sincePs` at the earliest and `timePs` at the latest. */
  set(kind: ErrorKind, timePs: number, sincePs = timePs): void {
    if (kind < ERRORS_COUNT) this.errors[kind].set(timePs, sincePs);
    if (AER_BIT[kind] >= 0) this.aer[kind].set(timePs, sincePs);
  }

  /** It may have happened. */
  maybe(kind: ErrorKind, timePs: number): void {
    if (kind < ERRORS_COUNT) this.errors[kind].maybe(timePs);
    if (AER_BIT[kind] >= 0) this.aer[kind].maybe(timePs);
  }

  /** Any bit may be set: the device is in a state that leaves it free. */
  maybeAll(timePs: number): void {
    for (let kind = 0; kind < KIND_COUNT; kind++) this.maybe(kind as ErrorKind, timePs);
  }

  clearErrors(mask: number, timePs: number): void {
    for (let i = 0; i < ERRORS_COUNT; i++)
      if ((mask & (1 << i)) !== 0) this.errors[i].clear(timePs);
  }

  clearAer(mask: number, timePs: number): void {
    for (let i = 0; i < KIND_COUNT; i++) {
      if (AER_BIT[i] >= 0 && ((mask >>> AER_BIT[i]) & 1) !== 0) this.aer[i].clear(timePs);
    }
  }

  /** PF FLR: ERRORS is reset, AER is sticky (SRD §9). */
  resetErrors(): void {
    for (const bit of this.errors) bit.reset();
  }

  resetAll(): void {
    this.resetErrors();
    for (const bit of this.aer) bit.reset();
  }

  errorsBounds(arrivalPs: number): BitBounds {
    let must = 0;
    let may = 0;
    for (let i = 0; i < ERRORS_COUNT; i++) {
      if (this.errors[i].isPossible) may |= 1 << i;
      if (this.errors[i].isCertain(arrivalPs)) must |= 1 << i;
    }
    return { must, may };
  }

  aerBounds(arrivalPs: number): BitBounds {
    let must = 0;
    let may = 0;
    for (let i = 0; i < KIND_COUNT; i++) {
      if (AER_BIT[i] < 0) continue;
      if (this.aer[i].isPossible) may |= 1 << AER_BIT[i];
      if (this.aer[i].isCertain(arrivalPs)) must |= 1 << AER_BIT[i];
    }
    return { must, may };
  }

  /** A completion arrived, and this became of it. */
  completion(fate: CompletionFate, tlp: Tlp, timePs: number): void {
    if (!isCompletion(tlp.kind)) return;
    const isPoisoned = tlp.ep !== 0;
    switch (fate) {
      case 'unexpected':
        if (isPoisoned) this.maybe(ErrorKind.UNEXPECTED_COMPLETION, timePs);
        else this.set(ErrorKind.UNEXPECTED_COMPLETION, timePs);
        break;
      case 'failed':
        if (isPoisoned && tlp.status === 0) this.set(ErrorKind.POISONED_TLP, timePs);
        break;
      case 'mayBeUnexpected':
      case 'mayBeLate':
        this.maybe(ErrorKind.UNEXPECTED_COMPLETION, timePs);
        break;
      default:
    }
    if (isPoisoned) this.maybe(ErrorKind.POISONED_TLP, timePs);
  }
}
