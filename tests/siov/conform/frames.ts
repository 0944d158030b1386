// Frames as the conformance kit sends and takes them, right ones and wrong ones: `src/dut` only makes right ones. Source: DUT
// protocol, "Transport".
//
//   u32 length of what follows | u8 type | payload        all integers little-endian
import { concatBytes, readU32Le, writeU16Le, writeU32Le, writeU64Le } from '#base/bytes';

/** Length and type. */
const FRAME_HEADER_BYTES = 5;
/** Times are at most this. */
export const TIME_PS_MAX = Number.MAX_SAFE_INTEGER;

export interface Frame {
  readonly type: number;
  readonly payload: Uint8Array;
}

export function encodeFrame(type: number, payload: Uint8Array = new Uint8Array(0)): Uint8Array {
  const header = new Uint8Array(FRAME_HEADER_BYTES);
  writeU32Le(header, 0, payload.length + 1);
  header[4] = type;
  return concatBytes(header, payload);
}

/** HELLO or HELLO_OK: the version, then JSON. */
export function encodeGreeting(major: number, minor: number, json: string): Uint8Array {
  const head = new Uint8Array(4);
  writeU16Le(head, 0, major);
  writeU16Le(head, 2, minor);
  return concatBytes(head, new TextEncoder().encode(json));
}

/** A TLP with its time, as frames carry it. */
export interface TimedBytes {
  readonly timePs: number;
  readonly bytes: Uint8Array;
}

/** The payload of STEP: until, then TLPs. */
export function encodeStep(untilPs: number, tlps: readonly TimedBytes[]): Uint8Array {
  const head = new Uint8Array(12);
  writeU64Le(head, 0, untilPs);
  writeU32Le(head, 8, tlps.length);
  return concatBytes(head, ...tlps.map(encodeTimed));
}

function encodeTimed({ timePs, bytes }: TimedBytes): Uint8Array {
  const head = new Uint8Array(12);
  writeU64Le(head, 0, timePs);
  writeU32Le(head, 8, bytes.length);
  return concatBytes(head, bytes);
}

/** Bytes of a stream, taken out as frames. */
export class FrameReader {
  private held: Uint8Array = new Uint8Array(0);

  add(bytes: Uint8Array): void {
    this.held = this.held.length === 0 ? bytes.slice() : concatBytes(this.held, bytes);
  }

  /** Bytes that are no whole frame yet. */
  get restBytes(): number {
    return this.held.length;
  }

  /** Everything that is left, frames or not. */
  takeRest(): Uint8Array {
    const { held } = this;
    this.held = new Uint8Array(0);
    return held;
  }

  /** Length field of the next frame, as soon as it is there. */
  get nextLength(): number | undefined {
    return this.held.length < 4 ? undefined : readU32Le(this.held, 0);
  }

  /** The next whole frame, or undefined; the caller has looked at `nextLength` (0 and too long are no frames). */
  take(): Frame | undefined {
    const length = this.nextLength;
    if (length === undefined || length === 0 || this.held.length < 4 + length) return undefined;
    const payload = this.held.slice(FRAME_HEADER_BYTES, 4 + length);
    const frame = { type: this.held[4], payload };
    this.held = this.held.subarray(4 + length);
    return frame;
  }
}
