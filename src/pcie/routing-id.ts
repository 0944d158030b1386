// Routing IDs: 16 bits, bus in the upper byte, an 8-bit function number in the lower one, because every device here is
// ARI (SRD §2, siov-facts R-RID-10). The arithmetic of VFs and SDIs is the same: base + offset + n × stride, modulo 2^16.
import { assert } from '#base/assert';

/** Bus 0..255 and ARI function 0..255 to a Routing ID. */
export function rid(bus: number, fn: number): number {
  return ((bus & 0xff) << 8) | (fn & 0xff);
}

export function busOf(routingId: number): number {
  return (routingId >>> 8) & 0xff;
}

/** The 8-bit ARI function number. */
export function functionOf(routingId: number): number {
  return routingId & 0xff;
}

/** RID of VF `n` (1-based) of the PF with RID `pf`. */
export function vfRid(pf: number, firstVfOffset: number, vfStride: number, n: number): number {
  assert(n >= 1, 'VFs count from 1');
  return stridedRid(pf, firstVfOffset, vfStride, n - 1);
}

/** RID of SDI `index` (0-based) where it is strided, not chosen by software. */
export function sdiRid(
  pf: number,
  firstSdiOffset: number,
  sdiStride: number,
  index: number,
): number {
  return stridedRid(pf, firstSdiOffset, sdiStride, index);
}

/**
 * `bb:dd.f` as lspci prints it, all digits hexadecimal. An ARI function number n appears as device n >> 3, function
 * n & 7, which is how software without ARI would read it.
 */
export function printRid(routingId: number): string {
  const bus = busOf(routingId).toString(16).padStart(2, '0');
  const device = ((routingId >>> 3) & 0x1f).toString(16).padStart(2, '0');
  return `${bus}:${device}.${routingId & 7}`;
}

// Offset and stride have 16 bits and there are at most 60000 SDIs: 0xffff × 0xffff + 2 × 0xffff stays below 2^32, so the product is exact before it is cut to 16 bits.
function stridedRid(pf: number, offset: number, stride: number, index: number): number {
  assert(index >= 0 && index <= 0xffff, 'an index has 16 bits');
  return (pf + offset + index * stride) & 0xffff;
}
