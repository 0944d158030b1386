// Building requests and completions: what a driver or a device means, turned into the fields of one TLP (SRD §7, §9;
// siov-facts §8, §9). Builders choose the 3 or 4 DW form, the length and the byte enables; they do not split, that is
// `rules.ts`. A bad argument is a mistake of the caller: AssertionError.
//
//   memoryRead({ requesterId: 0x0100, tag: 3, address: 0x1_0000_0001, byteLength: 6 })   // MRd64, 2 DW, BE e/7
import { assert } from '#base/assert';
import { copyOfBytes, freshBytes, putBytes } from '#base/fresh-bytes';
import {
  byteCountOf,
  byteLengthOf,
  firstBeFor,
  lastBeFor,
  leadingBytes,
  lengthDwFor,
  lowerAddressOf,
} from './rules.ts';
import type { TlpKind } from './tlp.ts';
import {
  CompletionStatus,
  isLockedRead,
  isMemoryRead,
  isNonPosted,
  NO_PASID,
  REQUEST_BOUNDARY_BYTES,
  Tlp,
} from './tlp.ts';

const FOUR_GIB = 0x1_0000_0000;
const TAG_COUNT = 1024;

// Kinds are always literals, never put together: V8 compares literals by identity, and every question about a TLP (is it
// a read, which layout has it) starts with its kind.
const ATOMIC_KINDS = {
  FetchAdd: ['FetchAdd32', 'FetchAdd64'],
  Swap: ['Swap32', 'Swap64'],
  CAS: ['CAS32', 'CAS64'],
} as const satisfies Readonly<Record<string, readonly TlpKind[]>>;

/** What every request has. All optional parts default to 0, the prefix to none. */
export interface RequestOptions {
  readonly requesterId: number;
  readonly tag?: number;
  readonly tc?: number;
  /** Bits of `Attr`. */
  readonly attr?: number;
  /** 0..0xFFFFF, or NO_PASID. */
  readonly pasid?: number;
}

/** A memory read of `byteLength` bytes, 0..4096, that lie in one 4 KiB block. 0: a zero-length read of one DW. */
export function memoryRead(
  options: RequestOptions & { readonly address: number; readonly byteLength: number },
): Tlp {
  const kind = options.address < FOUR_GIB ? 'MRd32' : 'MRd64';
  return memoryRequest(kind, options, options.byteLength);
}

/** A memory write of 0..4096 bytes that lie in one 4 KiB block. Bytes of the payload that are not enabled are 0. */
export function memoryWrite(
  options: RequestOptions & { readonly address: number; readonly bytes: Uint8Array },
): Tlp {
  const { address, bytes } = options;
  const tlp = memoryRequest(address < FOUR_GIB ? 'MWr32' : 'MWr64', options, bytes.length);
  tlp.payload = wholeDws(bytes, address & 3, tlp.lengthDw);
  return tlp;
}

/**
 * An AtomicOp at an aligned address. `operands`: 4 or 8 bytes as they are in memory; of CAS the value compared, then the
 * new one, each of that size.
 */
export function atomicRequest(
  options: RequestOptions & {
    readonly op: 'FetchAdd' | 'Swap' | 'CAS';
    readonly address: number;
    readonly operands: Uint8Array;
  },
): Tlp {
  assert(options.operands.length % 4 === 0, 'operands are whole DWs');
  const [short, long] = ATOMIC_KINDS[options.op];
  const tlp = request(options.address < FOUR_GIB ? short : long, options);
  tlp.address = options.address;
  tlp.lengthDw = options.operands.length / 4;
  tlp.payload = options.operands;
  return tlp;
}

/** Which register of which function. */
export interface ConfigTarget {
  readonly destinationId: number;
  /** Byte offset 0..4095; with `byteLength` 1, 2 or 4 inside one DW. */
  readonly offset: number;
  readonly byteLength: number;
  /** 1: to a bus behind the first one (SRD §2). Default 0. */
  readonly type?: 0 | 1;
}

export function configRead(options: RequestOptions & ConfigTarget): Tlp {
  return configRequest(options.type === 1 ? 'CfgRd1' : 'CfgRd0', options);
}

/** `value` is unsigned and goes to the `byteLength` bytes at `offset`, least significant first. */
export function configWrite(
  options: RequestOptions & ConfigTarget & { readonly value: number },
): Tlp {
  const tlp = configRequest(options.type === 1 ? 'CfgWr1' : 'CfgWr0', options);
  tlp.payload = freshBytes(4);
  for (let i = 0; i < options.byteLength; i++) {
    tlp.payload[(options.offset & 3) + i] = options.value >>> (8 * i);
  }
  return tlp;
}

/** How a request is answered by one completion without splitting. */
export interface CompletionOptions {
  readonly completerId: number;
  /** `CompletionStatus`; default SC. */
  readonly status?: number;
}

/**
 * A completion without data: the answer to a write, or any status other than SC. The Byte Count of a memory read that
 * fails half-way is what remains: give the bytes already delivered as `deliveredBytes`.
 */
export function completionWithoutData(
  answered: Tlp,
  options: CompletionOptions & { readonly deliveredBytes?: number },
): Tlp {
  const tlp = completion(answered, options);
  tlp.kind = isLockedRead(answered.kind) ? 'CplLk' : 'Cpl';
  advance(tlp, answered, options.deliveredBytes ?? 0);
  return tlp;
}

/**
 * The one completion with data of a request: `bytes` are those from its first enabled byte on, for a memory read
 * `byteLengthOf(request)` of them, for configuration and I/O the whole DW, for an AtomicOp the old value.
 */
export function completionWithData(
  answered: Tlp,
  options: CompletionOptions & { readonly bytes: Uint8Array },
): Tlp {
  return completionPart(answered, options, 0, skewOf(answered, options.bytes));
}

