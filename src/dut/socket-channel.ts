// A device that listens on a socket. Source: DUT protocol, Transport. One that is just starting is tried again for a while.
import { connect, type Socket } from 'node:net';
import type { ByteChannel, ChannelEvents } from './byte-channel.ts';

/** Time for which nobody listens is taken for a device that is just starting, ms. */
const CONNECT_MS = 5000;
const RETRY_MS = 50;
const NOBODY_LISTENS = new Set(['ECONNREFUSED', 'ENOENT', 'EAGAIN']);

export type SocketPlace =
  { readonly path: string } | { readonly host: string; readonly port: number };

export class SocketChannel implements ByteChannel {
  private readonly place: SocketPlace;
  private readonly events: ChannelEvents;
  private readonly deadlineMs = Date.now() + CONNECT_MS;
  private socket: Socket;
  private timer: NodeJS.Timeout | undefined;
  private isConnected = false;
  private hasEnded = false;

  constructor(place: SocketPlace, events: ChannelEvents) {
    this.place = place;
    this.events = events;
    this.socket = this.open();
  }

  /** What is written before the connection is there is sent then. */
  write(bytes: Uint8Array): void {
    if (this.isConnected) this.socket.write(bytes);
    else this.early.push(bytes.slice());
  }

  private readonly early: Uint8Array[] = [];

  end(): void {
    this.socket.end();
  }

  kill(): void {
    clearTimeout(this.timer);
    this.socket.destroy();
    this.finish('the connection was closed from here', false);
  }

  private open(): Socket {
    const socket = connect(this.place);
    socket.setNoDelay(true);
    let error: NodeJS.ErrnoException | undefined;
    socket.on('connect', () => {
      this.isConnected = true;
      for (const bytes of this.early) socket.write(bytes);
      this.early.length = 0;
    });
    socket.on('data', (chunk: Uint8Array) => this.events.onData(chunk));
    socket.on('error', (cause: NodeJS.ErrnoException) => (error = cause));
    socket.on('close', () => this.closed(error));
    return socket;
  }

  private closed(error: NodeJS.ErrnoException | undefined): void {
    if (this.hasEnded) return;
    const { code = '', message = '' } = error ?? {};
    if (!this.isConnected && NOBODY_LISTENS.has(code) && Date.now() < this.deadlineMs) {
      this.timer = setTimeout(() => (this.socket = this.open()), RETRY_MS);
      return;
    }
    const how = error === undefined ? 'the connection ended' : `the connection failed: ${message}`;
    this.finish(how, error === undefined);
  }

  private finish(how: string, isClean: boolean): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.events.onEnd({ how, isClean, standardError: '' });
  }
}
