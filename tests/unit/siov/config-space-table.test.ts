// The fields of src/siov/config-space-table against the machine-readable table of SRD §3, for many parameters. The
// expressions of that table are evaluated here by a small parser of their own, so that the two cannot share a mistake.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConfigField } from '#siov/config-space-table';
import { pfConfigFields, vfConfigFields } from '#siov/config-space-table';
import { SIOV_CAPABILITY_ID, SIOV_CAPABILITY_OFFSET, SiovOffset } from '#siov/siov-capability';
import type { SrdParams } from '#siov/srd-params';
import { PROFILES } from '#siov/device-params';
import { defaultParams } from '#siov/srd-params';

interface Row {
  offset: number;
  bits: string;
  name: string;
  reset: number | string;
  access: string;
  reset_by: string[];
  checked: boolean;
  size?: string;
  legal?: (number | string)[];
  write?: string;
  when?: string;
}

const table = JSON.parse(
  readFileSync(new URL('../../golden/config-space.json', import.meta.url), 'utf8'),
) as { pf: Row[]; vf: Row[] };

/** Parameters, + - * > == and parentheses, pow2(x); left-associative, comparison lowest. */
function evaluate(text: number | string, params: SrdParams): number {
  const tokens = String(text).match(/0x[0-9a-fA-F]+|\d+|\w+|==|[-+*>()]/g) ?? [];
  let at = 0;
  const atom = (): number => {
    const token = tokens[at++];
    if (token === '(') return closed();
    if (token === 'pow2') {
      at++;
      return 2 ** Math.ceil(Math.log2(closed()));
    }
    if (/^\d/.test(token)) return Number(token);
    return Number(params[token as keyof SrdParams]);
  };
  const closed = (): number => {
    const value = comparison();
    at++;
    return value;
  };
  const product = (): number => {
    let value = atom();
    while (tokens[at] === '*') {
      at++;
      value *= atom();
    }
    return value;
  };
  const sum = (): number => {
    let value = product();
    while (tokens[at] === '+' || tokens[at] === '-')
      value += tokens[at++] === '+' ? product() : -product();
    return value;
  };
  const comparison = (): number => {
    const left = sum();
    if (tokens[at] === '>') return (at++, Number(left > sum()));
    if (tokens[at] === '==') return (at++, Number(left === sum()));
    return left;
  };
  return comparison();
}

function expected(rows: Row[], params: SrdParams): ConfigField[] {
  return rows
    .filter((row) => row.when === undefined || evaluate(row.when, params) !== 0)
    .map((row) => ({
      offset: row.offset,
      high: Number(row.bits.split(':')[0]),
      low: Number(row.bits.split(':')[1]),
      name: row.name,
      reset: evaluate(row.reset, params),
      access: row.access as ConfigField['access'],
      resetBy: row.reset_by as ConfigField['resetBy'],
      checked: row.checked,
      size: row.size === undefined ? undefined : evaluate(row.size, params),
      legal: row.legal?.map((value) => evaluate(value, params)),
      write: row.write as ConfigField['write'],
    }));
}

describe('configuration space', () => {
  it('has all rows of the table', () => {
    expect(table.pf).toHaveLength(278);
    expect(table.vf).toHaveLength(119);
  });

  it.each(PROFILES)('is the table of SRD §3, profile %s', (profile) => {
    const params = defaultParams(profile);
    expect(pfConfigFields(params)).toEqual(expected(table.pf, params));
    expect(vfConfigFields(params)).toEqual(expected(table.vf, params));
  });

  it('is the table of SRD §3 for any parameters', () => {
    const drawn = fc.record({
      vendorId: fc.nat(0xffff),
      deviceId: fc.nat(0xffff),
      totalVfs: fc.constantFrom(0, 1, 255),
      firstVfOffset: fc.integer({ min: 1, max: 0xffff }),
      vfStride: fc.integer({ min: 1, max: 0xffff }),
      totalSdis: fc.integer({ min: 1, max: 60_000 }),
      firstSdiOffset: fc.integer({ min: 1, max: 0xffff }),
      sdiStride: fc.integer({ min: 1, max: 0xffff }),
      mixedIov: fc.boolean(),
      softwareRids: fc.boolean(),
      pageCount: fc.integer({ min: 1, max: 65_535 }),
      maxPayload: fc.constantFrom(128, 256, 512, 1024, 2048, 4096),
      atomics: fc.boolean(),
      pasid: fc.boolean(),
    });
    fc.assert(
      fc.property(drawn, (some) => {
        const params = { ...defaultParams(), ...some };
        expect(pfConfigFields(params)).toEqual(expected(table.pf, params));
        expect(vfConfigFields(params)).toEqual(expected(table.vf, params));
      }),
      { seed: 1, numRuns: 40 },
    );
  });

  it('has no two fields on one bit', () => {
    for (const fields of [pfConfigFields(defaultParams()), vfConfigFields(defaultParams())]) {
      const seen = new Set<number>();
      for (const field of fields) {
        for (let bit = field.low; bit <= field.high; bit++) {
          expect(seen.has(8 * field.offset + bit), field.name).toBe(false);
          seen.add(8 * field.offset + bit);
        }
      }
    }
  });

  it('has the SIOV capability where siov-capability.ts says', () => {
    const fields = pfConfigFields(defaultParams());
    const at = (offset: number): string | undefined =>
      fields.find((field) => field.offset === SIOV_CAPABILITY_OFFSET + offset)?.name;
    expect(at(SiovOffset.HEADER)).toBe('SIOV Extended Capability ID');
    expect(at(SiovOffset.CAPABILITIES)).toBe('Mixed_IOV_Supported');
    expect(at(SiovOffset.TOTAL_SDIS)).toBe('Total SDIs');
    expect(at(SiovOffset.STATUS)).toContain('SIOV Status');
    expect(at(SiovOffset.FIRST_SDI_OFFSET)).toBe('First SDI Offset');
    expect(at(SiovOffset.SDI_STRIDE)).toBe('SDI Stride');
    const id = fields.find((field) => field.offset === SIOV_CAPABILITY_OFFSET);
    expect(id?.reset).toBe(SIOV_CAPABILITY_ID);
  });
});
