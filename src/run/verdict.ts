// From what happened in a run to its verdict. Source: design decision 8: FAIL, the device broke a rule; ERROR, no verdict.
import { fileURLToPath } from 'node:url';
import { UsageError } from '#base/assert';
import { nearestFrame } from '#base/source-frame';
import { DutError } from '#dut/dut-port';
import { ProcessError } from '#kernel/process';
import type { ErrorRecord, FailureRecord, Verdict } from '#record/run-record';
import { FatalReport, isMisuse, type ReportMessage } from '#uvm/report-message';
import { RunError, type RunErrorCode } from './run-error.ts';

/** Codes of usage errors that are an ERROR of their own. */
const CODE_OF_USAGE: Readonly<Record<string, RunErrorCode>> = {
  'solve-failed': 'solve-failed',
  unsatisfiable: 'solve-failed',
  'time-stuck': 'tb-hung',
  PH_TIMEOUT: 'tb-hung',
};
const CAUSES_MAX = 8;
/** What is thrown in the framework is thrown for the testbench that called it. */
const FRAMEWORK_FOLDER = fileURLToPath(new URL('..', import.meta.url));

/** What an exception that ended a run means: its own message, and where in the testbench it was thrown. */
export function errorRecord(thrown: unknown): ErrorRecord {
  const root = rootCause(thrown);
  if (root instanceof DutError || root instanceof RunError) {
    return { code: root.code, message: root.message, detail: root.detail };
  }
  const detail = root instanceof Error ? (root.stack ?? '') : '';
  const code = root instanceof UsageError ? codeOfUsage(root.code) : 'tb-exception';
  return { code, message: messageOf(thrown, code), detail };
}

/** What the framework reported about its use by the testbench. */
export function misuseRecord({ id, path, text, source }: ReportMessage): ErrorRecord {
  const at = source === '' ? '' : `\n  at ${source}`;
  return { code: 'tb-misuse', message: `${path}: [${id}] ${text}${at}`, detail: '' };
}

/** The report with which a run ended, if an exception is one. */
export function fatalReportOf(thrown: unknown): FatalReport | undefined {
  const root = rootCause(thrown);
  return root instanceof FatalReport ? root : undefined;
}

function codeOfUsage(id: string): RunErrorCode {
  return CODE_OF_USAGE[id] ?? (isMisuse(id) ? 'tb-misuse' : 'tb-exception');
}

/** The process, UVM's id or the code of a usage error where the record's own code does not say it, the text, the place. */
function messageOf(thrown: unknown, code: RunErrorCode): string {
  const process = thrown instanceof ProcessError ? `${thrown.processName}: ` : '';
  const own = thrown instanceof ProcessError ? thrown.cause : thrown;
  const id = own instanceof UsageError && code.startsWith('tb-') ? `[${own.code}] ` : '';
  if (!(own instanceof Error)) return `${process}${String(own)}`;
  const source = nearestFrame(own.stack ?? '', FRAMEWORK_FOLDER);
  return `${process}${id}${own.message}${source === '' ? '' : `\n  at ${source}`}`;
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

/** A broken rule is a verdict, whatever went wrong beside it. */
export function verdictOf(
  failures: readonly FailureRecord[],
  error: ErrorRecord | null,
  skipReason: string | undefined,
): Verdict {
  if (failures.length > 0) return 'FAIL';
  if (error !== null) return 'ERROR';
  return skipReason === undefined ? 'PASS' : 'SKIP';
}
