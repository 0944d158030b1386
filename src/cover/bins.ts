/**
 * How bins are declared (IEEE 1800-2023 §19.5; semantics §3): plain values and ranges, and the words for everything else.
 * The words for transitions are in `transitions.ts`.
 *
 *     { zero: 0, low: [1, 127], pair: anyOf(8, 16), size: each(1, 2, [4, 7]), page: split(4, [0, 4095]) }
 *     { byte: auto({ bits: 8 }), odd: wildcard('xxx1'), thirds: filter(each([0, 30]), (v) => v % 3 === 0) }
 *     { bad: illegal('broken'), skip: ignore([200, 255]), armed: when('on', (t: Sample) => t.isArmed), rest: otherwise() }
 */
import { UsageError } from '#base/assert';
import { PATTERN_LIMITS, WIDE_HINT, patternRanges } from './bin-pattern.ts';
import type { Steps, StepsSet } from './transitions.ts';

/** A closed range of integers. */
export type Range = readonly [low: number, high: number];
/** Values that a coverpoint can sample. */
export type Sampled = string | number | boolean;
/** Stands for a value that has no bins, so that the compiler says what to do. */
export type NoBinsOfBigint =
  'a bigint has no bins: measure a part of it, (t) => Number(t.address >> 32n), or a label';
/** What the bins of a field are made of. */
export type Binned<V> = V extends bigint ? NoBinsOfBigint : V;
/** A value; for numbers also a range or a pattern. */
export type ValueSpec<V> = V | (V extends number ? Range | Pattern : never);

/** Integers that a pattern of digits matches, in ascending order; made by `wildcard`. */
export interface Pattern {
  readonly kind: 'pattern';
  readonly ranges: readonly Range[];
}
/** Several values, of one bin or of one step. */
export interface ValueSet<V> {
  readonly kind: 'set';
  readonly items: readonly ValueSpec<V>[];
}
/** One bin per value. */
export interface EachValue<V> {
  readonly kind: 'each';
  readonly items: readonly ValueSpec<V>[];
}
/** A fixed number of bins, over which the values are spread evenly in order; the rest goes into the last. */
export interface SplitValues<V> {
  readonly kind: 'split';
  readonly count: number;
  readonly items: readonly ValueSpec<V>[];
}
/** Bins that need no list: of an integer of so many bits, or one per label. */
export interface AutoBins<V> {
  readonly kind: 'auto';
  readonly items: readonly ValueSpec<V>[];
  /** Labels have one bin each, however many there are. */
  readonly isCapped: boolean;
  /** In place of the option `autoBinMax`. */
  readonly max: number | undefined;
}
/** What lists values. */
export type Values<V> =
  ValueSpec<V> | ValueSet<V> | EachValue<V> | SplitValues<V> | AutoBins<V> | FilteredValues<V>;
/** Values that a predicate keeps; taken out before they are spread over bins. */
export interface FilteredValues<V> {
  readonly kind: 'filter';
  /** `Values<V>`; written in full, the type would have no end. */
  readonly of: unknown;
  readonly keep: (value: never) => boolean;
  /** Binds the type of the values; holds nothing. */
  readonly valueType?: V;
}
/** One bin per single transition. */
export interface EachSteps<V> {
  readonly kind: 'eachSteps';
  readonly sequences: readonly Steps<V>[];
}
/** What a default word stands for: values that no bin names, or transitions that no bin goes along with. */
export interface DefaultBin {
  readonly kind: 'default';
  readonly of: 'values' | 'steps';
}
/** What may be ruled out. */
export type Removable<V> = Values<V> | Steps<V> | StepsSet<V> | EachSteps<V> | DefaultBin;
/** Values that must not occur: a hit is an error. */
export interface IllegalBin<V> {
  readonly kind: 'illegal';
  readonly of: Removable<V>;
}
/** Values and transitions that do not count; taken out after values have been spread over the bins. */
export interface IgnoredBin<V> {
  readonly kind: 'ignore';
  readonly of: Removable<V>;
}
/** A bin with a condition of its own. */
export interface GuardedBin<V> {
  readonly kind: 'when';
  readonly of: Removable<V> | IllegalBin<V> | IgnoredBin<V>;
  readonly iff: (sampled: never) => boolean;
}

/** What may stand behind the name of a bin. */
export type BinSpec<V> = Removable<V> | IllegalBin<V> | IgnoredBin<V> | GuardedBin<V>;

