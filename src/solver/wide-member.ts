/**
 * Quotients and remainders by constants of numbers beyond 53 bits, where they are to be in ranges: said of the number itself, so that
 * no division is left for a diagram. Signs are those of SystemVerilog: quotients truncate, remainders have the sign of the number.
 *
 *     x / 1000 in -7..7               x in -7999..7999
 *     x >> 4 in -1..2                 x in -16..47
 *     x % 7 == -3                     x <= -1 and floored remainder of x == 4
 *     x % 7 == 0                      floored remainder of x == 0
 */
import type { BigRange } from './domain.ts';
import type { BoolNode, IntNode } from './expression.ts';
import { boundsOf, type Sets } from './interval.ts';
import { intersectBig } from './linear-form.ts';
import { constantOf, toLinear } from './linear.ts';
import { bigMembership, junction } from './rewrite.ts';
import { isWide } from './wide.ts';

type Member = Extract<BoolNode, { readonly kind: 'in' | 'inBig' }>;
/** The remainder from 0 on of a number of any sign. */
type Remainder = (a: IntNode, m: bigint, sets: Sets) => IntNode;

const SHIFT_MAX = 64n;

/** The same constraint without a division; undefined: nothing is divided, or small numbers are. */
export function wideMember(node: Member, sets: Sets, remainder: Remainder): BoolNode | undefined {
  const divided = dividedIn(node.a, sets);
  if (divided === undefined) return undefined;
  const { a, by, kind } = divided;
  const ranges = node.ranges.map(([low, high]) => [BigInt(low), BigInt(high)] as const);
  if (kind === 'mod') return remainderIn(a, by < 0n ? -by : by, { ranges, sets, remainder });
  const bounds = wideBounds(a, sets);
  if (bounds === undefined) return undefined;
  const direct = by > 0n ? ranges : ranges.map(([low, high]): BigRange => [-high, -low]).reverse();
  const size = kind === 'shr' ? 1n << by : by < 0n ? -by : by;
  const own = direct.map(([low, high]): BigRange => {
    // Around 0, a truncated quotient stands for numbers of both signs.
    const isFloor = kind === 'shr';
    const from = isFloor || low > 0n ? low * size : (low - 1n) * size + 1n;
    const to = isFloor || high >= 0n ? (high + 1n) * size - 1n : high * size;
    return [from, to];
  });
  return bigMembership(a, intersectBig(own, [bounds]));
}

/** A comparison of a wide quotient or remainder with a constant, as membership. */
export function limitOfQuotient(node: BoolNode, sets: Sets): BoolNode | undefined {
  if (node.kind !== 'le' && node.kind !== 'lt') return undefined;
  const strict = node.kind === 'lt' ? 1n : 0n;
  const [low, high] = [constantOf(node.a), constantOf(node.b)];
  const of = low === undefined ? node.a : node.b;
  const bounds = dividedIn(of, sets) === undefined ? undefined : wideBounds(of, sets);
  if (bounds === undefined || (low === undefined && high === undefined)) return undefined;
  const range: BigRange =
    low === undefined ? [bounds[0], (high ?? 0n) - strict] : [low + strict, bounds[1]];
  return bigMembership(of, range[0] <= range[1] ? [range] : []);
}

interface DividedNumber {
  readonly kind: 'div' | 'mod' | 'shr';
  readonly a: IntNode;
  /** Not 0; of a shift, the places. */
  readonly by: bigint;
}

function dividedIn(node: IntNode, sets: Sets): DividedNumber | undefined {
  if (node.kind !== 'div' && node.kind !== 'mod' && node.kind !== 'shr') return undefined;
  const by = constantOf(node.b);
  if (by === undefined || by === 0n || !isWide(node.a, sets)) return undefined;
  if (node.kind === 'shr' && (by < 0n || by > SHIFT_MAX)) return undefined;
  // Remainders of natural numbers fall apart into digits.
  if (node.kind === 'mod' && boundsOf(node.a, sets).low >= 0) return undefined;
  // Of products, constraints may yet leave small numbers.
  const isSum = toLinear(node.a)?.terms.every((term) => term.node.kind === 'var') ?? false;
  if (node.kind === 'mod' && !isSum) return undefined;
  return { kind: node.kind, a: node.a, by };
}

function remainderIn(
  a: IntNode,
  m: bigint,
  {
    ranges,
    sets,
    remainder,
  }: {
    readonly ranges: readonly BigRange[];
    readonly sets: Sets;
    readonly remainder: Remainder;
  },
): BoolNode | undefined {
  const bounds = wideBounds(a, sets);
  if (bounds === undefined) return undefined;
  const floored = remainder(a, m, sets);
  const natural = intersectBig(ranges, [[0n, m - 1n]]);
  const negative = intersectBig(ranges, [[1n - m, -1n]]);
  const isZeroIn = natural.some(([low]) => low === 0n);
  const onlyZero = isZeroIn && natural.every(([, high]) => high === 0n);
  if (onlyZero && negative.length === 0) return bigMembership(floored, natural);
  // 0 belongs to numbers of both signs.
  const below = negative.map(([low, high]): BigRange => [low + m, high + m]);
  if (isZeroIn) below.push([0n, 0n]);
  const above = bigMembership(floored, natural);
  return junction('any', [
    junction('all', [bigMembership(a, intersectBig([[0n, bounds[1]]], [bounds])), above]),
    junction('all', [
      bigMembership(a, intersectBig([[bounds[0], -1n]], [bounds])),
      bigMembership(floored, below),
    ]),
  ]);
}

/** Bounds outside of which there is no value; those of doubles are rounded, these are wider. Undefined: there are none. */
function wideBounds(a: IntNode, sets: Sets): BigRange | undefined {
  const { low, high } = boundsOf(a, sets);
  if (!Number.isFinite(low) || !Number.isFinite(high)) return undefined;
  const [least, most] = [BigInt(Math.floor(low)), BigInt(Math.ceil(high))];
  return [least < 0n ? 2n * least : 0n, most > 0n ? 2n * most : 0n];
}
