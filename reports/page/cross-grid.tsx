// The grid of a heat map: cells, the tooltip of the one under the pointer or the keyboard, the line of the one that was chosen.
import type { VNode } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { NEVER_HIT } from '#record/closure-record';
import { tupleIndex, type ItemBins } from './bin-table.ts';
import { countText, exclusionWords, logShare, nounText, shortCountText } from './format.ts';
import { RunLink } from './parts.tsx';
import { pageState } from './state.ts';

const SHADES = 7;

/** Numbers of the axes that make the grid. */
export interface GridAxes {
  readonly row: number;
  readonly column: number;
}

export interface GridProps {
  readonly bins: ItemBins;
  readonly axes: GridAxes;
  /** Bin of each axis; for the two axes of the grid it does not matter. */
  readonly slice: readonly number[];
}

interface CellPlace {
  readonly row: number;
  readonly column: number;
}

export function CrossGrid(props: GridProps): VNode {
  const { bins, axes, slice } = props;
  const grid = useRef<HTMLDivElement>(null);
  /** Under the pointer or the keyboard. */
  const [place, setPlace] = useState<CellPlace | null>(null);
  const [chosen, setChosen] = useState<CellPlace | null>(null);
  useEffect(() => {
    setPlace(null);
    setChosen(null);
  }, [axes, slice]);
  const [rows, columns] = [bins.item.axes[axes.row], bins.item.axes[axes.column]];
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') setChosen(place);
    const next = moved(place ?? { row: 0, column: -1 }, event.key);
    if (next === undefined) return;
    event.preventDefault();
    setPlace({
      row: clamped(next.row, rows.bins.length),
      column: clamped(next.column, columns.bins.length),
    });
  };
  const sheet = useMemo(() => <Sheet {...props} />, [bins, axes, slice]);
  return (
    <>
      <div class="grid-scroll">
        <div
          ref={grid}
          class="grid"
          role="grid"
          tabIndex={0}
          aria-label={`${rows.name} by ${columns.name}`}
          aria-readonly
          style={{
            gridTemplateColumns: `minmax(70px, max-content) repeat(${columns.bins.length}, minmax(34px, 84px))`,
          }}
          onKeyDown={onKeyDown}
          onMouseOver={(event) => setPlace(placeOf(event))}
          onMouseLeave={() => setPlace(null)}
          onBlur={() => setPlace(null)}
          onClick={(event) => setChosen(placeOf(event))}
        >
          {sheet}
        </div>
      </div>
      {place !== null && <Tooltip {...props} place={place} grid={grid} />}
      <p class="cell-words" role="status">
        {chosen === null ? (
          <span class="muted">Choose a cell to keep it here. Arrow keys move.</span>
        ) : (
          <CellWords {...props} place={chosen} hasLink />
        )}
        <Legend />
      </p>
    </>
  );
}

function placeOf({ target }: Event): CellPlace | null {
  const cell = (target as Element).closest<HTMLElement>('[data-row]');
  if (cell === null) return null;
  return { row: Number(cell.dataset['row']), column: Number(cell.dataset['column']) };
}

function clamped(value: number, count: number): number {
  return Math.max(0, Math.min(count - 1, value));
}

function moved({ row, column }: CellPlace, key: string): CellPlace | undefined {
  switch (key) {
    case 'ArrowRight':
      return { row, column: column + 1 };
    case 'ArrowLeft':
      return { row, column: column - 1 };
    case 'ArrowDown':
      return { row: row + 1, column };
    case 'ArrowUp':
      return { row: row - 1, column };
    default:
      return undefined;
  }
}

/** Index of the bin of a cell, or -1 where the tuple does not count. */
function binIndex({ bins, axes, slice }: GridProps, { row, column }: CellPlace): number {
  const tuple = slice.map((bin, axis) =>
    axis === axes.row ? row : axis === axes.column ? column : bin,
  );
  return bins.indexOfTuple(tupleIndex(bins.item, tuple));
}

/** Headings and cells: made once, however the pointer moves. */
function Sheet(props: GridProps): VNode {
  const { bins, axes } = props;
  const [rows, columns] = [bins.item.axes[axes.row], bins.item.axes[axes.column]];
  const most = mostHits(bins);
  return (
    <>
      <div role="row" class="grid-row">
        <span class="grid-corner" role="columnheader">
          <span>{columns.name} →</span>
          <span>{rows.name} ↓</span>
        </span>
        {columns.bins.map((name) => (
          <span key={name} class="grid-head" role="columnheader" title={name}>
            {name}
          </span>
        ))}
      </div>
      {rows.bins.map((name, row) => (
        <div key={name} role="row" class="grid-row">
          <span class="grid-side" role="rowheader" title={name}>
            {name}
          </span>
          {columns.bins.map((columnName, column) => (
            <Cell
              key={columnName}
              {...{ bins, row, column, most }}
              index={binIndex(props, { row, column })}
            />
          ))}
        </div>
      ))}
    </>
  );
}

