// The test runner: builds a test, takes it through the phases, says when those that take time are over, and explains a
// hang. Source: semantics §4.
//
// It does not run the kernel: the run loop does, which also feeds the device. When the last phase that takes time is over,
// every process is killed at that very time, `isRunDone` is set and the kernel paused.
import { assert, UsageError } from '#base/assert';
import type { Component, ComponentClass } from './component.ts';
import { checkOverrides } from './factory-check.ts';
import type { Phase } from './phase.ts';
import { runFunctionPhase, walk } from './phase-walk.ts';
import { resolvePorts } from './port.ts';
import { Sequencer } from './sequencer.ts';
import { TaskPhases } from './task-phases.ts';
import type { Testbench } from './testbench.ts';

/** Lines in the explanation of a hang. */
export const HANG_LINES_MAX = 200;

type Stage = 'new' | 'elaborated' | 'running' | 'runDone' | 'finished';

/**
 * Builds a test, takes it through its phases, says when those that take time are over, and explains a hang (semantics
 * §4). Calls come in this order, each once: `elaborate`, `startRun`, the kernel runs, `endRun` if it must end early,
 * `finish`.
 */
export class TestRunner<T extends Component = Component> {
  /** The run phase. */
  readonly phase: Phase;
  private readonly testbench: Testbench;
  private readonly testClass: ComponentClass<T>;
  private top: T | undefined = undefined;
  private tasks: TaskPhases | undefined = undefined;
  private stage: Stage = 'new';
  /** Not everything that the test asks for has been asked for. */
  private wasStopped = false;

  constructor(testbench: Testbench, testClass: ComponentClass<T>) {
    this.testbench = testbench;
    this.testClass = testClass;
    this.phase = testbench.phases.get('run');
  }

  /** The test. @throws UsageError before `elaborate`. */
  get test(): T {
    if (this.top === undefined) throw new UsageError('not-elaborated', 'the test is not built yet');
    return this.top;
  }

  /** `run` and the twelve phases beside it are over. */
  get isRunDone(): boolean {
    return this.stage === 'runDone' || this.stage === 'finished';
  }

  /** Runs build, connect, endOfElaboration and startOfSimulation; returns the test. */
  elaborate(): T {
    this.advance('new', 'elaborated');
    const { testbench, testClass } = this;
    const { config, phases } = testbench;
    for (const phase of phases.all) phase.enter('DORMANT');
    config.isBuilding = true;
    try {
      const resolved = testbench.factory.resolve(testClass, 'test');
      const test = new resolved('test', testbench);
      this.top = test;
      testbench.top = test;
      runFunctionPhase(phases, 'build', test);
    } finally {
      config.isBuilding = false;
    }
    runFunctionPhase(phases, 'connect', this.test);
    resolvePorts(testbench);
    runFunctionPhase(phases, 'endOfElaboration', this.test);
    checkOverrides(testbench, 'elaborated');
    runFunctionPhase(phases, 'startOfSimulation', this.test);
    return this.test;
  }

  /**
   * Starts the phases that take time: a process for each component that has one. With no objection
   * raised at once they end at once.
   */
  startRun(): void {
    this.advance('elaborated', 'running');
    const { testbench } = this;
    this.tasks = new TaskPhases(testbench, walk(this.test, 'up'), () => {
      this.advance('running', 'runDone');
      testbench.kernel.pause();
    });
    this.tasks.start();
  }

  /** Ends the phases that take time now: kills what is left. Nothing when they are over. */
  endRun(): void {
    if (this.isRunDone) return;
    this.advance('running', 'runDone');
    this.wasStopped = true;
    this.tasks?.stop();
  }

  /** Runs extract, check, report and final. */
  finish(): void {
    this.advance('runDone', 'finished');
    const { phases } = this.testbench;
    for (const name of ['extract', 'check', 'report', 'final'] as const) {
      runFunctionPhase(phases, name, this.test);
    }
    if (!this.wasStopped) checkOverrides(this.testbench, 'finished');
  }

  /** Who objects to the end of the phases that go on: path, reason, where it was raised. */
  objectors(): string[] {
    return this.tasks?.explain() ?? [];
  }

  /**
   * Who holds which objection, what waits at the sequencers, which process waits for what; at most
   * `HANG_LINES_MAX` lines.
   */
  explainHang(): string[] {
    const lines = this.objectors();
    if (this.top !== undefined) {
      for (const one of walk(this.top, 'down')) {
        if (one instanceof Sequencer) lines.push(...one.explain());
      }
    }
    lines.push(...this.testbench.kernel.explain());
    if (lines.length <= HANG_LINES_MAX) return lines;
    const hidden = lines.length - HANG_LINES_MAX + 1;
    return [...lines.slice(0, HANG_LINES_MAX - 1), `… and ${hidden} more`];
  }

  private advance(from: Stage, to: Stage): void {
    assert(this.stage === from, `the test runner is asked out of order: ${this.stage} -> ${to}`);
    this.stage = to;
  }
}
