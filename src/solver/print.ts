/** Constraints as text, for explanations: with the names of fields and the values of choices. */
import { describeRanges, type Domain, type Scalar } from './domain.ts';
import type { BoolNode, DistItem, IntNode } from './expression.ts';
import type { WideDomain } from './field-domain.ts';
import type { TruthVariable } from './truth-variables.ts';

/** A wide integer, whose halves are two variables. */
export interface WideName {
  readonly path: string;
  readonly domain: WideDomain;
  /** Variable of the lower half. */
  readonly low: number;
}

/** What the random variables are called, and their domains. */
export interface VariableNames {
  readonly fields: readonly string[];
  readonly domains: readonly Domain<Scalar>[];
  /** By the variable of the upper half. */
  readonly wides: ReadonlyMap<number, WideName>;
  readonly lowHalves: ReadonlySet<number>;
  /** Variables beyond the fields. */
  readonly truths: readonly TruthVariable[];
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
      return Number.isNaN(node.value) ? '(nothing)' : String(node.value);
    case 'big':
      return String(node.value);
    case 'var':
      return printVariable(node.index, names);
    case 'state':
      return node.field;
    case 'bits': {
      const select = node.high === node.low ? `${node.high}` : `${node.high}:${node.low}`;
      return `${printInt(node.a, names)}[${select}]`;
    }
    default: {
      const wide = wideOf(node, names);
      if (wide !== undefined) return wide.path;
      const [a, b] = [printInt(node.a, names), printInt(node.b, names)];
      return `(${a} ${SYMBOLS[node.kind]} ${b})`;
    }
  }
}

function printVariable(index: number, names: VariableNames): string {
  if (index < names.fields.length) return names.fields[index];
  const truth = names.truths.find((one) => one.index === index);
  return truth === undefined ? `#${index}` : `int(${printBool(truth.node, names)})`;
}

/** The wide integer that `high * 2^32 + low` stands for. */
function wideOf(node: IntNode, names: VariableNames): WideName | undefined {
  if (node.kind !== 'add' || node.a.kind !== 'mul' || node.b.kind !== 'var') return undefined;
  if (node.a.a.kind !== 'var' || node.a.b.kind !== 'const' || node.a.b.value !== 2 ** 32)
    return undefined;
  const wide = names.wides.get(node.a.a.index);
  return wide?.low === node.b.index ? wide : undefined;
}

export function printBool(node: BoolNode, names: VariableNames): string {
  switch (node.kind) {
    case 'literal':
      return String(node.value);
    case 'eq':
    case 'lt':
    case 'le':
      return printComparison(node.a, SYMBOLS[node.kind], node.b, names);
    case 'in':
      return printMember(node.a, node.ranges, names);
    case 'inBig': {
      const ranges = node.ranges.map(([low, high]) => (low === high ? low : `${low}..${high}`));
      return printRanges(printInt(node.a, names), ranges);
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
      return printNot(node.part, names);
    case 'all':
      return printUnique(node.parts, names) ?? printJunction(node.parts, ' && ', names);
    case 'any':
      return printChoice(node.parts, names);
  }
}

function printJunction(parts: readonly BoolNode[], word: string, names: VariableNames): string {
  return `(${parts.map((part) => printBool(part, names)).join(word)})`;
}

function printComparison(a: IntNode, symbol: string, b: IntNode, names: VariableNames): string {
  return `${printInt(a, names)} ${symbol} ${printInt(b, names)}`;
}

function printNot(node: BoolNode, names: VariableNames): string {
  if (node.kind === 'eq') return printComparison(node.a, '!=', node.b, names);
  if (node.kind === 'in' && isFlag(node.a, names) && node.ranges.length === 1) {
    const [[low, high]] = node.ranges;
    if (low === high) return `${printInt(node.a, names)} is ${low === 0}`;
  }
  return `!(${printBool(node, names)})`;
}

function isFlag(node: IntNode, names: VariableNames): boolean {
  return node.kind === 'var' && names.domains[node.index]?.kind === 'flag';
}

/** `a -> b` for what implies() makes. */
function printChoice(parts: readonly BoolNode[], names: VariableNames): string {
  const [first, ...rest] = parts;
  if (first.kind !== 'not' || rest.length !== 1) return printJunction(parts, ' || ', names);
  return `(${printBool(first.part, names)} -> ${printBool(rest[0], names)})`;
}

/** `unique {a, b, c}` when it is said of each pair that it differs. */
function printUnique(parts: readonly BoolNode[], names: VariableNames): string | undefined {
  const items: string[] = [];
  const pairs = new Set<string>();
  const place = (text: string): number => {
    if (!items.includes(text)) items.push(text);
    return items.indexOf(text);
  };
  for (const part of parts) {
    if (part.kind !== 'not' || part.part.kind !== 'eq') return undefined;
    const [a, b] = [place(printInt(part.part.a, names)), place(printInt(part.part.b, names))];
    pairs.add(`${Math.min(a, b)},${Math.max(a, b)}`);
  }
  const isComplete = items.length > 2 && pairs.size === (items.length * (items.length - 1)) / 2;
  return isComplete ? `unique {${items.join(', ')}}` : undefined;
}

/** A value as an author writes it. */
export function printValue(node: IntNode, code: number, names: VariableNames): string {
  if (node.kind !== 'var') return String(code);
  const domain = names.domains[node.index];
  const isKnown = domain?.ranges.some(([low, high]) => low <= code && code <= high);
  return isKnown ? String(domain.fromNumber(code)) : String(code);
}

function printMember(
  a: IntNode,
  ranges: readonly (readonly [number, number])[],
  names: VariableNames,
): string {
  if (a.kind === 'var' && names.truths.some(({ index }) => index === a.index)) {
    return `${printInt(a, names)} == ${describeRanges(ranges)}`;
  }
  const isNamed = a.kind === 'var' && names.domains[a.index]?.kind !== 'integer';
  if (!isNamed) return printRanges(printInt(a, names), [describeRanges(ranges)], ranges);
  const values = ranges.flatMap(([low, high]) => {
    return Array.from({ length: high - low + 1 }, (_, i) => printValue(a, low + i, names));
  });
  return `${printInt(a, names)} is ${values.join(' | ')}`;
}

function printRanges(
  a: string,
  texts: readonly (string | bigint)[],
  ranges: readonly (readonly [number, number])[] = [],
): string {
  if (ranges.length === 1 && ranges[0][0] === ranges[0][1]) return `${a} == ${ranges[0][0]}`;
  return `${a} in {${texts.join(', ')}}`;
}

function printItem(a: IntNode, item: DistItem, names: VariableNames): string {
  const low = printValue(a, item.low, names);
  const values = item.low === item.high ? low : `${low}..${printValue(a, item.high, names)}`;
  return `${values} ${item.isShared ? ':/' : ':='} ${item.weight}`;
}
