// The one work engine of Nimbus: queues in turn, one descriptor at a time; reads ahead, writes in order, record, message. Tags are
// shared by all Requester IDs, and those of requests that a reset gave up stay taken until they are answered or time out.
import { assert } from '#base/assert';
import { memoryRead, memoryWrite } from '#pcie/build';
import { Attr, CompletionStatus, type Tlp } from '#pcie/tlp';
import { WorkOpcode, WorkStatus } from '#siov/work';
import type { NimbusDevice } from './nimbus-device.ts';
import {
  decodeDescriptor,
  DESCRIPTOR_BYTES,
  encodeRecord,
  LENGTH_MAX,
  passOf,
  RECORD_BYTES,
  type NimbusWork,
} from './nimbus-format.ts';
import type { Latch, NimbusQueue } from './nimbus-queue.ts';
import type { NimbusVector } from './nimbus-table.ts';

const TAGS = 32;
const TEN_BIT_TAG_MIN = 256;
const READS_AHEAD = 6;
/** A completion timeout strikes after this part of a second one. */
const TIMEOUT_FACTOR = 1.4;

/** What the engine works on. */
interface Job {
  readonly queue: NimbusQueue;
  readonly rid: number;
  readonly latch: Latch;
  readonly epoch: number;
  readonly n: number;
  work: NimbusWork | undefined;
  bytes: Uint8Array;
  asked: number;
  /** Bytes that came, from the front; and those behind a gap, by where they begin. */
  arrived: number;
  readonly islands: Map<number, number>;
  written: number;
  awaited: number;
  /** `WorkStatus`: the first thing that went wrong; 0: nothing. */
  failure: number;
  stage: 'fetch' | 'data' | 'record' | 'message' | 'over';
}

interface Outstanding {
  readonly rid: number;
  readonly tag: number;
  readonly base: number;
  readonly length: number;
  got: number;
  /** undefined: given up by a reset. */
  job: Job | undefined;
  /** From before a PF FLR: its completions are dropped without a word. */
  isSilent: boolean;
}

export class NimbusEngine {
  private readonly device: NimbusDevice;
  private job: Job | undefined;
  private outstanding: Outstanding[] = [];
  private lastServed = 0;
  private nextTag = 0;
  private isAwake = false;
  /** Grows with each power-up: what was planned before is void. */
  private life = 0;

  constructor(device: NimbusDevice) {
    this.device = device;
  }

  reset(): void {
    this.life++;
    this.job = undefined;
    this.outstanding = [];
    this.isAwake = false;
  }

  /** There may be something to do. */
  wake(delayPs = 5_000): void {
    if (this.isAwake) return;
    this.isAwake = true;
    const { life } = this;
    this.device.after(delayPs, () => {
      if (life !== this.life) return;
      this.isAwake = false;
      this.turn();
    });
  }

  /** A reset: the job of this queue ends here. Returns it, if there was one. */
  giveUp(queue: NimbusQueue): boolean {
    const job = this.job?.queue === queue ? this.job : undefined;
    const frees = this.device.faults.has('tags-reused');
    this.outstanding = this.outstanding.filter((one) => !frees || one.job !== job);
    for (const one of this.outstanding) if (one.job === job) one.job = undefined;
    if (job === undefined) return false;
    if (this.device.faults.has('late-record') && job.work !== undefined) this.writeLate(job);
    job.stage = 'over';
    queue.isExecuting = false;
    this.job = undefined;
    this.wake();
    return true;
  }

  /** A PF FLR: everything ends, and what comes for it is dropped for twice the timeout. */
  silence(): void {
    if (this.job !== undefined) this.job.queue.isExecuting = false;
    this.job = undefined;
    for (const one of this.outstanding) {
      one.job = undefined;
      one.isSilent = true;
    }
  }

