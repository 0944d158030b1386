// The report handler of one component: what it was told about verbosities, actions, files and overrides. Source: IEEE
// 1800.2 clause 6.4; semantics §6. What is said of (severity, id) wins over the id, the id over the severity, that over
// the rest.
import type { Verbosity } from '#record/verbosity';
import { DEFAULT_ACTIONS, type ReportMessage, type Severity } from './report-message.ts';
import { subjectKey, type ReportSetting } from './report-settings.ts';

/** The report file of the LOG action, unless another is set. */
export const DEFAULT_REPORT_FILE = 'report.log';

/** Values by severity, by id, by both, and for the rest. */
class SubjectTable<T> {
  private readonly values = new Map<string, T>();

  set(severity: Severity | undefined, id: string | undefined, value: T): void {
    this.values.set(subjectKey(severity, id), value);
  }

  /** The most special value; undefined when nothing was said. */
  of(severity: Severity, id: string): T | undefined {
    const { values } = this;
    if (values.size === 0) return undefined;
    return (
      values.get(subjectKey(severity, id)) ??
      values.get(subjectKey(undefined, id)) ??
      values.get(subjectKey(severity, undefined)) ??
      values.get(subjectKey(undefined, undefined))
    );
  }

  exactly(severity: Severity, id: string | undefined): T | undefined {
    return this.values.get(subjectKey(severity, id));
  }
}

export class ReportHandler {
  readonly path: string;
  /** Asked first when the CALL_HOOK action is set: false drops the report. */
  hook: ((report: ReportMessage) => boolean) | undefined;
  private readonly verbosities = new SubjectTable<Verbosity>();
  private readonly actions = new SubjectTable<number>();
  private readonly files = new SubjectTable<string>();
  private readonly overrides = new SubjectTable<Severity>();
  private readonly overriddenIds = new Set<string>();

  /** Made by `ReportServer.handlerOf`. */
  constructor(path: string) {
    this.path = path;
  }

  apply(setting: ReportSetting): void {
    const { severity, id } = setting;
    switch (setting.kind) {
      case 'verbosity':
        this.verbosities.set(severity, id, setting.value);
        return;
      case 'action':
        this.actions.set(severity, id, setting.value);
        return;
      case 'file':
        this.files.set(severity, id, setting.value);
        return;
      case 'override':
        this.overrides.set(severity, id, setting.value);
        if (id !== undefined) this.overriddenIds.add(id);
    }
  }

  /** undefined: the server's. */
  verbosityOf(severity: Severity, id: string): Verbosity | undefined {
    return this.verbosities.of(severity, id);
  }

  actionOf(severity: Severity, id: string): number {
    return this.actions.of(severity, id) ?? DEFAULT_ACTIONS[severity];
  }

  /** What is done with a severity when nothing is known of the id. */
  actionOfSeverity(severity: Severity): number {
    return this.actions.exactly(severity, undefined) ?? DEFAULT_ACTIONS[severity];
  }

  fileOf(severity: Severity, id: string): string {
    return this.files.of(severity, id) ?? DEFAULT_REPORT_FILE;
  }

  /** The severity with which a report goes on. As in UVM, an id with any override of its own has only those. */
  severityOf(severity: Severity, id: string): Severity {
    const by = this.overriddenIds.has(id) ? id : undefined;
    return this.overrides.exactly(severity, by) ?? severity;
  }
}
