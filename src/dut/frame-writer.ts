// Builds frames in one buffer that is used again. Source: DUT protocol, Transport (little-endian).
import { assert } from '#base/assert';
import { putBytes, viewOf } from '#base/fresh-bytes';
import { writeU16Le, writeU32Le } from '#base/bytes';
import { FRAME_LENGTH_MAX, NEVER_HALF } from './frame.ts';

const TWO_32 = 0x1_0000_0000;
const LENGTH_BYTES = 4;
const UTF8 = new TextEncoder();

export class FrameWriter {
  private buffer = new Uint8Array(64 * 1024);
  private at = 0;

  begin(type: number): this {
    this.at = 0;
    return this.u32(0).u8(type);
  }

  u8(value: number): this {
    this.need(1);
    this.buffer[this.at++] = value;
    return this;
  }

  u16(value: number): this {
    this.need(2);
    writeU16Le(this.buffer, this.at, value);
    this.at += 2;
    return this;
  }

  u32(value: number): this {
    this.need(4);
    writeU32Le(this.buffer, this.at, value);
    this.at += 4;
    return this;
  }

  /** @param value a whole number below 2^53, or Infinity for 2^64 - 1. */
  u64(value: number): this {
    if (value === Infinity) return this.u32(NEVER_HALF).u32(NEVER_HALF);
    return this.u32(value >>> 0).u32(Math.floor(value / TWO_32));
  }

  bytes(bytes: Uint8Array): this {
    this.need(bytes.length);
    putBytes(this.buffer, this.at, bytes);
    this.at += bytes.length;
    return this;
  }

  text(text: string): this {
    return this.bytes(UTF8.encode(text));
  }

  /** The whole frame: a view, valid until the next `begin`. */
  finish(): Uint8Array {
    const length = this.at - LENGTH_BYTES;
    assert(length <= FRAME_LENGTH_MAX, 'a frame is at most 16 MiB long');
    writeU32Le(this.buffer, 0, length);
    return viewOf(this.buffer, 0, this.at);
  }

  private need(more: number): void {
    if (this.at + more <= this.buffer.length) return;
    const buffer = new Uint8Array(Math.max(2 * this.buffer.length, this.at + more));
    buffer.set(this.buffer);
    this.buffer = buffer;
  }
}
