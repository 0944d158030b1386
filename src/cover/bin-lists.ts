/**
 * The values that a bin's declaration lists, and how they are spread over bins (IEEE 1800-2023 §19.5.1, §19.5.3): filters
 * first, then distribution; what is ignored or illegal is taken out later (`bin-table.ts`).
 *
 *     each([1, 3], 2)       1 | 2 | 3
 *     split(4, [1, 10])     1..2 | 3..4 | 5..6 | 7..10
 */
import { UsageError } from '#base/assert';
import { WIDE_HINT } from './bin-pattern.ts';
import type { Item, Pattern, Range, Sampled, Values } from './bins.ts';
import type { Matcher } from './value-classes.ts';

export const VALUE_LIMITS = {
  /** Bins of one coverpoint. */
  binsMax: 32_768,
  /** Values that a filter is asked about. */
  filteredMax: 1 << 20,
} as const;

/** One bin's name and values. */
export interface NamedValues {
  readonly name: string;
  readonly values: Matcher;
}

/** Where the values stand, for messages, and the cap of automatic bins. */
export interface ValueContext {
  readonly where: string;
  readonly autoBinMax: number;
}

/** A list of values, in order, duplicates and all, and the number of bins they are for: one, one each, or so many. */
interface ValueList {
  readonly form: 'one' | 'each' | number;
  readonly values: Matcher;
  readonly isFiltered: boolean;
}

/**
 * The bins of a declaration, called `name` or `name[values]`; without a name, the values alone.
 * @throws UsageError `bad-bins`
 */
export function binsOfValues(
  name: string,
  spec: Values<never>,
  context: ValueContext,
): readonly NamedValues[] {
  const { form, values, isFiltered } = listOf(spec, context);
  if (form === 'one') return [{ name: name === '' ? textOf(values) : name, values }];
  const parts = form === 'each' ? singles(values, context) : chunks(values, form, context);
  if (parts.length === 0 && !isFiltered) throw countError(0, context);
  return parts.map((part) => ({ name: arrayName(name, textOf(part)), values: part }));
}

/** All values of a declaration together, for a bin or step that is made of them. */
export function matcherOf(spec: Values<never>, context: ValueContext): Matcher {
  return listOf(spec, context).values;
}

/** `name[values]`; the values alone without a name. */
export function arrayName(name: string, values: string): string {
  return name === '' ? values : `${name}[${values}]`;
}

/** Values as they stand in names: `1..3,7,idle`. */
export function textOf({ ranges, scalars }: Matcher): string {
  const parts = ranges.map(([low, high]) => (low === high ? `${low}` : `${low}..${high}`));
  return [...parts, ...scalars.map(String)].join(',');
}

/** Each value apart: numbers in ascending order of their ranges, then the rest; none twice. */
export function singles(values: Matcher, context: ValueContext): readonly Matcher[] {
  const total = valueCount(values);
  if (total > VALUE_LIMITS.binsMax) throw countError(total, context);
  const numbers = new Set<number>();
  for (const [low, high] of values.ranges) {
    for (let value = low; value <= high; value++) numbers.add(value);
  }
  return [
    ...Array.from(numbers, (value): Matcher => ({ ranges: [[value, value]], scalars: [] })),
    ...Array.from(new Set(values.scalars), (scalar): Matcher => ({
      ranges: [],
      scalars: [scalar],
    })),
  ];
}

function listOf(spec: Values<Sampled>, context: ValueContext): ValueList {
  if (typeof spec !== 'object' || isRange(spec) || spec.kind === 'pattern') {
    return { form: 'one', values: matcher([spec], context), isFiltered: false };
  }
  if (spec.kind === 'filter') {
    const list = listOf(spec.of as Values<Sampled>, context);
    const keep = spec.keep as (value: Sampled) => boolean;
    return { ...list, values: filtered(list.values, keep, context), isFiltered: true };
  }
  const values = matcher(spec.items, context);
  switch (spec.kind) {
    case 'set':
      return { form: 'one', values, isFiltered: false };
    case 'each':
      return { form: 'each', values, isFiltered: false };
    case 'split':
      return { form: checkedCount(spec.count, context), values, isFiltered: false };
    case 'auto': {
      const max = checkedCount(spec.max ?? context.autoBinMax, context);
      const isWhole = !spec.isCapped || valueCount(values) <= max;
      return { form: isWhole ? 'each' : max, values, isFiltered: false };
    }
  }
}

