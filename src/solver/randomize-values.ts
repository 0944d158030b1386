/**
 * Random values without a class: SystemVerilog's scope randomize, `std::randomize(a, b) with { … }` (IEEE 1800 clause 18.12).
 *
 *     const { address, length } = randomizeValues(stream, { address: wide(64), length: span(1, 64) }, (v) => [
 *       v.address.mod(64).is(0),
 *     ]);
 */
import type { RandomStream } from '#random/random-stream';
import type { Domain } from './domain.ts';
import type { FieldDomain, NestedDomain } from './field-domain.ts';
import { RandomClass } from './random-class.ts';
import type { Inline } from './variables.ts';

/** The values that domains give. */
export type ValuesOf<D> = { -readonly [K in keyof D]: ValueOf<D[K]> };

type ValueOf<D> = D extends { readonly kind: 'wide' }
  ? bigint
  : D extends { readonly kind: 'array'; readonly element: infer E }
    ? ValueOf<E>[]
    : D extends { readonly kind: 'bytes' }
      ? Uint8Array
      : D extends NestedDomain<infer C, unknown>
        ? C
        : D extends Domain<infer T>
          ? T
          : never;

/** Domains by name; cyclic ones have no round outside an object. */
export type ScopeDomains = Readonly<
  Record<string, Exclude<FieldDomain, { readonly kind: 'cyclic' }>>
>;

/** Random classes made for tables of domains: a table that is used again keeps what was prepared. */
const made = new WeakMap<object, RandomClass<object, object>>();

/**
 * Values for each of the domains, which satisfy the constraints; drawn from the stream given. State is what the
 * constraints take from around them.
 * @throws UsageError `solve-failed` with an explanation, `solve-limit`.
 */
export function randomizeValues<const D extends ScopeDomains>(
  stream: RandomStream,
  domains: D,
  constraints?: Inline<ValuesOf<D>, D>,
): ValuesOf<D> {
  class Values extends Object {}
  const known = made.get(domains) ?? new RandomClass<object, object>(Values, domains, {});
  made.set(domains, known);
  const target = new known.itemClass();
  known.randomize(target, stream, constraints as Inline<object, object> | undefined);
  return target as ValuesOf<D>;
}
