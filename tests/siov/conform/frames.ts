// Frames of the DUT protocol: types, putting together, taking apart. Source: DUT protocol, "Transport".
//
//   u32 length of what follows | u8 type | payload        all integers little-endian
import { concatBytes, readU32Le, writeU16Le, writeU32Le, writeU64Le } from '#base/bytes';

export const FrameType = {
  HELLO: 0x01,
  STEP: 0x02,
  RESET: 0x03,
  BYE: 0x04,
  TRACE: 0x05,
  HELLO_OK: 0x81,
  STEP_OK: 0x82,
  RESET_OK: 0x83,
  BYE_OK: 0x84,
  TRACE_OK: 0x85,
  LOG: 0x90,
  FATAL: 0x9f,
} as const;

/** A longer frame is a protocol error. */
export const FRAME_BYTES_MAX = 16 * 1024 * 1024;
/** Length and type. */
export const FRAME_HEADER_BYTES = 5;
/** Times are at most this. */
export const TIME_PS_MAX = Number.MAX_SAFE_INTEGER;
const ALL_ONES = 0xffff_ffff;

export interface Frame {
  readonly type: number;
  readonly payload: Uint8Array;
}

/** 'STEP_OK' for 0x82; 'type 0x7e' for one that the protocol does not have. */
export function frameName(type: number): string {
  for (const [name, code] of Object.entries(FrameType)) if (code === type) return name;
  return `type 0x${type.toString(16).padStart(2, '0')}`;
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

/** The payload of STEP_OK: now, next (Infinity: all ones), then TLPs. */
export function encodeStepOk(
  nowPs: number,
  nextPs: number,
  tlps: readonly TimedBytes[],
): Uint8Array {
  const head = new Uint8Array(20);
  writeU64Le(head, 0, nowPs);
  if (nextPs === Infinity) {
    writeU32Le(head, 8, ALL_ONES);
    writeU32Le(head, 12, ALL_ONES);
  } else writeU64Le(head, 8, nextPs);
  writeU32Le(head, 16, tlps.length);
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
    this.held = this.held.slice(4 + length);
    return frame;
  }
}
