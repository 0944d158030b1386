// The device's side of the frames, for devices that this program serves. Source: DUT protocol, the table of frames.
import type { PacketBatch } from '#base/packet-batch';
import type { DutHello, DutInfo, ResetKind, StepReply } from './dut-port.ts';
import { DEFAULT_LOOKAHEAD_PS, FRAME, PROTOCOL_MAJOR, PROTOCOL_MINOR, STALL_MAX } from './frame.ts';
import type { FrameWriter } from './frame-writer.ts';
import { isParams, jsonObject } from './hello-json.ts';
import { PayloadReader } from './payload-reader.ts';
import { putTlps, takeTlps } from './tlp-list.ts';

/**
 * What HELLO says; what it leaves out has a default: no parameters, seed '', look-ahead 250 000 ps, no stalls.
 * @throws ProtocolError for another major version, and for JSON that is not what the page says.
 */
export function decodeHello(payload: Uint8Array): DutHello {
  const reader = new PayloadReader('HELLO', payload);
  const major = reader.u16('major');
  const minor = reader.u16('minor');
  if (major !== PROTOCOL_MAJOR) {
    throw reader.error(
      `version ${major}.${minor} of the protocol is not known; this device speaks ${PROTOCOL_MAJOR}.${PROTOCOL_MINOR}`,
    );
  }
  const {
    params = {},
    seed = '',
    lookaheadPs = DEFAULT_LOOKAHEAD_PS,
    stall = 0,
  } = jsonObject(reader, reader.text('JSON'));
  if (!isParams(params)) {
    throw reader.error('"params" is not an object of numbers, booleans and strings');
  }
  if (typeof seed !== 'string') throw reader.error('"seed" is not a string');
  if (!isWhole(lookaheadPs, 1, Number.MAX_SAFE_INTEGER)) {
    throw reader.error('"lookaheadPs" is not a whole number of picoseconds from 1 on');
  }
  if (!isWhole(stall, 0, STALL_MAX)) {
    throw reader.error(`"stall" is not a whole number of 0..${STALL_MAX}`);
  }
  return { params, seed, lookaheadPs, stall };
}

function isWhole(value: unknown, min: number, max: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max;
}

/** Fills `arriving`. @throws ProtocolError when the payload is not `until`, n and n TLPs, or their times go back. */
export function decodeStep(payload: Uint8Array, arriving: PacketBatch): number {
  const reader = new PayloadReader('STEP', payload);
  const untilPs = reader.time('until');
  takeTlps(reader, arriving);
  reader.end();
  return untilPs;
}

/** @throws ProtocolError for a kind that there is not. */
export function decodeReset(payload: Uint8Array): ResetKind {
  const reader = new PayloadReader('RESET', payload);
  const kind = reader.u8('kind');
  reader.end();
  if (kind > 1) throw reader.error(`kind ${kind} is neither 0 (cold) nor 1 (hot)`);
  return kind === 0 ? 'cold' : 'hot';
}

/** TRACE: `path` is '' where waves end. @throws ProtocolError unless it is one byte, 0 or 1, and a path in UTF-8. */
export function decodeTrace(payload: Uint8Array): {
  readonly isOn: boolean;
  readonly path: string;
} {
  const reader = new PayloadReader('TRACE', payload);
  const on = reader.u8('on');
  if (on > 1) throw reader.error(`on is ${on}, neither 0 (off) nor 1 (on)`);
  const path = reader.text('path');
  if (path.includes('\0')) throw reader.error('path holds a byte 0');
  return { isOn: on === 1, path };
}

export function encodeHelloOk(writer: FrameWriter, info: DutInfo): Uint8Array {
  const { name, version, params, features } = info;
  return writer
    .begin(FRAME.helloOk)
    .u16(PROTOCOL_MAJOR)
    .u16(PROTOCOL_MINOR)
    .text(JSON.stringify({ name, version, params, features }))
    .finish();
}

export function encodeStepOk(writer: FrameWriter, { nowPs, nextPs, tlps }: StepReply): Uint8Array {
  writer.begin(FRAME.stepOk).u64(nowPs).u64(nextPs);
  return putTlps(writer, tlps).finish();
}

/** RESET_OK, BYE_OK. */
export function encodeEmpty(writer: FrameWriter, type: number): Uint8Array {
  return writer.begin(type).finish();
}

/** FATAL. */
export function encodeFatal(writer: FrameWriter, text: string): Uint8Array {
  return writer.begin(FRAME.fatal).text(text).finish();
}
