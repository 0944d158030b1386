// What the testbench does wrong is ERROR, with its own words, and never lost; what it reports is FAIL (design decision 8).
import { describe, expect, it } from 'vitest';
import {
  defineRules,
  delay,
  Driver,
  ns,
  rand,
  Sequence,
  SequenceItem,
  Sequencer,
  Test,
  uint,
  type Phase,
  type Process,
} from '#framework';
import type { RunRecord } from '#record/run-record';
import type { ReportMessage } from '#uvm/report-message';
import type { ComponentClass } from '#uvm/component';
import { executeRun } from '#run/execute-run';

const RULES = defineRules({ even: ['EVEN-1', 'numbers are even', 'this test'] });

class Item extends SequenceItem {
  a = 0;
}
const item = rand(Item, { a: uint(8) });
const impossible = item.extend({ big: (v) => v.a.ge(200), small: (v) => v.a.le(100) });

class ItemDriver extends Driver<Item> {
  override *runPhase(): Process {
    for (;;) {
      yield* this.getNextItem();
      yield delay(ns(1));
      this.itemDone();
    }
  }
}

/** A sequencer, a driver, and what a test of this file does with them. */
abstract class Bench extends Test {
  readonly child = this.children({ sequencer: Sequencer<Item>, driver: ItemDriver });
  protected readonly rule = this.evaluates(RULES);

  override connectPhase(): void {
    this.child.driver.connectSequencer(this.child.sequencer);
  }

  override *runPhase(phase: Phase): Process {
    using _objection = phase.raiseObjection(this, 'the test');
    yield delay(ns(5));
    yield* this.doIt();
  }

  protected breakRule(): void {
    if (!this.rule.even.holds(false)) {
      this.rule.even.fail({ subject: 'three', expected: 'an even number', seen: 3 });
    }
  }

  abstract doIt(): Process;
}

/** Throws while its item is granted and not sent: where the guide randomizes. */
class Thrower extends Sequence<Item> {
  override *body(): Process {
    const one = this.create(item);
    yield* this.startItem(one);
    throw new TypeError('boom');
  }
}
class Contradiction extends Sequence<Item> {
  override *body(): Process {
    const one = this.create(impossible);
    yield* this.startItem(one);
    one.randomize();
    yield* this.finishItem(one);
  }
}
class Fatal extends Sequence<Item> {
  override *body(): Process {
    yield* this.startItem(this.create(item));
    this.fatal('DEAD', 'the end');
  }
}
class LockKeeper extends Sequence<Item> {
  override *body(): Process {
    yield* this.lock();
  }
}

interface Ended extends RunRecord {
  readonly reports: readonly ReportMessage[];
}

async function run(test: ComponentClass<Test>): Promise<Ended> {
  const reports: ReportMessage[] = [];
  const config = {
    tests: { test: { test, seeds: 1 } },
    devices: { none: { bind: () => {} } },
    rules: [RULES],
    reports: [],
  };
  const spec = {
    test: 'test',
    seed: 1,
    device: 'none',
    fault: null,
    profile: null,
    parameters: {},
    code: { version: '0.0.0', commit: null, dirty: false },
    verbosity: 100,
    dutTimeoutSeconds: 1,
  };
  const record = await executeRun(config, spec, { onReport: (report) => reports.push(report) });
  return { ...record, reports };
}

function benchOf(doIt: (this: Bench & Access) => Process): ComponentClass<Test> {
  return class extends Bench {
    override doIt(): Process {
      return doIt.call(this as unknown as Bench & Access);
    }
  };
}
/** What the tests reach for from outside. */
interface Access {
  breakRule(): void;
}

describe('an exception of a sequence between startItem and finishItem', () => {
  it('is ERROR with its own message and line, and no report of the request it leaves behind', async () => {
    const test = benchOf(function* () {
      yield* this.start(Thrower, this.child.sequencer);
    });
    const { verdict, error, failures, reports } = await run(test);
    expect([verdict, error?.code, failures, reports]).toEqual(['ERROR', 'tb-exception', [], []]);
    expect(error?.message).toMatch(
      /^test\.run: boom\n {2}at run\/testbench-errors\.test\.ts\(\d+\)$/,
    );
    expect(error?.detail).toContain('TypeError: boom');
  });

  it('of the solver keeps its explanation', async () => {
    const test = benchOf(function* () {
      yield* this.start(Contradiction, this.child.sequencer);
    });
    const { verdict, error, failures } = await run(test);
    expect([verdict, error?.code, failures]).toEqual(['ERROR', 'solve-failed', []]);
    expect(error?.message).toMatch(/'big', 'small' together/);
    expect(error?.message).toMatch(/\n {2}at run\/testbench-errors\.test\.ts\(\d+\)$/);
  });

  it('is kept beside a rule that broke before it', async () => {
    const test = benchOf(function* () {
      this.breakRule();
      yield* this.start(Thrower, this.child.sequencer);
    });
    const { verdict, error, failures } = await run(test);
    expect([verdict, failures.map(({ rule }) => rule)]).toEqual(['FAIL', ['EVEN-1']]);
    expect([error?.code, error?.message.split('\n')[0]]).toEqual([
      'tb-exception',
      'test.run: boom',
    ]);
  });

  it('is nobody else’s business when it is caught', async () => {
    const test = benchOf(function* () {
      try {
        yield* this.start(Thrower, this.child.sequencer);
      } catch {
        yield delay(ns(1));
      }
    });
    expect(await run(test)).toMatchObject({ verdict: 'PASS', reports: [] });
  });
});

