/**
 * What can be said of a constraint for a whole box of values at once: bounds of expressions, three-valued truth, and narrowing
 * (dropping values that cannot be part of a solution). Everything here may be imprecise in one direction only: a truth that is
 * claimed holds for every point of the box, and a value that is dropped is in no solution.
 *
 * A box gives each variable a set of values: disjoint ascending ranges.
 */
import { assert, assertNever } from '#base/assert';
import type { NumberRange } from './domain.ts';
import { compute, type ArithmeticOp, type BoolNode, type IntNode } from './expression.ts';
import { rangesOf } from './rewrite.ts';

export type ValueSet = readonly NumberRange[];
/** By variable. Never empty sets. */
export type Sets = readonly ValueSet[];

export type Truth = 'yes' | 'no' | 'open';

/** Bounds of an expression; infinite where a division by zero is possible. */
interface Bounds {
  readonly low: number;
  readonly high: number;
}

const UNBOUNDED: Bounds = { low: -Infinity, high: Infinity };

/** Keeps the values in low..high. */
export function clip(set: ValueSet, low: number, high: number): ValueSet {
  if (low > high) return [];
  if (set.length === 0 || (set[0][0] >= low && set[set.length - 1][1] <= high)) return set;
  const kept: NumberRange[] = [];
  for (const [from, to] of set) {
    if (to < low || from > high) continue;
    kept.push([Math.max(from, low), Math.min(to, high)]);
  }
  return kept;
}

/** Keeps the values that are in both. */
export function intersect(a: ValueSet, b: ValueSet): ValueSet {
  const kept: NumberRange[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const low = Math.max(a[i][0], b[j][0]);
    const high = Math.min(a[i][1], b[j][1]);
    if (low <= high) kept.push([low, high]);
    if (a[i][1] < b[j][1]) i++;
    else j++;
  }
  return kept.length === a.length && kept.every((r, i) => sameRange(r, a[i])) ? a : kept;
}

function sameRange(a: NumberRange, b: NumberRange): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

function hull(set: ValueSet): Bounds {
  return { low: set[0][0], high: set[set.length - 1][1] };
}

export function boundsOf(node: IntNode, sets: Sets): Bounds {
  switch (node.kind) {
    case 'const':
      return Number.isNaN(node.value) ? UNBOUNDED : { low: node.value, high: node.value };
    case 'var':
      return hull(sets[node.index]);
    case 'bits':
      return bitBounds(boundsOf(node.a, sets), node.high, node.low);
    case 'big':
      return { low: Number(node.value), high: Number(node.value) };
    case 'state':
      assert(false, 'state is bound before a constraint is solved');
      return UNBOUNDED;
    default: {
      const a = boundsOf(node.a, sets);
      const b = boundsOf(node.b, sets);
      return Number.isFinite(a.low) && Number.isFinite(b.low)
        ? arithmeticBounds(node.kind, a, b)
        : UNBOUNDED;
    }
  }
}

function arithmeticBounds(kind: ArithmeticOp, a: Bounds, b: Bounds): Bounds {
  switch (kind) {
    case 'add':
      return { low: a.low + b.low, high: a.high + b.high };
    case 'sub':
      return { low: a.low - b.high, high: a.high - b.low };
    case 'mul':
    case 'shl':
    case 'shr':
      return corners(kind, a, b);
    case 'div':
      return b.low <= 0 && b.high >= 0 ? UNBOUNDED : corners(kind, a, b);
    case 'mod':
      return modBounds(a, b);
    case 'and':
      return a.low >= 0 && b.low >= 0 ? { low: 0, high: Math.min(a.high, b.high) } : bitwide(a, b);
    case 'or':
    case 'xor':
      return bitwide(a, b);
    default:
      return assertNever(kind);
  }
}

/** For operators that are monotonic in each operand. */
function corners(kind: ArithmeticOp, a: Bounds, b: Bounds): Bounds {
  const values = [
    compute(kind, a.low, b.low),
    compute(kind, a.low, b.high),
    compute(kind, a.high, b.low),
    compute(kind, a.high, b.high),
  ];
  return { low: Math.min(...values), high: Math.max(...values) };
}

