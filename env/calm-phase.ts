// The end of a run: no new stimulus, no injected errors; everything owed must come within SRD's progress bound, else a
// 'liveness' event says what did not. Then the final state is read: queries, quiescing, status. Source: design decision 9 and
// "Hang"; SRD §4, Progress.
import type { Kernel } from '#kernel/kernel';
import type { Process } from '#kernel/process';
import { ns, us } from '#kernel/time';
import { delay } from '#kernel/wait';
import { ExtendedCapabilityId } from '#pcie/capabilities';
import type { HostEvent } from '#siov/host-event';
import { SIOV_CAPABILITY_ID, SiovOffset } from '#siov/siov-capability';
import type { HypervisorAgent } from './agents/hypervisor-agent.ts';
import type { TenantAgent } from './agents/tenant-agent.ts';
import type { TenantQueue } from './agents/tenant-queue.ts';
import type { AccessStyle } from './device-driver.ts';
import type { HostRequester } from './host/host-requester.ts';
import type { TenantHome } from './tenant-home.ts';

export interface CalmContext {
  readonly kernel: Kernel;
  readonly hypervisor: HypervisorAgent;
  readonly tenants: readonly TenantAgent[];
  /** Homes of a crowd in which work may be under way. */
  readonly busyHomes: Set<TenantHome>;
  readonly publish: (event: HostEvent) => void;
  /** Policy `timing.answerNs`. */
  readonly answerNs: number;
  /** Drain bound for what is owed now, picoseconds. */
  readonly boundPs: () => number;
  readonly requester: HostRequester;
  /** Answers to the device have gone wrong: a queue may have halted. */
  readonly hasAnswerErrors: boolean;
}

/** Uncorrectable Error Status. */
const AER_STATUS = 0x04;
/** From the unmasking of a vector to when the device cannot take it for masked any more: its way there, and SRD §4 (b). */
const UNMASKED_PS = us(2);
/** Between two questions whether a queue is idle. */
const IDLE_POLL_PS = us(2);
/** From the end of a descriptor to when it has been counted (SRD §4 (c)). */
const COUNTED_PS = us(2);
const PLAIN: AccessStyle = { wide: false, noise: 0 };
/** Beside the bound of an answer: the last record's way to the host, and that of a read of the queue's state. */
const OBSERVATION_SLACK_PS = us(5);
/** After everything has ended: what must not come any more would come in this time. */
const SILENCE_PS = us(5);

export class CalmPhase {
  private readonly context: CalmContext;

  constructor(context: CalmContext) {
    this.context = context;
  }

  private get observationPs(): number {
    return ns(this.context.answerNs) + OBSERVATION_SLACK_PS;
  }

  *run(): Process {
    const { hypervisor, kernel, publish, tenants } = this.context;
    publish({ kind: 'calm' });
    if (!hypervisor.isReady) return;
    const startPs = kernel.nowPs;
    const boundPs = this.context.boundPs() + this.observationPs;
    for (const tenant of tenants) yield* this.drain(tenant, startPs, boundPs);
    yield* this.drainHomes(startPs, boundPs);
    for (const tenant of tenants) yield* this.awaitIdle(tenant, startPs, boundPs);
    yield* this.releaseVectors();
    for (const tenant of tenants) yield* this.readCounters(tenant);
    yield* this.readFinalState();
    yield delay(SILENCE_PS);
  }

  /** One after the other, by one tenant; looking at each takes time that no bound counts. */
  private *drainHomes(startPs: number, boundPs: number): Process {
    const { busyHomes, kernel, tenants } = this.context;
    const [visitor] = tenants;
    for (const home of busyHomes) {
      visitor.visit(home);
      const lookedPs = kernel.nowPs - startPs + this.observationPs;
      yield* this.drain(visitor, startPs, Math.max(boundPs, lookedPs));
    }
    busyHomes.clear();
    visitor.visit(undefined);
  }

  private *drain(tenant: TenantAgent, startPs: number, boundPs: number): Process {
    const { kernel, publish } = this.context;
    const { queue } = tenant;
    if (queue === undefined || queue.phase !== 'enabled' || queue.isStopping) return;
    const leftPs = Math.max(0, startPs + boundPs - kernel.nowPs);
    if (yield* this.isHalted(tenant, queue)) return;
    if (yield* tenant.waitEnded(queue, queue.rung, leftPs)) return;
    if (yield* this.isHalted(tenant, queue)) return;
    const subject = queue.target.requester;
    const what = describeOwed(queue);
    publish({ kind: 'liveness', subject, what, owedSincePs: startPs, boundPs });
  }

