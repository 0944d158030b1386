// Report catchers: see each report of a component, or of all, before it is carried out; may change it, and may catch it.
// Source: IEEE 1800.2 clause 6.6; semantics §6.
//
//   class KnownTimeout extends ReportCatcher {
//     override catch(report: CaughtReport): CatchResult {
//       if (report.id !== 'TIMEOUT') return 'throw';
//       report.severity = 'info';                             // demoted: counted in the summary
//       return 'throw';                                       // 'caught': it goes no further
//     }
//   }
//   reports.catchers.add(new KnownTimeout(), { on: 'test.env.**', order: 'prepend' });
// A broken rule stays broken: a catcher changes what is said of it, never the verdict.
import type { Verbosity } from '#record/verbosity';
import { CallbackList } from './callback-list.ts';
import type { ReportHandler } from './report-handler.ts';
import { SEVERITIES, type ReportMessage, type Severity } from './report-message.ts';

/** `throw`: on to the next catcher, then carried out. `caught`: nothing more is done with it. */
export type CatchResult = 'throw' | 'caught';

/**
 * Sees each report of the components for which it is registered before the report is carried out; may change it, and
 * may catch it (IEEE 1800.2 clause 6.6). It changes what is said, never the verdict of a rule.
 */
export abstract class ReportCatcher {
  /** For messages; default: the class. */
  readonly name: string;

  constructor(name?: string) {
    this.name = name ?? this.constructor.name;
  }

  /** Looks at a report and may change it. What it reports itself passes by all catchers. */
  abstract catch(report: CaughtReport): CatchResult;
}

/** Fields a catcher may change. */
interface Changeable {
  severity: Severity;
  verbosity: Verbosity;
  id: string;
  text: string;
  action: number;
}

/** A report on its way through the catchers. */
export class CaughtReport implements ReportMessage, Changeable {
  severity: Severity;
  verbosity: Verbosity;
  id: string;
  text: string;
  readonly path: string;
  readonly context: string;
  readonly timePs: number;
  readonly source: string;
  readonly file: string;
  /** A catcher set the action itself. */
  isActionSet = false;
  private actionNow: number;
  private readonly carryOut: (report: ReportMessage) => void;

  /** Made by the report server. */
  constructor(message: ReportMessage, carryOut: (report: ReportMessage) => void) {
    this.severity = message.severity;
    this.verbosity = message.verbosity;
    this.id = message.id;
    this.text = message.text;
    this.path = message.path;
    this.context = message.context;
    this.timePs = message.timePs;
    this.source = message.source;
    this.file = message.file;
    this.actionNow = message.action;
    this.carryOut = carryOut;
  }

  /** Any of `ACTION`. Where only the severity is changed, the action follows it. */
  get action(): number {
    return this.actionNow;
  }

  set action(action: number) {
    this.actionNow = action;
    this.isActionSet = true;
  }

  /** Carries the report out as it is now, beside what becomes of it afterwards. */
  issue(): void {
    this.carryOut(this.snapshot());
  }

  /** As plain data. */
  snapshot(): ReportMessage {
    const { severity, verbosity, id, path, context, timePs, text, source, action, file } = this;
    return { severity, verbosity, id, path, context, timePs, text, source, action, file };
  }

  /** For the server: the severity was changed, the action was not. */
  followSeverity(action: number): void {
    this.actionNow = action;
  }

  /** For the server: makes severity, verbosity, id, text and action what they are in `to`. */
  restore(to: ReportMessage): void {
    this.severity = to.severity;
    this.verbosity = to.verbosity;
    this.id = to.id;
    this.text = to.text;
    this.actionNow = to.action;
  }
}

type Counted = Exclude<Severity, 'info'>;
export type CatcherCounts = Readonly<Record<Counted, number>>;

/** The catchers of one report server, and what they did. */
export class ReportCatchers extends CallbackList<ReportCatcher> {
  /** Debugging: what a catcher catches goes on all the same. */
  doNotCatch = false;
  /** Debugging: what a catcher changes is put back. */
  doNotModify = false;
  /** A catcher has seen a report. */
  wasCalled = false;
  /** Reports that went on with a lower severity, by the severity they came with. */
  readonly demoted = { warning: 0, error: 0, fatal: 0 };
  /** Reports that were caught, by the severity they came with. */
  readonly caught = { warning: 0, error: 0, fatal: 0 };
  private isCatching = false;

  constructor() {
    super('report catchers');
  }

  /**
   * Takes a report through its catchers. @returns false when it was caught.
   * @param onBadResult a catcher gave back neither word.
   */
  process(
    report: CaughtReport,
    handler: ReportHandler,
    onBadResult: (catcher: ReportCatcher) => void,
  ): boolean {
    if (this.count === 0 || this.isCatching) return true;
    const { severity } = report;
    this.isCatching = true;
    let isThrown = true;
    try {
      for (const catcher of this.of({ fullPath: report.path })) {
        this.wasCalled = true;
        isThrown = this.ask(catcher, report, handler, onBadResult);
        if (!isThrown) break;
      }
    } finally {
      this.isCatching = false;
    }
    if (severity !== 'info') {
      if (!isThrown) this.caught[severity]++;
      if (rank(report.severity) < rank(severity)) this.demoted[severity]++;
    }
    return isThrown;
  }

  /** Asks one catcher; false when it caught the report. */
  private ask(
    catcher: ReportCatcher,
    report: CaughtReport,
    handler: ReportHandler,
    onBadResult: (catcher: ReportCatcher) => void,
  ): boolean {
    const before = report.snapshot();
    report.isActionSet = false;
    const result: unknown = catcher.catch(report);
    if (result !== 'throw' && result !== 'caught') onBadResult(catcher);
    if (this.doNotModify) report.restore(before);
    const isDefault = report.action === handler.actionOfSeverity(before.severity);
    if (report.severity !== before.severity && !report.isActionSet && isDefault) {
      report.followSeverity(handler.actionOfSeverity(report.severity));
    }
    return result !== 'caught' || this.doNotCatch;
  }
}

function rank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}