function modBounds(a: Bounds, b: Bounds): Bounds {
  if (b.low <= 0 && b.high >= 0) return UNBOUNDED;
  const size = Math.max(Math.abs(b.low), Math.abs(b.high));
  if (a.low < 0)
    return { low: Math.max(a.low, 1 - size), high: Math.min(Math.max(a.high, 0), size - 1) };
  if (b.low === b.high && Math.floor(a.low / size) === Math.floor(a.high / size)) {
    return { low: a.low % size, high: a.high % size };
  }
  return { low: 0, high: Math.min(a.high, size - 1) };
}

function bitBounds(a: Bounds, high: number, low: number): Bounds {
  const size = 2 ** (high - low + 1);
  if (!Number.isFinite(a.low)) return UNBOUNDED;
  const from = Math.floor(a.low / 2 ** low);
  const to = Math.floor(a.high / 2 ** low);
  const block = Math.floor(from / size);
  if (block !== Math.floor(to / size)) return { low: 0, high: size - 1 };
  return { low: from - block * size, high: to - block * size };
}

/** Bounds of an OR or XOR: all bits that the operands can have. */
function bitwide(a: Bounds, b: Bounds): Bounds {
  let limit = 1;
  const most = Math.max(a.high, b.high, -a.low - 1, -b.low - 1);
  while (limit <= most) limit *= 2;
  return { low: a.low < 0 || b.low < 0 ? -limit : 0, high: limit - 1 };
}

/** Truth of a constraint over a whole box. */
export function decide(node: BoolNode, sets: Sets): Truth {
  switch (node.kind) {
    case 'literal':
      return node.value ? 'yes' : 'no';
    case 'eq': {
      const a = boundsOf(node.a, sets);
      const b = boundsOf(node.b, sets);
      if (a.high < b.low || b.high < a.low) return 'no';
      return a.low === a.high && b.low === b.high && Number.isFinite(a.low) ? 'yes' : 'open';
    }
    case 'lt': {
      const a = boundsOf(node.a, sets);
      const b = boundsOf(node.b, sets);
      return a.high < b.low ? 'yes' : a.low >= b.high && Number.isFinite(a.low) ? 'no' : 'open';
    }
    case 'le': {
      const a = boundsOf(node.a, sets);
      const b = boundsOf(node.b, sets);
      return a.high <= b.low && Number.isFinite(a.high) ? 'yes' : a.low > b.high ? 'no' : 'open';
    }
    case 'in':
      return decideMember(node.a, node.ranges, sets);
    case 'dist':
      return decideMember(node.a, rangesOf(node.items), sets);
    case 'not': {
      const part = decide(node.part, sets);
      return part === 'open' ? 'open' : part === 'yes' ? 'no' : 'yes';
    }
    case 'all':
      return decideParts(node.parts, sets, 'no');
    case 'any':
      return decideParts(node.parts, sets, 'yes');
    case 'inBig':
      return 'open';
    default:
      assert(false, 'state is bound before a constraint is solved');
      return 'open';
  }
}

function decideParts(parts: readonly BoolNode[], sets: Sets, deciding: 'yes' | 'no'): Truth {
  let isOpen = false;
  for (const part of parts) {
    const truth = decide(part, sets);
    if (truth === deciding) return deciding;
    if (truth === 'open') isOpen = true;
  }
  return isOpen ? 'open' : deciding === 'yes' ? 'no' : 'yes';
}

function decideMember(node: IntNode, ranges: ValueSet, sets: Sets): Truth {
  if (node.kind === 'var') {
    const set = sets[node.index];
    const common = intersect(set, ranges);
    return common.length === 0 ? 'no' : common === set ? 'yes' : 'open';
  }
  const { low, high } = boundsOf(node, sets);
  let isTouched = false;
  for (const [from, to] of ranges) {
    if (from <= low && high <= to) return 'yes';
    if (from <= high && low <= to) isTouched = true;
  }
  return isTouched ? 'open' : 'no';
}

/** Copy-on-write sets that narrowing works on. */
export class Narrowing {
  sets: ValueSet[];
  isEmpty = false;
  hasChanged = false;

  constructor(sets: Sets) {
    this.sets = [...sets];
  }

  /** Drops values that make the constraint false whatever the rest. */
  require(node: BoolNode): void {
    if (this.isEmpty) return;
    switch (node.kind) {
      case 'le':
        this.order(node.a, node.b, 0);
        return;
      case 'lt':
        this.order(node.a, node.b, 1);
        return;
      case 'eq':
        this.order(node.a, node.b, 0);
        this.order(node.b, node.a, 0);
        return;
      case 'in':
        this.member(node.a, node.ranges);
        return;
      case 'dist':
        this.member(node.a, rangesOf(node.items));
        return;
      case 'all':
        for (const part of node.parts) this.require(part);
        return;
      case 'any':
        this.any(node.parts);
        return;
      case 'not':
        this.refuse(node.part);
        return;
      default:
        if (decide(node, this.sets) === 'no') this.isEmpty = true;
    }
  }

