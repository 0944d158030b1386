// Builders: the fields they choose, and the answers they make. That what they build is legal under the rules is a
// property in rules.test.ts; here are the values.
import { describe, expect, it } from 'vitest';
import { bytesToHex } from '#base/bytes';
import {
  answersWithData,
  atomicRequest,
  completionsFor,
  completionWithData,
  completionWithoutData,
  configRead,
  configWrite,
  memoryRead,
  memoryWrite,
} from '#pcie/build';
import { encodeTlp } from '#pcie/codec';
import { requestFaults } from '#pcie/rules';
import { Attr, CompletionStatus, isNonPosted, TLP_KINDS } from '#pcie/tlp';
import { dws } from './dws.ts';

const limits = { maxPayloadBytes: 4096, maxReadRequestBytes: 4096 };

describe('requests', () => {
  it('take the form that the address asks for', () => {
    const below = memoryRead({ requesterId: 0x100, tag: 3, address: 0xffff_fffc, byteLength: 4 });
    expect(below).toMatchObject({
      kind: 'MRd32',
      addressLow: 0xffff_fffc,
      lengthDw: 1,
      firstBe: 15,
    });
    const above = memoryRead({ requesterId: 0x100, tag: 3, address: 0x1_0000_0001, byteLength: 6 });
    expect(above).toMatchObject({
      kind: 'MRd64',
      addressHigh: 1,
      addressLow: 0,
      lengthDw: 2,
      firstBe: 14,
      lastBe: 7,
    });
  });

  it('carry attributes, class, prefix', () => {
    const tlp = memoryRead({
      ...{ requesterId: 0x100, tag: 1023, tc: 2, attr: Attr.RELAXED_ORDERING, pasid: 5 },
      ...{ address: 0, byteLength: 0 },
    });
    expect(tlp).toMatchObject({
      tag: 1023,
      tc: 2,
      attr: 2,
      pasid: 5,
      lengthDw: 1,
      firstBe: 0,
      lastBe: 0,
    });
  });

  it('place the bytes of a write in their lanes', () => {
    const tlp = memoryWrite({
      requesterId: 0x100,
      address: 0x1003,
      bytes: Uint8Array.of(1, 2, 3, 4, 5, 6),
    });
    expect(bytesToHex(encodeTlp(tlp))).toBe(
      dws('40000003', '0100001', '8', '00001000', '00000001020304050600', '0000'),
    );
    expect(tlp).toMatchObject({ lengthDw: 3, firstBe: 8, lastBe: 1 });
  });

  it.each([
    [0x1000, 8],
    [0x1001, 8],
    [0x1000, 68],
  ])('give a write at %d of %d bytes a payload of its own', (address, byteLength) => {
    const bytes = new Uint8Array(byteLength).fill(5);
    const tlp = memoryWrite({ requesterId: 0, address, bytes });
    const before = bytesToHex(tlp.payload);
    bytes.fill(6);
    expect(bytesToHex(tlp.payload)).toBe(before);
  });

  it('give completions payloads of their own, whole or in parts', () => {
    const read = memoryRead({ requesterId: 0, address: 0x1000, byteLength: 8 });
    const bytes = new Uint8Array(8).fill(5);
    const whole = completionWithData(read, { completerId: 0, bytes });
    const parts = completionsFor(read, { completerId: 0, bytes, ends: [4, 8] });
    bytes.fill(6);
    expect([whole, ...parts].map((tlp) => bytesToHex(tlp.payload))).toEqual([
      '0505050505050505',
      '05050505',
      '05050505',
    ]);
  });

  it('refuse to leave a 4 KiB block', () => {
    expect(() => memoryRead({ requesterId: 0, address: 0xfff, byteLength: 2 })).toThrow('4 KiB');
    expect(() => memoryWrite({ requesterId: 0, address: 0xfff, bytes: new Uint8Array(2) })).toThrow(
      '4 KiB',
    );
    expect(() => memoryRead({ requesterId: 0, tag: 1024, address: 0, byteLength: 2 })).toThrow(
      '10 bits',
    );
  });

  it('make legal AtomicOps', () => {
    const cas = atomicRequest({
      op: 'CAS',
      requesterId: 1,
      tag: 2,
      address: 0x2_0000_0008,
      operands: new Uint8Array(16),
    });
    expect(cas).toMatchObject({ kind: 'CAS64', lengthDw: 4, firstBe: 0, lastBe: 0 });
    expect(requestFaults(cas, limits)).toEqual([]);
    expect(
      atomicRequest({ op: 'Swap', requesterId: 1, address: 8, operands: new Uint8Array(4) }).kind,
    ).toBe('Swap32');
    expect(() =>
      atomicRequest({ op: 'Swap', requesterId: 1, address: 8, operands: new Uint8Array(3) }),
    ).toThrow('DW');
  });

  it('reach configuration registers by byte offset', () => {
    const read = configRead({
      requesterId: 0,
      tag: 1,
      destinationId: 0x100,
      offset: 0x1ab,
      byteLength: 1,
    });
    expect(read).toMatchObject({
      kind: 'CfgRd0',
      registerNumber: 0x6a,
      firstBe: 8,
      lengthDw: 1,
      destinationId: 0x100,
    });
    const write = configWrite({
      ...{
        requesterId: 0,
        tag: 1,
        destinationId: 0x200,
        offset: 0x6a,
        byteLength: 2,
        value: 0xbeef,
      },
      type: 1,
    });
    expect(write).toMatchObject({ kind: 'CfgWr1', registerNumber: 0x1a, firstBe: 12 });
    expect(bytesToHex(write.payload)).toBe('0000efbe');
    const bad = { requesterId: 0, destinationId: 0, offset: 3, byteLength: 2 };
    expect(() => configRead(bad)).toThrow('one DW');
    expect(() => configRead({ ...bad, offset: 4096 })).toThrow('4096');
  });
});

