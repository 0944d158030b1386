// Where the host puts things: the device's BARs, and the I/O virtual layout that all tenants share (design decision 4: the
// same addresses over different memory). Source: SRD §3 (sizes of the BARs), §7 (rings and records).
//
//   low    0x1000_0000  tenants' areas            0x7fe0_0000  message window        0x8000_0000  BARs
//   across 4 GiB        the destination area      high 0x23_4500_0000 areas  0x66_0000_0000 messages  0x80_0000_0000 BARs
import { assert } from '#base/assert';
import { alignUp } from '#base/bits';
import type { AddressRange } from '#siov/host-event';
import { PAGE_BYTES } from './host/host-memory.ts';
import type { LayoutSwarm } from './siov-env-config.ts';

const TWO_32 = 0x1_0000_0000;
const GUARD_BYTES = 2 * PAGE_BYTES;
/** Rings of up to 128 descriptors of 64 bytes, with room to start anywhere. */
const RING_AREA_BYTES = 4 * PAGE_BYTES;
const RECORD_AREA_BYTES = 2 * PAGE_BYTES;

/** Disjoint I/O virtual areas, the same for every tenant. */
export interface IoLayout {
  readonly ring: AddressRange;
  readonly records: AddressRange;
  readonly source: AddressRange;
  readonly destination: AddressRange;
  readonly message: AddressRange;
}

export function planIoLayout(layout: LayoutSwarm): IoLayout {
  const ringBase = layout.ioSpace === 'high' ? 0x23_4500_0000 : 0x1000_0000;
  const sourceBytes = layout.sourcePages * PAGE_BYTES;
  const destinationBytes = layout.destinationPages * PAGE_BYTES;
  const ring = { base: ringBase, length: RING_AREA_BYTES };
  const records = { base: endOf(ring) + GUARD_BYTES, length: RECORD_AREA_BYTES };
  const source = { base: endOf(records) + GUARD_BYTES, length: sourceBytes };
  const halfBytes = Math.floor(layout.destinationPages / 2) * PAGE_BYTES;
  const destinationBase =
    layout.ioSpace === 'across' ? TWO_32 - halfBytes : endOf(source) + GUARD_BYTES;
  const message = {
    base: layout.messagesAbove4G ? 0x66_0000_0000 : 0x7fe0_0000,
    // One DW per (requester, vector).
    length: layout.messagePages * PAGE_BYTES,
  };
  const destination = { base: destinationBase, length: destinationBytes };
  assert(endOf(source) <= destinationBase, 'source and destination areas are disjoint');
  return { ring, records, source, destination, message };
}

/** Windows of the device in the host's address space. */
export interface AddressWindows {
  readonly registers: AddressRange;
  readonly pages: AddressRange;
  readonly msix: AddressRange;
  /** Length 0 without SR-IOV. */
  readonly vfPages: AddressRange;
}

/** Sizes in bytes, powers of two, as BAR sizing found them; `vfPages` is one VF's page times TotalVFs. */
export interface WindowSizes {
  readonly registers: number;
  readonly pages: number;
  readonly msix: number;
  readonly vfPages: number;
}

/** Places the windows one after the other, each naturally aligned, largest first so that nothing is wasted. */
export function planWindows(sizes: WindowSizes, areAbove4G: boolean): AddressWindows {
  let next = areAbove4G ? 0x80_0000_0000 : 0x8000_0000;
  const place = (length: number, align: number): AddressRange => {
    next = alignUp(next, Math.max(align, PAGE_BYTES));
    const range = { base: next, length };
    next += length;
    return range;
  };
  const isLargest = sizes.pages >= sizes.registers;
  const first = isLargest
    ? place(sizes.pages, sizes.pages)
    : place(sizes.registers, sizes.registers);
  const second = isLargest
    ? place(sizes.registers, sizes.registers)
    : place(sizes.pages, sizes.pages);
  const vfPages = place(sizes.vfPages, PAGE_BYTES);
  const msix = place(sizes.msix, sizes.msix);
  assert(areAbove4G || next <= TWO_32, 'windows below 4 GiB fit there');
  return {
    registers: isLargest ? second : first,
    pages: isLargest ? first : second,
    msix,
    vfPages,
  };
}

/** First address behind a range. */
export function endOf(range: AddressRange): number {
  return range.base + range.length;
}

export function contains(range: AddressRange, address: number, length: number): boolean {
  return address >= range.base && address + length <= endOf(range);
}
