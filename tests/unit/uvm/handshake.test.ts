// The order of events in the hand-shake, from both sides, and the driver's other ways to take items. Source: semantics §5.
import { describe, expect, it } from 'vitest';
import type { Process } from '#kernel/process';
import { ns } from '#kernel/time';
import { delay, fork, waitAll } from '#kernel/wait';
import {
  errorOf,
  runWords,
  Word,
  WordDriver,
  Words,
  type Scenario,
  type WordOptions,
  type WordRun,
} from './word-testbench.ts';

/** Runs with a driver of its own. */
function runWith(
  driver: new (...args: ConstructorParameters<typeof WordDriver>) => WordDriver,
  scenario: Scenario,
  more: WordOptions = {},
): WordRun {
  return runWords(scenario, {
    ...more,
    prepare: ({ factory }) => factory.overrideType(WordDriver, driver),
  });
}

describe('order of events', () => {
  class Telling extends WordDriver {
    override *runPhase(): Process {
      for (;;) {
        this.note('driver asks');
        const { text } = yield* this.getNextItem();
        this.note(`driver has ${text}`);
        yield delay(ns(5));
        this.note('driver is done');
        this.itemDone(text);
      }
    }
  }
  /** Notes each step of a sequence in the trace. */
  function steps(trace: string[], gapPs: number): Words {
    class Steps extends Words {
      override *preDo(isItem: boolean): Process {
        trace.push(`preDo ${isItem}`);
      }
      override midDo(): void {
        trace.push('midDo');
      }
      override postDo(): void {
        trace.push('postDo');
      }
      override *body(): Process {
        const item = new Word();
        trace.push('startItem');
        yield* this.startItem(item);
        trace.push('granted');
        if (gapPs > 0) yield delay(gapPs);
        item.text = 'late';
        trace.push('finishItem');
        yield* this.finishItem(item);
        trace.push('finished');
      }
    }
    return new Steps();
  }

  it.each([0, ns(3)])('is the same for a sequence that takes %i ps before it sends', (gapPs) => {
    const { trace } = runWith(Telling, function* (test, into) {
      yield* steps(into, gapPs).start(test.sequencer);
    });
    expect(trace).toEqual([
      'driver asks',
      'startItem',
      'preDo true',
      'granted',
      'finishItem',
      'midDo',
      'driver has late',
      'driver is done',
      'driver asks',
      'postDo',
      'finished',
    ]);
  });

  it('is the same when the sequence asks first', () => {
    const { trace } = runWith(
      class extends Telling {
        override *runPhase(): Process {
          yield delay(ns(9));
          yield* super.runPhase();
        }
      },
      function* (test, into) {
        yield* steps(into, 0).start(test.sequencer);
      },
    );
    expect(trace.slice(0, 6)).toEqual([
      'startItem',
      'driver asks',
      'preDo true',
      'granted',
      'finishItem',
      'midDo',
    ]);
  });

  it('the short cut of the grant is not seen by others: what is due goes first', () => {
    const { trace } = runWith(Telling, function* (test, into) {
      const other = function* (): Process {
        into.push('other');
      };
      yield delay(ns(1));
      const first = yield* fork('steps', steps(into, 0).start(test.sequencer));
      yield* fork('other', other());
      yield* waitAll(first);
    });
    const at = (text: string): number => trace.indexOf(text);
    expect(at('startItem')).toBeLessThan(at('other'));
    expect(at('other')).toBeLessThan(at('granted'));
  });

  it('the response is there before the sequence goes on', () => {
    class Answered extends Words {
      override *body(): Process {
        yield* super.body();
        const startPs = this.kernel.nowPs;
        expect(yield* this.getResponse()).toBe('W1');
        expect(this.kernel.nowPs).toBe(startPs);
      }
    }
    const { isDone } = runWords((test) => test.start(Answered, test.sequencer));
    expect(isDone).toBe(true);
  });
});

