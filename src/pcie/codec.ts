// TLPs to bytes and back (siov-facts §8; DUT protocol, "TLP bytes"). The bytes are an optional PASID prefix, the header
// from fmt and type on, and the payload: no sequence number, no LCRC, no ECRC. TLPs as text are in `tlp-text.ts`.
//
// Decoding answers one question: is this one TLP, whole and of a known kind? If not, the answer is a reason; never an
// exception, never half a TLP. A TLP that decodes may still break the protocol (byte enables, 4 KiB, the length of a
// Configuration Request): it is decoded as it stands, so that a checker can name the rule. Those rules, and which of
// them make a TLP "malformed" to a receiver, are in `rules.ts`.
//
//   byte  0        4                    16 or 20            + 4 × Length
//         | prefix | header, 3 or 4 DW  | payload           |
//         | 0x91 … | fmt type …         | only with fmt 01x |
//
// The guards of `decodeTlp`, in order, each with its own code and message:
//
//   partial-dw       the bytes are no whole number of DWs
//   truncated        they end before the header does
//   unknown-prefix   a prefix other than PASID, end-to-end or local
//   repeated-prefix  a second PASID prefix
//   undefined-fmt    fmt 101, 110, 111
//   undefined-type   a type that siov-facts §8 does not have, or not with this fmt
//   digest           TD is 1
//   length-mismatch  the payload has not as many bytes as Length says, or is there where there may be none
//
//   const tlp = decodeTlp(hexToBytes('00040010a5cd09f81600a358'));
//   if (isMalformed(tlp)) console.log(tlp.malformed); else console.log(printTlp(tlp));
import { assert, UsageError } from '#base/assert';
import { hex } from '#base/bits';
import { copyOfBytes, freshBytes, putBytes, viewOf } from '#base/fresh-bytes';
import type { HeaderCode } from './tlp-compiler.ts';
import { compileHeaderReader, compileHeaderWriter } from './tlp-compiler.ts';
import {
  fieldRangeError,
  fmtHasData,
  headerDw,
  HEADER_FIELDS,
  isMessageType,
  KIND_TABLE,
  LAYOUT_NAMES,
  PASID_PREFIX_BYTE,
} from './tlp-layout.ts';
import type { TlpKind } from './tlp.ts';
import { EMPTY_PAYLOAD, NO_PASID, Tlp } from './tlp.ts';

// The wire format has one entry: whoever has bytes also wants to print and compare them.
export { compareTlps, printTlp, statusName, tlpFromJson, tlpToJson } from './tlp-text.ts';

/** Which guard refused the bytes. */
export type MalformedCode =
  | 'truncated'
  | 'partial-dw'
  | 'undefined-fmt'
  | 'undefined-type'
  | 'unknown-prefix'
  | 'repeated-prefix'
  | 'digest'
  | 'length-mismatch';

/** Bytes that are not a TLP. */
export interface Malformed {
  /** Why, one line for people. */
  readonly malformed: string;
  readonly code: MalformedCode;
}

/** Prefix, 4 DW header and 1024 DW of payload: no TLP is longer. */
export const TLP_BYTES_MAX = 4 + 16 + 4096;

/** fmt of a prefix DW; higher values are undefined. */
const FMT_PREFIX = 0b100;
/** 3 DW: with fewer bytes there is nothing to look at. */
const HEADER_BYTES_MIN = 12;
/** A PASID has 20 bits. */
const PASID_MAX = 0xf_ffff;

/** A row of the kind table with what decode and encode need beside it, computed once. */
interface KindCode extends HeaderCode {
  readonly kind: TlpKind;
  readonly headerBytes: number;
  /** fmt 01x: a payload of Length DWs follows the header. */
  readonly hasData: boolean;
}

