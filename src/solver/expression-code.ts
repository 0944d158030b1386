/**
 * Constraint expressions as code (design, decision 13): what is asked at every solve. The text depends on the shape alone, numbers and
 * ranges are bound, so that the same constraints with other state share their code. The reference is `expression.ts`.
 */
import { assert, assertNever } from '#base/assert';
import { CodeBuilder } from '#base/compile';
import { compute, isInRanges, selectBits, type BoolNode, type IntNode } from './expression.ts';
import { normalizeRanges, type NumberRange } from './domain.ts';
import type { Definition } from './digits.ts';
import type { Sets } from './interval.ts';
import { rangesOf } from './rewrite.ts';
import { evaluateBigBool, isWide } from './wide.ts';

/** Ranges of a membership up to this number are compared one by one. */
const FEW_RANGES = 3;

/** Whether values satisfy all constraints; state is bound. */
export function compilePredicate(
  nodes: readonly BoolNode[],
  sets: Sets,
): (values: Float64Array) => boolean {
  const code = new Code();
  const parts = nodes.map((node) => {
    if (!isWide(node, sets)) return code.bool(node);
    return `${code.builder.bind((values: Float64Array) => evaluateBigBool(node, values))}(v)`;
  });
  code.builder.line(`return (v) => ${parts.length === 0 ? 'true' : parts.join(' && ')};`);
  return code.builder.build();
}

/** Computes defined variables from the others, the last definition first. */
export function compileDefinitions(
  definitions: readonly Definition[],
): (values: Float64Array) => void {
  const code = new Code();
  const lines = definitions.map(({ index, node }) => `v[${index}] = ${code.int(node)};`);
  code.builder.line('return (v) => {', ...lines.toReversed(), '};');
  return code.builder.build();
}

const HELPERS = { compute, selectBits, isBetween, isInRanges, isAmong };

class Code {
  readonly builder = new CodeBuilder();
  private readonly helpers = new Map<string, string>();

  int(node: IntNode): string {
    switch (node.kind) {
      case 'const':
        return this.builder.bind(node.value);
      case 'var':
        return `v[${node.index}]`;
      case 'big':
      case 'state':
        assert(false, 'state is bound, and what is wide told apart, before code is made');
        return 'NaN';
      case 'bits':
        return `${this.helper('selectBits')}(${this.int(node.a)}, ${node.high}, ${node.low})`;
      case 'add':
        return `(${this.int(node.a)} + ${this.int(node.b)})`;
      case 'sub':
        return `(${this.int(node.a)} - ${this.int(node.b)})`;
      case 'mul':
        return `(${this.int(node.a)} * ${this.int(node.b)})`;
      case 'mod':
        return `(${this.int(node.a)} % ${this.int(node.b)})`;
      default:
        return `${this.helper('compute')}('${node.kind}', ${this.int(node.a)}, ${this.int(node.b)})`;
    }
  }

  bool(node: BoolNode): string {
    switch (node.kind) {
      case 'literal':
        return String(node.value);
      case 'eq':
        return `${this.int(node.a)} === ${this.int(node.b)}`;
      case 'lt':
        return `${this.int(node.a)} < ${this.int(node.b)}`;
      case 'le':
        return `${this.int(node.a)} <= ${this.int(node.b)}`;
      case 'in':
        return this.member(node.a, node.ranges);
      case 'dist':
        return this.member(node.a, rangesOf(node.items));
      case 'not':
        return `!(${this.bool(node.part)})`;
      case 'all':
        return this.junction(node.parts, ' && ');
      case 'any':
        return this.junction(node.parts, ' || ');
      case 'inBig':
      case 'inState':
      case 'choiceState':
      case 'stateIs':
        assert(false, 'state is bound, and what is wide told apart, before code is made');
        return 'false';
      default:
        return assertNever(node);
    }
  }

  private junction(parts: readonly BoolNode[], operator: string): string {
    return `(${parts.map((part) => `(${this.bool(part)})`).join(operator)})`;
  }

  private member(a: IntNode, ranges: readonly NumberRange[]): string {
    const value = this.int(a);
    if (ranges.length === 1) {
      const [low, high] = ranges[0].map((edge) => this.builder.bind(edge));
      return `${this.helper('isBetween')}(${value}, ${low}, ${high})`;
    }
    if (ranges.length <= FEW_RANGES) {
      return `${this.helper('isInRanges')}(${value}, ${this.builder.bind(ranges)})`;
    }
    const edges = normalizeRanges(ranges).flat();
    return `${this.helper('isAmong')}(${value}, ${this.builder.bind(Float64Array.from(edges))})`;
  }

  private helper(name: keyof typeof HELPERS): string {
    const known = this.helpers.get(name);
    if (known !== undefined) return known;
    const bound = this.builder.bind(HELPERS[name]);
    this.helpers.set(name, bound);
    return bound;
  }
}

function isBetween(value: number, low: number, high: number): boolean {
  return low <= value && value <= high;
}

/** Membership in many ranges, given as their edges: low, high, low, high … ascending. */
function isAmong(value: number, edges: Float64Array): boolean {
  let from = 0;
  let to = edges.length / 2 - 1;
  while (from < to) {
    const middle = (from + to + 1) >>> 1;
    if (edges[2 * middle] <= value) from = middle;
    else to = middle - 1;
  }
  return edges[2 * from] <= value && value <= edges[2 * from + 1];
}
