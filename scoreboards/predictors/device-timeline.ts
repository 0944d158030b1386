// Puts what the host sent and what the device sent into the order in which the device lived it. A TLP that leaves the
// host at t arrives at the device at t + L; one that leaves the device at t arrives at the host at t + L (DUT protocol,
// STEP). So when the host sees an up TLP at time T, the device had seen what left the host up to T - 2 L and nothing
// later: down TLPs and host events wait here until then. All that follows works in device time.
import { putBytes, viewOf } from '#base/fresh-bytes';
import { Queue } from '#base/queue';
import type { HostEvent } from '#siov/host-event';
import type { ObservedTlp } from '#siov/observed-tlp';
import { decodeTlp } from '#pcie/codec';
import { Tlp } from '#pcie/tlp';

/** A down TLP kept until the device has it: its bytes, decoded again when it arrives; recycled. */
export class HeldTlp {
  malformed: string | undefined = undefined;
  private readonly decoded = new Tlp();
  private buffer = new Uint8Array(256);
  private byteCount = 0;

  /** Meaningful only when `malformed` is undefined; valid until the object is used again. */
  get tlp(): Tlp {
    return this.decoded;
  }

  keep(observed: ObservedTlp): void {
    const { bytes } = observed;
    this.malformed = observed.tlp === undefined ? (observed.malformed ?? 'undecodable') : undefined;
    this.byteCount = bytes.length;
    if (this.buffer.length < bytes.length) this.buffer = new Uint8Array(bytes.length * 2);
    putBytes(this.buffer, 0, bytes);
  }

  /** Makes `tlp` what the bytes say. */
  decode(): void {
    if (this.malformed === undefined) {
      decodeTlp(viewOf(this.buffer, 0, this.byteCount), this.decoded);
    }
  }
}

/** Who lives in device time. */
export interface DeviceTimeListener {
  /** A host event whose TLP arrives at the device at `deviceTimePs`; one without TLP counts the same. */
  hostEvent(event: HostEvent, deviceTimePs: number): void;
  /** A TLP of the host arrives at the device. */
  downArrived(held: HeldTlp, deviceTimePs: number): void;
}

interface Waiting {
  timePs: number;
  event: HostEvent | undefined;
  held: HeldTlp | undefined;
}

/** Held TLPs that are kept for use again. */
const POOL_MAX = 256;

export class DeviceTimeline {
  readonly lookaheadPs: number;
  private readonly listener: DeviceTimeListener;
  private readonly waiting = new Queue<Waiting>();
  private readonly pool: HeldTlp[] = [];

  constructor(lookaheadPs: number, listener: DeviceTimeListener) {
    this.lookaheadPs = lookaheadPs;
    this.listener = listener;
  }

  pushEvent(event: HostEvent, timePs: number): void {
    this.waiting.push({ timePs, event, held: undefined });
  }

  pushDown(observed: ObservedTlp): void {
    const held = this.pool.pop() ?? new HeldTlp();
    held.keep(observed);
    this.waiting.push({ timePs: observed.timePs, event: undefined, held });
  }

  /** Delivers everything that the device had seen when it sent what the host sees at `hostTimePs`. */
  advance(hostTimePs: number): void {
    const latestPs = hostTimePs - 2 * this.lookaheadPs;
    for (;;) {
      const next = this.waiting.peek();
      if (next === undefined || next.timePs > latestPs) return;
      this.waiting.shift();
      const deviceTimePs = next.timePs + this.lookaheadPs;
      if (next.event !== undefined) this.listener.hostEvent(next.event, deviceTimePs);
      if (next.held === undefined) continue;
      next.held.decode();
      this.listener.downArrived(next.held, deviceTimePs);
      if (this.pool.length < POOL_MAX) this.pool.push(next.held);
    }
  }

  /** A cold or hot reset: what is under way is lost (SRD §9). Host events of actions without a TLP go on. */
  dropUnderway(): void {
    this.waiting.clear();
  }
}
