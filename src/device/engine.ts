// One engine: fetches a descriptor, executes it, writes its completion record and raises its interrupt (SRD §7). An
// engine makes a request only when the link asks for one (`sendOne`), so everything is decided at the moment of leaving.
//
//   idle -> picked -> fetching -> decoding -> running -> ending -> finishing -> counting -> idle
//
// picked: waits to send the fetch; running: data requests leave, completions come; ending: all data is done, the record
// is prepared; finishing: record and interrupt wait for the link; counting: both have left, OPS comes later. A reset puts
// the engine back to idle at any point. The data requests themselves are in `data-phase.ts`.
import { writeU32Le } from '#base/bytes';
import { INDEX_MASK, WorkOpcode, WorkStatus, isAtomicWork, wrapAddress } from '#siov/work';
import { DESCRIPTOR_BYTES, RECORD_BYTES } from '#siov/srd-work-descriptor';
import { DataPhase, REQUEST_BYTES_MAX } from './data-phase.ts';
import { Descriptor } from './descriptor.ts';
import { EngineRequests } from './engine-requests.ts';
import { DeviceEvent } from './event-queue.ts';
import { VectorSpace } from './interrupts.ts';
import type { SiovDevice } from './siov-device.ts';
import type { Range } from './timing.ts';
import type { WorkQueue } from './work-queue.ts';

const IDLE = 0;
const PICKED = 1;
const FETCHING = 2;
const DECODING = 3;
const RUNNING = 4;
const ENDING = 5;
const FINISHING = 6;
const COUNTING = 7;

const BOUNDARY = REQUEST_BYTES_MAX;
/** A descriptor is fetched in at most this many reads. */
const FETCH_PARTS_MAX = 4;
/** How much FAULT write-stray writes. */
const STRAY_BYTES = 4;

export class Engine {
  readonly index: number;
  private readonly device: SiovDevice;
  private readonly requests: EngineRequests;
  private readonly descriptor = new Descriptor();
  private readonly data: DataPhase;
  private state = IDLE;
  /** Tells a delay of this descriptor from one of an earlier, aborted one. */
  private epoch = 0;
  private isPaced = false;
  private queue: WorkQueue | undefined;
  // Of the queue, as it was when the descriptor was picked.
  private generation = 0;
  private n = 0;
  private entries = 0;
  private records = 0;
  private ring = 0;
  // Progress. Of the descriptor: bytes asked for and come; where in it the next data of each part go.
  private fetchAsked = 0;
  private fetched = 0;
  private readonly fetchAt = new Uint8Array(FETCH_PARTS_MAX);
  private failure = 0;
  private readonly record = new Uint8Array(RECORD_BYTES);
  private isRecordSent = false;
  private isRecordEarly = false;
  private isStrayTried = false;
  private isStrayNext = false;

  constructor(device: SiovDevice, index: number) {
    this.device = device;
    this.index = index;
    this.requests = new EngineRequests(device, index);
    this.data = new DataPhase(device, this.descriptor, this.requests);
    this.data.onLastWrite = () => this.sendsRecordEarly();
  }

  get isBusy(): boolean {
    return this.state !== IDLE;
  }

  /** Data requests are under way or may leave. */
  get isRunning(): boolean {
    return this.state === RUNNING;
  }

  /** Begins the next descriptor of a queue. */
  start(queue: WorkQueue): void {
    this.queue = queue;
    queue.engine = this.index;
    this.state = PICKED;
    this.generation = queue.generation;
    this.n = queue.head;
    this.ring = queue.ring;
    this.entries = queue.entries;
    this.records = queue.records;
    this.requests.begin(queue);
    this.fetchAsked = 0;
    this.fetched = 0;
    this.failure = 0;
    this.data.begin();
    this.isRecordSent = false;
    this.isRecordEarly = false;
    this.isStrayTried = false;
    this.isStrayNext = false;
    this.pause(this.device.character.latencies.fetch);
  }

