// What a component's reports are told: verbosities, actions, files, severity overrides. Source: IEEE 1800.2 clauses 6.3
// and 6.4; semantics §6.
//
//   reports.at('test.env.**').setVerbosityLevel(VERBOSITY.HIGH);      // what exists and what is built later
//   reports.at('**.monitor').setIdAction('PARITY', ACTION.NO_ACTION);
// A component does the same for itself and its hierarchy by UVM's names: `setReportVerbosityLevelHier`.
import { UsageError } from '#base/assert';
import type { Verbosity } from '#record/verbosity';
import type { PathPattern } from './path-pattern.ts';
import { SEVERITIES, type Severity } from './report-message.ts';

/** Different settings kept; a setting made again takes the place of the earlier one. */
export const REPORT_SETTINGS_MAX = 100_000;

const FILE_NAME = /^[A-Za-z0-9][\w.-]*$/;

/** Who a setting speaks of: a severity, an id, both, or every report (neither). */
export interface Subject {
  readonly severity?: Severity;
  readonly id?: string;
}

/** One thing that was said, for the components whose path matches. */
export type ReportSetting = Subject &
  (
    | { readonly kind: 'verbosity' | 'action'; readonly value: number }
    | { readonly kind: 'file'; readonly value: string }
    | { readonly kind: 'override'; readonly value: Severity }
  );

interface Entry {
  readonly pattern: PathPattern;
  readonly setting: ReportSetting;
}

/** Everything that was said, in order: a component that reports for the first time is told what concerns it. */
export class SettingsLog {
  private readonly entries = new Map<string, Entry>();

  /** @throws UsageError `report-settings` at the limit. */
  add(pattern: PathPattern, setting: ReportSetting): void {
    const key = `${pattern.text} ${setting.kind} ${subjectKey(setting.severity, setting.id)}`;
    this.entries.delete(key);
    if (this.entries.size >= REPORT_SETTINGS_MAX) {
      throw new UsageError('report-settings', `more than ${REPORT_SETTINGS_MAX} report settings`, {
        hint: "One setting for a pattern such as 'test.env.**' does for many components.",
      });
    }
    this.entries.set(key, { pattern, setting });
  }

  /** What was said for one path, oldest first. */
  *of(path: string): Iterable<ReportSetting> {
    for (const { pattern, setting } of this.entries.values()) {
      if (pattern.matches(path)) yield setting;
    }
  }

  /** The highest verbosity that was given to anything. */
  verbosityMax(): Verbosity {
    let most = -Infinity;
    for (const { setting } of this.entries.values()) {
      if (setting.kind === 'verbosity') most = Math.max(most, setting.value);
    }
    return most;
  }
}

/** Key of a severity, an id, or both. */
export function subjectKey(severity: Severity | undefined, id: string | undefined): string {
  return `${severity ?? ''}\0${id ?? ''}`;
}

/** Takes settings for the components of one pattern. */
export class ReportSettings {
  private readonly pattern: PathPattern;
  private readonly accept: (pattern: PathPattern, setting: ReportSetting) => void;

  /** Made by `ReportServer.at`. */
  constructor(
    pattern: PathPattern,
    accept: (pattern: PathPattern, setting: ReportSetting) => void,
  ) {
    this.pattern = pattern;
    this.accept = accept;
  }

  /** Infos above it are dropped. A number; `VERBOSITY` has the names. */
  setVerbosityLevel(value: Verbosity): void {
    this.accept(this.pattern, { kind: 'verbosity', value });
  }

  /** For one id, above the level of the component. */
  setIdVerbosity(id: string, value: Verbosity): void {
    this.accept(this.pattern, { kind: 'verbosity', id, value });
  }

  /** For one id of one severity, above that of the id. */
  setSeverityIdVerbosity(severity: Severity, id: string, value: Verbosity): void {
    this.accept(this.pattern, { kind: 'verbosity', severity: known(severity), id, value });
  }

  /** What is done with reports of a severity: any of `ACTION`. */
  setSeverityAction(severity: Severity, value: number): void {
    this.accept(this.pattern, { kind: 'action', severity: known(severity), value });
  }

  /** For one id, above that of the severity. */
  setIdAction(id: string, value: number): void {
    this.accept(this.pattern, { kind: 'action', id, value });
  }

  /** For one id of one severity, above both. */
  setSeverityIdAction(severity: Severity, id: string, value: number): void {
    this.accept(this.pattern, { kind: 'action', severity: known(severity), id, value });
  }

  /** Reports of severity `from` become `to`. */
  setSeverityOverride(from: Severity, to: Severity): void {
    this.accept(this.pattern, { kind: 'override', severity: known(from), value: known(to) });
  }

  /** For one id: an id with overrides of its own is not touched by the general ones. */
  setSeverityIdOverride(from: Severity, id: string, to: Severity): void {
    this.accept(this.pattern, { kind: 'override', severity: known(from), id, value: known(to) });
  }

  /** The report file of the LOG action. @throws UsageError `bad-report-file`. */
  setDefaultFile(name: string): void {
    this.accept(this.pattern, { kind: 'file', value: fileName(name) });
  }

  /** Reports of this severity with the action LOG go to the report file `name`. */
  setSeverityFile(severity: Severity, name: string): void {
    this.accept(this.pattern, { kind: 'file', severity: known(severity), value: fileName(name) });
  }

  /** Reports of this id with the action LOG go to the report file `name`. */
  setIdFile(id: string, name: string): void {
    this.accept(this.pattern, { kind: 'file', id, value: fileName(name) });
  }

  /** Reports of this severity and id with the action LOG go to the report file `name`. */
  setSeverityIdFile(severity: Severity, id: string, name: string): void {
    const value = fileName(name);
    this.accept(this.pattern, { kind: 'file', severity: known(severity), id, value });
  }
}

/** For callers without types. @throws UsageError `bad-severity`. */
function known(severity: Severity): Severity {
  if (SEVERITIES.includes(severity)) return severity;
  throw new UsageError('bad-severity', `'${severity as string}' is no severity`, {
    hint: `There are: ${SEVERITIES.join(', ')}.`,
  });
}

/** A name and no path: the file lands among the results of the run. */
function fileName(name: string): string {
  if (FILE_NAME.test(name)) return name;
  throw new UsageError('bad-report-file', `'${name}' is no name of a report file`, {
    hint: "Letters, digits, '_', '.' and '-', without folders: 'monitor.log'.",
  });
}
