// What a TLP is, or why it is none, with the rule: the codec's guards (what is no TLP at all) and then the rules of a receiver
// (what decodes, and is a Malformed TLP all the same). Source: DUT protocol, "TLP bytes"; SRD §9; siov-facts §8, §9; design, "JSON".
import { decodeTlp, isMalformed, tlpToJson, type MalformedCode } from '#pcie/codec';
import { crosses4K, exceedsPayloadSize, malformedReason, requestFaults } from '#pcie/rules';
import { isConfigRequest, isIoRequest, type Tlp } from '#pcie/tlp';

/** Bytes read as a TLP. */
export interface TlpReading {
  /** Also of a Malformed TLP, where the bytes decode. */
  readonly tlp: Tlp | undefined;
  /** Why it is malformed: what was expected and seen, the field, the rule. */
  readonly malformed: string | undefined;
  /** What no requester should send although a receiver takes it. */
  readonly faults: readonly string[];
}

/** Largest Max_Read_Request_Size: no read that fits the Length field breaks it. */
const READ_REQUEST_MAX = 4096;

/** The field that the guard of the codec looks at, and the rule that it stands for. */
const GUARDS: Readonly<Record<MalformedCode, string>> = {
  'partial-dw': 'size in bytes; a TLP is made of DWs, siov-facts §8',
  truncated: 'Fmt; it gives the size of the header, siov-facts §8',
  'undefined-fmt': 'Fmt, expected 000..011; SRD §9, undefined Fmt or Type',
  'undefined-type': 'Type, expected one of siov-facts §8; SRD §9, undefined Fmt or Type',
  'unknown-prefix': 'prefix; the only one is PASID, 0x91, DUT protocol',
  'repeated-prefix': 'prefix; at most one, DUT protocol',
  digest: 'TD; expected 0, DUT protocol',
  'length-mismatch': 'Length; SRD §9 and R-REQ-3, length not matching the bytes',
};

/** @param maxPayloadBytes Max_Payload_Size in force at the receiver. */
export function readTlp(bytes: Uint8Array, maxPayloadBytes: number): TlpReading {
  const tlp = decodeTlp(bytes);
  if (isMalformed(tlp)) {
    const malformed = `${tlp.malformed} (${GUARDS[tlp.code]})`;
    return { tlp: undefined, malformed, faults: [] };
  }
  const reason = malformedReason(tlp, maxPayloadBytes);
  if (reason !== undefined) {
    const malformed = `${reason} (${ruleOf(tlp, maxPayloadBytes)})`;
    return { tlp, malformed, faults: [] };
  }
  const limits = { maxPayloadBytes, maxReadRequestBytes: READ_REQUEST_MAX };
  return { tlp, malformed: undefined, faults: requestFaults(tlp, limits) };
}

/** The field and rule behind `malformedReason`, in the order in which that looks. */
function ruleOf(tlp: Tlp, maxPayloadBytes: number): string {
  if (exceedsPayloadSize(tlp, maxPayloadBytes)) return 'Length; R-REQ-3, SRD §9';
  if ((isConfigRequest(tlp.kind) || isIoRequest(tlp.kind)) && tlp.lengthDw !== 1) {
    return 'Length, expected 1 DW; R-REQ-9, SRD §9';
  }
  if (crosses4K(tlp)) return 'Address and Length; R-REQ-1, SRD §9';
  if (tlp.lengthDw === 1) return 'Last DW BE, expected 0000; R-REQ-4, SRD §9';
  const field = tlp.firstBe === 0 ? 'First DW BE' : 'Last DW BE';
  return `${field}, expected other than 0000; R-REQ-4, SRD §9`;
}

/** As design, "JSON": the fields by name, or why there are none. */
export function readingJson({ tlp, malformed }: TlpReading): object {
  if (malformed !== undefined) return { malformed };
  return tlp === undefined ? {} : tlpToJson(tlp);
}
