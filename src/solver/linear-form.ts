/**
 * Constraints on sums of multiples of variables, in one form: k1·x1 + k2·x2 + … inside ranges, whatever the way in which they were written
 * (`a + b <= 2 * c`, `sum inside […]`, `not (a < b)`). Sums are counted so (`sum-solutions.ts`), and orders (`chain-solutions.ts`).
 */
import type { BigRange } from './domain.ts';
import type { BoolNode } from './expression.ts';
import type { Sets } from './interval.ts';
import { ceilDivide, floorDivide, gcdOf, toLinear, type Linear } from './linear.ts';
import { rangesOf } from './rewrite.ts';

export interface VariableTerm {
  readonly index: number;
  readonly factor: bigint;
}

/** The sum of the terms is in one of the ranges. */
export interface LinearForm {
  /** By ascending variable; factors without a common divisor, the first one above 0. */
  readonly terms: readonly VariableTerm[];
  /** Disjoint, ascending, within what the sum can be. */
  readonly ranges: readonly BigRange[];
}

/** Undefined: the constraint says something else, or speaks of no variable. */
export function linearFormOf(node: BoolNode, sets: Sets): LinearForm | undefined {
  switch (node.kind) {
    case 'eq':
    case 'le':
    case 'lt': {
      const linear = toLinear({ kind: 'sub', a: node.a, b: node.b });
      if (linear === undefined) return undefined;
      const high = node.kind === 'lt' ? -1n : 0n;
      return formOf(linear, [[node.kind === 'eq' ? 0n : undefined, high]], sets);
    }
    case 'in':
    case 'inBig':
    case 'dist': {
      const linear = toLinear(node.a);
      const ranges = node.kind === 'dist' ? rangesOf(node.items) : node.ranges;
      const big = ranges.map(([low, high]) => [BigInt(low), BigInt(high)] as const);
      return linear === undefined ? undefined : formOf(linear, big, sets);
    }
    case 'not': {
      const form = linearFormOf(node.part, sets);
      if (form === undefined) return undefined;
      const { terms } = form;
      return { terms, ranges: complement(form.ranges, boundsOfTerms(terms, sets)) };
    }
    default:
      return undefined;
  }
}

/** The least and the greatest sum of the terms. */
export function boundsOfTerms(terms: readonly VariableTerm[], sets: Sets): BigRange {
  let [least, most] = [0n, 0n];
  for (const { index, factor } of terms) {
    const set = sets[index];
    const [low, high] = [BigInt(set[0][0]), BigInt(set[set.length - 1][1])];
    least += factor * (factor > 0n ? low : high);
    most += factor * (factor > 0n ? high : low);
  }
  return [least, most];
}

/** What is in both. */
export function intersectBig(a: readonly BigRange[], b: readonly BigRange[]): readonly BigRange[] {
  return a.flatMap(([low, high]) =>
    b.flatMap(([from, to]): readonly BigRange[] => {
      const [first, last] = [low > from ? low : from, high < to ? high : to];
      return first <= last ? [[first, last]] : [];
    }),
  );
}

/** The same terms, in the same order. */
export function isSameSum(a: LinearForm, b: LinearForm): boolean {
  return (
    a.terms.length === b.terms.length &&
    a.terms.every((term, i) => {
      return term.index === b.terms[i].index && term.factor === b.terms[i].factor;
    })
  );
}

function formOf(
  { terms, constant }: Linear,
  ranges: readonly (readonly [low: bigint | undefined, high: bigint])[],
  sets: Sets,
): LinearForm | undefined {
  const own: VariableTerm[] = [];
  for (const { node, factor } of terms) {
    if (node.kind !== 'var') return undefined;
    own.push({ index: node.index, factor });
  }
  if (own.length === 0) return undefined;
  own.sort((a, b) => a.index - b.index);
  const common = own.reduce((divisor, { factor }) => gcdOf(divisor, factor), 0n);
  const unit = own[0].factor < 0n ? -common : common;
  const divided = own.map(({ index, factor }) => ({ index, factor: factor / unit }));
  const bounds = boundsOfTerms(divided, sets);
  const scaled = ranges.flatMap(([low, high]): readonly BigRange[] => {
    const from = low === undefined ? undefined : low - constant;
    const to = high - constant;
    const edges: readonly [bigint | undefined, bigint | undefined] =
      unit > 0n
        ? [from === undefined ? undefined : ceilDivide(from, unit), floorDivide(to, unit)]
        : [ceilDivide(to, unit), from === undefined ? undefined : floorDivide(from, unit)];
    const [first, last] = [edges[0] ?? bounds[0], edges[1] ?? bounds[1]];
    return first <= last ? [[first, last]] : [];
  });
  scaled.sort((a, b) => (a[0] < b[0] ? -1 : 1));
  return { terms: divided, ranges: intersectBig(scaled, [bounds]) };
}

function complement(ranges: readonly BigRange[], [least, most]: BigRange): readonly BigRange[] {
  const kept: BigRange[] = [];
  let next = least;
  for (const [low, high] of ranges) {
    if (next < low) kept.push([next, low - 1n]);
    next = high + 1n;
  }
  if (next <= most) kept.push([next, most]);
  return kept;
}
