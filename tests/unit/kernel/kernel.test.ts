// The kernel: order of events, processes, waits, killing, explanations. Source: design decision 2.
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { AssertionError, UsageError } from '#base/assert';
import { Kernel } from '#kernel/kernel';
import { ProcessError, SimEvent, type Process } from '#kernel/process';
import { Steps, waitStep, type Step } from '#kernel/steps';
import { formatTime, ms, ns, us } from '#kernel/time';
import { delay, fork, join, untilTime, waitAll, waitAny } from '#kernel/wait';

let kernel: Kernel;
let log: string[];
const note = (text: string): void => void log.push(`${text} @${kernel.nowPs}`);

beforeEach(() => {
  kernel = new Kernel();
  log = [];
});

describe('time', () => {
  it('is in picoseconds, and printed for people', () => {
    expect([ns(3), us(3), ms(3)]).toEqual([3e3, 3e6, 3e9]);
    expect([0, 999, ns(1), us(2) + ns(500), ms(7)].map(formatTime)).toEqual([
      '0 ps',
      '999 ps',
      '1 ns',
      '2.5 us',
      '7 ms',
    ]);
  });

  it('advances to where it is run, not to the last event', () => {
    kernel.schedule(10, () => note('a'));
    expect(kernel.nextEventPs()).toBe(10);
    expect(kernel.runBefore(10)).toBe(true);
    expect(kernel.nowPs).toBe(10);
    expect(log).toEqual([]);
    expect(kernel.runUntil(25)).toBe(true);
    expect(log).toEqual(['a @10']);
    expect(kernel.nowPs).toBe(25);
    expect(kernel.nextEventPs()).toBe(Infinity);
  });

  it('does not go back', () => {
    kernel.runUntil(5);
    expect(() => kernel.schedule(4, () => {})).toThrow(AssertionError);
    expect(() => kernel.runUntil(4)).toThrow('simulated time does not go back');
  });

  it('that does not advance is an error that says so', () => {
    kernel.spawn(
      'spinner',
      (function* (): Process {
        for (;;) yield delay(0);
      })(),
    );
    const run = (): boolean => kernel.runUntil(1);
    expect(run).toThrow(UsageError);
    expect(run).toThrow(/more than 2000000 occurrences at 0 ps.*\n.*spinner/);
  });
});

