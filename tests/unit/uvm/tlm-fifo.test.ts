// A FIFO and processes that are killed. Source: IEEE 1800.2 clause 12.2.8.
import { describe, expect, it } from 'vitest';
import { Kernel } from '#kernel/kernel';
import type { Process } from '#kernel/process';
import { TlmFifo } from '#uvm/tlm-fifo';

describe('a FIFO', () => {
  it('loses nothing when a reader is killed before it can go on with what it was given', () => {
    const kernel = new Kernel();
    const fifo = new TlmFifo<number>('fifo', 0);
    const log: string[] = [];
    fifo.getAnalysis.connect({ write: (one) => log.push(`out ${one}`) });
    const reader = (name: string) =>
      kernel.spawn(
        name,
        (function* (): Process {
          log.push(`${name} ${yield* fifo.get()}`);
        })(),
      );
    const [a, b, c] = ['a', 'b', 'c'].map(reader);
    kernel.runUntil(1);
    for (const value of [1, 2]) fifo.write(value);
    a.kill(); // b, which was given 2, moves up to 1; c, which still waits, gets 2
    for (const value of [3, 4]) fifo.write(value);
    kernel.runUntil(2);
    expect(log.splice(0)).toEqual(['out 1', 'b 1', 'out 2', 'c 2']);
    expect([b.isAlive, c.isAlive, fifo.tryGet(), fifo.tryGet()]).toEqual([false, false, 3, 4]);
    log.length = 0;
    const [d, e] = ['d', 'e'].map(reader);
    kernel.runUntil(3);
    for (const value of [5, 6]) fifo.write(value);
    d.kill();
    e.kill();
    expect([fifo.used, fifo.tryGet(), fifo.tryGet(), log]).toEqual([2, 5, 6, ['out 5', 'out 6']]);
  });
});
