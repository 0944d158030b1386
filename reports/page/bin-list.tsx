// The bins of what is chosen: searched, filtered by state, holes first.
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { binColumns } from './bin-columns.tsx';
import { BIN_STATES, type BinOrder, type BinState, type BinTable } from './bin-table.ts';
import { DataTable } from './data-table.tsx';
import { nounText } from './format.ts';
import { Chip, Empty, SearchBox } from './parts.tsx';
import { listParam, listText } from './route.ts';
import { parseTerms } from './search-terms.ts';
import { pageState, params, setParams } from './state.ts';
import type { CoverGroup, CoverItem, Regression } from './unpack.ts';

const ORDERS: Readonly<Record<string, BinOrder>> = {
  holes: 'holes',
  '-hits': 'hits',
  first: 'first',
  model: 'model',
};

/** Without a choice: excluded bins stand apart, behind a choice of their own. */
const USUAL_STATES: readonly BinState[] = BIN_STATES.filter((state) => state !== 'excluded');

export interface Selected {
  readonly regression: Regression;
  readonly group: CoverGroup | undefined;
  readonly item: CoverItem | undefined;
}

export function BinList({ regression, group, item }: Selected): VNode {
  const { bins } = pageState();
  const { q = '', state, sort = 'holes' } = params.value;
  const items = useMemo(() => chosenItems(regression, group, item), [group, item]);
  const states = useMemo(() => stateSet(state), [state]);
  const terms = useMemo(() => parseTerms(q), [q]);
  const order = ORDERS[sort] ?? 'holes';
  const rows = useMemo(
    () => bins.sorted(bins.rows({ states, terms, items }), order),
    [states, terms, items, order],
  );
  const counts = useMemo(() => stateCounts(bins, terms, items), [terms, items]);
  const hasHits = states.has('covered') || states.has('low') || states.has('illegal');
  const hasExcluded = states.has('excluded');
  const columns = useMemo(
    () => binColumns(regression, bins, { group, item, hasHits, hasExcluded }),
    [group, item, hasHits, hasExcluded],
  );
  return (
    <>
      <div class="filters">
        <SearchBox hint="Search bins" />
        <StateChips states={states} state={state} counts={counts} />
        <label class="select">
          Sort
          <select
            value={sort}
            onChange={({ currentTarget: { value } }) => setParams({ sort: value })}
          >
            <option value="holes">holes first</option>
            <option value="-hits">most hits first</option>
            <option value="first">first hit</option>
            <option value="model">as in the model</option>
          </select>
        </label>
        <span class="muted result">{nounText(rows.length, 'bin')}</span>
      </div>
      <DataTable
        label="Bins"
        rows={rows}
        columns={columns}
        keyOf={(row) => row}
        minWidth={420}
        empty={emptyBins(item, states)}
      />
    </>
  );
}

function chosenItems(
  { groups }: Regression,
  group: CoverGroup | undefined,
  item: CoverItem | undefined,
): ReadonlySet<CoverItem> | null {
  if (group === undefined || !groups.includes(group)) return null;
  return new Set(item === undefined ? group.items : [item]);
}

function stateSet(text: string | undefined): ReadonlySet<BinState> {
  const chosen = listParam(text);
  const known = BIN_STATES.filter((state) => chosen.includes(state));
  return new Set(known.length === 0 ? USUAL_STATES : known);
}

function stateCounts(
  bins: BinTable,
  terms: ReturnType<typeof parseTerms>,
  items: ReadonlySet<CoverItem> | null,
): Readonly<Record<BinState, number>> {
  const counts = { hole: 0, low: 0, covered: 0, illegal: 0, excluded: 0 };
  for (const row of bins.rows({ states: new Set(BIN_STATES), terms, items })) {
    const { bins: own, index } = bins.at(row);
    counts[own.state(index)]++;
  }
  return counts;
}

function StateChips({
  states,
  state,
  counts,
}: {
  readonly states: ReadonlySet<BinState>;
  readonly state: string | undefined;
  readonly counts: Readonly<Record<BinState, number>>;
}): VNode {
  const chosen = state === undefined ? [] : [...states];
  const isHolesOnly = state === 'hole,low';
  const toggle = (one: BinState): void => {
    const next = chosen.includes(one) ? chosen.filter((other) => other !== one) : [...chosen, one];
    setParams({ state: listText(BIN_STATES.filter((known) => next.includes(known))) || undefined });
  };
  return (
    <div class="chips" role="group" aria-label="State of bins">
      <Chip
        isOn={isHolesOnly}
        onToggle={() => setParams({ state: isHolesOnly ? undefined : 'hole,low' })}
        count={counts.hole + counts.low}
        kind="state-hole"
      >
        holes only
      </Chip>
      {BIN_STATES.filter((one) => one !== 'hole' || (!isHolesOnly && counts.low > 0)).map((one) =>
        counts[one] === 0 && !chosen.includes(one) ? null : (
          <Chip
            key={one}
            isOn={!isHolesOnly && chosen.includes(one)}
            onToggle={() => toggle(one)}
            count={counts[one]}
            kind={`state-${one}`}
          >
            {one === 'hole' ? 'never hit' : one}
          </Chip>
        ),
      )}
    </div>
  );
}

function emptyBins(item: CoverItem | undefined, states: ReadonlySet<BinState>): VNode {
  if (item !== undefined && item.bins === 0) {
    return (
      <Empty title="n/a">Nothing is countable here: the item contributes to no percentage.</Empty>
    );
  }
  const isHoles = !states.has('covered') && states.has('hole');
  if (isHoles && (params.value['q'] ?? '') === '')
    return <Empty title="No holes">Every bin here is covered.</Empty>;
  return <Empty title="No bin matches">Change the search or the states above.</Empty>;
}
