// The end of sequences: killed from outside and inside, stopped by the sequencer, with children and forks.
// Source: semantics §5; IEEE 1800.2 clause 14.2.4.
import { describe, expect, it } from 'vitest';
import type { Process, ProcessHandle } from '#kernel/process';
import { ns } from '#kernel/time';
import { delay, fork, waitAll } from '#kernel/wait';
import { runWords, texts, Words } from './word-testbench.ts';

/** Notes its life. */
class Living extends Words {
  life: string[] = [];
  override count = 9;
  override *body(): Process {
    try {
      yield* super.body();
    } finally {
      this.life.push('cleaned up');
    }
  }
  override *postBody(): Process {
    this.life.push('postBody');
  }
  override *postStart(): Process {
    this.life.push('postStart');
  }
  override doKill(): void {
    this.life.push(`killed in state ${this.state}`);
  }
}

describe('kill', () => {
  it('ends the sequence at once, and start returns to its caller', () => {
    const one = new Living();
    const { isDone, testbench, trace } = runWords(function* (test, into) {
      yield* fork(
        'killer',
        (function* (): Process {
          yield delay(ns(15));
          one.kill();
          expect([one.state, one.isRunning]).toEqual(['killed', false]);
          into.push(`killed @${test.kernel.nowPs / ns(1)}`);
          one.kill(); // nothing more
        })(),
      );
      yield* one.start(test.sequencer);
      into.push(`goes on @${test.kernel.nowPs / ns(1)}`);
      yield* test.start(Words, test.sequencer, { text: 'next' });
    });
    expect(isDone).toBe(true);
    expect(one.life).toEqual(['cleaned up', 'killed in state killed']);
    expect(trace).toEqual(['w1 @0', 'w2 @10', 'killed @15', 'goes on @15', 'next1 @20']);
    expect(testbench.reports.count('error')).toBe(0);
  });

  it('in any hook, too', () => {
    for (const hook of ['preStart', 'preBody', 'body', 'postBody', 'postStart'] as const) {
      const one = new Living();
      one.count = 0;
      one[hook] = function* (): Process {
        yield delay(ns(100));
        expect.unreachable(hook);
      };
      const { isDone, trace } = runWords(function* (test, into) {
        const started = yield* fork('one', one.start(test.sequencer));
        yield delay(ns(10));
        expect(one.state).toBe(hook);
        one.kill();
        yield* waitAll(started);
        into.push(`${test.kernel.nowPs / ns(1)}`);
      });
      expect([isDone, trace]).toEqual([true, ['10']]);
    }
  });

  it('of itself takes effect at its next wait', () => {
    class Suicide extends Living {
      override *body(): Process {
        yield delay(ns(1));
        this.kill();
        this.life.push(`still ${this.state}`);
        yield* super.body();
        expect.unreachable();
      }
    }
    const one = new Suicide();
    const { isDone, testbench, trace } = runWords(function* (test) {
      yield* one.start(test.sequencer);
      yield* test.start(Words, test.sequencer);
    });
    expect(isDone).toBe(true);
    expect(one.life).toEqual(['still body', 'cleaned up', 'killed in state killed']);
    expect(one.state).toBe('killed');
    expect(texts(trace).at(-1)).toBe('w1');
    expect(testbench.reports.count('error')).toBe(0);
  });

  it('of itself as its last act leaves out what would follow, and harms nothing later', () => {
    class Last extends Living {
      override *body(): Process {
        yield delay(ns(1));
        this.kill();
      }
    }
    const one = new Last();
    const { isDone, trace } = runWords(function* (test, into) {
      yield* one.start(test.sequencer);
      yield delay(ns(7));
      into.push(`${test.kernel.nowPs / ns(1)}`);
    });
    expect([isDone, trace]).toEqual([true, ['8']]);
    expect(one.life).toEqual(['killed in state killed']);
  });

  it('ends children and forked processes, but not the process that started it', () => {
    const children = [new Living(), new Living()];
    class Parent extends Living {
      override *body(): Process {
        yield* fork('child', children[0].start(this.sequencer, this));
        yield* children[1].start(this.sequencer, this);
      }
    }
    const parent = new Parent();
    const { isDone, testbench, trace } = runWords(function* (test) {
      const before = yield* fork('before', test.start(Words, test.sequencer, { text: 'before' }));
      yield* fork(
        'killer',
        (function* (): Process {
          yield delay(ns(25));
          parent.kill();
          expect(children.map((one) => one.state)).toEqual(['killed', 'killed']);
        })(),
      );
      yield* parent.start(test.sequencer);
      expect([before.wasKilled, test.kernel.nowPs]).toEqual([false, ns(25)]);
      expect(test.sequencer.sequences).toEqual([]);
      expect(test.sequencer.waitingCount).toBe(0);
    });
    expect(isDone).toBe(true);
    expect(texts(trace)).toEqual(['before1', 'w1', 'w1']);
    for (const { life } of children) expect(life).toEqual(['cleaned up', 'killed in state killed']);
    expect(testbench.reports.count('error')).toBe(0);
  });

  it.each(['midDo', 'postDo'] as const)('by %s of the parent leaves out what follows', (hook) => {
    const child = new Living();
    child.count = 1;
    class Parent extends Words {
      override *body(): Process {
        yield* child.start(this.sequencer, this, { callPrePost: true });
        expect([child.state, child.isRunning]).toEqual(['killed', false]);
        const fromPs = this.kernel.nowPs;
        yield delay(ns(50));
        expect(this.kernel.nowPs - fromPs).toBe(ns(50)); // the kill has left nothing behind
      }
    }
    const parent = new Parent();
    parent[hook] = (started) => {
      if (started === child) child.kill();
    };
    const { isDone, trace } = runWords((test) => parent.start(test.sequencer));
    expect(isDone).toBe(true);
    expect(texts(trace)).toEqual(hook === 'midDo' ? [] : ['w1']);
    const end = ['killed in state killed'];
    expect(child.life).toEqual(hook === 'midDo' ? end : ['cleaned up', ...end]);
  });

  it('of parent and child, by the child, in either order', () => {
    for (const order of ['parent first', 'child first'] as const) {
      const parent = new Living();
      class Child extends Living {
        override *body(): Process {
          const both = order === 'parent first' ? [parent, this] : [this, parent];
          for (const one of both) one.kill();
          yield delay(ns(5));
          expect.unreachable('the child goes on');
        }
      }
      const child = new Child();
      parent.body = function* (): Process {
        yield* child.start(this.sequencer, this);
        expect.unreachable('the parent goes on');
      };
      const { isDone, trace, testbench } = runWords(function* (test, into) {
        yield* parent.start(test.sequencer);
        into.push(`${test.kernel.nowPs}`);
      });
      expect([isDone, trace], order).toEqual([true, ['0']]);
      expect([parent.state, child.state], order).toEqual(['killed', 'killed']);
      expect([parent.life, child.life]).toEqual(
        [parent, child].map(() => ['killed in state killed']),
      );
      expect(testbench.reports.count('error')).toBe(0);
    }
  });

  it('a killed sequence may be started again at once', () => {
    const one = new Living();
    const { isDone, trace } = runWords(function* (test, into) {
      const first = yield* fork('first', one.start(test.sequencer));
      yield delay(ns(5));
      one.kill();
      one.count = 1;
      yield* one.start(test.sequencer);
      into.push(one.state);
      yield* waitAll(first);
    });
    expect(isDone).toBe(true);
    expect(trace).toEqual(['w1 @0', 'w1 @10', 'finished']);
    expect(one.life).toEqual([
      'cleaned up',
      'killed in state killed',
      'cleaned up',
      'postBody',
      'postStart',
    ]);
  });
});

