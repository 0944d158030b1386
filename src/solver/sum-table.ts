/**
 * In how many ways a number of things add up to a total: tables, one on top of the other, of exact counts (semantics §2, "Uniformity").
 * Each thing has values that are multiples of its stride:
 *
 *     E(i, t) = sum over the values x of thing i of E(i-1, t - x)          ways in which the first i things give t
 *     S(i, t) = E(i, t) + E(i, t - k) + E(i, t - 2k) + …                   what the next thing, of stride k, needs
 *
 * so a range of values costs two look-ups, however long it is. A table says nothing of what totals are wanted: problems with other
 * limits, and with fewer things of the same kind, share it.
 */
import { AssertionError, assert } from '#base/assert';
import {
  addRow,
  divide,
  isAbove,
  multiply,
  subtractRow,
  widthOf,
  type Words,
} from './count-row.ts';
import type { NumberRange } from './domain.ts';

/** Multiples of a stride, each with the same number of ways. */
export interface Segment {
  readonly low: number;
  readonly high: number;
  readonly weight: number;
}

/** A thing that adds to a total. */
export interface SumItem {
  /** The same for things with the same values. */
  readonly key: string;
  readonly stride: number;
  /** Ascending, from 0 on; the weights of all together below 2^20. */
  readonly segments: readonly Segment[];
  /** Values, with their weights. */
  readonly size: bigint;
}

/** Counts of totals of a stride, added up. */
interface Sums {
  rows: Words;
  /** Rows that are there. */
  filled: number;
}

const TWO_32 = 0x1_0000_0000;

/** The counts of some things together. */
export class SumTable {
  readonly below: SumTable | undefined;
  readonly item: SumItem | undefined;
  /** Words of a count. */
  readonly width: number;
  /** The greatest total. */
  readonly max: number;
  /** Ways altogether. */
  readonly size: bigint;
  private readonly sums = new Map<number, Sums>();

  /** @param item on top of the others; undefined: there is nothing, which adds up to 0 in one way. */
  constructor(below?: SumTable, item?: SumItem) {
    this.below = below;
    this.item = item;
    this.size = below === undefined || item === undefined ? 1n : below.size * item.size;
    this.width = widthOf(this.size);
    const most =
      item === undefined ? 0 : item.stride * item.segments[item.segments.length - 1].high;
    this.max = (below?.max ?? 0) + most;
  }

  /** Words held. */
  get words(): number {
    let words = 0;
    for (const { rows } of this.sums.values()) words += rows.length;
    return words;
  }

  /** Makes the sums of a stride for totals up to `total`. */
  sumsOf(stride: number, total: number): Words {
    let sums = this.sums.get(stride);
    if (sums === undefined) {
      sums = { rows: new Uint32Array(0), filled: 0 };
      this.sums.set(stride, sums);
    }
    const wanted = Math.min(total, this.max) + 1;
    if (sums.filled < wanted) {
      const grown = new Uint32Array(wanted * this.width);
      grown.set(sums.rows);
      sums.rows = grown;
      this.fill(sums, stride, wanted);
    }
    return sums.rows;
  }

  /** Where the row of a total begins; -1: it is 0. */
  rowOf(total: number, stride: number): number {
    const { max } = this;
    // Above the greatest total only what is a multiple of the stride below counts.
    const row = total <= max ? total : total - Math.ceil((total - max) / stride) * stride;
    return row < 0 ? -1 : row * this.width;
  }

  private fill(sums: Sums, stride: number, wanted: number): void {
    const { below, item, width } = this;
    const { rows } = sums;
    if (below === undefined || item === undefined) {
      rows[0] = 1;
      sums.filled = 1;
      return;
    }
    const source = below.sumsOf(item.stride, wanted - 1);
    for (let total = sums.filled; total < wanted; total++) {
      addWays({ below, item, source }, total, { rows, from: total * width, width });
      if (total < stride) continue;
      const previous = (total - stride) * width;
      let carry = 0;
      for (let i = 0, at = total * width; i < width; i++, at++) {
        const sum = rows[at] + rows[previous + i] + carry;
        rows[at] = sum;
        carry = sum >= TWO_32 ? 1 : 0;
      }
    }
    sums.filled = wanted;
  }
}

