// Where the bytes of a transfer lie: every alignment, across and beside 4 KiB edges, inside an area, over mapped pages only,
// and for destinations disjoint from all work in flight, so that each request on the link belongs to one descriptor.
import type { TenantAgent } from '#env/agents/tenant-agent';
import type { TenantQueue } from '#env/agents/tenant-queue';
import type { RandomStream } from '#random/random-stream';
import type { Placement } from '#sequences/items/work-item';
import type { AddressRange } from '#siov/host-event';

const PAGE_BYTES = 4096;
const LINE_BYTES = 64;
const ATTEMPTS_MAX = 24;

export interface PlacementWish {
  readonly bytes: number;
  readonly placement: Placement;
  /** Power of two that the address must be a multiple of. */
  readonly align: number;
  /** Byte in its 64-byte line, where the placement leaves that free: 0..63. */
  readonly skew: number;
}

/** An address for `bytes` in the area; the area is at least that long. */
export function drawAddress(area: AddressRange, wish: PlacementWish, stream: RandomStream): number {
  const last = area.length - wish.bytes;
  const offset = Math.min(Math.max(drawOffset(last, wish, stream), 0), last);
  return area.base + offset - (offset % wish.align);
}

/** A readable source range, or undefined when none was found. */
export function drawSource(
  tenant: TenantAgent,
  wish: PlacementWish,
  stream: RandomStream,
): number | undefined {
  const { space } = tenant;
  const area = space.layout.source;
  for (let attempt = 0; attempt < ATTEMPTS_MAX && wish.bytes <= area.length; attempt++) {
    const address = drawAddress(area, wish, stream);
    if (space.isMapped(address, wish.bytes)) return address;
  }
  return undefined;
}

/** A writable destination range that no work in flight uses, or undefined when none was found. */
export function drawDestination(
  tenant: TenantAgent,
  queue: TenantQueue,
  wish: PlacementWish,
  stream: RandomStream,
): number | undefined {
  const { space } = tenant;
  const area = space.layout.destination;
  for (let attempt = 0; attempt < ATTEMPTS_MAX && wish.bytes <= area.length; attempt++) {
    const address = drawAddress(area, wish, stream);
    if (queue.isFree(address, wish.bytes) && space.isMapped(address, wish.bytes)) return address;
  }
  return undefined;
}

function drawOffset(last: number, wish: PlacementWish, stream: RandomStream): number {
  const edge = PAGE_BYTES * stream.range(0, Math.ceil(last / PAGE_BYTES));
  switch (wish.placement) {
    case 'anywhere':
    case 'aligned':
      return LINE_BYTES * stream.range(0, Math.floor(last / LINE_BYTES)) + wish.skew;
    case 'acrossEdge':
      return edge - stream.range(1, Math.max(1, wish.bytes - 1));
    case 'atEdge':
      return stream.bool() ? edge : edge - wish.bytes;
  }
}
