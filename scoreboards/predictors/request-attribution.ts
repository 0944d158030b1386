// Which work an upstream memory request belongs to, and what is wrong when it belongs to none: the centre of all checks.
// A request is attributed by what the owner of its Requester ID has in execution (SRD §7: one descriptor of a queue at a
// time), so that a right address under a wrong Routing ID is never taken for right.
import { printRid } from '#pcie/routing-id';
import { hex } from '#base/bits';
import { Attr, isAtomic, isMemoryRead } from '#pcie/tlp';
import { maskOfDws } from './completion-prediction.ts';
import { raise } from './execution-end.ts';
import { interruptSeen, senderOf } from './interrupt-attribution.ts';
import { byteEnableText, rangeText } from './request-text.ts';
import type { OutstandingRequest } from './outstanding-requests.ts';
import { checkRecord } from './record-prediction.ts';
import {
  culpritOf,
  isDueMessage,
  isFetchElsewhere,
  isLateWork,
  neighbourRung,
  nextSlot,
  runsWorkOfTwin,
  tookOtherTag,
  whoseMessage,
} from './culprit.ts';
import type { RequesterTrack } from './requester-track.ts';
import { readRange } from './request-range.ts';
import type { Problem, SeenRequest } from './seen-request.ts';
import type { TrafficPredictor } from './traffic-predictor.ts';
import { checkAtomic, checkData } from './data-prediction.ts';
import { offsetIn, WorkExecution } from './work-execution.ts';

/** An error of fewer bytes than this, inside one DW, is one of byte enables. */
const DW_BYTES = 4;

export class RequestAttribution {
  private readonly predictor: TrafficPredictor;

  constructor(predictor: TrafficPredictor) {
    this.predictor = predictor;
  }

  /** Fills in `seen` for a memory request or AtomicOp of the device. */
  attribute(seen: SeenRequest): void {
    const { predictor } = this;
    const { tlp, timePs } = seen;
    predictor.advance(timePs);
    const isRead = isMemoryRead(tlp.kind);
    const isAtomicOp = isAtomic(tlp.kind);
    if (isAtomicOp) {
      seen.firstByte = tlp.address;
      seen.byteLength = 4 * tlp.lengthDw;
      seen.isContiguous = tlp.firstBe === 0 && tlp.lastBe === 0;
    } else readRange(seen, tlp);
    const requester = predictor.owner(tlp.requesterId);
    seen.requester = requester;
    if (requester === undefined) this.unowned(seen);
    else if (isRead) this.read(seen, requester);
    else if (isAtomicOp) this.atomic(seen, requester);
    else this.write(seen, requester);
    const blamed = seen.role === 'interrupt' ? seen.requester : requester;
    if (blamed?.life === 'resetting') blameReset(seen);
    if (seen.role !== 'dataWrite' && seen.problem === 'none') this.checkRelaxed(seen, false);
    if (!seen.isContiguous) {
      seen.wrong('byteEnables', 'byte enables that name the bytes asked for', byteEnableText(seen));
    }
    if (isRead || isAtomicOp) this.register(seen);
  }

  // --- reads ---------------------------------------------------------------------------------------------------------

  private read(seen: SeenRequest, requester: RequesterTrack): void {
    const { queue } = requester;
    const { current } = queue;
    const { descriptorBytes } = requester.format;
    // A queue that was started anew may read the very place where its old fetch timed out.
    const isOver =
      current !== undefined &&
      current.epoch !== queue.epoch &&
      current.fetchMayHaveFailed(seen.timePs, this.predictor.timeoutPs);
    if (current !== undefined && !current.isExecuting && !current.fetchFailed && !isOver) {
      const offset = offsetIn(seen.firstByte, current.fetchAddress, descriptorBytes);
      if (offset >= 0) return this.fetchPart(seen, current, offset);
    } else if (current !== undefined) {
      const offset = current.sourceOffset(seen.firstByte);
      if (offset >= 0) return this.sourceRead(seen, current, offset);
    }
    const slot = nextSlot(requester);
    const offset = slot < 0 ? -1 : offsetIn(seen.firstByte, slot, descriptorBytes);
    if (offset >= 0) return this.fetch(seen, requester, offset);
    if (current?.isUnknown !== true) this.unattributed(seen, requester);
  }

