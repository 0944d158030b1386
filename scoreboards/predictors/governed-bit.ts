// A bit that the host writes and that governs requests: a device may act on the old value or the new one for a moment after the
// write arrived (policy `timing.momentNs`; SRD §4 "Moments" (b): 1 µs). So a check asks what the bit may be, and what it
// certainly is.

/** One bit with the window of uncertainty after each change. Times are at the device, picoseconds. */
export class GovernedBit {
  value: boolean;
  private readonly momentPs: number;
  private trueUntilPs = -1;
  private falseUntilPs = -1;

  /** @param momentPs how long old and new value may both be in force, picoseconds. */
  constructor(value: boolean, momentPs: number) {
    this.value = value;
    this.momentPs = momentPs;
  }

  /** A write arrived at the device. */
  set(value: boolean, timePs: number): void {
    if (this.value === value) return;
    if (this.value) this.trueUntilPs = timePs + this.momentPs;
    else this.falseUntilPs = timePs + this.momentPs;
    this.value = value;
  }

  /** A reset: the value is certain at once. */
  reset(value: boolean): void {
    this.value = value;
    this.trueUntilPs = -1;
    this.falseUntilPs = -1;
  }

  mayBeTrue(timePs: number): boolean {
    return this.value || timePs <= this.trueUntilPs;
  }

  mayBeFalse(timePs: number): boolean {
    return !this.value || timePs <= this.falseUntilPs;
  }

  /** Whether it may have been true at some time since `sincePs`. */
  mayHaveBeenTrueSince(sincePs: number): boolean {
    return this.value || sincePs <= this.trueUntilPs;
  }

  mayHaveBeenFalseSince(sincePs: number): boolean {
    return !this.value || sincePs <= this.falseUntilPs;
  }
}

/**
 * Bus Master Enable of one function, or D0 of the power state: when it goes off, the last request leaves within a
 * moment of the completion of the Configuration Write that cleared it (SRD §7).
 */
export class RequestGate {
  isOn: boolean;
  /** Since when it is open. */
  openedPs = -Infinity;
  private offDeadlinePs = -1;
  private readonly momentPs: number;

  constructor(isOn: boolean, momentPs: number) {
    this.isOn = isOn;
    this.momentPs = momentPs;
  }

  open(timePs: number): void {
    if (!this.isOn) this.openedPs = timePs;
    this.isOn = true;
  }

  /** The write that closes the gate arrived; its completion is not seen yet. */
  close(): void {
    if (!this.isOn) return;
    this.isOn = false;
    this.offDeadlinePs = Infinity;
  }

  /** The completion of the closing write left the device. */
  closed(timePs: number): void {
    if (!this.isOn && this.offDeadlinePs === Infinity) this.offDeadlinePs = timePs + this.momentPs;
  }

  /** A reset: certain at once. */
  reset(isOn: boolean): void {
    this.isOn = isOn;
    this.offDeadlinePs = -1;
  }

  mayPass(timePs: number): boolean {
    return this.isOn || timePs <= this.offDeadlinePs;
  }
}
