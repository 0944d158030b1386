// `summary.json` of a regression and `run.json` of a run: the records themselves. Source: design, "What a run leaves behind".
import type { ReportWriter } from '#record/report-writer';

const INDENT = 2;
/** Lists of numbers, runs and operations: one line for each entry, or one for all. */
const LONG = new Set(['coverage', 'operations', 'runs', 'closure', 'configuration']);

/** `summary.json` and `run.json`: the records themselves. */
export function jsonReport(): ReportWriter {
  return {
    name: 'json',
    writeRegression: (record) => [{ path: 'summary.json', content: jsonText(record) }],
    writeRun: (record) => [{ path: 'run.json', content: jsonText(record) }],
  };
}

/** Everything but the long lists of numbers and operations gets lines of its own. */
function jsonText(record: object): string {
  const lines = Object.entries(record).map(([key, value]) => {
    return `  ${JSON.stringify(key)}: ${LONG.has(key) ? longText(value) : shortText(value)}`;
  });
  return `{\n${lines.join(',\n')}\n}\n`;
}

function shortText(value: unknown): string {
  return JSON.stringify(value, null, INDENT).replaceAll('\n', '\n  ');
}

/** An array with one line per entry. */
function longText(value: unknown): string {
  if (!Array.isArray(value) || value.length === 0) return JSON.stringify(value);
  return `[\n${value.map((entry) => `    ${JSON.stringify(entry)}`).join(',\n')}\n  ]`;
}
