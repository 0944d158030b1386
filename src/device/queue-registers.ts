// A control page as the host sees it (SRD §7, table of the control page): DW reads and writes. The same page layout
// serves SDIs and VFs.
import { PagePasid, PageRegister, PageState } from '#siov/srd-registers';
import { mergeBytes } from './config-space.ts';
import type { SiovDevice } from './siov-device.ts';
import type { WorkQueue } from './work-queue.ts';

const CTRL_BITS = 1;
const PASID_BITS = (PagePasid.ENABLE | PagePasid.VALUE_MASK) >>> 0;

/** The DW at byte `offset` of a control page; `isEnabled` is STATE bit 0. 0 where no register is. */
export function readQueueRegister(queue: WorkQueue, offset: number, isEnabled: boolean): number {
  switch (offset) {
    case PageRegister.CTRL:
      return queue.enabled ? 1 : 0;
    case PageRegister.STATE:
      return readState(queue, isEnabled);
    case PageRegister.RING_BASE_LOW:
      return queue.ringBaseLow;
    case PageRegister.RING_BASE_HIGH:
      return queue.ringBaseHigh;
    case PageRegister.RING_SIZE:
      return queue.ringSize;
    case PageRegister.HEAD:
      return queue.head;
    case PageRegister.TAIL:
      return queue.tail;
    case PageRegister.RECORD_BASE_LOW:
      return queue.recordBaseLow;
    case PageRegister.RECORD_BASE_HIGH:
      return queue.recordBaseHigh;
    case PageRegister.PASID:
      return queue.pasidRegister;
    case PageRegister.OPS:
      return queue.ops;
    default:
      return 0;
  }
}

/** A write of the DW at byte `offset` with at least one byte enabled. */
export function writeQueueRegister(
  device: SiovDevice,
  queue: WorkQueue,
  write: { readonly offset: number; readonly value: number; readonly enables: number },
): void {
  const { value, enables } = write;
  switch (write.offset) {
    case PageRegister.CTRL:
      writeControl(device, queue, mergeBytes(queue.enabled ? 1 : 0, value, enables));
      return;
    case PageRegister.RING_BASE_LOW:
      queue.ringBaseLow = mergeBytes(queue.ringBaseLow, value, enables);
      return;
    case PageRegister.RING_BASE_HIGH:
      queue.ringBaseHigh = mergeBytes(queue.ringBaseHigh, value, enables);
      return;
    case PageRegister.RING_SIZE:
      queue.ringSize = mergeBytes(queue.ringSize, value, enables);
      return;
    case PageRegister.TAIL:
      queue.tail = mergeBytes(queue.tail, value, enables) & 0xffff;
      if (queue.enabled) queue.checkRing(device.params.ringMax);
      device.scheduler.consider(queue);
      return;
    case PageRegister.RECORD_BASE_LOW:
      queue.recordBaseLow = mergeBytes(queue.recordBaseLow, value, enables);
      return;
    case PageRegister.RECORD_BASE_HIGH:
      queue.recordBaseHigh = mergeBytes(queue.recordBaseHigh, value, enables);
      return;
    case PageRegister.PASID:
      queue.pasidRegister = (mergeBytes(queue.pasidRegister, value, enables) & PASID_BITS) >>> 0;
      return;
    default:
  }
}

function readState(queue: WorkQueue, isEnabled: boolean): number {
  let state = isEnabled ? PageState.ENABLED : 0;
  if (queue.engine >= 0) state |= PageState.EXECUTING;
  if (queue.isHalted) state |= PageState.HALTED;
  return state | (queue.haltCode << PageState.HALT_CODE_SHIFT);
}

function writeControl(device: SiovDevice, queue: WorkQueue, value: number): void {
  const on = (value & CTRL_BITS) !== 0;
  if (on === queue.enabled) return;
  if (on) queue.start(device.params.ringMax);
  else queue.enabled = false;
  device.scheduler.consider(queue);
}