describe('order', () => {
  it('is (time, sequence number), whatever is scheduled from where', () => {
    const times = fc.array(fc.tuple(fc.nat(6), fc.array(fc.nat(6), { maxLength: 3 })), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(times, (plan) => {
        const local = new Kernel();
        const expected: [number, number][] = [];
        const seen: [number, number][] = [];
        let number = 0;
        const add = (atPs: number, later: readonly number[]): void => {
          const own = number++;
          expected.push([atPs, own]);
          local.schedule(atPs, () => {
            seen.push([local.nowPs, own]);
            for (const wait of later) add(local.nowPs + wait, []);
          });
        };
        for (const [atPs, later] of plan) add(atPs, later);
        local.runUntil(3);
        local.runBefore(5);
        local.runUntil(100);
        expected.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
        expect(seen).toEqual(expected);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('a cancelled callback is not called', () => {
    const timed = kernel.schedule(5, () => note('never'));
    kernel.schedule(5, () => note('other'));
    timed.cancel();
    kernel.runUntil(9);
    expect(log).toEqual(['other @5']);
  });

  it('pause stops after the present occurrence', () => {
    kernel.schedule(5, () => kernel.pause());
    kernel.schedule(5, () => note('later'));
    expect(kernel.runUntil(9)).toBe(false);
    expect(kernel.nowPs).toBe(5);
    expect(log).toEqual([]);
    expect(kernel.runUntil(9)).toBe(true);
    expect(log).toEqual(['later @5']);
  });
});

describe('waits', () => {
  it('delays and absolute times', () => {
    kernel.spawn(
      'p',
      (function* (): Process {
        yield delay(5);
        note('a');
        yield untilTime(20);
        note('b');
        yield untilTime(3);
        note('c');
      })(),
    );
    kernel.runUntil(100);
    expect(log).toEqual(['a @5', 'b @20', 'c @20']);
    expect(() => delay(-1)).toThrow(AssertionError);
    expect(() => delay(0.5)).toThrow(AssertionError);
  });

  it('an event wakes all that wait, in order, with its value, and none that waits later', () => {
    const event = new SimEvent('go');
    const waiting = function* (name: string, beforePs: number): Process {
      yield delay(beforePs);
      note(`${name} ${String(yield event)}`);
    };
    for (const [name, at] of [
      ['a', 1],
      ['b', 0],
      ['late', 9],
    ] as const) {
      kernel.spawn(name, waiting(name, at));
    }
    event.trigger('nobody waits yet');
    kernel.schedule(5, () => event.trigger('now'));
    kernel.runUntil(20);
    expect(log).toEqual(['b now @5', 'a now @5']);
    expect(event.hasWaiters).toBe(true);
  });

  it('any: the first one wins, the others are called off', () => {
    const first = new SimEvent('first');
    const second = new SimEvent('second');
    kernel.spawn(
      'p',
      (function* (): Process {
        note(`${yield* waitAny(first, second, delay(30))}`);
        note(`${yield* waitAny(first, delay(5))}`);
      })(),
    );
    kernel.schedule(7, () => {
      second.trigger();
      first.trigger();
    });
    kernel.runUntil(100);
    expect(log).toEqual(['1 @7', '1 @12']);
    expect(first.hasWaiters).toBe(false);
    expect(second.hasWaiters).toBe(false);
  });

  it('all: waits for events, delays and processes', () => {
    const event = new SimEvent('e');
    const worker = function* (): Process {
      yield delay(8);
    };
    kernel.spawn(
      'p',
      (function* (): Process {
        const handle = yield* fork('worker', worker());
        yield* waitAll(event, delay(3), handle);
        note('all');
        yield* waitAll(handle);
        note('again');
        yield* waitAll();
        note('none');
      })(),
    );
    kernel.schedule(4, () => event.trigger());
    kernel.schedule(5, () => event.trigger());
    kernel.runUntil(100);
    expect(log).toEqual(['all @8', 'again @8', 'none @8']);
  });

  it('yielding something else says what was meant', () => {
    kernel.spawn(
      'p',
      (function* (): Process {
        yield 5 as never;
      })(),
    );
    expect(() => kernel.runUntil(1)).toThrow(/^p: a process yielded .*did you mean yield\*\?/);
  });
});

describe('processes', () => {
  it('fork and join give back what the body returned', () => {
    const child = function* (): Process<number> {
      yield delay(4);
      return 42;
    };
    kernel.spawn(
      'p',
      (function* (): Process {
        const handle = yield* fork('child', child());
        note(`joined ${String(yield* join(handle))}`);
        note(`again ${String(yield* join(handle))}`);
      })(),
    );
    kernel.runUntil(9);
    expect(log).toEqual(['joined 42 @4', 'again 42 @4']);
  });

  it('an exception leaves with the name of its process, once, and its cause', () => {
    const inner = function* (): Process {
      yield delay(3);
      throw new Error('broken');
    };
    kernel.spawn('test.driver', inner());
    let thrown: unknown;
    try {
      kernel.runUntil(9);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ProcessError);
    expect((thrown as ProcessError).message).toBe('test.driver: broken');
    expect((thrown as ProcessError).cause).toMatchObject({ message: 'broken' });
    expect(kernel.current).toBeUndefined();
  });

  it('pass on what they work for to the processes they start', () => {
    const seen: unknown[] = [];
    const child = function* (): Process {
      seen.push(kernel.current?.context);
    };
    kernel.spawn(
      'p',
      (function* (): Process {
        if (kernel.current !== undefined) kernel.current.context = 'operation 7';
        yield* fork('child', child());
        kernel.spawn('other', child());
      })(),
    );
    kernel.spawn('unrelated', child());
    kernel.runUntil(1);
    expect(seen).toEqual([undefined, 'operation 7', 'operation 7']);
  });
});

describe('killing', () => {
  const cleaning = function* (name: string): Process {
    try {
      yield delay(100);
    } finally {
      note(`${name} cleans up`);
    }
  };

  it('runs finally blocks at once, kills forked children, triggers done', () => {
    const parent = kernel.spawn(
      'parent',
      (function* (): Process {
        yield* fork('child', cleaning('child'));
        yield* cleaning('parent');
      })(),
    );
    kernel.spawn(
      'watcher',
      (function* (): Process {
        yield parent.done;
        note('parent is done');
      })(),
    );
    kernel.schedule(5, () => parent.kill());
    kernel.runUntil(200);
    expect(log).toEqual(['child cleans up @5', 'parent cleans up @5', 'parent is done @5']);
    expect([parent.isAlive, parent.wasKilled, parent.result]).toEqual([false, true, undefined]);
    parent.kill();
  });

  it('before the first step runs nothing', () => {
    const handle = kernel.spawn('p', cleaning('p'));
    handle.kill();
    kernel.runUntil(200);
    expect(log).toEqual([]);
  });

  it('oneself takes effect at the next wait', () => {
    kernel.spawn(
      'p',
      (function* (): Process {
        kernel.current?.kill();
        note('still here');
        yield* cleaning('p');
        note('never');
      })(),
    );
    kernel.runUntil(200);
    expect(log).toEqual(['still here @0', 'p cleans up @0']);
  });

  it('a killed waiter does not wake, even when its event was triggered in the same moment', () => {
    const event = new SimEvent('e');
    const handle = kernel.spawn(
      'p',
      (function* (): Process {
        yield event;
        note('never');
      })(),
    );
    kernel.schedule(5, () => {
      event.trigger();
      handle.kill();
    });
    kernel.runUntil(9);
    expect(log).toEqual([]);
  });

  it('a finally block that waits or throws is reported, and the process is over', () => {
    const waiting = kernel.spawn(
      'waiting',
      (function* (): Process {
        try {
          yield delay(100);
        } finally {
          yield delay(1);
        }
      })(),
    );
    const throwing = kernel.spawn(
      'throwing',
      (function* (): Process {
        try {
          yield delay(100);
        } finally {
          // oxlint-disable-next-line no-unsafe-finally -- what is tested
          throw new Error('broken');
        }
      })(),
    );
    kernel.runUntil(1);
    expect(() => waiting.kill()).toThrow('waiting: a finally block must not wait');
    expect(() => throwing.kill()).toThrow('throwing: broken');
    expect([waiting.isAlive, throwing.isAlive]).toEqual([false, false]);
    expect(kernel.explain()).toEqual([]);
  });

  it('killAll ends everything in the order started', () => {
    for (const name of ['a', 'b', 'c']) kernel.spawn(name, cleaning(name));
    kernel.runUntil(1);
    kernel.killAll();
    expect(log).toEqual(['a cleans up @1', 'b cleans up @1', 'c cleans up @1']);
    expect(kernel.nextEventPs()).toBe(Infinity);
  });
});

describe('explain', () => {
  it('says who waits for what', () => {
    const event = new SimEvent('grant');
    const child = function* (): Process {
      yield event;
    };
    kernel.spawn(
      'p',
      (function* (): Process {
        const handle = yield* fork('child', child());
        yield* waitAny(event, delay(ns(7)), handle);
      })(),
    );
    kernel.spawn('unstarted', child()).kill();
    kernel.runUntil(0);
    kernel.spawn('new', child());
    expect(kernel.explain()).toEqual([
      "p: waits for any of (for event 'grant'; for 7 ns; for the end of child)",
      "child: waits for event 'grant'",
      'new: waits to start',
    ]);
  });
});

describe('leaving a part of a process', () => {
  const part = function* (): Process {
    try {
      yield delay(100);
      note('never');
    } finally {
      note('part cleans up');
    }
  };

  it('runs its finally blocks now, and goes on behind it at the present time', () => {
    const inner = part();
    const handle = kernel.spawn(
      'p',
      (function* (): Process {
        yield* inner;
        note('behind');
        yield delay(1);
        note('end');
      })(),
    );
    kernel.schedule(5, () => {
      handle.leavePart(inner);
      note('left');
    });
    kernel.runUntil(200);
    expect(log).toEqual(['part cleans up @5', 'left @5', 'behind @5', 'end @6']);
    handle.leavePart(inner);
  });

  it('of a running process takes effect at its next wait, unless the part is over by then', () => {
    const inner = part();
    const self = function* (waits: boolean): Process {
      kernel.current?.leavePart(inner);
      if (waits) yield* inner;
      else kernel.current?.keepPart(inner);
      note('behind');
      yield delay(2);
      note('end');
    };
    kernel.spawn('p', self(false));
    kernel.runUntil(3);
    kernel.spawn('q', self(true));
    kernel.runUntil(9);
    expect(log).toEqual(['behind @0', 'end @2', 'part cleans up @3', 'behind @3', 'end @5']);
  });

  it('that waits in a finally block, or throws there, is reported', () => {
    const waiting = (function* (): Process {
      try {
        yield delay(100);
      } finally {
        yield delay(1);
      }
    })();
    const handle = kernel.spawn('p', waiting);
    kernel.runUntil(1);
    expect(() => handle.leavePart(waiting)).toThrow('p: a finally block must not wait');
  });
});

describe('quiet', () => {
  it('is when nothing else is due at the present time', () => {
    const seen: boolean[] = [];
    kernel.schedule(3, () => seen.push(kernel.isQuiet));
    kernel.schedule(3, () => {
      seen.push(kernel.isQuiet);
      kernel.schedule(4, () => {});
      seen.push(kernel.isQuiet);
      kernel.schedule(3, () => {});
      seen.push(kernel.isQuiet);
    });
    kernel.schedule(9, () => {
      kernel.pause();
      seen.push(kernel.isQuiet);
    });
    kernel.runUntil(10);
    expect(seen).toEqual([false, true, true, false, false]);
  });
});

describe('a process written by hand', () => {
  class Countdown extends Steps<string> {
    private left_ = 3;
    private readonly step = waitStep(delay(2));
    override next(): Step<string> {
      return this.left_-- > 0 ? this.step : { done: true, value: 'lift off' };
    }
    protected override left(): void {
      note('aborted');
    }
  }

  it('is yielded and spawned like a generator', () => {
    kernel.spawn(
      'p',
      (function* (): Process {
        note(yield* new Countdown().process);
      })(),
    );
    const spawned = kernel.spawn('q', new Countdown().process);
    kernel.runUntil(20);
    expect(log).toEqual(['lift off @6']);
    expect(spawned.result).toBe('lift off');
  });

  it('is told when its process is killed or an exception comes through', () => {
    const handle = kernel.spawn('q', new Countdown().process);
    kernel.runUntil(3);
    handle.kill();
    expect(() => new Countdown().throw(new Error('broken'))).toThrow('broken');
    expect(log).toEqual(['aborted @3', 'aborted @3']);
  });
});
