/**
 * Domains: the set of values that a random variable or an operation's argument may take (semantics §2; design, "Operation").
 *
 * A domain knows its values in two forms: the value an author sees (`'add'`, `true`, `17`), and its *code*, an integer.
 * For integers the code is the value itself; for choices it is the index in the list; for flags it is 0 or 1. The solver
 * computes with codes only, and recorded operations keep them: `isUint32` says whether all codes fit a u32 table.
 *
 *     oneOf('add', 'sub').toNumber('sub')   // 1
 *     span(1, 32).draw(stream)              // uniform over 1..32
 *     mix([3, span(1, 64)], [1, span(65, 4096)])   // three draws of four are small
 */
import { AssertionError, UsageError, assert } from '#base/assert';
import { WeightTable, type RandomStream } from '#random/random-stream';

/** A closed range of integers, `low <= high`. */
export type NumberRange = readonly [low: number, high: number];
/** A closed range of bigints, `low <= high`. */
export type BigRange = readonly [low: bigint, high: bigint];
/** What a choice may consist of. */
export type Scalar = string | number | boolean;

/** The set of values that a random field or an argument of an operation may have, with a way to draw from it. */
export interface Domain<T> {
  /** How codes and values relate, and which expressions the solver offers for a variable of this domain. */
  readonly kind: 'integer' | 'flag' | 'choice';
  /** All codes: disjoint, ascending, not touching. */
  readonly ranges: readonly NumberRange[];
  /** Number of values, at most 2^53. */
  readonly size: number;
  /** False when draws are not uniform over the values (`mix`); such a domain is no random variable of the solver. */
  readonly isUniform: boolean;
  /** True when every code is in 0..2^32-1, so that the value can be an argument of an operation. */
  readonly isUint32: boolean;
  /** One value: uniformly, unless the domain says otherwise (`mix`). */
  draw(stream: RandomStream): T;
  /** The code of a value. Asserts that the domain contains it. */
  toNumber(value: T): number;
  /** The value of a code. Asserts that the domain contains it. */
  fromNumber(code: number): T;
  /** Whether the value belongs to the domain. */
  contains(value: unknown): value is T;
  /** For messages: "0..255", "add | sub". */
  describe(): string;
}

/**
 * One of the listed values, uniformly. Integers only: they are codes themselves; anything else is coded by its index.
 * @throws UsageError `bad-domain` when a value is listed twice.
 */
export function oneOf<const V extends readonly [Scalar, ...Scalar[]]>(
  ...values: V
): Domain<V[number]> {
  checkDistinct(values);
  if (values.every((value) => Number.isSafeInteger(value))) {
    const numbers = values as unknown as readonly number[];
    return new IntegerDomain(normalizeRanges(numbers.map((n) => [n, n] as const)));
  }
  return new ChoiceDomain<V[number]>(values);
}

/** An unsigned integer of `bits` bits, 1..53. @throws UsageError `bad-domain`. */
export function uint(bits: number): Domain<number> {
  if (!Number.isInteger(bits) || bits < 1 || bits > 53) {
    throw new UsageError('bad-domain', `uint() takes 1..53 bits, got ${String(bits)}`);
  }
  return new IntegerDomain([[0, 2 ** bits - 1]]);
}

/** A signed integer of `bits` bits in two's complement, 1..53. @throws UsageError `bad-domain`. */
export function int(bits: number): Domain<number> {
  if (!Number.isInteger(bits) || bits < 1 || bits > 53) {
    throw new UsageError('bad-domain', `int() takes 1..53 bits, got ${String(bits)}`);
  }
  return new IntegerDomain([[-(2 ** (bits - 1)), 2 ** (bits - 1) - 1]]);
}

/**
 * An integer from `low` to `high`, both included, within ±(2^53 - 1).
 * @throws UsageError `bad-domain` when low > high.
 */
export function span(low: number, high: number): Domain<number> {
  return spans([low, high]);
}

/**
 * An integer inside any of the ranges, uniformly over all their values; overlaps count once.
 * @throws UsageError `bad-domain`.
 */
export function spans(...ranges: readonly NumberRange[]): Domain<number> {
  if (ranges.length === 0) throw new UsageError('bad-domain', 'spans() needs at least one range');
  for (const [low, high] of ranges) {
    if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high) || low > high) {
      throw new UsageError(
        'bad-domain',
        `a range goes from a lower to a higher integer, got [${low}, ${high}]`,
      );
    }
  }
  return new IntegerDomain(normalizeRanges(ranges));
}

