// A device that listens on a socket. Source: DUT protocol, Transport. One that is just starting is tried again for a while.
import { statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import type { ByteChannel, ChannelEvents } from './byte-channel.ts';

const RETRY_MS = 50;
const NOBODY_LISTENS = new Set(['ECONNREFUSED', 'ENOENT', 'EAGAIN']);

export type SocketPlace =
  { readonly path: string } | { readonly host: string; readonly port: number };

/** What stands at a path that is no socket; undefined: nothing, or a socket. */
function notASocket(place: SocketPlace): string | undefined {
  if (!('path' in place)) return undefined;
  const stats = statSync(place.path, { throwIfNoEntry: false });
  if (stats === undefined || stats.isSocket()) return undefined;
  return `there is a ${stats.isDirectory() ? 'folder' : 'file'} at this path, and no socket`;
}

export class SocketChannel implements ByteChannel {
  private readonly place: SocketPlace;
  private readonly events: ChannelEvents;
  private readonly connectSeconds: number;
  private readonly deadlineMs: number;
  private socket: Socket;
  private timer: NodeJS.Timeout | undefined;
  private isConnected = false;
  private hasEnded = false;

  /** @param connectSeconds for so long nobody listening is taken for a device that is just starting. */
  constructor(place: SocketPlace, events: ChannelEvents, connectSeconds: number) {
    this.place = place;
    this.events = events;
    this.connectSeconds = connectSeconds;
    this.deadlineMs = Date.now() + 1000 * connectSeconds;
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
    if (this.isConnected || error === undefined) {
      const how =
        error === undefined ? 'the connection ended' : `the connection failed: ${message}`;
      this.finish(how, error === undefined);
      return;
    }
    const wrongPlace = notASocket(this.place);
    if (wrongPlace === undefined && NOBODY_LISTENS.has(code)) {
      if (Date.now() < this.deadlineMs) {
        this.timer = setTimeout(() => (this.socket = this.open()), RETRY_MS);
        return;
      }
      const tried = `in ${this.connectSeconds.toFixed(1).replace(/\.0$/, '')} s`;
      this.finish(`nobody came to listen ${tried} (${code}): is the device started?`, false);
      return;
    }
    this.finish(wrongPlace ?? `the connection failed: ${message}`, false);
  }

  private finish(how: string, isClean: boolean): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    const isReached = this.isConnected;
    this.events.onEnd({ how, isClean, isReached, standardError: '' });
  }
}
