// Layered sequences: a sequence on a lower sequencer that takes the items of an upper one and turns each into lower
// items. Source: semantics §5; the UVM user guide's layering of protocols.
//
//   class PacketToBus extends TranslatorSequence<PacketItem, BusItem> {
//     override *translate(packet: PacketItem): Process {
//       for (const byte of packet.bytes) {
//         const item = this.create(BusItem);
//         yield* this.startItem(item);
//         item.byte = byte;
//         yield* this.finishItem(item);
//       }
//     }
//   }
//   // in the component that has both sequencers (the upper one has no driver: the translator pulls from it):
//   override *runPhase(): Process {
//     yield* this.start(PacketToBus, this.child.bus.child.sequencer, { upper: this.child.packets });
//   }
import { UsageError } from '#base/assert';
import type { Process } from '#kernel/process';
import type { SequenceItem } from './sequence-item.ts';
import { Sequence } from './sequence.ts';
import type { Sequencer } from './sequencer.ts';

/** Runs without end; killed, it gives the upper item in hand back as done. */
export abstract class TranslatorSequence<
  UP extends SequenceItem,
  REQ extends SequenceItem,
  UPRSP = UP,
  RSP = REQ,
> extends Sequence<REQ, RSP> {
  /** Where the upper items come from. */
  upper: Sequencer<UP, UPRSP> | undefined = undefined;

  /** Sends what one upper item means; what it returns is the response to the upper sequence. */
  abstract translate(item: UP): Process<UPRSP | undefined> | Process;

  /** @throws UsageError `no-upper-sequencer`. */
  override *body(): Process {
    const { upper } = this;
    if (upper === undefined) {
      throw new UsageError('no-upper-sequencer', `${this.name} has no upper sequencer`, {
        path: this.fullPath,
        hint: `Assign its field: start(${this.name}, sequencer, { upper }).`,
      });
    }
    for (;;) {
      const item = yield* upper.getNextItem();
      let response: UPRSP | undefined = undefined;
      try {
        response = (yield* this.translate(item)) as UPRSP | undefined;
      } finally {
        upper.itemDone(response);
      }
    }
  }
}
