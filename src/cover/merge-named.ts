/**
 * How lists of named things are united, whatever the order or the grouping of merges: in their order when all lists agree on
 * it, else sorted by name; counts add, numbers take the larger, texts the first in the alphabet.
 */
import { assert } from '#base/assert';

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Merges lists of named things name by name. */
export function mergeNamed<I extends { readonly name: string }, O>(
  lists: readonly (readonly I[])[],
  merge: (found: readonly I[]) => O,
): readonly O[] {
  const byName = new Map<string, I[]>();
  for (const list of lists) {
    for (const item of list) {
      const found = byName.get(item.name);
      if (found === undefined) byName.set(item.name, [item]);
      else found.push(item);
    }
  }
  const names = mergedOrder(lists.map((list) => list.map((item) => item.name)));
  return names.map((name) => merge(byName.get(name) ?? []));
}

/** The names of all lists: in their order when all lists are equal, else sorted. */
export function mergedOrder(lists: readonly (readonly string[])[]): readonly string[] {
  const first = lists[0] ?? [];
  const isSame = lists.every(
    (list) =>
      list === first || (list.length === first.length && list.every((n, i) => n === first[i])),
  );
  return isSame ? first : [...new Set(lists.flat())].sort(compareText);
}

/** Names with a count each; undefined where an item has none. */
type Counted = readonly [names: readonly string[], counts: readonly number[]] | undefined;

/** By merged name: the sum over the items. */
export function addCounts<I>(
  names: readonly string[],
  items: readonly I[],
  read: (item: I) => Counted,
): readonly number[] {
  const sums = new Array<number>(names.length).fill(0);
  const indexOf = new Map(names.map((name, index) => [name, index]));
  for (const item of items) {
    const [own, counts] = read(item) ?? [[], []];
    for (let i = 0; i < own.length; i++) {
      const index = own === names ? i : indexOf.get(own[i]);
      assert(index !== undefined, 'a merged list has every name');
      sums[index] += counts[i];
    }
  }
  return sums;
}

/** Names with a text each; undefined where an item has none. */
type Described = readonly [names: readonly string[], texts: readonly string[]] | undefined;

/** By merged name: its text, the first in the alphabet where items disagree; undefined when no item has texts. */
export function mergeTexts<I>(
  names: readonly string[],
  items: readonly I[],
  read: (item: I) => Described,
): readonly string[] | undefined {
  const lists = items.flatMap((item) => read(item) ?? []);
  if (lists.length === 0) return undefined;
  if (isUniform(lists, names)) return lists[1];
  const byName = new Map<string, string>();
  for (let at = 0; at < lists.length; at += 2) {
    lists[at].forEach((name, index) => {
      byName.set(name, firstText(byName.get(name), lists[at + 1][index]) ?? '');
    });
  }
  return names.map((name) => byName.get(name) ?? '');
}

/** Whether all are the same objects, as they are in the records of one process: then there is nothing to unite. */
function isUniform(lists: readonly (readonly string[])[], names: readonly string[]): boolean {
  for (let at = 0; at < lists.length; at += 2) {
    if (lists[at] !== names || lists[at + 1] !== lists[1]) return false;
  }
  return true;
}

/** The first in the alphabet; a text wins over an empty one or none. */
export function firstText(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || a === '') return b ?? a;
  if (b === undefined || b === '') return a;
  return a <= b ? a : b;
}

/** Where each key has the larger number, the first text, true over absent, false over true; undefined of nothing. */
export function mergeOptions<O extends object>(options: readonly (O | undefined)[]): O | undefined {
  const merged: Record<string, unknown> = {};
  for (const one of options) {
    for (const [key, value] of Object.entries(one ?? {})) {
      merged[key] = key in merged ? stronger(merged[key], value) : value;
    }
  }
  const keys = Object.keys(merged).sort(compareText);
  if (keys.length === 0) return undefined;
  return Object.fromEntries(keys.map((key) => [key, merged[key]])) as O;
}

function stronger(a: unknown, b: unknown): unknown {
  if (typeof a === 'number' && typeof b === 'number') return Math.max(a, b);
  if (typeof a === 'string' && typeof b === 'string') return firstText(a, b);
  return a === true && b === true;
}

export function sumOf<I>(items: readonly I[], read: (item: I) => number): number {
  return items.reduce((sum, item) => sum + read(item), 0);
}

export function maxOf<I>(items: readonly I[], read: (item: I) => number): number {
  return items.reduce((max, item) => Math.max(max, read(item)), 0);
}
