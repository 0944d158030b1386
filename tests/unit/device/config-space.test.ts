// Configuration space over the link, field by field against the table of SRD §3: reset values, what a write of ones and
// of zeros leaves, what each reset clears; discovery, capture of the bus number, who answers what.
import { describe, expect, it } from 'vitest';
import { readU32Le } from '#base/bytes';
import { pfConfigFields, vfConfigFields, type ConfigField } from '#siov/config-space-table';
import { validateParams, type SrdParams } from '#siov/srd-params';
import { configRead, configWrite } from '#pcie/build';
import { placesOf, TestHost } from './test-host.ts';

const UR = 1;
const RRS = 2;
const PROFILES = ['standard', 'hyperscale', 'rtl'] as const;

function paramsOf(given: Record<string, string | number | boolean>): SrdParams {
  const params = validateParams(given);
  if (typeof params === 'string') throw new Error(params);
  return params;
}

/** Value of a field of a function, read DW by DW. */
function fieldValue(host: TestHost, field: ConfigField, rid: number): bigint {
  const first = field.offset & ~3;
  const shift = 8 * (field.offset & 3) + field.low;
  const width = field.high - field.low + 1;
  let value = 0n;
  for (let i = 0; 32 * i < shift + width; i++) {
    value |= BigInt(host.config(first + 4 * i, 4, rid) >>> 0) << BigInt(32 * i);
  }
  return (value >> BigInt(shift)) & ((1n << BigInt(width)) - 1n);
}

/** Writes a value to a field with the byte enables of the bytes it touches; other bits of those bytes as read. */
function writeField(host: TestHost, field: ConfigField, value: bigint, rid: number): void {
  const shift = BigInt(field.low);
  const bytes = (field.high >> 3) + 1;
  const mask = ((1n << BigInt(field.high - field.low + 1)) - 1n) << shift;
  let old = 0n;
  for (let i = 0; i < bytes; i++) {
    old |= BigInt(host.config(field.offset + i, 1, rid)) << BigInt(8 * i);
  }
  const next = (old & ~mask) | ((value << shift) & mask);
  for (let i = 0; i < bytes; i++) {
    host.configWrite(field.offset + i, Number((next >> BigInt(8 * i)) & 0xffn), 1, rid);
  }
}

function allOnes(field: ConfigField): bigint {
  return (1n << BigInt(field.high - field.low + 1)) - 1n;
}

/** What is stored after all ones were written to a field that stores. */
function storedOnes(field: ConfigField): bigint {
  const ones = allOnes(field);
  if (field.access !== 'RW') return BigInt(field.reset);
  if (field.size !== undefined) return ones & ~(BigInt(field.size - 1) >> BigInt(field.low));
  if (field.legal !== undefined) {
    return field.legal.includes(Number(ones)) ? ones : BigInt(field.reset);
  }
  return ones;
}

