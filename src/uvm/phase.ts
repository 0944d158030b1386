// One phase: its state, who objects to its end, how long it may take. Source: semantics §4; IEEE 1800.2 clause 9.3.
//
// A phase does nothing by itself: `phase-walk.ts` runs those without time, `task-phases.ts` those that take time.
import { UsageError } from '#base/assert';
import { SimEvent, type Process } from '#kernel/process';
import type { Component } from './component.ts';
import type { Objector } from './objection-tree.ts';
import { Objections, type Objection, type ObjectionContext } from './objections.ts';
import {
  isTaskPhase,
  PHASE_STATES,
  PHASES,
  type PhaseDomain,
  type PhaseName,
  type PhaseState,
} from './phase-table.ts';

export { PHASES, type PhaseName, type PhaseState };

/** Rounds in which components may object again when the phase is about to end: UVM's default. */
export const READY_TO_END_ROUNDS_MAX = 20;

/** One step of a phase, for those who observe it. */
export interface PhaseChange {
  readonly phase: Phase;
  readonly from: PhaseState;
  readonly to: PhaseState;
  readonly timePs: number;
}
/** Is told of each change of the state of a phase, as it happens. */
export type PhaseListener = (change: PhaseChange) => void;

/** What `mainPhase(phase)` and the callbacks of components get. */
export class Phase {
  readonly name: PhaseName;
  readonly domain: PhaseDomain;
  /** Takes time, and may be objected to. */
  readonly isTask: boolean;
  /** Rounds of `phaseReadyToEnd` in which objecting again counts. */
  readyToEndRoundsMax = READY_TO_END_ROUNDS_MAX;
  /** For the phases' schedule. */
  onTimeout: (() => void) | undefined = undefined;
  private readonly context: ObjectionContext;
  private readonly claims: Objections | undefined;
  private readonly changed: SimEvent;
  private readonly listeners: PhaseListener[] = [];
  private stateNow: PhaseState = 'UNINITIALIZED';
  private timeout = Infinity;

  /** Made with its testbench. */
  constructor(context: ObjectionContext, name: PhaseName) {
    this.context = context;
    this.name = name;
    this.domain = PHASES.find((row) => row.name === name)?.domain ?? 'common';
    this.isTask = isTaskPhase(name);
    this.claims = isTaskPhase(name) ? new Objections(context, name, this) : undefined;
    this.changed = new SimEvent(`state of phase ${name}`);
  }

  /** Where the phase is now. */
  get state(): PhaseState {
    return this.stateNow;
  }

  /** The state has been reached: is it, or a later one. */
  hasReached(state: PhaseState): boolean {
    return PHASE_STATES.indexOf(this.stateNow) >= PHASE_STATES.indexOf(state);
  }

  /** Waits until the phase is in `state` or beyond: `yield* phase.waitForState('EXECUTING')`. */
  *waitForState(state: PhaseState): Process {
    while (!this.hasReached(state)) yield this.changed;
  }

  /** Calls `listener` at each change of state. */
  onStateChange(listener: PhaseListener): void {
    this.listeners.push(listener);
  }

  // --- the end of the phase ---

  /** @throws UsageError `no-objections` for a phase that takes no time. */
  get objections(): Objections {
    if (this.claims !== undefined) return this.claims;
    throw new UsageError('no-objections', `phase ${this.name} takes no time: nothing can object`, {
      path: this.name,
      hint: 'Objections are for run, main and the other phases that are processes.',
    });
  }

  /**
   * Keeps the phase alive until the objection is dropped or its `using` block ends; `count` times.
   * @throws UsageError `no-objections`, `bad-count`.
   */
  raiseObjection(component: Objector, reason: string, count = 1): Objection {
    return this.objections.raise(component, reason, count);
  }

  /**
   * UVM's way to drop: `count` of what the component holds, first those with this reason.
   * @throws UsageError `objection-underflow` when it holds less; `no-objections`, `bad-count`.
   */
  dropObjection(component: Objector, reason = '', count = 1): void {
    this.objections.dropOf(component, reason, count);
  }

  /**
   * Simulated time between the last drop and the end of the phase, ps; the phase goes on when
   * somebody objects in it.
   */
  get drainTimePs(): number {
    return this.objections.drainTimeOf(undefined);
  }

  set drainTimePs(drainTimePs: number) {
    this.objections.setDrainTime(undefined, drainTimePs);
  }

  /** The same for what is dropped at a component and below it. @throws UsageError `bad-drain-time`. */
  setDrainTime(component: Component, drainTimePs: number): void {
    this.objections.setDrainTime(component, drainTimePs);
  }

  /**
   * Simulated time from the start of the phase after which it is a fatal error that it goes on (PH_TIMEOUT), ps. Infinity,
   * the default, leaves it to the limit of the run: UVM's 9200 s lie beyond what simulated time can say.
   */
  get timeoutPs(): number {
    return this.timeout;
  }

  set timeoutPs(timeoutPs: number) {
    const isTime = timeoutPs === Infinity || (Number.isSafeInteger(timeoutPs) && timeoutPs > 0);
    if (!isTime || !this.isTask) {
      const what = this.isTask ? `of ${timeoutPs} ps` : 'for a phase that takes no time';
      throw new UsageError('bad-timeout', `a time-out ${what} cannot be`, {
        path: this.name,
        hint: 'A whole number of ps below 2^53 (about 2.5 h), or Infinity for none.',
      });
    }
    this.timeout = timeoutPs;
    this.onTimeout?.();
  }

  /** For the phases' schedule. */
  enter(state: PhaseState): void {
    const from = this.stateNow;
    this.stateNow = state;
    const { nowPs } = this.context.kernel;
    for (const listener of this.listeners) {
      listener({ phase: this, from, to: state, timePs: nowPs });
    }
    this.changed.trigger();
  }

  /** For messages. */
  toString(): string {
    return `phase ${this.name} (${this.stateNow})`;
  }
}
