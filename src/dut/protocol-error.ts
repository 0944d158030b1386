// A frame that breaks the DUT protocol, with the bytes that do. Source: DUT protocol, Transport and "bad device"; issue "any
// device": a clear ERROR that shows the offending bytes.

const SHOWN_BYTES = 64;
const LINE_BYTES = 16;

/** What the other side sent is not the DUT protocol. */
export class ProtocolError extends Error {
  /** The bytes concerned, in hexadecimal and as text, one line for each sixteen; empty when there are none to show. */
  readonly dump: string;

  constructor(message: string, bytes: Uint8Array = new Uint8Array(0)) {
    super(message);
    this.name = 'ProtocolError';
    this.dump = hexDump(bytes);
  }
}

/** The first bytes in hexadecimal and as text: `0000  48 65 6c 6c 6f  Hello`. */
export function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < Math.min(bytes.length, SHOWN_BYTES); at += LINE_BYTES) {
    const row = [...bytes.subarray(at, Math.min(at + LINE_BYTES, SHOWN_BYTES))];
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = row.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.'));
    lines.push(
      `${at.toString(16).padStart(4, '0')}  ${hex.padEnd(LINE_BYTES * 3 - 1)}  ${text.join('')}`,
    );
  }
  if (bytes.length > SHOWN_BYTES) lines.push(`… ${bytes.length} bytes in all`);
  return lines.join('\n');
}
