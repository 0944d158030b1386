// Cuts a stream of bytes into frames, however the bytes arrive. Source: DUT protocol, Transport.
import { putBytes, viewOf } from '#base/fresh-bytes';
import { readU32Le } from '#base/bytes';
import { FRAME_LENGTH_MAX, type Frame } from './frame.ts';
import { ProtocolError } from './protocol-error.ts';

const LENGTH_BYTES = 4;

export class FrameReader {
  private buffer: Uint8Array = new Uint8Array(0);
  /** The buffer that this reader made, and may write to. */
  private own: Uint8Array | undefined;
  private start = 0;
  private end = 0;

  /** Takes over `chunk`, which must not change before its frames have been used. Views of earlier frames end here. */
  push(chunk: Uint8Array): void {
    if (this.start === this.end) {
      this.buffer = chunk;
      this.start = 0;
      this.end = chunk.length;
      return;
    }
    this.makeRoom(chunk.length);
    putBytes(this.buffer, this.end, chunk);
    this.end += chunk.length;
  }

  /**
   * The next whole frame, if there is one.
   * @throws ProtocolError for a length of 0 or above 16 MiB, with the bytes from there on.
   */
  take(): Frame | undefined {
    const { buffer, start } = this;
    if (this.end - start < LENGTH_BYTES) return undefined;
    const length = readU32Le(buffer, start);
    if (length === 0 || length > FRAME_LENGTH_MAX) throw this.badLength(length);
    if (this.end - start < LENGTH_BYTES + length) return undefined;
    const end = LENGTH_BYTES + length;
    this.start += end;
    return {
      type: buffer[start + LENGTH_BYTES],
      payload: viewOf(buffer, start + LENGTH_BYTES + 1, length - 1),
      whole: viewOf(buffer, start, end),
    };
  }

  /** What has arrived of a frame that is not whole yet. */
  get rest(): Uint8Array {
    return viewOf(this.buffer, this.start, this.end - this.start);
  }

  private badLength(length: number): ProtocolError {
    const { rest } = this;
    const what =
      length === 0
        ? 'a frame of length 0: the length counts the type byte, so it is at least 1'
        : `a frame of ${length} bytes, more than ${FRAME_LENGTH_MAX} (16 MiB)`;
    const text = isText(rest) ? '; these bytes are text: does something print to the stream?' : '';
    return new ProtocolError(`${what}${text}`, rest);
  }

  private makeRoom(more: number): void {
    const kept = this.end - this.start;
    if (this.end + more <= this.buffer.length && this.isOwn) return;
    const size = Math.max(2 * (kept + more), 64 * 1024);
    const buffer = new Uint8Array(size);
    putBytes(buffer, 0, this.rest);
    this.buffer = buffer;
    this.start = 0;
    this.end = kept;
    this.own = buffer;
  }

  /** A chunk that was taken over is not written to: it belongs to whoever read it. */
  private get isOwn(): boolean {
    return this.own === this.buffer;
  }
}

const TEXT_BYTES = 4;

function isText(bytes: Uint8Array): boolean {
  return bytes
    .subarray(0, TEXT_BYTES)
    .every((byte) => byte === 10 || byte === 13 || (byte >= 32 && byte < 127));
}
