// The host as a requester: configuration and memory requests of its own, and whatever else a sequence wants answered.
// Source: siov-facts §9 R-REQ-4..6, R-REQ-9, R-CPL-1..5, §2.2 (byte and word reads are 1-DW requests with byte enables);
// SRD §4 "Progress" (the device completes a non-posted request within 20 µs).
//
//   const reply = yield* requester.configRead(0x0100, 0x00, 4);   // { status: 'SC', value: 0x510f1234, data }
//   requester.memoryWrite(bar0 + 0x128, bytes);                   // posted: leaves now
import { hex } from '#base/bits';
import { SimEvent, type Process } from '#kernel/process';
import { us } from '#kernel/time';
import { delay, waitAny } from '#kernel/wait';
import { answersWithData, configRead, configWrite, memoryRead, memoryWrite } from '#pcie/build';
import { busOf, printRid } from '#pcie/routing-id';
import { byteLengthOf, leadingBytes } from '#pcie/rules';
import { CompletionStatus, isConfigRequest, type Tlp } from '#pcie/tlp';
import type { HostEvent } from '#siov/host-event';
import { Component } from '#uvm/component';
import { AnalysisPort } from '#uvm/ports';
import type { TlpReceiver, TlpSender } from './host-ports.ts';
import type { RootPort } from './root-port.ts';
import { TagPool, type TagBits } from './tag-pool.ts';

/** How a request ended; `reset`: the device was reset, `timeout`: no answer in time. */
export type HostStatus = 'SC' | 'UR' | 'RRS' | 'CA' | 'reserved' | 'timeout' | 'reset';

export interface HostCompletion {
  readonly status: HostStatus;
  /** The bytes asked for; all ones unless `status` is SC. */
  readonly data: Uint8Array;
  /** The first 1..4 bytes of `data` as a number, little-endian. */
  readonly value: number;
}

/** Where the requester stands; given once, in the connect phase. */
export interface RequesterWiring {
  readonly link: TlpSender;
  readonly rootPort: RootPort;
  /** Link delay in each direction, ps. */
  readonly lookaheadPs: number;
}

/** The device completes a non-posted request of the host within this time (SRD §4). */
const PROGRESS_BOUND_PS = us(20);

class Outstanding {
  readonly done: SimEvent;
  readonly data: Uint8Array;
  readonly startByte: number;
  received = 0;
  status: HostStatus = 'SC';
  isOver = false;

  constructor(name: string, startByte: number, length: number) {
    this.done = new SimEvent(name);
    this.startByte = startByte;
    this.data = new Uint8Array(length);
  }
}

export class HostRequester extends Component implements TlpReceiver {
  /** Requests that were not completed in time. */
  readonly liveness = new AnalysisPort<HostEvent>('liveness');
  /** Requester ID of the root port. */
  requesterId = 0;
  /** Completions that matched no request of the host; rules about them are the scoreboards'. */
  strayCount = 0;

  private wiring: RequesterWiring | undefined;
  private boundPs = PROGRESS_BOUND_PS;
  private readonly tags = new TagPool();
  private readonly tagFreed = new SimEvent('a free tag of the host');
  /** Tags of requests that were given up. */
  private lostCount = 0;
  private readonly outstanding: (Outstanding | undefined)[] = [];

  connect(wiring: RequesterWiring): void {
    this.wiring = wiring;
    this.boundPs = PROGRESS_BOUND_PS + 2 * wiring.lookaheadPs;
  }

  /** Requests from now on use tags of this width; 10 bits: 256..1023. */
  useTagBits(bits: TagBits): void {
    this.tags.use(bits);
  }

  /** Requests whose answer is still awaited, those given up included. */
  get outstandingCount(): number {
    return this.tags.takenCount;
  }

  /**
   * Reads `byteLength` (1, 2 or 4, inside one DW) of the configuration space of `rid`.
   * @param type 0 or 1; by default Type 0 on the root port's secondary bus and Type 1 below it.
   */
  *configRead(
    rid: number,
    offset: number,
    byteLength: number,
    type = this.configType(rid),
  ): Process<HostCompletion> {
    const { requesterId } = this;
    const tlp = configRead({ requesterId, destinationId: rid, offset, byteLength, type });
    return yield* this.request(tlp);
  }

  /** Writes the low `byteLength` (1, 2 or 4, inside one DW) of `value`; Type as for reads by default. */
  *configWrite(
    rid: number,
    offset: number,
    byteLength: number,
    value: number,
  ): Process<HostCompletion> {
    const target = { destinationId: rid, offset, byteLength, type: this.configType(rid) };
    const tlp = configWrite({ requesterId: this.requesterId, ...target, value });
    return yield* this.request(tlp);
  }

  /** Reads bytes that lie in one 4 KiB page; 0 bytes: a zero-length read, whose answer has no byte. */
  *memoryRead(address: number, byteLength: number): Process<HostCompletion> {
    return yield* this.request(memoryRead({ requesterId: this.requesterId, address, byteLength }));
  }

