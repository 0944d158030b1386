// UVM's three ways to print what has named parts: a table (Name, Type, Size, Value), a tree, a line. Source: IEEE 1800.2
// clause 16.2 (printers).

/** One line of the table: a name at a depth. */
export interface PrintRow {
  readonly depth: number;
  readonly name: string;
  readonly type: string;
  /** Bits, or number of parts; '' is printed as `-`. */
  readonly size: string;
  /** What it holds; for what has parts, how it is told from others of its type. */
  readonly value: string;
  /** It has parts, which follow one deeper. */
  readonly isNode: boolean;
}
/** A table with columns Name, Type, Size, Value; an indented tree; or all on one line (IEEE 1800.2 clause 16.2). */
export type PrintFormat = 'table' | 'tree' | 'line';

const HEADS = ['Name', 'Type', 'Size', 'Value'] as const;
const INDENT = 2;
const GAP = '  ';

/** The rows as text, in one of the formats. */
export function printRows(rows: readonly PrintRow[], format: PrintFormat = 'table'): string {
  if (format === 'table') return table(rows);
  return nested(rows, format === 'tree');
}

function table(rows: readonly PrintRow[]): string {
  const cells = rows.map(({ depth, name, type, size, value }) => [
    `${' '.repeat(depth * INDENT)}${name}`,
    type,
    size === '' ? '-' : size,
    value === '' ? '-' : value,
  ]);
  const widths = HEADS.map((head, column) =>
    Math.max(head.length, ...cells.map((row) => row[column].length)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join(GAP)
      .trimEnd();
  const rule = '-'.repeat(widths.reduce((sum, width) => sum + width, GAP.length * 3));
  return `${[rule, line(HEADS), rule, ...cells.map(line), rule].join('\n')}\n`;
}

/** `name: (type@value) {` … `}`, over lines or on one. */
function nested(rows: readonly PrintRow[], isTree: boolean): string {
  const parts: string[] = [];
  const open: number[] = [];
  const put = (depth: number, text: string): void => {
    parts.push(isTree ? `${' '.repeat(depth * INDENT)}${text}` : text);
  };
  const closeTo = (depth: number): void => {
    while (open.length > 0 && open[open.length - 1] >= depth) put(open.pop() ?? 0, '}');
  };
  for (const { depth, name, type, value, isNode } of rows) {
    closeTo(depth);
    if (!isNode) put(depth, `${name}: ${value}`);
    else {
      put(depth, `${name}: (${type}${value.startsWith('@') ? value : ''}) {`);
      open.push(depth);
    }
  }
  closeTo(0);
  return `${parts.join(isTree ? '\n' : ' ')}\n`;
}
