// Where the fields of a TLP lie in its header: the one table behind decode, encode, compare, print and JSON (siov-facts
// §8, Non-Flit Mode). A DW is read big-endian, so bit 31 of DW 0 is the first bit of header byte 0.
//
//   DW0  31:29 fmt | 28:24 type | 23 T9 | 22:20 TC | 19 T8 | 18 attr[2] | 17 LN | 16 TH
//        15 TD | 14 EP | 13:12 attr[1:0] | 11:10 AT | 9:0 length (0 = 1024)
//
//   memory, I/O     DW1  31:16 requester ID | 15:8 tag[7:0] | 7:4 last BE | 3:0 first BE
//                   3 DW form: DW2 address[31:2], PH          4 DW form: DW2 address[63:32], DW3 address[31:2], PH
//   configuration   DW1  as above    DW2  31:16 destination ID | 15:12 reserved | 11:2 register number | 1:0 reserved
//   completion      DW1  31:16 completer ID | 15:13 status | 12 BCM | 11:0 byte count (0 = 4096)
//                   DW2  31:16 requester ID | 15:8 tag[7:0] | 7 reserved | 6:0 lower address
//   message         DW0  26:24 routing    DW1  31:16 requester ID | 15:8 tag[7:0] | 7:0 code    DW2, DW3  by code
//
//   PASID prefix    31:24 0x91 | 23:22 reserved | 21 Privileged Mode Requested | 20 Execute Requested | 19:0 PASID
//
// Reserved bits are not in the table: the decoder ignores them and the encoder writes 0. They are: the bits named
// reserved above, address bits 1:0 of I/O requests, and the length of Cpl, CplLk and Msg.
import { assert, UsageError } from '#base/assert';
import type { Tlp, TlpKind } from './tlp.ts';

/** Every field that is a number and stands in a header DW or in the PASID prefix. */
export type TlpField = Exclude<keyof Tlp, 'kind' | 'payload' | 'address'>;

/** Bits high..low of a header DW, holding the bits of a field from `shift` upwards. */
export interface HeaderBits {
  readonly field: TlpField;
  /** Which DW: 0..3. */
  readonly dw: number;
  readonly high: number;
  readonly low: number;
  /** The bit of the field that lies at `low`. */
  readonly shift: number;
  /** What an encoded 0 stands for: 1024 DW, 4096 bytes. 0 where 0 means 0. */
  readonly zeroMeans: number;
}

export type LayoutName =
  | 'memory32'
  | 'memory64'
  | 'io'
  | 'config'
  | 'completion'
  | 'completionData'
  | 'message'
  | 'messageData';

/** What owes or answers what (siov-facts §8, column "class"). */
export type FlowClass = 'posted' | 'nonPosted' | 'completion';

export interface KindRow {
  readonly kind: TlpKind;
  /** 0 3 DW, 1 4 DW, 2 3 DW with data, 3 4 DW with data. */
  readonly fmt: number;
  /** 5 bits; of messages the three routing bits are a field. */
  readonly type: number;
  readonly layout: LayoutName;
  readonly flow: FlowClass;
}

/** Bits [high, low] of a DW; `shift` where they are not the lowest bits of the field. */
function bits(
  field: TlpField,
  dw: number,
  [high, low]: readonly [number, number],
  shift = 0,
): HeaderBits {
  assert(high <= 31 && low >= 0, 'a DW has bits 31..0');
  assert(high >= low, 'bits are written high:low, as in the specification');
  return { field, dw, high, low, shift, zeroMeans: 0 };
}

// ---- The pieces that layouts are made of.

/**
 * DW0 of every header but for fmt, type and Length. Tag and attributes lie in several places, because 10-bit tags and
 * IDO came after the original header was full: T9 and T8 are what was reserved around TC, attr[2] what was beside LN.
 */
const FIRST_DW: readonly HeaderBits[] = [
  bits('tag', 0, [23, 23], 9),
  bits('tc', 0, [22, 20]),
  bits('tag', 0, [19, 19], 8),
  bits('attr', 0, [18, 18], 2),
  bits('ln', 0, [17, 17]),
  bits('th', 0, [16, 16]),
  bits('td', 0, [15, 15]),
  bits('ep', 0, [14, 14]),
  bits('attr', 0, [13, 12]),
  bits('at', 0, [11, 10]),
];
/** Length in DWs. Ten bits for 1..1024: the largest is written as 0. Not in Cpl, CplLk, Msg, where it is reserved. */
const LENGTH: HeaderBits = { ...bits('lengthDw', 0, [9, 0]), zeroMeans: 1024 };

