/**
 * UCIS 1.0 XML as a coverage database: our own files, and those of pyucis and the tools it stands for (semantics §8). What is
 * ours comes back with the same numbers; of others, what a reader of the format must make of it:
 *
 *     a cross has the tuples that are listed, and no others
 *     a bin of several ranges has the largest of their counts: writers repeat it in each
 *
 * Coverage of other kinds (toggle, block, …) is left out, and said.
 */
import { UsageError } from '#base/assert';
import type { CovergroupRecord, GroupOptionsRecord } from '#record/coverage-record';
import { DatabaseBuilder, type CoverageDatabase, type DatabaseRun } from '../database/database.ts';
import { DatabaseView, type BinPath } from '../database/database-view.ts';
import { mergeCoverage } from '../merge.ts';
import { booleanOf, childrenOf, numberOf, textOf, userAttribute, UcisFile } from './ucis-file.ts';
import { readHistory } from './ucis-history-reader.ts';
import type { BinHistory } from './ucis-bin-reader.ts';
import { readItems } from './ucis-items.ts';
import { parseXml, type XmlElement } from './xml-tree.ts';

export interface UcisImport {
  readonly database: CoverageDatabase;
  /** What was left out or guessed, with lines. */
  readonly notes: readonly string[];
}

/** Coverage that has no covergroups. */
const OTHER_COVERAGE = /^(?:toggle|block|condition|branch|fsm|assertion)Coverage$/;

/** @throws UsageError `bad-xml`, `bad-ucis` with the line of what cannot be understood. */
export function importUcis(text: string): UcisImport {
  const root = parseXml(text);
  if (root.name !== 'UCIS') {
    throw new UsageError('bad-ucis', `line ${root.line}: expected <UCIS>, found <${root.name}>`);
  }
  const file = new UcisFile();
  const runs = readHistory(childrenOf(root, 'historyNodes'), file);
  const history: BinHistory[] = [];
  const instances = childrenOf(root, 'instanceCoverages');
  const groups = instances.flatMap((instance) => {
    noteOthers(instance, file);
    const prefix = instances.length > 1 ? `${textOf(instance, 'name')}.` : '';
    return childrenOf(instance, 'covergroupCoverage').flatMap((coverage) =>
      readCoverage(coverage, { file, prefix, history }),
    );
  });
  const builder = new DatabaseBuilder();
  builder.addCoverage(mergeCoverage(groups.map((group) => ({ groups: [group] }))));
  const view = new DatabaseView(builder.build());
  const numbers = numbersByPath(view);
  const found = history.flatMap(({ path, ...rest }): BinRuns[] => {
    const bin = numbers.get(keyOf(path));
    return bin === undefined ? [] : [{ ...rest, bin }];
  });
  builder.addRuns(withHits(view, runs, found));
  for (const { bin, unlisted } of found) {
    if (unlisted === 0) continue;
    const { model, index } = view.counterOf(bin);
    builder.addUnlisted(model, {
      indices: Uint32Array.of(index),
      counts: Float64Array.of(unlisted),
    });
  }
  return { database: builder.build(), notes: file.notes };
}

function noteOthers(instance: XmlElement, file: UcisFile): void {
  for (const { name, line } of instance.children) {
    if (OTHER_COVERAGE.test(name)) file.note(line, `${name} is left out`);
  }
}

interface Reading {
  readonly file: UcisFile;
  /** Of the names of instances, where a name may come twice. */
  readonly prefix: string;
  readonly history: BinHistory[];
}

/** One record per instance; the same type is united afterwards. */
function readCoverage(coverage: XmlElement, reading: Reading): readonly CovergroupRecord[] {
  const elements = childrenOf(coverage, 'cgInstance');
  const typeOf = (element: XmlElement): string => {
    const [id] = childrenOf(element, 'cgId');
    return id?.attributes['cgName'] ?? textOf(element, 'name');
  };
  const weight = numberOf(coverage, 'weight', 1);
  return elements.map((element) => {
    const type = typeOf(element);
    const siblings = elements.filter((other) => typeOf(other) === type);
    return readInstance(element, { ...reading, type, weight, siblings: siblings.length });
  });
}

interface InstanceReading extends Reading {
  readonly type: string;
  /** Of the type. */
  readonly weight: number;
  /** Instances of the type here. */
  readonly siblings: number;
}

function readInstance(element: XmlElement, reading: InstanceReading): CovergroupRecord {
  const { type, weight, prefix, file, history } = reading;
  const own = textOf(element, 'name');
  const name = `${prefix}${own}`;
  const [optionsElement] = childrenOf(element, 'options');
  const options = groupOptions(optionsElement);
  // One instance that has the name of its type stands for the type.
  const isWhole = reading.siblings === 1 && own === type;
  const isMean = !isWhole && options.mergeInstances === false;
  const isKept = isMean || (!isWhole && options.perInstance === true);
  const place = { type, instance: isMean ? name : '' };
  const items = readItems(element, { file, place, history });
  const samples = Number(userAttribute(element, 'samples') ?? 0);
  const { mergeInstances: _merge, ...others } = options;
  const kept = isMean ? options : others;
  const instance = { name, weight: numberOf(optionsElement, 'weight', 1), samples, ...items };
  return {
    type,
    weight,
    samples,
    ...items,
    ...(Object.keys(kept).length > 0 && { options: kept }),
    ...(isKept && { instances: [instance] }),
  };
}

/** Those that are not as they are without being said. */
function groupOptions(element: XmlElement | undefined): GroupOptionsRecord {
  const goal = numberOf(element, 'goal', 100);
  const atLeast = numberOf(element, 'at_least', 1);
  const autoBinMax = numberOf(element, 'auto_bin_max', 64);
  const comment = element?.attributes['comment'] ?? '';
  return {
    ...(goal !== 100 && { goal }),
    ...(comment !== '' && { comment }),
    ...(atLeast !== 1 && { atLeast }),
    ...(autoBinMax !== 64 && { autoBinMax }),
    ...(booleanOf(element, 'per_instance') && { perInstance: true }),
    ...(!booleanOf(element, 'merge_instances') && { mergeInstances: false }),
  };
}

/** What elements say of a bin of the view. */
type BinRuns = Omit<BinHistory, 'path'> & { readonly bin: number };

function numbersByPath(view: DatabaseView): ReadonlyMap<string, number> {
  return new Map([...view.bins()].map((bin) => [keyOf(view.pathOf(bin)), bin]));
}

function keyOf({ type, instance, item, bin }: BinPath): string {
  return JSON.stringify([type, instance, item, bin]);
}

/** Runs with the bins that name them. */
function withHits(
  view: DatabaseView,
  runs: ReturnType<typeof readHistory>,
  found: readonly BinRuns[],
): readonly DatabaseRun[] {
  const hitsOf = new Map<number, Map<number, number>>();
  for (const { bin, ids, count, unlisted } of found) {
    const isAlone = ids.length === 1 && unlisted === 0;
    for (const id of ids) {
      const hits = hitsOf.get(id) ?? new Map<number, number>();
      // Of a bin that several runs hit, nobody knows how often each did.
      hits.set(bin, (hits.get(bin) ?? 0) + (isAlone ? count : 1));
      hitsOf.set(id, hits);
    }
  }
  return runs.map(({ id, info, isKnown }) => ({
    info,
    hits: isKnown ? view.listHits(hitsOf.get(id) ?? new Map<number, number>()) : null,
  }));
}
