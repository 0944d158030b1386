// What the claims about arbitration and locks work with: sequences that compete for one driver.
import type { Process } from '#kernel/process';
import { fork, waitAll } from '#kernel/wait';
import type { Arbitration } from '#uvm/arbitration';
import {
  runWords,
  type WordOptions,
  type WordRun,
  type WordTest,
} from '#tests/unit/uvm/word-testbench';

/** Runs sequences that all start at the same time, and says what the driver saw. */
export function race(
  make: (test: WordTest) => readonly Process[],
  arbitration: Arbitration = 'FIFO',
  options: WordOptions = {},
): WordRun {
  return runWords(
    function* (test) {
      const handles = [];
      for (const one of make(test)) handles.push(yield* fork('one', one));
      yield* waitAll(...handles);
    },
    {
      ...options,
      elaborated: (test) => {
        test.sequencer.arbitration = arbitration;
      },
    },
  );
}
