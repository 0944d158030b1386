// Phases, objections, the end of the run phase, hangs. Source: semantics §4.
import { describe, expect, it } from 'vitest';
import type { Process } from '#kernel/process';
import { SimEvent } from '#kernel/process';
import { ns, us } from '#kernel/time';
import { delay } from '#kernel/wait';
import { Component, type ComponentClass } from '#uvm/component';
import { READY_TO_END_ROUNDS_MAX, type Phase } from '#uvm/phase';
import { Test } from '#uvm/test';
import { TestRunner } from '#uvm/test-runner';
import { Testbench } from '#uvm/testbench';

function start(testClass: ComponentClass): {
  runner: TestRunner;
  testbench: Testbench;
} {
  const testbench = new Testbench({ runSeed: 1 });
  const runner = new TestRunner(testbench, testClass);
  runner.elaborate();
  runner.startRun();
  return { runner, testbench };
}

describe('phases', () => {
  it('come in order: build and final down, the others up', () => {
    const log: string[] = [];
    class Leaf extends Component {
      override buildPhase(): void {
        log.push(`build ${this.name}`);
      }
      override connectPhase(): void {
        log.push(`connect ${this.name}`);
      }
      override endOfElaborationPhase(): void {
        log.push(`endOfElaboration ${this.name}`);
      }
      override startOfSimulationPhase(): void {
        log.push(`startOfSimulation ${this.name}`);
      }
      override *runPhase(): Process {
        log.push(`run ${this.name}`);
      }
      override extractPhase(): void {
        log.push(`extract ${this.name}`);
      }
      override checkPhase(): void {
        log.push(`check ${this.name}`);
      }
      override reportPhase(): void {
        log.push(`report ${this.name}`);
      }
      override finalPhase(): void {
        log.push(`final ${this.name}`);
      }
    }
    class Top extends Leaf {
      readonly child = this.children({ a: Leaf, b: Leaf });
    }
    const { runner, testbench } = start(Top);
    testbench.kernel.runUntil(0);
    expect(runner.isRunDone).toBe(true);
    runner.finish();
    const up = ['a', 'b', 'test'];
    const down = ['test', 'a', 'b'];
    const expected = [
      ['build', down],
      ['connect', up],
      ['endOfElaboration', up],
      ['startOfSimulation', up],
      ['run', up],
      ['extract', up],
      ['check', up],
      ['report', up],
      ['final', down],
    ] as const;
    expect(log).toEqual(
      expected.flatMap(([phase, names]) => names.map((name) => `${phase} ${name}`)),
    );
  });

  it('cannot be asked for out of order', () => {
    const runner = new TestRunner(new Testbench({ runSeed: 1 }), class Empty extends Test {});
    expect(() => runner.startRun()).toThrow(/out of order: new -> running/);
    expect(() => runner.test).toThrow(/not built yet/);
    runner.elaborate();
    expect(() => runner.elaborate()).toThrow(/out of order/);
    expect(() => runner.finish()).toThrow(/out of order/);
  });
});

