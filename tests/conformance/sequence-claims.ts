// What is claimed of sequences, their items and responses, and of the driver: sentence by sentence of semantics §5.
import { expect } from 'vitest';
import type { Process } from '#kernel/process';
import { ns } from '#kernel/time';
import { delay, fork, waitAll } from '#kernel/wait';
import { defaultSequence } from '#uvm/default-sequence';
import { VirtualSequence } from '#uvm/virtual-sequence';
import {
  errorOf,
  runWords,
  texts,
  WordDriver,
  Words,
  Word,
  type WordTest,
} from '#tests/unit/uvm/word-testbench';
import type { Claim } from './claim.ts';
import { KILL_CLAIM } from './sequence-kill-claim.ts';
import { LIBRARY_CLAIM } from './sequence-library-claim.ts';

/** Notes hooks in `log`. */
function hooked(log: string[], name: string, child?: Words): Words {
  class Hooked extends Words {
    override *preStart(): Process {
      log.push(`${name} preStart`);
    }
    override *preBody(): Process {
      log.push(`${name} preBody`);
    }
    override *preDo(isItem: boolean): Process {
      log.push(`${name} preDo ${isItem ? 1 : 0}`);
    }
    override midDo(): void {
      log.push(`${name} midDo`);
    }
    override *body(): Process {
      log.push(`${name} body`);
      if (child === undefined) yield* super.body();
      else yield* child.start(this.sequencer, this);
    }
    override postDo(): void {
      log.push(`${name} postDo`);
    }
    override *postBody(): Process {
      log.push(`${name} postBody`);
    }
    override *postStart(): Process {
      log.push(`${name} postStart`);
    }
  }
  return new Hooked();
}

class WordItem extends Word {
  override text = 'word';
}

