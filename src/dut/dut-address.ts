// Where a device outside of this process is: `exec:COMMAND`, `unix:PATH`, `tcp:HOST:PORT`. Source: DUT protocol, Transport.
import { UsageError } from '#base/assert';

export type DutAddress =
  | { readonly kind: 'exec'; readonly command: string }
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

const PORT_MAX = 65_535;
const FORMS = "exec:'COMMAND', unix:PATH or tcp:HOST:PORT";

/**
 * Reads an address as `--dut` takes it.
 * @param option named in messages.
 * @throws UsageError `bad-dut` when it is none.
 */
export function parseDutAddress(text: string, option = '--dut'): DutAddress {
  const colon = text.indexOf(':');
  const kind = colon < 0 ? text : text.slice(0, colon);
  const rest = colon < 0 ? '' : text.slice(colon + 1);
  switch (kind) {
    case 'exec':
      if (rest.trim() === '') throw bad(option, text, 'a command line follows exec:');
      return { kind, command: rest };
    case 'unix':
      if (rest === '') throw bad(option, text, 'the path of a socket follows unix:');
      return { kind, path: rest };
    case 'tcp':
      return { kind, ...hostAndPort(option, text, rest) };
    default:
      throw bad(option, text, `an address begins with exec:, unix: or tcp:`);
  }
}

function hostAndPort(
  option: string,
  text: string,
  rest: string,
): { readonly host: string; readonly port: number } {
  const colon = rest.lastIndexOf(':');
  const host = colon < 0 ? '127.0.0.1' : rest.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
  const digits = rest.slice(colon + 1);
  const port = Number(digits);
  if (!/^\d+$/.test(digits) || port < 1 || port > PORT_MAX) {
    throw bad(option, text, `a port of 1..${PORT_MAX} follows tcp:HOST:, not '${digits}'`);
  }
  if (host === '') throw bad(option, text, 'the host is empty');
  return { host, port };
}

function bad(option: string, text: string, why: string): UsageError {
  return new UsageError('bad-dut', `${option} '${text}': ${why}`, {
    hint: `A device is ${FORMS}.`,
  });
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
