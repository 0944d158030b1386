// What a tenant knows of the queue it owns: the ring in its memory, what it has posted, rung and seen ended, and the state of
// its vectors. Source: SRD §7. Counts are not wrapped; the device's HEAD and TAIL are their low 16 bits.
import { assert } from '#base/assert';
import type { RandomStream } from '#random/random-stream';
import { INDEX_MASK } from '#siov/work';
import type { QueueSetup, QueueTarget, VectorMessage } from '../device-driver.ts';

/** One descriptor that has been posted and is not known to have ended. */
export interface WorkInFlight {
  readonly n: number;
  /** First byte read, or -1 when it reads no source. */
  readonly source: number;
  /** First byte and length of the destination; length 0 when it writes nothing. */
  readonly destination: number;
  readonly destinationBytes: number;
  /** Data bytes moved, for the progress bound. */
  readonly dataBytes: number;
  readonly hasRecord: boolean;
  /** Draws latency and splits of the answers to its reads. */
  readonly answers: RandomStream | undefined;
}

/** Which way the tenant lost sight of its work. */
export type QueuePhase = 'disabled' | 'enabled' | 'gone';

export interface VectorView {
  message: VectorMessage | undefined;
  isMasked: boolean;
  /** When the mask was last set, picoseconds. */
  maskedSincePs: number;
}

export class TenantQueue {
  readonly target: QueueTarget;
  readonly vectors: readonly VectorView[];
  /** enabled: the device runs it when it is started; disabled: it may be written, and waits; gone: hands off. */
  phase: QueuePhase = 'disabled';
  setup: QueueSetup | undefined;
  /** No more work is posted: it is being stopped, or was driven into a halt. */
  isStopping = false;
  /** CTRL was cleared, and it is not known yet that nothing executes any more. */
  isStopSent = false;
  posted = 0;
  rung = 0;
  ended = 0;
  /** The tenant has given its vectors their messages, in this life of the queue. */
  areVectorsSetUp = false;
  readonly inFlight: WorkInFlight[] = [];

  constructor(target: QueueTarget, nowPs: number) {
    this.target = target;
    this.vectors = Array.from({ length: target.vectorCount }, () => ({
      message: undefined,
      isMasked: true,
      maskedSincePs: nowPs,
    }));
  }

  get isStarted(): boolean {
    return this.setup !== undefined;
  }

  /** May its work pages be touched? */
  get isReachable(): boolean {
    return this.phase !== 'gone';
  }

  /** Descriptors that can be posted now. */
  get space(): number {
    return this.setup === undefined ? 0 : this.setup.ringEntries - (this.posted - this.ended);
  }

  /** Descriptors rung and not known to have ended. */
  get owed(): number {
    return this.rung - this.ended;
  }

  get owedBytes(): number {
    return this.inFlight.reduce((sum, work) => sum + work.dataBytes, 0);
  }

  /** TAIL for everything posted. */
  get tail(): number {
    return this.posted & INDEX_MASK;
  }

  started(setup: QueueSetup): void {
    this.setup = setup;
    this.forgetWork();
  }

  /** What was in flight will not be waited for: the queue was stopped and is idle, or was reset. */
  stopped(): void {
    this.setup = undefined;
    this.forgetWork();
  }

  add(work: WorkInFlight): void {
    assert(this.space > 0, 'a descriptor is posted only where the ring has room');
    assert(work.n === this.posted, 'descriptors are posted in order');
    this.posted++;
    this.inFlight.push(work);
  }

  /** All descriptors below `count` have ended. */
  endedUpTo(count: number): void {
    assert(count <= this.posted, 'only what was posted can end');
    if (count <= this.ended) return;
    this.inFlight.splice(0, count - this.ended);
    this.ended = count;
  }

  /** True if the range meets no destination of work in flight. */
  isFree(address: number, length: number): boolean {
    return !this.inFlight.some(
      (work) =>
        work.destinationBytes > 0 &&
        address < work.destination + work.destinationBytes &&
        work.destination < address + length,
    );
  }

  /** After a restoring reset: the messages are those from before, every vector is masked (SRD §6). */
  keepMessagesOf(before: TenantQueue): void {
    for (let i = 0; i < this.vectors.length; i++) {
      this.vectors[i].message = before.vectors[i]?.message;
    }
  }

  private forgetWork(): void {
    this.posted = 0;
    this.rung = 0;
    this.ended = 0;
    this.isStopping = false;
    this.isStopSent = false;
    this.inFlight.length = 0;
  }
}
