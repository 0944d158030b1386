/**
 * The values of a bin as records write them (`src/record/coverage-record`): `0..15,20`, `"add","sub"`, `(0=>1..3)`. Written
 * when bins are compiled, read again only where a report needs true ranges (UCIS).
 */
import type { Sequence, SequenceStep } from './bin-drafts.ts';
import type { Range } from './bins.ts';
import type { Matcher } from './value-classes.ts';

/** What is left of the values of a bin when those of others are taken out, ascending. */
export function withoutValues(values: Matcher, removed: readonly Matcher[]): Matcher {
  const gone = new Set(removed.flatMap((other) => other.scalars));
  const cuts = removed.flatMap((other) => other.ranges);
  return {
    ranges: united(values.ranges).flatMap((range) => rest(range, cuts)),
    scalars: [...new Set(values.scalars)].filter((scalar) => !gone.has(scalar)),
  };
}

/** `0..15,20` or `"add"`: ranges ascending and joined where they touch, then labels in their order. */
export function valuesText({ ranges, scalars }: Matcher): string {
  const numbers = united(ranges).map(([low, high]) =>
    low === high ? `${low}` : `${low}..${high}`,
  );
  return [...numbers, ...new Set(scalars.map((scalar) => JSON.stringify(scalar)))].join(',');
}

/** `(0=>1..3[*2])`: one list of values per step, with the repeats of IEEE 1800-2023 §19.5.2. */
export function stepsText(steps: Sequence): string {
  const texts = steps.map((step) => `${valuesText(step.of)}${repeatText(step)}`);
  return `(${texts.join('=>')})`;
}

const REPEAT_SIGNS = { consecutive: '*', goto: '->', nonconsecutive: '=' } as const;

function repeatText({ how, min, max }: SequenceStep): string {
  if (how === 'consecutive' && min === 1 && max === 1) return '';
  return `[${REPEAT_SIGNS[how]}${min === max ? `${min}` : `${min}..${max}`}]`;
}

/** Ranges in ascending order, joined where they overlap or touch. */
export function united(ranges: readonly Range[]): readonly Range[] {
  const result: [low: number, high: number][] = [];
  for (const [low, high] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last !== undefined && low <= last[1] + 1) last[1] = Math.max(last[1], high);
    else result.push([low, high]);
  }
  return result;
}

/** The parts of a range that no cut covers. */
function rest([low, high]: Range, cuts: readonly Range[]): readonly Range[] {
  const parts: Range[] = [];
  let next = low;
  const covering = cuts.filter(([from, to]) => from <= high && to >= low);
  for (const [from, to] of covering.sort((a, b) => a[0] - b[0])) {
    if (from > next) parts.push([next, from - 1]);
    next = Math.max(next, to + 1);
  }
  if (next <= high) parts.push([next, high]);
  return parts;
}
