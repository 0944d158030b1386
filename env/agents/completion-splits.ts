// Where the completions of one read begin and end. Source: siov-facts §9 R-CPL-2 (breaks at Read Completion Boundaries only),
// R-REQ-3 (payload at most Max_Payload_Size). `completionEnds` of the protocol's rules says the same of a list of wished
// breaks; this one draws the breaks and makes nothing (design decision 10).
//
// Offsets count from the DW-aligned address of the request:
//
//   address ─┐        boundary            boundary
//   | DW 0   |  …     |                   |          …   | last DW |
//      ^startByte     ^ends[0]            ^ends[1]          ^endByte = ends[last]
import type { RandomStream } from '#random/random-stream';

/** A read of 4096 bytes that begins beside a 64-byte boundary has 65 parts. */
export const PARTS_MAX = 65;

export interface SplitRules {
  readonly rcbBytes: number;
  /** Multiple of 128. */
  readonly maxPayloadBytes: number;
  /** Per cent of legal boundaries at which the read is split. */
  readonly splitPercent: number;
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
