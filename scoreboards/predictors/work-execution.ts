// One descriptor of one queue from its fetch to its end, as TLPs show it: what was read, what came back, what was
// written, and what the record may say. Source: SRD §7.
import { assert } from '#base/assert';
import { freshBytes, putBytes } from '#base/fresh-bytes';
import type { WorkDescription } from '#siov/host-event';
import {
  ADDRESS_LIMIT,
  WorkOpcode,
  WorkStatus,
  isAtomicWork,
  readsSource,
  wrapAddress,
  writesDestination,
} from '#siov/work';
import type { WorkFormat } from '#siov/work-format';
import { ByteRanges } from './byte-ranges.ts';
import type { OutstandingRequest } from './outstanding-requests.ts';
import type { RequesterTrack } from './requester-track.ts';

/** What was latched when the queue was started (SRD §7). */
export interface QueueLatch {
  readonly ringBase: number;
  readonly ringEntries: number;
  readonly recordBase: number;
  /** -1: no prefix. */
  readonly pasid: number;
}

export class WorkExecution {
  readonly requester: RequesterTrack;
  readonly latch: QueueLatch;
  /** Which start of the queue it belongs to. */
  readonly epoch: number;
  /** Counted from the start of the queue, not wrapped. */
  readonly index: number;
  readonly format: WorkFormat;
  readonly fetchAddress: number;
  readonly recordAddress: number;
  /** First fetch request left. */
  readonly fetchedPs: number;
  /** Bytes of the descriptor, as a mask of DWs: asked for, received. */
  fetchAsked = 0;
  fetchReceived = 0;
  fetchFailed = false;
  /** Undefined until the fetch is complete, and when nothing is known about this descriptor. */
  work: WorkDescription | undefined = undefined;
  isExecuting = false;
  /** Status with which it must be refused, or 0. */
  refused = 0;
  /** Requests not yet ended. */
  readonly outstanding: OutstandingRequest[] = [];
  /** Source reads in the order in which they left, for naming what went wrong with their data. */
  readonly reads: OutstandingRequest[] = [];
  /** Fetches of others that had the tag of one of its own fetches at the same time. */
  fetchTwins: readonly OutstandingRequest[] = [];
  /** Source bytes as completions brought them; operand result of an AtomicOp. */
  source: Uint8Array = new Uint8Array(0);
  /** Bytes of the source; 0 while it is not known to have one. */
  private sourceBytes = 0;
  /** Source bytes that were asked for or came; those that came. */
  private readonly touched = new ByteRanges();
  private readonly received = new ByteRanges();
  askedBytes = 0;
  receivedBytes = 0;
  /** Prefix of the destination that was written. */
  writtenBytes = 0;
  atomicSent = false;
  atomicAnswered = false;
  /** Status of the first failing completion, and when it arrived; 0: none. */
  errorStatus = 0;
  errorPs = Infinity;
  /** A request may have timed out before anything else went wrong. */
  mayHaveTimedOut = false;
  recordSeen = false;
  /** Its interrupt may have been raised, and from when on. */
  isRaised = false;
  raisedPs = Infinity;
  /** An interrupt message for its vector was seen after that. */
  interruptSeen = false;
  /** Last TLP of this descriptor that was seen. */
  lastSeenPs = 0;

  constructor(
    requester: RequesterTrack,
    latch: QueueLatch,
    at: { epoch: number; index: number; timePs: number },
  ) {
    this.requester = requester;
    this.latch = latch;
    this.epoch = at.epoch;
    this.index = at.index;
    this.fetchedPs = at.timePs;
    this.lastSeenPs = at.timePs;
    const { descriptorBytes, recordBytes } = requester.format;
    const { ringBase, recordBase, ringEntries } = latch;
    this.format = requester.format;
    this.fetchAddress = slotAddress(ringBase, at.index, ringEntries, descriptorBytes);
    this.recordAddress = slotAddress(recordBase, at.index, ringEntries, recordBytes);
  }

  get length(): number {
    return this.work === undefined ? 0 : this.work.length;
  }

  get readsSource(): boolean {
    return this.refused === 0 && this.work !== undefined && readsSource(this.work.opcode);
  }

  get writesDestination(): boolean {
    return this.refused === 0 && this.work !== undefined && writesDestination(this.work.opcode);
  }

  get isAtomic(): boolean {
    return this.refused === 0 && this.work !== undefined && isAtomicWork(this.work.opcode);
  }

  /** Whether nothing is known of what this descriptor says. */
  get isUnknown(): boolean {
    return this.isExecuting && this.work === undefined;
  }

  /** The fetch has brought the whole descriptor. */
  begin(work: WorkDescription | undefined, refused: number): void {
    this.isExecuting = true;
    this.work = work;
    this.refused = refused;
    if (work === undefined || refused !== 0) return;
    const isAllowed = work.length <= this.format.lengthMax || !this.readsSource;
    assert(isAllowed, 'a longer one would be refused');
    if (this.readsSource) {
      this.source = freshBytes(work.length);
      this.sourceBytes = work.length;
    } else if (this.isAtomic) this.source = new Uint8Array(8);
  }

  /** Where `address` lies in the source, or -1. */
  sourceOffset(address: number): number {
    if (!this.readsSource || this.work === undefined) return -1;
    return offsetIn(address, this.work.source, this.work.length);
  }

  /** Where `address` lies in the destination, or -1. */
  destinationOffset(address: number): number {
    if (!this.writesDestination || this.work === undefined) return -1;
    return offsetIn(address, this.work.destination, this.work.length);
  }

  /** Whether none of these source bytes was asked for before. */
  isUnread(offset: number, byteLength: number): boolean {
    return this.readOverlap(offset, byteLength) === 0;
  }

