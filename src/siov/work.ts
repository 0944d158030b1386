// Work as the testbench speaks of it, whoever made the device: operations, how they end, what a completion record tells, how
// descriptors are counted and how far addresses reach. A driver translates its device's codes into these; opcodes and status
// codes are those of the reference device (SRD §7), which translates nothing.
import type { WorkDescription } from './host-event.ts';

/** What a descriptor asks for. */
export const WorkOpcode = {
  NOP: 0,
  COPY: 1,
  FILL: 2,
  CRC32: 3,
  FETCH_ADD: 4,
  SWAP: 5,
  CAS: 6,
} as const;

/** Status of a descriptor; 0x10..0x13 and BAD_RING are halt codes too. */
export const WorkStatus = {
  DONE: 0x00,
  /** UR or RRS. */
  UNSUPPORTED: 0x10,
  ABORTED: 0x11,
  POISONED: 0x12,
  TIMED_OUT: 0x13,
  BAD_OPCODE: 0x20,
  BAD_LENGTH: 0x21,
  BAD_ALIGN: 0x22,
  RESERVED: 0x23,
  /** Halt code only. */
  BAD_RING: 0x24,
  BAD_VECTOR: 0x25,
} as const;

const OPERAND_BYTES = 8;

/** FETCH_ADD, SWAP, CAS. */
export function isAtomicWork(opcode: number): boolean {
  return opcode >= WorkOpcode.FETCH_ADD && opcode <= WorkOpcode.CAS;
}

/** Whether the opcode reads a source range of `length` bytes. */
export function readsSource(opcode: number): boolean {
  return opcode === WorkOpcode.COPY || opcode === WorkOpcode.CRC32;
}

/** Whether the opcode writes a destination range by memory writes (AtomicOps are not writes of the requester). */
export function writesDestination(opcode: number): boolean {
  return opcode === WorkOpcode.COPY || opcode === WorkOpcode.FILL;
}

/** NOP without interrupt: the start for building descriptions. */
export function emptyWork(): WorkDescription {
  return {
    opcode: WorkOpcode.NOP,
    length: 0,
    source: 0,
    destination: 0,
    operandA: new Uint8Array(OPERAND_BYTES),
    operandB: new Uint8Array(OPERAND_BYTES),
    interrupt: false,
    vector: 0,
    noRecord: false,
    relaxedOrdering: false,
    reserved: false,
  };
}

/** A completion record. */
export interface WorkRecord {
  /** `WorkStatus`. */
  readonly status: number;
  /** 1 on the first pass over the ring, then alternating. */
  readonly phase: number;
  /** Low 16 bits of the descriptor's number. */
  readonly n: number;
  readonly bytesTransferred: number;
  /** Two 32-bit halves of the result. */
  readonly resultLow: number;
  readonly resultHigh: number;
}

/** 'BAD_LENGTH' for 0x21; '0x99' for a code that SRD does not define. */
export function workStatusName(status: number): string {
  for (const [name, code] of Object.entries(WorkStatus)) if (code === status) return name;
  return `0x${status.toString(16).padStart(2, '0')}`;
}

/** 'COPY' for 1; '0x99' for an opcode that SRD does not define. */
export function workOpcodeName(opcode: number): string {
  for (const [name, code] of Object.entries(WorkOpcode)) if (code === opcode) return name;
  return `0x${opcode.toString(16).padStart(2, '0')}`;
}

/** Ring base, record base, source and destination: bits 63:52 are ignored, arithmetic is modulo 2^52 (SRD §7). */
export const ADDRESS_BITS = 52;
/** The first address that there is not: 2^52. */
export const ADDRESS_LIMIT = 2 ** ADDRESS_BITS;

/** An address (below 2 * 2^52) modulo 2^52. A comparison, as `%` on numbers of more than 32 bits is a slow call. */
export function wrapAddress(address: number): number {
  return address < ADDRESS_LIMIT ? address : address - ADDRESS_LIMIT;
}
/** HEAD, TAIL and descriptor numbers run freely in 16 bits. */
export const INDEX_MASK = 0xffff;
