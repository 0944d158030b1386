// Operations: drawn, listed, replayed, recorded. Source: design decision 5, "Operation".
import { describe, expect, it } from 'vitest';
import type { Process } from '#kernel/process';
import { ns, us } from '#kernel/time';
import { delay, fork } from '#kernel/wait';
import type { OperationRecord } from '#record/operation-log';
import { operationsByLane } from '#record/operation-log';
import { flag, oneOf, span, uint } from '#solver/domain';
import { operation, type RunningOperation } from '#uvm/operation';
import type { Phase } from '#uvm/phase';
import { play, replayOperations, type PlayOptions } from '#uvm/play';
import { Test } from '#uvm/test';
import { TestRunner } from '#uvm/test-runner';
import { Testbench } from '#uvm/testbench';

class Shop extends Test {
  stock = 0;
  readonly log: string[] = [];
  script: (test: Shop) => Process = function* () {};
  override *runPhase(phase: Phase): Process {
    using _objection = phase.raiseObjection(this, 'shop');
    yield* this.script(this);
  }
}

const buy = operation<Shop>()(
  'buy',
  { what: oneOf('tea', 'milk'), count: span(1, 5), fresh: flag() },
  {
    *run(args, shop, running) {
      yield delay(ns(1));
      shop.stock += args.count;
      shop.log.push(`${running.lane}#${running.id} buy ${args.count} ${args.what}`);
    },
  },
);
const sell = operation<Shop>()(
  'sell',
  { count: span(1, 5) },
  {
    possible: ({ count }, shop) => shop.stock >= count,
    *run({ count }, shop) {
      shop.stock -= count;
      shop.log.push(`sell ${count}`);
      yield delay(ns(2));
    },
  },
);
const operations = { buy, sell };

type Options = PlayOptions<Shop, 'buy' | 'sell'>;

function run(
  script: (test: Shop) => Process,
  replayed?: readonly OperationRecord[],
  seed = 1,
): { shop: Shop; records: OperationRecord[]; testbench: Testbench } {
  const testbench = new Testbench({ runSeed: seed });
  if (replayed !== undefined) {
    testbench.config.set('**', replayOperations, operationsByLane(replayed));
  }
  const runner = new TestRunner(testbench, Shop);
  const shop = runner.elaborate();
  shop.script = script;
  runner.startRun();
  testbench.kernel.runUntil(us(100_000));
  if (!runner.isRunDone) throw new Error(`hangs:\n${runner.explainHang().join('\n')}`);
  return { shop, records: testbench.operations.records(), testbench };
}

const playing = (options: Partial<Options>): ((shop: Shop) => Process) =>
  function* (shop) {
    yield* shop.play(operations, { on: shop, ...options });
  };

