// The codec against vectors of an independent implementation, against malformed bytes with a reason for each, and
// against its own refusals.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bytesToHex, hexToBytes } from '#base/bytes';
import type { Malformed } from '#pcie/codec';
import {
  copyTlp,
  decodeTlp,
  encodedBytes,
  encodeTlp,
  encodeTlpInto,
  isMalformed,
  TLP_BYTES_MAX,
  tlpFromJson,
  tlpToJson,
} from '#pcie/codec';
import { Tlp } from '#pcie/tlp';
import { dws } from './dws.ts';

type Vector = { hex: string; [name: string]: unknown };

const vectors = readFileSync(new URL('../../golden/tlp/vectors.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Vector);

function decoded(hex: string): Tlp {
  const result = decodeTlp(hexToBytes(hex));
  if (isMalformed(result)) throw new Error(`${hex}: ${result.malformed}`);
  return result;
}

function refused(hex: string): Malformed {
  const result = decodeTlp(hexToBytes(hex));
  if (!isMalformed(result)) throw new Error(`${hex} decodes`);
  return result;
}

describe('300 vectors of an independent implementation', () => {
  it('are all there', () => {
    expect(vectors).toHaveLength(300);
    expect(new Set(vectors.map((vector) => vector['kind'])).size).toBe(20);
  });

  it('decode to the fields given', () => {
    for (const { hex, ...json } of vectors) expect(tlpToJson(decoded(hex)), hex).toEqual(json);
  });

  it('encode from the fields given', () => {
    for (const { hex, ...json } of vectors) {
      expect(bytesToHex(encodeTlp(tlpFromJson(json))), hex).toBe(hex);
    }
  });

  it('survive decode and encode, also into a reused Tlp and buffer', () => {
    const tlp = new Tlp();
    const buffer = new Uint8Array(TLP_BYTES_MAX).fill(0xaa);
    for (const { hex } of vectors) {
      expect(decodeTlp(hexToBytes(hex), tlp)).toBe(tlp);
      const length = encodeTlpInto(tlp, buffer);
      expect(length).toBe(encodedBytes(tlp));
      expect(bytesToHex(buffer.subarray(0, length))).toBe(hex);
    }
  });
});

describe('kinds that the vectors lack', () => {
  it.each([
    ['CplLk', '0b000000010020040050050a', { kind: 'CplLk' }],
    [
      'Msg',
      '34000000010000180000000000000000',
      { kind: 'Msg', messageRouting: 4, messageCode: 0x18 },
    ],
    ['MsgD', '72000001010055 7f02030405deadbeef01020304', { kind: 'MsgD', messageRouting: 2 }],
  ])('%s', (_, hex, json) => {
    const text = hex.replaceAll(' ', '').padEnd(24, '0');
    const tlp = decoded(text);
    expect(tlpToJson(tlp)).toMatchObject(json);
    expect(bytesToHex(encodeTlp(tlp))).toBe(text);
  });

  it('CplDLk has data, a completer and a requester', () => {
    const tlp = decoded(dws('4b000001', '01002004', '0200550c', 'cafef00d'));
    expect(tlpToJson(tlp)).toEqual({
      ...{ kind: 'CplDLk', requesterId: 0x200, tag: 0x55, tc: 0, attr: 0, ep: false },
      ...{ completerId: 0x100, status: 'UR', byteCount: 4, lowerAddress: 12, lengthDw: 1 },
      data: 'cafef00d',
    });
  });

  it('keeps the routing of a message in its type', () => {
    for (let routing = 0; routing < 8; routing++) {
      const first = (0x30 + routing).toString(16);
      const tlp = decoded(`${first}0000000100aa7e1111111122222222`);
      expect(tlp.messageRouting).toBe(routing);
      expect(tlp.messageDw2).toBe(0x11111111);
      expect(bytesToHex(encodeTlp(tlp)).slice(0, 2)).toBe(first);
    }
  });

  it('reads a reserved completion status as it stands', () => {
    const tlp = decoded(dws('0a000000', '0100e004', '00000500'));
    expect(tlp.status).toBe(7);
    expect(tlpFromJson(tlpToJson(tlp)).status).toBe(7);
  });

  it('puts tag bits 9 and 8 into T9 and T8', () => {
    const tlp = new Tlp();
    Object.assign(tlp, { kind: 'MRd32', tag: 0x2a5, lengthDw: 1, firstBe: 15 });
    expect(bytesToHex(encodeTlp(tlp))).toBe(dws('00800001', '0000a50f', '00000000'));
    tlp.tag = 0x1a5;
    expect(bytesToHex(encodeTlp(tlp))).toBe(dws('00080001', '0000a50f', '00000000'));
    tlp.tag = 0x1f;
    expect(bytesToHex(encodeTlp(tlp))).toBe(dws('00000001', '00001f0f', '00000000'));
  });

  it('encodes 1024 DW and 4096 bytes as 0', () => {
    const tlp = new Tlp();
    Object.assign(tlp, { kind: 'MRd32', lengthDw: 1024, firstBe: 15, lastBe: 15 });
    expect(bytesToHex(encodeTlp(tlp))).toBe(dws('00000000', '000000ff', '00000000'));
    expect(decoded(dws('00000000', '000000ff', '00000000')).lengthDw).toBe(1024);
    expect(decoded(dws('0a000000', '00000000', '00000000')).byteCount).toBe(4096);
  });
});

describe('PASID prefix', () => {
  const read = dws('00000001', '0100050f', '00001000');

  it.each([
    ['91000000', { pasid: 0, pasidExecute: 0, pasidPrivileged: 0 }],
    ['910fffff', { pasid: 0xfffff, pasidExecute: 0, pasidPrivileged: 0 }],
    ['91112345', { pasid: 0x12345, pasidExecute: 1, pasidPrivileged: 0 }],
    ['91212345', { pasid: 0x12345, pasidExecute: 0, pasidPrivileged: 1 }],
  ])('%s', (prefix, fields) => {
    const tlp = decoded(prefix + read);
    expect(tlp).toMatchObject({ kind: 'MRd32', tag: 5, address: 0x1000, ...fields });
    expect(bytesToHex(encodeTlp(tlp))).toBe(prefix + read);
  });

  it('is gone from a reused Tlp when the next one has none', () => {
    const tlp = decoded('91312345' + read);
    decodeTlp(hexToBytes(read), tlp);
    expect(tlp).toMatchObject({ pasid: -1, pasidExecute: 0, pasidPrivileged: 0 });
  });

  it('goes before every kind', () => {
    expect(
      decoded(dws('91000007', '74000001', '0100055000000000', '00000000', '01020304')).kind,
    ).toBe('MsgD');
  });
});

describe('malformed bytes have a reason', () => {
  const cpl = dws('0a000000', '01000004', '00000000');
  it.each([
    ['nothing', '', 'truncated', 'expected a header of 12 bytes, got 0'],
    ['one DW', '00000001', 'truncated', 'expected a header of 12 bytes, got 4'],
    ['two DW', '000000010000000f', 'truncated', 'expected a header of 12 bytes, got 8'],
    [
      'a 4 DW header cut to 3',
      '200000010000000f00000001',
      'truncated',
      'expected a header of 16 bytes, got 12',
    ],
    [
      'a prefix and 2 DW',
      '91000001000000010000000f',
      'truncated',
      'expected a header of 12 bytes, got 8',
    ],
    ['13 bytes', '000000010000000f0000000000', 'partial-dw', 'expected whole DWs, got 13 bytes'],
    ['Fmt 101', 'a00000010000000f00000000', 'undefined-fmt', 'undefined Fmt 101'],
    ['Fmt 111', 'ff0000010000000f00000000', 'undefined-fmt', 'undefined Fmt 111'],
    [
      'Type 0_0011',
      '030000010000000f00000000',
      'undefined-type',
      'undefined Type 0_0011 with Fmt 000',
    ],
    [
      'Type 1_1011',
      '5b0000010000000f00000000',
      'undefined-type',
      'undefined Type 1_1011 with Fmt 010',
    ],
    [
      'a locked write',
      '410000010000000f0000000001020304',
      'undefined-type',
      'undefined Type 0_0001 with Fmt 010',
    ],
    [
      'a 4 DW I/O read',
      '220000010000000f0000000000000000',
      'undefined-type',
      'undefined Type 0_0010 with Fmt 001',
    ],
    [
      'FetchAdd without data',
      '0c0000010000000f00000000',
      'undefined-type',
      'undefined Type 0_1100 with Fmt 000',
    ],
    [
      'a 3 DW message',
      '100000000000000000000000',
      'undefined-type',
      'undefined Type 1_0000 with Fmt 000',
    ],
    [
      'a local prefix',
      '80000000' + cpl,
      'unknown-prefix',
      'local prefix 0x80 (MR-IOV) is not supported',
    ],
    [
      'an IDE prefix',
      '92000000' + cpl,
      'unknown-prefix',
      'end-to-end prefix 0x92 (IDE) is not supported',
    ],
    [
      'a TPH prefix behind PASID',
      '9100000190000000' + cpl,
      'unknown-prefix',
      'end-to-end prefix 0x90 (extended TPH) is not supported',
    ],
    [
      'an unnamed prefix',
      '95000000' + cpl,
      'unknown-prefix',
      'end-to-end prefix 0x95 (unknown) is not supported',
    ],
    [
      'two PASID prefixes',
      '9100000191000001' + cpl,
      'repeated-prefix',
      'more than one PASID prefix',
    ],
    [
      'a digest announced',
      '000080010000000f00000000',
      'digest',
      'MRd32 with TD 1: a digest (ECRC) is not supported',
    ],
    [
      'a digest present',
      '000080010000000f0000000011223344',
      'digest',
      'MRd32 with TD 1: a digest (ECRC) is not supported',
    ],
    [
      'a read with data',
      '000000010000000f0000000001020304',
      'length-mismatch',
      'MRd32: expected 0 bytes of payload, got 4',
    ],
    [
      'a write without data',
      '400000010000000f00000000',
      'length-mismatch',
      'MWr32: expected 4 bytes of payload, got 0',
    ],
    [
      'a write with too much',
      '400000010000000f000000000102030405060708',
      'length-mismatch',
      'MWr32: expected 4 bytes of payload, got 8',
    ],
    [
      'Length 0 is 1024 DW',
      '400000000000000f0000000001020304',
      'length-mismatch',
      'MWr32: expected 4096 bytes of payload, got 4',
    ],
    [
      'CplD without data',
      '4a000001010000040000000000',
      'partial-dw',
      'expected whole DWs, got 13 bytes',
    ],
  ])('%s', (_, hex, code, malformed) => {
    expect(refused(hex)).toEqual({ code, malformed });
  });

  it('covers every Type that a host may inject, with every Fmt', () => {
    const types = [0b00011, 0b00110, 0b00111, 0b01000, 0b01001, 0b01111, 0b11000, 0b11001, 0b11010];
    types.push(0b11100, 0b11101, 0b11110, 0b11111);
    for (const type of types) {
      for (let fmt = 0; fmt < 4; fmt++) {
        const bytes = new Uint8Array(16);
        bytes[0] = (fmt << 5) | type;
        expect(decodeTlp(bytes)).toMatchObject({ code: 'undefined-type' });
      }
    }
  });

  it('leaves the Tlp given as it was', () => {
    const tlp = decoded('400000010000000f0000000001020304');
    const before = copyTlp(tlp);
    for (const hex of ['00', 'ff000000', '000080010000000f00000000', '910fffff92000000' + cpl]) {
      expect(isMalformed(decodeTlp(hexToBytes(hex), tlp))).toBe(true);
    }
    expect(tlp).toEqual(before);
  });

  it('ignores reserved bits', () => {
    // Configuration Request: DW2 15:12 and 1:0; completion: length without data, DW2 bit 7.
    expect(decoded(dws('04000001', '0000000f', '0100f003')).registerNumber).toBe(0);
    const cplWithLength = decoded(dws('0a000005', '01000004', '00000080'));
    expect(cplWithLength).toMatchObject({ kind: 'Cpl', lengthDw: 0, lowerAddress: 0 });
    expect(bytesToHex(encodeTlp(cplWithLength))).toBe(dws('0a000000', '01000004', '00000000'));
  });
});

describe('encodeTlp refuses', () => {
  const legal = { kind: 'MWr32', lengthDw: 1, firstBe: 15, payload: new Uint8Array(4) } as const;
  it.each([
    [{ tag: 1024 }, 'MWr32 tag: expected 0..1023, got 1024'],
    [{ tag: -1 }, 'MWr32 tag: expected 0..1023, got -1'],
    [{ tag: 0.5 }, 'MWr32 tag: expected 0..1023, got 0.5'],
    [{ tag: NaN }, 'MWr32 tag: expected 0..1023, got NaN'],
    [{ tc: 8 }, 'MWr32 tc: expected 0..7, got 8'],
    [{ requesterId: 0x10000 }, 'MWr32 requesterId: expected 0..65535, got 65536'],
    [
      { addressLow: 0x1_0000_0000 },
      'MWr32 addressLow: expected 0..4294967292 in steps of 4, got 4294967296',
    ],
    [{ addressLow: 2 }, 'MWr32 addressLow: expected 0..4294967292 in steps of 4, got 2'],
    [{ firstBe: 16 }, 'MWr32 firstBe: expected 0..15, got 16'],
    [{ td: 1 }, 'MWr32 td: expected 0 (no digest), got 1'],
    [{ lengthDw: 2 }, 'MWr32: expected 2 DW of payload, got 4 bytes'],
    [{ payload: new Uint8Array(3) }, 'MWr32: expected 1 DW of payload, got 3 bytes'],
    [{ kind: 'MRd32' }, 'MRd32: expected no payload, got 4 bytes'],
    [{ lengthDw: 0, payload: new Uint8Array(0) }, 'MWr32 lengthDw: expected 1..1024, got 0'],
    [{ pasid: 0x100000 }, 'MWr32 pasid: expected 0..1048575, got 1048576'],
    [{ pasid: -2 }, 'MWr32 pasid: expected 0..1048575, got -2'],
    [{ pasid: 1, pasidExecute: 2 }, 'MWr32 pasidExecute: expected 0..1, got 2'],
    [{ pasid: 1, pasidPrivileged: 2 }, 'MWr32 pasidPrivileged: expected 0..1, got 2'],
  ])('%j', (change, message) => {
    const tlp = Object.assign(new Tlp(), legal);
    expect(() => encodeTlp(tlp)).not.toThrow();
    Object.assign(tlp, change);
    expect(() => encodeTlp(tlp)).toThrow(message);
  });

  it('a byte count of 0, which is 4096 on the wire', () => {
    const tlp = Object.assign(new Tlp(), { kind: 'Cpl' });
    expect(() => encodeTlp(tlp)).toThrow('Cpl byteCount: expected 1..4096, got 0');
  });

  it('nothing because of a field that the kind does not have', () => {
    const tlp = Object.assign(new Tlp(), { ...legal, completerId: -1, messageCode: 999 });
    expect(bytesToHex(encodeTlp(tlp))).toBe(dws('40000001', '0000000f', '00000000', '00000000'));
  });
});

describe('copyTlp', () => {
  it('keeps everything, and nothing of the original changes with it', () => {
    const tlp = decoded(dws('91312345', '400000010000000f0000100001020304'));
    const copy = copyTlp(tlp);
    expect(copy).toEqual(tlp);
    tlp.payload[0] = 0xff;
    tlp.tag = 9;
    expect(bytesToHex(encodeTlp(copy))).toBe(dws('91312345', '400000010000000f0000100001020304'));
  });
});
