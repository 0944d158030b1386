// Byte arrays cut from a shared buffer: empty, apart from each other, and copied exactly.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyOfBytes, freshBytes, putBytes, viewOf } from '#base/fresh-bytes';

const SEED = { seed: 1 };

describe('fresh bytes', () => {
  it('are 0, as long as asked for, and share no byte, across chunks and beyond them', () => {
    const lengths = Array.from({ length: 4_000 }, (_, i) => (i * 37) % 150);
    const arrays = [...lengths, 70_000, 5_000, 4_096, 1].map((length) => freshBytes(length));
    for (const bytes of arrays) expect(bytes.every((byte) => byte === 0)).toBe(true);
    arrays.forEach((bytes, i) => bytes.fill(1 + (i % 255)));
    arrays.forEach((bytes, i) => {
      expect(bytes.every((byte) => byte === 1 + (i % 255))).toBe(true);
    });
    expect(arrays.map((bytes) => bytes.length).slice(0, 3)).toEqual([0, 37, 74]);
  });
});

describe('a copy', () => {
  it('is equal and independent, whatever the length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const before = Array.from(bytes);
        const copy = copyOfBytes(bytes);
        expect(Array.from(copy)).toEqual(before);
        bytes.fill(7);
        expect(Array.from(copy)).toEqual(before);
      }),
      SEED,
    );
  });

  it('into another array changes what it covers and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(20), (source, offset) => {
        const [ours, theirs] = [new Uint8Array(64).fill(9), new Uint8Array(64).fill(9)];
        putBytes(ours, offset, source);
        theirs.set(source, offset);
        expect(ours).toEqual(theirs);
      }),
      SEED,
    );
  });
});

describe('a copy that does not fit', () => {
  it.each([4, 30])('is refused, of %i bytes', (length) => {
    const target = new Uint8Array(length + 2);
    expect(() => putBytes(target, 3, new Uint8Array(length))).toThrow(RangeError);
    expect(() => putBytes(target, 2, new Uint8Array(length))).not.toThrow();
  });
});

describe('a view', () => {
  it('is what subarray gives, of a view as well', () => {
    const bytes = Uint8Array.from({ length: 20 }, (_, i) => i);
    const inner = viewOf(bytes.subarray(4), 2, 5);
    expect(Array.from(inner)).toEqual([6, 7, 8, 9, 10]);
    inner[0] = 99;
    expect(bytes[6]).toBe(99);
    expect(() => viewOf(bytes, 10, 11)).toThrow(RangeError);
  });
});