/** Bins whose own names are their values. */
export type NamelessBins<V> =
  EachValue<V> | SplitValues<V> | AutoBins<V> | FilteredValues<V> | EachSteps<V>;
/** Bins by name, or a word that makes several bins alone, whose bins are named after their values. */
export type Bins<V> = { readonly [name: string]: BinSpec<V> } | NamelessBins<V>;

/** Names of the countable bins, as far as the types tell: those of arrays and splits are `name[values]`. */
export type BinName<B> =
  B extends EachValue<infer V>
    ? V extends Sampled
      ? number extends V
        ? string
        : `${V}`
      : string
    : B extends NamelessBins<unknown>
      ? string
      : { [K in keyof B & string]: NameOf<K, B[K]> }[keyof B & string];

type NameOf<K extends string, S> = S extends { readonly kind: 'illegal' | 'ignore' | 'default' }
  ? never
  : S extends { readonly kind: 'each' | 'split' | 'auto' | 'eachSteps' }
    ? `${K}[${string}]`
    : S extends { readonly kind: 'filter' | 'when'; readonly of: infer O }
      ? NameOf<K, O>
      : K;

/** What an author may write where values are expected. */
export type Item = Sampled | Range | Pattern;
/** The type of the values that items stand for: a range stands for numbers. */
export type ValueOf<I> = I extends { readonly kind: 'pattern' }
  ? number
  : I extends { readonly items: readonly ValueSpec<infer V>[] }
    ? V
    : I extends { readonly of: infer O }
      ? ValueOf<O>
      : I extends Range
        ? number
        : I;

/** Several values or ranges in one bin, or as one step; of several `steps(...)`, the bin of any of them. */
export function anyOf<V>(...sequences: readonly [Steps<V>, ...(readonly Steps<V>[])]): StepsSet<V>;
/** Several values or ranges in one bin, or as one step. */
export function anyOf<const I extends readonly Item[]>(...items: I): ValueSet<ValueOf<I[number]>>;
export function anyOf(
  ...items: readonly (Item | Steps<Sampled>)[]
): ValueSet<Sampled> | StepsSet<Sampled> {
  if (isListOfSteps(items)) return { kind: 'stepsSet', sequences: items };
  return { kind: 'set', items: items as ValueSet<Sampled>['items'] };
}

/**
 * One bin per value; a range gives one per integer in it, and a value given twice has one bin. Of `steps(...)`, one
 * bin per single transition.
 */
export function each<V>(...sequences: readonly [Steps<V>, ...(readonly Steps<V>[])]): EachSteps<V>;
/** One bin per value; a range gives one per integer in it, and a value given twice has one bin. */
export function each<const I extends readonly Item[]>(...items: I): EachValue<ValueOf<I[number]>>;
export function each(
  ...items: readonly (Item | Steps<Sampled>)[]
): EachValue<Sampled> | EachSteps<Sampled> {
  if (isListOfSteps(items)) return { kind: 'eachSteps', sequences: items };
  return { kind: 'each', items: items as EachValue<Sampled>['items'] };
}

/**
 * `count` bins, 1 or more, over all the values, in order, evenly; the remainder goes into the last bin. A value given
 * twice is in the list twice (semantics §3).
 */
export function split(
  count: number,
  ...items: readonly (number | Range | Pattern)[]
): SplitValues<number> {
  return { kind: 'split', count, items };
}

/** What `auto` makes bins of. */
export interface AutoBinsOptions {
  /** Width of the integer, 1..53. */
  readonly bits: number;
  /** Two's complement: from -2^(bits-1). Default false. */
  readonly isSigned?: boolean;
  /** Bins at most, in place of the option `autoBinMax` (default 64). */
  readonly max?: number;
}

/**
 * The bins that a point has without a list: min(2^bits, autoBinMax) bins over all integers of that width, or one per
 * label, however many these are (IEEE 1800-2023 §19.5.3).
 * @throws UsageError `bad-bins` for a width below 1 or above 53.
 */
