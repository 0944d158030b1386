// Processes that are killed: what their `finally` blocks may do. Source: design decision 2.
import { beforeEach, describe, expect, it } from 'vitest';
import { Kernel } from '#kernel/kernel';
import type { Process, ProcessHandle } from '#kernel/process';
import { delay } from '#kernel/wait';

let kernel: Kernel;
let log: string[];
const note = (text: string): void => void log.push(`${text} @${kernel.nowPs}`);

beforeEach(() => {
  kernel = new Kernel();
  log = [];
});

describe('finally blocks of a process that is killed', () => {
  it('may kill their own process while a part of it is left', () => {
    let part: Process | undefined = undefined;
    function* own(): Process {
      try {
        part = left();
        yield* part;
        note('unreachable');
      } finally {
        note('body');
      }
    }
    function* left(): Process {
      try {
        yield delay(100);
      } finally {
        note('part');
        handle.kill();
      }
    }
    const handle = kernel.spawn('own', own());
    kernel.runUntil(10);
    handle.leavePart(part as unknown as Process);
    expect([handle.isAlive, handle.wasKilled]).toEqual([false, true]);
    kernel.runUntil(200);
    expect(log).toEqual(['part @10', 'body @10']);
  });

  it.each(['kill', 'killScope', 'killAll'] as const)(
    'run as their process, and what they start is killed with it: %s',
    (verb) => {
      const scope = {};
      const late: ProcessHandle[] = [];
      let ran: ProcessHandle | undefined = undefined;
      const handle = kernel.spawn(
        'main',
        (function* (): Process {
          try {
            yield delay(100);
          } finally {
            ran = kernel.current;
            const parent = verb === 'kill' ? kernel.current : undefined;
            late.push(kernel.spawn('late', sayLate(), parent));
          }
        })(),
      );
      function* sayLate(): Process {
        note('late');
        yield delay(1);
      }
      handle.scope = scope;
      kernel.runUntil(10);
      if (verb === 'kill') handle.kill();
      else if (verb === 'killScope') kernel.killScope(scope);
      else kernel.killAll();
      expect(ran).toBe(handle);
      expect(kernel.current).toBeUndefined();
      expect(late.map(({ isAlive, scope: of }) => [isAlive, of === scope])).toEqual([
        [false, true],
      ]);
      kernel.runUntil(200);
      expect(log).toEqual([]);
      expect(kernel.explain()).toEqual([]);
    },
  );
});
