/** What coverpoints and crosses of UCIS XML have in common: options, counts, names (semantics §8). */
import type { CoverpointRecord, ItemOptionsRecord } from '#record/coverage-record';
import type { BinPath } from '../database/database-view.ts';
import { childrenOf, numberOf, userAttribute, wholeNumber, type UcisFile } from './ucis-file.ts';
import type { XmlElement } from './xml-tree.ts';

/** A bin, and the history nodes that it names. */
export interface BinHistory {
  readonly path: BinPath;
  readonly ids: readonly number[];
  readonly count: number;
  /** Runs that hit it, too, and that it does not name. */
  readonly unlisted: number;
}

export interface ItemReading {
  readonly file: UcisFile;
  readonly place: Pick<BinPath, 'type' | 'instance'>;
  readonly history: BinHistory[];
}

/** A coverpoint, and which of its countable bins each of its elements is; -1 for others. */
export interface ReadPoint {
  readonly point: CoverpointRecord;
  readonly binOf: readonly number[];
}

/** Gives a name that was there already a number. */
export class NameSet {
  private readonly names = new Set<string>();

  unique(name: string, onTwice: () => void): string {
    let own = name;
    for (let n = 2; this.names.has(own); n++) own = `${name}#${n}`;
    if (own !== name) onTwice();
    this.names.add(own);
    return own;
  }
}

/** Those that are not as they are without being said; undefined for none. */
export function readOptions(element: XmlElement | undefined): ItemOptionsRecord | undefined {
  const goal = numberOf(element, 'goal', 100);
  const autoBinMax = numberOf(element, 'auto_bin_max', 64);
  const comment = element?.attributes['comment'] ?? '';
  const options = {
    ...(goal !== 100 && { goal }),
    ...(comment !== '' && { comment }),
    ...(autoBinMax !== 64 && { autoBinMax }),
  };
  return Object.keys(options).length > 0 ? options : undefined;
}

/** How many of the runs that hit a bin it does not name. @throws UsageError `bad-ucis` for a number of runs that is none. */
export function unlistedRuns(element: XmlElement, named: number, file: UcisFile): number {
  const runs = userAttribute(element, 'runs');
  if (runs === undefined) return 0;
  const unlisted = wholeNumber(element, runs, 'userAttr runs') - named;
  if (unlisted <= 0) return 0;
  file.note(element.line, 'a bin names only some of its runs: rankings are not exact');
  return unlisted;
}

/** Count of a bin, and the history nodes that it names. */
export function readContents(
  element: XmlElement,
  file: UcisFile,
): { readonly count: number; readonly ids: readonly number[] } {
  const [contents] = childrenOf(element, 'contents');
  if (contents === undefined) {
    file.note(element.line, `<${element.name}> has no contents: its count is 0`);
    return { count: 0, ids: [] };
  }
  const count = numberOf(contents, 'coverageCount', 0);
  const ids = childrenOf(contents, 'historyNodeId').map((id) => wholeNumber(id, id.text, id.name));
  return { count, ids };
}
