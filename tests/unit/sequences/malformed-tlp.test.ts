// Every malformation is one, for the reason that it is named after. Source: SRD §9, Malformed TLPs.
import { describe, expect, it } from 'vitest';
import { decodeTlp, isMalformed } from '#pcie/codec';
import { malformedReason } from '#pcie/rules';
import { RandomStream } from '#random/random-stream';
import { malformedBytes, MALFORMATIONS } from '#sequences/error/malformed-tlp';

const REASONS: Readonly<Record<(typeof MALFORMATIONS)[number], RegExp>> = {
  lengthAbove: /length-mismatch/,
  lengthBelow: /length-mismatch/,
  undefinedType: /undefined-type|length-mismatch/,
  undefinedFmt: /undefined-fmt/,
  tooLong: /Max_Payload_Size/,
  configLength: /Cfg.* with a length of 2 DW/,
  acrossPage: /across a 4 KiB boundary/,
  lastEnables: /Last BE|last/i,
  firstEnablesMissing: /First BE|first/i,
  lastEnablesMissing: /Last BE|last/i,
};

function reasonOf(bytes: Uint8Array, maxPayloadBytes: number): string {
  const tlp = decodeTlp(bytes);
  if (isMalformed(tlp)) return tlp.code;
  return malformedReason(tlp, maxPayloadBytes) ?? 'none';
}

describe('a malformed TLP', () => {
  it.each(MALFORMATIONS)('is malformed: %s', (kind) => {
    const stream = new RandomStream(`malformed ${kind}`);
    for (const address of [0x8000_0008, 0x80_0000_0ff8, 0x8000_0000]) {
      for (let i = 0; i < 20; i++) {
        const context = { requesterId: 0, destinationId: 0x100, maxPayloadBytes: 256, stream };
        const bytes = malformedBytes(kind, { ...context, address });
        expect(bytes).toBeDefined();
        if (bytes !== undefined) expect(reasonOf(bytes, 256)).toMatch(REASONS[kind]);
      }
    }
  });

  it('is not too long where the device takes everything', () => {
    const stream = new RandomStream('too long');
    const context = { requesterId: 0, destinationId: 0x100, maxPayloadBytes: 4096, stream };
    expect(malformedBytes('tooLong', { ...context, address: 0x8000_0000 })).toBeUndefined();
  });
});