interface Source {
  readonly below: SumTable;
  readonly item: SumItem;
  readonly source: Words;
}

interface Row {
  readonly rows: Words;
  readonly from: number;
  readonly width: number;
}

/** The ways to a total, into a row of zeros. */
function addWays({ below, item, source }: Source, total: number, into: Row): void {
  const { stride, segments } = item;
  const { rows } = into;
  for (const { low, high, weight } of segments) {
    const from = below.rowOf(total - stride * low, stride);
    if (from < 0) return;
    const to = below.rowOf(total - stride * (high + 1), stride);
    let carry = 0;
    for (let i = 0; i < into.width; i++) {
      const ways = i < below.width ? source[from + i] - (to < 0 ? 0 : source[to + i]) : 0;
      const sum = rows[into.from + i] + weight * ways + carry;
      carry = Math.floor(sum / TWO_32);
      rows[into.from + i] = sum - carry * TWO_32;
    }
  }
}

/** The ways to totals up to one, from a table with its sums of stride 1 made; as a number of `width` words. */
export function waysUpTo(table: SumTable, total: number, value: Words): void {
  value.fill(0);
  const row = table.rowOf(total, 1);
  if (row >= 0) addRow(value, table.sumsOf(1, total), row, table.width);
}

/**
 * Finds the total of the way of a number: ways are numbered from 0 by ascending total. The number becomes that among the ways of that
 * total.
 */
export function totalOfWay(table: SumTable, most: number, number: Words): number {
  const rows = table.sumsOf(1, most);
  let low = 0;
  let high = Math.min(most, table.max);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isAbove(rows, middle * table.width, table.width, number)) high = middle;
    else low = middle + 1;
  }
  if (low > 0) subtractRow(number, rows, (low - 1) * table.width, table.width);
  return low;
}

/** A value of a thing, in strides, and which of the ways that its weight stands for. */
export interface ValueOfWay {
  readonly value: number;
  readonly inner: number;
}

/** Finds the value of the uppermost thing in the way of a number to a total. The number becomes that of the way of the others. */
export function valueOfWay(table: SumTable, total: number, number: Words): ValueOfWay {
  const { below, item } = table;
  assert(below !== undefined && item !== undefined, 'a way has as many values as things');
  const { stride, segments } = item;
  const rows = below.sumsOf(stride, total);
  const scratch = new Uint32Array(number.length);
  for (const { low, high, weight } of segments) {
    const from = below.rowOf(total - stride * low, stride);
    if (from < 0) break;
    const to = below.rowOf(total - stride * (high + 1), stride);
    scratch.fill(0);
    addRow(scratch, rows, from, below.width);
    if (to >= 0) subtractRow(scratch, rows, to, below.width);
    if (weight > 1) multiply(scratch, weight);
    if (!isAbove(scratch, 0, scratch.length, number)) {
      subtractRow(number, scratch, 0, scratch.length);
      continue;
    }
    const inner = weight > 1 ? divide(number, weight) : 0;
    if (to >= 0) addRow(number, rows, to, below.width);
    const last = Math.min(high, Math.floor(total / stride));
    const value = lastAbove([low, last], (x) => {
      const row = below.rowOf(total - stride * x, stride);
      return isAbove(rows, row, below.width, number);
    });
    const next = below.rowOf(total - stride * (value + 1), stride);
    if (next >= 0) subtractRow(number, rows, next, below.width);
    return { value, inner };
  }
  throw new AssertionError('a number below the count is that of a way');
}

/** The last number in a range for which something holds that holds up to some number, the first at least. */
function lastAbove([first, last]: NumberRange, holds: (n: number) => boolean): number {
  let low = first;
  let high = last;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
