// Messages between the command and its worker processes. Source: design, "Worker". Coverage travels packed: the names of all
// bins once per worker, counts with each run.
import type { PackedCoverage } from '#cover/database/packed-coverage';
import type { RunRecord } from '#record/run-record';
import type { RunSpec } from './run-spec.ts';

/** To a worker. `isWhole`: also for a run that passed all of its record, not only what is summed up. */
export type WorkerRequest =
  | { readonly kind: 'run'; readonly spec: RunSpec; readonly isWhole: boolean }
  | { readonly kind: 'end' };

/** The run has started a device in a process group of its own; null: that has gone. */
export interface WorkerDevice {
  readonly kind: 'device';
  readonly pid: number | null;
}

/** From a worker: it has loaded the configuration; or a run is over. */
export type WorkerReply =
  | { readonly kind: 'ready' }
  | WorkerDevice
  | {
      readonly kind: 'done';
      readonly record: Omit<RunRecord, 'coverage'>;
      readonly coverage: PackedCoverage;
    };