/** False or true; codes 0 and 1. */
export function flag(): Domain<boolean> {
  return new FlagDomain();
}

/**
 * Several domains with weights, integers from 0: first a part is drawn in proportion to its weight, then a value in
 * that part.
 * For operations' arguments and delays; a random variable of the solver takes a plain domain and a `dist` constraint
 * instead.
 * @throws UsageError `bad-domain`.
 */
export function mix(
  ...parts: readonly (readonly [weight: number, domain: Domain<number>])[]
): Domain<number> {
  return new MixDomain(parts);
}

/** Sorts, and joins ranges that overlap or touch. */
export function normalizeRanges(ranges: readonly NumberRange[]): readonly NumberRange[] {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const joined: [number, number][] = [];
  for (const [low, high] of sorted) {
    assert(low <= high, 'a range goes from low to high');
    const last = joined.at(-1);
    if (last !== undefined && low <= last[1] + 1) last[1] = Math.max(last[1], high);
    else joined.push([low, high]);
  }
  return joined;
}

/** `normalizeRanges` for integers of any size. */
export function normalizeBigRanges(ranges: readonly BigRange[]): readonly BigRange[] {
  const sorted = [...ranges].sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
  const joined: [bigint, bigint][] = [];
  for (const [low, high] of sorted) {
    const last = joined.at(-1);
    if (last === undefined || low > last[1] + 1n) joined.push([low, high]);
    else if (high > last[1]) last[1] = high;
  }
  return joined;
}

/** Number of integers in disjoint ranges. */
export function countOf(ranges: readonly NumberRange[]): number {
  let count = 0;
  for (const [low, high] of ranges) count += high - low + 1;
  return count;
}

/** The n-th integer, 0-based and ascending, of disjoint ascending ranges. */
export function nthOf(ranges: readonly NumberRange[], n: number): number {
  let rest = n;
  for (const range of ranges) {
    const count = range[1] - range[0] + 1;
    if (rest < count) return range[0] + rest;
    rest -= count;
  }
  throw new AssertionError(`value ${n} asked of ${countOf(ranges)}`);
}

/** Whether one of the ranges has the integer. */
function isWithin(ranges: readonly NumberRange[], value: number): boolean {
  for (const range of ranges) if (range[0] <= value && value <= range[1]) return true;
  return false;
}

export function describeRanges(ranges: readonly NumberRange[]): string {
  const shown = ranges.slice(0, RANGES_SHOWN_MAX);
  const text = shown
    .map(([low, high]) => (low === high ? String(low) : `${low}..${high}`))
    .join(', ');
  return ranges.length > shown.length ? `${text}, … (${ranges.length} ranges)` : text;
}

const RANGES_SHOWN_MAX = 8;
const UINT32_MAX = 0xffff_ffff;

function checkDistinct(values: readonly Scalar[]): void {
  if (values.length === 0) throw new UsageError('bad-domain', 'oneOf() needs at least one value');
  if (new Set(values).size !== values.length) {
    throw new UsageError('bad-domain', `oneOf() lists a value twice: ${values.join(', ')}`);
  }
}

function notInDomain(value: unknown, domain: { describe(): string }): AssertionError {
  return new AssertionError(`${String(value)} is not in ${domain.describe()}`);
}

class IntegerDomain implements Domain<number> {
  readonly kind = 'integer';
  readonly isUniform = true;
  readonly ranges: readonly NumberRange[];
  readonly size: number;
  readonly isUint32: boolean;

  constructor(ranges: readonly NumberRange[]) {
    const first = ranges[0],
      last = ranges.at(-1);
    assert(first !== undefined && last !== undefined, 'a domain has values');
    this.ranges = ranges;
    this.size = countOf(ranges);
    this.isUint32 = first[0] >= 0 && last[1] <= UINT32_MAX;
    if (this.size > Number.MAX_SAFE_INTEGER + 1) {
      throw new UsageError(
        'bad-domain',
        `a domain has at most 2^53 values: ${describeRanges(ranges)}`,
      );
    }
  }
  draw(stream: RandomStream): number {
    return nthOf(this.ranges, stream.below(this.size));
  }
  toNumber(value: number): number {
    if (!this.contains(value)) throw notInDomain(value, this);
    return value;
  }
  fromNumber(code: number): number {
    return this.toNumber(code);
  }
  contains(value: unknown): value is number {
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) return false;
    return isWithin(this.ranges, value);
  }
  describe(): string {
    return describeRanges(this.ranges);
  }
}

