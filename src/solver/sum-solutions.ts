/**
 * Solutions of a constraint on a sum of many variables: counted by dynamic programming over partial sums, and drawn without drawing twice
 * (semantics §2, "Uniformity"). First the sum is drawn, in proportion to the ways to it; then one variable after the other, in proportion
 * to the ways to what is left. All by one number below the count of all solutions, which is taken apart on the way.
 *
 *     32 lengths of 64..1500, their sum at most 8000          257 000 counts of up to 336 bits
 *
 * Numbers too large for a table of all sums are cut into cells: the sum of the cells is drawn as above, then a point in each cell, and the
 * constraint is asked. Used only where it is counted that at least one draw in `drawsPerHitMax` hits.
 */
import type { RandomStream } from '#random/random-stream';
import {
  drawBelow,
  isAbove,
  subtractRow,
  addRow,
  toBigint,
  widthOf,
  type Words,
} from './count-row.ts';
import type { BigRange } from './domain.ts';
import type { BoolNode } from './expression.ts';
import { compilePredicate } from './expression-code.ts';
import type { Sets } from './interval.ts';
import { SOLVER_LIMITS } from './limits.ts';
import { ceilDivide, floorDivide } from './linear.ts';
import {
  boundsOfTerms,
  intersectBig,
  isSameSum,
  linearFormOf,
  type LinearForm,
} from './linear-form.ts';
import { partOf, tiedParts, writePart, type SumPart } from './sum-part.ts';
import { SumTable, totalOfWay, valueOfWay, waysUpTo, type SumItem } from './sum-table.ts';

/** Tables by what they are made of: problems of a class share them. */
export class SumTables {
  private readonly tables = new Map<string, SumTable>();
  private readonly numbers = new Map<string, number>();
  private readonly empty = new SumTable();

  /** The tables of these items, the last one on top. */
  tableOf(items: readonly SumItem[]): SumTable {
    let words = 0;
    for (const table of this.tables.values()) words += table.words;
    if (words > SOLVER_LIMITS.sumWordsMax) this.tables.clear();
    let key = '';
    let table = this.empty;
    for (const item of items) {
      key += `${this.numberOf(item.key)} `;
      const known = this.tables.get(key);
      table = known ?? new SumTable(table, item);
      if (known === undefined) this.tables.set(key, table);
    }
    return table;
  }

  private numberOf(key: string): number {
    const known = this.numbers.get(key) ?? this.numbers.size;
    this.numbers.set(key, known);
    return known;
  }
}

/** Variables, and the constraints that tie them. */
interface Tie {
  readonly vars: readonly number[];
  readonly sets: Sets;
  readonly constraints: readonly BoolNode[];
}

/** How much may be done for a sum. */
interface SumEffort {
  readonly tables: SumTables;
  /** Additions of words; fewer than `sumStepsMax`: cells are not tried either. */
  readonly stepsMax: number;
}

/** A sum that is to be in ranges, and what adds to it. */
interface Sum {
  readonly parts: readonly SumPart[];
  /** Of what the parts add above their least: disjoint, ascending, not negative. */
  readonly ranges: readonly BigRange[];
}

/** Sums of fewer variables are left to boxes and diagrams. */
const VARIABLES_MIN = 3;
const RANGES_MAX = 1024;

export class SumSolutions {
  private readonly parts: readonly SumPart[];
  private readonly ways: Ways;
  /** Values of a cell: 1, or a power of two. */
  private readonly cell: number;
  private readonly holds: (values: Float64Array) => boolean;

  private constructor(
    parts: readonly SumPart[],
    ways: Ways,
    cell: number,
    holds: (values: Float64Array) => boolean,
  ) {
    this.parts = parts;
    this.ways = ways;
    this.cell = cell;
    this.holds = holds;
  }

  /** Undefined: the constraints say something else, or there are too many sums to count. */
  static of({ vars, sets, constraints }: Tie, how: SumEffort): SumSolutions | undefined {
    const sum = sumOf(vars, sets, constraints);
    if (sum === undefined) return undefined;
    const { tables } = how;
    const { parts, ranges } = sum;
    const items = parts.map(({ item }) => item);
    if (items.some(({ segments }) => segments.length === 0)) {
      return new SumSolutions([], new Ways(tables.tableOf([]), []), 1, () => false);
    }
    if (isCheap(items, ranges, how.stepsMax)) {
      return new SumSolutions(parts, new Ways(tables.tableOf(items), ranges), 1, () => true);
    }
    const cells = how.stepsMax < SOLVER_LIMITS.sumStepsMax ? undefined : cellsOf(sum, sets, tables);
    if (cells === undefined) return undefined;
    return new SumSolutions(parts, cells.ways, cells.size, compilePredicate(constraints, sets));
  }

  /** Number of solutions; undefined: only that of cells is known. */
  get count(): bigint | undefined {
    return this.cell === 1 ? this.ways.count : undefined;
  }

