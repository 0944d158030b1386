// Tlp and the predicates over kinds, against the table of encodings.
import { describe, expect, it } from 'vitest';
import { fmtHasData, headerDw, KIND_TABLE } from '#pcie/tlp-layout';
import {
  hasLongAddress,
  hasPayload,
  isAtomic,
  isCompletion,
  isConfigRequest,
  isMemoryRead,
  isMemoryRequest,
  isMemoryWrite,
  isMessage,
  isNonPosted,
  isPosted,
  Tlp,
  TLP_KINDS,
} from '#pcie/tlp';

describe('predicates', () => {
  it('agree with the table of kinds', () => {
    for (const row of KIND_TABLE) {
      expect(isPosted(row.kind), row.kind).toBe(row.flow === 'posted');
      expect(isNonPosted(row.kind), row.kind).toBe(row.flow === 'nonPosted');
      expect(isCompletion(row.kind), row.kind).toBe(row.flow === 'completion');
      expect(hasPayload(row.kind), row.kind).toBe(fmtHasData(row.fmt));
      expect(isMessage(row.kind), row.kind).toBe(row.layout.startsWith('message'));
      expect(isConfigRequest(row.kind), row.kind).toBe(row.layout === 'config');
      expect(isMemoryRequest(row.kind), row.kind).toBe(row.layout.startsWith('memory'));
      expect(hasLongAddress(row.kind), row.kind).toBe(
        isMemoryRequest(row.kind) && headerDw(row.fmt) === 4,
      );
    }
  });

  it('name the families', () => {
    expect(TLP_KINDS.filter(isMemoryRead)).toEqual(['MRd32', 'MRd64']);
    expect(TLP_KINDS.filter(isMemoryWrite)).toEqual(['MWr32', 'MWr64']);
    expect(TLP_KINDS.filter(isAtomic)).toHaveLength(6);
  });
});

describe('address', () => {
  it.each([0, 4, 0xffff_fffc, 0x1_0000_0000, 0x1f_ffff_ffff_fffc, 0x8000_0000])('%i', (address) => {
    const tlp = new Tlp();
    tlp.address = address;
    expect(tlp.address).toBe(address);
    expect(tlp.addressHigh).toBe(Math.floor(address / 2 ** 32));
  });

  it('drops the two lowest bits', () => {
    const tlp = new Tlp();
    tlp.address = 0x1_0000_0007;
    expect(tlp.address).toBe(0x1_0000_0004);
  });
});
