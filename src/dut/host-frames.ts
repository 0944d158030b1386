// The testbench's side of the frames: what it sends, and how it reads the answers. Source: DUT protocol, the table of frames.
import type { PacketBatch } from '#base/packet-batch';
import type { DutHello, DutInfo, ResetKind, TlpBatch } from './dut-port.ts';
import { FRAME, PROTOCOL_MAJOR, PROTOCOL_MINOR } from './frame.ts';
import type { FrameWriter } from './frame-writer.ts';
import { isParams, jsonObject } from './hello-json.ts';
import { PayloadReader } from './payload-reader.ts';
import { putTlps, takeTlps } from './tlp-list.ts';

/** What is kept of the text of one frame. */
const TEXT_BYTES = 4096;

export function encodeHello(writer: FrameWriter, hello: DutHello): Uint8Array {
  const { params, seed, lookaheadPs, stall } = hello;
  const json = JSON.stringify({ params, seed, lookaheadPs, ...(stall > 0 && { stall }) });
  return writer.begin(FRAME.hello).u16(PROTOCOL_MAJOR).u16(PROTOCOL_MINOR).text(json).finish();
}

export function encodeStep(writer: FrameWriter, untilPs: number, arriving: TlpBatch): Uint8Array {
  writer.begin(FRAME.step).u64(untilPs);
  return putTlps(writer, arriving).finish();
}

export function encodeReset(writer: FrameWriter, kind: ResetKind): Uint8Array {
  return writer
    .begin(FRAME.reset)
    .u8(kind === 'cold' ? 0 : 1)
    .finish();
}

export function encodeBye(writer: FrameWriter): Uint8Array {
  return writer.begin(FRAME.bye).finish();
}

/** @param path where the device writes its waves; undefined: it stops. */
export function encodeTrace(writer: FrameWriter, path: string | undefined): Uint8Array {
  return writer
    .begin(FRAME.trace)
    .u8(path === undefined ? 0 : 1)
    .text(path ?? '')
    .finish();
}

/** @throws ProtocolError for another major version, and for JSON that is not what the page says. */
export function decodeHelloOk(payload: Uint8Array): DutInfo {
  const reader = new PayloadReader('HELLO_OK', payload);
  const major = reader.u16('major');
  const minor = reader.u16('minor');
  if (major !== PROTOCOL_MAJOR) {
    throw reader.error(
      `the device speaks version ${major}.${minor} of the protocol, this testbench ${PROTOCOL_MAJOR}.${PROTOCOL_MINOR}`,
    );
  }
  const info = jsonObject(reader, reader.text('JSON'));
  const { name, version, params, features = [] } = info;
  if (typeof name !== 'string') throw reader.error('"name" is not a string');
  if (typeof version !== 'string') throw reader.error('"version" is not a string');
  if (!isParams(params)) {
    throw reader.error('"params" is not an object of numbers, booleans and strings');
  }
  if (!Array.isArray(features) || !features.every((feature) => typeof feature === 'string')) {
    throw reader.error('"features" is not an array of strings');
  }
  return { name, version, params, features };
}

/**
 * Fills `tlps` with those of the answer.
 * @throws ProtocolError when the payload is not `now`, `next`, n and n TLPs, or their times go back.
 */
export function decodeStepOk(
  payload: Uint8Array,
  tlps: PacketBatch,
): { readonly nowPs: number; readonly nextPs: number } {
  const reader = new PayloadReader('STEP_OK', payload);
  const nowPs = reader.time('now');
  const nextPs = reader.timeOrNever('next');
  takeTlps(reader, tlps);
  reader.end();
  return { nowPs, nextPs };
}

export function decodeTraceOk(payload: Uint8Array): boolean {
  const reader = new PayloadReader('TRACE_OK', payload);
  const supported = reader.u8('supported');
  reader.end();
  if (supported > 1) throw reader.error(`supported is ${supported}, not 0 or 1`);
  return supported === 1;
}

/** RESET_OK and BYE_OK carry nothing. */
export function decodeEmpty(name: string, payload: Uint8Array): void {
  new PayloadReader(name, payload).end();
}

/** Text of FATAL, whatever its bytes are: a device that gives up is not to be blamed for its spelling. */
export function fatalText(payload: Uint8Array): string {
  if (payload.length === 0) return 'the device gave up without a text';
  return clippedText(payload);
}

/** Text of a frame, which may have megabytes, up to what somebody reads. */
function clippedText(payload: Uint8Array): string {
  const text = new TextDecoder().decode(payload.subarray(0, TEXT_BYTES));
  return payload.length <= TEXT_BYTES ? text : `${text}… (${payload.length} bytes in all)`;
}

export interface DeviceLog {
  readonly level: 'debug' | 'info' | 'warning' | 'error';
  readonly text: string;
}

const LEVELS = ['debug', 'info', 'warning', 'error'] as const;

/** @throws ProtocolError for a level above 3. */
export function decodeLog(payload: Uint8Array): DeviceLog {
  const reader = new PayloadReader('LOG', payload);
  const level = reader.u8('level');
  if (level >= LEVELS.length) throw reader.error(`level ${level} is above 3`);
  return { level: LEVELS[level], text: clippedText(payload.subarray(1)) };
}
