// A count that the device shows at the latest a moment after its cause (policy `timing.momentNs`; SRD §4 (c)): what a read must
// show at least depends on when the last events were.

const KEPT = 64;

export class RecentCounter {
  /** Events that certainly happened. */
  count = 0;
  /** Events that may or may not have been counted, on top. */
  unsure = 0;
  private readonly recentPs: number[] = [];
  private readonly momentPs: number;

  constructor(momentPs: number) {
    this.momentPs = momentPs;
  }

  ended(timePs: number): void {
    this.count++;
    this.recentPs.push(timePs);
    if (this.recentPs.length > KEPT) this.recentPs.shift();
  }

  maybe(): void {
    this.unsure++;
  }

  reset(): void {
    this.count = 0;
    this.unsure = 0;
    this.recentPs.length = 0;
  }

  /** What a read that arrives at `timePs` shows at least. */
  atLeast(timePs: number): number {
    let fresh = 0;
    for (let i = this.recentPs.length - 1; i >= 0; i--) {
      if (this.recentPs[i] <= timePs - this.momentPs) break;
      fresh++;
    }
    return Math.max(0, this.count - fresh);
  }

  get atMost(): number {
    return this.count + this.unsure;
  }
}
