/**
 * Numbers taken apart into digits, so that what speaks of a page offset, an alignment or a field of bits leaves the wide rest free:
 *
 *     a % 4 == 0                       a := 4·s
 *     s % 1024 + … <= …                s := 1024·q + r,   r in 0..1023
 *     1024·q + r in [5, 3000]          three boxes:  q = 0, r >= 5  |  q = 1, r free  |  q = 2, r <= 952
 *
 * Each old value has exactly one set of digits, so the number of solutions, and with it uniformity, stays.
 */
import type { NumberRange } from './domain.ts';
import type { BoolNode, IntNode } from './expression.ts';
import { visitExpression, type Arithmetic } from './expression-visit.ts';
import { intersect, type Sets, type ValueSet } from './interval.ts';
import { constantOf, toLinear } from './linear.ts';
import { conjuncts, rewriteBool } from './rewrite.ts';
import { simplifyBool } from './simplify.ts';

/** A variable that is computed from others, once these have their values. */
export interface Definition {
  readonly index: number;
  readonly node: IntNode;
}

/** Constraints in the making: variables may be added, and others defined by them. */
export interface Reduction {
  readonly sets: ValueSet[];
  readonly definitions: Definition[];
  constraints: readonly BoolNode[];
}

/** Splits of one problem; beyond them, digits stay as they are. */
const SPLITS_MAX = 16;
/** Ranges of a membership that become boxes of their own. */
const BOXES_MAX = 128;

/** Introduces digits wherever a constraint asks for them. */
export function introduceDigits(reduction: Reduction): void {
  reduction.constraints = simplified(reduction.constraints, reduction.sets);
  for (let n = 0; n < SPLITS_MAX; n++) {
    const split = nextCongruence(reduction) ?? nextSplit(reduction);
    if (split === undefined) return;
    apply(reduction, split);
  }
}

interface Split {
  readonly index: number;
  readonly size: number;
  /** The remainder when it is known. */
  readonly rest: number | undefined;
}

function apply(reduction: Reduction, { index, size, rest }: Split): void {
  const { sets } = reduction;
  const set = sets[index];
  const quotient = sets.length;
  const high: IntNode = {
    kind: 'mul',
    a: { kind: 'var', index: quotient },
    b: { kind: 'const', value: size },
  };
  let low: IntNode = { kind: 'const', value: rest ?? 0 };
  if (rest === undefined) {
    sets.push([[0, Math.floor(set[set.length - 1][1] / size)]]);
    low = { kind: 'var', index: sets.length };
    sets.push([[0, Math.min(size - 1, set[set.length - 1][1])]]);
  } else sets.push(multiplesIn(set, size, rest));
  const node: IntNode = rest === 0 ? high : { kind: 'add', a: high, b: low };
  reduction.definitions.push({ index, node });
  const by = { variable: (other: number) => (other === index ? node : undefined) };
  const rewritten = reduction.constraints.map((constraint) => rewriteBool(constraint, by));
  if (rest === undefined) rewritten.push({ kind: 'in', a: node, ranges: set });
  reduction.constraints = simplified(rewritten, sets);
}

/** Values of n with size · n + rest in the set. */
function multiplesIn(set: ValueSet, size: number, rest: number): ValueSet {
  const kept: NumberRange[] = [];
  for (const [from, to] of set) {
    const low = Math.ceil((from - rest) / size);
    const high = Math.floor((to - rest) / size);
    if (low <= high) kept.push([low, high]);
  }
  return kept;
}

function simplified(constraints: readonly BoolNode[], sets: Sets): readonly BoolNode[] {
  if (sets.some((set) => set.length === 0)) return constraints;
  return constraints
    .map((node) => simplifyBool(node, sets))
    .flatMap(conjuncts)
    .filter((node) => node.kind !== 'literal' || !node.value);
}

/** A constraint that fixes the remainder of a variable. */
function nextCongruence({ constraints, sets }: Reduction): Split | undefined {
  for (const node of constraints) {
    if (node.kind !== 'in' || node.ranges.length !== 1 || node.a.kind !== 'mod') continue;
    const [low, high] = node.ranges[0];
    const split = low === high ? splitOf(node.a, sets) : undefined;
    if (split !== undefined && low >= 0 && low < split.size) return { ...split, rest: low };
  }
  return undefined;
}

/** A remainder or quotient of a variable by a constant, the smallest first: larger ones are then made of its digits. */
function nextSplit({ constraints, sets }: Reduction): Split | undefined {
  let best: Split | undefined;
  const look = (node: Arithmetic): void => {
    const split = splitOf(node, sets);
    if (split !== undefined && (best === undefined || split.size < best.size)) best = split;
  };
  for (const constraint of constraints) visitExpression(constraint, { arithmetic: look });
  return best;
}

