/**
 * What is known of runs, in columns: most values of a column are the same few words, so that ten thousand runs take tens of
 * kilobytes. A replay line is kept with a mark where its test and seed stand.
 */
import { UsageError } from '#base/assert';
import type { RunInfo } from './database.ts';

/** Stands in a replay line for `TEST --seed SEED`; no command line has it. */
const MARK = '\u0000';

/** Different words, and which of them each run has; without `at` all have the first. */
interface Column {
  readonly words: readonly (string | number)[];
  readonly at?: readonly number[];
}

type Columns = { readonly [K in keyof RunInfo]: Column };

const NAMES: readonly (keyof RunInfo)[] = [
  'test',
  'seed',
  'verdict',
  'timePs',
  'replay',
  'commit',
  'date',
];

export function packRuns(runs: readonly RunInfo[]): Columns {
  const marked = runs.map((run) => ({ ...run, replay: run.replay.replace(target(run), MARK) }));
  const entries = NAMES.map((name) => [name, column(marked.map((run) => run[name]))]);
  return Object.fromEntries(entries) as Columns;
}

/** @throws UsageError `bad-coverage` for a text that is no such table. */
export function unpackRuns(text: string, count: number): readonly RunInfo[] {
  let columns: Columns;
  try {
    columns = JSON.parse(text) as Columns;
  } catch {
    throw damaged();
  }
  const isTable =
    typeof columns === 'object' &&
    columns !== null &&
    NAMES.every((name) => isColumn(columns[name]));
  if (!isTable) throw damaged();
  return Array.from({ length: count }, (_, index) => {
    const run: Record<string, string | number> = {};
    for (const name of NAMES) {
      const { words, at } = columns[name];
      const value = words[at === undefined ? 0 : at[index]];
      if (typeof value !== (name === 'timePs' ? 'number' : 'string')) throw damaged();
      run[name] = value;
    }
    const info = run as unknown as RunInfo;
    return { ...info, replay: info.replay.replace(MARK, () => target(info)) };
  });
}

function isColumn(column: Partial<Column> | null | undefined): boolean {
  return Array.isArray(column?.words) && (column.at === undefined || Array.isArray(column.at));
}

function damaged(): UsageError {
  return new UsageError('bad-coverage', 'it is damaged: its table of runs is none');
}

function target({ test, seed }: RunInfo): string {
  return `${test} --seed ${seed}`;
}

function column(values: readonly (string | number)[]): Column {
  const words = [...new Set(values)];
  if (words.length <= 1) return { words };
  const indexOf = new Map(words.map((word, index) => [word, index]));
  return { words, at: values.map((value) => indexOf.get(value) ?? 0) };
}
