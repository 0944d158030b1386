// Where a memory request of the host lands in the device: which window, which page, which offset; and whether the space is
// open. Source: SRD §3, §4 Access rules, §7, §8; policy `pages.bytes`.
import type { HostEvent } from '#siov/host-event';

/** A space behind the device's BARs. */
export type Space = 'registers' | 'pages' | 'msix' | 'vfPages' | 'none';

interface Window {
  base: number;
  length: number;
}

/** Where an address lies. One object, reused. */
export class Location {
  space: Space = 'none';
  /** Byte offset in the space; for pages and VF pages in the page. */
  offset = 0;
  /** Work-page number, or VF number (1-based). */
  page = 0;
}

const SPACES = ['registers', 'pages', 'msix', 'vfPages'] as const;

export class AddressMap {
  isMemoryOn = false;
  isVfMemoryOn = false;
  isD3hot = false;
  private readonly windows = new Map<Space, Window>();
  private readonly pageBytes: number;

  /** @param pageBytes size of a work page and of a VF's, a power of two. */
  constructor(pageBytes: number) {
    this.pageBytes = pageBytes;
  }

  hostEvent(event: HostEvent): void {
    switch (event.kind) {
      case 'window':
        this.windows.set(event.purpose, { base: event.base, length: event.length });
        return;
      case 'memorySpace':
        if (event.requester === 'pf') this.isMemoryOn = event.on;
        else this.isVfMemoryOn = event.on;
        return;
      case 'powerState':
        this.isD3hot = event.d3hot;
        return;
      case 'deviceReset':
        this.reset();
        return;
      case 'flrStarted':
        if (event.requester === 'pf') this.reset();
        return;
      default:
    }
  }

  private reset(): void {
    this.isMemoryOn = false;
    this.isVfMemoryOn = false;
    this.isD3hot = false;
    this.windows.clear();
  }

  locate(address: number, into: Location): Location {
    into.space = 'none';
    into.offset = 0;
    into.page = 0;
    for (const space of SPACES) {
      const window = this.windows.get(space);
      if (window === undefined) continue;
      const offset = address - window.base;
      if (offset < 0 || offset >= window.length) continue;
      into.space = space;
      into.offset = offset;
      if (space === 'pages' || space === 'vfPages') {
        into.offset = offset & (this.pageBytes - 1);
        into.page = Math.floor(offset / this.pageBytes) + (space === 'vfPages' ? 1 : 0);
      }
      return into;
    }
    return into;
  }

  /** Whether the space is open at all: Memory Space Enable (VF MSE) and D0. */
  isOpen(space: Space): boolean {
    if (space === 'none' || this.isD3hot) return false;
    return space === 'vfPages' ? this.isVfMemoryOn : this.isMemoryOn;
  }
}
