// TLM ports: analysis (one to many, never blocks), and put, get, peek, transport (one to one). Source: IEEE 1800.2 clause
// 12.2; design decision 11.
//
// A port has the methods of its interface and passes them on, so that a port can be connected to a port, to an export (a
// port with that role) or to what implements the interface. Where UVM has `uvm_analysis_imp_decl for several inputs of one
// component, a component has several `AnalysisImp`s, each with its own method and type.
import type { Process } from '#kernel/process';
import { Port, type PortOptions, type PortOwner } from './port.ts';
import type {
  AnalysisExport,
  BlockingGetExport,
  BlockingGetPeekExport,
  BlockingPeekExport,
  BlockingPutExport,
  BlockingTransportExport,
  GetExport,
  GetPeekExport,
  MasterExport,
  NonblockingGetExport,
  NonblockingGetPeekExport,
  NonblockingPeekExport,
  NonblockingPutExport,
  NonblockingTransportExport,
  PeekExport,
  PutExport,
  SlaveExport,
  TransportExport,
} from './tlm-interfaces.ts';

export type { AnalysisExport } from './tlm-interfaces.ts';

/**
 * Broadcasts observed transactions to everything connected, in the order in which it was connected. Wants no connection.
 */
export class AnalysisPort<T> extends Port<AnalysisExport<T>> implements AnalysisExport<T> {
  constructor(name = 'analysis', owner?: PortOwner, options: PortOptions = {}) {
    super(name, owner, { min: 0, max: Infinity, ...options });
  }

  /**
   * Gives the transaction to everything connected, in the order of connection, before it returns: nobody may wait or
   * keep it without a copy if the writer uses it again.
   */
  write(transaction: T): void {
    const { providers } = this;
    for (let i = 0; i < providers.length; i++) providers[i].write(transaction);
  }
}

/**
 * One of several analysis inputs of a component:
 * `readonly expected = new AnalysisImp<Item>('expected', this, (item) => this.writeExpected(item))`.
 */
export class AnalysisImp<T> implements AnalysisExport<T> {
  readonly name: string;
  readonly fullPath: string;
  /** Takes a transaction. */
  readonly write: (transaction: T) => void;

  constructor(name: string, owner: { readonly fullPath: string }, write: (transaction: T) => void) {
    this.name = name;
    this.fullPath = `${owner.fullPath}.${name}`;
    this.write = write;
  }
}

export class BlockingPutPort<T, E extends BlockingPutExport<T> = BlockingPutExport<T>>
  extends Port<E>
  implements BlockingPutExport<T>
{
  put(transaction: T): Process {
    return this.target.put(transaction);
  }
}

export class NonblockingPutPort<T>
  extends Port<NonblockingPutExport<T>>
  implements NonblockingPutExport<T>
{
  tryPut(transaction: T): boolean {
    return this.target.tryPut(transaction);
  }

  /** Whether the provider would take a transaction now. */
  canPut(): boolean {
    return this.target.canPut();
  }
}

export class PutPort<T, E extends PutExport<T> = PutExport<T>>
  extends BlockingPutPort<T, E>
  implements PutExport<T>
{
  tryPut(transaction: T): boolean {
    return this.target.tryPut(transaction);
  }

  /** Whether the provider would take a transaction now. */
  canPut(): boolean {
    return this.target.canPut();
  }
}

export class BlockingGetPort<T, E extends BlockingGetExport<T> = BlockingGetExport<T>>
  extends Port<E>
  implements BlockingGetExport<T>
{
  get(): Process<T> {
    return this.target.get();
  }
}

export class NonblockingGetPort<T, E extends NonblockingGetExport<T> = NonblockingGetExport<T>>
  extends Port<E>
  implements NonblockingGetExport<T>
{
  tryGet(): T | undefined {
    return this.target.tryGet();
  }

  /** Whether the provider has a transaction now. */
  canGet(): boolean {
    return this.target.canGet();
  }
}

export class GetPort<T, E extends GetExport<T> = GetExport<T>>
  extends BlockingGetPort<T, E>
  implements GetExport<T>
{
  tryGet(): T | undefined {
    return this.target.tryGet();
  }

  /** Whether the provider has a transaction now. */
  canGet(): boolean {
    return this.target.canGet();
  }
}

