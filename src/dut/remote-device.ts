// A device in another process behind the DUT port. Source: DUT protocol; its last table says what becomes of a bad device.
//
// One request at a time: `hello`, `step`, `reset`, `trace` and `bye` each send a frame and wait for its answer. The limit of
// wall-clock time is the caller's, who then calls `kill`.
import { PacketBatch } from '#base/packet-batch';
import { assert } from '#base/assert';
import type { ByteChannel, ChannelEnd, OpenChannel } from './byte-channel.ts';
import {
  DutError,
  type DutHello,
  type DutInfo,
  type DutPort,
  type DutWords,
  type ResetKind,
  type StepReply,
  type TlpBatch,
} from './dut-port.ts';
import { FRAME, frameName, type Frame } from './frame.ts';
import { FrameReader } from './frame-reader.ts';
import { FrameWriter } from './frame-writer.ts';
import {
  decodeEmpty,
  decodeHelloOk,
  decodeLog,
  decodeStepOk,
  decodeTraceOk,
  encodeBye,
  encodeHello,
  encodeReset,
  encodeStep,
  encodeTrace,
  fatalText,
  type DeviceLog,
} from './host-frames.ts';
import { hexDump, ProtocolError } from './protocol-error.ts';

/** What is kept of its LOG frames. */
const LOG_CHARACTERS = 4096;

/** What waits for an answer. */
interface Waiting {
  readonly request: string;
  readonly answerType: number;
  readonly take: (payload: Uint8Array) => void;
  readonly fail: (error: DutError) => void;
}

export interface RemoteOptions {
  readonly open: OpenChannel;
  /** Told each LOG frame. */
  readonly onLog?: ((log: DeviceLog) => void) | undefined;
}

export class RemoteDevice implements DutPort {
  private readonly options: RemoteOptions;
  private readonly reader = new FrameReader();
  private readonly writer = new FrameWriter();
  private readonly tlps = new PacketBatch();
  private channel: ByteChannel | undefined;
  private waiting: Waiting | undefined;
  /** Why there is nothing more to be had of this device. */
  private failure: DutError | undefined;
  private channelEnd: ChannelEnd | undefined;
  private lastStepOk: Uint8Array = new Uint8Array(0);
  private readonly dumpStepOk = (): string => hexDump(this.lastStepOk);
  private log = '';
  private whenEnded: ((end: ChannelEnd) => void) | undefined;

  constructor(options: RemoteOptions) {
    this.options = options;
  }

  /** Starts the device, or connects to it. */
  hello(hello: DutHello): Promise<DutInfo> {
    assert(this.channel === undefined, 'HELLO comes once');
    this.channel = this.options.open({
      onData: (chunk) => this.receive(chunk),
      onEnd: (end) => this.ended(end),
    });
    return this.ask('HELLO', encodeHello(this.writer, hello), FRAME.helloOk, decodeHelloOk);
  }

  step(untilPs: number, arriving: TlpBatch): Promise<StepReply> {
    const { tlps } = this;
    const frame = encodeStep(this.writer, untilPs, arriving);
    return this.ask('STEP', frame, FRAME.stepOk, (payload) => {
      const { nowPs, nextPs } = decodeStepOk(payload, tlps);
      this.lastStepOk = payload;
      return { nowPs, nextPs, tlps, dump: this.dumpStepOk };
    });
  }

  reset(kind: ResetKind): Promise<void> {
    return this.ask('RESET', encodeReset(this.writer, kind), FRAME.resetOk, (payload) =>
      decodeEmpty('RESET_OK', payload),
    );
  }

  /** Writes waves to `path` from now on; undefined: no more. False: the device cannot. */
  trace(path: string | undefined): Promise<boolean> {
    return this.ask('TRACE', encodeTrace(this.writer, path), FRAME.traceOk, decodeTraceOk);
  }

