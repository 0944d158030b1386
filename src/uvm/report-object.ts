// What a component is for its reports: it makes them, and says what is to be done with them. Source: IEEE 1800.2 clauses 6.3
// (uvm_report_object) and 13.1.8 (the hierarchical settings); semantics §6.
//
// The `…Hier` settings reach the component and everything below it, what is built later included; of two settings that reach
// the same component the later one counts.
import { VERBOSITY, type Verbosity } from '#record/verbosity';
import { FatalReport, type Message, type ReportMessage, type Severity } from './report-message.ts';
import type { ReportSettings } from './report-settings.ts';
import type { Testbench } from './testbench.ts';

/**
 * What a component is for its reports: it makes them, and says which are dropped, which become others, and what is
 * done with them. Of settings for one report, that for its severity and id wins over that for the id, that over that
 * for the severity (IEEE 1800.2 clauses 6.3, 6.4).
 */
export abstract class ReportObject {
  abstract readonly fullPath: string;
  abstract readonly testbench: Testbench;

  /** Default verbosity MEDIUM. A message given as a function is built only when it is kept. */
  info(id: string, message: Message, verbosity: Verbosity = VERBOSITY.MEDIUM): void {
    const { reports } = this.testbench;
    if (verbosity <= reports.verbosityCeiling) reports.info(this.fullPath, id, message, verbosity);
  }

  /**
   * Reports something doubtful, with verbosity NONE.
   * @throws FatalReport when its actions hold EXIT; by default they do not.
   */
  warning(id: string, message: Message): void {
    this.testbench.reports.report('warning', this.fullPath, id, message);
  }

  /**
   * A run with an error report does not pass. What the device does wrong is better said by a rule.
   * @throws FatalReport when it is the one too many for the maximum quit count.
   */
  error(id: string, message: Message): void {
    this.testbench.reports.report('error', this.fullPath, id, message);
  }

  /**
   * Ends the run. One that a catcher caught or demoted still leaves the calling process: nothing after the call runs, and
   * the compiler knows it. `report('fatal', …)` goes on in that case.
   * @throws FatalReport always.
   */
  fatal(id: string, message: Message): never {
    const text = typeof message === 'string' ? message : message();
    this.testbench.reports.report('fatal', this.fullPath, id, text);
    throw new FatalReport(id, text, this.fullPath, this.testbench.kernel.nowPs);
  }

  /**
   * Reports with any severity, where it is chosen at run time.
   * @throws FatalReport when the actions hold EXIT after overrides and catchers.
   */
  report(severity: Severity, id: string, message: Message): void {
    this.testbench.reports.report(severity, this.fullPath, id, message);
  }

  /** Asked before a report with the CALL_HOOK action is carried out: false drops it. For overriding. */
  reportHook(_report: ReportMessage): boolean {
    return true;
  }

  // --- settings, by UVM's names ---

  /**
   * Drops infos of this component above `level`: 0 (NONE) to 500 (DEBUG), names in `VERBOSITY`. Default: the level of
   * the run.
   */
  setReportVerbosityLevel(level: Verbosity): void {
    this.reportSettings.setVerbosityLevel(level);
  }

  /** `setReportVerbosityLevel` for this component and everything below it, what is built later included. */
  setReportVerbosityLevelHier(level: Verbosity): void {
    this.reportSettingsHier.setVerbosityLevel(level);
  }

  /** The verbosity level for reports of one id, in place of that of the component. */
  setReportIdVerbosity(id: string, level: Verbosity): void {
    this.reportSettings.setIdVerbosity(id, level);
  }

  /** `setReportIdVerbosity` for this component and everything below it, what is built later included. */
  setReportIdVerbosityHier(id: string, level: Verbosity): void {
    this.reportSettingsHier.setIdVerbosity(id, level);
  }

  /** The verbosity level for reports of one id with one severity. @throws UsageError `bad-severity`. */
  setReportSeverityIdVerbosity(severity: Severity, id: string, level: Verbosity): void {
    this.reportSettings.setSeverityIdVerbosity(severity, id, level);
  }

  /** `setReportSeverityIdVerbosity` for this component and everything below it, what is built later included. */
  setReportSeverityIdVerbosityHier(severity: Severity, id: string, level: Verbosity): void {
    this.reportSettingsHier.setSeverityIdVerbosity(severity, id, level);
  }

