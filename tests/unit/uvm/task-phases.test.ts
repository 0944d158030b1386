// The twelve run-time phases beside `run`: order, ends, callbacks, states, processes, time-outs. Source: semantics §4.
import { describe, expect, it } from 'vitest';
import { SimEvent, type Process } from '#kernel/process';
import { ns, us } from '#kernel/time';
import { delay } from '#kernel/wait';
import { Component } from '#uvm/component';
import { READY_TO_END_ROUNDS_MAX, type Phase, type PhaseChange } from '#uvm/phase';
import { PHASES, RUNTIME_PHASES } from '#uvm/phase-table';
import { Test } from '#uvm/test';
import { elaborate, runAll } from './bench-test.ts';

/** Says what happens, when. */
abstract class Logging extends Test {
  readonly log: string[] = [];
  say(what: string): void {
    this.log.push(`${this.kernel.nowPs / 1000} ${what}`);
  }
}

describe('the run-time phases', () => {
  it('come one after the other beside run, each while somebody objects', () => {
    class Two extends Logging {
      override *runPhase(): Process {
        this.say('run');
        try {
          yield new SimEvent('never');
        } finally {
          this.say('run ends');
        }
      }
      override *resetPhase(phase: Phase): Process {
        using _objection = phase.raiseObjection(this, 'reset');
        this.say('reset');
        yield delay(ns(3));
      }
      override *mainPhase(phase: Phase): Process {
        using _objection = phase.raiseObjection(this, 'main');
        this.say('main');
        yield delay(ns(5));
      }
      override extractPhase(): void {
        this.say('extract');
      }
    }
    const { test } = runAll(Two);
    expect(test.log).toEqual(['0 run', '0 reset', '3 main', '8 run ends', '8 extract']);
  });

  it('run in the order of their table, and end at once when nobody objects', () => {
    class All extends Logging {
      override phaseStarted(phase: Phase): void {
        if (phase.isTask) this.say(phase.name);
      }
    }
    const { test, testbench } = runAll(All);
    expect(test.log).toEqual(['run', ...RUNTIME_PHASES].map((name) => `0 ${name}`));
    expect(testbench.phases.all.map(({ state }) => state)).toEqual(PHASES.map(() => 'DONE'));
  });

  it('nothing but run overridden costs two events at the start and no process', () => {
    class Plain extends Test {
      override *runPhase(phase: Phase): Process {
        using _objection = phase.raiseObjection(this, 'all of it');
        yield delay(ns(1));
      }
    }
    const { runner, testbench } = elaborate(Plain);
    runner.startRun();
    expect(testbench.kernel.explain()).toEqual(['test.run: waits to start']);
    testbench.kernel.runUntil(0);
    expect(testbench.phases.get('postShutdown').state).toBe('EXECUTING');
    expect(testbench.kernel.nextEventPs()).toBe(ns(1));
  });

  it('extract waits for both run and postShutdown', () => {
    class Late extends Logging {
      override *runPhase(phase: Phase): Process {
        using _objection = phase.raiseObjection(this, 'run');
        yield delay(ns(20));
      }
      override *postShutdownPhase(phase: Phase): Process {
        using _objection = phase.raiseObjection(this, 'postShutdown');
        yield delay(ns(5));
        this.say('postShutdown returns');
      }
      override phaseEnded(phase: Phase): void {
        if (phase.isTask && phase.hasReached('ENDED')) this.say(`${phase.name} ended`);
      }
      override extractPhase(): void {
        this.say('extract');
      }
    }
    const { test } = runAll(Late);
    expect(test.log.slice(-4)).toEqual([
      '5 postShutdown returns',
      '20 run ended',
      '20 postShutdown ended',
      '20 extract',
    ]);
  });

  it('an objection that was raised before the phase starts keeps it', () => {
    class Early extends Logging {
      override startOfSimulationPhase(): void {
        const objection = this.testbench.phases.get('main').raiseObjection(this, 'early');
        this.kernel.schedule(ns(9), () => objection.drop());
      }
      override phaseEnded(phase: Phase): void {
        if (phase.name === 'preMain' || phase.name === 'main') this.say(phase.name);
      }
    }
    expect(runAll(Early).test.log).toEqual(['0 preMain', '9 main']);
  });

  it('kill their processes at their end, with those that they have started', () => {
    class Forks extends Logging {
      *endless(name: string): Process {
        try {
          for (;;) yield delay(ns(1));
        } finally {
          this.say(`${name} killed`);
        }
      }
      override *runPhase(): Process {
        this.fork('run', this.endless('of run'));
      }
      override phaseStarted(phase: Phase): void {
        if (phase.name === 'configure') this.fork('given', this.endless('of configure'), phase);
      }
      override *configurePhase(phase: Phase): Process {
        this.fork('inherited', this.endless('of configurePhase'));
        using _objection = phase.raiseObjection(this, 'configure');
        yield delay(ns(2));
      }
      override *mainPhase(phase: Phase): Process {
        using _objection = phase.raiseObjection(this, 'main');
        yield delay(ns(2));
      }
    }
    expect(runAll(Forks).test.log).toEqual([
      '2 of configure killed',
      '2 of configurePhase killed',
      '4 of run killed',
    ]);
  });
});

