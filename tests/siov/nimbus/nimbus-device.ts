// Nimbus, the device: a small SIOV device of another vendor behind the DUT port. Events in time order; what a TLP of the host does is
// in nimbus-host-side.ts, the work of queues in nimbus-engine.ts.
import { assert, UsageError } from '#base/assert';
import { PacketBatch } from '#base/packet-batch';
import type { DutHello, DutInfo, DutPort, StepReply, TlpBatch } from '#dut/dut-port';
import { encodeTlp } from '#pcie/codec';
import { Tlp } from '#pcie/tlp';
import { RandomStream } from '#random/random-stream';
import { NimbusConfigSpace } from './nimbus-config-space.ts';
import { NimbusEngine } from './nimbus-engine.ts';
import { NimbusFaults } from './nimbus-faults.ts';
import { NimbusHostSide } from './nimbus-host-side.ts';
import { checkNimbusParams, type NimbusParams } from './nimbus-params.ts';
import { NimbusTable } from './nimbus-table.ts';

const PS_PER_BYTE = 32;
const FRAMING_BYTES = 12;
const ERR_NONFATAL = 0x31;

interface Scheduled {
  readonly atPs: number;
  readonly run: () => void;
}

export class NimbusDevice {
  nowPs = 0;
  bus = 0;
  /** The PF answers RRS until then. */
  flrUntilPs = 0;
  readonly sent = new PacketBatch();
  readonly params: NimbusParams;
  readonly faults: NimbusFaults;
  readonly random: RandomStream;
  readonly config: NimbusConfigSpace;
  readonly table: NimbusTable;
  readonly engine: NimbusEngine;
  readonly hostSide: NimbusHostSide;
  private events: Scheduled[] = [];
  private linkFreePs = 0;

  constructor(params: NimbusParams, seed: string, fault: string | undefined) {
    this.params = params;
    this.faults = new NimbusFaults(fault);
    this.random = new RandomStream(`nimbus ${seed}`);
    this.config = new NimbusConfigSpace(params);
    this.table = new NimbusTable(this);
    this.engine = new NimbusEngine(this);
    this.hostSide = new NimbusHostSide(this);
  }

  get pfRid(): number {
    return this.bus << 8;
  }

  get nextPs(): number {
    return this.events[0]?.atPs ?? Infinity;
  }

  /** Cold and hot reset alike. */
  powerUp(): void {
    this.bus = 0;
    this.flrUntilPs = 0;
    this.events = [];
    this.linkFreePs = this.nowPs;
    this.config.reset();
    this.table.freeAll();
    this.engine.reset();
    this.hostSide.reset();
  }

  /** After `delayPs`; among those of one time the first that was asked for comes first. */
  after(delayPs: number, run: () => void): void {
    const atPs = this.nowPs + delayPs;
    let place = this.events.length;
    while (place > 0 && this.events[place - 1].atPs > atPs) place--;
    this.events.splice(place, 0, { atPs, run });
  }

  /** A random time in picoseconds. */
  between(lowNs: number, highNs: number): number {
    return 1000 * this.random.range(lowNs, highNs);
  }

  /** Leaves when the link has carried what was sent before; returns when it is free again. */
  send(tlp: Tlp): number {
    const bytes = encodeTlp(tlp);
    const leavesPs = Math.max(this.nowPs, this.linkFreePs);
    this.linkFreePs = leavesPs + (bytes.length + FRAMING_BYTES) * PS_PER_BYTE;
    this.after(leavesPs - this.nowPs, () => this.sent.push(this.nowPs, bytes));
    return this.linkFreePs;
  }

  /** An error is logged, and told where reporting is on. */
  tellError(): void {
    this.hostSide.eventLog++;
    if (!this.config.tellsErrors || this.faults.has('error-untold')) return;
    const tlp = new Tlp();
    tlp.kind = 'Msg';
    tlp.messageCode = ERR_NONFATAL;
    tlp.requesterId = this.faults.has('error-by-sdi') ? this.table.someRid() : this.pfRid;
    this.send(tlp);
  }

  /** @param withLast events of `untilPs` itself, too. */
  runUntil(untilPs: number, withLast: boolean): void {
    const endPs = withLast ? untilPs : untilPs - 1;
    while (this.nextPs <= endPs) this.runNext();
  }

  runNext(): void {
    const next = this.events.shift();
    assert(next !== undefined, 'there is an event to run');
    this.nowPs = next.atPs;
    next.run();
  }
}

/** A DUT port that answers at once. */
export interface NimbusPort extends DutPort {
  hello(hello: DutHello): DutInfo;
  step(untilPs: number, arriving: TlpBatch): StepReply;
  reset(): void;
  bye(): void;
}

/** @throws UsageError at HELLO for parameters that Nimbus does not take. */
export function createNimbus(fault?: string): NimbusPort {
  let device: NimbusDevice | undefined;
  let lookaheadPs = 0;
  const present = (): NimbusDevice => {
    assert(device !== undefined, 'HELLO comes first');
    return device;
  };
  return {
    hello(hello) {
      const params = checkNimbusParams(hello.params);
      if (typeof params === 'string') throw new UsageError('dut-fatal', params);
      device = new NimbusDevice(params, hello.seed, fault);
      lookaheadPs = hello.lookaheadPs;
      return { name: 'nimbus', version: '1', params: { ...params }, features: [] };
    },
    step: (untilPs, arriving) => step(present(), { untilPs, lookaheadPs }, arriving),
    reset: () => present().powerUp(),
    bye: () => undefined,
  };
}

/** A TLP that arrives at the time of an event comes first; a long STEP ends with the first TLP (DUT protocol, STEP). */
function step(
  device: NimbusDevice,
  { untilPs, lookaheadPs }: { readonly untilPs: number; readonly lookaheadPs: number },
  arriving: TlpBatch,
): StepReply {
  const isLong = untilPs - device.nowPs > lookaheadPs;
  device.sent.clear();
  for (let i = 0; i < arriving.count; i++) {
    const atPs = arriving.timePs(i);
    device.runUntil(atPs, false);
    device.nowPs = atPs;
    device.hostSide.arrive(arriving.bytes(i).slice());
  }
  if (isLong) {
    while (device.nextPs <= untilPs && device.sent.count === 0) device.runNext();
    if (device.sent.count > 0) {
      device.runUntil(device.nowPs, true);
      return { nowPs: device.nowPs, nextPs: device.nextPs, tlps: device.sent };
    }
  } else device.runUntil(untilPs, true);
  device.nowPs = untilPs;
  return { nowPs: untilPs, nextPs: device.nextPs, tlps: device.sent };
}
