// The responses of a driver that a sequence has not fetched yet. Source: semantics §5; IEEE 1800.2 clause 14.2.6.
import { Queue } from '#base/queue';
import { NO_ID } from './sequence-item.ts';

/** Responses kept for a sequence that does not fetch them: UVM's default. */
export const RESPONSE_QUEUE_DEPTH = 8;

interface Entry<RSP> {
  readonly response: RSP;
  readonly transactionId: number;
}

export class ResponseQueue<RSP> {
  /** Responses kept, -1: without bound. */
  depth = RESPONSE_QUEUE_DEPTH;
  private readonly entries = new Queue<Entry<RSP>>();

  get length(): number {
    return this.entries.length;
  }

  /** False: full, not kept. */
  put(response: RSP, transactionId: number): boolean {
    if (this.depth >= 0 && this.entries.length >= this.depth) return false;
    this.entries.push({ response, transactionId });
    return true;
  }

  has(transactionId: number): boolean {
    if (transactionId === NO_ID) return this.entries.length > 0;
    for (const one of this.entries) if (one.transactionId === transactionId) return true;
    return false;
  }

  /** The oldest response, or the oldest of this id; undefined when there is none. */
  take(transactionId: number): RSP | undefined {
    const entry =
      transactionId === NO_ID
        ? this.entries.shift()
        : this.entries.remove((one) => one.transactionId === transactionId);
    return entry?.response;
  }

  clear(): void {
    this.entries.clear();
  }
}
