// Texts that several reports share: times, counts, tables. No wall-clock time, no locale.
import type { RunRecord } from '#record/run-record';

const PS_PER_US = 1_000_000;
const COLUMN_GAP = '  ';

/** Simulated time in µs with all its digits: `12.250000 us`. */
export function timeText(timePs: number): string {
  const us = Math.floor(timePs / PS_PER_US);
  return `${us}.${String(timePs % PS_PER_US).padStart(6, '0')} us`;
}

/** Simulated time for a table: `12.2 us`. */
export function shortTimeText(timePs: number): string {
  return `${(timePs / PS_PER_US).toFixed(1)} us`;
}

/** A count with its noun: `1 run`, `2 runs`. */
export function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Aligned columns; the first is flush left, the others right. */
export function tableText(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_cell, at) => Math.max(...rows.map((row) => row[at].length)));
  return rows.map((row) =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at])))
      .join(COLUMN_GAP)
      .trimEnd(),
  );
}

/** A value of several lines, its further lines set in by `columns`. */
export function indented(value: string, columns: number): string {
  return value.replaceAll('\n', `\n${' '.repeat(columns)}`);
}

/** The digests of a run; that of the TLPs only where there were any. */
export function digestsText({ digests, counts }: RunRecord): string {
  if (counts.tlpsUp + counts.tlpsDown === 0) return `digest of the draws: ${digests.draws}`;
  return `digests: tlp ${digests.tlp}, draws ${digests.draws}`;
}
