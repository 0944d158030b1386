// Default sequences: what a sequencer runs by itself in a phase, chosen by configuration. Source: IEEE 1800.2 clause
// 15.3.2.6 (start_phase_sequence); semantics §5.
//
//   this.config.set('env.agent.sequencer', defaultSequence.main, WriteSequence);    // in a test's buildPhase
//
// Whoever runs the phases calls `startPhaseSequence` for each component when a phase that takes time starts, and `kill()`
// of what it returns when the phase ends (a sequence that still runs then ends without an error). The sequence is made by
// the factory; `startingPhase` is set, and `automaticPhaseObjection` keeps the phase alive for as long as it runs.
import { configKey, type ConfigKey } from './config-db.ts';
import type { Component } from './component.ts';
import type { Phase } from './phase.ts';
import { isTaskPhase, RUNTIME_PHASES, type TaskPhaseName } from './phase-table.ts';
import { SequenceBase, type SequenceClass } from './sequence-base.ts';
import { Sequencer } from './sequencer.ts';
import { VirtualSequencer } from './virtual-sequence.ts';

/** A class, of which the factory makes an instance; or a sequence, as it is. */
export type DefaultSequence = SequenceClass | SequenceBase;

const TASK_PHASES: readonly TaskPhaseName[] = ['run', ...RUNTIME_PHASES];

/** One configuration key for each phase that takes time: `defaultSequence.main`. */
export const defaultSequence: Readonly<Record<TaskPhaseName, ConfigKey<DefaultSequence>>> =
  Object.freeze(
    Object.fromEntries(
      TASK_PHASES.map((name) => [name, configKey<DefaultSequence>(`default-sequence of ${name}`)]),
    ) as Record<TaskPhaseName, ConfigKey<DefaultSequence>>,
  );

/**
 * Starts the sequence that is configured for this component and phase, in a process of the component; returns it.
 * Nothing for components that are no sequencers, and phases that take no time.
 */
export function startPhaseSequence(component: Component, phase: Phase): SequenceBase | undefined {
  const isSequencer = component instanceof Sequencer || component instanceof VirtualSequencer;
  if (!isSequencer || !isTaskPhase(phase.name)) return undefined;
  const chosen = component.config.tryGet(defaultSequence[phase.name]);
  if (chosen === undefined) return undefined;
  const sequence =
    chosen instanceof SequenceBase
      ? chosen
      : component.testbench.createSequence(chosen, component as Component);
  sequence.startingPhase = phase;
  const process = component.fork(`${phase.name}.defaultSequence`, sequence.start(component));
  process.scope = phase; // it belongs to the phase, and is killed with it
  return sequence;
}
