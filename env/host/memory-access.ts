// Carries out the device's requests on host memory: source check at the root port, translation, the access itself.
// Source: siov-facts §9 R-ACS-1, R-REQ-4 (byte enables), §11 R-IOM-1, R-IOM-7 (interrupt messages); SRD §7 (AtomicOps).
//
// A request is admitted as a whole or not at all: every page of it is translated before the first byte is touched. A legal
// request stays in one page; what a faulty device sends over a page boundary is carried out page by page.
import { ADDRESS_LIMIT, PAGE_BYTES, pageOffset, type HostMemory } from './host-memory.ts';
import {
  ACCESS_ATOMIC,
  ACCESS_READ,
  ACCESS_WRITE,
  FAULT_TOO_HIGH,
  faultReason,
  IN_MESSAGE_WINDOW,
  type Access,
  type FaultReason,
  type Iommu,
} from './iommu.ts';
import type { RootPort } from './root-port.ts';
import { operandBytes } from '#pcie/rules';
import { isAtomic, isMemoryRead, isMemoryWrite, type Tlp } from '#pcie/tlp';

/** What became of a request. */
export type AccessOutcome = 'done' | 'interrupt' | 'refused';

export class MemoryAccess {
  private readonly memory: HostMemory;
  private readonly iommu: Iommu;
  private readonly rootPort: RootPort;
  private readonly physical = new Float64Array(3);
  private spanCount = 0;
  /** Why the last request was refused. */
  reason: FaultReason = 'no domain';

  constructor(memory: HostMemory, iommu: Iommu, rootPort: RootPort) {
    this.memory = memory;
    this.iommu = iommu;
    this.rootPort = rootPort;
  }

  /**
   * Performs a memory read, memory write or AtomicOp; any other request is refused.
   * @param data receives the DWs read, or the old value of an AtomicOp: at least 4096 bytes.
   */
  perform(tlp: Tlp, data: Uint8Array): AccessOutcome {
    const refusal = this.rootPort.refusal(tlp.requesterId);
    if (refusal !== undefined) return this.refuse(refusal);
    if (tlp.at !== 0) return this.refuse('unsupported request');
    if (isMemoryRead(tlp.kind)) return this.performRead(tlp, data);
    if (isMemoryWrite(tlp.kind)) return this.performWrite(tlp);
    if (isAtomic(tlp.kind)) return this.performAtomic(tlp, data);
    return this.refuse('unsupported request');
  }

  private performRead(tlp: Tlp, data: Uint8Array): AccessOutcome {
    const { address } = tlp;
    const length = tlp.lengthDw * 4;
    const code = this.translate(tlp, ACCESS_READ, length);
    if (code < 0) return this.refuse(faultReason(code));
    let done = 0;
    for (let span = 0; span < this.spanCount; span++) {
      const count = Math.min(length - done, PAGE_BYTES - pageOffset(address + done));
      this.memory.readInto(this.physical[span], data, done, count);
      done += count;
    }
    return 'done';
  }

  private performWrite(tlp: Tlp): AccessOutcome {
    const { address, payload } = tlp;
    const code = this.translate(tlp, ACCESS_WRITE, tlp.lengthDw * 4);
    if (code === IN_MESSAGE_WINDOW) return this.performMessage(tlp);
    if (code < 0) return this.refuse(faultReason(code));
    // Poisoned data is not used.
    if (tlp.ep !== 0) return 'done';
    let done = 0;
    for (let span = 0; span < this.spanCount; span++) {
      const count = Math.min(payload.length - done, PAGE_BYTES - pageOffset(address + done));
      this.writeSpan(tlp, this.physical[span], done, count);
      done += count;
    }
    return 'done';
  }

  /** Writes payload bytes [start, start + length) to one page; DWs at the ends of the request honour their enables. */
  private writeSpan(tlp: Tlp, physical: number, start: number, length: number): void {
    const { payload } = tlp;
    let from = start;
    let end = start + length;
    if (start === 0 && tlp.firstBe !== 0xf) {
      this.memory.writeDwEnabled(physical, payload, 0, tlp.firstBe);
      from = 4;
    }
    if (end === payload.length && tlp.lengthDw > 1 && tlp.lastBe !== 0xf) {
      end -= 4;
      this.memory.writeDwEnabled(physical + (end - start), payload, end, tlp.lastBe);
    }
    if (end > from) this.memory.writeFrom(physical + (from - start), payload, from, end - from);
  }

  /** A write into a message window is an interrupt if it has the form of a message. */
  private performMessage(tlp: Tlp): AccessOutcome {
    const isMessage = tlp.lengthDw === 1 && tlp.firstBe === 0xf && tlp.ep === 0;
    return isMessage ? 'interrupt' : this.refuse('bad message');
  }

  private performAtomic(tlp: Tlp, data: Uint8Array): AccessOutcome {
    const { payload } = tlp;
    const size = operandBytes(tlp);
    if (!isLegalAtomic(tlp, size)) return this.refuse('unsupported request');
    const code = this.translate(tlp, ACCESS_ATOMIC, size);
    if (code < 0) return this.refuse(faultReason(code));
    const at = this.physical[0];
    const first = payload.subarray(0, size);
    switch (tlp.kind) {
      case 'FetchAdd32':
      case 'FetchAdd64':
        this.memory.fetchAdd(at, first, data);
        break;
      case 'Swap32':
      case 'Swap64':
        this.memory.swap(at, first, data);
        break;
      default:
        this.memory.compareAndSwap(at, first, payload.subarray(size), data);
    }
    return 'done';
  }

  /** Fills `physical`, one address per page touched; negative: the first fault. */
  private translate(tlp: Tlp, access: Access, length: number): number {
    const { address } = tlp;
    this.spanCount = 0;
    // Checked on the upper half, as a sum above 2^53 would be rounded.
    if (tlp.addressHigh >= 0x10_0000 || address + length > ADDRESS_LIMIT) return FAULT_TOO_HIGH;
    let done = 0;
    while (done < length) {
      const code = this.iommu.translate(tlp.requesterId, tlp.pasid, address + done, access);
      if (code < 0) return code;
      this.physical[this.spanCount++] = code;
      done += PAGE_BYTES - pageOffset(address + done);
    }
    return 0;
  }

  private refuse(reason: FaultReason): AccessOutcome {
    this.reason = reason;
    return 'refused';
  }
}

/** SRD §7: operands of 4 or 8 bytes, naturally aligned. */
function isLegalAtomic(tlp: Tlp, size: number): boolean {
  return (size === 4 || size === 8) && (tlp.addressLow & (size - 1)) === 0;
}