describe('ways to take an item', () => {
  it('get ends it at once: the sequence goes on before it is driven', () => {
    class Getting extends WordDriver {
      override *runPhase(): Process {
        for (;;) {
          const item = yield* this.get();
          this.note(`${item.text} @${this.kernel.nowPs}`);
          yield delay(ns(10));
          this.putResponse(`late ${item.text}`, item);
        }
      }
    }
    const got: string[] = [];
    class Asks extends Words {
      override *body(): Process {
        yield* super.body();
        got.push(`all sent @${this.kernel.nowPs}`);
        for (let n = 0; n < this.count; n++) got.push(yield* this.getResponse());
      }
    }
    const { trace } = runWith(Getting, (test) => test.start(Asks, test.sequencer, { count: 2 }));
    expect(trace).toEqual(['w1 @0', 'w2 @10000']);
    expect(got).toEqual(['all sent @10000', 'late w1', 'late w2']);
  });

  it('peek leaves it: again and again the same one, until itemDone', () => {
    class Peeking extends WordDriver {
      override *runPhase(): Process {
        for (;;) {
          const first = yield* this.peek();
          const again = yield* this.peek();
          const taken = yield* this.getNextItem();
          const late = yield* this.peek();
          this.note(`${first.text} ${[again, taken, late].every((one) => one === first)}`);
          this.itemDone();
        }
      }
    }
    const { trace } = runWith(Peeking, (test) => test.start(Words, test.sequencer, { count: 2 }));
    expect(trace).toEqual(['w1 true', 'w2 true']);
  });

  it('peek, then itemDone without getNextItem, ends it, too', () => {
    class Peeking extends WordDriver {
      override *runPhase(): Process {
        for (;;) {
          const item = yield* this.peek();
          this.note(item.text);
          yield* this.put(`put ${item.text}`, item);
          this.itemDone();
        }
      }
    }
    class Asks extends Words {
      override *body(): Process {
        yield* super.body();
        expect(yield* this.getResponse()).toBe('put w1');
        expect(yield* this.getResponse()).toBe('put w2');
      }
    }
    const { isDone, trace } = runWith(Peeking, (test) =>
      test.start(Asks, test.sequencer, { count: 2 }),
    );
    expect(isDone).toBe(true);
    expect(trace).toEqual(['w1', 'w2']);
  });

  it('tryNextItem gives a pipelined driver one item after the other, and undefined when nobody asks', () => {
    class Trying extends WordDriver {
      override *runPhase(): Process {
        for (;;) {
          const item = yield* this.tryNextItem();
          this.note(`${item?.text ?? '-'} @${this.kernel.nowPs / ns(1)}`);
          yield delay(ns(1));
          if (item !== undefined) this.itemDone();
        }
      }
    }
    const { trace } = runWith(Trying, function* (test) {
      yield delay(ns(2));
      yield* test.start(Words, test.sequencer, { count: 2 });
      yield delay(ns(2));
    });
    expect(trace.slice(0, 5)).toEqual(['- @0', '- @1', 'w1 @2', 'w2 @3', '- @4']);
  });

  it('tryNextItem waits for a sequence that takes time between grant and item', () => {
    class Trying extends WordDriver {
      override *runPhase(): Process {
        for (;;) {
          yield delay(ns(1));
          const item = yield* this.tryNextItem();
          if (item === undefined) continue;
          this.note(`${item.text} @${this.kernel.nowPs / ns(1)}`);
          this.itemDone();
        }
      }
    }
    const { trace } = runWith(Trying, (test) =>
      test.start(Words, test.sequencer, { gapPs: ns(20) }),
    );
    expect(trace).toEqual(['w1 @21']);
  });

  it('hasDoAvailable says whether an item could be had', () => {
    class Looking extends WordDriver {
      override *runPhase(): Process {
        yield delay(ns(1));
        this.note(`${this.hasDoAvailable}`);
        yield delay(ns(2));
        this.note(`${this.hasDoAvailable}`);
        yield* this.get();
        this.note(`${this.hasDoAvailable}`);
      }
    }
    const { trace } = runWith(Looking, function* (test) {
      yield delay(ns(2));
      yield* test.start(Words, test.sequencer);
    });
    expect(trace).toEqual(['false', 'true', 'false']);
  });

  it('a driver that is killed while it waits for an item leaves the item to the next one', () => {
    class Restarted extends WordDriver {
      override *runPhase(): Process {
        const first = yield* fork('first', super.runPhase());
        yield delay(ns(2));
        first.kill();
        yield delay(ns(2));
        yield* super.runPhase();
      }
    }
    const { isDone, trace } = runWith(Restarted, function* (test) {
      yield* test.start(Words, test.sequencer, { gapPs: ns(3) });
    });
    expect(isDone).toBe(true);
    expect(trace).toEqual(['w1 @4']);
  });
});

