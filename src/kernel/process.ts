// Processes: generator functions that yield what they wait for, and their handles. Source: design decision 2.
import { AssertionError } from '#base/assert';
import { Occurrence } from './event-queue.ts';
import type { Kernel } from './kernel.ts';

/** A process body. It yields waits; the kernel resumes it when they are over. */
export type Process<T = void> = Generator<Wait, T, unknown>;

/** Who is told when a wait is over. */
export interface Waiter {
  wake(value?: unknown): void;
}

/** An armed wait, which can be called off. */
export interface Armed {
  cancel(): void;
}

/** What a process can wait for. One object may be waited for by many processes at once. */
export interface Wait {
  arm(kernel: Kernel, waiter: Waiter): Armed;
  /** For the explanation of a hang: `for event 'grant'`. */
  describe(): string;
}

/** Wakes a waiter when it fires. */
export class Wakeup extends Occurrence {
  readonly waiter: Waiter;
  readonly value: unknown;

  constructor(waiter: Waiter, value?: unknown) {
    super();
    this.waiter = waiter;
    this.value = value;
  }

  override fire(): void {
    this.waiter.wake(this.value);
  }
}

/** An exception left a process: says which; the exception itself is the `cause`. */
export class ProcessError extends Error {
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
  private waiters: EventWaiter[] = [];

  constructor(name: string) {
    this.name = name;
  }

  /** Wakes all waiters at the present time, in the order in which they began to wait. */
  trigger(value?: unknown): void {
    if (this.waiters.length === 0) return;
    const woken = this.waiters;
    this.waiters = [];
    for (const entry of woken) entry.release(value);
  }

  get hasWaiters(): boolean {
    return this.waiters.some((entry) => !entry.isOver);
  }

  arm(kernel: Kernel, waiter: Waiter): Armed {
    const entry = new EventWaiter(kernel, waiter, this);
    this.waiters.push(entry);
    return entry;
  }

  describe(): string {
    return `for event '${this.name}'`;
  }

  /** For EventWaiter alone: forget a waiter that was called off, so that a long-lived event does not gather them. */
  forget(entry: EventWaiter): void {
    const at = this.waiters.indexOf(entry);
    if (at >= 0) this.waiters.splice(at, 1);
  }
}

class EventWaiter implements Armed {
  private readonly kernel: Kernel;
  private readonly waiter: Waiter;
  private readonly event: SimEvent;
  private wakeup: Wakeup | undefined;
  isOver = false;

  constructor(kernel: Kernel, waiter: Waiter, event: SimEvent) {
    this.kernel = kernel;
    this.waiter = waiter;
    this.event = event;
  }

  release(value: unknown): void {
    if (this.isOver) return;
    this.isOver = true;
    this.wakeup = new Wakeup(this.waiter, value);
    this.kernel.addOccurrence(this.wakeup, this.kernel.nowPs);
  }

  cancel(): void {
    if (this.isOver) this.wakeup?.cancel();
    else this.event.forget(this);
    this.isOver = true;
  }
}

/** A running process. `done` is triggered when it ends, whether by itself or killed. */
export class ProcessHandle implements Waiter {
  readonly name: string;
  readonly done: SimEvent;
  isAlive = true;
  wasKilled = false;
  /** What the body returned; undefined while it runs or when it was killed. */
  result: unknown;
  /** What the process works for (an operation); inherited by the processes it starts. */
  context: unknown;
  /** What the process belongs to and is killed with (a phase); inherited by the processes it starts. */
  scope: object | undefined;
  private readonly kernel: Kernel;
  private readonly body: Process<unknown>;
  private readonly children: ProcessHandle[] = [];
  private waitingFor: Wait | undefined;
  private armed: Armed | undefined;
  private isRunning = false;

  /** Made by `Kernel.spawn`. */
  constructor(kernel: Kernel, name: string, body: Process<unknown>, parent?: ProcessHandle) {
    this.kernel = kernel;
    this.name = name;
    this.body = body;
    this.done = new SimEvent(`end of ${name}`);
    parent?.adopt(this);
  }

  /** Kills the process and the processes it forked; their `finally` blocks run now, and must not wait. */
  kill(): void {
    if (!this.isAlive) return;
    this.wasKilled = true;
    for (const child of this.children) child.kill();
    this.armed?.cancel();
    this.armed = undefined;
    if (this.isRunning) return; // it kills itself: the kernel ends it when it next waits
    this.unwind();
  }

  wake(value?: unknown): void {
    if (!this.isAlive) return;
    const before = this.kernel.enter(this);
    this.armed = undefined;
    this.waitingFor = undefined;
    this.isRunning = true;
    try {
      const step = this.body.next(value);
      this.isRunning = false;
      if (step.done === true) this.end(step.value);
      else if (this.wasKilled) this.unwind();
      else this.await(step.value);
    } catch (error) {
      this.isRunning = false;
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
  }

  private unwind(): void {
    this.isRunning = true;
    let isOver: boolean | undefined;
    try {
      isOver = this.body.return(undefined).done;
    } catch (error) {
      throw error instanceof ProcessError ? error : new ProcessError(this.name, error);
    } finally {
      this.isRunning = false;
      this.end(undefined);
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