  /** A new descriptor is fetched. */
  private fetch(seen: SeenRequest, requester: RequesterTrack, offset: number): void {
    const { queue } = requester;
    const { timePs } = seen;
    const refusal = this.fetchRefusal(requester, timePs);
    if (refusal !== 'none') this.deny(seen, requester, refusal);
    if (seen.problem === 'foreignRid' || seen.problem === 'wrongStride') return;
    const wrong = this.predictor.finish(requester, timePs);
    if (wrong !== undefined) seen.wrong(wrong.problem, wrong.expected, wrong.seen);
    const at = { epoch: queue.epoch, index: queue.nextIndex, timePs };
    const execution = new WorkExecution(requester, queue.latch, at);
    queue.current = execution;
    queue.lastSlot = execution.fetchAddress;
    queue.nextIndex++;
    queue.fetchesSinceStop++;
    requester.hasSpoken = true;
    seen.isNewFetch = true;
    this.fetchPart(seen, execution, offset);
  }

  /** Why a queue may not fetch now, or 'none' (SRD §7, §5, §4 (b)). */
  private fetchRefusal(requester: RequesterTrack, timePs: number): Problem {
    const { queue } = requester;
    const { momentPs } = this.predictor;
    if (!requester.mayWork) return isResetEnd(requester) ? 'afterReset' : 'notEnabled';
    const isLate = queue.fetchesSinceStop > 0;
    if (requester.life === 'quiescing') {
      if (isLate || timePs > requester.quiescedPs + momentPs) return 'stopped';
    }
    if (!queue.isStarted && (isLate || timePs > queue.stoppedPs + momentPs)) return 'stopped';
    if (queue.halt === 'yes' && timePs > queue.haltedPs + momentPs) return 'halted';
    if (queue.waitingCount === 0) return 'fetchUnrung';
    return 'none';
  }

  private fetchPart(seen: SeenRequest, execution: WorkExecution, offset: number): void {
    seen.role = 'fetch';
    seen.execution = execution;
    execution.lastSeenPs = seen.timePs;
    const isAligned = ((offset | seen.byteLength) & 3) === 0 && seen.byteLength > 0;
    if (!isAligned || offset + seen.byteLength > execution.format.descriptorBytes) {
      seen.wrong('byteEnables', 'a read of whole DWs inside one descriptor', byteEnableText(seen));
      return;
    }
    const mask = maskOfDws(offset, seen.byteLength);
    if ((execution.fetchAsked & mask) !== 0) {
      seen.wrong(
        'fetchAgain',
        `each byte of descriptor ${execution.index} fetched once`,
        `bytes ${offset}..${offset + seen.byteLength - 1} again`,
      );
    }
    execution.fetchAsked |= mask;
  }

  private sourceRead(seen: SeenRequest, execution: WorkExecution, offset: number): void {
    seen.role = 'sourceRead';
    seen.execution = execution;
    if (!execution.requester.mayWork) return this.notAllowed(seen, execution.requester);
    execution.lastSeenPs = seen.timePs;
    const end = offset + seen.byteLength;
    const overrun = end - execution.length;
    if (overrun > 0) {
      const problem = overrun < DW_BYTES ? 'byteEnables' : 'stray';
      seen.wrong(problem, `source bytes below ${execution.length}`, `bytes ${offset}..${end - 1}`);
    }
    const again = execution.readOverlap(offset, seen.byteLength);
    if (again > 0 || execution.recordSeen) {
      const isBits = again > 0 && again < DW_BYTES && seen.byteLength > again;
      const culprit = culpritOf(this.predictor, seen, execution.requester);
      if (culprit !== undefined) this.blame(seen, culprit);
      seen.wrong(
        isBits ? 'byteEnables' : 'readAgain',
        'each source byte read once',
        `bytes ${offset}..${end - 1}, of which ${again} were read before`,
      );
    }
    execution.markAsked(offset, seen.byteLength);
  }

  private atomic(seen: SeenRequest, requester: RequesterTrack): void {
    const { current } = requester.queue;
    if (current?.isUnknown === true) return;
    if (current === undefined || !current.isAtomic) return this.unattributed(seen, requester);
    if (current.work?.destination !== seen.firstByte) return this.unattributed(seen, requester);
    seen.role = 'atomic';
    seen.execution = current;
    if (!requester.mayWork) return this.notAllowed(seen, requester);
    current.lastSeenPs = seen.timePs;
    if (current.atomicSent) {
      const expected = `one AtomicOp of descriptor ${current.index}`;
      return seen.wrong('readAgain', expected, 'a second one');
    }
    checkAtomic(this.predictor, seen, current);
    current.atomicSent = true;
  }

