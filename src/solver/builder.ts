/**
 * The words in which constraints are written: fluent, typed, and plain data underneath (`expression.ts`).
 *
 *     (v) => v.op.is('mul').implies(v.a.mod(16).plus(v.b).le(64)).soft()
 *     (v) => [v.length.inside([4, 64], 4096), v.kind.dist({ read: 4, write: 1 })]
 */
import { UsageError } from '#base/assert';
import { suggest } from '#base/suggest';
import { normalizeRanges, type Domain, type NumberRange, type Scalar } from './domain.ts';
import {
  FALSE,
  TRUE,
  type ArithmeticOp,
  type BoolNode,
  type DistItem,
  type IntNode,
} from './expression.ts';
import { junction } from './rewrite.ts';

/** A relation: holds or does not. */
export class BoolExpr {
  readonly node: BoolNode;

  constructor(node: BoolNode) {
    this.node = node;
  }
  /** All of them hold. */
  and(...others: readonly BoolExpr[]): BoolExpr {
    return all(this, ...others);
  }
  /** At least one of them holds. */
  or(...others: readonly BoolExpr[]): BoolExpr {
    return any(this, ...others);
  }
  /** It does not hold. */
  not(): BoolExpr {
    return new BoolExpr({ kind: 'not', part: this.node });
  }
  /** `!this || then`, and with `otherwise` also `this || otherwise`: if/else. Works in both directions. */
  implies(then: BoolExpr, otherwise?: BoolExpr): BoolExpr {
    const first = this.not().or(then);
    return otherwise === undefined ? first : first.and(this.or(otherwise));
  }
  /** Both hold or neither does. */
  iff(other: BoolExpr): BoolExpr {
    return this.implies(other, other.not());
  }
  /** To be dropped when harder constraints, or softer ones of higher priority, leave no room for it. */
  soft(): SoftConstraint {
    return new SoftConstraint(this.node);
  }
}

/** Not an expression: what is soft stands alone. */
export class SoftConstraint {
  readonly node: BoolNode;

  constructor(node: BoolNode) {
    this.node = node;
  }
}

/** `first` get their values before `then`: the same solutions, another distribution (IEEE 1800 §18.5.9). */
export class SolveBefore {
  readonly first: readonly IntNode[];

  constructor(first: readonly IntNode[]) {
    this.first = first;
  }
}

/** What a constraint block may return: a relation, a soft one, or an order of solving (IEEE 1800-2023 clause 18.5). */
export type Constraint = BoolExpr | SoftConstraint | SolveBefore;

/** A number in a list, a range, or another expression. */
export type IntItem = number | NumberRange | IntExpr;

/** A weight for some values of a distribution. */
export class Weighted {
  readonly item: DistItem;

  constructor(item: DistItem) {
    this.item = item;
  }
}

/**
 * Each of the values gets this weight, an integer from 0: SystemVerilog's `:=`.
 * @throws UsageError `bad-constraint`.
 */
export function weigh(values: number | NumberRange, weight: number): Weighted {
  return weighted(values, weight, false);
}

/**
 * All the values together get this weight, an integer from 0: SystemVerilog's `:/`.
 * @throws UsageError `bad-constraint`.
 */
export function share(values: number | NumberRange, weight: number): Weighted {
  return weighted(values, weight, true);
}

/** An integer: a variable, a state field, a constant or arithmetic of them. */
export class IntExpr {
  readonly node: IntNode;

