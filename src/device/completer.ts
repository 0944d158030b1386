// Requests of the host to memory space (SRD §4 "Access rules", §9): which window they hit, what is served, what is
// refused and how. Checks in the order of SRD: Memory Space Enable, ownership, size and alignment, poison.
import { readU32Le, writeU32Le } from '#base/bytes';
import { roundUpToPowerOfTwo } from '#base/bits';
import { byteCountOf, lowerAddressOf } from '#pcie/rules';
import {
  CompletionStatus,
  EMPTY_PAYLOAD,
  isAtomic,
  isLockedRead,
  isMemoryRead,
  isMemoryWrite,
  isNonPosted,
  Tlp,
} from '#pcie/tlp';
import { PAGE_BYTES, PF_MSIX_BYTES, PF_REGISTERS_BYTES } from '#siov/srd-registers';
import { readPfMsix, readPfRegister, writePfMsix, writePfRegister } from './pf-registers.ts';
import { PfConfig } from './settings.ts';
import type { SiovDevice } from './siov-device.ts';
import type { VirtualFunction } from './virtual-functions.ts';
import { pageOf } from './work-pages.ts';

/** What a request hits. */
const Window = { NONE: 0, REGISTERS: 1, PAGES: 2, MSIX: 3, VF_PAGE: 4 } as const;

/** A Base Address Register's lowest four bits are no address. */
const BAR_ADDRESS_BITS = 0xffff_fff0;

export class Completer {
  private readonly device: SiovDevice;
  private readonly pagesBytes: number;
  private readonly completion = new Tlp();
  private readonly data = new Uint8Array(8);
  private readonly oneDw = this.data.subarray(0, 4);
  // What the last `locate` found.
  private window: number = Window.NONE;
  private offset = 0;
  private page = 0;
  private vf: VirtualFunction | undefined;

  constructor(device: SiovDevice) {
    this.device = device;
    this.pagesBytes = PAGE_BYTES * roundUpToPowerOfTwo(device.params.pageCount);
  }

  /** Any request of the host that is neither a Configuration Request nor a Message. */
  handle(tlp: Tlp): void {
    const isRead = isMemoryRead(tlp.kind);
    this.vf = undefined;
    if (this.device.isResetting || !(isRead || isMemoryWrite(tlp.kind))) {
      this.refuse(tlp);
      return;
    }
    this.locate(tlp);
    if (this.window === Window.NONE) this.refuse(tlp);
    else if (this.window === Window.PAGES && !this.device.pages.isAssigned(this.page)) {
      this.device.errors.unassignedPage();
      const { faults, pfRid } = this.device;
      // FAULT unassigned-page-served
      if (isRead && faults.is('unassigned-page-served')) this.completeWithDw(tlp, 0, pfRid);
      else if (isRead) this.complete(tlp, CompletionStatus.UR, pfRid);
    } else if (isRead) this.read(tlp);
    else this.write(tlp);
  }

  /** Completes a request with one DW of data. */
  completeWithDw(request: Tlp, value: number, completerId: number): void {
    writeU32Le(this.data, 0, value);
    this.send(request, { status: CompletionStatus.SC, completerId, payload: this.oneDw });
  }

  /** Completes a request without data. */
  complete(request: Tlp, status: number, completerId: number): void {
    this.send(request, { status, completerId, payload: EMPTY_PAYLOAD });
  }

  private refuse(tlp: Tlp): void {
    const { device } = this;
    const { notesInReset, refusesAsVf } = device.character;
    if (!device.isResetting || notesInReset) device.errors.unsupportedRequest();
    if (!isNonPosted(tlp.kind)) return;
    // Some devices find out whose page it would have been before they refuse (SRD §2).
    if (refusesAsVf && !isMemoryRead(tlp.kind)) this.locate(tlp);
    // FAULT atomic-aborted
    const isAborted = isAtomic(tlp.kind) && device.faults.is('atomic-aborted');
    const status = isAborted ? CompletionStatus.CA : CompletionStatus.UR;
    this.complete(tlp, status, this.completerId());
  }

  /** The VF's RID for its page, else the PF's. */
  private completerId(): number {
    const { device, vf } = this;
    return vf === undefined ? device.pfRid : device.vfs.ridOf(vf.n);
  }

  private read(tlp: Tlp): void {
    const { device, data } = this;
    const completerId = this.completerId();
    if (!isServed(tlp)) {
      device.errors.completerAbort();
      this.complete(tlp, CompletionStatus.CA, completerId);
      return;
    }
    if (device.faults.strikes('completion-lost', 12)) return; // FAULT completion-lost
    writeU32Le(data, 0, tlp.firstBe === 0 ? this.idleDw() : this.readDw(this.offset));
    if (tlp.lengthDw === 2) writeU32Le(data, 4, this.readDw(this.offset + 4));
    const payload = tlp.lengthDw === 2 ? data : this.oneDw;
    const answer = { status: CompletionStatus.SC, completerId, payload };
    this.send(tlp, answer);
    if (device.faults.strikes('completion-doubled', 16)) this.send(tlp, answer); // FAULT completion-doubled
  }

