/** The distribution of one field over a solve, exactly: what `marginals` of a random class gives. */
import { UsageError } from '#base/assert';
import { suggest } from '#base/suggest';
import { countOf, nthOf, type Scalar } from './domain.ts';
import type { ValueSet } from './interval.ts';
import type { Call, RandomModel } from './random-model.ts';

/** Values `low` to `high` of a field, both included, and the chance, 0..1, that a solve gives one of them. */
export interface Marginal {
  readonly low: Scalar;
  readonly high: Scalar;
  readonly chance: number;
}

/** Up to so many values are listed one by one; more are put into as many ranges of equal size. */
const RANGES_MAX = 64;

/**
 * The chances of a field's values, in their order.
 * @returns undefined when there is too much to count, or variables have to be solved before others (sizes, cyclic fields, orders).
 * @throws UsageError `unknown-name` for what is no field of one number, flag or choice.
 */
export function fieldMarginals(
  model: RandomModel,
  call: Call,
  field: string,
): readonly Marginal[] | undefined {
  const slot = model.layout.root.fields.find(({ key }) => key === field);
  if (slot?.kind !== 'scalar') {
    const known = model.layout.root.fields.filter(({ kind }) => kind === 'scalar');
    const names = known.map(({ key }) => String(key));
    throw new UsageError(
      'unknown-name',
      `'${field}' is no random number, flag or choice${suggest(field, names)}`,
      { hint: `Marginals are given of ${names.join(', ')}.` },
    );
  }
  const level = model.level(call, call.off);
  const isStaged =
    level.wanted.length > 0 || level.orders.length > 0 || model.layout.cyclic.length > 0;
  if (isStaged) return undefined;
  const { domain, index } = slot;
  const sets = equalParts(domain.ranges);
  const chances = level.prepared.marginals({ kind: 'var', index }, sets);
  return chances?.map((chance, n) => {
    const set = sets[n];
    return {
      low: domain.fromNumber(set[0][0]),
      high: domain.fromNumber(set[set.length - 1][1]),
      chance,
    };
  });
}

/** A set cut into at most RANGES_MAX parts of the same number of values, but for rounding. */
function equalParts(ranges: ValueSet): readonly ValueSet[] {
  const total = countOf(ranges);
  const count = Math.min(total, RANGES_MAX);
  return Array.from({ length: count }, (_, n) => {
    const first = nthOf(ranges, Math.floor((total / count) * n));
    const last = nthOf(ranges, Math.floor((total / count) * (n + 1)) - 1);
    return ranges.flatMap(([low, high]) =>
      low <= last && high >= first ? [[Math.max(low, first), Math.min(high, last)] as const] : [],
    );
  });
}
