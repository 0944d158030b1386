// What is claimed of arbitration, locks and relevance, sentence by sentence of semantics §5 (and §1 for randomness).
import { expect } from 'vitest';
import { SimEvent, type Process } from '#kernel/process';
import { ns } from '#kernel/time';
import { delay, fork, waitAll } from '#kernel/wait';
import { chooseRequest, type Arbitration } from '#uvm/arbitration';
import type { Request } from '#uvm/request';
import { Sequencer } from '#uvm/sequencer';
import { RandomStream } from '#random/random-stream';
import {
  errorOf,
  runWords,
  texts,
  Words,
  type Word,
  type WordRun,
  type WordTest,
} from '#tests/unit/uvm/word-testbench';
import type { Claim, ClaimChapter } from './claim.ts';
import { DRIVER_CLAIMS, SEQUENCE_CLAIMS } from './sequence-claims.ts';

/** Runs sequences that all start at the same time, and says what the driver saw. */
function race(
  make: (test: WordTest) => readonly Process[],
  arbitration: Arbitration = 'FIFO',
): WordRun {
  return runWords(
    function* (test) {
      const handles = [];
      for (const one of make(test)) handles.push(yield* fork('one', one));
      yield* waitAll(...handles);
    },
    {
      elaborated: (test) => {
        test.sequencer.arbitration = arbitration;
      },
    },
  );
}

function orderOf(arbitration: Arbitration, priorities: Readonly<Record<string, number>>): string[] {
  const run = race(
    (test) =>
      Object.entries(priorities).map(([text, priority]) =>
        test.start(Words, test.sequencer, { text, priority, count: 2 }),
      ),
    arbitration,
  );
  return texts(run.trace);
}

/** How often each of the requests is chosen in 4000 choices. */
function shares(mode: 'WEIGHTED' | 'RANDOM' | 'STRICT_RANDOM', priorities: number[]): number[] {
  const stream = new RandomStream('conformance');
  const counts = priorities.map(() => 0);
  const all = [...priorities.keys()];
  for (let n = 0; n < 4000; n++) {
    counts[
      chooseRequest(
        mode,
        all,
        (i) => priorities[i],
        () => stream,
      )
    ]++;
  }
  return counts.map((count) => Math.round(count / 200) * 5); // per cent, to the nearest 5
}

class Locking extends Words {
  verb: 'lock' | 'grab' = 'lock';
  override *body(): Process {
    yield* this[this.verb]();
    yield* super.body();
    this.unlock();
  }
}

