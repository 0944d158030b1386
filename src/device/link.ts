// The device's end of the link: one TLP at a time, at the rate of the link. Nothing is made before it may leave: each
// time the link is free the first of these that has something sends it: messages committed with a record, completions,
// interrupts that waited, engines in turn. So what a register write or a reset forbids cannot be under way any more.
import { copyOfBytes, viewOf } from '#base/fresh-bytes';
import { Queue } from '#base/queue';
import { PacketBatch } from '#base/packet-batch';
import { encodeTlpInto, TLP_BYTES_MAX } from '#pcie/codec';
import { NO_PASID, Tlp } from '#pcie/tlp';
import { writeU32Le } from '#base/bytes';
import { DeviceEvent } from './event-queue.ts';
import { VectorSpace, vfOf } from './interrupts.ts';
import type { SiovDevice } from './siov-device.ts';
import { LINK_FRAMING_BYTES, LINK_PS_PER_BYTE } from './timing.ts';

const TWO_32 = 0x1_0000_0000;
/** With more completions than these waiting the link does not rest: each must leave within 20 µs (SRD §4). */
const RESTING_COMPLETIONS = 16;

export class Link {
  /** TLPs that have left, with their times, since the owner last cleared it. */
  readonly sent = new PacketBatch();
  private readonly device: SiovDevice;
  private readonly buffer = new Uint8Array(TLP_BYTES_MAX);
  /** Committed: leave before anything else. Encoded. */
  private readonly committed = new Queue<Uint8Array>();
  private readonly completions = new Queue<Uint8Array>();
  /** Completions whose latency has not passed, by the number in their event. */
  private readonly inLatency = new Map<number, Uint8Array>();
  private nextLatencyId = 0;
  /** Engines that may have something to send, each at most once. */
  private readonly engines = new Queue<number>();
  private readonly isEngineInLine = new Uint8Array(64);
  private freeAtPs = 0;
  /** TLPs since the link last rested. */
  private burst = 0;
  /** TLPs on their way out, and when the last of them leaves. */
  private readonly outbound = new Queue<Uint8Array>();
  private lastDeparturePs = 0;
  private isArmed = false;
  private readonly message = new Tlp();
  private readonly messageData = new Uint8Array(4);

  constructor(device: SiovDevice) {
    this.device = device;
  }

  /** Asks for a turn: something may be ready to leave. */
  wake(): void {
    if (this.isArmed) return;
    this.isArmed = true;
    const { nowPs, events } = this.device;
    events.schedule(Math.max(nowPs, this.freeAtPs), DeviceEvent.LINK_FREE);
  }

  /** An engine may have something to send. */
  wakeEngine(engine: number): void {
    if (this.isEngineInLine[engine] !== 0) return;
    this.isEngineInLine[engine] = 1;
    this.engines.push(engine);
    this.wake();
  }

  /** A completion that is ready `latencyPs` from now; takes its turn then. */
  complete(tlp: Tlp, latencyPs: number): void {
    const id = this.nextLatencyId++;
    this.inLatency.set(id, copyOfBytes(this.encode(tlp)));
    this.device.events.schedule(this.device.nowPs + latencyPs, DeviceEvent.COMPLETION_READY, id);
  }

  /** The latency of completion `id` has passed. */
  onCompletionReady(id: number): void {
    const bytes = this.inLatency.get(id);
    if (bytes === undefined) return;
    this.inLatency.delete(id);
    this.completions.push(bytes);
    this.wake();
  }

  /** The link is free: one TLP leaves, if there is one. */
  onFree(): void {
    this.isArmed = false;
    if (this.rests()) return;
    const ready = this.committed.shift() ?? this.completions.shift();
    if (ready !== undefined) this.put(ready);
    else if (!this.device.interrupts.trySend()) this.serveEngines();
    const { committed, completions, engines } = this;
    const more = committed.length + completions.length + engines.length;
    if (more > 0 || this.device.interrupts.hasWork) this.wake();
  }

  /** The first TLP on its way out leaves the device. */
  onDeparture(): void {
    const bytes = this.outbound.shift();
    if (bytes !== undefined) this.sent.push(this.device.nowPs, bytes);
  }