describe('configuration space of the PF', () => {
  it.each(PROFILES)('resets to the table: %s', (profile) => {
    const host = new TestHost({ params: { profile } });
    for (const field of pfConfigFields(paramsOf({ profile }))) {
      expect(fieldValue(host, field, 0x100), field.name).toBe(BigInt(field.reset));
    }
  });

  it('follows parameters that move or remove capabilities', () => {
    for (const given of [
      { totalVfs: 0 },
      { pasid: false },
      { totalVfs: 0, pasid: false, mixedIov: false, softwareRids: false },
    ]) {
      const host = new TestHost({ params: given });
      for (const field of pfConfigFields(paramsOf(given))) {
        expect(fieldValue(host, field, 0x100), field.name).toBe(BigInt(field.reset));
      }
      if (given.totalVfs === 0) expect(host.config(0x150)).toBe(0);
    }
  });

  it('stores what the table says, and nothing else', () => {
    const params = paramsOf({});
    for (const field of pfConfigFields(params)) {
      if (!field.checked || field.write === 'flr' || field.write === 'free') continue;
      const host = new TestHost();
      writeField(host, field, allOnes(field), 0x100);
      if (field.write === 'vfenable') {
        expect(fieldValue(host, field, 0x100), 'NumVFs is 0').toBe(0n);
        continue;
      }
      const expected = field.access === 'RW1C' ? 0n : storedOnes(field);
      expect(fieldValue(host, field, 0x100), `${field.name} = ones`).toBe(expected);
      writeField(host, field, 0n, 0x100);
      const isZeroLegal = field.legal === undefined || field.legal.includes(0);
      const zeroed = field.access === 'RW' && isZeroLegal ? 0n : expected;
      expect(fieldValue(host, field, 0x100), `${field.name} = 0`).toBe(zeroed);
    }
  });

  it('takes only legal values', () => {
    const host = new TestHost();
    host.configWrite(0x68, 2 << 5, 1);
    expect((host.config(0x68, 1) >> 5) & 7).toBe(2);
    host.configWrite(0x68, 1 << 5, 1);
    expect((host.config(0x68, 1) >> 5) & 7).toBe(2);
    host.configWrite(0x69, 7 << 4, 1);
    expect((host.config(0x69, 1) >> 4) & 7).toBe(2);
    host.configWrite(0x44, 1, 1);
    expect(host.config(0x44, 1) & 3).toBe(0);
    host.configWrite(0x170, 2);
    expect(host.config(0x170)).toBe(1);
  });

  it('honours byte enables', () => {
    const host = new TestHost();
    host.configWrite(0x12, 0xabcd, 2);
    expect(host.config(0x10)).toBe(0xabc0_0004);
    host.configWrite(0x13, 0x12, 1);
    expect(host.config(0x10)).toBe(0x12c0_0004);
  });

  it('is walked by capability lists to their ends', () => {
    const host = new TestHost();
    const standard: number[] = [];
    for (let at = host.config(0x34, 1); at !== 0; at = host.config(at + 1, 1)) {
      standard.push(host.config(at, 1));
    }
    expect(standard).toEqual([0x01, 0x11, 0x10]);
    const extended: number[] = [];
    for (let at = 0x100; at !== 0; at = host.config(at + 2, 2) >> 4) {
      extended.push(host.config(at, 2));
    }
    expect(extended).toEqual([0x01, 0x0e, 0x10, 0x1b, 0x38]);
  });

  it('captures the bus number from writes, whatever bus they name', () => {
    const host = new TestHost();
    expect(host.configRead(0x0500, 0).completerId).toBe(0);
    expect(host.configWrite(0x3c, 0x55, 1, 0x0700).completerId).toBe(0x0700);
    expect(host.configRead(0x0500, 0).completerId).toBe(0x0700);
    const poisoned = configWrite({
      requesterId: 0,
      destinationId: 0x0900,
      offset: 0x3c,
      byteLength: 1,
      value: 1,
    });
    poisoned.ep = 1;
    expect(host.request(poisoned).status).toBe(UR);
    expect(host.configRead(0x0500, 0).completerId).toBe(0x0700);
    expect(host.config(0x3c, 1)).toBe(0x55);
  });

  it('echoes requester, tag, traffic class and attributes', () => {
    const host = new TestHost();
    const read = configRead({
      requesterId: 0,
      tc: 3,
      attr: 5,
      destinationId: 0x100,
      offset: 0,
      byteLength: 4,
    });
    const completion = host.request(read);
    expect(completion).toMatchObject({ kind: 'CplD', tc: 3, attr: 5, byteCount: 4 });
    expect(completion.lowerAddress).toBe(0);
  });

  it('answers UR for functions that are not there, without an error bit', () => {
    const host = new TestHost().boot();
    host.openSdi(2);
    for (const [rid, type] of [
      [0x0101, 0],
      [0x0202, 1],
      [0x0100, 1],
      [0x0202, 0],
    ] as const) {
      expect(host.configRead(rid, 0, type).status, `${rid} ${type}`).toBe(UR);
    }
    expect(host.read(0x1_0000_0018)).toBe(0);
    expect(host.config(0x104)).toBe(0);
  });
});

