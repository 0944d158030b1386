// What a component is for its reports: it makes them, and says what is to be done with them. Source: IEEE 1800.2 clauses 6.3
// (uvm_report_object) and 13.1.8 (the hierarchical settings); semantics §6.
//
// The `…Hier` settings reach the component and everything below it, what is built later included; of two settings that reach
// the same component the later one counts.
import { VERBOSITY, type Verbosity } from '#record/verbosity';
import { FatalReport, type Message, type ReportMessage, type Severity } from './report-message.ts';
import type { ReportSettings } from './report-settings.ts';
import type { Testbench } from './testbench.ts';

export abstract class ReportObject {
  abstract readonly fullPath: string;
  abstract readonly testbench: Testbench;

  /** Default verbosity MEDIUM. A message given as a function is built only when it is kept. */
  info(id: string, message: Message, verbosity: Verbosity = VERBOSITY.MEDIUM): void {
    const { reports } = this.testbench;
    if (verbosity <= reports.verbosityCeiling) reports.info(this.fullPath, id, message, verbosity);
  }

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

  setReportVerbosityLevel(level: Verbosity): void {
    this.reportSettings.setVerbosityLevel(level);
  }

  setReportVerbosityLevelHier(level: Verbosity): void {
    this.reportSettingsHier.setVerbosityLevel(level);
  }

  setReportIdVerbosity(id: string, level: Verbosity): void {
    this.reportSettings.setIdVerbosity(id, level);
  }

  setReportIdVerbosityHier(id: string, level: Verbosity): void {
    this.reportSettingsHier.setIdVerbosity(id, level);
  }

  setReportSeverityIdVerbosity(severity: Severity, id: string, level: Verbosity): void {
    this.reportSettings.setSeverityIdVerbosity(severity, id, level);
  }

  setReportSeverityIdVerbosityHier(severity: Severity, id: string, level: Verbosity): void {
    this.reportSettingsHier.setSeverityIdVerbosity(severity, id, level);
  }

  setReportSeverityAction(severity: Severity, action: number): void {
    this.reportSettings.setSeverityAction(severity, action);
  }

  setReportSeverityActionHier(severity: Severity, action: number): void {
    this.reportSettingsHier.setSeverityAction(severity, action);
  }

  setReportIdAction(id: string, action: number): void {
    this.reportSettings.setIdAction(id, action);
  }

  setReportIdActionHier(id: string, action: number): void {
    this.reportSettingsHier.setIdAction(id, action);
  }

  setReportSeverityIdAction(severity: Severity, id: string, action: number): void {
    this.reportSettings.setSeverityIdAction(severity, id, action);
  }

  setReportSeverityIdActionHier(severity: Severity, id: string, action: number): void {
    this.reportSettingsHier.setSeverityIdAction(severity, id, action);
  }

  setReportSeverityOverride(from: Severity, to: Severity): void {
    this.reportSettings.setSeverityOverride(from, to);
  }

  setReportSeverityIdOverride(from: Severity, id: string, to: Severity): void {
    this.reportSettings.setSeverityIdOverride(from, id, to);
  }

  setReportDefaultFile(name: string): void {
    this.reportSettings.setDefaultFile(name);
  }

  setReportDefaultFileHier(name: string): void {
    this.reportSettingsHier.setDefaultFile(name);
  }

  setReportSeverityFile(severity: Severity, name: string): void {
    this.reportSettings.setSeverityFile(severity, name);
  }

  setReportSeverityFileHier(severity: Severity, name: string): void {
    this.reportSettingsHier.setSeverityFile(severity, name);
  }

  setReportIdFile(id: string, name: string): void {
    this.reportSettings.setIdFile(id, name);
  }

  setReportIdFileHier(id: string, name: string): void {
    this.reportSettingsHier.setIdFile(id, name);
  }

  setReportSeverityIdFile(severity: Severity, id: string, name: string): void {
    this.reportSettings.setSeverityIdFile(severity, id, name);
  }

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
