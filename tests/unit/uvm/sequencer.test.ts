// The hand-shake of sequence, sequencer and driver. Source: semantics §5.
import { describe, expect, it } from 'vitest';
import { UsageError } from '#base/assert';
import type { Process } from '#kernel/process';
import { ns } from '#kernel/time';
import { delay, fork, waitAll } from '#kernel/wait';
import { Agent } from '#uvm/agent';
import { Driver } from '#uvm/driver';
import type { Phase } from '#uvm/phase';
import type { SequenceBase } from '#uvm/sequence-base';
import { SequenceItem } from '#uvm/sequence-item';
import { Sequence } from '#uvm/sequence';
import { Sequencer } from '#uvm/sequencer';
import { Test } from '#uvm/test';
import { TestRunner } from '#uvm/test-runner';
import { Testbench } from '#uvm/testbench';

const trace: string[] = [];

class Word extends SequenceItem {
  value = 0;
}

class WordDriver extends Driver<Word, number> {
  override *runPhase(): Process {
    for (;;) {
      const item = yield* this.getNextItem();
      trace.push(`drive ${item.value} @${this.kernel.nowPs}`);
      yield delay(ns(10));
      this.itemDone(item.value * 2);
    }
  }
}

class WordAgent extends Agent {
  readonly child = this.children({ sequencer: Sequencer<Word, number>, driver: WordDriver });
}

class Words extends Sequence<Word, number> {
  first = 0;
  count = 3;
  gapPs = 0;
  override *body(): Process {
    for (let i = 0; i < this.count; i++) {
      const item = new Word();
      yield* this.startItem(item);
      item.value = this.first + i; // late
      if (this.gapPs > 0) yield delay(this.gapPs);
      yield* this.finishItem(item);
    }
  }
}

type Scenario = (test: WordTest) => Process;

class WordTest extends Test {
  static scenario: Scenario = function* () {};
  readonly child = this.children({ agent: WordAgent });
  get sequencer(): Sequencer<Word, number> {
    return this.child.agent.child.sequencer;
  }
  override *runPhase(phase: Phase): Process {
    using _objection = phase.raiseObjection(this, 'scenario');
    yield* WordTest.scenario(this);
  }
}

function run(scenario: Scenario, untilPs = ns(10_000)): Testbench {
  trace.length = 0;
  WordTest.scenario = scenario;
  const testbench = new Testbench({ runSeed: 1 });
  const runner = new TestRunner(testbench, WordTest);
  runner.elaborate();
  runner.startRun();
  testbench.kernel.runUntil(untilPs);
  if (!runner.isRunDone) throw new Error(`hangs:\n${runner.explainHang().join('\n')}`);
  runner.finish();
  return testbench;
}

/** The usage error behind what a run threw. */
function causeOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return (error as Error).cause ?? error;
  }
  return undefined;
}

describe('hand-shake', () => {
  it('drives items in order, one after the other', () => {
    run(function* (test) {
      yield* test.start(Words, test.sequencer, { first: 5 });
    });
    expect(trace).toEqual(['drive 5 @0', 'drive 6 @10000', 'drive 7 @20000']);
  });

  it('arbitrates first come first served between sequences', () => {
    run(function* (test) {
      const a = yield* fork('a', test.start(Words, test.sequencer, { first: 10, count: 2 }));
      const b = yield* fork('b', test.start(Words, test.sequencer, { first: 20, count: 2 }));
      yield* waitAll(a, b);
    });
    expect(trace.map((line) => line.split(' ')[1])).toEqual(['10', '20', '11', '21']);
  });

  it('lets a sequence wait between startItem and finishItem', () => {
    run(function* (test) {
      yield* test.start(Words, test.sequencer, { first: 1, count: 2, gapPs: ns(3) });
    });
    expect(trace).toEqual(['drive 1 @3000', 'drive 2 @16000']);
  });

  it('returns responses in order', () => {
    const got: number[] = [];
    class Asking extends Words {
      override *body(): Process {
        yield* super.body();
        for (let i = 0; i < this.count; i++) got.push(yield* this.getResponse());
      }
    }
    run(function* (test) {
      yield* test.start(Asking, test.sequencer, { first: 4, count: 3 });
    });
    expect(got).toEqual([8, 10, 12]);
  });

  it('drops the ninth response with an error', () => {
    const testbench = run(function* (test) {
      yield* test.start(Words, test.sequencer, { count: 9 });
    });
    expect(testbench.reports.countOfId('SEQRSPOVF')).toBe(1);
    const unbounded = run(function* (test) {
      yield* test.start(Words, test.sequencer, { count: 9, responseQueueDepth: -1 });
    });
    expect(unbounded.reports.count('error')).toBe(0);
  });
});

