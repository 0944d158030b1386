// Barriers and semaphores. Source: IEEE 1800.2 clause 10.3; IEEE 1800 clause 15.3.
import { describe, expect, it } from 'vitest';
import { Kernel } from '#kernel/kernel';
import type { Process, ProcessHandle } from '#kernel/process';
import { delay } from '#kernel/wait';
import { Barrier } from '#uvm/barrier';
import { Semaphore } from '#uvm/semaphore';

function start(kernel: Kernel, log: string[], name: string, body: Process): ProcessHandle {
  return kernel.spawn(
    name,
    (function* (): Process {
      yield* body;
      log.push(`${name} @${kernel.nowPs}`);
    })(),
  );
}

describe('a barrier', () => {
  it('lets all go at the threshold, and closes again by itself', () => {
    const kernel = new Kernel();
    const log: string[] = [];
    const barrier = new Barrier('sync', 3);
    start(kernel, log, 'a', barrier.waitFor());
    start(kernel, log, 'b', barrier.waitFor());
    kernel.runUntil(5);
    expect([log, barrier.numWaiters]).toEqual([[], 2]);
    start(kernel, log, 'c', barrier.waitFor());
    kernel.runUntil(6);
    expect(log.toSorted()).toEqual(['a @5', 'b @5', 'c @5']);
    expect([barrier.numWaiters, barrier.isAtThreshold]).toEqual([0, false]);
    start(kernel, log, 'd', barrier.waitFor());
    kernel.runUntil(9);
    expect([log.length, barrier.numWaiters]).toEqual([3, 1]);
  });

  it('without auto reset stays open until it is reset', () => {
    const kernel = new Kernel();
    const log: string[] = [];
    const barrier = new Barrier('sync', 1);
    barrier.setAutoReset(false);
    start(kernel, log, 'a', barrier.waitFor());
    kernel.runUntil(0);
    barrier.threshold = 2;
    start(kernel, log, 'b', barrier.waitFor());
    kernel.runUntil(0);
    expect([log, barrier.isAtThreshold]).toEqual([['a @0', 'b @0'], true]);
    barrier.reset();
    start(kernel, log, 'c', barrier.waitFor());
    kernel.runUntil(1);
    expect([log.length, barrier.isAtThreshold, barrier.numWaiters]).toEqual([2, false, 1]);
  });

  it('a lower threshold lets go those that wait already; reset does, unless told not to', () => {
    const kernel = new Kernel();
    const log: string[] = [];
    const barrier = new Barrier('sync', 3);
    start(kernel, log, 'a', barrier.waitFor());
    start(kernel, log, 'b', barrier.waitFor());
    kernel.runUntil(1);
    barrier.threshold = 2;
    expect(barrier.threshold).toBe(2);
    kernel.runUntil(2);
    expect(log).toEqual(['a @1', 'b @1']);
    start(kernel, log, 'c', barrier.waitFor());
    kernel.runUntil(3);
    barrier.reset(false);
    kernel.runUntil(4);
    expect([log.length, barrier.numWaiters]).toEqual([2, 0]);
    barrier.reset(true);
    kernel.runUntil(5);
    expect(log).toHaveLength(3);
  });

  it('does not count a killed process; cancel takes one off by hand', () => {
    const kernel = new Kernel();
    const barrier = new Barrier('sync', 3);
    const killed = start(kernel, [], 'a', barrier.waitFor());
    start(kernel, [], 'b', barrier.waitFor());
    kernel.runUntil(0);
    killed.kill();
    expect(barrier.numWaiters).toBe(1);
    barrier.cancel();
    expect(barrier.numWaiters).toBe(0);
  });

  it.each([-1, 1.5])('wants a whole threshold, not %d', (threshold) => {
    expect(() => new Barrier('sync', threshold)).toThrow('whole number, 0 or more');
    const barrier = new Barrier('sync', 1);
    expect(() => (barrier.threshold = threshold)).toThrow('whole number, 0 or more');
  });
});

describe('a semaphore', () => {
  it('serves in the order of asking: many keys are not passed by few', () => {
    const kernel = new Kernel();
    const log: string[] = [];
    const semaphore = new Semaphore('bus', 2);
    expect([semaphore.tryGet(3), semaphore.tryGet(1), semaphore.keyCount]).toEqual([
      false,
      true,
      1,
    ]);
    start(kernel, log, 'many', semaphore.get(2));
    start(kernel, log, 'few', semaphore.get(1));
    kernel.runUntil(5);
    expect([log, semaphore.numWaiters, semaphore.tryGet()]).toEqual([[], 2, false]);
    semaphore.put();
    kernel.runUntil(6);
    expect(log).toEqual(['many @5']);
    semaphore.put(2);
    kernel.runUntil(7);
    expect([log[1], semaphore.keyCount]).toEqual(['few @6', 1]);
  });

  it('a killed process gives up its place, or the keys it was just given', () => {
    const kernel = new Kernel();
    const log: string[] = [];
    const semaphore = new Semaphore('bus', 0);
    const first = start(kernel, log, 'a', semaphore.get(2));
    start(kernel, log, 'b', semaphore.get());
    kernel.runUntil(0);
    semaphore.put();
    first.kill();
    kernel.runUntil(1);
    expect([log, semaphore.keyCount]).toEqual([['b @0'], 0]);
    const second = start(kernel, log, 'c', semaphore.get());
    kernel.runUntil(2);
    semaphore.put();
    second.kill();
    expect([semaphore.keyCount, semaphore.numWaiters]).toEqual([1, 0]);
  });

  it('holds keys for a block, also when the process is killed in it', () => {
    const kernel = new Kernel();
    const semaphore = new Semaphore('bus', 1);
    const body = function* (): Process {
      using _key = yield* semaphore.hold();
      yield delay(10);
    };
    const killed = kernel.spawn('a', body());
    kernel.spawn('b', body());
    kernel.runUntil(5);
    expect([semaphore.keyCount, semaphore.numWaiters]).toEqual([0, 1]);
    killed.kill();
    kernel.runUntil(14);
    expect(semaphore.keyCount).toBe(0);
    kernel.runUntil(15);
    expect(semaphore.keyCount).toBe(1);
  });

  it('keys cannot be returned twice, and are whole', () => {
    const kernel = new Kernel();
    const semaphore = new Semaphore('bus', 1);
    let key: Disposable | undefined;
    kernel.spawn(
      'a',
      (function* (): Process {
        key = yield* semaphore.hold();
      })(),
    );
    kernel.runUntil(0);
    key?.[Symbol.dispose]();
    expect(() => key?.[Symbol.dispose]()).toThrow("semaphore 'bus': keys returned twice");
    expect(() => semaphore.put(-1)).toThrow('whole number, 0 or more');
  });
});