  /** The same for the negation. */
  private refuse(node: BoolNode): void {
    if (this.isEmpty) return;
    switch (node.kind) {
      case 'le':
        this.order(node.b, node.a, 1);
        return;
      case 'lt':
        this.order(node.b, node.a, 0);
        return;
      case 'in':
        if (node.a.kind === 'var') this.keep(node.a.index, complement(node.ranges));
        return;
      case 'any':
        for (const part of node.parts) this.refuse(part);
        return;
      case 'not':
        this.require(node.part);
        return;
      default:
        if (decide(node, this.sets) === 'yes') this.isEmpty = true;
    }
  }

  private any(parts: readonly BoolNode[]): void {
    let only: BoolNode | undefined;
    for (const part of parts) {
      const truth = decide(part, this.sets);
      if (truth === 'yes') return;
      if (truth === 'no') continue;
      if (only !== undefined) return;
      only = part;
    }
    if (only === undefined) this.isEmpty = true;
    else this.require(only);
  }

  /** a + gap <= b. */
  private order(a: IntNode, b: IntNode, gap: number): void {
    if (this.isEmpty) return;
    this.within(a, -Infinity, boundsOf(b, this.sets).high - gap);
    if (!this.isEmpty) this.within(b, boundsOf(a, this.sets).low + gap, Infinity);
  }

  private member(node: IntNode, ranges: ValueSet): void {
    if (ranges.length === 0) this.isEmpty = true;
    else if (node.kind === 'var') this.keep(node.index, ranges);
    else this.within(node, ranges[0][0], ranges[ranges.length - 1][1]);
  }

  /** low <= node <= high. */
  private within(node: IntNode, low: number, high: number): void {
    if (this.isEmpty || (low === -Infinity && high === Infinity)) return;
    if (low > high) {
      this.isEmpty = true;
      return;
    }
    switch (node.kind) {
      case 'const':
      case 'big':
        if (node.value < low || node.value > high) this.isEmpty = true;
        return;
      case 'var':
        this.set(node.index, clip(this.sets[node.index], low, high));
        return;
      case 'add': {
        const b = boundsOf(node.b, this.sets);
        this.within(node.a, low - b.high, high - b.low);
        if (this.isEmpty) return;
        const a = boundsOf(node.a, this.sets);
        this.within(node.b, low - a.high, high - a.low);
        return;
      }
      case 'sub': {
        const b = boundsOf(node.b, this.sets);
        this.within(node.a, low + b.low, high + b.high);
        if (this.isEmpty) return;
        const a = boundsOf(node.a, this.sets);
        this.within(node.b, a.low - high, a.high - low);
        return;
      }
      case 'mul':
        if (node.b.kind === 'const' && node.b.value > 0) {
          const factor = node.b.value;
          this.within(node.a, Math.ceil(low / factor), Math.floor(high / factor));
        }
        return;
      case 'div':
      case 'shr': {
        const size =
          node.b.kind !== 'const' ? 0 : node.kind === 'div' ? node.b.value : 2 ** node.b.value;
        if (size < 1 || boundsOf(node.a, this.sets).low < 0) return;
        this.within(node.a, low * size, high * size + size - 1);
        return;
      }
      default: {
        const bounds = boundsOf(node, this.sets);
        if (bounds.low > high || bounds.high < low) this.isEmpty = true;
      }
    }
  }

  private keep(index: number, ranges: ValueSet): void {
    this.set(index, intersect(this.sets[index], ranges));
  }

  private set(index: number, set: ValueSet): void {
    if (set === this.sets[index]) return;
    this.sets[index] = set;
    this.hasChanged = true;
    if (set.length === 0) this.isEmpty = true;
  }
}

function complement(ranges: ValueSet): ValueSet {
  const kept: NumberRange[] = [];
  let next = -Infinity;
  for (const [low, high] of ranges) {
    if (next < low) kept.push([next, low - 1]);
    next = high + 1;
  }
  kept.push([next, Infinity]);
  return kept;
}
