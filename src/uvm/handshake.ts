// The two waits of a sequence in the hand-shake with its sequencer: for the grant, and for the end of the item. Source:
// semantics §5. State machines instead of generators, because every item goes through both.
import { OVER, Steps, type Step } from '#kernel/steps';
import { REQUEST, type Request } from './request.ts';
import type { SequenceItem } from './sequence-item.ts';

/** The sequence, as far as its waits need it. */
export interface HandshakeOwner {
  /** The wait for progress of a request, as a step. */
  readonly atProgress: Step<never>;
  /** Makes a request, for this item or for one that is named later. */
  ask(item: SequenceItem | undefined, priority: number): Request;
  /** Its request was removed: who waits for the grant is killed at its next wait. */
  leaveUngranted(): void;
  /** Sends a granted item. */
  sendGranted(item: SequenceItem): Request;
  /** The driver has finished the item. */
  ended(item: SequenceItem, request: Request): void;
}

/** Asks, and waits for the grant. */
export class GrantWait extends Steps {
  private readonly owner: HandshakeOwner;
  private readonly item: SequenceItem | undefined;
  private readonly priority: number;
  private request: Request | undefined = undefined;

  constructor(owner: HandshakeOwner, item: SequenceItem | undefined, priority: number) {
    super();
    this.owner = owner;
    this.item = item;
    this.priority = priority;
  }

  override next(): Step<void> {
    const { owner } = this;
    const { state } = (this.request ??= owner.ask(this.item, this.priority));
    if (state === REQUEST.DROPPED) owner.leaveUngranted();
    else if (state !== REQUEST.WAITING) return OVER;
    return owner.atProgress;
  }
}

/** Sends, and waits until the driver has finished the item. */
export class DoneWait extends Steps {
  private readonly owner: HandshakeOwner;
  private readonly item: SequenceItem;
  private request: Request | undefined = undefined;

  constructor(owner: HandshakeOwner, item: SequenceItem) {
    super();
    this.owner = owner;
    this.item = item;
  }

  override next(): Step<void> {
    const request = (this.request ??= this.owner.sendGranted(this.item));
    if (request.state === REQUEST.SENT) return this.owner.atProgress;
    this.owner.ended(this.item, request);
    return OVER;
  }
}