  /** @throws DutError `dut-died` when the device then ends with another exit status than 0. */
  async bye(): Promise<void> {
    await this.ask('BYE', encodeBye(this.writer), FRAME.byeOk, (payload) =>
      decodeEmpty('BYE_OK', payload),
    );
    this.channel?.end();
    const end = await this.untilEnded();
    const { rest } = this.reader;
    // Its end alone is `dut-died`, and right; what it sent after BYE_OK is not.
    if (this.failure !== undefined && this.failure.code !== 'dut-died') throw this.failure;
    if (rest.length > 0) {
      throw new DutError('dut-protocol', 'bytes follow after BYE_OK', hexDump(rest));
    }
    // A socket may be closed from either side.
    if (!end.isClean) throw died('after BYE', end);
  }

  spoken(): DutWords {
    return {
      log: this.log,
      standardError: this.channelEnd?.standardError ?? '',
      unfinished: hexDump(this.reader.rest),
    };
  }

  /** Ends the device at once, with its whole process group, and waits until it has gone. Harmless when it has. */
  async kill(): Promise<void> {
    this.failure ??= new DutError('dut-died', 'the device was killed');
    this.channel?.kill();
    if (this.channel !== undefined) await this.untilEnded();
  }

  private untilEnded(): Promise<ChannelEnd> {
    const { channelEnd } = this;
    if (channelEnd !== undefined) return Promise.resolve(channelEnd);
    return new Promise((resolve) => (this.whenEnded = resolve));
  }

  private ask<T>(
    request: string,
    frame: Uint8Array,
    answerType: number,
    decode: (payload: Uint8Array) => T,
  ): Promise<T> {
    assert(this.waiting === undefined, 'one request at a time');
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return new Promise<T>((resolve, reject) => {
      const take = (payload: Uint8Array): void => resolve(decode(payload));
      this.waiting = { request, answerType, take, fail: reject };
      this.channel?.write(frame);
    });
  }

  private receive(chunk: Uint8Array): void {
    if (this.failure !== undefined) return;
    try {
      this.reader.push(chunk);
      for (;;) {
        const frame = this.reader.take();
        if (frame === undefined) return;
        this.takeFrame(frame);
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.fail(new DutError('dut-protocol', error.message, error.dump));
    }
  }

  private takeFrame({ type, payload, whole }: Frame): void {
    const { waiting } = this;
    if (type === FRAME.log) {
      this.keepLog(decodeLog(payload));
    } else if (type === FRAME.fatal) {
      this.fail(new DutError('dut-fatal', fatalText(payload)));
    } else if (waiting === undefined) {
      throw new ProtocolError(`the device sent ${frameName(type)} without being asked`, whole);
    } else if (type !== waiting.answerType) {
      const expected = frameName(waiting.answerType);
      throw new ProtocolError(
        `the answer to ${waiting.request} is ${frameName(type)}, not ${expected}`,
        whole,
      );
    } else {
      // After decoding, which may fail: the failure is then that of the request.
      waiting.take(payload);
      this.waiting = undefined;
    }
  }

  private keepLog(log: DeviceLog): void {
    this.log = `${this.log}${log.level}: ${log.text}\n`.slice(-LOG_CHARACTERS);
    this.options.onLog?.(log);
  }

  private ended(end: ChannelEnd): void {
    this.channelEnd = end;
    const { rest } = this.reader;
    const middle = rest.length > 0 ? `, ${rest.length} bytes into a frame` : '';
    const request = this.waiting?.request ?? '';
    const when = request === '' ? '' : `before it answered ${request}${middle}`;
    const detail = [hexDump(rest), end.standardError].filter((text) => text !== '').join('\n');
    this.fail(died(when, end, detail));
    this.whenEnded?.(end);
  }

  private fail(error: DutError): void {
    this.failure ??= error;
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.fail(error);
  }
}

function died(
  when: string,
  { how, isReached, standardError }: ChannelEnd,
  detail = standardError,
): DutError {
  if (!isReached) return new DutError('dut-died', `the device was not reached: ${how}`, detail);
  const text = when === '' ? '' : ` ${when}`;
  return new DutError('dut-died', `the device ended${text}: ${how}`, detail);
}
