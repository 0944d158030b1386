// A reused list of packets with times, in one byte buffer: what crosses the DUT port in a quantum. It has the shape of
// TlpBatch in the DUT port, which imports nothing.
import { assert } from './assert.ts';
import { putBytes, viewOf } from './fresh-bytes.ts';

const FIRST_PACKETS = 64;
const FIRST_BYTES = 16 * 1024;

export class PacketBatch {
  count = 0;
  private times = new Float64Array(FIRST_PACKETS);
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
    const start = index === 0 ? 0 : this.ends[index - 1];
    return viewOf(this.buffer, start, this.ends[index] - start);
  }

  /** Appends a copy of `bytes`; times must not go back. */
  push(timePs: number, bytes: Uint8Array): void {
    const { count } = this;
    assert(count === 0 || timePs >= this.times[count - 1], 'packet times must not go back');
    const start = count === 0 ? 0 : this.ends[count - 1];
    const end = start + bytes.length;
    if (count === this.times.length) this.growPackets();
    if (end > this.buffer.length) this.growBytes(end);
    putBytes(this.buffer, start, bytes);
    this.times[count] = timePs;
    this.ends[count] = end;
    this.count = count + 1;
  }

  clear(): void {
    this.count = 0;
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
