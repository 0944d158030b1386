/**
 * Rewriting of constraint expressions: state fields become constants, variables become expressions, and what is decided by
 * constants alone disappears.
 */
import { UsageError, assertNever } from '#base/assert';
import { normalizeRanges, type NumberRange } from './domain.ts';
import {
  FALSE,
  TRUE,
  compute,
  isInRanges,
  selectBits,
  type BoolNode,
  type DistItem,
  type IntNode,
} from './expression.ts';

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
      return node;
    case 'var':
      return by.variable?.(node.index) ?? node;
    case 'state':
      return by.state === undefined
        ? node
        : { kind: 'const', value: numberOf(node.field, by.state) };
    case 'bits': {
      const a = rewriteInt(node.a, by);
      if (a.kind !== 'const') return a === node.a ? node : { ...node, a };
      return { kind: 'const', value: selectBits(a.value, node.high, node.low) };
    }
    default: {
      const a = rewriteInt(node.a, by);
      const b = rewriteInt(node.b, by);
      if (a.kind === 'const' && b.kind === 'const') {
        return { kind: 'const', value: compute(node.kind, a.value, b.value) };
      }
      return a === node.a && b === node.b ? node : { kind: node.kind, a, b };
    }
  }
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
    case 'dist': {
      const a = rewriteInt(node.a, by);
      return a.kind === 'const' ? membership(a, rangesOf(node.items)) : { ...node, a };
    }
    case 'not': {
      const part = rewriteBool(node.part, by);
      if (part.kind === 'literal') return part.value ? FALSE : TRUE;
      return { kind: 'not', part };
    }
    case 'all':
    case 'any':
      return junction(
        node.kind,
        node.parts.map((part) => rewriteBool(part, by)),
      );
    case 'inState': {
      const a = rewriteInt(node.a, by);
      if (by.state === undefined) return { ...node, a };
      return membership(a, rangeList(node.field, by.state(node.field)));
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
  if (a.kind !== 'const' || b.kind !== 'const') {
    if (kind === 'eq' && b.kind === 'const') return membership(a, [[b.value, b.value]]);
    if (kind === 'eq' && a.kind === 'const') return membership(b, [[a.value, a.value]]);
    return { kind, a, b };
  }
  if (kind === 'eq') return a.value === b.value ? TRUE : FALSE;
  if (kind === 'lt') return a.value < b.value ? TRUE : FALSE;
  return a.value <= b.value ? TRUE : FALSE;
}

/** A division by zero, which compares with nothing. */
function isNowhere(node: IntNode): boolean {
  return node.kind === 'const' && Number.isNaN(node.value);
}

function membership(a: IntNode, ranges: readonly NumberRange[]): BoolNode {
  if (ranges.length === 0) return FALSE;
  if (a.kind === 'const') return isInRanges(a.value, ranges) ? TRUE : FALSE;
  return { kind: 'in', a, ranges };
}

function numberOf(field: string, read: (field: string) => unknown): number {
  const value = read(field);
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  throw new UsageError('bad-state', `state field '${field}' is ${String(value)}, not an integer`);
}

function rangeList(field: string, value: unknown): readonly NumberRange[] {
  const isList = Array.isArray(value) || ArrayBuffer.isView(value);
  if (!isList) throw new UsageError('bad-state', `state field '${field}' is no list of numbers`);
  const ranges: NumberRange[] = [];
  for (const item of value as Iterable<unknown>) {
    const [low, high] = Array.isArray(item) ? (item as unknown[]) : [item, item];
    if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high) || Number(low) > Number(high)) {
      const message = `state field '${field}' holds ${String(item)}, neither an integer nor a range`;
      throw new UsageError('bad-state', message);
    }
    ranges.push([low as number, high as number]);
  }
  return normalizeRanges(ranges);
}
