// What is claimed of the six arbitrations and of priorities, sentence by sentence of semantics §5 (and §1 for randomness).
import { expect } from 'vitest';
import type { Process } from '#kernel/process';
import { ns } from '#kernel/time';
import { delay, fork } from '#kernel/wait';
import { Streams } from '#random/streams';
import type { Arbitration } from '#uvm/arbitration';
import type { Request } from '#uvm/request';
import { Sequencer } from '#uvm/sequencer';
import {
  errorOf,
  runWords,
  texts,
  Words,
  WordDriver,
  type Word,
  type WordRun,
} from '#tests/unit/uvm/word-testbench';
import type { Claim } from './claim.ts';
import { race } from './race-bench.ts';

function orderOf(arbitration: Arbitration, priorities: Readonly<Record<string, number>>): string[] {
  const run = race(
    (test) =>
      Object.entries(priorities).map(([text, priority]) =>
        test.start(Words, test.sequencer, { text, priority, count: 2 }),
      ),
    arbitration,
  );
  expect(run.isDone).toBe(true);
  return texts(run.trace);
}

/** What each of some sequences that always want to send gets of 4000 items, in per cent, to the nearest 5. */
function shares(arbitration: Arbitration, priorities: readonly number[]): number[] {
  const items = 4000;
  const { trace } = runWords(
    function* (test) {
      for (const [index, priority] of priorities.entries()) {
        const args = { text: `${index} `, priority, count: items };
        yield* fork('one', test.start(Words, test.sequencer, args));
      }
      yield delay(ns(10) * items - 1);
      test.sequencer.stopSequences();
    },
    {
      elaborated: (test) => {
        test.sequencer.arbitration = arbitration;
      },
    },
  );
  expect(trace).toHaveLength(items);
  const counts = priorities.map(() => 0);
  for (const text of texts(trace)) counts[Number(text)]++;
  return counts.map((count) => Math.round((count / items) * 20) * 5);
}

const WEIGHTED_SHARES = [20, 50, 30];

type UserChoice = (available: readonly number[], queue: readonly Request[]) => number;

/** Six that ask at the same time of a sequencer whose arbitration is `choose`; `shy` is not relevant before the others have gone. */
function userRace(choose: UserChoice): WordRun {
  class Own extends Sequencer<Word, string> {
    override userPriorityArbitration(available: readonly number[], queue: readonly Request[]) {
      return choose(available, queue);
    }
  }
  class Shy extends Words {
    override isRelevant(): boolean {
      return this.sequencer.waitingCount === 1;
    }
  }
  class Locking extends Words {
    override *body(): Process {
      yield* this.lock();
      yield* super.body();
      this.unlock();
    }
  }
  return race(
    (test) => [
      test.start(Words, test.sequencer, { text: 'a' }),
      test.start(Words, test.sequencer, { text: 'b' }),
      test.start(Shy, test.sequencer, { text: 'shy' }),
      test.start(Words, test.sequencer, { text: 'c' }),
      test.start(Locking, test.sequencer, { text: 'lock' }),
      test.start(Words, test.sequencer, { text: 'last' }),
    ],
    'USER',
    { prepare: ({ factory }) => factory.overrideType(Sequencer<Word, string>, Own) },
  );
}

/** What two sequences send that always ask, when the choice is that of the sequencer's own stream. */
function randomOrder(seed: number, count: number): string[] {
  const stream = new Streams(seed).stream('test.agent.sequencer', 'arbitration');
  const queue = ['a', 'b'];
  const order: string[] = [];
  while (order.length < count) {
    const chosen = stream.pick(queue);
    order.push(chosen);
    queue.splice(queue.indexOf(chosen), 1);
    queue.push(chosen);
  }
  return order;
}

/** The first 20 that two sequences send, while others draw random numbers or do not. */
function orderWith({ seed, others, arbitration }: OrderOptions): string[] {
  class Maybe extends Words {
    override *preDo(): Process {
      if (others === 'drawing') this.stream('arbitration').uint32();
    }
  }
  class Drawing extends WordDriver {
    override note(text: string): void {
      if (others === 'drawing') this.stream('arbitration').uint32();
      super.note(text);
    }
  }
  const run = race(
    (test) => {
      if (others === 'drawing') test.stream('arbitration').uint32();
      return ['a', 'b'].map((text) => test.start(Maybe, test.sequencer, { text, count: 20 }));
    },
    arbitration,
    { seed, prepare: ({ factory }) => factory.overrideType(WordDriver, Drawing) },
  );
  return texts(run.trace)
    .slice(0, 20)
    .map((text) => text[0]);
}

