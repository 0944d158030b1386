// What a port may be connected to: the TLM interfaces, as types. Whatever has the methods is an implementation; there is
// nothing to declare, and the compiler says when a port asks for more than its provider has. Source: IEEE 1800.2 clause
// 12.2.
import type { Process } from '#kernel/process';

/**
 * What an analysis port writes to: a subscriber, a scoreboard, a covergroup, another analysis port.
 */
export interface AnalysisExport<T> {
  write(transaction: T): void;
}

export interface BlockingPutExport<T> {
  /** Waits until the transaction is taken. */
  put(transaction: T): Process;
}
export interface NonblockingPutExport<T> {
  /** False: it was not taken. */
  tryPut(transaction: T): boolean;
  canPut(): boolean;
}
export interface PutExport<T> extends BlockingPutExport<T>, NonblockingPutExport<T> {}

export interface BlockingGetExport<T> {
  /** Waits for a transaction and removes it. */
  get(): Process<T>;
}
export interface NonblockingGetExport<T> {
  /** undefined: there is none. */
  tryGet(): T | undefined;
  canGet(): boolean;
}
export interface GetExport<T> extends BlockingGetExport<T>, NonblockingGetExport<T> {}

export interface BlockingPeekExport<T> {
  /** Waits for a transaction and leaves it. */
  peek(): Process<T>;
}
export interface NonblockingPeekExport<T> {
  tryPeek(): T | undefined;
  canPeek(): boolean;
}
export interface PeekExport<T> extends BlockingPeekExport<T>, NonblockingPeekExport<T> {}

export interface BlockingGetPeekExport<T> extends BlockingGetExport<T>, BlockingPeekExport<T> {}
export interface NonblockingGetPeekExport<T>
  extends NonblockingGetExport<T>, NonblockingPeekExport<T> {}
export interface GetPeekExport<T> extends GetExport<T>, PeekExport<T> {}

export interface BlockingTransportExport<REQ, RSP> {
  /** Sends a request and waits for its response. */
  transport(request: REQ): Process<RSP>;
}
export interface NonblockingTransportExport<REQ, RSP> {
  /** undefined: there is no response at once. */
  tryTransport(request: REQ): RSP | undefined;
}
export interface TransportExport<REQ, RSP>
  extends BlockingTransportExport<REQ, RSP>, NonblockingTransportExport<REQ, RSP> {}

/** Puts requests, gets and peeks responses. */
export interface MasterExport<REQ, RSP> extends PutExport<REQ>, GetPeekExport<RSP> {}
/** Gets and peeks requests, puts responses. */
export interface SlaveExport<REQ, RSP> extends PutExport<RSP>, GetPeekExport<REQ> {}