  /** Sends what can be sent, one TLP at a time. */
  private turn(): void {
    const { device } = this;
    if (!device.config.isMasterOn) return;
    const message = device.table.vectors.findIndex(
      (vector) => vector.isPending && vector.isEnabled,
    );
    if (message >= 0) {
      this.sendMessage(message);
      return this.wake();
    }
    if (device.hostSide.sendPfMessage()) return this.wake();
    const job = this.job ?? this.pick();
    if (job === undefined) return;
    const freePs = this.advance(job);
    if (freePs >= 0) this.wake(Math.max(0, freePs - device.nowPs) + device.between(1, 12));
  }

  /** The next queue that is ready, in turn. */
  private pick(): Job | undefined {
    const { sdis } = this.device.table;
    for (let i = 1; i <= sdis.length; i++) {
      const { queue, rid, index } = sdis[(this.lastServed + i) % sdis.length];
      if (!queue.isReady) continue;
      this.lastServed = index;
      queue.isExecuting = true;
      const { latch, epoch, fetched } = queue;
      const empty = {
        work: undefined,
        bytes: new Uint8Array(DESCRIPTOR_BYTES),
        islands: new Map<number, number>(),
      };
      const counts = { asked: 0, arrived: 0, written: 0, awaited: 0, failure: 0 };
      this.job = { queue, rid, latch, epoch, n: fetched, ...empty, ...counts, stage: 'fetch' };
      return this.job;
    }
    return undefined;
  }

  /** Does one step; returns when the link is free, or -1 when it waits for something. */
  private advance(job: Job): number {
    switch (job.stage) {
      case 'fetch':
        return this.readMore(job, slot(job.latch.ring, job, DESCRIPTOR_BYTES), DESCRIPTOR_BYTES);
      case 'data':
        return this.moveData(job);
      case 'record':
        return this.writeRecord(job);
      case 'message':
        return this.raise(job);
      default:
        return -1;
    }
  }

  // --- reads ---

  private readMore(job: Job, base: number, length: number): number {
    const { config, random } = this.device;
    const tag = job.awaited < READS_AHEAD && job.asked < length ? this.takeTag() : -1;
    if (tag < 0) return -1;
    const address = base + job.asked;
    const toBoundary = 4096 - (address % 4096);
    const inDw = address & 3;
    const most = Math.min(length - job.asked, config.maxReadRequest - inDw, toBoundary);
    // A fetch is one request; data are cut where the device likes.
    const cut =
      job.stage === 'fetch' || random.bool() ? most : Math.min(most, 64 * random.range(1, 4));
    this.outstanding.push({
      rid: job.rid,
      tag,
      base: job.asked,
      length: cut,
      got: 0,
      job,
      isSilent: false,
    });
    job.asked += cut;
    job.awaited++;
    this.watch(job.rid, tag);
    return this.device.send(memoryRead({ requesterId: job.rid, tag, address, byteLength: cut }));
  }

  /** In turn, so that a tag rests as long as possible; -1: none is free. */
  private takeTag(): number {
    const base = this.device.config.hasTenBitTags ? TEN_BIT_TAG_MIN : 0;
    for (let i = 0; i < TAGS; i++) {
      const tag = base + ((this.nextTag + i) % TAGS);
      if (this.outstanding.some((one) => one.tag === tag)) continue;
      // The fault wants the tag that was just freed.
      if (!this.device.faults.has('tags-reused')) this.nextTag = (tag + 1) % TAGS;
      return tag;
    }
    return -1;
  }

  /** Completion timeout; after a PF FLR the pair is kept for twice as long. */
  private watch(rid: number, tag: number): void {
    const { life } = this;
    const timeoutPs = 1000 * this.device.params.timeoutNs;
    const request = this.outstanding[this.outstanding.length - 1];
    assert(request.rid === rid && request.tag === tag, 'the request was just made');
    this.device.after(TIMEOUT_FACTOR * timeoutPs, () => {
      if (life !== this.life || !this.outstanding.includes(request)) return;
      if (request.isSilent) this.device.after(2 * timeoutPs, () => this.drop(request));
      else {
        this.drop(request);
        this.fail(request.job, WorkStatus.TIMED_OUT);
      }
    });
  }

  private drop(request: Outstanding): void {
    this.outstanding = this.outstanding.filter((one) => one !== request);
    if (request.job !== undefined) request.job.awaited--;
    this.wake();
  }

