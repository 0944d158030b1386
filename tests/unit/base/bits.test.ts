// Bit fields and alignment, against BigInt arithmetic.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  alignDown,
  alignUp,
  bitField,
  hex,
  isPowerOfTwo,
  popCount,
  roundUpToPowerOfTwo,
  withBits,
} from '#base/bits';

const u32 = fc.nat(0xffff_ffff);
const field = fc
  .tuple(fc.nat(31), fc.nat(31))
  .map(([a, b]) => [Math.max(a, b), Math.min(a, b)] as const);
const SEED = { seed: 1 };

describe('bit fields', () => {
  it('are what BigInt says, up to all 32 bits', () => {
    fc.assert(
      fc.property(u32, field, (value, [high, low]) => {
        const mask = (1n << BigInt(high - low + 1)) - 1n;
        expect(bitField(value, high, low)).toBe(Number((BigInt(value) >> BigInt(low)) & mask));
      }),
      SEED,
    );
    expect(bitField(0xffff_ffff, 31, 0)).toBe(0xffff_ffff);
  });

  it('are replaced without touching their neighbours; excess bits are cut', () => {
    fc.assert(
      fc.property(u32, field, u32, (value, [high, low], bits) => {
        const mask = ((1n << BigInt(high - low + 1)) - 1n) << BigInt(low);
        const expected = (BigInt(value) & ~mask) | ((BigInt(bits) << BigInt(low)) & mask);
        expect(withBits(value, high, low, bits)).toBe(Number(expected));
      }),
      SEED,
    );
  });

  it('ones are counted', () => {
    fc.assert(
      fc.property(u32, (value) => popCount(value) === value.toString(2).replaceAll('0', '').length),
      SEED,
    );
  });
});

describe('powers of two and alignment', () => {
  it('every power below 2^53, and nothing else near it', () => {
    for (let n = 0; n < 53; n++) {
      expect(isPowerOfTwo(2 ** n)).toBe(true);
      if (n > 1)
        expect([isPowerOfTwo(2 ** n - 1), isPowerOfTwo(2 ** n + 1)]).toEqual([false, false]);
    }
    for (const other of [0, -1, -2, 0.5, 3, Infinity, NaN]) expect(isPowerOfTwo(other)).toBe(false);
  });

  it('rounds up to a power of two', () => {
    expect([1, 2, 3, 4097].map(roundUpToPowerOfTwo)).toEqual([1, 2, 4, 8192]);
    expect(() => roundUpToPowerOfTwo(0)).toThrow();
  });

  it('aligns exactly beyond 32 bits', () => {
    const value = fc.nat(2 ** 52);
    const alignment = fc.nat(20).map((n) => 2 ** n);
    fc.assert(
      fc.property(value, alignment, (n, a) => {
        const down = alignDown(n, a);
        const up = alignUp(n, a);
        expect(down % a).toBe(0);
        expect(up % a).toBe(0);
        expect(n - down).toBeLessThan(a);
        expect(up - n).toBeLessThan(a);
        expect(down <= n && n <= up).toBe(true);
      }),
      SEED,
    );
  });
});

describe('hex', () => {
  it('has a prefix and at least the digits asked for', () => {
    expect([hex(0), hex(255), hex(10, 4), hex(2 ** 52)]).toEqual([
      '0x0',
      '0xff',
      '0x000a',
      '0x10000000000000',
    ]);
  });
});
