// Sequencer: arbitrates items from sequences to one driver. Source: semantics §5; IEEE 1800.2 clause 15.
//
// The hand-shake, seen from both sides:
//
//   sequence                         sequencer                        driver
//   startItem: asks, waits      ->   queue of requests           <-   getNextItem: waits for a request
//   granted; randomizes late    <-   one is chosen and granted
//   finishItem: sends, waits    ->   the item is current         ->   getNextItem returns it; it drives
//   goes on                     <-   the item is done            <-   itemDone
//
// A request whose process has died is dropped with error SEQREQZMB, and the next one is granted. Its parts: `arbiter.ts`
// (what waits and who is next), `pull-side.ts` (the driver's side), `response-queue.ts`.
import { UsageError } from '#base/assert';
import type { Process } from '#kernel/process';
import type { RandomStream } from '#random/random-stream';
import { Arbiter, type Leaving } from './arbiter.ts';
import { checkArbitration, type Arbitration } from './arbitration.ts';
import { Component, type ComponentParent } from './component.ts';
import { PullSide } from './pull-side.ts';
import type { AnalysisExport } from './ports.ts';
import { REQUEST, type Request } from './request.ts';
import type { SequenceBase } from './sequence-base.ts';
import { SequenceItem } from './sequence-item.ts';
import { Sequence } from './sequence.ts';

/** Arbitrates the items of its sequences to one driver, which pulls them (IEEE 1800.2 clause 15; semantics §5). */
export class Sequencer<REQ extends SequenceItem = SequenceItem, RSP = REQ> extends Component {
  /** For sequences and messages: the queue of requests, and the locks. */
  readonly arbiter: Arbiter;
  /** Takes responses that come by an analysis port, of a push driver for one; see `putResponse`. */
  readonly responseExport: AnalysisExport<RSP> = {
    write: (response) => this.putResponse(response),
  };
  /** The last item that was done, and the last response. */
  lastItem: REQ | undefined = undefined;
  lastResponse: RSP | undefined = undefined;
  /** Items done so far. */
  itemCount = 0;
  private readonly pull: PullSide<REQ>;
  private readonly itemStreams = new Map<string, RandomStream>();
  private readonly running = new Set<SequenceBase>();
  private startedCount = 0;

  constructor(name: string, parent: ComponentParent) {
    super(name, parent);
    this.arbiter = new Arbiter(this);
    this.pull = new PullSide<REQ>(this, this.arbiter, () => this.itemDone());
  }

  // --- arbitration
  // ---------------------------------------------------------------------------------------------
  get arbitration(): Arbitration {
    return this.arbiter.mode;
  }

  /** @throws UsageError `unknown-arbitration`. */
  set arbitration(mode: Arbitration) {
    checkArbitration(mode, this.fullPath);
    this.arbiter.mode = mode;
  }

  /**
   * Chooses in arbitration USER: returns one of `available`, which are the indices of the requests in `queue` that can
   * be served, the oldest first. Another index is fatal.
   */
  userPriorityArbitration(available: readonly number[], _queue: readonly Request[]): number {
    return available[0];
  }

  /** Requests that wait. */
  get waitingCount(): number {
    return this.arbiter.waitingCount;
  }

  /** Whether a lock keeps this sequence from being served. */
  isBlocked(sequence: SequenceBase): boolean {
    return this.arbiter.locks.blocks(sequence);
  }

  /** Whether the sequence itself holds a lock; its parents do not count. */
  hasLock(sequence: SequenceBase): boolean {
    return this.arbiter.locks.has(sequence);
  }

  /** Whether any sequence has locked it. */
  get isGrabbed(): boolean {
    return this.arbiter.locks.count > 0;
  }

  /** The sequence that has locked it last. */
  get currentGrabber(): SequenceBase | undefined {
    return this.arbiter.locks.current;
  }

  // --- the driver's side
  // ---------------------------------------------------------------------------------------------
  /**
   * Waits for the next item. End it with `itemDone`. @throws UsageError `item-not-done` when the
   * last one is not, `concurrent-get` when another process waits already.
   */
  getNextItem(): Process<REQ> {
    return this.pull.begin('getNextItem').process as Process<REQ>;
  }

  /**
   * The next item, or undefined when no sequence asks at the present time. It waits for a sequence that was granted and
   * takes time before it sends its item.
   */
  tryNextItem(): Process<REQ | undefined> {
    return this.pull.begin('tryNextItem').process;
  }

