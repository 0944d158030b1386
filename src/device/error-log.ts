// Where the device notes errors (SRD §9): the ERRORS register, the AER Uncorrectable Error Status of the PF, and the
// count of completions that an abort made late. Set by the event whatever the masks, also for events of VFs.
import { PfError } from '#siov/srd-registers';
import { DeviceEvent } from './event-queue.ts';
import type { SiovDevice } from './siov-device.ts';

/** AER Uncorrectable Error Status in the PF's configuration space, and its bits. */
export const AER_STATUS_OFFSET = 0x104;
const AerStatus = {
  POISONED_TLP: 1 << 12,
  COMPLETION_TIMEOUT: 1 << 14,
  COMPLETER_ABORT: 1 << 15,
  UNEXPECTED_COMPLETION: 1 << 16,
  MALFORMED_TLP: 1 << 18,
  UNSUPPORTED_REQUEST: 1 << 20,
} as const;

/** DWs with Status and Device Status, and their bits; AER Correctable Error Status. */
const STATUS_OFFSET = 0x04;
const SIGNALED_SYSTEM_ERROR = 1 << 30;
const DEVICE_STATUS_OFFSET = 0x68;
const NON_FATAL_DETECTED = 1 << 17;
const FATAL_DETECTED = 1 << 18;
const UNSUPPORTED_DETECTED = 1 << 19;
const AER_CORRECTABLE_OFFSET = 0x110;
const ADVISORY_NON_FATAL = 1 << 13;

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
    if (this.device.faults.is('unexpected-unlogged')) return; // FAULT unexpected-unlogged
    this.note(PfError.UNEXPECTED_COMPLETION, AerStatus.UNEXPECTED_COMPLETION);
  }

  completionTimeout(): void {
    const { faults } = this.device;
    if (faults.is('timeout-unlogged')) return; // FAULT timeout-unlogged
    const isHidden = faults.is('aer-timeout-missing'); // FAULT aer-timeout-missing
    this.note(PfError.COMPLETION_TIMEOUT, isHidden ? 0 : AerStatus.COMPLETION_TIMEOUT);
  }

  malformed(): void {
    const isHidden = this.device.faults.is('aer-malformed-missing'); // FAULT aer-malformed-missing
    this.note(PfError.MALFORMED_TLP, isHidden ? 0 : AerStatus.MALFORMED_TLP);
  }

  poisoned(): void {
    this.note(PfError.POISONED_TLP, AerStatus.POISONED_TLP);
  }

  /** A read of a size or alignment that is not served: no ERRORS bit. */
  completerAbort(): void {
    this.note(0, AerStatus.COMPLETER_ABORT);
  }

  lateCompletion(): void {
    if (this.device.faults.is('late-counted-error')) this.unexpectedCompletion(); // FAULT late-counted-error
    this.hiddenLate++;
    this.showSoon();
  }

  /** Everything that has happened shows from now on. */
  show(): void {
    this.isArmed = false;
    this.errors |= this.hiddenErrors;
    this.lateCompletions = (this.lateCompletions + this.hiddenLate) >>> 0;
    if (this.hiddenAer !== 0) this.logAer(this.hiddenAer);
    this.hiddenErrors = 0;
    this.hiddenAer = 0;
    this.hiddenLate = 0;
  }

  /** A write of ERRORS (RW1C). */
  clear(ones: number): void {
    if (this.device.faults.is('errors-not-cleared')) return; // FAULT errors-not-cleared
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

  /** AER Uncorrectable Error Status, and where the device has them the bits that no testbench checks. */
  private logAer(aer: number): void {
    const { config, character } = this.device;
    config.assign(AER_STATUS_OFFSET, aer, true);
    if (!character.logsErrors) return;
    const isRefused = (aer & AerStatus.UNSUPPORTED_REQUEST) !== 0;
    const isFatal = (aer & AerStatus.MALFORMED_TLP) !== 0;
    config.assign(STATUS_OFFSET, SIGNALED_SYSTEM_ERROR, true);
    config.assign(DEVICE_STATUS_OFFSET, isFatal ? FATAL_DETECTED : NON_FATAL_DETECTED, true);
    if (isRefused) config.assign(DEVICE_STATUS_OFFSET, UNSUPPORTED_DETECTED, true);
    if (!isFatal) config.assign(AER_CORRECTABLE_OFFSET, ADVISORY_NON_FATAL, true);
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