  /** What is done with reports of a severity: any of `ACTION`, joined by `|`. @throws UsageError `bad-severity`. */
  setReportSeverityAction(severity: Severity, action: number): void {
    this.reportSettings.setSeverityAction(severity, action);
  }

  /** `setReportSeverityAction` for this component and everything below it, what is built later included. */
  setReportSeverityActionHier(severity: Severity, action: number): void {
    this.reportSettingsHier.setSeverityAction(severity, action);
  }

  /** What is done with reports of one id, whatever their severity: any of `ACTION`, joined by `|`. */
  setReportIdAction(id: string, action: number): void {
    this.reportSettings.setIdAction(id, action);
  }

  /** `setReportIdAction` for this component and everything below it, what is built later included. */
  setReportIdActionHier(id: string, action: number): void {
    this.reportSettingsHier.setIdAction(id, action);
  }

  /** What is done with reports of one id with one severity. @throws UsageError `bad-severity`. */
  setReportSeverityIdAction(severity: Severity, id: string, action: number): void {
    this.reportSettings.setSeverityIdAction(severity, id, action);
  }

  /** `setReportSeverityIdAction` for this component and everything below it, what is built later included. */
  setReportSeverityIdActionHier(severity: Severity, id: string, action: number): void {
    this.reportSettingsHier.setSeverityIdAction(severity, id, action);
  }

  /**
   * Makes reports of severity `from` reports of severity `to`, unless their id has overrides of its own.
   * @throws UsageError `bad-severity`.
   */
  setReportSeverityOverride(from: Severity, to: Severity): void {
    this.reportSettings.setSeverityOverride(from, to);
  }

  /**
   * Makes reports of one id with severity `from` reports of severity `to`; the general overrides leave this id alone
   * from now on.
   * @throws UsageError `bad-severity`.
   */
  setReportSeverityIdOverride(from: Severity, id: string, to: Severity): void {
    this.reportSettings.setSeverityIdOverride(from, id, to);
  }

  /**
   * The report file of the LOG action for what no other setting speaks of: a name without folders; default
   * `report.log`.
   * @throws UsageError `bad-report-file`.
   */
  setReportDefaultFile(name: string): void {
    this.reportSettings.setDefaultFile(name);
  }

  /** `setReportDefaultFile` for this component and everything below it, what is built later included. */
  setReportDefaultFileHier(name: string): void {
    this.reportSettingsHier.setDefaultFile(name);
  }

  /**
   * The report file of the LOG action for reports of a severity.
   * @throws UsageError `bad-report-file`, `bad-severity`.
   */
  setReportSeverityFile(severity: Severity, name: string): void {
    this.reportSettings.setSeverityFile(severity, name);
  }

  /** `setReportSeverityFile` for this component and everything below it, what is built later included. */
  setReportSeverityFileHier(severity: Severity, name: string): void {
    this.reportSettingsHier.setSeverityFile(severity, name);
  }

  /** The report file of the LOG action for reports of one id. @throws UsageError `bad-report-file`. */
  setReportIdFile(id: string, name: string): void {
    this.reportSettings.setIdFile(id, name);
  }

  /** `setReportIdFile` for this component and everything below it, what is built later included. */
  setReportIdFileHier(id: string, name: string): void {
    this.reportSettingsHier.setIdFile(id, name);
  }

  /**
   * The report file of the LOG action for reports of one id with one severity.
   * @throws UsageError `bad-report-file`, `bad-severity`.
   */
  setReportSeverityIdFile(severity: Severity, id: string, name: string): void {
    this.reportSettings.setSeverityIdFile(severity, id, name);
  }

  /** `setReportSeverityIdFile` for this component and everything below it, what is built later included. */
  setReportSeverityIdFileHier(severity: Severity, id: string, name: string): void {
    this.reportSettingsHier.setSeverityIdFile(severity, id, name);
  }

  /** For the constructor of `Component`: a `reportHook` that was overridden is asked. */
  protected connectReportHook(): void {
    if (this.reportHook === ReportObject.prototype.reportHook) return;
    this.testbench.reports.handlerOf(this.fullPath).hook = (report) => this.reportHook(report);
  }

  private get reportSettings(): ReportSettings {
    return this.testbench.reports.at(this.fullPath);
  }

  private get reportSettingsHier(): ReportSettings {
    return this.testbench.reports.at(`${this.fullPath}.**`);
  }
}
