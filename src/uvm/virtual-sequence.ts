// Virtual sequencer and virtual sequence: coordinate several sequencers, send no items themselves.
// Source: semantics §5.
import type { Process } from '#kernel/process';
import { Component } from './component.ts';
import { play, type OperationTable, type PlayOptions } from './play.ts';
import { SequenceBase } from './sequence-base.ts';

/** Holds handles to sequencers; has no items of its own. */
export abstract class VirtualSequencer extends Component {}

/** A program that runs sequences on several sequencers. `S` is what holds them. */
export abstract class VirtualSequence<S extends Component = Component> extends SequenceBase<S> {
  /** Plays random operations in a lane: see `play`. */
  play<C, O extends OperationTable<C>>(
    operations: O,
    options: PlayOptions<C, keyof O & string>,
  ): Process {
    return play(this.sequencer, operations, options);
  }
}
