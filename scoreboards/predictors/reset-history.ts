// Which resets there were lately, to name the rule when somebody's work stops without a reason of its own (T-RST-3, T-RST-7).
import type { RequesterTrack } from './requester-track.ts';

interface ResetSpan {
  readonly requester: RequesterTrack;
  readonly startPs: number;
  endPs: number;
}

/** A crowd of SDIs is reset every few microseconds: fewer would not reach back to what stopped a queue. */
const KEPT = 256;

export class ResetHistory {
  private readonly spans: ResetSpan[] = [];

  started(requester: RequesterTrack, timePs: number): void {
    this.spans.push({ requester, startPs: timePs, endPs: Infinity });
    if (this.spans.length > KEPT) this.spans.shift();
  }

  ended(requester: RequesterTrack, timePs: number): void {
    for (const span of this.spans) {
      if (span.requester === requester && span.endPs === Infinity) span.endPs = timePs;
    }
  }

  clear(): void {
    this.spans.length = 0;
  }

  /** Somebody else whose reset overlapped the time from `fromPs` to `toPs`, or undefined. */
  otherDuring(requester: RequesterTrack, fromPs: number, toPs: number): RequesterTrack | undefined {
    for (const span of this.spans) {
      if (span.requester === requester || span.startPs > toPs || span.endPs < fromPs) continue;
      return span.requester;
    }
    return undefined;
  }
}
