// What is claimed of locks and relevance, sentence by sentence of semantics §5; the chapter on sequencers and sequences.
import { expect } from 'vitest';
import { SimEvent, type Process } from '#kernel/process';
import { ns } from '#kernel/time';
import { delay, fork, waitAll } from '#kernel/wait';
import { ARBITRATIONS, type Arbitration } from '#uvm/arbitration';
import { runWords, texts, Words } from '#tests/unit/uvm/word-testbench';
import { ARBITRATION_CLAIMS } from './arbitration-claims.ts';
import type { Claim, ClaimChapter } from './claim.ts';
import { race } from './race-bench.ts';
import { DRIVER_CLAIMS, SEQUENCE_CLAIMS } from './sequence-claims.ts';

class Locking extends Words {
  verb: 'lock' | 'grab' = 'lock';
  override *body(): Process {
    yield* this[this.verb]();
    yield* super.body();
    this.unlock();
  }
}

const LOCK_CLAIMS: readonly Claim[] = [
  {
    id: 'SEM-5.11',
    feature: 'lock is queued like a request, and granted in turn',
    support: 'yes',
    note:
      'Its turn is its place in the queue, in every arbitration mode: under STRICT_FIFO and STRICT_RANDOM a lock waits for ' +
      'the items before it, also for one of low priority that others keep from being served. grab does not wait.',
    verify: () => {
      const served = (arbitration: Arbitration): string[] =>
        texts(
          race(
            (test) => [
              test.start(Words, test.sequencer, { text: 'a', count: 2 }),
              test.start(Words, test.sequencer, { text: 'b', count: 2 }),
              test.start(Locking, test.sequencer, { text: 'lock', count: 2, priority: 999 }),
            ],
            arbitration,
          ).trace,
        );
      expect(served('FIFO')).toEqual(['a1', 'b1', 'lock1', 'lock2', 'a2', 'b2']);
      for (const arbitration of ARBITRATIONS) {
        const order = served(arbitration);
        // Behind the first of a and the first of b, and then for both items of the holder.
        const at = order.indexOf('lock1');
        expect([
          arbitration,
          order
            .slice(0, at)
            .toSorted()
            .filter((text) => text.endsWith('1')),
        ]).toEqual([arbitration, ['a1', 'b1']]);
        expect([arbitration, order[at + 1], order.length]).toEqual([arbitration, 'lock2', 6]);
      }
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
      for (const arbitration of ARBITRATIONS) {
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
        const run = runWords(
          function* (test) {
            const args = { text: 'shy', priority: 999, count: 2 };
            const shy = yield* fork('shy', test.start(Shy, test.sequencer, args));
            yield* test.start(Words, test.sequencer, { count: 2 });
            yield delay(ns(5));
            isOpen = true;
            opened.trigger();
            yield* waitAll(shy);
          },
          {
            elaborated: (test) => {
              test.sequencer.arbitration = arbitration;
            },
          },
        );
        const expected = ['w1 @0', 'w2 @10', 'shy1 @25', 'shy2 @35'];
        expect([arbitration, ...run.trace]).toEqual([arbitration, ...expected]);
      }
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