  constructor(node: IntNode) {
    this.node = node;
  }
  /** The sum. Arithmetic is exact, of any size: nothing wraps around; take `bits` of it for a width. */
  plus(other: number | IntExpr): IntExpr {
    return this.combine('add', other);
  }
  /** The difference. */
  minus(other: number | IntExpr): IntExpr {
    return this.combine('sub', other);
  }
  /** The product. */
  times(other: number | IntExpr): IntExpr {
    return this.combine('mul', other);
  }
  /** The quotient, truncated toward zero. A comparison with a division by 0 in it does not hold. */
  div(other: number | IntExpr): IntExpr {
    return this.combine('div', other);
  }
  /** The remainder; takes the sign of this. A comparison with a division by 0 in it does not hold. */
  mod(other: number | IntExpr): IntExpr {
    return this.combine('mod', other);
  }
  /**
   * Times 2^places, 0 to 64 places: an integer, which does not lose bits at the top. More places: UsageError
   * `bad-shift` when it is solved.
   */
  shiftLeft(places: number | IntExpr): IntExpr {
    return this.combine('shl', places);
  }
  /** Divided by 2^places, rounded down; 0 to 64 places. */
  shiftRight(places: number | IntExpr): IntExpr {
    return this.combine('shr', places);
  }
  /** Bit by bit: 1 where both have a 1. */
  bitAnd(other: number | IntExpr): IntExpr {
    return this.combine('and', other);
  }
  /** Bit by bit: 1 where one or both have a 1. */
  bitOr(other: number | IntExpr): IntExpr {
    return this.combine('or', other);
  }
  /** Bit by bit: 1 where they differ. */
  bitXor(other: number | IntExpr): IntExpr {
    return this.combine('xor', other);
  }
  /**
   * Bits high..low, both included, as an unsigned number; 52 >= high >= low >= 0.
   * @throws UsageError `bad-constraint`.
   */
  bits(high: number, low: number = high): IntExpr {
    if (!Number.isInteger(low) || !Number.isInteger(high) || low < 0 || high < low || high > 52) {
      throw new UsageError('bad-constraint', `bits(${high}, ${low}): 52 >= high >= low >= 0`);
    }
    return new IntExpr({ kind: 'bits', a: this.node, high, low });
  }
  /** Equal. A number is an integer within ±(2^53 - 1). @throws UsageError `bad-constraint` otherwise. */
  is(other: number | IntExpr): BoolExpr {
    return new BoolExpr({ kind: 'eq', a: this.node, b: intNode(other) });
  }
  /** Not equal. */
  isNot(other: number | IntExpr): BoolExpr {
    return this.is(other).not();
  }
  /** Less than. */
  lt(other: number | IntExpr): BoolExpr {
    return new BoolExpr({ kind: 'lt', a: this.node, b: intNode(other) });
  }
  /** Less than, or equal. */
  le(other: number | IntExpr): BoolExpr {
    return new BoolExpr({ kind: 'le', a: this.node, b: intNode(other) });
  }
  /** Greater than. */
  gt(other: number | IntExpr): BoolExpr {
    return new BoolExpr({ kind: 'lt', a: intNode(other), b: this.node });
  }
  /** Greater than, or equal. */
  ge(other: number | IntExpr): BoolExpr {
    return new BoolExpr({ kind: 'le', a: intNode(other), b: this.node });
  }
  /** One of the numbers, ranges, expressions, or of a list that is a state field. */
  inside(...items: readonly (IntItem | StateList)[]): BoolExpr {
    const ranges: NumberRange[] = [];
    const parts: BoolNode[] = [];
    for (const item of items) {
      if (item instanceof IntExpr) parts.push(this.is(item).node);
      else if (item instanceof StateList) {
        parts.push({ kind: 'inState', a: this.node, field: item.field });
      } else
        ranges.push(typeof item === 'number' ? checkedRange([item, item]) : checkedRange(item));
    }
    if (ranges.length > 0) {
      parts.unshift({ kind: 'in', a: this.node, ranges: normalizeRanges(ranges) });
    }
    return new BoolExpr(junction('any', parts));
  }
  /** Values with weights; every value not listed, or of weight 0, is illegal (IEEE 1800 §18.5.3). */
  dist(
    first: Weighted | Readonly<Record<number, number>>,
    ...others: readonly Weighted[]
  ): BoolExpr {
    const items =
      first instanceof Weighted
        ? [first, ...others]
        : Object.entries(first).map(([value, weight]) => weigh(Number(value), weight));
    return distribution(
      this.node,
      items.map(({ item }) => item),
    );
  }

  private combine(kind: ArithmeticOp, other: number | IntExpr): IntExpr {
    return new IntExpr({ kind, a: this.node, b: intNode(other) });
  }
}

/** A variable with a boolean domain: a relation by itself. */
export class FlagExpr extends BoolExpr {
  readonly code: IntNode;

  constructor(code: IntNode) {
    super({ kind: 'in', a: code, ranges: [[1, 1]] });
    this.code = code;
  }
  /** Has this value, or the one that the relation gives. */
  is(value: boolean | BoolExpr): BoolExpr {
    if (typeof value === 'boolean') return value ? this : this.not();
    return this.iff(value);
  }
  /**
   * True and false with weights, integers from 0; a weight of 0 makes the value illegal (IEEE 1800 §18.5.3).
   * @throws UsageError `bad-constraint` when no weight is above 0.
   */
  dist(weights: { readonly true: number; readonly false: number }): BoolExpr {
    return distribution(this.code, [
      distItem([0, 0], weights.false, false),
      distItem([1, 1], weights.true, false),
    ]);
  }
}

/** A variable over listed values that are not all integers. */
export class ChoiceExpr<T extends Scalar> {
  readonly code: IntNode;
  private readonly domain: Domain<T>;
  private readonly field: string;