export const SEQUENCE_CLAIMS: readonly Claim[] = [
  {
    id: 'SEM-5.17',
    feature:
      'order: preStart, preBody, parent preDo(0) and midDo, body, parent postDo, postBody, postStart',
    support: 'yes',
    verify: () => {
      const log: string[] = [];
      const child = hooked(log, 'child');
      child.count = 0;
      runWords((test) => hooked(log, 'parent', child).start(test.sequencer));
      expect(log).toEqual([
        'parent preStart',
        'parent preBody',
        'parent body',
        'child preStart',
        'parent preDo 0',
        'parent midDo',
        'child body',
        'parent postDo',
        'child postStart',
        'parent postBody',
        'parent postStart',
      ]);
    },
  },
  {
    id: 'SEM-5.18',
    feature: 'preBody and postBody run only when callPrePost',
    support: 'differs',
    note: 'By default true for a sequence without parent, false for a child; UVM says true for both, and its `uvm_do macros false for children.',
    verify: () => {
      const log: string[] = [];
      runWords(function* (test) {
        const one = hooked(log, 'one');
        one.count = 0;
        yield* one.start(test.sequencer, undefined, { callPrePost: false });
        yield* one.start(test.sequencer);
      });
      expect(log.filter((line) => /Body/.test(line))).toEqual(['one preBody', 'one postBody']);
    },
  },
  {
    id: 'SEM-5.19',
    feature:
      'starting a running sequence is fatal, SEQ_NOT_DONE; a finished one may be started again',
    support: 'yes',
    verify: () => {
      const error = errorOf(() =>
        runWords(function* (test) {
          const one = new Words();
          yield* one.start(test.sequencer);
          yield* fork('one', one.start(test.sequencer));
          yield delay(ns(5));
          yield* one.start(test.sequencer);
        }),
      );
      expect([error.code, error.timePs]).toEqual(['SEQ_NOT_DONE', ns(15)]);
    },
  },
  {
    id: 'SEM-5.20',
    feature: 'startItem: waits for the grant, then preDo(1); values are given late',
    support: 'yes',
    verify: () => {
      const log: string[] = [];
      class Late extends Words {
        override *preDo(isItem: boolean): Process {
          log.push(`preDo ${isItem} @${this.kernel.nowPs}`);
        }
      }
      runWords(function* (test) {
        yield* fork('a', test.start(Words, test.sequencer));
        yield* test.start(Late, test.sequencer);
      });
      expect(log).toEqual([`preDo true @${ns(10)}`]);
    },
  },
  {
    id: 'SEM-5.21',
    feature: 'finishItem: midDo, send, wait for itemDone, postDo',
    support: 'yes',
    verify: () => {
      const log: string[] = [];
      class Noting extends Words {
        override midDo(): void {
          log.push(`midDo @${this.kernel.nowPs}`);
        }
        override postDo(): void {
          log.push(`postDo @${this.kernel.nowPs}`);
        }
      }
      runWords((test) => test.start(Noting, test.sequencer));
      expect(log).toEqual(['midDo @0', `postDo @${ns(10)}`]);
    },
  },
  {
    id: 'SEM-5.22',
    feature: 'the parts: waitForGrant, sendRequest, waitForItemDone by transaction id; executeItem',
    support: 'yes',
    verify: () => {
      const log: string[] = [];
      class Parts extends Words {
        override *preDo(): Process {
          log.push('preDo');
        }
        override midDo(): void {
          log.push('midDo');
        }
        *send(text: string, priority?: number): Process<Word> {
          const item = this.create(WordItem);
          item.text = text;
          yield* this.waitForGrant(priority);
          this.sendRequest(item);
          return item;
        }
        override *body(): Process {
          const first = yield* this.send('first', 1);
          const [second, third] = [yield* this.send('second'), yield* this.send('third')];
          for (const [name, item] of Object.entries({ third, first, second })) {
            yield* this.waitForItemDone(item.transactionId);
            log.push(`${name} ${item.transactionId} @${this.kernel.nowPs / ns(1)}`);
          }
          const [one] = [yield* this.send('one'), yield* this.send('two')];
          yield* this.waitForItemDone(); // the oldest
          log.push(`one @${this.kernel.nowPs / ns(1)}`);
          expect(() => this.waitForItemDone(one.transactionId).next()).toThrow(
            `no item with id ${one.transactionId} is out`,
          );
          expect(() => this.sendRequest(new WordItem())).toThrow('without a grant');
          yield* this.waitForItemDone();
        }
      }
      const run = runWords(
        function* (test) {
          const other = { text: 'other', priority: 50 };
          const one = yield* fork('parts', test.start(Parts, test.sequencer));
          yield* test.start(Words, test.sequencer, other);
          yield* waitAll(one);
          yield* test.sequencer.executeItem(new WordItem());
          log.push(`executed @${test.kernel.nowPs / ns(1)}`);
        },
        {
          elaborated: (test) => {
            test.sequencer.arbitration = 'STRICT_FIFO';
          },
        },
      );
      expect(texts(run.trace)).toEqual([
        'other1',
        'first',
        'second',
        'third',
        'one',
        'two',
        'word',
      ]);
      expect(log).toEqual([
        'third 2 @40',
        'first 0 @40',
        'second 1 @40',
        'one @50',
        'executed @70',
      ]);
    },
  },
  KILL_CLAIM,
  LIBRARY_CLAIM,
  {
    id: 'SEM-5.25',
    feature:
      'default sequence of a sequencer and phase, by configuration; automatic phase objection',
    support: 'differs',
    note: 'Keys are typed: config.set(path, defaultSequence.main, Class), instead of the phase in the path and a string.',
    verify: () => {
      class Own extends Words {
        override automaticPhaseObjection = true;
        override text = 'own';
      }
      const run = runWords(function* () {}, {
        prepare: ({ config }) => config.set('**.sequencer', defaultSequence.run, Own),
      });
      expect([run.isDone, texts(run.trace)]).toEqual([true, ['own1']]);
    },
  },
  {
    id: 'SEM-5.26',
    feature: 'virtual sequences run sequences on several sequencers, and may lock them',
    support: 'yes',
    verify: () => {
      class Both extends VirtualSequence<WordTest> {
        override *body(): Process {
          yield* this.lock(this.sequencer.sequencer);
          yield* this.startChild(Words, this.sequencer.sequencer, { text: 'virtual' });
          this.unlock(this.sequencer.sequencer);
        }
      }
      expect(runWords((test) => test.start(Both, test)).trace).toEqual(['virtual1 @0']);
    },
  },
];

