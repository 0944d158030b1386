// From what happened in a run to its verdict. Source: design decision 8: FAIL, the device broke a rule; ERROR, no verdict.
import { UsageError } from '#base/assert';
import { DutError } from '#dut/dut-port';
import type { ErrorRecord, FailureRecord, Verdict } from '#record/run-record';
import { RunError, type RunErrorCode } from './run-error.ts';

/** Codes of usage errors that are an ERROR of their own. */
const CODE_OF_USAGE: Readonly<Record<string, RunErrorCode>> = {
  'solve-failed': 'solve-failed',
  unsatisfiable: 'solve-failed',
  'time-stuck': 'tb-hung',
  PH_TIMEOUT: 'tb-hung',
};
const CAUSES_MAX = 8;

/** What an exception that ended a run means. */
export function errorRecord(thrown: unknown): ErrorRecord {
  const root = rootCause(thrown);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (root instanceof DutError || root instanceof RunError) {
    return { code: root.code, message: root.message, detail: root.detail };
  }
  const detail = root instanceof Error ? (root.stack ?? '') : '';
  const code = root instanceof UsageError ? CODE_OF_USAGE[root.code] : undefined;
  return { code: code ?? 'tb-exception', message, detail };
}

/** The exception under those that only say in which process it was thrown. */
function rootCause(thrown: unknown): unknown {
  let cause = thrown;
  for (let depth = 0; depth < CAUSES_MAX; depth++) {
    if (!(cause instanceof Error) || cause.cause === undefined) return cause;
    cause = cause.cause;
  }
  return cause;
}

/** A broken rule is a verdict, whatever went wrong after it. */
export function verdictOf(
  failures: readonly FailureRecord[],
  error: ErrorRecord | null,
  skipReason: string | undefined,
): Verdict {
  if (failures.length > 0) return 'FAIL';
  if (error !== null) return 'ERROR';
  return skipReason === undefined ? 'PASS' : 'SKIP';
}
