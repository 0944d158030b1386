// Push sequencer and push driver: the sequencer brings each item to the driver, which takes it by a blocking put.
// Source: IEEE 1800.2 clauses 15.6 and 15.8.
//
//   class Agent extends Component {
//     readonly child = this.children({ sequencer: PushSequencer<BusItem>, driver: BusDriver });   // extends PushDriver
//     override connectPhase(): void { this.child.sequencer.connectDriver(this.child.driver); }
//   }
// An `Agent` connects its own pair by itself.
import { UsageError } from '#base/assert';
import type { Process } from '#kernel/process';
import { Component } from './component.ts';
import type { Phase } from './phase.ts';
import { AnalysisPort } from './ports.ts';
import type { SequenceItem } from './sequence-item.ts';
import { Sequencer } from './sequencer.ts';

/** Takes items one after the other; the item is done when `put` returns. */
export interface ItemSink<REQ> {
  /** Takes one item: waits until it is done with it. */
  put(item: REQ): Process;
}

/** Turns each item that it is given into activity on an interface. */
export abstract class PushDriver<REQ extends SequenceItem = SequenceItem, RSP = REQ>
  extends Component
  implements ItemSink<REQ>
{
  /** Responses, which say themselves whom they answer (`setIdInfo`); `connectDriver` connects it. */
  readonly responses: AnalysisPort<RSP> = new AnalysisPort<RSP>(`${this.fullPath}.responses`);

  /** Drives one item. */
  abstract put(item: REQ): Process;
}

/** Takes the items of its sequences to a driver, from the start of the run phase on. */
export class PushSequencer<REQ extends SequenceItem = SequenceItem, RSP = REQ> extends Sequencer<
  REQ,
  RSP
> {
  private sink: ItemSink<REQ> | undefined = undefined;

  /** Connects the driver that gets the items, and takes the responses of a `PushDriver`. */
  connectDriver(driver: ItemSink<REQ>): void {
    if (this.sink !== undefined && this.sink !== driver) {
      throw new UsageError('driver-connected', 'the push sequencer has a driver already', {
        path: this.fullPath,
      });
    }
    if (this.sink === undefined && driver instanceof PushDriver) {
      driver.responses.connect(this.responseExport);
    }
    this.sink = driver;
  }

  /** Whether it has a driver to bring items to. */
  get isConnected(): boolean {
    return this.sink !== undefined;
  }

  /** Pushes item after item. A subclass that overrides it calls it. */
  override *runPhase(_phase: Phase): Process {
    const { sink } = this;
    if (sink === undefined) {
      throw new UsageError('driver-unconnected', 'the push sequencer has no driver', {
        path: this.fullPath,
        hint: 'Make both children of an active Agent, or call connectDriver.',
      });
    }
    for (;;) {
      const item = yield* this.getNextItem();
      yield* sink.put(item);
      this.itemDone();
    }
  }
}
