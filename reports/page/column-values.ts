// Columns of the configuration: which runs have which value, and the verdicts by value. Source: design decision 9 (swarm).
import type { ParamValue } from '#record/run-record';
import type { Column, Regression, Run } from './unpack.ts';

/** Columns that a run can be asked for: its test, and what was drawn for it. */
export function runColumns({ runs, columns }: Regression): readonly Column[] {
  const test: Column = { name: 'test', kind: 'run', values: runs.map((run) => run.test) };
  return [test, ...columns];
}

/** Whether a run has a value that a filter names: exactly, or within `low..high`. */
export function hasValue(column: Column, run: Run, wanted: string): boolean {
  return matchesValue(column.values[run.index], wanted);
}

export function matchesValue(value: ParamValue | null | undefined, wanted: string): boolean {
  if (value === null || value === undefined) return wanted === NO_VALUE;
  if (String(value) === wanted) return true;
  if (typeof value !== 'number') return false;
  const range = /^(-?[\d.]+(?:e[+-]?\d+)?)\.\.(-?[\d.]+(?:e[+-]?\d+)?)$/i.exec(wanted);
  return range !== null && value >= Number(range[1]) && value <= Number(range[2]);
}

/** How a filter names a run without a value. */
export const NO_VALUE = '(none)';

export interface ValueCounts {
  /** As a filter has it. */
  readonly value: string;
  readonly counts: Readonly<Record<Run['verdict'], number>>;
  readonly total: number;
}

const ROWS_MAX = 24;
const RANGES = 12;

/** Verdicts by value of a column: values in their order; whole numbers of many different values in ranges of equal width. */
export function verdictsByValue(column: Column, runs: readonly Run[]): ValueCounts[] {
  const groups = new Map<string, { PASS: number; FAIL: number; ERROR: number; SKIP: number }>();
  const keyOf = keysOf(column, runs);
  for (const run of runs) {
    const key = keyOf(column.values[run.index]);
    let counts = groups.get(key);
    if (counts === undefined) {
      counts = { PASS: 0, FAIL: 0, ERROR: 0, SKIP: 0 };
      groups.set(key, counts);
    }
    counts[run.verdict]++;
  }
  const all = [...groups].map(([value, counts]) => ({
    value,
    counts,
    total: counts.PASS + counts.FAIL + counts.ERROR + counts.SKIP,
  }));
  return all.sort((a, b) => compareValues(a.value, b.value));
}

/** Values, ranges or `(none)` for the rows of a table of verdicts. */
function keysOf(column: Column, runs: readonly Run[]): (value: ParamValue | null) => string {
  const distinct = new Set(runs.map(({ index }) => column.values[index]));
  const numbers = [...distinct].filter((value) => typeof value === 'number');
  const plain = (value: ParamValue | null): string => (value === null ? NO_VALUE : String(value));
  const isRanged = distinct.size > ROWS_MAX && numbers.length >= distinct.size - 1;
  if (!isRanged || !numbers.every((value) => Number.isInteger(value))) return plain;
  const [low, high] = extent(numbers);
  const step = Math.ceil((high - low + 1) / RANGES);
  return (value) => {
    if (typeof value !== 'number') return plain(value);
    const from = low + Math.floor((value - low) / step) * step;
    return rangeText(from, from + step - 1);
  };
}

/** Numbers and ranges by size, then texts by letters. */
export function compareValues(a: string, b: string): number {
  const numbers = [Number.parseFloat(a), Number.parseFloat(b)];
  if (!numbers.some(Number.isNaN) && numbers[0] !== numbers[1]) return numbers[0] - numbers[1];
  return a < b ? -1 : a > b ? 1 : 0;
}

export function extent(numbers: readonly number[]): [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of numbers) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

export function rangeText(low: number, high: number): string {
  return low === high ? String(low) : `${low}..${high}`;
}
