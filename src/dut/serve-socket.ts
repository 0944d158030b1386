// Serves devices on a socket: each connection gets a device of its own. Source: DUT protocol, Transport.
import { createServer, type Server, type Socket } from 'node:net';
import { DeviceSession, type SessionEnd } from './device-session.ts';
import type { DutPort } from './dut-port.ts';
import type { SocketPlace } from './socket-channel.ts';

export interface SocketService {
  /** A fresh device for each connection. */
  readonly device: () => DutPort;
  /** Ends after the first session. */
  readonly once: boolean;
  /** Called when connections are accepted. */
  readonly onListening: (server: Server) => void;
  /** What went wrong with one connection, one line. */
  readonly onTrouble: (text: string) => void;
}

/** Serves until the process ends, or with `once` until the first session is over. @throws Error when it cannot listen. */
export function serveSocket(place: SocketPlace, service: SocketService): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      if (service.once) server.close();
      serve(socket, service);
    });
    server.on('error', reject);
    server.on('close', () => resolve());
    server.listen(place, () => service.onListening(server));
  });
}

function serve(socket: Socket, { device, onTrouble }: SocketService): void {
  const session = new DeviceSession(device());
  socket.setNoDelay(true);
  socket.on('error', (error) => onTrouble(error.message));
  socket.on('data', (chunk: Uint8Array) => {
    if (session.end !== undefined) return;
    try {
      // The frame is a view that is used again, and a socket may keep it.
      session.receive(chunk, (frame) => socket.write(frame.slice()));
    } catch (error) {
      onTrouble(error instanceof Error ? (error.stack ?? error.message) : String(error));
      socket.destroy();
      return;
    }
    const end = endOf(session);
    if (end === undefined) return;
    if (end.kind === 'fatal') onTrouble(`FATAL: ${end.text}`);
    socket.end();
  });
}

/** Frames change it behind the compiler's back. */
function endOf(session: DeviceSession): SessionEnd | undefined {
  return session.end;
}