interface OrderOptions {
  readonly seed: number;
  readonly others: 'quiet' | 'drawing';
  readonly arbitration: Arbitration;
}

export const ARBITRATION_CLAIMS: readonly Claim[] = [
  {
    id: 'SEM-5.1',
    feature: 'FIFO, the default: the first request that is not blocked and relevant',
    support: 'yes',
    verify: () => {
      expect(orderOf('FIFO', { a: 1, b: 9, c: 5 })).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'c2']);
      expect(runWords(function* () {}).test.sequencer.arbitration).toBe('FIFO');
    },
  },
  {
    id: 'SEM-5.2',
    feature: 'WEIGHTED: random, in proportion to priority',
    support: 'yes',
    verify: () => expect(shares('WEIGHTED', [100, 250, 150])).toEqual(WEIGHTED_SHARES),
  },
  {
    id: 'SEM-5.3',
    feature: 'RANDOM: each request equally likely',
    support: 'yes',
    verify: () => expect(shares('RANDOM', [1, 300, 20, 7])).toEqual([25, 25, 25, 25]),
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
    verify: () => {
      expect(shares('STRICT_RANDOM', [9, 1, 9, 8])).toEqual([50, 0, 50, 0]);
      expect(orderOf('STRICT_RANDOM', { a: 1, b: 9, c: 5 })).toEqual([
        'b1',
        'b2',
        'c1',
        'c2',
        'a1',
        'a2',
      ]);
    },
  },
  {
    id: 'SEM-5.6',
    feature: 'USER: userPriorityArbitration chooses; a request that is not available is fatal',
    support: 'differs',
    note: 'It gets the available indices as in UVM, and the queue itself beside them.',
    verify: () => {
      const asked: string[] = [];
      // The youngest before the last; one that a lock keeps out, or that is not relevant, is not offered.
      const run = userRace((available, queue) => {
        const names = queue.map(({ kind, sequence }) =>
          kind === 'lock' ? 'lock' : (sequence as Words).text,
        );
        asked.push(`${names.join(' ')}: ${available.join(' ')}`);
        return available.findLast((i) => !names[i].startsWith('last')) ?? available[0];
      });
      expect(texts(run.trace)).toEqual(['c1', 'b1', 'a1', 'lock1', 'last1', 'shy1']);
      expect(asked).toEqual([
        'a b shy c lock last: 0 1 3 5',
        'a b shy lock last: 0 1 4',
        'a shy lock last: 0 3',
        'shy last lock: 2',
        'shy last: 1',
        'shy: 0',
      ]);
      const refusal = (choose: UserChoice): string => {
        const error = errorOf(() => userRace(choose));
        return `${error.code}: ${error.message.split(' [')[0]}`;
      };
      const wrong = 'bad-arbitration: userPriorityArbitration returned';
      expect(refusal(() => 99)).toBe(`${wrong} 99, which is no index of its 6 requests`);
      expect(refusal(() => -1)).toBe(`${wrong} -1, which is no index of its 6 requests`);
      for (const index of [2, 4]) {
        expect(refusal(() => index)).toMatch(
          /the request of \w+, which is blocked, irrelevant or a lock/,
        );
      }
    },
  },
  {
    id: 'SEM-5.7',
    feature:
      'random arbitration is stable: it draws from a stream of the sequencer, not of the caller',
    support: 'differs',
    note: 'UVM draws from whatever process calls the sequencer. Nothing is drawn in FIFO and STRICT_FIFO order.',
    verify: () => {
      for (const seed of [1, 2]) {
        const expected = randomOrder(seed, 20);
        for (const others of ['quiet', 'drawing'] as const) {
          expect(orderWith({ seed, others, arbitration: 'RANDOM' })).toEqual(expected);
        }
      }
      expect(randomOrder(1, 20)).not.toEqual(randomOrder(2, 20));
      const digest = (arbitration: Arbitration): string =>
        race(
          (test) => [test.start(Words, test.sequencer), test.start(Words, test.sequencer)],
          arbitration,
        ).testbench.streams.drawsDigest();
      const none = runWords(function* () {}).testbench.streams.drawsDigest();
      const drawing = (
        ['FIFO', 'STRICT_FIFO', 'USER', 'RANDOM', 'WEIGHTED', 'STRICT_RANDOM'] as const
      ).filter((mode) => digest(mode) !== none);
      expect(drawing).toEqual(['RANDOM', 'WEIGHTED', 'STRICT_RANDOM']);
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
