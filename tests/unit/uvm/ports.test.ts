// TLM ports and FIFOs.
import { describe, expect, it } from 'vitest';
import { Kernel } from '#kernel/kernel';
import type { Process } from '#kernel/process';
import { delay } from '#kernel/wait';
import { Component } from '#uvm/component';
import { resolvePorts } from '#uvm/port';
import {
  AnalysisImp,
  AnalysisPort,
  BlockingGetPeekPort,
  BlockingGetPort,
  BlockingPeekPort,
  BlockingPutPort,
  BlockingTransportPort,
  GetPeekPort,
  GetPort,
  MasterPort,
  NonblockingGetPeekPort,
  NonblockingGetPort,
  NonblockingPeekPort,
  NonblockingPutPort,
  NonblockingTransportPort,
  PeekPort,
  PutPort,
  SlavePort,
  TransportPort,
} from '#uvm/ports';
import { Test } from '#uvm/test';
import { TestRunner } from '#uvm/test-runner';
import { Testbench } from '#uvm/testbench';
import { RequestResponseChannel, TransportChannel } from '#uvm/tlm-channel';
import { AnalysisFifo, FIFO_TRANSACTIONS_MAX, TlmFifo } from '#uvm/tlm-fifo';

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

describe('the other interfaces', () => {
  it('blocking and nonblocking ports take what has at least their methods', () => {
    const kernel = new Kernel();
    const fifo = new TlmFifo<number>('fifo', 2);
    const ports = {
      put: new BlockingPutPort<number>('put'),
      tryPut: new NonblockingPutPort<number>('tryPut'),
      get: new BlockingGetPort<number>('get'),
      tryGet: new NonblockingGetPort<number>('tryGet'),
      peek: new BlockingPeekPort<number>('peek'),
      tryPeek: new NonblockingPeekPort<number>('tryPeek'),
      getPeek: new BlockingGetPeekPort<number>('getPeek'),
      tryGetPeek: new NonblockingGetPeekPort<number>('tryGetPeek'),
      all: new GetPeekPort<number>('all'),
      peekAll: new PeekPort<number>('peekAll'),
    };
    for (const port of Object.values(ports)) (port as PutPort<number>).connect(fifo);
    const log: unknown[] = [];
    kernel.spawn(
      'main',
      (function* (): Process {
        yield* ports.put.put(1);
        log.push(ports.tryPut.tryPut(2), ports.tryPut.canPut());
        log.push(yield* ports.peek.peek(), ports.tryPeek.tryPeek(), ports.tryPeek.canPeek());
        log.push(yield* ports.getPeek.peek(), yield* ports.getPeek.get());
        log.push(ports.tryGetPeek.tryPeek(), ports.tryGetPeek.canPeek(), ports.tryGet.canGet());
        log.push(yield* ports.all.peek(), ports.all.tryPeek(), ports.all.canPeek());
        log.push(yield* ports.peekAll.peek(), ports.peekAll.canPeek(), ports.tryGet.tryGet());
        log.push(ports.all.tryGet(), ports.tryGet.canGet());
        yield* ports.put.put(3);
        log.push(yield* ports.get.get(), fifo.isEmpty);
      })(),
    );
    kernel.runUntil(0);
    const peeks = [2, true, true, 2, 2, true, 2, true, 2];
    expect(log).toEqual([true, false, 1, 1, true, 1, 1, ...peeks, undefined, false, 3, true]);
  });

  it('an object that implements the interface is its implementation', () => {
    const kernel = new Kernel();
    const blocking = new BlockingTransportPort<number, string>('transport');
    const nonblocking = new NonblockingTransportPort<number, string>('tryTransport');
    const both = new TransportPort<number, string>('both');
    const memory = {
      *transport(request: number): Process<string> {
        yield delay(5);
        return `answer ${request} @${kernel.nowPs}`;
      },
      tryTransport: (request: number): string | undefined =>
        request > 1 ? `at once ${request}` : undefined,
    };
    blocking.connect(both);
    nonblocking.connect(both);
    both.connect(memory);
    const log: unknown[] = [nonblocking.tryTransport(1), nonblocking.tryTransport(2)];
    kernel.spawn(
      'main',
      (function* (): Process {
        log.push(yield* blocking.transport(3));
      })(),
    );
    kernel.runUntil(10);
    expect(log).toEqual([undefined, 'at once 2', 'answer 3 @5']);
  });
});

