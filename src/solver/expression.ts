/**
 * Constraint expressions as plain data (semantics §2): what the fluent builder in `builder.ts` makes, and what evaluation,
 * interval reasoning and explanations read.
 *
 * Integers are exact, without limit: what could leave ±(2^53 - 1), or speaks of bigger numbers (`big`, `inBig`), is *wide*, and
 * is evaluated in BigInt and solved by decision diagrams (`wide.ts`, `diagram.ts`); all else is plain doubles.
 * Division truncates toward zero and the remainder takes the dividend's sign, as in SystemVerilog. A comparison with a division
 * by zero in it does not hold.
 */
import { assert, assertNever } from '#base/assert';
import type { NumberRange, Scalar } from './domain.ts';

export type ArithmeticOp =
  'add' | 'sub' | 'mul' | 'div' | 'mod' | 'and' | 'or' | 'xor' | 'shl' | 'shr';

export type IntNode =
  | { readonly kind: 'const'; readonly value: number }
  /** A number that is no safe integer. */
  | { readonly kind: 'big'; readonly value: bigint }
  /** A random variable by its number. */
  | { readonly kind: 'var'; readonly index: number }
  /**
   * A field without domain, read at the time of solving. `truthOf`: not a field but 1 or 0 as a relation holds; a variable of
   * its own takes its place before anything is solved (`truth-variables.ts`). `elementOf`: the element of a list whose number is an
   * expression; a choice over the elements takes its place (`certain.ts`). `needs`: not known before these variables are solved.
   */
  | {
      readonly kind: 'state';
      readonly field: string;
      readonly truthOf?: BoolNode;
      readonly elementOf?: { readonly index: IntNode; readonly elements: readonly IntNode[] };
      readonly needs?: readonly number[];
    }
  | { readonly kind: ArithmeticOp; readonly a: IntNode; readonly b: IntNode }
  /** Bits high..low as an unsigned number. */
  | { readonly kind: 'bits'; readonly a: IntNode; readonly high: number; readonly low: number };

/** One item of a distribution: values, and a weight for each of them (:=) or for all together (:/). */
export interface DistItem {
  readonly low: number;
  readonly high: number;
  readonly weight: number;
  readonly isShared: boolean;
  /** Where the weight is state: the expression of it; `weight` is 1 until it is bound. */
  readonly weightFrom?: IntNode;
}

export type BoolNode =
  | { readonly kind: 'literal'; readonly value: boolean }
  | { readonly kind: 'eq' | 'lt' | 'le'; readonly a: IntNode; readonly b: IntNode }
  | { readonly kind: 'in'; readonly a: IntNode; readonly ranges: readonly NumberRange[] }
  /** Inside closed ranges, of which some bound is no safe integer. */
  | {
      readonly kind: 'inBig';
      readonly a: IntNode;
      readonly ranges: readonly (readonly [low: bigint, high: bigint])[];
    }
  /** Inside a list of numbers and ranges that is a state field. */
  | { readonly kind: 'inState'; readonly a: IntNode; readonly field: string }
  /** A choice equals the value of a state field; `codes` are the values it can take. */
  | {
      readonly kind: 'choiceState';
      readonly a: IntNode;
      readonly field: string;
      readonly codes: readonly (readonly [value: Scalar, code: number])[];
    }
  /** `needs`: not known before these variables are solved. */
  | {
      readonly kind: 'stateIs';
      readonly field: string;
      readonly values: readonly Scalar[];
      readonly needs?: readonly number[];
    }
  | { readonly kind: 'not'; readonly part: BoolNode }
  | { readonly kind: 'all' | 'any'; readonly parts: readonly BoolNode[] }
  /** Membership in all items with a weight, and a wish for how often. */
  | { readonly kind: 'dist'; readonly a: IntNode; readonly items: readonly DistItem[] };

export const TRUE: BoolNode = { kind: 'literal', value: true };
export const FALSE: BoolNode = { kind: 'literal', value: false };

/** The arithmetic of one operator; NaN for a division by zero. */
export function compute(kind: ArithmeticOp, a: number, b: number): number {
  switch (kind) {
    case 'add':
      return a + b;
    case 'sub':
      return a - b;
    case 'mul':
      return a * b;
    case 'div':
      return b === 0 ? NaN : Math.trunc(a / b);
    case 'mod':
      return b === 0 ? NaN : a % b;
    case 'and':
    case 'or':
    case 'xor':
      return bitwise(kind, a, b);
    case 'shl':
      return a * 2 ** b;
    case 'shr':
      return Math.floor(a / 2 ** b);
    default:
      return assertNever(kind);
  }
}

