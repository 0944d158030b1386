// Whose request is it really? Asked only when a request does not fit the owner of its Requester ID, to name the rule that
// was broken (design decision 4: a wrong Routing ID lands in somebody else's memory). Never on the path of right TLPs.
import { isAtomic, isMemoryRead, isMemoryWrite } from '#pcie/tlp';
import { bytesEqual } from '#base/bytes';
import type { OutstandingRequest } from './outstanding-requests.ts';
import type { Areas, RequesterTrack } from './requester-track.ts';
import type { SeenRequest } from './seen-request.ts';
import type { TrafficPredictor } from './traffic-predictor.ts';
import { offsetIn, type WorkExecution } from './work-execution.ts';

/** Another requester for whom this very request would be right now, or undefined. */
export function culpritOf(
  predictor: TrafficPredictor,
  seen: SeenRequest,
  owner: RequesterTrack | undefined,
): RequesterTrack | undefined {
  for (const requester of predictor.all()) {
    if (requester === owner || requester.kind === 'pf' || !requester.mayWork) continue;
    if (expects(predictor, requester, seen)) return requester;
  }
  return undefined;
}

function expects(
  predictor: TrafficPredictor,
  requester: RequesterTrack,
  seen: SeenRequest,
): boolean {
  const { current } = requester.queue;
  const { kind } = seen.tlp;
  if (isMemoryRead(kind)) return expectsRead(predictor, requester, seen);
  if (current === undefined || !current.isExecuting || current.recordSeen) return false;
  if (isAtomic(kind)) {
    const isHere = current.isAtomic && !current.atomicSent;
    return isHere && current.work?.destination === seen.firstByte;
  }
  const offset = current.destinationOffset(seen.firstByte);
  if (offset >= 0) return offset === current.writtenBytes && matchesData(current, seen, offset);
  const isRecord = current.work !== undefined && !current.work.noRecord;
  return (
    isRecord &&
    seen.firstByte === current.recordAddress &&
    seen.byteLength === current.format.recordBytes
  );
}

function expectsRead(
  predictor: TrafficPredictor,
  requester: RequesterTrack,
  seen: SeenRequest,
): boolean {
  const { queue } = requester;
  const { current } = queue;
  if (current !== undefined && current.isExecuting) {
    const offset = current.sourceOffset(seen.firstByte);
    if (offset >= 0) {
      return (
        offset + seen.byteLength <= current.length && current.isUnread(offset, seen.byteLength)
      );
    }
  }
  if (!queue.isStarted || queue.halt === 'yes' || queue.waitingCount === 0) return false;
  if (current !== undefined && !current.mayBeDone(seen.timePs, predictor.timeoutPs)) return false;
  return seen.firstByte === nextSlot(requester);
}

function matchesData(execution: WorkExecution, seen: SeenRequest, offset: number): boolean {
  const start = seen.firstByte - seen.tlp.address;
  for (let i = 0; i < seen.byteLength; i++) {
    const want = execution.expectedByte(offset + i);
    if (want < 0 || want !== seen.tlp.payload[start + i]) return false;
  }
  return true;
}

/** The requester to one of whose vectors this one-DW write goes, or undefined. */
export function whoseMessage(
  predictor: TrafficPredictor,
  seen: SeenRequest,
): RequesterTrack | undefined {
  if (isMemoryRead(seen.tlp.kind)) return undefined;
  for (const requester of predictor.all()) {
    if (requester.vectorOf(seen.tlp.address, seen.timePs) !== undefined) return requester;
  }
  return undefined;
}

/** Whether the request belongs to the work that the last reset of `requester` aborted. */
export function isLateWork(seen: SeenRequest, requester: RequesterTrack): boolean {
  const { aborted, abortedLatch } = requester;
  const { recordBytes } = requester.format;
  const records = recordBytes * abortedLatch.ringEntries;
  const isRecord = seen.byteLength === recordBytes && !isMemoryRead(seen.tlp.kind);
  if (isRecord && offsetIn(seen.firstByte, abortedLatch.recordBase, records) >= 0) return true;
  if (aborted === undefined || requester.queue.current?.isExecuting === true) return false;
  if (aborted.sourceOffset(seen.firstByte) >= 0) return isMemoryRead(seen.tlp.kind);
  if (aborted.destinationOffset(seen.firstByte) >= 0) return !isMemoryRead(seen.tlp.kind);
  if (aborted.isAtomic && aborted.work?.destination === seen.firstByte) return true;
  return offsetIn(seen.firstByte, aborted.recordAddress, recordBytes) >= 0;
}

/** Whether the owner of a neighbouring page has a doorbell that was never served. */
export function neighbourRung(predictor: TrafficPredictor, requester: RequesterTrack): boolean {
  for (const other of predictor.all()) {
    if (other === requester || !other.queue.isStarted || other.queue.waitingCount === 0) continue;
    for (const page of other.pages) {
      if (requester.pages.includes(page + 1) || requester.pages.includes(page - 1)) return true;
    }
  }
  return false;
}

/**
 * Whether the bytes of a write that `execution` cannot explain are those of another request: of the one that had the
 * same tag under another Routing ID ('tagOfOther'), or of another part of the same read ('splitOrder').
 */
