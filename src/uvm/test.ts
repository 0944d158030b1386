// Test: the top of the component tree; chooses environment, overrides and stimulus. Source: design,
// "Rooms".
import type { Process } from '#kernel/process';
import { Component } from './component.ts';
import { play, type OperationTable, type PlayOptions } from './play.ts';

/** The top of the component tree, `test`: chooses environment, overrides and stimulus (IEEE 1800.2 clause 13). */
export abstract class Test extends Component {
  /** Plays random operations in a lane: see `play`. */
  play<C, O extends OperationTable<C>>(
    operations: O,
    options: PlayOptions<C, keyof O & string>,
  ): Process {
    return play(this, operations, options);
  }
}
