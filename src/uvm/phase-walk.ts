// Runs the phases that take no time over the component tree, with their callbacks. Source: semantics §4; IEEE 1800.2
// clauses 9.5 to 9.7.
import { Component } from './component.ts';
import type { Phase } from './phase.ts';
import { PHASES, type FunctionPhaseName } from './phase-table.ts';
import type { Phases } from './phases.ts';

type PhaseCallback = 'phaseStarted' | 'phaseReadyToEnd' | 'phaseEnded';

/** A component and everything below it, a parent before (`down`) or after (`up`) its children. */
export function walk(
  component: Component,
  order: 'down' | 'up',
  into: Component[] = [],
): Component[] {
  if (order === 'down') into.push(component);
  for (const child of component.childComponents) walk(child, order, into);
  if (order === 'up') into.push(component);
  return into;
}

/** Calls a callback of the components that have one of their own. */
export function callBack(
  components: readonly Component[],
  callback: PhaseCallback,
  phase: Phase,
): void {
  for (const one of components) {
    if (one[callback] !== Component.prototype[callback]) one[callback](phase);
  }
}

/** Runs one phase over the tree below `top`. */
export function runFunctionPhase(phases: Phases, name: FunctionPhaseName, top: Component): void {
  const phase = phases.get(name);
  const row = PHASES.find((one) => one.name === name);
  const order = row?.traversal === 'down' ? 'down' : 'up';
  for (const state of ['SCHEDULED', 'SYNCING', 'STARTED'] as const) phase.enter(state);
  tracePhase(phases, phase, top, 'PH/TRC/STRT');
  callBack(walk(top, order), 'phaseStarted', phase);
  phase.enter('EXECUTING');
  if (name === 'build') build(top);
  else {
    for (const one of walk(top, order)) {
      one[`${name}Phase`]();
      one.testbench.reports.throwIfExited();
    }
  }
  phase.enter('ENDED');
  callBack(walk(top, order), 'phaseEnded', phase);
  phase.enter('CLEANUP');
  phase.enter('DONE');
  tracePhase(phases, phase, top, 'PH/TRC/DONE');
}

const TRACED = {
  'PH/TRC/STRT': 'starts',
  'PH/TRC/SKIP': 'ends at once: nobody objected',
  PH_READY_TO_END: 'is ready to end',
  'PH/TRC/DONE': 'is done',
} as const;

/** Reports a step of a phase when the phases are traced. */
export function tracePhase(
  phases: Phases,
  phase: Phase,
  top: Component,
  id: keyof typeof TRACED,
): void {
  if (!phases.isTracing) return;
  const { reports } = top.testbench;
  reports.info('phases', id, `phase ${phase.domain}.${phase.name} ${TRACED[id]}`, 0);
}

/** Top-down: a component is built before its children, which its build phase configures. */
function build(component: Component): void {
  component.buildPhase();
  component.testbench.reports.throwIfExited();
  component.buildChildren();
  for (const child of component.childComponents) build(child);
}
