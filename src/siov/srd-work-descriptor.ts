// Work descriptors and completion records of the reference device (SRD §7): opcodes, status codes, the 64 bytes of a
// descriptor and the 16 bytes of a record. Little-endian, as they lie in host memory.
//
//   DW0   31........16 | 15..11 |      10       |     9     |     8     | 7......0
//         IMS index    | ignored| relaxed order | no record | interrupt | opcode
//   DW1   length in bytes            DW2,3  source           DW4,5  destination
//   DW6,7 operand A                  DW8,9  operand B        DW10..15 must be 0
//
//   Record DW0  31....16 | 15..9 |   8   | 7......0     DW1 bytes transferred     DW2,3 result
//               index n  | 0     | phase | status
import { readU32Le, writeU32Le, writeU64Le } from '#base/bytes';
import type { WorkDescription } from './host-event.ts';
import type { WorkFormat } from './work-format.ts';
import { ADDRESS_LIMIT, type WorkRecord } from './work.ts';

export const DESCRIPTOR_BYTES = 64;
export const RECORD_BYTES = 16;
const RING_ENTRIES_MIN = 2;

/** COPY, FILL and CRC32: 1..1 MiB. */
export const WORK_LENGTH_MAX = 1 << 20;

const DW0 = {
  INTERRUPT: 1 << 8,
  NO_RECORD: 1 << 9,
  RELAXED: 1 << 10,
  IGNORED_SHIFT: 11,
  VECTOR_SHIFT: 16,
} as const;
/** Golden ratio of 32 bits: spreads numbers of descriptors over all bits. */
const NOISE_FACTOR = 0x9e37_79b1;
const OFFSET = {
  LENGTH: 4,
  SOURCE: 8,
  DESTINATION: 16,
  OPERAND_A: 24,
  OPERAND_B: 32,
  RESERVED: 40,
} as const;
const OPERAND_BYTES = 8;

/**
 * The 64 bytes of a descriptor. Source and destination are 0..2^52-1. With `reserved` DW 15 is made all ones, so that
 * the device must refuse it with RESERVED.
 */
export function encodeDescriptor(work: WorkDescription): Uint8Array {
  const bytes = new Uint8Array(DESCRIPTOR_BYTES);
  let control = (work.opcode & 0xff) | ((work.vector & 0xffff) << DW0.VECTOR_SHIFT);
  if (work.interrupt) control |= DW0.INTERRUPT;
  if (work.noRecord) control |= DW0.NO_RECORD;
  if (work.relaxedOrdering) control |= DW0.RELAXED;
  writeU32Le(bytes, 0, control);
  writeU32Le(bytes, OFFSET.LENGTH, work.length);
  writeU64Le(bytes, OFFSET.SOURCE, work.source);
  writeU64Le(bytes, OFFSET.DESTINATION, work.destination);
  bytes.set(work.operandA.subarray(0, OPERAND_BYTES), OFFSET.OPERAND_A);
  bytes.set(work.operandB.subarray(0, OPERAND_BYTES), OFFSET.OPERAND_B);
  if (work.reserved) writeU32Le(bytes, DESCRIPTOR_BYTES - 4, 0xffff_ffff);
  return bytes;
}

/**
 * Sets bits that the device must ignore (SRD §7): DW0 15:11, and bits 63:52 of both addresses, other ones for each descriptor.
 * @param n number of the descriptor.
 */
export function setIgnoredBits(bytes: Uint8Array, n: number): void {
  const noise = Math.imul(n + 1, NOISE_FACTOR) >>> 0;
  writeU32Le(bytes, 0, (readU32Le(bytes, 0) | ((noise >>> 27) << DW0.IGNORED_SHIFT)) >>> 0);
  const sourceHigh = OFFSET.SOURCE + 4;
  writeU32Le(bytes, sourceHigh, (readU32Le(bytes, sourceHigh) | (noise << 20)) >>> 0);
  const destinationHigh = OFFSET.DESTINATION + 4;
  const destination = readU32Le(bytes, destinationHigh);
  writeU32Le(bytes, destinationHigh, (destination | ((noise >>> 12) << 20)) >>> 0);
}

/** What 64 bytes say. Address bits 63:52 are dropped, as the device ignores them; operands are copies. */
export function decodeDescriptor(bytes: Uint8Array): WorkDescription {
  const control = readU32Le(bytes, 0);
  let reserved = false;
  for (let i = OFFSET.RESERVED; i < DESCRIPTOR_BYTES; i++) reserved ||= bytes[i] !== 0;
  return {
    opcode: control & 0xff,
    length: readU32Le(bytes, OFFSET.LENGTH),
    source: readAddress(bytes, OFFSET.SOURCE),
    destination: readAddress(bytes, OFFSET.DESTINATION),
    operandA: bytes.slice(OFFSET.OPERAND_A, OFFSET.OPERAND_A + OPERAND_BYTES),
    operandB: bytes.slice(OFFSET.OPERAND_B, OFFSET.OPERAND_B + OPERAND_BYTES),
    interrupt: (control & DW0.INTERRUPT) !== 0,
    vector: control >>> DW0.VECTOR_SHIFT,
    noRecord: (control & DW0.NO_RECORD) !== 0,
    relaxedOrdering: (control & DW0.RELAXED) !== 0,
    reserved,
  };
}

/** SRD's format of work, for a device whose largest ring has `ringMax` entries. */
export function srdWorkFormat(ringMax: number): WorkFormat {
  return {
    descriptorBytes: DESCRIPTOR_BYTES,
    recordBytes: RECORD_BYTES,
    ringEntriesMin: RING_ENTRIES_MIN,
    ringEntriesMax: ringMax,
    lengthMax: WORK_LENGTH_MAX,
    decodeRecord,
    recordPhase,
  };
}

export function encodeRecord(record: WorkRecord): Uint8Array {
  const bytes = new Uint8Array(RECORD_BYTES);
  const control = (record.status & 0xff) | ((record.phase & 1) << 8) | ((record.n & 0xffff) << 16);
  writeU32Le(bytes, 0, control);
  writeU32Le(bytes, 4, record.bytesTransferred);
  writeU32Le(bytes, 8, record.resultLow);
  writeU32Le(bytes, 12, record.resultHigh);
  return bytes;
}

/** What 16 bytes say; bits 15:9 of DW0 are ignored. */
export function decodeRecord(bytes: Uint8Array): WorkRecord {
  const control = readU32Le(bytes, 0);
  return {
    status: control & 0xff,
    phase: (control >>> 8) & 1,
    n: control >>> 16,
    bytesTransferred: readU32Le(bytes, 4),
    resultLow: readU32Le(bytes, 8),
    resultHigh: readU32Le(bytes, 12),
  };
}

/** The phase bit of descriptor `n` (counted from the start of the queue, not wrapped) in a ring of `entries`. */
export function recordPhase(n: number, entries: number): number {
  return 1 - (Math.floor(n / entries) % 2);
}

// Cut before the two halves are put together: above 2^53 a number would lose the low bits.
function readAddress(bytes: Uint8Array, offset: number): number {
  const high = readU32Le(bytes, offset + 4) & (ADDRESS_LIMIT / 0x1_0000_0000 - 1);
  return high * 0x1_0000_0000 + readU32Le(bytes, offset);
}