  // --- writes --------------------------------------------------------------------------------------------------------

  private write(seen: SeenRequest, requester: RequesterTrack): void {
    const { tlp, timePs } = seen;
    if (tlp.lengthDw === 1) {
      const sender = senderOf(this.predictor, seen, requester);
      const vector = sender.vectorOf(tlp.address, timePs);
      if (vector !== undefined) {
        seen.requester = sender;
        return interruptSeen(this.predictor, seen, sender, vector);
      }
    }
    const { current } = requester.queue;
    if (current !== undefined) {
      if (current.isUnknown) return;
      const offset = current.destinationOffset(seen.firstByte);
      if (offset >= 0) return this.dataWrite(seen, current, offset);
      if (
        current.isExecuting &&
        offsetIn(seen.firstByte, current.recordAddress, current.format.recordBytes) >= 0
      ) {
        return this.record(seen, current);
      }
    }
    this.unattributed(seen, requester);
  }

  private dataWrite(seen: SeenRequest, execution: WorkExecution, offset: number): void {
    seen.role = 'dataWrite';
    seen.execution = execution;
    if (!execution.requester.mayWork) return this.notAllowed(seen, execution.requester);
    execution.lastSeenPs = seen.timePs;
    const end = offset + seen.byteLength;
    const { writtenBytes } = execution;
    const isMisplaced = execution.recordSeen || end > execution.length || offset !== writtenBytes;
    if (isMisplaced) this.misplacedWrite(seen, execution, offset);
    checkData(this.predictor, seen, execution, offset);
    this.checkRelaxed(seen, execution.work?.relaxedOrdering === true);
    execution.writtenBytes = Math.max(writtenBytes, Math.min(end, execution.length));
  }

  /** A data write after the record, beyond the end, or not behind the last one. */
  private misplacedWrite(seen: SeenRequest, execution: WorkExecution, offset: number): void {
    const { writtenBytes } = execution;
    const end = offset + seen.byteLength;
    const where = `bytes ${offset}..${end - 1} of descriptor ${execution.index}`;
    if (execution.recordSeen) {
      const culprit = culpritOf(this.predictor, seen, execution.requester);
      if (culprit !== undefined) this.blame(seen, culprit);
      seen.wrong('dataAfterRecord', 'no data after the record', where);
    }
    const overrun = end - execution.length;
    if (overrun > 0) {
      const problem = overrun < DW_BYTES ? 'byteEnables' : 'stray';
      seen.wrong(problem, `destination bytes below ${execution.length}`, where);
    }
    if (offset === writtenBytes) return;
    const culprit = culpritOf(this.predictor, seen, execution.requester);
    if (culprit !== undefined) this.blame(seen, culprit);
    const isBits = Math.abs(offset - writtenBytes) < DW_BYTES && writtenBytes > 0;
    const expected = `the byte after the last one written, ${writtenBytes}`;
    seen.wrong(isBits ? 'byteEnables' : 'writeOrder', expected, where);
  }

  /** SRD §7: relaxed ordering on all data writes of a descriptor that asks for it, where it is enabled. */
  private checkRelaxed(seen: SeenRequest, isAsked: boolean): void {
    const isSet = (seen.tlp.attr & Attr.RELAXED_ORDERING) !== 0;
    if (isSet === (isAsked && this.predictor.settings.relaxedOrdering)) return;
    const culprit = culpritOf(this.predictor, seen, seen.requester);
    if (culprit !== undefined) return this.blame(seen, culprit);
    seen.wrong(
      'relaxedOrdering',
      `relaxed ordering ${isSet ? 0 : 1}`,
      `attributes ${seen.tlp.attr}`,
    );
  }

  private record(seen: SeenRequest, execution: WorkExecution): void {
    seen.role = 'record';
    seen.execution = execution;
    if (!execution.requester.mayWork) return this.notAllowed(seen, execution.requester);
    checkRecord(this.predictor, seen, execution);
    execution.lastSeenPs = seen.timePs;
    execution.recordSeen = true;
    raise(execution, seen.timePs);
  }