  /** Writes bytes that lie in one 4 KiB page; posted: it leaves now. */
  memoryWrite(address: number, bytes: Uint8Array): void {
    const { requesterId } = this;
    this.connected.link.send(memoryWrite({ requesterId, address, bytes }));
  }

  /** Sends a posted TLP as it is, with the host's Requester ID. */
  post(tlp: Tlp, injected = false): void {
    tlp.requesterId = this.requesterId;
    this.connected.link.send(tlp, injected);
  }

  /**
   * Sends a non-posted request of any kind, with a Requester ID and tag of the host, and waits for all its completions.
   * It leaves at once unless all tags are in use. `tlp` stays as it is until then.
   * @param injected the request breaks a rule on purpose; it must still be one that the device answers.
   */
  *request(tlp: Tlp, injected = false): Process<HostCompletion> {
    const { link } = this.connected;
    while (!this.tags.hasFree && this.lostCount < this.tags.takenCount) yield this.tagFreed;
    tlp.requesterId = this.requesterId;
    tlp.tag = this.tags.take();
    const entry = new Outstanding('completion', leadingBytes(tlp), answerLength(tlp));
    this.outstanding[tlp.tag] = entry;
    const sentPs = this.kernel.nowPs;
    link.send(tlp, injected);
    yield* waitAny(entry.done, delay(this.boundPs));
    if (!entry.isOver) this.giveUp(entry, describeRequest(tlp), sentPs);
    if (entry.status !== 'SC') entry.data.fill(0xff);
    return { status: entry.status, data: entry.data, value: leadingValue(entry.data) };
  }

  /** A completion arrives now. */
  receive(completion: Tlp): void {
    const entry = this.outstanding[completion.tag];
    if (entry === undefined || completion.requesterId !== this.requesterId) {
      this.strayCount++;
      return;
    }
    if (completion.status !== CompletionStatus.SC) entry.status = statusWord(completion.status);
    else if (!this.takeData(entry, completion)) return;
    this.free(completion.tag, entry);
  }

  /** The device has been reset: whoever waits gets the status `reset`. */
  reset(): void {
    for (let tag = 0; tag < this.outstanding.length; tag++) {
      const entry = this.outstanding[tag];
      if (entry === undefined) continue;
      if (!entry.isOver) entry.status = 'reset';
      this.free(tag, entry);
    }
  }

  /** Copies one part; true when the answer is complete. */
  private takeData(entry: Outstanding, completion: Tlp): boolean {
    const { payload } = completion;
    // A Cpl without data ends any request: what is missing is the checkers' business.
    if (payload.length === 0) return true;
    const skipped = entry.received === 0 ? entry.startByte : 0;
    const count = Math.min(payload.length - skipped, entry.data.length - entry.received);
    for (let i = 0; i < count; i++) entry.data[entry.received + i] = payload[skipped + i];
    entry.received += Math.max(0, count);
    return entry.received >= entry.data.length;
  }

  /** The answer is complete: its tag is free, and who waits for it goes on. */
  private free(tag: number, entry: Outstanding): void {
    this.outstanding[tag] = undefined;
    this.tags.free(tag);
    this.tagFreed.trigger();
    if (entry.isOver) this.lostCount--;
    else entry.done.trigger();
    entry.isOver = true;
  }

  /** The tag stays taken: its completion may still come. */
  private giveUp(entry: Outstanding, what: string, owedSincePs: number): void {
    entry.isOver = true;
    entry.status = 'timeout';
    this.lostCount++;
    this.liveness.write({
      kind: 'liveness',
      subject: 'host request',
      what,
      owedSincePs,
      boundPs: this.boundPs,
    });
  }

  /** Type of a Configuration Request: 0 on the root port's secondary bus, 1 below it. */
  configType(rid: number): 0 | 1 {
    return busOf(rid) === this.connected.rootPort.secondary ? 0 : 1;
  }

  private get connected(): RequesterWiring {
    return this.wiring ?? this.fatal('UNWIRED', 'connect() gives the requester its link');
  }
}

/** Bytes wanted; 0 where the answer has no data. */
function answerLength(tlp: Tlp): number {
  return answersWithData(tlp.kind) ? byteLengthOf(tlp) : 0;
}

function statusWord(status: number): HostStatus {
  switch (status) {
    case CompletionStatus.UR:
      return 'UR';
    case CompletionStatus.RRS:
      return 'RRS';
    case CompletionStatus.CA:
      return 'CA';
    default:
      return 'reserved';
  }
}

function leadingValue(data: Uint8Array): number {
  let value = 0;
  for (let i = Math.min(4, data.length) - 1; i >= 0; i--) value = value * 256 + data[i];
  return value;
}

/** One phrase for a person who reads that it was never answered. */
function describeRequest(tlp: Tlp): string {
  return isConfigRequest(tlp.kind)
    ? `${tlp.kind} of ${printRid(tlp.destinationId)}, offset ${hex(tlp.registerNumber * 4, 3)}`
    : `${tlp.kind} at ${hex(tlp.address)}`;
}
