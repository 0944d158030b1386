// All runs: which test and seed came to which verdict and why, what each added, and one of them in full at the side.
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { VERDICTS, type Verdict } from '#record/run-record';
import { DataTable, type TableColumn } from './data-table.tsx';
import { countText, nounText, shortDigest, timeText } from './format.ts';
import { Chip, CopyButton, Empty, FilterTag, SearchBox, VerdictBadge } from './parts.tsx';
import { listParam, listText } from './route.ts';
import { RunDetail } from './run-detail.tsx';
import { filterRuns, sortRuns, verdictSet, type RunFilter } from './run-filter.ts';
import { parseTerms } from './search-terms.ts';
import { pageState, params, setParams } from './state.ts';
import type { Run } from './unpack.ts';

export function RunsView(): VNode {
  const { regression, columns } = pageState();
  const { sort = 'plan', run: open } = params.value;
  const filter = useRunFilter();
  const found = useMemo(() => filterRuns(regression.runs, columns, filter), [filter]);
  const rows = useMemo(() => sortRuns(found, sort), [found, sort]);
  const opened = open === undefined ? undefined : regression.runs[Number(open)];
  return (
    <div class="view split is-right">
      <div class="main">
        <RunFilters filter={filter} found={rows.length} />
        <DataTable
          label="Runs"
          rows={rows}
          columns={COLUMNS}
          keyOf={(run) => run.index}
          onOpen={({ index }) => setParams({ run: String(index) })}
          openKey={opened?.index}
          order={sort}
          onOrder={(order) => setParams({ sort: order })}
          minWidth={460}
          empty={<Empty title="No run matches">Change the search or the filters above.</Empty>}
        />
      </div>
      {opened !== undefined && <RunDetail run={opened} />}
    </div>
  );
}

/** The filters of the address; the same object while they do not change. */
export function useRunFilter(): RunFilter {
  const { q = '', verdict, test, where, rule = '' } = params.value;
  return useMemo(
    () => ({
      verdicts: verdictSet(listParam(verdict)),
      tests: new Set(listParam(test)),
      terms: parseTerms(q),
      where: listParam(where),
      rule,
    }),
    [q, verdict, test, where, rule],
  );
}

export function RunFilters({
  filter,
  found,
}: {
  readonly filter: RunFilter;
  readonly found: number;
}): VNode {
  const { tests } = pageState().regression;
  const { test } = params.value;
  const setWhere = (where: readonly string[]): void =>
    setParams({ where: listText(where) || undefined });
  return (
    <div class="filters">
      <SearchBox hint="Search runs" />
      <VerdictChips />
      <label class="select">
        Test
        <select
          value={test ?? ''}
          onChange={({ currentTarget: { value } }) => setParams({ test: value || undefined })}
        >
          <option value="">all</option>
          {tests.map((one) => (
            <option key={one.test} value={listText([one.test])}>
              {one.test}
            </option>
          ))}
        </select>
      </label>
      {filter.rule !== '' && (
        <FilterTag text={`broke ${filter.rule}`} onRemove={() => setParams({ rule: undefined })} />
      )}
      {filter.where.map((condition) => (
        <FilterTag
          key={condition}
          text={condition}
          onRemove={() => setWhere(filter.where.filter((one) => one !== condition))}
        />
      ))}
      <span class="muted result">{nounText(found, 'run')}</span>
    </div>
  );
}

function VerdictChips(): VNode {
  const { runs } = pageState().regression;
  const counts = useMemo(() => countsOf(runs), [runs]);
  const chosen = listParam(params.value['verdict']);
  const toggle = (verdict: Verdict): void => {
    const next = chosen.includes(verdict)
      ? chosen.filter((one) => one !== verdict)
      : [...chosen, verdict];
    setParams({ verdict: listText(VERDICTS.filter((one) => next.includes(one))) || undefined });
  };
  return (
    <div class="chips" role="group" aria-label="Verdict">
      {VERDICTS.map((verdict) =>
        counts[verdict] === 0 && !chosen.includes(verdict) ? null : (
          <Chip
            key={verdict}
            isOn={chosen.includes(verdict)}
            onToggle={() => toggle(verdict)}
            count={counts[verdict]}
            kind={`verdict-${verdict}`}
          >
            {verdict}
          </Chip>
        ),
      )}
    </div>
  );
}

function countsOf(runs: readonly Run[]): Record<Verdict, number> {
  const counts = { PASS: 0, FAIL: 0, ERROR: 0, SKIP: 0 };
  for (const { verdict } of runs) counts[verdict]++;
  return counts;
}

const COLUMNS: readonly TableColumn<Run>[] = [
  {
    key: 'index',
    title: '#',
    width: '58px',
    isNumber: true,
    fromWidth: 720,
    order: 'plan',
    hint: 'Place in the plan',
    cell: ({ index }) => <span class="faint">{countText(index + 1)}</span>,
  },
  {
    key: 'verdict',
    title: 'Verdict',
    width: '82px',
    order: 'verdict',
    cell: ({ verdict }) => <VerdictBadge verdict={verdict} />,
  },
  {
    key: 'test',
    title: 'Test',
    width: 'minmax(84px, 140px)',
    order: 'test',
    cell: ({ test }) => <bdi title={test}>{test}</bdi>,
  },
  {
    key: 'seed',
    title: 'Seed',
    width: 'minmax(58px, 90px)',
    isNumber: true,
    order: 'seed',
    cell: ({ seed }) => <code>{seed}</code>,
  },
  {
    key: 'reason',
    title: 'Reason',
    width: 'minmax(140px, 1fr)',
    cell: ({ cause, reason, verdict }) => (
      <span class="reason" title={`${cause} ${reason}`.trim()}>
        {cause !== '' && <strong class={`text-${verdict}`}>{cause}</strong>} <bdi>{reason}</bdi>
      </span>
    ),
  },
  {
    key: 'newBins',
    title: 'New bins',
    width: '82px',
    isNumber: true,
    fromWidth: 780,
    order: '-newBins',
    hint: 'Bins that no run before it had hit',
    cell: ({ newBins }) =>
      newBins === null || newBins === 0 ? (
        <span class="faint">{newBins === null ? '—' : '0'}</span>
      ) : (
        <>+{countText(newBins)}</>
      ),
  },
  {
    key: 'tlps',
    title: 'TLPs',
    width: '86px',
    isNumber: true,
    fromWidth: 900,
    order: '-tlps',
    hint: 'Both directions',
    cell: ({ tlpsUp, tlpsDown }) => countText(tlpsUp + tlpsDown),
  },
  {
    key: 'operations',
    title: 'Ops',
    width: '66px',
    isNumber: true,
    fromWidth: 1120,
    order: '-operations',
    hint: 'Operations',
    cell: ({ operations }) => countText(operations),
  },
  {
    key: 'time',
    title: 'Simulated',
    width: '96px',
    isNumber: true,
    fromWidth: 1020,
    order: '-timePs',
    cell: ({ timePs }) => timeText(timePs),
  },
  {
    key: 'digest',
    title: 'TLP digest',
    width: '126px',
    fromWidth: 1240,
    cell: ({ tlpDigest }) => (
      <code class="muted" title={tlpDigest}>
        {shortDigest(tlpDigest)}
      </code>
    ),
  },
  {
    key: 'replay',
    title: 'Replay',
    width: '64px',
    cell: ({ replay }) => <CopyButton text={replay} label={`Copy: ${replay}`} />,
  },
];
