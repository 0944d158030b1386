// Protocol rules as pure functions (siov-facts §9; SRD §7, §9): what bytes a request names, how a range is cut into
// requests, where a read may be split into completions, and what makes a TLP that decodes malformed all the same.
// Device, host and scoreboards share these, because they are PCIe's and not the device's behaviour.
//
// Two levels, kept apart on purpose:
//   malformedReason   what a *receiver* must treat as Malformed TLP under SRD §9: it drops the TLP, logs it, goes on.
//   requestFaults     what a *requester* must not do. Wider: also Max_Read_Request_Size, the form of the address, byte
//                     enables with gaps and the shape of AtomicOps, for which a completer need not have an answer.
import { assert } from '#base/assert';
import type { Tlp, TlpKind } from './tlp.ts';
import {
  hasLongAddress,
  isAtomic,
  isConfigRequest,
  isIoRequest,
  isLockedRead,
  isMemoryRead,
  isMemoryRequest,
  isMemoryWrite,
  isMessage,
  NO_PASID,
  REQUEST_BOUNDARY_BYTES,
} from './tlp.ts';

/** Configuration and I/O requests, and completions that are not for memory reads, count one DW from address 0. */
const DW_BYTES = 4;
const CAS_OPERANDS = 2;

// ---- Byte enables.

/** DWs touched by `byteLength` bytes at `address`; 1 for none. */
export function lengthDwFor(address: number, byteLength: number): number {
  return byteLength === 0 ? 1 : ((address & 3) + byteLength + 3) >>> 2;
}

/** First BE for `byteLength` bytes at `address`; 0 for none. */
export function firstBeFor(address: number, byteLength: number): number {
  const from = address & 3;
  const end = Math.min(DW_BYTES, from + byteLength);
  return ((1 << end) - 1) & ~((1 << from) - 1);
}

/** Last BE for `byteLength` bytes at `address`; 0 where one DW holds them all. */
export function lastBeFor(address: number, byteLength: number): number {
  if (lengthDwFor(address, byteLength) === 1) return 0;
  return 0xf >> (3 - ((address + byteLength - 1) & 3));
}

/** Whether the byte enables of this TLP enable bytes: AtomicOps have none, and TH lends those of reads to a steering tag. */
export function hasByteEnables(tlp: Tlp): boolean {
  // Reads and writes first: they are most of what is asked about.
  if (isMemoryRead(tlp.kind) || isLockedRead(tlp.kind)) return tlp.th === 0;
  return isMemoryWrite(tlp.kind) || isConfigRequest(tlp.kind) || isIoRequest(tlp.kind);
}

/** Bytes before the first enabled one, 0..3; 0 where none is enabled or all are. */
export function leadingBytes(tlp: Tlp): number {
  if (!hasByteEnables(tlp) || tlp.firstBe === 0) return 0;
  return LOWEST_BIT[tlp.firstBe];
}

/**
 * Bytes from the first enabled to the last enabled one: what a read asks for and a write covers. 0 for a zero-length
 * request, the operand for an AtomicOp.
 */
export function byteLengthOf(tlp: Tlp): number {
  if (!hasByteEnables(tlp)) {
    return isAtomic(tlp.kind) ? operandBytes(tlp) : DW_BYTES * tlp.lengthDw;
  }
  const last = tlp.lengthDw === 1 ? tlp.firstBe : tlp.lastBe;
  if (last === 0) return 0;
  return DW_BYTES * tlp.lengthDw - leadingBytes(tlp) - (3 - HIGHEST_BIT[last]);
}

/** Address of the first enabled byte; the DW's address where none is. Configuration: the byte offset of the register. */
export function firstByteAddress(tlp: Tlp): number {
  const base = isConfigRequest(tlp.kind) ? DW_BYTES * tlp.registerNumber : tlp.address;
  return base + leadingBytes(tlp);
}

/** Size of an AtomicOp's operand, bytes; CAS carries two operands. */
export function operandBytes(tlp: Tlp): number {
  const payloadBytes = DW_BYTES * tlp.lengthDw;
  return isCas(tlp.kind) ? payloadBytes / CAS_OPERANDS : payloadBytes;
}

/**
 * Why the byte enables are against PCIe, or undefined. One DW: last BE 0. More: neither is 0. Gaps only in one DW, or in
 * two that are aligned to 8 bytes.
 */
