// TLM ports and FIFOs.
import { describe, expect, it } from 'vitest';
import { Kernel } from '#kernel/kernel';
import type { Process } from '#kernel/process';
import { delay } from '#kernel/wait';
import { AnalysisPort, GetPort, PeekPort, PutPort } from '#uvm/ports';
import { TlmFifo } from '#uvm/tlm-fifo';

function collector(into: string[], name: string): { write(value: number): void } {
  return { write: (value) => void into.push(`${name}${value}`) };
}

describe('analysis port', () => {
  it('writes to everything connected, in order, through other ports too', () => {
    const seen: string[] = [];
    const first = new AnalysisPort<number>();
    const second = new AnalysisPort<number>('second');
    first.connect(collector(seen, 'a'), second);
    second.connect(collector(seen, 'b'));
    first.connect(collector(seen, 'c'));
    first.write(1);
    expect(seen).toEqual(['a1', 'b1', 'c1']);
    expect(first.connectionCount).toBe(3);
  });

  it('without connection loses what is written; to itself it cannot be connected', () => {
    const port = new AnalysisPort<number>();
    port.write(1);
    expect(() => port.connect(port)).toThrow(/connected to itself/);
  });
});

describe('put, get and peek ports over a FIFO', () => {
  it('block while the FIFO is full or empty', () => {
    const kernel = new Kernel();
    const fifo = new TlmFifo<number>('fifo', 2);
    const put = new PutPort<number>('put');
    const get = new GetPort<number>('get');
    put.connect(fifo);
    get.connect(fifo);
    const log: string[] = [];
    kernel.spawn(
      'producer',
      (function* (): Process {
        for (let i = 0; i < 4; i++) {
          yield* put.put(i);
          log.push(`put ${i} @${kernel.nowPs}`);
        }
      })(),
    );
    kernel.spawn(
      'consumer',
      (function* (): Process {
        for (;;) {
          yield delay(10);
          log.push(`got ${yield* get.get()} @${kernel.nowPs}`);
        }
      })(),
    );
    kernel.runUntil(45);
    expect(log).toEqual([
      'put 0 @0',
      'put 1 @0',
      'got 0 @10',
      'put 2 @10',
      'got 1 @20',
      'put 3 @20',
      'got 2 @30',
      'got 3 @40',
    ]);
  });

  it('has variants that do not wait, and peek, which removes nothing', () => {
    const fifo = new TlmFifo<number>('fifo');
    const put = new PutPort<number>('put');
    const peek = new PeekPort<number>('peek');
    put.connect(fifo);
    peek.connect(fifo);
    expect(peek.tryPeek()).toBeUndefined();
    expect(put.tryPut(7)).toBe(true);
    expect(put.tryPut(8)).toBe(false);
    expect(put.canPut()).toBe(false);
    expect(peek.tryPeek()).toBe(7);
    expect(fifo.used).toBe(1);
    expect(fifo.tryGet()).toBe(7);
    expect(fifo.tryGet()).toBeUndefined();
  });

  it('depth 0 is unbounded; a full FIFO refuses what cannot wait', () => {
    const unbounded = new TlmFifo<number>('open', 0);
    for (let i = 0; i < 100; i++) unbounded.write(i);
    expect(unbounded.used).toBe(100);
    const narrow = new TlmFifo<number>('narrow', 1);
    narrow.write(1);
    expect(() => narrow.write(2)).toThrow(/FIFO 'narrow' is full \(1\) and cannot wait/);
  });

  it('a port wants exactly one provider', () => {
    const get = new GetPort<number>('get');
    expect(() => get.tryGet()).toThrow("port 'get' is not connected");
    get.connect(new TlmFifo('a'));
    expect(() => get.connect(new TlmFifo('b'))).toThrow("port 'get' is connected already");
  });
});