export const DRIVER_CLAIMS: readonly Claim[] = [
  {
    id: 'SEM-5.27',
    feature:
      'driver: getNextItem, tryNextItem, get, peek, itemDone, put, putResponse, hasDoAvailable',
    support: 'yes',
    verify: () => {
      class Every extends WordDriver {
        override *runPhase(): Process {
          const none = yield* this.tryNextItem();
          const peeked = yield* this.peek();
          const first = yield* this.getNextItem();
          this.itemDone();
          const second = yield* this.get();
          yield* this.put('put', second);
          this.putResponse('put again', second);
          const third = yield* this.tryNextItem();
          this.itemDone('done');
          this.note([none?.text, peeked === first, first.text, second.text, third?.text].join(' '));
          this.note(String(this.hasDoAvailable));
        }
      }
      class Asks extends Words {
        override count = 3;
        override *body(): Process {
          yield delay(1);
          yield* super.body();
          const got = [yield* this.getResponse(1), yield* this.getResponse(1)];
          expect([...got, yield* this.getResponse(2)]).toEqual(['put', 'put again', 'done']);
        }
      }
      const run = runWords((test) => test.start(Asks, test.sequencer), {
        prepare: ({ factory }) => factory.overrideType(WordDriver, Every),
      });
      expect([run.isDone, run.trace]).toEqual([true, [' true w1 w2 w3', 'false']]);
    },
  },
  {
    id: 'SEM-5.28',
    feature:
      'response queue: depth 8, -1 unbounded; overflow is an error, and the response is dropped',
    support: 'yes',
    verify: () => {
      const errors = (args: object) =>
        runWords((test) =>
          test.start(Words, test.sequencer, {
            count: 10,
            responseQueueErrorReportEnabled: true,
            ...args,
          }),
        ).testbench.reports.countOfId('SEQRSPOVF');
      expect([
        errors({}),
        errors({ responseQueueDepth: -1 }),
        errors({ responseQueueDepth: 1 }),
      ]).toEqual([2, 0, 9]);
    },
  },
  {
    id: 'SEM-5.29',
    feature: 'responses by transaction id; response handler instead of the queue',
    support: 'yes',
    verify: () => {
      // Takes three items before it answers any of them, the last one first, 10 ns apart.
      class Backwards extends WordDriver {
        override *runPhase(): Process {
          for (;;) {
            const items = [yield* this.get(), yield* this.get(), yield* this.get()];
            for (const item of items.toReversed()) {
              yield delay(ns(10));
              this.putResponse(item.text.toUpperCase(), item);
            }
          }
        }
      }
      const got: string[] = [];
      class Asking extends Words {
        note(response: string): void {
          got.push(`${response} @${this.kernel.nowPs / ns(1)}`);
        }
        override responseHandler(response: string): void {
          this.note(`handled ${response}`);
        }
        override *body(): Process {
          yield* super.body();
          for (const id of [1, 0, 2]) this.note(yield* this.getResponse(id)); // W2, W1, W3
          yield* super.body();
          for (let n = 0; n < 3; n++) this.note(yield* this.getResponse()); // as they come
          this.useResponseHandler();
          yield* super.body();
          yield delay(ns(100));
        }
      }
      const run = runWords((test) => test.start(Asking, test.sequencer, { count: 3 }), {
        prepare: ({ factory }) => factory.overrideType(WordDriver, Backwards),
      });
      expect(run.isDone).toBe(true);
      expect(got).toEqual([
        ...['W2 @20', 'W1 @30', 'W3 @30'],
        ...['W3 @40', 'W2 @50', 'W1 @60'],
        ...['handled W3 @70', 'handled W2 @80', 'handled W1 @90'],
      ]);
    },
  },
  {
    id: 'SEM-5.30',
    feature: 'tryNextItem: fatal when the chosen sequence does not send at once',
    support: 'differs',
    note: 'It waits for the item instead.',
    verify: () => {
      class Trying extends WordDriver {
        override *runPhase(): Process {
          yield delay(1);
          const item = yield* this.tryNextItem();
          this.note(`${item?.text} @${this.kernel.nowPs}`);
          this.itemDone();
        }
      }
      const run = runWords((test) => test.start(Words, test.sequencer, { gapPs: 7 }), {
        prepare: ({ factory }) => factory.overrideType(WordDriver, Trying),
      });
      expect(run.trace).toEqual(['w1 @8']);
    },
  },
  {
    id: 'SEM-5.31',
    feature: 'sendRequest with rerandomize',
    support: 'no',
    note: 'Randomize the item before: fields are random only where a random class says so.',
  },
];
