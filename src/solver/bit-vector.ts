/**
 * Constraints as decision diagrams: integers are vectors of diagrams, one per bit, in two's complement of whatever width they need,
 * so that nothing overflows. The meaning is that of `expression.ts` and `wide.ts`; the tests hold the three together.
 */
import { assert, assertNever } from '#base/assert';
import { ALL, NONE, type Diagram, type NodeId } from './diagram.ts';
import type { ArithmeticOp, BoolNode, IntNode } from './expression.ts';

/** Bits, the lowest first; the last one is the sign and goes on for ever. */
export type Bits = readonly NodeId[];

/** An integer, where it is one: `defined` is false for a division by zero. */
interface Value {
  readonly bits: Bits;
  readonly defined: NodeId;
}

type BigRange = readonly [low: number | bigint, high: number | bigint];

export class BitBlaster {
  private readonly diagram: Diagram;
  private readonly variables: ReadonlyMap<number, Bits>;

  /** @param variables the bits of each variable that is asked for. */
  constructor(diagram: Diagram, variables: ReadonlyMap<number, Bits>) {
    this.diagram = diagram;
    this.variables = variables;
  }

  /** Where a constraint holds. State is bound. */
  relation(node: BoolNode): NodeId {
    const d = this.diagram;
    switch (node.kind) {
      case 'literal':
        return node.value ? ALL : NONE;
      case 'eq':
      case 'lt':
      case 'le': {
        const a = this.integer(node.a);
        const b = this.integer(node.b);
        const holds =
          node.kind === 'eq'
            ? this.equal(a.bits, b.bits)
            : this.less(a.bits, b.bits, node.kind === 'le');
        return d.and(d.and(a.defined, b.defined), holds);
      }
      case 'in':
      case 'inBig': {
        const a = this.integer(node.a);
        return d.and(a.defined, this.inside(a.bits, node.ranges));
      }
      case 'dist': {
        const a = this.integer(node.a);
        const live = node.items.filter((item) => item.weight > 0);
        const ranges = live.map((item) => [item.low, item.high] as const);
        return d.and(a.defined, this.inside(a.bits, ranges));
      }
      case 'not':
        return d.not(this.relation(node.part));
      case 'all': {
        let all = ALL;
        for (const part of node.parts) all = d.and(all, this.relation(part));
        return all;
      }
      case 'any': {
        let any = NONE;
        for (const part of node.parts) any = d.or(any, this.relation(part));
        return any;
      }
      case 'inState':
      case 'choiceState':
      case 'stateIs':
        assert(false, 'state is bound before a constraint is solved');
        return NONE;
      default:
        return assertNever(node);
    }
  }

  /** Where a vector is in one of the ranges. */
  inside(bits: Bits, ranges: readonly BigRange[]): NodeId {
    const d = this.diagram;
    let any = NONE;
    for (const [low, high] of ranges) {
      const from = constantBits(BigInt(low));
      const to = constantBits(BigInt(high));
      const within =
        low === high
          ? this.equal(bits, from)
          : d.and(this.less(from, bits, true), this.less(bits, to, true));
      any = d.or(any, within);
    }
    return any;
  }

  private integer(node: IntNode): Value {
    switch (node.kind) {
      case 'const':
        return Number.isNaN(node.value)
          ? { bits: [NONE], defined: NONE }
          : { bits: constantBits(BigInt(node.value)), defined: ALL };
      case 'big':
        return { bits: constantBits(node.value), defined: ALL };
      case 'var': {
        const bits = this.variables.get(node.index);
        assert(bits !== undefined, 'a constraint of a component has its variables only');
        return { bits, defined: ALL };
      }
      case 'state':
        assert(false, 'state is bound before a constraint is solved');
        return { bits: [NONE], defined: NONE };
      case 'bits': {
        const { bits, defined } = this.integer(node.a);
        const picked: NodeId[] = [];
        for (let i = node.low; i <= node.high; i++) picked.push(bitOf(bits, i));
        return { bits: trimmed([...picked, NONE]), defined };
      }
      default: {
        const a = this.integer(node.a);
        const b = this.integer(node.b);
        const defined = this.diagram.and(a.defined, b.defined);
        if (node.kind === 'div' || node.kind === 'mod')
          return this.divided(node.kind, a.bits, b.bits, defined);
        return { bits: this.arithmetic(node.kind, a.bits, b.bits), defined };
      }
    }
  }

  private arithmetic(kind: Exclude<ArithmeticOp, 'div' | 'mod'>, a: Bits, b: Bits): Bits {
    const d = this.diagram;
    switch (kind) {
      case 'add':
        return this.sum(a, b, NONE);
      case 'sub':
        return this.sum(a, this.inverted(b), ALL);
      case 'mul':
        return this.product(a, b);
      case 'shl':
      case 'shr':
        return this.shifted(kind, a, b);
      case 'and':
        return this.bitwise(a, b, (x, y) => d.and(x, y));
      case 'or':
        return this.bitwise(a, b, (x, y) => d.or(x, y));
      case 'xor':
        return this.bitwise(a, b, (x, y) => d.xor(x, y));
      default:
        return assertNever(kind);
    }
  }

  private bitwise(a: Bits, b: Bits, combine: (x: NodeId, y: NodeId) => NodeId): Bits {
    const length = Math.max(a.length, b.length);
    return trimmed(Array.from({ length }, (_, i) => combine(bitOf(a, i), bitOf(b, i))));
  }

