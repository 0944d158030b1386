// The testbench's end of the DUT protocol, byte by byte, for tests of the clients that device authors use. Written from the
// page alone and on purpose without `src/dut`: two readings of one page, held against each other.
import { spawn, type ChildProcess } from 'node:child_process';
import { connect } from 'node:net';
import type { Readable, Writable } from 'node:stream';

export const Frame = {
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

export const LOOKAHEAD_PS = 250_000;
const NEVER = 0xffff_ffff_ffff_ffffn;
const ANSWER_MS = 15_000;

export interface RawFrame {
  readonly type: number;
  readonly payload: Buffer;
}

export interface RawTlp {
  readonly timePs: number;
  readonly bytes: Uint8Array;
}

export interface StepOk {
  readonly nowPs: number;
  readonly nextPs: number;
  /** `time hex` of each. */
  readonly tlps: readonly string[];
}

export interface HelloOk {
  readonly name: string;
  readonly version: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly features: readonly string[];
}

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stderr: string;
}

/** A whole frame. */
export function frame(type: number, payload: Uint8Array = new Uint8Array(0)): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32LE(payload.length + 1);
  head[4] = type;
  return Buffer.concat([head, payload]);
}

export function helloPayload(hello: unknown, major = 1, minor = 0): Buffer {
  const text = typeof hello === 'string' ? hello : JSON.stringify(hello);
  const version = Buffer.alloc(4);
  version.writeUInt16LE(major, 0);
  version.writeUInt16LE(minor, 2);
  return Buffer.concat([version, Buffer.from(text)]);
}

export const HELLO = { params: {}, seed: '1', lookaheadPs: LOOKAHEAD_PS, stall: 0 };

export function stepPayload(untilPs: number | bigint, tlps: readonly RawTlp[] = []): Buffer {
  const head = Buffer.alloc(12);
  head.writeBigUInt64LE(BigInt(untilPs), 0);
  head.writeUInt32LE(tlps.length, 8);
  const parts = tlps.map(({ timePs, bytes }) => {
    const own = Buffer.alloc(12);
    own.writeBigUInt64LE(BigInt(timePs), 0);
    own.writeUInt32LE(bytes.length, 8);
    return Buffer.concat([own, bytes]);
  });
  return Buffer.concat([head, ...parts]);
}

function timeOf(value: bigint): number {
  return value === NEVER ? Infinity : Number(value);
}

export function parseStepOk(payload: Buffer): StepOk {
  const count = payload.readUInt32LE(16);
  const tlps: string[] = [];
  let at = 20;
  for (let i = 0; i < count; i++) {
    const end = at + 12 + payload.readUInt32LE(at + 8);
    if (end > payload.length) throw new Error('STEP_OK ends within a TLP');
    tlps.push(`${payload.readBigUInt64LE(at)} ${payload.toString('hex', at + 12, end)}`);
    at = end;
  }
  if (at !== payload.length) throw new Error(`STEP_OK has ${payload.length - at} bytes too many`);
  return {
    nowPs: Number(payload.readBigUInt64LE(0)),
    nextPs: timeOf(payload.readBigUInt64LE(8)),
    tlps,
  };
}

/** One session with a device over its standard streams or over a socket. */
export class RawSession {
  readonly ended: Promise<Ended>;
  /** Level and text of each LOG frame so far. */
  readonly logs: string[] = [];
  private readonly process: ChildProcess;
  private output: Writable | undefined;
  private received = Buffer.alloc(0);
  private isEnded = false;
  private stderr = '';
  private wake: () => void = () => undefined;

  private constructor(process: ChildProcess) {
    this.process = process;
    process.stderr?.on('data', (piece: Buffer) => {
      this.stderr += piece.toString();
      this.wake();
    });
    this.ended = new Promise((resolve) => {
      process.on('close', (code, signal) => resolve({ code, signal, stderr: this.stderr }));
    });
  }

  /** The device is a child; `address` undefined: over its standard streams. */
  static async start(command: readonly string[], address?: string): Promise<RawSession> {
    const [file, ...args] = address === undefined ? command : [...command, address];
    const environment = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', PYTHONUNBUFFERED: '' };
    const session = new RawSession(spawn(file, args, { stdio: 'pipe', env: environment }));
    const { stdin, stdout } = session.process;
    if (stdin === null || stdout === null) throw new Error('a child without streams');
    if (address === undefined) session.attach(stdin, stdout);
    else await session.connectTo();
    return session;
  }

  send(type: number, payload?: Uint8Array): void {
    this.write(frame(type, payload));
  }

  write(bytes: Uint8Array): void {
    this.output?.write(bytes);
  }

