// The report server: carries out the reports of one testbench and counts them. Source: IEEE 1800.2 clause 6; semantics §6.
//
//   report -> above the verbosity? -> severity override -> hook -> catchers -> display, log, count, exit, stop
//
// Nothing is written here: the caller gives a sink, or reads the collected messages after the run. A message below every
// verbosity that was set costs one comparison; a message given as a function is built only when it is kept.
import { assert } from '#base/assert';
import { VERBOSITY, type Verbosity } from '#record/verbosity';
import { PathPattern } from './path-pattern.ts';
import { CaughtReport, ReportCatchers } from './report-catcher.ts';
import { ReportHandler } from './report-handler.ts';
import { ReportLog } from './report-log.ts';
import {
  ACTION,
  FatalReport,
  formatReport,
  type Message,
  type ReportMessage,
  type Severity,
} from './report-message.ts';
import { ReportSettings, SettingsLog, type ReportSetting } from './report-settings.ts';
import { catcherSummary, reportSummary } from './report-summary.ts';
import { sourceLine } from './source-line.ts';

export { VERBOSITY, type Verbosity };
export { ACTION, FatalReport, formatReport } from './report-message.ts';
export type { Message, ReportMessage, Severity } from './report-message.ts';

/** Messages of one severity kept for reading; more are counted and given to the sink only. */
export const MESSAGES_MAX = 10_000;

/** Who speaks when no component does: UVM's root. */
const ROOT = 'reporter';

/** How a report server is made; all of it has a default. */
export interface ReportOptions {
  /** Default MEDIUM. */
  readonly verbosity?: Verbosity;
  /** Gets each message as it is displayed, with its line. */
  readonly sink?: (message: ReportMessage, line: string) => void;
  /** Counted reports (errors, unless actions say otherwise) after which the run ends; 0: no maximum. */
  readonly quitCount?: number;
}

interface Clock {
  readonly nowPs: number;
}

/** What a report says, beside who says it. */
interface Said {
  readonly severity: Severity;
  readonly id: string;
  readonly message: Message;
  readonly verbosity: Verbosity;
  readonly context: string;
  /** Default: looked up. */
  readonly source?: string;
}

/**
 * Carries out the reports of one testbench and counts them: verbosity, severity overrides, hook, catchers, then the
 * actions (IEEE 1800.2 clause 6.5; semantics §6).
 */
export class ReportServer {
  /** Gets each report with the DISPLAY action, with its line; undefined: nothing is displayed. */
  sink: ((message: ReportMessage, line: string) => void) | undefined;
  /** Makes the line of a report; default UVM's. The place of an overridden `compose_report_message`. */
  composer: (message: ReportMessage) => string = (message) => formatReport(message, this);
  /** The verbosity stands in the line. */
  showVerbosity = false;
  /** The severity stands once more at the end of the line. */
  showTerminator = false;
  /** The summary has the counts by id. */
  showIdCounts = true;
  /** What the STOP action does: stops in the debugger, if one is attached. */
  stop: () => void = breakHere;
  /** Gets the report that ends the run, before it is thrown: so that a process that catches it does not go on. */
  onExit: ((fatal: FatalReport) => void) | undefined;
  /** The report catchers, in order: `catchers.add(catcher, { on, order })`. */
  readonly catchers = new ReportCatchers();
  /** Everything that was carried out, the first `MESSAGES_MAX` of each severity. */
  readonly messages: ReportMessage[] = [];
  /** A message above it is dropped whoever says it: the one comparison that a silent info costs. */
  verbosityCeiling: Verbosity;
  private verbosityNow: Verbosity;
  private quitCountNow = 0;
  private quitCountLimit: number;
  private isQuitCountFixed = false;
  private exited: FatalReport | undefined = undefined;
  private readonly clock: Clock;
  private readonly settings = new SettingsLog();
  private readonly handlers = new Map<string, ReportHandler>();
  private readonly logFiles = new Map<string, ReportLog>();
  private readonly severityCounts = { info: 0, warning: 0, error: 0, fatal: 0 };
  private readonly idCounts = new Map<string, number>();

  constructor(clock: Clock, options: ReportOptions = {}) {
    this.clock = clock;
    this.verbosityNow = options.verbosity ?? VERBOSITY.MEDIUM;
    this.verbosityCeiling = this.verbosityNow;
    this.sink = options.sink;
    this.quitCountLimit = Math.max(0, options.quitCount ?? 0);
  }

