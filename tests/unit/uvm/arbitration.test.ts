// The six arbitrations, priorities, and what they draw. Source: semantics §5.
import { describe, expect, it } from 'vitest';
import type { Process } from '#kernel/process';
import { ns } from '#kernel/time';
import { delay, fork, waitAll } from '#kernel/wait';
import { chooseRequest, type Arbitration } from '#uvm/arbitration';
import { Sequencer } from '#uvm/sequencer';
import type { Request } from '#uvm/request';
import { RandomStream } from '#random/random-stream';
import { errorOf, runWords, texts, type Word, Words, type WordTest } from './word-testbench.ts';

/** Three sequences ask at the same time; the first is served before the others are known. */
function* three(test: WordTest, priorities: readonly [number, number, number], count = 2): Process {
  const [a, b, c] = priorities;
  const { sequencer } = test;
  yield* waitAll(
    yield* fork('a', test.start(Words, sequencer, { text: 'a', count, priority: a })),
    yield* fork('b', test.start(Words, sequencer, { text: 'b', count, priority: b })),
    yield* fork('c', test.start(Words, sequencer, { text: 'c', count, priority: c })),
  );
}

function order(
  arbitration: Arbitration,
  priorities: readonly [number, number, number],
  count = 2,
): string {
  const run = runWords((test) => three(test, priorities, count), {
    elaborated: (test) => {
      test.sequencer.arbitration = arbitration;
    },
  });
  expect(run.isDone).toBe(true);
  return texts(run.trace).join(' ');
}

describe('deterministic arbitrations', () => {
  it('FIFO is the default, and does not look at priorities', () => {
    expect(order('FIFO', [1, 2, 3])).toBe('a1 b1 c1 a2 b2 c2');
    const run = runWords((test) => three(test, [3, 2, 1]));
    expect(run.test.sequencer.arbitration).toBe('FIFO');
    expect(texts(run.trace)).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'c2']);
  });

  it('STRICT_FIFO takes the oldest of the highest priority; a sequence that was just served may ask again', () => {
    expect(order('STRICT_FIFO', [1, 5, 5])).toBe('b1 c1 b2 c2 a1 a2');
    expect(order('STRICT_FIFO', [1, 7, 5])).toBe('b1 b2 c1 c2 a1 a2');
  });

  it('USER asks the sequencer, whose default is the oldest', () => {
    expect(order('USER', [1, 1, 1])).toBe('a1 b1 c1 a2 b2 c2');
    class Last extends Sequencer<Word, string> {
      override userPriorityArbitration(available: readonly number[], queue: readonly Request[]) {
        expect(available.every((i) => queue[i].kind === 'item')).toBe(true);
        return available.at(-1) ?? -1;
      }
    }
    const run = runWords((test) => three(test, [1, 1, 1]), {
      prepare: ({ factory }) => factory.overrideType(Sequencer<Word, string>, Last),
      elaborated: (test) => {
        test.sequencer.arbitration = 'USER';
      },
    });
    expect(texts(run.trace)).toEqual(['c1', 'c2', 'b1', 'b2', 'a1', 'a2']);
  });
});

describe('random arbitrations', () => {
  const stream = () => new RandomStream('arbitration test');
  const counts = (mode: 'WEIGHTED' | 'RANDOM' | 'STRICT_RANDOM', priorities: number[]) => {
    const one = stream();
    const seen = priorities.map(() => 0);
    const available = [...priorities.keys()];
    for (let n = 0; n < 6000; n++) {
      seen[
        chooseRequest(
          mode,
          available,
          (i) => priorities[i],
          () => one,
        )
      ]++;
    }
    return seen;
  };

  it('WEIGHTED is in proportion to priority', () => {
    const [a, b, c] = counts('WEIGHTED', [100, 200, 300]);
    expect([a, b, c].map((n) => Math.round(n / 100))).toEqual([10, 20, 30]);
  });

  it('RANDOM is uniform', () => {
    for (const n of counts('RANDOM', [1, 1000, 7])) expect(Math.abs(n - 2000)).toBeLessThan(150);
  });

  it('STRICT_RANDOM is uniform among the highest', () => {
    const [a, b, c] = counts('STRICT_RANDOM', [5, 1, 5]);
    expect(b).toBe(0);
    expect(Math.abs(a - c)).toBeLessThan(300);
  });

  it('draw nothing when there is no choice', () => {
    const never = (): RandomStream => expect.unreachable();
    for (const mode of ['WEIGHTED', 'RANDOM', 'STRICT_RANDOM'] as const) {
      expect(chooseRequest(mode, [4], () => 1, never)).toBe(4);
    }
    expect(chooseRequest('STRICT_RANDOM', [0, 1], (i) => i + 1, never)).toBe(1);
  });

  it('choose the same again for the same seed, whoever asks, and otherwise for another', () => {
    const once = (seed: number, extra: boolean) => {
      const { trace } = runWords(
        function* (test) {
          if (extra) test.stream('arbitration').uint32(); // of another path
          yield* three(test, [1, 1, 1], 8);
        },
        {
          seed,
          elaborated: (test) => {
            test.sequencer.arbitration = 'RANDOM';
          },
        },
      );
      return texts(trace).join(' ');
    };
    expect(once(1, true)).toBe(once(1, false));
    expect(once(2, false)).not.toBe(once(1, false));
    expect(once(1, false).split(' ').toSorted()).toHaveLength(24);
  });

  it('draw from the stream of the sequencer, and FIFO draws nothing', () => {
    const digest = (arbitration: Arbitration) =>
      runWords((test) => three(test, [1, 1, 1]), {
        elaborated: (test) => {
          test.sequencer.arbitration = arbitration;
        },
      }).testbench.streams.drawsDigest();
    const nothing = runWords(function* () {}).testbench.streams.drawsDigest();
    expect(digest('FIFO')).toBe(nothing);
    expect(digest('STRICT_FIFO')).toBe(nothing);
    expect(digest('RANDOM')).not.toBe(nothing);
  });
});

