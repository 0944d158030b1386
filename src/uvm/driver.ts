// Driver: turns items into activity on an interface; pulls with getNextItem, ends with itemDone.
// Source: semantics §5.
import { UsageError } from '#base/assert';
import type { Process } from '#kernel/process';
import { Component } from './component.ts';
import type { SequenceItem } from './sequence-item.ts';
import type { Sequencer } from './sequencer.ts';

export abstract class Driver<REQ extends SequenceItem = SequenceItem, RSP = REQ> extends Component {
  private itemSource: Sequencer<REQ, RSP> | undefined = undefined;

  /** Connects the sequencer to pull from. An active agent does it for its own. */
  connectSequencer(sequencer: Sequencer<REQ, RSP>): void {
    if (this.itemSource !== undefined && this.itemSource !== sequencer) {
      throw new UsageError('driver-connected', 'the driver has a sequencer already', {
        path: this.fullPath,
      });
    }
    this.itemSource = sequencer;
  }

  get isConnected(): boolean {
    return this.itemSource !== undefined;
  }

  /** Waits for the next item: `const item = yield* this.getNextItem()`. */
  getNextItem(): Process<REQ> {
    return this.source.getNextItem();
  }

  /** The next item, or undefined when no sequence asks now: `yield* this.tryNextItem()`. */
  tryNextItem(): Process<REQ | undefined> {
    return this.source.tryNextItem();
  }

  /** Ends the item, with a response for its sequence if it wants one. */
  itemDone(response?: RSP): void {
    this.source.itemDone(response);
  }

  private get source(): Sequencer<REQ, RSP> {
    if (this.itemSource === undefined) {
      throw new UsageError('driver-unconnected', 'the driver has no sequencer', {
        path: this.fullPath,
        hint: 'Make both children of an active Agent, or call connectSequencer.',
      });
    }
    return this.itemSource;
  }
}