describe('callbacks and states', () => {
  it('a phase goes through its states in order, which can be observed and waited for', () => {
    const changes: PhaseChange[] = [];
    class Observed extends Logging {
      override *runPhase(phase: Phase): Process {
        using _objection = phase.raiseObjection(this, 'observes');
        yield* this.testbench.phases.get('main').waitForState('STARTED');
        this.say(`main ${this.testbench.phases.get('main').state}`);
        yield* this.testbench.phases.get('main').waitForState('DONE');
        this.say('main DONE');
      }
      override *mainPhase(phase: Phase): Process {
        using _objection = phase.raiseObjection(this, 'main');
        yield delay(ns(2));
      }
    }
    const { test } = runAll(Observed, ({ phases }) => {
      expect(phases.get('main').state).toBe('UNINITIALIZED');
      phases.get('main').onStateChange((change) => changes.push(change));
    });
    expect(changes.map(({ from, to }) => `${from} ${to}`)).toEqual([
      'UNINITIALIZED DORMANT',
      'DORMANT SCHEDULED',
      'SCHEDULED SYNCING',
      'SYNCING STARTED',
      'STARTED EXECUTING',
      'EXECUTING READY_TO_END',
      'READY_TO_END ENDED',
      'ENDED CLEANUP',
      'CLEANUP DONE',
    ]);
    expect(changes.map(({ timePs }) => timePs)).toEqual([0, 0, 0, 0, 0, 2000, 2000, 2000, 2000]);
    expect(String(changes[0].phase)).toBe('phase main (DONE)');
    expect(test.log).toEqual(['0 main EXECUTING', '2 main DONE']);
  });

  it('phaseStarted and phaseEnded are called for every phase, along its traversal', () => {
    const log: string[] = [];
    class Leaf extends Component {
      override phaseStarted({ name }: Phase): void {
        log.push(`${name} > ${this.name}`);
      }
      override phaseEnded({ name }: Phase): void {
        log.push(`${name} < ${this.name}`);
      }
    }
    class Top extends Leaf {
      readonly child = this.children({ a: Leaf });
    }
    runAll(Top);
    const of = (name: string): string[] => log.filter((line) => line.startsWith(`${name} `));
    expect(of('build')).toEqual(['build > test', 'build < test', 'build < a']);
    expect(of('connect')).toEqual([
      'connect > a',
      'connect > test',
      'connect < a',
      'connect < test',
    ]);
    expect(of('main')).toEqual(['main > a', 'main > test', 'main < a', 'main < test']);
    expect(of('final')).toEqual(['final > test', 'final > a', 'final < test', 'final < a']);
  });

  it('objecting again in phaseReadyToEnd goes back to EXECUTING, at most so often', () => {
    const rounds: string[] = [];
    class Again extends Test {
      private asked = 0;
      override phaseReadyToEnd(phase: Phase): void {
        if (phase.name !== 'main') return;
        rounds.push(phase.state);
        const objection = phase.raiseObjection(this, `round ${++this.asked}`);
        expect(phase.state).toBe('EXECUTING');
        this.kernel.schedule(this.kernel.nowPs + ns(1), () => objection.drop());
      }
    }
    const { testbench } = runAll(Again);
    expect(rounds).toEqual(Array(READY_TO_END_ROUNDS_MAX).fill('READY_TO_END'));
    expect(testbench.kernel.nowPs).toBe(ns(READY_TO_END_ROUNDS_MAX));
    rounds.length = 0;
    runAll(Again, ({ phases }) => {
      phases.get('main').readyToEndRoundsMax = 3;
    });
    expect(rounds).toHaveLength(3);
  });

  it('a process started in phaseReadyToEnd may still object at that time', () => {
    class Forking extends Logging {
      private isAsked = false;
      *objects(phase: Phase): Process {
        using _objection = phase.raiseObjection(this, 'forked');
        yield delay(ns(7));
      }
      override phaseReadyToEnd(phase: Phase): void {
        if (phase.name !== 'shutdown' || this.isAsked) return;
        this.isAsked = true;
        this.fork('late', this.objects(phase), phase);
      }
    }
    expect(runAll(Forking).testbench.kernel.nowPs).toBe(ns(7));
  });

  it('run is asked again when postShutdown is objected to: they end together', () => {
    const asked: string[] = [];
    class Siblings extends Test {
      override phaseReadyToEnd(phase: Phase): void {
        if (phase.name !== 'run' && phase.name !== 'postShutdown') return;
        asked.push(phase.name);
        if (asked.length !== 2) return;
        const objection = phase.raiseObjection(this, 'once more');
        this.kernel.schedule(ns(4), () => objection.drop());
      }
    }
    expect(runAll(Siblings).testbench.kernel.nowPs).toBe(ns(4));
    expect(asked).toEqual(['run', 'postShutdown', 'run', 'postShutdown']);
  });

  it('are stopped from outside without callbacks, and what has not begun stays dormant', () => {
    const ended: string[] = [];
    class Endless extends Test {
      override *resetPhase(phase: Phase): Process {
        using _objection = phase.raiseObjection(this, 'for ever');
        yield new SimEvent('never');
      }
      override phaseEnded({ name, isTask }: Phase): void {
        if (isTask) ended.push(name);
      }
    }
    const { testbench } = runAll(Endless);
    expect(ended).toEqual(['preReset']);
    expect(testbench.phases.get('run').state).toBe('DONE');
    expect(testbench.phases.get('reset').state).toBe('DONE');
    expect(testbench.phases.get('main').state).toBe('DORMANT');
  });
});

