// Follows the TLPs of the host and what answers them, and tells the register models of the spaces that they touch: writes when
// they leave, reads with what they had to give when they left. Passive: it sees what the link monitors see.
// Source: SRD §4 (a): TLPs take effect in order of arrival; access rules.
import { readU32Le } from '#base/bytes';
import {
  CompletionStatus,
  isCompletion,
  isConfigRead,
  isConfigRequest,
  isConfigWrite,
  isMemoryRead,
  isMemoryWrite,
  type Tlp,
} from '#pcie/tlp';
import type { ObservedTlp } from '#siov/observed-tlp';
import { RegisterBusOp } from '#uvm/registers/register-bus';
import type { PendingRead, RegisterObserver } from '#uvm/registers/register-observer';

/** Where a request of the host lands: the models that may have a register there, and the address in their map. */
export interface Landing {
  readonly observer: RegisterObserver;
  readonly address: number;
}

/** What there is behind an address or a Routing ID now; undefined: nothing that is modelled, or it is closed. */
export interface LandingPlan {
  ofConfig(tlp: Tlp): RegisterObserver | undefined;
  ofMemory(address: number): Landing | undefined;
}

interface Outstanding {
  readonly landing: Landing;
  readonly reads: readonly PendingRead[];
  readonly enables: readonly number[];
}

const DW_BYTES = 4;
/** Longer accesses are refused by the device (SRD §4). */
const DWS_MAX = 2;

export class RegisterTracker {
  readonly up = { write: (observed: ObservedTlp): void => this.answered(observed) };
  readonly down = { write: (observed: ObservedTlp): void => this.left(observed) };
  private readonly plan: LandingPlan;
  private readonly outstanding = new Map<number, Outstanding>();
  private readonly op = new RegisterBusOp();

  constructor(plan: LandingPlan) {
    this.plan = plan;
  }

  /** What is under way to these registers tells nothing any more. Default: to all. */
  forget(observer?: RegisterObserver): void {
    for (const [tag, { landing }] of this.outstanding) {
      if (observer === undefined || landing.observer === observer) this.outstanding.delete(tag);
    }
  }

  private left({ tlp, injected }: ObservedTlp): void {
    if (tlp === undefined || injected || tlp.ep !== 0) return;
    if (isConfigRequest(tlp.kind)) {
      const observer = this.plan.ofConfig(tlp);
      if (observer === undefined) return;
      const landing = { observer, address: DW_BYTES * tlp.registerNumber };
      if (isConfigWrite(tlp.kind)) this.write(landing, tlp);
      else if (isConfigRead(tlp.kind)) this.read(landing, tlp);
      return;
    }
    const isRead = isMemoryRead(tlp.kind);
    if ((!isRead && !isMemoryWrite(tlp.kind)) || !isServed(tlp)) return;
    const landing = this.plan.ofMemory(tlp.address);
    if (landing === undefined) return;
    if (isRead) this.read(landing, tlp);
    else this.write(landing, tlp);
  }

  private write({ observer, address }: Landing, tlp: Tlp): void {
    for (let i = 0; i < tlp.lengthDw; i++) {
      const enables = enablesOf(tlp, i);
      if (enables === 0) continue;
      const op = this.operation('write', address + DW_BYTES * i, enables);
      op.data = readU32Le(tlp.payload, DW_BYTES * i);
      observer.observe(op);
    }
  }

  private read(landing: Landing, tlp: Tlp): void {
    const enables: number[] = [];
    const reads: PendingRead[] = [];
    for (let i = 0; i < tlp.lengthDw; i++) {
      enables.push(enablesOf(tlp, i));
      const op = this.operation('read', landing.address + DW_BYTES * i, enables[i]);
      reads.push(landing.observer.startRead(op));
    }
    this.outstanding.set(tlp.tag, { landing, reads, enables });
  }

  private answered({ tlp }: ObservedTlp): void {
    if (tlp === undefined || !isCompletion(tlp.kind)) return;
    const known = this.outstanding.get(tlp.tag);
    if (known === undefined) return;
    this.outstanding.delete(tlp.tag);
    // An answer in parts, or another one than expected, is for the checkers of completions.
    if (tlp.status !== CompletionStatus.SC || tlp.ep !== 0) return;
    if (tlp.payload.length !== DW_BYTES * known.reads.length) return;
    for (const [i, read] of known.reads.entries()) {
      const op = this.operation('read', known.landing.address + DW_BYTES * i, known.enables[i]);
      op.data = readU32Le(tlp.payload, DW_BYTES * i);
      known.landing.observer.endRead(read, op);
    }
  }

  private operation(kind: 'read' | 'write', address: number, enables: number): RegisterBusOp {
    const { op } = this;
    op.kind = kind;
    op.address = address;
    op.byteEnables = enables;
    op.data = 0;
    return op;
  }
}

function enablesOf(tlp: Tlp, dw: number): number {
  return dw === 0 ? tlp.firstBe : tlp.lastBe;
}

/** One or two DWs, naturally aligned (SRD §4). */
function isServed({ address, lengthDw }: Tlp): boolean {
  return lengthDw <= DWS_MAX && address % (DW_BYTES * lengthDw) === 0;
}
