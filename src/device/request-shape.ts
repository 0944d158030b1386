// The shape of memory requests (SRD §7, "Requests obey …"): how far one request may go, its byte enables, its header.
import type { RandomStream } from '#random/random-stream';
import { REQUEST_BOUNDARY_BYTES, type Tlp } from '#pcie/tlp';
import { Cut, type Sizes } from './character.ts';

const TWO_32 = 0x1_0000_0000;
/** What `Cut.LINE` stops at. */
const LINE_BYTES = 64;

/**
 * How many of `wanted` bytes from `address` one request may take when a request has at most `limitBytes`, a power of two
 * from 64, of whole DWs.
 * @param sizes where the device likes to end its requests.
 */
export function requestBytes(
  address: number,
  wanted: number,
  limitBytes: number,
  habit: { readonly sizes: Sizes; readonly random: RandomStream },
): number {
  const { sizes, random } = habit;
  const maxBytes = Math.min(limitBytes, sizes.bytesMax);
  const whole = maxBytes - (address & 3);
  const toBoundary = REQUEST_BOUNDARY_BYTES - (address & (REQUEST_BOUNDARY_BYTES - 1));
  const bytes = Math.min(wanted, whole, toBoundary);
  switch (sizes.cut) {
    case Cut.ALIGNED:
      return Math.min(bytes, maxBytes - (address & (maxBytes - 1)));
    case Cut.LINE:
      return cutAtLine(address, bytes, wanted);
    case Cut.ANYWHERE:
      return Math.min(bytes, 1 + random.below(maxBytes));
    default:
      return bytes;
  }
}

/** The end at a multiple of 64 bytes, unless that leaves nothing or all that is wanted fits. */
function cutAtLine(address: number, bytes: number, wanted: number): number {
  const beyond = (address + bytes) & (LINE_BYTES - 1);
  return bytes === wanted || beyond >= bytes ? bytes : bytes - beyond;
}

/** Sets length and byte enables for exactly `bytes` bytes from `address`, and the address itself. */
export function shapeRequest(tlp: Tlp, address: number, bytes: number): void {
  const lane = address & 3;
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