export function auto(options: AutoBinsOptions): AutoBins<number>;
/** One bin per label. */
export function auto<const L extends Exclude<Sampled, number>>(labels: {
  readonly labels: readonly L[];
}): AutoBins<L>;
export function auto(
  options: AutoBinsOptions | { readonly labels: readonly Sampled[] },
): AutoBins<Sampled> {
  if ('labels' in options) {
    return { kind: 'auto', items: options.labels, isCapped: false, max: undefined };
  }
  const { bits, isSigned = false, max } = options;
  if (!Number.isInteger(bits) || bits < 1 || bits > PATTERN_LIMITS.bitsMax) {
    const most = PATTERN_LIMITS.bitsMax;
    const message = `auto: an integer has 1..${most} bits (bitsMax), got ${bits}`;
    throw new UsageError('bad-bins', message, { hint: WIDE_HINT });
  }
  const half = 2 ** (bits - 1);
  const range: Range = isSigned ? [-half, half - 1] : [0, half * 2 - 1];
  return { kind: 'auto', items: [range], isCapped: true, max };
}

/** An integer and the bits of it that matter. */
export interface MaskedValue {
  readonly value: number;
  /** 1 for each bit that must be as in `value`. */
  readonly mask: number;
  /** Width, 1..53: bits above are 0. */
  readonly bits: number;
}

/**
 * The integers that a pattern matches: binary digits with `x`, `z` or `?` for either, as in '1x0?'; `_` anywhere; or a
 * literal with size and base, as "8'h4?". Or a value and the bits of it that matter. It stands wherever a range does:
 * alone, in `anyOf`, `each` (one bin per value), `split`, `steps`.
 * @throws UsageError `bad-bins` for other characters, for more than 53 bits, or for more than 65536 separate ranges.
 */
export function wildcard(pattern: string | MaskedValue): Pattern {
  return { kind: 'pattern', ranges: patternRanges(pattern) };
}

/**
 * The values that the predicate keeps, of a list, an array or automatic bins; they are taken out before values are
 * spread over bins (IEEE 1800-2023 §19.5.1.1, `with`).
 */
export function filter<const O extends FilterSource>(
  of: O,
  keep: (value: ValueOf<O>) => boolean,
): FilteredValues<ValueOf<O>> & { readonly of: O } {
  return { kind: 'filter', of, keep };
}

type FilterSource =
  Item | ValueSet<Sampled> | EachValue<Sampled> | SplitValues<Sampled> | AutoBins<Sampled>;

/**
 * Values or transitions that must not occur: a hit breaks rule COV-ILLEGAL, even when another bin matches (semantics
 * §3). Of an array each bin has a name of its own; of `otherwise()`, what no bin names is illegal.
 */
export function illegal<V extends Sampled>(of: IllegalOf<V>): IllegalBin<V>;
/** Values that must not occur. */
export function illegal<const I extends Item | Values<Sampled>>(of: I): IllegalBin<ValueOf<I>>;
export function illegal(of: Removable<Sampled>): IllegalBin<Sampled> {
  return { kind: 'illegal', of };
}

type IllegalOf<V> = Steps<V> | StepsSet<V> | EachSteps<V> | DefaultBin;

/**
 * Values or transitions that do not count; taken out after values have been spread over the bins. An ignored value
 * leaves transitions that contain it alone (semantics §3).
 */
export function ignore<V extends Sampled>(of: IllegalOf<V>): IgnoredBin<V>;
/** Values that do not count. */
export function ignore<const I extends Item | Values<Sampled>>(of: I): IgnoredBin<ValueOf<I>>;
export function ignore(of: Removable<Sampled>): IgnoredBin<Sampled> {
  return { kind: 'ignore', of };
}

/** What `when` makes. */
export interface ConditionalSpec<T, O> {
  readonly kind: 'when';
  readonly of: O;
  /** True of samples that count. */
  readonly iff: (sampled: T) => boolean;
}

/**
 * A bin that counts, ignores or is illegal only when the condition is true of what is sampled; for a transition, at
 * the sample that completes it.
 */
export function when<T, const O>(of: O, iff: (sampled: T) => boolean): ConditionalSpec<T, O> {
  return { kind: 'when', of, iff };
}

/** The default bin: counts what falls into no other; never enters percentages or crosses (semantics §3). */
export function otherwise(): DefaultBin {
  return { kind: 'default', of: 'values' };
}

/**
 * The default sequence: counts a sample that follows another one when no declared transition is completed or carried
 * on by it; never enters percentages or crosses.
 */
export function otherwiseSteps(): DefaultBin {
  return { kind: 'default', of: 'steps' };
}

function isListOfSteps(
  items: readonly (Item | Steps<Sampled>)[],
): items is readonly Steps<Sampled>[] {
  const [first] = items;
  return typeof first === 'object' && 'kind' in first && first.kind === 'steps';
}
