// Rules: how often each was evaluated, what it says and rests on, what broke it. A rule that was never evaluated is not one
// that held.
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { DataTable, type TableColumn } from './data-table.tsx';
import { countText, logShare, nounText } from './format.ts';
import { Chip, Empty, SearchBox, ShareBar } from './parts.tsx';
import type { RulePayload } from './payload.ts';
import { matchesTerms, parseTerms } from './search-terms.ts';
import { hrefOf, pageState, params, setParams } from './state.ts';

interface RuleRow extends RulePayload {
  /** Runs that broke it, first or later. */
  readonly runs: number;
}

type Show = 'all' | 'never' | 'broken';

export function RulesView(): VNode {
  const { rules, runs } = pageState().regression;
  const { q = '', show = 'all', sort = 'table', basis = '' } = params.value;
  const all = useMemo((): RuleRow[] => {
    const broken = new Map<string, number>();
    for (const run of runs) {
      for (const id of new Set([run.cause, ...run.broken.map(({ rule }) => rule)])) {
        broken.set(id, (broken.get(id) ?? 0) + 1);
      }
    }
    return rules.map((rule) => ({ ...rule, runs: broken.get(rule.id) ?? 0 }));
  }, [rules]);
  const found = useMemo(() => {
    const terms = parseTerms(q);
    return all.filter(
      (rule) =>
        (basis === '' || rule.basis === basis) &&
        matchesTerms(
          terms,
          `${rule.id} ${rule.sentence} ${rule.source} ${rule.basis}`.toLowerCase(),
        ),
    );
  }, [q, basis]);
  const rows = useMemo(
    () =>
      sortRules(
        found.filter((rule) => isShown(rule, show)),
        sort,
      ),
    [found, show, sort],
  );
  const columns = useMemo(() => ruleColumns(all), [all]);
  return (
    <div class="view main">
      <RuleFilters found={found} rows={rows.length} show={show} />
      <DataTable
        label="Rules"
        rows={rows}
        columns={columns}
        keyOf={({ id }) => id}
        order={sort}
        onOrder={(order) => setParams({ sort: order })}
        minWidth={420}
        empty={emptyRules(show, q)}
      />
    </div>
  );
}

function isShown({ evaluations, runs }: RuleRow, show: string): boolean {
  if (show === 'never') return evaluations === 0;
  return show !== 'broken' || runs > 0;
}

function sortRules(rules: readonly RuleRow[], sort: string): RuleRow[] {
  const down = sort.startsWith('-') ? -1 : 1;
  const number = (rule: RuleRow): number => (sort.endsWith('runs') ? rule.runs : rule.evaluations);
  if (sort === 'table') return [...rules];
  if (sort.endsWith('id')) return [...rules].sort((a, b) => down * (a.id < b.id ? -1 : 1));
  return [...rules].sort((a, b) => down * (number(a) - number(b)));
}

function emptyRules(show: string, query: string): VNode {
  if (show === 'never' && query === '') {
    return (
      <Empty title="Every rule was evaluated">Each check looked at something at least once.</Empty>
    );
  }
  if (show === 'broken' && query === '') return <Empty title="No rule was broken" />;
  return <Empty title="No rule matches">Change the search or the filters above.</Empty>;
}

function RuleFilters({
  found,
  rows,
  show,
}: {
  readonly found: readonly RuleRow[];
  readonly rows: number;
  readonly show: string;
}): VNode {
  const { rules } = pageState().regression;
  const bases = [...new Set(rules.map(({ basis }) => basis))].filter((basis) => basis !== '');
  const chip = (name: Show, words: string, kind: string): VNode => (
    <Chip
      isOn={show === name}
      kind={kind}
      count={found.filter((rule) => isShown(rule, name)).length}
      onToggle={() => setParams({ show: show === name ? undefined : name })}
    >
      {words}
    </Chip>
  );
  return (
    <div class="filters">
      <SearchBox hint="Search rules, sentences, sources" />
      <div class="chips" role="group" aria-label="Which rules">
        {chip('never', 'never evaluated', 'verdict-ERROR')}
        {chip('broken', 'broken', 'verdict-FAIL')}
      </div>
      <label class="select">
        Basis
        <select
          value={params.value['basis'] ?? ''}
          onChange={({ currentTarget: { value } }) => setParams({ basis: value || undefined })}
        >
          <option value="">all</option>
          {bases.map((basis) => (
            <option key={basis} value={basis}>
              {basis}
            </option>
          ))}
        </select>
      </label>
      <span class="muted result">{nounText(rows, 'rule')}</span>
    </div>
  );
}

function ruleColumns(rules: readonly RuleRow[]): TableColumn<RuleRow>[] {
  const most = rules.reduce((max, { evaluations }) => Math.max(max, evaluations), 0);
  return [
    {
      key: 'id',
      title: 'Rule',
      width: 'minmax(100px, 150px)',
      order: 'id',
      cell: ({ id }) => <strong title={id}>{id}</strong>,
    },
    {
      key: 'bar',
      title: '',
      width: '80px',
      fromWidth: 760,
      cell: ({ evaluations }) => <ShareBar share={logShare(evaluations, most)} />,
    },
    {
      key: 'evaluations',
      title: 'Evaluations',
      width: '112px',
      isNumber: true,
      order: 'evaluations',
      cell: ({ evaluations }) =>
        evaluations === 0 ? <span class="tag warning">never</span> : countText(evaluations),
    },
    {
      key: 'runs',
      title: 'Broken by',
      width: '96px',
      isNumber: true,
      order: '-runs',
      fromWidth: 560,
      cell: ({ runs, id }) =>
        runs === 0 ? (
          <span class="faint">—</span>
        ) : (
          <a class="text-FAIL" href={hrefOf('runs', { rule: id })}>
            {nounText(runs, 'run')}
          </a>
        ),
    },
    {
      key: 'sentence',
      title: 'What it says',
      width: 'minmax(160px, 1fr)',
      cell: ({ sentence }) => <span title={sentence}>{sentence}</span>,
    },
    {
      key: 'source',
      title: 'Source',
      width: 'minmax(120px, 230px)',
      fromWidth: 900,
      cell: ({ source }) => (
        <span class="muted" title={source}>
          {source}
        </span>
      ),
    },
    {
      key: 'basis',
      title: 'Basis',
      width: '84px',
      fromWidth: 680,
      hint: 'What the rule rests on',
      cell: ({ basis }) => (basis === '' ? '' : <span class="tag">{basis}</span>),
    },
  ];
}