describe('the parts of startItem and finishItem', () => {
  class Parts extends Words {
    override midDo(): void {
      expect.unreachable('no hooks');
    }
    override *body(): Process {
      const [first, second] = [new Word(), new Word()];
      first.text = 'first';
      second.text = 'second';
      yield* this.waitForGrant();
      this.sendRequest(first);
      const waiting = yield* fork('grant', this.waitForGrant(900));
      yield* waitAll(waiting);
      this.sendRequest(second);
      expect([first.transactionId, second.transactionId]).toEqual([0, 1]);
      yield* this.waitForItemDone(1);
      yield* this.waitForItemDone();
    }
  }

  it('send items one after the other, and wait for them by id', () => {
    const { trace, isDone, test } = runWords((one) => one.start(Parts, one.sequencer));
    expect(isDone).toBe(true);
    expect(trace).toEqual(['first @0', 'second @10']);
    expect(test.sequencer.itemCount).toBe(2);
    expect(test.sequencer.lastItem?.text).toBe('second');
    expect(test.sequencer.lastResponse).toBe('SECOND');
  });

  const sendUngranted = function* (one: Words): Process {
    one.sendRequest(new Word());
  };
  it.each<[string, string, (one: Words) => Process]>([
    ['SNDREQ', 'sendRequest is called without a grant', sendUngranted],
    ['item-not-sent', 'no item is out', (one) => one.waitForItemDone()],
    ['item-not-sent', 'no item with id 7 is out', (one) => one.waitForItemDone(7)],
  ])('%s: %s', (code, message, action) => {
    class Wrong extends Words {
      override *body(): Process {
        yield* action(this);
      }
    }
    const error = errorOf(() => runWords((test) => test.start(Wrong, test.sequencer)));
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(message)]);
  });

  it('a request is sent once', () => {
    class Twice extends Words {
      override *body(): Process {
        yield* this.waitForGrant();
        this.sendRequest(new Word());
        this.sendRequest(new Word());
      }
    }
    const error = errorOf(() => runWords((test) => test.start(Twice, test.sequencer)));
    expect(error.code).toBe('SNDREQ');
  });

  it('an item is in use once', () => {
    class Twice extends Words {
      override *body(): Process {
        const item = new Word();
        yield* this.startItem(item);
        yield* this.startItem(item);
      }
    }
    const error = errorOf(() => runWords((test) => test.start(Twice, test.sequencer)));
    expect(error.message).toContain('an item of Word is started while it is in use');
  });

  it('executeItem sends one item without a sequence of the author', () => {
    const { trace } = runWords(function* (test) {
      const item = new Word();
      item.text = 'single';
      yield* test.sequencer.executeItem(item);
      expect(item.requestedBy?.name).toBe('ItemSequence');
    });
    expect(trace).toEqual(['single @0']);
  });
});

describe('a call that is made before it runs', () => {
  it('wants what it says, whatever is made after it', () => {
    class Prepared extends WordDriver {
      override *runPhase(): Process {
        const [next, peek, tried] = [this.getNextItem(), this.peek(), this.tryNextItem()];
        const { text } = yield* next;
        this.itemDone();
        const second = yield* peek;
        this.note(`${text} ${second.text}`);
        yield* this.get(); // peek has left it
        this.note(`${(yield* tried)?.text}`);
      }
    }
    const { trace } = runWith(Prepared, (test) =>
      test.start(Words, test.sequencer, { text: 'w', count: 2 }),
    );
    expect(trace).toEqual(['w1 w2', 'undefined']);
  });

  it('is judged when it runs, and disturbs nobody when it never does', () => {
    class Early extends WordDriver {
      override *runPhase(): Process {
        yield* this.getNextItem();
        const next = this.getNextItem();
        this.kernel.spawn('never', this.peek()).kill();
        this.itemDone();
        this.kernel.spawn('other', this.killSoon());
        this.note((yield* next).text);
        this.itemDone();
      }
      /** While the driver waits. */
      *killSoon(): Process {
        this.kernel.spawn('never', this.peek()).kill();
        yield delay(0);
      }
    }
    const { trace, isDone } = runWith(Early, (test) =>
      test.start(Words, test.sequencer, { text: 'w', count: 2, pausePs: ns(5) }),
    );
    expect([trace, isDone]).toEqual([['w2'], true]);
  });
});

describe('wrong use by the driver', () => {
  const first = (test: { sequencer: Parameters<Words['start']>[0] }): Process =>
    new Words().start(test.sequencer);
  it.each(['getNextItem', 'tryNextItem', 'get'] as const)('%s before itemDone', (verb) => {
    class Hasty extends WordDriver {
      override *runPhase(): Process {
        yield* this.getNextItem();
        yield* this[verb]();
      }
    }
    const error = errorOf(() => runWith(Hasty, first));
    expect(error.code).toBe('item-not-done');
    expect(error.message).toContain(`${verb} is called before itemDone of the last item`);
  });

  it('two processes that ask at once', () => {
    class Two extends WordDriver {
      override *runPhase(): Process {
        yield* fork('one', super.runPhase());
        yield* super.runPhase();
      }
    }
    const error = errorOf(() => runWith(Two, first));
    expect(error.code).toBe('concurrent-get');
    expect(error.hint).toBe('The other one is one; a sequencer serves one driver.');
    class Prepared extends WordDriver {
      override *runPhase(): Process {
        const [one, two] = [this.getNextItem(), this.getNextItem()];
        yield* fork('one', one);
        yield* two;
      }
    }
    expect(errorOf(() => runWith(Prepared, first)).code).toBe('concurrent-get');
  });

  it('itemDone without an item', () => {
    class Eager extends WordDriver {
      override *runPhase(): Process {
        this.itemDone();
        yield delay(1);
      }
    }
    expect(errorOf(() => runWith(Eager, first)).code).toBe('no-item');
  });
});
