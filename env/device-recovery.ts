// Resets of the PF and of the whole device, power and memory space of the functions, another bus number: what the host does
// before, what it must forget, and how it brings the device up again. Source: SRD §2 (bus number), §3 (D3hot), §7 (Memory Space
// Enable), §9 (cold and hot reset, PF FLR); siov-facts §10.
import type { Kernel } from '#kernel/kernel';
import type { Process } from '#kernel/process';
import { ns, us } from '#kernel/time';
import { delay } from '#kernel/wait';
import type { HostEvent } from '#siov/host-event';
import type { SiovPolicy } from '#siov/siov-policy';
import type { HypervisorAgent } from './agents/hypervisor-agent.ts';
import type { TenantAgent } from './agents/tenant-agent.ts';
import type { TenantQueue } from './agents/tenant-queue.ts';
import type { AccessStyle, DeviceDriver } from './device-driver.ts';
import type { DomainAttachment } from './domain-attachment.ts';
import type { Host } from './host/host.ts';

export interface RecoveryContext {
  readonly kernel: Kernel;
  readonly host: Host;
  readonly hypervisor: HypervisorAgent;
  readonly device: DeviceDriver;
  readonly tenants: readonly TenantAgent[];
  readonly attachment: DomainAttachment;
  readonly publish: (event: HostEvent) => void;
  readonly policy: SiovPolicy;
}

/** What is switched off for a while: power, Memory Space Enable of the PF, that of the VFs. */
export type Closing = 'power' | 'memory' | 'vfMemory';

/**
 * On top of the moment for which a vector is masked before its message changes, and in which requests end after Bus Master
 * Enable.
 */
const SETTLE_SLACK_NS = 100;
const PLAIN: AccessStyle = { wide: false, noise: 0 };
/** While something is closed the host looks, now and then, whether it is. */
const PROBE_PS = us(2);

export class DeviceRecovery {
  /** What is done once, after the next reset and before the device is enumerated again. */
  beforeNextBringUp: (() => Process) | undefined = undefined;
  private readonly context: RecoveryContext;

  constructor(context: RecoveryContext) {
    this.context = context;
  }

  /** FLR of the PF with whatever is in flight, then bring-up. `bus` 0: the same. Returns 0, or 1 when the device is lost. */
  *resetPf(bus: number): Process<number> {
    const { hypervisor, host } = this.context;
    const { functions, pf } = hypervisor.parts;
    this.takeQueues();
    const registers = pf.windows.registers.base;
    const { requester } = host.child;
    const kept = this.keptSdis();
    const hasEnded = yield* functions.resetPf(function* whileReset(): Process {
      yield* requester.memoryRead(registers, 4);
      yield* requester.configRead(pf.rid + 1, 0, 4);
    });
    if (!hasEnded) {
      hypervisor.forget();
      return 1;
    }
    const lost = yield* this.bringUpAgain(bus);
    if (lost === 0) for (const sdi of kept) yield* this.context.device.destroySdi(sdi, PLAIN);
    return lost;
  }

  /** Policy `functions.pfFlr`: SDIs that an FLR of the PF leaves CREATED; the host takes them down before it goes on. */
  private keptSdis(): readonly number[] {
    const { hypervisor, policy } = this.context;
    if (policy.functions.pfFlr === 'frees-sdis') return [];
    return hypervisor.ledger.entries.filter((one) => one.phase !== 'free').map(({ sdi }) => sdi);
  }

  /** Cold or hot reset with whatever is in flight, then bring-up. */
  *resetDevice(how: 'cold' | 'hot', bus: number): Process<number> {
    const { host, publish } = this.context;
    yield* host.child.link.reset(how, () => {
      this.takeQueues();
      publish({ kind: 'deviceReset', how });
    });
    return yield* this.bringUpAgain(bus);
  }

  /** Another bus number while no VF is enabled and all SDIs are FREE (SRD §2). */
  *renumber(bus: number): Process<number> {
    const { functions } = this.context.hypervisor.parts;
    yield* functions.setPfMsix(true, true);
    yield* functions.setPfCommand(false, false);
    yield delay(ns(this.context.policy.timing.momentNs + SETTLE_SLACK_NS));
    return yield* this.bringUpAgain(bus);
  }

  /** Switches something off, keeps it off with work waiting or going on, and switches it on again. */
  *close(what: Closing, pausePs: number): Process<number> {
    const { kernel, hypervisor } = this.context;
    const { functions } = hypervisor.parts;
    const lent = this.lendQueues(what === 'vfMemory');
    yield* functions.setOpen(what, false);
    const endPs = kernel.nowPs + pausePs;
    while (kernel.nowPs < endPs) {
      yield delay(Math.min(PROBE_PS, endPs - kernel.nowPs));
      yield* this.probe(what);
    }
    yield* functions.setOpen(what, true);
    for (const [tenant, queue] of lent) tenant.home.giveQueue(queue);
    return 0;
  }

  /** What is closed answers UR, and takes no write. */
  private *probe(what: Closing): Process {
    const { host, hypervisor } = this.context;
    const { registers, pages, vfPages } = hypervisor.parts.pf.windows;
    const { requester } = host.child;
    const window = what === 'vfMemory' ? vfPages : registers;
    if (window.length > 0) yield* requester.memoryRead(window.base, 4);
    if (what !== 'vfMemory') requester.memoryWrite(pages.base + 0x100, new Uint8Array(4));
    yield* requester.configRead(hypervisor.parts.pf.rid, 0, 4);
  }

  private *bringUpAgain(bus: number): Process<number> {
    const { attachment, device, hypervisor } = this.context;
    device.unbind();
    attachment.detachAll();
    const before = this.beforeNextBringUp;
    this.beforeNextBringUp = undefined;
    if (before !== undefined) yield* before();
    return (yield* hypervisor.bringUp(bus)) ? 0 : 1;
  }

  /** From now on no tenant touches its queue: it is lost. */
  private takeQueues(): void {
    for (const tenant of this.context.tenants) tenant.home.takeQueue();
  }

  /** Keeps the tenants' hands off their queues for a while. */
  private lendQueues(onlyVfs: boolean): [TenantAgent, TenantQueue][] {
    const lent: [TenantAgent, TenantQueue][] = [];
    for (const tenant of this.context.tenants) {
      if (onlyVfs && tenant.queue?.target.requester.startsWith('vf') !== true) continue;
      const queue = tenant.home.lendQueue();
      if (queue !== undefined) lent.push([tenant, queue]);
    }
    return lent;
  }
}
