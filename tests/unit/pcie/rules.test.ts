// Protocol rules: by hand at the edges, by property against brute force over every byte.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completionsFor, memoryRead } from '#pcie/build';
import {
  byteCountOf,
  byteEnableFault,
  byteLengthOf,
  completionBreaks,
  completionEnds,
  crosses4K,
  deliveredBytes,
  firstBeFor,
  firstByteAddress,
  hasNeedlessLongAddress,
  isContiguous,
  lastBeFor,
  lengthDwFor,
  lowerAddressOf,
  malformedReason,
  mayHavePasid,
  readCompletionFault,
  requestFaults,
  splitByBoundary,
} from '#pcie/rules';
import { Tlp, TLP_KINDS } from '#pcie/tlp';

function tlp(fields: Partial<Tlp>): Tlp {
  return Object.assign(new Tlp(), fields);
}

const limits = { maxPayloadBytes: 128, maxReadRequestBytes: 256 };

describe('byte enables', () => {
  it.each([
    [0, 0, 1, 0b0000, 0b0000],
    [0, 1, 1, 0b0001, 0b0000],
    [3, 1, 1, 0b1000, 0b0000],
    [1, 2, 1, 0b0110, 0b0000],
    [0, 4, 1, 0b1111, 0b0000],
    [3, 2, 2, 0b1000, 0b0001],
    [1, 6, 2, 0b1110, 0b0111],
    [0x1_0000_0002, 8, 3, 0b1100, 0b0011],
  ])('%i + %i bytes: %i DW', (...values) => {
    const [address, length, dw, first, last] = values;
    expect(lengthDwFor(address, length)).toBe(dw);
    expect(firstBeFor(address, length)).toBe(first);
    expect(lastBeFor(address, length)).toBe(last);
  });

  it('name exactly the bytes of the range, and reading them back gives the range', () => {
    fc.assert(
      fc.property(fc.nat(0xfff), fc.integer({ min: 1, max: 64 }), (address, length) => {
        const request = tlp({ kind: 'MRd32', lengthDw: lengthDwFor(address, length) });
        request.address = address;
        request.firstBe = firstBeFor(address, length);
        request.lastBe = lastBeFor(address, length);
        expect(enabledBytes(request)).toEqual(Array.from({ length }, (_, i) => address + i));
        expect(firstByteAddress(request)).toBe(address);
        expect(byteLengthOf(request)).toBe(length);
        expect(byteEnableFault(request)).toBeUndefined();
        expect(isContiguous(request)).toBe(true);
      }),
      { seed: 1 },
    );
  });

  it('span from the first to the last enabled byte, with gaps too', () => {
    for (let be = 0; be < 16; be++) {
      const request = tlp({ kind: 'MRd32', lengthDw: 1, firstBe: be });
      const bytes = enabledBytes(request);
      const span = be === 0 ? 0 : (bytes.at(-1) ?? 0) - bytes[0] + 1;
      expect(byteLengthOf(request)).toBe(span);
      expect(isContiguous(request)).toBe(bytes.length === span);
      expect(byteEnableFault(request)).toBeUndefined();
    }
  });

  it.each([
    [{ lengthDw: 1, firstBe: 15, lastBe: 1 }, 'Last BE 0001 with a length of 1 DW'],
    [{ lengthDw: 2, firstBe: 0, lastBe: 1 }, 'First BE 0000 with a length of 2 DW'],
    [{ lengthDw: 2, firstBe: 8, lastBe: 0 }, 'Last BE 0000 with a length of 2 DW'],
    [{ lengthDw: 3, firstBe: 5, lastBe: 1 }, 'First BE 0101 leaves a gap'],
    [{ lengthDw: 3, firstBe: 8, lastBe: 8 }, 'Last BE 1000 leaves a gap'],
    [{ lengthDw: 2, firstBe: 5, lastBe: 10, addressLow: 4 }, 'First BE 0101 leaves a gap'],
    [{ lengthDw: 2, firstBe: 5, lastBe: 10, addressLow: 8 }, undefined],
    // TH lends the byte enables of a read to a steering tag; a write keeps its own.
    [{ lengthDw: 2, firstBe: 0, lastBe: 0, th: 1 }, undefined],
    [
      { kind: 'MWr32', lengthDw: 2, firstBe: 0, lastBe: 1, th: 1 },
      'First BE 0000 with a length of 2 DW',
    ],
    [{ kind: 'FetchAdd32', lengthDw: 2, firstBe: 0, lastBe: 0 }, undefined],
    [{ kind: 'Msg', lengthDw: 0 }, undefined],
  ] as const)('%j', (fields, fault) => {
    expect(byteEnableFault(tlp(fields))).toBe(fault);
  });
});

