// Reports: severities, verbosity, identifiers, counts. Source: semantics §6 (format).
//
// Nothing is printed here: the caller gives a sink, or reads the collected messages after the run.
// A message below the verbosity costs one comparison; a message given as a function is built only
// when it is kept.
import { UsageError } from '#base/assert';
import { formatTime } from '#kernel/time';
import { VERBOSITY, type Verbosity } from '#record/verbosity';
import { sourceLine } from './source-line.ts';

export { VERBOSITY, type Verbosity };

export type Severity = 'info' | 'warning' | 'error' | 'fatal';

export type Message = string | (() => string);

/** Messages of one severity kept for reading; more are counted and given to the sink only. */
export const MESSAGES_MAX = 10_000;

export interface ReportMessage {
  readonly severity: Severity;
  readonly verbosity: Verbosity;
  readonly id: string;
  /** Full path of the component that reports. */
  readonly path: string;
  readonly timePs: number;
  readonly text: string;
  /** `file(line)` of the reporting call, or '' when unknown. */
  readonly source: string;
}

/** A report of severity fatal ends the run: this leaves the process that made it. */
export class FatalReport extends UsageError {
  constructor(id: string, text: string, path: string, timePs: number) {
    super(id, text, { path, timePs });
    this.name = 'FatalReport';
  }
}

export interface ReportOptions {
  /** Default MEDIUM. */
  readonly verbosity?: Verbosity;
  /** Gets each message as it is made. */
  readonly sink?: (message: ReportMessage) => void;
  /** Errors after which `isQuitCountReached` says so; 0: no maximum. */
  readonly quitCount?: number;
}

interface Clock {
  readonly nowPs: number;
}

export class ReportServer {
  verbosity: Verbosity;
  sink: ((message: ReportMessage) => void) | undefined;
  /** Errors after which the quit count is reached; 0: no maximum. */
  quitCountMax: number;
  readonly messages: ReportMessage[] = [];
  private readonly clock: Clock;
  private readonly severityCounts = { info: 0, warning: 0, error: 0, fatal: 0 };
  private readonly idCounts = new Map<string, number>();

  constructor(clock: Clock, options: ReportOptions = {}) {
    this.clock = clock;
    this.verbosity = options.verbosity ?? VERBOSITY.MEDIUM;
    this.sink = options.sink;
    this.quitCountMax = options.quitCount ?? 0;
  }

  /** Reports an info unless its verbosity is above the server's. */
  info(path: string, id: string, message: Message, verbosity: Verbosity = VERBOSITY.MEDIUM): void {
    if (verbosity <= this.verbosity) this.keep('info', verbosity, [path, id, message]);
  }

  /**
   * Reports what is shown whatever the verbosity. Fatal does not throw here: `Component.fatal`
   * does.
   */
  report(severity: Severity, path: string, id: string, message: Message): void {
    this.keep(severity, VERBOSITY.NONE, [path, id, message]);
  }

  count(severity: Severity): number {
    return this.severityCounts[severity];
  }

  countOfId(id: string): number {
    return this.idCounts.get(id) ?? 0;
  }

  /** Errors and fatals so far: UVM's quit count. */
  get quitCount(): number {
    return this.severityCounts.error + this.severityCounts.fatal;
  }

  get isQuitCountReached(): boolean {
    return this.quitCountMax > 0 && this.quitCount >= this.quitCountMax;
  }

  /** The summary in UVM's form, with its widths: log scrapers look for `UVM_ERROR :    0`. */
  summary(): string {
    const lines = ['', '--- UVM Report Summary ---', ''];
    if (this.isQuitCountReached) lines.push('Quit count reached!');
    if (this.quitCountMax > 0) {
      lines.push(`Quit count : ${wide(this.quitCount)} of ${wide(this.quitCountMax)}`);
    }
    lines.push('** Report counts by severity');
    for (const severity of ['info', 'warning', 'error', 'fatal'] as const) {
      lines.push(`${severityWord(severity)} :${wide(this.severityCounts[severity])}`);
    }
    lines.push('** Report counts by id');
    for (const id of [...this.idCounts.keys()].toSorted(byCodeUnit)) {
      lines.push(`[${id}] ${wide(this.countOfId(id))}`);
    }
    return `${lines.join('\n')}\n`;
  }

  /** Reports the summary as UVM does: an info of its own. */
  reportSummary(): void {
    this.report('info', 'reporter', 'UVM/REPORT/SERVER', this.summary());
  }

  private keep(
    severity: Severity,
    verbosity: Verbosity,
    said: readonly [string, string, Message],
  ): void {
    const [path, id, message] = said;
    const text = typeof message === 'string' ? message : message();
    this.severityCounts[severity]++;
    this.idCounts.set(id, (this.idCounts.get(id) ?? 0) + 1);
    const source = sourceLine('/src/uvm/');
    const { nowPs } = this.clock;
    const made: ReportMessage = { severity, verbosity, id, path, timePs: nowPs, text, source };
    if (this.severityCounts[severity] <= MESSAGES_MAX) this.messages.push(made);
    this.sink?.(made);
  }
}

/** One line in UVM's form: `UVM_INFO env/a.ts(12) @ 10 ns: test.env [ID] text`. */
export function formatReport(message: ReportMessage): string {
  const { severity, source, timePs, path, id, text } = message;
  const where = source === '' ? '' : `${source} `;
  const when = formatTime(timePs);
  return `${severityWord(severity)} ${where}@ ${when}: ${path} [${id}] ${text}`;
}

function severityWord(severity: Severity): string {
  return `UVM_${severity.toUpperCase()}`;
}

function wide(count: number): string {
  return String(count).padStart(5);
}

function byCodeUnit(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
