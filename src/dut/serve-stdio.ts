// Serves a device on standard input and output, the way of `exec:`. Reads and writes block: there is nothing else to do, and
// nothing is faster. Source: DUT protocol, Transport.
import { readSync, writeSync } from 'node:fs';
import { DeviceSession, type SessionEnd } from './device-session.ts';
import type { DutPort } from './dut-port.ts';

const STANDARD_INPUT = 0;
const STANDARD_OUTPUT = 1;
const CHUNK_BYTES = 256 * 1024;
/** Wait for a stream that does not block (something in this process has opened it as `process.stdin`), ms. */
const RETRY_MS = 0.05;
const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** Returns when the session is over; undefined: the stream ended without BYE. @throws what the device throws. */
export function serveStdio(device: DutPort): SessionEnd | undefined {
  const session = new DeviceSession(device);
  const buffer = new Uint8Array(CHUNK_BYTES);
  try {
    while (session.end === undefined) {
      const count = retried(() => readSync(STANDARD_INPUT, buffer));
      if (count === 0) return undefined;
      session.receive(buffer.slice(0, count), writeAll);
    }
    return session.end;
  } catch (error) {
    // Nobody is there any more to read an answer.
    if (error instanceof Error && 'code' in error && error.code === 'EPIPE') return undefined;
    throw error;
  }
}

function writeAll(bytes: Uint8Array): void {
  let at = 0;
  while (at < bytes.length) at += retried(() => writeSync(STANDARD_OUTPUT, bytes, at));
}

/** Calls again while the stream says that it would block. A pipe whose other end has gone reads as its end. */
function retried(call: () => number): number {
  for (;;) {
    try {
      return call();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF' || code === 'ECONNRESET') return 0;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(sleeper, 0, 0, RETRY_MS);
    }
  }
}
