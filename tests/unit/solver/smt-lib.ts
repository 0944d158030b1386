// Constraint problems as SMT-LIB text (version 2.6, theory of integers), which Z3 reads: a second opinion from a solver of another
// school. Division and remainder are spelled out, because theirs round differently for negative numbers.
import type { NumberRange } from '#solver/domain';
import type { BoolNode, IntNode } from '#solver/expression';

/** The question whether the constraints have a solution; nothing in it divides by a variable, shifts or works bit by bit. */
export function smtLibOf(
  domains: readonly (readonly NumberRange[])[],
  constraints: readonly BoolNode[],
): string {
  const lines = domains.flatMap((ranges, index) => [
    `(declare-const v${index} Int)`,
    `(assert ${inRanges(`v${index}`, ranges)})`,
  ]);
  const asserts = constraints.map((node) => `(assert ${bool(node)})`);
  return [...lines, ...asserts].join('\n');
}

function bool(node: BoolNode): string {
  switch (node.kind) {
    case 'literal':
      return String(node.value);
    case 'eq':
      return `(= ${int(node.a)} ${int(node.b)})`;
    case 'lt':
      return `(< ${int(node.a)} ${int(node.b)})`;
    case 'le':
      return `(<= ${int(node.a)} ${int(node.b)})`;
    case 'in':
      return inRanges(int(node.a), node.ranges);
    case 'not':
      return `(not ${bool(node.part)})`;
    case 'all':
      return `(and ${node.parts.map(bool).join(' ')})`;
    case 'any':
      return `(or ${node.parts.map(bool).join(' ')})`;
    default:
      throw new Error(`no ${node.kind} in SMT-LIB`);
  }
}

const OPERATORS = { add: '+', sub: '-', mul: '*' } as const;

function int(node: IntNode): string {
  switch (node.kind) {
    case 'const':
    case 'big':
      return constant(node.value);
    case 'var':
      return `v${node.index}`;
    case 'add':
    case 'sub':
    case 'mul':
      return `(${OPERATORS[node.kind]} ${int(node.a)} ${int(node.b)})`;
    case 'mod': {
      if (node.b.kind !== 'const' || node.b.value <= 0) throw new Error('no variable divisor');
      const [a, by] = [int(node.a), node.b.value];
      // With the sign of the dividend; theirs is never negative.
      return `(ite (< ${a} 0) (- (mod (- ${a}) ${by})) (mod ${a} ${by}))`;
    }
    case 'bits':
      return `(mod (div ${int(node.a)} ${2 ** node.low}) ${2 ** (node.high - node.low + 1)})`;
    default:
      throw new Error(`no ${node.kind} in SMT-LIB`);
  }
}

function constant(value: number | bigint): string {
  return value < 0 ? `(- ${String(value).slice(1)})` : String(value);
}

function inRanges(a: string, ranges: readonly NumberRange[]): string {
  const parts = ranges.map(([low, high]) => `(<= ${constant(low)} ${a} ${constant(high)})`);
  return `(or ${parts.join(' ')} false)`;
}
