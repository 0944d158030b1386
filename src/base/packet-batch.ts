// A reused list of packets with times, in one byte buffer: what crosses the DUT port in a quantum. It has the shape of
// TlpBatch in the DUT port, which imports nothing.
//
// In memory the packets lie as the DUT protocol lists them and as a digest takes them: time (u64), length (u32), bytes, all
// little-endian. So a whole list goes into a frame, out of one, into a digest or into another batch in one copy.
import { assert } from './assert.ts';
import { readU32Le, readU64Le, writeU32Le, writeU64Le } from './bytes.ts';
import { putBytes, viewOf } from './fresh-bytes.ts';

const FIRST_PACKETS = 64;
const FIRST_BYTES = 16 * 1024;
/** Time and length of a packet in a list, before its bytes; and where the length stands. */
export const PACKET_HEAD_BYTES = 12;
export const PACKET_LENGTH_AT = 8;

/** A list of packets with times that is used again: what crosses the DUT port in a STEP. */
export class PacketBatch {
  /** Packets in it. */
  count = 0;
  private times = new Float64Array(FIRST_PACKETS);
  /** Where packet i ends in the buffer, which is where the next one begins, with its time. */
  private ends = new Uint32Array(FIRST_PACKETS);
  private buffer = new Uint8Array(FIRST_BYTES);

  /** Simulated time of packet `index`, picoseconds. */
  timePs(index: number): number {
    assert(index >= 0 && index < this.count, 'packet index out of range');
    return this.times[index];
  }

  /** A view of packet `index`, valid until the next push or clear. */
  bytes(index: number): Uint8Array {
    assert(index >= 0 && index < this.count, 'packet index out of range');
    const start = this.startOf(index) + PACKET_HEAD_BYTES;
    return viewOf(this.buffer, start, this.ends[index] - start);
  }

  /** A view of packets `from` to before `to` with their times and lengths, valid until the next push or clear. */
  records(from = 0, to = this.count): Uint8Array {
    assert(from >= 0 && from <= to && to <= this.count, 'packet range out of range');
    const start = this.startOf(from);
    return viewOf(this.buffer, start, this.startOf(to) - start);
  }

  /** Appends a copy of `bytes`; times must not go back. */
  push(timePs: number, bytes: Uint8Array): void {
    const start = this.startOf(this.count);
    const end = start + PACKET_HEAD_BYTES + bytes.length;
    if (end > this.buffer.length) this.growBytes(end);
    writeU64Le(this.buffer, start, timePs);
    writeU32Le(this.buffer, start + PACKET_LENGTH_AT, bytes.length);
    putBytes(this.buffer, start + PACKET_HEAD_BYTES, bytes);
    this.note(timePs, end);
  }

  /** Appends a copy of packets that lie in `records` as `records()` gives them, each `laterPs` later. */
  appendRecords(records: Uint8Array, laterPs = 0): void {
    let at = this.startOf(this.count);
    const end = at + records.length;
    if (end > this.buffer.length) this.growBytes(end);
    putBytes(this.buffer, at, records);
    while (at < end) {
      const timePs = readU64Le(this.buffer, at) + laterPs;
      if (laterPs !== 0) writeU64Le(this.buffer, at, timePs);
      at += PACKET_HEAD_BYTES + readU32Le(this.buffer, at + PACKET_LENGTH_AT);
      this.note(timePs, at);
    }
    assert(at === end, 'the records end with a packet');
  }

  /** Takes all packets out; views of them end here. */
  clear(): void {
    this.count = 0;
  }

  private startOf(index: number): number {
    return index === 0 ? 0 : this.ends[index - 1];
  }

  private note(timePs: number, end: number): void {
    const { count } = this;
    assert(count === 0 || timePs >= this.times[count - 1], 'packet times must not go back');
    if (count === this.times.length) this.growPackets();
    this.times[count] = timePs;
    this.ends[count] = end;
    this.count = count + 1;
  }

  private growPackets(): void {
    const times = new Float64Array(this.times.length * 2);
    const ends = new Uint32Array(this.ends.length * 2);
    times.set(this.times);
    ends.set(this.ends);
    this.times = times;
    this.ends = ends;
  }

  private growBytes(needed: number): void {
    let size = this.buffer.length;
    while (size < needed) size *= 2;
    const buffer = new Uint8Array(size);
    buffer.set(this.buffer);
    this.buffer = buffer;
  }
}
