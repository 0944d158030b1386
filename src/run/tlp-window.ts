// The last TLPs of a run, kept as raw bytes in one ring and turned into text only when a run did not pass. Source:
// design, "What a run leaves behind". Costs one copy per TLP; nothing is allocated after the start.
import { assert } from '#base/assert';
import { readU32Le, readU64Le } from '#base/bytes';
import { putBytes, viewOf } from '#base/fresh-bytes';
import { PACKET_HEAD_BYTES, PACKET_LENGTH_AT } from '#base/packet-batch';

// Powers of two: places are found by bits.
const RING_BYTES = 512 * 1024;
const ENTRIES = 4096;

export type LinkDirection = 'up' | 'down';

/** One TLP of the window. `timePs`: up, when it reached the host; down, when it left the host. */
export interface WindowTlp {
  readonly direction: LinkDirection;
  readonly timePs: number;
  readonly bytes: Uint8Array;
}

export class TlpWindow {
  private readonly ring = new Uint8Array(RING_BYTES);
  private readonly times = new Float64Array(ENTRIES);
  private readonly lengths = new Uint32Array(ENTRIES);
  private readonly starts = new Float64Array(ENTRIES);
  private readonly isUp = new Uint8Array(ENTRIES);
  private count = 0;
  private written = 0;

  add(direction: LinkDirection, timePs: number, bytes: Uint8Array): void {
    const piece = bytes.length > RING_BYTES ? bytes.subarray(0, RING_BYTES) : bytes;
    this.note(direction, timePs, this.put(piece), piece.length);
  }

  /** Many TLPs, as a batch lists them: time (u64), length (u32) and bytes of each, little-endian. */
  addRecords(direction: LinkDirection, records: Uint8Array): void {
    const isWhole = records.length <= RING_BYTES;
    const start = isWhole ? this.put(records) : 0;
    let at = 0;
    while (at < records.length) {
      const timePs = readU64Le(records, at);
      const length = readU32Le(records, at + PACKET_LENGTH_AT);
      at += PACKET_HEAD_BYTES;
      if (isWhole) this.note(direction, timePs, start + at, length);
      else this.add(direction, timePs, viewOf(records, at, length));
      at += length;
    }
  }

  /** The TLPs still held, at most `limit`, oldest first in order of time (copies). */
  last(limit: number): WindowTlp[] {
    const found: WindowTlp[] = [];
    const oldest = Math.max(0, this.count - ENTRIES);
    for (let index = this.count - 1; index >= oldest && found.length < limit; index--) {
      const slot = index & (ENTRIES - 1);
      const start = this.starts[slot];
      if (start < this.written - RING_BYTES) break;
      const at = start & (RING_BYTES - 1);
      const end = at + this.lengths[slot];
      assert(end <= RING_BYTES, 'a TLP of the window lies in one piece');
      found.push({
        direction: this.isUp[slot] === 1 ? 'up' : 'down',
        timePs: this.times[slot],
        bytes: this.ring.slice(at, end),
      });
    }
    // Stable, so that TLPs of one time keep the order in which they were seen.
    return found.reverse().sort((a, b) => a.timePs - b.timePs);
  }

  /** Copies `bytes` into the ring in one piece: what does not fit before its end starts again at its beginning. */
  private put(bytes: Uint8Array): number {
    const at = this.written & (RING_BYTES - 1);
    if (at + bytes.length > RING_BYTES) this.written += RING_BYTES - at;
    const start = this.written;
    putBytes(this.ring, start & (RING_BYTES - 1), bytes);
    this.written += bytes.length;
    return start;
  }

  private note(direction: LinkDirection, timePs: number, start: number, length: number): void {
    const slot = this.count & (ENTRIES - 1);
    this.times[slot] = timePs;
    this.lengths[slot] = length;
    this.starts[slot] = start;
    this.isUp[slot] = direction === 'up' ? 1 : 0;
    this.count++;
  }
}