  // --- what belongs to nobody ----------------------------------------------------------------------------------------

  private unowned(seen: SeenRequest): void {
    const { predictor } = this;
    const { tlp } = seen;
    const former = predictor.rids.formerOwner(tlp.requesterId);
    const culprit = culpritOf(predictor, seen, undefined);
    const rid = `Requester ID ${printRid(tlp.requesterId)}`;
    if (culprit?.isStrided === true) {
      const expected = `${culprit.name} under its strided Routing ID ${printRid(culprit.requesterId)}`;
      return seen.wrong('wrongStride', expected, rid);
    }
    if (culprit !== undefined && culprit.kind === 'sdi') {
      const own = printRid(culprit.requesterId);
      return seen.wrong('wrongSoftwareRid', `${culprit.name} under Routing ID ${own} alone`, rid);
    }
    if (former !== undefined && isResetEnd(former) && isLateWork(seen, former)) {
      seen.requester = former;
      return seen.wrong('afterReset', `nothing of ${former.name} under its old Routing ID`, rid);
    }
    seen.wrong('unknownRid', 'the Routing ID of the PF, an enabled VF or an enabled SDI', rid);
  }

  private unattributed(seen: SeenRequest, requester: RequesterTrack): void {
    const { tlp } = seen;
    const message = tlp.lengthDw === 1 ? whoseMessage(this.predictor, seen) : undefined;
    if (message !== undefined && message !== requester) {
      const isOwnWork = requester.kind !== 'pf' && awaitsInterrupt(requester);
      seen.role = 'interrupt';
      return seen.wrong(
        isOwnWork ? 'foreignMessage' : 'interruptRequester',
        `messages to ${hex(tlp.address)} from ${message.name} alone`,
        `one from ${requester.name}`,
      );
    }
    if (isResetEnd(requester) && isLateWork(seen, requester)) {
      const expected = `no request of work that was aborted at ${requester.name}`;
      return seen.wrong('afterReset', expected, rangeText(seen));
    }
    const { current } = requester.queue;
    if (tookOtherTag(current) || runsWorkOfTwin(current, seen)) {
      const expected = `work of ${requester.name} as its own completions say`;
      return seen.wrong('tagOfOther', expected, rangeText(seen));
    }
    const culprit = culpritOf(this.predictor, seen, requester);
    if (culprit !== undefined) return this.blame(seen, culprit);
    if (requester.kind === 'pf') {
      return seen.wrong(
        'foreignRid',
        'no memory request of the PF but its message',
        rangeText(seen),
      );
    }
    if (!requester.mayWork) return this.notAllowed(seen, requester);
    const window = requester.areas?.message;
    if (window !== undefined && !isMemoryRead(tlp.kind)) {
      if (offsetIn(seen.firstByte, window.base, window.length) >= 0) {
        const problem = tlp.lengthDw === 1 ? 'foreignMessage' : 'notInterrupt';
        return seen.wrong(problem, 'a message that was programmed', rangeText(seen));
      }
    }
    if (current !== undefined && current.refused !== 0) {
      return seen.wrong('refusedWork', 'no data request of refused work', rangeText(seen));
    }
    if (isDueMessage(this.predictor, seen, requester)) {
      return seen.wrong('foreignMessage', 'the message that was programmed', rangeText(seen));
    }
    if (isFetchElsewhere(seen, requester)) {
      const expected = `a fetch from ${hex(nextSlot(requester))}, as written to its page`;
      return seen.wrong('wrongPage', expected, rangeText(seen));
    }
    const { lastSlot } = requester.queue;
    const { descriptorBytes } = requester.format;
    const isLast = lastSlot >= 0 && offsetIn(seen.firstByte, lastSlot, descriptorBytes) >= 0;
    if (isMemoryRead(tlp.kind) && isLast) {
      return seen.wrong('fetchAgain', 'each descriptor fetched once', rangeText(seen));
    }
    seen.wrong('stray', `an address that the work of ${requester.name} names`, rangeText(seen));
  }

  /** A request that matches work which may not go on. */
  private notAllowed(seen: SeenRequest, requester: RequesterTrack): void {
    this.deny(seen, requester, isResetEnd(requester) ? 'afterReset' : 'notEnabled');
  }

