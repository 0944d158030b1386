// A device in the same process as a peer of the DUT protocol, behind the session that `ridgeline serve-device` puts in front of
// it. The built-in reference device is looked at through it, and tests plant mistakes in what it answers. Source: DUT protocol.
import { DeviceSession } from '#dut/device-session';
import type { DutPort } from '#dut/dut-port';
import { FRAME_LENGTH_MAX } from '#dut/frame';
import type { DeviceStream, Received } from './device-stream.ts';
import { encodeFrame, FrameReader, type Frame } from './frames.ts';

/** What a mistake planted by a test does to one exchange: the frames that go out in place of the right one. */
export type Tamper = (answer: Frame, request: Frame) => readonly Frame[];

type End = Extract<Received, { kind: 'end' }>;

const CLEAN: End = { kind: 'end', how: 'exit status 0', isClean: true, detail: '' };
const FAILED: End = { kind: 'end', how: 'exit status 1', isClean: false, detail: '' };
const NO_FRAME: Frame = { type: 0, payload: new Uint8Array(0) };

export interface ServedOptions {
  readonly tamper?: Tamper;
  /** How the stream ends after BYE. Default: exit status 0. */
  readonly endAfterBye?: End;
}

export class ServedStream implements DeviceStream {
  private readonly session: DeviceSession;
  private readonly options: ServedOptions;
  private readonly reader = new FrameReader();
  private readonly out: Uint8Array[] = [];
  private end: End | undefined;

  /** @param device one that answers at once, before its HELLO. */
  constructor(device: DutPort, options: ServedOptions = {}) {
    this.session = new DeviceSession(device);
    this.options = options;
  }

  send(bytes: Uint8Array): void {
    this.reader.add(bytes);
    while (this.end === undefined) {
      const length = this.reader.nextLength;
      if (length !== undefined && (length === 0 || length > FRAME_LENGTH_MAX)) {
        this.exchange(this.reader.takeRest(), NO_FRAME);
        return;
      }
      const request = this.reader.take();
      if (request === undefined) return;
      this.exchange(encodeFrame(request.type, request.payload), request);
    }
  }

  endInput(): void {
    this.end ??= CLEAN;
  }

  close(): void {
    this.end ??= CLEAN;
  }

  /** Everything happens at once here. */
  expectAnswer(): void {
    // No limit begins.
  }

  receive(): Received {
    const bytes = this.out.shift();
    if (bytes !== undefined) return { kind: 'bytes', bytes };
    const detail = 'nothing is left to do in this process';
    return this.end ?? { kind: 'silence', how: 'at all', detail };
  }

  /** Gives the bytes of one frame to the session, and puts out what it answers. */
  private exchange(bytes: Uint8Array, request: Frame): void {
    const { session, options } = this;
    const { tamper = (answer: Frame) => [answer], endAfterBye = CLEAN } = options;
    try {
      session.receive(bytes, (frame) => {
        const answer = { type: frame[4], payload: frame.slice(5) };
        for (const { type, payload } of tamper(answer, request)) {
          this.out.push(encodeFrame(type, payload));
        }
      });
    } catch (error) {
      const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.end = { ...FAILED, detail };
      return;
    }
    if (session.end === undefined) return;
    this.end = session.end.kind === 'bye' ? endAfterBye : FAILED;
  }
}
