// Processes: generator functions that yield what they wait for, and their handles. Source: design decision 2.
import { assert, AssertionError } from '#base/assert';
import { Occurrence } from './event-queue.ts';
import type { Kernel } from './kernel.ts';

/** A process body. It yields waits; the kernel resumes it when they are over. */
export type Process<T = void> = Generator<Wait, T, unknown>;

/** Who is told when a wait is over. */
export interface Waiter {
  /** For the kernel: the wait is over. `value` is what `yield` gives back. */
  wake(value?: unknown): void;
  /** The one thing it has in the kernel's queue or in an event's list while it waits. */
  readonly wakeup: Wakeup;
}

/** An armed wait, which can be called off. */
export interface Armed {
  /** Ends the wait before it is over: its waiter is not woken. */
  cancel(): void;
}

/** What a process can wait for. One object may be waited for by many processes at once. */
export interface Wait {
  /**
   * For the kernel: begins the wait on behalf of `waiter`, which is woken once, when it is over. The result calls it
   * off.
   */
  arm(kernel: Kernel, waiter: Waiter): Armed;
  /** For the explanation of a hang: `for event 'grant'`. */
  describe(): string;
}

/** Wakes a waiter when it fires: used for one wait after the other, so that waiting costs no memory. */
export class Wakeup extends Occurrence implements Armed {
  readonly kernel: Kernel;
  readonly waiter: Waiter;
  value: unknown = undefined;
  /** The event in whose list it stands; undefined while it stands in the kernel's queue or nowhere. */
  event: SimEvent | undefined = undefined;

  constructor(kernel: Kernel, waiter: Waiter) {
    super();
    this.kernel = kernel;
    this.waiter = waiter;
  }

  override fire(): void {
    this.waiter.wake(this.value);
  }

  /** Wakes at `atPs`, now or later. */
  wakeAt(atPs: number, value?: unknown): this {
    this.value = value;
    this.kernel.addOccurrence(this, atPs);
    return this;
  }

  override cancel(): void {
    if (this.event === undefined) this.cancelled = true;
    else this.event.forget(this);
  }
}

/** An exception left a process: says which; the exception itself is the `cause`. */
export class ProcessError extends Error {
  /** Name of the process that the exception left. */
  readonly processName: string;

