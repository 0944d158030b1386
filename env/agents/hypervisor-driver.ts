// Carries out admin items. Source: SRD §5, §8.
import { assert } from '#base/assert';
import type { Process } from '#kernel/process';
import { us } from '#kernel/time';
import { delay, fork, join } from '#kernel/wait';
import type { AdminItem } from '#sequences/items/admin-item';
import { Driver } from '#uvm/driver';
import type { CommandResult, DeviceDriver } from '../device-driver.ts';
import type { HypervisorAgent } from './hypervisor-agent.ts';

/** From the completion of the write that cleared Bus Master Enable to when no device can take it for 1. */
const CERTAIN_PS = us(2);

export class HypervisorDriver extends Driver<AdminItem> {
  private get hypervisor(): HypervisorAgent {
    return this.parent as HypervisorAgent;
  }

  override *runPhase(): Process {
    for (;;) {
      const item = yield* this.getNextItem();
      item.status = yield* this.perform(item);
      this.itemDone();
    }
  }

  private *perform(item: AdminItem): Process<number> {
    switch (item.action) {
      case 'enableVfs':
        return yield* this.hypervisor.parts.vfs.enable(item.subject);
      case 'disableVfs':
        return yield* this.hypervisor.parts.vfs.disable();
      case 'resetVf':
        return yield* this.hypervisor.parts.vfs.reset(item.subject);
      case 'pauseBusMaster':
        return yield* this.pauseBusMaster(item.pausePs);
      case 'quiesceInPause':
        return yield* this.quiesceInPause(item);
      case 'pauseVf':
        return yield* this.hypervisor.parts.vfs.pause(item.subject, item.pausePs);
      case 'resetPf':
        return yield* this.hypervisor.recovery.resetPf(item.subject);
      case 'hotReset':
        return yield* this.hypervisor.recovery.resetDevice('hot', item.subject);
      case 'coldReset':
        return yield* this.hypervisor.recovery.resetDevice('cold', item.subject);
      case 'renumber':
        return yield* this.hypervisor.recovery.renumber(item.subject);
      case 'closePower':
        return yield* this.hypervisor.recovery.close('power', item.pausePs);
      case 'closeMemory':
        return yield* this.hypervisor.recovery.close('memory', item.pausePs);
      case 'closeVfMemory':
        return yield* this.hypervisor.recovery.close('vfMemory', item.pausePs);
      default:
        return yield* item.isAttempt ? this.attempt(item) : this.performOnSdi(item);
    }
  }

  private *performOnSdi(item: AdminItem): Process<number> {
    const { ledger, sdis } = this.hypervisor.parts;
    const entry = ledger.find(item.subject);
    if (entry === undefined) return -1;
    const { assignment } = item;
    switch (item.action) {
      case 'create':
        return assignment === undefined
          ? -1
          : yield* sdis.create(entry, assignment, item.tenant, item);
      case 'enable':
        return yield* sdis.enable(entry, item);
      case 'quiesce':
        return yield* sdis.quiesce(entry, item);
      case 'reset':
      case 'reconfigure':
        return yield* sdis.reset(entry, assignment, item);
      case 'destroy':
        return yield* sdis.destroy(entry, item);
      default:
        return yield* sdis.query(entry, item);
    }
  }

  /**
   * A command that the device must refuse: it goes out as it is, and nothing is taken from anybody. A device that takes it has
   * broken a rule already; what it does with the SDI from then on is its own affair.
   */
  private *attempt(item: AdminItem): Process<number> {
    const { device, ledger, sdis } = this.hypervisor.parts;
    const entry = ledger.find(item.subject);
    const owner = entry === undefined ? undefined : sdis.ownerOf(entry);
    const queue = owner?.lendQueue();
    const { status } = yield* this.send(device, item);
    if (status !== 0 && queue !== undefined) owner?.giveQueue(queue);
    if (status === 0 && entry !== undefined) entry.phase = 'lost';
    return status;
  }

  private *send(device: DeviceDriver, item: AdminItem): Process<CommandResult> {
    const { subject, assignment } = item;
    switch (item.action) {
      case 'create':
        assert(assignment !== undefined, 'a create item says what is created');
        return yield* device.createSdi(subject, assignment, item);
      case 'enable':
        return yield* device.enableSdi(subject, item);
      case 'quiesce':
        return yield* device.quiesceSdi(subject, item);
      case 'reset':
      case 'reconfigure':
        return yield* device.resetSdi(subject, assignment, item);
      case 'destroy':
        return yield* device.destroySdi(subject, item);
      default:
        return yield* device.querySdi(subject, item);
    }
  }

  private *pauseBusMaster(pausePs: number): Process<number> {
    const { functions } = this.hypervisor.parts;
    yield* functions.setPfCommand(true, false);
    yield delay(pausePs);
    yield* functions.setPfCommand(true, true);
    return 0;
  }

  /** QUIESCE_SDI goes out while Bus Master Enable is certainly 0 (SRD §4 (b)), and cannot end before it is 1 again. */
  private *quiesceInPause(item: AdminItem): Process<number> {
    const { functions, ledger, sdis } = this.hypervisor.parts;
    const entry = ledger.find(item.subject);
    if (entry?.phase !== 'enabled') return -1;
    yield* functions.setPfCommand(true, false);
    yield delay(CERTAIN_PS);
    let status = -1;
    const { wide, noise, pausePs } = item;
    // Until Bus Master Enable is certainly 1 again.
    const heldPs = pausePs + CERTAIN_PS;
    const quiesce = function* (): Process {
      status = yield* sdis.quiesce(entry, { wide, noise, heldPs });
    };
    const quiescing = yield* fork('quiescing', quiesce());
    yield delay(item.pausePs);
    yield* functions.setPfCommand(true, true);
    yield* join(quiescing);
    return status;
  }
}