function enabledBytes(request: Tlp): number[] {
  const bytes: number[] = [];
  for (let dw = 0; dw < request.lengthDw; dw++) {
    const be = dw === 0 ? request.firstBe : dw === request.lengthDw - 1 ? request.lastBe : 15;
    for (let i = 0; i < 4; i++) if ((be >> i) & 1) bytes.push(request.address + 4 * dw + i);
  }
  return bytes;
}

describe('malformedReason (SRD §9)', () => {
  const bytes = (length: number): Uint8Array => new Uint8Array(length);
  it.each([
    [
      { kind: 'MWr32', lengthDw: 33, payload: bytes(132) },
      'payload of 132 bytes, Max_Payload_Size is 128',
    ],
    [
      { kind: 'CplD', lengthDw: 33, payload: bytes(132) },
      'payload of 132 bytes, Max_Payload_Size is 128',
    ],
    [{ kind: 'CfgRd0', lengthDw: 2, firstBe: 15, lastBe: 15 }, 'CfgRd0 with a length of 2 DW'],
    [
      { kind: 'CfgWr1', lengthDw: 1, firstBe: 15, lastBe: 1, payload: bytes(4) },
      'Last BE 0001 with a length of 1 DW',
    ],
    [{ kind: 'IORd', lengthDw: 2, firstBe: 15, lastBe: 15 }, 'IORd with a length of 2 DW'],
    [
      { kind: 'MRd32', addressLow: 0x1ffc, lengthDw: 2, firstBe: 15, lastBe: 15 },
      'MRd32 across a 4 KiB boundary',
    ],
    [{ kind: 'MRd64', lengthDw: 2, firstBe: 0, lastBe: 15 }, 'First BE 0000 with a length of 2 DW'],
    [{ kind: 'MRd32', addressLow: 0x1ff8, lengthDw: 2, firstBe: 15, lastBe: 15 }, undefined],
    [{ kind: 'MRd32', lengthDw: 1024, firstBe: 15, lastBe: 15 }, undefined],
    [{ kind: 'MRd32', lengthDw: 1, firstBe: 0 }, undefined],
    // Gaps are a requester's sin and no malformation.
    [{ kind: 'MRd32', lengthDw: 3, firstBe: 5, lastBe: 1 }, undefined],
    [{ kind: 'Cpl', byteCount: 4 }, undefined],
    [{ kind: 'MsgD', lengthDw: 1, payload: bytes(4) }, undefined],
  ] as const)('%j', (fields, reason) => {
    expect(malformedReason(tlp(fields), 128)).toBe(reason);
  });

  it('takes CAS by its operand, not by its payload', () => {
    expect(crosses4K(tlp({ kind: 'CAS32', addressLow: 0xffc, lengthDw: 2 }))).toBe(false);
    expect(crosses4K(tlp({ kind: 'Swap32', addressLow: 0xffc, lengthDw: 2 }))).toBe(true);
  });
});