  /** Source bytes of a range that were asked for before. */
  readOverlap(offset: number, byteLength: number): number {
    return this.touched.overlap(offset, Math.min(offset + byteLength, this.sourceBytes));
  }

  markAsked(offset: number, byteLength: number): void {
    const end = Math.min(offset + byteLength, this.sourceBytes);
    this.touched.add(offset, end);
    this.askedBytes += Math.max(0, end - offset);
  }

  /** Bytes that a completion brought. */
  receive(offset: number, bytes: Uint8Array): void {
    const end = Math.min(offset + bytes.length, this.source.length);
    if (end <= offset) return;
    const count = end - offset;
    putBytes(this.source, offset, count === bytes.length ? bytes : bytes.subarray(0, count));
    if (this.sourceBytes === 0) return;
    this.touched.add(offset, end);
    this.received.add(offset, end);
    this.receivedBytes += count;
  }

  isReceived(offset: number, byteLength: number): boolean {
    return this.received.covers(offset, offset + byteLength);
  }

  /** Whether source and destination share this destination byte: its value is unspecified then. */
  isOverlap(destinationOffset: number): boolean {
    if (!this.readsSource || this.work === undefined) return false;
    const address = wrapAddress(this.work.destination + destinationOffset);
    return offsetIn(address, this.work.source, this.work.length) >= 0;
  }

  /** Byte `offset` of the destination, or -1 where it is unspecified or not known yet. */
  expectedByte(offset: number): number {
    const { work } = this;
    if (work === undefined) return -1;
    if (work.opcode === WorkOpcode.FILL) return work.operandA[offset & 7];
    if (this.isOverlap(offset) || !this.isReceived(offset, 1)) return -1;
    return this.source[offset];
  }

  /** A completion failed, or the first request timed out. */
  fail(status: number, timePs: number): void {
    if (this.errorStatus !== 0) return;
    this.errorStatus = status;
    this.errorPs = timePs;
  }

  /** Whether some request could have timed out by `timePs`. */
  timeoutPossible(timePs: number, timeoutPs: number): boolean {
    if (this.mayHaveTimedOut) return true;
    for (const request of this.outstanding) if (timePs >= request.leftPs + timeoutPs) return true;
    return false;
  }

  /** Whether its fetch is over without all of its bytes: it failed, or may have timed out. */
  fetchMayHaveFailed(timePs: number, timeoutPs: number): boolean {
    return this.fetchFailed || (!this.isExecuting && this.timeoutPossible(timePs, timeoutPs));
  }

  /** Whether every byte that success asks for has been moved. */
  get isDataComplete(): boolean {
    if (!this.isExecuting) return false;
    if (this.refused !== 0 || this.work === undefined) return true;
    if (this.isAtomic) return this.atomicAnswered;
    if (this.readsSource && this.receivedBytes < this.work.length) return false;
    return !this.writesDestination || this.writtenBytes >= this.work.length;
  }

  /** Whether the data part may be over at `timePs`: done, refused, or failed with nothing awaited. */
  dataMayBeOver(timePs: number, timeoutPs: number): boolean {
    if (this.isDataComplete) return true;
    if (!this.isExecuting) return false;
    for (const request of this.outstanding) {
      if (timePs < request.leftPs + timeoutPs) return false;
    }
    return this.errorStatus !== 0 || this.timeoutPossible(timePs, timeoutPs);
  }

  /** Whether the descriptor may have ended with its record (or without one, where it has none). */
  mayBeDone(timePs: number, timeoutPs: number): boolean {
    if (this.isUnknown) return true;
    if (this.work === undefined || !this.dataMayBeOver(timePs, timeoutPs)) return false;
    return this.work.noRecord || this.recordSeen;
  }

  /** Whether the end is visible: the record was seen, or nothing but visible writes was to be done. */
  get isVisiblyDone(): boolean {
    return this.recordSeen;
  }
}

/** Offset of `address` in `length` bytes from `base`, modulo 2^52, or -1. */
export function offsetIn(address: number, base: number, length: number): number {
  let offset = address - base;
  if (offset < 0) offset += ADDRESS_LIMIT;
  return offset < length ? offset : -1;
}

function slotAddress(base: number, index: number, entries: number, slotBytes: number): number {
  const aligned = base - (base & (slotBytes - 1));
  return wrapAddress(aligned + slotBytes * (index % Math.max(1, entries)));
}

/**
 * The status with which SRD §7 refuses a descriptor before any data request, or 0; checked in the order of the page.
 * `atomic` and `crc32`: the device has the opcode and it is enabled; `vectorCount`: vectors of the requester; `lengthMax`: bytes.
 */
export function refusedStatus(
  work: WorkDescription,
  can: {
    readonly atomic: boolean;
    readonly crc32: boolean;
    readonly vectorCount: number;
    readonly lengthMax: number;
  },
): number {
  const { opcode, length } = work;
  if (opcode > WorkOpcode.CAS) return WorkStatus.BAD_OPCODE;
  if (opcode === WorkOpcode.CRC32 && !can.crc32) return WorkStatus.BAD_OPCODE;
  if (isAtomicWork(opcode) && !can.atomic) return WorkStatus.BAD_OPCODE;
  if (isAtomicWork(opcode)) {
    if (length !== 4 && length !== 8) return WorkStatus.BAD_LENGTH;
    if (work.destination % length !== 0) return WorkStatus.BAD_ALIGN;
  } else if (opcode !== WorkOpcode.NOP && (length < 1 || length > can.lengthMax)) {
    return WorkStatus.BAD_LENGTH;
  }
  if (work.reserved) return WorkStatus.RESERVED;
  if (work.interrupt && work.vector >= can.vectorCount) return WorkStatus.BAD_VECTOR;
  return 0;
}
