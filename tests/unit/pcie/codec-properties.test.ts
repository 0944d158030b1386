// Laws of the codec: round trips, equality with the table walked by hand, and calm in the face of any bytes.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareTlps,
  copyTlp,
  decodeTlp,
  encodedBytes,
  encodeTlp,
  encodeTlpInto,
  isMalformed,
  printTlp,
  TLP_BYTES_MAX,
  tlpFromJson,
  tlpToJson,
} from '#pcie/codec';
import {
  fieldsOf,
  KIND_TABLE,
  LAYOUT_NAMES,
  LAYOUTS,
  rangeOf,
  ROW_OF_KIND,
} from '#pcie/tlp-layout';
import type { TlpField } from '#pcie/tlp-layout';
import { NO_PASID, Tlp, TLP_KINDS } from '#pcie/tlp';
import { arbitraryTlp } from './arbitrary-tlp.ts';
import { decodeByTable, encodeByTable } from './table-codec.ts';
import { dws } from './dws.ts';

function decoded(bytes: Uint8Array): Tlp {
  const result = decodeTlp(bytes);
  if (isMalformed(result)) throw new Error(result.malformed);
  return result;
}

/** Bits of the header that no field holds, as a mask over the bytes of an encoded TLP of this kind. */
function reservedMask(tlp: Tlp): Uint8Array {
  const prefixBytes = tlp.pasid === NO_PASID ? 0 : 4;
  const mask = new Uint8Array(encodedBytes(tlp));
  if (prefixBytes !== 0) mask[1] = 0xc0;
  mask.fill(0xff, prefixBytes, mask.length - tlp.payload.length);
  mask[prefixBytes] = 0;
  for (const piece of LAYOUTS[ROW_OF_KIND[tlp.kind].layout]) {
    for (let bit = piece.low; bit <= piece.high; bit++) {
      mask[prefixBytes + 4 * piece.dw + 3 - (bit >> 3)] &= ~(1 << (bit & 7));
    }
  }
  return mask;
}

describe('the field table', () => {
  it('has one row per kind, in order, each with an encoding of its own', () => {
    expect(KIND_TABLE.map((row) => row.kind)).toEqual(TLP_KINDS);
    expect(new Set(KIND_TABLE.map((row) => 32 * row.fmt + row.type)).size).toBe(TLP_KINDS.length);
  });

  it('puts no two fields on one bit, and every bit of a field on one place', () => {
    for (const name of LAYOUT_NAMES) {
      const used = new Set<number>();
      for (const piece of LAYOUTS[name]) {
        expect(piece.high).toBeGreaterThanOrEqual(piece.low);
        for (let bit = piece.low; bit <= piece.high; bit++) {
          expect(used.has(32 * piece.dw + bit), `${name} ${piece.field}`).toBe(false);
          used.add(32 * piece.dw + bit);
        }
      }
    }
  });

  it('leaves exactly the documented bits reserved', () => {
    const reserved = (kind: (typeof TLP_KINDS)[number]): string => {
      const tlp = Object.assign(new Tlp(), { kind });
      return Buffer.from(reservedMask(tlp)).toString('hex');
    };
    expect(reserved('MRd32')).toBe('00000000'.repeat(3));
    expect(reserved('MWr64')).toBe('00000000'.repeat(4));
    expect(reserved('IOWr')).toBe(dws('00000000', '00000000', '00000003'));
    expect(reserved('CfgRd0')).toBe(dws('00000000', '00000000', '0000f003'));
    expect(reserved('Cpl')).toBe(dws('000003ff', '00000000', '00000080'));
    expect(reserved('CplD')).toBe(dws('00000000', '00000000', '00000080'));
    expect(reserved('Msg')).toBe(dws('000003ff', '00000000'.repeat(3)));
    expect(reserved('MsgD')).toBe('00000000'.repeat(4));
  });
});

