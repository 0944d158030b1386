// Which runs a list shows, and in which order.
import { VERDICTS, type Verdict } from '#record/run-record';
import { hasValue } from './column-values.ts';
import { matchesTerms, type SearchTerms } from './search-terms.ts';
import type { Column, Run } from './unpack.ts';

export interface RunFilter {
  readonly verdicts: ReadonlySet<Verdict>;
  /** Empty: all tests. */
  readonly tests: ReadonlySet<string>;
  readonly terms: SearchTerms;
  /** Values of the configuration: `name=value` or `name=low..high`, all of which must hold. */
  readonly where: readonly string[];
  /** A rule that the run must have broken, first or later; or its cause. */
  readonly rule: string;
}

/** Splits `name=value` at the first `=`: names have none. */
export function splitCondition(condition: string): [name: string, value: string] {
  const at = condition.indexOf('=');
  return at < 0 ? [condition, ''] : [condition.slice(0, at), condition.slice(at + 1)];
}

/** A condition on a column that is not there holds for no run. */
export function filterRuns(
  runs: readonly Run[],
  columns: readonly Column[],
  filter: RunFilter,
): Run[] {
  const conditions = filter.where.map((condition) => {
    const [name, value] = splitCondition(condition);
    const column = columns.find((one) => one.name === name);
    return (run: Run): boolean => column !== undefined && hasValue(column, run, value);
  });
  return runs.filter(
    (run) =>
      filter.verdicts.has(run.verdict) &&
      (filter.tests.size === 0 || filter.tests.has(run.test)) &&
      (filter.rule === '' || hasBroken(run, filter.rule)) &&
      conditions.every((holds) => holds(run)) &&
      matchesTerms(filter.terms, searchText(run)),
  );
}

export function hasBroken(run: Run, rule: string): boolean {
  return run.cause === rule || run.broken.some((one) => one.rule === rule);
}

/** Everything that a list of runs shows, in lower case. */
function searchText({ test, seed, verdict, cause, reason, tlpDigest, drawsDigest }: Run): string {
  return `${test} ${seed} ${verdict} ${cause} ${reason} ${tlpDigest} ${drawsDigest}`.toLowerCase();
}

export const RUN_ORDERS = [
  'plan',
  'test',
  'seed',
  'verdict',
  'newBins',
  'timePs',
  'tlps',
  'operations',
] as const;
export type RunOrder = (typeof RUN_ORDERS)[number];

/** @param order with `-` before it: the other way round. Runs that are equal stay in plan order. */
export function sortRuns(runs: readonly Run[], order: string): Run[] {
  const isDown = order.startsWith('-');
  const by = RUN_ORDERS.find((one) => one === order.replace('-', '')) ?? 'plan';
  const compare = COMPARE[by];
  return [...runs].sort((a, b) => (isDown ? compare(b, a) : compare(a, b)) || a.index - b.index);
}

/** What did not pass first. */
const URGENCY: readonly Verdict[] = ['FAIL', 'ERROR', 'SKIP', 'PASS'];

const COMPARE: Readonly<Record<RunOrder, (a: Run, b: Run) => number>> = {
  plan: (a, b) => a.index - b.index,
  test: (a, b) => (a.test < b.test ? -1 : a.test > b.test ? 1 : 0),
  seed: (a, b) => a.seed - b.seed,
  verdict: (a, b) => URGENCY.indexOf(a.verdict) - URGENCY.indexOf(b.verdict),
  newBins: (a, b) => (a.newBins ?? 0) - (b.newBins ?? 0),
  timePs: (a, b) => a.timePs - b.timePs,
  tlps: (a, b) => a.tlpsUp + a.tlpsDown - b.tlpsUp - b.tlpsDown,
  operations: (a, b) => a.operations - b.operations,
};

export function verdictSet(names: readonly string[]): ReadonlySet<Verdict> {
  const chosen = VERDICTS.filter((verdict) => names.includes(verdict));
  return new Set(chosen.length === 0 ? VERDICTS : chosen);
}

/** Runs by what went wrong first: the rule of a FAIL, the code of an ERROR; the largest bucket first, FAIL before ERROR. */
export interface Bucket {
  readonly verdict: 'FAIL' | 'ERROR';
  readonly cause: string;
  readonly runs: readonly Run[];
}

export function bucketsOf(runs: readonly Run[]): Bucket[] {
  const buckets = new Map<string, { verdict: 'FAIL' | 'ERROR'; cause: string; runs: Run[] }>();
  for (const run of runs) {
    const { verdict, cause } = run;
    if (verdict !== 'FAIL' && verdict !== 'ERROR') continue;
    const key = `${verdict} ${cause}`;
    const bucket = buckets.get(key);
    if (bucket === undefined) buckets.set(key, { verdict, cause, runs: [run] });
    else bucket.runs.push(run);
  }
  return [...buckets.values()].sort(
    (a, b) =>
      URGENCY.indexOf(a.verdict) - URGENCY.indexOf(b.verdict) || b.runs.length - a.runs.length,
  );
}
