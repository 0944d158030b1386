/**
 * The smallest set that meets every one of some sets (a hitting set), exactly, where that is small enough (see `rank.ts`).
 *
 * Sets that contain another, and elements that meet no more sets than another, are left out until nothing changes; what is
 * then left is searched with a bound: the sets that have no element in common each want one of their own.
 */

export const SEARCH_LIMITS = {
  /** Elements of all sets together: about a second of comparing. */
  entriesMax: 250_000,
  /** Different elements, and different sets, that are compared with each other. */
  comparedMax: 1500,
  /** Elements that are searched; a bit of an integer each. */
  elementsMax: 30,
  /** Steps of the search. */
  stepsMax: 200_000,
} as const;

/**
 * @param sets what each must be met by; undefined where more than one element is needed.
 * @returns elements, ascending; undefined when it is not found within the limits.
 */
export function smallestCover(
  sets: readonly (readonly number[] | undefined)[],
): readonly number[] | undefined {
  const known: (readonly number[])[] = [];
  for (const set of sets) {
    if (set === undefined) return undefined;
    known.push(set);
  }
  const forced: number[] = [];
  if (sizeOf(known) > SEARCH_LIMITS.entriesMax) return undefined;
  let left = distinct(known);
  for (;;) {
    if (left.length === 0) return forced.sort((a, b) => a - b);
    if (left.length > SEARCH_LIMITS.comparedMax) return undefined;
    const before = sizeOf(left);
    left = withoutSupersets(left);
    const reduced = withoutDominated(left);
    if (reduced === undefined) return undefined;
    left = distinct(reduced);
    const single = left.filter((set) => set.length === 1).map(([element]) => element);
    forced.push(...new Set(single));
    left = left.filter((set) => !set.some((element) => single.includes(element)));
    if (sizeOf(left) === before) break;
  }
  const found = search(left);
  return found === undefined ? undefined : [...forced, ...found].sort((a, b) => a - b);
}

function sizeOf(sets: readonly (readonly number[])[]): number {
  return sets.reduce((sum, set) => sum + set.length + 1, 0);
}

function distinct(sets: readonly (readonly number[])[]): readonly (readonly number[])[] {
  return [...new Map(sets.map((set) => [set.join(','), set])).values()];
}

/** Who meets the smaller set meets the larger one. */
function withoutSupersets(sets: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const bySize = [...sets].sort((a, b) => a.length - b.length);
  const kept: ReadonlySet<number>[] = [];
  for (const set of bySize) {
    const own = new Set(set);
    if (!kept.some((smaller) => isSubset(smaller, own))) kept.push(own);
  }
  return kept.map((set) => [...set]);
}

/** Leaves out elements whose sets another element has, too; the first of equals stays. */
function withoutDominated(
  sets: readonly (readonly number[])[],
): readonly (readonly number[])[] | undefined {
  const setsOf = new Map<number, Set<number>>();
  sets.forEach((set, index) => {
    for (const element of set) setsOf.set(element, (setsOf.get(element) ?? new Set()).add(index));
  });
  // Elements that meet the same sets are one; that leaves few.
  const byKey = new Map<string, number>();
  for (const [element, own] of [...setsOf].sort(([a], [b]) => a - b)) {
    const key = [...own].join(',');
    if (!byKey.has(key)) byKey.set(key, element);
  }
  const elements = [...byKey.values()];
  if (elements.length > SEARCH_LIMITS.comparedMax) return undefined;
  const of = (element: number): ReadonlySet<number> => setsOf.get(element) ?? new Set();
  const kept = new Set(
    elements.filter((element) => {
      return !elements.some((other) => {
        return of(other).size > of(element).size && isSubset(of(element), of(other));
      });
    }),
  );
  return sets.map((set) => set.filter((element) => kept.has(element)));
}

function isSubset(small: ReadonlySet<number>, large: ReadonlySet<number>): boolean {
  if (small.size > large.size) return false;
  for (const one of small) if (!large.has(one)) return false;
  return true;
}

/** Tries the elements of the smallest set that is not met yet, one after the other. */
function search(sets: readonly (readonly number[])[]): readonly number[] | undefined {
  const elements = [...new Set(sets.flat())].sort((a, b) => a - b);
  if (elements.length > SEARCH_LIMITS.elementsMax) return undefined;
  const bitOf = new Map(elements.map((element, bit) => [element, 1 << bit]));
  const masks = sets.map((set) => set.reduce((mask, one) => mask | (bitOf.get(one) ?? 0), 0));
  const state = { best: (1 << elements.length) - 1, bestSize: elements.length + 1, steps: 0 };
  const visit = (taken: number, size: number): boolean => {
    if (++state.steps > SEARCH_LIMITS.stepsMax) return false;
    const open = masks.filter((mask) => (mask & taken) === 0);
    if (open.length === 0) {
      if (size < state.bestSize) Object.assign(state, { best: taken, bestSize: size });
      return true;
    }
    if (size + disjointCount(open) >= state.bestSize) return true;
    const next = open.reduce((a, b) => (bitCount(b) < bitCount(a) ? b : a));
    for (let rest = next; rest !== 0; rest &= rest - 1) {
      if (!visit(taken | (rest & -rest), size + 1)) return false;
    }
    return true;
  };
  if (!visit(0, 0)) return undefined;
  return elements.filter((_, bit) => (state.best & (1 << bit)) !== 0);
}

function disjointCount(masks: readonly number[]): number {
  let used = 0;
  let count = 0;
  for (const mask of masks) {
    if ((mask & used) !== 0) continue;
    used |= mask;
    count++;
  }
  return count;
}

function bitCount(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}