  // --- settings ---

  /** Of every component that has none of its own. */
  get verbosity(): Verbosity {
    return this.verbosityNow;
  }

  set verbosity(verbosity: Verbosity) {
    this.verbosityNow = verbosity;
    this.raiseCeiling();
  }

  /** Settings for the components whose path matches, those that are built later included. @throws UsageError `bad-pattern`. */
  at(pattern: string): ReportSettings {
    return new ReportSettings(new PathPattern(pattern), (to, setting) => this.accept(to, setting));
  }

  /** The handler of one component. */
  handlerOf(path: string): ReportHandler {
    const known = this.handlers.get(path);
    if (known !== undefined) return known;
    const handler = new ReportHandler(path);
    for (const setting of this.settings.of(path)) handler.apply(setting);
    this.handlers.set(path, handler);
    return handler;
  }

  /**
   * Ends the run after so many counted reports; 0: never. A call that says `isOverridable = false` is the last word:
   * later ones are answered with an info NOMAXQUITOVR.
   */
  setMaxQuitCount(count: number, isOverridable = true): void {
    if (this.isQuitCountFixed) {
      const message =
        `The max quit count setting of ${this.quitCountLimit} is not overridable to ${count} ` +
        'due to a previous setting.';
      this.info(ROOT, 'NOMAXQUITOVR', message, VERBOSITY.NONE);
      return;
    }
    this.quitCountLimit = Math.max(0, count);
    this.isQuitCountFixed = !isOverridable;
  }

  // --- reporting ---

  /** Reports an info unless its verbosity is above that of the component. */
  info(path: string, id: string, message: Message, verbosity: Verbosity = VERBOSITY.MEDIUM): void {
    if (verbosity > this.verbosityCeiling) return;
    this.say(path, { severity: 'info', id, message, verbosity, context: '' });
  }

  /** Reports with verbosity NONE. @throws FatalReport when the actions hold EXIT, as those of a fatal do. */
  report(severity: Severity, path: string, id: string, message: Message): void {
    this.say(path, { severity, id, message, verbosity: VERBOSITY.NONE, context: '' });
  }

  /** Everything a report can say. @throws FatalReport when its actions hold EXIT. */
  say(path: string, said: Said): void {
    const { id, message, verbosity } = said;
    const handler = this.handlerOf(path);
    if (verbosity > (handler.verbosityOf(said.severity, id) ?? this.verbosityNow)) return;
    const severity = handler.severityOf(said.severity, id);
    const action = handler.actionOf(severity, id);
    // A catcher may give it another action; without one there is nothing to do, nor to build.
    if (action === ACTION.NO_ACTION && this.catchers.count === 0) return;
    const text = typeof message === 'string' ? message : message();
    const source = said.source ?? sourceLine('/src/uvm/');
    const file = handler.fileOf(severity, id);
    const { context } = said;
    const timePs = this.clock.nowPs;
    const made = { severity, verbosity, id, path, context, timePs, text, source, action, file };
    if ((action & ACTION.CALL_HOOK) !== 0 && handler.hook?.(made) === false) return;
    if (this.catchers.count === 0) this.carryOut(made);
    else this.carryOutUncaught(made, handler);
  }

  // --- counts ---

  /** Reports carried out with this severity. */
  count(severity: Severity): number {
    return this.severityCounts[severity];
  }

  /** Reports carried out with this id. */
  countOfId(id: string): number {
    return this.idCounts.get(id) ?? 0;
  }

  /** Reports with the COUNT action since there is a maximum: as in UVM, nothing is counted without one. */
  get quitCount(): number {
    return this.quitCountNow;
  }

  /** Counted reports after which the run ends; 0: no maximum. */
  get quitCountMax(): number {
    return this.quitCountLimit;
  }

  /** @throws FatalReport once a report has ended the run, whoever has caught it meanwhile. */
  throwIfExited(): void {
    if (this.exited !== undefined) throw this.exited;
  }

  /** Whether as many reports have been counted as the maximum allows. */
  get isQuitCountReached(): boolean {
    return this.quitCountLimit > 0 && this.quitCountNow >= this.quitCountLimit;
  }

  /** Report files by name, as far as the LOG action has added to them. */
  get logs(): ReadonlyMap<string, ReportLog> {
    return this.logFiles;
  }

  // --- summary ---

