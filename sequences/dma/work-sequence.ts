// A burst of descriptors of one opcode (SRD §7): flags by the swarm's percentages, places by `transfer-placement`, doorbell
// after each descriptor or after the last one. What must be refused or must fault is made here, too.
import type { TenantAgent } from '#env/agents/tenant-agent';
import type { TenantQueue } from '#env/agents/tenant-queue';
import type { Process } from '#kernel/process';
import type { RandomStream } from '#random/random-stream';
import { workItem, type Placement, type WorkItem } from '#sequences/items/work-item';
import { isAtomicWork, readsSource, WorkOpcode, writesDestination } from '#siov/work';
import { Sequence } from '#uvm/sequence';
import { drawDestination, drawSource } from './transfer-placement.ts';
import { spoil, type Refusal } from './refused-work.ts';

/** Lengths of the items after the first are drawn below this. */
const FOLLOWER_BYTES_MAX = 2048;

export class WorkSequence extends Sequence<WorkItem> {
  tenant: TenantAgent | undefined = undefined;
  opcode: number = WorkOpcode.NOP;
  /** Bytes of the first item; the others are not longer. Atomics take 4 or 8. */
  lengthBytes = 1;
  itemCount = 1;
  placement: Placement = 'anywhere';
  /** Ring once, after the last item. */
  ringOnce = false;
  /** Makes every item one that the device must refuse. */
  refusal: Refusal | undefined = undefined;
  /** Reads a page that is not mapped. */
  readsHole = false;
  /** Every item asks for an interrupt by this vector and leaves no record; undefined: as the swarm says. */
  raises: number | undefined = undefined;
  /** How many items were posted. */
  postedCount = 0;

  override *body(): Process {
    const { tenant } = this;
    if (tenant === undefined) return;
    const stream = this.stream('work');
    const { queue } = tenant;
    if (queue === undefined) return;
    const { work } = tenant.swarm;
    this.postedCount = 0;
    for (let i = 0; i < this.itemCount; i++) {
      const item = this.create(workItem);
      yield* this.startItem(item);
      item.answers = this.stream('answers');
      item.placement = this.placement;
      item.randomize((v) => [
        v.noRecord.dist(share(work.noRecordPercent)),
        v.relaxedOrdering.dist(share(work.relaxedPercent)),
        v.interrupt.dist(share(work.interruptPercent)),
      ]);
      this.fill(item, tenant, queue, [stream, i]);
      item.doorbell = !this.ringOnce || i === this.itemCount - 1;
      yield* this.finishItem(item);
      if (item.n < 0) break;
      this.postedCount++;
    }
    if (this.ringOnce && tenant.queue === queue && queue.posted > queue.rung) tenant.ring(queue);
  }

  private fill(
    item: WorkItem,
    tenant: TenantAgent,
    queue: TenantQueue,
    [stream, index]: readonly [RandomStream, number],
  ): void {
    item.opcode = this.opcode;
    item.operandA = stream.bytes(8);
    item.operandB = stream.bytes(8);
    drawVector(item, queue, stream);
    if (this.raises !== undefined) {
      item.noRecord = true;
      item.interrupt = this.raises >= 0;
      if (item.interrupt) item.vector = this.raises;
    }
    this.place(item, tenant, queue, [stream, this.drawLength(item, index, stream)]);
    if (this.readsHole) this.moveToHole(item, tenant, stream);
    if (this.refusal !== undefined) spoil(item, this.refusal, { tenant, queue, stream });
  }

  private drawLength(item: WorkItem, index: number, stream: RandomStream): number {
    if (isAtomicWork(this.opcode)) return item.operandBytes;
    if (index === 0) return this.lengthBytes;
    return stream.range(1, Math.min(this.lengthBytes, FOLLOWER_BYTES_MAX));
  }

  /** Finds places for source and destination; shortens the transfer until there are. */
  private place(
    item: WorkItem,
    tenant: TenantAgent,
    queue: TenantQueue,
    [stream, wanted]: readonly [RandomStream, number],
  ): void {
    const { placement } = item;
    const isAtomic = isAtomicWork(item.opcode);
    for (let bytes = wanted; bytes >= 1; bytes = Math.floor(bytes / 2)) {
      const { sourceSkew, destinationSkew } = item;
      const wish = { bytes, placement, align: isAtomic ? bytes : 1, skew: destinationSkew };
      const needsSource = readsSource(item.opcode);
      const needsDestination = writesDestination(item.opcode) || isAtomic;
      const source = needsSource
        ? drawSource(tenant, { ...wish, align: 1, skew: sourceSkew }, stream)
        : 0;
      const destination = needsDestination ? drawDestination(tenant, queue, wish, stream) : 0;
      if (source === undefined || destination === undefined) {
        if (!isAtomic) continue;
        break;
      }
      item.length = bytes;
      item.source = source;
      item.destination = destination;
      return;
    }
    // No room at all: a NOP keeps the burst's length.
    item.opcode = WorkOpcode.NOP;
    item.length = stream.uint32();
  }

  private moveToHole(item: WorkItem, tenant: TenantAgent, stream: RandomStream): void {
    const { space } = tenant;
    if (readsSource(item.opcode)) {
      const hole = space.drawHole('source', stream);
      if (hole === undefined) return;
      // Somewhere in the range, not only at its start: what comes before the fault has been written.
      const before = stream.bool() ? 0 : stream.below(item.length);
      const { base } = space.layout.source;
      item.source = Math.max(base, hole - before);
      const room = base + space.layout.source.length - item.source;
      item.length = Math.min(item.length, room);
    } else if (isAtomicWork(item.opcode)) {
      const hole = space.drawHole('destination', stream);
      if (hole !== undefined) item.destination = hole + item.length * stream.below(8);
    }
  }
}

/** An interrupt needs a vector that has been given a message. */
function drawVector(item: WorkItem, queue: TenantQueue, stream: RandomStream): void {
  const usable: number[] = [];
  for (let i = 0; i < queue.vectors.length; i++) {
    if (queue.vectors[i].message !== undefined) usable.push(i);
  }
  item.vector = usable.length > 0 ? stream.pick(usable) : stream.below(0x1_0000);
  item.interrupt &&= usable.length > 0;
}

/** A flag that is set in `percent` per cent of the items. */
function share(percent: number): { readonly true: number; readonly false: number } {
  return { true: percent, false: 100 - percent };
}