const ARBITRATION_CLAIMS: readonly Claim[] = [
  {
    id: 'SEM-5.1',
    feature: 'FIFO, the default: the first request that is not blocked and relevant',
    support: 'yes',
    verify: () => {
      expect(orderOf('FIFO', { a: 1, b: 9 })).toEqual(['a1', 'b1', 'a2', 'b2']);
      expect(runWords(function* () {}).test.sequencer.arbitration).toBe('FIFO');
    },
  },
  {
    id: 'SEM-5.2',
    feature: 'WEIGHTED: random, in proportion to priority',
    support: 'yes',
    verify: () => expect(shares('WEIGHTED', [100, 300])).toEqual([25, 75]),
  },
  {
    id: 'SEM-5.3',
    feature: 'RANDOM: each request equally likely',
    support: 'yes',
    verify: () => expect(shares('RANDOM', [1, 300])).toEqual([50, 50]),
  },
  {
    id: 'SEM-5.4',
    feature: 'STRICT_FIFO: the oldest among those of the highest priority',
    support: 'yes',
    verify: () =>
      expect(orderOf('STRICT_FIFO', { a: 1, b: 9, c: 9 })).toEqual([
        'b1',
        'c1',
        'b2',
        'c2',
        'a1',
        'a2',
      ]),
  },
  {
    id: 'SEM-5.5',
    feature: 'STRICT_RANDOM: random among those of the highest priority',
    support: 'yes',
    verify: () => expect(shares('STRICT_RANDOM', [9, 1, 9])).toEqual([50, 0, 50]),
  },
  {
    id: 'SEM-5.6',
    feature: 'USER: userPriorityArbitration chooses; a request that is not available is fatal',
    support: 'differs',
    note: 'It gets the available indices as in UVM, and the queue itself beside them.',
    verify: () => {
      class Last extends Sequencer<Word, string> {
        override userPriorityArbitration(available: readonly number[], queue: readonly Request[]) {
          return queue.length > 1 ? available.length - 1 : 99;
        }
      }
      const error = errorOf(() =>
        runWords(
          function* (test) {
            const one = yield* fork('a', test.start(Words, test.sequencer, { text: 'a' }));
            const two = yield* fork('b', test.start(Words, test.sequencer, { text: 'b' }));
            yield* waitAll(one, two);
          },
          {
            prepare: ({ factory }) => factory.overrideType(Sequencer<Word, string>, Last),
            elaborated: (test) => {
              test.sequencer.arbitration = 'USER';
            },
          },
        ),
      );
      expect(error.code).toBe('bad-arbitration');
    },
  },
  {
    id: 'SEM-5.7',
    feature:
      'random arbitration is stable: it draws from a stream of the sequencer, not of the caller',
    support: 'differs',
    note: 'UVM draws from whatever process calls the sequencer. Nothing is drawn in FIFO order.',
    verify: () => {
      const draws = (mode: Arbitration) =>
        race(
          (test) => [test.start(Words, test.sequencer), test.start(Words, test.sequencer)],
          mode,
        ).testbench.streams.drawsDigest();
      const none = runWords(function* () {}).testbench.streams.drawsDigest();
      expect([draws('FIFO'), draws('RANDOM') === none]).toEqual([none, false]);
    },
  },
  {
    id: 'SEM-5.8',
    feature: "priority: the item's own if it has one, else its sequence's",
    support: 'yes',
    verify: () => {
      const run = race(
        (test) => [
          test.start(Words, test.sequencer, { text: 'a', priority: 50 }),
          test.start(Words, test.sequencer, { text: 'b', priority: 1, itemPriority: 60 }),
        ],
        'STRICT_FIFO',
      );
      expect(texts(run.trace)).toEqual(['b1', 'a1']);
    },
  },
  {
    id: 'SEM-5.9',
    feature:
      'priority of a sequence: 100 at the root, inherited from the parent, given at the start',
    support: 'yes',
    verify: () => {
      const seen: number[] = [];
      class Child extends Words {
        override *body(): Process {
          seen.push(this.priority);
        }
      }
      class Parent extends Words {
        override *body(): Process {
          yield* this.startChild(Child, this.sequencer);
        }
      }
      runWords(function* (test) {
        yield* test.start(Parent, test.sequencer);
        yield* new Parent().start(test.sequencer, undefined, { priority: 7 });
      });
      expect(seen).toEqual([100, 7]);
    },
  },
  {
    id: 'SEM-5.10',
    feature: 'a priority of 0 or less is fatal',
    support: 'yes',
    verify: () => {
      const start = (args: object) =>
        errorOf(() => runWords((test) => test.start(Words, test.sequencer, args))).code;
      expect([start({ itemPriority: 0 }), start({ priority: 0 })]).toEqual([
        'SEQITEMPRI',
        'SEQPRI',
      ]);
    },
  },
];

