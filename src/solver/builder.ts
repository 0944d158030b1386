/**
 * The words in which constraints are written: fluent, typed, and plain data underneath (`expression.ts`).
 *
 *     (v) => v.op.is('mul').implies(v.a.mod(16).plus(v.b).le(64)).soft()
 *     (v) => [v.length.inside([4, 64], 4096), v.kind.dist({ read: 4, write: 1 })]
 */
import { UsageError } from '#base/assert';
import { suggest } from '#base/suggest';
import { normalizeRanges, type Domain, type NumberRange, type Scalar } from './domain.ts';
import { FALSE, TRUE, type ArithmeticOp, type BoolNode, type IntNode } from './expression.ts';
import { laterBoolNode } from './later.ts';
import { bigMembership, integer, junction } from './rewrite.ts';
import {
  choiceItems,
  distribution,
  withRest,
  Weighted,
  weigh,
  type Rest,
  type Weight,
} from './weights.ts';
import { placeOfCaller, type Place } from './place.ts';

/** A relation: holds or does not. */
export class BoolExpr {
  readonly node: BoolNode;
  /** Where it was written; known only while a failure is explained. */
  readonly place: Place | undefined = placeOfCaller();

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
  implies(then: BoolExpr, otherwise?: BoolExpr): BoolExpr;
  /** A soft constraint while this holds: `a -> soft b`. */
  implies(then: SoftConstraint): SoftConstraint;
  implies(then: SoftGroup): SoftGroup;
  implies(
    then: BoolExpr | SoftConstraint | SoftGroup,
    otherwise?: BoolExpr,
  ): BoolExpr | SoftConstraint | SoftGroup {
    if (otherwise === undefined && then instanceof SoftConstraint) return then.onlyIf(this);
    if (otherwise === undefined && then instanceof SoftGroup) {
      return new SoftGroup(then.parts.map((part) => part.onlyIf(this)));
    }
    const first = any(this.not(), relation('implies', then));
    return otherwise === undefined ? first : first.and(this.or(otherwise));
  }
  /** Both hold or neither does. */
  iff(other: BoolExpr): BoolExpr {
    return this.implies(other, other.not());
  }
  /** 1 when it holds, 0 when not: for counting. */
  asInt(): IntExpr {
    return new IntExpr({ kind: 'state', field: 'truth', truthOf: this.node });
  }
  /** To be dropped when harder constraints, or softer ones of higher priority, leave no room for it. */
  soft(): SoftConstraint {
    return new SoftConstraint(this.node);
  }
}

/** Not an expression: what is soft stands alone. */
export class SoftConstraint {
  readonly node: BoolNode;
  readonly place: Place | undefined;

  constructor(node: BoolNode, place: Place | undefined = placeOfCaller()) {
    this.node = node;
    this.place = place;
  }
  /** To be kept while the condition holds. */
  onlyIf(condition: BoolExpr): SoftConstraint {
    const node = junction('any', [condition.not().node, this.node]);
    return new SoftConstraint(node, this.place);
  }
}

/** Several soft constraints, each of which gives way by itself, the first one first. */
export class SoftGroup {
  readonly parts: readonly SoftConstraint[];

  constructor(parts: readonly SoftConstraint[]) {
    this.parts = parts;
  }
}

/** A closed range of integers of any size, `low <= high`. */
export type WideRange = readonly [low: number | bigint, high: number | bigint];

/** A number in a list, a range, or another expression. */
export type IntItem = number | bigint | WideRange | IntExpr;

/** Of a random variable. */
export interface VariableInfo {
  /** The values that it may have, where they are safe integers. */
  readonly ranges?: readonly NumberRange[] | undefined;
  /** Its value, where it is solved already. */
  readonly known?: number | undefined;
}

/** An array of a constraint (`array-expression.ts`), as `inside` reads it. */
export interface ListOf<V> {
  /** Undefined: not known before the variables that it `needs`. */
  readonly elements: readonly V[] | undefined;
  readonly needs: readonly number[];
}

/** What stands beside an operator. */
export type Operand = number | bigint | IntExpr;

/** An integer: a variable, a state field, a constant or arithmetic of them. */
export class IntExpr {
  readonly node: IntNode;
  /** What is known of it when it is a random variable, and nothing else. */
  readonly variable: VariableInfo | undefined;

