/**
 * Simplifying what asks for digits of a number: remainders, quotients, bits and masks by constants (semantics §2). All of them become
 * remainders and quotients, and those of sums fall apart into their terms:
 *
 *     (4a) % 4096              4 · (a % 1024)
 *     (1024q + r) % 1024       r                where 0 <= r < 1024
 *     (1024q + r) / 1024       q
 *     x & 0xfff                x % 4096         where x >= 0
 *
 * Every rule keeps the value of the expression for all values of the variables, and applies only where the bounds allow it.
 */
import { varsOf, type BoolNode, type IntNode } from './expression.ts';
import { boundsOf, type Sets } from './interval.ts';
import {
  ceilDivide,
  constantOf,
  floorDivide,
  fromLinear,
  gcdOf,
  toLinear,
  type Linear,
  type Term,
} from './linear.ts';
import { bigMembership, integer, rewriteBool } from './rewrite.ts';
import { limitOfQuotient, wideMember } from './wide-member.ts';

/** Simplifies all expressions in a constraint; the same object when nothing changes. */
export function simplifyBool(node: BoolNode, sets: Sets): BoolNode {
  switch (node.kind) {
    case 'eq':
    case 'lt':
    case 'le': {
      const a = simplifyInt(node.a, sets);
      const b = simplifyInt(node.b, sets);
      const simpler = a === node.a && b === node.b ? node : rewriteBool({ ...node, a, b }, {});
      return simplerMember(limitOfQuotient(simpler, sets) ?? simpler, sets);
    }
    case 'in':
    case 'inBig': {
      const a = simplifyInt(node.a, sets);
      return simplerMember(a === node.a ? node : rewriteBool({ ...node, a }, {}), sets);
    }
    case 'dist': {
      const a = simplifyInt(node.a, sets);
      return a === node.a ? node : rewriteBool({ ...node, a }, {});
    }
    case 'not': {
      const part = simplifyBool(node.part, sets);
      return part === node.part ? node : rewriteBool({ kind: 'not', part }, {});
    }
    case 'all':
    case 'any': {
      const parts = node.parts.map((part) => simplifyBool(part, sets));
      const isSame = parts.every((part, i) => part === node.parts[i]);
      return isSame ? node : rewriteBool({ kind: node.kind, parts }, {});
    }
    default:
      return node;
  }
}

function simplerMember(node: BoolNode, sets: Sets): BoolNode {
  if (node.kind !== 'in' && node.kind !== 'inBig') return node;
  const direct = wideMember(node, sets, flooredRemainder);
  return direct === undefined ? alignedMember(node, sets) : simplifyBool(direct, sets);
}

/** The remainder, from 0 to m - 1, of a number of any sign. */
function flooredRemainder(a: IntNode, m: bigint, sets: Sets): IntNode {
  const { low } = boundsOf(a, sets);
  // A multiple of m far above what rounded bounds can miss.
  const up = Number.isFinite(low) ? ((2n * BigInt(Math.ceil(Math.abs(low)))) / m + 1n) * m : 0n;
  return remainder({ kind: 'add', a, b: integer(up) }, m, sets);
}

function simplifyInt(node: IntNode, sets: Sets): IntNode {
  switch (node.kind) {
    case 'const':
    case 'big':
    case 'var':
    case 'state':
      return node;
    case 'bits': {
      const a = simplifyInt(node.a, sets);
      if (!isNatural(a, sets)) return a === node.a ? node : { ...node, a };
      const shifted = quotient(a, 1n << BigInt(node.low), sets);
      return remainder(shifted, 1n << BigInt(node.high - node.low + 1), sets);
    }
    default: {
      const a = simplifyInt(node.a, sets);
      const b = simplifyInt(node.b, sets);
      const by = constantOf(b);
      if (by !== undefined && by > 0n && isNatural(a, sets)) {
        if (node.kind === 'mod') return remainder(a, by, sets);
        if (node.kind === 'div') return quotient(a, by, sets);
        if (node.kind === 'shr' && by <= 64n) return quotient(a, 1n << by, sets);
        if (node.kind === 'and') return masked(a, by, sets) ?? { kind: 'and', a, b };
      }
      return a === node.a && b === node.b ? node : { kind: node.kind, a, b };
    }
  }
}

function isNatural(node: IntNode, sets: Sets): boolean {
  return boundsOf(node, sets).low >= 0;
}

