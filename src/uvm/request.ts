// A request at a sequencer: to send an item, or to lock. Source: semantics §5; IEEE 1800.2 clause 15.3.
import type { ProcessHandle } from '#kernel/process';
import type { SimEvent } from '#kernel/process';
import type { SequenceBase } from './sequence-base.ts';
import type { SequenceItem } from './sequence-item.ts';

/** Where a request stands in the hand-shake between its sequence and the driver. */
export const REQUEST = {
  IDLE: 0,
  /** In the queue of the sequencer. */
  WAITING: 1,
  /** It is its turn: the sequence may send the item. */
  GRANTED: 2,
  /** The item is the driver's. */
  SENT: 3,
  /** The driver has finished the item. */
  DONE: 4,
  /** Removed: its process or sequence has ended. */
  DROPPED: 5,
} as const;

/** Stands for "no priority of its own". */
export const NO_PRIORITY = -1;

/**
 * A request at a sequencer, to send an item or to lock it: what arbitration chooses from (IEEE 1800.2 clause 15.3).
 */
export class Request {
  readonly kind: 'item' | 'lock';
  readonly sequence: SequenceBase;
  /** Triggered when it is granted and when its item is done. */
  readonly progress: SimEvent;
  /** One of `REQUEST`. */
  state: number = REQUEST.IDLE;
  /** The process that makes the request. */
  process: ProcessHandle | undefined = undefined;
  /** Priority of the item, above 0; `NO_PRIORITY`: that of its sequence. */
  ownPriority = NO_PRIORITY;
  /** What is to be sent; undefined between `waitForGrant` and `sendRequest`. */
  item: SequenceItem | undefined = undefined;

  constructor(kind: 'item' | 'lock', sequence: SequenceBase, progress: SimEvent) {
    this.kind = kind;
    this.sequence = sequence;
    this.progress = progress;
  }

  /** What counts in arbitration, above 0. */
  get priority(): number {
    return this.ownPriority === NO_PRIORITY ? this.sequence.priority : this.ownPriority;
  }
}
