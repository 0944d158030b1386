// The driver's side of a sequencer: the next item, from the choice of a request until the driver has it. Source:
// semantics §5; IEEE 1800.2 clause 15.2.1 (the pull interface).
//
// The plain case is a state machine, because every item goes through it: the oldest request is granted, or waited for,
// and its item handed over when it is sent. What is rare is in `untilSent`, a generator: arbitration other than FIFO,
// sequences that are not relevant, a sequence that takes time between startItem and finishItem.
import { UsageError } from '#base/assert';
import type { Kernel } from '#kernel/kernel';
import type { Process, ProcessHandle } from '#kernel/process';
import { Steps, waitStep, type Step } from '#kernel/steps';
import { delay, fork, waitAny } from '#kernel/wait';
import { nameOf, type Arbiter, type ArbiterOwner, type Leaving } from './arbiter.ts';
import { REQUEST, type Request } from './request.ts';
import type { SequenceBase } from './sequence-base.ts';
import type { SequenceItem } from './sequence-item.ts';

/** Rounds at one simulated time in which sequences may still ask before one is chosen: UVM's number. */
export const SETTLING_ROUNDS_MAX = 100;
/** Wakings by `waitForRelevant` at one simulated time before that counts as a loop: UVM's number. */
export const RELEVANT_ROUNDS_MAX = 10;

/** What the driver wants. */
export type Want = 'getNextItem' | 'tryNextItem' | 'get' | 'peek';

const NOW = delay(0);
const AT_ONCE = waitStep(NOW);

/**
 * One call of the driver: says what is wanted when it first runs, not when it is made. There is one for each kind of call,
 * for all items.
 */
class Asking<REQ extends SequenceItem> extends Steps<REQ | undefined> {
  private readonly side: PullSide<REQ>;
  private readonly want: Want;

  constructor(side: PullSide<REQ>, want: Want) {
    super();
    this.side = side;
    this.want = want;
  }

  override next(value?: unknown): Step<REQ | undefined> {
    return this.side.nextOf(this.want, value);
  }

  protected override left(): void {
    this.side.leave();
  }
}

/** One object for all items: a sequencer has one driver, which asks for one item at a time. */
export class PullSide<REQ extends SequenceItem> {
  /** Chosen, and not yet with the driver. */
  granted: Request | undefined = undefined;
  /** With the driver. */
  current: Request | undefined = undefined;
  /** The driver owes an itemDone. */
  private isTaken = false;
  private want: Want = 'getNextItem';
  private isAsking = false;
  private asker: ProcessHandle | undefined = undefined;
  /** The driver waits for anybody to ask. */
  private isIdle = false;
  private slowPart: Process | undefined = undefined;
  private relevantRounds = 0;
  private relevantAtPs = 0;
  private readonly owner: ArbiterOwner;
  private readonly kernel: Kernel;
  private readonly arbiter: Arbiter;
  private readonly onGet: () => void;
  private readonly atActivity: Step<never>;
  private readonly askings: Readonly<Record<Want, Asking<REQ>>>;
  private readonly result: { done: true; value: REQ | undefined };

  /** @param onGet ends the item that `get` takes. */
  constructor(owner: ArbiterOwner, arbiter: Arbiter, onGet: () => void) {
    this.owner = owner;
    this.kernel = owner.kernel;
    this.arbiter = arbiter;
    this.onGet = onGet;
    this.atActivity = waitStep(arbiter.activity);
    this.result = { done: true, value: undefined };
    this.askings = {
      getNextItem: new Asking(this, 'getNextItem'),
      tryNextItem: new Asking(this, 'tryNextItem'),
      get: new Asking(this, 'get'),
      peek: new Asking(this, 'peek'),
    };
  }

  /** A call, which throws UsageError `item-not-done` or `concurrent-get` when it runs. */
  begin(want: Want): Asking<REQ> {
    return this.askings[want];
  }

  /** For `Asking`: goes on until the next wait, or to the end. */
  nextOf(want: Want, value: unknown): Step<REQ | undefined> {
    if (!this.isAsking) this.start(want);
    else if (this.asker !== this.kernel.current) this.failConcurrent();
    return this.next(value);
  }

