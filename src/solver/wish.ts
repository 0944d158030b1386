/**
 * Wishes: what is drawn by weight before the rest is drawn uniformly (semantics §2): the distributions in constraints, under the conditions
 * under which they stand, and the variables to be solved first.
 */
import { UsageError } from '#base/assert';
import { WeightTable } from '#random/random-stream';
import type { BoolNode, DistItem, IntNode } from './expression.ts';
import { intersect, type Sets, type ValueSet } from './interval.ts';
import { gcdOf } from './linear.ts';
import { junction } from './rewrite.ts';

/** Values to be drawn by weight, while `guard` holds. */
export interface Wish {
  readonly name: string;
  readonly a: IntNode;
  readonly items: readonly DistItem[];
  readonly guard: BoolNode | undefined;
}

/** The distributions in a constraint. @throws UsageError `bad-constraint` where one stands in a negation or choice. */
export function wishesOf(
  node: BoolNode,
  name: string,
  guards: readonly BoolNode[] = [],
): readonly Wish[] {
  switch (node.kind) {
    case 'dist': {
      const guard = guards.length === 0 ? undefined : junction('all', guards);
      return [{ name, a: node.a, items: node.items, guard }];
    }
    case 'all':
      return node.parts.flatMap((part) => wishesOf(part, name, guards));
    case 'any': {
      const weighted = node.parts.filter(hasDist);
      if (weighted.length === 0) return [];
      if (weighted.length > 1) throw misplaced(name);
      const others = node.parts.filter((part) => part !== weighted[0]);
      const negated = others.map((part): BoolNode => ({ kind: 'not', part }));
      return wishesOf(weighted[0], name, [...guards, ...negated]);
    }
    case 'not':
      if (hasDist(node.part)) throw misplaced(name);
      return [];
    default:
      return [];
  }
}

function hasDist(node: BoolNode): boolean {
  switch (node.kind) {
    case 'dist':
      return true;
    case 'not':
      return hasDist(node.part);
    case 'all':
    case 'any':
      return node.parts.some(hasDist);
    default:
      return false;
  }
}

function misplaced(name: string): UsageError {
  return new UsageError(
    'bad-constraint',
    `constraint '${name}': a dist stands in a negation or choice`,
    {
      hint: 'Write it alone, or as the consequence of one implies().',
    },
  );
}

/** A variable to be solved first: each of its values has the same weight. */
export function solveFirstWish(a: IntNode, domains: Sets): Wish {
  const ranges = a.kind === 'var' ? domains[a.index] : [];
  const items = ranges.map(([low, high]) => ({ low, high, weight: 1, isShared: false }));
  return { name: 'solveFirst', a, items, guard: undefined };
}

/** Weight of an item over all its values. */
export function totalWeight(item: DistItem): number {
  return item.isShared ? item.weight : item.weight * (item.high - item.low + 1);
}

/** Values of all items. */
export function valueCount(items: readonly DistItem[]): number {
  return items.reduce((sum, item) => sum + item.high - item.low + 1, 0);
}

/** Ranges of values with integer weights, in the proportions of the items. */
export interface WeightedRanges {
  readonly ranges: ValueSet;
  readonly table: WeightTable;
}

/** The items cut down to a set; undefined when no value is left, or the weights have no small common measure. */
export function weightedWithin(
  items: readonly DistItem[],
  set: ValueSet,
): WeightedRanges | undefined {
  const pieces = items
    .filter((item) => item.weight > 0)
    .flatMap((item) => intersect(set, [[item.low, item.high]]).map((range) => ({ item, range })));
  const sizeOf = (item: DistItem): bigint =>
    item.isShared ? BigInt(item.high - item.low + 1) : 1n;
  const multiple = pieces.reduce((m, { item }) => (m / gcdOf(m, sizeOf(item))) * sizeOf(item), 1n);
  const weights = pieces.map(({ item, range }) => {
    const count = BigInt(range[1] - range[0] + 1);
    return BigInt(item.weight) * count * (multiple / sizeOf(item));
  });
  const common = weights.reduce((g, weight) => gcdOf(g, weight), 0n);
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  if (total === 0n || total / common > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  return {
    ranges: pieces.map(({ range }) => range),
    table: new WeightTable(weights.map((weight) => Number(weight / common))),
  };
}