describe('priorities', () => {
  const strict = {
    elaborated: (test: WordTest) => {
      test.sequencer.arbitration = 'STRICT_FIFO';
    },
  };

  it('are 100 at the root, inherited from the parent, or given at the start', () => {
    const seen: number[] = [];
    class Child extends Words {
      override *preStart(): Process {
        seen.push(this.priority);
      }
    }
    class Parent extends Words {
      override *body(): Process {
        seen.push(this.priority);
        yield* this.startChild(Child, this.sequencer);
        yield* new Child().start(this.sequencer, this, { priority: 7 });
      }
    }
    runWords(function* (test) {
      yield* test.start(Parent, test.sequencer);
      yield* test.start(Parent, test.sequencer, { priority: 250 });
      yield* new Parent().start(test.sequencer, undefined, { priority: 40 });
    });
    expect(seen).toEqual([100, 100, 7, 250, 250, 7, 40, 40, 7]);
  });

  it("of an item go before its sequence's", () => {
    const { trace } = runWords(function* (test) {
      yield* waitAll(
        yield* fork('a', test.start(Words, test.sequencer, { text: 'a', priority: 500 })),
        yield* fork('b', test.start(Words, test.sequencer, { text: 'b', itemPriority: 501 })),
      );
    }, strict);
    expect(texts(trace)).toEqual(['b1', 'a1']);
  });

  it('may change while a request waits', () => {
    const { trace } = runWords(function* (test) {
      const late = new Words();
      late.text = 'late';
      yield* waitAll(
        yield* fork('a', test.start(Words, test.sequencer, { text: 'a', count: 2 })),
        yield* fork('b', test.start(Words, test.sequencer, { text: 'b', count: 1 })),
        yield* fork('late', late.start(test.sequencer)),
        yield* fork(
          'change',
          (function* (): Process {
            yield delay(ns(5));
            late.priority = 900;
          })(),
        ),
      );
    }, strict);
    expect(texts(trace)).toEqual(['a1', 'late1', 'b1', 'a2']);
  });

  it('of 0 or less are refused: SEQPRI for a sequence, SEQITEMPRI for an item', () => {
    const start = errorOf(() =>
      runWords(function* (test) {
        yield* new Words().start(test.sequencer, undefined, { priority: 0 });
      }),
    );
    expect(start.code).toBe('SEQPRI');
    expect(start.message).toMatch(/^sequence Words gets priority 0 .*agent.sequencer.Words/);
    const unstarted = errorOf(() => {
      new Words().priority = Number.NaN;
    });
    expect(unstarted.code).toBe('SEQPRI');
    for (const itemPriority of [0, -2]) {
      const item = errorOf(() =>
        runWords(function* (test) {
          yield* test.start(Words, test.sequencer, { itemPriority });
        }),
      );
      expect(item.code).toBe('SEQITEMPRI');
      expect(item.message).toContain(`an item is started with priority ${itemPriority}`);
    }
  });
});

describe('wrong arbitration', () => {
  it('a name that is none gets the nearest one', () => {
    const error = errorOf(() =>
      runWords(function* () {}, {
        elaborated: (test) => {
          test.sequencer.arbitration = 'STRICT_FIFFO' as Arbitration;
        },
      }),
    );
    expect(error.code).toBe('unknown-arbitration');
    expect(error.message).toContain(
      "there is no arbitration 'STRICT_FIFFO' (did you mean 'STRICT_FIFO'?)",
    );
  });

  it.each([
    [9, 'returned 9, which is no index of its 2 requests'],
    [-1, 'returned -1, which is no index of its 2 requests'],
    [1, 'returned 1, the request of Blocked, which is blocked, irrelevant or a lock'],
  ])('USER that returns %i is fatal', (index, message) => {
    class Wrong extends Sequencer<Word, string> {
      override userPriorityArbitration(): number {
        return index;
      }
    }
    class Blocked extends Words {}
    const error = errorOf(() =>
      runWords(
        function* (test) {
          class Holder extends Words {
            override *body(): Process {
              yield* this.lock();
              yield* super.body();
            }
          }
          yield* fork('holder', test.start(Holder, test.sequencer));
          yield* fork('blocked', test.start(Blocked, test.sequencer));
          yield delay(ns(50));
        },
        {
          prepare: ({ factory }) => factory.overrideType(Sequencer<Word, string>, Wrong),
          elaborated: (test) => {
            test.sequencer.arbitration = 'USER';
          },
        },
      ),
    );
    expect(error.code).toBe('bad-arbitration');
    expect(error.message).toContain(message);
    expect(error.hint).toBe('Return one of the available indices: 0.');
  });
});
