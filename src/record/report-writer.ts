// What a report writer is: pure functions from a record to files. Source: design, rooms (`reports/`): writers see only the
// record and return files; the command writes them. No wall-clock time may come into a file but from `wall`.
import type { RegressionRecord } from './regression-record.ts';
import type { RunRecord } from './run-record.ts';

/** One file. `path` is relative to the folder of the regression (or of the run); STANDARD_OUTPUT is printed instead. */
export interface ReportFile {
  readonly path: string;
  /** The whole text of the file. */
  readonly content: string;
}

/** Path of what goes to the terminal. */
export const STANDARD_OUTPUT = '-';

/** Makes files from records; pure, so that what it writes can be compared byte for byte. */
export interface ReportWriter {
  /** What messages call the writer: `junit`. */
  readonly name: string;
  /** Files of the whole regression. */
  writeRegression?(record: RegressionRecord): readonly ReportFile[];
  /** Files of one run that did not pass, in its own folder. */
  writeRun?(record: RunRecord, rules: readonly RuleInfo[]): readonly ReportFile[];
}

/** A rule, as reports name it. */
export interface RuleInfo {
  readonly id: string;
  readonly sentence: string;
  readonly source: string;
  /** What the rule rests on: PCIe, SIOV, inferred, SRD. */
  readonly basis: string;
}
