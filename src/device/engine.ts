// One engine: fetches a descriptor, executes it, writes its completion record and raises its interrupt (SRD §7). An
// engine makes a request only when the link asks for one (`sendOne`), so everything is decided at the moment of leaving.
//
//   idle -> picked -> fetching -> decoding -> running -> ending -> finishing -> idle
//
// picked: waits to send the fetch; running: data requests leave, completions come; ending: all data is done, the record
// is prepared; finishing: record and interrupt wait for the link. A reset puts the engine back to idle at any point.
import { writeU32Le } from '#base/bytes';
import { ADDRESS_LIMIT, INDEX_MASK } from '#siov/srd-registers';
import { DESCRIPTOR_BYTES, RECORD_BYTES, WorkOpcode, WorkStatus } from '#siov/work-descriptor';
import { Descriptor } from './descriptor.ts';
import { EngineRequests } from './engine-requests.ts';
import { DeviceEvent } from './event-queue.ts';
import { VectorSpace } from './interrupts.ts';
import { ReadWindow, WINDOW_BYTES, WINDOW_READS_MAX } from './read-window.ts';
import { requestBytes } from './request-shape.ts';
import type { SiovDevice } from './siov-device.ts';
import {
  DECODE_LATENCY_PS,
  FETCH_LATENCY_PS,
  RECORD_LATENCY_PS,
  REQUEST_PACING_PS,
} from './timing.ts';
import type { Range } from './timing.ts';
import type { WorkQueue } from './work-queue.ts';

const IDLE = 0;
const PICKED = 1;
const FETCHING = 2;
const DECODING = 3;
const RUNNING = 4;
const ENDING = 5;
const FINISHING = 6;

const OUTSTANDING_MAX = 64;
const READ_BYTES_MAX = 4096;
/** How much FAULT write-stray writes. */
const STRAY_BYTES = 4;

export class Engine {
  readonly index: number;
  private readonly device: SiovDevice;
  private readonly requests: EngineRequests;
  private readonly window: ReadWindow;
  private readonly descriptor = new Descriptor();
  private readonly readsMax: number;
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
  // Progress.
  private outstanding = 0;
  private fetched = 0;
  private failure = 0;
  /** Bytes of the source asked for, and bytes of the destination written (or of the source digested). */
  private asked = 0;
  private done = 0;
  private crc = 0;
  private isAtomicSent = false;
  private readonly atomicResult = new Uint8Array(8);
  private atomicBytes = 0;
  private stopsAligned = false;
  private readonly record = new Uint8Array(RECORD_BYTES);
  private isRecordSent = false;
  private isRecordEarly = false;
  private isStrayTried = false;
  private isStrayNext = false;

  constructor(device: SiovDevice, index: number) {
    this.device = device;
    this.index = index;
    this.requests = new EngineRequests(device, index);
    this.window = new ReadWindow(device.faults.is('split-swapped'));
    const share = Math.floor(OUTSTANDING_MAX / device.params.engineCount);
    this.readsMax = Math.min(WINDOW_READS_MAX, share);
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
    this.entries = queue.entries;
    this.records = queue.records;
    this.requests.begin(queue);
    this.outstanding = 0;
    this.fetched = 0;
    this.failure = 0;
    this.asked = 0;
    this.done = 0;
    this.crc = 0;
    this.isAtomicSent = false;
    this.atomicBytes = 0;
    this.isRecordSent = false;
    this.isRecordEarly = false;
    this.isStrayTried = false;
    this.isStrayNext = false;
    this.window.clear();
    this.pause(FETCH_LATENCY_PS);
  }

