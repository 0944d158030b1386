// One device behind the DUT protocol, from its side: takes frames, answers them. Source: DUT protocol, STEP; what it cannot
// accept it answers with FATAL.
import { assert, UsageError } from '#base/assert';
import { PacketBatch } from '#base/packet-batch';
import {
  decodeHello,
  decodeReset,
  decodeStep,
  decodeTrace,
  encodeEmpty,
  encodeFatal,
  encodeHelloOk,
  encodeStepOk,
} from './device-frames.ts';
import { DutError, type DutPort } from './dut-port.ts';
import { FRAME, frameName, type Frame } from './frame.ts';
import { FrameReader } from './frame-reader.ts';
import { FrameWriter } from './frame-writer.ts';
import { PayloadReader } from './payload-reader.ts';
import { ProtocolError } from './protocol-error.ts';

/** How a session ended: BYE, or FATAL with its text. */
export type SessionEnd =
  { readonly kind: 'bye' } | { readonly kind: 'fatal'; readonly text: string };

export class DeviceSession {
  /** Set when no more frames are taken: what was sent last is to be delivered, and the stream closed. */
  end: SessionEnd | undefined;
  private readonly device: DutPort;
  private readonly reader = new FrameReader();
  private readonly writer = new FrameWriter();
  private readonly arriving = new PacketBatch();
  private lookaheadPs = 0;
  private nowPs = -1;

  /** @param device one that answers at once, before its HELLO. */
  constructor(device: DutPort) {
    this.device = device;
  }

  /**
   * Takes what has arrived and answers it; `send` gets each frame as a view that is valid during the call.
   * @throws what the device throws other than UsageError and DutError: a device with a bug has died.
   */
  receive(chunk: Uint8Array, send: (frame: Uint8Array) => void): void {
    if (this.end !== undefined) return;
    try {
      this.reader.push(chunk);
      for (;;) {
        const frame = this.reader.take();
        if (frame === undefined) return;
        send(this.answer(frame));
        if (frame.type === FRAME.bye) {
          this.end = { kind: 'bye' };
          return;
        }
      }
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.end = { kind: 'fatal', text: error.message };
      send(encodeFatal(this.writer, error.message));
    }
  }

  private answer({ type, payload, whole }: Frame): Uint8Array {
    const { device, writer } = this;
    if (type === FRAME.hello) return this.hello(payload);
    if (this.nowPs < 0) throw new ProtocolError(`${frameName(type)} before HELLO`, whole);
    switch (type) {
      case FRAME.step:
        return this.step(payload);
      case FRAME.reset:
        atOnce(device.reset(decodeReset(payload)));
        return encodeEmpty(writer, FRAME.resetOk);
      case FRAME.bye:
        new PayloadReader('BYE', payload).end();
        atOnce(device.bye());
        return encodeEmpty(writer, FRAME.byeOk);
      case FRAME.trace:
        decodeTrace(payload);
        // A model writes no waves.
        return writer.begin(FRAME.traceOk).u8(0).finish();
      default:
        throw new ProtocolError(`${frameName(type)} is not known here`, whole);
    }
  }

  private hello(payload: Uint8Array): Uint8Array {
    if (this.nowPs >= 0) throw new ProtocolError('HELLO comes once');
    const hello = decodeHello(payload);
    const info = atOnce(this.device.hello(hello));
    this.lookaheadPs = hello.lookaheadPs;
    this.nowPs = 0;
    return encodeHelloOk(this.writer, info);
  }

  private step(payload: Uint8Array): Uint8Array {
    const { arriving, nowPs, lookaheadPs } = this;
    const untilPs = decodeStep(payload, arriving);
    if (untilPs <= nowPs) {
      throw new ProtocolError(`STEP until ${untilPs} ps, which is not after now = ${nowPs} ps`);
    }
    if (arriving.count > 0 && untilPs - nowPs > lookaheadPs) {
      throw new ProtocolError(
        `STEP from ${nowPs} ps until ${untilPs} ps brings TLPs and is longer than the look-ahead of ${lookaheadPs} ps`,
      );
    }
    for (let i = 0; i < arriving.count; i++) {
      const timePs = arriving.timePs(i);
      if (timePs > nowPs && timePs <= untilPs) continue;
      throw new ProtocolError(
        `STEP brings a TLP of ${timePs} ps, which is not in (${nowPs}, ${untilPs}] ps`,
      );
    }
    const reply = atOnce(this.device.step(untilPs, arriving));
    this.nowPs = reply.nowPs;
    return encodeStepOk(this.writer, reply);
  }
}

/** What the device refuses is FATAL; anything else that is thrown is a bug. */
function isRefusal(error: unknown): error is Error {
  return error instanceof ProtocolError || error instanceof UsageError || error instanceof DutError;
}

function atOnce<T>(answer: T | Promise<T>): T {
  assert(!(answer instanceof Promise), 'a device that is served answers at once');
  return answer;
}
