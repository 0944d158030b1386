// The part of a source that an engine has asked for and not yet used up: a ring buffer of bytes, and the reads in the
// order in which they left. Completions of different reads come in any order; `ready` is how far the source has come
// without a gap. Positions are counted in bytes from the start of the source.
import { crc32 } from '#base/crc32';
import { viewOf } from '#base/fresh-bytes';

/** Bytes that may be asked for and not yet used; this and the number of reads are powers of two. */
export const WINDOW_BYTES = 16 * 1024;
/** Reads of one engine that may be outstanding, or complete behind a gap. */
export const WINDOW_READS_MAX = 16;

export class ReadWindow {
  /** Bytes from the start that have arrived without a gap. */
  ready = 0;
  private readonly buffer = new Uint8Array(WINDOW_BYTES);
  private readonly starts = new Int32Array(WINDOW_READS_MAX);
  private readonly lengths = new Int32Array(WINDOW_READS_MAX);
  private readonly received = new Int32Array(WINDOW_READS_MAX);
  private readonly firstPieces = new Int32Array(WINDOW_READS_MAX);
  /** Reads ever begun, and of these how many are complete and passed by `ready`. */
  private begun = 0;
  private passed = 0;
  private readonly swapsSplits: boolean;

  /** @param swapsSplits FAULT split-swapped: the first piece of a read lands at its end. */
  constructor(swapsSplits: boolean) {
    this.swapsSplits = swapsSplits;
  }

  clear(): void {
    this.ready = 0;
    this.begun = 0;
    this.passed = 0;
  }

  /** Reads begun and not passed. */
  get readCount(): number {
    return this.begun - this.passed;
  }

  /** The number, for `take`, of the read that begins next. */
  get nextRead(): number {
    return this.begun & (WINDOW_READS_MAX - 1);
  }

  /** Begins the read of bytes start..start+length-1. */
  begin(start: number, length: number): void {
    const read = this.nextRead;
    this.begun++;
    this.starts[read] = start;
    this.lengths[read] = length;
    this.received[read] = 0;
    this.firstPieces[read] = 0;
  }

  /** The next bytes of a read have arrived. */
  take(read: number, bytes: Uint8Array): void {
    this.store(this.starts[read] + this.received[read], bytes);
    if (this.received[read] === 0) this.firstPieces[read] = bytes.length;
    this.received[read] += bytes.length;
    // FAULT split-swapped
    if (this.swapsSplits && this.received[read] === this.lengths[read]) this.rotate(read);
    while (this.passed < this.begun) {
      const head = this.passed & (WINDOW_READS_MAX - 1);
      const isWhole = this.received[head] === this.lengths[head];
      if (this.swapsSplits && !isWhole) return;
      this.ready = Math.max(this.ready, this.starts[head] + this.received[head]);
      if (!isWhole) return;
      this.passed++;
    }
  }

  /** Copies bytes start..start+length-1 to `target` at `offset`. */
  copy(start: number, length: number, target: Uint8Array, offset: number): void {
    const from = start & (WINDOW_BYTES - 1);
    const first = Math.min(length, WINDOW_BYTES - from);
    target.set(viewOf(this.buffer, from, first), offset);
    if (first < length) target.set(this.buffer.subarray(0, length - first), offset + first);
  }

  /** Continues a CRC-32 over bytes start..end-1. */
  crc(start: number, end: number, previous: number): number {
    const from = start & (WINDOW_BYTES - 1);
    const first = Math.min(end - start, WINDOW_BYTES - from);
    const crc = crc32(this.buffer, from, from + first, previous);
    const rest = end - start - first;
    return rest === 0 ? crc : crc32(this.buffer, 0, rest, crc);
  }

  private store(start: number, bytes: Uint8Array): void {
    const from = start & (WINDOW_BYTES - 1);
    const first = Math.min(bytes.length, WINDOW_BYTES - from);
    this.buffer.set(first === bytes.length ? bytes : bytes.subarray(0, first), from);
    if (first < bytes.length) this.buffer.set(bytes.subarray(first), 0);
  }

  private rotate(read: number): void {
    const length = this.lengths[read];
    const piece = this.firstPieces[read];
    if (piece === 0 || piece === length) return;
    const whole = new Uint8Array(length);
    this.copy(this.starts[read], length, whole, 0);
    this.store(this.starts[read], whole.subarray(piece));
    this.store(this.starts[read] + length - piece, whole.subarray(0, piece));
  }
}