describe('hooks', () => {
  it('come in the order of UVM', () => {
    const seen: string[] = [];
    class Child extends Words {
      override count = 1;
      override *preStart(): Process {
        seen.push('child preStart');
      }
      override *preBody(): Process {
        seen.push('child preBody');
      }
      override *preDo(isItem: boolean): Process {
        seen.push(`child preDo ${isItem}`);
      }
      override midDo(): void {
        seen.push('child midDo');
      }
      override *body(): Process {
        seen.push('child body');
        yield* super.body();
      }
      override postDo(): void {
        seen.push('child postDo');
      }
      override *postStart(): Process {
        seen.push('child postStart');
      }
    }
    class Parent extends Sequence<Word, number> {
      override *preBody(): Process {
        seen.push('preBody');
      }
      override *preDo(isItem: boolean): Process {
        seen.push(`preDo ${isItem}`);
      }
      override midDo(one: SequenceItem | SequenceBase): void {
        seen.push(`midDo ${one.constructor.name}`);
      }
      override *body(): Process {
        yield* this.startChild(Child, this.sequencer);
      }
      override postDo(one: SequenceItem | SequenceBase): void {
        seen.push(`postDo ${one.constructor.name}`);
      }
      override *postBody(): Process {
        seen.push('postBody');
      }
    }
    run(function* (test) {
      yield* test.start(Parent, test.sequencer);
    });
    expect(seen).toEqual([
      'preBody',
      'child preStart',
      'preDo false',
      'midDo Child',
      'child body',
      'child preDo true',
      'child midDo',
      'child postDo',
      'postDo Child',
      'child postStart',
      'postBody',
    ]);
  });
});

describe('wrong use', () => {
  it('starting a running sequence is fatal', () => {
    const error = causeOf(() =>
      run(function* (test) {
        const words = new Words();
        yield* fork('first', words.start(test.sequencer));
        yield delay(1);
        yield* words.start(test.sequencer);
      }),
    );
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).code).toBe('SEQ_NOT_DONE');
  });

  it('a finished sequence may be started again', () => {
    run(function* (test) {
      const words = new Words();
      words.count = 1;
      yield* words.start(test.sequencer);
      yield* words.start(test.sequencer);
    });
    expect(trace).toHaveLength(2);
  });

  it('refuses fields that the sequence does not have, with a suggestion', () => {
    const error = causeOf(() =>
      run(function* (test) {
        yield* test.start(Words, test.sequencer, { cuont: 1 } as object);
      }),
    );
    expect(String(error)).toMatch(/Words has no field 'cuont' \(did you mean 'count'\?\)/);
  });

  it('refuses itemDone without an item, and finishItem without startItem', () => {
    const done = causeOf(() =>
      run(function* (test) {
        test.sequencer.itemDone();
      }),
    );
    expect((done as UsageError).code).toBe('no-item');
    class Hasty extends Sequence<Word, number> {
      override *body(): Process {
        yield* this.finishItem(new Word());
      }
    }
    const finish = causeOf(() =>
      run(function* (test) {
        yield* test.start(Hasty, test.sequencer);
      }),
    );
    expect((finish as UsageError).code).toBe('bad-handshake');
  });
});

