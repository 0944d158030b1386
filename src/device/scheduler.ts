// Who is served next (SRD §7): queues with work stand in one line and are served in turn, one descriptor each; engines
// that want a place among the outstanding requests stand in another. Queues without work are in no line and cost nothing.
import { Queue } from '#base/queue';
import { Engine } from './engine.ts';
import type { SiovDevice } from './siov-device.ts';
import type { WorkQueue } from './work-queue.ts';

/** Largest `engineCount` (SRD §1). */
const ENGINES_MAX = 64;
/** Queues have numbers below this: SDI i has i, VF n comes behind all SDIs. */
const NUMBERS = 0x2_0000;

export class Scheduler {
  readonly engines: readonly Engine[];
  private readonly device: SiovDevice;
  private readonly line = new Queue<WorkQueue>();
  private readonly idle: number[] = [];
  /** Number of the queue that was served last. */
  private lastNumber = 0;
  /** Engines that found all places taken; the first of them takes the next. */
  private readonly placeLine = new Queue<number>();
  private readonly isInPlaceLine = new Uint8Array(ENGINES_MAX);
  /** Engines that found all tags of their RID taken. */
  private readonly tagLine = new Queue<number>();

  constructor(device: SiovDevice) {
    this.device = device;
    const count = device.params.engineCount;
    this.engines = Array.from({ length: count }, (_, index) => new Engine(device, index));
    this.fillIdle();
  }

  /** Whether any descriptor is executing. */
  get isExecuting(): boolean {
    return this.idle.length < this.engines.length;
  }

  /** Something about the queue has changed: it may have become ready. */
  consider(queue: WorkQueue): void {
    // It may also have stopped, with its engine waiting to fetch.
    if (queue.engine >= 0) this.device.link.wakeEngine(queue.engine);
    if (queue.isInLine || !this.isReady(queue)) return;
    queue.isInLine = true;
    this.line.push(queue);
    this.dispatch();
  }

  /** Whether the queue may run: enabled, not halted, and its SDI ENABLED. */
  mayRun(queue: WorkQueue): boolean {
    return queue.enabled && !queue.isHalted && this.device.isQueueEnabled(queue);
  }

  /** An engine has nothing to do any more. */
  release(engine: number): void {
    this.leavePlaceLine(engine);
    this.idle.push(engine);
    this.dispatch();
  }

  /** Some Bus Master Enable went to 1: work that waited goes on. */
  onBusMaster(queues: Iterable<WorkQueue>): void {
    for (const engine of this.engines) if (engine.isBusy) this.device.link.wakeEngine(engine.index);
    for (const queue of queues) this.consider(queue);
    this.device.interrupts.unpark();
    this.device.admin.checkQuiesce();
  }

  /** Whether the engine may take a place now; if not, it stands in line and will be woken. */
  mayTakePlace(engine: number): boolean {
    const first = this.placeLine.peek();
    if (this.device.requester.hasPlace && (first === undefined || first === engine)) {
      if (first === engine) this.leavePlaceLine(engine);
      return true;
    }
    if (this.isInPlaceLine[engine] === 0) {
      this.isInPlaceLine[engine] = 1;
      this.placeLine.push(engine);
    }
    return false;
  }

  /** No tag of the RID is free: the engine is woken when one may be. */
  waitForTag(engine: number): void {
    this.tagLine.push(engine);
    this.wakePlaceLine();
  }

  /** The engine no longer wants a place. */
  leavePlaceLine(engine: number): void {
    if (this.isInPlaceLine[engine] === 0) return;
    this.isInPlaceLine[engine] = 0;
    const wasFirst = this.placeLine.peek() === engine;
    this.placeLine.remove((waiting) => waiting === engine);
    if (wasFirst) this.wakePlaceLine();
  }

  /** A place, and a tag, may have become free. */
  onPlaceFree(): void {
    for (let left = this.tagLine.length; left > 0; left--) {
      const engine = this.tagLine.shift();
      if (engine !== undefined) this.device.link.wakeEngine(engine);
    }
    this.wakePlaceLine();
  }

  /** Power-up or PF FLR: all engines are idle, all lines empty. Queues have been reset by their owners. */
  reset(): void {
    for (const queue of this.line) queue.isInLine = false;
    this.line.clear();
    for (const engine of this.engines) engine.clear();
    this.placeLine.clear();
    this.isInPlaceLine.fill(0);
    this.tagLine.clear();
    this.fillIdle();
  }

  private wakePlaceLine(): void {
    const first = this.placeLine.peek();
    if (first !== undefined && this.device.requester.hasPlace) this.device.link.wakeEngine(first);
  }

  private isReady(queue: WorkQueue): boolean {
    return (
      queue.engine < 0 &&
      queue.waiting() > 0 &&
      this.mayRun(queue) &&
      this.device.isBusMaster(queue)
    );
  }

  private dispatch(): void {
    // FAULT engine-starves: one engine only, and the latest comer is served first.
    const isUnfair = this.device.faults.is('engine-starves');
    const kept = isUnfair ? this.engines.length - 1 : 0;
    while (this.idle.length > kept) {
      const queue = isUnfair ? this.takeLatest() : this.takeNext();
      if (queue === undefined) return;
      queue.isInLine = false;
      if (!this.isReady(queue)) continue;
      const engine = this.idle.pop();
      if (engine !== undefined) this.engines[engine].start(queue);
    }
  }

  /** The queue that has waited longest, or the next by number after the one served last: both are round robin. */
  private takeNext(): WorkQueue | undefined {
    if (!this.device.character.servesByNumber) return this.line.shift();
    let best: WorkQueue | undefined;
    let bestDistance = Infinity;
    for (const queue of this.line) {
      const distance = (numberOf(queue) - this.lastNumber - 1 + NUMBERS) % NUMBERS;
      if (distance >= bestDistance) continue;
      best = queue;
      bestDistance = distance;
    }
    if (best === undefined) return undefined;
    this.lastNumber = numberOf(best);
    return this.line.remove((queue) => queue === best);
  }

  private takeLatest(): WorkQueue | undefined {
    const latest = this.line.at(this.line.length - 1);
    return this.line.remove((queue) => queue === latest);
  }

  private fillIdle(): void {
    this.idle.length = 0;
    for (let i = this.engines.length - 1; i >= 0; i--) this.idle.push(i);
  }
}

function numberOf(queue: WorkQueue): number {
  return queue.isVf ? NUMBERS / 2 + queue.index : queue.index;
}