  /**
   * A record comes before the interrupt of its descriptor: the device is asked until it says that nothing executes any more, from
   * when on both have come (SRD §4 (d)); the scoreboards judge it. No later descriptor would show it.
   */
  private *awaitIdle(tenant: TenantAgent, startPs: number, boundPs: number): Process {
    const { kernel, publish } = this.context;
    const { device, queue } = tenant;
    if (queue === undefined || queue.phase !== 'enabled' || !queue.isStarted) return;
    if (queue.owed > 0) return;
    // One look at least: another queue may have taken all the time.
    for (;;) {
      const status = yield* device.queueStatus(queue.target);
      if (status === undefined || !status.isExecuting || tenant.queue !== queue) return;
      if (kernel.nowPs > startPs + boundPs) break;
      yield delay(IDLE_POLL_PS);
    }
    const what = 'the end of the last descriptor, which has its record';
    const subject = queue.target.requester;
    publish({ kind: 'liveness', subject, what, owedSincePs: startPs, boundPs });
  }

  /** What the queue has counted, when the device has had the time to count it (SRD §4 (c)). */
  private *readCounters(tenant: TenantAgent): Process {
    const { device, queue } = tenant;
    if (queue === undefined || queue.phase !== 'enabled') return;
    yield delay(COUNTED_PS);
    const [page] = queue.target.pages;
    for (const offset of device.queueRegisters) {
      if (tenant.queue !== queue) return;
      yield* device.readWords(page + offset, 1);
    }
  }

  /** A queue whose fetch was refused goes on no more (SRD §7); whether it may have halted is for the scoreboards. */
  private *isHalted(tenant: TenantAgent, queue: TenantQueue): Process<boolean> {
    if (!this.context.hasAnswerErrors) return false;
    const status = yield* tenant.device.queueStatus(queue.target);
    return status?.isHalted === true;
  }

  /**
   * Vectors that are still masked: their entries are read, which shows what is pending, and they are unmasked; what was
   * pending is sent (SRD §7). SRD names no time for that; it is given what Progress gives to work.
   */
  private *releaseVectors(): Process {
    const { hypervisor, kernel, publish, tenants } = this.context;
    const released: (readonly [TenantAgent, TenantQueue, number])[] = [];
    for (const tenant of tenants) {
      const { queue } = tenant;
      if (queue === undefined || queue.phase !== 'enabled') continue;
      for (let index = 0; index < queue.vectors.length; index++) {
        const view = queue.vectors[index];
        if (!view.isMasked || view.message === undefined) continue;
        yield* this.readPending(tenant, queue, index);
        if (tenant.queue !== queue || queue.phase !== 'enabled') break;
        tenant.setMask(queue, index, false);
        released.push([tenant, queue, index]);
      }
    }
    if (released.length === 0) return;
    const sincePs = kernel.nowPs + UNMASKED_PS;
    yield delay(UNMASKED_PS + this.context.boundPs());
    publish({ kind: 'vectorsReleased', sincePs });
    yield delay(OBSERVATION_SLACK_PS);
    for (const one of released) yield* this.readPending(...one);
    for (const at of hypervisor.parts.device.pendingAddresses('pf')) {
      yield* hypervisor.parts.device.readWords(at, 1);
    }
  }

  /** What the device says of a vector: its entry, and the pending bits beside it. */
  private *readPending(tenant: TenantAgent, queue: TenantQueue, index: number): Process {
    const { device } = tenant;
    if (tenant.queue !== queue || queue.phase !== 'enabled') return;
    const { base, length } = device.vectorEntry(queue.target, index);
    yield* device.readWords(base + length - 4, 1);
    for (const at of device.pendingAddresses(queue.target)) yield* device.readWords(at, 1);
  }

  private *readFinalState(): Process {
    const { hypervisor, requester } = this.context;
    const { device, ledger, pf, sdis } = hypervisor.parts;
    yield* this.readStatusByte();
    for (const entry of ledger.entries) {
      if (entry.phase === 'lost' || entry.phase === 'busy') continue;
      yield* sdis.query(entry, PLAIN);
      if (entry.phase === 'enabled') yield* sdis.quiesce(entry, PLAIN);
    }
    for (const address of device.pfRegisterAddresses()) yield* device.readWords(address, 1);
    yield* this.readStatusByte();
    const aer = pf.capabilities.extended.get(ExtendedCapabilityId.AER);
    if (aer !== undefined) yield* requester.configRead(pf.rid, aer + AER_STATUS, 4);
    yield* requester.configRead(pf.rid, 0, 4);
  }

  private *readStatusByte(): Process {
    const { hypervisor, requester } = this.context;
    const { pf } = hypervisor.parts;
    const at = pf.capabilities.extended.get(SIOV_CAPABILITY_ID);
    if (at !== undefined) yield* requester.configRead(pf.rid, at + SiovOffset.STATUS, 1);
  }
}

function describeOwed(queue: TenantQueue): string {
  const count = queue.rung - queue.ended;
  return `the end of descriptor ${queue.ended} (${count} rung and not ended)`;
}
