// The phases of one testbench, by name, with what holds for all of them. Source: semantics §4; IEEE 1800.2 clause 9.
import { UsageError } from '#base/assert';
import { suggest } from '#base/suggest';
import type { ObjectionContext } from './objections.ts';
import { Phase } from './phase.ts';
import { PHASES, type PhaseName } from './phase-table.ts';

/** The 21 phases of one testbench: the place to look one up, to set time-outs, and to trace. */
export class Phases {
  /** In order. */
  readonly all: readonly Phase[];
  /** Reports what each phase does (`PH/TRC/STRT`, `PH/TRC/SKIP`, `PH/TRC/DONE`, `PH_READY_TO_END`): UVM's +UVM_PHASE_TRACE. */
  isTracing = false;
  private readonly byName: ReadonlyMap<string, Phase>;

  /** Made with the testbench. */
  constructor(context: ObjectionContext) {
    this.all = PHASES.map(({ name }) => new Phase(context, name));
    this.byName = new Map(this.all.map((phase) => [phase.name, phase]));
  }

  /** @throws UsageError `no-phase`, with the nearest name. */
  get(name: PhaseName): Phase {
    const phase = this.byName.get(name);
    if (phase !== undefined) return phase;
    const known = PHASES.map((row) => row.name);
    throw new UsageError('no-phase', `there is no phase '${name}'${suggest(name, known)}`, {
      hint: `Phases are ${known.join(', ')}.`,
    });
  }

  /** The phases that take time. */
  get tasks(): readonly Phase[] {
    return this.all.filter((phase) => phase.isTask);
  }

  /** The time-out of all phases that take time, ps: UVM's set_timeout. @throws UsageError `bad-timeout`. */
  setTimeout(timeoutPs: number): void {
    for (const phase of this.tasks) phase.timeoutPs = timeoutPs;
  }

  /** Reports each raise and drop of every phase: UVM's +UVM_OBJECTION_TRACE. */
  traceObjections(isOn: boolean): void {
    for (const phase of this.tasks) phase.objections.isTracing = isOn;
  }
}
