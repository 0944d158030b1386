// Messages between the command and its worker processes. Source: design, "Worker".
import type { RunRecord } from '#record/run-record';
import type { RunSpec } from './run-spec.ts';

/** To a worker. */
export interface WorkerRequest {
  readonly kind: 'run';
  readonly spec: RunSpec;
  /** Also for a run that passed: operations and everything else, not only what is summed up. */
  readonly isWhole: boolean;
}

/** From a worker: it has loaded the configuration; or a run is over. */
export type WorkerReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly record: RunRecord };
