// The hypervisor's books: whatever is given and taken, RIDs stay distinct and pages and vectors have one owner.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SdiLedger, type ReusePolicy } from '#env/sdi-ledger';
import { RandomStream } from '#random/random-stream';
import { defaultParams, type SrdParams } from '#siov/srd-params';

const PARAMS: SrdParams = {
  ...defaultParams('standard'),
  totalVfs: 4,
  totalSdis: 32,
  firstSdiOffset: 0x10,
  pageCount: 24,
  imsCount: 20,
};

function ledgerOf(params: Partial<SrdParams> = {}, reuse: ReusePolicy = 'lowest'): SdiLedger {
  const policy = { reuse, takesVfRids: false };
  const ledger = new SdiLedger({ ...PARAMS, ...params }, [0, 1, 5, 31], policy);
  ledger.pfRid = 0x0100;
  ledger.lastRid = 0x02ff;
  return ledger;
}

function give(ledger: SdiLedger, slot: number, stream: RandomStream): void {
  const entry = ledger.entries[slot];
  const pages = ledger.drawPages(stream, stream.range(1, 4), entry.assignment?.pages ?? []);
  const vectors = ledger.drawVectors(stream, stream.range(0, 3), entry.assignment?.vectors ?? []);
  const rid = ledger.drawSoftwareRid(stream, entry.sdi);
  if (pages === undefined || vectors === undefined || rid === undefined) return;
  ledger.assign(entry, { rid, strided: false, pages, vectors });
}

describe('Routing IDs', () => {
  it('are computed as SRD §2 says, modulo 2^16', () => {
    const ledger = ledgerOf({ sdiStride: 3 });
    expect(ledger.stridedRid(0)).toBe(0x0110);
    expect(ledger.stridedRid(5)).toBe(0x011f);
    expect(ledger.vfRid(1)).toBe(0x0101);
    expect(ledger.vfRid(4)).toBe(0x0104);
    ledger.pfRid = 0xfe00;
    expect(ledgerAt(ledger, 0xfe00).stridedRid(31)).toBe((0xfe00 + 0x10 + 31 * 3) & 0xffff);
  });

  it('wrap modulo 2^16, and are then not routable', () => {
    const ledger = ledgerOf({ firstSdiOffset: 0xff80 });
    ledger.lastRid = 0xffff;
    expect(ledger.stridedRid(0)).toBe(0x0080);
    expect(ledger.isRoutable(ledger.stridedRid(0))).toBe(false);
  });

  it('are free unless the PF, an enabled VF or another SDI has them', () => {
    const ledger = ledgerOf();
    ledger.vfRids = [0x0101, 0x0102];
    ledger.assign(ledger.entries[1], { rid: 0x0150, strided: false, pages: [0], vectors: [] });
    expect(ledger.isRidFree(0x0100)).toBe(false);
    expect(ledger.isRidFree(0x0102)).toBe(false);
    expect(ledger.isRidFree(0x0103)).toBe(true);
    expect(ledger.isRidFree(0x0150)).toBe(false);
    expect(ledger.isRidFree(0x0150, ledger.entries[1].sdi)).toBe(true);
  });

  it('chosen by software lie on the device’s buses and leave the VFs their place', () => {
    const ledger = ledgerOf();
    const stream = new RandomStream('rids');
    for (let n = 0; n < 300; n++) {
      const rid = ledger.drawSoftwareRid(stream, 0);
      expect(rid).toBeGreaterThanOrEqual(0x0100);
      expect(rid).toBeLessThanOrEqual(0x02ff);
      expect([0x0100, 0x0101, 0x0102, 0x0103, 0x0104]).not.toContain(rid);
    }
  });
});

describe('VF Enable', () => {
  it('is possible only with a number that SRD §8 allows', () => {
    const ledger = ledgerOf();
    expect(ledger.canEnableVfs(0)).toBe(false);
    expect(ledger.canEnableVfs(4)).toBe(true);
    expect(ledger.canEnableVfs(5)).toBe(false);
  });

  it('is impossible with an SDI on a VF RID, or beside SDIs without mixed IOV', () => {
    const ledger = ledgerOf();
    ledger.assign(ledger.entries[0], { rid: 0x0103, strided: false, pages: [0], vectors: [] });
    ledger.entries[0].phase = 'created';
    expect(ledger.canEnableVfs(2)).toBe(true);
    expect(ledger.canEnableVfs(3)).toBe(false);
    const unmixed = ledgerOf({ mixedIov: false });
    expect(unmixed.canEnableVfs(1)).toBe(true);
    unmixed.entries[0].phase = 'created';
    expect(unmixed.canEnableVfs(1)).toBe(false);
  });
});

describe('pages and vectors', () => {
  it('have one owner at any time, and RIDs are distinct, whatever happens', () => {
    const step = fc.record({ slot: fc.nat(3), take: fc.boolean() });
    const policies = fc.constantFrom<ReusePolicy>('lowest', 'recent', 'random');
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), policies, (steps, reuse) => {
        const ledger = ledgerOf({}, reuse);
        const stream = new RandomStream('pages');
        for (const { slot, take } of steps) {
          if (take) ledger.assign(ledger.entries[slot], undefined);
          else give(ledger, slot, stream);
          const all = ledger.entries.flatMap(({ assignment }) => assignment ?? []);
          for (const list of [
            all.map((one) => one.rid),
            all.flatMap((one) => one.pages),
            all.flatMap((one) => one.vectors),
          ]) {
            expect(new Set(list).size).toBe(list.length);
          }
        }
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it('come in consecutive runs inside the range', () => {
    const ledger = ledgerOf({}, 'random');
    const stream = new RandomStream('runs');
    for (let n = 0; n < 100; n++) {
      const pages = ledger.drawPages(stream, 5, []);
      expect(pages).toHaveLength(5);
      pages?.forEach((page, i) => expect(page).toBe((pages[0] ?? 0) + i));
      expect(Math.max(...(pages ?? []))).toBeLessThan(24);
    }
    expect(ledger.drawPages(stream, 25, [])).toBeUndefined();
  });

  it('released last come back first where the swarm wants it', () => {
    const ledger = ledgerOf({}, 'recent');
    const stream = new RandomStream('recent');
    const [first, second] = ledger.entries;
    ledger.assign(first, { rid: 0x0120, strided: false, pages: [10, 11], vectors: [3] });
    ledger.assign(second, { rid: 0x0121, strided: false, pages: [0, 1], vectors: [0] });
    ledger.assign(first, undefined);
    expect(ledger.drawPages(stream, 2, [])).toEqual([10, 11]);
  });

  it('of the SDI itself may be kept by a reconfigure', () => {
    const ledger = ledgerOf();
    const stream = new RandomStream('own');
    const own = Array.from({ length: 24 }, (_, i) => i);
    ledger.assign(ledger.entries[0], { rid: 0x0120, strided: false, pages: own, vectors: [] });
    expect(ledger.drawPages(stream, 1, [])).toBeUndefined();
    expect(ledger.drawPages(stream, 1, own)).toEqual([0]);
  });

  it('cannot be taken twice', () => {
    const ledger = ledgerOf();
    ledger.assign(ledger.entries[0], { rid: 0x0120, strided: false, pages: [1], vectors: [] });
    expect(() =>
      ledger.assign(ledger.entries[1], { rid: 0x0121, strided: false, pages: [1], vectors: [] }),
    ).toThrow('a page or entry has one owner');
  });
});

function ledgerAt(ledger: SdiLedger, pfRid: number): SdiLedger {
  ledger.pfRid = pfRid;
  return ledger;
}
