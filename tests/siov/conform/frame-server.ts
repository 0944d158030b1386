// A device in the same process as a peer of the DUT protocol: takes the bytes of frames, drives its DUT port, answers in
// bytes, and is as strict as the protocol asks. Source: DUT protocol, all of it. The built-in reference device is looked at
// through it, and tests plant mistakes in what it answers.
import { readU16Le, readU32Le, readU64Le } from '#base/bytes';
import { PacketBatch } from '#base/packet-batch';
import { DutError, type DutHello, type DutPort, type StepReply } from '#dut/dut-port';
import type { ByteChannel, Received } from './byte-channel.ts';
import {
  encodeFrame,
  encodeGreeting,
  encodeStepOk,
  FRAME_BYTES_MAX,
  FrameReader,
  FrameType,
  type Frame,
  type TimedBytes,
} from './frames.ts';

const VERSION = { MAJOR: 1, MINOR: 0 } as const;
const STALL_MAX = 900;
const DEFAULT_LOOKAHEAD_PS = 250_000;
const RESET_KINDS = ['cold', 'hot'] as const;
const NO_EXIT = { exitStatus: undefined, detail: '' };

/** What a mistake planted by a test may do to one exchange: the frames that go out in place of the right ones. */
export type Tamper = (answers: readonly Frame[], request: Frame) => readonly Frame[];

/** A frame that cannot be accepted: FATAL with this text. */
class Refusal extends Error {}

export class FrameServer implements ByteChannel {
  private readonly port: DutPort;
  private readonly tamper: Tamper;
  private readonly reader = new FrameReader();
  private readonly arriving = new PacketBatch();
  private out: Uint8Array[] = [];
  private end: { readonly exitStatus: number | null | undefined; detail: string } | undefined;
  private hasEnded = false;
  private isGreeted = false;
  private lookaheadPs = DEFAULT_LOOKAHEAD_PS;
  private nowPs = 0;

  /** @param tamper for tests: changes what is answered. */
  constructor(port: DutPort, tamper: Tamper = (answers) => answers) {
    this.port = port;
    this.tamper = tamper;
  }

  send(bytes: Uint8Array): void {
    this.reader.add(bytes);
  }

  endInput(): void {
    this.hasEnded = true;
  }

  close(): void {
    this.end ??= NO_EXIT;
  }

  async receive(): Promise<Received> {
    for (;;) {
      const bytes = this.out.shift();
      if (bytes !== undefined) return { kind: 'bytes', bytes };
      if (this.end !== undefined) return { kind: 'end', ...this.end };
      const length = this.reader.nextLength;
      const isBroken = length !== undefined && (length === 0 || length > FRAME_BYTES_MAX);
      const request = isBroken ? undefined : this.reader.take();
      if (isBroken) this.giveUp(`a frame of ${length} bytes`);
      else if (request !== undefined) await this.exchange(request);
      else if (this.hasEnded) this.end = { exitStatus: 0, detail: '' };
      else return { kind: 'silence', detail: 'nothing is left to do in this process' };
    }
  }

  private async exchange(request: Frame): Promise<void> {
    let answers: readonly Frame[];
    try {
      answers = [await this.answer(request)];
    } catch (error) {
      if (error instanceof Refusal || (error instanceof DutError && error.code === 'dut-fatal')) {
        answers = [fatal(error.message)];
      } else {
        const detail = error instanceof Error ? `${error.message}\n${error.stack ?? ''}` : '';
        this.end = { exitStatus: null, detail };
        return;
      }
    }
    this.put(this.tamper(answers, request));
  }

  private giveUp(message: string): void {
    const request = { type: 0, payload: new Uint8Array(0) };
    this.put(this.tamper([fatal(message)], request));
  }

  /** FATAL and the answer to BYE are the last: the stream ends after them, and what follows them in `frames`. */
  private put(frames: readonly Frame[]): void {
    for (const { type, payload } of frames) {
      this.out.push(encodeFrame(type, payload));
      if (type === FrameType.FATAL) this.end = { exitStatus: 1, detail: '' };
      if (type === FrameType.BYE_OK) this.end = { exitStatus: 0, detail: '' };
    }
  }

