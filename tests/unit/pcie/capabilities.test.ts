// Walking capability lists: the lists of SRD §3, and every way in which a list can be wrong.
import { describe, expect, it } from 'vitest';
import type { CapabilityList } from '#pcie/capabilities';
import {
  CapabilityId,
  ExtendedCapabilityId,
  findCapability,
  runWalk,
  walkCapabilities,
  walkExtendedCapabilities,
} from '#pcie/capabilities';
import { pfConfigFields, vfConfigFields } from '#siov/config-space-table';
import type { ConfigField } from '#siov/config-space-table';
import { defaultParams } from '#siov/srd-params';

/** The DW at a byte offset of a space that holds the reset values. */
function readerOf(fields: readonly ConfigField[]): (offset: number) => number {
  return (offset) => {
    let value = 0;
    for (const field of fields) {
      const shift = 8 * (field.offset - offset) + field.low;
      if (shift >= 0 && shift < 32) value += field.reset * 2 ** shift;
    }
    return value;
  };
}

function offsets(list: CapabilityList): string[] {
  return list.capabilities.map(
    (capability) => `${capability.offset.toString(16)}:${capability.id}`,
  );
}

const params = defaultParams();

describe('capabilities of SRD', () => {
  it('of the PF', () => {
    const read = readerOf(pfConfigFields(params));
    const standard = runWalk(walkCapabilities(), read);
    expect(standard.fault).toBeUndefined();
    expect(offsets(standard)).toEqual(['40:1', '50:17', '60:16']);
    const extended = runWalk(walkExtendedCapabilities(), read);
    expect(extended.fault).toBeUndefined();
    expect(offsets(extended)).toEqual(['100:1', '148:14', '150:16', '190:27', '1a0:56']);
    expect(findCapability(extended, ExtendedCapabilityId.SIOV)).toEqual({
      id: 56,
      offset: 0x1a0,
      version: 1,
    });
    expect(findCapability(extended, 0x999)).toBeUndefined();
  });

  it.each([
    [{ totalVfs: 0 }, ['100:1', '148:14', '190:27', '1a0:56']],
    [{ pasid: false }, ['100:1', '148:14', '150:16', '1a0:56']],
    [{ totalVfs: 0, pasid: false }, ['100:1', '148:14', '1a0:56']],
  ])('of the PF with %j', (change, list) => {
    const read = readerOf(pfConfigFields({ ...params, ...change }));
    expect(offsets(runWalk(walkExtendedCapabilities(), read))).toEqual(list);
  });

  it('of a VF', () => {
    const read = readerOf(vfConfigFields(params));
    expect(offsets(runWalk(walkCapabilities(), read))).toEqual(['50:17', '60:16']);
    expect(offsets(runWalk(walkExtendedCapabilities(), read))).toEqual(['100:14']);
    expect(findCapability(runWalk(walkCapabilities(), read), CapabilityId.MSIX)?.offset).toBe(0x50);
  });
});

describe('lists that are wrong', () => {
  const walk = (words: Record<number, number>): CapabilityList =>
    runWalk(walkExtendedCapabilities(), (offset) => words[offset] ?? 0);

  it.each([
    ['an empty list', {}, 0, undefined],
    ['an absent function', { 0x100: 0xffff_ffff }, 0, undefined],
    ['a loop', { 0x100: 0x11010001, 0x110: 0x10010002 }, 2, 'the list loops at 0x100'],
    ['a loop to itself', { 0x100: 0x10010001 }, 1, 'the list loops at 0x100'],
    ['a pointer inside a DW', { 0x100: 0x11210001 }, 1, '0x112 is not aligned to a DW'],
    ['a pointer below 0x100', { 0x100: 0x04010001 }, 1, "0x040 is outside the list's range"],
    ['a pointer to nothing', { 0x100: 0x20010001 }, 1, 'no capability at 0x200'],
    [
      'a pointer to all ones',
      { 0x100: 0x20010001, 0x200: 0xffff_ffff },
      1,
      'no capability at 0x200',
    ],
  ])('%s', (_, words, count, fault) => {
    const list = walk(words);
    expect(list.fault).toBe(fault);
    expect(list.capabilities).toHaveLength(count);
  });

  it('ends after every DW of the space at the latest', () => {
    const chain = (offset: number): number => ((((offset + 4) & 0xfff) << 20) | 0x1_0001) >>> 0;
    const list = runWalk(walkExtendedCapabilities(), chain);
    expect(list.fault).toBeUndefined();
    expect(list.capabilities).toHaveLength((0x1000 - 0x100) / 4);
  });

  it('of the first kind: none without the Status bit, faults as above', () => {
    const standard = (words: Record<number, number>): CapabilityList =>
      runWalk(walkCapabilities(), (offset) => words[offset] ?? 0);
    expect(standard({ 0x34: 0x40, 0x40: 1 })).toEqual({ capabilities: [], fault: undefined });
    expect(standard({ 4: 1 << 20, 0x34: 0x40, 0x40: 0x4001 }).fault).toBe(
      'the list loops at 0x040',
    );
    expect(standard({ 4: 1 << 20, 0x34: 0x20 }).fault).toBe("0x020 is outside the list's range");
    expect(standard({ 4: 1 << 20, 0x34: 0 })).toEqual({ capabilities: [], fault: undefined });
  });
});