  /** A completion of the host. */
  complete(tlp: Tlp): void {
    const { outstanding, device } = this;
    const request = outstanding.find(({ rid, tag }) => rid === tlp.requesterId && tag === tlp.tag);
    if (request === undefined) return device.tellError();
    const isSuccess = tlp.status === CompletionStatus.SC;
    const isWrong = isSuccess && tlp.byteCount !== request.length - request.got;
    if (request.isSilent) {
      if (!isWrong) this.take(request, tlp);
      return;
    }
    if (isWrong) return device.tellError();
    // Late: an Unexpected Completion, as the policy says; its tag is free when all has come.
    if (request.job === undefined) {
      this.take(request, tlp);
      return device.tellError();
    }
    const { job } = request;
    if (!isSuccess || tlp.ep !== 0) {
      this.drop(request);
      this.fail(job, failureOf(tlp));
      return;
    }
    const from = tlp.lowerAddress & 3;
    const count = Math.min(tlp.payload.length - from, request.length - request.got);
    job.bytes.set(tlp.payload.subarray(from, from + count), request.base + request.got);
    job.islands.set(request.base + request.got, count);
    this.take(request, tlp);
    for (
      let next = job.islands.get(job.arrived);
      next !== undefined;
      next = job.islands.get(job.arrived)
    ) {
      job.islands.delete(job.arrived);
      job.arrived += next;
    }
    if (job.stage === 'fetch' && job.arrived === DESCRIPTOR_BYTES) this.fetched(job);
    this.wake();
  }

  private take(request: Outstanding, tlp: Tlp): void {
    const from = tlp.lowerAddress & 3;
    request.got += tlp.payload.length - from;
    if (tlp.status !== CompletionStatus.SC || request.got >= request.length) this.drop(request);
  }

  private fail(job: Job | undefined, status: number): void {
    if (job === undefined) return;
    if (job.failure === 0) job.failure = status;
    if (job.stage === 'fetch' && job.awaited === 0) {
      if (job.epoch === job.queue.epoch && job.queue.halt === 0) job.queue.halt = job.failure;
      this.end(job);
    }
    this.wake();
  }

  private fetched(job: Job): void {
    const { queue, latch, n } = job;
    if (job.epoch === queue.epoch) queue.fetched++;
    const work = decodeDescriptor(job.bytes, passOf(n, latch.entries));
    job.work = work;
    job.failure = this.refusal(work, queue.sdi.vectorCount);
    const isRefused = job.failure !== 0;
    job.bytes = new Uint8Array(work.opcode === WorkOpcode.COPY && !isRefused ? work.length : 0);
    Object.assign(job, { asked: 0, arrived: 0 });
    job.stage = isRefused || work.opcode === WorkOpcode.NOP ? 'record' : 'data';
  }

  private refusal(work: NimbusWork, vectorCount: number): number {
    const { opcode, length } = work;
    if (!work.isValid || opcode > WorkOpcode.FILL) return WorkStatus.BAD_OPCODE;
    if (opcode !== WorkOpcode.NOP && (length < 1 || length > LENGTH_MAX))
      return WorkStatus.BAD_LENGTH;
    if (work.isReserved) return WorkStatus.RESERVED;
    return work.hasInterrupt && work.vector >= vectorCount ? WorkStatus.BAD_VECTOR : 0;
  }

  // --- data, record, message ---

  private moveData(job: Job): number {
    const { work } = job;
    assert(work !== undefined, 'data are moved for a descriptor');
    const isFill = work.opcode === WorkOpcode.FILL;
    if (job.failure === 0 && job.written === work.length) {
      job.stage = 'record';
      return this.advance(job);
    }
    if (job.failure !== 0) {
      if (job.awaited > 0) return -1;
      job.stage = 'record';
      return this.advance(job);
    }
    const ready = (isFill ? work.length : job.arrived) - job.written;
    const isWorthIt = ready >= 64 || job.arrived === work.length || isFill;
    if (ready > 0 && isWorthIt) return this.writeData(job, work, ready);
    return isFill ? -1 : this.readMore(job, work.source, work.length);
  }

