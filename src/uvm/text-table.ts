// Tables of texts, aligned, for what the factory and the configuration print. Source: IEEE 1800.2 clause 8.3.1 (print).

/** Blanks between columns. */
const GAP = '  ';
const INDENT = '  ';

/** `rows` below `heads`, indented; `none` when there are no rows. */
export function tableOf(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  none = 'none',
): string {
  if (rows.length === 0) return `${INDENT}${none}`;
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => row[column].length)),
  );
  const line = (cells: readonly string[]): string =>
    INDENT +
    cells
      .map((cell, column) => cell.padEnd(widths[column]))
      .join(GAP)
      .trimEnd();
  return [line(heads), ...rows.map(line)].join('\n');
}
