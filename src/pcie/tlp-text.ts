// TLPs as people and tools read them: differences, one line, and JSON (field names as in the PCIe specification). All
// three walk the field table of `tlp-layout.ts`, so a field that the codec knows cannot be forgotten here.
import { UsageError } from '#base/assert';
import { hex } from '#base/bits';
import { bytesToHex, hexToBytes } from '#base/bytes';
import { suggest } from '#base/suggest';
import { printRid } from './routing-id.ts';
import type { TlpField } from './tlp-layout.ts';
import { fieldRangeError, fieldsOf, HEADER_FIELDS, rangeOf } from './tlp-layout.ts';
import type { TlpKind } from './tlp.ts';
import {
  Attr,
  CompletionStatus,
  hasPayload,
  isCompletion,
  isConfigRequest,
  isMessage,
  NO_PASID,
  Tlp,
  TLP_KINDS,
} from './tlp.ts';

const PREFIX_FIELDS = ['pasidExecute', 'pasidPrivileged'] as const;
/** Payload bytes that one line shows. */
const PRINTED_BYTES = 16;
const MESSAGE_ROUTINGS: readonly string[] = [
  ...['to root complex', 'by address', 'by ID', 'broadcast', 'local', 'gather'],
  ...['reserved routing 6', 'reserved routing 7'],
];
const MESSAGE_NAMES: Readonly<Record<number, string>> = {
  0x01: 'ATS Invalidate Request',
  0x02: 'ATS Invalidate Completion',
  0x04: 'Page Request',
  0x05: 'PRG Response',
  0x18: 'PM_PME',
  0x20: 'Assert_INTA',
  0x21: 'Assert_INTB',
  0x22: 'Assert_INTC',
  0x23: 'Assert_INTD',
  0x24: 'Deassert_INTA',
  0x25: 'Deassert_INTB',
  0x26: 'Deassert_INTC',
  0x27: 'Deassert_INTD',
  0x30: 'ERR_COR',
  0x31: 'ERR_NONFATAL',
  0x33: 'ERR_FATAL',
  0x52: 'PTM Request',
  0x53: 'PTM Response',
  0x7e: 'Vendor_Defined Type 0',
  0x7f: 'Vendor_Defined Type 1',
};

/**
 * The differing fields, each as `name: a / b`; empty exactly when both encode to the same bytes. Of two TLPs of one kind
 * the fields of that kind count, of different kinds all fields.
 */
export function compareTlps(a: Tlp, b: Tlp): string[] {
  const differences: string[] = [];
  const note = (name: string, left: string, right: string): void => {
    if (left !== right) differences.push(`${name}: ${left} / ${right}`);
  };
  note('kind', a.kind, b.kind);
  for (const field of a.kind === b.kind ? fieldsOf(a.kind) : HEADER_FIELDS) {
    note(field, hex(a[field]), hex(b[field]));
  }
  note('pasid', printPasid(a.pasid), printPasid(b.pasid));
  if (a.pasid !== NO_PASID && b.pasid !== NO_PASID) {
    for (const field of PREFIX_FIELDS) note(field, hex(a[field]), hex(b[field]));
  }
  note('payload', `${a.payload.length} bytes`, `${b.payload.length} bytes`);
  const at = a.payload.findIndex((byte, index) => byte !== b.payload[index]);
  if (at >= 0 && at < b.payload.length) {
    note(`payload byte ${at}`, hex(a.payload[at], 2), hex(b.payload[at], 2));
  }
  return differences;
}

/** One line: kind, who, tag, where, how much, then only what is not as usual, then data. */
export function printTlp(tlp: Tlp): string {
  const words = [tlp.kind, printRid(tlp.requesterId), `tag ${hex(tlp.tag, 3)}`, ...printPlace(tlp)];
  if (tlp.pasid !== NO_PASID) {
    words.push(`pasid ${printPasid(tlp.pasid)}`);
    if (tlp.pasidExecute !== 0) words.push('execute');
    if (tlp.pasidPrivileged !== 0) words.push('privileged');
  }
  if (tlp.tc !== 0) words.push(`TC ${tlp.tc}`);
  if ((tlp.attr & Attr.ID_BASED_ORDERING) !== 0) words.push('IDO');
  if ((tlp.attr & Attr.RELAXED_ORDERING) !== 0) words.push('RO');
  if ((tlp.attr & Attr.NO_SNOOP) !== 0) words.push('NS');
  if (tlp.at !== 0) words.push(`AT ${tlp.at}`);
  if (tlp.ln !== 0) words.push('LN');
  if (tlp.th !== 0) words.push(`TH PH ${tlp.ph}`);
  else if (tlp.ph !== 0) words.push(`PH ${tlp.ph}`);
  if (tlp.ep !== 0) words.push('poisoned');
  if (tlp.payload.length > 0) words.push(`data ${printPayload(tlp.payload)}`);
  return words.join(' ');
}