describe('killed sequences', () => {
  it('a waiting request is removed with SEQREQZMB and the next is served', () => {
    const testbench = run(function* (test) {
      const long = yield* fork('long', test.start(Words, test.sequencer, { first: 1, count: 1 }));
      const dies = yield* fork('dies', test.start(Words, test.sequencer, { first: 50, count: 1 }));
      const last = yield* fork('last', test.start(Words, test.sequencer, { first: 99, count: 1 }));
      yield delay(ns(1));
      dies.kill();
      yield* waitAll(long, last);
    });
    expect(trace).toEqual(['drive 1 @0', 'drive 99 @10000']);
    expect(testbench.reports.countOfId('SEQREQZMB')).toBe(1);
  });

  it('killed on purpose, its request is removed without an error', () => {
    const testbench = run(function* (test) {
      const words = new Words();
      words.kill(); // does not run: nothing
      const long = yield* fork('long', test.start(Words, test.sequencer, { first: 1, count: 1 }));
      yield* fork('dies', words.start(test.sequencer));
      const last = yield* fork('last', test.start(Words, test.sequencer, { first: 9, count: 1 }));
      yield delay(ns(1));
      words.kill();
      expect(words.state).toBe('killed');
      yield* waitAll(long, last);
    });
    expect(trace).toEqual(['drive 1 @0', 'drive 9 @10000']);
    expect(testbench.reports.count('error')).toBe(0);
  });

  it('a granted request that is never sent does not block the driver', () => {
    const testbench = run(function* (test) {
      const slow = test.start(Words, test.sequencer, { first: 1, count: 1, gapPs: ns(100) });
      const dies = yield* fork('dies', slow);
      yield delay(ns(1));
      const next = yield* fork('next', test.start(Words, test.sequencer, { first: 2, count: 1 }));
      yield delay(ns(1));
      dies.kill();
      yield* waitAll(next);
    });
    expect(trace).toEqual(['drive 2 @2000']);
    expect(testbench.reports.countOfId('SEQREQZMB')).toBe(1);
  });

  it('a fork of a living sequence that dies between start and finish does not block either', () => {
    class Forking extends Words {
      override *body(): Process {
        const part = yield* fork('part', super.body());
        yield delay(ns(1));
        part.kill();
        yield delay(ns(50));
      }
    }
    const testbench = run(function* (test) {
      const one = yield* fork('one', test.start(Forking, test.sequencer, { gapPs: ns(100) }));
      const two = yield* fork('two', test.start(Words, test.sequencer, { first: 7, count: 1 }));
      yield* waitAll(one, two);
    });
    expect(trace).toEqual(['drive 7 @1000']);
    expect(testbench.reports.countOfId('SEQREQZMB')).toBe(1);
  });

  it('the end of the run phase reports no zombies', () => {
    const testbench = run(function* (test) {
      test.fork('forever', test.start(Words, test.sequencer, { count: 1e6 }));
      test.fork('waits', test.start(Words, test.sequencer, { count: 1e6 }));
      yield delay(ns(35));
    });
    expect(trace).toHaveLength(4);
    expect(testbench.reports.count('error')).toBe(0);
  });
});

describe('tryNextItem', () => {
  it('gives undefined when no sequence asks, and the item otherwise', () => {
    const seen: (number | undefined)[] = [];
    class Polling extends Test {
      readonly sequencer = this.children({ sequencer: Sequencer<Word, number> });
      override *runPhase(phase: Phase): Process {
        using _objection = phase.raiseObjection(this, 'polling');
        const { sequencer } = this.sequencer;
        seen.push((yield* sequencer.tryNextItem())?.value);
        yield* fork('words', this.start(Words, sequencer, { first: 3, count: 1 }));
        seen.push((yield* sequencer.tryNextItem())?.value);
        sequencer.itemDone();
      }
    }
    const testbench = new Testbench({ runSeed: 1 });
    const runner = new TestRunner(testbench, Polling);
    runner.elaborate();
    runner.startRun();
    testbench.kernel.runUntil(10);
    expect(seen).toEqual([undefined, 3]);
  });
});
