// Values of 64 bits in two halves, against BigInt.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  andWord,
  byteOf,
  isZero,
  lanesWord,
  maskWord,
  mergeWords,
  notWord,
  numberOf,
  orWord,
  sameWord,
  shiftLeft,
  shiftRight,
  valueOf,
  wordOf,
  wordText,
  xorWord,
  type Word,
} from '#uvm/registers/word';

const MASK = (1n << 64n) - 1n;
const big = ({ low, high }: Word): bigint => (BigInt(high) << 32n) | BigInt(low);
const word = fc
  .tuple(fc.integer({ min: 0, max: 0xffff_ffff }), fc.integer({ min: 0, max: 0xffff_ffff }))
  .map(([low, high]) => ({ low, high }));
const count = fc.integer({ min: 0, max: 64 });

describe('a word', () => {
  it('is shifted, masked and merged as 64 bits are', () => {
    fc.assert(
      fc.property(word, word, word, count, (a, b, mask, n) => {
        expect(big(shiftLeft(a, n))).toBe((big(a) << BigInt(n)) & MASK);
        expect(big(shiftRight(a, n))).toBe(big(a) >> BigInt(n));
        expect(big(andWord(a, b))).toBe(big(a) & big(b));
        expect(big(orWord(a, b))).toBe(big(a) | big(b));
        expect(big(xorWord(a, b))).toBe(big(a) ^ big(b));
        expect(big(notWord(a))).toBe(~big(a) & MASK);
        expect(big(mergeWords(a, b, mask))).toBe((big(a) & ~big(mask)) | (big(b) & big(mask)));
        expect(sameWord(a, b)).toBe(big(a) === big(b));
        expect(isZero(a)).toBe(big(a) === 0n);
        for (let i = 0; i < 8; i++) {
          expect(BigInt(byteOf(a, i))).toBe((big(a) >> BigInt(8 * i)) & 0xffn);
        }
      }),
    );
  });

  it('makes masks of any width at any place', () => {
    fc.assert(
      fc.property(count, count, (width, lsb) => {
        expect(big(maskWord(width, lsb))).toBe(
          (((1n << BigInt(width)) - 1n) << BigInt(lsb)) & MASK,
        );
      }),
    );
    expect(lanesWord(0b1000_0101)).toEqual({ low: 0x00ff_00ff, high: 0xff00_0000 });
  });

  it('is a number wherever that is exact', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (value) => {
        expect(numberOf(wordOf(value))).toBe(value);
        expect(valueOf(wordOf(value))).toBe(value);
      }),
    );
    const wide = { low: 0, high: 0x20_0000 };
    expect(valueOf(wide)).toBe(wide);
    expect(() => numberOf(wide)).toThrow('0x20000000000000 is no exact number');
    expect(wordText(wide, 64)).toBe('0x0020000000000000');
    expect(wordText(wordOf(5), 12)).toBe('0x005');
  });

  it('takes nothing but unsigned integers', () => {
    for (const bad of [-1, 0.5, Number.NaN, 2 ** 53]) {
      expect(() => wordOf(bad)).toThrow(`${bad} is no register value`);
    }
    expect(() => wordOf({ low: 2 ** 32, high: 0 })).toThrow('is no register value');
  });
});
