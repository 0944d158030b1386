// Where the device notes errors (SRD §9): the ERRORS register, the AER Uncorrectable Error Status of the PF, and the
// count of completions that an abort made late. Set by the event whatever the masks, also for events of VFs.
import { PfError } from '#siov/srd-registers';
import { DeviceEvent } from './event-queue.ts';
import type { SiovDevice } from './siov-device.ts';

/** AER Uncorrectable Error Status in the PF's configuration space, and its bits. */
const AER_STATUS_OFFSET = 0x104;
const AerStatus = {
  POISONED_TLP: 1 << 12,
  COMPLETION_TIMEOUT: 1 << 14,
  COMPLETER_ABORT: 1 << 15,
  UNEXPECTED_COMPLETION: 1 << 16,
  MALFORMED_TLP: 1 << 18,
  UNSUPPORTED_REQUEST: 1 << 20,
} as const;

export class ErrorLog {
  /** ERRORS (SRD §4). */
  errors = 0;
  /** LATE_COMPLETIONS (SRD §4), wraps at 2^32. */
  lateCompletions = 0;
  private readonly device: SiovDevice;
  // What has happened and does not show yet.
  private hiddenErrors = 0;
  private hiddenAer = 0;
  private hiddenLate = 0;
  private isArmed = false;

  constructor(device: SiovDevice) {
    this.device = device;
  }

  unsupportedRequest(): void {
    this.note(PfError.UNSUPPORTED_REQUEST, AerStatus.UNSUPPORTED_REQUEST);
  }

  unassignedPage(): void {
    this.note(PfError.UNASSIGNED_PAGE | PfError.UNSUPPORTED_REQUEST, AerStatus.UNSUPPORTED_REQUEST);
  }

  unexpectedCompletion(): void {
    this.note(PfError.UNEXPECTED_COMPLETION, AerStatus.UNEXPECTED_COMPLETION);
  }

  completionTimeout(): void {
    this.note(PfError.COMPLETION_TIMEOUT, AerStatus.COMPLETION_TIMEOUT);
  }

  malformed(): void {
    this.note(PfError.MALFORMED_TLP, AerStatus.MALFORMED_TLP);
  }

  poisoned(): void {
    this.note(PfError.POISONED_TLP, AerStatus.POISONED_TLP);
  }

  /** A read of a size or alignment that is not served: no ERRORS bit. */
  completerAbort(): void {
    this.note(0, AerStatus.COMPLETER_ABORT);
  }

  lateCompletion(): void {
    this.hiddenLate++;
    this.showSoon();
  }

  /** Everything that has happened shows from now on. */
  show(): void {
    this.isArmed = false;
    this.errors |= this.hiddenErrors;
    this.lateCompletions = (this.lateCompletions + this.hiddenLate) >>> 0;
    if (this.hiddenAer !== 0) this.device.config.assign(AER_STATUS_OFFSET, this.hiddenAer, true);
    this.hiddenErrors = 0;
    this.hiddenAer = 0;
    this.hiddenLate = 0;
  }

  /** A write of ERRORS (RW1C). */
  clear(ones: number): void {
    this.errors &= ~ones;
  }

  /** PF FLR or power-up; AER, being sticky, belongs to the configuration space. */
  reset(): void {
    this.errors = 0;
    this.lateCompletions = 0;
    this.hiddenErrors = 0;
    this.hiddenAer = 0;
    this.hiddenLate = 0;
    this.isArmed = false;
  }

  private note(error: number, aer: number): void {
    this.hiddenErrors |= error;
    this.hiddenAer |= aer;
    this.showSoon();
  }

  private showSoon(): void {
    const { character, events, nowPs } = this.device;
    if (character.errorDelayPs === 0) {
      this.show();
    } else if (!this.isArmed) {
      this.isArmed = true;
      events.schedule(nowPs + character.errorDelayPs, DeviceEvent.ERRORS_SHOWN);
    }
  }
}
