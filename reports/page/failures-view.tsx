// Failures in buckets: runs by the rule that they broke first or the code of their error, what they have in common, and the line
// that replays each.
import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { countText, nounText } from './format.ts';
import { ChevronIcon } from './icons.tsx';
import { CommandLine, Empty, RunLink, SearchBox, ShareBar, VerdictBadge } from './parts.tsx';
import { listText } from './route.ts';
import { bucketsOf, type Bucket } from './run-filter.ts';
import { matchesTerms, parseTerms } from './search-terms.ts';
import { hrefOf, pageState, params } from './state.ts';
import { suspectsOf, type Suspect } from './suspects.ts';
import type { Run } from './unpack.ts';

const RUNS_SHOWN = 12;
/** Buckets that are open at once when the view is entered. */
const OPEN_FIRST = 3;

export function FailuresView(): VNode {
  const { runs } = pageState().regression;
  const { q = '' } = params.value;
  const all = useMemo(() => bucketsOf(runs), [runs]);
  const buckets = useMemo(() => searched(all, q), [all, q]);
  const failing = buckets.reduce((sum, bucket) => sum + bucket.runs.length, 0);
  if (all.length === 0) {
    const words =
      runs.length === 0 ? 'No run was made.' : 'No run broke a rule or ended without a verdict.';
    return <Empty title="No failures">{words}</Empty>;
  }
  return (
    <div class="view main">
      <div class="filters">
        <SearchBox hint="Search rules, reasons, tests, seeds" />
        <span class="muted result">
          {nounText(failing, 'run')} in {nounText(buckets.length, 'bucket')}
        </span>
      </div>
      <div class="scrolls buckets">
        {buckets.length === 0 && <Empty title="No failure matches">Change the search above.</Empty>}
        {buckets.map((bucket, at) => (
          <BucketCard
            key={`${bucket.verdict} ${bucket.cause}`}
            bucket={bucket}
            isFirst={at < OPEN_FIRST}
          />
        ))}
      </div>
    </div>
  );
}

/** Buckets with the runs that match; a bucket whose rule matches keeps all its runs. */
function searched(buckets: readonly Bucket[], query: string): Bucket[] {
  const terms = parseTerms(query);
  return buckets
    .map((bucket) => ({
      ...bucket,
      runs: bucket.runs.filter(({ test, seed, cause, reason, verdict }) =>
        matchesTerms(terms, `${cause} ${reason} ${verdict} ${test} ${seed}`.toLowerCase()),
      ),
    }))
    .filter(({ runs }) => runs.length > 0);
}

function BucketCard({
  bucket,
  isFirst,
}: {
  readonly bucket: Bucket;
  readonly isFirst: boolean;
}): VNode {
  const { rules } = pageState().regression;
  const { verdict, cause, runs } = bucket;
  const rule = rules.find(({ id }) => id === cause);
  const tests = [...new Set(runs.map(({ test }) => test))];
  const address =
    verdict === 'FAIL'
      ? { verdict, rule: cause }
      : { verdict, q: cause === '' ? '' : `"${cause}"` };
  return (
    <details class={`card bucket verdict-${verdict}`} open={isFirst}>
      <summary>
        <ChevronIcon />
        <VerdictBadge verdict={verdict} />
        <h2>{cause === '' ? verdict : cause}</h2>
        <span class="muted">
          {nounText(runs.length, 'run')} of {tests.join(', ')}
        </span>
        <a class="more" href={hrefOf('runs', address)}>
          as a list
        </a>
      </summary>
      {rule !== undefined && (
        <p class="sentence">
          {rule.sentence} <span class="muted">{rule.source}</span>
        </p>
      )}
      <Consequences bucket={bucket} />
      <Common bucket={bucket} />
      <BucketRuns runs={runs} />
    </details>
  );
}

/** Other rules that the same runs broke later. */
function Consequences({ bucket: { cause, runs } }: { readonly bucket: Bucket }): VNode | null {
  const counts = new Map<string, number>();
  for (const { broken } of runs) {
    for (const { rule } of broken) {
      if (rule !== cause) counts.set(rule, (counts.get(rule) ?? 0) + 1);
    }
  }
  if (counts.size === 0) return null;
  return (
    <p class="consequences">
      <span class="muted">What followed:</span>
      {[...counts]
        .sort(([, a], [, b]) => b - a)
        .map(([rule, count]) => (
          <a key={rule} href={hrefOf('rules', { q: `"${rule}"` })}>
            {rule} <span class="muted">{countText(count)}</span>
          </a>
        ))}
    </p>
  );
}

/** What the runs of a bucket have that runs that passed have rarely. */
function Common({ bucket }: { readonly bucket: Bucket }): VNode | null {
  const { regression, columns } = pageState();
  const passing = useMemo(() => regression.runs.filter(({ verdict }) => verdict === 'PASS'), []);
  const suspects = useMemo(() => suspectsOf(columns, bucket.runs, passing), [bucket]);
  if (suspects.length === 0) return null;
  const failing = bucket.runs.length;
  return (
    <table class="plain suspects">
      <thead>
        <tr>
          <th>In common</th>
          <th colspan={2}>
            {failing === 1 ? 'the failing run' : `${countText(failing)} failing runs`}
          </th>
          <th colspan={2}>{nounText(passing.length, 'passing run')}</th>
        </tr>
      </thead>
      <tbody>
        {suspects.map((suspect) => (
          <SuspectRow
            key={`${suspect.column}=${suspect.value}`}
            suspect={suspect}
            totals={[failing, passing.length]}
          />
        ))}
      </tbody>
    </table>
  );
}

function SuspectRow({
  suspect: { column, value, failing, passing },
  totals,
}: {
  readonly suspect: Suspect;
  readonly totals: readonly [failing: number, passing: number];
}): VNode {
  return (
    <tr>
      <td>
        <a href={hrefOf('configuration', { by: column, where: listText([`${column}=${value}`]) })}>
          {column} = {value === '' ? '(empty)' : value.replace('..', ' … ')}
        </a>
      </td>
      <td class="bar-cell">
        <ShareBar share={failing / totals[0]} kind="state-illegal" />
      </td>
      <td class="is-number">{shareText(failing, totals[0])}</td>
      <td class="bar-cell">
        <ShareBar share={passing / totals[1]} kind="state-covered" />
      </td>
      <td class="is-number">{shareText(passing, totals[1])}</td>
    </tr>
  );
}

function shareText(part: number, whole: number): string {
  return part === whole ? 'all' : part === 0 ? 'none' : `${Math.round((100 * part) / whole)} %`;
}

function BucketRuns({ runs }: { readonly runs: readonly Run[] }): VNode {
  const [isAll, setAll] = useState(false);
  const shown = isAll ? runs.slice(0, 500) : runs.slice(0, RUNS_SHOWN);
  return (
    <ul class="bucket-runs">
      {shown.map((run) => (
        <li key={run.index}>
          <RunLink run={run} />
          <span class="reason" title={run.reason}>
            {run.reason}
          </span>
          <CommandLine text={run.replay} />
        </li>
      ))}
      {runs.length > shown.length && (
        <li>
          {isAll ? (
            <span class="muted">
              and {nounText(runs.length - shown.length, 'more run')}: see the list
            </span>
          ) : (
            <button type="button" class="text-button" onClick={() => setAll(true)}>
              {countText(runs.length - shown.length)} more
            </button>
          )}
        </li>
      )}
    </ul>
  );
}