/** `a % m` of a natural number. */
function remainder(a: IntNode, m: bigint, sets: Sets): IntNode {
  const whole: IntNode = { kind: 'mod', a, b: integer(m) };
  if (m === 1n) return integer(0n);
  const linear = toLinear(a);
  if (linear === undefined) return whole;
  const rest = withoutMultiples(linear, m, sets);
  if (rest === undefined) return isBelow(a, m, sets) ? a : whole;
  const small = fromLinear(rest);
  if (isBelow(small, m, sets)) return small;
  const { above, below } = separated(rest, m, sets);
  if (above === undefined) return { kind: 'mod', a: small, b: integer(m) };
  const { unit, part } = above;
  const inner = remainder(fromLinear(part), m / unit, sets);
  const high: IntNode = { kind: 'mul', a: inner, b: integer(unit) };
  return isZero(below) ? high : { kind: 'add', a: high, b: fromLinear(below) };
}

/** `floor(a / m)` of a natural number. */
function quotient(a: IntNode, m: bigint, sets: Sets): IntNode {
  const whole: IntNode = { kind: 'div', a, b: integer(m) };
  if (m === 1n) return a;
  if (isBelow(a, m, sets)) return integer(0n);
  const linear = toLinear(a);
  if (linear === undefined) return whole;
  const above = linear.terms.filter(({ factor }) => factor % m === 0n);
  const high = fromLinear({
    terms: above.map(({ node, factor }) => ({ node, factor: factor / m })),
    constant: 0n,
  });
  const below = {
    terms: linear.terms.filter(({ factor }) => factor % m !== 0n),
    constant: linear.constant,
  };
  if (above.length > 0 && isWithin(below, m, sets)) return high;
  if (above.length > 0 && isNatural(fromLinear(below), sets) && isNatural(high, sets)) {
    return { kind: 'add', a: high, b: quotient(fromLinear(below), m, sets) };
  }
  const apart = separated(linear, m, sets);
  if (apart.above === undefined) return whole;
  return quotient(fromLinear(apart.above.part), m / apart.above.unit, sets);
}

/** Masks of consecutive bits that begin at the lowest one, or end at the highest that there is. */
function masked(a: IntNode, mask: bigint, sets: Sets): IntNode | undefined {
  if ((mask & (mask + 1n)) === 0n) return remainder(a, mask + 1n, sets);
  const unit = mask & -mask;
  const isUpper = ((mask + unit) & mask) === 0n && isBelow(a, mask + unit, sets);
  return isUpper ? { kind: 'sub', a, b: remainder(a, unit, sets) } : undefined;
}

/** Factors reduced modulo m; undefined when a part could become negative without limit, which a remainder must not see. */
function withoutMultiples({ terms, constant }: Linear, m: bigint, sets: Sets): Linear | undefined {
  const reduced: Term[] = [];
  let least = 0n;
  for (const { node, factor } of terms) {
    const left = ((factor % m) + m) % m;
    if (left === 0n && isNatural(node, sets)) continue;
    const { low } = boundsOf(node, sets);
    if (!Number.isSafeInteger(low) && !(low >= 0)) return undefined;
    if (left === 0n) continue;
    if (low < 0) least += left * BigInt(low);
    reduced.push({ node, factor: left });
  }
  const up = ceilDivide(-least, m) * m;
  return { terms: reduced, constant: (((constant % m) + m) % m) + up };
}

interface Separated {
  /** What is a multiple of `unit`, divided by it; undefined: nothing can be taken apart. */
  readonly above: { readonly unit: bigint; readonly part: Linear } | undefined;
  /** The rest, in 0..unit-1. */
  readonly below: Linear;
}

/** Takes a sum apart at a divisor of m above 1: multiples of it, and what stays below it. */
function separated(linear: Linear, m: bigint, sets: Sets): Separated {
  const units = [...new Set(linear.terms.map(({ factor }) => gcdOf(factor, m)))]
    .filter((unit) => unit > 1n)
    .sort((a, b) => (a > b ? -1 : a < b ? 1 : 0));
  for (const unit of units) {
    const isAbove = ({ factor }: Term): boolean => factor % unit === 0n;
    const low = linear.constant % unit;
    const below = { terms: linear.terms.filter((term) => !isAbove(term)), constant: low };
    const part: Linear = {
      terms: linear.terms
        .filter(isAbove)
        .map(({ node, factor }) => ({ node, factor: factor / unit })),
      constant: (linear.constant - low) / unit,
    };
    if (!isWithin(below, unit, sets) || !isNatural(fromLinear(part), sets)) continue;
    return { above: { unit, part }, below };
  }
  return { above: undefined, below: linear };
}

