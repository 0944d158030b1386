// A device in another process or at a socket, pulled within a limit of wall-clock time for each whole answer. Source: DUT protocol,
// "Transport" and the table of bad devices.
import type { ByteChannel, ChannelEnd, OpenChannel } from '#dut/byte-channel';
import type { DeviceStream, Received } from './device-stream.ts';

/** A killed process has gone by then. */
const CLOSE_MS = 6000;

export class OutsideStream implements DeviceStream {
  private readonly channel: ByteChannel;
  private readonly limitSeconds: number;
  private deadlineMs = 0;
  private readonly chunks: Uint8Array[] = [];
  private end: ChannelEnd | undefined;
  private wake: () => void = () => undefined;

  /** Starts the device, or connects to it. */
  constructor(open: OpenChannel, limitSeconds: number) {
    this.limitSeconds = limitSeconds;
    this.expectAnswer();
    this.channel = open({
      onData: (chunk) => {
        this.chunks.push(chunk);
        this.wake();
      },
      onEnd: (end) => {
        this.end = end;
        this.wake();
      },
    });
  }

  send(bytes: Uint8Array): void {
    if (this.end === undefined) this.channel.write(bytes);
  }

  endInput(): void {
    if (this.end === undefined) this.channel.end();
  }

  expectAnswer(): void {
    this.deadlineMs = performance.now() + this.limitSeconds * 1000;
  }

  async receive(): Promise<Received> {
    const leftMs = this.deadlineMs - performance.now();
    // What keeps coming without ever being an answer does not put the end off.
    if (leftMs <= 0 && this.end === undefined) return this.silence();
    if (this.chunks.length === 0 && this.end === undefined) await this.wait(leftMs);
    const bytes = this.chunks.shift();
    if (bytes !== undefined) return { kind: 'bytes', bytes };
    if (this.end === undefined) return this.silence();
    const { how, isClean, standardError } = this.end;
    return { kind: 'end', how, isClean, detail: standardError };
  }

  private silence(): Received {
    return { kind: 'silence', how: `within ${this.limitSeconds} s (--dut-timeout)`, detail: '' };
  }

  async close(): Promise<void> {
    this.channel.kill();
    if (this.end === undefined) await this.wait(CLOSE_MS);
  }

  /** Until something comes, the stream ends, or the time is over. */
  private wait(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, limitMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
