// A table of any length: only the rows in sight are in the document, all of one height. Arrow keys move, Enter opens. Columns
// that do not fit are left out, the least important ones first.
import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { countText } from './format.ts';

export const ROW_HEIGHT = 30;
const HEAD_HEIGHT = 30;
/** Rows beyond the edges, so that a quick scroll shows no gap. */
const OVERSCAN = 12;
/** Browsers cannot scroll over more pixels than about 17 million. */
const ROWS_MAX = 500_000;

export interface TableColumn<T> {
  readonly key: string;
  readonly title: string;
  /** A track of the grid: `80px`, `minmax(120px, 1fr)`. */
  readonly width: string;
  readonly isNumber?: boolean;
  /** Left out where the table is narrower, pixels. */
  readonly fromWidth?: number;
  /** The order to ask for when the heading is clicked; `-name` comes first for numbers that matter when large. */
  readonly order?: string;
  readonly hint?: string;
  readonly cell: (row: T) => ComponentChildren;
}

export interface TableProps<T> {
  readonly label: string;
  readonly rows: ArrayLike<T>;
  readonly columns: readonly TableColumn<T>[];
  readonly keyOf: (row: T) => string | number;
  readonly onOpen?: (row: T) => void;
  /** Key of the row that is open. */
  readonly openKey?: string | number | undefined;
  readonly order?: string;
  readonly onOrder?: (order: string) => void;
  readonly empty: ComponentChildren;
  /** Pixels below which the table scrolls sideways. */
  readonly minWidth?: number;
}

interface Viewport {
  readonly top: number;
  readonly height: number;
  readonly width: number;
}

export function DataTable<T>(props: TableProps<T>): VNode {
  const { label, rows, columns, keyOf, empty } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [viewport, setViewport] = useState<Viewport>({ top: 0, height: 600, width: 1200 });
  const [active, setActive] = useState(-1);
  const count = Math.min(rows.length, ROWS_MAX);
  useViewport(scroller, setViewport);
  const openIndex = useOpenRow(props, count);
  useEffect(() => {
    if (openIndex >= 0) reveal(scroller.current, openIndex);
  }, [openIndex]);
  const shown = columns.filter(({ fromWidth = 0 }) => viewport.width >= fromWidth);
  const first = Math.max(0, Math.floor(viewport.top / ROW_HEIGHT) - OVERSCAN);
  const last = Math.min(count, Math.ceil((viewport.top + viewport.height) / ROW_HEIGHT) + OVERSCAN);
  const tracks = { gridTemplateColumns: shown.map(({ width }) => width).join(' ') };
  const visible: VNode[] = [];
  for (let index = first; index < last; index++) {
    const row = rows[index];
    visible.push(
      <TableRow
        key={keyOf(row)}
        {...{ row, index, tracks, columns: shown }}
        isActive={index === active}
        isOpen={index === openIndex}
        onOpen={props.onOpen}
      />,
    );
  }
  const move = (to: number): void => {
    const next = Math.max(0, Math.min(count - 1, to));
    setActive(next);
    reveal(scroller.current, next);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const isOwn = event.target === scroller.current;
    const target = keyTarget(event.key, active, Math.floor(viewport.height / ROW_HEIGHT), count);
    if (isOwn && target !== undefined && count > 0) move(target);
    else if (isOwn && event.key === 'Enter' && active in rows) props.onOpen?.(rows[active]);
    else return;
    event.preventDefault();
  };
  return (
    <div
      ref={scroller}
      class="table"
      role="table"
      aria-label={label}
      aria-rowcount={count + 1}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onScroll={({ currentTarget: { scrollTop: top, clientHeight: height, clientWidth: width } }) =>
        setViewport({ top, height, width })
      }
    >
      <div class="table-sheet" style={{ minWidth: `${props.minWidth ?? 0}px` }}>
        <TableHead {...{ columns: shown, tracks }} order={props.order} onOrder={props.onOrder} />
        <div class="table-body" style={{ height: `${count * ROW_HEIGHT}px` }}>
          <div style={{ transform: `translateY(${first * ROW_HEIGHT}px)` }}>{visible}</div>
        </div>
        {count === 0 && empty}
        {rows.length > ROWS_MAX && (
          <p class="table-end">
            The first {countText(ROWS_MAX)} of {countText(rows.length)} rows: search to see others.
          </p>
        )}
      </div>
    </div>
  );
}

