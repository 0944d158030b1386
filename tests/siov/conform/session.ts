// One conversation with a device over the DUT protocol, every answer of which is held against the protocol: what a
// step of the conformance kit talks through. Source: DUT protocol, all of it.
import { formatTime } from '#base/time-text';
import type { DutInfo, DutParams, ResetKind } from '#dut/dut-port';
import { DEFAULT_LOOKAHEAD_PS, FRAME, FRAME_LENGTH_MAX, frameName } from '#dut/frame';
import type { DeviceParameters, DeviceStream, Received } from './device-stream.ts';
import { Finding, NoVerdict, type Evidence } from './finding.ts';
import {
  encodeFrame,
  encodeGreeting,
  encodeStep,
  FrameReader,
  type Frame,
  type TimedBytes,
} from './frames.ts';
import { readHelloOk } from './hello-reply.ts';
import { hexText, tlpLine } from './link-text.ts';
import { DUT, type Paragraph } from './paragraphs.ts';
import { readStepOk, type StepAnswer } from './step-reply.ts';

/** What HELLO carries. */
export interface Greeting {
  readonly params: DutParams;
  readonly seed?: string;
  readonly lookaheadPs?: number;
  readonly stall?: number;
  readonly major?: number;
  readonly minor?: number;
  /** Spaces after the JSON text, which are part of it. */
  readonly padBytes?: number;
}

/** How a stream ended. */
export type StreamEnd = Extract<Received, { kind: 'end' }>;

export const LOOKAHEAD_PS = DEFAULT_LOOKAHEAD_PS;
export const SEED = '1';
const LOG_LEVEL_MAX = 3;
const TLPS_SHOWN = 3;
/** How a stream ends whose process was killed by a signal. */
const CRASH = /signal|SIG/;
/** A device may talk for as long as an answer may take: only the last texts are kept, and of a long one its beginning. */
const LOGS_KEPT = 200;
const LOG_CHARACTERS = 2000;

export class Session {
  readonly stream: DeviceStream;
  lookaheadPs = LOOKAHEAD_PS;
  /** Simulated time of the device. */
  nowPs = 0;
  /** What the device said of its next event; the present before it has said anything. */
  nextPs = 0;
  /** What LOG frames said last. */
  readonly logs: string[] = [];
  private logCount = 0;
  /** The last thing that was sent, as text. */
  sent = 'nothing yet';
  private readonly checkSaid: DeviceParameters['checkSaid'];
  private readonly reader = new FrameReader();

  /** @param parameters what is known of the device's; undefined: they are SRD's. */
  constructor(stream: DeviceStream, parameters: DeviceParameters = {}) {
    this.stream = stream;
    this.checkSaid = parameters.checkSaid;
  }

  // ---- What a testbench does.

  /** HELLO and its answer; `by` says that it is to be taken. */
  async hello(greeting: Greeting, by: Paragraph = DUT.HELLO_OK): Promise<DutInfo> {
    this.sendHello(greeting);
    return this.expectHelloOk(by);
  }

  async expectHelloOk(by: Paragraph = DUT.HELLO_OK): Promise<DutInfo> {
    const frame = await this.answer(FRAME.helloOk, by);
    const fail = (evidence: Omit<Evidence, 'sent'>): Finding => this.finding(evidence);
    return readHelloOk(frame.payload, fail, this.checkSaid);
  }

  /** STEP and its answer; what the answer says is right as far as one step can show it. */
  async step(untilPs: number, arriving: readonly TimedBytes[] = []): Promise<StepAnswer> {
    this.sendStep(untilPs, arriving);
    const frame = await this.answer(FRAME.stepOk, DUT.STEP_OK);
    const fail = (evidence: Omit<Evidence, 'sent'>): Finding => this.finding(evidence);
    const { nowPs: fromPs, lookaheadPs } = this;
    const answer = readStepOk(frame.payload, { fromPs, untilPs, lookaheadPs }, fail);
    this.checkBound(answer, arriving);
    this.nowPs = answer.nowPs;
    this.nextPs = answer.nextPs;
    return answer;
  }

  async reset(kind: ResetKind): Promise<void> {
    this.send(FRAME.reset, Uint8Array.of(kind === 'cold' ? 0 : 1), `RESET ${kind}`);
    const frame = await this.answer(FRAME.resetOk, DUT.RESET_OK);
    this.expectEmpty(frame, DUT.RESET_OK);
    // A device that has just lost everything has said nothing yet of what it will do.
    this.nextPs = this.nowPs;
  }

  /** BYE, its answer, and the end of the stream with exit status 0. */
  async bye(): Promise<void> {
    this.send(FRAME.bye, new Uint8Array(0), 'BYE');
    const frame = await this.answer(FRAME.byeOk, DUT.BYE);
    this.expectEmpty(frame, DUT.BYE);
    // A socket may be closed from either side.
    this.stream.endInput();
    const { how, isClean, detail } = await this.expectEnd(DUT.BYE, 'after the answer to BYE');
    if (isClean) return;
    throw this.finding({
      paragraph: DUT.BYE,
      seen: detail === '' ? how : `${how}\n${detail}`,
      expected: 'exit status 0',
    });
  }

