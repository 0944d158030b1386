// Sequence item: the smallest piece of stimulus. Source: semantics §5; design, "Rooms" (plain
// fields in the item class).
import type { RandomStream } from '#random/random-stream';
import type { Request } from './request.ts';
import type { SequenceBase } from './sequence-base.ts';

/** Stands for "no transaction id yet". */
export const NO_ID = -1;

/** Base of all items. The fields here belong to the sequencer. */
export abstract class SequenceItem {
  /** The request by which it is being sent; undefined before and after. */
  request: Request | undefined = undefined;
  /** The sequence that sent it last; of a response, the one that it answers. */
  requestedBy: SequenceBase | undefined = undefined;
  /**
   * Counts the items of its sequence from 0; given when the item is sent, unless it is set before. Responses are told
   * apart by it.
   */
  transactionId = NO_ID;

  /** The id of the sequence that sent it, unique at its sequencer; -1 before. */
  get sequenceId(): number {
    return this.requestedBy?.sequenceId ?? NO_ID;
  }

  /** Makes this item the response to `request`: UVM's set_id_info. */
  setIdInfo(request: SequenceItem): void {
    this.requestedBy = request.requestedBy;
    this.transactionId = request.transactionId;
  }
}

/** A class of items, made without arguments. */
export type ItemClass<T extends SequenceItem = SequenceItem> = new () => T;

/** What `rand(…)` gives: makes items that draw from a stream. */
export interface ItemDefinition<T extends SequenceItem = SequenceItem> {
  /** Of the item class, for paths and streams. */
  readonly name: string;
  /** A new item, which draws from `stream` when it is randomized. */
  create(stream: RandomStream): T;
}
