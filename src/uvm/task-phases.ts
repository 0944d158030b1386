// The phases that take time: `run`, and beside it the twelve of the run-time schedule, one after the other. Source:
// semantics §4; IEEE 1800.2 clauses 9.3 and 9.8.
//
// A phase ends when nobody objects to its end, at a time at which nothing else is due any more: what is due may object.
// `run` and `postShutdown` end together (UVM's siblings: both come before `extract`), so that drivers, whose loops are
// `runPhase`, serve all twelve. Before it ends, components may object again (`phaseReadyToEnd`), a bounded number of times.
// Processes belong to the phase in which they were started and are killed with it.
//
// With nothing but `runPhase` overridden, the twelve cost no process and no event.
import type { Kernel, TimedCallback } from '#kernel/kernel';
import { formatTime } from '#kernel/time';
import { Component } from './component.ts';
import { startPhaseSequence } from './default-sequence.ts';
import type { Phase } from './phase.ts';
import { RUNTIME_PHASES, type TaskPhaseName } from './phase-table.ts';
import { callBack, tracePhase } from './phase-walk.ts';
import { FatalReport } from './report-server.ts';
import type { SequenceBase } from './sequence-base.ts';
import type { Testbench } from './testbench.ts';

/** Holders named in the message of a time-out. */
const HOLDERS_SHOWN = 8;

/** What is known of a phase while it goes on. */
class Going {
  readonly phase: Phase;
  readonly startedAtPs: number;
  readyToEndRounds = 0;
  timer: TimedCallback | undefined = undefined;
  /** Default sequences that were started with it. */
  readonly sequences: SequenceBase[] = [];

  constructor(phase: Phase, startedAtPs: number) {
    this.phase = phase;
    this.startedAtPs = startedAtPs;
  }
}

export class TaskPhases {
  private readonly testbench: Testbench;
  private readonly kernel: Kernel;
  private readonly top: Component;
  /** Bottom-up. */
  private readonly components: readonly Component[];
  private readonly hasReadyToEnd: boolean;
  private readonly onOver: () => void;
  private run: Going | undefined = undefined;
  private current: Going | undefined = undefined;
  /** Index of the current phase among the twelve. */
  private at = 0;
  private isOver = false;
  private look: TimedCallback | undefined = undefined;

  /** `components`: all, bottom-up; `onOver`: called when the last phase has ended by itself. */
  constructor(testbench: Testbench, components: readonly Component[], onOver: () => void) {
    this.testbench = testbench;
    this.kernel = testbench.kernel;
    this.components = components;
    this.top = components[components.length - 1];
    this.onOver = onOver;
    this.hasReadyToEnd = components.some(
      (one) => one.phaseReadyToEnd !== Component.prototype.phaseReadyToEnd,
    );
  }

  /** Starts `run` and the first of the twelve. */
  start(): void {
    for (const { objections } of this.testbench.phases.tasks) {
      objections.onAllDropped = () => this.lookSoon();
      objections.onFirstRaised = () => this.objectedAgain();
    }
    this.run = this.begin('run');
    this.current = this.begin(RUNTIME_PHASES[0]);
    this.lookSoon();
  }

  /** Ends what goes on, now and without callbacks: the run is stopped from outside. */
  stop(): void {
    if (this.isOver) return;
    for (const { phase } of this.going()) phase.enter('ENDED');
    this.endRun();
  }

  /** Who objects to the end of the phases that go on, for the explanation of a hang. */
  explain(): string[] {
    return this.going().flatMap(({ phase }) => phase.objections.explain());
  }

  private going(): Going[] {
    return [this.run, this.current].filter((one) => one !== undefined);
  }

  // --- start ---

  private begin(name: TaskPhaseName): Going {
    const phase = this.testbench.phases.get(name);
    const going = new Going(phase, this.kernel.nowPs);
    for (const state of ['SCHEDULED', 'SYNCING', 'STARTED'] as const) phase.enter(state);
    tracePhase(this.testbench.phases, phase, this.top, 'PH/TRC/STRT');
    callBack(this.components, 'phaseStarted', phase);
    phase.enter('EXECUTING');
    const method = `${name}Phase` as const;
    const none = Component.prototype[method];
    for (const one of this.components) {
      const sequence = startPhaseSequence(one, phase);
      if (sequence !== undefined) going.sequences.push(sequence);
      if (one[method] === none) continue;
      this.kernel.spawn(`${one.fullPath}.${name}`, one[method](phase)).scope = phase;
    }
    phase.onTimeout = () => this.setTimer(going);
    this.setTimer(going);
    return going;
  }