export function byteEnableFault(tlp: Tlp): string | undefined {
  return malformedByteEnables(tlp) ?? gappedByteEnables(tlp);
}

function malformedByteEnables(tlp: Tlp): string | undefined {
  if (!hasByteEnables(tlp)) return undefined;
  if (tlp.lengthDw === 1) {
    return tlp.lastBe === 0 ? undefined : `Last BE ${printBe(tlp.lastBe)} with a length of 1 DW`;
  }
  if (tlp.firstBe === 0) return `First BE 0000 with a length of ${tlp.lengthDw} DW`;
  return tlp.lastBe === 0 ? `Last BE 0000 with a length of ${tlp.lengthDw} DW` : undefined;
}

function gappedByteEnables(tlp: Tlp): string | undefined {
  if (!hasByteEnables(tlp) || tlp.lengthDw === 1) return undefined;
  if (tlp.lengthDw === 2 && (tlp.addressLow & 7) === 0) return undefined;
  // Without a gap the first DW is enabled up to byte 3 and the last one from byte 0.
  if (!UP_TO_BYTE_3.includes(tlp.firstBe)) return `First BE ${printBe(tlp.firstBe)} leaves a gap`;
  if (!FROM_BYTE_0.includes(tlp.lastBe)) return `Last BE ${printBe(tlp.lastBe)} leaves a gap`;
  return undefined;
}

/** Whether the enabled bytes are one range without gaps; true where no byte is enabled. */
export function isContiguous(tlp: Tlp): boolean {
  if (!hasByteEnables(tlp)) return true;
  if (tlp.lengthDw === 1) return CONTIGUOUS.includes(tlp.firstBe);
  return UP_TO_BYTE_3.includes(tlp.firstBe) && FROM_BYTE_0.includes(tlp.lastBe);
}

const LOWEST_BIT = [0, 0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0];
const HIGHEST_BIT = [0, 0, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3];
const UP_TO_BYTE_3 = [0b1111, 0b1110, 0b1100, 0b1000];
const FROM_BYTE_0 = [0b1111, 0b0111, 0b0011, 0b0001];
const CONTIGUOUS = [0, ...UP_TO_BYTE_3, ...FROM_BYTE_0, 0b0110, 0b0010, 0b0100];

function printBe(be: number): string {
  return be.toString(2).padStart(4, '0');
}

// ---- Requests: sizes and boundaries.

/** Whether a memory request crosses a naturally aligned 4 KiB boundary (R-REQ-1). */
export function crosses4K(tlp: Tlp): boolean {
  if (!isMemoryRequest(tlp.kind)) return false;
  const bytes = isAtomic(tlp.kind) ? operandBytes(tlp) : DW_BYTES * tlp.lengthDw;
  return (tlp.addressLow & (REQUEST_BOUNDARY_BYTES - 1)) + bytes > REQUEST_BOUNDARY_BYTES;
}

/** Whether a memory read asks for more than Max_Read_Request_Size, counted in whole DWs (R-REQ-2). */
export function exceedsReadRequestSize(tlp: Tlp, maxReadRequestBytes: number): boolean {
  if (!isMemoryRead(tlp.kind) && !isLockedRead(tlp.kind)) return false;
  return DW_BYTES * tlp.lengthDw > maxReadRequestBytes;
}

/** Whether the payload is longer than Max_Payload_Size (R-REQ-3). */
export function exceedsPayloadSize(tlp: Tlp, maxPayloadBytes: number): boolean {
  return tlp.payload.length > maxPayloadBytes;
}

/** Whether a 4 DW header holds an address below 4 GiB (R-REQ-5); a 3 DW header cannot hold another. */
export function hasNeedlessLongAddress(tlp: Tlp): boolean {
  return hasLongAddress(tlp.kind) && tlp.addressHigh === 0;
}

/**
 * Why a TLP that decodes is a Malformed TLP to its receiver, or undefined: payload above Max_Payload_Size, a
 * Configuration (or I/O) Request whose length is not 1, a memory request across 4 KiB, byte enables at odds with the
 * length. With what `decodeTlp` refuses this is the whole list of SRD §9. Gaps in byte enables are not in it.
 */
