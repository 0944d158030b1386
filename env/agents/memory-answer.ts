// One pending answer of the host's memory: what it says, in how many completions, and when each is due. Reused (design
// decision 10): it is itself the occurrence that the kernel fires when its next completion is due.
// Source: siov-facts §9 R-CPL-1..4; SRD §9 (what the host injects).
import { viewOf } from '#base/fresh-bytes';
import { Occurrence } from '#kernel/event-queue';
import { byteCountOf, leadingBytes } from '#pcie/rules';
import { isLockedRead, isMemoryRead, type Tlp } from '#pcie/tlp';
import { ceilDw, floorDw, PARTS_MAX } from './completion-splits.ts';
import type { Injection } from './memory-responder-injection.ts';

/** Room for the longest read. */
const DATA_BYTES_MAX = 4096;

/** Who sends the completions of an answer when they are due. */
export interface AnswerOwner {
  advance(answer: MemoryAnswer): void;
}

export class MemoryAnswer extends Occurrence {
  private readonly owner: AnswerOwner;
  /** The DWs read, from the DW-aligned address of the request on; the old value of an AtomicOp. */
  readonly data = new Uint8Array(DATA_BYTES_MAX);
  readonly partEnds = new Uint16Array(PARTS_MAX);
  readonly partDuePs = new Float64Array(PARTS_MAX);
  partCount = 0;
  nextPart = 0;
  /** Completion status instead of data, from the first part on; 0: data. */
  status = 0;
  startByte = 0;
  endByte = 0;
  /** Arrival of the request at the host, ps. */
  arrivedPs = 0;
  /** The link's bandwidth delays a completion no further than this, ps. */
  deadlinePs = 0;
  injection: Injection | undefined;
  /** The part that the injection concerns. */
  injectPart = 0;
  /** After an injected completion with a wrong Byte Count the right ones never come. */
  isCutShort = false;
  /** Draws that an injection needs later, made when the request arrived. */
  injectedValue = 0;
  /** Position among the pending answers. */
  slot = -1;

  private isLocked = false;
  /** Memory reads have a Lower Address, and may begin inside a DW. */
  private isRead = false;
  private requesterId = 0;
  private tag = 0;
  private tc = 0;
  private attr = 0;
  private addressLow = 0;

  constructor(owner: AnswerOwner) {
    super();
    this.owner = owner;
  }

  override fire(): void {
    this.owner.advance(this);
  }

  /** Takes over from the request all that its completions need; no data, no plan yet. */
  begin(request: Tlp, nowPs: number): void {
    this.isLocked = isLockedRead(request.kind);
    this.isRead = this.isLocked || isMemoryRead(request.kind);
    this.requesterId = request.requesterId;
    this.tag = request.tag;
    this.tc = request.tc;
    this.attr = request.attr;
    this.addressLow = request.addressLow;
    this.startByte = this.isRead ? leadingBytes(request) : 0;
    this.endByte = this.startByte + byteCountOf(request);
    this.partCount = 1;
    this.partEnds[0] = this.endByte;
    this.nextPart = 0;
    this.status = 0;
    this.arrivedPs = nowPs;
    this.injection = undefined;
    this.isCutShort = false;
  }

  /** Fills `completion` with the next part as it should be. */
  fillPart(completion: Tlp): void {
    const start = this.nextPart === 0 ? this.startByte : this.partEnds[this.nextPart - 1];
    const end = this.partEnds[this.nextPart];
    this.fillHeader(completion, start);
    completion.kind = 'CplD';
    completion.status = 0;
    completion.lengthDw = (ceilDw(end) - floorDw(start)) / 4;
    completion.payload = viewOf(this.data, floorDw(start), ceilDw(end) - floorDw(start));
  }

  /** Fills `completion` with a status that ends the request. */
  fillStatus(completion: Tlp, status: number, empty: Uint8Array): void {
    const start = this.nextPart === 0 ? this.startByte : this.partEnds[this.nextPart - 1];
    this.fillHeader(completion, start);
    completion.kind = this.isLocked ? 'CplLk' : 'Cpl';
    completion.status = status;
    completion.lengthDw = 0;
    completion.payload = empty;
  }

  private fillHeader(completion: Tlp, start: number): void {
    completion.requesterId = this.requesterId;
    completion.tag = this.tag;
    completion.tc = this.tc;
    completion.attr = this.attr;
    completion.ep = 0;
    completion.byteCount = this.endByte - start;
    completion.lowerAddress = this.isRead ? (this.addressLow + start) & 0x7f : 0;
  }
}