  /** Waits for the next item and ends it at once. */
  get(): Process<REQ> {
    return this.pull.begin('get').process as Process<REQ>;
  }

  /** Waits for the next item and leaves it: asking again gives the same one, until `itemDone`. */
  peek(): Process<REQ> {
    return this.pull.begin('peek').process as Process<REQ>;
  }

  /** Whether an item could be had without waiting for a sequence to ask. */
  get hasDoAvailable(): boolean {
    return this.arbiter.hasAvailable;
  }

  /**
   * The driver has finished the item; `response` goes to its sequence. @throws UsageError `no-item`
   * without an item.
   */
  itemDone(response?: RSP): void {
    const request = this.pull.takeDone();
    const item = request.item as REQ;
    request.state = REQUEST.DONE;
    item.request = undefined;
    this.lastItem = item;
    this.itemCount++;
    if (response !== undefined) this.putResponse(response, item);
    request.progress.trigger();
  }

  /**
   * Gives a response to the sequence of `request`. Without it the response says itself whom it answers: it is an item
   * with `setIdInfo`. @throws UsageError `response-without-id`.
   */
  putResponse(response: RSP, request?: SequenceItem): void {
    const from = request ?? (response instanceof SequenceItem ? response : undefined);
    const sequence = from?.requestedBy;
    if (from === undefined || !(sequence instanceof Sequence)) {
      throw new UsageError('response-without-id', 'a response does not say which item it answers', {
        path: this.fullPath,
        timePs: this.kernel.nowPs,
        hint: 'Give the item as the second argument, or call setIdInfo(item) of the response.',
      });
    }
    this.lastResponse = response;
    if (this.running.has(sequence)) sequence.putResponse(response, from.transactionId);
    else {
      const text = `sequence ${sequence.name} has ended; a response to it is dropped`;
      this.warning('SQRPUT', text);
    }
  }

  // --- sequences
  // ---------------------------------------------------------------------------------------------
  /** Sends one item, by a sequence of its own: `yield* sequencer.executeItem(item)`. */
  executeItem(item: REQ): Process {
    const sequence = new ItemSequence<REQ, RSP>();
    sequence.item = item;
    return sequence.start(this);
  }

  /**
   * Kills all sequences that run here and forgets requests and locks. The item that the driver has stays with it until
   * its itemDone.
   */
  stopSequences(): void {
    for (const sequence of [...this.running]) sequence.kill();
    this.arbiter.clear();
    this.pull.clear();
  }

  /** The sequences that run here, in the order in which they were started. */
  get sequences(): readonly SequenceBase[] {
    return [...this.running];
  }

  // --- for `Sequence`
  // --------------------------------------------------------------------------
  /** A sequence starts here: returns its id. */
  register(sequence: SequenceBase): number {
    this.running.add(sequence);
    return this.startedCount++;
  }

  /** A sequence has ended: drops what it has here. */
  release(sequence: SequenceBase, leaving: Leaving): void {
    this.running.delete(sequence);
    this.pull.release(sequence, leaving);
    this.arbiter.release(sequence, leaving);
  }

  /** Enters a request. */
  request(request: Request): void {
    if (!this.pull.grantsAtOnce(request)) this.arbiter.add(request);
  }

  /** Whether the sequence may send an item: it has waited for a grant, and has not sent one since. */
  grantOf(sequence: SequenceBase): Request | undefined {
    const { granted } = this.pull;
    return granted?.state === REQUEST.GRANTED && granted.sequence === sequence
      ? granted
      : undefined;
  }

  /** The item of a granted request is ready for the driver. */
  send(request: Request): void {
    request.state = REQUEST.SENT;
    this.arbiter.changed();
  }

  /** The stream of an item class, for items that serve no operation: one for all sequences here. */
  itemStream(className: string): RandomStream {
    const known = this.itemStreams.get(className);
    if (known !== undefined) return known;
    const made = this.stream(`items ${className}`);
    this.itemStreams.set(className, made);
    return made;
  }

  /** For the explanation of a hang: what waits here. Empty when nothing does. */
  explain(): string[] {
    return [...this.pull.explain(), ...this.arbiter.explain()];
  }
}

/** Sends the one item that it is given. */
class ItemSequence<REQ extends SequenceItem, RSP> extends Sequence<REQ, RSP> {
  item: REQ | undefined = undefined;

  override *body(): Process {
    if (this.item === undefined) return;
    yield* this.startItem(this.item);
    yield* this.finishItem(this.item);
  }
}
