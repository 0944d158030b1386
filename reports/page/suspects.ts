// What runs that broke a rule have in common: values of their configuration that are frequent among them and rare among the
// runs that passed. A hint and no proof: two columns that are drawn together look alike. Source: design decision 9 (swarm).
import { extent, hasValue, rangeText } from './column-values.ts';
import type { Column, Run } from './unpack.ts';

/** Numbers with more different values than this are looked at as a range. */
const VALUES_MAX = 12;
const SUSPECTS_MAX = 8;
/** Shares must differ by so much to be worth a line. */
const DIFFERENCE_MIN = 0.1;
/** The same, where not all of the failing runs have it. */
const PARTIAL_DIFFERENCE_MIN = 0.25;
/** What fewer of the failing runs have explains too little. */
const SHARE_MIN = 0.5;

export interface Suspect {
  readonly column: string;
  /** As a filter has it: a value, or `low..high`. */
  readonly value: string;
  /** How many of the failing and of the passing runs have it. */
  readonly failing: number;
  readonly passing: number;
}

/** What all the failing runs have comes first, then the most telling. */
export function suspectsOf(
  columns: readonly Column[],
  failing: readonly Run[],
  passing: readonly Run[],
): Suspect[] {
  if (failing.length === 0 || passing.length === 0) return [];
  const found = columns.flatMap((column) => {
    const suspects = candidates(column, failing).map((value): Suspect => {
      const has = (run: Run): boolean => hasValue(column, run, value);
      return {
        column: column.name,
        value,
        failing: failing.filter(has).length,
        passing: passing.filter(has).length,
      };
    });
    return suspects;
  });
  const score = ({ failing: f, passing: p }: Suspect): number =>
    f / failing.length - p / passing.length;
  const isOfAll = (one: Suspect): boolean => one.failing === failing.length;
  return found
    .filter(
      (one) =>
        one.failing / failing.length >= SHARE_MIN &&
        score(one) >= (isOfAll(one) ? DIFFERENCE_MIN : PARTIAL_DIFFERENCE_MIN),
    )
    .sort((a, b) => Number(isOfAll(b)) - Number(isOfAll(a)) || score(b) - score(a))
    .slice(0, SUSPECTS_MAX);
}

/** The values of the failing runs, or their range. */
function candidates(column: Column, failing: readonly Run[]): string[] {
  const values = [...new Set(failing.map(({ index }) => column.values[index]))];
  const present = values.filter((value) => value !== null);
  if (present.length <= VALUES_MAX && new Set(column.values).size <= 2 * VALUES_MAX) {
    return present.map(String);
  }
  const numbers = present.filter((value) => typeof value === 'number');
  if (numbers.length === 0 || numbers.length < present.length) return [];
  return [rangeText(...extent(numbers))];
}