  private deny(seen: SeenRequest, requester: RequesterTrack, problem: Problem): void {
    if (problem === 'fetchUnrung' && neighbourRung(this.predictor, requester)) {
      const expected = `no doorbell for ${requester.name}: its neighbour was rung`;
      return seen.wrong('wrongPage', expected, rangeText(seen));
    }
    if (problem !== 'afterReset') {
      const culprit = culpritOf(this.predictor, seen, requester);
      if (culprit !== undefined) return this.blame(seen, culprit);
    }
    const { name, life, queue } = requester;
    const expected = {
      notEnabled: `no request of ${name}, which is ${life}`,
      afterReset: `no request of ${name} after its reset until it is enabled and rung`,
      stopped: `no fetch of ${name}, whose queue was stopped`,
      halted: `no fetch of ${name}, whose queue is halted (${hex(queue.haltCode)})`,
      fetchUnrung: `no fetch of ${name} beyond TAIL ${queue.tail}`,
    }[problem as 'notEnabled' | 'afterReset' | 'stopped' | 'halted' | 'fetchUnrung'];
    seen.wrong(problem, expected, rangeText(seen));
  }

  private blame(seen: SeenRequest, culprit: RequesterTrack): void {
    const isStride = culprit.isStrided && !culprit.hasSpoken && culprit.kind === 'sdi';
    const expected = `work of ${culprit.name} under Requester ID ${printRid(culprit.requesterId)}`;
    const found = `under ${printRid(seen.tlp.requesterId)}`;
    seen.wrong(isStride ? 'wrongStride' : 'foreignRid', expected, found);
  }

  /** A non-posted request is outstanding from now on. */
  private register(seen: SeenRequest): void {
    const { tlp, timePs, execution } = seen;
    const { outstanding, timeoutPs } = this.predictor;
    const before = outstanding.find(tlp.requesterId, tlp.tag);
    if (before !== undefined) {
      seen.pairInUse = this.pairState(before, timePs, timeoutPs);
      this.predictor.forgottenTimeoutPs = timePs;
    }
    const request = outstanding.add(tlp.requesterId, tlp.tag, timePs);
    request.requester = seen.requester;
    // What still leaves after the start of a PF FLR is from before it (SRD §9).
    request.isSilent = this.predictor.isPfFlr;
    request.role = seen.role;
    request.byteLength =
      seen.role === 'atomic' ? (execution?.length ?? 4) : Math.max(1, seen.byteLength);
    request.remaining = request.byteLength;
    if (execution === undefined) return;
    request.execution = execution;
    const base = seen.role === 'fetch' ? execution.fetchAddress : (execution.work?.source ?? 0);
    request.offset = seen.role === 'atomic' ? 0 : offsetIn(seen.firstByte, base, Infinity);
    execution.outstanding.push(request);
    if (seen.role === 'sourceRead') execution.reads.push(request);
    if (seen.requester?.life === 'resetting') request.abortPossiblePs = timePs;
  }

  private pairState(
    before: OutstandingRequest,
    timePs: number,
    timeoutPs: number,
  ): SeenRequest['pairInUse'] {
    if (before.isUncertain) return 'no';
    if (before.isSilent) return timePs < this.predictor.silentUntilPs ? 'beforeFlr' : 'no';
    if (timePs >= before.leftPs + timeoutPs) return 'no';
    return before.isAborted ? 'aborted' : 'outstanding';
  }
}

/**
 * What was generated before a reset is right; what is wrong and leaves while it may have ended already was not.
 * @param seen a request of somebody who is being reset
 */
function blameReset(seen: SeenRequest): void {
  switch (seen.problem) {
    case 'stray':
    case 'notEnabled':
    case 'wrongData':
    case 'recordContent':
    case 'recordEarly':
    case 'recordAgain':
    case 'dataAfterRecord':
      seen.problem = 'afterReset';
      return;
    default:
  }
}

function isResetEnd(requester: RequesterTrack): boolean {
  return requester.endedBy !== 'never enabled' && requester.endedBy !== 'quiesce';
}

function awaitsInterrupt(requester: RequesterTrack): boolean {
  const { current } = requester.queue;
  if (current?.work?.interrupt === true && !current.interruptSeen) return true;
  return requester.vectors.some((vector) => vector.possible > 0);
}