  private async answer(request: Frame): Promise<Frame> {
    const { type, payload } = request;
    if (type === FrameType.HELLO) return this.hello(payload);
    if (!this.isGreeted) throw new Refusal('HELLO comes first');
    switch (type) {
      case FrameType.STEP:
        return this.step(payload);
      case FrameType.RESET: {
        const kind = RESET_KINDS[payload[0]];
        if (payload.length !== 1 || kind === undefined) throw new Refusal('RESET: kind is 0 or 1');
        await this.port.reset(kind);
        return { type: FrameType.RESET_OK, payload: new Uint8Array(0) };
      }
      case FrameType.BYE:
        await this.port.bye();
        return { type: FrameType.BYE_OK, payload: new Uint8Array(0) };
      case FrameType.TRACE:
        return { type: FrameType.TRACE_OK, payload: Uint8Array.of(0) };
      default:
        throw new Refusal(`unknown frame type ${type}`);
    }
  }

  private async hello(payload: Uint8Array): Promise<Frame> {
    if (this.isGreeted) throw new Refusal('HELLO comes once');
    if (payload.length < 4) throw new Refusal('HELLO is too short');
    if (readU16Le(payload, 0) !== VERSION.MAJOR) throw new Refusal('unknown major version');
    const hello = readHello(payload.subarray(4));
    const info = await this.port.hello(hello);
    this.isGreeted = true;
    this.lookaheadPs = hello.lookaheadPs;
    const json = JSON.stringify(info);
    return {
      type: FrameType.HELLO_OK,
      payload: encodeGreeting(VERSION.MAJOR, VERSION.MINOR, json),
    };
  }

  private async step(payload: Uint8Array): Promise<Frame> {
    const untilPs = readU64Le(payload, 0);
    if (untilPs <= this.nowPs) throw new Refusal(`STEP until ${untilPs}: now is ${this.nowPs}`);
    this.readArriving(payload, untilPs);
    if (this.arriving.count > 0 && untilPs - this.nowPs > this.lookaheadPs) {
      throw new Refusal('a STEP longer than the look-ahead brings TLPs');
    }
    const reply = await this.port.step(untilPs, this.arriving);
    this.nowPs = reply.nowPs;
    return { type: FrameType.STEP_OK, payload: stepOk(reply) };
  }

  private readArriving(payload: Uint8Array, untilPs: number): void {
    this.arriving.clear();
    let lastPs = this.nowPs;
    let at = 12;
    for (let left = readU32Le(payload, 8); left > 0; left--) {
      if (at + 12 > payload.length) throw new Refusal('STEP is too short');
      const timePs = readU64Le(payload, at);
      const length = readU32Le(payload, at + 8);
      if (timePs <= this.nowPs || timePs > untilPs || timePs < lastPs) {
        throw new Refusal(`a TLP at ${timePs} in a STEP from ${this.nowPs} to ${untilPs}`);
      }
      this.arriving.push(timePs, payload.subarray(at + 12, at + 12 + length));
      lastPs = timePs;
      at += 12 + length;
    }
    if (at !== payload.length) throw new Refusal('STEP has not the length of its TLPs');
  }
}

function fatal(message: string): Frame {
  return { type: FrameType.FATAL, payload: new TextEncoder().encode(message) };
}

function stepOk({ nowPs, nextPs, tlps }: StepReply): Uint8Array {
  const sent: TimedBytes[] = [];
  for (let i = 0; i < tlps.count; i++) {
    sent.push({ timePs: tlps.timePs(i), bytes: tlps.bytes(i) });
  }
  return encodeStepOk(nowPs, nextPs, sent);
}

function readHello(json: Uint8Array): DutHello {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch {
    throw new Refusal('HELLO holds no JSON');
  }
  if (typeof value !== 'object' || value === null) throw new Refusal('HELLO holds no object');
  const { params = {}, seed = '0', lookaheadPs, stall = 0 } = value as Partial<DutHello>;
  if (stall < 0 || stall > STALL_MAX) throw new Refusal(`stall ${stall}: 0..${STALL_MAX}`);
  return { params, seed, lookaheadPs: lookaheadPs ?? DEFAULT_LOOKAHEAD_PS, stall };
}
