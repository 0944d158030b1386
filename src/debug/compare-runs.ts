// Did a replay do the same? Compares what two records of one run must have in common: everything that the run decides, and
// nothing that the machine or the hour does. Source: design decision 1, "Digests", "Record".
import type { CoverageRecord } from '#record/coverage-record';
import type { CodeRecord, FailureRecord, RunRecord } from '#record/run-record';
import { coverageCounts } from './coverage-counts.ts';

export interface Difference {
  readonly what: string;
  readonly recorded: string;
  readonly replayed: string;
}

/** Differences of one kind that are named one by one. */
const NAMED_MAX = 5;
const NONE = 'none';

/**
 * What differs between a record and its replay; nothing when they agree.
 * @param withDraws whether both drew their operations; a replay of recorded operations draws less.
 */
export function compareRuns(
  recorded: RunRecord,
  replayed: RunRecord,
  withDraws: boolean,
): Difference[] {
  // A run whose process died left nothing but that: there is nothing more to compare.
  const isWhole = hasBegun(recorded) && hasBegun(replayed);
  return [
    ...compareVerdicts(recorded, replayed),
    ...(isWhole ? compareResults(recorded, replayed) : []),
    ...(isWhole ? compareDigests(recorded, replayed, withDraws) : []),
  ];
}

function compareVerdicts(recorded: RunRecord, replayed: RunRecord): Difference[] {
  const before = new Map(recorded.failures.map((one) => [failureName(one), failureText(one)]));
  const after = new Map(replayed.failures.map((one) => [failureName(one), failureText(one)]));
  return [
    ...differing([
      ['verdict', recorded.verdict, replayed.verdict],
      ['cause', cause(recorded), cause(replayed)],
      ['error', errorText(recorded), errorText(replayed)],
    ]),
    ...compareMaps('failure', before, after, NONE),
  ];
}

function compareResults(recorded: RunRecord, replayed: RunRecord): Difference[] {
  return [
    ...differing([
      ['simulated time', `${recorded.counts.timePs} ps`, `${replayed.counts.timePs} ps`],
      ['operations', String(recorded.counts.operations), String(replayed.counts.operations)],
      ['TLPs up', String(recorded.counts.tlpsUp), String(replayed.counts.tlpsUp)],
      ['TLPs down', String(recorded.counts.tlpsDown), String(replayed.counts.tlpsDown)],
    ]),
    ...compareMaps(
      'evaluations of',
      countTexts(Object.entries(recorded.evaluations)),
      countTexts(Object.entries(replayed.evaluations)),
      NONE,
    ),
    ...compareMaps('hits of', hitTexts(recorded.coverage), hitTexts(replayed.coverage), '0'),
  ];
}

function compareDigests(
  recorded: RunRecord,
  replayed: RunRecord,
  withDraws: boolean,
): Difference[] {
  const { tlp, draws } = recorded.digests;
  return differing([
    ['tlp digest', tlp, replayed.digests.tlp],
    ...(withDraws ? [['draws digest', draws, replayed.digests.draws] as const] : []),
  ]);
}

type Pair = readonly [what: string, recorded: string, replayed: string];

function differing(pairs: readonly Pair[]): Difference[] {
  return pairs
    .filter(([, before, after]) => before !== after)
    .map(([what, before, after]) => ({ what, recorded: before, replayed: after }));
}

/** What differs by name, the first ones one by one. `absent`: what a name that is not there stands for. */
function compareMaps(
  what: string,
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  absent: string,
): Difference[] {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const all = differing(
    names.map(
      (name) => [`${what} ${name}`, before.get(name) ?? absent, after.get(name) ?? absent] as const,
    ),
  );
  if (all.length <= NAMED_MAX) return all;
  const more = all.length - NAMED_MAX;
  const rest = { what: `${what} …`, recorded: `${more} more`, replayed: `${more} others` };
  return [...all.slice(0, NAMED_MAX), rest];
}

function countTexts(entries: readonly (readonly [string, number])[]): Map<string, string> {
  return new Map(entries.map(([name, count]) => [name, String(count)]));
}

function hitTexts(coverage: CoverageRecord): Map<string, string> {
  return countTexts([...coverageCounts(coverage)]);
}

function failureName({ rule, subject }: FailureRecord): string {
  return `${rule} ${subject}`;
}

function failureText({ timePs, path, expected, seen, count }: FailureRecord): string {
  return `${count}× from ${timePs} ps [${path}] expected ${expected}, seen ${seen}`;
}

/** Without the line of the source, which moves with any edit. */
function errorText({ error }: RunRecord): string {
  if (error === null) return NONE;
  return `${error.code}: ${error.message.replaceAll(/\n {2}at \S+\(\d+\)/g, '')}`;
}

function cause({ failures, error, skipReason }: RunRecord): string {
  if (failures.length > 0) return `${failures[0].rule} ${failures[0].subject}`;
  return error?.code ?? skipReason ?? NONE;
}

/** Why the code may not be the one that made a record, or undefined when it is known to be the same. */
export function codeDifference(recorded: CodeRecord, now: CodeRecord): string | undefined {
  if (recorded.version !== now.version || recorded.commit !== now.commit) {
    return `recorded with ${codeText(recorded)}, replayed with ${codeText(now)}`;
  }
  if (!recorded.dirty && !now.dirty) return undefined;
  return `${recorded.dirty ? 'recorded' : 'replayed'} with changes that are not committed`;
}

function codeText({ version, commit, dirty }: CodeRecord): string {
  const at = commit === null ? '' : ` at ${commit.slice(0, 12)}`;
  return `version ${version}${at}${dirty ? ' with changes' : ''}`;
}

/** False for a run whose process died, and for one whose device was not there. */
function hasBegun({ digests, error, counts }: RunRecord): boolean {
  const isLost = error?.code.startsWith('dut-') === true && counts.timePs === 0;
  return digests.tlp !== '' && !isLost;
}