/** 'SC', 'UR', 'RRS', 'CA', or 'reserved 5'. */
export function statusName(status: number): string {
  return STATUS_NAMES[status] ?? `reserved ${status}`;
}

const STATUS_NAMES: readonly (string | undefined)[] = Array.from(
  { length: 8 },
  (_, status) => Object.entries(CompletionStatus).find((entry) => entry[1] === status)?.[0],
);

/** Where it goes and how much it is, by family of kinds. */
function printPlace(tlp: Tlp): string[] {
  if (isCompletion(tlp.kind)) {
    const words = [`from ${printRid(tlp.completerId)}`, statusName(tlp.status)];
    words.push(`count ${tlp.byteCount}`, `lower ${hex(tlp.lowerAddress, 2)}`);
    if (tlp.bcm !== 0) words.push('BCM');
    return words;
  }
  if (isMessage(tlp.kind)) {
    const name = MESSAGE_NAMES[tlp.messageCode] ?? `code ${hex(tlp.messageCode, 2)}`;
    const dws = [hex(tlp.messageDw2, 8), hex(tlp.messageDw3, 8)];
    return [MESSAGE_ROUTINGS[tlp.messageRouting], name, ...dws];
  }
  const size = `${tlp.lengthDw} DW BE ${tlp.firstBe.toString(16)}/${tlp.lastBe.toString(16)}`;
  if (isConfigRequest(tlp.kind)) {
    return [
      `to ${printRid(tlp.destinationId)}`,
      `register ${hex(4 * tlp.registerNumber, 3)}`,
      size,
    ];
  }
  const high = tlp.addressHigh === 0 ? '0x' : hex(tlp.addressHigh);
  return [`at ${high}${tlp.addressLow.toString(16).padStart(8, '0')}`, size];
}

function printPasid(pasid: number): string {
  return pasid === NO_PASID ? 'none' : hex(pasid, 5);
}

function printPayload(payload: Uint8Array): string {
  const shown = bytesToHex(payload.subarray(0, PRINTED_BYTES));
  const rest = payload.length - PRINTED_BYTES;
  return rest > 0 ? `${shown}… (+${rest} bytes)` : shown;
}

/** A TLP as one flat JSON object. What is 0 in nearly every TLP is left out where it is 0. */
export type TlpJson = Readonly<Record<string, unknown>>;

/**
 * The names of a TLP in JSON, in this order; `?` marks those left out where they are 0. `ep` and the two PASID bits are
 * truth values, `status` is a word where it has one, `address` is split in two where a number cannot hold it.
 */
const JSON_NAMES = (
  'requesterId tag tc attr ep ln? th? at? address ph? destinationId registerNumber completerId status bcm? byteCount ' +
  'lowerAddress messageRouting messageCode messageDw2 messageDw3 lengthDw firstBe lastBe'
).split(' ');

/** `{ kind, … }`; `tlpFromJson` reads it back. */
export function tlpToJson(tlp: Tlp): Record<string, number | boolean | string> {
  const json: Record<string, number | boolean | string> = { kind: tlp.kind };
  const fields: readonly string[] = fieldsOf(tlp.kind);
  for (const entry of JSON_NAMES) {
    const name = entry.replace('?', '') as TlpField;
    if (entry === 'address') {
      if (fields.includes('addressLow')) addJsonAddress(tlp, json);
    } else if (entry === 'lengthDw' && isCompletion(tlp.kind)) {
      // Reserved without data, and written all the same: people look for a length.
      json[name] = hasPayload(tlp.kind) ? tlp.lengthDw : 0;
    } else if (fields.includes(name) && (name === entry || tlp[name] !== 0)) {
      json[name] = jsonValue(tlp, name);
    }
  }
  if (tlp.pasid !== NO_PASID) {
    json['pasid'] = tlp.pasid;
    for (const field of PREFIX_FIELDS) json[field] = tlp[field] !== 0;
  }
  if (hasPayload(tlp.kind)) json['data'] = bytesToHex(tlp.payload);
  return json;
}