export class BlockingPeekPort<T, E extends BlockingPeekExport<T> = BlockingPeekExport<T>>
  extends Port<E>
  implements BlockingPeekExport<T>
{
  peek(): Process<T> {
    return this.target.peek();
  }
}

export class NonblockingPeekPort<T>
  extends Port<NonblockingPeekExport<T>>
  implements NonblockingPeekExport<T>
{
  /** The next transaction, which stays where it is; undefined when there is none now. */
  tryPeek(): T | undefined {
    return this.target.tryPeek();
  }

  /** Whether the provider has a transaction to look at now. */
  canPeek(): boolean {
    return this.target.canPeek();
  }
}

export class PeekPort<T> extends BlockingPeekPort<T, PeekExport<T>> implements PeekExport<T> {
  /** The next transaction, which stays where it is; undefined when there is none now. */
  tryPeek(): T | undefined {
    return this.target.tryPeek();
  }

  /** Whether the provider has a transaction to look at now. */
  canPeek(): boolean {
    return this.target.canPeek();
  }
}

export class BlockingGetPeekPort<T>
  extends BlockingGetPort<T, BlockingGetPeekExport<T>>
  implements BlockingGetPeekExport<T>
{
  peek(): Process<T> {
    return this.target.peek();
  }
}

export class NonblockingGetPeekPort<T>
  extends NonblockingGetPort<T, NonblockingGetPeekExport<T>>
  implements NonblockingGetPeekExport<T>
{
  /** The next transaction, which stays where it is; undefined when there is none now. */
  tryPeek(): T | undefined {
    return this.target.tryPeek();
  }

  /** Whether the provider has a transaction to look at now. */
  canPeek(): boolean {
    return this.target.canPeek();
  }
}

export class GetPeekPort<T, E extends GetPeekExport<T> = GetPeekExport<T>>
  extends GetPort<T, E>
  implements GetPeekExport<T>
{
  peek(): Process<T> {
    return this.target.peek();
  }

  /** The next transaction, which stays where it is; undefined when there is none now. */
  tryPeek(): T | undefined {
    return this.target.tryPeek();
  }

  /** Whether the provider has a transaction to look at now. */
  canPeek(): boolean {
    return this.target.canPeek();
  }
}

export class BlockingTransportPort<
  REQ,
  RSP,
  E extends BlockingTransportExport<REQ, RSP> = BlockingTransportExport<REQ, RSP>,
>
  extends Port<E>
  implements BlockingTransportExport<REQ, RSP>
{
  transport(request: REQ): Process<RSP> {
    return this.target.transport(request);
  }
}

export class NonblockingTransportPort<REQ, RSP>
  extends Port<NonblockingTransportExport<REQ, RSP>>
  implements NonblockingTransportExport<REQ, RSP>
{
  tryTransport(request: REQ): RSP | undefined {
    return this.target.tryTransport(request);
  }
}

export class TransportPort<REQ, RSP>
  extends BlockingTransportPort<REQ, RSP, TransportExport<REQ, RSP>>
  implements TransportExport<REQ, RSP>
{
  tryTransport(request: REQ): RSP | undefined {
    return this.target.tryTransport(request);
  }
}

/** Puts requests, gets and peeks responses. */
export class MasterPort<REQ, RSP>
  extends GetPeekPort<RSP, MasterExport<REQ, RSP>>
  implements MasterExport<REQ, RSP>
{
  put(request: REQ): Process {
    return this.target.put(request);
  }

  tryPut(request: REQ): boolean {
    return this.target.tryPut(request);
  }

  /** Whether the provider would take a request now. */
  canPut(): boolean {
    return this.target.canPut();
  }
}

/** Gets and peeks requests, puts responses. */
export class SlavePort<REQ, RSP>
  extends GetPeekPort<REQ, SlaveExport<REQ, RSP>>
  implements SlaveExport<REQ, RSP>
{
  put(response: RSP): Process {
    return this.target.put(response);
  }

  tryPut(response: RSP): boolean {
    return this.target.tryPut(response);
  }

  /** Whether the provider would take a response now. */
  canPut(): boolean {
    return this.target.canPut();
  }
}