  /** For `Asking`: the process that asks is killed, or one that has not asked yet. */
  leave(): void {
    if (this.asker !== this.kernel.current) return;
    this.isAsking = false;
    this.isIdle = false;
    const part = this.slowPart;
    this.slowPart = undefined;
    part?.return();
  }

  private start(want: Want): void {
    if (this.isTaken && want !== 'peek') {
      throw new UsageError('item-not-done', `${want} is called before itemDone of the last item`, {
        path: this.owner.fullPath,
        timePs: this.kernel.nowPs,
        hint: 'Each getNextItem is followed by one itemDone; get does both.',
      });
    }
    this.want = want;
    this.isAsking = true;
    this.asker = this.kernel.current;
  }

  private next(value: unknown): Step<REQ | undefined> {
    const { arbiter } = this;
    this.isIdle = false;
    if (this.slowPart !== undefined) return this.goOn(this.slowPart, value);
    if (this.current !== undefined) return this.give(this.current);
    const { granted } = this;
    if (granted === undefined) {
      if (arbiter.mode !== 'FIFO' || this.want === 'tryNextItem') return this.goSlowly();
      const request = arbiter.select();
      if (request === undefined) return this.await();
      this.grant(request);
      return AT_ONCE; // a sequence that does not wait between startItem and finishItem has sent it then
    }
    if (granted.state !== REQUEST.SENT) return this.goSlowly();
    return this.accept(granted);
  }

  /**
   * Grants a new request without the queue, and without a turn of the driver in between, when nobody can see the
   * difference: the driver waits, nothing else waits here, and nothing else is due at the present time.
   */
  grantsAtOnce(request: Request): boolean {
    if (!this.isIdle || this.granted !== undefined) return false;
    if (!this.kernel.isQuiet || !this.arbiter.isOpenTo(request.sequence)) return false;
    this.isIdle = false;
    request.state = REQUEST.GRANTED;
    this.granted = request;
    this.arbiter.changed();
    return true;
  }

  /** The driver is done with its item. @throws UsageError `no-item` without one. */
  takeDone(): Request {
    const request = this.current;
    if (request === undefined) {
      throw new UsageError('no-item', 'itemDone was called without an item', {
        path: this.owner.fullPath,
        timePs: this.kernel.nowPs,
        hint: 'Each getNextItem is followed by one itemDone.',
      });
    }
    this.current = undefined;
    this.isTaken = false;
    return request;
  }

  /** A sequence has ended: what was granted to it or its descendants and is not sent is no longer. */
  release(ended: SequenceBase, leaving: Leaving): void {
    const { granted } = this;
    if (granted?.state !== REQUEST.GRANTED) return;
    const { sequence } = granted;
    if (sequence !== ended && !sequence.isDescendantOf(ended)) return;
    this.arbiter.drop(granted, ended, leaving);
  }

  /** Forgets what was granted; the item that the driver has stays with it until its itemDone. */
  clear(): void {
    const { granted } = this;
    if (granted !== undefined) this.arbiter.drop(granted, granted.sequence, 'stopped');
  }

  /** For the explanation of a hang. */
  explain(): string[] {
    const { fullPath } = this.owner;
    if (this.current !== undefined)
      return [`${fullPath}: ${nameOf(this.current)} is with the driver`];
    if (this.granted?.state !== REQUEST.GRANTED) return [];
    return [`${fullPath}: ${nameOf(this.granted)} is granted and has not been sent`];
  }

  private accept(request: Request): Step<REQ | undefined> {
    this.granted = undefined;
    this.current = request;
    return this.give(request);
  }

  private give(request: Request | undefined): Step<REQ | undefined> {
    const { result, want } = this;
    this.isAsking = false;
    this.asker = undefined;
    result.value = request?.item as REQ | undefined;
    if (request !== undefined) {
      if (want === 'get') this.onGet();
      else if (want !== 'peek') this.isTaken = true;
    }
    return result;
  }