class FlagDomain implements Domain<boolean> {
  readonly kind = 'flag';
  readonly isUniform = true;
  readonly isUint32 = true;
  readonly size = 2;
  readonly ranges: readonly NumberRange[] = [[0, 1]];

  draw(stream: RandomStream): boolean {
    return stream.below(2) === 1;
  }
  toNumber(value: boolean): number {
    return value ? 1 : 0;
  }
  fromNumber(code: number): boolean {
    assert(code === 0 || code === 1, 'a flag is coded 0 or 1');
    return code === 1;
  }
  contains(value: unknown): value is boolean {
    return typeof value === 'boolean';
  }
  describe(): string {
    return 'false | true';
  }
}

class ChoiceDomain<T extends Scalar> implements Domain<T> {
  readonly kind = 'choice';
  readonly isUniform = true;
  readonly isUint32 = true;
  readonly ranges: readonly NumberRange[];
  readonly size: number;
  private readonly values: readonly T[];

  constructor(values: readonly T[]) {
    this.values = values;
    this.size = values.length;
    this.ranges = [[0, values.length - 1]];
  }
  draw(stream: RandomStream): T {
    return this.fromNumber(stream.below(this.size));
  }
  toNumber(value: T): number {
    const index = this.values.indexOf(value);
    if (index < 0) throw notInDomain(value, this);
    return index;
  }
  fromNumber(code: number): T {
    const value = this.values[code];
    if (value === undefined) throw notInDomain(code, this);
    return value;
  }
  contains(value: unknown): value is T {
    return this.values.includes(value as T);
  }
  describe(): string {
    return this.values.map(String).join(' | ');
  }
}

class MixDomain implements Domain<number> {
  readonly kind = 'integer';
  readonly isUniform = false;
  readonly ranges: readonly NumberRange[];
  readonly size: number;
  readonly isUint32: boolean;
  private readonly parts: readonly Domain<number>[];
  private readonly weights: readonly number[];
  private readonly table: WeightTable;

  constructor(parts: readonly (readonly [number, Domain<number>])[]) {
    if (parts.length === 0) throw new UsageError('bad-domain', 'mix() needs at least one part');
    for (const [weight, domain] of parts) {
      if (!Number.isSafeInteger(weight) || weight < 0) {
        throw new UsageError('bad-domain', `a weight is an integer from 0, got ${String(weight)}`);
      }
      if (domain.kind !== 'integer') {
        throw new UsageError('bad-domain', `mix() takes integer domains, got ${domain.describe()}`);
      }
    }
    this.weights = parts.map(([weight]) => weight);
    if (!this.weights.some((weight) => weight > 0)) {
      throw new UsageError('bad-domain', 'mix() needs a part with a weight above 0');
    }
    this.table = new WeightTable(this.weights);
    this.parts = parts.map(([, domain]) => domain);
    this.ranges = normalizeRanges(this.parts.flatMap((domain) => [...domain.ranges]));
    this.size = countOf(this.ranges);
    this.isUint32 = this.parts.every((domain) => domain.isUint32);
  }
  draw(stream: RandomStream): number {
    const part = this.parts[stream.weightedBy(this.table)];
    assert(part !== undefined, 'a weighted choice is one of the parts');
    return part.draw(stream);
  }
  toNumber(value: number): number {
    for (const part of this.parts) if (part.contains(value)) return part.toNumber(value);
    throw notInDomain(value, this);
  }
  fromNumber(code: number): number {
    for (const part of this.parts) {
      if (isWithin(part.ranges, code)) return part.fromNumber(code);
    }
    throw notInDomain(code, this);
  }
  contains(value: unknown): value is number {
    return this.parts.some((domain) => domain.contains(value));
  }
  describe(): string {
    return this.parts
      .map((domain, index) => `${this.weights[index]}:(${domain.describe()})`)
      .join(' ');
  }
}
