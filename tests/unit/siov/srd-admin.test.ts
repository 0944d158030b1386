// Admin arguments, COMMAND and COMMAND_STATUS of SRD §4, §5.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AdminOpcode,
  decodeAdminArguments,
  decodeCommand,
  decodeCommandStatus,
  encodeCommand,
  encodeCommandStatus,
  encodeCreateArguments,
  encodeSdiArguments,
} from '#siov/srd-admin';
import { commandStatusName } from '#siov/sdi-life';
import { imsEntryOffset, PfRegister } from '#siov/srd-registers';

const request = { softwareRid: 0x1ff, firstPage: 3, pageCount: 2, firstVector: 9, vectorCount: 4 };

describe('admin arguments', () => {
  it('stand where SRD §5 says', () => {
    expect([...encodeSdiArguments(7)]).toEqual([7, 0, 0, 0, 0, 0]);
    expect([...encodeCreateArguments(5, request)]).toEqual([0x1_0005, 0x1ff, 3, 2, 9, 4]);
    expect([...encodeCreateArguments(5, { ...request, softwareRid: undefined })]).toEqual([
      5, 0, 3, 2, 9, 4,
    ]);
    expect(encodeCreateArguments(5, request, true)[0]).toBe(0x3_0005);
    expect(() => encodeSdiArguments(0x1_0000)).toThrow('16 bits');
  });

  it('survive a round trip', () => {
    const u32 = fc.nat(0xffff_ffff);
    const requests = fc.record({
      softwareRid: fc.option(fc.nat(0xffff), { nil: undefined }),
      ...{ firstPage: u32, pageCount: u32, firstVector: u32, vectorCount: u32 },
    });
    fc.assert(
      fc.property(fc.nat(0xffff), requests, fc.boolean(), (sdi, drawn, reconfigure) => {
        const args = encodeCreateArguments(sdi, drawn, reconfigure);
        expect(decodeAdminArguments(args)).toEqual({ sdi, reconfigure, ...drawn });
      }),
      { seed: 1 },
    );
  });

  it('ignore bits that no command names', () => {
    const args = [0xfffc_0001, 0xffff_ffff, 1, 2, 3, 4];
    expect(decodeAdminArguments(args)).toMatchObject({
      sdi: 1,
      softwareRid: undefined,
      reconfigure: false,
    });
    expect(decodeAdminArguments([0x1_0000, 0xabcd_1234, 0, 0, 0, 0]).softwareRid).toBe(0x1234);
    expect(() => decodeAdminArguments([1, 2])).toThrow('six');
  });
});

describe('COMMAND and COMMAND_STATUS', () => {
  it('pack opcode and sequence number', () => {
    expect(encodeCommand(AdminOpcode.QUERY_SDI, 0xfffe)).toBe(0xfffe_0006);
    expect(decodeCommand(0xfffe_ff06)).toEqual({ opcode: 6, sequence: 0xfffe });
  });

  it('pack busy, status and sequence number', () => {
    const word = { busy: true, status: 5, sequence: 0x8001 };
    expect(encodeCommandStatus(word)).toBe(0x8001_0501);
    expect(decodeCommandStatus(0x8001_0501)).toEqual(word);
    expect(decodeCommandStatus(0x0002_0000)).toEqual({ busy: false, status: 0, sequence: 2 });
  });

  it('have names', () => {
    expect([commandStatusName(0), commandStatusName(7), commandStatusName(9)]).toEqual([
      'OK',
      'MIXED_IOV',
      '0x09',
    ]);
  });
});

describe('register map', () => {
  it('has IMS entries of 16 bytes, the last inside BAR0', () => {
    expect(imsEntryOffset(0)).toBe(PfRegister.IMS);
    expect(imsEntryOffset(65_534) + 16).toBeLessThanOrEqual(0x20_0000);
  });
});
