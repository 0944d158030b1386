// IOMMU and root port, beside a plain table: siov-facts §11, §9 R-ACS-1.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ACCESS_ATOMIC,
  ACCESS_READ,
  ACCESS_WRITE,
  faultReason,
  Iommu,
  type Access,
} from '#env/host/iommu';
import { PAGE_BYTES } from '#env/host/host-memory';
import { RootPort } from '#env/host/root-port';

const SEED = { seed: 1 };

/** The words for a translation that fails, the address of one that does not. */
function translate(iommu: Iommu, owner: [number, number], iova: number, access: Access): unknown {
  const result = iommu.translate(...owner, iova, access);
  return result < 0 ? faultReason(result) : result;
}

describe('Iommu', () => {
  it('agrees with a plain table, whatever is mapped and unmapped in whatever order', () => {
    const step = fc.record({
      isMap: fc.boolean(),
      rid: fc.constantFrom(0x100, 0x101),
      pasid: fc.constantFrom(-1, 0, 0xfffff),
      page: fc.nat(7),
      frame: fc.integer({ min: 0, max: 2 ** 40 - 1 }),
      readable: fc.boolean(),
      writable: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const iommu = new Iommu();
        const table = new Map<string, { frame: number; readable: boolean; writable: boolean }>();
        for (const { isMap, rid, pasid, page, frame, readable, writable } of steps) {
          const key = `${rid}/${pasid}/${page}`;
          const domain = iommu.domain(rid, pasid);
          if (!isMap) domain.unmap(page * PAGE_BYTES, PAGE_BYTES);
          else if (!table.has(key)) {
            domain.map(page * PAGE_BYTES, frame * PAGE_BYTES, PAGE_BYTES, { readable, writable });
            table.set(key, { frame, readable, writable });
          }
          if (!isMap) table.delete(key);
        }
        for (const rid of [0x100, 0x101]) {
          for (const pasid of [-1, 0, 0xfffff]) {
            for (let page = 0; page < 8; page++) {
              const entry = table.get(`${rid}/${pasid}/${page}`);
              const iova = page * PAGE_BYTES + 123;
              const isKnown = iommu.find(rid, pasid) !== undefined;
              const none = isKnown ? 'not mapped' : 'no domain';
              const at = entry && entry.frame * PAGE_BYTES + 123;
              const canRead = entry?.readable === true ? at : 'read denied';
              const canWrite = entry?.writable === true ? at : 'write denied';
              const both = entry?.readable === true ? canWrite : 'read denied';
              expect(translate(iommu, [rid, pasid], iova, ACCESS_READ)).toBe(
                entry ? canRead : none,
              );
              expect(translate(iommu, [rid, pasid], iova, ACCESS_WRITE)).toBe(
                entry ? canWrite : none,
              );
              expect(translate(iommu, [rid, pasid], iova, ACCESS_ATOMIC)).toBe(entry ? both : none);
            }
          }
        }
      }),
      { ...SEED, numRuns: 60 },
    );
  });

  it('knows message windows, in the domain of the RID without PASID', () => {
    const iommu = new Iommu();
    iommu.domain(0x100).mapMessages(0xfee0_0000, 2 * PAGE_BYTES);
    expect(iommu.isMessage(0x100, 0xfee0_1ffc)).toBe(true);
    expect(iommu.isMessage(0x100, 0xfee0_2000)).toBe(false);
    expect(iommu.isMessage(0x101, 0xfee0_0000)).toBe(false);
    expect(translate(iommu, [0x100, -1], 0xfee0_0000, ACCESS_WRITE)).toBe('message window');
    expect(translate(iommu, [0x100, -1], 0xfee0_0000, ACCESS_READ)).toBe('message window');
    expect(() => iommu.domain(0x100, 3).mapMessages(0, PAGE_BYTES)).toThrow('without PASID');
    iommu.domain(0x100).unmap(0xfee0_0000, PAGE_BYTES);
    expect(iommu.isMessage(0x100, 0xfee0_0000)).toBe(false);
  });

  it('refuses addresses from 2^52 on, and forgets a removed domain', () => {
    const iommu = new Iommu();
    const rights = { readable: true, writable: true };
    iommu.domain(7).map(0, 0, PAGE_BYTES, rights);
    expect(translate(iommu, [7, -1], 2 ** 52, ACCESS_READ)).toBe('address too high');
    iommu.removeDomain(7);
    expect(translate(iommu, [7, -1], 0, ACCESS_READ)).toBe('no domain');
    expect(iommu.domain(7).mappedPageCount).toBe(0);
  });

  it('refuses to map a page twice, and parts of pages', () => {
    const domain = new Iommu().domain(7);
    const rights = { readable: true, writable: true };
    domain.map(0x1000, 0, PAGE_BYTES, rights);
    expect(() => domain.map(0x1000, 0x8000, PAGE_BYTES, rights)).toThrow('mapped once');
    expect(() => domain.map(0x2000, 0x8000, 100, rights)).toThrow('whole pages');
    expect(() => domain.map(0x2010, 0x8000, PAGE_BYTES, rights)).toThrow('whole pages');
    expect(() => domain.map(2 ** 52, 0, PAGE_BYTES, rights)).toThrow('below 2^52');
  });
});

describe('RootPort', () => {
  it('admits granted RIDs inside its bus range only', () => {
    const port = new RootPort();
    port.setBusRange(2, 4);
    port.grant(0x0203);
    port.grant(0x0503);
    expect(port.refusal(0x0203)).toBeUndefined();
    expect(port.refusal(0x0204)).toBe('RID not granted');
    expect(port.refusal(0x0503)).toBe('outside bus range');
    port.revoke(0x0203);
    expect(port.refusal(0x0203)).toBe('RID not granted');
    expect(port.wasEverGranted(0x0203)).toBe(true);
    expect(port.wasEverGranted(0x0204)).toBe(false);
  });

  it('refuses an empty bus range', () => {
    expect(() => new RootPort().setBusRange(4, 3)).toThrow('a bus range is');
  });
});
