// Admin commands of the reference device (SRD §5): opcodes, SDI states, status codes, the argument registers of each
// command, and the COMMAND and COMMAND_STATUS words. Driver and device share this encoding and nothing of its meaning.
//
//   ARG0  31........18 |    17     |    16    | 15.........0
//         ignored      | reconfig. | software | SDI index
//                      |   (RESET) |   RID    |
//   ARG1  RID (15:0)   ARG2 first page   ARG3 page count   ARG4 first IMS entry   ARG5 IMS count
import { assert } from '#base/assert';

/** COMMAND bits 7:0. */
export const AdminOpcode = {
  CREATE_SDI: 0x01,
  DESTROY_SDI: 0x02,
  ENABLE_SDI: 0x03,
  QUIESCE_SDI: 0x04,
  RESET_SDI: 0x05,
  QUERY_SDI: 0x06,
} as const;

/** Pages and IMS entries that one SDI may have. */
export const SDI_PAGES_MAX = 16;
export const SDI_VECTORS_MAX = 64;

/** Bounds of SRD §4: every command but QUIESCE_SDI and RESET_SDI ends within this time. */
export const COMMAND_BOUND_NS = 10_000;

const ARG0_SOFTWARE_RID = 1 << 16;
const ARG0_RECONFIGURE = 1 << 17;

/** The RID, pages and interrupt entries asked for by CREATE_SDI and by a RESET_SDI that reconfigures. */
export interface SdiRequest {
  /** undefined: strided. Otherwise 16 bits, chosen by software. */
  readonly softwareRid: number | undefined;
  readonly firstPage: number;
  readonly pageCount: number;
  readonly firstVector: number;
  readonly vectorCount: number;
}

/** What ARG0..ARG5 say; which parts a command reads is its own affair. */
export interface AdminArguments extends SdiRequest {
  readonly sdi: number;
  readonly reconfigure: boolean;
}

/** ARG0..ARG5 for a command that names only the SDI (and, for RESET_SDI, asks for restore). */
export function encodeSdiArguments(sdi: number): Uint32Array {
  assert(sdi >= 0 && sdi <= 0xffff, 'an SDI index has 16 bits');
  return Uint32Array.of(sdi, 0, 0, 0, 0, 0);
}

/** ARG0..ARG5 for CREATE_SDI, or with `reconfigure` for RESET_SDI. All values are 32-bit unsigned. */
export function encodeCreateArguments(
  sdi: number,
  request: SdiRequest,
  reconfigure = false,
): Uint32Array {
  const args = encodeSdiArguments(sdi);
  if (request.softwareRid !== undefined) {
    args[0] |= ARG0_SOFTWARE_RID;
    args[1] = request.softwareRid;
  }
  if (reconfigure) args[0] |= ARG0_RECONFIGURE;
  args[2] = request.firstPage;
  args[3] = request.pageCount;
  args[4] = request.firstVector;
  args[5] = request.vectorCount;
  return args;
}

/** What six argument registers say. Bits that no command names are ignored; counts are full 32-bit values. */
export function decodeAdminArguments(args: ArrayLike<number>): AdminArguments {
  assert(args.length >= 6, 'six argument registers');
  return {
    sdi: args[0] & 0xffff,
    softwareRid: (args[0] & ARG0_SOFTWARE_RID) === 0 ? undefined : args[1] & 0xffff,
    reconfigure: (args[0] & ARG0_RECONFIGURE) !== 0,
    firstPage: args[2] >>> 0,
    pageCount: args[3] >>> 0,
    firstVector: args[4] >>> 0,
    vectorCount: args[5] >>> 0,
  };
}

/** COMMAND: 7:0 opcode, 31:16 sequence number. */
export function encodeCommand(opcode: number, sequence: number): number {
  return (((sequence & 0xffff) << 16) | (opcode & 0xff)) >>> 0;
}

export function decodeCommand(word: number): {
  readonly opcode: number;
  readonly sequence: number;
} {
  return { opcode: word & 0xff, sequence: word >>> 16 };
}

/** COMMAND_STATUS: bit 0 busy; of the last command that ended: 15:8 status, 31:16 sequence number. */
export interface CommandStatusWord {
  readonly busy: boolean;
  readonly status: number;
  readonly sequence: number;
}

export function encodeCommandStatus(word: CommandStatusWord): number {
  const status = ((word.sequence & 0xffff) << 16) | ((word.status & 0xff) << 8);
  return (status | (word.busy ? 1 : 0)) >>> 0;
}

export function decodeCommandStatus(word: number): CommandStatusWord {
  return { busy: (word & 1) !== 0, status: (word >>> 8) & 0xff, sequence: word >>> 16 };
}