  private grant(request: Request): void {
    request.state = REQUEST.GRANTED;
    this.granted = request;
    request.progress.trigger();
  }

  /** No request can be granted: waits for one, or for a sequence that is not relevant now to become so. */
  private await(): Step<REQ | undefined> {
    if (this.arbiter.waitingCount > 0 && this.arbiter.irrelevant().length > 0)
      return this.goSlowly();
    this.isIdle = true;
    return this.atActivity;
  }

  private goSlowly(): Step<REQ | undefined> {
    this.slowPart = this.untilSent();
    return this.goOn(this.slowPart, undefined);
  }

  private goOn(part: Process, value: unknown): Step<REQ | undefined> {
    const step = part.next(value);
    if (step.done !== true) return step as Step<never>;
    this.slowPart = undefined;
    return this.granted === undefined ? this.give(undefined) : this.accept(this.granted);
  }

  /** Until the granted item is sent; `tryNextItem` gives up without a grant when nobody asks. */
  private *untilSent(): Process {
    const { arbiter } = this;
    for (;;) {
      const { granted } = this;
      if (granted !== undefined) {
        yield* this.awaitSent(granted);
        if (granted.state === REQUEST.SENT) return;
        this.granted = undefined; // its sequence has ended
      }
      const isTrying = this.want === 'tryNextItem';
      if (isTrying || arbiter.mode !== 'FIFO') yield* this.settle();
      const request = arbiter.select();
      if (request !== undefined) {
        this.grant(request);
        yield NOW;
      } else if (isTrying) return;
      else yield* this.awaitAvailable();
    }
  }

  /** The sequence waits between startItem and finishItem, or dies there. */
  private *awaitSent(request: Request): Process {
    const { activity } = this.arbiter;
    while (request.state === REQUEST.GRANTED) {
      const { process } = request;
      if (process?.isAlive === true) yield* waitAny(activity, process);
      else if (process?.wasKilled !== true)
        yield activity; // another process of the sequence sends
      else this.arbiter.drop(request, request.sequence, 'died');
    }
  }

  /** Lets sequences ask that are about to, at the present time: the one whose item is done, for one. */
  private *settle(): Process {
    for (let n = 0; n < SETTLING_ROUNDS_MAX && !this.kernel.isQuiet; n++) yield NOW;
  }

  private *awaitAvailable(): Process {
    const { activity } = this.arbiter;
    const sleepers = this.arbiter.irrelevant();
    if (sleepers.length === 0) {
      yield activity;
      return;
    }
    const waits: ProcessHandle[] = [];
    const { changeCount } = this.arbiter;
    try {
      for (const one of sleepers) {
        waits.push(yield* fork(`${one.fullPath}.waitForRelevant`, one.waitForRelevant()));
      }
      // While the processes were started, somebody may have asked or become relevant.
      if (changeCount !== this.arbiter.changeCount || this.arbiter.hasAvailable) return;
      if ((yield* waitAny(activity, ...waits)) > 0) this.countRelevant();
    } finally {
      for (const one of waits) one.kill();
    }
  }

  private countRelevant(): void {
    const { nowPs } = this.kernel;
    if (nowPs !== this.relevantAtPs) this.relevantRounds = 0;
    this.relevantAtPs = nowPs;
    if (++this.relevantRounds <= RELEVANT_ROUNDS_MAX) return;
    throw new UsageError(
      'SEQRELEVANTLOOP',
      `waitForRelevant ended ${this.relevantRounds} times at one simulated time, and isRelevant still says no`,
      {
        path: this.owner.fullPath,
        timePs: nowPs,
        hint: 'waitForRelevant ends when isRelevant has changed.',
      },
    );
  }

  private failConcurrent(): never {
    throw new UsageError('concurrent-get', 'two processes ask this sequencer for items', {
      path: this.owner.fullPath,
      timePs: this.kernel.nowPs,
      hint: `The other one is ${this.asker?.name ?? 'no process'}; a sequencer serves one driver.`,
    });
  }
}
