// Claims about events, barriers, pools, semaphores and callbacks. Source: IEEE 1800.2-2020 clause 10; IEEE 1800 clause 15.3.
import { expect } from 'vitest';
import { Kernel } from '#kernel/kernel';
import type { Process, ProcessHandle } from '#kernel/process';
import { Barrier } from '#uvm/barrier';
import { addCallback, callbackList, callbackPoint, callbacksOf } from '#uvm/callbacks';
import { Component } from '#uvm/component';
import { InOrderScoreboard } from '#uvm/matching-scoreboard';
import { barrierPool, eventPool, Pool } from '#uvm/pool';
import { Semaphore } from '#uvm/semaphore';
import { Testbench } from '#uvm/testbench';
import { UvmEvent } from '#uvm/uvm-event';
import type { Claim } from './claim.ts';
import { alone, runAll } from './tlm-bench.ts';

/** Waits, then notes what it was given. */
function* noting(log: string[], name: string, wait: Process<unknown>): Process {
  log.push(`${name} ${String(yield* wait)}`);
}

const hooks = callbackPoint<{ readonly name: string }>('conformance');

export const EVENT_CLAIMS: readonly Claim[] = [
  {
    id: 'EVT-1',
    feature: 'uvm_event: wait_trigger, wait_ptrigger (also of the same time, before), with data',
    support: 'yes',
    verify: () => {
      const kernel = new Kernel();
      const event = new UvmEvent<number>('e', kernel);
      event.trigger(5);
      const log = runAll(kernel, event.waitPtrigger(), event.waitTrigger());
      expect(log).toEqual([5]);
      event.trigger(6);
      kernel.runUntil(1);
      expect([log, event.triggerData, event.triggerTimePs]).toEqual([[5, 6], 6, 0]);
    },
  },
  {
    id: 'EVT-2',
    feature: 'uvm_event: wait_on, wait_off, is_on, reset with and without wakeup',
    support: 'yes',
    verify: () => {
      const kernel = new Kernel();
      const event = new UvmEvent<number>('e', kernel);
      const log: string[] = [];
      const start = (name: string, wait: Process<number | undefined | void>): void =>
        void runAll(kernel, noting(log, name, wait));
      start('off, at once', event.waitOff());
      start('on', event.waitOn());
      expect([log, event.isOn]).toEqual([['off, at once undefined'], false]);
      event.trigger(7);
      kernel.runUntil(1);
      start('on, at once', event.waitOn());
      expect(log.splice(0)).toEqual(['off, at once undefined', 'on 7', 'on, at once 7']);
      start('off', event.waitOff());
      start('trigger', event.waitTrigger());
      expect([log, event.isOn, event.numWaiters]).toEqual([[], true, 2]);
      event.reset(); // without wakeup: who waits for a trigger goes on waiting
      kernel.runUntil(2);
      expect([log.splice(0), event.isOff]).toEqual([['off undefined'], true]);
      expect([event.triggerData, event.triggerTimePs]).toEqual([undefined, undefined]);
      start('on', event.waitOn());
      event.reset(true); // with it: goes on without data, while who waits for `on` waits
      kernel.runUntil(3);
      expect([log.splice(0), event.isOff, event.numWaiters]).toEqual([
        ['trigger undefined'],
        true,
        1,
      ]);
      start('trigger', event.waitTrigger());
      event.reset();
      event.trigger(8);
      kernel.runUntil(4);
      expect(log.toSorted()).toEqual(['on 8', 'trigger 8']);
    },
  },
  {
    id: 'EVT-3',
    feature: 'uvm_event: get_num_waiters and cancel',
    support: 'differs',
    note: 'A process that is killed is taken off the count by itself; cancel is needed by nobody.',
    verify: () => {
      const kernel = new Kernel();
      const event = new UvmEvent('e', kernel);
      const waiter = kernel.spawn('w', event.waitTrigger());
      kernel.runUntil(0);
      expect(event.numWaiters).toBe(1);
      waiter.kill();
      expect(event.numWaiters).toBe(0);
    },
  },
  {
    id: 'EVT-4',
    feature: 'uvm_event: callbacks before (which may call it off) and after a trigger',
    support: 'yes',
    verify: () => {
      const event = new UvmEvent<number>('e', new Kernel());
      const after: unknown[] = [];
      event.addCallback({ preTrigger: (_event, data) => data === 1 });
      event.addCallback({ postTrigger: (_event, data) => void after.push(data) });
      event.trigger(1);
      event.trigger(2);
      expect([after, event.triggerData]).toEqual([[2], 2]);
    },
  },
  {
    id: 'EVT-5',
    feature: 'uvm_barrier: threshold, auto reset, reset, number of waiters',
    support: 'yes',
    verify: () => {
      const kernel = new Kernel();
      const barrier = new Barrier('b', 2);
      const log = runAll(kernel, barrier.waitFor());
      expect([log.length, barrier.numWaiters]).toEqual([0, 1]);
      barrier.setAutoReset(false);
      expect(runAll(kernel, barrier.waitFor(), barrier.waitFor())).toHaveLength(2);
      expect([log.length, barrier.isAtThreshold]).toEqual([1, true]);
      barrier.reset();
      expect(runAll(kernel, barrier.waitFor())).toHaveLength(0);
    },
  },
  {
    id: 'EVT-6',
    feature: 'uvm_barrier: a threshold set to no more than the number of waiters lets them go',
    support: 'yes',
    verify: () => {
      const kernel = new Kernel();
      const barrier = new Barrier('b', 5);
      const log = runAll(kernel, barrier.waitFor(), barrier.waitFor());
      barrier.threshold = 2;
      kernel.runUntil(0);
      expect(log).toHaveLength(2);
    },
  },
  {
    id: 'EVT-7',
    feature: 'uvm_pool makes what is missing; global pools of events and barriers',
    support: 'differs',
    note: 'The shared pools belong to a testbench (`eventPool(this.testbench)`), as nothing is global.',
    verify: () => {
      const pool = new Pool<string, number[]>('lists', () => []);
      pool.get('a').push(1);
      expect([pool.get('a'), pool.has('b')]).toEqual([[1], false]);
      const testbench = new Testbench({ runSeed: 1 });
      expect(eventPool(testbench).get('x')).toBe(eventPool(testbench).get('x'));
      expect(barrierPool(testbench).get('x').threshold).toBe(0);
      expect(eventPool(new Testbench({ runSeed: 1 })).has('x')).toBe(false);
    },
  },
  {
    id: 'EVT-8',
    feature: 'uvm_queue',
    support: 'no',
    note: 'An array, or a TlmFifo where processes wait.',
  },
  {
    id: 'EVT-9',
    feature: 'Semaphores (IEEE 1800 clause 15.3): get, put, try_get, served in order',
    support: 'yes',
    verify: () => {
      const kernel = new Kernel();
      const semaphore = new Semaphore('s', 1);
      const served: string[] = [];
      const ask = (name: string, keyCount: number): ProcessHandle =>
        kernel.spawn(name, noting(served, name, semaphore.get(keyCount)));
      const put = (keyCount: number): string[] => {
        semaphore.put(keyCount);
        kernel.runUntil(kernel.nowPs);
        return served.splice(0);
      };
      expect([semaphore.tryGet(2), semaphore.tryGet(), semaphore.keyCount]).toEqual([
        false,
        true,
        0,
      ]);
      ask('many', 3);
      ask('one', 1);
      const killed = ask('killed', 5);
      ask('two', 2);
      ask('last', 1);
      kernel.runUntil(0);
      expect([served, semaphore.numWaiters]).toEqual([[], 5]);
      // Keys for 'one' are there, but it is not its turn; nor that of who tries.
      expect([put(2), semaphore.tryGet(), semaphore.keyCount]).toEqual([[], false, 2]);
      expect(put(1)).toEqual(['many undefined']);
      expect([put(3), semaphore.keyCount]).toEqual([['one undefined'], 2]);
      killed.kill(); // those behind it are not kept by what it asked for
      kernel.runUntil(kernel.nowPs);
      expect(served.splice(0)).toEqual(['two undefined']);
      expect([put(2), semaphore.keyCount, semaphore.numWaiters]).toEqual([
        ['last undefined'],
        1,
        0,
      ]);
    },
  },
  {
    id: 'EVT-10',
    feature:
      'uvm_callbacks: typed, for all, a component, a path or a class; append, prepend; on and off',
    support: 'differs',
    note: 'A callback point is an object with a type; a loop takes the place of `uvm_do_callbacks.',
    verify: () => {
      const [component, testbench] = alone(InOrderScoreboard<number>);
      const names = (): string[] => callbacksOf(component, hooks).map(({ name }) => name);
      const all = { name: 'all' };
      addCallback(testbench, hooks, all);
      addCallback(testbench, hooks, { name: 'class' }, { on: Component, order: 'prepend' });
      addCallback(testbench, hooks, { name: 'elsewhere' }, { on: 'other.**' });
      expect(names()).toEqual(['class', 'all']);
      callbackList(testbench, hooks).setEnabled(all, false);
      expect(names()).toEqual(['class']);
    },
  },
];