describe('requestFaults', () => {
  it.each([
    [
      { kind: 'MRd32', lengthDw: 65, firstBe: 15, lastBe: 15 },
      ['read of 260 bytes, Max_Read_Request_Size is 256'],
    ],
    [{ kind: 'MRd64', lengthDw: 1, firstBe: 15 }, ['4 DW header for an address below 4 GiB']],
    [{ kind: 'MRd32', lengthDw: 3, firstBe: 5, lastBe: 1 }, ['First BE 0101 leaves a gap']],
    [{ kind: 'FetchAdd32', lengthDw: 3 }, ['FetchAdd32 with an operand of 12 bytes']],
    [{ kind: 'Swap32', lengthDw: 2, addressLow: 4 }, ['Swap32 not aligned to 8 bytes']],
    [{ kind: 'CAS32', lengthDw: 8, addressLow: 16 }, []],
    [
      { kind: 'FetchAdd32', lengthDw: 4, addressLow: 16 },
      ['FetchAdd32 with an operand of 16 bytes'],
    ],
    [{ kind: 'CfgRd0', lengthDw: 1, firstBe: 15, pasid: 1 }, ['CfgRd0 with a PASID prefix']],
    [{ kind: 'MRd32', lengthDw: 64, firstBe: 15, lastBe: 15, pasid: 1 }, []],
  ] as const)('%j', (fields, faults) => {
    expect(requestFaults(tlp(fields), limits)).toEqual(faults);
  });

  it('lists all of them', () => {
    const fields = {
      kind: 'MRd64',
      lengthDw: 1024,
      addressLow: 4,
      firstBe: 15,
      lastBe: 15,
    } as const;
    expect(requestFaults(tlp(fields), limits)).toEqual([
      'MRd64 across a 4 KiB boundary',
      'read of 4096 bytes, Max_Read_Request_Size is 256',
      '4 DW header for an address below 4 GiB',
    ]);
  });

  it('knows who may have a PASID prefix', () => {
    const without = TLP_KINDS.filter((kind) => !mayHavePasid(kind));
    const config = ['CfgRd0', 'CfgWr0', 'CfgRd1', 'CfgWr1'];
    expect(without).toEqual(['IORd', 'IOWr', ...config, 'Cpl', 'CplD', 'CplLk', 'CplDLk']);
  });

  it('takes the short form as needed', () => {
    expect(hasNeedlessLongAddress(tlp({ kind: 'MWr64', addressHigh: 1 }))).toBe(false);
    expect(hasNeedlessLongAddress(tlp({ kind: 'MWr32' }))).toBe(false);
  });
});

describe('splitByBoundary', () => {
  it('cuts at 4 KiB and at the size limit, in whole DWs', () => {
    expect(splitByBoundary(0xffe, 260, 128)).toEqual([
      { address: 0xffe, byteLength: 2 },
      { address: 0x1000, byteLength: 128 },
      { address: 0x1080, byteLength: 128 },
      { address: 0x1100, byteLength: 2 },
    ]);
    expect(splitByBoundary(0x1003, 128, 128)).toEqual([
      { address: 0x1003, byteLength: 125 },
      { address: 0x1080, byteLength: 3 },
    ]);
    expect(splitByBoundary(0x1000, 0, 128)).toEqual([]);
  });

  it('covers the range once, ascending, with legal requests only', () => {
    const size = fc.constantFrom(128, 256, 512, 1024, 2048, 4096);
    fc.assert(
      fc.property(fc.nat(2 ** 40), fc.nat(20_000), size, (address, length, maxBytes) => {
        let next = address;
        for (const piece of splitByBoundary(address, length, maxBytes)) {
          expect(piece.address).toBe(next);
          next += piece.byteLength;
          const request = memoryRead({ requesterId: 1, ...piece });
          const bounds = { maxPayloadBytes: maxBytes, maxReadRequestBytes: maxBytes };
          expect(requestFaults(request, bounds)).toEqual([]);
        }
        expect(next).toBe(address + length);
      }),
      { seed: 1 },
    );
  });
});

