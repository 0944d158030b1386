// Integers in bytes, hexadecimal, checksums, hashes.
import { createHash } from 'node:crypto';
import { crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '#base/assert';
import * as b from '#base/bytes';
import { crc32 } from '#base/crc32';
import { RunningSha256, sha256Hex } from '#base/hash';

const SEED = { seed: 1 };
const bytes = fc.uint8Array({ maxLength: 40 });

describe('integers', () => {
  it('are read as DataView reads them, at any offset', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 16 }), (data) => {
        const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
        for (let at = 0; at + 8 <= data.length; at++) {
          expect(b.readU16Be(data, at)).toBe(view.getUint16(at));
          expect(b.readU32Be(data, at)).toBe(view.getUint32(at));
          expect(b.readU16Le(data, at)).toBe(view.getUint16(at, true));
          expect(b.readU32Le(data, at)).toBe(view.getUint32(at, true));
          expect(b.readU64Le(data, at)).toBe(Number(view.getBigUint64(at, true)));
        }
      }),
      SEED,
    );
  });

  it('are written as DataView writes them, and nothing else is', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.nat(4), (value, at) => {
        const low = value % 2 ** 32;
        const ours = new Uint8Array(16).fill(0xee);
        const theirs = new Uint8Array(16).fill(0xee);
        const view = new DataView(theirs.buffer);
        const same = (): void => expect(ours).toEqual(theirs);
        b.writeU16Be(ours, at, low % 2 ** 16);
        view.setUint16(at, low % 2 ** 16);
        same();
        b.writeU32Be(ours, at + 1, low);
        view.setUint32(at + 1, low);
        same();
        b.writeU16Le(ours, at, low % 2 ** 16);
        view.setUint16(at, low % 2 ** 16, true);
        same();
        b.writeU32Le(ours, at + 2, low);
        view.setUint32(at + 2, low, true);
        same();
        b.writeU64Le(ours, at, value);
        view.setBigUint64(at, BigInt(value), true);
        same();
        expect(b.readU64Le(ours, at)).toBe(value);
      }),
      SEED,
    );
  });
});

describe('hexadecimal and whole arrays', () => {
  it('there and back', () => {
    fc.assert(
      fc.property(bytes, (data) => {
        const text = b.bytesToHex(data);
        expect(text).toBe(Buffer.from(data).toString('hex'));
        expect(b.hexToBytes(text)).toEqual(data);
        expect(b.hexToBytes(text.toUpperCase())).toEqual(data);
      }),
      SEED,
    );
  });

  it('says what is no hexadecimal', () => {
    expect(() => b.hexToBytes('0g')).toThrow(UsageError);
    expect(() => b.hexToBytes('00 0')).toThrow("got ' ' at position 2");
    expect(() => b.hexToBytes('0x00')).toThrow("got 'x' at position 1");
    expect(() => b.hexToBytes('000')).toThrow('an even number of hexadecimal digits, got 3');
  });

  it('compares and joins', () => {
    fc.assert(
      fc.property(bytes, bytes, (one, two) => {
        expect(b.bytesEqual(one, two)).toBe(b.bytesToHex(one) === b.bytesToHex(two));
        expect(b.bytesToHex(b.concatBytes(one, two))).toBe(b.bytesToHex(one) + b.bytesToHex(two));
      }),
      SEED,
    );
    expect(b.bytesEqual(new Uint8Array([1, 2]), new Uint8Array([1, 2]))).toBe(true);
    expect(b.concatBytes()).toHaveLength(0);
  });
});

describe('crc32', () => {
  it('is that of zlib, in parts too', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
    expect(crc32(new Uint8Array(0))).toBe(0);
    fc.assert(
      fc.property(bytes, fc.nat(40), (data, cut) => {
        expect(crc32(data)).toBe(zlibCrc32(data));
        const at = Math.min(cut, data.length);
        expect(crc32(data, at, data.length, crc32(data, 0, at))).toBe(zlibCrc32(data));
      }),
      SEED,
    );
  });
});

describe('sha-256', () => {
  const reference = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

  it('of a text is that of its UTF-8 bytes', () => {
    expect(sha256Hex('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(sha256Hex('Grüße')).toBe(reference(new TextEncoder().encode('Grüße')));
  });

  it('running: the same however the input is cut, and goes on after a digest', () => {
    const piece = fc.nat(20_000).map((length) => new Uint8Array(length).fill(length));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const hash = new RunningSha256();
        for (const one of pieces) {
          hash.update(one);
          hash.digestHex();
        }
        expect(hash.digestHex()).toBe(reference(b.concatBytes(...pieces)));
      }),
      { ...SEED, numRuns: 30 },
    );
  });

  it('takes integers as little-endian', () => {
    const hash = new RunningSha256();
    hash.updateU32(0x8040_2010);
    const expected = new Uint8Array(4);
    b.writeU32Le(expected, 0, 0x8040_2010);
    expect(hash.digestHex()).toBe(reference(expected));
    for (let i = 0; i < 5_000; i++) hash.updateU32(i);
    const more = new Uint8Array(20_000);
    for (let i = 0; i < 5_000; i++) b.writeU32Le(more, 4 * i, i);
    expect(hash.digestHex()).toBe(reference(b.concatBytes(expected, more)));
  });
});
