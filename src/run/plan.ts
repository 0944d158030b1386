// Which runs a regression makes, in which order. Source: design, "Seed": run k of a test has seed base + k.
//
// Plan order deals the tests out evenly, each in proportion to its number of runs, so that a regression that is stopped
// early has seen all of them; it depends on the configuration and the options alone.
import { UsageError } from '#base/assert';
import { suggest } from '#base/suggest';
import type { RidgelineConfig } from './config.ts';

/** Runs of one regression: the plan is held in memory. */
export const RUNS_MAX = 1_000_000;

export interface PlannedRun {
  readonly test: string;
  readonly seed: number;
}

/** What the options say of the plan. */
export interface PlanRequest {
  /** Globs over test names; undefined: the configuration's plan. */
  readonly tests: readonly string[] | undefined;
  /** Runs of each test; undefined: the test's own number. */
  readonly seeds: number | undefined;
  readonly baseSeed: number;
}

export interface PlannedTest {
  readonly test: string;
  readonly runs: number;
}

/**
 * The tests that are meant and have runs, in the order of the configuration.
 * @throws UsageError `unknown-test` for a glob that matches nothing; `no-runs` when there is nothing to do, `too-many-runs`;
 * `bad-seed` when a seed would not be below 2^53.
 */
export function plannedTests(config: RidgelineConfig, request: PlanRequest): PlannedTest[] {
  const known = Object.keys(config.tests);
  const globs = request.tests ?? config.plan ?? known;
  for (const glob of globs) {
    if (known.some((name) => matchesGlob(name, glob))) continue;
    throw new UsageError(
      'unknown-test',
      `no test matches '${glob}'${suggest(glob, known)}; there are: ${known.join(', ')}`,
    );
  }
  const tests = known
    .filter((name) => globs.some((glob) => matchesGlob(name, glob)))
    .map((test) => ({ test, runs: request.seeds ?? config.tests[test].seeds }))
    .filter(({ runs }) => runs > 0);
  if (globs.length === 0) {
    throw new UsageError('no-runs', `no test is named; there are: ${known.join(', ')}`);
  }
  if (tests.length === 0) {
    throw new UsageError('no-runs', 'the plan has no runs: give --seeds N, 1 or more');
  }
  checkSize(tests, request.baseSeed);
  return tests;
}

function checkSize(tests: readonly PlannedTest[], baseSeed: number): void {
  const total = tests.reduce((sum, { runs }) => sum + runs, 0);
  if (total > RUNS_MAX) {
    const message = `the plan has ${total} runs; allowed are ${RUNS_MAX} in one regression`;
    throw new UsageError('too-many-runs', message);
  }
  const most = Math.max(...tests.map(({ runs }) => runs));
  // Compared below 2^53: a sum above it would be rounded.
  const last = Number.MAX_SAFE_INTEGER - (most - 1);
  if (baseSeed <= last) return;
  const message = `--base-seed ${baseSeed} with ${most} runs of a test: the last seed is not below 2^53`;
  throw new UsageError('bad-seed', message, { hint: `Allowed is a base seed up to ${last}.` });
}

/** All runs of the tests, in plan order. */
export function planRuns(tests: readonly PlannedTest[], baseSeed: number): PlannedRun[] {
  const runs: (PlannedRun & { readonly at: number; readonly order: number })[] = [];
  for (const [order, { test, runs: count }] of tests.entries()) {
    for (let k = 0; k < count; k++) {
      runs.push({ test, seed: baseSeed + k, at: (k + 0.5) / count, order });
    }
  }
  runs.sort((a, b) => a.at - b.at || a.order - b.order);
  return runs.map(({ test, seed }) => ({ test, seed }));
}

/** Whether a name matches a glob of `*` (any text), `?` (one character) and `{a,b}` (either). */
export function matchesGlob(name: string, glob: string): boolean {
  let pattern = '';
  let depth = 0;
  for (const character of glob) {
    if (character === '*') pattern += '.*';
    else if (character === '?') pattern += '.';
    else if (character === '{') {
      depth++;
      pattern += '(?:';
    } else if (character === '}' && depth > 0) {
      depth--;
      pattern += ')';
    } else if (character === ',' && depth > 0) pattern += '|';
    else pattern += character.replace(/[\\^$.|+()[\]{}]/, '\\$&');
  }
  return new RegExp(`^${pattern}${')'.repeat(depth)}$`).test(name);
}
