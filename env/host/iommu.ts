// The host's IOMMU: one address space per Routing ID and per (Routing ID, PASID), in pages of 4 KiB.
// Source: siov-facts §11 R-IOM-1 (all IOMMUs key on RID and PASID), R-IOM-4..7; design decision 4 (all tenants use the same
// I/O virtual addresses over different memory, with holes of their own).
//
// An interrupt message is a memory write into a message window: pages that a domain maps not to memory but to the
// interrupt controller. They are looked up in the domain of the RID without PASID, as messages carry none (R-IOM-7).
import { assert } from '#base/assert';
import { ADDRESS_LIMIT, PAGE_BYTES, pageOf, pageOffset } from './host-memory.ts';

/** Why the host refused a request of the device. */
export type FaultReason =
  | 'no domain'
  | 'not mapped'
  | 'read denied'
  | 'write denied'
  | 'message window'
  | 'bad message'
  | 'address too high'
  | 'outside bus range'
  | 'RID not granted'
  | 'unsupported request';

export interface FaultRecord {
  readonly rid: number;
  /** -1: the request had no PASID. */
  readonly pasid: number;
  readonly address: number;
  readonly isWrite: boolean;
  readonly reason: FaultReason;
  readonly timePs: number;
}

export const ACCESS_READ = 1;
export const ACCESS_WRITE = 2;
export const ACCESS_ATOMIC = 3;
/** What a request asks for: reading 1, writing 2, an AtomicOp both. */
export type Access = typeof ACCESS_READ | typeof ACCESS_WRITE | typeof ACCESS_ATOMIC;

/** Results of `translate()` below zero; all but the last are faults. */
export const FAULT_NO_DOMAIN = -1;
export const FAULT_NOT_MAPPED = -2;
export const FAULT_READ_DENIED = -3;
export const FAULT_WRITE_DENIED = -4;
export const FAULT_TOO_HIGH = -5;
export const IN_MESSAGE_WINDOW = -6;

const REASONS: readonly FaultReason[] = [
  'no domain',
  'not mapped',
  'read denied',
  'write denied',
  'address too high',
  'message window',
];

/** The words for a negative result of `translate()`. */
export function faultReason(code: number): FaultReason {
  assert(code < 0 && code >= IN_MESSAGE_WINDOW, 'a fault code is negative');
  return REASONS[-1 - code];
}

export interface Permission {
  readonly readable: boolean;
  readonly writable: boolean;
}

const MESSAGE_FLAG = 4;
/** An entry of the page table is frame × 8 + message flag × 4 + permission; frames are below 2^40. */
const ENTRY_FLAGS = 8;

/** One address space. Ranges given to it are whole pages. */
export class IommuDomain {
  readonly rid: number;
  readonly pasid: number;
  private readonly entries = new Map<number, number>();
  private lastPage = -1;
  private lastEntry = -1;

  constructor(rid: number, pasid: number) {
    this.rid = rid;
    this.pasid = pasid;
  }

  get mappedPageCount(): number {
    return this.entries.size;
  }

  /** Maps [iova, iova + length) onto [physical, physical + length); the pages must not be mapped yet. */
  map(iova: number, physical: number, length: number, permission: Permission): void {
    checkPages(iova, length);
    checkPages(physical, length);
    const bits = (permission.readable ? ACCESS_READ : 0) + (permission.writable ? ACCESS_WRITE : 0);
    const first = pageOf(iova);
    const frame = pageOf(physical);
    for (let i = 0; i < length / PAGE_BYTES; i++) {
      this.add(first + i, (frame + i) * ENTRY_FLAGS + bits);
    }
  }

  /** Makes [iova, iova + length) a message window; the pages must not be mapped yet. */
  mapMessages(iova: number, length: number): void {
    checkPages(iova, length);
    assert(this.pasid < 0, 'message windows belong to the domain of a RID without PASID');
    const first = pageOf(iova);
    for (let i = 0; i < length / PAGE_BYTES; i++) this.add(first + i, MESSAGE_FLAG);
  }