  constructor(node: IntNode, variable?: VariableInfo) {
    this.node = node;
    this.variable = variable;
  }
  /** The sum. Arithmetic is exact, whatever the size of numbers: no sum is cut to a width. */
  plus(other: Operand): IntExpr {
    return this.combine('add', other);
  }
  /** The difference. */
  minus(other: Operand): IntExpr {
    return this.combine('sub', other);
  }
  /** The product. */
  times(other: Operand): IntExpr {
    return this.combine('mul', other);
  }
  /** The quotient, truncated toward zero. A comparison with a division by 0 in it does not hold, nor does its negation. */
  div(other: Operand): IntExpr {
    return this.combine('div', other);
  }
  /** The remainder; takes the sign of this. Division by 0 as in `div`. */
  mod(other: Operand): IntExpr {
    return this.combine('mod', other);
  }
  /**
   * Times 2^places, 0 to 64 places: an integer, which does not lose bits at the top. More places: UsageError
   * `bad-shift` when it is solved.
   */
  shiftLeft(places: Operand): IntExpr {
    return this.combine('shl', places);
  }
  /** Divided by 2^places, rounded down; 0 to 64 places. */
  shiftRight(places: Operand): IntExpr {
    return this.combine('shr', places);
  }
  /** Bit by bit: 1 where both have a 1. */
  bitAnd(other: Operand): IntExpr {
    return this.combine('and', other);
  }
  /** Bit by bit: 1 where one or both have a 1. */
  bitOr(other: Operand): IntExpr {
    return this.combine('or', other);
  }
  /** Bit by bit: 1 where they differ. */
  bitXor(other: Operand): IntExpr {
    return this.combine('xor', other);
  }
  /**
   * Bits high..low, both included, as an unsigned number; 63 >= high >= low >= 0.
   * @throws UsageError `bad-constraint`.
   */
  bits(high: number, low: number = high): IntExpr {
    if (!Number.isInteger(low) || !Number.isInteger(high) || low < 0 || high < low || high > 63) {
      throw new UsageError('bad-constraint', `bits(${high}, ${low}): 63 >= high >= low >= 0`);
    }
    return new IntExpr({ kind: 'bits', a: this.node, high, low });
  }
  /** Equal. A number is an integer within ±(2^53 - 1), a bigint of any size. @throws UsageError `bad-constraint` otherwise. */
  is(other: Operand): BoolExpr {
    return new BoolExpr({ kind: 'eq', a: this.node, b: intNode(other) });
  }
  /** Not equal. */
  isNot(other: Operand): BoolExpr {
    return this.is(other).not();
  }
  /** Less than. */
  lt(other: Operand): BoolExpr {
    return new BoolExpr({ kind: 'lt', a: this.node, b: intNode(other) });
  }
  /** Less than, or equal. */
  le(other: Operand): BoolExpr {
    return new BoolExpr({ kind: 'le', a: this.node, b: intNode(other) });
  }
  /** Greater than. */
  gt(other: Operand): BoolExpr {
    return new BoolExpr({ kind: 'lt', a: intNode(other), b: this.node });
  }
  /** Greater than, or equal. */
  ge(other: Operand): BoolExpr {
    return new BoolExpr({ kind: 'le', a: intNode(other), b: this.node });
  }
  /** One of the numbers, ranges, expressions, of the elements of a list, or of a list that is a state field. */
  inside(...items: readonly (IntItem | StateList | ListOf<IntExpr>)[]): BoolExpr {
    const ranges: WideRange[] = [];
    const parts: BoolNode[] = [];
    for (const item of items) {
      if (item instanceof IntExpr) parts.push(this.is(item).node);
      else if (item instanceof StateList) {
        parts.push({ kind: 'inState', a: this.node, field: item.field });
      } else if (isListOf(item)) {
        parts.push(anyOf(item, (element) => this.is(element)));
      } else ranges.push(checkedRange(typeof item === 'object' ? item : [item, item]));
    }
    if (ranges.length > 0) parts.unshift(insideRanges(this.node, ranges));
    if (parts.length > 0) return new BoolExpr(junction('any', parts));
    throw new UsageError('bad-constraint', 'inside() without values never holds', {
      hint: 'Give at least one value or range. A list that may be empty is a state field: inside(v.list).',
    });
  }
  /** None of them. */
  notInside(...items: readonly (IntItem | StateList | ListOf<IntExpr>)[]): BoolExpr {
    return this.inside(...items).not();
  }
  /**
   * Values with weights; every value not listed, or of weight 0, is illegal (IEEE 1800 §18.5.3), unless `shareRest`
   * gives the others a weight together.
   * @throws UsageError `bad-constraint`.
   */
  dist(
    first: Weighted | Rest | Readonly<Record<number, Weight>>,
    ...others: readonly (Weighted | Rest)[]
  ): BoolExpr {
    const items =
      first instanceof Weighted || 'restWeight' in first
        ? [first, ...others]
        : [
            ...Object.entries(first).map(([value, weight]) => weigh(Number(value), weight)),
            ...others,
          ];
    const { variable } = this;
    const all = withRest(items, variable?.ranges, variable !== undefined);
    return new BoolExpr(distribution(this.node, all));
  }

