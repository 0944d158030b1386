// Driver: turns items into activity on an interface; pulls with getNextItem, ends with itemDone.
// Source: semantics §5.
import { UsageError } from '#base/assert';
import type { Process } from '#kernel/process';
import { Component } from './component.ts';
import type { SequenceItem } from './sequence-item.ts';
import type { Sequencer } from './sequencer.ts';

/**
 * Turns items into activity on an interface: pulls each from its sequencer with `getNextItem`, ends it with
 * `itemDone`, usually in a loop in `runPhase` (IEEE 1800.2 clause 13; semantics §5). Each method that needs the
 * sequencer throws UsageError `driver-unconnected` when there is none.
 */
export abstract class Driver<REQ extends SequenceItem = SequenceItem, RSP = REQ> extends Component {
  private itemSource: Sequencer<REQ, RSP> | undefined = undefined;

  /**
   * Connects the sequencer to pull from. An active agent does it for its own.
   * @throws UsageError `driver-connected`.
   */
  connectSequencer(sequencer: Sequencer<REQ, RSP>): void {
    if (this.itemSource !== undefined && this.itemSource !== sequencer) {
      throw new UsageError('driver-connected', 'the driver has a sequencer already', {
        path: this.fullPath,
      });
    }
    this.itemSource = sequencer;
  }

  /** Whether it has a sequencer. */
  get isConnected(): boolean {
    return this.itemSource !== undefined;
  }

  /**
   * Waits for the next item: `const item = yield* this.getNextItem()`. End it with `itemDone`.
   * @throws UsageError `item-not-done`, `concurrent-get`, `driver-unconnected`.
   */
  getNextItem(): Process<REQ> {
    return this.source.getNextItem();
  }

  /** The next item, or undefined when no sequence asks now: `yield* this.tryNextItem()`. */
  tryNextItem(): Process<REQ | undefined> {
    return this.source.tryNextItem();
  }

  /** Waits for the next item and ends it at once; a response, if any, comes by `putResponse`. */
  get(): Process<REQ> {
    return this.source.get();
  }

  /** Waits for the next item and leaves it at the sequencer. */
  peek(): Process<REQ> {
    return this.source.peek();
  }

  /** Ends the item, with a response for its sequence if it wants one. @throws UsageError `no-item`. */
  itemDone(response?: RSP): void {
    this.source.itemDone(response);
  }

  /** Whether an item could be had without waiting for a sequence to ask. */
  get hasDoAvailable(): boolean {
    return this.source.hasDoAvailable;
  }

  /**
   * Gives a response to the sequence of `request`, now or later than its `itemDone`. A response that is an item with
   * `setIdInfo` says itself whom it answers. @throws UsageError `response-without-id`.
   */
  putResponse(response: RSP, request?: REQ): void {
    this.source.putResponse(response, request);
  }

  /** The same as a process, as UVM has it: it does not wait. */
  *put(response: RSP, request?: REQ): Process {
    this.putResponse(response, request);
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
