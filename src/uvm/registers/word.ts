// Values of registers up to 64 bits as two unsigned 32-bit halves: no BigInt, and exact. Whoever has registers of at most 53
// bits never meets them: plain numbers are taken everywhere, and given wherever they are exact.
// Source: IEEE 1800.2 clause 18 (uvm_reg_data_t); design decision 10 (numbers, not BigInt).
import { UsageError } from '#base/assert';

/** 64 bits as two unsigned 32-bit halves. */
export interface Word {
  /** Bits 31:0. */
  readonly low: number;
  /** Bits 63:32. */
  readonly high: number;
}

/** What is taken where a value is wanted: an unsigned integer below 2^53, or both halves. */
export type Value = number | Word;

const HALF = 0x1_0000_0000;
const ALL = 0xffff_ffff;

export const ZERO: Word = Object.freeze({ low: 0, high: 0 });

/** Both halves of a value. @throws UsageError `bad-value` for anything but unsigned integers. */
export function wordOf(value: Value): Word {
  if (typeof value !== 'number') {
    if (isHalf(value.low) && isHalf(value.high)) return value;
    throw badValue(`{ low: ${value.low}, high: ${value.high} }`);
  }
  if (!Number.isSafeInteger(value) || value < 0) throw badValue(String(value));
  return { low: value % HALF, high: Math.floor(value / HALF) };
}

/** The value as a number. @throws UsageError `wide-value` at 2^53 and above: read the halves instead. */
export function numberOf(word: Word): number {
  if (word.high >= 0x20_0000) {
    throw new UsageError('wide-value', `${wordText(word)} is no exact number`, {
      hint: 'Values from 2^53 on are read as halves: getWord(), result.word.',
    });
  }
  return word.high * HALF + word.low;
}

/** The value as a number where it is exact, both halves otherwise. */
export function valueOf(word: Word): Value {
  return word.high < 0x20_0000 ? word.high * HALF + word.low : word;
}

/** `width` ones (0..64) from bit `lsb` on. */
export function maskWord(width: number, lsb = 0): Word {
  const low = halfMask(width);
  const high = halfMask(width - 32);
  return shiftLeft({ low, high }, lsb);
}

/** Applies an operation on 32-bit halves to both halves. */
export function mapWord(
  a: Word,
  b: Word,
  operation: (a: number, b: number) => number,
): { low: number; high: number } {
  return { low: operation(a.low, b.low) >>> 0, high: operation(a.high, b.high) >>> 0 };
}

export const andWord = (a: Word, b: Word): Word => mapWord(a, b, (x, y) => x & y);
export const orWord = (a: Word, b: Word): Word => mapWord(a, b, (x, y) => x | y);
export const xorWord = (a: Word, b: Word): Word => mapWord(a, b, (x, y) => x ^ y);
export const notWord = (a: Word): Word => mapWord(a, a, (x) => ~x);

/** `base` with the bits of `mask` taken from `value`. */
export function mergeWords(base: Word, value: Word, mask: Word): Word {
  return {
    low: ((base.low & ~mask.low) | (value.low & mask.low)) >>> 0,
    high: ((base.high & ~mask.high) | (value.high & mask.high)) >>> 0,
  };
}

export function sameWord(a: Word, b: Word): boolean {
  return a.low === b.low && a.high === b.high;
}

export function isZero(word: Word): boolean {
  return word.low === 0 && word.high === 0;
}

export function shiftLeft(word: Word, count: number): Word {
  if (count === 0) return word;
  if (count >= 32) return { low: 0, high: count >= 64 ? 0 : (word.low << (count - 32)) >>> 0 };
  return {
    low: (word.low << count) >>> 0,
    high: ((word.high << count) | (word.low >>> (32 - count))) >>> 0,
  };
}

export function shiftRight(word: Word, count: number): Word {
  if (count === 0) return word;
  if (count >= 32) return { low: count >= 64 ? 0 : word.high >>> (count - 32), high: 0 };
  return {
    low: ((word.low >>> count) | (word.high << (32 - count))) >>> 0,
    high: word.high >>> count,
  };
}

/** Byte `index` (0..7). */
export function byteOf(word: Word, index: number): number {
  return ((index < 4 ? word.low : word.high) >>> (8 * (index & 3))) & 0xff;
}

/** Bits of a byte-lane mask (8 bits, bit 0 for byte 0) as a mask of bits. */
export function lanesWord(lanes: number): Word {
  return { low: laneMask(lanes & 0xf), high: laneMask((lanes >>> 4) & 0xf) };
}

/** Hexadecimal with 0x, for messages; `width` bits are shown in full. */
export function wordText(word: Word, width = 1): string {
  const digits = Math.ceil(width / 4);
  const low = word.low.toString(16);
  const text = word.high === 0 ? low : `${word.high.toString(16)}${low.padStart(8, '0')}`;
  return `0x${text.padStart(digits, '0')}`;
}

function laneMask(lanes: number): number {
  let mask = 0;
  for (let i = 0; i < 4; i++) if ((lanes & (1 << i)) !== 0) mask |= 0xff << (8 * i);
  return mask >>> 0;
}

function halfMask(width: number): number {
  if (width <= 0) return 0;
  return width >= 32 ? ALL : 2 ** width - 1;
}

function isHalf(half: number): boolean {
  return Number.isInteger(half) && half >= 0 && half <= ALL;
}

function badValue(text: string): UsageError {
  return new UsageError('bad-value', `${text} is no register value`, {
    hint: 'An unsigned integer below 2^53, or { low, high } with 32 bits each.',
  });
}