/** In two's complement, 32 bits at a time; exact for safe integers. */
function bitwise(kind: 'and' | 'or' | 'xor', a: number, b: number): number {
  // A division by zero stays one, whatever it is combined with.
  if (Number.isNaN(a) || Number.isNaN(b)) return NaN;
  const highA = Math.floor(a / 2 ** 32);
  const highB = Math.floor(b / 2 ** 32);
  if (kind === 'and') return (highA & highB) * 2 ** 32 + ((a & b) >>> 0);
  if (kind === 'or') return (highA | highB) * 2 ** 32 + ((a | b) >>> 0);
  return (highA ^ highB) * 2 ** 32 + ((a ^ b) >>> 0);
}

export function selectBits(value: number, high: number, low: number): number {
  const size = 2 ** (high - low + 1);
  const shifted = Math.floor(value / 2 ** low);
  return shifted - Math.floor(shifted / size) * size;
}

/** The value of an expression without state. */
export function evaluateInt(node: IntNode, values: Float64Array): number {
  switch (node.kind) {
    case 'const':
      return node.value;
    case 'var':
      return values[node.index];
    case 'bits':
      return selectBits(evaluateInt(node.a, values), node.high, node.low);
    case 'big':
    case 'state':
      assert(
        false,
        'state is bound, and what is wide told apart, before an expression is evaluated',
      );
      return NaN;
    default:
      return compute(node.kind, evaluateInt(node.a, values), evaluateInt(node.b, values));
  }
}

/** Whether a constraint without state holds. The plain meaning of all constraints: every other reading is held to it. */
export function evaluateBool(node: BoolNode, values: Float64Array): boolean {
  switch (node.kind) {
    case 'literal':
      return node.value;
    case 'eq':
      return evaluateInt(node.a, values) === evaluateInt(node.b, values);
    case 'lt':
      return evaluateInt(node.a, values) < evaluateInt(node.b, values);
    case 'le':
      return evaluateInt(node.a, values) <= evaluateInt(node.b, values);
    case 'in':
      return isInRanges(evaluateInt(node.a, values), node.ranges);
    case 'dist': {
      const value = evaluateInt(node.a, values);
      return node.items.some((item) => item.weight > 0 && item.low <= value && value <= item.high);
    }
    case 'not':
      return !evaluateBool(node.part, values);
    case 'all':
      for (const part of node.parts) if (!evaluateBool(part, values)) return false;
      return true;
    case 'any':
      for (const part of node.parts) if (evaluateBool(part, values)) return true;
      return false;
    case 'inBig':
    case 'inState':
    case 'choiceState':
    case 'stateIs':
      assert(
        false,
        'state is bound, and what is wide told apart, before a constraint is evaluated',
      );
      return false;
    default:
      return assertNever(node);
  }
}

export function isInRanges(value: number, ranges: readonly NumberRange[]): boolean {
  for (const [low, high] of ranges) if (low <= value && value <= high) return true;
  return false;
}

/** Calls `visit` with the number of each random variable in an expression, with repetitions. */
export function visitVars(node: IntNode | BoolNode, visit: (index: number) => void): void {
  switch (node.kind) {
    case 'const':
    case 'big':
    case 'state':
    case 'literal':
    case 'stateIs':
      return;
    case 'var':
      visit(node.index);
      return;
    case 'not':
      visitVars(node.part, visit);
      return;
    case 'all':
    case 'any':
      for (const part of node.parts) visitVars(part, visit);
      return;
    case 'bits':
    case 'in':
    case 'inBig':
    case 'inState':
    case 'choiceState':
    case 'dist':
      visitVars(node.a, visit);
      return;
    default:
      visitVars(node.a, visit);
      visitVars(node.b, visit);
  }
}

/** The numbers of the variables in an expression, ascending. */
export function varsOf(node: IntNode | BoolNode): readonly number[] {
  const found = new Set<number>();
  visitVars(node, (index) => found.add(index));
  return [...found].sort((a, b) => a - b);
}
