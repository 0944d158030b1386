// TLPs as text: one golden line per kind, differences, and JSON with the errors that a person would make.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hexToBytes } from '#base/bytes';
import {
  compareTlps,
  decodeTlp,
  isMalformed,
  printTlp,
  statusName,
  tlpFromJson,
  tlpToJson,
} from '#pcie/codec';
import type { Tlp } from '#pcie/tlp';
import { TLP_KINDS } from '#pcie/tlp';
import { dws } from './dws.ts';

const golden = readFileSync(new URL('../../golden/tlp/printed.txt', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => line.split(' = '));

function decoded(hex: string): Tlp {
  const result = decodeTlp(hexToBytes(hex));
  if (isMalformed(result)) throw new Error(result.malformed);
  return result;
}

describe('printTlp', () => {
  it.each(golden)('%s', (hex, line) => {
    expect(printTlp(decoded(hex))).toBe(line);
  });

  it('has a golden line of every kind', () => {
    expect(new Set(golden.map(([, line]) => line.split(' ')[0]))).toEqual(new Set(TLP_KINDS));
  });

  it('knows reserved statuses', () => {
    expect([0, 1, 2, 4, 5].map(statusName)).toEqual(['SC', 'UR', 'RRS', 'CA', 'reserved 5']);
  });
});

describe('compareTlps', () => {
  const read = dws('00000001', '0100050f', '00001000');
  const write = dws('40000001', '0100050f', '00001000', '01020304');

  it('says nothing of equal TLPs', () => {
    expect(compareTlps(decoded(read), decoded(read))).toEqual([]);
  });

  it('names field, left and right', () => {
    const other = decoded(dws('91312345', '00800001', '0200050f', '00001000'));
    expect(compareTlps(decoded(read), other)).toEqual([
      'tag: 0x5 / 0x205',
      'requesterId: 0x100 / 0x200',
      'pasid: none / 0x12345',
    ]);
  });

  it('compares kinds, prefix bits and payloads', () => {
    expect(compareTlps(decoded(read), decoded(write))).toEqual([
      'kind: MRd32 / MWr32',
      'payload: 0 bytes / 4 bytes',
    ]);
    const changed = decoded(write.slice(0, -2) + 'ff');
    expect(compareTlps(decoded(write), changed)).toEqual(['payload byte 3: 0x04 / 0xff']);
    const flags = compareTlps(decoded('91000001' + read), decoded('91300001' + read));
    expect(flags).toEqual(['pasidExecute: 0x0 / 0x1', 'pasidPrivileged: 0x0 / 0x1']);
  });

  it('ignores fields that the kind does not have', () => {
    const junk = Object.assign(decoded(read), { messageCode: 7, completerId: 9 });
    expect(compareTlps(decoded(read), junk)).toEqual([]);
  });
});

describe('JSON', () => {
  it('holds what is unusual only when it is', () => {
    const json = tlpToJson(
      decoded(dws('91312345', '20030c01', '01002a0f', '00000001', '00001003')),
    );
    expect(json).toEqual({
      ...{ kind: 'MRd64', requesterId: 256, tag: 42, tc: 0, attr: 0, ep: false },
      ...{
        ln: 1,
        th: 1,
        at: 3,
        address: 0x1_0000_1000,
        ph: 3,
        lengthDw: 1,
        firstBe: 15,
        lastBe: 0,
      },
      ...{ pasid: 0x12345, pasidExecute: true, pasidPrivileged: true },
    });
  });

  it('splits an address that a number cannot hold', () => {
    const json = tlpToJson(decoded(dws('20000001', '0100000f', 'ffffffff', 'fffffff8')));
    expect(json).toMatchObject({ addressHigh: 0xffff_ffff, addressLow: 0xffff_fff8 });
    expect(json).not.toHaveProperty('address');
    expect(tlpFromJson(json)).toMatchObject({ addressHigh: 0xffff_ffff, addressLow: 0xffff_fff8 });
  });

  const read = { kind: 'MRd32', lengthDw: 1, firstBe: 15 };
  const cpl = { kind: 'Cpl', byteCount: 4 };
  it.each([
    [{}, "expected a kind of TLP, got 'undefined'"],
    [{ kind: 'MRd33' }, "expected a kind of TLP, got 'MRd33' (did you mean 'MRd32'?)"],
    [{ ...read, tagg: 5 }, "MRd32 has no field 'tagg' (did you mean 'tag'?)"],
    [{ ...read, completerId: 5 }, "MRd32 has no field 'completerId'"],
    [{ ...read, tag: '5' }, 'MRd32 tag: expected a number, got "5"'],
    [{ ...read, tag: true }, 'MRd32 tag: expected a number, got true'],
    [{ ...read, tag: 1024 }, 'MRd32 tag: expected 0..1023, got 1024'],
    [{ ...read, tag: 1.5 }, 'MRd32 tag: expected 0..1023, got 1.5'],
    [{ ...read, td: 1 }, 'MRd32 td: expected 0 (no digest), got 1'],
    [{ kind: 'MRd32' }, 'MRd32 lengthDw: expected 1..1024, got 0'],
    [{ ...read, address: 2 }, 'MRd32 address: expected a multiple of 4 below 2^53, got 2'],
    [{ ...read, address: 2 ** 32 }, 'MRd32 address: expected less than 4 GiB, got 0x100000000'],
    [{ ...read, addressLow: 2 }, 'MRd32 addressLow: expected 0..4294967292 in steps of 4, got 2'],
    [{ ...read, data: '00' }, "MRd32 has no field 'data'"],
    [{ ...read, pasid: 2 ** 20 }, 'MRd32 pasid: expected 0..1048575, got 1048576'],
    [{ ...read, kind: 'MWr32', data: '0102' }, 'MWr32 data: expected 4 bytes, got 2'],
    [{ ...read, kind: 'MWr32', data: 5 }, 'MWr32 data: expected hexadecimal digits'],
    [{ ...read, kind: 'MWr32', data: 'xx' }, "expected hexadecimal digits, got 'x' at position 0"],
    [{ ...cpl, status: 'OK' }, "Cpl status: expected SC, UR, RRS or CA, got 'OK'"],
    [{ ...cpl, lengthDw: 5 }, 'Cpl lengthDw: expected 0, got 5'],
    [{ kind: 'Cpl' }, 'Cpl byteCount: expected 1..4096, got 0'],
  ])('%j is refused', (json, message) => {
    expect(() => tlpFromJson(json)).toThrow(message);
  });
});
