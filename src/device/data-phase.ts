// The data of one descriptor (SRD §7): source reads, data writes, AtomicOps, in what pieces they leave, and how far they
// have come. The engine that owns it says when to send and learns from `isDone` that all has gone.
import { WorkOpcode, wrapAddress } from '#siov/work';
import { Cut, type Sizes } from './character.ts';
import type { Descriptor } from './descriptor.ts';
import type { EngineRequests } from './engine-requests.ts';
import { ReadWindow, WINDOW_BYTES } from './read-window.ts';
import { requestBytes } from './request-shape.ts';
import type { SiovDevice } from './siov-device.ts';
import type { WorkQueue } from './work-queue.ts';

export const REQUEST_BYTES_MAX = 4096;
const WHOLE: Sizes = { bytesMax: REQUEST_BYTES_MAX, cut: Cut.FULL };
const PLANNED_MAX = 4;

export class DataPhase {
  /** Bytes of the destination written (or of the source digested). */
  done = 0;
  crc = 0;
  readonly atomicResult = new Uint8Array(8);
  /** FAULT record-before-data: called with the last write about to leave; true: something else has left instead. */
  onLastWrite: () => boolean = () => false;
  private readonly device: SiovDevice;
  private readonly descriptor: Descriptor;
  private readonly requests: EngineRequests;
  private readonly window: ReadWindow;
  /** Bytes of the source asked for, those planned included. */
  private asked = 0;
  private isAtomicSent = false;
  private atomicBytes = 0;
  // Reads that have their place in the window, but have not left: the last one leaves first.
  private plannedCount = 0;
  private readonly plannedStarts = new Int32Array(PLANNED_MAX);
  private readonly plannedBytes = new Int32Array(PLANNED_MAX);
  private readonly plannedParts = new Int32Array(PLANNED_MAX);

  constructor(device: SiovDevice, descriptor: Descriptor, requests: EngineRequests) {
    this.device = device;
    this.descriptor = descriptor;
    this.requests = requests;
    this.window = new ReadWindow(device.faults.is('split-swapped'));
  }

  /** A new descriptor. */
  begin(): void {
    this.done = 0;
    this.crc = 0;
    this.asked = 0;
    this.isAtomicSent = false;
    this.atomicBytes = 0;
    this.plannedCount = 0;
    this.window.clear();
  }

  /** Whether every request has left and, for CRC32, been answered. */
  get isDone(): boolean {
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

  /** Sends one request if one may leave. */
  sendOne(queue: WorkQueue): boolean {
    switch (this.descriptor.opcode) {
      case WorkOpcode.COPY:
        return this.sendWrite() || this.sendRead(queue);
      case WorkOpcode.FILL:
        return this.sendWrite();
      case WorkOpcode.CRC32:
        return this.sendRead(queue);
      default:
        return this.sendAtomic(queue);
    }
  }

  /** Bytes of read `part`, or of the AtomicOp, have arrived. Returns whether something may leave now. */
  take(part: number, bytes: Uint8Array): boolean {
    if (this.isAtomicSent) {
      this.atomicResult.set(bytes, this.atomicBytes);
      this.atomicBytes += bytes.length;
      return false;
    }
    this.window.take(part, bytes);
    if (this.descriptor.opcode !== WorkOpcode.CRC32) return true;
    this.digest();
    return false;
  }

  private sendRead(queue: WorkQueue): boolean {
    if (this.plannedCount === 0) this.planReads();
    if (this.plannedCount === 0) return false;
    const next = this.plannedCount - 1;
    const address = wrapAddress(this.descriptor.source + this.plannedStarts[next]);
    const bytes = this.plannedBytes[next];
    if (!this.requests.readData(queue, address, bytes, this.plannedParts[next])) return false;
    this.plannedCount = next;
    return true;
  }

  /** Finds the next reads of the source, as many as the device likes to plan and the window takes. */
  private planReads(): void {
    const { descriptor, device, window, plannedStarts, plannedBytes, plannedParts } = this;
    const { character, faults, settings, random } = device;
    // FAULT mrrs-ignored
    const ignoresSize = faults.is('mrrs-ignored');
    const maxBytes = ignoresSize ? REQUEST_BYTES_MAX : settings.maxReadBytes;
    const habit = { sizes: ignoresSize ? WHOLE : character.reads, random };
    while (this.plannedCount < character.readsPlanned && window.readCount < character.readsMax) {
      const left = descriptor.length - this.asked;
      if (left === 0) return;
      const address = wrapAddress(descriptor.source + this.asked);
      let bytes = requestBytes(address, left, maxBytes, habit);
      if (this.asked + bytes - this.done > WINDOW_BYTES) return;
      const most = Math.min(left, maxBytes - (address & 3));
      bytes = this.requests.crossing(address, bytes, most);
      const slot = this.plannedCount++;
      plannedStarts[slot] = this.asked;
      plannedBytes[slot] = bytes;
      plannedParts[slot] = window.nextRead;
      window.begin(this.asked, bytes);
      // FAULT read-twice: the next read asks for the same bytes.
      if (!faults.strikes('read-twice', 4)) this.asked += bytes;
    }
  }

  private sendWrite(): boolean {
    const { descriptor, device, requests } = this;
    const { character, faults, settings, random } = device;
    const left = descriptor.length - this.done;
    if (left === 0) return false;
    const isCopy = descriptor.opcode === WorkOpcode.COPY;
    const room = isCopy ? this.window.ready - this.done : left;
    if (room <= 0) return false;
    const address = wrapAddress(descriptor.destination + this.done);
    // FAULT mps-ignored
    const ignoresSize = faults.is('mps-ignored');
    const limitBytes = (ignoresSize ? 2 : 1) * settings.maxPayloadBytes;
    const maxBytes = Math.min(REQUEST_BYTES_MAX, limitBytes);
    const habit = { sizes: ignoresSize ? WHOLE : character.writes, random };
    const wanted = character.writesPartly ? room : left;
    let bytes = requestBytes(address, wanted, maxBytes, habit);
    if (room < bytes) return false;
    bytes = requests.crossing(address, bytes, Math.min(room, maxBytes - (address & 3)));
    if (bytes === left && this.onLastWrite()) return true;
    const payload = requests.beginPayload(address, bytes);
    if (isCopy) {
      this.window.copy(this.done, bytes, payload, address & 3);
      // FAULT copy-last-byte
      if (bytes === left && faults.strikes('copy-last-byte', 3)) {
        payload[(address & 3) + bytes - 1] ^= 0xff;
      }
    } else {
      this.fill(payload, address, bytes);
    }
    requests.write(address, bytes, descriptor.isRelaxed);
    this.done += bytes;
    return true;
  }

  private fill(payload: Uint8Array, address: number, bytes: number): void {
    const pattern = this.descriptor.bytes;
    // FAULT fill-phase
    const phase = this.device.faults.is('fill-phase') ? address : this.done;
    const lane = address & 3;
    for (let k = 0; k < bytes; k++) payload[lane + k] = pattern[24 + ((phase + k) & 7)];
  }

  private digest(): void {
    const { window } = this;
    if (window.ready === this.done) return;
    this.crc = window.crc(this.done, window.ready, this.crc);
    this.done = window.ready;
  }

  private sendAtomic(queue: WorkQueue): boolean {
    if (this.isAtomicSent || !this.requests.atomic(queue, this.descriptor)) return false;
    this.isAtomicSent = true;
    return true;
  }
}
