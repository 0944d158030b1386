/** Reads what `ByteWriter` wrote, and says so when it ends too early. */
import { UsageError } from '#base/assert';

const SEVEN_BITS = 128;

export class ByteReader {
  private readonly bytes: Uint8Array;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  /** @throws UsageError `bad-coverage` at the end, and for a number that is none below 2^53. */
  number(): number {
    let value = 0;
    let unit = 1;
    for (;;) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) throw cutShort();
      value += (byte % SEVEN_BITS) * unit;
      if (byte < SEVEN_BITS) break;
      unit *= SEVEN_BITS;
    }
    if (!Number.isSafeInteger(value)) throw cutShort();
    return value;
  }

  /** A view of the next bytes. @throws UsageError `bad-coverage` when there are fewer. */
  block(length: number): Uint8Array {
    if (this.at + length > this.bytes.length) throw cutShort();
    const block = this.bytes.subarray(this.at, this.at + length);
    this.at += length;
    return block;
  }
}

function cutShort(): UsageError {
  return new UsageError('bad-coverage', 'it is damaged: the list of hits of a run is cut short');
}