  constructor(code: IntNode, domain: Domain<T>, field: string) {
    this.code = code;
    this.domain = domain;
    this.field = field;
  }
  /** Has this value, or that of a state field. @throws UsageError `bad-constraint` for a value out of the domain. */
  is(value: T | StateChoice<T>): BoolExpr {
    if (!(value instanceof StateChoice)) return this.inside(value);
    const codes = this.values().map((own) => [own, this.domain.toNumber(own)] as const);
    return new BoolExpr({ kind: 'choiceState', a: this.code, field: value.field, codes });
  }
  /** Has another value. @throws UsageError `bad-constraint` for a value out of the domain. */
  isNot(value: T | StateChoice<T>): BoolExpr {
    return this.is(value).not();
  }
  /** Has one of these values. @throws UsageError `bad-constraint` for a value out of the domain. */
  inside(...values: readonly T[]): BoolExpr {
    const codes = values.map((value) => this.codeOf(value));
    const ranges = normalizeRanges(codes.map((code) => [code, code] as const));
    return new BoolExpr({ kind: 'in', a: this.code, ranges });
  }
  /** Value -> weight; a value that is left out is illegal. */
  dist(weights: { readonly [V in T & (string | number)]?: number }): BoolExpr {
    const items = Object.entries(weights).map(([name, weight]) => {
      const value = this.values().find((own) => String(own) === name);
      const code = this.codeOf(value ?? (name as T));
      return distItem([code, code], weight as number, false);
    });
    return distribution(this.code, items);
  }

  private values(): readonly T[] {
    return Array.from({ length: this.domain.size }, (_, code) => this.domain.fromNumber(code));
  }
  private codeOf(value: T): number {
    if (this.domain.contains(value)) return this.domain.toNumber(value);
    const known = suggest(String(value), this.values().map(String));
    const message = `'${String(value)}' is no value of ${this.field}: ${this.domain.describe()}${known}`;
    throw new UsageError('bad-constraint', message);
  }
}

/** A field without domain that holds a string: read at the time of solving. */
export class StateChoice<T extends Scalar> {
  readonly field: string;

  constructor(field: string) {
    this.field = field;
  }
  /** The field has this value when it is solved. */
  is(value: T): BoolExpr {
    return this.inside(value);
  }
  /** The field has another value when it is solved. */
  isNot(value: T): BoolExpr {
    return this.is(value).not();
  }
  /** The field has one of these values when it is solved. */
  inside(...values: readonly T[]): BoolExpr {
    return new BoolExpr({ kind: 'stateIs', field: this.field, values });
  }
}

/** A field without domain that holds numbers, or ranges `[low, high]`: for `inside`. */
export class StateList {
  readonly field: string;

  constructor(field: string) {
    this.field = field;
  }
}

/** All hold. */
export function all(...parts: readonly BoolExpr[]): BoolExpr {
  return new BoolExpr(
    junction(
      'all',
      parts.map((part) => part.node),
    ),
  );
}

/** At least one holds. */
export function any(...parts: readonly BoolExpr[]): BoolExpr {
  return new BoolExpr(
    junction(
      'any',
      parts.map((part) => part.node),
    ),
  );
}

/** No two are equal. */
export function unique(...items: readonly IntExpr[]): BoolExpr {
  const pairs = items.flatMap((a, i) => items.slice(i + 1).map((b) => a.isNot(b)));
  return all(...pairs);
}

/** The sum of all. */
export function sum(...items: readonly (number | IntExpr)[]): IntExpr {
  return items.reduce<IntExpr>((total, item) => total.plus(item), new IntExpr(intNode(0)));
}

/** Solves these variables before the others of the class, each uniformly over the values that are left to it. */
export function solveFirst(
  ...variables: readonly (IntExpr | FlagExpr | ChoiceExpr<Scalar>)[]
): SolveBefore {
  return new SolveBefore(variables.map((v) => (v instanceof IntExpr ? v.node : v.code)));
}

/** A relation that always, or never, holds: for constraints that depend on plain conditions. */
export function literal(value: boolean): BoolExpr {
  return new BoolExpr(value ? TRUE : FALSE);
}

function intNode(value: number | IntExpr): IntNode {
  if (value instanceof IntExpr) return value.node;
  if (Number.isSafeInteger(value)) return { kind: 'const', value };
  throw new UsageError('bad-constraint', `constraints are over integers, got ${String(value)}`);
}

function checkedRange(range: NumberRange): NumberRange {
  const [low, high] = range;
  if (Number.isSafeInteger(low) && Number.isSafeInteger(high) && low <= high) return range;
  throw new UsageError(
    'bad-constraint',
    `a range is [low, high] in integers, got [${range.join(', ')}]`,
  );
}

function weighted(values: number | NumberRange, weight: number, isShared: boolean): Weighted {
  const range = checkedRange(typeof values === 'number' ? [values, values] : values);
  return new Weighted(distItem(range, weight, isShared));
}

function distItem([low, high]: NumberRange, weight: number, isShared: boolean): DistItem {
  if (!Number.isSafeInteger(weight) || weight < 0) {
    throw new UsageError('bad-constraint', `a weight is an integer from 0, got ${String(weight)}`);
  }
  return { low, high, weight, isShared };
}

function distribution(a: IntNode, items: readonly DistItem[]): BoolExpr {
  if (!items.some((item) => item.weight > 0)) {
    throw new UsageError('bad-constraint', 'a distribution needs a weight above 0');
  }
  return new BoolExpr({ kind: 'dist', a, items });
}