describe('several analysis inputs', () => {
  it('are told apart by their imps', () => {
    const seen: string[] = [];
    const owner = { fullPath: 'test.scoreboard' };
    const expected = new AnalysisImp<number>('expected', owner, (one) => void seen.push(`e${one}`));
    const actual = new AnalysisImp<string>('actual', owner, (one) => void seen.push(`a${one}`));
    const [numbers, texts] = [new AnalysisPort<number>(), new AnalysisPort<string>()];
    numbers.connect(expected);
    texts.connect(actual);
    numbers.write(1);
    texts.write('x');
    expect(seen).toEqual(['e1', 'ax']);
    expect(numbers.debugConnectedTo()).toEqual([
      'analysis (AnalysisPort)',
      '  test.scoreboard.expected (AnalysisImp)',
    ]);
  });
});

describe('FIFOs', () => {
  it('serve readers and writers in the order in which they came', () => {
    const kernel = new Kernel();
    const fifo = new TlmFifo<number>('fifo', 1);
    const log: string[] = [];
    const reader = (name: string) =>
      kernel.spawn(
        name,
        (function* (): Process {
          log.push(`${name} ${yield* fifo.get()}`);
        })(),
      );
    reader('first');
    const killed = reader('killed');
    reader('third');
    kernel.runUntil(0);
    killed.kill();
    expect([fifo.tryPut(1), fifo.canGet(), fifo.tryGet()]).toEqual([true, false, undefined]);
    expect(fifo.tryPut(2)).toBe(true);
    kernel.runUntil(1);
    expect(log.splice(0)).toEqual(['first 1', 'third 2']);
    const writer = (value: number) =>
      kernel.spawn(
        `writer ${value}`,
        (function* (): Process {
          yield* fifo.put(value);
          log.push(`wrote ${value}`);
        })(),
      );
    for (const value of [3, 4, 5]) writer(value);
    kernel.runUntil(2);
    expect([fifo.tryPut(9), fifo.isFull, fifo.tryGet(), fifo.tryPut(9)]).toEqual([
      false,
      true,
      3,
      false,
    ]);
    kernel.runUntil(3);
    expect(log).toEqual(['wrote 3', 'wrote 4']);
    expect([fifo.tryGet(), fifo.tryGet(), fifo.tryGet()]).toEqual([4, 5, undefined]);
  });

  it('those that only look see the transaction that another takes', () => {
    const kernel = new Kernel();
    const fifo = new TlmFifo<number>('fifo', 1);
    const log: string[] = [];
    for (const kind of ['peek', 'get', 'peek'] as const) {
      kernel.spawn(
        kind,
        (function* (): Process {
          log.push(`${kind} ${yield* fifo[kind]()}`);
        })(),
      );
    }
    kernel.runUntil(0);
    fifo.write(1);
    kernel.runUntil(0);
    expect(log).toEqual(['peek 1', 'get 1']);
    fifo.write(2);
    kernel.runUntil(0);
    expect([log[2], fifo.used]).toEqual(['peek 2', 1]);
  });

  it('show what goes in and out, and can be flushed', () => {
    const kernel = new Kernel();
    const fifo = new TlmFifo<number>('fifo', 2);
    const seen: string[] = [];
    fifo.putAnalysis.connect(collector(seen, 'in '));
    fifo.getAnalysis.connect(collector(seen, 'out '));
    for (let i = 0; i < 4; i++) kernel.spawn(`put ${i}`, fifo.put(i));
    kernel.runUntil(0);
    fifo.tryGet();
    expect(seen.splice(0)).toEqual(['in 0', 'in 1', 'in 2', 'out 0']);
    fifo.flush();
    expect([fifo.used, fifo.tryPeek(), seen]).toEqual([1, 3, ['in 3']]);
  });

  it('behind an analysis port never refuse, up to the limit', () => {
    const fifo = new AnalysisFifo<number>('fifo');
    const port = new AnalysisPort<number>();
    port.connect(fifo);
    for (let i = 0; i < FIFO_TRANSACTIONS_MAX; i++) port.write(i);
    expect(fifo.used).toBe(FIFO_TRANSACTIONS_MAX);
    expect(() => port.write(0)).toThrow(
      /FIFO 'fifo' holds 1000000 transactions\n.*Nobody reads it/,
    );
  });
});

