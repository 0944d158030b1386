// Sequence: a program that produces items for one sequencer. Source: semantics §5; IEEE 1800.2 clause 14.2.
//
//   override *body(): Process {
//     const item = this.create(aluItem);       // through the factory
//     yield* this.startItem(item);              // waits for the grant
//     item.randomize();                         // late, with what is true now
//     yield* this.finishItem(item);             // sends, waits for itemDone
//   }
import { UsageError } from '#base/assert';
import { SimEvent, type Process } from '#kernel/process';
import { waitStep, type Step } from '#kernel/steps';
import type { RandomStream } from '#random/random-stream';
import type { Leaving } from './arbiter.ts';
import { productName } from './factory.ts';
import { DoneWait, GrantWait, type HandshakeOwner } from './handshake.ts';
import { NO_PRIORITY, REQUEST, Request } from './request.ts';
import { ResponseQueue } from './response-queue.ts';
import { SequenceBase } from './sequence-base.ts';
import { NO_ID, type ItemClass, type ItemDefinition, type SequenceItem } from './sequence-item.ts';
import type { Sequencer } from './sequencer.ts';

/**
 * A program that produces items for one sequencer: `startItem`, randomize, `finishItem` (IEEE 1800.2 clause 14.2;
 * semantics §5).
 */
