// The columns of a list of bins.
import type { VNode } from 'preact';
import { NEVER_HIT } from '#record/closure-record';
import type { BinState, BinTable, ItemBins } from './bin-table.ts';
import type { TableColumn } from './data-table.tsx';
import { countText, exclusionWords, logShare } from './format.ts';
import { RunLink, ShareBar, StateMark } from './parts.tsx';
import { hrefOf } from './state.ts';
import type { CoverGroup, CoverItem, Regression, Run } from './unpack.ts';

interface BinRow {
  readonly own: ItemBins;
  readonly index: number;
  readonly count: number;
  readonly state: BinState;
}

/** What a list is of: what all its bins have in common need not be said in each row. */
export interface BinScope {
  /** The only group that is listed. */
  readonly group: CoverGroup | undefined;
  /** The only item that is listed. */
  readonly item: CoverItem | undefined;
  /** There may be bins that were hit: without any there is no depth to show, and the names get its place. */
  readonly hasHits: boolean;
  /** There may be excluded bins, which have a reason. */
  readonly hasExcluded: boolean;
}

export function binColumns(
  { runs }: Regression,
  bins: BinTable,
  { group, item, hasHits, hasExcluded }: BinScope,
): TableColumn<number>[] {
  const names = item === undefined ? (group === undefined ? 'full' : 'item') : 'bin';
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
      cell: (row) => <BinName {...bins.at(row)} names={names} />,
    },
    ...(hasExcluded ? [reasonColumn(of)] : []),
    ...(hasHits ? [depthColumn(of, most)] : []),
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

function depthColumn(of: (row: number) => BinRow, most: number): TableColumn<number> {
  return {
    key: 'depth',
    title: 'Depth',
    width: '110px',
    fromWidth: 900,
    hint: 'Hits on a logarithmic scale',
    cell: (row) => {
      const { count, state } = of(row);
      if (count === 0) return null;
      return <ShareBar share={logShare(count, most)} kind={`state-${state}`} />;
    },
  };
}

function reasonColumn(of: (row: number) => BinRow): TableColumn<number> {
  return {
    key: 'reason',
    title: 'Excluded because',
    width: 'minmax(160px, 1fr)',
    cell: (row) => {
      const { own, index } = of(row);
      const exclusion = own.exclusion(index);
      if (exclusion === undefined) return null;
      const words = exclusionWords(exclusion);
      return <span title={words}>{words}</span>;
    },
  };
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
  names = 'full',
}: {
  readonly bins: ItemBins;
  readonly index: number;
  /** Whether group and item, the item alone, or neither stands before the bin. */
  readonly names?: 'full' | 'item' | 'bin';
}): VNode {
  const { item } = bins;
  const name = bins.name(index);
  const full = `${item.group.type}.${item.name} ${name}`;
  return (
    <span class="bin-name" title={full}>
      {names !== 'bin' && (
        <>
          <a class="muted" href={hrefOf('coverage', { group: item.group.type, item: item.name })}>
            {names === 'full' && `${item.group.type}.`}
            {item.name}
          </a>{' '}
        </>
      )}
      <bdi>{name}</bdi>
    </span>
  );
}