  private inverted(a: Bits): Bits {
    return a.map((bit) => this.diagram.not(bit));
  }

  private sum(a: Bits, b: Bits, carryIn: NodeId): Bits {
    const d = this.diagram;
    const length = Math.max(a.length, b.length) + 1;
    const bits: NodeId[] = [];
    let carry = carryIn;
    for (let i = 0; i < length; i++) {
      const [x, y] = [bitOf(a, i), bitOf(b, i)];
      const half = d.xor(x, y);
      bits.push(d.xor(half, carry));
      carry = d.or(d.and(x, y), d.and(half, carry));
    }
    return trimmed(bits);
  }

  private negated(a: Bits): Bits {
    return this.sum(this.inverted(a), [NONE], ALL);
  }

  /** Sum of shifted copies; the sign bit counts negative. */
  private product(a: Bits, b: Bits): Bits {
    if (isConstant(a) && !isConstant(b)) return this.product(b, a);
    let total: Bits = [NONE];
    const last = b.length - 1;
    for (let i = 0; i <= last; i++) {
      if (b[i] === NONE) continue;
      const part = [...new Array<NodeId>(i).fill(NONE), ...this.masked(a, b[i])];
      total = i < last ? this.sum(total, part, NONE) : this.sum(total, this.inverted(part), ALL);
    }
    return total;
  }

  private masked(a: Bits, by: NodeId): Bits {
    return a.map((bit) => this.diagram.and(bit, by));
  }

  private pick(condition: NodeId, then: Bits, otherwise: Bits): Bits {
    const length = Math.max(then.length, otherwise.length);
    const choose = (_: unknown, i: number): NodeId =>
      this.diagram.choose(condition, bitOf(then, i), bitOf(otherwise, i));
    return trimmed(Array.from({ length }, choose));
  }

  /** By 0..64 places, as is checked before. */
  private shifted(kind: 'shl' | 'shr', a: Bits, places: Bits): Bits {
    let bits = a;
    for (let i = 0; i < places.length - 1; i++) {
      const by = 2 ** i;
      const moved =
        kind === 'shl'
          ? [...new Array<NodeId>(by).fill(NONE), ...bits]
          : Array.from({ length: Math.max(bits.length - by, 1) }, (_, n) => bitOf(bits, n + by));
      bits = this.pick(places[i], moved, bits);
    }
    return trimmed(bits);
  }

  /** Long division of the absolute values, the highest bit first; then the signs. */
  private divided(kind: 'div' | 'mod', a: Bits, b: Bits, defined: NodeId): Value {
    const d = this.diagram;
    const signA = a[a.length - 1];
    const signB = b[b.length - 1];
    const dividend = this.pick(signA, this.negated(a), a);
    const divisor = this.pick(signB, this.negated(b), b);
    const isZero = this.equal(b, [NONE]);
    let rest: Bits = [NONE];
    const quotient: NodeId[] = new Array<NodeId>(dividend.length).fill(NONE);
    for (let i = dividend.length - 1; i >= 0; i--) {
      rest = trimmed([dividend[i], ...rest]);
      const fits = d.and(this.less(divisor, rest, true), d.not(isZero));
      quotient[i] = fits;
      rest = this.pick(fits, this.sum(rest, this.inverted(divisor), ALL), rest);
    }
    const magnitude = kind === 'div' ? trimmed([...quotient, NONE]) : rest;
    const isNegative = kind === 'div' ? d.xor(signA, signB) : signA;
    return {
      bits:
        isNegative === NONE ? magnitude : this.pick(isNegative, this.negated(magnitude), magnitude),
      defined: d.and(defined, d.not(isZero)),
    };
  }

  private equal(a: Bits, b: Bits): NodeId {
    const d = this.diagram;
    let same = ALL;
    for (let i = 0; i < Math.max(a.length, b.length); i++) {
      same = d.and(same, d.not(d.xor(bitOf(a, i), bitOf(b, i))));
      if (same === NONE) return NONE;
    }
    return same;
  }

  /** a < b, or a <= b. */
  private less(a: Bits, b: Bits, orEqual: boolean): NodeId {
    const d = this.diagram;
    const length = Math.max(a.length, b.length);
    let isLess = orEqual ? ALL : NONE;
    for (let i = 0; i < length; i++) {
      const [x, y] = [bitOf(a, i), bitOf(b, i)];
      // Where they differ the one with the bit is the greater, but for the sign bit.
      isLess = d.choose(d.xor(x, y), i === length - 1 ? x : y, isLess);
    }
    return isLess;
  }
}

/** A bit of a vector, its sign from the last on. */
function bitOf(bits: Bits, index: number): NodeId {
  return bits[Math.min(index, bits.length - 1)];
}

function isConstant(bits: Bits): boolean {
  return bits.every((bit) => bit === NONE || bit === ALL);
}

/** Without repetitions of the sign. */
function trimmed(bits: Bits): Bits {
  let length = bits.length;
  while (length > 1 && bits[length - 1] === bits[length - 2]) length--;
  return length === bits.length ? bits : bits.slice(0, length);
}

function constantBits(value: bigint): Bits {
  const bits: NodeId[] = [];
  let rest = value;
  while (rest !== 0n && rest !== -1n) {
    bits.push((rest & 1n) === 1n ? ALL : NONE);
    rest >>= 1n;
  }
  return [...bits, rest === 0n ? NONE : ALL];
}
