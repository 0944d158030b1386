// The TLP digest: (time u64, length u32, bytes), little-endian, per direction (design, "Digests").
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { PacketBatch } from '#base/packet-batch';
import { LinkDigest } from '#run/link-digest';

function hex(bytes: readonly number[]): string {
  return createHash('sha256').update(Uint8Array.from(bytes)).digest('hex');
}

/** TLPs with their times, as a batch lists them. */
function recordsOf(...tlps: readonly (readonly [number, Uint8Array])[]): Uint8Array {
  const batch = new PacketBatch();
  for (const [timePs, bytes] of tlps) batch.push(timePs, bytes);
  return batch.records();
}

describe('LinkDigest', () => {
  it('hashes each direction, then both', () => {
    const digest = new LinkDigest();
    digest.addUp(1, recordsOf([0x1_0000_0002, Uint8Array.of(0xaa, 0xbb)]));
    digest.addDown(1, recordsOf([3, Uint8Array.of()]));
    const up = hex([2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0xaa, 0xbb]);
    const down = hex([3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(digest.digestHex()).toBe(
      createHash('sha256')
        .update(up + down)
        .digest('hex'),
    );
    expect([digest.tlpsUp, digest.tlpsDown]).toEqual([1, 1]);
  });

  it('does not depend on how the directions interleave or on how many come at once, but on the order within one', () => {
    const [a, b] = [Uint8Array.of(1), Uint8Array.of(2)];
    const first = new LinkDigest();
    first.addUp(1, recordsOf([1, a]));
    first.addDown(1, recordsOf([1, b]));
    first.addUp(1, recordsOf([2, b]));
    const second = new LinkDigest();
    second.addDown(1, recordsOf([1, b]));
    second.addUp(0, recordsOf());
    second.addUp(2, recordsOf([1, a], [2, b]));
    const third = new LinkDigest();
    third.addUp(1, recordsOf([2, b]));
    third.addUp(1, recordsOf([1, a]));
    third.addDown(1, recordsOf([1, b]));
    expect(second.digestHex()).toBe(first.digestHex());
    expect(third.digestHex()).not.toBe(first.digestHex());
  });

  it('tells a TLP cut in two from one', () => {
    const one = new LinkDigest();
    one.addUp(1, recordsOf([1, Uint8Array.of(1, 2)]));
    const two = new LinkDigest();
    two.addUp(2, recordsOf([1, Uint8Array.of(1)], [1, Uint8Array.of(2)]));
    expect(two.digestHex()).not.toBe(one.digestHex());
  });
});