/** In the order of the kind table. */
const KIND_CODES: readonly KindCode[] = KIND_TABLE.map((row) => ({
  kind: row.kind,
  layout: LAYOUT_NAMES.indexOf(row.layout),
  headerBytes: 4 * headerDw(row.fmt),
  hasData: fmtHasData(row.fmt),
  // Of a message this is the byte with routing 0: the three routing bits are a field and come from the Tlp.
  first: (row.fmt << 5) | row.type,
}));

/** For encoding. A plain object: V8 looks constant strings up by identity, faster than a Map. */
const CODE_OF_KIND = Object.fromEntries(KIND_CODES.map((code) => [code.kind, code])) as Readonly<
  Record<TlpKind, KindCode>
>;

/**
 * By header byte 0; undefined where no kind has that Fmt and Type. Messages own all eight values of their routing bits:
 * the two that PCIe reserves end at the receiver, as "local" does, and are no error of format.
 */
const CODE_OF_BYTE: readonly (KindCode | undefined)[] = Array.from({ length: 256 }, (_, byte) => {
  // Prefix bytes find nothing here either: no kind has fmt 100.
  const first = isMessageType(byte & 0x1f) ? byte & 0xf8 : byte;
  return KIND_CODES.find((code) => code.first === first);
});

// Compiled when this module is loaded, once per process.
const readHeader = compileHeaderReader();
const writeHeader = compileHeaderWriter((tlp, field) => {
  throw fieldRangeError(tlp, field);
});

/** Tells the two results of `decodeTlp` apart. */
export function isMalformed(result: Tlp | Malformed): result is Malformed {
  return !(result instanceof Tlp);
}

/**
 * One TLP from exactly these bytes. `into` is filled and returned; it stays as it was when the bytes are malformed. The
 * payload is a view into `bytes`. Reserved bits (see `tlp-layout.ts`) are ignored. Never throws.
 */
export function decodeTlp(bytes: Uint8Array, into: Tlp = new Tlp()): Tlp | Malformed {
  const { length } = bytes;
  // Everything on the link is made of DWs, so this goes first: later guards may count in DWs.
  if ((length & 3) !== 0) return partialDw(length);
  if (length < HEADER_BYTES_MIN) return truncated(length, HEADER_BYTES_MIN);
  // Prefixes come before the header, and only here does it matter that there may be one.
  let offset = 0;
  if (isPrefix(bytes[0])) {
    const refused = refusedPrefix(bytes);
    if (refused !== undefined) return refused;
    offset = 4;
  }
  // From here on `offset` is where the header starts, and at least 3 DW of it are there.
  const code = CODE_OF_BYTE[bytes[offset]];
  if (code === undefined) return undefinedKind(bytes[offset]);
  const start = offset + code.headerBytes;
  if (length < start) return truncated(length - offset, code.headerBytes);
  // TD announces four bytes of ECRC behind the payload; nothing here computes or checks one (DUT protocol: TD is 0).
  if ((bytes[offset + 2] & 0x80) !== 0) return digestPresent(code.kind);
  // Of a read Length is what it asks for, not what it carries; without data it may even be reserved (Cpl, Msg).
  const payloadBytes = code.hasData ? 4 * lengthDwAt(bytes, offset) : 0;
  if (length !== start + payloadBytes) {
    return lengthMismatch(code.kind, payloadBytes, length - start);
  }
  // Every guard has passed: only now is `into` touched.
  into.kind = code.kind;
  readHeader(bytes, offset, code.layout, into);
  readPrefix(bytes, offset !== 0, into);
  into.payload = code.hasData ? viewOf(bytes, start, payloadBytes) : EMPTY_PAYLOAD;
  return into;
}

/** The bytes of a TLP, in a fresh array. @throws UsageError `bad-tlp` naming the first field out of range. */
export function encodeTlp(tlp: Tlp): Uint8Array {
  const bytes = freshBytes(encodedBytes(tlp));
  encodeTlpInto(tlp, bytes);
  return bytes;
}

/** The number of bytes that `encodeTlp` gives. */
export function encodedBytes(tlp: Tlp): number {
  const prefixBytes = tlp.pasid === NO_PASID ? 0 : 4;
  return prefixBytes + CODE_OF_KIND[tlp.kind].headerBytes + tlp.payload.length;
}

