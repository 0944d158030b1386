// UVM's event: remembers that it was triggered, carries data, has callbacks. Source: IEEE 1800.2 clause 10.2.
//
//   const ready = new UvmEvent<number>('ready', this.kernel);
//   const linkWidth = yield* ready.waitPtrigger();      // in one process
//   ready.trigger(16);                                  // in another
//
// `waitTrigger` misses a trigger of the same simulated time that came before it; `waitPtrigger` does not. A process that is
// killed while it waits is no longer counted, so that nobody needs to call `cancel`.
import type { Process, Wait } from '#kernel/process';
import { CallbackList, type CallbackOptions } from './callback-list.ts';
import { CountedEvent } from './counted-event.ts';

interface Clock {
  readonly nowPs: number;
}

/** What is told of the triggers of an event; each method is optional (IEEE 1800.2 clause 10.2). */
export interface UvmEventCallback<T> {
  /** For messages. */
  readonly name?: string;
  /** Before a trigger; true calls it off. */
  preTrigger?(event: UvmEvent<T>, data: T | undefined): boolean | void;
  /** After a trigger, before the waiting processes go on. */
  postTrigger?(event: UvmEvent<T>, data: T | undefined): void;
}

/** UVM's event: remembers that it was triggered, and when, carries data, has callbacks (IEEE 1800.2 clause 10.2). */
export class UvmEvent<T = undefined> {
  readonly name: string;
  /** Told before and after each trigger, in order. */
  readonly callbacks: CallbackList<UvmEventCallback<T>>;
  private readonly clock: Clock;
  private readonly triggered: CountedEvent;
  private readonly turnedOn: CountedEvent;
  private readonly turnedOff: CountedEvent;
  private isOnNow = false;
  private data: T | undefined;
  private timePs = Number.NaN;

  /** @param clock the kernel: `this.kernel` in a component. */
  constructor(name: string, clock: Clock) {
    this.name = name;
    this.clock = clock;
    this.triggered = new CountedEvent(name);
    this.turnedOn = new CountedEvent(`${name} on`);
    this.turnedOff = new CountedEvent(`${name} off`);
    this.callbacks = new CallbackList(`callbacks of event '${name}'`);
  }

  // --- waiting: each gives back the data of the trigger ---

  /** Waits for the next trigger. */
  *waitTrigger(): Process<T | undefined> {
    yield* this.triggered.wait();
    return this.data;
  }

  /** Waits for a trigger; one at the present simulated time counts, also when it came before. */
  *waitPtrigger(): Process<T | undefined> {
    if (this.timePs !== this.clock.nowPs) yield* this.triggered.wait();
    return this.data;
  }

  /** Goes on at once when the event is on, otherwise at the next trigger. */
  *waitOn(): Process<T | undefined> {
    if (!this.isOnNow) yield* this.turnedOn.wait();
    return this.data;
  }

  /** Goes on at once when the event is off, otherwise at the next reset. */
  *waitOff(): Process {
    if (this.isOnNow) yield* this.turnedOff.wait();
  }

  /** For `waitAny` and `waitAll`: the next trigger. Who waits like this is not counted in `numWaiters`. */
  get next(): Wait {
    return this.triggered.event;
  }

  // --- triggering ---

  /** Turns the event on and wakes who waits for it, unless a callback calls it off. */
  trigger(data?: T): void {
    let isCalledOff = false;
    const callbacks = this.callbacks.of(PLACE);
    for (const one of callbacks) {
      if (one.preTrigger?.(this, data) === true) isCalledOff = true;
    }
    if (isCalledOff) return;
    this.data = data;
    this.timePs = this.clock.nowPs;
    this.isOnNow = true;
    this.triggered.release();
    this.turnedOn.release();
    for (const one of callbacks) one.postTrigger?.(this, data);
  }

  /** Turns the event off and forgets data and time. `wakeup`: who waits for a trigger goes on, without data; who waits for `on` does not. */
  reset(wakeup = false): void {
    this.data = undefined;
    this.timePs = Number.NaN;
    this.isOnNow = false;
    if (wakeup) this.triggered.release();
    this.turnedOff.release();
  }

  /** Takes one process off the count of those that wait, as in UVM after a `disable`; a killed one is taken off by itself. */
  cancel(): void {
    const { triggered, turnedOn } = this;
    (triggered.waiterCount > 0 ? triggered : turnedOn).takeOff();
  }

  /** Whether it was triggered since the last reset. */
  get isOn(): boolean {
    return this.isOnNow;
  }

  /** Whether it was not triggered since the last reset. */
  get isOff(): boolean {
    return !this.isOnNow;
  }

  /** Of the last trigger; undefined when there was none since the last reset. */
  get triggerData(): T | undefined {
    return this.data;
  }

  /** Simulated time of the last trigger, ps; undefined when there was none since the last reset. */
  get triggerTimePs(): number | undefined {
    return Number.isNaN(this.timePs) ? undefined : this.timePs;
  }

  /** Processes that wait, for a trigger or for the event to go on or off. */
  get numWaiters(): number {
    return this.triggered.waiterCount + this.turnedOn.waiterCount + this.turnedOff.waiterCount;
  }

  /** Adds a callback for all triggers from now on. @throws UsageError `callback-registered`, `callbacks-limit`. */
  addCallback(callback: UvmEventCallback<T>, order: CallbackOptions['order'] = 'append'): void {
    this.callbacks.add(callback, { order });
  }

  /** Takes a callback out. @throws UsageError `callback-unknown`. */
  deleteCallback(callback: UvmEventCallback<T>): void {
    this.callbacks.remove(callback);
  }
}

/** An event has no place in the hierarchy; its callbacks are for all. */
const PLACE = { fullPath: '' };