  // ---- What a testbench would not do.

  sendHello(greeting: Greeting): void {
    const { params, seed = SEED, lookaheadPs = LOOKAHEAD_PS, stall = 0 } = greeting;
    const { major = 1, minor = 0, padBytes = 0 } = greeting;
    this.lookaheadPs = lookaheadPs;
    const json = JSON.stringify({ params, seed, lookaheadPs, stall });
    const text = `HELLO ${major}.${minor} ${json}${padBytes === 0 ? '' : ` and ${padBytes} spaces`}`;
    const payload = encodeGreeting(major, minor, json + ' '.repeat(padBytes));
    this.send(FRAME.hello, payload, text);
  }

  sendStep(untilPs: number, arriving: readonly TimedBytes[]): void {
    const count = arriving.length === 1 ? '1 TLP' : `${arriving.length} TLPs`;
    const lines = [
      `STEP from ${formatTime(this.nowPs)} until ${formatTime(untilPs)} with ${count}`,
    ];
    for (const { timePs, bytes } of arriving.slice(0, TLPS_SHOWN)) {
      lines.push(`  ${formatTime(timePs)}  ${tlpLine(bytes)}`, `  ${hexText(bytes)}`);
    }
    this.send(FRAME.step, encodeStep(untilPs, arriving), lines.join('\n'));
  }

  /** Any frame; `text` says what it is. */
  send(type: number, payload: Uint8Array, text: string): void {
    this.sent = text;
    this.stream.send(encodeFrame(type, payload));
  }

  /** Bytes that need be no frame. */
  sendRaw(bytes: Uint8Array, text: string): void {
    this.sent = text;
    this.stream.send(bytes);
  }

  /** FATAL with a text, and then the end of the stream. */
  async expectFatal(paragraph: Paragraph, why: string): Promise<void> {
    const expected = `FATAL: ${why}`;
    const next = await this.receive();
    if (next.kind !== 'frame') {
      throw this.finding({ paragraph, seen: endText(next), expected });
    }
    if (next.frame.type !== FRAME.fatal) {
      throw this.finding({ paragraph, seen: frameText(next.frame), expected });
    }
    await this.endOfFatal(next.frame);
  }

  private async endOfFatal({ payload }: Frame): Promise<void> {
    if (utf8(payload) === undefined) {
      this.fail(DUT.FATAL, 'FATAL with bytes that are not UTF-8', 'UTF-8 text');
    }
    await this.expectEnd(DUT.FATAL, 'after FATAL');
  }

  /**
   * The device does not go on: FATAL, or the end of the stream without it, but no crash. A frame of type `taken` is right, too:
   * the pages do not forbid to take what was sent.
   */
  async expectRefusal(paragraph: Paragraph, why: string, taken?: number): Promise<void> {
    const next = await this.receive();
    const also = taken === undefined ? '' : ` (or ${frameName(taken)})`;
    const expected = `FATAL or the end of the stream: ${why}${also}`;
    if (next.kind === 'frame' && next.frame.type === FRAME.fatal)
      return this.endOfFatal(next.frame);
    if (next.kind === 'frame' && next.frame.type === taken) return;
    if (next.kind === 'end' && !CRASH.test(next.how)) return;
    const seen = next.kind === 'frame' ? frameText(next.frame) : endText(next);
    throw this.finding({ paragraph, seen, expected });
  }

  /** Nothing more comes, and the stream ends. */
  async expectEnd(paragraph: Paragraph, when: string): Promise<StreamEnd> {
    const next = await this.receive(false);
    if (next.kind === 'end') {
      if (this.reader.restBytes === 0) return next;
      const rest = `${this.reader.restBytes} more bytes, and then the end`;
      throw this.finding({ paragraph, seen: rest, expected: `the end of the stream ${when}` });
    }
    const seen = next.kind === 'frame' ? frameText(next.frame) : endText(next);
    throw this.finding({ paragraph, seen, expected: `the end of the stream ${when}` });
  }

  /** What TRACE_OK says: 0, 1, or undefined when it is not one of them. */
  async expectTraceOk(): Promise<number | undefined> {
    const { payload } = await this.answer(FRAME.traceOk, DUT.TRACE);
    return payload.length === 1 && payload[0] <= 1 ? payload[0] : undefined;
  }

  /** A finding about the last thing sent. */
  finding(evidence: Omit<Evidence, 'sent'>): Finding {
    return new Finding({ sent: this.sent, ...evidence });
  }

  // ---- Inside.

  private fail(paragraph: Paragraph, seen: string, expected: string): never {
    throw this.finding({ paragraph, seen, expected });
  }