function checkedCount(count: number, context: ValueContext): number {
  const isSound = Number.isInteger(count) && count >= 1 && count <= VALUE_LIMITS.binsMax;
  if (!isSound) throw countError(count, context);
  return count;
}

function countError(count: number, { where }: ValueContext): UsageError {
  const max = VALUE_LIMITS.binsMax;
  return new UsageError('bad-bins', `${where}: ${String(count)} bins; 1..${max} (binsMax)`, {
    hint: 'split(n, ...) spreads many values over n bins.',
  });
}

function matcher(items: readonly Item[], context: ValueContext): Matcher {
  const ranges: Range[] = [];
  const scalars: Sampled[] = [];
  for (const item of items) {
    if (isRange(item)) ranges.push(checkedRange(item, context));
    else if (isPattern(item)) ranges.push(...item.ranges);
    else if (typeof item === 'number') ranges.push(checkedRange([item, item], context));
    else if (typeof item === 'string' || typeof item === 'boolean') scalars.push(item);
    else throw notBinned(item, context);
  }
  return { ranges, scalars };
}

/** Types do not let it come to this. */
function notBinned(item: unknown, { where }: ValueContext): UsageError {
  const what = typeof item === 'bigint' ? `the bigint ${item}n` : String(item);
  return new UsageError(
    'bad-bins',
    `${where}: bins are of integers up to 2^53-1, texts and booleans, got ${what}`,
    typeof item === 'bigint' ? { hint: WIDE_HINT } : {},
  );
}

function isPattern(item: unknown): item is Pattern {
  return typeof item === 'object' && item !== null && 'ranges' in item;
}

function isRange(spec: unknown): spec is Range {
  return Array.isArray(spec);
}

function checkedRange(range: Range, { where, autoBinMax }: ValueContext): Range {
  const wide = (range as readonly unknown[]).find((end) => typeof end === 'bigint');
  if (wide !== undefined) throw notBinned(wide, { where, autoBinMax });
  const [low, high] = range;
  const isSound = Number.isSafeInteger(low) && Number.isSafeInteger(high) && low <= high;
  if (!isSound || range.length !== 2) {
    throw new UsageError(
      'bad-bins',
      `${where}: a range is [low, high] in integers, got [${range.join(', ')}]`,
      { hint: 'Several single values in one bin are anyOf(1, 2, 3).' },
    );
  }
  return range;
}

function valueCount({ ranges, scalars }: Matcher): number {
  return ranges.reduce((sum, [low, high]) => sum + high - low + 1, scalars.length);
}

function filtered(
  values: Matcher,
  keep: (value: Sampled) => boolean,
  { where }: ValueContext,
): Matcher {
  const total = valueCount(values);
  if (total > VALUE_LIMITS.filteredMax) {
    const max = VALUE_LIMITS.filteredMax;
    throw new UsageError('bad-bins', `${where}: a filter of ${total} values; at most ${max}`, {
      hint: 'A filter is asked about every value: (filteredMax). Cover a function of the value instead.',
    });
  }
  const ranges: [number, number][] = [];
  for (const [low, high] of values.ranges) {
    for (let value = low; value <= high; value++) {
      if (!keep(value)) continue;
      const last = ranges.at(-1);
      if (last !== undefined && last[1] + 1 === value) last[1] = value;
      else ranges.push([value, value]);
    }
  }
  return { ranges, scalars: values.scalars.filter((scalar) => keep(scalar)) };
}

/** Cuts a list of integers into lists of equal length; the last takes the remainder; lists without values are none. */
function chunks(values: Matcher, binCount: number, context: ValueContext): readonly Matcher[] {
  const { ranges, scalars } = values;
  if (scalars.length > 0) {
    throw new UsageError('bad-bins', `${context.where}: only integers are spread over bins`, {
      hint: 'Labels have a bin each: each(...).',
    });
  }
  const size = Math.max(1, Math.floor(valueCount(values) / binCount));
  const result: Matcher[] = [];
  let at = 0;
  let offset = 0;
  for (let n = 0; n < binCount; n++) {
    let wanted = n === binCount - 1 ? Infinity : size;
    const chunk: Range[] = [];
    while (wanted > 0 && at < ranges.length) {
      const [low, high] = ranges[at];
      const taken = Math.min(wanted, high - low + 1 - offset);
      chunk.push([low + offset, low + offset + taken - 1]);
      wanted -= taken;
      offset += taken;
      if (low + offset > high) {
        at++;
        offset = 0;
      }
    }
    if (chunk.length > 0) result.push({ ranges: chunk, scalars: [] });
  }
  return result;
}
