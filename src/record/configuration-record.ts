// What was drawn for the runs of a regression, as columns: the swarm of each run, and the parameters that the device had. Plain
// data of a `ridgeline.regression/1`. Source: design decision 9 (swarm), "Parameters". Columns, because ten thousand runs with
// sixty names each would otherwise write every name ten thousand times.
import type { ParamValue } from './run-record.ts';

export interface ConfigurationRecord {
  /** Drawn from the seed before the first operation. */
  readonly swarm: readonly ConfigurationColumn[];
  /** As the device said that it has them. */
  readonly parameters: readonly ConfigurationColumn[];
}

export interface ConfigurationColumn {
  readonly name: string;
  /** One per run, in the order of `runs`, null where a run has no such value; or a single one, which all runs have. */
  readonly values: readonly (ParamValue | null)[];
}
