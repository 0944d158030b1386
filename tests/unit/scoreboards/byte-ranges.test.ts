// Sets of byte offsets as ranges: against a set of single bytes, whatever is added in whatever order.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteRanges } from '#scoreboards/predictors/byte-ranges';

const BYTES = 60;
const range = fc
  .tuple(fc.integer({ min: 0, max: BYTES }), fc.integer({ min: 0, max: 12 }))
  .map(([start, length]) => [start, start + length] as const);

function bytesIn(added: readonly (readonly [number, number])[]): Set<number> {
  const bytes = new Set<number>();
  for (const [start, end] of added) for (let i = start; i < end; i++) bytes.add(i);
  return bytes;
}

describe('byte ranges', () => {
  it('know the same bytes as a set of single bytes', () => {
    fc.assert(
      fc.property(fc.array(range, { maxLength: 30 }), range, (added, [start, end]) => {
        const ranges = new ByteRanges();
        for (const [low, high] of added) ranges.add(low, high);
        const bytes = bytesIn(added);
        const asked = Array.from({ length: end - start }, (_, i) => start + i);
        expect(ranges.overlap(start, end)).toBe(asked.filter((i) => bytes.has(i)).length);
        expect(ranges.covers(start, end)).toBe(asked.every((i) => bytes.has(i)));
      }),
    );
  });

  it('join what touches, from either side', () => {
    const ranges = new ByteRanges();
    ranges.add(10, 20);
    ranges.add(30, 40);
    expect(ranges.covers(10, 40)).toBe(false);
    ranges.add(20, 30);
    expect(ranges.covers(10, 40)).toBe(true);
    ranges.add(0, 10);
    expect(ranges.covers(0, 40)).toBe(true);
    expect(ranges.overlap(0, 100)).toBe(40);
  });

  it('are empty at first, and an empty range adds nothing', () => {
    const ranges = new ByteRanges();
    ranges.add(5, 5);
    expect(ranges.overlap(0, 10)).toBe(0);
    expect(ranges.covers(5, 5)).toBe(true);
    expect(ranges.covers(5, 6)).toBe(false);
  });
});
