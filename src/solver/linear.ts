/**
 * Sums of multiples: an integer expression as c + k1·t1 + k2·t2 + …, where a term is a variable or anything that is no sum. Exact
 * (BigInt), because it serves wide expressions as well; used when a problem is prepared, never when it is drawn from.
 */
import type { IntNode } from './expression.ts';
import { integer } from './rewrite.ts';

export interface Term {
  readonly node: IntNode;
  readonly factor: bigint;
}

export interface Linear {
  readonly terms: readonly Term[];
  readonly constant: bigint;
}

const SHIFT_MAX = 64;

/** Undefined for a division by zero. */
export function toLinear(node: IntNode): Linear | undefined {
  const sum = new Sum();
  return sum.add(node, 1n) ? sum.result() : undefined;
}

class Sum {
  private readonly terms: { node: IntNode; factor: bigint }[] = [];
  private constant = 0n;

  /** Adds `factor` times the expression; false: it is none. */
  add(node: IntNode, factor: bigint): boolean {
    switch (node.kind) {
      case 'const':
        if (Number.isNaN(node.value)) return false;
        this.constant += factor * BigInt(node.value);
        return true;
      case 'big':
        this.constant += factor * node.value;
        return true;
      case 'add':
        return this.add(node.a, factor) && this.add(node.b, factor);
      case 'sub':
        return this.add(node.a, factor) && this.add(node.b, -factor);
      case 'mul': {
        const right = constantOf(node.b);
        if (right !== undefined) return this.add(node.a, factor * right);
        const left = constantOf(node.a);
        return left === undefined ? this.addTerm(node, factor) : this.add(node.b, factor * left);
      }
      case 'shl': {
        const places = constantOf(node.b);
        const isShift = places !== undefined && places >= 0n && places <= SHIFT_MAX;
        return isShift ? this.add(node.a, factor << places) : this.addTerm(node, factor);
      }
      default:
        return this.addTerm(node, factor);
    }
  }

  result(): Linear {
    return { terms: this.terms.filter(({ factor }) => factor !== 0n), constant: this.constant };
  }

  private addTerm(node: IntNode, factor: bigint): boolean {
    const known = this.terms.find((term) => isSame(term.node, node));
    if (known === undefined) this.terms.push({ node, factor });
    else known.factor += factor;
    return true;
  }
}

function isSame(a: IntNode, b: IntNode): boolean {
  return a === b || (a.kind === 'var' && b.kind === 'var' && a.index === b.index);
}

/** The value of a constant expression. */
export function constantOf(node: IntNode): bigint | undefined {
  if (node.kind === 'big') return node.value;
  return node.kind === 'const' && !Number.isNaN(node.value) ? BigInt(node.value) : undefined;
}

/** The expression of a sum, terms in their order. */
export function fromLinear({ terms, constant }: Linear): IntNode {
  let node: IntNode | undefined;
  for (const term of terms) {
    const isNegative = term.factor < 0n && node !== undefined;
    const factor = isNegative ? -term.factor : term.factor;
    const part: IntNode =
      factor === 1n ? term.node : { kind: 'mul', a: term.node, b: integer(factor) };
    if (node === undefined) node = part;
    else node = { kind: isNegative ? 'sub' : 'add', a: node, b: part };
  }
  if (node === undefined) return integer(constant);
  if (constant === 0n) return node;
  return constant > 0n
    ? { kind: 'add', a: node, b: integer(constant) }
    : { kind: 'sub', a: node, b: integer(-constant) };
}

/** Greatest common divisor, from 0. */
export function gcdOf(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** The quotient rounded down. */
export function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

/** The quotient rounded up. */
export function ceilDivide(a: bigint, b: bigint): bigint {
  return -floorDivide(-a, b);
}