  /** A delay of this engine has passed. */
  onReady(epoch: number): void {
    if (epoch !== this.epoch) return;
    this.isPaced = false;
    if (this.state === DECODING) this.execute();
    else if (this.state === ENDING) this.state = FINISHING;
    if (this.state === COUNTING) this.finish();
    else if (this.state === FINISHING && !this.hasEndToSend()) this.endWork();
    else if (this.state !== IDLE) this.device.link.wakeEngine(this.index);
  }

  /** The link is free: sends one TLP if there is one to send. */
  sendOne(): boolean {
    const { queue } = this;
    if (queue === undefined || this.isPaced) return false;
    if (this.state === PICKED && !this.stillWanted(queue)) {
      this.drop(queue);
      return false;
    }
    if (!this.device.isBusMaster(queue)) {
      this.device.scheduler.leavePlaceLine(this.index);
      // A fetch that has not left may free its engine for others; the queue comes back with Bus Master Enable.
      if (this.state === PICKED && !this.device.character.holdsEngine) this.drop(queue);
      return false;
    }
    switch (this.state) {
      case PICKED:
      case FETCHING:
        return this.failure === 0 && this.sendFetch(queue);
      case RUNNING:
        return this.failure === 0 && this.sendWork(queue);
      case FINISHING:
        return this.sendEnd();
      default:
        return false;
    }
  }

  /** Bytes of request `part` have arrived. */
  onData(part: number, bytes: Uint8Array): void {
    if (this.failure !== 0) return;
    if (this.state === FETCHING) {
      this.descriptor.bytes.set(bytes, this.fetchAt[part]);
      this.fetchAt[part] += bytes.length;
      this.fetched += bytes.length;
    } else if (this.data.take(part, bytes)) {
      this.device.link.wakeEngine(this.index);
    }
  }

  /** A request of this descriptor was not answered well; the first such status counts. */
  onFailure(status: number): void {
    if (this.failure === 0) this.failure = status;
    this.device.scheduler.leavePlaceLine(this.index);
  }

  /** All completions of one request have come, or its end without data. */
  onRequestEnd(): void {
    this.requests.outstanding--;
    if (this.state === FETCHING) this.endFetch();
    else this.progress();
  }

  /**
   * The descriptor is aborted (reset): nothing more is sent for it. The caller resets the queue.
   * @param isCounted whether completions that come later count as late.
   */
  abort(isCounted: boolean): void {
    if (this.state === IDLE) return;
    this.endAsWhole();
    this.device.requester.abort(this.index, isCounted);
    this.clear();
    this.device.scheduler.release(this.index);
  }

  /** Back to idle, without telling anybody. */
  clear(): void {
    this.state = IDLE;
    this.epoch++;
    this.isPaced = false;
    this.queue = undefined;
  }

  /** A fetch that has not left is not needed when the queue has been stopped, halted or started anew. */
  private stillWanted(queue: WorkQueue): boolean {
    return queue.generation === this.generation && this.device.scheduler.mayRun(queue);
  }

  private drop(queue: WorkQueue): void {
    this.clear();
    queue.engine = -1;
    const { scheduler, admin } = this.device;
    scheduler.consider(queue);
    scheduler.release(this.index);
    admin.checkQuiesce();
  }

  /** Asks for the next part of the descriptor. */
  private sendFetch(queue: WorkQueue): boolean {
    const { fetchBytes, fetchesBackwards } = this.device.character;
    if (this.fetchAsked === DESCRIPTOR_BYTES) return false;
    const part = this.fetchAsked / fetchBytes;
    const last = DESCRIPTOR_BYTES - fetchBytes;
    const offset = fetchesBackwards ? last - this.fetchAsked : this.fetchAsked;
    const address = this.ring + DESCRIPTOR_BYTES * (this.n % this.entries) + offset;
    if (!this.requests.fetch(queue, wrapAddress(address), fetchBytes, part)) return false;
    this.fetchAsked += fetchBytes;
    this.fetchAt[part] = offset;
    this.state = FETCHING;
    this.device.link.wakeEngine(this.index);
    return true;
  }

