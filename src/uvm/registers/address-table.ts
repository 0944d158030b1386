// All elements of a top map by address: conflicts, and what lies where. Source: IEEE 1800.2 clause 18.2 (get_reg_by_offset).
import { UsageError } from '#base/assert';
import { hex } from '#base/bits';
import type { MapRights } from './access-policy.ts';
import type { RegisterMap } from './register-map.ts';
import type { RegisterMemory } from './register-memory.ts';
import type { Register } from './register.ts';

/** An element in a map. */
export interface MapElement {
  readonly element: Register | RegisterMemory;
  readonly offset: number;
  readonly rights: MapRights;
}

/** An element on the bus. */
export interface MapEntry {
  readonly element: Register | RegisterMemory;
  /** Byte address of its first byte. */
  readonly address: number;
  readonly byteLength: number;
  readonly rights: MapRights;
  /** The map to which it was added. */
  readonly map: RegisterMap;
}

export class AddressTable {
  /** By address. */
  readonly entries: readonly MapEntry[];
  /** End of the longest reach of entries 0..i. */
  private readonly reach: Float64Array;

  /** @throws UsageError `address-conflict` that names both. */
  constructor(entries: readonly MapEntry[], path: string) {
    this.entries = [...entries].sort(byAddress);
    this.reach = new Float64Array(entries.length);
    let end = 0;
    let longest: MapEntry | undefined;
    for (const [i, entry] of this.entries.entries()) {
      if (longest !== undefined && entry.address < end) this.checkPair(longest, entry, path);
      const mine = entry.address + entry.byteLength;
      if (mine > end || longest === undefined) {
        end = mine;
        longest = entry;
      }
      this.reach[i] = end;
    }
  }

  /** What holds the byte at `address` and may be used so. */
  find(address: number, kind: 'read' | 'write'): MapEntry | undefined {
    const excluded = kind === 'read' ? 'WO' : 'RO';
    let other: MapEntry | undefined;
    for (let i = this.lastFrom(address); i >= 0 && this.reach[i] > address; i--) {
      const entry = this.entries[i];
      if (entry.address + entry.byteLength <= address) continue;
      if (entry.rights !== excluded) return entry;
      other = entry;
    }
    return other;
  }

  /** For messages: what lies before and after an address. */
  neighbours(address: number): string {
    if (this.entries.length === 0) return 'The map is empty.';
    const at = this.lastFrom(address);
    const before = at >= 0 ? describe(this.entries[at]) : 'nothing';
    const after = at + 1 < this.entries.length ? describe(this.entries[at + 1]) : 'nothing';
    return `Before it: ${before}; after it: ${after}.`;
  }

  /** Number of the last entry that begins at or before `address`; -1: none. */
  private lastFrom(address: number): number {
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.entries[middle].address <= address) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** Two registers may share an address when one is only read and the other only written. */
  private checkPair(a: MapEntry, b: MapEntry, path: string): void {
    const rights = [a.rights, b.rights];
    if (rights.includes('RO') && rights.includes('WO')) return;
    throw new UsageError('address-conflict', `${describe(a)} and ${describe(b)} overlap`, {
      path,
      hint: 'Only what is read (RO) and what is written (WO) may share an address.',
    });
  }
}

function describe({ element, address, byteLength }: MapEntry): string {
  return `'${element.fullPath}' (${hex(address)}..${hex(address + byteLength - 1)})`;
}

function byAddress(a: MapEntry, b: MapEntry): number {
  if (a.address !== b.address) return a.address - b.address;
  return a.element.fullPath < b.element.fullPath ? -1 : 1;
}
