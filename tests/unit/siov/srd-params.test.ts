// Parameters of SRD §1: defaults of the profiles, and one line of reason for everything that is not legal.
import { describe, expect, it } from 'vitest';
import { PROFILES } from '#siov/device-params';
import {
  defaultParams,
  PARAM_NAMES,
  PARAM_TABLE,
  paramsToRecord,
  validateParams,
} from '#siov/srd-params';

describe('profiles', () => {
  it('standard is the table of SRD §1', () => {
    expect(defaultParams()).toEqual({
      ...{ profile: 'standard', vendorId: 0x1234, deviceId: 0x510f },
      ...{ totalVfs: 16, firstVfOffset: 1, vfStride: 1 },
      ...{ totalSdis: 256, firstSdiOffset: 0x100, sdiStride: 1 },
      ...{ mixedIov: true, softwareRids: true, pageCount: 512, imsCount: 512, engineCount: 4 },
      ...{ maxPayload: 512, ringMax: 256, completionTimeoutNs: 50_000 },
      ...{ atomics: true, crc32: true, pasid: true },
    });
  });

  it('hyperscale and rtl differ as SRD §1 says', () => {
    expect(defaultParams('hyperscale')).toEqual({
      ...defaultParams(),
      ...{
        profile: 'hyperscale',
        totalSdis: 16_384,
        pageCount: 32_768,
        imsCount: 32_768,
        totalVfs: 64,
      },
    });
    expect(defaultParams('rtl')).toEqual({
      ...defaultParams(),
      ...{ profile: 'rtl', totalSdis: 16, totalVfs: 4, firstSdiOffset: 0x10, pageCount: 32 },
      ...{ imsCount: 32, engineCount: 1, maxPayload: 128, ringMax: 16 },
      ...{ atomics: false, crc32: false, pasid: false },
    });
  });

  it('are legal themselves', () => {
    for (const profile of PROFILES) {
      expect(validateParams(paramsToRecord(defaultParams(profile)))).toEqual(
        defaultParams(profile),
      );
    }
  });
});

describe('validateParams', () => {
  it('takes the defaults of the profile given', () => {
    expect(validateParams({})).toEqual(defaultParams());
    expect(validateParams({ totalSdis: 3, profile: 'rtl' })).toEqual({
      ...defaultParams('rtl'),
      totalSdis: 3,
    });
  });

  it.each([
    [{ totalSdi: 3 }, "unknown parameter 'totalSdi' (did you mean 'totalSdis'?)"],
    [{ banana: 3 }, "unknown parameter 'banana'"],
    [{ toString: 3 }, "unknown parameter 'toString'"],
    [{ profile: 'big' }, 'parameter \'profile\': expected standard, hyperscale, rtl, got "big"'],
    [{ totalVfs: 256 }, "parameter 'totalVfs': expected 0..255, got 256"],
    [{ totalVfs: -1 }, "parameter 'totalVfs': expected 0..255, got -1"],
    [{ totalVfs: 1.5 }, "parameter 'totalVfs': expected 0..255, got 1.5"],
    [{ totalVfs: '4' }, 'parameter \'totalVfs\': expected 0..255, got "4"'],
    [{ totalSdis: 60_001 }, "parameter 'totalSdis': expected 1..60000 (0xea60), got 60001"],
    [{ vfStride: 0 }, "parameter 'vfStride': expected 1..65535 (0xffff), got 0"],
    [{ pageCount: 65_536 }, "parameter 'pageCount': expected 1..65535 (0xffff), got 65536"],
    [{ engineCount: 65 }, "parameter 'engineCount': expected 1..64, got 65"],
    [
      { maxPayload: 384 },
      "parameter 'maxPayload': expected 128, 256, 512, 1024, 2048, 4096, got 384",
    ],
    [{ ringMax: 3 }, "parameter 'ringMax': expected a power of two 2..4096, got 3"],
    [{ ringMax: 8192 }, "parameter 'ringMax': expected a power of two 2..4096, got 8192"],
    [
      { completionTimeoutNs: 4999 },
      "parameter 'completionTimeoutNs': expected 5000..10000000 (0x989680), got 4999",
    ],
    [{ pasid: 1 }, "parameter 'pasid': expected true or false, got 1"],
    [{ pasid: null }, "parameter 'pasid': expected true or false, got null"],
    [{ pasid: undefined }, "parameter 'pasid': expected true or false, got nothing"],
  ])('%j', (given, reason) => {
    expect(validateParams(given)).toBe(reason);
  });

  it('takes both ends of every range', () => {
    for (const row of PARAM_TABLE) {
      const ends = /^(\d+)\.\.(\d+)/.exec(row.range);
      if (ends === null) continue;
      for (const end of [Number(ends[1]), Number(ends[2])])
        expect(row.accepts(end), row.name).toBe(true);
      for (const end of [Number(ends[1]) - 1, Number(ends[2]) + 1])
        expect(row.accepts(end), row.name).toBe(false);
    }
  });

  it('knows every name', () => {
    expect(PARAM_NAMES).toHaveLength(20);
    expect(Object.keys(paramsToRecord(defaultParams()))).toEqual([...PARAM_NAMES]);
  });
});