/** Requester ID and tag: in DW1 of requests, in DW2 of completions. */
function transactionId(dw: number): readonly HeaderBits[] {
  return [bits('requesterId', dw, [31, 16]), bits('tag', dw, [15, 8])];
}

/** What memory, I/O and configuration requests share. */
const REQUEST: readonly HeaderBits[] = [
  ...FIRST_DW,
  LENGTH,
  ...transactionId(1),
  bits('lastBe', 1, [7, 4]),
  bits('firstBe', 1, [3, 0]),
];
/** Completions; those with data have LENGTH too. Byte Count has twelve bits for 1..4096: the largest is written as 0. */
const COMPLETION: readonly HeaderBits[] = [
  ...FIRST_DW,
  bits('completerId', 1, [31, 16]),
  bits('status', 1, [15, 13]),
  bits('bcm', 1, [12, 12]),
  { ...bits('byteCount', 1, [11, 0]), zeroMeans: 4096 },
  ...transactionId(2),
  bits('lowerAddress', 2, [6, 0]),
];
/** Messages; those with data have LENGTH too. The routing is part of the type, so it lies beside fmt in DW0. */
const MESSAGE: readonly HeaderBits[] = [
  bits('messageRouting', 0, [26, 24]),
  ...FIRST_DW,
  ...transactionId(1),
  bits('messageCode', 1, [7, 0]),
  bits('messageDw2', 2, [31, 0]),
  bits('messageDw3', 3, [31, 0]),
];

/** The header of each layout. A field in several pieces appears several times. */
export const LAYOUTS: Readonly<Record<LayoutName, readonly HeaderBits[]>> = {
  memory32: [...REQUEST, bits('addressLow', 2, [31, 2], 2), bits('ph', 2, [1, 0])],
  // The upper half of a long address comes first.
  memory64: [
    ...REQUEST,
    bits('addressHigh', 2, [31, 0]),
    bits('addressLow', 3, [31, 2], 2),
    bits('ph', 3, [1, 0]),
  ],
  // As memory32, but the two bits below the address are reserved instead of a processing hint.
  io: [...REQUEST, bits('addressLow', 2, [31, 2], 2)],
  // Register number and extended register number are neighbours and make one number, the DW in 4 KiB.
  config: [...REQUEST, bits('destinationId', 2, [31, 16]), bits('registerNumber', 2, [11, 2])],
  completion: COMPLETION,
  completionData: [LENGTH, ...COMPLETION],
  message: MESSAGE,
  messageData: [LENGTH, ...MESSAGE],
};

/** In a fixed order: the index of a name here is how compiled code knows a layout. */
export const LAYOUT_NAMES = Object.keys(LAYOUTS) as readonly LayoutName[];

/** The PASID prefix as one DW; `pasid` -1 stands for its absence. */
export const PASID_PREFIX: readonly HeaderBits[] = [
  bits('pasidPrivileged', 0, [21, 21]),
  bits('pasidExecute', 0, [20, 20]),
  bits('pasid', 0, [19, 0]),
];
/** First byte of the PASID prefix: fmt 100, end-to-end, type 0001. */
export const PASID_PREFIX_BYTE = 0x91;

/** One row of the kind table; most kinds are non-posted. */
const row = (
  kind: TlpKind,
  [fmt, type]: readonly [number, number],
  layout: LayoutName,
  flow: FlowClass = 'nonPosted',
): KindRow => ({ kind, fmt, type, layout, flow });