export function whoseBytes(
  execution: WorkExecution,
  offset: number,
  found: Uint8Array,
): 'tagOfOther' | 'splitOrder' | 'wrongData' {
  for (const read of execution.reads) {
    if (offset < read.offset || offset >= read.offset + read.byteLength) continue;
    const length = Math.min(found.length, read.offset + read.byteLength - offset);
    const bytes = found.subarray(0, length);
    for (const { execution: other, offset: otherOffset } of read.twins) {
      if (other === undefined) continue;
      const start = otherOffset + (offset - read.offset);
      if (bytesEqual(other.source.subarray(start, start + length), bytes)) return 'tagOfOther';
    }
    if (read.parts > 1 && length >= 4) {
      const whole = execution.source.subarray(read.offset, read.offset + read.byteLength);
      const part = bytes.subarray(0, 16);
      if (contains(whole, part) || contains(firstPartLast(read, whole), part)) return 'splitOrder';
    }
  }
  return 'wrongData';
}

/** The bytes of a read with its first part behind the others. */
export function firstPartLast(read: OutstandingRequest, whole: Uint8Array): Uint8Array {
  const { firstPartBytes } = read;
  const moved = new Uint8Array(whole.length);
  moved.set(whole.subarray(firstPartBytes));
  moved.set(whole.subarray(0, firstPartBytes), whole.length - firstPartBytes);
  return moved;
}

function contains(whole: Uint8Array, part: Uint8Array): boolean {
  for (let i = 0; i + part.length <= whole.length; i++) {
    if (bytesEqual(whole.subarray(i, i + part.length), part)) return true;
  }
  return false;
}

/** Whether a request of this work is awaited whose tag another Routing ID has too, and that one got its completion. */
export function tookOtherTag(execution: WorkExecution | undefined): boolean {
  if (execution === undefined) return false;
  return execution.outstanding.some(({ twins }) => twins.some((twin) => twin.parts > 0));
}

/** Where the next descriptor lies, or -1 when the queue was never started. */
export function nextSlot(requester: RequesterTrack): number {
  const { latch, nextIndex } = requester.queue;
  if (latch.ringEntries < 1) return -1;
  const { descriptorBytes } = requester.format;
  const base = latch.ringBase - (latch.ringBase % descriptorBytes);
  return base + descriptorBytes * (nextIndex % latch.ringEntries);
}

/** A one-DW write to nowhere of the requester's own, where its next message is due. */
export function isDueMessage(
  predictor: TrafficPredictor,
  seen: SeenRequest,
  requester: RequesterTrack,
): boolean {
  const { tlp, timePs } = seen;
  if (!isMemoryWrite(tlp.kind) || tlp.lengthDw !== 1 || tlp.firstBe !== 0xf) return false;
  if (requester.areas !== undefined && isInWorkAreas(tlp.address, requester.areas)) return false;
  const { current } = requester.queue;
  const isDue =
    current?.work?.interrupt === true &&
    !current.interruptSeen &&
    current.mayBeDone(timePs, predictor.timeoutPs);
  return isDue || requester.vectors.some((vector) => vector.possible > 0);
}

function isInWorkAreas(address: number, areas: Areas): boolean {
  for (const { base, length } of [areas.ring, areas.records, areas.source, areas.destination]) {
    if (offsetIn(address, base, length) >= 0) return true;
  }
  return false;
}

/**
 * A read that looks like the fetch that is due, but from where half of the ring's base would have led: as if a write to
 * the control page had landed in another page.
 */
export function isFetchElsewhere(seen: SeenRequest, requester: RequesterTrack): boolean {
  const { queue } = requester;
  const slot = nextSlot(requester);
  const { descriptorBytes } = requester.format;
  if (!isMemoryRead(seen.tlp.kind) || slot < 0 || seen.byteLength > descriptorBytes) return false;
  if (queue.current !== undefined && !queue.current.recordSeen) return false;
  const isHighSame = Math.floor(seen.firstByte / 2 ** 32) === Math.floor(slot / 2 ** 32);
  const isLowSame = seen.firstByte % 2 ** 32 === slot % 2 ** 32;
  const isSlot = seen.firstByte % descriptorBytes === 0;
  return isSlot && (isHighSame || isLowSame || seen.firstByte < 2 ** 18);
}

/**
 * Whether `execution` has done nothing that its own descriptor says, and `seen` is what the descriptor of another says whose
 * fetch had the same tag at the same time: the completions of the two fetches were mixed up.
 */
export function runsWorkOfTwin(execution: WorkExecution | undefined, seen: SeenRequest): boolean {
  if (execution === undefined || seen.role !== 'none') return false;
  if (execution.askedBytes > 0 || execution.writtenBytes > 0 || execution.atomicSent) return false;
  for (const { execution: other } of execution.fetchTwins) {
    if (other !== undefined && namesAddress(other, seen)) return true;
  }
  return false;
}

/** Whether the work of `execution` names the address of this request. */
function namesAddress(execution: WorkExecution, seen: SeenRequest): boolean {
  if (isMemoryRead(seen.tlp.kind)) return execution.sourceOffset(seen.firstByte) >= 0;
  if (execution.destinationOffset(seen.firstByte) >= 0) return true;
  if (execution.isAtomic && execution.work?.destination === seen.firstByte) return true;
  return offsetIn(seen.firstByte, execution.recordAddress, execution.format.recordBytes) >= 0;
}
