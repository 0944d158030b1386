/**
 * Rewriting of constraint expressions: state fields become constants, variables become expressions, and what is decided by
 * constants alone disappears.
 */
import { UsageError, assertNever } from '#base/assert';
import { normalizeBigRanges, normalizeRanges, type BigRange, type NumberRange } from './domain.ts';
import {
  FALSE,
  TRUE,
  compute,
  isInRanges,
  selectBits,
  type ArithmeticOp,
  type BoolNode,
  type DistItem,
  type IntNode,
} from './expression.ts';
import { computeBig } from './wide-arithmetic.ts';

/** What leaves are replaced by; undefined: nothing. */
export interface Replacement {
  /** The value of a state field. */
  readonly state?: (field: string) => unknown;
  /** The expression for a variable. */
  readonly variable?: (index: number) => IntNode | undefined;
}

export function rewriteInt(node: IntNode, by: Replacement): IntNode {
  switch (node.kind) {
    case 'const':
    case 'big':
      return node;
    case 'var':
      return by.variable?.(node.index) ?? node;
    case 'state':
      return by.state === undefined ? node : stateNumber(node.field, by.state);
    case 'bits': {
      const a = rewriteInt(node.a, by);
      if (a.kind === 'const') {
        return { kind: 'const', value: selectBits(a.value, node.high, node.low) };
      }
      if (a.kind !== 'big') return a === node.a ? node : { ...node, a };
      return integer(BigInt.asUintN(node.high - node.low + 1, a.value >> BigInt(node.low)));
    }
    default: {
      const a = rewriteInt(node.a, by);
      const b = rewriteInt(node.b, by);
      if (isConstant(a) && isConstant(b)) return folded(node.kind, a, b);
      return a === node.a && b === node.b ? node : { kind: node.kind, a, b };
    }
  }
}

/** An integer with its parts replaced; a leaf, and one whose parts stay, as it is. */
export function mapParts(node: IntNode, map: (part: IntNode) => IntNode): IntNode {
  switch (node.kind) {
    case 'const':
    case 'big':
    case 'var':
    case 'state':
      return node;
    case 'bits': {
      const a = map(node.a);
      return a === node.a ? node : { ...node, a };
    }
    default: {
      const a = map(node.a);
      const b = map(node.b);
      return a === node.a && b === node.b ? node : { kind: node.kind, a, b };
    }
  }
}

/** The relations that must all hold where `node` does. */
export function conjuncts(node: BoolNode): readonly BoolNode[] {
  return node.kind === 'all' ? node.parts.flatMap(conjuncts) : [node];
}

type Constant = Extract<IntNode, { readonly kind: 'const' | 'big' }>;

function isConstant(node: IntNode): node is Constant {
  return node.kind === 'const' || node.kind === 'big';
}

function folded(kind: ArithmeticOp, a: Constant, b: Constant): IntNode {
  if (isNowhere(a) || isNowhere(b)) return NOWHERE;
  if (a.kind === 'const' && b.kind === 'const') {
    const value = compute(kind, a.value, b.value);
    if (Number.isNaN(value) || Number.isSafeInteger(value)) return { kind: 'const', value };
  }
  const value = computeBig(kind, BigInt(a.value), BigInt(b.value));
  return value === undefined ? NOWHERE : integer(value);
}

const NOWHERE: IntNode = { kind: 'const', value: NaN };

/** A constant of any size. */
export function integer(value: bigint): IntNode {
  const small = Number(value);
  return Number.isSafeInteger(small) ? { kind: 'const', value: small } : { kind: 'big', value };
}

export function rewriteBool(node: BoolNode, by: Replacement): BoolNode {
  switch (node.kind) {
    case 'literal':
      return node;
    case 'eq':
    case 'lt':
    case 'le':
      return comparison(node.kind, rewriteInt(node.a, by), rewriteInt(node.b, by));
    case 'in':
      return membership(rewriteInt(node.a, by), node.ranges);
    case 'inBig':
      return bigMembership(rewriteInt(node.a, by), node.ranges);
    case 'dist': {
      const a = rewriteInt(node.a, by);
      if (a.kind === 'big') return FALSE;
      return a.kind === 'const' ? membership(a, rangesOf(node.items)) : { ...node, a };
    }
    case 'not':
      return negation(rewriteBool(node.part, by));
    case 'all':
    case 'any':
      return junction(
        node.kind,
        node.parts.map((part) => rewriteBool(part, by)),
      );
    case 'inState': {
      const a = rewriteInt(node.a, by);
      if (by.state === undefined) return { ...node, a };
      return stateMembership(a, node.field, by.state(node.field));
    }
    case 'choiceState': {
      const a = rewriteInt(node.a, by);
      if (by.state === undefined) return { ...node, a };
      const value = by.state(node.field);
      const code = node.codes.find(([candidate]) => candidate === value)?.[1];
      return code === undefined ? FALSE : comparison('eq', a, { kind: 'const', value: code });
    }
    case 'stateIs': {
      if (by.state === undefined) return node;
      const value = by.state(node.field);
      return node.values.some((candidate) => candidate === value) ? TRUE : FALSE;
    }
    default:
      return assertNever(node);
  }
}