function isWithin(linear: Linear, below: bigint, sets: Sets): boolean {
  const node = fromLinear(linear);
  return isNatural(node, sets) && isBelow(node, below, sets);
}

/** Bounds above 2^53 are rounded, and no proof. */
function isBelow(node: IntNode, limit: bigint, sets: Sets): boolean {
  const { high } = boundsOf(node, sets);
  return high <= Number.MAX_SAFE_INTEGER && high < limit;
}

function isZero({ terms, constant }: Linear): boolean {
  return terms.length === 0 && constant === 0n;
}

/** `k·q + r in ranges`, where every range begins and ends where r does: a matter of q alone. */
function alignedMember(
  node: Extract<BoolNode, { readonly kind: 'in' | 'inBig' }>,
  sets: Sets,
): BoolNode {
  const linear = node.a.kind === 'var' ? undefined : toLinear(node.a);
  if (linear === undefined) return node;
  const unit = linear.terms.reduce((most, { factor }) => (factor > most ? factor : most), 1n);
  if (unit === 1n) return node;
  const low = ((linear.constant % unit) + unit) % unit;
  const below = { terms: linear.terms.filter(({ factor }) => factor % unit !== 0n), constant: low };
  if (!isWithin(below, unit, sets)) return node;
  const { low: least, high: most } = boundsOf(fromLinear(below), sets);
  const aligned: [bigint, bigint][] = [];
  for (const [from, to] of node.ranges) {
    const [first, last] = [floorDivide(BigInt(from), unit), floorDivide(BigInt(to), unit)];
    if (BigInt(from) - first * unit > least || BigInt(to) - last * unit < most) {
      // Where no value of the rest lies in between, the edge may be anywhere between two multiples.
      if (!isZeroWidth(least, most)) return node;
    }
    const start = BigInt(from) - first * unit > least ? first + 1n : first;
    const end = BigInt(to) - last * unit < most ? last - 1n : last;
    if (start <= end) aligned.push([start, end]);
  }
  const above: Linear = {
    terms: linear.terms
      .filter(({ factor }) => factor % unit === 0n)
      .map((term) => ({ node: term.node, factor: term.factor / unit })),
    constant: (linear.constant - low) / unit,
  };
  return bigMembership(fromLinear(above), aligned);
}

/**
 * A constraint without the variables that cancel out in it: `5 - a - (3 - a) <= b` is `2 <= b`. Where one variable was put in the place of
 * another, what was said of the two may speak of neither. The same object when nothing cancels.
 */
export function cancelBool(node: BoolNode): BoolNode {
  switch (node.kind) {
    case 'eq':
    case 'lt':
    case 'le': {
      const linear = cancelled({ kind: 'sub', a: node.a, b: node.b });
      return linear === undefined
        ? node
        : rewriteBool({ kind: node.kind, a: linear, b: integer(0n) }, {});
    }
    case 'in':
    case 'inBig':
    case 'dist': {
      const a = cancelled(node.a);
      return a === undefined ? node : rewriteBool({ ...node, a }, {});
    }
    case 'not': {
      const part = cancelBool(node.part);
      return part === node.part ? node : rewriteBool({ kind: 'not', part }, {});
    }
    case 'all':
    case 'any': {
      const parts = node.parts.map((part) => cancelBool(part));
      const isSame = parts.every((part, i) => part === node.parts[i]);
      return isSame ? node : rewriteBool({ kind: node.kind, parts }, {});
    }
    default:
      return node;
  }
}

/** Undefined: every variable stays. */
function cancelled(node: IntNode): IntNode | undefined {
  const linear = isPlainSum(node) ? toLinear(node) : undefined;
  if (linear === undefined) return undefined;
  const left = fromLinear(linear);
  return varsOf(left).length < varsOf(node).length ? left : undefined;
}

/** Whether it is made of variables alone; what divides by zero must not cancel out. */
function isPlainSum(node: IntNode): boolean {
  switch (node.kind) {
    case 'const':
    case 'big':
    case 'var':
      return true;
    case 'add':
    case 'sub':
    case 'mul':
      return isPlainSum(node.a) && isPlainSum(node.b);
    default:
      return false;
  }
}

function isZeroWidth(low: number, high: number): boolean {
  return low === high;
}
