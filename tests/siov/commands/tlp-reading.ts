// What a TLP is, or why it is none, with the rule: the codec's guards (what is no TLP at all) and then the rules of a receiver
// (what decodes, and is a Malformed TLP all the same). Source: DUT protocol, "TLP bytes"; SRD §9; siov-facts §8, §9; design, "JSON".
import { decodeTlp, isMalformed, tlpToJson, type MalformedCode } from '#pcie/codec';
import { bytesToHex } from '#base/bytes';
import { PASID_PREFIX_BYTE } from '#pcie/tlp-layout';
import { crosses4K, exceedsPayloadSize, malformedReason, requestFaults } from '#pcie/rules';
import { isConfigRequest, isIoRequest, type Tlp } from '#pcie/tlp';
import { reservedBits, senderRemarks } from './tlp-remarks.ts';

/** Bytes read as a TLP. */
export interface TlpReading {
  /** Also of a Malformed TLP, where the bytes decode. */
  readonly tlp: Tlp | undefined;
  /** Why it is malformed: what was expected and seen, the field, the rule. */
  readonly malformed: string | undefined;
  /** What nobody should send although a receiver takes it, and reserved bits that are not 0. */
  readonly remarks: readonly string[];
  /** The ECRC at its end in hexadecimal, when TD says that there is one; nothing here checks it. */
  readonly digest: string | undefined;
}

const DIGEST_BYTES = 4;
/** TD in the third byte of the header. */
const TD_BIT = 0x80;
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
  digest: 'TD',
  'length-mismatch': 'Length; SRD §9 and R-REQ-3, length not matching the bytes',
};

/** @param maxPayloadBytes Max_Payload_Size in force at the receiver. */
export function readTlp(bytes: Uint8Array, maxPayloadBytes: number): TlpReading {
  const tlp = decodeTlp(bytes);
  if (isMalformed(tlp) && tlp.code === 'digest') return readWithDigest(bytes, maxPayloadBytes);
  if (isMalformed(tlp)) return malformedReading(`${tlp.malformed} (${GUARDS[tlp.code]})`);
  const remarks = [...senderRemarks(tlp), ...reservedBits(bytes, tlp)];
  const reason = malformedReason(tlp, maxPayloadBytes);
  if (reason !== undefined) {
    const malformed = `${reason} (${ruleOf(tlp, maxPayloadBytes)})`;
    return { tlp, malformed, remarks, digest: undefined };
  }
  const limits = { maxPayloadBytes, maxReadRequestBytes: READ_REQUEST_MAX };
  const faults = requestFaults(tlp, limits).map((fault) => `no requester should send it: ${fault}`);
  return { tlp, malformed: undefined, remarks: [...faults, ...remarks], digest: undefined };
}

/** TD 1 announces a digest behind the payload: the TLP is read without both. */
function readWithDigest(bytes: Uint8Array, maxPayloadBytes: number): TlpReading {
  const header = bytes[0] === PASID_PREFIX_BYTE ? DIGEST_BYTES : 0;
  const plain = bytes.slice(0, -DIGEST_BYTES);
  plain[header + 2] &= ~TD_BIT;
  const reading = readTlp(plain, maxPayloadBytes);
  if (reading.malformed !== undefined) {
    const malformed = `with TD 1, ${DIGEST_BYTES} bytes of digest at the end: ${reading.malformed}`;
    return { ...reading, malformed };
  }
  return { ...reading, digest: bytesToHex(bytes.subarray(-DIGEST_BYTES)) };
}

function malformedReading(malformed: string): TlpReading {
  return { tlp: undefined, malformed, remarks: [], digest: undefined };
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
export function readingJson({ tlp, malformed, digest }: TlpReading): object {
  if (malformed !== undefined) return { malformed };
  if (tlp === undefined) return {};
  return digest === undefined ? tlpToJson(tlp) : { ...tlpToJson(tlp), digest };
}
