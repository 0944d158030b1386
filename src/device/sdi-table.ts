// The SDIs (SRD §5): state, RID, pages and IMS entries of each, in flat arrays; their queues, made at first use; who
// owns which page, IMS entry and RID. What commands do to them is in `admin.ts`.
import { sdiRid } from '#pcie/routing-id';
import { SdiState } from '#siov/sdi-life';
import { VectorSpace } from './interrupts.ts';
import type { SiovDevice } from './siov-device.ts';
import { WorkQueue } from './work-queue.ts';

/** RID, pages and IMS entries of one SDI. */
export interface SdiResources {
  readonly rid: number;
  readonly firstPage: number;
  readonly pageCount: number;
  readonly firstVector: number;
  readonly vectorCount: number;
}

export class SdiTable {
  /** By SDI index: `SdiState`. */
  readonly states: Uint8Array;
  readonly rids: Uint16Array;
  readonly firstPages: Uint16Array;
  readonly pageCounts: Uint8Array;
  readonly firstVectors: Uint16Array;
  readonly vectorCounts: Uint8Array;
  readonly lifetimeOps: Uint32Array;
  /** By page and by IMS entry: owner + 1, or 0. */
  readonly pageOwners: Uint16Array;
  readonly vectorOwners: Uint16Array;
  /** SDIs that are ENABLED; that are ENABLED, QUIESCING or RESETTING; that are not FREE (from the command on). */
  enabledCount = 0;
  activeCount = 0;
  takenCount = 0;
  private readonly device: SiovDevice;
  private readonly queues = new Map<number, WorkQueue>();
  /** RIDs of SDIs that are not FREE, and those that a command in progress has taken: how often each is taken. */
  private readonly takenRids = new Map<number, number>();

  constructor(device: SiovDevice) {
    const { totalSdis, pageCount, imsCount } = device.params;
    this.device = device;
    this.states = new Uint8Array(totalSdis);
    this.rids = new Uint16Array(totalSdis);
    this.firstPages = new Uint16Array(totalSdis);
    this.pageCounts = new Uint8Array(totalSdis);
    this.firstVectors = new Uint16Array(totalSdis);
    this.vectorCounts = new Uint8Array(totalSdis);
    this.lifetimeOps = new Uint32Array(totalSdis);
    this.pageOwners = new Uint16Array(pageCount);
    this.vectorOwners = new Uint16Array(imsCount);
  }

  /** The queue of an SDI, made at its first use. */
  queue(sdi: number): WorkQueue {
    let queue = this.queues.get(sdi);
    if (queue === undefined) {
      queue = new WorkQueue(false, sdi);
      this.queues.set(sdi, queue);
    }
    return queue;
  }

  /** The queue of an SDI if it has been used. */
  queueIfAny(sdi: number): WorkQueue | undefined {
    return this.queues.get(sdi);
  }

  /** All queues used so far, in order of first use. */
  allQueues(): Iterable<WorkQueue> {
    return this.queues.values();
  }

  /** The strided RID of SDI i (SRD §2). */
  stridedRid(sdi: number): number {
    const { params, faults, pfRid } = this.device;
    // FAULT stride-off-by-one
    const stride = faults.is('stride-off-by-one') ? params.sdiStride + 1 : params.sdiStride;
    return sdiRid(pfRid, params.firstSdiOffset, stride, sdi);
  }

  /** Whether an SDI that is not FREE, or is being created, has this RID. */
  isRidTaken(rid: number): boolean {
    return this.takenRids.has(rid);
  }

  takeRid(rid: number): void {
    this.takenRids.set(rid, (this.takenRids.get(rid) ?? 0) + 1);
  }

  freeRid(rid: number): void {
    const times = this.takenRids.get(rid) ?? 0;
    if (times <= 1) this.takenRids.delete(rid);
    else this.takenRids.set(rid, times - 1);
  }

  setState(sdi: number, state: number): void {
    const before = this.states[sdi];
    this.enabledCount += Number(state === SdiState.ENABLED) - Number(before === SdiState.ENABLED);
    this.activeCount += Number(state >= SdiState.ENABLED) - Number(before >= SdiState.ENABLED);
    this.states[sdi] = state;
    this.device.showSdiStatus(this.activeCount > 0);
  }

