// SHA-256, from @noble/hashes: no node:crypto inside a run, so that a run also works in a browser.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from './bytes.ts';
import { putBytes } from './fresh-bytes.ts';

/** SHA-256 of the UTF-8 bytes of a text, 64 hexadecimal digits. */
export function sha256Hex(text: string): string {
  return bytesToHex(sha256(new TextEncoder().encode(text)));
}

const BUFFER_BYTES = 8192;

/** A running SHA-256 over what is appended; small pieces are gathered first, since hashing has a cost per call. */
export class RunningSha256 {
  private readonly hash = sha256.create();
  private readonly buffer = new Uint8Array(BUFFER_BYTES);
  private fill = 0;

  update(bytes: Uint8Array): void {
    if (bytes.length > BUFFER_BYTES - this.fill) this.flush();
    if (bytes.length > BUFFER_BYTES) {
      this.hash.update(bytes);
      return;
    }
    putBytes(this.buffer, this.fill, bytes);
    this.fill += bytes.length;
  }

  /** Appends a 32-bit value, little-endian. */
  updateU32(value: number): void {
    if (this.fill + 4 > BUFFER_BYTES) this.flush();
    const { buffer } = this;
    let { fill } = this;
    buffer[fill++] = value;
    buffer[fill++] = value >>> 8;
    buffer[fill++] = value >>> 16;
    buffer[fill++] = value >>> 24;
    this.fill = fill;
  }

  /** The digest of all so far, 64 hexadecimal digits; appending may go on afterwards. */
  digestHex(): string {
    this.flush();
    return bytesToHex(this.hash.clone().digest());
  }

  private flush(): void {
    if (this.fill === 0) return;
    this.hash.update(this.buffer.subarray(0, this.fill));
    this.fill = 0;
  }
}