  private writeData(job: Job, work: NimbusWork, ready: number): number {
    const { config, faults, table } = this.device;
    const address = work.destination + job.written;
    const count = Math.min(ready, config.maxPayload - (address & 3), 4096 - (address % 4096));
    const bytes = Uint8Array.from({ length: count }, (_, i) =>
      work.opcode === WorkOpcode.FILL
        ? work.pattern[(job.written + i) & 7]
        : job.bytes[job.written + i],
    );
    if (faults.strikes('copy-last-byte', 8)) bytes[count - 1] ^= 0x10;
    const requesterId = faults.strikes('rid-swap', 6) ? table.someRid(job.queue.sdi) : job.rid;
    const attr = work.isRelaxed && config.isRelaxedOn ? Attr.RELAXED_ORDERING : 0;
    job.written += count;
    return this.device.send(memoryWrite({ requesterId, address, bytes, attr }));
  }

  private writeRecord(job: Job): number {
    const { work } = job;
    assert(work !== undefined, 'a record is that of a descriptor');
    job.stage = 'message';
    if (work.isSilent) return this.device.nowPs;
    return this.device.send(this.recordOf(job, work));
  }

  private recordOf(job: Job, work: NimbusWork): Tlp {
    const isMoved = work.opcode === WorkOpcode.COPY || work.opcode === WorkOpcode.FILL;
    const moved = isMoved ? job.written : 0;
    const { entries, records } = job.latch;
    return memoryWrite({
      requesterId: job.rid,
      address: slot(records, job, RECORD_BYTES),
      bytes: encodeRecord(job.n, passOf(job.n, entries), job.failure, moved),
    });
  }

  private writeLate(job: Job): void {
    const { work } = job;
    if (work === undefined) return;
    const record = this.recordOf(job, work);
    this.device.after(12_000_000, () => this.device.send(record));
  }

  /** The message of the descriptor waits in its vector; the next turn sends it where it is not masked. */
  private raise(job: Job): number {
    const { work, queue } = job;
    const hasVector = work?.hasInterrupt === true && work.vector < queue.sdi.vectorCount;
    if (hasVector) {
      const { table, faults } = this.device;
      const index = queue.sdi.firstVector + work.vector;
      table.vectors[index].isPending = true;
      const isLeak = !table.vectors[index].isEnabled && faults.strikes('mask-ignored', 2);
      if (table.vectors[index].isEnabled || isLeak) this.sendMessage(index);
    }
    this.end(job);
    return this.device.nowPs;
  }

  private sendMessage(index: number): void {
    const { device } = this;
    const { faults, table } = device;
    const vector = table.vectors[index];
    const sdi = table.ownerOfVector(index);
    vector.isPending = false;
    const isMixedUp = faults.strikes('data-of-other', 2);
    const { data } = isMixedUp ? (table.vectors.find(isOther(vector)) ?? vector) : vector;
    const isBySdi = sdi !== undefined && faults.strikes('interrupt-by-sdi', 3);
    const bytes = Uint8Array.from({ length: 4 }, (_, i) => (data >>> (8 * i)) & 0xff);
    const requesterId = isBySdi ? sdi.rid : device.pfRid;
    device.send(memoryWrite({ requesterId, address: vector.address, bytes }));
  }

  private end(job: Job): void {
    const { queue } = job;
    job.stage = 'over';
    queue.isExecuting = false;
    if (this.job === job) this.job = undefined;
    this.device.hostSide.drained(queue.sdi);
    this.wake();
  }
}

function isOther(vector: NimbusVector): (one: NimbusVector) => boolean {
  return (one) => one !== vector && one.address !== 0;
}

function slot(base: number, job: Job, bytes: number): number {
  return base - (base % bytes) + bytes * (job.n % job.latch.entries);
}

function failureOf(tlp: Tlp): number {
  if (tlp.status === CompletionStatus.SC) return WorkStatus.POISONED;
  return tlp.status === CompletionStatus.CA ? WorkStatus.ABORTED : WorkStatus.UNSUPPORTED;
}
