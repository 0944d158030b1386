/**
 * Weights of distributions (IEEE 1800 clause 18.5.3): `:=` gives a weight to each value, `:/` to a range together, and `default`
 * to all values that are not listed.
 *
 *     v.length.dist(weigh([1, 4], 10), share([5, 64], 30), shareRest(1))
 */
import { UsageError } from '#base/assert';
import { countOf, normalizeRanges, type NumberRange } from './domain.ts';
import { FALSE, varsOf, type BoolNode, type DistItem, type IntNode } from './expression.ts';
import { rewriteInt } from './rewrite.ts';

/** A weight for some values of a distribution. */
export class Weighted {
  readonly item: DistItem;

  constructor(item: DistItem) {
    this.item = item;
  }
}

/** A weight for all values that are not listed. */
export interface Rest {
  readonly restWeight: number;
}

/** An integer from 0, or state: a field without a domain, arithmetic of such fields. */
export type Weight = number | { readonly node: IntNode };

/**
 * Each of the values gets this weight, an integer from 0, or state: SystemVerilog's `:=`.
 * @throws UsageError `bad-constraint`; when state is no integer from 0, `bad-state` as it is solved.
 */
export function weigh(values: number | NumberRange, weight: Weight): Weighted {
  return weighted(values, weight, false);
}

/**
 * All the values together get this weight, an integer from 0, or state: SystemVerilog's `:/`.
 * @throws UsageError `bad-constraint`; when state is no integer from 0, `bad-state` as it is solved.
 */
export function share(values: number | NumberRange, weight: Weight): Weighted {
  return weighted(values, weight, true);
}

/**
 * All values of the variable that are not listed together get this weight, an integer from 0: `default :/ weight` of
 * IEEE 1800-2023.
 * @throws UsageError `bad-constraint`.
 */
export function shareRest(weight: number): Rest {
  return { restWeight: checkedWeight(weight) };
}

/** @throws UsageError `bad-constraint` when no weight is above 0. */
export function distribution(a: IntNode, items: readonly DistItem[]): BoolNode {
  if (items.some((item) => item.weight > 0)) return { kind: 'dist', a, items };
  throw new UsageError('bad-constraint', 'a distribution needs a weight above 0', {
    hint: 'A value of weight 0 is illegal; with all weights 0 nothing is left.',
  });
}

/** The items of a distribution, where a rest takes the values of `ranges` that no item lists. */
export function withRest(
  parts: readonly (Weighted | Rest)[],
  ranges: readonly NumberRange[] | undefined,
  isVariable = false,
): readonly DistItem[] {
  const items = parts.flatMap((part) => (part instanceof Weighted ? [part.item] : []));
  const rests = parts.filter((part): part is Rest => !(part instanceof Weighted));
  if (rests.length === 0) return items;
  if (rests.length > 1) throw new UsageError('bad-constraint', 'a dist has one shareRest()');
  if (ranges === undefined && isVariable) {
    throw new UsageError(
      'bad-constraint',
      'shareRest() stands for values up to 2^53, and this field has greater ones',
      { hint: WIDE_WEIGHTS },
    );
  }
  if (ranges === undefined) {
    throw new UsageError('bad-constraint', 'shareRest() needs a variable of its own', {
      hint: 'Of an expression it is not known which values it may have: list them.',
    });
  }
  const listed = items.map(({ low, high }): NumberRange => [low, high]);
  const left = without(ranges, listed);
  const weight = rests[0].restWeight;
  if (left.length === 0 || weight === 0) return items;
  if (left.length > 1) return spreadRest(items, left, weight);
  return [...items, { low: left[0][0], high: left[0][1], weight, isShared: true }];
}

/** The items for the values of a choice. */
export function choiceItems(
  named: readonly (readonly [code: number, weight: Weight])[],
  ranges: readonly NumberRange[],
  rest: Rest | undefined,
): readonly DistItem[] {
  const parts = named.map(([code, weight]) => weigh(code, weight));
  return withRest(rest === undefined ? parts : [...parts, rest], ranges);
}

/**
 * One weight over several ranges, of which every value gets the same part. Weights are integers: those of all items are multiplied by
 * the number of values, which changes no ratio.
 */
