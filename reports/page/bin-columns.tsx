// The columns of a list of bins.
import type { VNode } from 'preact';
import { NEVER_HIT } from '#record/closure-record';
import type { BinState, BinTable, ItemBins } from './bin-table.ts';
import type { TableColumn } from './data-table.tsx';
import { countText, logShare } from './format.ts';
import { RunLink, ShareBar, StateMark } from './parts.tsx';
import { hrefOf } from './state.ts';
import type { CoverItem, Regression, Run } from './unpack.ts';

interface BinRow {
  readonly own: ItemBins;
  readonly index: number;
  readonly count: number;
  readonly state: BinState;
}

/** @param item the only one that is listed, whose name is then not repeated. */
export function binColumns(
  { runs }: Regression,
  bins: BinTable,
  item: CoverItem | undefined,
): TableColumn<number>[] {
  const most = mostHits(bins, item);
  const of = (row: number): BinRow => {
    const { bins: own, index } = bins.at(row);
    return { own, index, count: own.count(index), state: own.state(index) };
  };
  return [
    {
      key: 'state',
      title: 'State',
      width: '76px',
      cell: (row) => {
        const { state, count } = of(row);
        return <StateMark state={state} count={count} />;
      },
    },
    {
      key: 'name',
      title: 'Bin',
      width: 'minmax(180px, 1fr)',
      cell: (row) => <BinName {...bins.at(row)} isShort={item !== undefined} />,
    },
    {
      key: 'depth',
      title: 'Depth',
      width: '110px',
      fromWidth: 620,
      hint: 'Hits on a logarithmic scale',
      cell: (row) => {
        const { count, state } = of(row);
        if (count === 0) return null;
        return <ShareBar share={logShare(count, most)} kind={`state-${state}`} />;
      },
    },
    {
      key: 'hits',
      title: 'Hits',
      width: '96px',
      isNumber: true,
      cell: (row) => countText(of(row).count),
    },
    {
      key: 'atLeast',
      title: 'At least',
      width: '70px',
      isNumber: true,
      fromWidth: 560,
      hint: 'Hits from which the bin counts as covered',
      cell: (row) => <AtLeast {...of(row)} />,
    },
    {
      key: 'first',
      title: 'First hit by',
      width: '150px',
      fromWidth: 720,
      cell: (row) => <FirstHit {...of(row)} runs={runs} />,
    },
  ];
}

function mostHits(bins: BinTable, item: CoverItem | undefined): number {
  let most = 0;
  for (let row = 0; row < bins.size; row++) {
    const { bins: own, index } = bins.at(row);
    if (item === undefined || own.item === item) most = Math.max(most, own.count(index));
  }
  return most;
}

function AtLeast({ own, state }: BinRow): VNode {
  return <span class="muted">{state === 'illegal' ? '—' : countText(own.item.atLeast)}</span>;
}

function FirstHit({ own, index, runs }: BinRow & { readonly runs: readonly Run[] }): VNode {
  const first = own.firstRun(index);
  return first === NEVER_HIT ? <span class="faint">—</span> : <RunLink run={runs[first]} />;
}

export function BinName({
  bins,
  index,
  isShort = false,
}: {
  readonly bins: ItemBins;
  readonly index: number;
  readonly isShort?: boolean;
}): VNode {
  const { item } = bins;
  const name = bins.name(index);
  const full = `${item.group.type}.${item.name} ${name}`;
  return (
    <span class="bin-name" title={full}>
      {!isShort && (
        <>
          <a class="muted" href={hrefOf('coverage', { group: item.group.type, item: item.name })}>
            {item.group.type}.{item.name}
          </a>{' '}
        </>
      )}
      <bdi>{name}</bdi>
    </span>
  );
}
