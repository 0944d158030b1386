/**
 * The values that remain in each bin of a coverpoint when ignored and illegal ones are gone; of a transition, those that can
 * complete it. For selections, records and intelligent coverage; nothing of this happens while sampling.
 */
import type { BinTable } from './bin-table.ts';
import { united } from './bin-values.ts';
import type { Range, Sampled } from './bins.ts';
import type { Matcher } from './value-classes.ts';

/** By class: its values; of class 0 those that no bin names, which are not listed. */
export function classContents({ numbers, scalars, binsOf }: BinTable): readonly Matcher[] {
  const ranges: Range[][] = binsOf.map(() => []);
  const labels: Sampled[][] = binsOf.map(() => []);
  if (numbers.kind === 'table') {
    const { classes, low } = numbers;
    for (let from = 0; from < classes.length;) {
      let to = from + 1;
      while (to < classes.length && classes[to] === classes[from]) to++;
      ranges[classes[from]].push([low + from, low + to - 1]);
      from = to;
    }
  } else if (numbers.kind === 'search') {
    const { classes, cuts } = numbers;
    for (let i = 0; i + 1 < cuts.length; i++) ranges[classes[i]].push([cuts[i], cuts[i + 1] - 1]);
  }
  for (const [label, own] of scalars) labels[own].push(label as Sampled);
  return ranges.map((own, one) => {
    return one === 0 ? NOTHING : { ranges: own, scalars: labels[one] };
  });
}

const NOTHING: Matcher = { ranges: [], scalars: [] };

/** By countable bin: its values, in ascending order. */
export function binContents(table: BinTable): readonly Matcher[] {
  const known = CONTENTS.get(table);
  if (known !== undefined) return known;
  const ofClass = classContents(table);
  const classes: number[][] = table.names.map(() => []);
  table.binsOf.forEach((bins, one) => {
    for (const bin of bins) classes[bin].push(one);
  });
  table.automata.forEach((automaton, bin) => {
    automaton?.labels.forEach((label, state) => {
      if (!automaton.accepts[state]) return;
      label.forEach((isIn, one) => {
        if (isIn === 1 && !classes[bin].includes(one)) classes[bin].push(one);
      });
    });
  });
  const contents = classes.map((own) => joined(own.map((one) => ofClass[one])));
  CONTENTS.set(table, contents);
  return contents;
}

/** By table: what it holds is a function of the table alone. */
const CONTENTS = new WeakMap<BinTable, readonly Matcher[]>();

/** All values of several classes, neighbours in one range. */
export function joined(parts: readonly Matcher[]): Matcher {
  const ranges = united(parts.flatMap((part) => part.ranges));
  return { ranges, scalars: parts.flatMap(({ scalars }) => scalars) };
}
