// Turns work items into descriptors in the tenant's ring, and rings (SRD §7). It never posts more than the ring has room for,
// and lets go of an item whose queue is taken or stopped meanwhile.
import type { Process } from '#kernel/process';
import { us } from '#kernel/time';
import type { WorkItem } from '#sequences/items/work-item';
import { isAtomicWork, readsSource, writesDestination } from '#siov/work';
import { Driver } from '#uvm/driver';
import type { TenantAgent } from './tenant-agent.ts';
import type { TenantQueue } from './tenant-queue.ts';

/** How long an item waits for room in the ring before it is given up. */
const ROOM_BOUND_PS = us(400);

export class TenantDriver extends Driver<WorkItem> {
  private get tenant(): TenantAgent {
    return this.parent as TenantAgent;
  }

  override *runPhase(): Process {
    for (;;) {
      const item = yield* this.getNextItem();
      yield* this.perform(item);
      this.itemDone();
    }
  }

  private *perform(item: WorkItem): Process {
    const { tenant } = this;
    const { queue } = tenant;
    item.n = -1;
    if (queue === undefined || !queue.isStarted || queue.isStopping) return;
    if (queue.space === 0 && !(yield* this.waitForRoom(queue))) return;
    this.post(queue, item);
    if (item.doorbell) tenant.ring(queue);
  }

  private *waitForRoom(queue: TenantQueue): Process<boolean> {
    if (queue.rung < queue.posted) this.tenant.ring(queue);
    // A disabled queue makes no room.
    if (queue.phase !== 'enabled') return false;
    yield* this.tenant.waitEnded(queue, queue.ended + 1, ROOM_BOUND_PS);
    return this.tenant.queue === queue && queue.space > 0;
  }

  private post(queue: TenantQueue, item: WorkItem): void {
    const { setup } = queue;
    if (setup === undefined) return;
    const { device, wired } = this.tenant;
    const work = item.describe();
    const n = queue.posted;
    const slot = n % setup.ringEntries;
    this.tenant.space.write(
      setup.ringBase + slot * device.format.descriptorBytes,
      device.encodeWork(work, { n, ringEntries: setup.ringEntries }),
    );
    wired.publish({ kind: 'workPosted', requester: queue.target.requester, n: n & 0xffff, work });
    const isRead = !item.isRefused && readsSource(work.opcode);
    const isWritten =
      !item.isRefused && (writesDestination(work.opcode) || isAtomicWork(work.opcode));
    queue.add({
      n,
      source: isRead ? work.source : -1,
      destination: work.destination,
      destinationBytes: isWritten ? work.length : 0,
      dataBytes: isRead || isWritten ? work.length : 0,
      hasRecord: !work.noRecord,
      answers: item.answers,
    });
    item.n = n;
  }
}
