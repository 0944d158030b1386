// Frames of the DUT protocol: their types, the limit of their length, and their names in messages. Source: DUT protocol,
// Transport.

/** The version of the protocol that this testbench speaks. */
export const PROTOCOL_MAJOR = 1;
export const PROTOCOL_MINOR = 0;

/** Bytes of a frame's type and payload together, at most. */
export const FRAME_LENGTH_MAX = 16 * 1024 * 1024;
/** What `next` holds when nothing will happen before a TLP arrives: 2^64 - 1. */
export const NEVER_HALF = 0xffff_ffff;
/** Look-ahead where HELLO or a configuration gives none, picoseconds. Source: DUT protocol, STEP. */
export const DEFAULT_LOOKAHEAD_PS = 250_000;
/** Per mille of time slots in which the link takes nothing from the device, at most. */
export const STALL_MAX = 900;

export const FRAME = {
  hello: 0x01,
  step: 0x02,
  reset: 0x03,
  bye: 0x04,
  trace: 0x05,
  helloOk: 0x81,
  stepOk: 0x82,
  resetOk: 0x83,
  byeOk: 0x84,
  traceOk: 0x85,
  log: 0x90,
  fatal: 0x9f,
} as const;

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(FRAME).map(([name, type]) => [
    type,
    name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase(),
  ]),
);

/** A whole frame. Its bytes are views, valid until more bytes are pushed into the reader that it came from. */
export interface Frame {
  readonly type: number;
  readonly payload: Uint8Array;
  /** Length, type and payload. */
  readonly whole: Uint8Array;
}

/** `STEP_OK`, or `a frame of type 0x77`. */
export function frameName(type: number): string {
  return NAMES.get(type) ?? `a frame of type 0x${type.toString(16).padStart(2, '0')}`;
}
