// The waits a process can yield: a delay, a time, any or all of several; and fork and join. Source: design decision 2.
import { assert } from '#base/assert';
import type { Kernel } from './kernel.ts';
import {
  ProcessHandle,
  Wakeup,
  type Armed,
  type Process,
  type Wait,
  type Waiter,
} from './process.ts';
import { formatTime } from './time.ts';

class Delay implements Wait {
  private readonly durationPs: number;

  constructor(durationPs: number) {
    assert(
      Number.isInteger(durationPs) && durationPs >= 0,
      'a delay is a whole number of ps, 0 or more',
    );
    this.durationPs = durationPs;
  }

  arm(kernel: Kernel, waiter: Waiter): Armed {
    return waiter.wakeup.wakeAt(kernel.nowPs + this.durationPs);
  }

  describe(): string {
    return `for ${formatTime(this.durationPs)}`;
  }
}

class UntilTime implements Wait {
  private readonly timePs: number;

  constructor(timePs: number) {
    assert(Number.isInteger(timePs), 'a time is a whole number of ps');
    this.timePs = timePs;
  }

  arm(kernel: Kernel, waiter: Waiter): Armed {
    return waiter.wakeup.wakeAt(Math.max(kernel.nowPs, this.timePs));
  }

  describe(): string {
    return `until ${formatTime(this.timePs)}`;
  }
}

/** Waits for `durationPs` picoseconds, a whole number from 0 (0: lets everything that is due now go first). */
export function delay(durationPs: number): Wait {
  return new Delay(durationPs);
}

/** Waits until simulated time `timePs`, ps; goes on at the present time when that is past. */
export function untilTime(timePs: number): Wait {
  return new UntilTime(timePs);
}

class BranchWaiter implements Waiter {
  private readonly group: GroupWait;
  private readonly index: number;
  readonly wakeup: Wakeup;
  armed: Armed | undefined;

  constructor(kernel: Kernel, group: GroupWait, index: number) {
    this.group = group;
    this.index = index;
    this.wakeup = new Wakeup(kernel, this);
  }

  wake(): void {
    this.armed = undefined;
    this.group.branchOver(this.index);
  }
}

/** Waits for `needed` of several; made for one waiting, unlike a delay or an event. */
class GroupWait implements Wait, Armed {
  private readonly waits: readonly (Wait | ProcessHandle)[];
  private readonly branches: BranchWaiter[] = [];
  private readonly word: string;
  private needed: number;
  private waiter: Waiter | undefined;

  constructor(waits: readonly (Wait | ProcessHandle)[], needed: number, word: string) {
    this.waits = waits;
    this.needed = needed;
    this.word = word;
  }

  arm(kernel: Kernel, waiter: Waiter): Armed {
    assert(this.waiter === undefined, 'waitAny and waitAll objects serve one waiting');
    this.waiter = waiter;
    for (let i = 0; i < this.waits.length; i++) {
      const wait = this.waits[i];
      const branch = new BranchWaiter(kernel, this, i);
      this.branches.push(branch);
      if (!(wait instanceof ProcessHandle)) branch.armed = wait.arm(kernel, branch);
      else if (wait.isAlive) branch.armed = wait.done.arm(kernel, branch);
      else branch.armed = branch.wakeup.wakeAt(kernel.nowPs);
    }
    return this;
  }

  branchOver(index: number): void {
    if (this.waiter === undefined || --this.needed > 0) return;
    const { waiter } = this;
    this.cancel();
    waiter.wake(index);
  }

  cancel(): void {
    this.waiter = undefined;
    for (const branch of this.branches) branch.armed?.cancel();
  }

  describe(): string {
    const parts = this.waits.map((wait) =>
      wait instanceof ProcessHandle ? `for the end of ${wait.name}` : wait.describe(),
    );
    return `${this.word} (${parts.join('; ')})`;
  }
}

/**
 * Waits until the first of several is over, calls the others off, and returns its index, from 0. At least one is
 * given; processes that are waited for go on.
 */
export function* waitAny(...waits: readonly (Wait | ProcessHandle)[]): Process<number> {
  assert(waits.length > 0, 'waitAny wants at least one wait');
  return (yield new GroupWait(waits, 1, 'for any of')) as number;
}

/** Waits until all are over: delays, events triggered once each, processes ended. */
export function* waitAll(...waits: readonly (Wait | ProcessHandle)[]): Process {
  if (waits.length > 0) yield new GroupWait(waits, waits.length, 'for all of');
}

class Fork implements Wait {
  private readonly name: string;
  private readonly body: Process<unknown>;

  constructor(name: string, body: Process<unknown>) {
    this.name = name;
    this.body = body;
  }

  arm(kernel: Kernel, waiter: Waiter): Armed {
    const handle = kernel.spawn(this.name, this.body, kernel.current);
    return waiter.wakeup.wakeAt(kernel.nowPs, handle);
  }

  describe(): string {
    return `to fork ${this.name}`;
  }
}

/** Starts a child process, which is killed with its parent, and returns its handle. */
export function* fork(name: string, body: Process<unknown>): Process<ProcessHandle> {
  return (yield new Fork(name, body)) as ProcessHandle;
}

/** Waits until a process has ended and returns its result (undefined when it was killed). */
export function* join(handle: ProcessHandle): Process<unknown> {
  if (handle.isAlive) yield handle.done;
  return handle.result;
}