const LOCK_CLAIMS: readonly Claim[] = [
  {
    id: 'SEM-5.11',
    feature: 'lock is queued like a request, and granted in turn',
    support: 'yes',
    note:
      'Its turn is its place in the queue, in every arbitration mode: under STRICT_FIFO and STRICT_RANDOM a lock waits for ' +
      'the items before it, also for one of low priority that others keep from being served. grab does not wait.',
    verify: () => {
      const run = race((test) => [
        test.start(Words, test.sequencer, { text: 'a', count: 2 }),
        test.start(Words, test.sequencer, { text: 'b', count: 2 }),
        test.start(Locking, test.sequencer, { text: 'lock', count: 2 }),
      ]);
      expect(texts(run.trace)).toEqual(['a1', 'b1', 'lock1', 'lock2', 'a2', 'b2']);
    },
  },
  {
    id: 'SEM-5.12',
    feature: 'grab goes to the front of the queue; a later grab passes an earlier one that waits',
    support: 'yes',
    verify: () => {
      const run = race((test) => [
        test.start(Locking, test.sequencer, { text: 'a', count: 2 }),
        test.start(Words, test.sequencer, { text: 'b' }),
        test.start(Locking, test.sequencer, { text: 'early', verb: 'grab' }),
        test.start(Locking, test.sequencer, { text: 'late', verb: 'grab' }),
      ]);
      expect(texts(run.trace)).toEqual(['a1', 'a2', 'late1', 'early1', 'b1']);
    },
  },
  {
    id: 'SEM-5.13',
    feature: 'descendants of the lock holder are not blocked',
    support: 'differs',
    note: 'They may lock, too, while others wait before them; UVM 2020 hangs there.',
    verify: () => {
      class Parent extends Words {
        override *body(): Process {
          yield* this.lock();
          yield* super.body();
          yield* this.startChild(Locking, this.sequencer, { text: 'child' });
          this.unlock();
        }
      }
      const run = race((test) => [
        test.start(Parent, test.sequencer, { text: 'parent' }),
        test.start(Words, test.sequencer, { text: 'other' }),
      ]);
      expect(texts(run.trace)).toEqual(['parent1', 'child1', 'other1']);
    },
  },
  {
    id: 'SEM-5.14',
    feature:
      'the locks of a killed holder are released; those of one that ends are an error, SEQFINERR',
    support: 'yes',
    verify: () => {
      class Keeping extends Words {
        override *body(): Process {
          yield* this.lock();
          yield* super.body();
        }
      }
      const killed = runWords(function* (test) {
        const one = new Keeping();
        one.count = 9;
        yield* fork('one', one.start(test.sequencer));
        yield delay(ns(5));
        one.kill();
        yield* test.start(Words, test.sequencer, { text: 'free' });
      });
      expect([killed.isDone, killed.testbench.reports.count('error')]).toEqual([true, 0]);
      const ended = runWords((test) => test.start(Keeping, test.sequencer));
      expect(ended.testbench.reports.countOfId('SEQFINERR')).toBe(1);
    },
  },
  {
    id: 'SEM-5.15',
    feature:
      'isRelevant() false: the request is passed over; with nothing relevant waitForRelevant decides',
    support: 'yes',
    verify: () => {
      const opened = new SimEvent('opened');
      let isOpen = false;
      class Shy extends Words {
        override isRelevant(): boolean {
          return isOpen;
        }
        override *waitForRelevant(): Process {
          yield opened;
        }
      }
      const run = runWords(function* (test) {
        const shy = yield* fork('shy', test.start(Shy, test.sequencer, { text: 'shy' }));
        yield* test.start(Words, test.sequencer);
        yield delay(ns(5));
        isOpen = true;
        opened.trigger();
        yield* waitAll(shy);
      });
      expect(run.trace).toEqual(['w1 @0', 'shy1 @15']);
    },
  },
  {
    id: 'SEM-5.16',
    feature: 'a request whose process died is removed with error SEQREQZMB',
    support: 'yes',
    verify: () => {
      const run = runWords(function* (test) {
        yield* fork('a', test.start(Words, test.sequencer, { text: 'a' }));
        const dies = yield* fork('b', test.start(Words, test.sequencer, { text: 'b' }));
        yield delay(ns(5));
        dies.kill();
        yield* test.start(Words, test.sequencer, { text: 'c' });
      });
      expect(texts(run.trace)).toEqual(['a1', 'c1']);
      expect(run.testbench.reports.countOfId('SEQREQZMB')).toBe(1);
    },
  },
];

export const SEQUENCER_CHAPTER: ClaimChapter = {
  title: 'Sequencer and sequences',
  source: 'IEEE 1800.2-2020 clauses 14-15; semantics §1, §5',
  claims: [...ARBITRATION_CLAIMS, ...LOCK_CLAIMS, ...SEQUENCE_CLAIMS, ...DRIVER_CLAIMS],
};