  /** Removes what is mapped in [iova, iova + length), memory and message windows; holes are left as they are. */
  unmap(iova: number, length: number): void {
    checkPages(iova, length);
    const first = pageOf(iova);
    for (let i = 0; i < length / PAGE_BYTES; i++) this.entries.delete(first + i);
    this.lastPage = -1;
  }

  /** True where a write is an interrupt message. */
  isMessagePage(iova: number): boolean {
    const entry = this.entry(pageOf(iova));
    return entry >= 0 && (entry & MESSAGE_FLAG) !== 0;
  }

  /** Physical address of `iova`, or a negative code; one page only: a longer range is asked for page by page. */
  lookup(iova: number, access: Access): number {
    if (iova >= ADDRESS_LIMIT) return FAULT_TOO_HIGH;
    const entry = this.entry(pageOf(iova));
    if (entry < 0) return FAULT_NOT_MAPPED;
    const flags = entry & (ENTRY_FLAGS - 1);
    if ((flags & MESSAGE_FLAG) !== 0) return IN_MESSAGE_WINDOW;
    if ((access & ACCESS_READ & ~flags) !== 0) return FAULT_READ_DENIED;
    if ((access & ACCESS_WRITE & ~flags) !== 0) return FAULT_WRITE_DENIED;
    return Math.floor(entry / ENTRY_FLAGS) * PAGE_BYTES + pageOffset(iova);
  }

  private add(page: number, entry: number): void {
    assert(!this.entries.has(page), 'an I/O virtual page is mapped once');
    this.entries.set(page, entry);
    this.lastPage = -1;
  }

  private entry(page: number): number {
    if (page !== this.lastPage) {
      this.lastPage = page;
      this.lastEntry = this.entries.get(page) ?? -1;
    }
    return this.lastEntry;
  }
}

const RID_COUNT = 0x1_0000;
const PASID_COUNT = 0x10_0000;

export class Iommu {
  private readonly domains = new Map<number, IommuDomain>();

  /** The domain of a RID (`pasid` -1) or of a (RID, PASID), made on first use. */
  domain(rid: number, pasid = -1): IommuDomain {
    const known = this.find(rid, pasid);
    if (known !== undefined) return known;
    assert(rid >= 0 && rid < RID_COUNT, 'a RID has 16 bits');
    assert(pasid >= -1 && pasid < PASID_COUNT, 'a PASID has 20 bits');
    const made = new IommuDomain(rid, pasid);
    this.domains.set(domainKey(rid, pasid), made);
    return made;
  }

  /** The domain if there is one. */
  find(rid: number, pasid: number): IommuDomain | undefined {
    return this.domains.get(domainKey(rid, pasid));
  }

  /** Removes a domain and all that it maps. */
  removeDomain(rid: number, pasid = -1): void {
    this.domains.delete(domainKey(rid, pasid));
  }

  /** Physical address for one access that stays in one page, or a negative code (`faultReason` names it). */
  translate(rid: number, pasid: number, iova: number, access: Access): number {
    const domain = this.find(rid, pasid);
    return domain === undefined ? FAULT_NO_DOMAIN : domain.lookup(iova, access);
  }

  /** True if a write to `iova` by this RID, without PASID, is an interrupt message. */
  isMessage(rid: number, iova: number): boolean {
    const domain = this.find(rid, -1);
    return domain !== undefined && iova < ADDRESS_LIMIT && domain.isMessagePage(iova);
  }
}

/** RIDs alone come first, so that their keys are small integers. */
function domainKey(rid: number, pasid: number): number {
  return pasid < 0 ? rid : RID_COUNT + rid * PASID_COUNT + pasid;
}

function checkPages(address: number, length: number): void {
  assert(
    address >= 0 && address % PAGE_BYTES === 0 && length > 0 && length % PAGE_BYTES === 0,
    'IOMMU ranges are whole pages',
  );
  assert(address + length <= ADDRESS_LIMIT, 'IOMMU ranges lie below 2^52');
}
