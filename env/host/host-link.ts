// The host's end of the link: what the run loop drives on one side, and the host's requester and memory use on the other.
// Source: DUT protocol (STEP, RESET); design decision 2 (the run loop exchanges TLPs at quantum boundaries).
//
// The link is first in, first out: TLPs leave in the order of the calls, so a completion never passes a write that the host
// posted before it. A TLP always leaves at the time of the call. Where the link has a bandwidth, whoever can wait asks
// `freeAtPs` (processes: `yield* link.whenFree()`) and sends then, so that host events and their TLPs keep one time.
import { assert } from '#base/assert';
import { viewOf } from '#base/fresh-bytes';
import { PacketBatch } from '#base/packet-batch';
import type { HostLinkPort, PlannedReset, ResetKind } from '#dut/dut-port';
import { SimEvent, type Process } from '#kernel/process';
import { untilTime } from '#kernel/wait';
import { encodeTlpInto, TLP_BYTES_MAX } from '#pcie/codec';
import { isCompletion, isMessage, type Tlp } from '#pcie/tlp';
import { Component } from '#uvm/component';
import type { LinkMonitor } from '../agents/link-monitor.ts';
import type { TlpReceiver, TlpSender } from './host-ports.ts';

/** Who takes what arrives, and who is told of a reset; given once, in the connect phase. */
export interface LinkWiring {
  readonly monitor: LinkMonitor;
  /** Completions of the host's own requests. */
  readonly completions: TlpReceiver;
  /** Requests of the device. */
  readonly requests: TlpReceiver;
  /** Called when the device has been reset and everything under way is lost. */
  readonly onReset: () => void;
  /** Delay of the link in each direction, ps. */
  readonly lookaheadPs: number;
}

/** A reset with the process that waits for it. */
interface WaitingReset extends PlannedReset {
  readonly happened: SimEvent;
  readonly atReset: () => void;
}

export class HostLink extends Component implements HostLinkPort, TlpSender {
  readonly outbound = new PacketBatch();
  /** Bandwidth towards the device, ps per byte; 0: unlimited. */
  psPerByte = 0;
  private freePs = 0;
  private wiring: LinkWiring | undefined;
  private readonly resets: WaitingReset[] = [];
  private readonly buffer = new Uint8Array(TLP_BYTES_MAX);

  connect(wiring: LinkWiring): void {
    this.wiring = wiring;
  }

  get freeAtPs(): number {
    return this.freePs;
  }

  /** Waits until the link has carried what was sent before. */
  *whenFree(): Process {
    while (this.freePs > this.kernel.nowPs) yield untilTime(this.freePs);
  }

  /** Sends one TLP now. @throws UsageError `bad-tlp` for a field out of range. */
  send(tlp: Tlp, injected = false): void {
    const length = encodeTlpInto(tlp, this.buffer);
    this.sendBytes(viewOf(this.buffer, 0, length), injected);
  }

  /** Sends these bytes now, whatever they are: the way for malformed TLPs. */
  sendBytes(bytes: Uint8Array, injected = true): void {
    const { nowPs } = this.kernel;
    this.freePs = Math.max(nowPs, this.freePs) + bytes.length * this.psPerByte;
    this.outbound.push(nowPs, bytes);
    this.connected.monitor.observeDown(nowPs, bytes, injected);
  }

  deliver(timePs: number, bytes: Uint8Array): void {
    const { monitor, completions, requests } = this.connected;
    const { tlp } = monitor.observeUp(timePs, bytes);
    // What cannot be decoded, and Messages, end here: the checkers have seen them.
    if (tlp === undefined || isMessage(tlp.kind)) return;
    if (isCompletion(tlp.kind)) completions.receive(tlp);
    else requests.receive(tlp);
  }

  /** The first of those that were asked for. */
  get plannedReset(): PlannedReset | undefined {
    return this.resets[0];
  }

  /**
   * Resets the device one look-ahead from now, and goes on when that has happened. Until then everything else goes on, too:
   * a device in another process may already be so far ahead.
   * @param atReset called at the moment of the reset, when nothing that was sent before can arrive any more.
   */
  *reset(kind: ResetKind, atReset: () => void = () => undefined): Process {
    const atPs = this.kernel.nowPs + this.connected.lookaheadPs;
    const happened = new SimEvent(`${kind} reset of the device`);
    this.resets.push({ kind, atPs, happened, atReset });
    yield happened;
  }

  resetDone(): void {
    const reset = this.resets.shift();
    assert(reset !== undefined, 'a reset that has happened was planned');
    this.outbound.clear();
    this.freePs = this.kernel.nowPs;
    reset.atReset();
    this.connected.onReset();
    reset.happened.trigger();
  }

  private get connected(): LinkWiring {
    return this.wiring ?? this.fatal('UNWIRED', 'connect() gives the link its receivers');
  }
}
