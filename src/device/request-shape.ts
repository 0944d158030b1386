// The shape of memory requests (SRD §7, "Requests obey …"): how far one request may go, its byte enables, its header.
import { REQUEST_BOUNDARY_BYTES, type Tlp } from '#pcie/tlp';

const TWO_32 = 0x1_0000_0000;

/**
 * How many of `wanted` bytes from `address` one request may take when a request has at most `maxBytes` of whole DWs.
 * `isAligned`: stop at multiples of `maxBytes`, as hardware often does; else take as much as fits.
 */
export function requestBytes(
  address: number,
  wanted: number,
  maxBytes: number,
  isAligned: boolean,
): number {
  const room = isAligned ? maxBytes - (address % maxBytes) : maxBytes - (address % 4);
  return Math.min(wanted, room, REQUEST_BOUNDARY_BYTES - (address % REQUEST_BOUNDARY_BYTES));
}

/** Sets length and byte enables for exactly `bytes` bytes from `address`, and the address itself. */
export function shapeRequest(tlp: Tlp, address: number, bytes: number): void {
  const lane = address % 4;
  const end = lane + bytes;
  const lengthDw = (end + 3) >> 2;
  const first = (0xf << lane) & 0xf;
  const last = 0xf >> (3 - ((end - 1) & 3));
  tlp.lengthDw = lengthDw;
  tlp.firstBe = lengthDw === 1 ? first & last : first;
  tlp.lastBe = lengthDw === 1 ? 0 : last;
  tlp.address = address;
}

/** Whether the address needs the 4 DW header. */
export function isLong(address: number): boolean {
  return address >= TWO_32;
}
