// SDI reset (SRD §6). What must hold from the TLP on happens in `beginSdiReset`: work is aborted, pending interrupts are
// lost, the state is RESETTING. What may wait happens in `endSdiReset`: reconfiguration, and the state CREATED.
import { NO_PASID, Tlp } from '#pcie/tlp';
import { SdiState } from '#siov/sdi-life';
import { RECORD_BYTES } from '#siov/srd-work-descriptor';
import { DeviceEvent } from './event-queue.ts';
import { VectorSpace } from './interrupts.ts';
import { isLong, shapeRequest } from './request-shape.ts';
import type { SdiResources } from './sdi-table.ts';
import type { SiovDevice } from './siov-device.ts';
import type { WorkQueue } from './work-queue.ts';

/** How long after its end FAULT reset-late-write writes. */
const LATE_WRITE_PS = 1_500_000;
/** FAULT flr-late-write: the host has asked since the end of the FLR, and is still enumerating. */
const FLR_WRITE_PS = 8_000_000;

/** Aborts the descriptor in execution and puts the queue to its reset values. */
export function abortQueue(device: SiovDevice, queue: WorkQueue, isCounted = true): void {
  const { engine } = queue;
  if (engine >= 0) device.scheduler.engines[engine].abort(isCounted);
  queue.reset();
}

export function beginSdiReset(device: SiovDevice, sdi: number): void {
  const { sdis, interrupts, faults } = device;
  sdis.setState(sdi, SdiState.RESETTING);
  const queue = sdis.queueIfAny(sdi);
  if (queue !== undefined) {
    if (faults.is('reset-late-write')) planLateWrite(device, queue); // FAULT reset-late-write
    abortQueue(device, queue);
  }
  const first = sdis.firstVectors[sdi];
  for (let i = first; i < first + sdis.vectorCounts[sdi]; i++) {
    interrupts.resetWorkState(VectorSpace.IMS, i);
  }
  // FAULT reset-keeps-scratch, resetting-shows-scratch
  const keeps = faults.is('reset-keeps-scratch') || faults.is('resetting-shows-scratch');
  sdis.clearPages(sdi, keeps);
  if (faults.is('lifetime-cleared')) sdis.lifetimeOps[sdi] = 0; // FAULT lifetime-cleared
  if (faults.is('reset-hits-neighbour')) resetOther(device, sdi); // FAULT reset-hits-neighbour
}

/** @param resources what a reconfigure gives; undefined: restore. */
export function endSdiReset(
  device: SiovDevice,
  sdi: number,
  resources: SdiResources | undefined,
): void {
  const { sdis } = device;
  if (resources !== undefined) {
    sdis.freeRid(sdis.rids[sdi]);
    sdis.releaseAll(sdi);
    sdis.assign(sdi, resources);
    sdis.clearPages(sdi, false);
    sdis.clearEntries(sdi);
  }
  // FAULT resetting-shows-scratch
  if (device.faults.is('resetting-shows-scratch')) sdis.clearPages(sdi, false);
  sdis.setState(sdi, SdiState.CREATED);
}

/** FAULT reset-hits-neighbour, vf-flr-resets-sdi: the queue of another SDI is reset, too. */
export function resetOther(device: SiovDevice, sdi: number): void {
  const other = device.sdis.otherEnabledSdi(sdi);
  const queue = other === undefined ? undefined : device.sdis.queueIfAny(other);
  if (queue !== undefined) abortQueue(device, queue, false);
}

/** FAULT reset-late-write: remembers RID and record ring. */
function planLateWrite(device: SiovDevice, queue: WorkQueue): void {
  if (queue.entries === 0) return;
  const atPs = device.nowPs + 5_000_000 + LATE_WRITE_PS;
  device.events.schedule(atPs, DeviceEvent.STALE_WRITE, device.ridOf(queue), queue.records);
}

/** FAULT flr-late-write: the same for every SDI that runs, after the end of a PF FLR and before the host can go on. */
export function planFlrWrites(device: SiovDevice, endPs: number): void {
  for (const queue of device.sdis.allQueues()) {
    if (queue.entries === 0 || !device.isQueueEnabled(queue)) continue;
    const atPs = endPs + FLR_WRITE_PS;
    device.events.schedule(atPs, DeviceEvent.STALE_WRITE, device.ridOf(queue), queue.records);
  }
}

/** FAULT reset-late-write: sixteen bytes to where the records were. */
export function sendLateWrite(device: SiovDevice, rid: number, address: number): void {
  const tlp = new Tlp();
  shapeRequest(tlp, address, RECORD_BYTES);
  tlp.kind = isLong(address) ? 'MWr64' : 'MWr32';
  tlp.requesterId = rid;
  tlp.pasid = NO_PASID;
  tlp.payload = new Uint8Array(RECORD_BYTES);
  device.link.commit(tlp);
}
