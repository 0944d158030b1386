// What the hypervisor does with SDIs (SRD §5, §6): each action is an admin command together with what must happen on the
// host's side before it leaves and after it has ended: books, memory, grants, and who owns the queue.
import type { Kernel } from '#kernel/kernel';
import type { Process } from '#kernel/process';
import type { SdiAssignment } from '#siov/host-event';
import { SdiState } from '#siov/sdi-life';
import type { TenantAgent } from './agents/tenant-agent.ts';
import { TenantQueue } from './agents/tenant-queue.ts';
import type { AccessStyle, DeviceDriver } from './device-driver.ts';
import type { DomainAttachment } from './domain-attachment.ts';
import type { SdiEntry, SdiLedger } from './sdi-ledger.ts';
import type { TenantHome } from './tenant-home.ts';

export interface SdiProvisionContext {
  readonly kernel: Kernel;
  readonly device: DeviceDriver;
  readonly ledger: SdiLedger;
  readonly attachment: DomainAttachment;
  readonly tenants: readonly TenantAgent[];
}

export class SdiProvision {
  private readonly context: SdiProvisionContext;

  constructor(context: SdiProvisionContext) {
    this.context = context;
  }

  /** → CREATED; `tenant` owns its queue from then on. Returns the status, -1 when the command never ended. */
  *create(
    entry: SdiEntry,
    assignment: SdiAssignment,
    tenant: number,
    style: AccessStyle,
  ): Process<number> {
    const { device, ledger } = this.context;
    entry.phase = 'busy';
    const { status } = yield* device.createSdi(entry.sdi, assignment, style);
    entry.phase = phaseAfter(status, 'created', 'free');
    if (status !== 0) return status;
    ledger.assign(entry, assignment);
    entry.tenant = tenant;
    this.attach(entry, assignment);
    this.giveQueue(entry, assignment, undefined);
    return status;
  }

  *enable(entry: SdiEntry, style: AccessStyle): Process<number> {
    const { status } = yield* this.context.device.enableSdi(entry.sdi, style);
    entry.phase = phaseAfter(status, 'enabled', entry.phase);
    if (status === 0) this.ownerOf(entry)?.setEnabled(true);
    return status;
  }

  /** ENABLED → CREATED with all work in flight done; posted work that was not fetched stays in the ring. */
  *quiesce(entry: SdiEntry, style: AccessStyle): Process<number> {
    this.ownerOf(entry)?.setEnabled(false);
    const { status } = yield* this.context.device.quiesceSdi(entry.sdi, style);
    entry.phase = phaseAfter(status, 'created', entry.phase);
    return status;
  }

  /** RESET_SDI: whatever was in flight is lost; `reconfigure` undefined restores. */
  *reset(
    entry: SdiEntry,
    reconfigure: SdiAssignment | undefined,
    style: AccessStyle,
  ): Process<number> {
    const { device, ledger } = this.context;
    const old = this.ownerOf(entry)?.takeQueue();
    const before = entry.assignment;
    entry.phase = 'busy';
    const { status } = yield* device.resetSdi(entry.sdi, reconfigure, style);
    entry.phase = phaseAfter(status, 'created', 'lost');
    if (status !== 0 || before === undefined) return status;
    if (reconfigure === undefined) {
      this.giveQueue(entry, before, old);
      return status;
    }
    if (before.rid !== reconfigure.rid) this.detach(entry, before);
    ledger.assign(entry, reconfigure);
    if (before.rid !== reconfigure.rid) this.attach(entry, reconfigure);
    this.giveQueue(entry, reconfigure, undefined);
    return status;
  }

  /** CREATED → FREE. */
  *destroy(entry: SdiEntry, style: AccessStyle): Process<number> {
    const { device, ledger } = this.context;
    this.ownerOf(entry)?.takeQueue();
    entry.phase = 'busy';
    const { status } = yield* device.destroySdi(entry.sdi, style);
    entry.phase = phaseAfter(status, 'free', 'lost');
    if (status !== 0 || entry.assignment === undefined) return status;
    this.detach(entry, entry.assignment);
    ledger.assign(entry, undefined);
    entry.tenant = -1;
    return status;
  }

  *query(entry: SdiEntry, style: AccessStyle): Process<number> {
    const { status, results } = yield* this.context.device.querySdi(entry.sdi, style);
    // A device that says FREE of an SDI that is not has lost it: its owner waits no longer.
    if (results[0] === SdiState.FREE && entry.phase !== 'free') entry.phase = 'lost';
    return status;
  }

  /** Whose queue it is: the SDI's own home in a crowd, else its tenant's. */
  ownerOf(entry: SdiEntry): TenantHome | undefined {
    return entry.home ?? this.context.tenants[entry.tenant]?.home;
  }

  private giveQueue(
    entry: SdiEntry,
    assignment: SdiAssignment,
    restored: TenantQueue | undefined,
  ): void {
    const { device, kernel } = this.context;
    const target = device.sdiTarget(entry.sdi, assignment);
    const queue = new TenantQueue(target, kernel.nowPs);
    if (restored !== undefined) queue.keepMessagesOf(restored);
    this.ownerOf(entry)?.giveQueue(queue);
  }

  private attach(entry: SdiEntry, assignment: SdiAssignment): void {
    const owner = this.ownerOf(entry);
    if (owner === undefined) return;
    this.context.attachment.attach(assignment.rid, `sdi ${entry.sdi}`, owner);
  }

  private detach(entry: SdiEntry, assignment: SdiAssignment): void {
    const owner = this.ownerOf(entry);
    if (owner === undefined) return;
    this.context.attachment.detach(assignment.rid, `sdi ${entry.sdi}`, owner);
  }
}

function phaseAfter(
  status: number,
  ok: SdiEntry['phase'],
  refused: SdiEntry['phase'],
): SdiEntry['phase'] {
  if (status < 0) return 'lost';
  return status === 0 ? ok : refused;
}
