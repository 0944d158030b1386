// The nine common phases and the run phase's handle. Source: semantics §4.
import type { Objection, Objections } from './objections.ts';

/** In order, with the traversal of the tree; `run` is the one that takes time. */
export const PHASES = [
  { name: 'build', traversal: 'down' },
  { name: 'connect', traversal: 'up' },
  { name: 'endOfElaboration', traversal: 'up' },
  { name: 'startOfSimulation', traversal: 'up' },
  { name: 'run', traversal: 'process' },
  { name: 'extract', traversal: 'up' },
  { name: 'check', traversal: 'up' },
  { name: 'report', traversal: 'up' },
  { name: 'final', traversal: 'down' },
] as const;
export type PhaseName = (typeof PHASES)[number]['name'];

/** Rounds in which components may object again when the phase is about to end: UVM's default. */
export const READY_TO_END_ROUNDS_MAX = 20;

/** What `runPhase` gets. */
export class Phase {
  readonly name: PhaseName = 'run';
  /**
   * Simulated time between the last drop and the end of the phase, ps; the phase goes on when
   * somebody objects in it.
   */
  drainTimePs = 0;
  private readonly objections: Objections;

  constructor(objections: Objections) {
    this.objections = objections;
  }

  /** Keeps the phase alive until the objection is dropped or its `using` block ends. */
  raiseObjection(component: { readonly fullPath: string }, reason: string): Objection {
    return this.objections.raise(component, reason);
  }
}