describe('wrong use of the framework', () => {
  it('that it reports is ERROR tb-misuse, with the id', async () => {
    const test = benchOf(function* () {
      yield* this.start(LockKeeper, this.child.sequencer);
    });
    const { verdict, error, failures } = await run(test);
    expect([verdict, error?.code, failures]).toEqual(['ERROR', 'tb-misuse', []]);
    expect(error?.message).toMatch(
      /^test\.sequencer: \[SEQFINERR\] sequence LockKeeper finished before LockKeeper gave its lock back/,
    );
  });

  it('that it throws keeps UVM’s id', async () => {
    const test = benchOf(function* () {
      const sequence = this.testbench.createSequence(LockKeeper, this.child.sequencer);
      yield* sequence.start(this.child.sequencer, undefined, { priority: 0 });
    });
    const { verdict, error } = await run(test);
    expect([verdict, error?.code]).toEqual(['ERROR', 'tb-exception']);
    expect(error?.message).toMatch(/^test\.run: \[SEQPRI\] sequence LockKeeper gets priority 0/);
  });

  it('beside an error of the test is kept; the test’s own error is FAIL', async () => {
    const test = benchOf(function* () {
      yield* this.start(LockKeeper, this.child.sequencer);
      this.error('MINE', 'this is wrong');
    });
    const { verdict, error, failures } = await run(test);
    expect([verdict, error?.code]).toEqual(['FAIL', 'tb-misuse']);
    expect(failures).toMatchObject([{ rule: 'UVM_ERROR', subject: 'MINE', seen: 'this is wrong' }]);
  });

  it('leaves a broken rule the verdict, before what the test reports', async () => {
    const test = benchOf(function* () {
      this.error('MINE', 'this is wrong');
      this.breakRule();
      yield delay(ns(1));
    });
    const { verdict, error, failures } = await run(test);
    expect([verdict, error]).toEqual(['FAIL', null]);
    expect(failures.map(({ rule, subject }) => `${rule} ${subject}`)).toEqual([
      'EVEN-1 three',
      'UVM_ERROR MINE',
    ]);
  });
});

describe('what ends the run ends it, although somebody catches the exception:', () => {
  it('fatal', async () => {
    const test = benchOf(function* () {
      try {
        this.fatal('F', 'x');
      } catch {
        this.info('ON', 'goes on until it next waits', 0);
      }
      yield delay(ns(5));
      this.info('AFTER', 'goes on', 0);
    });
    const { verdict, error, failures, reports, counts } = await run(test);
    expect([verdict, error]).toEqual(['FAIL', null]);
    expect(failures).toMatchObject([{ rule: 'UVM_FATAL', subject: 'F', seen: 'x' }]);
    expect(reports.map(({ id }) => id)).toEqual(['F', 'ON']);
    expect(counts.timePs).toBe(ns(5));
  });

  it('the quit count, which is said at any verbosity', async () => {
    const test = benchOf(function* () {
      this.testbench.reports.setMaxQuitCount(1);
      for (let n = 1; n <= 3; n++) {
        try {
          this.error('E', `error ${n}`);
        } catch {
          yield delay(ns(1));
        }
      }
    });
    const { verdict, failures, reports, counts } = await run(test);
    expect([verdict, failures.map(({ seen }) => seen)]).toEqual(['FAIL', ['error 1']]);
    expect(reports.map(({ id, text }) => `${id} ${text}`)).toEqual([
      'E error 1',
      'MAXQUIT Quit count reached: 1 of 1; the run ends.',
    ]);
    expect(counts.timePs).toBe(ns(5));
  });

  it.each(['buildPhase', 'connectPhase', 'checkPhase'] as const)('fatal in %s', async (phase) => {
    const calls: string[] = [];
    class Early extends Bench {
      override *doIt(): Process {
        calls.push('doIt');
        yield delay(ns(1));
      }
      override finalPhase(): void {
        calls.push('finalPhase');
      }
    }
    const before = Early.prototype[phase];
    Early.prototype[phase] = function (this: Early): void {
      before.call(this);
      try {
        this.fatal('EARLY', phase);
      } catch {
        calls.push('caught');
      }
    };
    const { verdict, failures } = await run(Early);
    expect([verdict, failures.map(({ seen }) => seen)]).toEqual(['FAIL', [phase]]);
    expect(calls).toEqual(phase === 'checkPhase' ? ['doIt', 'caught'] : ['caught']);
  });

  it('a fatal report of a sequence is not joined by one of its request', async () => {
    const test = benchOf(function* () {
      yield* this.start(Fatal, this.child.sequencer);
    });
    const { verdict, error, reports } = await run(test);
    expect([verdict, error, reports.map(({ id }) => id)]).toEqual(['FAIL', null, ['DEAD']]);
  });
});
