/**
 * How far up the bits of a variable stand in the sums of wide constraints: a diagram that asks bits of equal weight together carries from
 * one to the next, and stays as small as an adder (`diagram-solutions.ts`).
 *
 *     2^32 · high + 4096 · page + length == 2^32 · end.high + end.low        high: 32, page: 12, length: 0, end.high: 32, end.low: 0
 */
import type { BoolNode, IntNode } from './expression.ts';
import type { Sets } from './interval.ts';
import { constantOf } from './linear.ts';
import { isWide } from './wide.ts';

/** Places by variable; none where all numbers are small: their bits are asked from the highest of each on. */
export function significances(
  constraints: readonly BoolNode[],
  sets: Sets,
): ReadonlyMap<number, number> {
  const places = new Map<number, number>();
  if (constraints.some((node) => isWide(node, sets))) {
    for (const node of constraints) lookInto(node, places);
  }
  return places;
}

function lookInto(node: BoolNode, places: Map<number, number>): void {
  switch (node.kind) {
    case 'eq':
    case 'lt':
    case 'le':
      place(node.a, 0, places);
      place(node.b, 0, places);
      return;
    case 'in':
    case 'inBig':
    case 'dist':
      place(node.a, 0, places);
      return;
    case 'not':
      lookInto(node.part, places);
      return;
    case 'all':
    case 'any':
      for (const part of node.parts) lookInto(part, places);
      return;
    default:
  }
}

/** Notes the variables of an expression that stands so many places up. */
function place(node: IntNode, up: number, places: Map<number, number>): void {
  switch (node.kind) {
    case 'const':
    case 'big':
    case 'state':
      return;
    case 'var':
      places.set(node.index, Math.max(up, places.get(node.index) ?? 0));
      return;
    case 'bits':
      place(node.a, up, places);
      return;
    case 'mul': {
      place(node.a, up + bitsOf(node.b), places);
      place(node.b, up + bitsOf(node.a), places);
      return;
    }
    case 'shl':
      place(node.a, up + Number(constantOf(node.b) ?? 0n), places);
      place(node.b, 0, places);
      return;
    default:
      place(node.a, up, places);
      place(node.b, up, places);
  }
}

/** Places by which a constant factor moves what it is multiplied with. */
function bitsOf(factor: IntNode): number {
  const value = constantOf(factor) ?? 0n;
  return value === 0n ? 0 : (value < 0n ? -value : value).toString(2).length - 1;
}
