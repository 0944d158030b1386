/** Bytes that grow: variable-length numbers (7 bits per byte, low ones first) and blocks. Source: ADR 0007. */
import { assert } from '#base/assert';

const FIRST_BYTES = 256;
const SEVEN_BITS = 128;

export class ByteWriter {
  private bytes = new Uint8Array(FIRST_BYTES);
  private fill = 0;

  get length(): number {
    return this.fill;
  }

  /** A whole number from 0, below 2^53. */
  putNumber(value: number): void {
    assert(Number.isSafeInteger(value) && value >= 0, 'counts and indices are whole numbers');
    this.reserve(8);
    let rest = value;
    for (; rest >= SEVEN_BITS; rest = Math.floor(rest / SEVEN_BITS)) {
      this.bytes[this.fill++] = (rest % SEVEN_BITS) + SEVEN_BITS;
    }
    this.bytes[this.fill++] = rest;
  }

  putBytes(block: Uint8Array): void {
    this.reserve(block.length);
    this.bytes.set(block, this.fill);
    this.fill += block.length;
  }

  /** A copy of all so far. */
  take(): Uint8Array {
    return this.bytes.slice(0, this.fill);
  }

  private reserve(more: number): void {
    if (this.fill + more <= this.bytes.length) return;
    const wider = new Uint8Array(Math.max(this.bytes.length * 2, this.fill + more));
    wider.set(this.bytes);
    this.bytes = wider;
  }
}
