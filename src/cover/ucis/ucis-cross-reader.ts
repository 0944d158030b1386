/**
 * A cross from UCIS XML (semantics §8). Its bins are found by the index of the bin on each axis; where a writer gives none
 * that can be, by a name such as `<lo,mrd>`; and what is not found either way is a bin of the author's own.
 */
import type { CrossRecord } from '#record/coverage-record';
import { tupleName } from '../summary.ts';
import { runsOf } from '../tuple-runs.ts';
import {
  badUcis,
  childrenOf,
  integerOf,
  numberOf,
  textOf,
  userAttribute,
  type UcisFile,
} from './ucis-file.ts';
import {
  NameSet,
  unlistedRuns,
  readContents,
  readOptions,
  type ItemReading,
  type ReadPoint,
} from './ucis-bin-reader.ts';
import type { XmlElement } from './xml-tree.ts';

/** Tuples that are numbered; bins of a larger cross are known by their names only. */
const TUPLES_MAX = 1 << 22;

export function readCross(
  element: XmlElement,
  points: readonly ReadPoint[],
  reading: ItemReading,
): CrossRecord {
  const name = textOf(element, 'name');
  const axes = axesOf(element, name, points);
  const bins = new CrossBins(axes, reading.file);
  for (const one of childrenOf(element, 'crossBin')) bins.read(one);
  const { hits, listed, named } = bins;
  for (const { bin, ...rest } of bins.history) {
    reading.history.push({ path: { ...reading.place, item: name, bin }, ...rest });
  }
  const written = numbersOf(element, 'excludedTuples');
  const illegalTuples = numbersOf(element, 'illegalTuples');
  const [options] = childrenOf(element, 'options');
  const itemOptions = readOptions(options);
  return {
    name,
    weight: numberOf(options, 'weight', 1),
    atLeast: numberOf(options, 'at_least', 1),
    axes: axes.map(({ name: axis, read }) => ({ name: axis, point: read.point.name })),
    excluded: written ?? runsOf(listed, 0),
    hits: [...hits].sort(([a], [b]) => a - b).flat(),
    bins: named.map((bin) => bin.name),
    counts: named.map((bin) => bin.count),
    illegalCount: Number(userAttribute(element, 'illegalCount') ?? 0),
    binTuples: named.map((bin) => bin.tuples),
    ...(illegalTuples !== undefined && { illegalTuples }),
    ...(itemOptions !== undefined && { options: itemOptions }),
  };
}

interface Axis {
  readonly name: string;
  readonly read: ReadPoint;
}

/** @throws UsageError `bad-ucis` for a coverpoint that the instance does not have. */
function axesOf(element: XmlElement, cross: string, points: readonly ReadPoint[]): readonly Axis[] {
  const names = new NameSet();
  const axisNames = axisNamesOf(element);
  return childrenOf(element, 'crossExpr').map((expression, index) => {
    const point = expression.text.trim();
    const read = points.find((one) => one.point.name === point);
    if (read === undefined) {
      const message = `cross '${cross}' names the coverpoint '${point}', which its cgInstance does not have`;
      throw badUcis(expression, message);
    }
    return { name: names.unique(axisNames[index] ?? point, () => undefined), read };
  });
}

/** Names of axes where they are not those of their points. */
function axisNamesOf(element: XmlElement): readonly string[] {
  const written = userAttribute(element, 'axes');
  if (written === undefined) return [];
  try {
    const names = JSON.parse(written) as unknown;
    if (Array.isArray(names) && names.every((one) => typeof one === 'string')) return names;
  } catch {
    // Said below.
  }
  throw badUcis(element, `the axes of a cross are '${written}', expected a list of names`);
}

/** `3 1 8 2` of a user attribute; undefined where there is none. @throws UsageError `bad-ucis` for other texts. */
function numbersOf(element: XmlElement, key: string): readonly number[] | undefined {
  const text = userAttribute(element, key);
  if (text === undefined) return undefined;
  if (!/^[\d ]*$/.test(text)) throw badUcis(element, `${key} is '${text}', expected numbers`);
  return text
    .split(' ')
    .filter((word) => word !== '')
    .map(Number);
}

interface NamedBin {
  readonly name: string;
  readonly count: number;
  readonly tuples: readonly number[];
}

class CrossBins {
  /** By tuple. */
  readonly hits = new Map<number, number>();
  /** By tuple: whether it is listed as a bin that counts. */
  readonly listed: Uint8Array;
  readonly named: NamedBin[] = [];
  readonly history: {
    readonly bin: string;
    readonly ids: readonly number[];
    readonly unlisted: number;
    readonly count: number;
  }[] = [];
  private readonly axes: readonly Axis[];
  private readonly file: UcisFile;
  private readonly names = new NameSet();
  private readonly isNumbered: boolean;

  constructor(axes: readonly Axis[], file: UcisFile) {
    this.axes = axes;
    this.file = file;
    const total = axes.reduce((product, { read }) => product * read.point.bins.length, 1);
    this.isNumbered = total <= TUPLES_MAX && axes.length > 0;
    this.listed = new Uint8Array(this.isNumbered ? total : 0);
  }

  read(element: XmlElement): void {
    const kind = userAttribute(element, 'countedAs') ?? element.attributes['type'] ?? 'default';
    // pyucis calls every bin of a cross a default one.
    if (kind !== 'bins' && kind !== 'default') return;
    const { count, ids } = readContents(element, this.file);
    const tuples = numbersOf(element, 'tuples');
    const tuple = tuples === undefined ? this.tupleOf(element) : undefined;
    const bin =
      tuple === undefined
        ? this.addNamed(element, count, tuples ?? [])
        : this.addTuple(tuple, count);
    const unlisted = unlistedRuns(element, ids.length, this.file);
    if (ids.length + unlisted > 0) this.history.push({ bin, ids, count, unlisted });
  }

  private addNamed(element: XmlElement, count: number, tuples: readonly number[]): string {
    const name = this.names.unique(textOf(element, 'name'), () => {
      this.file.note(element.line, 'a name of a cross bin comes twice: the second is numbered');
    });
    this.named.push({ name, count, tuples });
    return name;
  }

  private addTuple(tuple: number, count: number): string {
    this.listed[tuple] = 1;
    if (count > 0) this.hits.set(tuple, (this.hits.get(tuple) ?? 0) + count);
    const names = this.axes.map(({ name }) => name);
    return tupleName(
      names,
      this.axes.map(({ read }) => read.point.bins),
      tuple,
    );
  }

  private tupleOf(element: XmlElement): number | undefined {
    if (!this.isNumbered) return undefined;
    const indices = childrenOf(element, 'index').map((one) => integerOf(one, one.text, 'index'));
    const byIndex = this.axes.map(({ read }, axis) => read.binOf[indices[axis]] ?? -1);
    if (indices.length === this.axes.length && !byIndex.includes(-1)) return this.numberOf(byIndex);
    const words = textOf(element, 'name')
      .replace(/^<(.*)>$/s, '$1')
      .split(',');
    const byName = this.axes.map(({ read }, axis) =>
      read.point.bins.indexOf(words[axis]?.trim() ?? ''),
    );
    if (words.length === this.axes.length && !byName.includes(-1)) return this.numberOf(byName);
    this.file.note(element.line, 'a cross bin says neither by index nor by name which tuple it is');
    return undefined;
  }

  /** Row-major, the last axis running fastest. */
  private numberOf(bins: readonly number[]): number {
    return bins.reduce((sum, bin, axis) => sum * this.axes[axis].read.point.bins.length + bin, 0);
  }
}