describe('completions', () => {
  const read = memoryRead({
    requesterId: 0x105,
    tag: 7,
    tc: 1,
    attr: 4,
    address: 0x3f,
    byteLength: 3,
  });

  it('copy the transaction and count down', () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const [first, second] = completionsFor(read, { completerId: 0x200, bytes, ends: [1, 3] });
    const copied = {
      kind: 'CplD',
      requesterId: 0x105,
      tag: 7,
      tc: 1,
      attr: 4,
      completerId: 0x200,
      status: 0,
    };
    expect(first).toMatchObject({ ...copied, byteCount: 3, lowerAddress: 0x3f, lengthDw: 1 });
    expect(second).toMatchObject({ ...copied, byteCount: 2, lowerAddress: 0x40, lengthDw: 1 });
    expect([bytesToHex(first.payload), bytesToHex(second.payload)]).toEqual([
      '00000001',
      '02030000',
    ]);
  });

  it('refuse parts that do not make the whole', () => {
    const bytes = new Uint8Array(3);
    expect(() => completionsFor(read, { completerId: 0, bytes, ends: [1] })).toThrow('last part');
    expect(() => completionsFor(read, { completerId: 0, bytes, ends: [2, 2, 3] })).toThrow(
      'ascending',
    );
    expect(() =>
      completionsFor(read, { completerId: 0, bytes: new Uint8Array(4), ends: [4] }),
    ).toThrow('asked for');
    const write = memoryWrite({ requesterId: 0, address: 0, bytes });
    expect(() => completionWithoutData(write, { completerId: 0 })).toThrow('non-posted');
  });

  it('answer a zero-length read with one DW', () => {
    const zero = memoryRead({ requesterId: 1, tag: 2, address: 0x104, byteLength: 0 });
    const tlp = completionWithData(zero, { completerId: 0, bytes: new Uint8Array(0) });
    expect(tlp).toMatchObject({ kind: 'CplD', lengthDw: 1, byteCount: 1, lowerAddress: 4 });
  });

  it('answer configuration and AtomicOps whole', () => {
    const config = configRead({
      requesterId: 0,
      tag: 1,
      destinationId: 0x100,
      offset: 0xb,
      byteLength: 1,
    });
    const data = completionWithData(config, {
      completerId: 0x100,
      bytes: Uint8Array.of(1, 2, 3, 4),
    });
    expect(data).toMatchObject({ kind: 'CplD', byteCount: 4, lowerAddress: 0, lengthDw: 1 });
    const cas = atomicRequest({
      op: 'CAS',
      requesterId: 1,
      address: 8,
      operands: new Uint8Array(16),
    });
    const old = completionWithData(cas, { completerId: 0, bytes: new Uint8Array(8) });
    expect(old).toMatchObject({ byteCount: 8, lowerAddress: 0, lengthDw: 2 });
  });

  it('without data keep what remains, and lock when asked locked', () => {
    const { UR, CA } = CompletionStatus;
    expect(completionWithoutData(read, { completerId: 9, status: UR })).toMatchObject({
      ...{ kind: 'Cpl', status: 1, byteCount: 3, lowerAddress: 0x3f, completerId: 9, lengthDw: 0 },
    });
    const half = completionWithoutData(read, { completerId: 9, status: CA, deliveredBytes: 1 });
    expect(half).toMatchObject({ status: 4, byteCount: 2, lowerAddress: 0x40 });
    const locked = Object.assign(memoryRead({ requesterId: 1, address: 0, byteLength: 4 }), {
      kind: 'MRdLk32',
    });
    expect(completionWithoutData(locked, { completerId: 0, status: UR }).kind).toBe('CplLk');
    const data = completionWithData(locked, { completerId: 0, bytes: new Uint8Array(4) });
    expect(data.kind).toBe('CplDLk');
  });

  it('have data for reads and AtomicOps', () => {
    const without = TLP_KINDS.filter((kind) => isNonPosted(kind) && !answersWithData(kind));
    expect(without).toEqual(['IOWr', 'CfgWr0', 'CfgWr1']);
    expect(answersWithData('MWr32')).toBe(false);
  });
});