export function malformedReason(tlp: Tlp, maxPayloadBytes: number): string | undefined {
  if (exceedsPayloadSize(tlp, maxPayloadBytes)) {
    return `payload of ${tlp.payload.length} bytes, Max_Payload_Size is ${maxPayloadBytes}`;
  }
  if ((isConfigRequest(tlp.kind) || isIoRequest(tlp.kind)) && tlp.lengthDw !== 1) {
    return `${tlp.kind} with a length of ${tlp.lengthDw} DW`;
  }
  if (crosses4K(tlp)) return `${tlp.kind} across a 4 KiB boundary`;
  return malformedByteEnables(tlp);
}

/** What is in force for a requester, bytes. */
export interface RequestLimits {
  readonly maxPayloadBytes: number;
  readonly maxReadRequestBytes: number;
}

/** Every rule for requesters that this request breaks, one line each; empty when it is legal. */
export function requestFaults(tlp: Tlp, limits: RequestLimits): string[] {
  const faults: string[] = [];
  const malformed = malformedReason(tlp, limits.maxPayloadBytes);
  if (malformed !== undefined) faults.push(malformed);
  if (exceedsReadRequestSize(tlp, limits.maxReadRequestBytes)) {
    const bytes = DW_BYTES * tlp.lengthDw;
    faults.push(`read of ${bytes} bytes, Max_Read_Request_Size is ${limits.maxReadRequestBytes}`);
  }
  if (hasNeedlessLongAddress(tlp)) faults.push('4 DW header for an address below 4 GiB');
  const gap = gappedByteEnables(tlp);
  if (malformed === undefined && gap !== undefined) faults.push(gap);
  const atomic = isAtomic(tlp.kind) ? atomicFault(tlp) : undefined;
  if (atomic !== undefined) faults.push(atomic);
  if (tlp.pasid !== NO_PASID && !mayHavePasid(tlp.kind))
    faults.push(`${tlp.kind} with a PASID prefix`);
  return faults;
}

/** Requests to memory and messages may have a PASID prefix; configuration, I/O and completions may not. */
export function mayHavePasid(kind: TlpKind): boolean {
  return isMemoryRequest(kind) || isMessage(kind);
}

/** Why an AtomicOp is not one that PCIe defines: operand of 4 or 8 bytes (CAS: or 16), naturally aligned. */
function atomicFault(tlp: Tlp): string | undefined {
  const size = operandBytes(tlp);
  if (size !== 4 && size !== 8 && !(size === 16 && isCas(tlp.kind))) {
    return `${tlp.kind} with an operand of ${size} bytes`;
  }
  return (tlp.addressLow & (size - 1)) === 0
    ? undefined
    : `${tlp.kind} not aligned to ${size} bytes`;
}

function isCas(kind: TlpKind): boolean {
  return kind === 'CAS32' || kind === 'CAS64';
}

/** A range of bytes. */
export interface AddressPiece {
  readonly address: number;
  readonly byteLength: number;
}

/**
 * How many of `byteLength` bytes at `address` one request may take: no more than `maxBytes` in whole DWs, and nothing
 * beyond the next 4 KiB boundary. `maxBytes` is a power of two from 128 on (Max_Payload_Size, Max_Read_Request_Size).
 */
export function pieceBytes(address: number, byteLength: number, maxBytes: number): number {
  const toBoundary = REQUEST_BOUNDARY_BYTES - (address & (REQUEST_BOUNDARY_BYTES - 1));
  return Math.min(byteLength, maxBytes - (address & 3), toBoundary);
}

/** The requests that cover `byteLength` bytes at `address`, ascending, each as long as `pieceBytes` lets it be. */
export function splitByBoundary(
  address: number,
  byteLength: number,
  maxBytes: number,
): AddressPiece[] {
  assert(maxBytes >= DW_BYTES, 'a request holds at least one DW');
  const pieces: AddressPiece[] = [];
  for (let done = 0; done < byteLength;) {
    const bytes = pieceBytes(address + done, byteLength - done, maxBytes);
    pieces.push({ address: address + done, byteLength: bytes });
    done += bytes;
  }
  return pieces;
}

// ---- Completions.

