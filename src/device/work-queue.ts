// The queue behind one control page (SRD §7): its registers as the host writes them, the values latched when CTRL
// bit 0 goes to 1, and where it stands. An SDI has one from its first use on, a VF has one as long as it lives.
// What runs a queue is in `scheduler.ts` and `engine.ts`; how the page is read and written in `queue-registers.ts`.
import { isPowerOfTwo } from '#base/bits';
import { NO_PASID } from '#pcie/tlp';
import { ADDRESS_LIMIT, INDEX_MASK, WorkStatus } from '#siov/work';
import { PagePasid, RECORD_BASE_ALIGN, RING_BASE_ALIGN } from '#siov/srd-registers';

const TWO_32 = 0x1_0000_0000;
const HIGH_LIMIT = ADDRESS_LIMIT / TWO_32;

export class WorkQueue {
  readonly isVf: boolean;
  /** SDI index, 0-based, or VF number, 1-based. */
  readonly index: number;
  // Registers.
  enabled = false;
  ringBaseLow = 0;
  ringBaseHigh = 0;
  ringSize = 0;
  head = 0;
  tail = 0;
  recordBaseLow = 0;
  recordBaseHigh = 0;
  pasidRegister = 0;
  ops = 0;
  isHalted = false;
  haltCode = 0;
  // Latched when CTRL bit 0 went to 1.
  ring = 0;
  entries = 0;
  records = 0;
  pasid = NO_PASID;
  /** Counts starts and resets: an engine that began under another number no longer moves this queue. */
  generation = 0;
  /** The engine that executes a descriptor of this queue, or -1. */
  engine = -1;
  /** Waits in the scheduler's line. */
  isInLine = false;
  /** Where the search for a free tag goes on; survives resets, so that tags go round. */
  nextTag = 0;

  constructor(isVf: boolean, index: number) {
    this.isVf = isVf;
    this.index = index;
  }

  /** CTRL bit 0 goes from 0 to 1: latches the ring and starts anew. */
  start(ringMax: number): void {
    this.enabled = true;
    this.generation++;
    this.ring = latchedAddress(this.ringBaseHigh, this.ringBaseLow, RING_BASE_ALIGN);
    this.records = latchedAddress(this.recordBaseHigh, this.recordBaseLow, RECORD_BASE_ALIGN);
    this.entries = this.ringSize;
    const hasPasid = this.pasidRegister >= PagePasid.ENABLE;
    this.pasid = hasPasid ? this.pasidRegister & PagePasid.VALUE_MASK : NO_PASID;
    this.head = 0;
    this.tail = 0;
    this.isHalted = false;
    this.haltCode = 0;
    this.checkRing(ringMax);
  }

  /** After a start and after each doorbell: a ring of a size not allowed, or more work than entries, halts. */
  checkRing(ringMax: number): void {
    const { entries } = this;
    const isAllowed = entries >= 2 && entries <= ringMax && isPowerOfTwo(entries);
    if (!isAllowed || this.waiting() > entries) this.halt(WorkStatus.BAD_RING);
  }

  /** Descriptors rung and not fetched. */
  waiting(): number {
    return (this.tail - this.head) & INDEX_MASK;
  }

  /** The first halt code stays. */
  halt(code: number): void {
    if (this.isHalted) return;
    this.isHalted = true;
    this.haltCode = code;
  }

  /** Every register to its reset value; the descriptor in execution no longer belongs to this queue. */
  reset(): void {
    this.enabled = false;
    this.ringBaseLow = 0;
    this.ringBaseHigh = 0;
    this.ringSize = 0;
    this.head = 0;
    this.tail = 0;
    this.recordBaseLow = 0;
    this.recordBaseHigh = 0;
    this.pasidRegister = 0;
    this.ops = 0;
    this.isHalted = false;
    this.haltCode = 0;
    this.entries = 0;
    this.generation++;
    this.engine = -1;
  }
}

/** Bits 63:52 and those below the alignment are stored but ignored. */
function latchedAddress(high: number, low: number, align: number): number {
  return (high % HIGH_LIMIT) * TWO_32 + (low - (low % align));
}
