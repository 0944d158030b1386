// UVM's event. Source: IEEE 1800.2 clause 10.2.
import { describe, expect, it } from 'vitest';
import { Kernel } from '#kernel/kernel';
import type { Process } from '#kernel/process';
import { delay, waitAny } from '#kernel/wait';
import { UvmEvent } from '#uvm/uvm-event';

interface Scene {
  readonly kernel: Kernel;
  readonly event: UvmEvent<string>;
  readonly log: string[];
  /** Starts a process that logs what it got, and when. */
  readonly wait: (name: string, body: () => Process<string | undefined | void>) => { kill(): void };
}

function scene(): Scene {
  const kernel = new Kernel();
  const event = new UvmEvent<string>('ready', kernel);
  const log: string[] = [];
  return {
    kernel,
    event,
    log,
    wait: (name, body) =>
      kernel.spawn(
        name,
        (function* (): Process {
          const data = yield* body();
          log.push(`${name} ${data ?? '-'} @${kernel.nowPs}`);
        })(),
      ),
  };
}

describe('waiting for a trigger', () => {
  it('gives its data to all that wait, and to none that comes later', () => {
    const { kernel, event, log, wait } = scene();
    wait('a', () => event.waitTrigger());
    wait('b', () => event.waitTrigger());
    kernel.schedule(10, () => event.trigger('first'));
    kernel.runUntil(5);
    expect(event.numWaiters).toBe(2);
    kernel.runUntil(20);
    wait('late', () => event.waitTrigger());
    kernel.runUntil(30);
    expect(log).toEqual(['a first @10', 'b first @10']);
    expect([event.numWaiters, event.triggerData, event.triggerTimePs]).toEqual([1, 'first', 10]);
  });

  it('waitTrigger misses a trigger of the same time that came before, waitPtrigger does not', () => {
    const { kernel, event, log, wait } = scene();
    event.trigger('now');
    wait('trigger', () => event.waitTrigger());
    wait('ptrigger', () => event.waitPtrigger());
    kernel.runUntil(5);
    expect(log).toEqual(['ptrigger now @0']);
    wait('later', () => event.waitPtrigger());
    kernel.schedule(9, () => event.trigger('again'));
    kernel.runUntil(10);
    expect(log.slice(1)).toEqual(['trigger again @9', 'later again @9']);
  });

  it('can be one of several waits', () => {
    const { kernel, event, log, wait } = scene();
    wait('any', function* () {
      const index = yield* waitAny(event.next, delay(100));
      return `branch ${index}`;
    });
    kernel.schedule(7, () => event.trigger());
    kernel.runUntil(200);
    expect(log).toEqual(['any branch 0 @7']);
  });

  it('a killed process is not counted; cancel takes one off by hand, never below none', () => {
    const { kernel, event, wait } = scene();
    const first = wait('a', () => event.waitTrigger());
    wait('b', () => event.waitTrigger());
    kernel.runUntil(0);
    first.kill();
    expect(event.numWaiters).toBe(1);
    event.cancel();
    event.cancel();
    expect(event.numWaiters).toBe(0);
  });

  it('one that is killed after the trigger is not taken off the next count', () => {
    const { kernel, event, log, wait } = scene();
    const first = wait('a', () => event.waitTrigger());
    kernel.runUntil(0);
    event.trigger();
    wait('b', () => event.waitTrigger());
    first.kill();
    kernel.runUntil(0);
    expect([log, event.numWaiters]).toEqual([[], 1]);
  });
});

describe('on and off', () => {
  it('waitOn goes on at once when the event is on, waitOff when it is off', () => {
    const { kernel, event, log, wait } = scene();
    expect([event.isOn, event.isOff]).toEqual([false, true]);
    wait('off', () => event.waitOff());
    wait('on', () => event.waitOn());
    kernel.schedule(5, () => event.trigger('x'));
    kernel.runUntil(5);
    expect([event.isOn, event.isOff]).toEqual([true, false]);
    wait('on later', () => event.waitOn());
    wait('off later', () => event.waitOff());
    kernel.schedule(8, () => event.reset());
    kernel.runUntil(10);
    expect(log).toEqual(['off - @0', 'on x @5', 'on later x @5', 'off later - @8']);
  });

  it('waitOn goes on for a trigger alone, not for a reset that wakes those that wait for one', () => {
    const { kernel, event, log, wait } = scene();
    wait('trigger', () => event.waitTrigger());
    wait('on', () => event.waitOn());
    kernel.schedule(3, () => event.reset(true));
    kernel.runUntil(4);
    expect([log, event.numWaiters]).toEqual([['trigger - @3'], 1]);
    kernel.schedule(5, () => event.trigger('x'));
    kernel.runUntil(6);
    expect([log[1], event.numWaiters]).toEqual(['on x @5', 0]);
    event.reset();
    wait('counted', () => event.waitOn());
    kernel.runUntil(7);
    event.cancel();
    expect(event.numWaiters).toBe(0);
  });

  it('a reset forgets data and time, and wakes those that wait for a trigger only when told to', () => {
    const { kernel, event, log, wait } = scene();
    event.trigger('x');
    kernel.runUntil(1);
    wait('a', () => event.waitTrigger());
    kernel.runUntil(1);
    event.reset();
    kernel.runUntil(2);
    expect([event.isOn, event.triggerData, event.triggerTimePs, log]).toEqual([
      false,
      undefined,
      undefined,
      [],
    ]);
    expect(event.numWaiters).toBe(1);
    event.reset(true);
    kernel.runUntil(3);
    expect(log).toEqual(['a - @2']);
  });
});

describe('callbacks', () => {
  it('are called before and after, in order, and may call a trigger off', () => {
    const { kernel, event, log, wait } = scene();
    const calls: string[] = [];
    let isWanted = false;
    const gate = {
      name: 'gate',
      preTrigger: (_event: UvmEvent<string>, data: string | undefined) => {
        calls.push(`pre ${data}`);
        return !isWanted;
      },
    };
    const after = { postTrigger: () => void calls.push(`post, on ${event.isOn}`) };
    event.addCallback(after);
    event.addCallback(gate, 'prepend');
    wait('a', () => event.waitTrigger());
    kernel.runUntil(0);
    event.trigger('no');
    expect([event.isOn, event.numWaiters]).toEqual([false, 1]);
    isWanted = true;
    event.trigger('yes');
    event.deleteCallback(gate);
    event.trigger('more');
    kernel.runUntil(0);
    expect(calls).toEqual(['pre no', 'pre yes', 'post, on true', 'post, on true']);
    expect(log).toHaveLength(1);
    expect(() => event.deleteCallback(gate)).toThrow(
      "callbacks of event 'ready': 'gate' is not registered",
    );
  });
});