function splitOf(node: IntNode, sets: Sets): Split | undefined {
  if ((node.kind !== 'mod' && node.kind !== 'div') || node.a.kind !== 'var') return undefined;
  const size = Number(constantOf(node.b) ?? 0n);
  const set = sets[node.a.index];
  const isSplit = set.length > 0 && set[0][0] >= 0 && set[set.length - 1][1] >= size && size > 1;
  return isSplit && Number.isSafeInteger(size)
    ? { index: node.a.index, size, rest: undefined }
    : undefined;
}

/** Membership of a number of two digits in ranges. */
interface DigitMember {
  readonly node: BoolNode;
  readonly boxes: readonly Sets[];
}

/** Boxes to begin with, disjoint, and the constraints that are left. */
export function startBoxes(
  sets: Sets,
  constraints: readonly BoolNode[],
): { readonly boxes: readonly Sets[]; readonly constraints: readonly BoolNode[] } {
  let boxes: readonly Sets[] = [sets];
  const left: BoolNode[] = [];
  for (const node of constraints) {
    const member = digitBoxes(node, sets);
    if (member === undefined || boxes.length * member.boxes.length > BOXES_MAX) {
      left.push(node);
      continue;
    }
    boxes = boxes.flatMap((box) => member.boxes.flatMap((other) => meet(box, other)));
  }
  return { boxes, constraints: left };
}

function meet(box: Sets, other: Sets): readonly Sets[] {
  const common = box.map((set, i) => (other[i] === undefined ? set : intersect(set, other[i])));
  return common.some((set) => set.length === 0) ? [] : [common];
}

/** Sparse sets of the two digits, one per box: full quotients together, then the edges of each range. */
function digitBoxes(node: BoolNode, sets: Sets): DigitMember | undefined {
  if (node.kind !== 'in' && node.kind !== 'inBig') return undefined;
  const digits = twoDigits(node.a, sets);
  if (digits === undefined) return undefined;
  const { high, low, size, offset } = digits;
  const full: NumberRange[] = [];
  const edges: { readonly q: number; readonly range: NumberRange }[] = [];
  for (const [from, to] of node.ranges) {
    const [a, b] = [BigInt(from) - offset, BigInt(to) - offset];
    if (b < 0n) continue;
    const [first, firstRest] = a < 0n ? [0n, 0n] : [a / size, a % size];
    const [last, lastRest] = [b / size, b % size];
    const begins = firstRest === 0n ? first : first + 1n;
    const ends = lastRest === size - 1n ? last : last - 1n;
    if (begins <= ends) full.push([Number(begins), Number(ends)]);
    if (first === last && begins > ends) {
      edges.push({ q: Number(first), range: [Number(firstRest), Number(lastRest)] });
      continue;
    }
    if (begins > first)
      edges.push({ q: Number(first), range: [Number(firstRest), Number(size) - 1] });
    if (ends < last) edges.push({ q: Number(last), range: [0, Number(lastRest)] });
  }
  const box = (q: ValueSet, r: ValueSet | undefined): Sets => {
    const sparse: ValueSet[] = [];
    sparse[high] = q;
    if (r !== undefined) sparse[low] = r;
    return sparse;
  };
  const boxes = [
    ...(full.length === 0 ? [] : [box(full, undefined)]),
    ...edges.map(({ q, range }) => box([[q, q]], [range])),
  ];
  return { node, boxes };
}

/** `size · q + r + offset` with 0 <= r < size and q >= 0; q and r variables. */
function twoDigits(
  node: IntNode,
  sets: Sets,
):
  | { readonly high: number; readonly low: number; readonly size: bigint; readonly offset: bigint }
  | undefined {
  const linear = toLinear(node);
  if (linear === undefined || linear.terms.length !== 2) return undefined;
  const [first, second] = linear.terms;
  const [above, below] = first.factor > second.factor ? [first, second] : [second, first];
  if (below.factor !== 1n || above.node.kind !== 'var' || below.node.kind !== 'var')
    return undefined;
  const r = sets[below.node.index];
  const q = sets[above.node.index];
  if (r.length === 0 || q.length === 0) return undefined;
  if (r[0][0] < 0 || r[r.length - 1][1] >= above.factor || q[0][0] < 0) return undefined;
  return {
    high: above.node.index,
    low: below.node.index,
    size: above.factor,
    offset: linear.constant,
  };
}