describe('stopSequences', () => {
  it('kills all, empties queue and locks, and leaves the sequencer ready', () => {
    const all = [new Living(), new Living(), new Living()];
    class Locks extends Living {
      override *body(): Process {
        yield* this.grab();
        yield* super.body();
      }
    }
    all.push(new Locks());
    const { isDone, testbench, trace } = runWords(function* (test) {
      const { sequencer } = test;
      for (const one of all) yield* fork('one', one.start(sequencer));
      yield delay(ns(15));
      expect(sequencer.isGrabbed).toBe(true);
      sequencer.stopSequences();
      expect([sequencer.waitingCount, sequencer.isGrabbed]).toEqual([0, false]);
      expect(all.map((one) => one.state)).toEqual(all.map(() => 'killed'));
      yield* test.start(Words, sequencer, { text: 'after' });
    });
    expect(isDone).toBe(true);
    expect(texts(trace)).toEqual(['w1', 'w1', 'after1']);
    expect(testbench.reports.count('error')).toBe(0);
  });

  it('called by a child ends its parent, too', () => {
    class Child extends Living {
      override *body(): Process {
        this.sequencer.stopSequences();
        yield delay(ns(5));
        expect.unreachable('the child goes on');
      }
    }
    class Parent extends Living {
      override *body(): Process {
        yield* this.startChild(Child, this.sequencer);
        yield* super.body();
      }
    }
    const parent = new Parent();
    const { isDone, trace } = runWords((test) => parent.start(test.sequencer));
    expect([isDone, trace, parent.state]).toEqual([true, [], 'killed']);
    expect(parent.life).toEqual(['killed in state killed']);
  });

  it('forgets what was granted and not yet driven', () => {
    const { isDone, trace } = runWords(function* (test) {
      const { sequencer } = test;
      yield* fork('slow', test.start(Words, sequencer, { text: 'slow', gapPs: ns(50) }));
      yield delay(ns(5));
      expect(sequencer.explain()).toEqual([
        'test.agent.sequencer: Word of Words is granted and has not been sent',
      ]);
      sequencer.stopSequences();
      expect(sequencer.explain()).toEqual([]);
      yield* test.start(Words, sequencer, { text: 'after' });
    });
    expect(isDone).toBe(true);
    expect(trace).toEqual(['after1 @5']);
  });
});