  private setTimer(going: Going): void {
    going.timer?.cancel();
    const { timeoutPs } = going.phase;
    if (timeoutPs === Infinity) return;
    const atPs = Math.max(this.kernel.nowPs, going.startedAtPs + timeoutPs);
    going.timer = this.kernel.schedule(atPs, () => this.timeOut(going.phase));
  }

  /** @throws FatalReport `PH_TIMEOUT` always. */
  private timeOut(phase: Phase): never {
    const holders = this.explain().slice(0, HOLDERS_SHOWN);
    const why = holders.length > 0 ? holders.join('; ') : 'nobody objects now';
    const text = `phase ${phase.name} has not ended after ${formatTime(phase.timeoutPs)}: ${why}`;
    const { reports } = this.testbench;
    reports.report('fatal', this.top.fullPath, 'PH_TIMEOUT', text);
    throw new FatalReport('PH_TIMEOUT', text, this.top.fullPath, this.kernel.nowPs);
  }

  // --- end ---

  /** Looks whether a phase may end, after everything that is due now. */
  private lookSoon(): void {
    if (this.isOver) return;
    this.look?.cancel();
    this.look = this.kernel.schedule(this.kernel.nowPs, () => this.lookAfter());
  }

  private lookAfter(): void {
    for (;;) {
      const ending = this.mayEnd();
      if (this.isOver || ending.length === 0) return; // the last drop brings us here again
      if (this.kernel.nextEventPs() === this.kernel.nowPs || !this.areReady(ending)) {
        this.lookSoon();
        return;
      }
      if (this.mayEnd().length === 0) continue; // objected again
      this.end(ending);
    }
  }

  /** What goes on and is not objected to: one of the twelve, or the last of them with `run`. */
  private mayEnd(): readonly Going[] {
    const { run, current } = this;
    if (run === undefined || current?.phase.objections.isClear !== true) return [];
    if (this.at < RUNTIME_PHASES.length - 1) return [current];
    return run.phase.objections.isClear ? [run, current] : [];
  }

  /** Asks the components, as often as the phase allows; false: their answer is to be waited for. */
  private areReady(ending: readonly Going[]): boolean {
    let isAsked = false;
    for (const going of ending) {
      const { phase } = going;
      if (phase.state !== 'EXECUTING' || going.readyToEndRounds >= phase.readyToEndRoundsMax) {
        continue;
      }
      going.readyToEndRounds++;
      phase.enter('READY_TO_END');
      tracePhase(this.testbench.phases, phase, this.top, 'PH_READY_TO_END');
      callBack(this.components, 'phaseReadyToEnd', phase);
      isAsked = true;
    }
    return !isAsked || !this.hasReadyToEnd;
  }

  private objectedAgain(): void {
    for (const { phase } of this.going()) {
      if (phase.state === 'READY_TO_END') phase.enter('EXECUTING');
    }
  }

  private end(ending: readonly Going[]): void {
    for (const { phase } of ending) {
      phase.objections.end(); // before anybody is told, who might object again
      phase.enter('ENDED');
      callBack(this.components, 'phaseEnded', phase);
    }
    if (this.at === RUNTIME_PHASES.length - 1) {
      this.endRun();
      this.onOver();
      return;
    }
    for (const { phase, sequences } of ending) {
      phase.enter('CLEANUP');
      for (const sequence of sequences) sequence.kill(); // on purpose, so without an error
      this.kernel.killScope(phase);
    }
    this.close(ending);
    this.current = this.begin(RUNTIME_PHASES[++this.at]);
  }

  /** Everything is over: kills what is left, whatever it belongs to. */
  private endRun(): void {
    this.isOver = true;
    this.look?.cancel();
    const ending = this.going();
    for (const { phase } of ending) phase.enter('CLEANUP');
    this.testbench.isEnding = true;
    this.kernel.killAll();
    this.close(ending);
  }

  private close(ending: readonly Going[]): void {
    for (const { phase, timer } of ending) {
      timer?.cancel();
      phase.onTimeout = undefined;
      const { raisedCount } = phase.objections;
      phase.objections.close();
      phase.enter('DONE');
      const { phases } = this.testbench;
      if (raisedCount === 0) tracePhase(phases, phase, this.top, 'PH/TRC/SKIP');
      tracePhase(phases, phase, this.top, 'PH/TRC/DONE');
    }
  }
}