  /** The report summary in UVM's form. */
  summary(): string {
    return reportSummary({
      bySeverity: this.severityCounts,
      byId: this.idCounts,
      quitCount: this.quitCountNow,
      quitCountMax: this.quitCountLimit,
      hasIds: this.showIdCounts,
    });
  }

  /** Reports the summaries as UVM does: an info each, that of the catchers first, if one has seen a report. */
  reportSummary(): void {
    const { catchers } = this;
    if (catchers.wasCalled) {
      const message = catcherSummary(catchers.demoted, catchers.caught);
      this.sayAsRoot('UVM/REPORT/CATCHER', message, VERBOSITY.LOW);
    }
    this.sayAsRoot('UVM/REPORT/SERVER', this.summary(), VERBOSITY.NONE);
  }

  private sayAsRoot(id: string, message: string, verbosity: Verbosity): void {
    this.say(ROOT, { severity: 'info', id, message, verbosity, context: '', source: '' });
  }

  /** Displayed at any verbosity, or the run would end for no reason that is seen; UVM has no such report: not counted. */
  private sayQuitCount(): void {
    if (this.exited !== undefined) return;
    const made: ReportMessage = {
      severity: 'info',
      verbosity: VERBOSITY.NONE,
      id: 'MAXQUIT',
      path: ROOT,
      context: '',
      timePs: this.clock.nowPs,
      text: `Quit count reached: ${this.quitCountNow} of ${this.quitCountLimit}; the run ends.`,
      source: '',
      action: ACTION.DISPLAY,
      file: '',
    };
    this.sink?.(made, this.composer(made));
  }

  private accept(pattern: PathPattern, setting: ReportSetting): void {
    this.settings.add(pattern, setting);
    for (const handler of this.handlers.values()) {
      if (pattern.matches(handler.path)) handler.apply(setting);
    }
    if (setting.kind === 'verbosity') this.raiseCeiling();
  }

  private raiseCeiling(): void {
    this.verbosityCeiling = Math.max(this.verbosityNow, this.settings.verbosityMax());
  }

  private carryOutUncaught(made: ReportMessage, handler: ReportHandler): void {
    const report = new CaughtReport(made, (message) => this.carryOut(message));
    const isThrown = this.catchers.process(report, handler, (catcher) =>
      this.report(
        'error',
        made.path,
        'RPTCTHR',
        `catcher '${catcher.name}' gives back neither 'throw' nor 'caught'`,
      ),
    );
    if (isThrown) this.carryOut(report.snapshot());
  }

  /** Does what the actions of a report say, in UVM's order. */
  private carryOut(made: ReportMessage): void {
    const { severity, id, file } = made;
    let { action } = made;
    if (action === ACTION.NO_ACTION) return;
    this.severityCounts[severity]++;
    this.idCounts.set(id, (this.idCounts.get(id) ?? 0) + 1);
    if (this.severityCounts[severity] <= MESSAGES_MAX) this.messages.push(made);
    if ((action & (ACTION.DISPLAY | ACTION.LOG)) !== 0) {
      const line = this.composer(made);
      if ((action & ACTION.DISPLAY) !== 0) this.sink?.(made, line);
      if ((action & ACTION.LOG) !== 0) this.logOf(file).add(line);
    }
    if ((action & ACTION.COUNT) !== 0 && this.quitCountLimit > 0) {
      this.quitCountNow++;
      if (this.isQuitCountReached && (action & ACTION.EXIT) === 0) {
        action |= ACTION.EXIT;
        this.sayQuitCount();
      }
    }
    if ((action & ACTION.EXIT) !== 0) this.exit(made);
    if ((action & ACTION.STOP) !== 0) this.stop();
  }

  /** The run is over. What is reported while its processes are unwound does not end it a second time. */
  private exit({ id, text, path, timePs }: ReportMessage): void {
    if (this.exited !== undefined) return;
    this.exited = new FatalReport(id, text, path, timePs);
    this.onExit?.(this.exited);
    throw this.exited;
  }

  private logOf(file: string): ReportLog {
    assert(file !== '', 'a report file has a name');
    let log = this.logFiles.get(file);
    if (log === undefined) {
      log = new ReportLog();
      this.logFiles.set(file, log);
    }
    return log;
  }
}

/** What `$stop` is to a simulator: with `node --inspect-brk` the debugger halts here, the report being two frames up. */
function breakHere(): void {
  // oxlint-disable-next-line no-debugger
  debugger;
}