describe('end of the run phase', () => {
  it('objections of forks at the same time count', () => {
    class Forking extends Test {
      *nested(phase: Phase, depth: number): Process {
        if (depth > 0) this.fork(`nested ${depth}`, this.nested(phase, depth - 1));
        else {
          using _objection = phase.raiseObjection(this, 'deep');
          yield delay(ns(4));
        }
      }
      override *runPhase(phase: Phase): Process {
        this.fork('nested', this.nested(phase, 5));
      }
    }
    const { testbench } = start(Forking);
    expect(testbench.kernel.runUntil(us(1))).toBe(false);
    expect(testbench.kernel.nowPs).toBe(ns(4));
  });

  it('without an objection it ends at once, whatever still runs', () => {
    class Idle extends Test {
      override *runPhase(): Process {
        for (;;) yield delay(ns(1));
      }
    }
    const { runner, testbench } = start(Idle);
    expect(testbench.kernel.runUntil(us(1))).toBe(false);
    expect(runner.isRunDone).toBe(true);
    expect(testbench.kernel.nowPs).toBe(0);
    expect(testbench.kernel.nextEventPs()).toBe(Infinity);
  });

  it('is when the last objection is dropped; processes are killed at that time and clean up', () => {
    const log: string[] = [];
    class Two extends Test {
      *worker(durationPs: number, phase: Phase): Process {
        using _objection = phase.raiseObjection(this, `work ${durationPs}`);
        yield delay(durationPs);
      }
      override *runPhase(phase: Phase): Process {
        this.fork('a', this.worker(ns(3), phase));
        this.fork('b', this.worker(ns(7), phase));
        try {
          for (;;) yield delay(ns(1));
        } finally {
          log.push(`cleaned up @${this.kernel.nowPs}`);
        }
      }
    }
    const { runner, testbench } = start(Two);
    expect(testbench.kernel.runUntil(us(1))).toBe(false);
    expect(testbench.kernel.nowPs).toBe(ns(7));
    expect(log).toEqual([`cleaned up @${ns(7)}`]);
    expect(runner.isRunDone).toBe(true);
  });

  it('waits for the drain time, and goes on when somebody objects in it', () => {
    class Draining extends Test {
      override *runPhase(phase: Phase): Process {
        phase.drainTimePs = ns(10);
        phase.raiseObjection(this, 'first').drop();
        yield delay(ns(5));
        const second = phase.raiseObjection(this, 'second');
        yield delay(ns(5));
        second.drop();
      }
    }
    const { testbench } = start(Draining);
    testbench.kernel.runUntil(us(1));
    expect(testbench.kernel.nowPs).toBe(ns(20));
  });

  it('lets components object again when it is about to end, a bounded number of rounds', () => {
    let asked = 0;
    class Stubborn extends Test {
      override *runPhase(phase: Phase): Process {
        phase.raiseObjection(this, 'first').drop();
      }
      override phaseReadyToEnd(phase: Phase): void {
        if (phase.name !== 'run') return;
        asked++;
        const objection = phase.raiseObjection(this, `round ${asked}`);
        this.kernel.schedule(this.kernel.nowPs + ns(1), () => objection.drop());
      }
    }
    const { runner, testbench } = start(Stubborn);
    testbench.kernel.runUntil(us(1));
    expect(asked).toBe(READY_TO_END_ROUNDS_MAX);
    expect(runner.isRunDone).toBe(true);
    expect(testbench.kernel.nowPs).toBe(ns(READY_TO_END_ROUNDS_MAX));
  });

  it('can be forced', () => {
    class Endless extends Test {
      override *runPhase(phase: Phase): Process {
        using _objection = phase.raiseObjection(this, 'never dropped');
        yield new SimEvent('never');
      }
    }
    const { runner, testbench } = start(Endless);
    testbench.kernel.runUntil(us(1));
    expect(runner.isRunDone).toBe(false);
    runner.endRun();
    runner.endRun();
    expect(runner.isRunDone).toBe(true);
    expect(testbench.objections.total).toBe(0);
    runner.finish();
  });
});

describe('objections', () => {
  it('dropped twice is refused; the end of a using block after a drop is not', () => {
    const { objections } = new Testbench({ runSeed: 1 });
    const one = objections.raise({ fullPath: 'test' }, 'once');
    one.drop();
    expect(() => one.drop()).toThrow(/objection 'once' was dropped twice \[test\]/);
    {
      using two = objections.raise({ fullPath: 'test' }, 'twice');
      two.drop();
    }
    expect(objections.total).toBe(0);
    expect(objections.raisedCount).toBe(2);
  });
});

describe('hang', () => {
  it('says who objects, since when and from where, and who waits for what', () => {
    class Hanging extends Test {
      override *runPhase(phase: Phase): Process {
        yield delay(ns(2));
        using _objection = phase.raiseObjection(this, 'waiting for godot');
        yield new SimEvent('godot');
      }
    }
    const testbench = new Testbench({ runSeed: 1 });
    const runner = new TestRunner(testbench, Hanging);
    runner.elaborate();
    runner.startRun();
    using _held = testbench.objections.raise({ fullPath: 'held' }, 'start');
    testbench.kernel.runUntil(us(1));
    const lines = runner.explainHang();
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(
      /^held objects: 'start' \(raised at 0 ps, uvm\/test-runner\.test\.ts\(\d+\)\)$/,
    );
    expect(lines[1]).toMatch(/^test objects: 'waiting for godot' \(raised at 2 ns, uvm\/test-/);
    expect(lines[2]).toBe("test.run: waits for event 'godot'");
  });
});