describe('channels', () => {
  it('carry requests one way and responses the other', () => {
    const kernel = new Kernel();
    const channel = new RequestResponseChannel<number, string>('bus', { requests: 2 });
    const master = new MasterPort<number, string>('master');
    const slave = new SlavePort<number, string>('slave');
    master.connect(channel.master);
    slave.connect(channel.slave);
    const seen: unknown[] = [];
    channel.requestAnalysis.connect({ write: (one) => seen.push(one) });
    channel.responseAnalysis.connect({ write: (one) => seen.push(one) });
    const log: unknown[] = [];
    kernel.spawn(
      'slave',
      (function* (): Process {
        for (;;) {
          yield* slave.peek();
          const request = yield* slave.get();
          yield delay(10);
          yield* slave.put(`answer ${request}`);
        }
      })(),
    );
    kernel.spawn(
      'master',
      (function* (): Process {
        yield* master.put(1);
        log.push(master.tryPut(2), master.canPut(), master.canGet(), master.tryGet());
        log.push(yield* master.peek(), yield* master.get(), master.tryPeek(), master.canPeek());
        log.push(yield* master.get());
      })(),
    );
    kernel.runUntil(100);
    expect(log.slice(0, 4)).toEqual([true, false, false, undefined]);
    expect(log.slice(4)).toEqual(['answer 1', 'answer 1', undefined, false, 'answer 2']);
    expect(seen).toEqual([1, 2, 'answer 1', 'answer 2']);
    expect([slave.tryPut('x'), slave.canPut(), slave.tryGet(), slave.tryPeek()]).toEqual([
      true,
      false,
      undefined,
      undefined,
    ]);
    expect([slave.canGet(), slave.canPeek()]).toEqual([false, false]);
  });

  it('transport: a request, and its response', () => {
    const kernel = new Kernel();
    const channel = new TransportChannel<number, number>('bus');
    const port = new TransportPort<number, number>('transport');
    port.connect(channel);
    const log: unknown[] = [];
    expect(port.tryTransport(0)).toBeUndefined();
    expect(port.tryTransport(0)).toBeUndefined();
    kernel.spawn(
      'slave',
      (function* (): Process {
        for (;;) yield* channel.slave.put((yield* channel.slave.get()) + 100);
      })(),
    );
    for (const request of [1, 2]) {
      kernel.spawn(
        `master ${request}`,
        (function* (): Process {
          log.push(`${request}: ${yield* port.transport(request)}`);
        })(),
      );
    }
    kernel.runUntil(1);
    // The request put without waiting was answered first: who uses both forms at once gets what it asks for.
    expect(log).toEqual(['1: 100', '2: 101']);
  });
});