/**
 * The completions of a request, in order. `bytes` as in `completionWithData`; `ends` are the offsets at which parts end,
 * the last one `bytes.length` (see `completionEnds`). A zero-length read takes `bytes` of length 0 and gets one DW of 0.
 */
export function completionsFor(
  answered: Tlp,
  options: {
    readonly completerId: number;
    readonly bytes: Uint8Array;
    readonly ends: readonly number[];
  },
): Tlp[] {
  const { bytes, ends } = options;
  assert(ends.at(-1) === bytes.length, 'the last part ends with the data');
  const skew = skewOf(answered, bytes);
  const parts: Tlp[] = [];
  let start = 0;
  for (const end of ends) {
    assert(end > start || bytes.length === 0, 'parts are in ascending order');
    const own = end - start === bytes.length ? bytes : bytes.subarray(start, end);
    const part = { completerId: options.completerId, bytes: own };
    parts.push(completionPart(answered, part, start, (skew + start) & 3));
    start = end;
  }
  return parts;
}

/** Whether SC is answered with data: reads of all kinds and AtomicOps. */
export function answersWithData(kind: TlpKind): boolean {
  return isNonPosted(kind) && kind !== 'IOWr' && kind !== 'CfgWr0' && kind !== 'CfgWr1';
}

function request(kind: TlpKind, options: RequestOptions): Tlp {
  const { tag = 0 } = options;
  assert(tag >= 0 && tag < TAG_COUNT, 'a tag has 10 bits');
  const tlp = new Tlp();
  tlp.kind = kind;
  tlp.requesterId = options.requesterId;
  tlp.tag = tag;
  tlp.tc = options.tc ?? 0;
  tlp.attr = options.attr ?? 0;
  tlp.pasid = options.pasid ?? NO_PASID;
  return tlp;
}

function memoryRequest(
  kind: 'MRd32' | 'MRd64' | 'MWr32' | 'MWr64',
  options: RequestOptions & { readonly address: number },
  byteLength: number,
): Tlp {
  const { address } = options;
  // Not `%`: on numbers above 32 bits that is a division of doubles in software.
  const inBlock = address & (REQUEST_BOUNDARY_BYTES - 1);
  assert(
    inBlock + byteLength <= REQUEST_BOUNDARY_BYTES,
    'a memory request stays in one 4 KiB block',
  );
  const tlp = request(kind, options);
  tlp.address = address;
  tlp.lengthDw = lengthDwFor(address, byteLength);
  tlp.firstBe = firstBeFor(address, byteLength);
  tlp.lastBe = lastBeFor(address, byteLength);
  return tlp;
}

function configRequest(kind: TlpKind, options: RequestOptions & ConfigTarget): Tlp {
  const { offset, byteLength } = options;
  assert(offset >= 0 && offset < REQUEST_BOUNDARY_BYTES, 'configuration space has 4096 bytes');
  assert((offset & 3) + byteLength <= 4, 'a Configuration Request stays in one DW');
  const tlp = request(kind, options);
  tlp.destinationId = options.destinationId;
  tlp.registerNumber = offset >>> 2;
  tlp.lengthDw = 1;
  tlp.firstBe = firstBeFor(offset, byteLength);
  return tlp;
}

/**
 * Where in its first DW the answer to a request starts: reads may start inside a DW, and what comes back starts at the
 * DW, as the request did. A read is answered with the bytes it asked for.
 */
function skewOf(answered: Tlp, bytes: Uint8Array): number {
  const isRead = isMemoryRead(answered.kind);
  if (!isRead && !isLockedRead(answered.kind)) return 0;
  const skew = leadingBytes(answered);
  if (isRead || skew !== 0) {
    assert(
      bytes.length === byteLengthOf(answered),
      'a read is answered with the bytes it asked for',
    );
  }
  return skew;
}

/** The completion with these bytes, `start` bytes into the answer, whose first one is byte `lead` of its DW. */
function completionPart(
  answered: Tlp,
  options: CompletionOptions & { readonly bytes: Uint8Array },
  start: number,
  lead: number,
): Tlp {
  const { bytes } = options;
  const tlp = completion(answered, options);
  tlp.kind = isLockedRead(answered.kind) ? 'CplDLk' : 'CplD';
  advance(tlp, answered, start);
  tlp.lengthDw = lengthDwFor(lead, bytes.length);
  tlp.payload = wholeDws(bytes, lead, tlp.lengthDw);
  return tlp;
}

/** A copy of the bytes in as many whole DWs, from byte `lead` of the first one on; the rest is 0. */
function wholeDws(bytes: Uint8Array, lead: number, lengthDw: number): Uint8Array {
  if (bytes.length === 4 * lengthDw) return copyOfBytes(bytes);
  const payload = freshBytes(4 * lengthDw);
  putBytes(payload, lead, bytes);
  return payload;
}

/** What every completion copies from the request (R-CPL-1). */
function completion(answered: Tlp, options: CompletionOptions): Tlp {
  assert(isNonPosted(answered.kind), 'only a non-posted request is answered');
  const tlp = new Tlp();
  tlp.requesterId = answered.requesterId;
  tlp.tag = answered.tag;
  tlp.tc = answered.tc;
  tlp.attr = answered.attr;
  tlp.completerId = options.completerId;
  tlp.status = options.status ?? CompletionStatus.SC;
  return tlp;
}

/** Byte Count and Lower Address of the part that starts `done` bytes into the answer. */
function advance(tlp: Tlp, answered: Tlp, done: number): void {
  tlp.byteCount = byteCountOf(answered) - done;
  tlp.lowerAddress = (lowerAddressOf(answered) + done) & 0x7f;
}
