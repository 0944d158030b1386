// Where the completions of one read begin and end. Source: siov-facts §9 R-CPL-2 (breaks at Read Completion Boundaries only),
// R-REQ-3 (payload at most Max_Payload_Size), R-REQ-4 (byte enables say which bytes of the first and last DW are asked for).
//
// Offsets count from the DW-aligned address of the request:
//
//   address ─┐        boundary            boundary
//   | DW 0   |  …     |                   |          …   | last DW |
//      ^startByte     ^ends[0]            ^ends[1]          ^endByte = ends[last]
import { popCount } from '#base/bits';
import type { RandomStream } from '#random/random-stream';
import type { Tlp } from '#pcie/tlp';

/** A read of 4096 bytes that begins beside a 64-byte boundary has 65 parts. */
export const PARTS_MAX = 65;

export interface SplitRules {
  readonly rcbBytes: number;
  /** Multiple of 128. */
  readonly maxPayloadBytes: number;
  /** Per cent of legal boundaries at which the read is split. */
  readonly splitPercent: number;
}

/** Offset of the first byte asked for, 0..3; a zero-length read counts as one byte at 0. */
export function startByteOf(read: Tlp): number {
  if (read.th !== 0 || read.firstBe === 0) return 0;
  return popCount((read.firstBe & -read.firstBe) - 1);
}

/** Offset past the last byte asked for. */
export function endByteOf(read: Tlp): number {
  const all = read.lengthDw * 4;
  if (read.th !== 0) return all;
  if (read.lengthDw > 1) return read.lastBe === 0 ? all : all - 4 + highestBit(read.lastBe);
  return read.firstBe === 0 ? 1 : highestBit(read.firstBe);
}

function highestBit(enables: number): number {
  return 32 - Math.clz32(enables);
}

/**
 * Cuts [startByte, endByte) of a read at `addressLow` into completions.
 * @param ends receives the offset past the last byte of each part; `PARTS_MAX` entries.
 * @returns the number of parts.
 */
export function splitRead(
  range: { readonly addressLow: number; readonly startByte: number; readonly endByte: number },
  rules: SplitRules,
  stream: RandomStream,
  ends: Uint16Array,
): number {
  const { rcbBytes, maxPayloadBytes, splitPercent } = rules;
  const { startByte, endByte } = range;
  let count = 0;
  let partStart = startByte;
  let boundary = rcbBytes - ((range.addressLow + startByte) % rcbBytes) + startByte;
  while (boundary < endByte) {
    const nextEnd = Math.min(boundary + rcbBytes, endByte);
    const payloadBytes = ceilDw(nextEnd) - floorDw(partStart);
    if (payloadBytes > maxPayloadBytes || drawSplit(stream, splitPercent)) {
      ends[count++] = boundary;
      partStart = boundary;
    }
    boundary += rcbBytes;
  }
  ends[count++] = endByte;
  return count;
}

function drawSplit(stream: RandomStream, percent: number): boolean {
  return percent > 0 && (percent === 100 || stream.chance(percent, 100));
}

/** Offset of the DW that holds byte `offset`. */
export function floorDw(offset: number): number {
  return offset & ~3;
}

/** Offset past the DW that holds byte `offset - 1`. */
export function ceilDw(offset: number): number {
  return (offset + 3) & ~3;
}
