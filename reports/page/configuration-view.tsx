// Configuration: what was drawn for each run. A column's values with their verdicts show what all failures have in common; the
// table below shows the runs with any columns that are wanted.
import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { VERDICTS } from '#record/run-record';
import { NO_VALUE, verdictsByValue, type ValueCounts } from './column-values.ts';
import { DataTable, type TableColumn } from './data-table.tsx';
import { countText, nounText } from './format.ts';
import { Empty, VerdictBadge, VerdictBar } from './parts.tsx';
import { listParam, listText } from './route.ts';
import { filterRuns, sortRuns } from './run-filter.ts';
import { RunFilters, useRunFilter } from './runs-view.tsx';
import { matchesTerms, parseTerms } from './search-terms.ts';
import { suspectsOf } from './suspects.ts';
import { goTo, pageState, params, setParams } from './state.ts';
import type { Column, Run } from './unpack.ts';

const COLUMNS_FIRST = 6;
const VALUES_SHOWN = 200;

export function ConfigurationView(): VNode {
  const { regression, columns } = pageState();
  const { by, cols, sort = 'plan' } = params.value;
  const filter = useRunFilter();
  const runs = useMemo(() => filterRuns(regression.runs, columns, filter), [filter]);
  const varied = useMemo(() => columns.filter((column) => isVaried(column)), []);
  const telling = useMemo(() => tellingColumn(varied, regression.runs), []);
  const chosen = useMemo(
    () => (cols === undefined ? firstColumns(varied, by ?? telling?.name) : listParam(cols)),
    [cols, by],
  );
  const rows = useMemo(() => sortRuns(runs, sort), [runs, sort]);
  const tableColumns = useMemo(() => runTableColumns(columns, chosen), [chosen]);
  if (columns.length <= 1) {
    return (
      <Empty title="No configuration">This record does not say what was drawn for its runs.</Empty>
    );
  }
  const subject = columns.find(({ name }) => name === by) ?? telling ?? columns[0];
  return (
    <div class="view split">
      <ColumnChooser columns={columns} chosen={chosen} subject={subject} />
      <div class="main">
        <RunFilters filter={filter} found={rows.length} />
        <Verdicts column={subject} runs={runs} />
        <DataTable
          label="Configuration of runs"
          rows={rows}
          columns={tableColumns}
          keyOf={({ index }) => index}
          onOpen={({ index }) => goTo('runs', { run: String(index) })}
          order={sort}
          onOrder={(order) => setParams({ sort: order })}
          minWidth={260 + 130 * chosen.length}
          empty={<Empty title="No run matches">Change the search or the filters above.</Empty>}
        />
      </div>
    </div>
  );
}

function isVaried({ values }: Column): boolean {
  return values.some((value) => value !== values[0]);
}

/** What the failing runs have in common, if anything; else the first column that was drawn. */
function tellingColumn(varied: readonly Column[], runs: readonly Run[]): Column | undefined {
  const failing = runs.filter(({ verdict }) => verdict === 'FAIL' || verdict === 'ERROR');
  const passing = runs.filter(({ verdict }) => verdict === 'PASS');
  const suspect = suspectsOf(varied, failing, passing).at(0);
  return varied.find(({ name }) => name === suspect?.column) ?? varied.at(1);
}

/** Columns with different values, the one that is looked at among them. */
function firstColumns(varied: readonly Column[], by: string | undefined): string[] {
  const names = varied.map(({ name }) => name).filter((name) => name !== 'test' && name !== by);
  const own = by === undefined || by === 'test' ? [] : [by];
  return [...own, ...names].slice(0, COLUMNS_FIRST);
}

interface ChooserProps {
  readonly columns: readonly Column[];
  readonly chosen: readonly string[];
  readonly subject: Column;
}

const KINDS = { run: 'Run', swarm: 'Drawn from the seed', parameter: 'Device parameters' } as const;

function ColumnChooser({ columns, chosen, subject }: ChooserProps): VNode {
  const [query, setQuery] = useState('');
  const terms = parseTerms(query);
  const found = columns.filter(({ name }) => matchesTerms(terms, name.toLowerCase()));
  return (
    <nav class="tree" aria-label="Columns">
      <label class="search is-small">
        <input
          type="search"
          value={query}
          placeholder="Find a column"
          aria-label="Find a column"
          onInput={({ currentTarget: { value } }) => setQuery(value)}
        />
      </label>
      {(['run', 'swarm', 'parameter'] as const).map((kind) => {
        const own = found.filter((column) => column.kind === kind);
        return own.length === 0 ? null : (
          <div key={kind}>
            <h3>{KINDS[kind]}</h3>
            {own.map((column) => (
              <ColumnLine
                key={column.name}
                {...{ column, chosen }}
                isSubject={column === subject}
              />
            ))}
          </div>
        );
      })}
      {found.length === 0 && <Empty title="No such column" />}
    </nav>
  );
}

