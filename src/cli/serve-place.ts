// Where `serve-device` listens: whether the place is free, what to do when it is not or cannot be listened at, and that no socket
// file stays behind. Source: DUT protocol, Transport.
import { existsSync, rmSync, statSync } from 'node:fs';
import { connect, type AddressInfo, type Server } from 'node:net';
import { dirname, resolve } from 'node:path';
import { UsageError } from '#base/assert';
import { dutAddressText, type ListeningAddress } from '#dut/dut-address';

const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Longest path of a socket on every system that this runs on, bytes; a longer one would be cut off silently. */
const PATH_BYTES_MAX = 103;
const ANY_PORT = 'take another port; tcp:0 takes one that is free.';
const ANY_PATH =
  'Take a path in a folder that is there and that you may write to: unix:/tmp/dut.sock.';

type Reason = readonly [why: string, whatToDo: string];

/**
 * Makes a path free: a socket file that nobody listens on any more is removed; anything else is not touched.
 * @throws UsageError `bad-dut`: no such folder, a path that is too long, or one that is in use.
 */
export async function freePlace(place: ListeningAddress, cwd: string): Promise<void> {
  if (place.kind === 'tcp') return;
  const path = resolve(cwd, place.path);
  const length = Buffer.byteLength(place.path);
  if (length > PATH_BYTES_MAX) {
    const why = `the path of a socket has at most ${PATH_BYTES_MAX} bytes, this one has ${length}`;
    throw refusal(place, [why, 'Take a shorter one, or one that begins at another folder.']);
  }
  if (!isFolder(dirname(path))) {
    throw refusal(place, [`there is no folder ${dirname(path)}`, ANY_PATH]);
  }
  if (!existsSync(path)) return;
  const there = statSync(path);
  if (!there.isSocket()) {
    const what = there.isDirectory() ? 'a folder' : 'a file that is no socket';
    throw refusal(place, [`there is ${what} at this path`, 'Take another path, or remove it.']);
  }
  if (await isListening(path)) {
    const whatToDo = 'End it, take another path, or use the device that is there.';
    throw refusal(place, ['a program listens at this path already', whatToDo]);
  }
  rmSync(path);
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

function isListening(path: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ path });
    socket.on('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.on('error', () => done(false));
  });
}

/** What the system says to a place, as the mistake of whoever named it; undefined for anything else. */
export function placeError(place: ListeningAddress, error: unknown): UsageError | undefined {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) {
    return undefined;
  }
  const reason =
    place.kind === 'tcp' ? tcpReason(place, error.code) : unixReason(place.path, error.code);
  return reason === undefined ? undefined : refusal(place, reason);
}

function tcpReason(
  { host, port }: { readonly host: string; readonly port: number },
  code: string,
): Reason | undefined {
  switch (code) {
    case 'EADDRINUSE':
      return [`a program listens on port ${port} of ${host} already`, `End it, or ${ANY_PORT}`];
    case 'EACCES':
      return [`you may not listen on port ${port}`, `Ports below 1024 are reserved: ${ANY_PORT}`];
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return [`${host} is no address of this machine`, 'tcp:PORT listens on 127.0.0.1.'];
    default:
      return undefined;
  }
}

function unixReason(path: string, code: string): Reason | undefined {
  switch (code) {
    case 'EADDRINUSE':
      return ['something is at this path already', 'Take another path, or remove it.'];
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return [`you may not write to the folder ${dirname(path)}`, ANY_PATH];
    default:
      return undefined;
  }
}

function refusal(place: ListeningAddress, [why, hint]: Reason): UsageError {
  return new UsageError('bad-dut', `serve-device '${dutAddressText(place)}': ${why}`, { hint });
}

/** Where it really listens: the port that port 0 has become. */
export function listeningText(place: ListeningAddress, server: Server): string {
  if (place.kind === 'unix') return dutAddressText(place);
  const { port } = server.address() as AddressInfo;
  return dutAddressText({ ...place, port });
}

/** On a signal that ends the command: removes the socket file, then ends by that very signal. */
export function removeAtSignal(place: ListeningAddress): void {
  if (place.kind === 'tcp') return;
  for (const signal of ENDING_SIGNALS) {
    process.once(signal, () => {
      rmSync(place.path, { force: true });
      process.kill(process.pid, signal);
    });
  }
}
