// Descriptors and completion records: bytes by hand, then round trips.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesToHex, hexToBytes } from '#base/bytes';
import type { WorkDescription } from '#siov/host-event';
import {
  decodeDescriptor,
  decodeRecord,
  encodeDescriptor,
  encodeRecord,
  recordPhase,
  setIgnoredBits,
} from '#siov/srd-work-descriptor';
import {
  emptyWork,
  isAtomicWork,
  readsSource,
  WorkOpcode,
  workOpcodeName,
  WorkStatus,
  workStatusName,
  writesDestination,
} from '#siov/work';

const arbitraryWork: fc.Arbitrary<WorkDescription> = fc.record({
  opcode: fc.nat(255),
  length: fc.nat(0xffff_ffff),
  source: fc.nat(2 ** 52 - 1),
  destination: fc.nat(2 ** 52 - 1),
  operandA: fc.uint8Array({ minLength: 8, maxLength: 8 }),
  operandB: fc.uint8Array({ minLength: 8, maxLength: 8 }),
  interrupt: fc.boolean(),
  vector: fc.nat(0xffff),
  noRecord: fc.boolean(),
  relaxedOrdering: fc.boolean(),
  reserved: fc.boolean(),
});

describe('descriptors', () => {
  it('have bits that say nothing: DW0 15:11 and bits 63:52 of both addresses', () => {
    fc.assert(
      fc.property(arbitraryWork, fc.nat(0xffff), (work, n) => {
        const bytes = encodeDescriptor(work);
        setIgnoredBits(bytes, n);
        expect(decodeDescriptor(bytes)).toEqual(decodeDescriptor(encodeDescriptor(work)));
      }),
    );
    const all = new Uint8Array(64);
    for (let n = 0; n < 64; n++) {
      const bytes = new Uint8Array(64);
      setIgnoredBits(bytes, n);
      bytes.forEach((byte, i) => (all[i] |= byte));
    }
    expect(bytesToHex(all)).toBe(
      `00f8000000000000${'000000000000f0ff'.repeat(2)}${'00'.repeat(40)}`,
    );
  });

  it('lie as SRD §7 says', () => {
    const work: WorkDescription = {
      ...{
        opcode: WorkOpcode.CAS,
        length: 8,
        source: 0x1122_3344_5566,
        destination: 0xf_ffff_ffff_fff8,
      },
      operandA: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
      operandB: Uint8Array.of(9, 10, 11, 12, 13, 14, 15, 16),
      ...{
        interrupt: true,
        vector: 0x0203,
        noRecord: false,
        relaxedOrdering: true,
        reserved: false,
      },
    };
    const words = ['06050302', '08000000', '6655443322110000', 'f8ffffffffff0f00'];
    const operands = ['0102030405060708', '090a0b0c0d0e0f10'];
    expect(bytesToHex(encodeDescriptor(work))).toBe(
      [...words, ...operands].join('') + '00'.repeat(24),
    );
  });

  it('survive a round trip', () => {
    fc.assert(
      fc.property(arbitraryWork, (work) => {
        expect(decodeDescriptor(encodeDescriptor(work))).toEqual(work);
      }),
      { seed: 1 },
    );
  });

  it('ignore address bits 63:52 and DW0 15:11', () => {
    const bytes = encodeDescriptor(emptyWork());
    bytes.fill(0xff, 8, 24);
    bytes[1] = 0xf8;
    const limit = 2 ** 52 - 1;
    expect(decodeDescriptor(bytes)).toEqual({ ...emptyWork(), source: limit, destination: limit });
  });

  it('have reserved words: each of DW 10..15', () => {
    for (let i = 40; i < 64; i++) {
      const bytes = encodeDescriptor(emptyWork());
      bytes[i] = 1;
      expect(decodeDescriptor(bytes).reserved).toBe(true);
    }
  });

  it('are told apart by what they touch', () => {
    const all = Object.values(WorkOpcode);
    expect(all.filter(isAtomicWork)).toEqual([4, 5, 6]);
    expect(all.filter(readsSource)).toEqual([1, 3]);
    expect(all.filter(writesDestination)).toEqual([1, 2]);
  });
});

describe('records', () => {
  it('lie as SRD §7 says', () => {
    const record = {
      ...{ status: WorkStatus.BAD_LENGTH, phase: 1, n: 0xfffe },
      ...{ bytesTransferred: 0x10_0000, resultLow: 0x01020304, resultHigh: 0x05060708 },
    };
    const bytes = encodeRecord(record);
    expect(bytesToHex(bytes)).toBe(['2101feff', '00001000', '04030201', '08070605'].join(''));
    expect(decodeRecord(bytes)).toEqual(record);
    expect(decodeRecord(hexToBytes('21fffeff'.padEnd(32, '0'))).phase).toBe(1);
  });

  it('alternate their phase with each pass over the ring', () => {
    expect([0, 1, 3, 4, 7, 8, 11, 12].map((n) => recordPhase(n, 4))).toEqual([
      1, 1, 1, 0, 0, 1, 1, 0,
    ]);
  });
});

describe('names', () => {
  it('of codes, known and not', () => {
    expect([workStatusName(0), workStatusName(0x13), workStatusName(0x99)]).toEqual([
      'DONE',
      'TIMED_OUT',
      '0x99',
    ]);
    expect([workOpcodeName(3), workOpcodeName(7)]).toEqual(['CRC32', '0x07']);
  });
});