  get isEmpty(): boolean {
    return this.ways.count === 0n;
  }

  /** Whether one of `drawsPerHitMax` of so many points at least is a solution. */
  isMostOf(points: bigint): boolean {
    const { count } = this;
    return count !== undefined && count * BigInt(SOLVER_LIMITS.drawsPerHitMax) >= points;
  }

  /** Draws a solution, each equally likely, into `values`; there is one. */
  sample(stream: RandomStream, values: Float64Array): void {
    // Ends: at least one draw in `drawsPerHitMax` hits.
    while (!this.draw(stream, values));
  }

  private draw(stream: RandomStream, values: Float64Array): boolean {
    const { cell, parts } = this;
    let isInside = true;
    this.ways.draw(stream, (at, value, inner) => {
      const part = parts[at];
      if (cell === 1) {
        writePart(part, value, inner, values);
        return;
      }
      const own = value * cell + stream.below(cell);
      isInside &&= own <= part.greatest;
      writePart(part, own, 0, values);
    });
    return isInside && this.holds(values);
  }
}

/** The ways of items to totals in ranges. */
class Ways {
  private readonly table: SumTable;
  private readonly ranges: readonly (readonly [low: number, high: number])[];
  private readonly total: Words;
  /** By range: the ways to lower totals, and to those in it. */
  private readonly below: readonly Words[];
  private readonly within: readonly Words[];
  private readonly number: Words;

  constructor(table: SumTable, ranges: readonly BigRange[]) {
    this.table = table;
    this.ranges = ranges.map(([low, high]) => [Number(low), Number(high)]);
    const { width } = table;
    const upTo = (total: number): Words => {
      const ways = new Uint32Array(width);
      waysUpTo(table, total, ways);
      return ways;
    };
    // The highest first, so that the table is made once.
    const upToHigh = this.ranges
      .toReversed()
      .map(([, high]) => upTo(high))
      .reverse();
    this.below = this.ranges.map(([low]) => upTo(low - 1));
    this.within = upToHigh.map((ways, i) => {
      const own = ways.slice();
      subtractRow(own, this.below[i], 0, width);
      return own;
    });
    this.total = new Uint32Array(width);
    for (const own of this.within) addRow(this.total, own, 0, width);
    this.number = new Uint32Array(width);
  }

  get count(): bigint {
    return toBigint(this.total, 0, this.total.length);
  }

  /** Draws a way, each equally likely: `visit` gets the value of each item, from the last to the first. There is one. */
  draw(stream: RandomStream, visit: (at: number, value: number, inner: number) => void): void {
    const { number, within, below, ranges } = this;
    const { width } = this.table;
    drawBelow(this.total, number, stream);
    let at = 0;
    while (!isAbove(within[at], 0, width, number)) subtractRow(number, within[at++], 0, width);
    addRow(number, below[at], 0, width);
    let total = totalOfWay(this.table, ranges[at][1], number);
    let { table } = this;
    for (let i = depthOf(table) - 1; table.below !== undefined && table.item !== undefined; i--) {
      const { value, inner } = valueOfWay(table, total, number);
      visit(i, value, inner);
      total -= value * table.item.stride;
      table = table.below;
    }
  }
}

function depthOf(table: SumTable): number {
  let depth = 0;
  for (let one = table; one.below !== undefined; one = one.below) depth++;
  return depth;
}