/** Every kind with its encoding, in the order of TLP_KINDS. */
export const KIND_TABLE: readonly KindRow[] = [
  row('MRd32', [0, 0b0_0000], 'memory32'),
  row('MRd64', [1, 0b0_0000], 'memory64'),
  // Locked reads: for legacy software; an SRD device answers them with UR (SRD §9).
  row('MRdLk32', [0, 0b0_0001], 'memory32'),
  row('MRdLk64', [1, 0b0_0001], 'memory64'),
  row('MWr32', [2, 0b0_0000], 'memory32', 'posted'),
  row('MWr64', [3, 0b0_0000], 'memory64', 'posted'),
  // I/O and configuration: 3 DW headers only, one DW of data at most.
  row('IORd', [0, 0b0_0010], 'io'),
  row('IOWr', [2, 0b0_0010], 'io'),
  row('CfgRd0', [0, 0b0_0100], 'config'),
  row('CfgWr0', [2, 0b0_0100], 'config'),
  row('CfgRd1', [0, 0b0_0101], 'config'),
  row('CfgWr1', [2, 0b0_0101], 'config'),
  // Completions; the locked ones answer locked reads.
  row('Cpl', [0, 0b0_1010], 'completion', 'completion'),
  row('CplD', [2, 0b0_1010], 'completionData', 'completion'),
  row('CplLk', [0, 0b0_1011], 'completion', 'completion'),
  row('CplDLk', [2, 0b0_1011], 'completionData', 'completion'),
  // AtomicOps carry their operands and are answered with the old value.
  row('FetchAdd32', [2, 0b0_1100], 'memory32'),
  row('FetchAdd64', [3, 0b0_1100], 'memory64'),
  row('Swap32', [2, 0b0_1101], 'memory32'),
  row('Swap64', [3, 0b0_1101], 'memory64'),
  row('CAS32', [2, 0b0_1110], 'memory32'),
  row('CAS64', [3, 0b0_1110], 'memory64'),
  // Type 1_0rrr: the row holds routing 0.
  row('Msg', [1, 0b1_0000], 'message', 'posted'),
  row('MsgD', [3, 0b1_0000], 'messageData', 'posted'),
];

/** The row of a kind. */
export const ROW_OF_KIND: Readonly<Record<TlpKind, KindRow>> = Object.fromEntries(
  KIND_TABLE.map((entry) => [entry.kind, entry]),
) as Record<TlpKind, KindRow>;

/** Whether a 5-bit type is 1_0rrr. */
export function isMessageType(type: number): boolean {
  return type >> 3 === 0b10;
}

/** Header DWs by fmt: 3 or 4. */
export function headerDw(fmt: number): number {
  return (fmt & 1) === 0 ? 3 : 4;
}

/** Whether fmt says that data follows. */
export function fmtHasData(fmt: number): boolean {
  return (fmt & 2) !== 0;
}

/** Every field of some header, once, prefix fields excluded; those that a layout lacks are 0 after decode. */
export const HEADER_FIELDS: readonly TlpField[] = [
  ...new Set(LAYOUT_NAMES.flatMap((name) => LAYOUTS[name].map((piece) => piece.field))),
];

/** The fields of a kind's header, once each, in the order of its table. */
export function fieldsOf(kind: TlpKind): readonly TlpField[] {
  return FIELDS_OF_LAYOUT[ROW_OF_KIND[kind].layout];
}

/** What a field may hold: low..high in steps of `step`. */
export interface FieldRange {
  readonly low: number;
  readonly high: number;
  /** 4 for an address whose two lowest bits are not in the field; else 1. */
  readonly step: number;
}

/** The range that the pieces of a field leave to it; 1..n where an encoded 0 stands for n. */
export function fieldRange(pieces: readonly HeaderBits[], field: TlpField): FieldRange {
  const own = pieces.filter((piece) => piece.field === field);
  const zeroMeans = Math.max(0, ...own.map((piece) => piece.zeroMeans));
  if (zeroMeans !== 0) return { low: 1, high: zeroMeans, step: 1 };
  const width = Math.max(0, ...own.map((piece) => piece.shift + piece.high - piece.low + 1));
  const step = 2 ** Math.min(...own.map((piece) => piece.shift));
  return { low: 0, high: 2 ** width - step, step };
}

/** The range of a field in the TLPs of a kind, its PASID prefix included. */
export function rangeOf(kind: TlpKind, field: TlpField): FieldRange {
  const inPrefix = PASID_PREFIX.some((piece) => piece.field === field);
  return fieldRange(inPrefix ? PASID_PREFIX : LAYOUTS[ROW_OF_KIND[kind].layout], field);
}

/** The error of an encoder or reader that finds `field` out of its range. */
export function fieldRangeError(tlp: Tlp, field: TlpField): UsageError {
  const { low, high, step } = rangeOf(tlp.kind, field);
  const steps = step === 1 ? '' : ` in steps of ${step}`;
  const message = `${tlp.kind} ${field}: expected ${low}..${high}${steps}, got ${tlp[field]}`;
  return new UsageError('bad-tlp', message);
}

/** Computed once: `fieldsOf` is asked per TLP by whoever prints or compares many. */
const FIELDS_OF_LAYOUT = Object.fromEntries(
  LAYOUT_NAMES.map((name) => [name, [...new Set(LAYOUTS[name].map((piece) => piece.field))]]),
) as unknown as Readonly<Record<LayoutName, readonly TlpField[]>>;