describe('a sequence that ends', () => {
  it('before a child has been served is an error, SEQFINERR', () => {
    class Hasty extends Words {
      override *body(): Process {
        yield* fork('child', new Words().start(this.sequencer, this));
        yield delay(ns(5));
      }
    }
    const { testbench } = runWords(function* (test) {
      yield* fork('other', test.start(Words, test.sequencer, { text: 'other' }));
      yield* test.start(Hasty, test.sequencer);
    });
    expect(testbench.reports.countOfId('SEQFINERR')).toBe(1);
    expect(testbench.reports.messages[0].text).toBe(
      'sequence Hasty finished before a request of Words was served; it is removed',
    );
  });
});

describe('a request that is removed', () => {
  it.each(['item', 'lock'] as const)('ends the child that waits for it: %s', (what) => {
    const child = new Living();
    child.count = 1;
    if (what === 'lock') {
      child.body = function* (): Process {
        yield* this.lock();
        expect.unreachable('the lock was not granted');
      };
    }
    class Hasty extends Words {
      override *body(): Process {
        this.kernel.spawn('child', child.start(this.sequencer, this));
        yield delay(ns(5));
      }
    }
    const { isDone, trace, testbench } = runWords(function* (test, into) {
      const other = yield* fork(
        'other',
        test.start(Words, test.sequencer, { text: 'a', count: 2 }),
      );
      yield delay(ns(1));
      const second = yield* fork('second', test.start(Words, test.sequencer, { text: 'b' }));
      yield* test.start(Hasty, test.sequencer);
      yield delay(ns(1));
      into.push(`${child.state} @${test.kernel.nowPs / ns(1)}`);
      expect(test.sequencer.sequences).not.toContain(child);
      yield* waitAll(other, second);
    });
    expect(isDone).toBe(true);
    expect(trace).toEqual(['a1 @0', 'killed @7', 'b1 @10', 'a2 @20']);
    expect(child.life.at(-1)).toBe('killed in state killed');
    expect(testbench.reports.countOfId('SEQFINERR')).toBe(1);
  });

  it('ends the process that the sequence had forked to make it', () => {
    let forked: ProcessHandle | undefined = undefined;
    class Forking extends Words {
      override *body(): Process {
        forked = this.kernel.spawn('fork', super.body());
        yield delay(ns(5));
      }
    }
    const { isDone, trace, testbench } = runWords(function* (test) {
      const other = yield* fork('other', test.start(Words, test.sequencer, { text: 'a' }));
      yield* test.start(Forking, test.sequencer);
      yield delay(ns(1));
      expect([forked?.isAlive, forked?.wasKilled]).toEqual([false, true]);
      yield* waitAll(other);
    });
    expect([isDone, trace]).toEqual([true, ['a1 @0']]);
    expect(testbench.reports.countOfId('SEQFINERR')).toBe(1);
  });
});

describe('family', () => {
  it('names, depth, root, descent', () => {
    const seen: unknown[] = [];
    class Inner extends Words {
      override *body(): Process {
        const root = this.rootSequence;
        seen.push(this.fullName, this.fullPath, this.depth, root.name, this.isDescendantOf(root));
      }
    }
    class Outer extends Words {
      override *body(): Process {
        seen.push(this.fullName, this.depth, this.rootSequence === this, this.isDescendantOf(this));
        yield* this.startChild(Inner, this.sequencer);
      }
    }
    runWords((test) => test.start(Outer, test.sequencer));
    expect(seen).toEqual([
      'test.agent.sequencer.Outer',
      0,
      true,
      false,
      'test.agent.sequencer.Outer.Inner',
      'test.agent.sequencer.Inner',
      1,
      'Outer',
      true,
    ]);
  });
});
