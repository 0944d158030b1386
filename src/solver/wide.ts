/**
 * Expressions beyond the integers that a double holds exactly: which ones they are, and their plain meaning in BigInt. The meaning is
 * that of `expression.ts` with no limit: truncating division, remainder with the sign of the dividend, shifts right that round
 * down, bits in two's complement; a comparison with a division by zero in it does not hold.
 */
import { assert, assertNever } from '#base/assert';
import type { BoolNode, IntNode } from './expression.ts';
import { boundsOf, type Sets } from './interval.ts';
import { computeBig } from './wide-arithmetic.ts';

/** Whether a part of a constraint could leave ±(2^53 - 1), so that doubles would round it. */
export function isWide(node: BoolNode | IntNode, sets: Sets): boolean {
  switch (node.kind) {
    case 'literal':
    case 'const':
    case 'var':
    case 'state':
    case 'stateIs':
      return false;
    case 'big':
    case 'inBig':
      return true;
    case 'not':
      return isWide(node.part, sets);
    case 'all':
    case 'any':
      return node.parts.some((part) => isWide(part, sets));
    case 'in':
    case 'dist':
    case 'inState':
    case 'choiceState':
    case 'bits':
      return isWide(node.a, sets);
    case 'eq':
    case 'lt':
    case 'le':
      return isWide(node.a, sets) || isWide(node.b, sets);
    default: {
      if (isWide(node.a, sets) || isWide(node.b, sets)) return true;
      const { low, high } = boundsOf(node, sets);
      const isKnown = Number.isFinite(low) && Number.isFinite(high);
      return isKnown && Math.max(Math.abs(low), Math.abs(high)) > Number.MAX_SAFE_INTEGER;
    }
  }
}

/** The value of an expression without state; undefined for a division by zero. */
export function evaluateBigInt(node: IntNode, values: Float64Array): bigint | undefined {
  switch (node.kind) {
    case 'const':
      return Number.isNaN(node.value) ? undefined : BigInt(node.value);
    case 'big':
      return node.value;
    case 'var':
      return BigInt(values[node.index]);
    case 'state':
      assert(false, 'state is bound before an expression is evaluated');
      return undefined;
    case 'bits': {
      const a = evaluateBigInt(node.a, values);
      return a === undefined
        ? undefined
        : BigInt.asUintN(node.high - node.low + 1, a >> BigInt(node.low));
    }
    default: {
      const a = evaluateBigInt(node.a, values);
      const b = evaluateBigInt(node.b, values);
      return a === undefined || b === undefined ? undefined : computeBig(node.kind, a, b);
    }
  }
}

/** As `evaluateBool`, without a limit to numbers. */
export function evaluateBigBool(node: BoolNode, values: Float64Array): boolean {
  switch (node.kind) {
    case 'literal':
      return node.value;
    case 'eq':
    case 'lt':
    case 'le': {
      const a = evaluateBigInt(node.a, values);
      const b = evaluateBigInt(node.b, values);
      if (a === undefined || b === undefined) return false;
      return node.kind === 'eq' ? a === b : node.kind === 'lt' ? a < b : a <= b;
    }
    case 'in':
    case 'inBig': {
      const value = evaluateBigInt(node.a, values);
      if (value === undefined) return false;
      return node.ranges.some(([low, high]) => low <= value && value <= high);
    }
    case 'dist': {
      const value = evaluateBigInt(node.a, values);
      if (value === undefined) return false;
      return node.items.some((item) => item.weight > 0 && item.low <= value && value <= item.high);
    }
    case 'not':
      return !evaluateBigBool(node.part, values);
    case 'all':
      return node.parts.every((part) => evaluateBigBool(part, values));
    case 'any':
      return node.parts.some((part) => evaluateBigBool(part, values));
    case 'inState':
    case 'choiceState':
    case 'stateIs':
      assert(false, 'state is bound before a constraint is evaluated');
      return false;
    default:
      return assertNever(node);
  }
}
