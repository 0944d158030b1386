/**
 * What of the models of a database does not match: groups, items and bins that only some models have, bins of one name whose
 * values changed, goals that changed. A pure function of the models, so that it does not depend on the order of merges.
 */
import type { CovergroupRecord, CoverpointRecord, CrossRecord } from '#record/coverage-record';
import { axesOf, tupleCount } from '../merge-cross.ts';
import { runsSize } from '../tuple-runs.ts';
import type { CoverageDatabase } from './database.ts';

export interface Mismatch {
  /** `Type`, `Type/item` or `Type/item/bin`. */
  readonly path: string;
  readonly kind: 'only-in-some' | 'values' | 'at-least' | 'axes' | 'tuples';
  /** What each model says, where it says something: hash of the model and its text; '' when it is only there or not. */
  readonly models: readonly { readonly hash: string; readonly text: string }[];
  /** Models of the type in all. */
  readonly modelCount: number;
}

/** Sorted by path. */
export function findMismatches({ groups }: CoverageDatabase): readonly Mismatch[] {
  const byType = new Map<string, Facts[]>();
  for (const { model } of groups) {
    const facts = { hash: model.hash, facts: factsOf(model.group) };
    byType.set(model.type, [...(byType.get(model.type) ?? []), facts]);
  }
  const found = [...byType.values()].flatMap((models) => {
    return models.length === 1 ? [] : compareModels(models);
  });
  return found.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** One thing that a model says. */
interface Fact {
  readonly kind: 'values' | 'at-least' | 'axes' | 'tuples';
  readonly path: string;
  readonly text: string;
}

interface Facts {
  readonly hash: string;
  readonly facts: readonly Fact[];
}

function factsOf({ type, points, crosses }: CovergroupRecord): readonly Fact[] {
  return [
    ...points.flatMap((point) => pointFacts(`${type}/${point.name}`, point)),
    ...crosses.flatMap((cross) => crossFacts(`${type}/${cross.name}`, cross, points)),
  ];
}

function pointFacts(path: string, point: CoverpointRecord): readonly Fact[] {
  const named = (
    names: readonly string[],
    texts: readonly string[] | undefined,
    word: string,
  ): Fact[] =>
    names.map((name, index) => {
      return { kind: 'values', path: `${path}/${name}`, text: `${word}${texts?.[index] ?? ''}` };
    });
  return [
    { kind: 'at-least', path, text: String(point.atLeast) },
    ...named(point.bins, point.values, ''),
    ...named(point.illegal, point.illegalValues, 'illegal '),
    ...named(point.ignored ?? [], point.ignoredValues, 'ignored '),
  ];
}

/** Tuples by number: their indices mean something only beside the bins of the axes. */
function crossFacts(
  path: string,
  cross: CrossRecord,
  points: readonly CoverpointRecord[],
): readonly Fact[] {
  const automatic = tupleCount(cross, points) - runsSize(cross.excluded);
  return [
    { kind: 'at-least', path, text: String(cross.atLeast) },
    { kind: 'axes', path, text: axesOf(cross) },
    { kind: 'tuples', path, text: `${automatic} tuples` },
    ...cross.bins.map((name, index): Fact => {
      const size = runsSize(cross.binTuples?.[index] ?? []);
      return { kind: 'values', path: `${path}/${name}`, text: `${size} tuples` };
    }),
  ];
}

function compareModels(models: readonly Facts[]): readonly Mismatch[] {
  const byKey = new Map<string, { fact: Fact; said: { hash: string; text: string }[] }>();
  for (const { hash, facts } of models) {
    for (const fact of facts) {
      const key = `${fact.kind} ${fact.path}`;
      const entry = byKey.get(key) ?? { fact, said: [] };
      entry.said.push({ hash, text: fact.text });
      byKey.set(key, entry);
    }
  }
  const missing = [...byKey.values()].filter(({ said }) => said.length < models.length);
  // An item that is missing is said once, not again for each of its bins.
  const missingItems = new Set(missing.filter(isItem).map(({ fact }) => fact.path));
  const found: Mismatch[] = [];
  for (const { fact, said } of byKey.values()) {
    const common = { path: fact.path, modelCount: models.length };
    if (said.length < models.length) {
      const isSaid = fact.kind === 'at-least' || !missingItems.has(itemPathOf(fact.path));
      if (fact.kind === 'axes' || fact.kind === 'tuples' || !isSaid) continue;
      found.push({
        ...common,
        kind: 'only-in-some',
        models: said.map(({ hash }) => ({ hash, text: '' })),
      });
    } else if (said.some(({ text }) => text !== said[0].text)) {
      found.push({ ...common, kind: fact.kind, models: said });
    }
  }
  return found;
}

function isItem({ fact }: { readonly fact: Fact }): boolean {
  return fact.kind === 'at-least';
}

/** `Type/item` of `Type/item/bin`: neither a class nor a field has a slash in its name. */
function itemPathOf(path: string): string {
  return path.split('/', 2).join('/');
}
