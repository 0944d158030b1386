// Texts that the cover commands share: counts, shares, tables, runs. No wall-clock time.
import type { CoverageDatabase } from '#cover/database/database';
import { percentText } from '#record/percent-text';

/** Runs named in a line of text; JSON has all. */
const RUNS_SHOWN = 6;
const GAP = '  ';

/** `1 run`, `2 runs`. */
export function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Part of a whole in per cent, null of nothing. */
export function share(part: number, whole: number): number | null {
  return whole === 0 ? null : (100 * part) / whole;
}

export function shareText(part: number, whole: number): string {
  return percentText(share(part, whole));
}

/** Aligned columns; `left` columns are flush left, the others right. */
export function tableText(rows: readonly (readonly string[])[], left: readonly number[]): string {
  if (rows.length === 0) return '';
  const widths = rows[0].map((_, at) => Math.max(...rows.map((row) => row[at].length)));
  const lines = rows.map((row) =>
    row
      .map((cell, at) => (left.includes(at) ? cell.padEnd(widths[at]) : cell.padStart(widths[at])))
      .join(GAP)
      .trimEnd(),
  );
  return lines.map((line) => `${line}\n`).join('');
}

/** `dma 1, dma 7, … 12 more`. */
export function runsText(database: CoverageDatabase, runs: readonly number[]): string {
  const shown = runs.slice(0, RUNS_SHOWN).map((run) => {
    const { test, seed } = database.runs[run].info;
    return seed === '' ? test : `${test} ${seed}`;
  });
  const more = runs.length - shown.length;
  return shown.join(', ') + (more > 0 ? `, … ${more} more` : '');
}
