// A tenant: the owner of one queue (an SDI's or a VF's) at a time, and of the memory that the queue works on. The
// hypervisor gives and takes the queue; the tenant's driver posts work; its operations wait here for results. In a crowd of
// SDIs it works for one after the other: it visits their homes.
// Source: SRD §7; design decision 4.
import { assert } from '#base/assert';
import type { SimEvent, Process } from '#kernel/process';
import { ns, us } from '#kernel/time';
import { delay, untilTime, waitAny } from '#kernel/wait';
import type { RandomStream } from '#random/random-stream';
import type { WorkItem } from '#sequences/items/work-item';
import type { HostEvent } from '#siov/host-event';
import { INDEX_MASK } from '#siov/work';
import { Agent } from '#uvm/agent';
import { Sequencer } from '#uvm/sequencer';
import type { AccessStyle, DeviceDriver, QueueSetup } from '../device-driver.ts';
import type { MessageSlots } from '../message-slots.ts';
import type { SiovSwarm } from '../siov-env-config.ts';
import type { TenantHome } from '../tenant-home.ts';
import type { TenantSpace } from '../tenant-space.ts';
import { TenantDriver } from './tenant-driver.ts';
import type { TenantQueue } from './tenant-queue.ts';

/** What a tenant is given once, in the connect phase. */
export interface TenantWiring {
  readonly index: number;
  readonly device: DeviceDriver;
  readonly swarm: SiovSwarm;
  readonly publish: (event: HostEvent) => void;
  readonly messages: MessageSlots;
  /** Its own memory, and the place of its queue. */
  readonly home: TenantHome;
  /** Whether the device has the opcode, with its parameters and the settings of the PF. */
  readonly canExecute: (opcode: number) => boolean;
  /** Works on VFs; otherwise on SDIs. */
  readonly wantsVf: boolean;
  /** Policy `timing.momentNs`. */
  readonly momentNs: number;
}

/** A poll of a queue whose work leaves no record. */
const STATUS_POLL_PS = us(2);
/** On top of the moment that a device has to obey a stop: the way there and back. */
const STOP_SLACK_NS = 600;
const STOP_POLLS_MAX = 400;
/** On top of the moment for which a vector is masked before its message changes (SRD §4 (b)). */
const MASK_SLACK_NS = 50;

export class TenantAgent extends Agent {
  readonly child = this.children({ sequencer: Sequencer<WorkItem>, driver: TenantDriver });
  private wiring: TenantWiring | undefined;
  private visited: TenantHome | undefined;

  wire(wiring: TenantWiring): void {
    this.wiring = wiring;
  }

  /** Where it works now: its own home, or the one that it visits. */
  get home(): TenantHome {
    return this.visited ?? this.wired.home;
  }

  /** Works for another home until it visits none; undefined: for its own. */
  visit(home: TenantHome | undefined): void {
    this.visited = home;
  }

  get progress(): SimEvent {
    return this.home.progress;
  }

  get queue(): TenantQueue | undefined {
    return this.home.queue;
  }

  get queueCount(): number {
    return this.home.queueCount;
  }

  get wired(): TenantWiring {
    assert(this.wiring !== undefined, 'a tenant is wired in the connect phase');
    return this.wiring;
  }

  get index(): number {
    return this.wired.index;
  }

  get device(): DeviceDriver {
    return this.wired.device;
  }

  get swarm(): SiovSwarm {
    return this.wired.swarm;
  }

  /** It owns a queue. A disabled one may be set up, filled and rung, and runs when its SDI is enabled (SRD §7). */
  get isUsable(): boolean {
    return this.queue !== undefined;
  }

  /** The memory that requests of the running queue reach. */
  get space(): TenantSpace {
    return this.home.space;
  }

  // --- running the queue ------------------------------------------------------------------------------------------------------

  /** Starts the queue with a ring drawn from `stream`; nothing is in flight. */
  startQueue(queue: TenantQueue, stream: RandomStream): void {
    assert(queue === this.queue, 'a queue is started by its owner');
    assert(!queue.isStarted, 'a queue is stopped before it is started again');
    const { swarm } = this;
    const { plainSpace, pasidSpace } = this.home;
    const usesPasid = pasidSpace !== undefined && stream.chance(swarm.work.pasidPercent, 100);
    const space = usesPasid ? pasidSpace : plainSpace;
    const setup = this.drawSetup(space, stream);
    // Records of an earlier life of the ring must not look like new ones.
    const { recordBytes } = this.device.format;
    space.write(setup.recordBase, new Uint8Array(setup.ringEntries * recordBytes));
    this.device.startQueue(queue.target, setup, drawStyle(stream));
    queue.started(setup);
  }

  /** Rings for everything posted. */
  ring(queue: TenantQueue): void {
    this.device.ringDoorbell(queue.target, queue.tail);
    queue.rung = queue.posted;
  }

