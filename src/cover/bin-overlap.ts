/**
 * Bins of a coverpoint that overlap (IEEE 1800-2023 §19.7, `detect_overlap`): values in more than one bin, and sequences
 * that complete more than one transition.
 */
import { classContents, joined } from './bin-contents.ts';
import type { BinTable } from './bin-table.ts';
import { textOf } from './bin-lists.ts';
import { isOverlapping } from './transition-automaton.ts';

/** Pairs that are named; of more, the number. */
export const OVERLAPS_SHOWN = 20;
const TEXT_MAX = 60;

/** One sentence per pair of bins, in order of declaration: "bins 'low' and 'mid' overlap in 3..4". */
export function overlapsOf(table: BinTable): readonly string[] {
  const { names } = table;
  const pairs = [...valueOverlaps(table), ...transitionOverlaps(table)];
  const shown = pairs
    .slice(0, OVERLAPS_SHOWN)
    .map(([a, b, what]) => `bins '${names[a]}' and '${names[b]}' overlap in ${what}`);
  const more = pairs.length - shown.length;
  return more > 0 ? [...shown, `and ${more} more pairs of its bins overlap`] : shown;
}

type Pair = readonly [a: number, b: number, what: string];

function valueOverlaps(table: BinTable): readonly Pair[] {
  const classesOf = new Map<string, number[]>();
  table.binsOf.forEach((bins, one) => {
    for (let i = 0; i < bins.length; i++) {
      for (let j = i + 1; j < bins.length; j++) {
        const key = `${bins[i]} ${bins[j]}`;
        const known = classesOf.get(key);
        if (known === undefined) classesOf.set(key, [one]);
        else known.push(one);
      }
    }
  });
  if (classesOf.size === 0) return [];
  const contents = classContents(table);
  return [...classesOf]
    .map(([key, classes]): Pair => {
      const [a, b] = key.split(' ').map(Number);
      return [a, b, shortened(textOf(joined(classes.map((one) => contents[one]))))];
    })
    .sort(byBins);
}

function transitionOverlaps({ automata }: BinTable): readonly Pair[] {
  const pairs: Pair[] = [];
  automata.forEach((first, a) => {
    automata.slice(a + 1).forEach((second, offset) => {
      if (first === undefined || second === undefined || !isOverlapping(first, second)) return;
      pairs.push([a, a + 1 + offset, 'a transition']);
    });
  });
  return pairs;
}

function byBins(one: Pair, other: Pair): number {
  return one[0] - other[0] || one[1] - other[1];
}

function shortened(text: string): string {
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text;
}