/**
 * The TLP that a JSON object describes; fields left out are 0. @throws UsageError `bad-tlp` for an unknown kind or name,
 * a value of the wrong type or range, or data whose size is not `lengthDw`.
 */
export function tlpFromJson(json: TlpJson): Tlp {
  const given = json['kind'];
  const kind = TLP_KINDS.find((name) => name === given);
  if (kind === undefined) {
    throw badTlp(
      `expected a kind of TLP, got '${String(given)}'${suggest(String(given), TLP_KINDS)}`,
    );
  }
  const tlp = new Tlp();
  tlp.kind = kind;
  const known = jsonNamesOf(kind);
  for (const name of Object.keys(json)) {
    if (!known.includes(name))
      throw badTlp(`${kind} has no field '${name}'${suggest(name, known)}`);
    setJsonField(tlp, name, json[name]);
  }
  for (const field of fieldsOf(kind)) checkRange(tlp, field);
  if (tlp.pasid !== NO_PASID) checkRange(tlp, 'pasid');
  if (tlp.td !== 0) throw badTlp(`${kind} td: expected 0 (no digest), got ${tlp.td}`);
  // Reserved without data: the encoder would drop it without a word.
  if (isCompletion(kind) && !hasPayload(kind) && tlp.lengthDw !== 0) {
    throw badTlp(`${kind} lengthDw: expected 0, got ${tlp.lengthDw}`);
  }
  const payloadBytes = hasPayload(kind) ? 4 * tlp.lengthDw : 0;
  if (tlp.payload.length !== payloadBytes) {
    throw badTlp(`${kind} data: expected ${payloadBytes} bytes, got ${tlp.payload.length}`);
  }
  return tlp;
}

function jsonValue(tlp: Tlp, field: TlpField): number | boolean | string {
  if (field === 'ep') return tlp.ep !== 0;
  if (field === 'status') return STATUS_NAMES[tlp.status] ?? tlp.status;
  return tlp[field];
}

function addJsonAddress(tlp: Tlp, json: Record<string, number | boolean | string>): void {
  if (Number.isSafeInteger(tlp.address)) json['address'] = tlp.address;
  else {
    json['addressHigh'] = tlp.addressHigh;
    json['addressLow'] = tlp.addressLow;
  }
}

function jsonNamesOf(kind: TlpKind): readonly string[] {
  const names = ['kind', ...fieldsOf(kind), 'pasid', ...PREFIX_FIELDS];
  if (fieldsOf(kind).includes('addressLow')) names.push('address');
  if (hasPayload(kind)) names.push('data');
  if (isCompletion(kind) && !hasPayload(kind)) names.push('lengthDw');
  return names;
}

function setJsonField(tlp: Tlp, name: string, value: unknown): void {
  if (name === 'kind') return;
  if (name === 'data') {
    if (typeof value !== 'string') throw badTlp(`${tlp.kind} data: expected hexadecimal digits`);
    tlp.payload = hexToBytes(value);
  } else if (name === 'status' && typeof value === 'string') {
    const status = STATUS_NAMES.indexOf(value);
    if (status < 0) throw badTlp(`${tlp.kind} status: expected SC, UR, RRS or CA, got '${value}'`);
    tlp.status = status;
  } else if (typeof value === 'boolean') {
    if (name !== 'ep' && !PREFIX_FIELDS.some((field) => field === name)) {
      throw badTlp(`${tlp.kind} ${name}: expected a number, got ${value}`);
    }
    tlp[name as TlpField] = value ? 1 : 0;
  } else if (typeof value !== 'number') {
    throw badTlp(`${tlp.kind} ${name}: expected a number, got ${JSON.stringify(value)}`);
  } else if (name === 'address') setJsonAddress(tlp, value);
  else tlp[name as TlpField] = value;
}

function setJsonAddress(tlp: Tlp, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0 || value % 4 !== 0) {
    throw badTlp(`${tlp.kind} address: expected a multiple of 4 below 2^53, got ${value}`);
  }
  tlp.address = value;
  if (tlp.addressHigh !== 0 && !fieldsOf(tlp.kind).includes('addressHigh')) {
    throw badTlp(`${tlp.kind} address: expected less than 4 GiB, got ${hex(value)}`);
  }
}

function checkRange(tlp: Tlp, field: TlpField): void {
  const { low, high, step } = rangeOf(tlp.kind, field);
  const value = tlp[field];
  if (!(value >= low && value <= high && value % step === 0)) throw fieldRangeError(tlp, field);
}

function badTlp(message: string): UsageError {
  return new UsageError('bad-tlp', message);
}
