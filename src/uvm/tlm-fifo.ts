// A bounded channel between processes, and one that an analysis port can write to. Source: IEEE 1800.2 clauses 12.2.8;
// IEEE 1800-2023 clause 15.4 (mailbox).
//
// Who waits is served in the order of waiting: a transaction goes straight to the process that has waited longest, and
// nobody who comes later can snatch it away. A process that is killed while it waits loses its place, and what was handed
// to it before it could go on is there again, in order.
import { assert, UsageError } from '#base/assert';
import { Queue } from '#base/queue';
import { SimEvent, type Process } from '#kernel/process';
import { AnalysisPort } from './ports.ts';
import type { AnalysisExport, GetPeekExport, PutExport } from './tlm-interfaces.ts';

/** Transactions an unbounded FIFO takes before it says that nobody reads it. */
export const FIFO_TRANSACTIONS_MAX = 1_000_000;

/** A process that waits for a transaction, which it takes away or leaves. */
interface Reader<T> {
  readonly arrived: SimEvent;
  readonly isPeek: boolean;
  /** What it is given; set when `arrived` is triggered. */
  transaction: T | undefined;
}

/** A process that waits for room. */
interface Writer<T> {
  readonly transaction: T;
  readonly taken: SimEvent;
}

/** First in, first out. `depth` 0: unbounded (up to `FIFO_TRANSACTIONS_MAX`). */
export class TlmFifo<T> implements PutExport<T>, GetPeekExport<T>, AnalysisExport<T> {
  readonly name: string;
  /** Transactions that it takes without waiting; 0: unbounded. */
  readonly depth: number;
  /** Every transaction as it is put in. */
  readonly putAnalysis: AnalysisPort<T>;
  /** Every transaction as it is taken out. */
  readonly getAnalysis: AnalysisPort<T>;
  private readonly held = new Queue<T>();
  private readonly readers = new Queue<Reader<T>>();
  /** Those that were given a transaction to take away and have not gone on yet, oldest first. */
  private readonly served = new Queue<Reader<T>>();
  private readonly writers = new Queue<Writer<T>>();

  constructor(name: string, depth = 1) {
    assert(
      Number.isInteger(depth) && depth >= 0,
      'the depth of a FIFO is a whole number, 0 or more',
    );
    this.name = name;
    this.depth = depth;
    this.putAnalysis = new AnalysisPort(`${name}.putAnalysis`);
    this.getAnalysis = new AnalysisPort(`${name}.getAnalysis`);
  }

  /** Transactions in it. */
  get used(): number {
    return this.held.length;
  }

  /** Whether there is nothing in it. */
  get isEmpty(): boolean {
    return this.held.length === 0;
  }

  /** It takes no more without waiting; an unbounded FIFO never is. */
  get isFull(): boolean {
    return !this.canPut();
  }

  /** Waits for room, then adds. */
  *put(transaction: T): Process {
    if (this.tryPut(transaction)) return;
    const writer: Writer<T> = { transaction, taken: new SimEvent(`${this.name} freed`) };
    this.writers.push(writer);
    try {
      yield writer.taken;
    } finally {
      this.writers.remove((one) => one === writer);
    }
  }

  /**
   * Adds if there is room and nobody waits for it; false otherwise.
   * @throws UsageError `fifo-limit` when unbounded and full.
   */
  tryPut(transaction: T): boolean {
    if (!this.canPut()) return false;
    this.add(transaction);
    return true;
  }

  /** Whether there is room now, and no process waits for it. */
  canPut(): boolean {
    if (this.depth === 0) return true;
    return this.held.length < this.depth && this.writers.length === 0;
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
    if (this.held.length > 0) return this.remove();
    return yield* this.read(false);
  }

  /** Removes the oldest transaction; undefined when the FIFO is empty. */
  tryGet(): T | undefined {
    return this.held.length === 0 ? undefined : this.remove();
  }

  /** Whether there is a transaction in it. */
  canGet(): boolean {
    return this.held.length > 0;
  }

  /** Waits for a transaction and leaves it. */
  *peek(): Process<T> {
    if (this.held.length > 0) return this.held.peek() as T;
    return yield* this.read(true);
  }

  /** The oldest transaction, which stays; undefined when the FIFO is empty. */
  tryPeek(): T | undefined {
    return this.held.peek();
  }

  /** Whether there is a transaction in it, as `canGet`. */
  canPeek(): boolean {
    return this.canGet();
  }

  /** Throws away what is in it, and lets those that wait for room put theirs in. */
  flush(): void {
    this.held.clear();
    this.admitWriters();
  }

  private *read(isPeek: boolean): Process<T> {
    const arrived = new SimEvent(`${this.name} filled`);
    const reader: Reader<T> = { arrived, isPeek, transaction: undefined };
    this.readers.push(reader);
    let isAwake = false;
    try {
      yield arrived;
      isAwake = true;
    } finally {
      if (!isAwake) this.giveUp(reader);
    }
    const transaction = reader.transaction as T;
    if (!isPeek) {
      this.served.remove((one) => one === reader);
      this.getAnalysis.write(transaction);
    }
    return transaction;
  }

  /**
   * A reader was killed while it waited, or between being given a transaction and going on. Then those served after it
   * move up, so that the order stays, and the last of their transactions goes to who waits or back into the FIFO, which
   * may hold one more than its depth then.
   */
  private giveUp(reader: Reader<T>): void {
    const wasWaiting = this.readers.remove((one) => one === reader) !== undefined;
    if (wasWaiting || reader.isPeek) return;
    let transaction = reader.transaction as T;
    let isLater = false;
    for (const one of this.served) {
      if (isLater) [one.transaction, transaction] = [transaction, one.transaction as T];
      isLater ||= one === reader;
    }
    this.served.remove((one) => one === reader);
    if (!this.handOver(transaction)) this.held.unshift(transaction);
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
    this.putAnalysis.write(transaction);
    if (!this.handOver(transaction)) this.held.push(transaction);
  }

  /** Gives a transaction to those that wait: to all that only look, up to the first that takes it. */
  private handOver(transaction: T): boolean {
    for (;;) {
      const reader = this.readers.shift();
      if (reader === undefined) return false;
      reader.transaction = transaction;
      reader.arrived.trigger();
      if (reader.isPeek) continue;
      this.served.push(reader);
      return true;
    }
  }

  private remove(): T {
    const transaction = this.held.shift() as T;
    this.admitWriters();
    this.getAnalysis.write(transaction);
    return transaction;
  }

  private admitWriters(): void {
    while (this.held.length < this.depth) {
      const writer = this.writers.shift();
      if (writer === undefined) return;
      this.add(writer.transaction);
      writer.taken.trigger();
    }
  }
}

/** A FIFO behind an analysis port: unbounded, so that it never keeps the writer waiting. */
export class AnalysisFifo<T> extends TlmFifo<T> {
  constructor(name: string) {
    super(name, 0);
  }
}