  /** The next frame, which has to be of this type. @throws NoVerdict when the device dies or falls silent. */
  private async answer(type: number, paragraph: Paragraph): Promise<Frame> {
    const next = await this.receive();
    const expected = frameName(type);
    if (next.kind === 'frame') {
      if (next.frame.type === type) return next.frame;
      this.fail(paragraph, frameText(next.frame), expected);
    }
    const { sent } = this;
    const { restBytes } = this.reader;
    if (restBytes > 0 && next.kind === 'end') {
      const rest = `${restBytes} bytes of a frame, then ${endText(next)}`;
      this.fail(DUT.FRAME, rest, `a whole ${expected} frame`);
    }
    const code = next.kind === 'end' ? 'dut-died' : 'dut-hung';
    const message = `${endText(next, false)}${this.soFar()}, where ${expected} should have come`;
    throw new NoVerdict(code, message, { sent, detail: next.detail });
  }

  /** What came in place of the answer that did not. */
  private soFar(): string {
    const { restBytes } = this.reader;
    const parts: string[] = [];
    if (this.logCount > 0) parts.push(`${this.logCount} LOG frames`);
    if (restBytes > 0) parts.push(`${restBytes} bytes of a frame`);
    return parts.length === 0 ? '' : `, only ${parts.join(' and ')}`;
  }

  /** The next frame that is not LOG, or why there is none. */
  private async receive(
    mayLog = true,
  ): Promise<{ kind: 'frame'; frame: Frame } | Exclude<Received, { kind: 'bytes' }>> {
    this.stream.expectAnswer();
    this.logCount = 0;
    for (;;) {
      const length = this.reader.nextLength;
      if (length === 0) this.fail(DUT.FRAME, 'a frame of length 0', 'at least its type');
      if (length !== undefined && length > FRAME_LENGTH_MAX) {
        this.fail(DUT.FRAME, `a frame of ${length} bytes`, `at most ${FRAME_LENGTH_MAX} bytes`);
      }
      const frame = this.reader.take();
      if (frame !== undefined) {
        if (frame.type !== FRAME.log || !mayLog) return { kind: 'frame', frame };
        this.takeLog(frame.payload);
        continue;
      }
      const received = await this.stream.receive();
      if (received.kind !== 'bytes') return received;
      this.reader.add(received.bytes);
    }
  }

  private takeLog(payload: Uint8Array): void {
    if (payload.length === 0) this.fail(DUT.LOG, 'LOG without a level', 'a level and text');
    const [level] = payload;
    const text = utf8(payload.subarray(1));
    if (level > LOG_LEVEL_MAX) this.fail(DUT.LOG, `LOG of level ${level}`, 'a level of 0..3');
    if (text === undefined) this.fail(DUT.LOG, 'LOG with bytes that are not UTF-8', 'UTF-8 text');
    this.logCount++;
    this.logs.push(text.slice(0, LOG_CHARACTERS));
    if (this.logs.length > LOGS_KEPT) this.logs.shift();
  }

  private expectEmpty(frame: Frame, paragraph: Paragraph): void {
    if (frame.payload.length === 0) return;
    this.fail(paragraph, frameText(frame), `${frameName(frame.type)} without payload`);
  }

  /** Nothing leaves before the time that the device gave as `next`, but in answer to what arrives. */
  private checkBound(answer: StepAnswer, arriving: readonly TimedBytes[]): void {
    const [first] = answer.tlps;
    if (first === undefined) return;
    const boundPs = Math.min(this.nextPs, arriving[0]?.timePs ?? Infinity);
    if (first.timePs >= boundPs) return;
    const said = this.nextPs === Infinity ? 'nothing until a TLP arrives' : formatTime(this.nextPs);
    this.fail(
      DUT.NEXT,
      `a TLP at ${formatTime(first.timePs)}: ${tlpLine(first.bytes)}`,
      `no TLP before the next event, which the device gave as: ${said}`,
    );
  }
}

/** The text of UTF-8 bytes, or undefined when they are none. */
export function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function frameText({ type, payload }: Frame): string {
  const isText = type === FRAME.fatal || type === FRAME.log;
  const text = isText ? utf8(type === FRAME.log ? payload.subarray(1) : payload) : undefined;
  const name = frameName(type);
  if (text !== undefined) return `${name}: ${text}`;
  return payload.length === 0
    ? name
    : `${name}, payload of ${payload.length} bytes ${hexText(payload)}`;
}

function endText(
  received: Exclude<Received, { kind: 'bytes' }> | { kind: 'frame' },
  withDetail = true,
): string {
  if (received.kind === 'frame') return 'a frame';
  const detail = withDetail && received.detail !== '' ? `\n${received.detail}` : '';
  if (received.kind === 'silence') return `no answer ${received.how}${detail}`;
  return `the stream ended (${received.how})${detail}`;
}
