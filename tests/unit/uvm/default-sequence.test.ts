// Default sequences by configuration. Source: IEEE 1800.2 clause 15.3.2.6.
import { describe, expect, it } from 'vitest';
import type { Process } from '#kernel/process';
import { ns } from '#kernel/time';
import { delay } from '#kernel/wait';
import { defaultSequence, startPhaseSequence } from '#uvm/default-sequence';
import type { Phase } from '#uvm/phase';
import { Test } from '#uvm/test';
import { TestRunner } from '#uvm/test-runner';
import { Testbench } from '#uvm/testbench';
import { VirtualSequence, VirtualSequencer } from '#uvm/virtual-sequence';
import { errorOf, runWords, texts, traceKey, WordAgent, Words } from './word-testbench.ts';

class Own extends Words {
  override text = 'own';
  override count = 2;
  override automaticPhaseObjection = true;
}

/** A test without a run phase of its own. */
class Quiet extends Test {
  readonly child = this.children({ agent: WordAgent, hub: Hub });
}
class Hub extends VirtualSequencer {}

function runQuiet(prepare: (top: Testbench) => void): { trace: string[]; timePs: number } {
  const top = new Testbench({ runSeed: 1 });
  const trace: string[] = [];
  top.config.set('**', traceKey, trace);
  prepare(top);
  const runner = new TestRunner(top, Quiet);
  runner.elaborate();
  runner.startRun();
  top.kernel.runUntil(ns(1000));
  expect(runner.isRunDone).toBe(true);
  return { trace, timePs: top.objections.raisedCount };
}

describe('the default sequence of the run phase', () => {
  it('runs by itself, and keeps the phase alive by its automatic objection', () => {
    const { trace } = runQuiet(({ config }) =>
      config.set('**.sequencer', defaultSequence.run, Own),
    );
    expect(texts(trace)).toEqual(['own1', 'own2']);
  });

  it('without objection does not keep the phase alive', () => {
    const { trace } = runQuiet(({ config }) =>
      config.set('test.agent.sequencer', defaultSequence.run, Words),
    );
    expect(texts(trace)).toEqual(['w1']); // begun at time 0, and ended with the phase
  });

  it('may be an instance, and is replaced by the factory when it is a class', () => {
    class Other extends Own {
      override text = 'other';
    }
    const one = new Own();
    one.count = 1;
    const instance = runQuiet(({ config }) => config.set('**.sequencer', defaultSequence.run, one));
    expect(texts(instance.trace)).toEqual(['own1']);
    expect(one.startingPhase?.name).toBe('run');
    const replaced = runQuiet(({ config, factory }) => {
      config.set('**.sequencer', defaultSequence.run, Own);
      factory.overrideType(Own, Other);
    });
    expect(texts(replaced.trace)).toEqual(['other1', 'other2']);
  });

  it('of a virtual sequencer is a virtual sequence', () => {
    const seen: string[] = [];
    class Coordinate extends VirtualSequence<Hub> {
      override automaticPhaseObjection = true;
      override *body(): Process {
        yield delay(ns(7));
        seen.push(`${this.fullPath} @${this.kernel.nowPs}`);
      }
    }
    runQuiet(({ config }) => config.set('**.hub', defaultSequence.run, Coordinate));
    expect(seen).toEqual(['test.hub.Coordinate @7000']);
  });

  it('of items is refused on what takes none', () => {
    const error = errorOf(() =>
      runQuiet(({ config }) => config.set('**', defaultSequence.run, Own)),
    );
    expect(error.code).toBe('no-sequencer');
    expect(error.message).toContain('Own sends items, and is started on what takes none');
  });

  it('is dropped with its objection when it is killed', () => {
    const one = new Own();
    one.count = 99;
    const { trace, isDone } = runWords(
      function* () {
        yield delay(ns(25));
        one.kill();
      },
      { prepare: ({ config }) => config.set('**.sequencer', defaultSequence.run, one) },
    );
    expect(isDone).toBe(true);
    expect(texts(trace)).toEqual(['own1', 'own2', 'own3']);
  });
});

/** Objects in two of the twelve phases, 100 ns each. */
class TwoPhases extends Quiet {
  override *mainPhase(phase: Phase): Process {
    using _objection = phase.raiseObjection(this, 'main');
    yield delay(ns(100));
  }

  override *postMainPhase(phase: Phase): Process {
    using _objection = phase.raiseObjection(this, 'postMain');
    yield delay(ns(100));
  }
}

describe('the default sequence of one of the twelve phases', () => {
  it('starts with its phase and is killed with it, without an error', () => {
    const top = new Testbench({ runSeed: 1 });
    const seen: string[] = [];
    class Endless extends VirtualSequence {
      override *body(): Process {
        try {
          seen.push(`${this.startingPhase?.name} ${top.kernel.nowPs}`);
          yield delay(ns(1_000_000));
          seen.push('outlived its phase');
        } finally {
          seen.push(`killed ${top.kernel.nowPs}`);
        }
      }
    }
    top.config.set('**.hub', defaultSequence.main, Endless);
    const one = new TestRunner(top, TwoPhases);
    one.elaborate();
    one.startRun();
    top.kernel.runUntil(ns(2_000_000));
    expect(one.isRunDone).toBe(true);
    expect(seen).toEqual(['main 0', `killed ${ns(100)}`]);
    expect(top.reports.count('error')).toBe(0);
  });
});

describe('startPhaseSequence', () => {
  const runner = (prepare: (top: Testbench) => void): WordAgent => {
    const top = new Testbench({ runSeed: 1 });
    prepare(top);
    const one = new TestRunner(top, Quiet);
    return one.elaborate().child.agent;
  };
  it('looks at the key of the phase, and starts what it finds', () => {
    const agent = runner(({ config }) => config.set('**', defaultSequence.main, Own));
    const { driver, sequencer } = agent.child;
    const { testbench } = agent;
    const started = startPhaseSequence(sequencer, testbench.phases.get('main'));
    expect(started).toBeInstanceOf(Own);
    expect(startPhaseSequence(sequencer, testbench.phases.get('run'))).toBeUndefined();
    expect(startPhaseSequence(sequencer, testbench.phases.get('extract'))).toBeUndefined();
    expect(startPhaseSequence(driver, testbench.phases.get('main'))).toBeUndefined();
    testbench.kernel.runUntil(1);
    expect(sequencer.sequences).toEqual([started]);
    started?.kill();
    expect(sequencer.sequences).toEqual([]);
  });

  it('has a key for each phase that takes time', () => {
    expect(Object.keys(defaultSequence)).toHaveLength(13);
    expect(defaultSequence.postShutdown.name).toBe('default-sequence of postShutdown');
  });
});
