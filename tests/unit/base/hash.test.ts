// The running SHA-256: whatever the pieces, the digest is that of all bytes in a row.
import { sha256 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesToHex, concatBytes, writeU32Le } from '#base/bytes';
import { RunningSha256, sha256Hex } from '#base/hash';

type Piece = Uint8Array | { readonly u32: number };

const piece: fc.Arbitrary<Piece> = fc.oneof(
  fc.uint8Array({ maxLength: 100 }),
  fc.integer({ min: 0, max: 20_000 }).map((length) => new Uint8Array(length).fill(length)),
  fc.nat(0xffff_ffff).map((u32) => ({ u32 })),
);

function bytesOf(one: Piece): Uint8Array {
  if (one instanceof Uint8Array) return one;
  const bytes = new Uint8Array(4);
  writeU32Le(bytes, 0, one.u32);
  return bytes;
}

function append(hash: RunningSha256, one: Piece): void {
  if (one instanceof Uint8Array) hash.update(one);
  else hash.updateU32(one.u32);
}

describe('a running SHA-256', () => {
  it('is the digest of all pieces in a row, asked at any time', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30, size: 'max' }), fc.nat(30), (pieces, early) => {
        const hash = new RunningSha256();
        pieces.forEach((one, i) => {
          if (i === early) hash.digestHex();
          append(hash, one);
        });
        const expected = bytesToHex(sha256(concatBytes(...pieces.map(bytesOf))));
        expect(hash.digestHex()).toBe(expected);
        expect(hash.digestHex()).toBe(expected);
      }),
      { seed: 1 },
    );
  });

  it('knows the examples of FIPS 180-4', () => {
    expect(sha256Hex('abc')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
    expect(new RunningSha256().digestHex()).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
  });
});
