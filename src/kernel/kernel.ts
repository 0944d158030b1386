// The simulation kernel: simulated time, the event queue, processes. Synchronous: what runs inside a run never awaits.
// Source: design decision 2. One kernel belongs to one run; nothing here is global.
import { assert, UsageError } from '#base/assert';
import { EventQueue, Occurrence } from './event-queue.ts';
import { ProcessHandle, type Process } from './process.ts';
import { formatTime } from './time.ts';

/** Occurrences at one simulated time before the kernel says that time does not advance. */
export const OCCURRENCES_PER_TIME_MAX = 2_000_000;

/** A scheduled call; `cancel()` calls it off. */
export class TimedCallback extends Occurrence {
  private readonly callback: () => void;

  constructor(callback: () => void) {
    super();
    this.callback = callback;
  }

  /** For the kernel: makes the scheduled call. */
  override fire(): void {
    this.callback();
  }
}

/**
 * Simulated time and everything that happens in it, for one run: occurrences in the order (time, order of
 * scheduling), and processes. Time is a whole number of picoseconds from 0, below 2^53 (about 2.5 h). Source: design
 * decision 2.
 */
export class Kernel {
  /** The present simulated time, ps. */
  nowPs = 0;
  /** The process that is running, if any. */
  current: ProcessHandle | undefined;
  private readonly queue = new EventQueue();
  private readonly alive = new Set<ProcessHandle>();
  private isPaused = false;
  /** The run is over, and why, whatever the process that said so does with the exception. */
  private failure: Error | undefined = undefined;
  private countAtThisTime = 0;
  private processCount = 0;

  /**
   * Calls `callback` at `atPs`, ps: now or later, below 2^53, after what was scheduled for that time before. An
   * AssertionError otherwise.
   */
  schedule(atPs: number, callback: () => void): TimedCallback {
    const timed = new TimedCallback(callback);
    this.addOccurrence(timed, atPs);
    return timed;
  }

  /** Adds any occurrence at `atPs` (now or later); hot paths reuse their own subclass. */
  addOccurrence(occurrence: Occurrence, atPs: number): void {
    assert(
      atPs >= this.nowPs && Number.isSafeInteger(atPs),
      'an occurrence lies in the past or beyond 2^53 ps',
    );
    if (atPs === this.nowPs) this.queue.addNow(occurrence);
    else this.queue.addLater(occurrence, atPs);
  }

  /** Adds an occurrence at the present time, after everything already due. */
  addNow(occurrence: Occurrence): void {
    this.queue.addNow(occurrence);
  }

  /**
   * True when nothing but the running process is due at the present time: a process that would wait for something that
   * happens at once may then go on instead, and nobody can tell the difference.
   */
  get isQuiet(): boolean {
    return this.queue.isQuiet(this.nowPs) && !this.isPaused;
  }

  /**
   * Starts a process at the present time, after everything already due; it is killed with its parent. The name is for
   * messages.
   */
  spawn(name: string, body: Process<unknown>, parent?: ProcessHandle): ProcessHandle {
    const handle = new ProcessHandle(this, name, body, parent);
    handle.context = this.current?.context;
    handle.scope = this.current?.scope;
    this.alive.add(handle);
    this.queue.addNow(handle.wakeup);
    return handle;
  }

  /**
   * Runs everything up to and including `untilPs`, which is then the present time. False: paused before; `nowPs` says
   * when.
   * @throws UsageError `time-stuck` after 2 000 000 occurrences at one time; ProcessError for what leaves a process.
   */
  runUntil(untilPs: number): boolean {
    return this.run(untilPs, true);
  }

  /**
   * Runs everything before `untilPs`, which is then the present time. False: paused before.
   * @throws as `runUntil`.
   */
  runBefore(untilPs: number): boolean {
    return this.run(untilPs, false);
  }

  /** Time of the next occurrence, ps; Infinity when nothing is scheduled. */
  nextEventPs(): number {
    return this.queue.nextPs(this.nowPs);
  }

  /** Makes `runUntil` return after the present occurrence, at the present time. */
  pause(): void {
    this.isPaused = true;
  }

  /**
   * Ends the run: nothing happens after the present occurrence, and the kernel throws `failure`, now and whenever it is
   * asked to run again. (An exception alone can be caught on its way.)
   */
  endWith(failure: Error): void {
    this.failure ??= failure;
    this.isPaused = true;
  }

  /** Kills every process that is alive, in the order in which they were started; also those started meanwhile. */
  killAll(): void {
    for (const handle of this.alive) handle.kill(); // a set: what is added on the way is visited, too
  }

  /** Kills the processes that belong to `scope`, in the order in which they were started; also those started meanwhile. */
  killScope(scope: object): void {
    for (const handle of this.alive) if (handle.scope === scope) handle.kill();
  }

  /** Who waits for what, in the order in which the processes were started. */
  explain(): string[] {
    return [...this.alive].map((handle) => handle.describe());
  }

  /** Processes started so far. */
  get startedCount(): number {
    return this.processCount;
  }

  /** For ProcessHandle. */
  nextProcessNumber(): number {
    return this.processCount++;
  }

  /** For ProcessHandle: a process runs now; returns the one that was running. */
  enter(handle: ProcessHandle): ProcessHandle | undefined {
    const before = this.current;
    this.current = handle;
    return before;
  }

  /** For ProcessHandle: back to the process that was running before. */
  leave(before: ProcessHandle | undefined): void {
    this.current = before;
  }

  /** For ProcessHandle: a process has ended. */
  ended(handle: ProcessHandle): void {
    this.alive.delete(handle);
  }

  private run(untilPs: number, inclusive: boolean): boolean {
    assert(untilPs >= this.nowPs, 'simulated time does not go back');
    if (this.failure !== undefined) throw this.failure;
    this.isPaused = false;
    const { queue } = this;
    if (!inclusive && untilPs === this.nowPs) return true;
    for (;;) {
      const due = queue.takeDue(this.nowPs);
      if (due !== undefined) {
        if (++this.countAtThisTime > OCCURRENCES_PER_TIME_MAX) this.failStuck(due);
        due.fire();
        if (this.isPaused) return this.paused();
        continue;
      }
      const nextPs = queue.nextPs(this.nowPs);
      if (nextPs > untilPs || (!inclusive && nextPs === untilPs)) break;
      this.advance(nextPs);
    }
    if (untilPs > this.nowPs) this.advance(untilPs);
    return true;
  }

  private paused(): false {
    if (this.failure !== undefined) throw this.failure;
    return false;
  }

  private advance(toPs: number): void {
    this.nowPs = toPs;
    this.countAtThisTime = 0;
  }

  private failStuck(due: Occurrence): never {
    this.queue.addNow(due); // what was not done is still to do, for whoever runs the kernel again
    throw new UsageError(
      'time-stuck',
      `simulated time does not advance: more than ${OCCURRENCES_PER_TIME_MAX} occurrences at ${formatTime(this.nowPs)}`,
      {
        timePs: this.nowPs,
        hint: `A process loops without a delay. ${this.explain().slice(0, 8).join('; ')}`,
      },
    );
  }
}