function ColumnLine({
  column,
  chosen,
  isSubject,
}: {
  readonly column: Column;
  readonly chosen: readonly string[];
  readonly isSubject: boolean;
}): VNode {
  const { name, values } = column;
  const distinct = useMemo(() => new Set(values).size, [values]);
  const isShown = chosen.includes(name);
  const toggle = (): void => {
    const next = isShown ? chosen.filter((one) => one !== name) : [...chosen, name];
    setParams({ cols: listText(next) || 'none' });
  };
  return (
    <div class="tree-row is-column" aria-current={isSubject || undefined}>
      <input
        type="checkbox"
        checked={isShown}
        disabled={column.kind === 'run'}
        aria-label={`Show ${name} in the table`}
        onChange={toggle}
      />
      <button
        type="button"
        class="text-button"
        title={name}
        onClick={() => setParams({ by: name })}
      >
        {name}
      </button>
      <span class="faint" title={distinct === 1 ? String(values[0]) : nounText(distinct, 'value')}>
        {distinct === 1 ? 'same' : countText(distinct)}
      </span>
    </div>
  );
}

/** The verdicts of the runs shown by value of one column; a click filters by the value. */
function Verdicts({
  column,
  runs,
}: {
  readonly column: Column;
  readonly runs: readonly Run[];
}): VNode {
  const rows = useMemo(() => verdictsByValue(column, runs), [column, runs]);
  const shown = rows.slice(0, VALUES_SHOWN);
  return (
    <section class="by-value" aria-label={`Verdicts by ${column.name}`}>
      <header>
        <h2>
          Verdicts by <code>{column.name}</code>
        </h2>
        <span class="muted">
          {rows.length > shown.length
            ? `the first ${VALUES_SHOWN} of ${countText(rows.length)} values`
            : 'choose another column at the left; click a value to filter by it'}
        </span>
      </header>
      <div class="plain-scroll">
        <table class="plain">
          <thead>
            <tr>
              <th>Value</th>
              <th class="is-number">Runs</th>
              <th>Verdicts</th>
              {VERDICTS.map((verdict) => (
                <th key={verdict} class="is-number">
                  {verdict}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <ValueRow key={row.value} row={row} name={column.name} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

const VERDICT_KINDS = { PASS: '', FAIL: 'text-FAIL', ERROR: 'text-ERROR', SKIP: 'muted' } as const;

function ValueRow({
  row: { value, counts, total },
  name,
}: {
  readonly row: ValueCounts;
  readonly name: string;
}): VNode {
  const condition = `${name}=${value}`;
  const where = listParam(params.value['where']);
  const isOn = where.includes(condition);
  const toggle = (): void => {
    const next = isOn ? where.filter((one) => one !== condition) : [...where, condition];
    setParams({ where: listText(next) || undefined });
  };
  return (
    <tr aria-current={isOn || undefined}>
      <td>
        <button type="button" class="text-button" onClick={toggle} title={`Filter by ${condition}`}>
          {value === '' ? '(empty)' : value.replace('..', ' … ')}
        </button>
      </td>
      <td class="is-number">{countText(total)}</td>
      <td class="bar-cell">
        <VerdictBar counts={counts} />
      </td>
      {VERDICTS.map((verdict) => (
        <td
          key={verdict}
          class={`is-number ${counts[verdict] === 0 ? 'faint' : VERDICT_KINDS[verdict]}`}
        >
          {countText(counts[verdict])}
        </td>
      ))}
    </tr>
  );
}

function runTableColumns(
  columns: readonly Column[],
  chosen: readonly string[],
): TableColumn<Run>[] {
  const own = chosen.flatMap((name) => columns.find((column) => column.name === name) ?? []);
  return [
    {
      key: 'verdict',
      title: 'Verdict',
      width: '84px',
      order: 'verdict',
      cell: ({ verdict }) => <VerdictBadge verdict={verdict} />,
    },
    {
      key: 'test',
      title: 'Test',
      width: '100px',
      order: 'test',
      cell: ({ test }) => <bdi title={test}>{test}</bdi>,
    },
    {
      key: 'seed',
      title: 'Seed',
      width: '72px',
      isNumber: true,
      order: 'seed',
      cell: ({ seed }) => <code>{seed}</code>,
    },
    ...own.map((column) => valueColumn(column)),
  ];
}

function valueColumn({ name, values }: Column): TableColumn<Run> {
  const isNumber = values.every((value) => value === null || typeof value === 'number');
  return {
    key: `value ${name}`,
    title: name,
    hint: name,
    width: 'minmax(110px, 1fr)',
    isNumber,
    cell: ({ index }) => {
      const value = values[index];
      if (value === null) return <span class="faint">—</span>;
      return (
        <bdi title={`${name} = ${String(value)}`}>{value === '' ? NO_VALUE : String(value)}</bdi>
      );
    },
  };
}
