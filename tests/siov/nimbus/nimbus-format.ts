// Descriptors of 32 bytes and records of 8, as Nimbus has them. A descriptor is valid on one pass over the ring by a bit that
// alternates; FILL has its pattern where COPY has its source.
//
//   DW0  31 valid | 30 relaxed | 29 silent | 28 interrupt | 27:16 vector | 7:0 operation     DW1 length
//   DW2,3 source or pattern      DW4,5 destination      DW6 0      DW7 0
//   Record DW0  31:16 index | 15 pass | 7:0 status             DW1 bytes moved
import { readU32Le, writeU32Le, writeU64Le } from '#base/bytes';
import type { WorkDescription } from '#siov/host-event';
import { ADDRESS_LIMIT, WorkOpcode, WorkStatus, type WorkRecord } from '#siov/work';
import type { WorkFormat } from '#siov/work-format';
import type { RingSlot } from '#env/device-driver';

export const DESCRIPTOR_BYTES = 32;
export const RECORD_BYTES = 8;
export const LENGTH_MAX = 1 << 20;

/** Nimbus has three operations; the codes of the others are unknown to it. */
const OPERATIONS: Readonly<Record<number, number>> = {
  [WorkOpcode.NOP]: 0x40,
  [WorkOpcode.COPY]: 0x41,
  [WorkOpcode.FILL]: 0x42,
};
/** Where an operation has no code of Nimbus: unknown to the device as well. */
const UNKNOWN = 0x80;
/** What Nimbus calls 'done', and each way to fail. */
const STATUSES: readonly (readonly [own: number, canonical: number])[] = [
  [0x01, WorkStatus.DONE],
  [0xa0, WorkStatus.UNSUPPORTED],
  [0xa1, WorkStatus.ABORTED],
  [0xa2, WorkStatus.POISONED],
  [0xa3, WorkStatus.TIMED_OUT],
  [0xb0, WorkStatus.BAD_OPCODE],
  [0xb1, WorkStatus.BAD_LENGTH],
  [0xb3, WorkStatus.RESERVED],
  [0xb4, WorkStatus.BAD_RING],
  [0xb5, WorkStatus.BAD_VECTOR],
];
/** A status that Nimbus does not define: no record may have it. */
const NO_STATUS = 0xff;

export function ownStatus(canonical: number): number {
  return STATUSES.find(([, one]) => one === canonical)?.[0] ?? NO_STATUS;
}

export function canonicalStatus(own: number): number {
  return STATUSES.find(([one]) => one === own)?.[1] ?? NO_STATUS;
}

const VALID = 0x8000_0000;
const RELAXED = 1 << 30;
const SILENT = 1 << 29;
const INTERRUPT = 1 << 28;
const VECTOR_SHIFT = 16;
const VECTOR_MASK = 0xfff;
const PASS = 1 << 15;

/** 1 on the first pass over the ring, then alternating. */
export function passOf(n: number, entries: number): number {
  return 1 - (Math.floor(n / entries) % 2);
}

export function encodeDescriptor(work: WorkDescription, slot: RingSlot): Uint8Array {
  const bytes = new Uint8Array(DESCRIPTOR_BYTES);
  const operation = OPERATIONS[work.opcode] ?? UNKNOWN | (work.opcode & 0x7f);
  let control = operation | (Math.min(work.vector, VECTOR_MASK) << VECTOR_SHIFT);
  if (work.interrupt) control |= INTERRUPT;
  if (work.noRecord) control |= SILENT;
  if (work.relaxedOrdering) control |= RELAXED;
  if (passOf(slot.n, slot.ringEntries) === 1) control |= VALID;
  writeU32Le(bytes, 0, control >>> 0);
  writeU32Le(bytes, 4, work.length);
  if (work.opcode === WorkOpcode.FILL) bytes.set(work.operandA.subarray(0, 8), 8);
  else writeU64Le(bytes, 8, work.source);
  writeU64Le(bytes, 16, work.destination);
  if (work.reserved) writeU32Le(bytes, 28, 0xffff_ffff);
  return bytes;
}

/** A descriptor as the device reads it. */
export interface NimbusWork {
  readonly opcode: number;
  readonly length: number;
  readonly source: number;
  readonly destination: number;
  readonly pattern: Uint8Array;
  readonly hasInterrupt: boolean;
  readonly vector: number;
  readonly isSilent: boolean;
  readonly isRelaxed: boolean;
  readonly isReserved: boolean;
  /** The valid bit is that of this pass. */
  readonly isValid: boolean;
}

export function decodeDescriptor(bytes: Uint8Array, pass: number): NimbusWork {
  const control = readU32Le(bytes, 0);
  const code = Object.entries(OPERATIONS).find(([, own]) => own === (control & 0xff));
  return {
    opcode: code === undefined ? 0xff : Number(code[0]),
    length: readU32Le(bytes, 4),
    source: address(bytes, 8),
    destination: address(bytes, 16),
    pattern: bytes.slice(8, 16),
    hasInterrupt: (control & INTERRUPT) !== 0,
    vector: (control >>> VECTOR_SHIFT) & VECTOR_MASK,
    isSilent: (control & SILENT) !== 0,
    isRelaxed: (control & RELAXED) !== 0,
    isReserved: readU32Le(bytes, 24) !== 0 || readU32Le(bytes, 28) !== 0,
    isValid: control >>> 31 === pass,
  };
}

function address(bytes: Uint8Array, offset: number): number {
  const high = readU32Le(bytes, offset + 4) % (ADDRESS_LIMIT / 2 ** 32);
  return high * 2 ** 32 + readU32Le(bytes, offset);
}

export function encodeRecord(n: number, pass: number, status: number, moved: number): Uint8Array {
  const bytes = new Uint8Array(RECORD_BYTES);
  writeU32Le(bytes, 0, (((n & 0xffff) << 16) | (pass === 1 ? PASS : 0) | ownStatus(status)) >>> 0);
  writeU32Le(bytes, 4, moved);
  return bytes;
}

function decodeRecord(bytes: Uint8Array): WorkRecord {
  const control = readU32Le(bytes, 0);
  return {
    status: canonicalStatus(control & 0xff),
    phase: (control & PASS) === 0 ? 0 : 1,
    n: control >>> 16,
    bytesTransferred: readU32Le(bytes, 4),
    resultLow: 0,
    resultHigh: 0,
  };
}

export function nimbusFormat(ringEntriesMax: number): WorkFormat {
  return {
    descriptorBytes: DESCRIPTOR_BYTES,
    recordBytes: RECORD_BYTES,
    ringEntriesMin: 4,
    ringEntriesMax,
    lengthMax: LENGTH_MAX,
    decodeRecord,
    recordPhase: passOf,
  };
}
