/**
 * From a sampled value to its class (see `bin-table.ts`), as data: whoever samples spells the look-up out, so that nothing
 * is called per sample.
 *
 *     numbers, span up to 65536   classes[value - low]
 *     numbers, wider              the last cut that is not above the value, by binary search
 *     others                      Map
 */
import type { Sampled } from './bins.ts';

/** Classes of integers. What is no integer, or outside, is in class 0. */
export type NumberClasses =
  /** No bin names a number. */
  | { readonly kind: 'none' }
  /** Class of `low + i` at index i. */
  | { readonly kind: 'table'; readonly low: number; readonly classes: ClassList }
  /** Class of the values from `cuts[i]` up to the next cut, which is not included; the last one has no end and is class 0. */
  | { readonly kind: 'search'; readonly cuts: Float64Array; readonly classes: ClassList };

/** As narrow as the number of classes permits. */
export type ClassList = Uint16Array | Uint32Array;

/** Classes of texts and booleans; what is not there is in class 0. */
export type ScalarClasses = ReadonlyMap<unknown, number>;

/** Values that some bins or steps name: numbers as closed ranges, the rest as they are. */
export interface Matcher {
  readonly ranges: readonly (readonly [low: number, high: number])[];
  readonly scalars: readonly Sampled[];
}

/** Width of the values looked up in an array, in entries. */
const TABLE_ENTRIES_MAX = 65_536;

/** @param classFor the class of the values that exactly these matchers, by ascending index, have. */
export function numberClasses(
  matchers: readonly Matcher[],
  classFor: (members: readonly number[]) => number,
): NumberClasses {
  const ends = matchers.flatMap(({ ranges }) => ranges.flatMap(([low, high]) => [low, high + 1]));
  const cuts = Float64Array.from(new Set(ends)).sort();
  if (cuts.length === 0) return { kind: 'none' };
  const membersOf: number[][] = Array.from(cuts, () => []);
  matchers.forEach(({ ranges }, m) => {
    for (const [low, high] of ranges) {
      for (let i = cutAt(cuts, low); i < cuts.length && cuts[i] <= high; i++) {
        if (!membersOf[i].includes(m)) membersOf[i].push(m);
      }
    }
  });
  const byCut = membersOf.map(classFor);
  const low = cuts[0];
  const count = cuts[cuts.length - 1] - low;
  if (count > TABLE_ENTRIES_MAX) return { kind: 'search', cuts, classes: classList(byCut, byCut) };
  const classes = classList(byCut, count);
  for (let i = 0; i + 1 < cuts.length; i++) {
    classes.fill(byCut[i], cuts[i] - low, cuts[i + 1] - low);
  }
  return { kind: 'table', low, classes };
}

/** As `numberClasses`, for what is no number. */
export function scalarClasses(
  matchers: readonly Matcher[],
  classFor: (members: readonly number[]) => number,
): ScalarClasses {
  const membersOf = new Map<Sampled, number[]>();
  matchers.forEach(({ scalars }, m) => {
    for (const scalar of scalars) {
      const members = membersOf.get(scalar) ?? [];
      if (!members.includes(m)) members.push(m);
      membersOf.set(scalar, members);
    }
  });
  return new Map([...membersOf].map(([scalar, members]) => [scalar, classFor(members)]));
}

/** The class of a number that is looked up by search. */
export function searchedClass(cuts: Float64Array, classes: ClassList, value: number): number {
  return Number.isInteger(value) && value >= cuts[0] ? classes[cutAt(cuts, value)] : 0;
}

/** Index of the last cut that is not above the value; the value is not below the first. */
function cutAt(cuts: Float64Array, value: number): number {
  let low = 0;
  let high = cuts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (cuts[middle] <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** A list that holds all classes: of as many entries, or with these. */
function classList(all: readonly number[], content: number | readonly number[]): ClassList {
  const isNarrow = all.every((one) => one <= 0xffff);
  if (typeof content === 'number') {
    return isNarrow ? new Uint16Array(content) : new Uint32Array(content);
  }
  return isNarrow ? Uint16Array.from(content) : Uint32Array.from(content);
}
