// The queue of one requester as the host drives it: started, rung, stopped, halted; and the descriptor in execution.
// Source: SRD §7.
import type { WorkDescription } from '#siov/host-event';
import { INDEX_MASK, WorkStatus } from '#siov/work';
import { RecentCounter } from './recent-counter.ts';
import type { QueueLatch, WorkExecution } from './work-execution.ts';

/** Is the queue halted? SRD lets some cases depend on moments that no TLP shows. */
export type Halt = 'no' | 'maybe' | 'yes';

export const NO_LATCH: QueueLatch = { ringBase: 0, ringEntries: 0, recordBase: 0, pasid: -1 };

/** How many queues have been started and not reset: what SRD §7 counts for fairness. */
export interface QueueCensus {
  latched: number;
}

export class QueueTrack {
  latch: QueueLatch = NO_LATCH;
  isStarted = false;
  /** Grows with each start and each reset. */
  epoch = 0;
  /** Descriptors fetched since the start: index of the next one, not wrapped. */
  nextIndex = 0;
  /** Descriptors whose fetch is complete, since the start: HEAD. */
  readonly fetched: RecentCounter;
  tail = 0;
  halt: Halt = 'no';
  haltCode = 0;
  /** A timeout of the fetch, which no TLP shows, may have halted it before `haltCode` could. */
  mayHaveTimedOut = false;
  /** A ring that was too full, which depends on a moment, may have halted it before. */
  mayBeBadRing = false;
  haltedPs = -Infinity;
  /** When CTRL was cleared (or QUIESCE arrived), and descriptors fetched since. */
  stoppedPs = -Infinity;
  fetchesSinceStop = 0;
  /** Address of the descriptor fetched last, or -1. */
  lastSlot = -1;
  /** The descriptor in execution, its fetch included; it stays until its end is certain. */
  current: WorkExecution | undefined = undefined;
  /** Descriptors that ended, certainly, since the last reset of the page, and when the last one did. */
  readonly ended: RecentCounter;
  lastEndPs = -Infinity;
  /** Last event that could have made it ready: doorbell, start, enable. */
  rungPs = -Infinity;
  /** Fetches of others since it is ready, for fairness. */
  readyNoticedPs = Infinity;
  passedOver = 0;
  /** It was passed over too often, and a reset of somebody else may be the reason: is it dead, or does it starve? */
  isSuspect = false;
  /** Posted descriptors by free-running index. */
  readonly posted = new Map<number, WorkDescription>();
  private readonly census: QueueCensus;

  constructor(census: QueueCensus, momentPs: number) {
    this.census = census;
    this.fetched = new RecentCounter(momentPs);
    this.ended = new RecentCounter(momentPs);
  }

  start(latch: QueueLatch, timePs: number): void {
    this.beginEpoch(latch);
    this.isStarted = true;
    this.rungPs = timePs;
    this.fetchesSinceStop = 0;
  }

  stop(timePs: number): void {
    if (!this.isStarted) return;
    this.isStarted = false;
    this.stoppedPs = timePs;
    this.fetchesSinceStop = 0;
  }

  /** All work state to its reset value; the descriptor in execution is gone. */
  reset(): void {
    this.beginEpoch(NO_LATCH);
    this.isStarted = false;
    this.current = undefined;
    this.lastSlot = -1;
    this.ended.reset();
    this.readyNoticedPs = Infinity;
    this.passedOver = 0;
    this.isSuspect = false;
    this.posted.clear();
  }

  /** What a start and a reset have in common: HEAD and TAIL 0, no halt, and older descriptors count no more. */
  private beginEpoch(latch: QueueLatch): void {
    if (this.latch.ringEntries > 0) this.census.latched--;
    if (latch.ringEntries > 0) this.census.latched++;
    this.latch = latch;
    this.epoch++;
    this.nextIndex = 0;
    this.fetched.reset();
    this.tail = 0;
    this.halt = 'no';
    this.haltCode = 0;
    this.mayHaveTimedOut = false;
    this.stoppedPs = -Infinity;
  }

  /** Descriptors rung and not fetched, as the device counts them: TAIL - HEAD in 16 bits. */
  get waitingCount(): number {
    return (this.tail - this.nextIndex) & INDEX_MASK;
  }

  /** Whether a halted queue may show this halt code; the first one stays (SRD §7). */
  mayShow(haltCode: number): boolean {
    if (this.halt !== 'yes' || haltCode === this.haltCode) return true;
    if (this.mayBeBadRing && haltCode === WorkStatus.BAD_RING) return true;
    return this.mayHaveTimedOut && haltCode === WorkStatus.TIMED_OUT;
  }

  halted(halt: Halt, code: number, timePs: number, mayHaveTimedOut = false): void {
    if (this.halt === 'yes') return;
    // The first halt code stays, and a ring that may have been too full may have halted it first.
    this.mayBeBadRing = this.halt === 'maybe';
    this.halt = halt;
    this.mayHaveTimedOut = mayHaveTimedOut;
    this.haltCode = code;
    this.haltedPs = timePs;
  }
}