/** The values that a distribution admits. */
export function rangesOf(items: readonly DistItem[]): readonly NumberRange[] {
  const live = items.filter((item) => item.weight > 0);
  return normalizeRanges(live.map((item) => [item.low, item.high] as const));
}

/** It does not hold; decided at once where it is. */
export function negation(part: BoolNode): BoolNode {
  if (part.kind === 'literal') return part.value ? FALSE : TRUE;
  return { kind: 'not', part };
}

/** All or any of the parts, flattened; decided parts disappear. */
export function junction(kind: 'all' | 'any', parts: readonly BoolNode[]): BoolNode {
  const isAll = kind === 'all';
  const left: BoolNode[] = [];
  for (const part of parts) {
    if (part.kind === 'literal') {
      if (part.value !== isAll) return part;
    } else if (part.kind === kind) left.push(...part.parts);
    else left.push(part);
  }
  if (left.length === 0) return isAll ? TRUE : FALSE;
  return left.length === 1 ? left[0] : { kind, parts: left };
}

function comparison(kind: 'eq' | 'lt' | 'le', a: IntNode, b: IntNode): BoolNode {
  if (isNowhere(a) || isNowhere(b)) return FALSE;
  if (!isConstant(a) || !isConstant(b)) {
    if (kind === 'eq' && isConstant(b)) return equality(a, b);
    if (kind === 'eq' && isConstant(a)) return equality(b, a);
    return { kind, a, b };
  }
  // Numbers and bigints compare by their values.
  const isTrue =
    kind === 'eq' ? a.value === b.value : kind === 'lt' ? a.value < b.value : a.value <= b.value;
  return isTrue ? TRUE : FALSE;
}

function equality(a: IntNode, to: Constant): BoolNode {
  if (to.kind === 'const') return membership(a, [[to.value, to.value]]);
  return bigMembership(a, [[to.value, to.value]]);
}

/** A division by zero, which compares with nothing. */
function isNowhere(node: IntNode): boolean {
  return node.kind === 'const' && Number.isNaN(node.value);
}

function membership(a: IntNode, ranges: readonly NumberRange[]): BoolNode {
  if (ranges.length === 0) return FALSE;
  if (a.kind === 'const') return isInRanges(a.value, ranges) ? TRUE : FALSE;
  // The ranges are of safe integers.
  if (a.kind === 'big') return FALSE;
  return { kind: 'in', a, ranges };
}

/** Membership in ranges of any size; in plain numbers when they allow it. */
export function bigMembership(a: IntNode, ranges: readonly BigRange[]): BoolNode {
  if (ranges.length === 0 || isNowhere(a)) return FALSE;
  if (isConstant(a)) {
    const value = BigInt(a.value);
    return ranges.some(([low, high]) => low <= value && value <= high) ? TRUE : FALSE;
  }
  const small = ranges.map(([low, high]): NumberRange => [Number(low), Number(high)]);
  const isSmall = small.every((range) => range.every(Number.isSafeInteger));
  if (isSmall) return membership(a, normalizeRanges(small));
  return { kind: 'inBig', a, ranges: normalizeBigRanges(ranges) };
}

function stateNumber(field: string, read: (field: string) => unknown): IntNode {
  const value = read(field);
  if (typeof value === 'number' && Number.isSafeInteger(value)) return { kind: 'const', value };
  if (typeof value === 'bigint') return integer(value);
  if (typeof value === 'boolean') return { kind: 'const', value: value ? 1 : 0 };
  throw new UsageError('bad-state', `state field '${field}' is ${String(value)}, not an integer`);
}

function stateMembership(a: IntNode, field: string, value: unknown): BoolNode {
  const isList = Array.isArray(value) || ArrayBuffer.isView(value);
  if (!isList) throw new UsageError('bad-state', `state field '${field}' is no list of numbers`);
  const small: NumberRange[] = [];
  const big: BigRange[] = [];
  for (const item of value as Iterable<unknown>) {
    const [low, high] = Array.isArray(item) ? (item as unknown[]) : [item, item];
    if (isInteger(low) && isInteger(high) && low <= high) {
      if (typeof low === 'number' && typeof high === 'number') small.push([low, high]);
      else big.push([BigInt(low), BigInt(high)]);
      continue;
    }
    const message = `state field '${field}' holds ${String(item)}, neither an integer nor a range`;
    throw new UsageError('bad-state', message);
  }
  if (big.length === 0) return membership(a, normalizeRanges(small));
  return bigMembership(a, [
    ...big,
    ...small.map(([low, high]) => [BigInt(low), BigInt(high)] as const),
  ]);
}

function isInteger(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || Number.isSafeInteger(value);
}
