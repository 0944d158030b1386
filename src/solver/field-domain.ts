/**
 * What a random field may be beside one number, flag or choice (IEEE 1800 clauses 18.4, 18.5.7): integers of up to 64 bits,
 * arrays of fixed or random size, bytes, objects with random fields of their own, and cyclic fields (`randc`).
 *
 *     address: wide(64)                                  // a bigint
 *     lengths: arrayOf(uint(8), { size: span(1, 4) })    // number[]
 *     payload: bytesOf({ size: span(0, 64) })            // Uint8Array
 *     header:  nested(headerClass)                       // v.header.length reaches into it
 *     id:      cyclic(uint(4))                           // every value once before any comes again
 */
import { UsageError } from '#base/assert';
import {
  normalizeBigRanges,
  span,
  spans,
  uint,
  type BigRange,
  type Domain,
  type NumberRange,
  type Scalar,
} from './domain.ts';
import { SOLVER_LIMITS } from './limits.ts';

const TWO_32 = 1n << 32n;
const LOWEST = -(1n << 63n);
const HIGHEST = (1n << 64n) - 1n;

/** Integers of up to 64 bits: bigints. Two variables of the solver, value = high · 2^32 + low. */
export class WideDomain {
  readonly kind = 'wide';
  /** Disjoint and ascending. */
  readonly ranges: readonly BigRange[];
  readonly high: Domain<number>;
  readonly low: Domain<number>;
  /** All values are safe integers: the low variable has them whole, and the high one is 0. */
  private readonly isSmall: boolean;

  /** Use `wide`, `wideInt` or `wideSpan`. */
  constructor(ranges: readonly BigRange[]) {
    this.ranges = ranges;
    this.isSmall = ranges.every((range) =>
      range.every((edge) => Number.isSafeInteger(Number(edge))),
    );
    if (this.isSmall) {
      this.high = span(0, 0);
      this.low = spans(...ranges.map(([low, high]) => [Number(low), Number(high)] as const));
      return;
    }
    const highs = ranges.map(([low, high]) => [Number(low >> 32n), Number(high >> 32n)] as const);
    this.high = spans(...highs);
    const isOneHalf = this.high.size === 1 && ranges.length === 1;
    this.low = isOneHalf
      ? span(Number(lowHalf(ranges[0][0])), Number(lowHalf(ranges[0][1])))
      : uint(32);
  }
  /** Whether any high half goes with any low half. */
  get isWhole(): boolean {
    if (this.isSmall || (this.high.size === 1 && this.ranges.length === 1)) return true;
    return this.ranges.every(([low, high]) => lowHalf(low) === 0n && lowHalf(high) === TWO_32 - 1n);
  }
  /** Its values as numbers; undefined: some are no safe integers. */
  get safeRanges(): readonly NumberRange[] | undefined {
    return this.isSmall ? this.low.ranges : undefined;
  }
  /** The values of the two variables for a value. */
  halvesOf(value: bigint): readonly [high: number, low: number] {
    return this.isSmall ? [0, Number(value)] : [Number(value >> 32n), Number(lowHalf(value))];
  }
  /** Whether the value belongs to the domain. */
  contains(value: unknown): value is bigint {
    if (typeof value !== 'bigint') return false;
    return this.ranges.some(([low, high]) => low <= value && value <= high);
  }
  /** For messages: `0..18446744073709551615`. */
  describe(): string {
    return this.ranges
      .map(([low, high]) => (low === high ? `${low}` : `${low}..${high}`))
      .join(', ');
  }
}

/** The lower 32 bits. */
function lowHalf(value: bigint): bigint {
  return BigInt.asUintN(32, value);
}

/** An unsigned integer of `bits` bits, 1..64, as a bigint. @throws UsageError `bad-domain`. */
export function wide(bits: number): WideDomain {
  checkBits('wide', bits);
  return new WideDomain([[0n, (1n << BigInt(bits)) - 1n]]);
}

/** A signed integer of `bits` bits in two's complement, 1..64, as a bigint. @throws UsageError `bad-domain`. */
export function wideInt(bits: number): WideDomain {
  checkBits('wideInt', bits);
  const half = 1n << BigInt(bits - 1);
  return new WideDomain([[-half, half - 1n]]);
}

/**
 * A bigint inside any of the ranges, within -2^63..2^64-1; overlaps count once.
 * @throws UsageError `bad-domain`.
 */
