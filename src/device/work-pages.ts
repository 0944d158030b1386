// The work pages of SDIs behind BAR2 and those of VFs behind VF BAR0 (SRD §7, §8): who owns a page, its scratch RAM, its
// registers. Storage of a page is made at the first write to its scratch.
import { readU32Le, writeU32Le } from '#base/bytes';
import { SdiState } from '#siov/sdi-life';
import {
  PAGE_BYTES,
  SCRATCH_BYTES,
  SCRATCH_OFFSET,
  VECTOR_ENTRY_BYTES,
  VfMsix,
} from '#siov/srd-registers';
import { mergeBytes } from './config-space.ts';
import { VectorSpace } from './interrupts.ts';
import { readQueueRegister, writeQueueRegister } from './queue-registers.ts';
import type { SiovDevice } from './siov-device.ts';
import type { VirtualFunction } from './virtual-functions.ts';

/** What a page in reset reads. */
const ALL_ONES = 0xffff_ffff;
const SCRATCH_END = SCRATCH_OFFSET + SCRATCH_BYTES;
const MSIX_TABLE_END = VfMsix.TABLE + VfMsix.COUNT * VECTOR_ENTRY_BYTES;

export class WorkPages {
  private readonly device: SiovDevice;
  private readonly scratch = new Map<number, Uint8Array>();

  constructor(device: SiovDevice) {
    this.device = device;
  }

  /** Whether some SDI owns the page. */
  isAssigned(page: number): boolean {
    const { pageOwners } = this.device.sdis;
    return page < pageOwners.length && pageOwners[page] !== 0;
  }

  clearScratch(page: number): void {
    this.scratch.get(page)?.fill(0);
  }

  /** DW at byte `offset` of an assigned page. */
  read(page: number, offset: number): number {
    const { sdis } = this.device;
    const sdi = sdis.pageOwners[page] - 1;
    const state = sdis.states[sdi];
    // FAULT resetting-shows-scratch
    const isHidden = !isScratch(offset) || !this.device.faults.is('resetting-shows-scratch');
    if (state === SdiState.RESETTING && isHidden) return ALL_ONES;
    if (isScratch(offset)) {
      const bytes = this.scratch.get(page);
      return bytes === undefined ? 0 : readU32Le(bytes, offset - SCRATCH_OFFSET);
    }
    if (page !== sdis.firstPages[sdi]) return 0;
    return readQueueRegister(sdis.queue(sdi), offset, state === SdiState.ENABLED);
  }

  /** Write of the DW at byte `offset` of an assigned page, with at least one byte enabled. */
  write(page: number, offset: number, value: number, enables: number): void {
    const { sdis, faults } = this.device;
    const sdi = sdis.pageOwners[page] - 1;
    if (sdis.states[sdi] === SdiState.RESETTING) return;
    if (isScratch(offset)) {
      // FAULT page-decode-neighbour
      const isAstray = faults.strikes('page-decode-neighbour', 2);
      const target = isAstray ? this.neighbour(page) : page;
      this.writeScratch(target, offset - SCRATCH_OFFSET, value, enables);
    } else if (page === sdis.firstPages[sdi]) {
      writeQueueRegister(this.device, sdis.queue(sdi), { offset, value, enables });
    }
  }

  /** DW at byte `offset` of a VF's page. */
  readVf(vf: VirtualFunction, offset: number): number {
    if (vf.isResetting) return ALL_ONES;
    if (isScratch(offset)) return readU32Le(vf.scratch, offset - SCRATCH_OFFSET);
    const first = VfMsix.COUNT * (vf.n - 1);
    const table = this.device.interrupts.tables[VectorSpace.VF];
    if (offset >= VfMsix.TABLE && offset < MSIX_TABLE_END) {
      const at = offset - VfMsix.TABLE;
      const entry = first + Math.floor(at / VECTOR_ENTRY_BYTES);
      return table.read(entry, at % VECTOR_ENTRY_BYTES, false);
    }
    if (offset === VfMsix.PBA) {
      return Number(table.isPending(first)) | (Number(table.isPending(first + 1)) << 1);
    }
    return readQueueRegister(vf.queue, offset, true);
  }

  /** Write of the DW at byte `offset` of a VF's page, with at least one byte enabled. */
  writeVf(vf: VirtualFunction, offset: number, value: number, enables: number): void {
    if (vf.isResetting) return;
    if (isScratch(offset)) {
      const at = offset - SCRATCH_OFFSET;
      writeU32Le(vf.scratch, at, mergeBytes(readU32Le(vf.scratch, at), value, enables));
    } else if (offset >= VfMsix.TABLE && offset < MSIX_TABLE_END) {
      const at = offset - VfMsix.TABLE;
      const entry = VfMsix.COUNT * (vf.n - 1) + Math.floor(at / VECTOR_ENTRY_BYTES);
      const write = { offset: at % VECTOR_ENTRY_BYTES, value, enables };
      this.device.interrupts.write(VectorSpace.VF, entry, write);
    } else {
      writeQueueRegister(this.device, vf.queue, { offset, value, enables });
    }
  }

  /** Power-up or PF FLR. */
  reset(): void {
    this.scratch.clear();
  }

  private writeScratch(page: number, at: number, value: number, enables: number): void {
    let bytes = this.scratch.get(page);
    if (bytes === undefined) {
      bytes = new Uint8Array(SCRATCH_BYTES);
      this.scratch.set(page, bytes);
    }
    writeU32Le(bytes, at, mergeBytes(readU32Le(bytes, at), value, enables));
  }

  /** FAULT page-decode-neighbour: a page next to this one that has an owner, or this one. */
  private neighbour(page: number): number {
    if (this.isAssigned(page + 1)) return page + 1;
    return page > 0 && this.isAssigned(page - 1) ? page - 1 : page;
  }
}

/** Page number and offset of a byte behind BAR2 or VF BAR0. */
export function pageOf(offset: number): number {
  return Math.floor(offset / PAGE_BYTES);
}

function isScratch(offset: number): boolean {
  return offset >= SCRATCH_OFFSET && offset < SCRATCH_END;
}