  /** Sends now. Only for those whom `onFree` asks. */
  send(tlp: Tlp): void {
    const bytes = this.encode(tlp);
    // FAULT tlp-cut-short
    const isCut = tlp.payload.length > 4 && this.device.faults.strikes('tlp-cut-short', 6);
    this.put(isCut ? viewOf(bytes, 0, bytes.length - 4) : bytes);
  }

  /** Sends next, whatever happens meanwhile but a cold or hot reset. */
  commit(tlp: Tlp): void {
    this.committed.push(copyOfBytes(this.encode(tlp)));
    this.wake();
  }

  /** Sends the message of a vector now. Only for those whom `onFree` asks. */
  sendMessage(space: number, index: number): void {
    this.send(this.fillMessage(space, index));
  }

  /** Sends the message of a vector next, as it is programmed now. */
  commitMessage(space: number, index: number): void {
    this.commit(this.fillMessage(space, index));
  }

  /** Cold or hot reset: everything under way is lost. */
  reset(): void {
    this.committed.clear();
    this.completions.clear();
    this.inLatency.clear();
    this.engines.clear();
    this.outbound.clear();
    this.lastDeparturePs = 0;
    this.isEngineInLine.fill(0);
    this.isArmed = false;
    this.freeAtPs = this.device.nowPs;
  }

  /** After a burst nothing leaves for a while, but what is committed. */
  private rests(): boolean {
    const { character, events, nowPs } = this.device;
    if (character.restPs === 0 || this.burst < character.burstLength) return false;
    if (this.committed.length > 0 || this.completions.length > RESTING_COMPLETIONS) return false;
    this.burst = 0;
    this.isArmed = true;
    events.schedule(nowPs + character.restPs, DeviceEvent.LINK_FREE);
    return true;
  }

  private serveEngines(): void {
    for (;;) {
      const engine = this.engines.shift();
      if (engine === undefined) return;
      this.isEngineInLine[engine] = 0;
      if (this.device.scheduler.engines[engine].sendOne()) return;
    }
  }

  private encode(tlp: Tlp): Uint8Array {
    return viewOf(this.buffer, 0, encodeTlpInto(tlp, this.buffer));
  }

  private put(bytes: Uint8Array): void {
    const { nowPs, character, random, events } = this.device;
    this.burst++;
    if (character.egressPs === 0) {
      this.sent.push(nowPs, bytes);
    } else {
      const latestPs = nowPs + random.below(character.egressPs + 1);
      this.lastDeparturePs = Math.max(latestPs, this.lastDeparturePs);
      this.outbound.push(copyOfBytes(bytes));
      events.schedule(this.lastDeparturePs, DeviceEvent.DEPARTURE);
    }
    this.freeAtPs = nowPs + (bytes.length + LINK_FRAMING_BYTES) * LINK_PS_PER_BYTE;
  }

  private fillMessage(space: number, index: number): Tlp {
    const { interrupts, faults, sdis } = this.device;
    const { message, messageData } = this;
    const table = interrupts.tables[space];
    let entry = index;
    // FAULT ims-neighbour
    if (space === VectorSpace.IMS && faults.strikes('ims-neighbour', 3)) {
      entry = sdis.entryOfOther(index);
    }
    const address = table.addressHigh[entry] * TWO_32 + table.addressLow[entry];
    writeU32Le(messageData, 0, table.data[entry]);
    message.kind = address < TWO_32 ? 'MWr32' : 'MWr64';
    message.requesterId = this.messageRid(space, index);
    message.addressHigh = table.addressHigh[entry];
    message.addressLow = table.addressLow[entry];
    message.lengthDw = 1;
    message.firstBe = 0xf;
    message.lastBe = 0;
    message.pasid = NO_PASID;
    message.payload = messageData;
    return message;
  }

  private messageRid(space: number, index: number): number {
    const { faults, sdis, vfs, pfRid } = this.device;
    if (space === VectorSpace.PF) return pfRid;
    if (faults.strikes('interrupt-pf-rid', 3)) return pfRid; // FAULT interrupt-pf-rid
    return space === VectorSpace.IMS ? sdis.ridOfEntry(index) : vfs.ridOf(vfOf(index));
  }
}