  /** The SDI now has these resources; whoever calls has checked that nobody else has. */
  assign(sdi: number, resources: SdiResources): void {
    const { rid, firstPage, pageCount, firstVector, vectorCount } = resources;
    this.rids[sdi] = rid;
    this.firstPages[sdi] = firstPage;
    this.pageCounts[sdi] = pageCount;
    this.firstVectors[sdi] = firstVector;
    this.vectorCounts[sdi] = vectorCount;
    this.pageOwners.fill(sdi + 1, firstPage, firstPage + pageCount);
    this.vectorOwners.fill(sdi + 1, firstVector, firstVector + vectorCount);
  }

  /** Pages and entries belong to nobody, and hold their reset values; the RID stays taken. */
  releaseAll(sdi: number): void {
    this.clearPages(sdi, this.device.faults.is('destroy-keeps-scratch'));
    this.clearEntries(sdi);
    const first = this.firstVectors[sdi];
    const end = first + this.vectorCounts[sdi];
    const firstPage = this.firstPages[sdi];
    this.pageOwners.fill(0, firstPage, firstPage + this.pageCounts[sdi]);
    this.vectorOwners.fill(0, first, end);
    this.pageCounts[sdi] = 0;
    this.vectorCounts[sdi] = 0;
  }

  /** Every field of the IMS entries of an SDI to its reset value. */
  clearEntries(sdi: number): void {
    const table = this.device.interrupts.tables[VectorSpace.IMS];
    const first = this.firstVectors[sdi];
    for (let i = first; i < first + this.vectorCounts[sdi]; i++) table.clear(i);
  }

  /** The page registers and scratch of all pages to reset values. */
  clearPages(sdi: number, keepsScratch: boolean): void {
    this.queues.get(sdi)?.reset();
    if (keepsScratch) return;
    const first = this.firstPages[sdi];
    for (let i = first; i < first + this.pageCounts[sdi]; i++) this.device.pages.clearScratch(i);
  }

  /** The RID of the SDI that owns an IMS entry. */
  ridOfEntry(entry: number): number {
    return this.rids[Math.max(0, this.vectorOwners[entry] - 1)];
  }

  /** LIFETIME_OPS: one more descriptor of this SDI has ended with a status. */
  countOperation(sdi: number): void {
    this.lifetimeOps[sdi]++;
  }

  /** FAULT ims-neighbour: the next entry that belongs to another SDI, or the same. */
  entryOfOther(entry: number): number {
    const { vectorOwners } = this;
    for (let step = 1; step < vectorOwners.length; step++) {
      const other = (entry + step) % vectorOwners.length;
      const owner = vectorOwners[other];
      if (owner !== 0 && owner !== vectorOwners[entry]) return other;
    }
    return entry;
  }

  /** FAULT rid-swap: the RID of another ENABLED SDI, or the same where there is none. */
  otherEnabledRid(rid: number): number {
    for (const queue of this.queues.values()) {
      const other = this.rids[queue.index];
      if (other !== rid && this.states[queue.index] === SdiState.ENABLED) return other;
    }
    return rid;
  }

  /** FAULT reset-hits-neighbour, vf-flr-resets-sdi: another ENABLED SDI, best one that is at work. */
  otherEnabledSdi(sdi: number): number | undefined {
    let found: number | undefined;
    for (const queue of this.queues.values()) {
      const isEnabled = this.states[queue.index] === SdiState.ENABLED && queue.enabled;
      if (queue.index === sdi || !isEnabled) continue;
      if (queue.engine >= 0) return queue.index;
      found ??= queue.index;
    }
    return found;
  }

  /** Power-up or PF FLR: all FREE. Engines have been cleared. */
  reset(): void {
    this.states.fill(SdiState.FREE);
    this.lifetimeOps.fill(0);
    this.pageOwners.fill(0);
    this.vectorOwners.fill(0);
    this.pageCounts.fill(0);
    this.vectorCounts.fill(0);
    this.queues.clear();
    this.takenRids.clear();
    this.enabledCount = 0;
    this.activeCount = 0;
    this.takenCount = 0;
    this.device.showSdiStatus(false);
  }
}