function useViewport(
  scroller: { readonly current: HTMLDivElement | null },
  setViewport: (viewport: Viewport) => void,
): void {
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      const { scrollTop: top, clientHeight: height, clientWidth: width } = element;
      setViewport({ top, height, width });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
}

/** Where the open row is, or -1. */
function useOpenRow<T>({ rows, keyOf, openKey }: TableProps<T>, count: number): number {
  if (openKey === undefined) return -1;
  for (let index = 0; index < count; index++) if (keyOf(rows[index]) === openKey) return index;
  return -1;
}

/** Scrolls as little as needed to show a row, below the heading that stays. */
function reveal(scroller: HTMLDivElement | null, index: number): void {
  if (scroller === null) return;
  const top = index * ROW_HEIGHT;
  const room = scroller.clientHeight - HEAD_HEIGHT - ROW_HEIGHT;
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (top > scroller.scrollTop + room) scroller.scrollTop = top - room;
}

function keyTarget(key: string, active: number, page: number, count: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
    case 'j':
      return active + 1;
    case 'ArrowUp':
    case 'k':
      return active - 1;
    case 'PageDown':
      return active + page;
    case 'PageUp':
      return active - page;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}

interface HeadProps<T> {
  readonly columns: readonly TableColumn<T>[];
  readonly tracks: Record<string, string>;
  readonly order: string | undefined;
  readonly onOrder: ((order: string) => void) | undefined;
}

function TableHead<T>({ columns, tracks, order, onOrder }: HeadProps<T>): VNode {
  return (
    <div class="table-row table-head" role="row" aria-rowindex={1} style={tracks}>
      {columns.map((column) => (
        <HeadCell
          key={column.key}
          column={column as TableColumn<unknown>}
          {...{ order, onOrder }}
        />
      ))}
    </div>
  );
}

function HeadCell({
  column: { title, order: own, isNumber, hint },
  order = '',
  onOrder,
}: {
  readonly column: TableColumn<unknown>;
  readonly order: string | undefined;
  readonly onOrder: ((order: string) => void) | undefined;
}): VNode {
  const kind = isNumber === true ? 'is-number' : '';
  if (own === undefined || onOrder === undefined) {
    return (
      <span role="columnheader" class={kind} title={hint}>
        {title}
      </span>
    );
  }
  const plain = (text: string): string => text.replace(/^-/, '');
  const isSorted = plain(order) === plain(own);
  const isDown = order.startsWith('-');
  const turned = isDown ? plain(order) : `-${order}`;
  const sorting = isSorted ? (isDown ? 'descending' : 'ascending') : 'none';
  return (
    <span role="columnheader" class={kind} aria-sort={sorting} title={hint}>
      <button type="button" onClick={() => onOrder(isSorted ? turned : own)}>
        {title}
        <span class="sort-mark" aria-hidden="true">
          {isSorted ? (isDown ? '↓' : '↑') : ''}
        </span>
      </button>
    </span>
  );
}

interface RowProps<T> {
  readonly row: T;
  readonly index: number;
  readonly columns: readonly TableColumn<T>[];
  readonly tracks: Record<string, string>;
  readonly isActive: boolean;
  readonly isOpen: boolean;
  readonly onOpen: ((row: T) => void) | undefined;
}

function TableRow<T>({
  row,
  index,
  columns,
  tracks,
  isActive,
  isOpen,
  onOpen,
}: RowProps<T>): VNode {
  const kind = `${isActive ? 'is-active' : ''} ${isOpen ? 'is-open' : ''}`;
  const onClick = (event: MouseEvent): void => {
    // Links and buttons in a row do what they say, and no more.
    const target = event.target as Element;
    if (target.closest('a, button') === null) onOpen?.(row);
  };
  return (
    <div
      class={`table-row ${kind} ${onOpen === undefined ? '' : 'can-open'}`}
      role="row"
      aria-rowindex={index + 2}
      aria-current={isOpen || undefined}
      style={tracks}
      onClick={onClick}
    >
      {columns.map(({ key, isNumber, cell }) => (
        <span key={key} role="cell" class={isNumber === true ? 'is-number' : ''}>
          {cell(row)}
        </span>
      ))}
    </div>
  );
}
