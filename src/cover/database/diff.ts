/**
 * The difference of two coverage databases, by the path of bins: gained, lost, only in one model, counts that changed.
 */
import type { CoverageDatabase } from './database.ts';
import { DatabaseView, pathText } from './database-view.ts';

export interface BinChange {
  readonly path: string;
  /** undefined: the bin is not in that model. */
  readonly before: number | undefined;
  readonly after: number | undefined;
}

export interface CoverageDiff {
  /** Covered after, and not before; with bins that are new. */
  readonly gained: readonly BinChange[];
  /** Covered before, and not after; with bins that are gone. */
  readonly lost: readonly BinChange[];
  /** Not covered, and only in the model after. */
  readonly added: readonly BinChange[];
  /** Was not covered, and only in the model before. */
  readonly removed: readonly BinChange[];
  /** As covered or not as before, with another count. */
  readonly changed: readonly BinChange[];
  readonly unchanged: number;
}

interface Bin {
  readonly count: number;
  readonly isCovered: boolean;
}

export function diffCoverage(before: CoverageDatabase, after: CoverageDatabase): CoverageDiff {
  const [old, now] = [binsOf(before), binsOf(after)];
  const diff = {
    gained: [] as BinChange[],
    lost: [] as BinChange[],
    added: [] as BinChange[],
    removed: [] as BinChange[],
    changed: [] as BinChange[],
    unchanged: 0,
  };
  // In the order of the new model, then what is gone.
  for (const path of new Set([...now.keys(), ...old.keys()])) {
    const kind = changeOf(old.get(path), now.get(path));
    if (kind === 'unchanged') diff.unchanged++;
    else diff[kind].push({ path, before: old.get(path)?.count, after: now.get(path)?.count });
  }
  return diff;
}

function changeOf(old: Bin | undefined, now: Bin | undefined): keyof CoverageDiff {
  const wasCovered = old?.isCovered === true;
  const isCovered = now?.isCovered === true;
  if (isCovered && !wasCovered) return 'gained';
  if (wasCovered && !isCovered) return 'lost';
  if (old === undefined) return 'added';
  if (now === undefined) return 'removed';
  return old.count === now.count ? 'unchanged' : 'changed';
}

function binsOf(database: CoverageDatabase): ReadonlyMap<string, Bin> {
  const view = new DatabaseView(database);
  const bins = new Map<string, Bin>();
  for (const bin of view.bins()) {
    bins.set(pathText(view.pathOf(bin)), {
      count: view.counts[bin],
      isCovered: view.isCovered(bin),
    });
  }
  return bins;
}
