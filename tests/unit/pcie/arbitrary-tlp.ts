// Arbitrary TLPs that encode: any kind, every field anywhere in its range, any prefix. Legal as bytes, not as protocol.
import fc from 'fast-check';
import { fieldsOf, rangeOf } from '#pcie/tlp-layout';
import { hasPayload, NO_PASID, Tlp, TLP_KINDS } from '#pcie/tlp';

/** Ranges end often in their corners: fast-check's own bias, and few large payloads to stay fast. */
export const arbitraryTlp: fc.Arbitrary<Tlp> = fc.constantFrom(...TLP_KINDS).chain((kind) => {
  const fields = fieldsOf(kind).filter((field) => field !== 'td');
  const values = fields.map((field) => {
    const { low, high, step } = rangeOf(kind, field);
    const max = field === 'lengthDw' && hasPayload(kind) ? 40 : high;
    return fc
      .integer({ min: low / step, max: Math.floor(max / step) })
      .map((value) => value * step);
  });
  const pasid = fc.option(fc.tuple(fc.nat(0xfffff), fc.nat(1), fc.nat(1)), { nil: undefined });
  return fc.tuple(fc.tuple(...values), pasid, fc.nat(255)).map(([numbers, prefix, fill]) => {
    const tlp = new Tlp();
    tlp.kind = kind;
    for (const [index, field] of fields.entries()) tlp[field] = numbers[index];
    tlp.pasid = prefix === undefined ? NO_PASID : prefix[0];
    tlp.pasidExecute = prefix?.[1] ?? 0;
    tlp.pasidPrivileged = prefix?.[2] ?? 0;
    if (hasPayload(kind)) {
      tlp.payload = Uint8Array.from({ length: 4 * tlp.lengthDw }, (_, i) => fill + 3 * i);
    }
    return tlp;
  });
});
