// Sequence: a program that produces items for one sequencer. Source: semantics §5.
//
//   override *body(): Process {
//     const item = this.create(aluItem);       // through the factory
//     yield* this.startItem(item);              // waits for the grant
//     item.randomize();                         // late, with what is true now
//     yield* this.finishItem(item);             // sends, waits for itemDone
//   }
import { UsageError } from '#base/assert';
import { Queue } from '#base/queue';
import { SimEvent, type Process } from '#kernel/process';
import type { RandomStream } from '#random/random-stream';
import { productName } from './factory.ts';
import { SequenceBase } from './sequence-base.ts';
import {
  REQUEST,
  type ItemClass,
  type ItemDefinition,
  type SequenceItem,
} from './sequence-item.ts';
import type { Sequencer } from './sequencer.ts';

/** Responses kept for a sequence that does not fetch them: UVM's default. */
export const RESPONSE_QUEUE_DEPTH = 8;

export abstract class Sequence<
  REQ extends SequenceItem = SequenceItem,
  RSP = REQ,
> extends SequenceBase<Sequencer<REQ, RSP>> {
  /** Responses kept, -1: without bound. */
  responseQueueDepth = RESPONSE_QUEUE_DEPTH;
  /** For the sequencer: a request was granted, or an item is done. */
  readonly handshake: SimEvent;
  private readonly responses = new Queue<RSP>();
  private readonly responded: SimEvent;
  private openRequests = 0;

  constructor() {
    super();
    this.handshake = new SimEvent(`${this.name} granted or item done`);
    this.responded = new SimEvent(`${this.name} response`);
  }

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

  /** Asks the sequencer and waits until it is this item's turn. Randomize after it. */
  *startItem(item: REQ): Process {
    const { sequencer } = this;
    if (item.requestState !== REQUEST.NONE) this.failItem(item, 'is started while it is in use');
    item.requestedBy = this;
    item.requestProcess = this.kernel.current;
    this.openRequests++;
    sequencer.request(item);
    while (isIn(item, REQUEST.WAITING)) yield this.handshake;
    if (this.preDo !== SequenceBase.prototype.preDo) yield* this.preDo(true);
  }

  /** Sends the item and waits until the driver has finished it. */
  *finishItem(item: REQ): Process {
    if (item.requestState !== REQUEST.GRANTED || item.requestedBy !== this) {
      this.failItem(item, 'is finished without having been started');
    }
    this.midDo(item);
    this.openRequests--;
    this.sequencer.send(item);
    while (isIn(item, REQUEST.SENT)) yield this.handshake;
    this.postDo(item);
  }

  /** Waits for the next response of the driver. */
  *getResponse(): Process<RSP> {
    while (this.responses.length === 0) yield this.responded;
    return this.responses.shift() as RSP;
  }

  /** For the sequencer: the driver's response. One too many is dropped with an error. */
  putResponse(response: RSP): void {
    if (this.responseQueueDepth >= 0 && this.responses.length >= this.responseQueueDepth) {
      this.error('SEQRSPOVF', `response queue overflow (${this.responseQueueDepth}): dropped`);
      return;
    }
    this.responses.push(response);
    this.responded.trigger();
  }

  protected override exiting(): void {
    if (this.openRequests === 0) return;
    this.openRequests = 0;
    this.sequencer.release(this, this.state === 'killed' && !this.isStopping);
  }

  private itemStream(className: string): RandomStream {
    const { operation, sequencer } = this;
    return operation?.stream(className) ?? sequencer.itemStream(className);
  }

  private failItem(item: REQ, what: string): never {
    throw new UsageError('bad-handshake', `an item of ${item.constructor.name} ${what}`, {
      path: this.fullPath,
      timePs: this.kernel.nowPs,
      hint: 'startItem, then finishItem, once each, in the same sequence.',
    });
  }
}

/** Reads the state anew: the sequencer changes it behind the compiler's back. */
function isIn(item: SequenceItem, state: number): boolean {
  return item.requestState === state;
}