  private endFetch(): void {
    const { queue } = this;
    if (queue === undefined || this.requests.outstanding > 0) return;
    const isSameRun = queue.generation === this.generation;
    if (this.failure !== 0) {
      if (isSameRun) queue.halt(this.failure);
      this.drop(queue);
      return;
    }
    if (this.fetched < DESCRIPTOR_BYTES) return;
    if (!this.device.character.movesHeadLate) this.moveHead(queue);
    this.state = DECODING;
    this.pause(this.device.character.latencies.decode);
  }

  /** HEAD of a queue that was started anew meanwhile does not move. */
  private moveHead(queue: WorkQueue): void {
    if (queue.generation === this.generation) queue.head = (queue.head + 1) & INDEX_MASK;
  }

  private execute(): void {
    const { queue, descriptor, device } = this;
    if (queue === undefined) return;
    if (device.character.movesHeadLate) this.moveHead(queue);
    descriptor.decode();
    const { params, settings } = device;
    this.failure = descriptor.check({
      crc32: params.crc32,
      atomics: params.atomics && settings.atomics,
      vectorCount: device.vectorCountOf(queue),
    });
    this.state = RUNNING;
    this.progress();
  }

  /** Whether all of the descriptor's data has gone, or cannot go. */
  private progress(): void {
    if (this.state !== RUNNING) return;
    if (this.requests.outstanding > 0 || !(this.failure !== 0 || this.data.isDone)) {
      this.device.link.wakeEngine(this.index);
      return;
    }
    this.state = ENDING;
    this.pause(this.device.character.latencies.record);
  }

  private sendWork(queue: WorkQueue): boolean {
    if (!this.data.sendOne(queue)) return false;
    this.isPaced = true;
    this.pause(this.device.character.latencies.pacing);
    this.progress();
    return true;
  }

  private hasEndToSend(): boolean {
    const { descriptor } = this;
    return (
      (descriptor.hasRecord && !this.isRecordSent) || this.wantsInterrupt() || this.isStrayDue()
    );
  }

  /** Record and interrupt leave together, so that no reset finds one without the other. */
  private sendEnd(): boolean {
    const { descriptor, device, queue } = this;
    if (queue === undefined) return false;
    if (this.isStrayDue()) return this.sendStray();
    const needsRecord = descriptor.hasRecord && !this.isRecordSent;
    const space = queue.isVf ? VectorSpace.VF : VectorSpace.IMS;
    const vector = device.firstVectorOf(queue) + descriptor.vector;
    const sendsMessage = this.wantsInterrupt() && device.interrupts.raise(space, vector);
    // FAULT interrupt-before-data
    const isReversed =
      needsRecord && sendsMessage && device.faults.strikes('interrupt-before-data', 3);
    if (isReversed) device.link.sendMessage(space, vector);
    if (needsRecord) this.sendRecord(isReversed);
    if (sendsMessage && !isReversed) {
      if (needsRecord) device.link.commitMessage(space, vector);
      else device.link.sendMessage(space, vector);
    }
    this.endWork();
    return needsRecord || sendsMessage;
  }

  /** A reset has come: what has only its end to send may still end as a whole (SRD §6.2); nothing else is sent. */
  private endAsWhole(): void {
    const { descriptor, device, queue, state } = this;
    if (queue === undefined) return;
    if (state === COUNTING) {
      this.count(queue);
      return;
    }
    const isAtEnd = state === ENDING || state === FINISHING;
    if (!isAtEnd || !device.character.finishesAtReset || !device.isBusMaster(queue)) return;
    if (descriptor.hasRecord && !this.isRecordSent) this.sendRecord(true);
    const space = queue.isVf ? VectorSpace.VF : VectorSpace.IMS;
    const vector = device.firstVectorOf(queue) + descriptor.vector;
    if (this.wantsInterrupt() && device.interrupts.raise(space, vector)) {
      device.link.commitMessage(space, vector);
    }
    this.count(queue);
  }