describe('connections', () => {
  class Producer extends Component {
    readonly out = new PutPort<number>('out', this);
    readonly seen = new AnalysisPort<number>('seen', this);
  }
  class Consumer extends Component {
    readonly fifo = new TlmFifo<number>('fifo', 4);
    readonly into = new PutPort<number>('into', this, { role: 'export' });
    override connectPhase(): void {
      this.into.connect(this.fifo);
    }
  }
  class Inner extends Component {
    readonly out = new PutPort<number>('out', this);
    readonly child = this.children({ producer: Producer });
    override connectPhase(): void {
      this.child.producer.out.connect(this.out);
    }
  }
  class Top extends Test {
    readonly child = this.children({ inner: Inner, consumer: Consumer });
    override connectPhase(): void {
      this.child.inner.out.connect(this.child.consumer.into);
    }
  }

  it('go from port to port to export to implementation, and can be printed', () => {
    const test = new TestRunner(new Testbench({ runSeed: 1 }), Top).elaborate();
    const { inner, consumer } = test.child;
    inner.child.producer.out.tryPut(5);
    expect(consumer.fifo.tryGet()).toBe(5);
    expect(inner.child.producer.out.debugConnectedTo()).toEqual([
      'test.inner.producer.out (PutPort)',
      '  test.inner.out (PutPort)',
      '    export test.consumer.into (PutPort)',
      '      fifo (TlmFifo)',
    ]);
    expect(consumer.into.debugProvidedTo()).toEqual([
      'export test.consumer.into (PutPort)',
      '  test.inner.out (PutPort)',
      '    test.inner.producer.out (PutPort)',
    ]);
  });

  it('that are missing end the elaboration, with every port that wants one', () => {
    class Loose extends Test {
      readonly child = this.children({ inner: Inner, producer: Producer, consumer: Consumer });
    }
    const elaborate = (): unknown =>
      new TestRunner(new Testbench({ runSeed: 1 }), Loose).elaborate();
    expect(elaborate).toThrow(
      '2 ports are not connected\n' +
        "  port 'test.inner.out' has 0 connections and wants at least 1: connect it in connectPhase of test.\n" +
        "  port 'test.producer.out' has 0 connections and wants at least 1: connect it in connectPhase of test.",
    );
  });

  it('have a minimum and a maximum', () => {
    class Wide extends Test {
      readonly out = new PutPort<number>('out', this, { min: 2, max: 3 });
    }
    const testbench = new Testbench({ runSeed: 1 });
    const test = new Wide('test', testbench);
    const fifo = new TlmFifo<number>('fifo', 1);
    test.out.connect(fifo);
    expect(() => resolvePorts(testbench)).toThrow(
      /a port is not connected\n.*'test.out' has 1 connection and wants at least 2/,
    );
    const other = new PutPort<number>('out', undefined, { max: 2 });
    other.connect(fifo, new TlmFifo<number>('second', 1));
    expect(() => other.connect(fifo)).toThrow(
      /port 'out' is connected already to 2, and takes no more\n.*fifo \(TlmFifo\), second \(TlmFifo\)/,
    );
    other.tryPut(1);
    expect([fifo.used, other.providerAt(1).tryPut(2)]).toEqual([1, true]);
    expect(() => other.providerAt(2)).toThrow("port 'out' is not connected (connection 2)");
    expect(() => new PutPort('out', undefined, { min: 2 })).toThrow('takes at least as much');
  });

  it('are made in the connect phase, not later', () => {
    const test = new TestRunner(new Testbench({ runSeed: 1 }), Top).elaborate();
    const { seen } = test.child.inner.child.producer;
    expect(() => seen.connect(new AnalysisPort<number>())).toThrow(
      /port 'test.inner.producer.seen' is connected after the connect phase\n.*in connectPhase/,
    );
  });

  it('form no loop, and do not go from an export to a port', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => new PutPort<number>(name));
    a.connect(b);
    b.connect(c);
    expect(() => c.connect(a)).toThrow(/port 'c' is connected to itself\n.*By way of 'a'/);
    const entry = new PutPort<number>('entry', undefined, { role: 'export' });
    expect(() => entry.connect(new PutPort<number>('port'))).toThrow(
      /export 'entry' cannot be connected to port 'port'\n.*connect the port to the export/,
    );
    expect(() => entry.put(1)).toThrow("export 'entry' is not connected");
  });

  it('name what has no name by its class', () => {
    const port = new AnalysisPort<number>('out');
    port.connect({ write: () => undefined });
    expect(port.debugConnectedTo()).toEqual(['out (AnalysisPort)', '  an object (Object)']);
  });
});