function spreadRest(
  items: readonly DistItem[],
  left: readonly NumberRange[],
  weight: number,
): readonly DistItem[] {
  const count = countOf(left);
  const scaled = items.map((item): DistItem => {
    const { weightFrom } = item;
    if (weightFrom === undefined) return { ...item, weight: item.weight * count };
    return {
      ...item,
      weightFrom: { kind: 'mul', a: weightFrom, b: { kind: 'const', value: count } },
    };
  });
  const rest = left.map(([low, high]): DistItem => {
    return { low, high, weight: weight * (high - low + 1), isShared: true };
  });
  const total = [...scaled, ...rest].reduce((sum, item) => sum + totalWeight(item), 0);
  if (total <= Number.MAX_SAFE_INTEGER) return [...scaled, ...rest];
  throw new UsageError(
    'bad-constraint',
    `shareRest(${weight}): the ${count} values that are left lie in ${left.length} ranges; the weights overflow`,
    { hint: 'List the ranges with share(), each with a weight of its own.' },
  );
}

/** Weight of an item over all its values. */
export function totalWeight(item: DistItem): number {
  return item.isShared ? item.weight : item.weight * (item.high - item.low + 1);
}

function without(
  ranges: readonly NumberRange[],
  removed: readonly NumberRange[],
): readonly NumberRange[] {
  let left = ranges;
  for (const [from, to] of normalizeRanges(removed)) {
    left = left.flatMap(([low, high]): readonly NumberRange[] => {
      if (to < low || high < from) return [[low, high]];
      const parts: NumberRange[] = [];
      if (low < from) parts.push([low, from - 1]);
      if (to < high) parts.push([to + 1, high]);
      return parts;
    });
  }
  return left;
}

const WIDE_WEIGHTS =
  'Give the weights to a oneOf() field of its own, and say by implies() in which window of the wide field each of its values lies.';

/** An integer, or a bigint that got past the types, that is no safe integer. */
function isBeyond(value: unknown): boolean {
  if (typeof value === 'bigint') return true;
  return Number.isInteger(value) && !Number.isSafeInteger(value);
}

function weighted(values: number | NumberRange, weight: Weight, isShared: boolean): Weighted {
  const [low, high] = typeof values === 'number' ? [values, values] : values;
  if (isBeyond(low) || isBeyond(high)) {
    throw new UsageError(
      'bad-constraint',
      `a distribution weighs values up to 2^53, got [${low}, ${high}]`,
      { hint: WIDE_WEIGHTS },
    );
  }
  if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high) || low > high) {
    throw new UsageError(
      'bad-constraint',
      `a range is [low, high] in integers, got [${low}, ${high}]`,
    );
  }
  if (typeof weight === 'number') {
    return new Weighted({ low, high, weight: checkedWeight(weight), isShared });
  }
  if (varsOf(weight.node).length > 0) {
    throw new UsageError('bad-constraint', 'a weight is a number or state, got a random variable');
  }
  return new Weighted({ low, high, weight: 1, isShared, weightFrom: weight.node });
}

function checkedWeight(weight: number): number {
  if (Number.isSafeInteger(weight) && weight >= 0) return weight;
  throw new UsageError('bad-constraint', `a weight is an integer from 0, got ${String(weight)}`);
}

/**
 * Puts state into the weights of a constraint; a distribution of which no weight is left above 0 never holds.
 * @throws UsageError `bad-state` when a weight is no integer from 0.
 */
export function bindWeights(node: BoolNode, state: (field: string) => unknown): BoolNode {
  switch (node.kind) {
    case 'all':
    case 'any':
      return { kind: node.kind, parts: node.parts.map((part) => bindWeights(part, state)) };
    case 'not':
      return { kind: 'not', part: bindWeights(node.part, state) };
    case 'dist': {
      const items = node.items.map((item): DistItem => {
        const { low, high, isShared, weightFrom } = item;
        if (weightFrom === undefined) return item;
        const bound = rewriteInt(weightFrom, { state });
        const weight = bound.kind === 'const' ? bound.value : NaN;
        if (Number.isSafeInteger(weight) && weight >= 0) return { low, high, weight, isShared };
        throw new UsageError('bad-state', `a weight is an integer from 0, got ${String(weight)}`);
      });
      return items.some(({ weight }) => weight > 0) ? { ...node, items } : FALSE;
    }
    default:
      return node;
  }
}
