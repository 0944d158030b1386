/** Coverpoints of a covergroup instance from UCIS XML, and its crosses by `ucis-cross-reader.ts` (semantics §8). */
import type { CoverpointRecord, CrossRecord } from '#record/coverage-record';
import type { Range } from '../bins.ts';
import { NO_BIN } from './ucis-bin.ts';
import {
  NameSet,
  unlistedRuns,
  readContents,
  readOptions,
  type ItemReading,
  type ReadPoint,
} from './ucis-bin-reader.ts';
import { readCross } from './ucis-cross-reader.ts';
import { badUcis, childrenOf, integerOf, numberOf, textOf, userAttribute } from './ucis-file.ts';
import { NO_RANGE, recordValues } from './ucis-values.ts';
import type { XmlElement } from './xml-tree.ts';

export function readItems(
  instance: XmlElement,
  reading: ItemReading,
): { readonly points: readonly CoverpointRecord[]; readonly crosses: readonly CrossRecord[] } {
  const read = childrenOf(instance, 'coverpoint').map((element) => readPoint(element, reading));
  const crosses = childrenOf(instance, 'cross').map((element) => readCross(element, read, reading));
  return { points: read.map(({ point }) => point), crosses };
}

interface Bin {
  readonly name: string;
  readonly kind: string;
  readonly values: string;
  readonly count: number;
}

function readPoint(element: XmlElement, reading: ItemReading): ReadPoint {
  const name = textOf(element, 'name');
  const [options] = childrenOf(element, 'options');
  const bins = childrenOf(element, 'coverpointBin').map((one) => readBin(one, reading));
  const named = new NameSet();
  const countable: Bin[] = [];
  const binOf = bins.map(({ bin, line, ids, unlisted }) => {
    if (bin.kind !== 'bins') return -1;
    const own = { ...bin, name: named.unique(bin.name, () => reading.file.note(line, TWICE)) };
    const path = { ...reading.place, item: name, bin: own.name };
    if (ids.length + unlisted > 0) {
      reading.history.push({ path, ids, count: bin.count, unlisted });
    }
    return countable.push(own) - 1;
  });
  const of = (kind: string): readonly Bin[] => {
    return bins.map(({ bin }) => bin).filter((bin) => bin.kind === kind && bin.name !== NO_BIN);
  };
  const [illegal, ignored, defaults] = [of('illegal'), of('ignore'), of('default')];
  const isCounted =
    userAttribute(element, 'countsIgnored') === '1' || ignored.some((b) => b.count > 0);
  const expression = element.attributes['exprString'] ?? '';
  const itemOptions = readOptions(options);
  const point: CoverpointRecord = {
    name,
    weight: numberOf(options, 'weight', 1),
    atLeast: numberOf(options, 'at_least', 1),
    bins: countable.map((bin) => bin.name),
    counts: countable.map((bin) => bin.count),
    defaultCount: defaults.reduce((sum, { count }) => sum + count, 0),
    illegal: illegal.map((bin) => bin.name),
    illegalCounts: illegal.map((bin) => bin.count),
    values: countable.map((bin) => bin.values),
    illegalValues: illegal.map((bin) => bin.values),
    ignored: ignored.map((bin) => bin.name),
    ignoredValues: ignored.map((bin) => bin.values),
    ...(isCounted && { ignoredCounts: ignored.map((bin) => bin.count) }),
    ...(defaults.length > 0 && { defaultName: defaults[0].name }),
    ...(expression !== '' && { expression }),
    ...(itemOptions !== undefined && { options: itemOptions }),
  };
  return { point, binOf };
}

const TWICE = 'a name of a bin comes twice: the second is numbered';

interface ReadBin {
  readonly bin: Bin;
  readonly ids: readonly number[];
  readonly unlisted: number;
  readonly line: number;
}

const KINDS = ['bins', 'ignore', 'illegal', 'default'];

function readBin(element: XmlElement, { file }: ItemReading): ReadBin {
  const ranges = childrenOf(element, 'range');
  const sequences = childrenOf(element, 'sequence');
  const parts = [...ranges, ...sequences];
  const name = textOf(element, 'name');
  if (parts.length === 0) throw badUcis(element, `bin '${name}' has neither range nor sequence`);
  const contents = parts.map((part) => readContents(part, file));
  const count = Math.max(...contents.map((one) => one.count));
  if (contents.some((one) => one.count !== count)) {
    file.note(element.line, 'counts of the ranges of a bin differ: the largest is taken');
  }
  const written = element.attributes['type'] ?? 'default';
  if (!KINDS.includes(written))
    throw badUcis(element, `bin '${name}' has the unknown type '${written}'`);
  const kind = userAttribute(element, 'countedAs') ?? written;
  const values =
    userAttribute(element, 'values') ??
    recordValues({
      ranges: ranges.map(rangeOf),
      sequences: sequences.map((one) =>
        childrenOf(one, 'seqValue').map((step) => integerOf(step, step.text, 'seqValue')),
      ),
    });
  const [{ ids }] = contents;
  const unlisted = unlistedRuns(element, ids.length, file);
  return { bin: { name, kind, values, count }, ids, unlisted, line: element.line };
}

function rangeOf(element: XmlElement): Range {
  const { from = String(NO_RANGE[0]), to = from } = element.attributes;
  return [integerOf(element, from, 'from'), integerOf(element, to, 'to')];
}