describe('time-outs', () => {
  class Hanging extends Test {
    override *mainPhase(phase: Phase): Process {
      using _objection = phase.raiseObjection(this, 'never ends');
      yield new SimEvent('never');
    }
  }

  it('a phase that goes on too long is a fatal error, which names the holders', () => {
    const { runner, testbench } = elaborate(Hanging, ({ phases }) => {
      phases.setTimeout(us(2));
    });
    runner.startRun();
    expect(() => testbench.kernel.runUntil(us(10))).toThrow(
      /phase run has not ended after 2 us: test objects to the end of main: 'never ends'/,
    );
    expect(testbench.kernel.nowPs).toBe(us(2));
    expect(testbench.reports.countOfId('PH_TIMEOUT')).toBe(1);
    expect(testbench.reports.count('fatal')).toBe(1);
  });

  it('counts from the start of the phase, can be set while it goes on, and is off by default', () => {
    const { runner, testbench } = elaborate(Hanging);
    runner.startRun();
    testbench.kernel.runUntil(us(10));
    expect(testbench.kernel.nextEventPs()).toBe(Infinity);
    const main = testbench.phases.get('main');
    main.timeoutPs = us(12);
    expect(testbench.kernel.nextEventPs()).toBe(us(12));
    main.timeoutPs = us(11);
    main.timeoutPs = Infinity;
    testbench.kernel.runUntil(us(20));
    main.timeoutPs = us(5);
    expect(() => testbench.kernel.runUntil(us(30))).toThrow(/phase main has not ended after 5 us/);
    expect(testbench.kernel.nowPs).toBe(us(20));
  });

  it('does nothing when the phase has ended in time', () => {
    class Short extends Test {
      override *mainPhase(phase: Phase): Process {
        using _objection = phase.raiseObjection(this, 'short');
        yield delay(ns(1));
      }
      override *shutdownPhase(phase: Phase): Process {
        using _objection = phase.raiseObjection(this, 'longer');
        yield delay(us(10));
      }
    }
    const { testbench } = runAll(Short, ({ phases }) => {
      phases.get('main').timeoutPs = us(2);
    });
    expect(testbench.kernel.nowPs).toBe(us(10) + ns(1));
  });

  it.each([0, -1, 1.5, 9200e12, Number.NaN])('refuses %s ps', (timeoutPs) => {
    const { testbench } = elaborate(Hanging);
    expect(() => {
      testbench.phases.get('main').timeoutPs = timeoutPs;
    }).toThrow(/a time-out of .* cannot be \[main\]\n.*below 2\^53/);
  });

  it('refuses one for a phase without time', () => {
    const { testbench } = elaborate(Hanging);
    expect(() => {
      testbench.phases.get('build').timeoutPs = us(1);
    }).toThrow('a time-out for a phase that takes no time cannot be [build]');
  });
});

describe('names and traces', () => {
  it('an unknown phase is answered with the nearest name', () => {
    const { testbench } = elaborate(class Empty extends Test {});
    expect(() => testbench.phases.get('mian' as 'main')).toThrow(
      /there is no phase 'mian' \(did you mean 'main'\?\)\n\s+Phases are build, connect,/,
    );
  });

  it('phases without time take no objections', () => {
    const { test, testbench } = elaborate(class Empty extends Test {});
    expect(() => testbench.phases.get('check').raiseObjection(test, 'no')).toThrow(
      'phase check takes no time: nothing can object [check]',
    );
  });

  it('what phases do is reported at a switch', () => {
    class Main extends Test {
      override *mainPhase(phase: Phase): Process {
        using _objection = phase.raiseObjection(this, 'main');
        yield delay(ns(2));
      }
    }
    const { testbench } = runAll(Main, ({ phases }) => {
      phases.isTracing = true;
    });
    const said = testbench.reports.messages.filter(({ text }) =>
      / uvm\.(main|shutdown) /.test(text),
    );
    expect(said.map(({ id, text, timePs }) => `${timePs} ${id} ${text}`)).toEqual([
      '0 PH/TRC/STRT phase uvm.main starts',
      '2000 PH_READY_TO_END phase uvm.main is ready to end',
      '2000 PH/TRC/DONE phase uvm.main is done',
      '2000 PH/TRC/STRT phase uvm.shutdown starts',
      '2000 PH_READY_TO_END phase uvm.shutdown is ready to end',
      '2000 PH/TRC/SKIP phase uvm.shutdown ends at once: nobody objected',
      '2000 PH/TRC/DONE phase uvm.shutdown is done',
    ]);
    expect(runAll(Main).testbench.reports.messages).toEqual([]);
  });
});
