// Locks and grabs: in turn, in front, for the family, given back and lost. Source: semantics §5.
import { describe, expect, it } from 'vitest';
import { SimEvent, type Process } from '#kernel/process';
import { ns } from '#kernel/time';
import { delay, fork, waitAll } from '#kernel/wait';
import { VirtualSequence } from '#uvm/virtual-sequence';
import { errorOf, runWords, texts, Words, type WordTest } from './word-testbench.ts';

/** Words under a lock or grab. */
class Holding extends Words {
  verb: 'lock' | 'grab' = 'lock';
  keepsIt = false;
  override *body(): Process {
    yield* this[this.verb]();
    yield* super.body();
    if (this.keepsIt) return;
    if (this.verb === 'lock') this.unlock();
    else this.ungrab();
  }
}

/** Starts sequences at the same time, the first of which is with the driver when the others ask. */
function* together(...started: readonly Process[]): Process {
  const handles = [];
  for (const one of started) handles.push(yield* fork('one', one));
  yield* waitAll(...handles);
}

describe('lock and grab', () => {
  it('a lock is granted in turn, and then keeps others out until it is given back', () => {
    const { trace, isDone } = runWords((test) => {
      const { sequencer } = test;
      return together(
        test.start(Words, sequencer, { text: 'a', count: 3 }),
        test.start(Words, sequencer, { text: 'b' }),
        test.start(Holding, sequencer, { text: 'lock', count: 2 }),
        test.start(Words, sequencer, { text: 'c' }),
      );
    });
    expect(isDone).toBe(true);
    expect(texts(trace)).toEqual(['a1', 'b1', 'lock1', 'lock2', 'c1', 'a2', 'a3']);
  });

  it('a grab goes before everything that waits, but not before what is with the driver', () => {
    const { trace } = runWords(function* (test) {
      const { sequencer } = test;
      const first = yield* fork('a', test.start(Words, sequencer, { text: 'a', count: 2 }));
      const second = yield* fork('b', test.start(Words, sequencer, { text: 'b' }));
      yield delay(ns(5));
      const grab = test.start(Holding, sequencer, { text: 'grab', count: 2, verb: 'grab' });
      const third = yield* fork('grab', grab);
      yield* waitAll(first, second, third);
    });
    expect(texts(trace)).toEqual(['a1', 'grab1', 'grab2', 'b1', 'a2']);
  });

  it('a lock is granted at once when what stood before it is killed', () => {
    const { trace, isDone } = runWords(function* (test, into) {
      const { sequencer } = test;
      const before = new Words();
      const locking = new Holding();
      locking.count = 0;
      const busy = yield* fork('busy', test.start(Words, sequencer, { text: 'busy' }));
      yield delay(ns(1));
      yield* fork('before', before.start(sequencer));
      const last = yield* fork('lock', locking.start(sequencer));
      yield delay(ns(1));
      before.kill();
      yield* waitAll(last);
      into.push(`locked @${test.kernel.nowPs / ns(1)}`);
      yield* waitAll(busy);
    });
    expect([isDone, trace]).toEqual([true, ['busy1 @0', 'locked @2']]);
  });

  it('a lock does not wait for an item before it that is not relevant', () => {
    class Asleep extends Words {
      isAwake = false;
      readonly woken = new SimEvent('woken');
      override isRelevant(): boolean {
        return this.isAwake;
      }
      override *waitForRelevant(): Process {
        if (!this.isAwake) yield this.woken;
      }
    }
    const asleep = new Asleep();
    asleep.text = 'asleep';
    class Waking extends Holding {
      override *body(): Process {
        yield* this.lock();
        asleep.isAwake = true;
        asleep.woken.trigger();
        yield* Words.prototype.body.call(this);
        this.unlock();
      }
    }
    const { trace, isDone } = runWords((test) =>
      together(
        asleep.start(test.sequencer),
        test.start(Waking, test.sequencer, { text: 'lock', count: 2 }),
      ),
    );
    expect(isDone).toBe(true);
    expect(texts(trace)).toEqual(['lock1', 'lock2', 'asleep1']);
  });

  it('a later grab passes an earlier one that waits: the known gap of UVM', () => {
    const { trace } = runWords((test) => {
      const { sequencer } = test;
      return together(
        test.start(Holding, sequencer, { text: 'holder', count: 2, pausePs: ns(5) }),
        test.start(Holding, sequencer, { text: 'early', verb: 'grab' }),
        test.start(Holding, sequencer, { text: 'late', verb: 'grab' }),
      );
    });
    expect(texts(trace)).toEqual(['holder1', 'holder2', 'late1', 'early1']);
  });

  it('descendants of the holder are served, in whatever depth, and may lock themselves', () => {
    class Grandchild extends Holding {}
    class Child extends Words {
      override *body(): Process {
        yield* super.body();
        yield* this.startChild(Grandchild, this.sequencer, { text: 'grandchild' });
      }
    }
    class Family extends Words {
      override *body(): Process {
        yield* this.lock();
        yield* this.startChild(Child, this.sequencer, { text: 'child' });
        expect(this.sequencer.currentGrabber).toBe(this);
        this.unlock();
      }
    }
    const { trace } = runWords((test) =>
      together(
        test.start(Family, test.sequencer),
        test.start(Words, test.sequencer, { text: 'other' }),
      ),
    );
    expect(texts(trace)).toEqual(['child1', 'grandchild1', 'other1']);
  });

  it('locks count: each is given back for itself', () => {
    class Twice extends Words {
      override *body(): Process {
        yield* this.lock();
        yield* this.lock();
        this.unlock();
        yield* super.body();
        expect(this.sequencer.hasLock(this)).toBe(true);
        this.unlock();
        expect(this.sequencer.hasLock(this)).toBe(false);
      }
    }
    const { isDone } = runWords((test) => test.start(Twice, test.sequencer));
    expect(isDone).toBe(true);
  });

  it('can be asked for: hasLock, isGrabbed, isBlocked, currentGrabber', () => {
    runWords(function* (test) {
      const { sequencer } = test;
      expect([sequencer.isGrabbed, sequencer.currentGrabber]).toEqual([false, undefined]);
      const holder = new Holding();
      const other = new Words();
      yield* fork('holder', holder.start(sequencer));
      yield* fork('other', other.start(sequencer));
      yield delay(ns(1));
      expect(sequencer.isGrabbed).toBe(true);
      expect(sequencer.currentGrabber).toBe(holder);
      expect([holder, other].map((one) => sequencer.hasLock(one))).toEqual([true, false]);
      expect([holder, other].map((one) => sequencer.isBlocked(one))).toEqual([false, true]);
      expect(sequencer.hasDoAvailable).toBe(false);
      expect(sequencer.waitingCount).toBe(1);
      yield delay(ns(50));
      expect(sequencer.isGrabbed).toBe(false);
    });
  });

  it('a virtual sequence locks the sequencers it names, and then its children have them', () => {
    class Both extends VirtualSequence<WordTest> {
      override *body(): Process {
        const { sequencer } = this.sequencer;
        yield* this.grab(sequencer);
        yield* this.startChild(Words, sequencer, { text: 'virtual', count: 2 });
        this.ungrab(sequencer);
      }
    }
    const { trace } = runWords((test) =>
      together(test.start(Words, test.sequencer, { text: 'a', count: 2 }), test.start(Both, test)),
    );
    expect(texts(trace)).toEqual(['a1', 'virtual1', 'virtual2', 'a2']);
  });
});