/**
 * Writes a TLP to the start of `buffer` and returns its length in bytes; TLP_BYTES_MAX always fits, a shorter buffer is
 * the caller's to measure with `encodedBytes`. Header fields that the kind does not have are not looked at.
 * @throws UsageError `bad-tlp` for a field out of range, or a payload that does not have `lengthDw` DWs.
 */
export function encodeTlpInto(tlp: Tlp, buffer: Uint8Array): number {
  const code = CODE_OF_KIND[tlp.kind];
  // Payload and Length are two statements of one fact; a TLP in which they differ would not decode again.
  if (tlp.payload.length !== (code.hasData ? 4 * tlp.lengthDw : 0)) refusePayload(tlp, code);
  if (tlp.td !== 0) refuseDigest(tlp);
  let offset = 0;
  if (tlp.pasid !== NO_PASID) {
    writePrefix(tlp, buffer);
    offset = 4;
  }
  writeHeader(tlp, buffer, offset, code);
  offset += code.headerBytes;
  putBytes(buffer, offset, tlp.payload);
  return offset + tlp.payload.length;
}

/** An independent TLP with the same fields and a payload of its own: for keeping what a monitor reuses. */
export function copyTlp(tlp: Tlp): Tlp {
  const copy = new Tlp();
  copy.kind = tlp.kind;
  // The list of fields comes from the layout table, so a new field cannot be forgotten here.
  for (const field of HEADER_FIELDS) copy[field] = tlp[field];
  copy.pasid = tlp.pasid;
  copy.pasidExecute = tlp.pasidExecute;
  copy.pasidPrivileged = tlp.pasidPrivileged;
  if (tlp.payload.length > 0) copy.payload = copyOfBytes(tlp.payload);
  return copy;
}

// ---- The PASID prefix: 0x91 | 00 PMR EXE PASID[19:16] | PASID[15:8] | PASID[7:0]. Three fields in fixed places: written
// out by hand, because a compiled table would be longer than what it compiles to; the tests hold it to PASID_PREFIX.

/** All three fields are set, also where there is no prefix: a reused Tlp must not keep an old PASID. */
function readPrefix(bytes: Uint8Array, present: boolean, tlp: Tlp): void {
  tlp.pasid = present ? ((bytes[1] & 0xf) << 16) | (bytes[2] << 8) | bytes[3] : NO_PASID;
  tlp.pasidExecute = present ? (bytes[1] >>> 4) & 1 : 0;
  tlp.pasidPrivileged = present ? (bytes[1] >>> 5) & 1 : 0;
}

/** @throws UsageError `bad-tlp` for a field out of range. The reserved bits 23:22 are written as 0. */
function writePrefix(tlp: Tlp, buffer: Uint8Array): void {
  if (!isUnsigned(tlp.pasid, PASID_MAX)) throw fieldRangeError(tlp, 'pasid');
  if (!isUnsigned(tlp.pasidExecute, 1)) throw fieldRangeError(tlp, 'pasidExecute');
  if (!isUnsigned(tlp.pasidPrivileged, 1)) throw fieldRangeError(tlp, 'pasidPrivileged');
  buffer[0] = PASID_PREFIX_BYTE;
  buffer[1] = (tlp.pasidPrivileged << 5) | (tlp.pasidExecute << 4) | (tlp.pasid >>> 16);
  buffer[2] = tlp.pasid >>> 8;
  buffer[3] = tlp.pasid;
}

/** Whether a value is one of 0..max; false for fractions, negative numbers and NaN. */
function isUnsigned(value: number, max: number): boolean {
  return value >>> 0 === value && value <= max;
}

/** Fmt 100: the byte starts a prefix DW and not a header. */
function isPrefix(byte: number): boolean {
  return byte >>> 5 === FMT_PREFIX;
}