describe('completions', () => {
  it('break at multiples of the boundary only', () => {
    expect(completionBreaks(0x1004, 200, 64)).toEqual([60, 124, 188]);
    expect(completionBreaks(0x1004, 200, 128)).toEqual([124]);
    expect(completionBreaks(0x1000, 64, 64)).toEqual([]);
    expect(completionBreaks(0x103f, 2, 64)).toEqual([1]);
  });

  it('take the breaks wanted, and those that Max_Payload_Size forces', () => {
    const range = { address: 0x1004, byteCount: 400 };
    const bounds = { rcbBytes: 64, maxPayloadBytes: 128 };
    expect(completionEnds(range, [], { rcbBytes: 64, maxPayloadBytes: 512 })).toEqual([400]);
    expect(completionEnds(range, [], bounds)).toEqual([124, 252, 380, 400]);
    expect(completionEnds(range, [60, 61, 400], bounds)).toEqual([60, 188, 316, 400]);
    expect(completionEnds({ address: 0x1001, byteCount: 1 }, [0, 1], bounds)).toEqual([1]);
  });

  const startOf = fc.record({ inBlock: fc.nat(4095), wish: fc.nat(4096) });
  it('of any read are legal, add up, and are recognised one after the other', () => {
    const rcb = fc.constantFrom(64, 128);
    const mps = fc.constantFrom(128, 256, 512);
    const picks = fc.array(fc.nat(4096), { maxLength: 20 });
    fc.assert(
      fc.property(
        startOf,
        rcb,
        mps,
        picks,
        ({ inBlock, wish }, rcbBytes, maxPayloadBytes, wanted) => {
          const byteLength = Math.max(1, Math.min(wish, 4096 - inBlock));
          const address = 0x7_0000_0000 + inBlock;
          const read = memoryRead({ requesterId: 0x123, tag: 9, address, byteLength });
          const bytes = Uint8Array.from({ length: byteLength }, (_, i) => i * 7);
          const range = { address, byteCount: byteLength };
          const breaks = wanted.concat(completionBreaks(address, byteLength, rcbBytes).slice(0, 3));
          const ends = completionEnds(range, breaks, { rcbBytes, maxPayloadBytes });
          let done = 0;
          for (const part of completionsFor(read, { completerId: 0, bytes, ends })) {
            const awaited = {
              address: address + done,
              remainingBytes: byteLength - done,
              rcbBytes,
            };
            expect(readCompletionFault(part, awaited)).toBeUndefined();
            expect(part.payload.length).toBeLessThanOrEqual(maxPayloadBytes);
            const count = deliveredBytes(part, awaited);
            const lead = (address + done) & 3;
            expect(part.payload.subarray(lead, lead + count)).toEqual(
              bytes.subarray(done, done + count),
            );
            done += count;
          }
          expect(done).toBe(byteLength);
        },
      ),
      { seed: 1 },
    );
  });

  it('that are not the next one are told apart', () => {
    const awaited = { address: 0x1004, remainingBytes: 200, rcbBytes: 64 };
    const good = {
      kind: 'CplD',
      byteCount: 200,
      lowerAddress: 4,
      payload: new Uint8Array(60),
    } as const;
    expect(readCompletionFault(tlp(good), awaited)).toBeUndefined();
    const fault = (fields: Partial<Tlp>): string | undefined =>
      readCompletionFault(tlp({ ...good, ...fields }), awaited);
    expect(fault({ byteCount: 199 })).toBe('Byte Count 199, 200 bytes remain');
    expect(fault({ lowerAddress: 8 })).toBe('Lower Address 8, the next byte has 4');
    expect(fault({ payload: new Uint8Array(64) })).toBe(
      'ends at 4 bytes after a boundary of 64 bytes',
    );
    expect(fault({ payload: new Uint8Array(204) })).toBe(
      'payload of 204 bytes, at most 200 remain',
    );
    expect(fault({ payload: new Uint8Array(200) })).toBeUndefined();
  });

  it.each([
    [{ kind: 'MRd32', lengthDw: 1, firstBe: 0, addressLow: 0x104 }, 1, 4],
    [{ kind: 'MRd32', lengthDw: 1, firstBe: 0b0110, addressLow: 0x1fc }, 2, 0x7d],
    [{ kind: 'MRdLk64', lengthDw: 2, firstBe: 8, lastBe: 1, addressLow: 0x80 }, 2, 3],
    [{ kind: 'MRd32', lengthDw: 1024, firstBe: 15, lastBe: 15 }, 4096, 0],
    [{ kind: 'CfgRd0', lengthDw: 1, firstBe: 0b1000, registerNumber: 2 }, 4, 0],
    [{ kind: 'CfgWr0', lengthDw: 1, firstBe: 0b0001 }, 4, 0],
    [{ kind: 'IORd', lengthDw: 1, firstBe: 0b0010, addressLow: 0x44 }, 4, 0],
    [{ kind: 'FetchAdd32', lengthDw: 2, addressLow: 8 }, 8, 0],
    [{ kind: 'CAS32', lengthDw: 2, addressLow: 8 }, 4, 0],
  ] as const)('of %j: Byte Count %i, Lower Address %i', (fields, byteCount, lowerAddress) => {
    expect(byteCountOf(tlp(fields))).toBe(byteCount);
    expect(lowerAddressOf(tlp(fields))).toBe(lowerAddress);
  });
});
