// Reads the payload of one frame, field by field. Source: DUT protocol, Transport (little-endian; times below 2^53).
import { readU16Le, readU32Le } from '#base/bytes';
import { viewOf } from '#base/fresh-bytes';
import { NEVER_HALF } from './frame.ts';
import { ProtocolError } from './protocol-error.ts';

const TWO_32 = 0x1_0000_0000;
/** The upper half of 2^53. */
const HALF_MAX = 0x1f_ffff;
const UTF8 = new TextDecoder('utf-8', { fatal: true });

export class PayloadReader {
  private readonly name: string;
  private readonly payload: Uint8Array;
  private at = 0;

  /** @param name of the frame, for messages. */
  constructor(name: string, payload: Uint8Array) {
    this.name = name;
    this.payload = payload;
  }

  /** @throws ProtocolError, as all that follow, when the payload ends before the field does. */
  u8(field: string): number {
    return this.payload[this.take(1, field)];
  }

  u16(field: string): number {
    return readU16Le(this.payload, this.take(2, field));
  }

  u32(field: string): number {
    return readU32Le(this.payload, this.take(4, field));
  }

  /** A simulated time in picoseconds. @throws ProtocolError above 2^53 - 1. */
  time(field: string): number {
    const at = this.take(8, field);
    const low = readU32Le(this.payload, at);
    const high = readU32Le(this.payload, at + 4);
    if (high > HALF_MAX) {
      const hex = (half: number): string => half.toString(16).padStart(8, '0');
      throw this.error(`${field} = 0x${hex(high)}${hex(low)}, a time above 2^53 - 1 ps`);
    }
    return high * TWO_32 + low;
  }

  /** As `time`; Infinity for 2^64 - 1. */
  timeOrNever(field: string): number {
    const { payload, at } = this;
    const isNever =
      payload.length >= at + 8 &&
      readU32Le(payload, at) === NEVER_HALF &&
      readU32Le(payload, at + 4) === NEVER_HALF;
    if (!isNever) return this.time(field);
    this.at += 8;
    return Infinity;
  }

  /** Goes on after so many bytes. */
  skip(length: number, field: string): void {
    this.take(length, field);
  }

  /** Bytes that have been read. */
  get position(): number {
    return this.at;
  }

  /** A view of what has been read since `position` was `from`. */
  since(from: number): Uint8Array {
    return viewOf(this.payload, from, this.at - from);
  }

  /** All that is left, as text. @throws ProtocolError when it is not UTF-8. */
  text(field: string): string {
    try {
      return UTF8.decode(this.payload.subarray(this.at));
    } catch {
      throw this.error(`${field} is not UTF-8`);
    }
  }

  /** Bytes that have not been read. */
  get left(): number {
    return this.payload.length - this.at;
  }

  /** @throws ProtocolError when anything is left. */
  end(): void {
    const { left } = this;
    if (left > 0) throw this.error(`${left} bytes follow after its last field`);
  }

  error(what: string): ProtocolError {
    return new ProtocolError(`${this.name}: ${what}`, this.payload);
  }

  private take(length: number, field: string): number {
    const { at } = this;
    const { length: all } = this.payload;
    if (at + length > all) {
      throw this.error(
        `the payload ends within ${field}: it has ${all} bytes, at least ${at + length} are needed`,
      );
    }
    this.at = at + length;
    return at;
  }
}
