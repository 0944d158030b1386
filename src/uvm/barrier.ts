// A barrier: processes wait until as many of them as the threshold says have come. Source: IEEE 1800.2 clause 10.3.
//
// A process that is killed while it waits is no longer counted.
import { assert } from '#base/assert';
import type { Process } from '#kernel/process';
import { CountedEvent } from './counted-event.ts';

/** Lets processes go on together: each waits until as many as the threshold have come (IEEE 1800.2 clause 10.3). */
export class Barrier {
  readonly name: string;
  private readonly released: CountedEvent;
  private limit: number;
  private isAutoReset = true;
  private isOpen = false;

  /** @param threshold processes that open it, 0 or more (0 and 1: nobody waits). */
  constructor(name: string, threshold: number) {
    assertThreshold(threshold);
    this.name = name;
    this.limit = threshold;
    this.released = new CountedEvent(`barrier ${name}`);
  }

  /** Waits for the others. The one that reaches the threshold lets all go, itself included. */
  *waitFor(): Process {
    if (this.isOpen) return;
    if (this.numWaiters + 1 < this.limit) {
      yield* this.released.wait();
      return;
    }
    this.isOpen = !this.isAutoReset;
    this.released.release();
  }

  /** Closes the barrier and forgets who waits. `wakeup` (default): they go on; otherwise they wait for the next opening. */
  reset(wakeup = true): void {
    this.isOpen = false;
    if (wakeup) this.released.release();
    else this.released.forget();
  }

  /** Whether the barrier closes again after it has opened (default). Without, it stays open until `reset`. */
  setAutoReset(isAutoReset: boolean): void {
    this.isAutoReset = isAutoReset;
  }

  /** Changes the threshold; when as many wait already, they go on. */
  set threshold(threshold: number) {
    assertThreshold(threshold);
    this.limit = threshold;
    if (threshold <= this.numWaiters) this.reset(true);
  }

  get threshold(): number {
    return this.limit;
  }

  /** The threshold was reached, and the barrier is not set to close by itself. */
  get isAtThreshold(): boolean {
    return this.isOpen;
  }

  /** Processes that wait now. */
  get numWaiters(): number {
    return this.released.waiterCount;
  }

  /** Takes one process off the count of those that wait; a killed one is taken off by itself. */
  cancel(): void {
    this.released.takeOff();
  }
}

function assertThreshold(threshold: number): void {
  assert(
    Number.isInteger(threshold) && threshold >= 0,
    'the threshold of a barrier is a whole number, 0 or more',
  );
}