export function wideSpan(...ranges: readonly BigRange[]): WideDomain {
  if (ranges.length === 0)
    throw new UsageError('bad-domain', 'wideSpan() needs at least one range');
  for (const [low, high] of ranges) {
    if (low <= high && low >= LOWEST && high <= HIGHEST) continue;
    const message = `a range goes from a lower to a higher integer within -2^63..2^64-1, got [${low}, ${high}]`;
    throw new UsageError('bad-domain', message);
  }
  return new WideDomain(normalizeBigRanges(ranges));
}

/** Values of a field that is a list. */
export interface ArrayDomain<E> {
  readonly kind: 'array';
  readonly element: E;
  /** Numbers of elements. */
  readonly size: Domain<number>;
}

/** How many elements: a number, or a domain from which the size is drawn. */
export interface ArrayOptions {
  readonly size: number | Domain<number>;
}

/**
 * A list whose elements are random; its size is, too, when it is given as a domain (IEEE 1800 clause 18.4, 18.5.7).
 * Sizes are solved before elements.
 * @throws UsageError `bad-domain` for a negative size, and for one above the solver's `arraySizeMax`.
 */
export function arrayOf<const E extends FieldDomain>(
  element: E,
  options: ArrayOptions,
): ArrayDomain<E> {
  return { kind: 'array', element, size: sizeDomain(options) };
}

/** As a list of bytes, for fields that are a Uint8Array. */
export interface BytesDomain {
  readonly kind: 'bytes';
  readonly element: Domain<number>;
  readonly size: Domain<number>;
}

/** Random bytes, in a new Uint8Array each time. @throws UsageError `bad-domain` as `arrayOf`. */
export function bytesOf(options: ArrayOptions): BytesDomain {
  return { kind: 'bytes', element: uint(8), size: sizeDomain(options) };
}

/** What an object needs to be for being nested: made by `rand`. */
export interface Nestable<C, D> {
  readonly name: string;
  /** Type only: the class. */
  readonly valueType?: C;
  /** The domains of its fields. */
  readonly fieldDomains: D;
}

/** Values of a field that is an object. */
export interface NestedDomain<C, D> {
  readonly kind: 'nested';
  readonly random: Nestable<C, D>;
}

/**
 * An object whose random fields are solved with those of the object that holds it, under the constraints of both; the
 * outer ones reach in, `v.header.length` (IEEE 1800 clause 18.5.8).
 */
export function nested<C, D>(random: Nestable<C, D>): NestedDomain<C, D> {
  return { kind: 'nested', random };
}

/** Values that come round: `randc`. */
export interface CyclicDomain<T> {
  readonly kind: 'cyclic';
  readonly domain: Domain<T>;
}

/**
 * Every value once, in a random order, before any comes again; then in a new order: `randc` (IEEE 1800 clause 18.4.2).
 * Each object has an order of its own. Cyclic fields are solved before all others; where none of the values that are left
 * in the round satisfies the constraints, a new round begins.
 * @throws UsageError `bad-domain` above 65536 values (`cyclicValuesMax`).
 */
export function cyclic<T extends Scalar>(domain: Domain<T>): CyclicDomain<T> {
  const { cyclicValuesMax } = SOLVER_LIMITS;
  if (domain.size <= cyclicValuesMax && domain.isUniform) return { kind: 'cyclic', domain };
  throw new UsageError(
    'bad-domain',
    `cyclic() takes a plain domain of at most ${cyclicValuesMax} values (cyclicValuesMax), got ${domain.describe()}`,
    { hint: 'A round of every value would take longer than any test.' },
  );
}

/** What a random field may be. */
export type FieldDomain =
  | Domain<Scalar>
  | CyclicDomain<Scalar>
  | WideDomain
  | BytesDomain
  | { readonly kind: 'array'; readonly element: FieldDomain; readonly size: Domain<number> }
  | NestedDomain<object, unknown>;

function sizeDomain({ size }: ArrayOptions): Domain<number> {
  const domain = typeof size === 'number' ? spans([size, size]) : size;
  const { arraySizeMax } = SOLVER_LIMITS;
  const [low, high] = [domain.ranges[0][0], domain.ranges[domain.ranges.length - 1][1]];
  if (low >= 0 && high <= arraySizeMax && domain.isUniform) return domain;
  throw new UsageError(
    'bad-domain',
    `an array has 0..${arraySizeMax} elements (arraySizeMax), its size is given as ${domain.describe()}`,
  );
}

function checkBits(name: string, bits: number): void {
  if (Number.isInteger(bits) && bits >= 1 && bits <= 64) return;
  throw new UsageError('bad-domain', `${name}() takes 1..64 bits, got ${String(bits)}`);
}