describe('configuration space of a VF', () => {
  function withVfs(count = 3): TestHost {
    const host = new TestHost().boot();
    host.configWrite(0x160, count, 2);
    host.configWrite(0x158, 0x9, 2);
    return host;
  }

  it('resets to the table', () => {
    const host = withVfs();
    for (const field of vfConfigFields(paramsOf({}))) {
      expect(fieldValue(host, field, 0x102), field.name).toBe(BigInt(field.reset));
    }
  });

  it('stores what the table says, and nothing else', () => {
    for (const field of vfConfigFields(paramsOf({}))) {
      if (!field.checked || field.write === 'flr') continue;
      const host = withVfs(1);
      writeField(host, field, allOnes(field), 0x101);
      expect(fieldValue(host, field, 0x101), field.name).toBe(storedOnes(field));
    }
  });

  it('is answered with the completer ID of the VF', () => {
    const host = withVfs();
    expect(host.configRead(0x103, 0)).toMatchObject({ status: 0, completerId: 0x103 });
    expect(host.configRead(0x104, 0).status).toBe(UR);
  });

  it('is reached by Type 1 where the VF lies on another bus', () => {
    const params = { firstVfOffset: 0x100, vfStride: 2, firstSdiOffset: 0x300 };
    const host = new TestHost({ params }).boot();
    host.configWrite(0x160, 2, 2);
    host.configWrite(0x158, 1, 2);
    expect(host.configRead(0x0202, 8, 1)).toMatchObject({ status: 0, completerId: 0x0202 });
    expect(readU32Le(host.configRead(0x0202, 0, 1).payload, 0)).toBe(0xffff_ffff);
    expect(host.configRead(0x0201, 0, 1).status).toBe(UR);
    expect(host.configRead(0x0102, 0, 1).status).toBe(UR);
    expect(host.configRead(0x0102, 0).status).toBe(UR);
  });

  it('captures the bus number from a write to a VF, too', () => {
    const host = withVfs(1);
    const completion = host.configWrite(0x04, 4, 2, 0x0201);
    expect(completion).toMatchObject({ status: 0, completerId: 0x0201 });
    expect(host.configRead(0x0200, 0).completerId).toBe(0x0200);
  });

  it('answers RRS while its FLR runs, and comes back with reset values', () => {
    const host = withVfs(2);
    host.configWrite(0x04, 4, 2, 0x101);
    host.configWrite(0x04, 4, 2, 0x102);
    host.configWrite(0x69, 0x80, 1, 0x101);
    expect(host.configRead(0x101, 0).status).toBe(RRS);
    expect(host.configRead(0x102, 0).status).toBe(0);
    host.run(100_000_000);
    expect(host.config(0x04, 2, 0x101)).toBe(0);
    expect(host.config(0x04, 2, 0x102)).toBe(4);
    expect(host.config(0x68, 2, 0x101) >> 15).toBe(0);
  });
});

describe('VF Enable', () => {
  const enable = (host: TestHost, count: number): boolean => {
    host.configWrite(0x160, count, 2);
    host.configWrite(0x158, 0x1, 1);
    return (host.config(0x158) & 1) === 1;
  };

  it('is refused for NumVFs 0 and above TotalVFs', () => {
    const host = new TestHost().boot();
    expect(enable(host, 0)).toBe(false);
    expect(enable(host, 17)).toBe(false);
    expect(host.config(0x160, 2)).toBe(17);
    expect(host.configRead(0x101, 0).status).toBe(UR);
    expect(enable(host, 16)).toBe(true);
  });

  it('makes NumVFs RO, and the VFs vanish when it is cleared', () => {
    const host = new TestHost().boot();
    expect(enable(host, 4)).toBe(true);
    host.configWrite(0x160, 2, 2);
    expect(host.config(0x160, 2)).toBe(4);
    host.configWrite(0x158, 0, 1);
    expect(host.configRead(0x101, 0).status).toBe(UR);
    host.configWrite(0x160, 2, 2);
    expect(host.config(0x160, 2)).toBe(2);
  });

  it('is refused where a VF RID is an SDI RID, and only then', () => {
    const params = { firstSdiOffset: 4 };
    const host = new TestHost({ params }).boot();
    host.create(0);
    expect(enable(host, 4)).toBe(false);
    expect(enable(host, 3)).toBe(true);
    expect(host.create(1, { softwareRid: 0x103 })).toBe(4);
  });

  it('is refused when VFs collide with each other or the PF', () => {
    const same = new TestHost({ params: { vfStride: 0x8000, firstVfOffset: 0x40 } }).boot();
    expect(enable(same, 2)).toBe(true);
    const wraps = new TestHost({ params: { vfStride: 0x8000, firstVfOffset: 0x40 } }).boot();
    expect(enable(wraps, 3)).toBe(false);
    const pf = new TestHost({ params: { vfStride: 0xffff, firstVfOffset: 1 } }).boot();
    expect(enable(pf, 2)).toBe(false);
  });

  it('and SDIs exclude each other without mixed IOV', () => {
    const host = new TestHost({ params: { mixedIov: false } }).boot();
    host.create(0);
    expect(enable(host, 2)).toBe(false);
    host.command(2, [0]);
    expect(enable(host, 2)).toBe(true);
    expect(host.create(0)).toBe(7);
    host.configWrite(0x158, 0, 1);
    expect(host.create(0)).toBe(0);
    expect(host.read(placesOf(0, 16).page)).toBe(0);
  });
});