  /** Writes each byte on its own, so that the device sees cut frames. */
  async writeSlowly(bytes: Uint8Array): Promise<void> {
    for (const byte of bytes) {
      this.write(Uint8Array.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** The next frame but LOG, or 'end'. @throws Error when there is none for a long time. */
  async next(): Promise<RawFrame | 'end'> {
    for (;;) {
      const found = this.takeFrame();
      if (found === undefined) {
        if (this.isEnded) return 'end';
        await this.waitForMore('a frame');
      } else if (found.type === Frame.LOG) {
        this.logs.push(`${found.payload[0]} ${found.payload.toString('utf8', 1)}`);
      } else {
        return found;
      }
    }
  }

  /** Sends and takes the answer, which is to be of that type. */
  async ask(type: number, payload: Uint8Array | undefined, answer: number): Promise<Buffer> {
    this.send(type, payload);
    const got = await this.next();
    if (got === 'end') throw new Error(`the stream ended: ${this.stderr}`);
    if (got.type !== answer) {
      throw new Error(`frame 0x${got.type.toString(16)}: ${got.payload.toString()}`);
    }
    return got.payload;
  }

  async hello(hello: unknown = HELLO): Promise<HelloOk> {
    const payload = await this.ask(Frame.HELLO, helloPayload(hello), Frame.HELLO_OK);
    if (payload.readUInt32LE(0) !== 1) throw new Error('HELLO_OK is not of version 1.0');
    return JSON.parse(payload.toString('utf8', 4)) as HelloOk;
  }

  async step(untilPs: number, tlps: readonly RawTlp[] = []): Promise<StepOk> {
    return parseStepOk(await this.ask(Frame.STEP, stepPayload(untilPs, tlps), Frame.STEP_OK));
  }

  async reset(kind: 0 | 1): Promise<void> {
    await this.ask(Frame.RESET, Uint8Array.of(kind), Frame.RESET_OK);
  }

  /** BYE, its answer, and the end of the process. */
  async bye(): Promise<Ended> {
    await this.ask(Frame.BYE, undefined, Frame.BYE_OK);
    if ((await this.next()) !== 'end') throw new Error('a frame after the answer to BYE');
    return this.ended;
  }

  /** The text of FATAL, after which the stream is to end, and the exit status 1. */
  async fatal(): Promise<string> {
    const got = await this.next();
    if (got === 'end') throw new Error(`the stream ended without FATAL: ${this.stderr}`);
    if (got.type !== Frame.FATAL) throw new Error(`frame 0x${got.type.toString(16)}, not FATAL`);
    if ((await this.next()) !== 'end') throw new Error('a frame after FATAL');
    this.output?.end();
    const { code, stderr } = await this.ended;
    const text = got.payload.toString();
    if (code !== 1) throw new Error(`exit status ${code} after FATAL`);
    if (!stderr.includes(`FATAL: ${text}`)) throw new Error(`standard error lacks '${text}'`);
    return text;
  }

  /** Ends the stream without BYE. */
  hangUp(): Promise<Ended> {
    this.output?.end();
    return this.ended;
  }

  /** Nobody reads what the device says any more. */
  closeInput(): void {
    this.process.stdout?.destroy();
  }

  kill(): void {
    this.process.kill('SIGKILL');
  }

  private attach(output: Writable, input: Readable): void {
    this.output = output;
    // The device may go away while something is being written to it; the tests look at what it said.
    output.on('error', () => undefined);
    input.on('data', (piece: Buffer) => {
      this.received = Buffer.concat([this.received, piece]);
      this.wake();
    });
    const end = (): void => {
      this.isEnded = true;
      this.wake();
    };
    input.on('end', end);
    input.on('error', end);
    input.on('close', end);
  }

  /** Connects to the address that the device says on its standard error. */
  private async connectTo(): Promise<void> {
    const said = /listening on (?:unix:(.+)|tcp:127\.0\.0\.1:(\d+))\n/;
    while (!said.test(this.stderr)) await this.waitForMore('a listening device');
    const [, path, port] = said.exec(this.stderr) ?? [];
    const socket = path === undefined ? connect(Number(port), '127.0.0.1') : connect(path);
    this.attach(socket, socket);
    await new Promise((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
  }

  private takeFrame(): RawFrame | undefined {
    if (this.received.length < 5) return undefined;
    const end = 4 + this.received.readUInt32LE(0);
    if (this.received.length < end) return undefined;
    const found = { type: this.received[4], payload: this.received.subarray(5, end) };
    this.received = this.received.subarray(end);
    return found;
  }

  private async waitForMore(what: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const limit = setTimeout(() => {
        this.kill();
        reject(new Error(`no ${what} within ${ANSWER_MS} ms: ${this.stderr}`));
      }, ANSWER_MS);
      this.wake = () => {
        clearTimeout(limit);
        resolve();
      };
    });
    this.wake = () => undefined;
  }
}
