// A bounded channel between processes, and one that an analysis port can write to. Source: IEEE
// 1800.2 clause 12.
import { assert, UsageError } from '#base/assert';
import { Queue } from '#base/queue';
import { SimEvent, type Process } from '#kernel/process';
import type { AnalysisExport, GetExport, PeekExport, PutExport } from './ports.ts';

/** Transactions an unbounded FIFO takes before it says that nobody reads it. */
export const FIFO_TRANSACTIONS_MAX = 1_000_000;

/** First in, first out. `depth` 0: unbounded (up to `FIFO_TRANSACTIONS_MAX`). */
export class TlmFifo<T> implements PutExport<T>, GetExport<T>, PeekExport<T>, AnalysisExport<T> {
  readonly name: string;
  readonly depth: number;
  private readonly held = new Queue<T>();
  private readonly filled: SimEvent;
  private readonly freed: SimEvent;

  constructor(name: string, depth = 1) {
    assert(
      Number.isInteger(depth) && depth >= 0,
      'the depth of a FIFO is a whole number, 0 or more',
    );
    this.name = name;
    this.depth = depth;
    this.filled = new SimEvent(`${name} filled`);
    this.freed = new SimEvent(`${name} freed`);
  }

  get used(): number {
    return this.held.length;
  }

  /** Waits for room, then adds. */
  *put(transaction: T): Process {
    while (!this.canPut()) yield this.freed;
    this.add(transaction);
  }

  tryPut(transaction: T): boolean {
    if (!this.canPut()) return false;
    this.add(transaction);
    return true;
  }

  canPut(): boolean {
    return this.depth === 0 || this.held.length < this.depth;
  }

  /**
   * Adds at once: what an analysis port calls. @throws UsageError `fifo-full` when there is no
   * room.
   */
  write(transaction: T): void {
    if (!this.tryPut(transaction)) {
      throw new UsageError(
        'fifo-full',
        `FIFO '${this.name}' is full (${this.depth}) and cannot wait`,
        {
          hint: 'A FIFO behind an analysis port wants depth 0.',
        },
      );
    }
  }

  /** Waits for a transaction and removes it. */
  *get(): Process<T> {
    while (this.held.length === 0) yield this.filled;
    return this.remove();
  }

  tryGet(): T | undefined {
    return this.held.length === 0 ? undefined : this.remove();
  }

  canGet(): boolean {
    return this.held.length > 0;
  }

  /** Waits for a transaction and leaves it. */
  *peek(): Process<T> {
    while (this.held.length === 0) yield this.filled;
    return this.held.peek() as T;
  }

  tryPeek(): T | undefined {
    return this.held.peek();
  }

  private add(transaction: T): void {
    if (this.held.length >= FIFO_TRANSACTIONS_MAX) {
      throw new UsageError(
        'fifo-limit',
        `FIFO '${this.name}' holds ${FIFO_TRANSACTIONS_MAX} transactions`,
        {
          hint: 'Nobody reads it.',
        },
      );
    }
    this.held.push(transaction);
    this.filled.trigger();
  }

  private remove(): T {
    const transaction = this.held.shift() as T;
    this.freed.trigger();
    return transaction;
  }
}
