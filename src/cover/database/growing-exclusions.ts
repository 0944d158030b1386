/**
 * Exclusions over coverage that grows run by run: which of them hold for the models that are known so far, so that the curve
 * of a regression counts after each run what a merge up to that run counts (ADR 0007). Whether one holds depends on the hash of
 * the items it names alone, so that counts are not looked at.
 */
import type { CovergroupRecord } from '#record/coverage-record';
import { isExpired, PathPattern, patternHash, type DatedExclusions } from './exclusions.ts';

/** Whether a bin is out. */
export type IsExcluded = (item: string, bin: string) => boolean;

interface Entry {
  readonly path: string;
  readonly pattern: PathPattern;
  /** Hash of the items that it was written for. */
  readonly model: string;
  holds: boolean;
}

export class GrowingExclusions {
  private readonly entries: readonly Entry[];
  private readonly models = new Map<string, CovergroupRecord>();

  constructor({ list, today }: DatedExclusions) {
    const current = list.filter((exclusion) => !isExpired(exclusion, today));
    this.entries = current.map(({ path, model }) => ({
      path,
      pattern: new PathPattern(path),
      model,
      holds: false,
    }));
  }

  /** A group is new, or has other bins than before. @returns types whose bins may be out now and were not, or the reverse. */
  update(model: CovergroupRecord): ReadonlySet<string> {
    this.models.set(model.type, model);
    const types = [...this.models.keys()];
    const changed = new Set<string>();
    for (const entry of this.entries.filter(({ pattern }) => pattern.isGroup(model.type))) {
      const held = entry.holds;
      entry.holds = patternHash({ groups: [...this.models.values()] }, entry.path) === entry.model;
      if (entry.holds) changed.add(model.type);
      if (entry.holds === held) continue;
      for (const type of types) if (entry.pattern.isGroup(type)) changed.add(type);
    }
    return changed;
  }

  /** What is out of a group; undefined where nothing is. */
  of(type: string): IsExcluded | undefined {
    const holding = this.entries.filter(({ holds, pattern }) => holds && pattern.isGroup(type));
    if (holding.length === 0) return undefined;
    return (item, bin) =>
      holding.some(({ pattern }) => pattern.isItem(type, item) && pattern.isBin(bin));
  }
}
