/**
 * Crosses in UCIS XML: every automatic tuple is a crossBin, those never hit, too, because readers compute the percentage of what
 * is there; then the author's own bins. Axis names, tuples behind a bin and those taken out are user attributes.
 */
import type { CoverpointRecord, CrossRecord } from '#record/coverage-record';
import { pointBins } from '../merge-cross.ts';
import { tupleName } from '../summary.ts';
import { runsWalker } from '../tuple-runs.ts';
import { writeBinAttributes, writeContents, type ItemPlace, type UcisContext } from './ucis-bin.ts';

interface CrossPlace extends ItemPlace {
  readonly points: readonly CoverpointRecord[];
}

export function writeCross(context: UcisContext, cross: CrossRecord, place: CrossPlace): void {
  const { xml } = context;
  const { name, options = {} } = cross;
  xml.element('cross', { name, key: String(place.index) }, () => {
    xml.leaf('options', {
      weight: cross.weight,
      goal: options.goal ?? 100,
      comment: options.comment ?? '',
      at_least: cross.atLeast,
      cross_num_print_missing: 0,
    });
    for (const { point } of cross.axes) xml.leaf('crossExpr', {}, point);
    writeTuples(context, cross, place);
    writeNamed(context, cross, place);
    const axes = JSON.stringify(cross.axes.map((axis) => axis.name));
    xml.leaf('userAttr', { key: 'axes', type: 'str' }, axes);
    xml.leaf('userAttr', { key: 'excludedTuples', type: 'str' }, cross.excluded.join(' '));
    if (cross.illegalTuples !== undefined) {
      const illegal = cross.illegalTuples.join(' ');
      xml.leaf('userAttr', { key: 'illegalTuples', type: 'str' }, illegal);
    }
    if (cross.illegalCount > 0) {
      xml.leaf('userAttr', { key: 'illegalCount', type: 'int64' }, String(cross.illegalCount));
    }
  });
}

function writeTuples(context: UcisContext, cross: CrossRecord, place: CrossPlace): void {
  const axes = cross.axes.map(({ point }) => pointBins(place.points, point));
  const names = cross.axes.map((axis) => axis.name);
  const total = axes.reduce((product, bins) => product * bins.length, 1);
  const isOut = runsWalker(cross.excluded);
  let hit = 0;
  for (let index = 0; index < total; index++) {
    if (isOut(index)) continue;
    while (hit < cross.hits.length && cross.hits[hit] < index) hit += 2;
    const count = cross.hits[hit] === index ? cross.hits[hit + 1] : 0;
    const name = tupleName(names, axes, index);
    writeBin(context, { cross, place, name, key: index, count, tuple: positions(axes, index) });
  }
}

function writeNamed(context: UcisContext, cross: CrossRecord, place: CrossPlace): void {
  const axes = cross.axes.map(({ point }) => pointBins(place.points, point));
  cross.bins.forEach((name, at) => {
    const tuples = cross.binTuples?.[at];
    const tuple = positions(axes, tuples?.[0] ?? 0);
    const count = cross.counts[at];
    writeBin(context, {
      cross,
      place,
      name,
      key: at,
      count,
      tuple,
      tuples: tuples?.join(' ') ?? '',
    });
  });
}

interface CrossBin {
  readonly cross: CrossRecord;
  readonly place: ItemPlace;
  readonly name: string;
  readonly key: number;
  readonly count: number;
  /** Index of the bin on each axis. */
  readonly tuple: readonly number[];
  /** All tuples of a bin that the author named. */
  readonly tuples?: string;
}

function writeBin(context: UcisContext, bin: CrossBin): void {
  const { xml } = context;
  const { cross, place, name, key, count, tuple, tuples } = bin;
  const number = context.hits.find(place, cross.name, name);
  const isExcluded = number !== undefined && context.excluded?.find(number) !== undefined;
  const type = isExcluded ? 'ignore' : 'bins';
  xml.element('crossBin', { name, key: String(key), type }, () => {
    for (const index of tuple) xml.leaf('index', {}, String(index));
    writeContents(context, number, count);
    if (tuples !== undefined) xml.leaf('userAttr', { key: 'tuples', type: 'str' }, tuples);
    if (isExcluded) xml.leaf('userAttr', { key: 'countedAs', type: 'str' }, 'bins');
    writeBinAttributes(context, number);
  });
}

/** Row-major, the last axis running fastest. */
function positions(axes: readonly (readonly string[])[], index: number): readonly number[] {
  const result: number[] = [];
  let rest = index;
  for (let axis = axes.length - 1; axis >= 0; axis--) {
    result.unshift(rest % Math.max(1, axes[axis].length));
    rest = Math.floor(rest / Math.max(1, axes[axis].length));
  }
  return result;
}
