// Channels for requests and responses: a master puts requests and gets responses, a slave the other way round. Source: IEEE
// 1800.2 clause 12.2.9.
//
//   readonly channel = new RequestResponseChannel<Req, Rsp>('bus');
//   this.child.cpu.bus.connect(this.channel.master);          // a MasterPort
//   this.child.memory.bus.connect(this.channel.slave);        // a SlavePort
import type { Process } from '#kernel/process';
import type { AnalysisPort } from './ports.ts';
import { TlmFifo } from './tlm-fifo.ts';
import type { MasterExport, SlaveExport, TransportExport } from './tlm-interfaces.ts';

/** One side: puts into one FIFO, gets from the other. */
class ChannelEnd<OUT, IN> implements MasterExport<OUT, IN> {
  readonly name: string;
  private readonly out: TlmFifo<OUT>;
  private readonly into: TlmFifo<IN>;

  constructor(name: string, out: TlmFifo<OUT>, into: TlmFifo<IN>) {
    this.name = name;
    this.out = out;
    this.into = into;
  }

  put(transaction: OUT): Process {
    return this.out.put(transaction);
  }

  tryPut(transaction: OUT): boolean {
    return this.out.tryPut(transaction);
  }

  canPut(): boolean {
    return this.out.canPut();
  }

  get(): Process<IN> {
    return this.into.get();
  }

  tryGet(): IN | undefined {
    return this.into.tryGet();
  }

  canGet(): boolean {
    return this.into.canGet();
  }

  peek(): Process<IN> {
    return this.into.peek();
  }

  tryPeek(): IN | undefined {
    return this.into.tryPeek();
  }

  canPeek(): boolean {
    return this.into.canPeek();
  }
}

/**
 * Two FIFOs between a master, which puts requests and gets responses, and a slave, which does the reverse (IEEE
 * 1800.2 clause 12.2.9).
 */
export class RequestResponseChannel<REQ, RSP> {
  readonly name: string;
  /** Requests that the slave has not taken. */
  readonly requests: TlmFifo<REQ>;
  /** Responses that the master has not taken. */
  readonly responses: TlmFifo<RSP>;
  /** What a `MasterPort` is connected to. */
  readonly master: MasterExport<REQ, RSP>;
  /** What a `SlavePort` is connected to. */
  readonly slave: SlaveExport<REQ, RSP>;

  /** @param depths of the FIFOs; default 1 each, 0 unbounded. */
  constructor(
    name: string,
    depths: { readonly requests?: number; readonly responses?: number } = {},
  ) {
    this.name = name;
    this.requests = new TlmFifo(`${name}.requests`, depths.requests ?? 1);
    this.responses = new TlmFifo(`${name}.responses`, depths.responses ?? 1);
    this.master = new ChannelEnd(`${name}.master`, this.requests, this.responses);
    this.slave = new ChannelEnd(`${name}.slave`, this.responses, this.requests);
  }

  /** Every request as it is put. */
  get requestAnalysis(): AnalysisPort<REQ> {
    return this.requests.putAnalysis;
  }

  /** Every response as it is put. */
  get responseAnalysis(): AnalysisPort<RSP> {
    return this.responses.putAnalysis;
  }
}

/** With `transport` in place of put and get: a `TransportPort` is connected to it. The slave answers in order. */
export class TransportChannel<REQ, RSP>
  extends RequestResponseChannel<REQ, RSP>
  implements TransportExport<REQ, RSP>
{
  /** Puts the request and waits for the response. */
  *transport(request: REQ): Process<RSP> {
    yield* this.requests.put(request);
    return yield* this.responses.get();
  }

  /** Puts the request if there is room, and takes a response if there is one at once: as in UVM, seldom. */
  tryTransport(request: REQ): RSP | undefined {
    return this.requests.tryPut(request) ? this.responses.tryGet() : undefined;
  }
}
