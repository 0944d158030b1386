/**
 * What adds to a sum as one thing: a variable with its multiples, or a few variables that further constraints tie together, of which all
 * solutions are listed and sorted by what they add.
 *
 *     kind == WRITE -> len <= 64,  sum of all len <= 4096:     (kind, len) adds len, in as many ways as there are kinds for it
 */
import { countOf, nthOf } from './domain.ts';
import { visitVars, type BoolNode } from './expression.ts';
import { compilePredicate } from './expression-code.ts';
import type { Sets, ValueSet } from './interval.ts';
import { SOLVER_LIMITS } from './limits.ts';
import { rewriteBool } from './rewrite.ts';
import type { Segment, SumItem } from './sum-table.ts';
import { isWide } from './wide.ts';

export interface SumPart {
  readonly item: SumItem;
  /** What it adds at least; the item's values begin at 0. */
  readonly least: bigint;
  /** Values of the item for which it may have some, and of the values of one way; undefined: a plain variable. */
  readonly solutions: readonly (readonly (readonly number[])[])[] | undefined;
  readonly vars: readonly number[];
  /** The greatest value of the item, above those that are counted as well. */
  readonly greatest: number;
  /** Of a plain variable: value = origin + sign · value of the item. */
  readonly origin: number;
  readonly sign: 1 | -1;
}

/** What is tied together, with the factor of each variable in the sum. */
export interface Tied {
  readonly vars: readonly number[];
  readonly factors: readonly bigint[];
  readonly constraints: readonly BoolNode[];
}

const SEGMENTS_MAX = 4096;
/** More would not be added up exactly (`sum-table.ts`). */
const WEIGHTS_MAX = 2 ** 20 - 1;

/** Undefined: it has too many values. */
export function partOf({ vars, factors, constraints }: Tied, sets: Sets): SumPart | undefined {
  return vars.length === 1 && constraints.length === 0 && factors[0] !== 0n
    ? plainPart(vars[0], factors[0], sets[vars[0]])
    : listedPart({ vars, factors, constraints }, sets);
}

/** Writes the values of a part's variables. */
export function writePart(part: SumPart, value: number, inner: number, values: Float64Array): void {
  if (part.solutions === undefined) {
    values[part.vars[0]] = part.origin + part.sign * value;
    return;
  }
  const solution = part.solutions[value][inner];
  part.vars.forEach((index, i) => (values[index] = solution[i]));
}

function plainPart(index: number, factor: bigint, set: ValueSet): SumPart | undefined {
  const stride = Number(factor < 0n ? -factor : factor);
  const most = Math.floor(SOLVER_LIMITS.sumTotalsMax / stride);
  const [low, high] = [set[0][0], set[set.length - 1][1]];
  const sign = factor < 0n ? -1 : 1;
  const origin = sign < 0 ? high : low;
  const ranges = sign < 0 ? set.toReversed() : set;
  const segments = ranges.flatMap(([from, to]): readonly Segment[] => {
    const [first, last] = sign < 0 ? [high - to, high - from] : [from - low, to - low];
    // What is above the greatest total that is counted is part of no way.
    return first > most ? [] : [{ low: first, high: Math.min(last, most), weight: 1 }];
  });
  if (segments.length > SEGMENTS_MAX) return undefined;
  return {
    item: itemOf(stride, segments),
    least: factor * BigInt(origin),
    solutions: undefined,
    vars: [index],
    greatest: high - low,
    origin,
    sign,
  };
}

function listedPart(tied: Tied, sets: Sets): SumPart | undefined {
  const { vars, factors } = tied;
  const own = vars.map((index) => sets[index]);
  const constraints = tied.constraints.map((node) => withLocal(node, vars));
  const points = own.reduce((product, set) => product * countOf(set), 1);
  if (points > Math.min(SOLVER_LIMITS.sumPartMax, WEIGHTS_MAX)) return undefined;
  if (constraints.some((node) => isWide(node, own))) return undefined;
  const least = own.reduce((sum, set, i) => {
    const edge = factors[i] < 0n ? set[set.length - 1][1] : set[0][0];
    return sum + factors[i] * BigInt(edge);
  }, 0n);
  const holds = compilePredicate(constraints, own);
  const values = new Float64Array(vars.length);
  const byValue: number[][][] = [];
  for (let n = 0; n < points; n++) {
    let rest = n;
    let adds = -least;
    own.forEach((set, i) => {
      const count = countOf(set);
      values[i] = nthOf(set, rest % count);
      rest = Math.floor(rest / count);
      adds += factors[i] * BigInt(values[i]);
    });
    if (adds > SOLVER_LIMITS.sumTotalsMax || !holds(values)) continue;
    (byValue[Number(adds)] ??= []).push([...values]);
  }
  const item = itemOf(1, segmentsOf(byValue));
  const greatest = byValue.length - 1;
  return { item, least, solutions: byValue, vars, greatest, origin: 0, sign: 1 };
}

/** Neighbours with the same number of ways become one. */
function segmentsOf(byValue: readonly (readonly unknown[] | undefined)[]): readonly Segment[] {
  const segments: { low: number; high: number; weight: number }[] = [];
  byValue.forEach((ways, value) => {
    const weight = ways?.length ?? 0;
    if (weight === 0) return;
    const last = segments.at(-1);
    if (last !== undefined && last.high === value - 1 && last.weight === weight) last.high = value;
    else segments.push({ low: value, high: value, weight });
  });
  return segments;
}

/** A constraint in terms of the places of its variables in a list. */
function withLocal(node: BoolNode, vars: readonly number[]): BoolNode {
  return rewriteBool(node, {
    variable: (index) => ({ kind: 'var', index: vars.indexOf(index) }),
  });
}

function itemOf(stride: number, segments: readonly Segment[]): SumItem {
  const key = segments.map(({ low, high, weight }) => `${low}-${high}*${weight}`).join(' ');
  const size = segments.reduce((sum, { low, high, weight }) => sum + (high - low + 1) * weight, 0);
  return { key: `${stride}: ${key}`, stride, segments, size: BigInt(size) };
}

/** Variables apart where no constraint ties them; all of `vars` are in one of the results. */
export function tiedParts(
  vars: readonly number[],
  factorOf: ReadonlyMap<number, bigint>,
  constraints: readonly BoolNode[],
): readonly Tied[] {
  const group = new Map(vars.map((index) => [index, [index]]));
  for (const node of constraints) {
    let first: number[] | undefined;
    visitVars(node, (index) => {
      const own = group.get(index);
      if (own === undefined) return;
      first ??= own;
      if (own === first) return;
      first.push(...own);
      for (const member of own) group.set(member, first);
    });
  }
  return [...new Set(group.values())].map((members) => {
    const sorted = [...members].sort((a, b) => a - b);
    return {
      vars: sorted,
      factors: sorted.map((index) => factorOf.get(index) ?? 0n),
      constraints: constraints.filter((node) => {
        let isIn = false;
        visitVars(node, (index) => (isIn ||= members.includes(index)));
        return isIn;
      }),
    };
  });
}
