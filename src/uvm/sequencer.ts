// Sequencer: arbitrates items from sequences to one driver, first come first served. Source:
// semantics §5.
//
// The hand-shake, seen from both sides:
//
//   sequence                         sequencer                        driver
//   startItem: asks, waits      ->   queue of requests           <-   getNextItem: waits for a
// request
//   granted; randomizes late    <-   the oldest is granted
//   finishItem: sends, waits    ->   the item is current         ->   getNextItem returns it; it
// drives
//   goes on                     <-   the item is done            <-   itemDone
//
// A request whose process has died is dropped with error SEQREQZMB, and the next one is granted.
import { UsageError } from '#base/assert';
import { Queue } from '#base/queue';
import { SimEvent, type Process } from '#kernel/process';
import { delay, waitAny } from '#kernel/wait';
import type { RandomStream } from '#random/random-stream';
import { Component, type ComponentParent } from './component.ts';
import { productName } from './factory.ts';
import { REQUEST, type SequenceItem } from './sequence-item.ts';
import type { Sequence } from './sequence.ts';

/** Requests that wait at one sequencer. */
export const REQUESTS_MAX = 100_000;

const NOW = delay(0);

export class Sequencer<REQ extends SequenceItem = SequenceItem, RSP = REQ> extends Component {
  private readonly requests = new Queue<REQ>();
  /** A request was made, or the granted item was sent. */
  private readonly activity: SimEvent;
  private readonly itemStreams = new Map<string, RandomStream>();
  private granted: REQ | undefined = undefined;
  private current: REQ | undefined = undefined;

  constructor(name: string, parent: ComponentParent) {
    super(name, parent);
    this.activity = new SimEvent(`${this.fullPath} request`);
  }

  /** Requests that wait. */
  get waitingCount(): number {
    return this.requests.length;
  }

  /** True when an item could be had without waiting for a sequence to ask. */
  get hasRequest(): boolean {
    return this.requests.length > 0;
  }

  // --- the driver's side
  // ---------------------------------------------------------------------------------------------
  /**
   * Waits for the next item. End it with `itemDone`. @throws UsageError `item-not-done` when the
   * last one is not.
   */
  *getNextItem(): Process<REQ> {
    this.checkIdle();
    for (;;) {
      const item = this.selectRequest();
      if (item === undefined) {
        yield this.activity;
        continue;
      }
      this.grant(item);
      yield NOW; // a sequence that does not wait between startItem and finishItem has sent it now
      if (item.requestState === REQUEST.GRANTED) yield* this.awaitSent(item);
      if (this.accept(item)) return item;
    }
  }

  /** The next item, or undefined when no sequence asks now. */
  *tryNextItem(): Process<REQ | undefined> {
    this.checkIdle();
    for (;;) {
      const item = this.selectRequest();
      if (item === undefined) return undefined;
      this.grant(item);
      yield NOW;
      if (item.requestState === REQUEST.GRANTED) yield* this.awaitSent(item);
      if (this.accept(item)) return item;
    }
  }

  /** Waits for the next item and ends it at once. */
  *get(): Process<REQ> {
    const item = yield* this.getNextItem();
    this.itemDone();
    return item;
  }

  /**
   * The driver has finished the item; `response` goes to its sequence. @throws UsageError `no-item`
   * without an item.
   */
  itemDone(response?: RSP): void {
    const item = this.current;
    if (item === undefined) {
      throw new UsageError('no-item', 'itemDone was called without an item', {
        path: this.fullPath,
        timePs: this.kernel.nowPs,
        hint: 'Each getNextItem is followed by one itemDone.',
      });
    }
    this.current = undefined;
    item.requestState = REQUEST.NONE;
    const sequence = item.requestedBy as Sequence<REQ, RSP>;
    if (response !== undefined) sequence.putResponse(response);
    sequence.handshake.trigger();
  }

