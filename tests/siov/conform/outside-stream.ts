// A device in another process or at a socket, pulled byte by byte within a limit of wall-clock time. Source: DUT protocol,
// "Transport" and the table of bad devices.
import type { ByteChannel, ChannelEnd, OpenChannel } from '#dut/byte-channel';
import type { DeviceStream, Received } from './device-stream.ts';

/** A killed process has gone by then. */
const CLOSE_MS = 6000;

export class OutsideStream implements DeviceStream {
  private readonly channel: ByteChannel;
  private readonly limitMs: number;
  private readonly chunks: Uint8Array[] = [];
  private end: ChannelEnd | undefined;
  private wake: () => void = () => undefined;

  /** Starts the device, or connects to it. */
  constructor(open: OpenChannel, limitSeconds: number) {
    this.limitMs = limitSeconds * 1000;
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

  async receive(): Promise<Received> {
    if (this.chunks.length === 0 && this.end === undefined) await this.wait(this.limitMs);
    const bytes = this.chunks.shift();
    if (bytes !== undefined) return { kind: 'bytes', bytes };
    if (this.end === undefined) return { kind: 'silence', detail: '' };
    const { how, isClean, standardError } = this.end;
    return { kind: 'end', how, isClean, detail: standardError };
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
