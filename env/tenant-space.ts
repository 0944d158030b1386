// The memory of one tenant: the I/O virtual areas that all tenants share, over physical pages of its own, with holes of its
// own (design decision 4). A space is attached to the IOMMU domain of whatever requester the tenant owns at the time.
import { assert } from '#base/assert';
import type { RandomStream } from '#random/random-stream';
import type { AddressRange, HostEvent, Requester } from '#siov/host-event';
import { contains, type IoLayout } from './host-address-map.ts';
import { PAGE_BYTES, pageOffset, type HostMemory } from './host/host-memory.ts';
import type { Host } from './host/host.ts';
import type { IommuDomain } from './host/iommu.ts';

interface AreaPages {
  readonly range: AddressRange;
  /** Physical page numbers, -1 for a hole. */
  readonly pages: readonly number[];
  readonly readable: boolean;
  readonly writable: boolean;
}

/** A stretch of mapped I/O virtual pages. */
interface MappedRun {
  readonly iova: number;
  readonly length: number;
  readonly readable: boolean;
  readonly writable: boolean;
}

export interface SpaceOptions {
  readonly layout: IoLayout;
  readonly holePercent: number;
  /** -1: the space of requests without PASID. */
  readonly pasid: number;
}

export class TenantSpace {
  readonly layout: IoLayout;
  readonly pasid: number;
  private readonly memory: HostMemory;
  private readonly areas: readonly AreaPages[];

  /** Takes fresh pages; `stream` draws which, and where the holes are. */
  constructor(host: Host, stream: RandomStream, options: SpaceOptions) {
    const { layout, holePercent } = options;
    this.memory = host.memory;
    this.layout = layout;
    this.pasid = options.pasid;
    const area = (
      range: AddressRange,
      readable: boolean,
      writable: boolean,
      holes: number,
    ): AreaPages => ({
      range,
      readable,
      writable,
      pages: drawPages(range, host, stream, holes),
    });
    this.areas = [
      area(layout.ring, true, false, 0),
      area(layout.records, false, true, 0),
      area(layout.source, true, false, holePercent),
      area(layout.destination, true, true, holePercent),
    ];
  }

  /** Maps everything for a requester, and says so. */
  attach(domain: IommuDomain, requester: Requester, publish: (event: HostEvent) => void): void {
    const { ring, records, source, destination, message } = this.layout;
    const { pasid } = this;
    publish({ kind: 'areas', requester, pasid, ring, records, source, destination, message });
    for (const area of this.areas) {
      for (let i = 0; i < area.pages.length; i++) {
        if (area.pages[i] < 0) continue;
        const iova = area.range.base + i * PAGE_BYTES;
        domain.map(iova, area.pages[i] * PAGE_BYTES, PAGE_BYTES, area);
      }
    }
    for (const run of this.runs()) publish({ kind: 'mapped', requester, pasid, ...run });
  }

  /** Says that nothing is mapped any more; the domain itself is removed by the caller. */
  publishUnmapped(requester: Requester, publish: (event: HostEvent) => void): void {
    for (const run of this.runs()) {
      publish({ kind: 'unmapped', requester, pasid: this.pasid, ...run });
    }
  }

  /** True if every byte is mapped. */
  isMapped(iova: number, length: number): boolean {
    for (let at = iova; at < iova + length; at += PAGE_BYTES - pageOffset(at)) {
      if (this.physical(at) < 0) return false;
    }
    return true;
  }

  /** I/O virtual address of a hole page of the area, or undefined. */
  drawHole(area: 'source' | 'destination', stream: RandomStream): number | undefined {
    const { pages, range } = this.areas[area === 'source' ? 2 : 3];
    const holes: number[] = [];
    for (let i = 0; i < pages.length; i++)
      if (pages[i] < 0) holes.push(range.base + i * PAGE_BYTES);
    return holes.length === 0 ? undefined : stream.pick(holes);
  }

  /** The tenant writes its own memory. All of it must be mapped. */
  write(iova: number, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) {
      const count = Math.min(bytes.length - done, PAGE_BYTES - pageOffset(iova + done));
      this.memory.writeFrom(this.mustBeMapped(iova + done), bytes, done, count);
      done += count;
    }
  }

  /** The tenant reads its own memory. All of it must be mapped. */
  read(iova: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const count = Math.min(length - done, PAGE_BYTES - pageOffset(iova + done));
      this.memory.readInto(this.mustBeMapped(iova + done), bytes, done, count);
      done += count;
    }
    return bytes;
  }

  private mustBeMapped(iova: number): number {
    const physical = this.physical(iova);
    assert(physical >= 0, 'a tenant touches only memory of its own');
    return physical;
  }

  /** Physical address, or -1. */
  private physical(iova: number): number {
    for (const { range, pages } of this.areas) {
      if (!contains(range, iova, 1)) continue;
      const page = pages[Math.floor((iova - range.base) / PAGE_BYTES)];
      return page < 0 ? -1 : page * PAGE_BYTES + pageOffset(iova);
    }
    return -1;
  }

  private *runs(): Generator<MappedRun> {
    for (const { range, pages, readable, writable } of this.areas) {
      let start = 0;
      for (let i = 0; i <= pages.length; i++) {
        if (i < pages.length && pages[i] >= 0) continue;
        const length = (i - start) * PAGE_BYTES;
        const iova = range.base + start * PAGE_BYTES;
        if (length > 0) yield { iova, length, readable, writable };
        start = i + 1;
      }
    }
  }
}

function drawPages(
  range: AddressRange,
  host: Host,
  stream: RandomStream,
  holePercent: number,
): readonly number[] {
  const count = range.length / PAGE_BYTES;
  assert(Number.isInteger(count) && range.base % PAGE_BYTES === 0, 'areas are whole pages');
  return Array.from({ length: count }, () =>
    holePercent > 0 && stream.chance(holePercent, 100) ? -1 : host.allocatePage(stream),
  );
}
