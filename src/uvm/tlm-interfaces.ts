// What a port may be connected to: the TLM interfaces, as types. Whatever has the methods is an implementation; there is
// nothing to declare, and the compiler says when a port asks for more than its provider has. Source: IEEE 1800.2 clause
// 12.2.
import type { Process } from '#kernel/process';

/**
 * What an analysis port writes to: a subscriber, a scoreboard, a covergroup, another analysis port.
 */
export interface AnalysisExport<T> {
  /** Takes an observed transaction at once. Copy what is kept: the writer may use the object again. */
  write(transaction: T): void;
}

/** Takes transactions from processes that can wait (IEEE 1800.2 clause 12.2). */
export interface BlockingPutExport<T> {
  /** Waits until the transaction is taken. */
  put(transaction: T): Process;
}
/** Takes transactions, or refuses them, in no time. */
export interface NonblockingPutExport<T> {
  /** False: it was not taken. */
  tryPut(transaction: T): boolean;
  /** Whether `tryPut` would take a transaction now. */
  canPut(): boolean;
}
/** Takes transactions, with or without waiting. */
export interface PutExport<T> extends BlockingPutExport<T>, NonblockingPutExport<T> {}

/** Gives transactions away to processes that can wait. */
export interface BlockingGetExport<T> {
  /** Waits for a transaction and removes it. */
  get(): Process<T>;
}
/** Gives transactions away that are there, in no time. */
export interface NonblockingGetExport<T> {
  /** undefined: there is none. */
  tryGet(): T | undefined;
  /** Whether `tryGet` would give a transaction now. */
  canGet(): boolean;
}
/** Gives transactions away, with or without waiting. */
export interface GetExport<T> extends BlockingGetExport<T>, NonblockingGetExport<T> {}

/** Shows the next transaction, which stays, to processes that can wait. */
export interface BlockingPeekExport<T> {
  /** Waits for a transaction and leaves it. */
  peek(): Process<T>;
}
/** Shows the next transaction if there is one, in no time; it stays. */
export interface NonblockingPeekExport<T> {
  /** The next transaction, which stays; undefined: there is none. */
  tryPeek(): T | undefined;
  /** Whether `tryPeek` would show a transaction now. */
  canPeek(): boolean;
}
/** Shows the next transaction, which stays, with or without waiting. */
export interface PeekExport<T> extends BlockingPeekExport<T>, NonblockingPeekExport<T> {}

/** Gives transactions away, or shows them, to processes that can wait. */
export interface BlockingGetPeekExport<T> extends BlockingGetExport<T>, BlockingPeekExport<T> {}
/** Gives transactions away, or shows them, in no time. */
export interface NonblockingGetPeekExport<T>
  extends NonblockingGetExport<T>, NonblockingPeekExport<T> {}
/** Gives transactions away, or shows them, with or without waiting. */
export interface GetPeekExport<T> extends GetExport<T>, PeekExport<T> {}

/** Answers requests of processes that can wait for the response. */
export interface BlockingTransportExport<REQ, RSP> {
  /** Sends a request and waits for its response. */
  transport(request: REQ): Process<RSP>;
}
/** Answers requests in no time, or not at all. */
export interface NonblockingTransportExport<REQ, RSP> {
  /** undefined: there is no response at once. */
  tryTransport(request: REQ): RSP | undefined;
}
/** Answers requests, with or without waiting. */
export interface TransportExport<REQ, RSP>
  extends BlockingTransportExport<REQ, RSP>, NonblockingTransportExport<REQ, RSP> {}

/** Puts requests, gets and peeks responses. */
export interface MasterExport<REQ, RSP> extends PutExport<REQ>, GetPeekExport<RSP> {}
/** Gets and peeks requests, puts responses. */
export interface SlaveExport<REQ, RSP> extends PutExport<RSP>, GetPeekExport<REQ> {}
