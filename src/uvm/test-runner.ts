// The test runner: builds a test, takes it through the phases, says when the run phase is over, and
// explains a hang. Source: semantics §4.
//
// It does not run the kernel: the run loop does, which also feeds the device. When the last
// objection has been dropped and the drain time is over, the runner kills every process at that
// very time, sets `isRunDone` and pauses the kernel.
import { assert, UsageError } from '#base/assert';
import type { TimedCallback } from '#kernel/kernel';
import { Component, type ComponentClass } from './component.ts';
import { startPhaseSequence } from './default-sequence.ts';
import { Phase, READY_TO_END_ROUNDS_MAX } from './phase.ts';
import { Sequencer } from './sequencer.ts';
import type { Testbench } from './testbench.ts';

/** Lines in the explanation of a hang. */
export const HANG_LINES_MAX = 200;

type Stage = 'new' | 'elaborated' | 'running' | 'runDone' | 'finished';

export class TestRunner<T extends Component = Component> {
  readonly phase: Phase;
  private readonly testbench: Testbench;
  private readonly testClass: ComponentClass<T>;
  private top: T | undefined = undefined;
  private stage: Stage = 'new';
  private readyToEndRounds = 0;
  private endCheck: TimedCallback | undefined = undefined;

  constructor(testbench: Testbench, testClass: ComponentClass<T>) {
    this.testbench = testbench;
    this.testClass = testClass;
    this.phase = new Phase(testbench.objections);
  }

  /** The test. @throws UsageError before `elaborate`. */
  get test(): T {
    if (this.top === undefined) throw new UsageError('not-elaborated', 'the test is not built yet');
    return this.top;
  }

  /** The run phase is over. */
  get isRunDone(): boolean {
    return this.stage === 'runDone' || this.stage === 'finished';
  }

  /** Runs build, connect, endOfElaboration and startOfSimulation; returns the test. */
  elaborate(): T {
    this.advance('new', 'elaborated');
    const { testbench, testClass } = this;
    const { config } = testbench;
    config.isBuilding = true;
    try {
      const resolved = testbench.factory.resolve(testClass, 'test');
      const test = new resolved('test', testbench);
      this.top = test;
      build(test);
    } finally {
      config.isBuilding = false;
    }
    const all = this.bottomUp();
    for (const one of all) one.connectPhase();
    for (const one of all) one.endOfElaborationPhase();
    for (const one of all) one.startOfSimulationPhase();
    return this.test;
  }

  /**
   * Starts the run phase: a process for each component that has one. With no objection raised at
   * once it ends at once.
   */
  startRun(): void {
    this.advance('elaborated', 'running');
    const { kernel, objections } = this.testbench;
    for (const one of this.bottomUp()) {
      startPhaseSequence(one, this.phase);
      if (one.runPhase === Component.prototype.runPhase) continue;
      kernel.spawn(`${one.fullPath}.run`, one.runPhase(this.phase));
    }
    objections.onAllDropped = () => this.scheduleEnd(this.phase.drainTimePs);
    this.scheduleEnd(0);
  }

  /** Ends the run phase now: kills what is left. Nothing when it is over. */
  endRun(): void {
    if (this.isRunDone) return;
    this.advance('running', 'runDone');
    const { testbench } = this;
    testbench.isEnding = true;
    testbench.objections.onAllDropped = undefined;
    this.endCheck?.cancel();
    testbench.kernel.killAll();
  }

  /** Runs extract, check, report and final. */
  finish(): void {
    this.advance('runDone', 'finished');
    const all = this.bottomUp();
    for (const one of all) one.extractPhase();
    for (const one of all) one.checkPhase();
    for (const one of all) one.reportPhase();
    for (const one of topDown(this.test)) one.finalPhase();
  }

  /**
   * Who holds which objection, what waits at the sequencers, which process waits for what; at most
   * `HANG_LINES_MAX` lines.
   */
  explainHang(): string[] {
    const lines = this.testbench.objections.explain();
    if (this.top !== undefined) {
      for (const one of topDown(this.top))
        if (one instanceof Sequencer) lines.push(...one.explain());
    }
    lines.push(...this.testbench.kernel.explain());
    if (lines.length <= HANG_LINES_MAX) return lines;
    const hidden = lines.length - HANG_LINES_MAX + 1;
    return [...lines.slice(0, HANG_LINES_MAX - 1), `… and ${hidden} more`];
  }

  /** Looks after `afterPs` whether the phase is over; calls an earlier look off. */
  private scheduleEnd(afterPs: number): void {
    const { kernel } = this.testbench;
    this.endCheck?.cancel();
    this.endCheck = kernel.schedule(kernel.nowPs + afterPs, () => this.checkEnd());
  }

  /** Lets everything that is due now go first: it may object. */
  private checkEnd(): void {
    const { kernel, objections } = this.testbench;
    if (objections.total > 0) return; // the last drop brings us here again
    if (kernel.nextEventPs() === kernel.nowPs) this.scheduleEnd(0);
    else this.endIfReady();
  }

  /** All components may object once more; when none does, the phase ends. */
  private endIfReady(): void {
    const { kernel, objections } = this.testbench;
    const raised = objections.raisedCount;
    if (this.readyToEndRounds++ < READY_TO_END_ROUNDS_MAX) {
      for (const one of this.bottomUp()) one.phaseReadyToEnd(this.phase);
      if (objections.raisedCount !== raised) return; // its drop brings us here again
    }
    this.endRun();
    kernel.pause();
  }

  private bottomUp(): Component[] {
    return topDown(this.test, 'up');
  }

  private advance(from: Stage, to: Stage): void {
    assert(this.stage === from, `the test runner is asked out of order: ${this.stage} -> ${to}`);
    this.stage = to;
  }
}

/** Top-down: a component is built before its children, which its build phase configures. */
function build(component: Component): void {
  component.buildPhase();
  component.buildChildren();
  for (const child of component.childComponents) build(child);
}

function topDown(
  component: Component,
  order: 'down' | 'up' = 'down',
  into: Component[] = [],
): Component[] {
  if (order === 'down') into.push(component);
  for (const child of component.childComponents) topDown(child, order, into);
  if (order === 'up') into.push(component);
  return into;
}
