// Where a tenant lives: the memory that one requester's requests reach, and the queue of that requester. A tenant has one of
// its own; in a crowd of SDIs each SDI has one, and tenants visit them one after the other (thousands of SDIs need memory of
// their own each, not thousands of drivers). Source: SRD §7; design decision 4.
import { assert } from '#base/assert';
import type { SimEvent } from '#kernel/process';
import type { RandomStream } from '#random/random-stream';
import type { TenantQueue } from './agents/tenant-queue.ts';
import type { TenantSpace } from './tenant-space.ts';

export class TenantHome {
  /** Something may have changed: a record arrived, the queue was given, enabled or taken. */
  readonly progress: SimEvent;
  /** Memory of requests without PASID; with PASID, where the device has it. */
  readonly plainSpace: TenantSpace;
  readonly pasidSpace: TenantSpace | undefined;
  queue: TenantQueue | undefined;
  /** Counts every queue it was given: tells a new queue from the one before. */
  queueCount = 0;

  constructor(progress: SimEvent, plainSpace: TenantSpace, pasidSpace: TenantSpace | undefined) {
    this.progress = progress;
    this.plainSpace = plainSpace;
    this.pasidSpace = pasidSpace;
  }

  /** All of its memory. */
  get spaces(): readonly TenantSpace[] {
    const { plainSpace, pasidSpace } = this;
    return pasidSpace === undefined ? [plainSpace] : [plainSpace, pasidSpace];
  }

  /** The memory that requests of the running queue reach. */
  get space(): TenantSpace {
    const pasid = this.queue?.setup?.pasid ?? -1;
    return pasid >= 0 && this.pasidSpace !== undefined ? this.pasidSpace : this.plainSpace;
  }

  /** It owns this queue from now on; not enabled yet. */
  giveQueue(queue: TenantQueue): void {
    assert(this.queue === undefined, 'a tenant owns one queue at a time');
    this.queue = queue;
    this.queueCount++;
    this.progress.trigger();
  }

  setEnabled(isEnabled: boolean): void {
    if (this.queue === undefined) return;
    this.queue.phase = isEnabled ? 'enabled' : 'disabled';
    this.progress.trigger();
  }

  /**
   * Keeps the tenant's hands off its queue while a command may, or may not, take it; work in flight goes on. `giveQueue`
   * hands it back.
   */
  lendQueue(): TenantQueue | undefined {
    const { queue } = this;
    this.queue = undefined;
    this.progress.trigger();
    return queue;
  }

  /** From now on no TLP of the tenant goes to the queue; what was in flight is forgotten. */
  takeQueue(): TenantQueue | undefined {
    const { queue } = this;
    if (queue === undefined) return undefined;
    queue.phase = 'gone';
    queue.stopped();
    this.queue = undefined;
    this.progress.trigger();
    return queue;
  }

  /**
   * The stream of the operation whose work reads at `address`, for the latency and splits of the answer.
   * @param descriptorBytes size of a descriptor in the ring.
   */
  streamFor(address: number, descriptorBytes: number): RandomStream | undefined {
    const { queue } = this;
    if (queue?.setup === undefined) return undefined;
    const { ringBase, ringEntries } = queue.setup;
    const slot = Math.floor((address - ringBase) / descriptorBytes);
    for (const work of queue.inFlight) {
      if (slot === work.n % ringEntries) return work.answers;
      if (address >= work.source && address < work.source + work.dataBytes) return work.answers;
      const isDestination =
        address >= work.destination && address < work.destination + work.destinationBytes;
      if (isDestination) return work.answers;
    }
    return undefined;
  }
}
