/** Constraints as text, for explanations: with the names of fields and the values of choices. */
import { describeRanges, type Domain, type Scalar } from './domain.ts';
import {
  varsOf,
  type ArithmeticOp,
  type BoolNode,
  type DistItem,
  type IntNode,
} from './expression.ts';
import { expressionKey } from './expression-key.ts';
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
      return printBig(node.value);
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
      const symbol = SYMBOLS[node.kind];
      return `(${printChain(node, node.kind, names)} ${symbol} ${printInt(node.b, names)})`;
    }
  }
}

/** The left operand, without parentheses when it is of the same operator: `a + b + c`. */
function printChain(
  node: Extract<IntNode, { readonly kind: ArithmeticOp }>,
  kind: ArithmeticOp,
  names: VariableNames,
): string {
  const text = printInt(node.a, names);
  const isSame = node.a.kind === kind && CHAINS.has(kind) && text.startsWith('(');
  return isSame ? text.slice(1, -1) : text;
}

const CHAINS: ReadonlySet<string> = new Set(['add', 'mul', 'and', 'or', 'xor']);

/** Without the parentheses around it: there is nothing beside it. */
function printAlone(node: IntNode, names: VariableNames): string {
  const text = printInt(node, names);
  const isWhole = node.kind in SYMBOLS && text.startsWith('(');
  return isWhole ? text.slice(1, -1) : text;
}

/** Big numbers are addresses and masks more often than counts. */
function printBig(value: bigint): string {
  return value < 2n ** 32n ? String(value) : `0x${value.toString(16)}`;
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
      return printComparison(node, names);
    case 'in':
      return printMember(node.a, node.ranges, names);
    case 'inBig': {
      const a = printAlone(node.a, names);
      const [first] = node.ranges;
      if (node.ranges.length === 1 && first[0] === first[1]) return `${a} == ${printBig(first[0])}`;
      const texts = node.ranges.map(([low, high]) => {
        return low === high ? printBig(low) : `${printBig(low)}..${printBig(high)}`;
      });
      return `${a} in {${texts.join(', ')}}`;
    }
    case 'inState':
      return `${printAlone(node.a, names)} in ${node.field}`;
    case 'choiceState':
      return `${printInt(node.a, names)} is ${node.field}`;
    case 'stateIs':
      return `${node.field} is ${node.values.map(String).join(' | ')}`;
    case 'dist':
      return `${printAlone(node.a, names)} dist {${node.items
        .map((item) => printItem(node.a, item, names))
        .join(', ')}}`;
    case 'not':
      return printNot(node.part, names);
    case 'all':
      return (
        printUnique(node.parts, names) ??
        printIfElse(node.parts, names) ??
        printJunction(node.parts, ' && ', names)
      );
    case 'any':
      return printChoice(node.parts, names);
  }
}

function printJunction(parts: readonly BoolNode[], word: string, names: VariableNames): string {
  return `(${parts.map((part) => printBool(part, names)).join(word)})`;
}

type Comparison = Extract<BoolNode, { readonly kind: 'eq' | 'lt' | 'le' }>;

const TURNED = { eq: '==', lt: '>', le: '>=' } as const;

/** With what is solved on the left: `a >= limit`, not `limit <= a`. */
function printComparison({ kind, a, b }: Comparison, names: VariableNames): string {
  const isTurned = varsOf(a).length === 0 && varsOf(b).length > 0;
  const [left, right] = [printAlone(a, names), printAlone(b, names)];
  return isTurned ? `${right} ${TURNED[kind]} ${left}` : `${left} ${SYMBOLS[kind]} ${right}`;
}

function printNot(node: BoolNode, names: VariableNames): string {
  if (node.kind === 'eq') return `${printAlone(node.a, names)} != ${printAlone(node.b, names)}`;
  if ((node.kind === 'lt' || node.kind === 'le') && !divides(node.a) && !divides(node.b)) {
    const kind = node.kind === 'lt' ? 'le' : 'lt';
    return printComparison({ kind, a: node.b, b: node.a }, names);
  }
  if (node.kind === 'in' && isFlag(node.a, names) && node.ranges.length === 1) {
    const [[low, high]] = node.ranges;
    if (low === high) return `${printInt(node.a, names)} is ${low === 0}`;
  }
  if (node.kind === 'in' || node.kind === 'inBig') return `not ${printBool(node, names)}`;
  return `!(${printBool(node, names)})`;
}

/** Whether it may have no value: then a comparison that does not hold is not its opposite. */
function divides(node: IntNode): boolean {
  switch (node.kind) {
    case 'const':
    case 'big':
    case 'var':
    case 'state':
      return false;
    case 'bits':
      return divides(node.a);
    default:
      return node.kind === 'div' || node.kind === 'mod' || divides(node.a) || divides(node.b);
  }
}

/** `a <-> b`, and `a ? b : c`, for what iff() and implies() with two branches make. */
function printIfElse(parts: readonly BoolNode[], names: VariableNames): string | undefined {
  if (parts.length !== 2 || parts[0].kind !== 'any' || parts[1].kind !== 'any') return undefined;
  const [[no, then], [condition, otherwise]] = [parts[0].parts, parts[1].parts];
  const isPair = parts[0].parts.length === 2 && parts[1].parts.length === 2;
  if (!isPair || no.kind !== 'not' || expressionKey(no.part) !== expressionKey(condition)) {
    return undefined;
  }
  const isIff = otherwise.kind === 'not' && expressionKey(otherwise.part) === expressionKey(then);
  const [a, b] = [printBool(condition, names), printBool(then, names)];
  return isIff ? `(${a} <-> ${b})` : `(${a} ? ${b} : ${printBool(otherwise, names)})`;
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
  if (!isNamed) {
    const text = printAlone(a, names);
    const isOne = ranges.length === 1 && ranges[0][0] === ranges[0][1];
    return isOne ? `${text} == ${ranges[0][0]}` : `${text} in {${describeRanges(ranges)}}`;
  }
  const values = ranges.flatMap(([low, high]) => {
    return Array.from({ length: high - low + 1 }, (_, i) => printValue(a, low + i, names));
  });
  return `${printInt(a, names)} is ${values.join(' | ')}`;
}

function printItem(a: IntNode, item: DistItem, names: VariableNames): string {
  const low = printValue(a, item.low, names);
  const values = item.low === item.high ? low : `${low}..${printValue(a, item.high, names)}`;
  const weight = item.weightFrom === undefined ? item.weight : printAlone(item.weightFrom, names);
  return `${values} ${item.isShared ? ':/' : ':='} ${weight}`;
}
