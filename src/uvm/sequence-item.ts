// Sequence item: the smallest piece of stimulus. Source: semantics §5; design, "Rooms" (plain
// fields in the item class).
import type { ProcessHandle } from '#kernel/process';
import type { RandomStream } from '#random/random-stream';
import type { SequenceBase } from './sequence-base.ts';

/** Where an item stands in the hand-shake between its sequence and the driver. */
export const REQUEST = { NONE: 0, WAITING: 1, GRANTED: 2, SENT: 3 } as const;

/** Base of all items. The fields here belong to the sequencer. */
export abstract class SequenceItem {
  /** One of `REQUEST`. */
  requestState = 0;
  /** The sequence that made the request. */
  requestedBy: SequenceBase | undefined = undefined;
  /** The process in which it did. */
  requestProcess: ProcessHandle | undefined = undefined;
}

export type ItemClass<T extends SequenceItem = SequenceItem> = new () => T;

/** What `rand(…)` gives: makes items that draw from a stream. */
export interface ItemDefinition<T extends SequenceItem = SequenceItem> {
  /** Of the item class, for paths and streams. */
  readonly name: string;
  create(stream: RandomStream): T;
}