  private write(tlp: Tlp): void {
    if (!isServed(tlp)) return;
    if (tlp.ep !== 0) {
      this.device.errors.poisoned();
      if (!this.device.faults.is('poisoned-write-taken')) return; // FAULT poisoned-write-taken
    }
    const { payload, firstBe, lastBe } = tlp;
    const { offset } = this;
    if (firstBe !== 0) this.writeDw(offset, readU32Le(payload, 0), firstBe);
    if (tlp.lengthDw === 2 && lastBe !== 0) {
      this.writeDw(offset + 4, readU32Le(payload, 4), lastBe);
    }
  }

  /** What a zero-length read returns. */
  private idleDw(): number {
    const { filler, fillsReads } = this.device.character;
    return fillsReads ? filler * 0x0101_0101 : this.readDw(this.offset);
  }

  private readDw(offset: number): number {
    switch (this.window) {
      case Window.REGISTERS:
        return readPfRegister(this.device, offset);
      case Window.PAGES:
        return this.device.pages.read(this.page, offset % PAGE_BYTES);
      case Window.MSIX:
        return readPfMsix(this.device, offset);
      default:
        return this.vf === undefined ? 0 : this.device.pages.readVf(this.vf, offset % PAGE_BYTES);
    }
  }

  private writeDw(offset: number, value: number, enables: number): void {
    const { device, vf } = this;
    const inPage = offset % PAGE_BYTES;
    if (this.window === Window.REGISTERS) writePfRegister(device, offset, value, enables);
    else if (this.window === Window.PAGES) device.pages.write(this.page, inPage, value, enables);
    else if (this.window === Window.MSIX) writePfMsix(device, offset, value, enables);
    else if (vf !== undefined) device.pages.writeVf(vf, inPage, value, enables);
  }

  /** Finds the window of an address; windows do not overlap. */
  private locate(tlp: Tlp): void {
    this.window = Window.NONE;
    this.vf = undefined;
    const { settings, faults } = this.device;
    // FAULT memory-space-ignored
    if (settings.memorySpace || faults.is('memory-space-ignored')) {
      if (this.isIn(tlp, PfConfig.BAR0, PF_REGISTERS_BYTES)) this.window = Window.REGISTERS;
      else if (this.isIn(tlp, PfConfig.BAR2, this.pagesBytes)) {
        this.window = Window.PAGES;
        this.page = pageOf(this.offset);
      } else if (this.isIn(tlp, PfConfig.BAR4, PF_MSIX_BYTES)) this.window = Window.MSIX;
    }
    if (this.window === Window.NONE && settings.vfMemorySpace) this.locateVf(tlp);
  }

  private locateVf(tlp: Tlp): void {
    const { words } = this.device.config;
    const high = words[(PfConfig.VF_BAR0 >> 2) + 1];
    const low = (words[PfConfig.VF_BAR0 >> 2] & BAR_ADDRESS_BITS) >>> 0;
    const distance = (tlp.addressHigh - high) * 0x1_0000_0000 + (tlp.addressLow - low);
    if (distance < 0 || distance >= PAGE_BYTES * this.device.vfs.count) return;
    this.window = Window.VF_PAGE;
    this.offset = distance;
    this.vf = this.device.vfs.get(pageOf(distance) + 1);
  }

  /** Whether the address is in the window of `size` bytes (a power of two) of a BAR; sets `offset`. */
  private isIn(tlp: Tlp, bar: number, size: number): boolean {
    const { words } = this.device.config;
    if (tlp.addressHigh !== words[(bar >> 2) + 1]) return false;
    const base = (words[bar >> 2] & BAR_ADDRESS_BITS) >>> 0;
    const offset = tlp.addressLow - base;
    if (offset < 0 || offset >= size) return false;
    this.offset = offset;
    return true;
  }

  private send(
    request: Tlp,
    answer: { readonly status: number; readonly completerId: number; readonly payload: Uint8Array },
  ): void {
    const { completion, device } = this;
    const hasData = answer.payload.length > 0;
    const isLocked = isLockedRead(request.kind);
    if (isLocked) completion.kind = hasData ? 'CplDLk' : 'CplLk';
    else completion.kind = hasData ? 'CplD' : 'Cpl';
    completion.requesterId = request.requesterId;
    completion.tag = request.tag;
    completion.tc = request.tc;
    completion.attr = request.attr;
    completion.completerId = answer.completerId;
    completion.status = answer.status;
    completion.byteCount = byteCountOf(request);
    if (hasData && device.faults.strikes('byte-count-wrong', 8)) completion.byteCount += 4; // FAULT byte-count-wrong
    completion.lowerAddress = lowerAddressOf(request);
    completion.lengthDw = answer.payload.length >> 2;
    completion.payload = answer.payload;
    device.link.complete(completion, device.draw(device.character.latencies.completion));
  }
}

/** 1 DW, or 2 DW naturally aligned. */
function isServed(tlp: Tlp): boolean {
  return tlp.lengthDw === 1 || (tlp.lengthDw === 2 && tlp.addressLow % 8 === 0);
}
