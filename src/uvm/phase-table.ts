// The phases of a run, by name: the nine common ones and the twelve of the run-time schedule, which goes on beside `run`.
// Source: semantics §4; IEEE 1800.2 clause 9.8.
//
//   build v  connect ^  endOfElaboration ^  startOfSimulation ^   then, in parallel,
//     run                                                            and
//     preReset reset postReset preConfigure configure postConfigure
//     preMain main postMain preShutdown shutdown postShutdown        then, when both are over,
//   extract ^  check ^  report ^  final v

/** The phases that take time: a process for each component that has one. */
export const RUNTIME_PHASES = [
  'preReset',
  'reset',
  'postReset',
  'preConfigure',
  'configure',
  'postConfigure',
  'preMain',
  'main',
  'postMain',
  'preShutdown',
  'shutdown',
  'postShutdown',
] as const;

/** `run` is parallel to the twelve of domain `uvm`. */
export type PhaseDomain = 'common' | 'uvm';

const RUNTIME_ROWS = RUNTIME_PHASES.map((name) => ({
  name,
  traversal: 'process' as const,
  domain: 'uvm' as const,
}));

/**
 * All phases, in order, with the traversal of the tree. `down`: a parent before its children; `up`: after them; `process`:
 * takes time, started upwards.
 */
export const PHASES = [
  { name: 'build', traversal: 'down', domain: 'common' },
  { name: 'connect', traversal: 'up', domain: 'common' },
  { name: 'endOfElaboration', traversal: 'up', domain: 'common' },
  { name: 'startOfSimulation', traversal: 'up', domain: 'common' },
  { name: 'run', traversal: 'process', domain: 'common' },
  ...RUNTIME_ROWS,
  { name: 'extract', traversal: 'up', domain: 'common' },
  { name: 'check', traversal: 'up', domain: 'common' },
  { name: 'report', traversal: 'up', domain: 'common' },
  { name: 'final', traversal: 'down', domain: 'common' },
] as const;

/** Name of one of the 21 phases of `PHASES`. */
export type PhaseName = (typeof PHASES)[number]['name'];
/** One of the twelve that go on one after the other beside `run`. */
export type RuntimePhaseName = (typeof RUNTIME_PHASES)[number];
/** A phase that takes time, and that components may object to the end of. */
export type TaskPhaseName = 'run' | RuntimePhaseName;
export type FunctionPhaseName = Exclude<PhaseName, TaskPhaseName>;

/**
 * What a phase goes through. UVM's JUMPING is not here: phases do not jump. From READY_TO_END it goes back to EXECUTING
 * when somebody objects again.
 */
export const PHASE_STATES = [
  'UNINITIALIZED',
  'DORMANT',
  'SCHEDULED',
  'SYNCING',
  'STARTED',
  'EXECUTING',
  'READY_TO_END',
  'ENDED',
  'CLEANUP',
  'DONE',
] as const;
/**
 * State of a phase, one of `PHASE_STATES`, which stand in the order in which a phase goes through them (semantics
 * §4).
 */
export type PhaseState = (typeof PHASE_STATES)[number];

export function isTaskPhase(name: PhaseName): name is TaskPhaseName {
  return name === 'run' || (RUNTIME_PHASES as readonly string[]).includes(name);
}
