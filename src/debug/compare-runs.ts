// Did a replay do the same? Compares what two records of one run must have in common. Source: design decision 1, "Digests".
import type { CodeRecord, RunRecord } from '#record/run-record';

export interface Difference {
  readonly what: string;
  readonly recorded: string;
  readonly replayed: string;
}

/**
 * What differs between a record and its replay; nothing when they agree.
 * @param withDraws whether both drew their operations; a replay of recorded operations draws less.
 */
export function compareRuns(
  recorded: RunRecord,
  replayed: RunRecord,
  withDraws: boolean,
): Difference[] {
  const pairs: (readonly [string, string, string])[] = [
    ['verdict', recorded.verdict, replayed.verdict],
    ['cause', cause(recorded), cause(replayed)],
  ];
  // A run whose process died left no digests: there is nothing to compare.
  const hasDigests = recorded.digests.tlp !== '' && replayed.digests.tlp !== '';
  if (hasDigests) pairs.push(['tlp digest', recorded.digests.tlp, replayed.digests.tlp]);
  if (hasDigests && withDraws)
    pairs.push(['draws digest', recorded.digests.draws, replayed.digests.draws]);
  return pairs
    .filter(([, before, after]) => before !== after)
    .map(([what, before, after]) => ({ what, recorded: before, replayed: after }));
}

function cause({ failures, error, skipReason }: RunRecord): string {
  if (failures.length > 0) return `${failures[0].rule} ${failures[0].subject}`;
  return error?.code ?? skipReason ?? 'none';
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