describe('properties', () => {
  it('decode(encode(tlp)) is tlp, by bytes, by fields, by JSON', () => {
    fc.assert(
      fc.property(arbitraryTlp, (tlp) => {
        const bytes = encodeTlp(tlp);
        const back = decoded(bytes);
        expect(compareTlps(tlp, back)).toEqual([]);
        expect(encodeTlp(back)).toEqual(bytes);
        expect(encodeTlp(tlpFromJson(tlpToJson(tlp)))).toEqual(bytes);
        expect(encodeTlp(copyTlp(tlp))).toEqual(bytes);
        expect(printTlp(tlp)).toMatch(/^[ -~…]+$/);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('compiled code equals the table walked by hand', () => {
    const reused = new Tlp();
    fc.assert(
      fc.property(arbitraryTlp, (tlp) => {
        const bytes = encodeTlp(tlp);
        expect([...bytes]).toEqual(encodeByTable(tlp));
        decodeTlp(bytes, reused);
        expect(copyTlp(reused)).toEqual(decodeByTable(tlp.kind, bytes));
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('every field of every kind matters: changing it changes bytes, text of the difference, nothing else', () => {
    for (const kind of TLP_KINDS) {
      for (const field of fieldsOf(kind)) {
        if (field === 'td' || field === 'lengthDw') continue;
        const tlp = minimal(kind);
        const before = encodeTlp(tlp);
        const { low, high, step } = rangeOf(kind, field);
        tlp[field] = tlp[field] === high ? low : high;
        expect(tlp[field] % step).toBe(0);
        const back = decoded(encodeTlp(tlp));
        expect(back[field], `${kind} ${field}`).toBe(tlp[field]);
        expect(compareTlps(decoded(before), back).map((line) => line.split(':')[0])).toEqual([
          field,
        ]);
      }
    }
  });

  it('any bytes decode or have a reason, and what decodes encodes to the same bytes but for reserved bits', () => {
    const anyBytes = fc.uint8Array({ maxLength: 64 });
    // Pure noise is rarely a TLP; noise in a real one often is.
    const nearMiss = fc
      .tuple(arbitraryTlp, fc.nat(159), fc.constantFrom(0, 0, 0, 0, 0, 0, -4, 4, -1, 3))
      .map(([tlp, flip, grow]) => {
        const bytes = encodeTlp(tlp);
        const noisy = new Uint8Array(Math.max(0, bytes.length + grow));
        noisy.set(bytes.subarray(0, noisy.length));
        if (flip >> 3 < noisy.length) noisy[flip >> 3] ^= 1 << (flip & 7);
        return noisy;
      });
    let decodedCount = 0;
    let refusedCount = 0;
    fc.assert(
      fc.property(fc.oneof(anyBytes, { weight: 3, arbitrary: nearMiss }), (bytes) => {
        const result = decodeTlp(bytes);
        if (isMalformed(result)) {
          refusedCount++;
          expect(result.malformed).not.toBe('');
          return;
        }
        decodedCount++;
        const mask = reservedMask(result);
        expect(encodeTlp(result)).toEqual(bytes.map((byte, index) => byte & ~mask[index]));
        expect(compareTlps(result, decoded(encodeTlp(result)))).toEqual([]);
      }),
      { seed: 1, numRuns: 4000 },
    );
    expect(decodedCount).toBeGreaterThan(500);
    expect(refusedCount).toBeGreaterThan(500);
  });

  it('a refused TLP leaves the buffer as it was', () => {
    const tlp = minimal('CfgWr0');
    tlp.registerNumber = 1024;
    const buffer = new Uint8Array(64).fill(0xaa);
    expect(() => encodeTlpInto(tlp, buffer)).toThrow('registerNumber');
    expect(buffer.every((byte) => byte === 0xaa)).toBe(true);
  });

  it('the longest TLP fits', () => {
    const tlp = minimal('MsgD');
    tlp.lengthDw = 1024;
    tlp.payload = new Uint8Array(4096).fill(1);
    tlp.pasid = 1;
    expect(encodeTlp(tlp)).toHaveLength(TLP_BYTES_MAX);
    expect(decoded(encodeTlp(tlp)).payload).toHaveLength(4096);
  });
});

/** The TLP of a kind with every field at its lowest. */
function minimal(kind: (typeof TLP_KINDS)[number]): Tlp {
  const tlp = new Tlp();
  tlp.kind = kind;
  for (const field of fieldsOf(kind) as TlpField[]) tlp[field] = rangeOf(kind, field).low;
  if (ROW_OF_KIND[kind].fmt >= 2) tlp.payload = new Uint8Array(4);
  return tlp;
}