  /**
   * Stops the queue and waits until nothing of it executes; goes on with a stop that was interrupted.
   * @returns false when the queue was taken meanwhile, or the device does not say that it is idle.
   */
  *stopQueue(queue: TenantQueue): Process<boolean> {
    if (!queue.isStopSent) this.device.stopQueue(queue.target);
    queue.isStopping = true;
    queue.isStopSent = true;
    yield delay(ns(this.wired.momentNs + STOP_SLACK_NS));
    for (let poll = 0; poll < STOP_POLLS_MAX && this.queue === queue; poll++) {
      const status = yield* this.device.queueStatus(queue.target);
      if (this.queue !== queue) return false;
      if (status !== undefined && !status.isExecuting) {
        queue.stopped();
        return true;
      }
      yield delay(STATUS_POLL_PS);
    }
    return false;
  }

  /**
   * Waits until the first `count` descriptors of the queue have ended.
   * @returns false when the queue was taken or stopped, or `boundPs` has passed.
   */
  *waitEnded(queue: TenantQueue, count: number, boundPs: number): Process<boolean> {
    const deadlinePs = this.kernel.nowPs + boundPs;
    const { setup } = queue;
    for (;;) {
      this.scanRecords(queue);
      if (this.queue !== queue || queue.setup !== setup || queue.isStopping) return false;
      if (queue.ended >= count) return true;
      const leftPs = deadlinePs - this.kernel.nowPs;
      if (leftPs <= 0) return false;
      const hasRecordAhead = queue.inFlight.some((work) => work.hasRecord && work.n < queue.rung);
      if (hasRecordAhead) yield* waitAny(this.progress, delay(leftPs));
      else yield* this.pollStatus(queue);
    }
  }

  /** Looks for new completion records in memory: what has one has ended, and so has all before it. */
  scanRecords(queue: TenantQueue): void {
    const { setup } = queue;
    if (setup === undefined) return;
    const { recordBytes, decodeRecord, recordPhase } = this.device.format;
    let endedCount = queue.ended;
    for (const work of queue.inFlight) {
      if (!work.hasRecord) continue;
      const slot = work.n % setup.ringEntries;
      const bytes = this.space.read(setup.recordBase + slot * recordBytes, recordBytes);
      const record = decodeRecord(bytes);
      const isNew =
        record.n === (work.n & INDEX_MASK) &&
        record.phase === recordPhase(work.n, setup.ringEntries);
      if (!isNew) break;
      endedCount = work.n + 1;
    }
    queue.endedUpTo(endedCount);
  }

  /** Asks the device how far it is; for work that leaves no record. */
  *pollStatus(queue: TenantQueue): Process {
    const { setup } = queue;
    const status = yield* this.device.queueStatus(queue.target);
    if (this.queue !== queue || queue.setup !== setup || setup === undefined) return;
    if (status !== undefined) {
      const fetched = queue.ended + ((status.head - queue.ended) & INDEX_MASK);
      const endedCount = status.isExecuting ? fetched - 1 : fetched;
      if (fetched <= queue.rung) queue.endedUpTo(Math.max(queue.ended, endedCount));
    }
    yield* waitAny(this.progress, delay(STATUS_POLL_PS));
  }

  // --- vectors ------------------------------------------------------------------------------------------------------------------

  /** Leaves. */
  setMask(queue: TenantQueue, vector: number, isMasked: boolean): void {
    const view = queue.vectors[vector];
    if (isMasked && !view.isMasked) view.maskedSincePs = this.kernel.nowPs;
    view.isMasked = isMasked;
    this.device.maskVector(queue.target, vector, isMasked);
  }

  /** Gives a vector a new message, masked as SRD §4 (b) asks; it stays masked. False: the queue was lost meanwhile. */
  *program(queue: TenantQueue, vector: number, stream: RandomStream): Process<boolean> {
    const view = queue.vectors[vector];
    if (!view.isMasked) this.setMask(queue, vector, true);
    const message = this.wired.messages.draw(stream);
    yield untilTime(view.maskedSincePs + ns(this.wired.momentNs + MASK_SLACK_NS));
    if (this.queue !== queue) return false;
    view.message = message;
    this.device.programVector(queue.target, vector, message);
    return true;
  }

  private drawSetup(space: TenantSpace, stream: RandomStream): QueueSetup {
    const { format } = this.device;
    const { ring, records } = space.layout;
    const bitsMax = Math.min(this.swarm.work.ringBitsMax, Math.log2(format.ringEntriesMax));
    const bitsMin = Math.log2(format.ringEntriesMin);
    const ringEntries = 2 ** stream.range(bitsMin, Math.max(bitsMin, bitsMax));
    const ringSlots = (ring.length - ringEntries * format.descriptorBytes) / format.descriptorBytes;
    const recordSlots = (records.length - ringEntries * format.recordBytes) / format.recordBytes;
    return {
      ringBase: ring.base + stream.range(0, ringSlots) * format.descriptorBytes,
      ringEntries,
      recordBase: records.base + stream.range(0, recordSlots) * format.recordBytes,
      pasid: space.pasid,
    };
  }
}

/** How an operation's accesses vary. */
export function drawStyle(stream: RandomStream): AccessStyle {
  return { wide: stream.bool(), noise: stream.uint32() };
}