  /** A delay of this engine has passed. */
  onReady(epoch: number): void {
    if (epoch !== this.epoch) return;
    this.isPaced = false;
    if (this.state === DECODING) this.execute();
    else if (this.state === ENDING) this.state = FINISHING;
    if (this.state === FINISHING && !this.hasEndToSend()) this.finish();
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
      // A fetch that has not left frees its engine for others; the queue comes back with Bus Master Enable.
      if (this.state === PICKED) this.drop(queue);
      return false;
    }
    switch (this.state) {
      case PICKED:
        return this.sendFetch(queue);
      case RUNNING:
        return this.failure === 0 && this.sendWork();
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
      this.descriptor.bytes.set(bytes, this.fetched);
      this.fetched += bytes.length;
    } else if (this.isAtomicSent) {
      this.atomicResult.set(bytes, this.atomicBytes);
      this.atomicBytes += bytes.length;
    } else {
      this.window.take(part, bytes);
      if (this.descriptor.opcode === WorkOpcode.CRC32) this.digest();
      else this.device.link.wakeEngine(this.index);
    }
  }

  /** A request of this descriptor was not answered well; the first such status counts. */
  onFailure(status: number): void {
    if (this.failure === 0) this.failure = status;
    this.device.scheduler.leavePlaceLine(this.index);
  }

  /** All completions of one request have come, or its end without data. */
  onRequestEnd(): void {
    this.outstanding--;
    if (this.state === FETCHING) this.endFetch();
    else this.progress();
  }

  /**
   * The descriptor is aborted (reset): nothing more is sent for it. The caller resets the queue.
   * @param isCounted whether completions that come later count as late.
   */
  abort(isCounted: boolean): void {
    if (this.state === IDLE) return;
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

  private sendFetch(queue: WorkQueue): boolean {
    const address = queue.ring + DESCRIPTOR_BYTES * (this.n % this.entries);
    if (!this.requests.fetch(queue, address % ADDRESS_LIMIT, DESCRIPTOR_BYTES)) return false;
    this.outstanding++;
    this.state = FETCHING;
    return true;
  }

  private endFetch(): void {
    const { queue } = this;
    if (queue === undefined) return;
    const isSameRun = queue.generation === this.generation;
    if (this.failure !== 0) {
      if (isSameRun) queue.halt(this.failure);
      this.drop(queue);
      return;
    }
    if (isSameRun) queue.head = (queue.head + 1) & INDEX_MASK;
    this.state = DECODING;
    this.pause(DECODE_LATENCY_PS);
  }

  private execute(): void {
    const { queue, descriptor, device } = this;
    if (queue === undefined) return;
    descriptor.decode();
    const { params, settings, random } = device;
    this.failure = descriptor.check({
      crc32: params.crc32,
      atomics: params.atomics && settings.atomics,
      vectorCount: device.vectorCountOf(queue),
    });
    this.stopsAligned = random.bool();
    this.state = RUNNING;
    this.progress();
  }

  /** Whether all of the descriptor's data has gone, or cannot go. */
  private progress(): void {
    if (this.state !== RUNNING) return;
    if (this.outstanding > 0 || !(this.failure !== 0 || this.isDataDone())) {
      this.device.link.wakeEngine(this.index);
      return;
    }
    this.state = ENDING;
    this.pause(RECORD_LATENCY_PS);
  }

  private isDataDone(): boolean {
    switch (this.descriptor.opcode) {
      case WorkOpcode.NOP:
        return true;
      case WorkOpcode.COPY:
      case WorkOpcode.FILL:
      case WorkOpcode.CRC32:
        return this.done === this.descriptor.length;
      default:
        return this.isAtomicSent;
    }
  }

  private sendWork(): boolean {
    switch (this.descriptor.opcode) {
      case WorkOpcode.COPY:
        return this.sendWrite() || this.sendRead();
      case WorkOpcode.FILL:
        return this.sendWrite();
      case WorkOpcode.CRC32:
        return this.sendRead();
      default:
        return this.sendAtomic();
    }
  }

  private sendRead(): boolean {
    const { descriptor, device, window, queue } = this;
    const left = descriptor.length - this.asked;
    if (queue === undefined || left === 0 || window.readCount >= this.readsMax) return false;
    const address = (descriptor.source + this.asked) % ADDRESS_LIMIT;
    // FAULT mrrs-ignored
    const ignoresSize = device.faults.is('mrrs-ignored');
    const maxBytes = ignoresSize ? READ_BYTES_MAX : device.settings.maxReadBytes;
    let bytes = requestBytes(address, left, maxBytes, this.stopsAligned);
    if (this.asked + bytes - this.done > WINDOW_BYTES) return false;
    bytes = this.requests.crossing(address, bytes, Math.min(left, maxBytes - (address % 4)));
    if (!this.requests.readData(queue, address, bytes, window.nextRead)) return false;
    window.begin(this.asked, bytes);
    this.outstanding++;
    // FAULT read-twice: the next read asks for the same bytes.
    if (!device.faults.strikes('read-twice', 4)) this.asked += bytes;
    this.pace();
    return true;
  }

  private sendWrite(): boolean {
    const { descriptor, device, requests } = this;
    const left = descriptor.length - this.done;
    if (left === 0) return false;
    const address = (descriptor.destination + this.done) % ADDRESS_LIMIT;
    // FAULT mps-ignored
    const factor = device.faults.is('mps-ignored') ? 2 : 1;
    const maxBytes = Math.min(READ_BYTES_MAX, factor * device.settings.maxPayloadBytes);
    let bytes = requestBytes(address, left, maxBytes, this.stopsAligned);
    const isCopy = descriptor.opcode === WorkOpcode.COPY;
    if (isCopy && this.window.ready - this.done < bytes) return false;
    const room = isCopy ? this.window.ready - this.done : left;
    bytes = requests.crossing(address, bytes, Math.min(room, maxBytes - (address % 4)));
    if (bytes === left && this.sendsRecordEarly()) return true;
    const payload = requests.beginPayload(address, bytes);
    if (isCopy) {
      this.window.copy(this.done, bytes, payload, address % 4);
      // FAULT copy-last-byte
      if (bytes === left && device.faults.strikes('copy-last-byte', 3)) {
        payload[(address % 4) + bytes - 1] ^= 0xff;
      }
    } else {
      this.fill(payload, address, bytes);
    }
    requests.write(address, bytes, descriptor.isRelaxed);
    this.done += bytes;
    this.pace();
    this.progress();
    return true;
  }

  private fill(payload: Uint8Array, address: number, bytes: number): void {
    const pattern = this.descriptor.bytes;
    // FAULT fill-phase
    const phase = this.device.faults.is('fill-phase') ? address : this.done;
    const lane = address % 4;
    for (let k = 0; k < bytes; k++) payload[lane + k] = pattern[24 + ((phase + k) % 8)];
  }

  private digest(): void {
    const { window } = this;
    if (window.ready === this.done) return;
    this.crc = window.crc(this.done, window.ready, this.crc);
    this.done = window.ready;
  }

  private sendAtomic(): boolean {
    const { queue, descriptor } = this;
    if (queue === undefined || this.isAtomicSent) return false;
    if (!this.requests.atomic(queue, descriptor)) return false;
    this.isAtomicSent = true;
    this.outstanding++;
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
    this.finish();
    return needsRecord || sendsMessage;
  }

  private wantsInterrupt(): boolean {
    const { descriptor, device, queue } = this;
    if (queue === undefined || !descriptor.hasInterrupt) return false;
    return descriptor.vector < device.vectorCountOf(queue);
  }

  private sendRecord(isCommitted: boolean): void {
    const { record, n, entries } = this;
    const phase = (n & entries) === 0 ? 1 : 0;
    writeU32Le(record, 0, this.failure | (phase << 8) | (n << 16));
    writeU32Le(record, 4, this.bytesTransferred());
    const hasResult = this.failure === 0;
    const isCrc = hasResult && this.descriptor.opcode === WorkOpcode.CRC32;
    const isAtomic = hasResult && this.isAtomicSent;
    // FAULT crc-wrong
    const crc = isCrc && this.device.faults.strikes('crc-wrong', 2) ? ~this.crc : this.crc;
    record.fill(0, 8);
    if (isCrc) writeU32Le(record, 8, crc);
    if (isAtomic) record.set(this.atomicResult.subarray(0, this.descriptor.length), 8);
    const address = (this.records + RECORD_BYTES * (n % entries)) % ADDRESS_LIMIT;
    this.requests.record(address, record, isCommitted);
    this.isRecordSent = true;
  }

  private bytesTransferred(): number {
    const { descriptor, failure } = this;
    const { opcode, length } = descriptor;
    if (failure >= WorkStatus.BAD_OPCODE || opcode === WorkOpcode.NOP) return 0;
    if (failure === 0) return length;
    return opcode === WorkOpcode.COPY ? this.done : 0;
  }

  private finish(): void {
    const { queue, device } = this;
    if (queue === undefined) return;
    queue.ops = (queue.ops + 1) >>> 0;
    if (!queue.isVf) device.sdis.countOperation(queue.index);
    this.drop(queue);
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
    const address = (descriptor.destination + descriptor.length) % ADDRESS_LIMIT;
    const bytes = Math.min(STRAY_BYTES, requestBytes(address, STRAY_BYTES, READ_BYTES_MAX, true));
    requests.beginPayload(address, bytes);
    requests.write(address, bytes, false);
    this.device.link.wakeEngine(this.index);
    return true;
  }

  private pace(): void {
    this.isPaced = true;
    this.pause(REQUEST_PACING_PS);
  }

  private pause(range: Range): void {
    const { device } = this;
    const atPs = device.nowPs + device.draw(range);
    device.events.schedule(atPs, DeviceEvent.ENGINE_READY, this.index, ++this.epoch);
  }
}