  private wantsInterrupt(): boolean {
    const { descriptor, device, queue } = this;
    if (queue === undefined || !descriptor.hasInterrupt) return false;
    if (device.faults.strikes('interrupt-forgotten', 3)) return false; // FAULT interrupt-forgotten
    return descriptor.vector < device.vectorCountOf(queue);
  }

  private sendRecord(isCommitted: boolean): void {
    const { record, n, entries, data } = this;
    const phase = (n & entries) === 0 ? 1 : 0;
    const number = this.device.faults.is('record-number-cut') ? n & (INDEX_MASK >> 1) : n; // FAULT record-number-cut
    writeU32Le(record, 0, this.failure | (phase << 8) | (number << 16));
    writeU32Le(record, 4, this.bytesTransferred());
    const hasResult = this.failure === 0;
    const isCrc = hasResult && this.descriptor.opcode === WorkOpcode.CRC32;
    const isAtomic = hasResult && isAtomicWork(this.descriptor.opcode);
    // FAULT crc-wrong
    const crc = isCrc && this.device.faults.strikes('crc-wrong', 2) ? ~data.crc : data.crc;
    record.fill(0, 8);
    if (isCrc) writeU32Le(record, 8, crc);
    if (isAtomic) record.set(data.atomicResult.subarray(0, this.descriptor.length), 8);
    const address = wrapAddress(this.records + RECORD_BYTES * (n % entries));
    this.requests.record(address, record, isCommitted);
    this.isRecordSent = true;
  }

  private bytesTransferred(): number {
    const { descriptor, failure } = this;
    const { opcode, length } = descriptor;
    if (failure >= WorkStatus.BAD_OPCODE || opcode === WorkOpcode.NOP) return 0;
    if (failure === 0) return length;
    return opcode === WorkOpcode.COPY ? this.data.done : 0;
  }

  /** Record and interrupt have left, or there is none. */
  private endWork(): void {
    const { count } = this.device.character.latencies;
    if (count[1] === 0) {
      this.finish();
      return;
    }
    this.state = COUNTING;
    this.pause(count);
  }

  private finish(): void {
    const { queue } = this;
    if (queue === undefined) return;
    this.count(queue);
    this.drop(queue);
  }

  private count(queue: WorkQueue): void {
    queue.ops = (queue.ops + 1) >>> 0;
    if (!queue.isVf) this.device.sdis.countOperation(queue.index);
  }

  /** FAULT record-before-data: the record leaves while the last data write is still to come. */
  private sendsRecordEarly(): boolean {
    const { descriptor, device } = this;
    if (this.isRecordEarly || !descriptor.hasRecord) return false;
    this.isRecordEarly = true;
    if (!device.faults.strikes('record-before-data', 3)) return false;
    this.sendRecord(false);
    device.link.wakeEngine(this.index);
    return true;
  }

  /** FAULT write-stray: one more write, behind the destination. */
  private isStrayDue(): boolean {
    const { descriptor, device } = this;
    const isWrite = descriptor.opcode === WorkOpcode.COPY || descriptor.opcode === WorkOpcode.FILL;
    if (this.isStrayTried || !isWrite || this.failure !== 0) return this.isStrayNext;
    this.isStrayTried = true;
    this.isStrayNext = device.faults.strikes('write-stray', 3);
    return this.isStrayNext;
  }

  private sendStray(): boolean {
    const { descriptor, requests } = this;
    this.isStrayNext = false;
    const address = wrapAddress(descriptor.destination + descriptor.length);
    const bytes = Math.min(STRAY_BYTES, BOUNDARY - (address & (BOUNDARY - 1)));
    requests.beginPayload(address, bytes);
    requests.write(address, bytes, false);
    this.device.link.wakeEngine(this.index);
    return true;
  }

  private pause(range: Range): void {
    const { device } = this;
    const atPs = device.nowPs + device.draw(range);
    device.events.schedule(atPs, DeviceEvent.ENGINE_READY, this.index, ++this.epoch);
  }
}
