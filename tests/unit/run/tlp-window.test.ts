// The window of last TLPs against a plain list.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PacketBatch } from '#base/packet-batch';
import { TlpWindow, type WindowTlp } from '#run/tlp-window';

/** Neighbours of one direction whose times do not go back come as one batch. */
function addInRuns(window: TlpWindow, tlps: readonly WindowTlp[]): void {
  const batch = new PacketBatch();
  for (const [i, { direction, timePs, bytes }] of tlps.entries()) {
    batch.push(timePs, bytes);
    const next = tlps[i + 1];
    if (next?.direction === direction && next.timePs >= timePs) continue;
    if (batch.count === 1) window.add(direction, timePs, bytes);
    else window.addRecords(direction, batch.records());
    batch.clear();
  }
}

describe('TlpWindow', () => {
  it('gives back the last TLPs in order of time', () => {
    const tlps = fc.array(
      fc.record({ isUp: fc.boolean(), timePs: fc.nat(1000), length: fc.nat(40) }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(tlps, fc.nat(70), (list, limit) => {
        const window = new TlpWindow();
        const all = list.map(({ isUp, timePs, length }, at) => ({
          direction: isUp ? ('up' as const) : ('down' as const),
          timePs,
          bytes: new Uint8Array(length).fill(at),
        }));
        addInRuns(window, all);
        const expected = (limit === 0 ? [] : all.slice(-limit)).toSorted(
          (a, b) => a.timePs - b.timePs,
        );
        expect(window.last(limit)).toEqual(expected);
      }),
      { seed: 1 },
    );
  });

  it('forgets the oldest when many or long ones have passed', () => {
    const window = new TlpWindow();
    const count = 10_000;
    for (let i = 0; i < count; i++) window.add('up', i, new Uint8Array(4112).fill(i % 251));
    const last = window.last(count);
    expect(last.length).toBeGreaterThan(100);
    expect(last.length).toBeLessThan(128);
    for (const [at, { timePs, bytes }] of last.entries()) {
      expect(timePs).toBe(count - last.length + at);
      expect(bytes.every((byte) => byte === timePs % 251)).toBe(true);
    }
    for (let i = 0; i < count; i++) window.add('down', count + i, Uint8Array.of(1));
    expect(window.last(2 * count).length).toBe(4096);
  });

  it('takes a batch that is larger than itself TLP by TLP', () => {
    const window = new TlpWindow();
    const batch = new PacketBatch();
    for (let i = 0; i < 200; i++) batch.push(i, new Uint8Array(4112).fill(i));
    window.addRecords('down', batch.records());
    const last = window.last(200);
    expect(last.length).toBeGreaterThan(100);
    for (const { timePs, bytes } of last) expect(bytes.every((byte) => byte === timePs)).toBe(true);
    expect(last.at(-1)?.timePs).toBe(199);
  });

  it('copies what it is given', () => {
    const window = new TlpWindow();
    const bytes = Uint8Array.of(1, 2, 3);
    window.add('up', 5, bytes);
    bytes.fill(9);
    expect(window.last(1)[0].bytes).toEqual(Uint8Array.of(1, 2, 3));
  });
});
