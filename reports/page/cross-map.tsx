// A cross as a heat map: two of its axes as a grid, the others held at one bin each. Darker is more hits, on a
// logarithmic scale; holes stand out; what does not count is hatched.
import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { ItemBins } from './bin-table.ts';
import { CrossGrid, type GridAxes } from './cross-grid.tsx';
import { countText } from './format.ts';
import { params, setParams } from './state.ts';
import type { CoverItem } from './unpack.ts';

/** Cells beyond which a grid is no longer read, only scrolled: the table of tuples serves better. */
const CELLS_MAX = 12_000;

export function CrossMap({ bins }: { readonly bins: ItemBins }): VNode | null {
  const { item } = bins;
  const [axes, setAxes] = useState<GridAxes>(() => firstAxes(item));
  const slice = useSlice(item);
  const rowNames = item.axes[axes.row]?.bins ?? [];
  const columnNames = item.axes[axes.column]?.bins ?? [];
  const isOneAxis = item.axes.length < 2;
  if (isOneAxis || item.bins === 0) return null;
  const isTooLarge = rowNames.length * columnNames.length > CELLS_MAX;
  return (
    <section class="cross-map" aria-label={`Heat map of ${item.name}`}>
      {item.axes.length > 2 && <Slices {...{ item, axes, setAxes, slice }} />}
      {isTooLarge ? (
        <p class="muted">
          {countText(rowNames.length)} by {countText(columnNames.length)} cells: too many for a
          grid, see the table.
        </p>
      ) : (
        <CrossGrid {...{ bins, axes, slice }} />
      )}
    </section>
  );
}

/** The two longest axes, the longest across. */
function firstAxes({ axes }: CoverItem): GridAxes {
  const order = axes
    .map(({ bins }, axis) => ({ axis, size: bins.length }))
    .sort((a, b) => b.size - a.size || a.axis - b.axis);
  if (order.length < 2) return { row: 0, column: 0 };
  return { row: order[0].axis, column: order[1].axis };
}

/** The slice of the address: bins of all axes by number, as in `slice=0.2.1`. */
function useSlice({ axes }: CoverItem): readonly number[] {
  const text = params.value['slice'];
  return useMemo(() => {
    const numbers = (text ?? '').split('.').map(Number);
    return axes.map(({ bins }, axis) => {
      const bin = numbers[axis];
      return Number.isInteger(bin) && bin >= 0 && bin < bins.length ? bin : 0;
    });
  }, [text, axes]);
}

interface SlicesProps {
  readonly item: CoverItem;
  readonly axes: GridAxes;
  readonly setAxes: (axes: GridAxes) => void;
  readonly slice: readonly number[];
}

/** Which axes make the grid, and which bin of the others is shown. */
function Slices({ item, axes, setAxes, slice }: SlicesProps): VNode {
  const choose = (which: keyof GridAxes, axis: number): void => {
    const other = which === 'row' ? 'column' : 'row';
    // The two axes change places rather than be the same one.
    setAxes({ ...axes, [which]: axis, ...(axes[other] === axis && { [other]: axes[which] }) });
  };
  const setBin = (axis: number, bin: number): void =>
    setParams({ slice: slice.map((own, at) => (at === axis ? bin : own)).join('.') });
  return (
    <div class="slices">
      {(['row', 'column'] as const).map((which) => (
        <label key={which} class="select">
          {which === 'row' ? 'Down' : 'Across'}
          <select
            value={axes[which]}
            onChange={({ currentTarget: { value } }) => choose(which, Number(value))}
          >
            {item.axes.map(({ name }, axis) => (
              <option key={name} value={axis}>
                {name}
              </option>
            ))}
          </select>
        </label>
      ))}
      {item.axes.map(({ name, bins }, axis) =>
        axis === axes.row || axis === axes.column ? null : (
          <label key={name} class="select">
            {name} =
            <select
              value={slice[axis]}
              onChange={({ currentTarget: { value } }) => setBin(axis, Number(value))}
            >
              {bins.map((bin, index) => (
                <option key={bin} value={index}>
                  {bin}
                </option>
              ))}
            </select>
          </label>
        ),
      )}
    </div>
  );
}
