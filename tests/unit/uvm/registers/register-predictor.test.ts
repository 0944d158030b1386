// The passive predictor: what it makes of accesses that it sees, whoever made them.
import { describe, expect, it } from 'vitest';
import type { Process } from '#kernel/process';
import { Sequence } from '#uvm/sequence';
import { RegisterBusOp } from '#uvm/registers/register-bus';
import { RegisterObserver } from '#uvm/registers/register-observer';
import { Bench, BusItem, type BusTest } from './bus-bench.ts';
import { timerBench } from './timer-model.ts';

class Raw extends Sequence<BusItem> {
  item = new BusItem();
  override *body(): Process {
    yield* this.startItem(this.item);
    yield* this.finishItem(this.item);
  }
}

function access(isWrite: boolean, address: number, data = 0, enables = 0xf): BusItem {
  return Object.assign(new BusItem(), { isWrite, address, data, enables });
}

function observedBench(): ReturnType<typeof timerBench> {
  const bench = timerBench({ prediction: 'explicit' });
  bench.test.child.predictor.bind(bench.model.map);
  bench.test.child.agent.child.driver.observed.connect(bench.test.child.predictor);
  return bench;
}

function* send(test: BusTest, ...items: readonly BusItem[]): Process {
  for (const item of items) yield* test.start(Raw, test.sequencer, { item });
}

describe('a predictor', () => {
  it('believes what it sees, lane by lane and register by register', () => {
    const bench = observedBench();
    const { model } = bench;
    bench.play(function* (test) {
      // BYTE0 and HALF share a word: bytes 0, 2 and 3.
      yield* send(test, access(true, 0x1008, 0x4433_ff22));
      expect([model.byte0.get(), model.half.get()]).toEqual([0x22, 0x4433]);
      yield* send(test, access(true, 0x1008, 0x5500_0000, 0b1000));
      expect([model.byte0.get(), model.half.get()]).toEqual([0x22, 0x5533]);
      yield* send(test, access(true, 0x1048, 0x99, 1), access(true, 0x1044, 0x77));
      expect(model.channels[0].count.mirrored).toEqual({ low: 0x77, high: 0x8000_0099 });
    });
    expect(bench.top.rules.failures).toEqual([]);
  });

  it('compares reads before it believes them', () => {
    const bench = observedBench();
    bench.play(function* (test) {
      test.device.bytes.set(0x1010, 7);
      yield* send(test, access(false, 0x1010), access(false, 0x1010), access(false, 0x1004));
    });
    expect(bench.top.rules.failures).toMatchObject([
      {
        rule: 'REG-3',
        subject: 'timer.ARG[0]',
        expected: '0x00000001: value 0x1',
        seen: '0x00000007: value 0x7',
      },
    ]);
    expect(bench.top.rules.evaluations()['REG-3']).toBe(3);
  });

  it('judges an active read once, by the rule of who reads', () => {
    const bench = observedBench();
    const { model } = bench;
    bench.play(function* (test) {
      test.device.bytes.set(0x1010, 7);
      expect((yield* model.args[0].mirror({ rule: 'reset' })).matches).toBe(false);
      expect((yield* model.args[0].mirror({ rule: 'reset' })).matches).toBe(true);
      yield* model.args[1].write(8);
      expect(model.args[1].getMirrored()).toBe(8);
    });
    expect(bench.top.rules.failures).toMatchObject([{ rule: 'REG-1', count: 1 }]);
    expect(bench.top.rules.evaluations()).toEqual({ 'REG-1': 2 });
  });

  it('finds a read of several words wrong when any of them is', () => {
    for (const wrong of [0x1044, 0x1048]) {
      const bench = observedBench();
      const { count } = bench.model.channels[0];
      bench.play(function* (test) {
        test.device.bytes.set(wrong, 0x77);
        expect((yield* count.mirror()).matches).toBe(false);
        expect((yield* count.mirror()).matches).toBe(true);
      });
      expect(bench.top.rules.failures).toMatchObject([{ rule: 'REG-3', count: 1 }]);
    }
  });

  it('passes over what failed, what lies nowhere, and memories', () => {
    const bench = observedBench();
    const { model, test } = bench;
    bench.play(function* () {
      test.device.badFrom = 0x2000;
      yield* send(test, access(true, 0x2000, 1), access(true, 0x1024, 1), access(true, 0x1100, 1));
    });
    expect(test.child.predictor.observer.unmappedCount).toBe(2);
    expect(model.needsUpdate).toBe(model.status.needsUpdate);
  });

  it('may only believe', () => {
    const bench = observedBench();
    const { predictor } = bench.test.child;
    predictor.observer.checksReads = false;
    bench.play(function* (test) {
      test.device.bytes.set(0x1010, 7);
      yield* send(test, access(false, 0x1010));
    });
    expect(bench.model.args[0].get()).toBe(7);
    expect(bench.top.rules.failures).toEqual([]);
  });

  it('wants a map', () => {
    const { predictor } = new Bench().test.child;
    expect(() => predictor.write(new BusItem())).toThrow(
      'the predictor has no map [test.predictor]',
    );
  });

  it('fixes what a split read must give when its request is seen', () => {
    const bench = timerBench();
    const { args, map } = bench.model;
    const observer = new RegisterObserver(map);
    const op = (kind: 'read' | 'write', data: number): RegisterBusOp =>
      Object.assign(new RegisterBusOp(), { kind, data, address: 0x1010, byteEnables: 0xf });
    const first = observer.startRead(op('read', 0));
    observer.observe(op('write', 5));
    const second = observer.startRead(op('read', 0));
    observer.endRead(first, op('read', 1));
    expect(args[0].get()).toBe(5);
    observer.endRead(second, op('read', 6));
    expect(args[0].get()).toBe(6);
    expect(bench.top.rules.failures).toMatchObject([
      { expected: '0x00000005: value 0x5', seen: '0x00000006: value 0x6', count: 1 },
    ]);
  });
});
