// What the hypervisor does with VFs (SRD §8): enables and disables all of them, gives each to a tenant, resets one by FLR.
import type { Kernel } from '#kernel/kernel';
import type { Process } from '#kernel/process';
import { delay } from '#kernel/wait';
import type { TenantAgent } from './agents/tenant-agent.ts';
import { TenantQueue } from './agents/tenant-queue.ts';
import type { DeviceDriver } from './device-driver.ts';
import type { DomainAttachment } from './domain-attachment.ts';
import type { FunctionControl } from './function-control.ts';
import type { SdiLedger } from './sdi-ledger.ts';

export interface VfProvisionContext {
  readonly kernel: Kernel;
  readonly device: DeviceDriver;
  readonly ledger: SdiLedger;
  readonly attachment: DomainAttachment;
  readonly functions: FunctionControl;
  readonly tenants: readonly TenantAgent[];
}

/** An enabled VF: its RID, and its owner or -1. */
interface VfEntry {
  readonly vf: number;
  readonly rid: number;
  tenant: number;
}

export class VfProvision {
  /** The enabled VFs, in order. */
  entries: readonly VfEntry[] = [];
  /** What is done once, after the next FLR of a VF and before the VF is set up again. */
  beforeNextSetUp: (() => Process) | undefined = undefined;
  private readonly context: VfProvisionContext;

  constructor(context: VfProvisionContext) {
    this.context = context;
  }

  get areEnabled(): boolean {
    return this.entries.length > 0;
  }

  /** Returns 0 when the device took it, 1 when it refused. */
  *enable(count: number): Process<number> {
    const { functions, ledger } = this.context;
    const rids = Array.from({ length: count }, (_, i) => ledger.vfRid(i + 1));
    const accepted = yield* functions.enableVfs(rids, count);
    if (!accepted) return 1;
    ledger.vfRids = rids;
    this.entries = rids.map((rid, i) => ({ vf: i + 1, rid, tenant: -1 }));
    for (const entry of this.entries) {
      yield* functions.setUpVf(entry.vf, entry.rid);
      this.assign(entry);
    }
    return 0;
  }

  *disable(): Process<number> {
    const { attachment, functions, ledger, tenants } = this.context;
    for (const entry of this.entries) tenants[entry.tenant]?.home.takeQueue();
    yield* functions.disableVfs();
    for (const entry of this.entries) {
      const owner = tenants[entry.tenant];
      if (owner === undefined) continue;
      attachment.detach(entry.rid, `vf ${entry.vf}`, owner.home);
    }
    this.entries = [];
    ledger.vfRids = [];
    return 0;
  }

  /** FLR of one VF, and its set-up afterwards; its owner starts anew. */
  *reset(vf: number): Process<number> {
    const { functions, tenants } = this.context;
    const entry = this.entries.find((one) => one.vf === vf);
    if (entry === undefined) return 1;
    const owner = tenants[entry.tenant];
    owner?.home.takeQueue();
    const hasEnded = yield* functions.resetVf(vf, entry.rid);
    const before = this.beforeNextSetUp;
    this.beforeNextSetUp = undefined;
    if (!hasEnded) return 1;
    if (before !== undefined) yield* before();
    yield* functions.setUpVf(vf, entry.rid);
    if (owner !== undefined) this.giveQueue(entry, owner);
    return 0;
  }

  /** Bus Master Enable of one VF off for a while. */
  *pause(vf: number, pausePs: number): Process<number> {
    const { functions } = this.context;
    const entry = this.entries.find((one) => one.vf === vf);
    if (entry === undefined) return 1;
    yield* functions.setVfBusMaster(vf, entry.rid, false);
    yield delay(pausePs);
    yield* functions.setVfBusMaster(vf, entry.rid, true);
    return 0;
  }

  /** Gives the VF to the first tenant that works on VFs and has none. */
  private assign(entry: VfEntry): void {
    const { attachment, tenants } = this.context;
    const owner = tenants.find((one) => one.wired.wantsVf && one.queue === undefined);
    if (owner === undefined) return;
    entry.tenant = owner.index;
    attachment.attach(entry.rid, `vf ${entry.vf}`, owner.home);
    this.giveQueue(entry, owner);
  }

  private giveQueue(entry: VfEntry, owner: TenantAgent): void {
    const { device, kernel } = this.context;
    owner.home.giveQueue(new TenantQueue(device.vfTarget(entry.vf), kernel.nowPs));
    owner.home.setEnabled(true);
  }
}
