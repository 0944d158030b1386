// What is claimed of the end of sequences that are killed, with what they have started. Source: semantics §5; IEEE 1800.2 clause
// 14.2.2.
import { expect } from 'vitest';
import { SimEvent, type Process } from '#kernel/process';
import { ns } from '#kernel/time';
import { delay, fork, waitAll } from '#kernel/wait';
import { runWords, Words } from '#tests/unit/uvm/word-testbench';
import type { Claim } from './claim.ts';

/** Says how it ends. */
class Living extends Words {
  ends: string[] = [];

  override *body(): Process {
    try {
      yield* this.program();
    } finally {
      this.ends.push(`${this.name} cleaned up`);
    }
  }
  protected *program(): Process {
    yield* super.body();
  }
  override postDo(): void {
    if (this.state === 'killed') this.ends.push(`${this.name} goes on`);
  }
  override *postBody(): Process {
    this.ends.push(`${this.name} goes on`);
  }
  override *postStart(): Process {
    this.ends.push(`${this.name} goes on`);
  }
  override doKill(): void {
    this.ends.push(`${this.name} killed`);
  }
}

/** Sends for ever. */
class Forked extends Living {
  override text = 'fork';
  override count = 99;
}
/** Sends for ever, and keeps the sequencer from its second item on. */
class InLine extends Living {
  override text = 'line';
  protected override *program(): Process {
    this.count = 1;
    yield* super.program();
    yield* this.lock();
    this.count = 99;
    yield* super.program();
  }
}
/** Has a child in a process of its own, one in line, and a process that waits for ever. */
class Family extends Living {
  protected override *program(): Process {
    const { ends, sequencer } = this;
    yield* fork('helper', helper(ends));
    yield* fork('child', Object.assign(new Forked(), { ends }).start(sequencer, this));
    yield* Object.assign(new InLine(), { ends }).start(sequencer, this);
  }
}

function* helper(ends: string[]): Process {
  try {
    yield new SimEvent('never');
  } finally {
    ends.push('helper cleaned up');
  }
}

export const KILL_CLAIM: Claim = {
  id: 'SEM-5.23',
  feature:
    'kill ends a sequence with its children; start returns to its caller; stopSequences kills all',
  support: 'yes',
  verify: () => {
    const ends: string[] = [];
    const run = runWords(function* (test, trace) {
      const family = new Family();
      family.ends = ends;
      const other = yield* fork('other', test.start(Words, test.sequencer, { count: 3 }));
      yield* fork(
        'killer',
        (function* (): Process {
          yield delay(ns(55));
          family.kill();
        })(),
      );
      yield* family.start(test.sequencer);
      trace.push(`${family.state} @${test.kernel.nowPs / ns(1)}`);
      expect([test.sequencer.isGrabbed, test.sequencer.waitingCount]).toEqual([false, 1]);
      yield* waitAll(other);
      yield* fork('more', test.start(Words, test.sequencer, { text: 'x', count: 9 }));
      const again = new Family();
      again.ends = ends;
      yield* fork('again', again.start(test.sequencer));
      yield delay(ns(8));
      test.sequencer.stopSequences();
      expect(test.sequencer.sequences).toEqual([]);
      expect([test.sequencer.waitingCount, again.state]).toEqual([0, 'killed']);
      yield delay(ns(100));
    });
    expect(run.trace).toEqual([
      ...['w1 @0', 'fork1 @10', 'line1 @20', 'w2 @30', 'fork2 @40'],
      'line1 @50', // has the lock, and is killed; the driver ends what it has
      'killed @55',
      'w3 @60',
      'x1 @70', // all are stopped at 78 ns
    ]);
    const members = ['InLine', 'Forked', 'Family'];
    const once = members.flatMap((name) => [`${name} cleaned up`, `${name} killed`]);
    const expected = [...once, 'helper cleaned up'].toSorted();
    expect([ends.slice(0, 7).toSorted(), ends.slice(7).toSorted()]).toEqual([expected, expected]);
    expect([run.isDone, run.testbench.reports.count('error')]).toEqual([true, 0]);
  },
};