  private combine(kind: ArithmeticOp, other: Operand): IntExpr {
    return new IntExpr({ kind, a: this.node, b: intNode(other) });
  }
}

/** A variable with a boolean domain: a relation by itself. */
export class FlagExpr extends BoolExpr {
  readonly code: IntNode;
  private readonly known: number | undefined;

  constructor(code: IntNode, known?: number) {
    super({ kind: 'in', a: code, ranges: [[1, 1]] });
    this.code = code;
    this.known = known;
  }
  /** Has this value, or the one that the relation gives. */
  is(value: boolean | BoolExpr): BoolExpr {
    if (typeof value === 'boolean') return value ? this : this.not();
    return this.iff(value);
  }
  override asInt(): IntExpr {
    return new IntExpr(this.code, { ranges: [[0, 1]], known: this.known });
  }
  /**
   * True and false with weights, integers from 0; a weight of 0 makes the value illegal (IEEE 1800 §18.5.3).
   * @throws UsageError `bad-constraint` when no weight is above 0.
   */
  dist(weights: { readonly true: Weight; readonly false: Weight }): BoolExpr {
    const items = [weigh(0, weights.false), weigh(1, weights.true)];
    return new BoolExpr(distribution(this.code, withRest(items, undefined)));
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
  /**
   * Has this value, that of a state field, or that of another variable.
   * @throws UsageError `bad-constraint` for a value out of the domain.
   */
  is(value: T | StateChoice<T> | ChoiceExpr<T>): BoolExpr {
    if (value instanceof ChoiceExpr) return this.equals(value);
    if (!(value instanceof StateChoice)) return this.inside(value);
    const codes = this.values().map((own) => [own, this.domain.toNumber(own)] as const);
    return new BoolExpr({ kind: 'choiceState', a: this.code, field: value.field, codes });
  }
  /** Whether the value is one of the domain's. */
  knows(value: unknown): value is T {
    return this.domain.contains(value);
  }
  /** Has another value. @throws UsageError `bad-constraint` for a value out of the domain. */
  isNot(value: T | StateChoice<T> | ChoiceExpr<T>): BoolExpr {
    return this.is(value).not();
  }
  /** Has one of these values, or that of an element of a list. @throws UsageError `bad-constraint` for a value out of the domain. */
  inside(...values: readonly (T | ListOf<ChoiceExpr<T>>)[]): BoolExpr {
    const lists = values.filter((value) => isListOf(value));
    const single = values.filter((value): value is T => !isListOf(value));
    const codes = single.map((value) => this.codeOf(value));
    const ranges = normalizeRanges(codes.map((code) => [code, code] as const));
    const listed: BoolNode = { kind: 'in', a: this.code, ranges };
    if (lists.length === 0) return new BoolExpr(listed);
    const parts = lists.map((list) => anyOf(list, (element) => this.is(element)));
    return new BoolExpr(junction('any', single.length === 0 ? parts : [listed, ...parts]));
  }
  /** Has none of these values. @throws UsageError `bad-constraint` for a value out of the domain. */
  notInside(...values: readonly (T | ListOf<ChoiceExpr<T>>)[]): BoolExpr {
    return this.inside(...values).not();
  }
  /** Value -> weight; a value that is left out is illegal, unless `shareRest` gives the others a weight together. */
  dist(weights: { readonly [V in T & (string | number)]?: Weight }, rest?: Rest): BoolExpr {
    const named = Object.entries(weights).map(([name, weight]) => {
      const value = this.values().find((own) => String(own) === name);
      return [this.codeOf(value ?? (name as T)), weight as Weight] as const;
    });
    return new BoolExpr(distribution(this.code, choiceItems(named, this.domain.ranges, rest)));
  }

  /** The same choice, of another variable. */
  withCode(code: IntNode): ChoiceExpr<T> {
    return new ChoiceExpr(code, this.domain, this.field);
  }

  private equals(other: ChoiceExpr<T>): BoolExpr {
    const shared = this.values().filter((value) => other.domain.contains(value));
    const isSame =
      this.domain.size === other.domain.size &&
      shared.length === this.domain.size &&
      shared.every((value) => this.domain.toNumber(value) === other.domain.toNumber(value));
    if (isSame) return new BoolExpr({ kind: 'eq', a: this.code, b: other.code });
    const parts = shared.map((value) => this.inside(value).and(other.inside(value)));
    return any(...parts);
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
      parts.map((part) => relation('all', part).node),
    ),
  );
}

