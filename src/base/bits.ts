// Bit fields and alignment on plain numbers: 32-bit fields with `>>> 0`, sizes and addresses up to 2^53 - 1.
import { assert } from './assert.ts';

/** Bits high..low (0..31, inclusive) of a 32-bit value, right-aligned. */
export function bitField(value: number, high: number, low: number): number {
  const width = high - low + 1;
  const mask = width >= 32 ? 0xffffffff : (1 << width) - 1;
  return ((value >>> low) & mask) >>> 0;
}

/** `value` with bits high..low (0..31, inclusive) replaced by `field` (excess bits of `field` are cut). */
export function withBits(value: number, high: number, low: number, field: number): number {
  const width = high - low + 1;
  const mask = width >= 32 ? 0xffffffff : (1 << width) - 1;
  return ((value & ~(mask << low)) | ((field & mask) << low)) >>> 0;
}

/** Whether a positive integer below 2^53 is a power of two. */
export function isPowerOfTwo(value: number): boolean {
  return (
    value > 0 &&
    Number.isSafeInteger(value) &&
    Number.isInteger(Math.log2(value)) &&
    2 ** Math.log2(value) === value
  );
}

/** The smallest power of two that is at least `value` (1..2^52). */
export function roundUpToPowerOfTwo(value: number): number {
  assert(value >= 1, 'roundUpToPowerOfTwo wants a value of at least 1');
  let power = 1;
  while (power < value) power *= 2;
  return power;
}

/** `value` (below 2^53) rounded down to a multiple of `alignment` (at least 1). */
export function alignDown(value: number, alignment: number): number {
  return value - (value % alignment);
}

/** `value` (below 2^53) rounded up to a multiple of `alignment` (at least 1). */
export function alignUp(value: number, alignment: number): number {
  const rest = value % alignment;
  return rest === 0 ? value : value + alignment - rest;
}

/** Number of ones in a 32-bit value. */
export function popCount(value: number): number {
  let rest = value >>> 0;
  let count = 0;
  while (rest !== 0) {
    rest = (rest & (rest - 1)) >>> 0;
    count++;
  }
  return count;
}

/** Hexadecimal with the prefix 0x, at least `digits` digits; for values below 2^53. */
export function hex(value: number, digits = 1): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}
