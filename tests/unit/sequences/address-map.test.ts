// Where the host puts things: BARs and areas disjoint, aligned, on the side of 4 GiB that the swarm wants.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endOf, planIoLayout, planWindows } from '#env/host-address-map';
import { MessageSlots } from '#env/message-slots';
import type { LayoutSwarm } from '#env/siov-env-config';
import { RandomStream } from '#random/random-stream';
import type { AddressRange } from '#siov/host-event';

const TWO_32 = 0x1_0000_0000;
const LAYOUT: LayoutSwarm = {
  bus: 1,
  barsAbove4G: false,
  ioSpace: 'low',
  messagesAbove4G: false,
  sourcePages: 300,
  destinationPages: 320,
  messagePages: 4,
  holePercent: 0,
};

function expectDisjoint(ranges: readonly AddressRange[]): void {
  const sorted = ranges.filter(({ length }) => length > 0).sort((a, b) => a.base - b.base);
  for (let i = 1; i < sorted.length; i++) {
    expect(endOf(sorted[i - 1])).toBeLessThanOrEqual(sorted[i].base);
  }
}

describe('planWindows', () => {
  it('places naturally aligned, disjoint windows on the wanted side', () => {
    const size = fc.integer({ min: 12, max: 28 }).map((bits) => 2 ** bits);
    fc.assert(
      fc.property(size, fc.nat(255), fc.boolean(), (pages, vfs, areAbove4G) => {
        const sizes = { registers: 0x20_0000, pages, msix: 4096, vfPages: vfs * 4096 };
        const windows = planWindows(sizes, areAbove4G);
        const { registers, msix, vfPages } = windows;
        expectDisjoint([registers, windows.pages, msix, vfPages]);
        expect(registers.base % registers.length).toBe(0);
        expect(windows.pages.base % pages).toBe(0);
        expect(vfPages.base % 4096).toBe(0);
        for (const one of [registers, windows.pages, msix, vfPages]) {
          if (areAbove4G) expect(one.base).toBeGreaterThanOrEqual(TWO_32);
          else expect(endOf(one)).toBeLessThanOrEqual(TWO_32);
        }
      }),
      { seed: 1, numRuns: 100 },
    );
  });
});

describe('planIoLayout', () => {
  it.each(['low', 'high', 'across'] as const)('makes disjoint areas of whole pages: %s', (io) => {
    for (const messagesAbove4G of [false, true]) {
      const areas = Object.values(planIoLayout({ ...LAYOUT, ioSpace: io, messagesAbove4G }));
      expectDisjoint(areas as AddressRange[]);
      for (const { base, length } of areas as AddressRange[]) {
        expect(base % 4096).toBe(0);
        expect(length % 4096).toBe(0);
      }
    }
  });

  it('lays the destination area across 4 GiB where the swarm wants it', () => {
    const { destination } = planIoLayout({ ...LAYOUT, ioSpace: 'across' });
    expect(destination.base).toBeLessThan(TWO_32);
    expect(endOf(destination)).toBeGreaterThan(TWO_32);
  });
});

describe('MessageSlots', () => {
  it('never gives an address twice, and says when there is none left', () => {
    const slots = new MessageSlots({ base: 0x1000, length: 64 });
    const stream = new RandomStream('slots');
    const seen = new Set<number>();
    for (let n = 0; n < 16; n++) seen.add(slots.draw(stream).address);
    expect(seen.size).toBe(16);
    expect([...seen].every((address) => address % 4 === 0 && address < 0x1040)).toBe(true);
    expect(() => slots.draw(stream)).toThrow('all 16 message addresses are in use');
  });
});
