/**
 * Shifts are by 0 to 64 places: asked before anything is solved, of the domains as constraints on single variables leave them, so that
 * `y >= 0` in any block is a guard for a shift by y (IEEE 1800 clause 18.5.12).
 */
import { UsageError } from '#base/assert';
import { varsOf, type BoolNode, type IntNode } from './expression.ts';
import { visitExpression } from './expression-visit.ts';
import { boundsOf, intersect, type Sets, type ValueSet } from './interval.ts';
import { conjuncts, rewriteBool } from './rewrite.ts';

interface Named {
  readonly name: string;
  readonly node: BoolNode;
}

/** Most places. */
const PLACES_MAX = 64;

/**
 * @param added the constraints that are new, of all that hold.
 * @returns the sets, where a shift asks for it less what constraints on single variables take away.
 * @throws UsageError `bad-shift` when a shift could be by other than 0..64 places.
 */
export function setsForShifts(sets: Sets, all: readonly Named[], added: readonly Named[]): Sets {
  const open = added.flatMap(({ name, node }) =>
    placesIn(node).flatMap((places) => (isAllowed(places, sets) ? [] : [{ name, places }])),
  );
  if (open.length === 0) return sets;
  const shifted = new Set(open.flatMap(({ places }) => varsOf(places)));
  const narrow = narrowed(sets, all, shifted);
  // Where nothing is left the constraints conflict, which is told as such.
  if (narrow.some((set) => set.length === 0)) return narrow;
  for (const { name, places } of open) {
    if (isAllowed(places, narrow)) continue;
    const { low, high } = boundsOf(places, narrow);
    throw new UsageError(
      'bad-shift',
      `constraint '${name}' shifts by ${low}..${high}, it may be by 0..${PLACES_MAX} places`,
      {
        hint: 'Give the number of places a domain within it, or a constraint of its own: v.y.inside([0, 7]).',
      },
    );
  }
  return narrow;
}

/** Whether a set of constraints, alone, has a shift that is not guarded: taken out of a conflict, a guard is missed. */
export function hasOpenShift(sets: Sets, all: readonly Named[]): boolean {
  const places = all.flatMap(({ node }) => placesIn(node)).filter((one) => !isAllowed(one, sets));
  if (places.length === 0) return false;
  const narrow = narrowed(sets, all, new Set(places.flatMap(varsOf)));
  return narrow.every((set) => set.length > 0) && places.some((one) => !isAllowed(one, narrow));
}

function placesIn(node: BoolNode): readonly IntNode[] {
  const found: IntNode[] = [];
  visitExpression(node, {
    arithmetic: (part) => {
      if (part.kind === 'shl' || part.kind === 'shr') found.push(part.b);
    },
  });
  return found;
}

function isAllowed(places: IntNode, sets: Sets): boolean {
  const { low, high } = boundsOf(places, sets);
  return low >= 0 && high <= PLACES_MAX;
}

function narrowed(sets: Sets, all: readonly Named[], of: ReadonlySet<number>): Sets {
  const narrow = [...sets];
  for (const { node } of all) {
    for (const part of conjuncts(rewriteBool(node, {}))) {
      const left = leftOf(part);
      if (left === undefined || !of.has(left.index)) continue;
      narrow[left.index] = intersect(narrow[left.index], left.set);
    }
  }
  return narrow;
}

/** What a relation of one variable and constants leaves of it. */
function leftOf(node: BoolNode): { readonly index: number; readonly set: ValueSet } | undefined {
  if (node.kind === 'in') {
    return node.a.kind === 'var' ? { index: node.a.index, set: node.ranges } : undefined;
  }
  if (node.kind !== 'lt' && node.kind !== 'le') return undefined;
  const { a, b } = node;
  const beyond = node.kind === 'lt' ? 1 : 0;
  if (a.kind === 'var' && b.kind === 'const') {
    return { index: a.index, set: [[-Infinity, b.value - beyond]] };
  }
  if (a.kind === 'const' && b.kind === 'var') {
    return { index: b.index, set: [[a.value + beyond, Infinity]] };
  }
  return undefined;
}