describe('random play', () => {
  it('draws kinds, waits and arguments, and records them', () => {
    const { shop, records } = run(
      playing({ lane: 'main', weights: { buy: 1, sell: 2 }, count: 40, wait: span(0, ns(9)) }),
    );
    expect(records).toHaveLength(40);
    expect(records.map((one) => one.id)).toEqual(Array.from({ length: 40 }, (_, i) => i));
    expect(new Set(records.map((one) => one.kind))).toEqual(new Set(['buy', 'sell']));
    expect(records.every((one) => one.outcome === 'done')).toBe(true);
    expect(shop.log).toHaveLength(40);
    const first = records[0];
    expect(first).toMatchObject({ lane: 'main', kind: 'buy' }); // nothing to sell at first
    expect(Object.keys(first.args)).toEqual(['what', 'count', 'fresh']);
    expect(['tea', 'milk']).toContain(first.args['what']);
    expect(first.args['fresh']).toBeTypeOf('boolean');
  });

  it('is the same again with the same seed, and another with another', () => {
    const options = { count: span(5, 50) };
    const one = run(playing(options));
    expect(run(playing(options)).records).toEqual(one.records);
    expect(run(playing(options), undefined, 2).records).not.toEqual(one.records);
  });

  it('weight 0 switches a kind off; without weights all are equal', () => {
    const only = run(playing({ weights: { buy: 1, sell: 0 }, count: 20 }));
    expect(only.records.every((one) => one.kind === 'buy')).toBe(true);
    const all = run(playing({ count: 50 }));
    expect(new Set(all.records.map((one) => one.kind)).size).toBe(2);
  });

  it('ends when until says so', () => {
    const { records, shop } = run(function* (shop) {
      yield* shop.play(operations, { on: shop, until: () => shop.stock > 9, weights: { buy: 1 } });
    });
    expect(shop.stock).toBeGreaterThan(9);
    expect(records.length).toBeLessThan(11);
  });

  it('waits when nothing is possible, and gives up with a message', () => {
    const { records } = run(function* (shop) {
      yield* fork(
        'stock later',
        (function* (): Process {
          yield delay(us(7));
          shop.stock = 5;
        })(),
      );
      yield* shop.play(operations, { on: shop, weights: { sell: 1 }, count: 1 });
    });
    expect(records[0].waitPs).toBeGreaterThanOrEqual(us(7));
    expect(() => run(playing({ weights: { sell: 1 }, count: 1 }))).toThrow(
      /no operation of lane 'main' became possible/,
    );
  });

  it('a lane played again gets a name of its own', () => {
    const { records } = run(function* (shop) {
      yield* shop.play(operations, { on: shop, lane: 'a', weights: { buy: 1 }, count: 1 });
      yield* shop.play(operations, { on: shop, lane: 'a', weights: { buy: 1 }, count: 1 });
    });
    expect(records.map(({ lane, id }) => [lane, id])).toEqual([
      ['a', 0],
      ['a#2', 0],
    ]);
  });
});

describe('wrong options', () => {
  it.each([
    [{ weights: { buy: 1 } }, /lane 'main' wants a count or an until/],
    [{ weights: { buy: 0 }, count: 1 }, /one is positive/],
    [{ weights: { buy: 0.5 }, count: 1 }, /whole numbers/],
    [
      { weights: { buyy: 1 } as object, count: 1 },
      /unknown operation 'buyy' \(did you mean 'buy'\?\)/,
    ],
  ])('%j', (options, message) => {
    expect(() => run(playing(options))).toThrow(message);
  });

  it('arguments must fit 32 bits, and there are at most ten', () => {
    const none = { *run() {} };
    expect(() => operation<Shop>()('wide', { address: uint(40) }, none)).toThrow(
      /argument 'address' of operation 'wide' does not fit 32 bits/,
    );
    const many = Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`a${i}`, span(0, 1)]));
    expect(() => operation<Shop>()('many', many, none)).toThrow(/more than 10 arguments/);
  });
});

describe('lists', () => {
  it('are played as they are; what is not possible is skipped', () => {
    const { shop, records } = run(
      playing({
        source: [
          { kind: 'sell', args: { count: 1 } },
          { kind: 'buy', waitPs: ns(5), args: { what: 'tea', count: 2, fresh: true } },
          { kind: 'sell', args: { count: 2 } },
        ],
      }),
    );
    expect(shop.log).toEqual(['main#1 buy 2 tea', 'sell 2']);
    expect(records.map(({ outcome, waitPs }) => [outcome, waitPs])).toEqual([
      ['skipped', 0],
      ['done', ns(5)],
      ['done', 0],
    ]);
  });

  it.each([
    [{ kind: 'steal', args: {} }, /lane 'main' has no operation 'steal'/],
    [{ kind: 'sell', args: {} }, /argument 'count' of operation 'sell' is undefined, not 1\.\.5/],
    [{ kind: 'sell', args: { count: 6 } }, /argument 'count' of operation 'sell' is 6, not 1\.\.5/],
  ])('refuse what they cannot play: %j', (planned, message) => {
    expect(() => run(playing({ source: [planned] }))).toThrow(message);
  });
});

