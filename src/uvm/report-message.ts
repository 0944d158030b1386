// One report: its severity, its actions, and its line of text. Source: IEEE 1800.2 clause 6; semantics §6 (format).
//
//   UVM_INFO(UVM_MEDIUM) env/a.ts(12) @ 10 ns: test.env@@burst [ID] text -UVM_INFO
//
// The verbosity in parentheses and the severity at the end stand there only when they are asked for.
import { UsageError } from '#base/assert';
import { formatTime } from '#kernel/time';
import { VERBOSITY, type Verbosity } from '#record/verbosity';

/** In rising order: what a catcher moves down this list is demoted. */
export const SEVERITIES = ['info', 'warning', 'error', 'fatal'] as const;
/**
 * How grave a report is. A run with an error or a fatal report does not pass (IEEE 1800.2 clause 6; semantics §6).
 */
export type Severity = (typeof SEVERITIES)[number];

/** The text, or what builds it: called only when the report is kept. */
export type Message = string | (() => string);

/** What is done with a report: one or several, joined by `|`. UVM's numbers. */
export const ACTION = {
  NO_ACTION: 0,
  /** Give it to the sink. */
  DISPLAY: 1,
  /** Add its line to a report file. */
  LOG: 2,
  /** Count it towards the maximum quit count. */
  COUNT: 4,
  /** End the run. */
  EXIT: 8,
  /** Ask the component's `reportHook` first. */
  CALL_HOOK: 16,
  /** Stop in the debugger, if one is attached. */
  STOP: 32,
} as const;

/** UVM's actions by severity, unless a component is told otherwise. */
export const DEFAULT_ACTIONS: Readonly<Record<Severity, number>> = {
  info: ACTION.DISPLAY,
  warning: ACTION.DISPLAY,
  error: ACTION.DISPLAY | ACTION.COUNT,
  fatal: ACTION.DISPLAY | ACTION.EXIT,
};

/** One report as plain data, with what is to be done with it. */
export interface ReportMessage {
  readonly severity: Severity;
  readonly verbosity: Verbosity;
  readonly id: string;
  /** Full path of the component that reports. */
  readonly path: string;
  /** Within it: the sequence, for what a sequence reports; '' for none. */
  readonly context: string;
  /** Simulated time of the report, ps. */
  readonly timePs: number;
  readonly text: string;
  /** `file(line)` of the reporting call, or '' when unknown. */
  readonly source: string;
  /** Any of `ACTION`. */
  readonly action: number;
  /** Report file that the LOG action adds to. */
  readonly file: string;
}

/** A report whose actions hold EXIT ends the run: this leaves the process that made it. */
export class FatalReport extends UsageError {
  constructor(id: string, text: string, path: string, timePs: number) {
    super(id, text, { path, timePs });
    this.name = 'FatalReport';
  }
}

/** Reports that say that the testbench uses the framework wrongly, by id: they tell nothing about the device. */
const MISUSE_IDS: ReadonlySet<string> = new Set([
  'OVRDLOOP',
  'PH_TIMEOUT',
  'RPTCTHR',
  'SEQFINERR',
  'SEQREQZMB',
  'SEQRSPOVF',
]);

/** Whether a report of this id is the framework's own, about its use by the testbench. */
export function isMisuse(id: string): boolean {
  return MISUSE_IDS.has(id);
}

export interface LineOptions {
  /** The verbosity in parentheses after the severity. */
  readonly showVerbosity?: boolean;
  /** The severity once more at the end, for tools that look for the end of a message of many lines. */
  readonly showTerminator?: boolean;
}

/** The line in UVM's form. */
export function formatReport(message: ReportMessage, options: LineOptions = {}): string {
  const { source, timePs, path, context, id, text } = message;
  const word = severityWord(message.severity);
  const verbosity = options.showVerbosity === true ? `(${verbosityWord(message.verbosity)})` : '';
  const where = source === '' ? '' : `${source} `;
  const who = context === '' ? path : `${path}@@${context}`;
  const end = options.showTerminator === true ? ` -${word}` : '';
  return `${word}${verbosity} ${where}@ ${formatTime(timePs)}: ${who} [${id}] ${text}${end}`;
}

/** `UVM_ERROR`. */
export function severityWord(severity: Severity): string {
  return `UVM_${severity.toUpperCase()}`;
}

/** `UVM_MEDIUM`, or the number when it has no name. */
function verbosityWord(verbosity: Verbosity): string {
  for (const [name, value] of Object.entries(VERBOSITY)) {
    if (value === verbosity) return `UVM_${name}`;
  }
  return String(verbosity);
}

/** `DISPLAY COUNT`, in UVM's order; `NO ACTION` for none. */
export function formatAction(action: number): string {
  const words = (['DISPLAY', 'LOG', 'COUNT', 'CALL_HOOK', 'EXIT', 'STOP'] as const).filter(
    (word) => (action & ACTION[word]) !== 0,
  );
  return words.length === 0 ? 'NO ACTION' : words.join(' ');
}
