/**
 * Selecting bins of a cross (IEEE 1800-2023 §19.6.1): by the names of bins, by the values in them, by a function of the
 * values, and by `and`, `or`, `not` of these. A selection stands wherever a predicate over bin names does.
 *
 *     binsof(this.a)                                      every tuple: the cross has bins of `a` on one axis
 *     binsof(this.a, 'low', 'high')                       by name; of an array `page[...]` also as 'page'
 *     binsof(this.a).intersect(5, [100, 200])             bins with one of these values; of a transition: its last ones
 *     binsof(this.a, 'low').and(binsof(this.op).intersect('add').not())
 *     valuesWhere((v) => v.a < v.b)                       tuples with values that fulfil it; `{ matches: 'all' }`: all of them
 */
import { UsageError } from '#base/assert';
import { suggest } from '#base/suggest';
import { binContents } from './bin-contents.ts';
import type { Range, Sampled, ValueSpec } from './bins.ts';
import type { Coverpoint } from './coverpoint.ts';
import type { Matcher } from './value-classes.ts';

/** The axes that a selection is asked about. */
export interface SelectionAxes {
  readonly names: readonly string[];
  readonly points: readonly Coverpoint<never>[];
  /** The cross, for messages. */
  readonly where: string;
}

/** Whether the tuple of these bins, one number per axis, is selected. */
export type TupleTest = (bins: ArrayLike<number>) => boolean;

/** Tuples of a cross, by their bins. */
export class Selection {
  private readonly make: (axes: SelectionAxes) => TupleTest;

  constructor(make: (axes: SelectionAxes) => TupleTest) {
    this.make = make;
  }

  /** Tuples in both. */
  and(other: Selection): Selection {
    return this.with(other, (own, others) => (bins) => own(bins) && others(bins));
  }

  /** Tuples in either. */
  or(other: Selection): Selection {
    return this.with(other, (own, others) => (bins) => own(bins) || others(bins));
  }

  /** All other tuples. */
  not(): Selection {
    return new Selection((axes) => {
      const own = this.make(axes);
      return (bins) => !own(bins);
    });
  }

  /**
   * The selection for a cross.
   * @throws UsageError `bad-cross` when a point is no axis of it, or a bin none of the point's.
   */
  testFor(axes: SelectionAxes): TupleTest {
    return this.make(axes);
  }

  private with(
    other: Selection,
    join: (own: TupleTest, others: TupleTest) => TupleTest,
  ): Selection {
    return new Selection((axes) => join(this.make(axes), other.testFor(axes)));
  }
}

/** Tuples by the bins of one point. */
export class BinSelection<V> extends Selection {
  private readonly point: Coverpoint<never>;

  constructor(point: Coverpoint<never>, names: readonly string[] | undefined) {
    super((axes) => {
      const axis = axisOf(point, axes);
      if (names === undefined) return () => true;
      const isWanted = flagsByName(point, names, axes);
      return (bins) => isWanted[bins[axis]] === 1;
    });
    this.point = point;
  }

  /** Of these bins, those with one of the values; of a transition, with one as its last value. */
  intersect(...values: readonly ValueSpec<V>[]): Selection {
    const { point } = this;
    return this.and(
      new Selection((axes) => {
        const axis = axisOf(point, axes);
        const wanted = values as readonly ValueSpec<Sampled>[];
        const isWanted = binContents(point.table).map((content) => hasAny(content, wanted));
        return (bins) => isWanted[bins[axis]];
      }),
    );
  }
}

/** The name of a bin, or of the array that it belongs to. */
export type BinOrArray<N> = N extends `${infer A}[${string}]` ? N | A : N;

/** Tuples by the bins of a point: all, or those named. */
export function binsof<T, N extends string, V>(
  point: Coverpoint<T, N, V>,
  ...names: readonly BinOrArray<N>[]
): BinSelection<V> {
  return new BinSelection<V>(point, names.length === 0 ? undefined : names);
}

/** All tuples but those selected. */
export function not(selection: Selection): Selection {
  return selection.not();
}

/** How `valuesWhere` counts. */
export interface ValuesWhereOptions {
  /** How many combinations of values of a tuple must fulfil it; 'all' for each one. Default 1. */
  readonly matches?: number | 'all';
}

/** Names of bins in a hint. */
const NAMES_SHOWN = 8;

export const SELECTION_LIMITS = {
  /** Combinations of values that one tuple is tried with. */
  combinationsMax: 65_536,
} as const;