  constructor(processName: string, cause: unknown) {
    super(`${processName}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'ProcessError';
    this.processName = processName;
  }
}

/** A point in time at which waiting processes go on: every one that waits when it is triggered, and no later one. */
export class SimEvent implements Wait {
  readonly name: string;
  private first: Wakeup | undefined = undefined;
  private last: Wakeup | undefined = undefined;

  constructor(name: string) {
    this.name = name;
  }

  /** Wakes all waiters at the present time, in the order in which they began to wait. */
  trigger(value?: unknown): void {
    let wakeup = this.first;
    this.first = undefined;
    this.last = undefined;
    while (wakeup !== undefined) {
      const next = wakeup.next as Wakeup | undefined;
      wakeup.next = undefined;
      wakeup.event = undefined;
      wakeup.value = value;
      wakeup.kernel.addNow(wakeup);
      wakeup = next;
    }
  }

  /** Whether a process waits for it now. */
  get hasWaiters(): boolean {
    return this.first !== undefined;
  }

  /** For the kernel: `waiter` joins the end of the list, and is woken by the next `trigger`. */
  arm(_kernel: Kernel, waiter: Waiter): Armed {
    const { wakeup } = waiter;
    wakeup.event = this;
    if (this.last === undefined) this.first = wakeup;
    else this.last.next = wakeup;
    this.last = wakeup;
    return wakeup;
  }

  describe(): string {
    return `for event '${this.name}'`;
  }

  /** For Wakeup alone: forget a waiter that was called off, so that a long-lived event does not gather them. */
  forget(wakeup: Wakeup): void {
    let before: Wakeup | undefined;
    let at = this.first;
    while (at !== undefined && at !== wakeup) {
      before = at;
      at = at.next as Wakeup | undefined;
    }
    assert(at !== undefined, 'a waiter stands in the list of its event');
    const next = wakeup.next as Wakeup | undefined;
    if (before === undefined) this.first = next;
    else before.next = next;
    if (next === undefined) this.last = before;
    wakeup.next = undefined;
    wakeup.event = undefined;
  }
}

/** A running process. `done` is triggered when it ends, whether by itself or killed. */
export class ProcessHandle implements Waiter {
  readonly name: string;
  /** Triggered when it ends: `yield handle.done`, or `yield* join(handle)`. */
  readonly done: SimEvent;
  /** Counts the processes of the kernel from 0, in the order in which they were started. */
  readonly number: number;
  /** It has not ended. */
  isAlive = true;
  /** It was ended by `kill`, or is about to be. */
  wasKilled = false;
  /** What the body returned; undefined while it runs or when it was killed. */
  result: unknown;
  /** What the process works for (an operation); inherited by the processes it starts. */
  context: unknown;
  /** What the process belongs to and is killed with (a phase); inherited by the processes it starts. */
  scope: object | undefined;
  wakeup: Wakeup;
  private readonly kernel: Kernel;
  private readonly body: Process<unknown>;
  private readonly children: ProcessHandle[] = [];
  private waitingFor: Wait | undefined;
  private armed: Armed | undefined;
  private isBusy = false;
  /** The parts to leave at the next wait: asked for while the process was running. */
  private partsToLeave: Process<unknown>[] | undefined = undefined;

  /** Made by `Kernel.spawn`. */
  constructor(kernel: Kernel, name: string, body: Process<unknown>, parent?: ProcessHandle) {
    this.kernel = kernel;
    this.name = name;
    this.number = kernel.nextProcessNumber();
    this.body = body;
    this.done = new SimEvent(`end of ${name}`);
    this.wakeup = new Wakeup(kernel, this);
    parent?.adopt(this);
  }

  /** Kills the process and the processes it forked; their `finally` blocks run now, and must not wait. */
  kill(): void {
    if (!this.isAlive) return;
    this.wasKilled = true;
    for (const child of this.children) child.kill();
    this.callOff();
    if (this.isBusy) return; // it kills itself: the kernel ends it when it next waits
    this.unwind();
  }

  /** Kills what the process has forked since the kernel had started `number` processes. */
  killChildrenSince(number: number): void {
    for (const child of this.children) if (child.number >= number) child.kill();
  }

  /**
   * Ends a part of the process, a generator in which it waits by `yield*`: the `finally` blocks of the part run now, and
   * the process goes on behind the part at the present time. In a running process it takes effect at its next wait,
   * unless `keepPart` calls it off.
   */
  leavePart(part: Process<unknown>): void {
    if (!this.isAlive || this.wasKilled) return;
    (this.partsToLeave ??= []).push(part);
    if (!this.isBusy) this.leaveParts();
  }

  /** The part is over by itself: there is nothing to leave. */
  keepPart(part: Process<unknown>): void {
    const { partsToLeave } = this;
    if (partsToLeave === undefined) return;
    const others = partsToLeave.filter((one) => one !== part);
    this.partsToLeave = others.length === 0 ? undefined : others;
  }

  /** It is executing now, its own code or its `finally` blocks; false: it waits, or is over. */
  get isRunning(): boolean {
    return this.isBusy;
  }

  /**
   * For the kernel: resumes the body with `value`. Does nothing when the process has ended.
   * @throws ProcessError when an exception leaves the body.
   */
  wake(value?: unknown): void {
    if (!this.isAlive) return;
    const before = this.kernel.enter(this);
    this.armed = undefined;
    this.waitingFor = undefined;
    this.isBusy = true;
    try {
      const step = this.body.next(value);
      this.isBusy = false;
      if (step.done === true) this.end(step.value);
      else if (this.wasKilled) this.unwind();
      else this.await(step.value);
    } catch (error) {
      this.isBusy = false;
      this.end(undefined);
      throw error instanceof ProcessError ? error : new ProcessError(this.name, error);
    } finally {
      this.kernel.leave(before);
    }
  }

  /** `name: waits for …`, for the explanation of a hang. */
  describe(): string {
    return `${this.name}: waits ${this.waitingFor?.describe() ?? 'to start'}`;
  }

  private await(wait: Wait): void {
    if (typeof wait?.arm !== 'function') {
      throw new AssertionError(
        `a process yielded ${typeof wait}: yield a delay, an event or a wait (did you mean yield*?)`,
      );
    }
    this.waitingFor = wait;
    this.armed = wait.arm(this.kernel, this);
    if (this.partsToLeave !== undefined) this.leaveParts();
  }

  /** In the order in which it was asked for: a part within one that was left before has been kept then. */
  private leaveParts(): void {
    while (this.partsToLeave !== undefined && !this.wasKilled) {
      const [part] = this.partsToLeave;
      this.keepPart(part);
      this.callOff();
      this.wakeup = new Wakeup(this.kernel, this); // the old one may still be in the kernel's queue
      this.waitingFor = undefined;
      this.armed = this.wakeup.wakeAt(this.kernel.nowPs);
      try {
        this.finishPart(part);
      } finally {
        if (this.wasKilled) this.unwind(); // by its own `finally` blocks
      }
    }
  }

  private callOff(): void {
    this.armed?.cancel();
    this.armed = undefined;
  }

  private unwind(): void {
    try {
      this.finishPart(this.body);
    } finally {
      this.end(undefined);
      for (const child of this.children) child.kill(); // forked by the `finally` blocks
    }
  }

  /** Runs the `finally` blocks of a generator of this process: as this process, whoever kills it. */
  private finishPart(part: Process<unknown>): void {
    const before = this.kernel.enter(this);
    this.isBusy = true;
    let isOver: boolean | undefined;
    try {
      isOver = part.return(undefined).done;
    } catch (error) {
      throw error instanceof ProcessError ? error : new ProcessError(this.name, error);
    } finally {
      this.isBusy = false;
      this.kernel.leave(before);
    }
    if (isOver !== true) {
      throw new AssertionError(
        `${this.name}: a finally block must not wait while its process is killed`,
      );
    }
  }

  private end(result: unknown): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    this.result = result;
    this.waitingFor = undefined;
    this.kernel.ended(this);
    this.done.trigger(result);
  }

  private adopt(child: ProcessHandle): void {
    if (this.children.length > 64) {
      const alive = this.children.filter((one) => one.isAlive);
      this.children.length = 0;
      this.children.push(...alive);
    }
    this.children.push(child);
  }
}