/** The sum that a component's constraints come down to. */
function sumOf(
  vars: readonly number[],
  sets: Sets,
  constraints: readonly BoolNode[],
): Sum | undefined {
  let main: LinearForm | undefined;
  const forms = constraints.map((node) => {
    const form = linearFormOf(node, sets);
    if (form !== undefined && form.terms.length > (main?.terms.length ?? VARIABLES_MIN - 1)) {
      main = form;
    }
    return form;
  });
  if (main === undefined) return undefined;
  const sum = main;
  let ranges = sum.ranges;
  const others: BoolNode[] = [];
  forms.forEach((form, i) => {
    if (form !== undefined && isSameSum(form, sum)) ranges = intersectBig(ranges, form.ranges);
    else others.push(constraints[i]);
  });
  if (ranges.length > RANGES_MAX) return undefined;
  const [least, most] = boundsOfTerms(sum.terms, sets);
  // From the end that is nearer.
  const isFromAbove =
    ranges.length > 0 && most - ranges[0][0] < ranges[ranges.length - 1][1] - least;
  const factors = sum.terms.map(({ index, factor }) => {
    return [index, isFromAbove ? -factor : factor] as const;
  });
  const parts: SumPart[] = [];
  for (const tied of tiedParts(vars, new Map(factors), others)) {
    const part = partOf(tied, sets);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  const start = parts.reduce((total, part) => total + part.least, 0n);
  const moved = ranges.map(([low, high]): BigRange => {
    return isFromAbove ? [-high - start, -low - start] : [low - start, high - start];
  });
  if (isFromAbove) moved.reverse();
  return { parts: inOrder(parts), ranges: intersectBig(moved, [[0n, most - least]]) };
}

/** Small parts below large ones, equal ones together, whatever the order of the variables. */
function inOrder(parts: readonly SumPart[]): readonly SumPart[] {
  return [...parts].sort((a, b) => {
    const difference = a.greatest * a.item.stride - b.greatest * b.item.stride;
    return difference || (a.item.key < b.item.key ? -1 : a.item.key > b.item.key ? 1 : 0);
  });
}

/** Whether the tables of some items are within the limits. */
function isCheap(
  items: readonly SumItem[],
  ranges: readonly BigRange[],
  stepsMax: number,
): boolean {
  if (ranges.length === 0) return true;
  const [, high] = ranges[ranges.length - 1];
  if (high > SOLVER_LIMITS.sumTotalsMax) return false;
  const reach = Number(high);
  let [max, size, words, steps] = [0, 1n, 0, 0];
  for (const { stride, segments, size: own } of items) {
    max += stride * segments[segments.length - 1].high;
    size *= own;
    const rows = (Math.min(reach, max) + 1) * widthOf(size);
    words += rows;
    steps += rows * (segments.length + 1);
  }
  return words <= SOLVER_LIMITS.sumWordsMax && steps <= stepsMax;
}

interface Cells {
  readonly ways: Ways;
  /** Values of a cell: a power of two. */
  readonly size: number;
}

/** Cells of equal size in which sums can be counted; undefined: too few of them are solutions as a whole, or they are too many. */
function cellsOf({ parts, ranges }: Sum, sets: Sets, tables: SumTables): Cells | undefined {
  const isPlain = parts.every(({ vars, solutions }) => {
    return solutions === undefined && sets[vars[0]].length === 1;
  });
  if (!isPlain) return undefined;
  const spread = parts.reduce((sum, { item }) => sum + item.stride, 0);
  // What a cell blurs is to be little against all sums: some times as many cells as variables, and for each of them.
  const cells = CELLS_PER_SPREAD * parts.length * spread;
  const [, high] = ranges[ranges.length - 1];
  let size = 1;
  while (size < CELL_MAX && high / BigInt(2 * size) >= cells) size *= 2;
  for (; size > 1; size = Math.floor(size / 4)) {
    const found = cellsOfSize({ parts, ranges }, { size, spread }, tables);
    if (found !== 'rough') return found;
  }
  return undefined;
}

const CELLS_PER_SPREAD = 8;
const CELL_MAX = 2 ** 40;

/** Undefined: they are too many; 'rough': too few of them are solutions as a whole. */
function cellsOfSize(
  { parts, ranges }: Sum,
  { size, spread }: { readonly size: number; readonly spread: number },
  tables: SumTables,
): Cells | undefined | 'rough' {
  const cell = BigInt(size);
  const items = parts.map(({ item, greatest }) => {
    return cellItem(item.stride, Math.floor(greatest / size) + 1);
  });
  const whole = parts.map(({ item, greatest }) => {
    return cellItem(item.stride, Math.floor((greatest + 1) / size));
  });
  // A sum of cells stands for sums from so many times the size on, `over` more at most.
  const over = BigInt(spread) * (cell - 1n);
  const touched = ranges.map(([low, high]): BigRange => {
    const first = ceilDivide(low - over, cell);
    return [first < 0n ? 0n : first, floorDivide(high, cell)];
  });
  const inside = ranges.flatMap(([low, high]): readonly BigRange[] => {
    const [first, last] = [ceilDivide(low, cell), floorDivide(high - over, cell)];
    return first <= last ? [[first, last]] : [];
  });
  const outer = joined(touched);
  if (!isCheap(items, outer, SOLVER_LIMITS.sumStepsMax)) return undefined;
  if (whole.some(({ size: count }) => count === 0n)) return 'rough';
  const ways = new Ways(tables.tableOf(items), outer);
  const sure = new Ways(tables.tableOf(whole), inside).count;
  const isOften = sure > 0n && sure * BigInt(SOLVER_LIMITS.drawsPerHitMax) >= ways.count;
  return isOften ? { ways, size } : 'rough';
}

function cellItem(stride: number, count: number): SumItem {
  const segments = [{ low: 0, high: count - 1, weight: 1 }];
  return { key: `${stride}: 0-${count - 1}*1`, stride, segments, size: BigInt(count) };
}

function joined(ranges: readonly BigRange[]): readonly BigRange[] {
  const result: [bigint, bigint][] = [];
  for (const [low, high] of ranges) {
    const last = result.at(-1);
    if (last !== undefined && low <= last[1] + 1n) last[1] = high > last[1] ? high : last[1];
    else result.push([low, high]);
  }
  return result;
}