/** At least one holds. */
export function any(...parts: readonly BoolExpr[]): BoolExpr {
  return new BoolExpr(
    junction(
      'any',
      parts.map((part) => relation('any', part).node),
    ),
  );
}

/** What is to be joined is a relation. @throws UsageError `bad-constraint` for what is soft, and for all else. */
export function relation(word: string, part: unknown): BoolExpr {
  if (part instanceof BoolExpr) return part;
  const isSoft = part instanceof SoftConstraint || part instanceof SoftGroup;
  const found = isSoft ? 'a soft constraint' : String(part);
  throw new UsageError('bad-constraint', `${word}() joins relations, got ${found}`, {
    hint: isSoft
      ? 'Join first, then soft(): all(a, b).soft(); or return each soft constraint by itself. Soft may stand in forEach, and in implies without an otherwise.'
      : 'Comparisons are methods: v.a.is(3), not v.a === 3.',
  });
}

/** The sum of all. */
export function sum(...items: readonly Operand[]): IntExpr {
  if (items.length === 0) return new IntExpr(intNode(0));
  return items.map((item) => new IntExpr(intNode(item))).reduce((total, item) => total.plus(item));
}

/**
 * `whenTrue` where the condition holds, else `whenFalse`: SystemVerilog's `?:`. Both are computed: a division by 0 in
 * either makes the comparison that it stands in fail.
 */
export function choose(condition: BoolExpr, whenTrue: Operand, whenFalse: Operand): IntExpr {
  const otherwise = new IntExpr(intNode(whenFalse));
  const difference = new IntExpr(intNode(whenTrue)).minus(otherwise);
  return condition.asInt().times(difference).plus(otherwise);
}

/** A relation that always, or never, holds: for constraints that depend on plain conditions. */
export function literal(value: boolean): BoolExpr {
  return new BoolExpr(value ? TRUE : FALSE);
}

function intNode(value: Operand): IntNode {
  if (value instanceof IntExpr) return value.node;
  if (typeof value === 'bigint') return integer(value);
  if (Number.isSafeInteger(value)) return { kind: 'const', value };
  throw new UsageError('bad-constraint', `constraints are over integers, got ${String(value)}`, {
    hint: 'Beyond ±(2^53 - 1) write a bigint: 0xffff_0000_0000_0000n.',
  });
}

function isListOf<V>(item: unknown): item is ListOf<V> {
  return typeof item === 'object' && item !== null && 'needs' in item;
}

function anyOf<V>({ elements, needs }: ListOf<V>, of: (element: V) => BoolExpr): BoolNode {
  if (elements === undefined) return laterBoolNode(needs);
  return junction(
    'any',
    elements.map((element) => of(element).node),
  );
}

function checkedRange(range: WideRange): WideRange {
  const [low, high] = range;
  if (isInteger(low) && isInteger(high) && low <= high) return range;
  throw new UsageError(
    'bad-constraint',
    `a range is [low, high] in integers, got [${range.join(', ')}]`,
  );
}

function isInteger(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || Number.isSafeInteger(value);
}

function insideRanges(a: IntNode, ranges: readonly WideRange[]): BoolNode {
  const isSmall = (range: WideRange): range is NumberRange => range.every(Number.isSafeInteger);
  if (ranges.every(isSmall)) return { kind: 'in', a, ranges: normalizeRanges(ranges) };
  return bigMembership(
    a,
    ranges.map(([low, high]) => [BigInt(low), BigInt(high)] as const),
  );
}
