/** Constraints as text, for explanations: with the names of fields and the values of choices. */
import { describeRanges, type Domain, type Scalar } from './domain.ts';
import type { BoolNode, DistItem, IntNode } from './expression.ts';

/** What the random variables are called, and their domains. */
export interface VariableNames {
  readonly fields: readonly string[];
  readonly domains: readonly Domain<Scalar>[];
}

const SYMBOLS = {
  add: '+',
  sub: '-',
  mul: '*',
  div: '/',
  mod: '%',
  and: '&',
  or: '|',
  xor: '^',
  shl: '<<',
  shr: '>>',
  eq: '==',
  lt: '<',
  le: '<=',
} as const;

export function printInt(node: IntNode, names: VariableNames): string {
  switch (node.kind) {
    case 'const':
    case 'big':
      return String(node.value);
    case 'var':
      return names.fields[node.index];
    case 'state':
      return node.field;
    case 'bits':
      return `${printInt(node.a, names)}[${node.high}:${node.low}]`;
    default: {
      const [a, b] = [printInt(node.a, names), printInt(node.b, names)];
      return `(${a} ${SYMBOLS[node.kind]} ${b})`;
    }
  }
}

export function printBool(node: BoolNode, names: VariableNames): string {
  switch (node.kind) {
    case 'literal':
      return String(node.value);
    case 'eq':
    case 'lt':
    case 'le':
      return `${printInt(node.a, names)} ${SYMBOLS[node.kind]} ${printInt(node.b, names)}`;
    case 'in':
      return printMember(node.a, node.ranges, names);
    case 'inBig': {
      const ranges = node.ranges.map(([low, high]) => (low === high ? low : `${low}..${high}`));
      return `${printInt(node.a, names)} in {${ranges.join(', ')}}`;
    }
    case 'inState':
      return `${printInt(node.a, names)} in ${node.field}`;
    case 'choiceState':
      return `${printInt(node.a, names)} is ${node.field}`;
    case 'stateIs':
      return `${node.field} is ${node.values.map(String).join(' | ')}`;
    case 'dist':
      return `${printInt(node.a, names)} dist {${node.items
        .map((item) => printItem(node.a, item, names))
        .join(', ')}}`;
    case 'not':
      return `!(${printBool(node.part, names)})`;
    case 'all':
    case 'any': {
      const parts = node.parts.map((part) => printBool(part, names));
      return `(${parts.join(node.kind === 'all' ? ' && ' : ' || ')})`;
    }
  }
}

/** A value as an author writes it. */
export function printValue(node: IntNode, code: number, names: VariableNames): string {
  if (node.kind !== 'var') return String(code);
  const domain = names.domains[node.index];
  const isKnown = domain.ranges.some(([low, high]) => low <= code && code <= high);
  return isKnown ? String(domain.fromNumber(code)) : String(code);
}

function printMember(
  a: IntNode,
  ranges: readonly (readonly [number, number])[],
  names: VariableNames,
): string {
  const isNamed = a.kind === 'var' && names.domains[a.index].kind !== 'integer';
  if (!isNamed) return `${printInt(a, names)} in {${describeRanges(ranges)}}`;
  const values = ranges.flatMap(([low, high]) => {
    return Array.from({ length: high - low + 1 }, (_, i) => printValue(a, low + i, names));
  });
  return `${printInt(a, names)} is ${values.join(' | ')}`;
}

function printItem(a: IntNode, item: DistItem, names: VariableNames): string {
  const low = printValue(a, item.low, names);
  const values = item.low === item.high ? low : `${low}..${printValue(a, item.high, names)}`;
  return `${values} ${item.isShared ? ':/' : ':='} ${item.weight}`;
}