describe('replay', () => {
  const lanes = function* (shop: Shop): Process {
    const wait = span(0, ns(20));
    shop.fork('a', play(shop, operations, { on: shop, lane: 'a', count: 15, wait }));
    yield* play(shop, operations, { on: shop, lane: 'b', count: 15, wait });
    yield delay(us(5));
  };

  it('of everything is the same run', () => {
    const original = run(lanes);
    const again = run(lanes, original.records);
    expect(again.records).toEqual(original.records);
    expect(again.shop.log).toEqual(original.shop.log);
  });

  it('ends a lane when the run did, even when it waited in vain', () => {
    const giveUp = function* (shop: Shop): Process {
      const until = (): boolean => shop.kernel.nowPs > us(20);
      yield* shop.play(operations, { on: shop, until, weights: { sell: 1 }, wait: span(5, 5) });
      shop.log.push(`over @${shop.kernel.nowPs}`);
    };
    const original = run(giveUp);
    expect(original.records).toMatchObject([{ kind: 'idle', outcome: 'done', args: {} }]);
    const again = run(giveUp, original.records);
    expect(again.shop.log).toEqual(original.shop.log);
    expect(again.records).toEqual(original.records);
  });

  it('of a part keeps ids and skips what is no longer possible', () => {
    const original = run(lanes);
    const cut = original.records.filter((one) => one.kind === 'sell' || one.id > 10);
    const again = run(lanes, cut);
    expect(again.records.length).toBe(cut.length);
    expect(again.records.some((one) => one.outcome === 'skipped')).toBe(true);
    const ids = (records: readonly OperationRecord[]): string[] =>
      records.map(({ lane, id, kind }) => `${lane}#${id} ${kind}`).sort();
    expect(ids(again.records)).toEqual(ids(cut));
  });

  it('leaves a lane without operations empty', () => {
    const { records } = run(lanes, []);
    expect(records).toEqual([]);
  });
});

describe('draws that serve an operation', () => {
  const drawing = operation<Shop>()(
    'draw',
    {},
    {
      *run(_args, shop, running) {
        yield* fork('helper', helper(shop));
        yield delay(ns(3));
        shop.log.push(`${running.id}: ${running.stream('own').uint32()}`);
      },
    },
  );
  function* helper(shop: Shop): Process {
    const current = shop.testbench.currentOperation as RunningOperation;
    shop.log.push(`${current.id} helper: ${current.stream('help').uint32()}`);
    yield delay(0);
  }

  it('depend on lane, id and purpose alone, in forked processes too', () => {
    const script = playingDraws(3);
    const original = run(script);
    expect(original.shop.log).toHaveLength(6);
    const cut = run(
      script,
      original.records.filter((one) => one.id !== 1),
    );
    expect(cut.shop.log).toEqual(original.shop.log.filter((line) => !line.startsWith('1')));
    expect(original.testbench.currentOperation).toBeUndefined();
  });

  function playingDraws(count: number): (shop: Shop) => Process {
    return function* (shop) {
      yield* play(shop, { drawing }, { on: shop, count });
    };
  }
});

describe('outcomes', () => {
  it('say what failed and what was killed', () => {
    const bad = operation<Shop>()(
      'bad',
      {},
      {
        *run() {
          yield delay(1);
          throw new Error('broken');
        },
      },
    );
    const testbench = new Testbench({ runSeed: 1 });
    const runner = new TestRunner(testbench, Shop);
    const shop = runner.elaborate();
    shop.script = function* (top) {
      top.fork('killed', play(top, { buy }, { on: top, lane: 'killed', count: 1 }));
      yield* play(top, { bad }, { on: top, lane: 'bad', count: 1 });
    };
    runner.startRun();
    expect(() => testbench.kernel.runUntil(us(1))).toThrow('test.run: broken');
    runner.endRun();
    expect(testbench.operations.records().map(({ lane, outcome }) => [lane, outcome])).toEqual([
      ['bad', 'failed'],
      ['killed', 'killed'],
    ]);
  });
});
