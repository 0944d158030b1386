/**
 * Sets of tuple indices as records write them: pairs (first index, count of indices), ascending and not touching
 * (`src/record/coverage-record`). Most sets are a few long runs.
 */

/** Adds an index above all that are there. */
export function addIndex(runs: number[], index: number): void {
  const last = runs.length - 2;
  if (last >= 0 && runs[last] + runs[last + 1] === index) runs[last + 1]++;
  else runs.push(index, 1);
}

/** Pairs of the indices whose flag has a value. */
export function runsOf(flags: Uint8Array, value: 0 | 1): readonly number[] {
  const runs: number[] = [];
  for (let index = 0; index < flags.length; index++) {
    if (flags[index] === value) addIndex(runs, index);
  }
  return runs;
}

/** Whether indices are in a set, as a predicate that is asked with ascending indices only. */
export function runsWalker(runs: readonly number[]): (index: number) => boolean {
  let at = 0;
  return (index) => {
    while (at < runs.length && runs[at] + runs[at + 1] <= index) at += 2;
    return at < runs.length && runs[at] <= index;
  };
}

/** How many indices a set has. */
export function runsSize(runs: readonly number[]): number {
  let size = 0;
  for (let at = 1; at < runs.length; at += 2) size += runs[at];
  return size;
}
