// The PF's own registers: BAR0 (SRD §4) with interrupt message storage, and BAR4 with its MSI-X table and PBA (SRD §3).
import {
  ARG_COUNT,
  PF_ID_VALUE,
  PF_VERSION_VALUE,
  PfMsix,
  PfRegister,
  PfStatus,
  RESULT_COUNT,
  VECTOR_ENTRY_BYTES,
  VectorEntry,
} from '#siov/srd-registers';
import { BYTE_ENABLE_MASKS, mergeBytes } from './config-space.ts';
import { VectorSpace } from './interrupts.ts';
import type { SiovDevice } from './siov-device.ts';

const ARGS_END = PfRegister.ARG0 + 4 * ARG_COUNT;
const RESULTS_END = PfRegister.RESULT0 + 4 * RESULT_COUNT;
/** Largest number of SDIs that STATUS can say. */
const ENABLED_MAX = 0xffff;

/** DW at byte `offset` of BAR0. */
export function readPfRegister(device: SiovDevice, offset: number): number {
  if (offset >= PfRegister.IMS) return readIms(device, offset - PfRegister.IMS);
  if (offset >= PfRegister.ARG0 && offset < ARGS_END) {
    if (device.faults.is('arguments-unreadable')) return 0; // FAULT arguments-unreadable
    return device.admin.args[(offset - PfRegister.ARG0) >> 2];
  }
  if (offset >= PfRegister.RESULT0 && offset < RESULTS_END) {
    return device.admin.results[(offset - PfRegister.RESULT0) >> 2];
  }
  switch (offset) {
    case PfRegister.ID:
      return PF_ID_VALUE;
    case PfRegister.VERSION:
      return PF_VERSION_VALUE + (device.faults.is('version-wrong') ? 1 : 0); // FAULT version-wrong
    case PfRegister.PAGES:
      return device.params.pageCount;
    case PfRegister.IMS_ENTRIES:
      return device.params.imsCount;
    case PfRegister.STATUS:
      return readStatus(device);
    case PfRegister.ERRORS:
      return device.errors.errors;
    case PfRegister.LATE_COMPLETIONS:
      return device.errors.lateCompletions;
    case PfRegister.COMMAND_STATUS:
      return device.admin.statusWord;
    default:
      return 0;
  }
}

/** Write of the DW at byte `offset` of BAR0, with at least one byte enabled. */
export function writePfRegister(
  device: SiovDevice,
  offset: number,
  value: number,
  enables: number,
): void {
  if (offset >= PfRegister.IMS) {
    const at = offset - PfRegister.IMS;
    const entry = Math.floor(at / VECTOR_ENTRY_BYTES);
    if (entry >= device.params.imsCount) return;
    const write = { offset: at % VECTOR_ENTRY_BYTES, value, enables };
    device.interrupts.write(VectorSpace.IMS, entry, write);
  } else if (offset >= PfRegister.ARG0 && offset < ARGS_END) {
    const { args } = device.admin;
    const index = (offset - PfRegister.ARG0) >> 2;
    // FAULT arguments-whole
    const taken = device.faults.is('arguments-whole') ? 0xf : enables;
    args[index] = mergeBytes(args[index], value, taken);
  } else if (offset === PfRegister.ERRORS) {
    device.errors.clear(value & BYTE_ENABLE_MASKS[enables]);
  } else if (offset === PfRegister.COMMAND) {
    device.admin.start(mergeBytes(0, value, enables));
  }
}

/** DW at byte `offset` of BAR4. */
export function readPfMsix(device: SiovDevice, offset: number): number {
  const table = device.interrupts.tables[VectorSpace.PF];
  if (offset < VECTOR_ENTRY_BYTES) return table.read(0, offset, false);
  return offset === PfMsix.PBA ? Number(table.isPending(0)) : 0;
}

/** Write of the DW at byte `offset` of BAR4, with at least one byte enabled. */
export function writePfMsix(
  device: SiovDevice,
  offset: number,
  value: number,
  enables: number,
): void {
  if (offset >= VECTOR_ENTRY_BYTES) return;
  device.interrupts.write(VectorSpace.PF, 0, { offset, value, enables });
}

function readIms(device: SiovDevice, offset: number): number {
  const entry = Math.floor(offset / VECTOR_ENTRY_BYTES);
  if (entry >= device.params.imsCount) return 0;
  const isData = offset % VECTOR_ENTRY_BYTES === VectorEntry.DATA;
  if (isData && device.faults.is('ims-data-unreadable')) return 0; // FAULT ims-data-unreadable
  const table = device.interrupts.tables[VectorSpace.IMS];
  return table.read(entry, offset % VECTOR_ENTRY_BYTES, true);
}

function readStatus(device: SiovDevice): number {
  const executing = device.scheduler.isExecuting ? PfStatus.EXECUTING : 0;
  const { enabledCount } = device.sdis;
  // FAULT enabled-miscounted
  const extra = enabledCount > 0 && device.faults.is('enabled-miscounted') ? 1 : 0;
  const enabled = Math.min(ENABLED_MAX, enabledCount + extra);
  return (PfStatus.READY | executing | (enabled << PfStatus.ENABLED_SHIFT)) >>> 0;
}