function mostHits(bins: ItemBins): number {
  let most = 0;
  for (let index = 0; index < bins.tuples.length; index++) most = Math.max(most, bins.count(index));
  return most;
}

interface CellProps extends CellPlace {
  readonly bins: ItemBins;
  readonly index: number;
  readonly most: number;
}

function Cell({ bins, index, row, column, most }: CellProps): VNode {
  const place = { 'data-row': row, 'data-column': column };
  if (index < 0) {
    return <span role="gridcell" class="cell is-out" {...place} aria-label="not counted" />;
  }
  const count = bins.count(index);
  const state = bins.state(index);
  if (state === 'excluded') {
    return <span role="gridcell" class="cell is-out" {...place} aria-label="excluded" />;
  }
  const shade = Math.max(1, Math.ceil(SHADES * logShare(count, most)));
  const kind = state === 'hole' ? 'is-hole' : `shade-${shade}`;
  return (
    <span role="gridcell" class={`cell ${kind} ${state === 'low' ? 'is-low' : ''}`} {...place}>
      {shortCountText(count)}
    </span>
  );
}

interface TooltipProps extends GridProps {
  readonly place: CellPlace;
  readonly grid: { readonly current: HTMLDivElement | null };
}

function Tooltip({ place, grid, ...props }: TooltipProps): VNode {
  const tip = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const cell = grid.current?.querySelector<HTMLElement>(
      `[data-row="${place.row}"][data-column="${place.column}"]`,
    );
    const box = tip.current;
    if (cell === undefined || cell === null || box === null) return;
    cell.classList.add('is-active');
    cell.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    const { left, width, top, bottom } = cell.getBoundingClientRect();
    const wanted = left + width / 2 - box.offsetWidth / 2;
    const isBelow = bottom + box.offsetHeight + 8 < innerHeight;
    box.style.left = `${Math.max(8, Math.min(innerWidth - box.offsetWidth - 8, wanted))}px`;
    box.style.top = `${isBelow ? bottom + 6 : top - box.offsetHeight - 6}px`;
    return () => cell.classList.remove('is-active');
  }, [place]);
  return (
    <div ref={tip} class="tooltip" role="tooltip">
      <CellWords {...props} place={place} />
    </div>
  );
}

interface WordsProps extends GridProps {
  readonly place: CellPlace;
  readonly hasLink?: boolean;
}

/** One cell in words. */
function CellWords({ place, hasLink = false, ...props }: WordsProps): VNode {
  const { runs } = pageState().regression;
  const { bins, axes, slice } = props;
  const { item } = bins;
  const index = binIndex(props, place);
  const name = item.axes
    .map((axis, at) => {
      const bin = at === axes.row ? place.row : at === axes.column ? place.column : slice[at];
      return `${axis.name}=${axis.bins[bin]}`;
    })
    .join(' ');
  if (index < 0) {
    return (
      <span>
        <strong>{name}</strong>
        <br />
        not counted: ignored, illegal, or part of a bin with a name
      </span>
    );
  }
  const exclusion = bins.exclusion(index);
  if (exclusion !== undefined) {
    return (
      <span>
        <strong>{name}</strong>
        <br />
        excluded: {exclusionWords(exclusion)}
      </span>
    );
  }
  const first = bins.firstRun(index);
  const goal = item.atLeast === 1 ? '' : ` of at least ${countText(item.atLeast)}`;
  return (
    <span>
      <strong>{name}</strong>
      {hasLink ? ' ' : <br />}
      {bins.state(index) === 'hole' ? 'hole: never hit' : nounText(bins.count(index), 'hit') + goal}
      {first !== NEVER_HIT && (
        <>
          , first by{' '}
          {hasLink ? <RunLink run={runs[first]} /> : `${runs[first].test} ${runs[first].seed}`}
        </>
      )}
    </span>
  );
}

function Legend(): VNode {
  return (
    <span class="legend" aria-hidden="true">
      <i class="cell is-hole" /> hole
      <i class="cell shade-1" />
      <i class="cell shade-3" />
      <i class="cell shade-5" />
      <i class="cell shade-7" /> more hits
      <i class="cell is-out" /> not counted
    </span>
  );
}
