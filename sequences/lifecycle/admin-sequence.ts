// One admin item through the hypervisor's sequencer. Source: SRD §5.
import type { Process } from '#kernel/process';
import { adminItem, type AdminAction, type AdminItem } from '#sequences/items/admin-item';
import type { SdiAssignment } from '#siov/host-event';
import { Sequence } from '#uvm/sequence';

export class AdminSequence extends Sequence<AdminItem> {
  action: AdminAction = 'query';
  subject = 0;
  assignment: SdiAssignment | undefined = undefined;
  tenant = -1;
  isAttempt = false;
  pausePs = 0;
  /** Told of the item's status when it has ended. */
  onStatus: ((status: number) => void) | undefined = undefined;

  override *body(): Process {
    const item = this.create(adminItem);
    yield* this.startItem(item);
    item.randomize();
    item.action = this.action;
    item.subject = this.subject;
    item.assignment = this.assignment;
    item.tenant = this.tenant;
    item.isAttempt = this.isAttempt;
    item.pausePs = this.pausePs;
    yield* this.finishItem(item);
    this.onStatus?.(item.status);
  }
}
