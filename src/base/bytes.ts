// Reading and writing integers in byte arrays, both byte orders, without DataView objects: these run per TLP.
import { UsageError } from './assert.ts';

export function readU16Be(bytes: Uint8Array, offset: number): number {
  return (bytes[offset] << 8) | bytes[offset + 1];
}

export function readU32Be(bytes: Uint8Array, offset: number): number {
  return (
    ((bytes[offset] << 24) |
      (bytes[offset + 1] << 16) |
      (bytes[offset + 2] << 8) |
      bytes[offset + 3]) >>>
    0
  );
}

export function writeU16Be(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 8;
  bytes[offset + 1] = value;
}

export function writeU32Be(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 24;
  bytes[offset + 1] = value >>> 16;
  bytes[offset + 2] = value >>> 8;
  bytes[offset + 3] = value;
}

export function readU16Le(bytes: Uint8Array, offset: number): number {
  return bytes[offset] | (bytes[offset + 1] << 8);
}

export function readU32Le(bytes: Uint8Array, offset: number): number {
  return (
    (bytes[offset] |
      (bytes[offset + 1] << 8) |
      (bytes[offset + 2] << 16) |
      (bytes[offset + 3] << 24)) >>>
    0
  );
}

export function writeU16Le(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value;
  bytes[offset + 1] = value >>> 8;
}

export function writeU32Le(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value;
  bytes[offset + 1] = value >>> 8;
  bytes[offset + 2] = value >>> 16;
  bytes[offset + 3] = value >>> 24;
}

/** A 64-bit little-endian value as a number: exact below 2^53, rounded above. */
export function readU64Le(bytes: Uint8Array, offset: number): number {
  return readU32Le(bytes, offset) + readU32Le(bytes, offset + 4) * 0x1_0000_0000;
}

/** Writes an integer 0..2^53-1 as 64 bits, little-endian. */
export function writeU64Le(bytes: Uint8Array, offset: number, value: number): void {
  writeU32Le(bytes, offset, value >>> 0);
  writeU32Le(bytes, offset + 4, Math.floor(value / 0x1_0000_0000));
}

const HEX_PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Lower-case hexadecimal, two digits a byte, without separators. */
export function bytesToHex(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i++) text += HEX_PAIRS[bytes[i]];
  return text;
}

/** @throws UsageError `bad-hex` when the text is not an even number of hexadecimal digits. */
export function hexToBytes(text: string): Uint8Array {
  const odd = /[^0-9a-fA-F]/.exec(text);
  if (odd !== null) {
    throw new UsageError(
      'bad-hex',
      `expected hexadecimal digits, got '${odd[0]}' at position ${odd.index}`,
    );
  }
  if (text.length % 2 !== 0) {
    throw new UsageError(
      'bad-hex',
      `expected an even number of hexadecimal digits, got ${text.length}`,
    );
  }
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

export function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
