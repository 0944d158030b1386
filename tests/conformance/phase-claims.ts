// Claims about phases, one for each sentence of semantics §4 (phases) and the classes of IEEE 1800.2 clause 9.
import { expect } from 'vitest';
import { SimEvent, type Process } from '#kernel/process';
import { ns, us } from '#kernel/time';
import { delay } from '#kernel/wait';
import type { Phase, PhaseName } from '#uvm/phase';
import { PHASE_STATES, PHASES, RUNTIME_PHASES } from '#uvm/phase-table';
import { elaborate, runAll } from '../unit/uvm/bench-test.ts';
import type { ClaimChapter } from './claim.ts';
import { endOfMain, hold, logOf, Part } from './phase-bench.ts';

export const PHASE_CHAPTER: ClaimChapter = {
  title: 'UVM phases',
  source: 'IEEE 1800.2-2020 clause 9; semantics §4',
  claims: [
    {
      id: 'SEM-4.1',
      feature:
        'common domain: build, connect, end_of_elaboration, start_of_simulation, run, extract, check, report, final, in that order',
      support: 'yes',
      note: 'The names are in camel case: `endOfElaborationPhase`.',
      verify() {
        class All extends Part {
          override phaseStarted({ name, domain }: Phase): void {
            if (domain === 'common') this.say(name);
          }
        }
        const common = PHASES.filter(({ domain }) => domain === 'common').map(({ name }) => name);
        expect(common.join(' ')).toBe(
          'build connect endOfElaboration startOfSimulation run extract check report final',
        );
        expect(logOf(() => runAll(All))).toEqual(common.map((name) => `0 ${name} test`));
      },
    },
    {
      id: 'SEM-4.2',
      feature:
        'build and final go top-down, connect to start_of_simulation and extract to report bottom-up',
      support: 'yes',
      verify() {
        class Each extends Part {
          override buildPhase(): void {
            this.say('build');
          }
          override connectPhase(): void {
            this.say('connect');
          }
          override endOfElaborationPhase(): void {
            this.say('endOfElaboration');
          }
          override startOfSimulationPhase(): void {
            this.say('startOfSimulation');
          }
          override extractPhase(): void {
            this.say('extract');
          }
          override checkPhase(): void {
            this.say('check');
          }
          override reportPhase(): void {
            this.say('report');
          }
          override finalPhase(): void {
            this.say('final');
          }
        }
        class Middle extends Each {
          readonly child = this.children({ leaf: Each });
        }
        class Top extends Each {
          readonly child = this.children({ middle: Middle, side: Each });
        }
        const down = ['test', 'middle', 'leaf', 'side'];
        const up = ['leaf', 'middle', 'side', 'test'];
        const walk = (phase: PhaseName, names: readonly string[]): string[] =>
          names.map((name) => `0 ${phase} ${name}`);
        expect(logOf(() => runAll(Top))).toEqual([
          ...walk('build', down),
          ...walk('connect', up),
          ...walk('endOfElaboration', up),
          ...walk('startOfSimulation', up),
          ...walk('extract', up),
          ...walk('check', up),
          ...walk('report', up),
          ...walk('final', down),
        ]);
      },
    },
    {
      id: 'SEM-4.3',
      feature: 'twelve run-time phases, pre_reset to post_shutdown, all tasks, one after the other',
      support: 'yes',
      verify() {
        class Slow extends Part {
          override phaseStarted(phase: Phase): void {
            if (phase.domain !== 'uvm') return;
            this.say(phase.name);
            this.fork('holds', hold(this, phase, ns(1)), phase);
          }
        }
        expect(logOf(() => runAll(Slow))).toEqual(
          RUNTIME_PHASES.map((name, index) => `${index} ${name} test`),
        );
      },
    },
    {
      id: 'SEM-4.4',
      feature: 'run goes on in parallel with the run-time phases',
      support: 'yes',
      verify() {
        class Parallel extends Part {
          override *runPhase(): Process {
            this.say('run starts');
            yield delay(ns(2));
            this.say(`main is ${this.testbench.phases.get('main').state}, run goes on:`);
          }
          override *mainPhase(phase: Phase): Process {
            yield* hold(this, phase, ns(3));
          }
        }
        expect(logOf(() => runAll(Parallel))).toEqual([
          '0 run starts test',
          '2 main is EXECUTING, run goes on: test',
        ]);
      },
    },
    {
      id: 'SEM-4.5',
      feature: 'extract waits for both run and post_shutdown',
      support: 'yes',
      verify() {
        const extractAt = (runPs: number, shutdownPs: number): string[] => {
          class Both extends Part {
            override *runPhase(phase: Phase): Process {
              yield* hold(this, phase, runPs);
            }
            override *postShutdownPhase(phase: Phase): Process {
              yield* hold(this, phase, shutdownPs);
            }
            override extractPhase(): void {
              this.say('extract');
            }
          }
          return logOf(() => runAll(Both));
        };
        expect(extractAt(ns(3), ns(8))).toEqual(['8 extract test']);
        expect(extractAt(ns(9), ns(8))).toEqual(['9 extract test']);
      },
    },
    {
      id: 'SEM-4.6',
      feature: 'run and post_shutdown are siblings: neither ends before nobody objects to either',
      support: 'yes',
      verify() {
        class Driver extends Part {
          override *runPhase(): Process {
            try {
              yield new SimEvent('never');
            } finally {
              this.say('killed');
            }
          }
          override *mainPhase(phase: Phase): Process {
            yield* hold(this, phase, ns(7));
          }
        }
        expect(logOf(() => runAll(Driver))).toEqual(['7 killed test']);
      },
    },
    {
      id: 'SEM-4.7',
      feature: 'the processes of a phase are killed at its end, with those that they have forked',
      support: 'yes',
      verify() {
        class Forking extends Part {
          *endless(): Process {
            try {
              yield new SimEvent('never');
            } finally {
              this.say('killed');
            }
          }
          override *resetPhase(phase: Phase): Process {
            this.fork('forked', this.endless());
            yield* hold(this, phase, ns(2));
          }
          override *mainPhase(phase: Phase): Process {
            yield* hold(this, phase, ns(2));
            this.say('main over');
          }
        }
        expect(logOf(() => runAll(Forking))).toEqual(['2 killed test', '4 main over test']);
      },
    },
    {
      id: 'SEM-4.8',
      feature:
        'states UNINITIALIZED, DORMANT, SCHEDULED, SYNCING, STARTED, EXECUTING, READY_TO_END, ENDED, CLEANUP, DONE; a callback sees each change',
      support: 'yes',
      verify() {
        for (const name of ['main', 'run'] satisfies PhaseName[]) {
          const states: string[] = [];
          runAll(Part, ({ phases }) => {
            states.push(phases.get(name).state);
            phases.get(name).onStateChange(({ to }) => states.push(to));
          });
          expect(states).toEqual(PHASE_STATES);
        }
      },
    },
    {
      id: 'SEM-4.9',
      feature: 'wait_for_state',
      support: 'differs',
      note: '`waitForState(s)` waits for s or a later state (UVM_GTE); the other comparisons are not there.',
      verify() {
        class Waits extends Part {
          override *runPhase(phase: Phase): Process {
            using _objection = phase.raiseObjection(this, 'waits');
            yield* this.testbench.phases.get('reset').waitForState('DONE');
            this.say('reset DONE');
          }
          override *resetPhase(phase: Phase): Process {
            yield* hold(this, phase, ns(4));
          }
        }
        expect(logOf(() => runAll(Waits))).toEqual(['4 reset DONE test']);
      },
    },
    {
      id: 'SEM-4.10',
      feature: 'phase jumps (state JUMPING)',
      support: 'no',
      note: 'A test that must start over resets the device in a loop, or is two tests.',
    },
    {
      id: 'SEM-4.11',
      feature: 'user-defined phases, schedules and domains; sync of domains',
      support: 'no',
      note: 'The common and the uvm domain are there; all components are in both. Use events and barriers.',
    },
    {
      id: 'SEM-4.12',
      feature: 'phase_started before and phase_ended after each phase, on each component',
      support: 'yes',
      verify() {
        class Seen extends Part {
          override phaseStarted({ name, state }: Phase): void {
            if (name === 'main' || name === 'check') this.say(`${name} ${state}`);
          }
          override phaseEnded(phase: Phase): void {
            this.phaseStarted(phase);
          }
        }
        expect(logOf(() => runAll(Seen))).toEqual([
          '0 main STARTED test',
          '0 main ENDED test',
          '0 check STARTED test',
          '0 check ENDED test',
        ]);
      },
    },
    {
      id: 'SEM-4.13',
      feature: 'READY_TO_END lets a component object again; the phase is then EXECUTING again',
      support: 'yes',
      verify() {
        class Again extends Part {
          private rounds = 0;
          override phaseReadyToEnd(phase: Phase): void {
            if (phase.name !== 'main' || this.rounds++ > 0) return;
            this.fork('again', hold(this, phase, ns(5)), phase);
          }
          override phaseEnded({ name }: Phase): void {
            if (name === 'main') this.say(`main ended after ${this.rounds} rounds`);
          }
        }
        expect(logOf(() => runAll(Again))).toEqual(['5 main ended after 2 rounds test']);
      },
    },
    {
      id: 'SEM-4.14',
      feature: 'at most 20 rounds of READY_TO_END by default; the number can be set for each phase',
      support: 'yes',
      verify() {
        class Stubborn extends Part {
          override phaseReadyToEnd(phase: Phase): void {
            if (phase.name === 'main') this.fork('again', hold(this, phase, ns(1)), phase);
          }
        }
        const endAfter = (roundsMax?: number): number =>
          runAll(Stubborn, ({ phases }) => {
            if (roundsMax !== undefined) phases.get('main').readyToEndRoundsMax = roundsMax;
          }).testbench.kernel.nowPs;
        expect([endAfter(), endAfter(3)]).toEqual([ns(20), ns(3)]);
      },
    },
    {
      id: 'SEM-4.15',
      feature: 'a task phase ends when its objection total is zero after its drain time',
      support: 'yes',
      verify() {
        expect(
          endOfMain((leaf, phase) => leaf.fork('holds', hold(leaf, phase, ns(6)), phase)),
        ).toBe(ns(6));
        expect(
          endOfMain((leaf, phase) => {
            phase.drainTimePs = ns(10);
            leaf.fork('holds', hold(leaf, phase, ns(6)), phase);
          }),
        ).toBe(ns(16));
      },
    },
    {
      id: 'SEM-4.16',
      feature: 'with no objection ever raised a task phase ends at once',
      support: 'yes',
      verify() {
        class Idle extends Part {
          override *mainPhase(): Process {
            yield delay(ns(100));
            this.say('never reached');
          }
        }
        expect(logOf(() => expect(runAll(Idle).testbench.kernel.nowPs).toBe(0))).toEqual([]);
      },
    },
    {
      id: 'SEM-4.17',
      feature: 'phase time-out: fatal PH_TIMEOUT; default 9200 s',
      support: 'differs',
      note: 'Settable for each task phase (UVM: run); off by default, for simulated time ends at 2^53 ps (2.5 h) and a run has a limit of its own. A run that times out is ERROR tb-hung, not FAIL.',
      verify() {
        class Hangs extends Part {
          override *runPhase(phase: Phase): Process {
            using _objection = phase.raiseObjection(this, 'hangs');
            yield new SimEvent('never');
          }
        }
        const { runner, testbench } = elaborate(Hangs);
        expect(testbench.phases.get('run').timeoutPs).toBe(Infinity);
        testbench.phases.setTimeout(us(1));
        runner.startRun();
        expect(() => testbench.kernel.runUntil(us(2))).toThrow(
          /run has not ended after 1 us: test ob/,
        );
        expect(testbench.reports.countOfId('PH_TIMEOUT')).toBe(1);
        expect(testbench.reports.count('fatal')).toBe(1);
      },
    },
    {
      id: 'SEM-4.18',
      feature: '+UVM_PHASE_TRACE',
      support: 'differs',
      note: 'A switch in the testbench: `testbench.phases.isTracing`.',
      verify() {
        const { testbench } = runAll(Part, ({ phases }) => {
          phases.isTracing = true;
        });
        expect(testbench.reports.countOfId('PH/TRC/STRT')).toBe(PHASES.length);
        expect(testbench.reports.countOfId('PH/TRC/SKIP')).toBe(RUNTIME_PHASES.length + 1);
      },
    },
  ],
};
