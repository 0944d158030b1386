// The two summaries at the end of a run, in UVM's words and widths: log scrapers look for `UVM_ERROR :    0`. Source:
// semantics §6. Pure functions from counts to text.
import { SEVERITIES, severityWord, type Severity } from './report-message.ts';
import type { CatcherCounts } from './report-catcher.ts';

export interface ReportCounts {
  readonly bySeverity: Readonly<Record<Severity, number>>;
  readonly byId: ReadonlyMap<string, number>;
  readonly quitCount: number;
  /** 0: no maximum, and no word of it. */
  readonly quitCountMax: number;
  readonly hasIds: boolean;
}

/** `--- UVM Report Summary ---`. */
export function reportSummary(counts: ReportCounts): string {
  const { bySeverity, byId, quitCount, quitCountMax } = counts;
  const lines = ['', '--- UVM Report Summary ---', ''];
  if (quitCountMax > 0) {
    if (quitCount >= quitCountMax) lines.push('Quit count reached!');
    lines.push(`Quit count : ${wide(quitCount)} of ${wide(quitCountMax)}`);
  }
  lines.push('** Report counts by severity');
  for (const severity of SEVERITIES) {
    lines.push(`${severityWord(severity)} :${wide(bySeverity[severity])}`);
  }
  if (counts.hasIds) {
    lines.push('** Report counts by id');
    for (const id of [...byId.keys()].toSorted(byCodeUnit)) {
      lines.push(`[${id}] ${wide(byId.get(id) ?? 0)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** `--- UVM Report catcher Summary ---`: six lines. */
export function catcherSummary(demoted: CatcherCounts, caught: CatcherCounts): string {
  const lines = [
    '',
    '--- UVM Report catcher Summary ---',
    '',
    '',
    `Number of demoted UVM_FATAL reports  :${wide(demoted.fatal)}`,
    `Number of demoted UVM_ERROR reports  :${wide(demoted.error)}`,
    `Number of demoted UVM_WARNING reports:${wide(demoted.warning)}`,
    `Number of caught UVM_FATAL reports   :${wide(caught.fatal)}`,
    `Number of caught UVM_ERROR reports   :${wide(caught.error)}`,
    `Number of caught UVM_WARNING reports :${wide(caught.warning)}`,
  ];
  return `${lines.join('\n')}\n`;
}

function wide(count: number): string {
  return String(count).padStart(5);
}

function byCodeUnit(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