  // --- the sequences' side (for `Sequence`)
  // --------------------------------------------------------------------------
  /** Enters a request. */
  request(item: REQ): void {
    if (this.requests.length >= REQUESTS_MAX) {
      throw new UsageError('requests-limit', `${REQUESTS_MAX} requests wait`, {
        path: this.fullPath,
        hint: 'No driver takes items from this sequencer.',
      });
    }
    item.requestState = REQUEST.WAITING;
    this.requests.push(item);
    this.activity.trigger();
  }

  /** The granted item is ready for the driver. */
  send(item: REQ): void {
    item.requestState = REQUEST.SENT;
    this.activity.trigger();
  }

  /** The stream of an item class, for items that serve no operation: one for all sequences here. */
  itemStream(className: string): RandomStream {
    const known = this.itemStreams.get(className);
    if (known !== undefined) return known;
    const made = this.stream(`items ${className}`);
    this.itemStreams.set(className, made);
    return made;
  }

  /**
   * Drops the requests of a sequence that has ended; a killed one is reported unless the run is
   * ending.
   */
  release(sequence: Sequence<REQ, RSP>, wasKilled: boolean): void {
    const { granted } = this;
    if (granted?.requestedBy === sequence && granted.requestState === REQUEST.GRANTED) {
      this.drop(granted, wasKilled);
    }
    for (const item of this.requests) {
      if (item.requestedBy === sequence && item.requestState === REQUEST.WAITING) {
        this.drop(item, wasKilled);
      }
    }
  }

  /** For the explanation of a hang: what waits here. Empty when nothing does. */
  explain(): string[] {
    const lines: string[] = [];
    if (this.current !== undefined)
      lines.push(this.explainItem(this.current, 'is with the driver'));
    else if (this.granted?.requestState === REQUEST.GRANTED) {
      lines.push(this.explainItem(this.granted, 'is granted and has not been sent'));
    }
    for (const item of this.requests) {
      if (item.requestState === REQUEST.WAITING) {
        lines.push(this.explainItem(item, 'waits for a grant'));
      }
    }
    return lines;
  }

  private explainItem(item: REQ, what: string): string {
    const by = item.requestedBy?.name ?? 'no sequence';
    return `${this.fullPath}: ${productName(item.constructor)} of ${by} ${what}`;
  }

  private checkIdle(): void {
    if (this.current !== undefined) {
      throw new UsageError('item-not-done', 'the next item is asked for before itemDone', {
        path: this.fullPath,
        timePs: this.kernel.nowPs,
      });
    }
  }

  /** The oldest request whose process is alive. */
  private selectRequest(): REQ | undefined {
    for (;;) {
      const item = this.requests.shift();
      if (item === undefined) return undefined;
      if (item.requestState !== REQUEST.WAITING) continue; // its sequence has ended
      if (item.requestProcess === undefined || item.requestProcess.isAlive) return item;
      this.drop(item, true);
    }
  }

  private grant(item: REQ): void {
    item.requestState = REQUEST.GRANTED;
    this.granted = item;
    (item.requestedBy as Sequence<REQ, RSP>).handshake.trigger();
  }

  /** The slow path: the sequence waits between startItem and finishItem, or dies there. */
  private *awaitSent(item: REQ): Process {
    while (item.requestState === REQUEST.GRANTED) {
      const process = item.requestProcess;
      if (process === undefined) yield this.activity;
      else if (process.isAlive) yield* waitAny(this.activity, process);
      else this.drop(item, true);
    }
  }

  private accept(item: REQ): boolean {
    this.granted = undefined;
    if (item.requestState !== REQUEST.SENT) return false;
    this.current = item;
    return true;
  }

  private drop(item: REQ, wasKilled: boolean): void {
    item.requestState = REQUEST.NONE;
    this.activity.trigger();
    if (!wasKilled || this.testbench.isEnding) return;
    const by = item.requestedBy?.name ?? 'unknown';
    this.error('SEQREQZMB', `the process of sequence ${by} died; its request is removed`);
  }
}
