// A RW1C error bit: set by events, shown at the latest 1 µs after its cause, and a clearing write within that 1 µs may or
// may not clear it (SRD §4 (c)). What a read must and may show follows from when the events were.

export class StickyBit {
  /** It may be 1. */
  isPossible = false;
  /** From this arrival time on a read must show 1. */
  private certainPs = Infinity;
  private lastPs = -Infinity;
  private clearedPs = -Infinity;
  private readonly momentPs: number;

  constructor(momentPs: number) {
    this.momentPs = momentPs;
  }

  /** Its cause certainly happened, at `sincePs` at the earliest and `timePs` at the latest. */
  set(timePs: number, sincePs = timePs): void {
    this.isPossible = true;
    this.lastPs = Math.max(this.lastPs, timePs);
    // A clearing write since then may have come after it.
    if (this.clearedPs >= sincePs) return;
    this.certainPs = Math.min(this.certainPs, timePs + this.momentPs);
  }

  /** Its cause may have happened. */
  maybe(timePs: number): void {
    this.isPossible = true;
    this.lastPs = Math.max(this.lastPs, timePs);
  }

  /** A write of 1 arrived. */
  clear(timePs: number): void {
    this.certainPs = Infinity;
    this.clearedPs = timePs;
    if (this.lastPs + this.momentPs < timePs) this.isPossible = false;
  }

  reset(): void {
    this.isPossible = false;
    this.certainPs = Infinity;
    this.lastPs = -Infinity;
    this.clearedPs = -Infinity;
  }

  isCertain(arrivalPs: number): boolean {
    return this.certainPs <= arrivalPs;
  }
}
