/**
 * Counts of any size as rows of 32-bit words, the lowest first, in one array: what tables of counts are made of. A bigint for each entry
 * would take several times the room and the time.
 */
import type { RandomStream } from '#random/random-stream';

const TWO_32 = 0x1_0000_0000;

/** A count, or a number below one. */
export type Words = Uint32Array<ArrayBuffer>;

/** Words that hold a count. */
export function widthOf(count: bigint): number {
  return Math.max(1, Math.ceil(count.toString(16).length / 8));
}

export function toBigint(words: Words, from: number, width: number): bigint {
  let value = 0n;
  for (let i = from + width - 1; i >= from; i--) value = (value << 32n) | BigInt(words[i]);
  return value;
}

/** Whether the row that begins at `from` is greater than a number of at least as many words. */
export function isAbove(rows: Words, from: number, width: number, value: Words): boolean {
  for (let i = value.length - 1; i >= width; i--) if (value[i] !== 0) return false;
  for (let i = width - 1; i >= 0; i--) {
    const difference = rows[from + i] - value[i];
    if (difference !== 0) return difference > 0;
  }
  return false;
}

/** Adds a row to a number, which does not overflow. */
export function addRow(value: Words, rows: Words, from: number, width: number): void {
  let carry = 0;
  for (let i = 0; i < value.length; i++) {
    const sum = value[i] + (i < width ? rows[from + i] : 0) + carry;
    value[i] = sum;
    carry = sum >= TWO_32 ? 1 : 0;
    if (carry === 0 && i >= width) return;
  }
}

/** Takes a row from a number, which is at least as great. */
export function subtractRow(value: Words, rows: Words, from: number, width: number): void {
  let borrow = 0;
  for (let i = 0; i < value.length; i++) {
    const difference = value[i] - (i < width ? rows[from + i] : 0) - borrow;
    value[i] = difference;
    borrow = difference < 0 ? 1 : 0;
    if (borrow === 0 && i >= width) return;
  }
}

/** Multiplies by an integer of at most 20 bits, without overflow. */
export function multiply(value: Words, by: number): void {
  let carry = 0;
  for (let i = 0; i < value.length; i++) {
    const product = value[i] * by + carry;
    carry = Math.floor(product / TWO_32);
    value[i] = product - carry * TWO_32;
  }
}

/** Divides by an integer of at most 20 bits. @returns the remainder. */
export function divide(value: Words, by: number): number {
  let rest = 0;
  for (let i = value.length - 1; i >= 0; i--) {
    const part = rest * TWO_32 + value[i];
    const quotient = Math.floor(part / by);
    value[i] = quotient;
    rest = part - quotient * by;
  }
  return rest;
}

/** Uniform from 0 to one below a count, which is above 0, by rejection. */
export function drawBelow(count: Words, value: Words, stream: RandomStream): void {
  let top = count.length - 1;
  while (count[top] === 0) top--;
  const mask = 0xffff_ffff >>> Math.clz32(count[top]);
  value.fill(0);
  do {
    for (let i = top; i >= 0; i--) value[i] = stream.uint32();
    value[top] &= mask;
  } while (!isAbove(count, 0, count.length, value));
}
