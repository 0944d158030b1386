// Where a device outside of this process is: `exec:COMMAND`, `unix:PATH`, `tcp:HOST:PORT`; and where one is served. Source: DUT
// protocol, Transport.
import { UsageError } from '#base/assert';

export type DutAddress = { readonly kind: 'exec'; readonly command: string } | ListeningAddress;

/** Where a device listens. */
export type ListeningAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

const PORT_MAX = 65_535;
const LOOPBACK = '127.0.0.1';
const FORMS = "A device is exec:'COMMAND', unix:PATH or tcp:HOST:PORT.";
const PLACES =
  'A device is served on stdio, unix:PATH or tcp:PORT (tcp:HOST:PORT for another host than 127.0.0.1).';

/** What an address is read for: words of its messages, and whether port 0 (any that is free) makes sense. */
interface AddressUse {
  readonly option: string;
  readonly hint: string;
  readonly portMin: 0 | 1;
}

/**
 * Reads an address as `--dut` takes it.
 * @throws UsageError `bad-dut` when it is none.
 */
export function parseDutAddress(text: string): DutAddress {
  const use: AddressUse = { option: '--dut', hint: FORMS, portMin: 1 };
  const { kind, rest } = parted(text);
  if (kind === 'exec') {
    if (rest.trim() === '') throw bad(use, text, 'a command line follows exec:');
    return { kind, command: rest };
  }
  const address = listening(use, text);
  if (address !== undefined) return address;
  throw bad(use, text, 'an address begins with exec:, unix: or tcp:');
}

/**
 * Reads where `serve-device` is to listen; port 0 is any that is free.
 * @throws UsageError `bad-dut` when it is no socket.
 */
export function parseServePlace(text: string): ListeningAddress {
  const use: AddressUse = { option: 'serve-device', hint: PLACES, portMin: 0 };
  const place = listening(use, text);
  if (place !== undefined) return place;
  throw bad(use, text, 'a place is stdio, or begins with unix: or tcp:');
}

/** Kind and what follows its colon. */
function parted(text: string): { readonly kind: string; readonly rest: string } {
  const colon = text.indexOf(':');
  if (colon < 0) return { kind: text, rest: '' };
  return { kind: text.slice(0, colon), rest: text.slice(colon + 1) };
}

/** Undefined for what is no socket. */
function listening(use: AddressUse, text: string): ListeningAddress | undefined {
  const { kind, rest } = parted(text);
  if (kind === 'tcp') return { kind, ...hostAndPort(use, text, rest) };
  if (kind !== 'unix') return undefined;
  if (rest === '') throw bad(use, text, 'the path of a socket follows unix:');
  return { kind, path: rest };
}

function hostAndPort(
  use: AddressUse,
  text: string,
  rest: string,
): { readonly host: string; readonly port: number } {
  if (/[[\]]|:.*:/.test(rest)) return bracketedAndPort(use, text, rest);
  const colon = rest.indexOf(':');
  const host = colon < 0 ? LOOPBACK : rest.slice(0, colon);
  if (host === '') throw bad(use, text, 'the host is empty');
  return { host, port: portOf(use, text, rest.slice(colon + 1)) };
}

/** An IPv6 address has colons of its own. */
function bracketedAndPort(
  use: AddressUse,
  text: string,
  rest: string,
): { readonly host: string; readonly port: number } {
  const parts = /^\[([^[\]]+)\]:([^:]*)$/.exec(rest);
  if (parts === null) {
    throw bad(
      use,
      text,
      'an IPv6 address stands in brackets, with the port behind them: tcp:[::1]:4711',
    );
  }
  return { host: parts[1], port: portOf(use, text, parts[2]) };
}

function portOf(use: AddressUse, text: string, digits: string): number {
  const port = Number(digits);
  if (/^\d+$/.test(digits) && port >= use.portMin && port <= PORT_MAX) return port;
  throw bad(use, text, `a port of ${use.portMin}..${PORT_MAX} follows tcp:HOST:, not '${digits}'`);
}

function bad({ option, hint }: AddressUse, text: string, why: string): UsageError {
  return new UsageError('bad-dut', `${option} '${text}': ${why}`, { hint });
}

/** The address as `parseDutAddress` reads it, for messages. */
export function dutAddressText(address: DutAddress): string {
  switch (address.kind) {
    case 'exec':
      return `exec:${address.command}`;
    case 'unix':
      return `unix:${address.path}`;
    case 'tcp':
      return `tcp:${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
  }
}
