/**
 * How bins are declared (IEEE 1800 §19.5; semantics §3): plain values and ranges, and the words for everything else.
 *
 *     { zero: 0, low: [1, 127], pair: anyOf(8, 16), size: each(1, 2, [4, 7]), page: split(4, [0, 4095]) }
 *     { idle: 'idle', twice: steps('idle', 'idle'), bad: illegal('broken'), skip: ignore([200, 255]), rest: otherwise() }
 */

/** A closed range of integers. */
export type Range = readonly [low: number, high: number];
/** Values that a coverpoint can sample. */
export type Sampled = string | number | boolean;
/** A value; for numbers also a range. */
export type ValueSpec<V> = V | (V extends number ? Range : never);

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
/** A sequence of sampled values, one after the other. */
export interface Steps<V> {
  readonly kind: 'steps';
  readonly steps: readonly (ValueSpec<V> | ValueSet<V>)[];
}
/** Values that must not occur: a hit is an error. */
export interface IllegalBin<V> {
  readonly kind: 'illegal';
  readonly of: ValueSpec<V> | ValueSet<V> | Steps<V>;
}
/** Values that do not count; taken out after values have been spread over the bins. */
export interface IgnoredBin<V> {
  readonly kind: 'ignore';
  readonly of: ValueSpec<V> | ValueSet<V>;
}
/** Counts what falls into no other bin; never enters percentages or crosses. */
export interface DefaultBin {
  readonly kind: 'default';
}

/** What may stand behind the name of a bin. */
export type BinSpec<V> =
  | ValueSpec<V>
  | ValueSet<V>
  | EachValue<V>
  | SplitValues<V>
  | Steps<V>
  | IllegalBin<V>
  | IgnoredBin<V>
  | DefaultBin;

/** Bins by name, or `each(...)` or `split(...)` alone, whose bins are named after their values. */
export type Bins<V> = { readonly [name: string]: BinSpec<V> } | EachValue<V> | SplitValues<V>;

/** Names of the countable bins, as far as the types tell: those of arrays and splits are `name[values]`. */
export type BinName<B> =
  B extends EachValue<infer V>
    ? V extends Sampled
      ? number extends V
        ? string
        : `${V}`
      : string
    : B extends SplitValues<unknown>
      ? string
      : {
          [K in keyof B & string]: B[K] extends { readonly kind: 'illegal' | 'ignore' | 'default' }
            ? never
            : B[K] extends { readonly kind: 'each' | 'split' }
              ? `${K}[${string}]`
              : K;
        }[keyof B & string];

/** What an author may write where values are expected. */
type Item = Sampled | Range;
/** The type of the values that items stand for: a range stands for numbers. */
type ValueOf<I> = I extends ValueSet<infer V> ? V : I extends Range ? number : I;

/** Several values or ranges in one bin, or as one step. */
export function anyOf<const I extends readonly Item[]>(...items: I): ValueSet<ValueOf<I[number]>> {
  return { kind: 'set', items: items as unknown as readonly ValueSpec<ValueOf<I[number]>>[] };
}

/** One bin per value; a range gives one per integer in it. */
export function each<const I extends readonly Item[]>(...items: I): EachValue<ValueOf<I[number]>> {
  return { kind: 'each', items: items as unknown as readonly ValueSpec<ValueOf<I[number]>>[] };
}

/**
 * `count` bins, 1 or more, over all the values, in order, evenly; the remainder goes into the last bin (semantics
 * §3).
 */
export function split(count: number, ...items: readonly (number | Range)[]): SplitValues<number> {
  return { kind: 'split', count, items };
}

/** Values sampled one after the other; a step is a value, a range or `anyOf(...)`. */
export function steps<const I extends readonly (Item | ValueSet<Sampled>)[]>(
  ...values: I
): Steps<ValueOf<I[number]>> {
  return { kind: 'steps', steps: values as unknown as Steps<ValueOf<I[number]>>['steps'] };
}

/** Values or transitions that must not occur: a hit breaks rule COV-ILLEGAL, even when another bin matches (semantics §3). */
export function illegal<V extends Sampled>(of: Steps<V>): IllegalBin<V>;
/** Values that must not occur. */
export function illegal<const I extends Item | ValueSet<Sampled>>(of: I): IllegalBin<ValueOf<I>>;
export function illegal(of: IllegalBin<Sampled>['of']): IllegalBin<Sampled> {
  return { kind: 'illegal', of };
}

/** Values that do not count; taken out after values have been spread over the bins (semantics §3). */
export function ignore<const I extends Item | ValueSet<Sampled>>(of: I): IgnoredBin<ValueOf<I>> {
  return { kind: 'ignore', of: of as unknown as IgnoredBin<ValueOf<I>>['of'] };
}

/** The default bin: counts what falls into no other; never enters percentages or crosses (semantics §3). */
export function otherwise(): DefaultBin {
  return { kind: 'default' };
}