/**
 * Why the prefixes at the start are not acceptable; undefined for exactly one PASID prefix before a header. PASID is the
 * only prefix that SRD knows, and a receiver that does not support a prefix takes its TLP for malformed.
 */
function refusedPrefix(bytes: Uint8Array): Malformed | undefined {
  // The caller has seen 3 DW: the byte at 4 is there, whether prefix or header.
  assert(bytes.length >= HEADER_BYTES_MIN, 'prefixes are looked at when three DWs are there');
  if (bytes[0] !== PASID_PREFIX_BYTE) return unknownPrefix(bytes[0]);
  if (bytes[4] === PASID_PREFIX_BYTE) {
    return { code: 'repeated-prefix', malformed: 'more than one PASID prefix' };
  }
  if (isPrefix(bytes[4])) return unknownPrefix(bytes[4]);
  if (bytes.length < 4 + HEADER_BYTES_MIN) return truncated(bytes.length - 4, HEADER_BYTES_MIN);
  return undefined;
}

/** The Length field of the header at `offset`: 1..1024. Needed before the header is read, to know whether to read it. */
function lengthDwAt(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset + 2] & 3) << 8) | bytes[offset + 3] || 1024;
}

// ---- Reasons. Built only for what is malformed, so they may be slow and precise.

function partialDw(length: number): Malformed {
  return { code: 'partial-dw', malformed: `expected whole DWs, got ${length} bytes` };
}

function truncated(got: number, expected: number): Malformed {
  const malformed = `expected a header of ${expected} bytes, got ${got}`;
  return { code: 'truncated', malformed };
}

function unknownPrefix(byte: number): Malformed {
  // Type bit 4 of a prefix: 1 end-to-end, 0 local to the link.
  const place = (byte & 0x10) === 0 ? 'local' : 'end-to-end';
  const name = PREFIX_NAMES[byte] ?? 'unknown';
  const malformed = `${place} prefix ${hex(byte, 2)} (${name}) is not supported`;
  return { code: 'unknown-prefix', malformed };
}

/** Prefix types with a public name; for messages only. */
const PREFIX_NAMES: Readonly<Record<number, string>> = {
  0x80: 'MR-IOV',
  0x8e: 'vendor-defined',
  0x8f: 'vendor-defined',
  0x90: 'extended TPH',
  0x92: 'IDE',
  0x9e: 'vendor-defined',
  0x9f: 'vendor-defined',
};

function undefinedKind(byte: number): Malformed {
  const fmt = byte >>> 5;
  const fmtText = fmt.toString(2).padStart(3, '0');
  if (fmt > FMT_PREFIX) return { code: 'undefined-fmt', malformed: `undefined Fmt ${fmtText}` };
  // Printed as PCIe writes types: the first bit apart, as it tells messages and prefixes from the rest.
  const type = (byte & 0x1f).toString(2).padStart(5, '0');
  const malformed = `undefined Type ${type[0]}_${type.slice(1)} with Fmt ${fmtText}`;
  return { code: 'undefined-type', malformed };
}

function digestPresent(kind: TlpKind): Malformed {
  return { code: 'digest', malformed: `${kind} with TD 1: a digest (ECRC) is not supported` };
}

function lengthMismatch(kind: TlpKind, expected: number, got: number): Malformed {
  const malformed = `${kind}: expected ${expected} bytes of payload, got ${got}`;
  return { code: 'length-mismatch', malformed };
}

// ---- Refusals of the encoder: a TLP that cannot be written is a mistake of the caller.

function refusePayload(tlp: Tlp, code: KindCode): never {
  const expected = code.hasData ? `${tlp.lengthDw} DW of payload` : 'no payload';
  throw new UsageError(
    'bad-tlp',
    `${tlp.kind}: expected ${expected}, got ${tlp.payload.length} bytes`,
  );
}

function refuseDigest(tlp: Tlp): never {
  throw new UsageError('bad-tlp', `${tlp.kind} td: expected 0 (no digest), got ${tlp.td}`);
}
