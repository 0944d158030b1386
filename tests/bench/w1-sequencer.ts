// W1: items per second from a sequence to a scoreboard. Source: issue "Speed"; semantics §5.
//
// One sequence, one driver, FIFO arbitration, no simulated time per item: startItem, late values, finishItem with all
// hooks, the item made by the factory, getNextItem and itemDone, a monitor, its analysis port, a scoreboard that compares
// by a rule. The reference loop does the same work on the same classes by direct calls, with one item and one observation.
import { UsageError } from '#base/assert';
import type { Process } from '#kernel/process';
import { ns } from '#kernel/time';
import { delay } from '#kernel/wait';
import { Agent } from '#uvm/agent';
import { Driver } from '#uvm/driver';
import { Monitor } from '#uvm/monitor';
import type { Phase } from '#uvm/phase';
import { AnalysisPort } from '#uvm/ports';
import { defineRules } from '#uvm/rules';
import { Scoreboard } from '#uvm/scoreboard';
import { SequenceItem } from '#uvm/sequence-item';
import { Sequence } from '#uvm/sequence';
import { Sequencer } from '#uvm/sequencer';
import { Test } from '#uvm/test';
import { TestRunner } from '#uvm/test-runner';
import { Testbench } from '#uvm/testbench';
import type { Bench, Figure } from './bench.ts';
import { race, type Loop, type Trial } from './race.ts';

/** Items of one round at scale 1. */
const ITEMS = 200_000;
/** Items at one simulated time: the kernel takes more than two million occurrences for a hang. */
const ITEMS_PER_TIME = 100_000;
const AIM = 3_000_000;

class AddItem extends SequenceItem {
  a = 0;
  b = 0;
}

class Sum {
  a = 0;
  b = 0;
  sum = 0;
}

/** What stands for the device: adds modulo 2^32. */
class Adder {
  readonly done = new AnalysisPort<Sum>('done');
  private readonly seen = new Sum();

  drive(a: number, b: number): void {
    const { seen } = this;
    seen.a = a;
    seen.b = b;
    seen.sum = (a + b) >>> 0;
    this.done.write(seen);
  }
}

class AddDriver extends Driver<AddItem> {
  adder: Adder | undefined = undefined;

  override *runPhase(): Process {
    const adder = this.adder ?? new Adder();
    for (;;) {
      const item = yield* this.getNextItem();
      adder.drive(item.a, item.b);
      this.itemDone();
    }
  }
}

class AddMonitor extends Monitor<Sum> {
  seenCount = 0;

  write(seen: Sum): void {
    this.seenCount++;
    this.observed.write(seen);
  }
}

const RULES = defineRules({
  sum: ['W1-SUM', 'the sum is that of the operands, modulo 2^32', 'this benchmark', 'sum'],
});

class AddScoreboard extends Scoreboard<Sum> {
  hash = 0;
  private readonly rule = this.evaluates(RULES);

  override write(seen: Sum): void {
    const expected = ((seen.a | 0) + (seen.b | 0)) >>> 0;
    const { sum } = this.rule;
    if (!sum.holds(seen.sum === expected)) {
      sum.fail({ subject: 'adder', expected, seen: seen.sum });
    }
    this.hash = (Math.imul(this.hash, 31) + seen.sum) | 0;
  }
}

class AddAgent extends Agent {
  readonly child = this.children({
    sequencer: Sequencer<AddItem>,
    driver: AddDriver,
    monitor: AddMonitor,
  });
  override connectPhase(): void {
    const adder = new Adder();
    this.child.driver.adder = adder;
    adder.done.connect(this.child.monitor);
  }
}

/** The values of item `n`: the same in the loop. */
function fill(item: AddItem, n: number): void {
  item.a = Math.imul(n, 0x9e37_79b1) >>> 0;
  item.b = n;
}

class AddSequence extends Sequence<AddItem> {
  count = 0;

  override *body(): Process {
    for (let n = 0; n < this.count; n++) {
      const item = this.create(AddItem);
      yield* this.startItem(item);
      fill(item, n);
      yield* this.finishItem(item);
      if (n % ITEMS_PER_TIME === ITEMS_PER_TIME - 1) yield delay(ns(1));
    }
  }
}

/** The same with every hook of its own. */
class HookedSequence extends AddSequence {
  hookCount = 0;
  override *preDo(): Process {
    this.hookCount++;
  }
  override midDo(): void {
    this.hookCount++;
  }
  override postDo(): void {
    this.hookCount++;
  }
}

class AddTest extends Test {
  readonly child = this.children({ agent: AddAgent, scoreboard: AddScoreboard });
  count = 0;

  override connectPhase(): void {
    this.child.agent.child.monitor.observed.connect(this.child.scoreboard);
  }

  override *runPhase(phase: Phase): Process {
    using _objection = phase.raiseObjection(this, 'items');
    yield* this.start(AddSequence, this.child.agent.child.sequencer, { count: this.count });
  }
}

/** One run of the framework over `count` items; `prepare` may override types. */
function framework(prepare: (top: Testbench) => void): Loop {
  return (count) => {
    const top = new Testbench({ runSeed: 1 });
    prepare(top);
    const runner = new TestRunner(top, AddTest);
    const test = runner.elaborate();
    test.count = count;
    runner.startRun();
    return {
      work: () => top.kernel.runUntil(ns(count)),
      result: () => {
        const { seenCount } = test.child.agent.child.monitor;
        if (seenCount !== count || top.rules.failures.length > 0) {
          throw new UsageError('w1-wrong', `${seenCount} of ${count} items came through`);
        }
        return hashText(test.child.scoreboard.hash);
      },
    };
  };
}

/** The same work without framework: what the machine can do. */
function loop(count: number): Trial {
  const item = new AddItem();
  const seen = new Sum();
  let seenCount = 0;
  let badCount = 0;
  let hash = 0;
  return {
    work: () => {
      for (let n = 0; n < count; n++) {
        fill(item, n);
        seen.a = item.a;
        seen.b = item.b;
        seen.sum = (seen.a + seen.b) >>> 0;
        seenCount++;
        if (seen.sum !== ((seen.a | 0) + (seen.b | 0)) >>> 0) badCount++;
        hash = (Math.imul(hash, 31) + seen.sum) | 0;
      }
    },
    result: () => {
      if (seenCount !== count || badCount > 0)
        throw new UsageError('w1-wrong', 'the loop is wrong');
      return hashText(hash);
    },
  };
}

function hashText(hash: number): string {
  return (hash >>> 0).toString(16);
}

export const w1Bench: Bench = {
  name: 'w1',
  what: 'items/s from a sequence through sequencer, driver, monitor and analysis port to a scoreboard; reference: the same work in a loop',
  measure(scale: number): readonly Figure[] {
    const common = { unit: 'items/s', count: ITEMS, reference: loop } as const;
    const plain = framework(() => {});
    const hooked = framework(({ factory }) => factory.overrideType(AddSequence, HookedSequence));
    return [
      race({ ...common, name: 'W1 sequencer to scoreboard', ours: plain, aim: AIM }, scale),
      race({ ...common, name: 'W1 with preDo, midDo and postDo of its own', ours: hooked }, scale),
    ];
  },
};