/**
 * Tuples by the values in their bins, by axis name; of transitions, the last values. Values are numbers unless the
 * function says what they are: `valuesWhere((v: { op: Op; a: number }) => …)`.
 * @throws UsageError `bad-cross` when a tuple has over 65536 combinations of values.
 */
export function valuesWhere<P = Readonly<Record<string, number>>>(
  keep: (values: P) => boolean,
  { matches = 1 }: ValuesWhereOptions = {},
): Selection {
  return new Selection((axes) => {
    const values = axes.points.map((point) => binContents(point.table).map(listed));
    return (bins) => {
      const lists = values.map((ofPoint, axis) => ofPoint[bins[axis]](axes));
      const total = lists.reduce((product, list) => product * list.length, 1);
      if (total > SELECTION_LIMITS.combinationsMax) throw tooMany(total, axes);
      const wanted = matches === 'all' ? total : matches;
      return total > 0 && countUpTo(wanted, axes.names, lists, keep as never) >= wanted;
    };
  });
}

/** How many combinations fulfil it, counted no further than asked for. */
function countUpTo(
  wanted: number,
  names: readonly string[],
  lists: readonly (readonly Sampled[])[],
  keep: (values: Readonly<Record<string, Sampled>>) => boolean,
): number {
  const values: Record<string, Sampled> = {};
  let found = 0;
  const visit = (axis: number): void => {
    if (axis === lists.length) {
      if (keep(values)) found++;
      return;
    }
    for (const value of lists[axis]) {
      values[names[axis]] = value;
      visit(axis + 1);
      if (found >= wanted) return;
    }
  };
  visit(0);
  return found;
}

/** A bin's values one by one, listed when first asked for. */
function listed(content: Matcher): (axes: SelectionAxes) => readonly Sampled[] {
  let list: readonly Sampled[] | undefined = undefined;
  return (axes) => {
    if (list !== undefined) return list;
    const count = content.ranges.reduce((sum, [low, high]) => sum + high - low + 1, 0);
    if (count > SELECTION_LIMITS.combinationsMax) throw tooMany(count, axes);
    const numbers = content.ranges.flatMap(([low, high]) =>
      Array.from({ length: high - low + 1 }, (_, i) => low + i),
    );
    return (list = [...numbers, ...content.scalars]);
  };
}

function tooMany(count: number, { where }: SelectionAxes): UsageError {
  const max = SELECTION_LIMITS.combinationsMax;
  return new UsageError(
    'bad-cross',
    `${where}: valuesWhere would try ${count} combinations for one tuple; at most ${max} (combinationsMax)`,
    { hint: 'Select by bins, as binsof(point, name), or make the bins narrower.' },
  );
}

function axisOf(point: Coverpoint<never>, { points, where }: SelectionAxes): number {
  const axis = points.indexOf(point);
  if (axis >= 0 && points.lastIndexOf(point) === axis) return axis;
  const problem = axis < 0 ? 'no axis' : 'more than one axis';
  throw new UsageError('bad-cross', `${where}: binsof(...) of a point that is ${problem} of it`, {
    hint: 'binsof takes a coverpoint of this cross; where it stands on two axes, use a function of bin names.',
  });
}

function flagsByName(
  point: Coverpoint<never>,
  names: readonly string[],
  { where }: SelectionAxes,
): Uint8Array {
  const all = point.table.names;
  const flags = new Uint8Array(all.length);
  for (const name of names) {
    let isFound = false;
    all.forEach((bin, index) => {
      if (bin !== name && !bin.startsWith(`${name}[`)) return;
      flags[index] = 1;
      isFound = true;
    });
    if (isFound) continue;
    const hint = `Its bins are ${all.slice(0, NAMES_SHOWN).join(', ')}.`;
    const message = `${where}: binsof(...) names no bin '${name}'${suggest(name, all)}`;
    throw new UsageError('bad-cross', message, { hint });
  }
  return flags;
}

function hasAny({ ranges, scalars }: Matcher, wanted: readonly ValueSpec<Sampled>[]): boolean {
  const hits = ([low, high]: Range): boolean =>
    ranges.some(([from, to]) => from <= high && to >= low);
  return wanted.some((item) => {
    if (typeof item === 'number') return hits([item, item]);
    if (typeof item !== 'object') return scalars.includes(item);
    return 'kind' in item ? item.ranges.some(hits) : hits(item);
  });
}