/** Byte Count of the first (or only) completion: 1 for a zero-length read, 4 for configuration and I/O (R-CPL-3). */
export function byteCountOf(request: Tlp): number {
  if (!isMemoryRequest(request.kind)) return DW_BYTES;
  return Math.max(1, byteLengthOf(request));
}

/** Lower Address of the first (or only) completion: of memory reads only, else 0. */
export function lowerAddressOf(request: Tlp): number {
  if (!isMemoryRead(request.kind) && !isLockedRead(request.kind)) return 0;
  return (request.addressLow & 0x7c) | leadingBytes(request);
}

/**
 * Where the completions of a memory read of `byteCount` bytes at `address` may be broken, as offsets from its first
 * byte, ascending: at multiples of the read completion boundary (`rcbBytes`, 64 or 128; R-CPL-2).
 */
export function completionBreaks(address: number, byteCount: number, rcbBytes: number): number[] {
  assert(rcbBytes === 64 || rcbBytes === 128, 'the read completion boundary is 64 or 128 bytes');
  const breaks: number[] = [];
  const first = rcbBytes - (address % rcbBytes);
  for (let offset = first; offset < byteCount; offset += rcbBytes) breaks.push(offset);
  return breaks;
}

/** What bounds the completions of one read, bytes. */
export interface CompletionLimits {
  /** 64 or 128. */
  readonly rcbBytes: number;
  readonly maxPayloadBytes: number;
}

/**
 * The end offsets of the completions of a read, ascending, the last one `byteCount`: broken at each of `wanted` (others
 * than legal breaks are ignored), and besides only where Max_Payload_Size forces it, as late as possible.
 */
export function completionEnds(
  range: { readonly address: number; readonly byteCount: number },
  wanted: readonly number[],
  limits: CompletionLimits,
): number[] {
  const { address, byteCount } = range;
  const legal = completionBreaks(address, byteCount, limits.rcbBytes);
  const ends: number[] = [];
  let start = 0;
  for (let i = 0; i <= legal.length; i++) {
    const stop = i < legal.length ? legal[i] : byteCount;
    const next = i + 1 < legal.length ? legal[i + 1] : byteCount;
    const isForced = payloadBytesOf(address + start, next - start) > limits.maxPayloadBytes;
    if (i < legal.length && !isForced && !wanted.includes(stop)) continue;
    ends.push(stop);
    start = stop;
  }
  return ends;
}

/** Payload that carries `byteLength` bytes at `address`: whole DWs. */
function payloadBytesOf(address: number, byteLength: number): number {
  return DW_BYTES * lengthDwFor(address, byteLength);
}

/** What a read still waits for. */
export interface AwaitedRead {
  /** Address of the next byte. */
  readonly address: number;
  /** Bytes still to come, at least 1. */
  readonly remainingBytes: number;
  readonly rcbBytes: number;
}

/** Bytes that a CplD delivers to a read that waits for `remainingBytes` from `address` on. */
export function deliveredBytes(completion: Tlp, awaited: AwaitedRead): number {
  assert(awaited.remainingBytes > 0, 'the read still waits for bytes');
  const carried = completion.payload.length - (awaited.address & 3);
  return Math.min(awaited.remainingBytes, carried);
}

/**
 * Why a CplD with status SC is not the next one of a memory read, or undefined: Byte Count is what remains, Lower Address
 * is the next byte's, and it ends at a read completion boundary or at the end of the read (R-CPL-2, R-CPL-3).
 */
export function readCompletionFault(completion: Tlp, awaited: AwaitedRead): string | undefined {
  const { address, remainingBytes, rcbBytes } = awaited;
  if (completion.byteCount !== remainingBytes) {
    return `Byte Count ${completion.byteCount}, ${remainingBytes} bytes remain`;
  }
  const lower = address % 0x80;
  if (completion.lowerAddress !== lower) {
    return `Lower Address ${completion.lowerAddress}, the next byte has ${lower}`;
  }
  const needed = payloadBytesOf(address, remainingBytes);
  if (completion.payload.length > needed) {
    return `payload of ${completion.payload.length} bytes, at most ${needed} remain`;
  }
  const end = address + deliveredBytes(completion, awaited);
  if (completion.payload.length < needed && end % rcbBytes !== 0) {
    return `ends at ${end % rcbBytes} bytes after a boundary of ${rcbBytes} bytes`;
  }
  return undefined;
}