describe('locks that are not given back', () => {
  it('go with a killed holder, silently', () => {
    const { trace, testbench, isDone } = runWords(function* (test) {
      const holder = new Holding();
      holder.text = 'holder';
      holder.count = 9;
      yield* fork('holder', holder.start(test.sequencer));
      const other = yield* fork('other', test.start(Words, test.sequencer, { text: 'other' }));
      yield delay(ns(5));
      holder.kill();
      yield* waitAll(other);
    });
    expect(isDone).toBe(true);
    expect(texts(trace)).toEqual(['holder1', 'other1']);
    expect(testbench.reports.count('error')).toBe(0);
  });

  it('go with a killed virtual sequence', () => {
    class Locks extends VirtualSequence<WordTest> {
      override *body(): Process {
        yield* this.lock(this.sequencer.sequencer);
        yield delay(ns(1000));
      }
    }
    const { trace, isDone } = runWords(function* (test) {
      const locks = new Locks();
      yield* fork('locks', locks.start(test));
      const other = yield* fork('other', test.start(Words, test.sequencer, { text: 'other' }));
      yield delay(ns(5));
      expect(test.sequencer.isGrabbed).toBe(true);
      locks.kill();
      yield* waitAll(other);
    });
    expect(isDone).toBe(true);
    expect(trace).toEqual(['other1 @5']);
  });

  it('of a sequence that ends are an error, SEQFINERR, and removed', () => {
    const { trace, testbench, isDone } = runWords(function* (test) {
      yield* test.start(Holding, test.sequencer, { text: 'holder', keepsIt: true });
      yield* test.start(Words, test.sequencer, { text: 'other' });
    });
    expect(isDone).toBe(true);
    expect(texts(trace)).toEqual(['holder1', 'other1']);
    expect(testbench.reports.countOfId('SEQFINERR')).toBe(1);
    expect(testbench.reports.messages.map(({ text }) => text)).toContain(
      'sequence Holding finished before Holding gave its lock back; it is removed',
    );
  });

  it('a lock request that waits goes with its sequence', () => {
    const { trace, isDone, testbench } = runWords(function* (test) {
      const { sequencer } = test;
      const first = yield* fork('a', test.start(Words, sequencer, { text: 'a', count: 2 }));
      const waiting = new Holding();
      yield* fork('b', test.start(Words, sequencer, { text: 'b' }));
      yield* fork('waiting', waiting.start(sequencer));
      yield delay(ns(5));
      waiting.kill();
      yield* waitAll(first);
    });
    expect([isDone, testbench.reports.count('error')]).toEqual([true, 0]);
    expect(texts(trace)).toEqual(['a1', 'b1', 'a2']);
  });

  it('a lock request whose forked process died is a zombie', () => {
    class Forking extends Words {
      override *body(): Process {
        const locking = yield* fork('locking', this.lock());
        yield delay(ns(5));
        locking.kill();
        yield* super.body();
      }
    }
    const { testbench, isDone } = runWords(function* (test) {
      yield* fork('a', test.start(Words, test.sequencer, { text: 'a', count: 3 }));
      yield* fork('b', test.start(Words, test.sequencer, { text: 'b', count: 2 }));
      yield* test.start(Forking, test.sequencer);
    });
    expect(isDone).toBe(true);
    expect(testbench.reports.countOfId('SEQREQZMB')).toBe(1);
  });

  it('a hang says who holds the lock and who is blocked by it', () => {
    const { hang, isDone } = runWords(function* (test) {
      yield* fork('holder', test.start(Holding, test.sequencer, { pausePs: ns(1e6) }));
      yield* test.start(Words, test.sequencer);
    });
    expect(isDone).toBe(false);
    expect(hang).toContain('test.agent.sequencer: is locked by Holding');
    expect(hang).toContain(
      'test.agent.sequencer: Word of Words waits for a grant, blocked by the lock',
    );
  });
});

describe('wrong use', () => {
  it('unlock and ungrab without a lock are warnings', () => {
    class Careless extends Words {
      override *body(): Process {
        this.unlock();
        this.ungrab();
        yield* super.body();
      }
    }
    const { testbench } = runWords((test) => test.start(Careless, test.sequencer));
    expect(testbench.reports.countOfId('SQRUNL')).toBe(2);
    expect(testbench.reports.messages.map(({ text }) => text)).toEqual([
      'sequence Careless called unlock without having a lock',
      'sequence Careless called ungrab without having a lock',
    ]);
  });

  it('a virtual sequence says which sequencer', () => {
    class Vague extends VirtualSequence<WordTest> {
      override *body(): Process {
        yield* this.lock();
      }
    }
    const error = errorOf(() => runWords((test) => test.start(Vague, test)));
    expect(error.code).toBe('no-sequencer');
    expect(error.message).toContain('lock wants to be told which sequencer');
  });
});