export abstract class Sequence<REQ extends SequenceItem = SequenceItem, RSP = REQ>
  extends SequenceBase<Sequencer<REQ, RSP>>
  implements HandshakeOwner
{
  /** Whether a response that finds the queue full is an error; it is dropped in any case. */
  responseQueueErrorReportEnabled = true;
  /** A request was granted, or an item is done. */
  readonly handshake: SimEvent;
  /** For `handshake.ts`. */
  readonly atProgress: Step<never>;
  private readonly responses = new ResponseQueue<RSP>();
  private readonly responded: SimEvent;
  private hasResponseHandler = false;
  private nextTransactionId = 0;
  /** A request that can be used again. */
  private spare: Request | undefined = undefined;
  /** Sent by `sendRequest`, and not waited for yet. */
  private readonly sentRequests: Request[] = [];

  constructor() {
    super();
    this.handshake = new SimEvent(`${this.name} granted or item done`);
    this.atProgress = waitStep(this.handshake);
    this.responded = new SimEvent(`${this.name} response`);
  }

  // --- items
  // ---------------------------------------------------------------------------------------------
  /**
   * Makes an item by the factory. An item of `rand(…)` draws from the stream of its class: the
   * running operation's, otherwise the sequencer's.
   */
  create<T extends REQ>(product: ItemClass<T> | ItemDefinition<T>): T {
    const { factory } = this.testbench;
    const made: ItemClass<T> | ItemDefinition<T> = factory.hasOverrides
      ? factory.resolve(product, `${this.fullPath}.${productName(product)}`)
      : product;
    if (typeof made === 'function') return new made();
    return made.create(this.itemStream(made.name));
  }

  /**
   * Asks the sequencer and waits until it is this item's turn, then runs `preDo(true)`. Randomize after it.
   * @param priority above 0: for this item, instead of the sequence's own.
   * @throws UsageError `SEQITEMPRI`; `bad-handshake` for an item that is in use.
   */
  startItem(item: REQ, priority: number = NO_PRIORITY): Process {
    const { process } = new GrantWait(this, item, priority);
    return this.preDo === SequenceBase.prototype.preDo ? process : this.thenPreDo(process);
  }

  /**
   * Runs `midDo`, sends the item, waits until the driver has finished it, runs `postDo`.
   * @throws UsageError `bad-handshake` for an item that was not started by this sequence.
   */
  finishItem(item: REQ): Process {
    return new DoneWait(this, item).process;
  }

  // --- the parts of startItem and finishItem, without hooks
  // ---------------------------------------------------------------------------------------------
  /**
   * Asks the sequencer and waits for the grant. Then `sendRequest`.
   * @throws UsageError `SEQITEMPRI` for a priority of 0 or less.
   */
  waitForGrant(priority: number = NO_PRIORITY): Process {
    return new GrantWait(this, undefined, priority).process;
  }

  /** Sends an item, at once. @throws UsageError `SNDREQ` without a grant from `waitForGrant`. */
  sendRequest(item: REQ): void {
    const request = this.sequencer.grantOf(this);
    if (request === undefined || request.item !== undefined) {
      throw new UsageError('SNDREQ', 'sendRequest is called without a grant', {
        path: this.fullPath,
        timePs: this.kernel.nowPs,
        hint: 'waitForGrant, then sendRequest, once each, in the same sequence.',
      });
    }
    if (item.request !== undefined) this.failItem(item, 'is sent while it is in use');
    request.item = item;
    item.request = request;
    this.dispatch(item, request);
    this.sentRequests.push(request);
  }

  /**
   * Waits until the driver has finished an item of `sendRequest`: the oldest one, or the one of this id.
   * @throws UsageError `item-not-sent` when there is none.
   */
  *waitForItemDone(transactionId: number = NO_ID): Process {
    const at = this.sentRequests.findIndex(
      ({ item }) => transactionId === NO_ID || item?.transactionId === transactionId,
    );
    if (at < 0) {
      const which = transactionId === NO_ID ? '' : ` with id ${transactionId}`;
      throw new UsageError('item-not-sent', `no item${which} is out that could be waited for`, {
        path: this.fullPath,
        timePs: this.kernel.nowPs,
        hint: 'Each sendRequest can be waited for once.',
      });
    }
    const [request] = this.sentRequests.splice(at, 1);
    while (isIn(request, REQUEST.SENT)) yield this.handshake;
  }

  // --- responses
  // ---------------------------------------------------------------------------------------------
  /** Responses kept for `getResponse`, -1: without bound. Default 8. */
  get responseQueueDepth(): number {
    return this.responses.depth;
  }

  set responseQueueDepth(depth: number) {
    this.responses.depth = depth;
  }

  /** Gives responses to `responseHandler` as they come, instead of keeping them. */
  useResponseHandler(isUsed = true): void {
    this.hasResponseHandler = isUsed;
  }

  /** Gets each response after `useResponseHandler`. */
  responseHandler(_response: RSP): void {}

  /** Waits for the next response of the driver, or for the next one to the item of this id. */
  *getResponse(transactionId: number = NO_ID): Process<RSP> {
    while (!this.responses.has(transactionId)) yield this.responded;
    return this.responses.take(transactionId) as RSP;
  }

  /** For the sequencer: the driver's response. One too many is dropped with an error. */
  putResponse(response: RSP, transactionId: number = NO_ID): void {
    if (this.hasResponseHandler) this.responseHandler(response);
    else if (this.responses.put(response, transactionId)) this.responded.trigger();
    else if (this.responseQueueErrorReportEnabled) {
      this.error('SEQRSPOVF', `response queue overflow (${this.responses.depth}): dropped`);
    }
  }

  // --- for `handshake.ts`
  // ---------------------------------------------------------------------------------------------
  ask(item: SequenceItem | undefined, priority: number): Request {
    if (item?.request !== undefined) this.failItem(item, 'is started while it is in use');
    if (priority !== NO_PRIORITY && !(priority > 0)) this.failPriority(priority);
    const request = this.spare ?? new Request('item', this, this.handshake);
    this.spare = undefined;
    request.process = this.kernel.current;
    request.ownPriority = priority;
    request.item = item;
    if (item !== undefined) item.request = request;
    this.sequencer.request(request);
    return request;
  }

  sendGranted(item: SequenceItem): Request {
    const { request } = item;
    if (request?.state !== REQUEST.GRANTED || request.sequence !== this) {
      this.failItem(item, 'is finished without having been started');
    }
    this.midDo(item);
    this.dispatch(item, request);
    return request;
  }

  ended(item: SequenceItem, request: Request): void {
    request.item = undefined;
    this.spare = request;
    this.postDo(item);
  }

  protected override entering(): void {
    if (!('arbiter' in this.sequencer)) {
      throw new UsageError(
        'no-sequencer',
        `${this.name} sends items, and is started on what takes none`,
        {
          path: this.fullPath,
          timePs: this.kernel.nowPs,
          hint: 'It runs on a Sequencer. On other components runs a VirtualSequence.',
        },
      );
    }
    this.sequenceId = this.sequencer.register(this);
    this.responses.clear();
    this.sentRequests.length = 0;
  }

  protected override exiting(leaving: Leaving): void {
    this.sequencer.release(this, leaving);
  }

  private dispatch(item: SequenceItem, request: Request): void {
    item.requestedBy = this;
    if (item.transactionId === NO_ID) item.transactionId = this.nextTransactionId++;
    this.sequencer.send(request);
  }

  private *thenPreDo(granting: Process): Process {
    yield* granting;
    yield* this.preDo(true);
  }

  private itemStream(className: string): RandomStream {
    const { operation, sequencer } = this;
    return operation?.stream(className) ?? sequencer.itemStream(className);
  }

  private failPriority(priority: number): never {
    throw new UsageError('SEQITEMPRI', `an item is started with priority ${priority}`, {
      path: this.fullPath,
      timePs: this.kernel.nowPs,
      hint: 'A priority is above 0; without one the item has that of its sequence.',
    });
  }

  private failItem(item: SequenceItem, what: string): never {
    throw new UsageError('bad-handshake', `an item of ${item.constructor.name} ${what}`, {
      path: this.fullPath,
      timePs: this.kernel.nowPs,
      hint: 'startItem, then finishItem, once each, in the same sequence.',
    });
  }
}

/** Reads the state anew: the sequencer changes it behind the compiler's back. */
function isIn(request: Request, state: number): boolean {
  return request.state === state;
}
