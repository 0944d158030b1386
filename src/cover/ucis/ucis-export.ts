/**
 * A coverage database as UCIS 1.0 XML, which other tools read (semantics §8).
 *
 * Every countable bin is written, those never hit, too, with true ranges and transitions; every run is a history node, and bins
 * say which of them hit them. What the format has no place for stands in user attributes, so that reading the file again gives
 * the same numbers. Two dialects: without a namespace, as pyucis and its schema read it, and with the one of the Accellera text.
 */
import type {
  CovergroupRecord,
  CoverpointRecord,
  GroupInstanceRecord,
} from '#record/coverage-record';
import type { DatabaseView } from '../database/database-view.ts';
import type { Exclusions } from '../database/exclusions.ts';
import { mergeCoverage } from '../merge.ts';
import { HitIndex } from './hit-index.ts';
import {
  NO_BIN,
  ucisTime,
  writeBinAttributes,
  writeContents,
  type ItemPlace,
  type UcisContext,
  type UcisOptions,
} from './ucis-bin.ts';
import { writeCross } from './ucis-cross.ts';
import { writeHistory } from './ucis-history.ts';
import { LabelNumbers, NO_RANGE } from './ucis-values.ts';
import { XmlWriter } from './xml-writer.ts';

/** Of the root only: the schema says that elements inside are unqualified. */
const NAMESPACE = 'UCIS';
/** Where covergroups are declared is not recorded; the schema wants a place. */
const NO_PLACE = { file: 1, line: 1, inlineCount: 1 };

export function exportUcis(
  view: DatabaseView,
  excluded: Exclusions | undefined,
  options: UcisOptions,
): string {
  const xml = new XmlWriter();
  const hits = new HitIndex(view, options.runsPerBinMax);
  const context: UcisContext = { xml, options, hits, excluded };
  const writtenTime = ucisTime(options.writtenTime);
  const isQualified = options.dialect === 'accellera';
  const root = {
    ...(isQualified && { 'xmlns:ucis': NAMESPACE }),
    ucisVersion: '1.0',
    writtenBy: `ridgeline ${options.version}`,
    writtenTime,
  };
  xml.element(isQualified ? 'ucis:UCIS' : 'UCIS', root, () => {
    xml.leaf('sourceFiles', { fileName: 'not recorded', id: 1 });
    writeHistory(context, view.database.runs, writtenTime);
    const instance = { name: 'ridgeline', key: '0', instanceId: 0, moduleName: 'ridgeline' };
    xml.element('instanceCoverages', instance, () => {
      xml.leaf('id', NO_PLACE);
      for (const group of view.record.groups) writeGroup(context, group);
    });
  });
  return xml.text();
}

/** A type: its instances where they count for themselves, else one that stands for all. */
function writeGroup(context: UcisContext, group: CovergroupRecord): void {
  const { xml } = context;
  const { instances = [], options = {} } = group;
  const isByInstance = options.mergeInstances === false || isUnionOf(group, instances);
  xml.element('covergroupCoverage', { weight: group.weight }, () => {
    if (isByInstance && instances.length > 0) {
      // Of united bins it is known which runs hit them, but not in which instance.
      const isKnown = options.mergeInstances === false || instances.length === 1;
      const own = isKnown ? context : { ...context, hits: context.hits.withoutRuns() };
      instances.forEach((instance, key) => {
        writeInstance(own, {
          group,
          items: { ...group, ...instance },
          key,
          name: instance.name,
        });
      });
    } else {
      // Readers take the weight of a type from its instance.
      writeInstance(context, { group, items: group, key: 0, name: group.type });
    }
  });
}

/** Where some runs kept no instances, only the united counts are whole. */
function isUnionOf(
  { type, points, crosses }: CovergroupRecord,
  instances: readonly GroupInstanceRecord[],
): boolean {
  const united = mergeCoverage(
    instances.map(({ name: _name, ...items }) => ({ groups: [{ type, ...items }] })),
  ).groups[0];
  return JSON.stringify([united?.points, united?.crosses]) === JSON.stringify([points, crosses]);
}

interface Instance {
  readonly group: CovergroupRecord;
  readonly items: CovergroupRecord;
  readonly key: number;
  readonly name: string;
}

function writeInstance(context: UcisContext, { group, items, key, name }: Instance): void {
  const { xml } = context;
  const { options = {} } = group;
  xml.element('cgInstance', { name, key: String(key) }, () => {
    xml.leaf('options', {
      weight: items.weight,
      goal: options.goal ?? 100,
      comment: options.comment ?? '',
      at_least: options.atLeast ?? 1,
      detect_overlap: false,
      auto_bin_max: options.autoBinMax ?? 64,
      cross_num_print_missing: 0,
      per_instance: options.perInstance ?? false,
      merge_instances: options.mergeInstances ?? true,
    });
    xml.element('cgId', { cgName: group.type, moduleName: 'ridgeline' }, () => {
      xml.leaf('cginstSourceId', NO_PLACE);
      xml.leaf('cgSourceId', NO_PLACE);
    });
    const of = { type: group.type, instance: options.mergeInstances === false ? name : '' };
    items.points.forEach((point, index) => writePoint(context, point, { ...of, index }));
    items.crosses.forEach((cross, index) => {
      writeCross(context, cross, { ...of, index, points: items.points });
    });
    xml.leaf('userAttr', { key: 'samples', type: 'int64' }, String(items.samples));
  });
}

function writePoint(context: UcisContext, point: CoverpointRecord, place: ItemPlace): void {
  const { xml } = context;
  const { name, expression = '', options = {} } = point;
  const { values = [], illegalValues = [], ignored = [], ignoredValues = [] } = point;
  const labels = new LabelNumbers([...values, ...illegalValues, ...ignoredValues]);
  const attributes = { name, key: String(place.index), exprString: expression };
  xml.element('coverpoint', attributes, () => {
    xml.leaf('options', {
      weight: point.weight,
      goal: options.goal ?? 100,
      comment: options.comment ?? '',
      at_least: point.atLeast,
      detect_overlap: false,
      auto_bin_max: options.autoBinMax ?? 64,
    });
    let key = 0;
    const bin = (part: Omit<PointBin, 'key'>): void => {
      writePointBin(context, { ...part, key: key++ }, { labels, place, item: name });
    };
    point.bins.forEach((one, at) => {
      bin({ name: one, kind: 'bins', values: values[at], count: point.counts[at] });
    });
    ignored.forEach((one, at) => {
      const count = point.ignoredCounts?.[at] ?? 0;
      bin({ name: one, kind: 'ignore', values: ignoredValues[at], count });
    });
    point.illegal.forEach((one, at) => {
      const count = point.illegalCounts[at];
      bin({ name: one, kind: 'illegal', values: illegalValues[at], count });
    });
    const { defaultName } = point;
    // Records of older versions count in a default bin without saying that there is one.
    if (defaultName !== undefined || point.defaultCount > 0) {
      bin({
        name: defaultName ?? 'default',
        kind: 'default',
        values: '',
        count: point.defaultCount,
      });
    }
    // The schema wants one bin at least.
    if (key === 0) bin({ name: NO_BIN, kind: 'ignore', values: '', count: 0 });
    if (point.ignoredCounts !== undefined) {
      xml.leaf('userAttr', { key: 'countsIgnored', type: 'int' }, '1');
    }
  });
}

interface PointBin {
  readonly name: string;
  readonly key: number;
  readonly kind: 'bins' | 'ignore' | 'illegal' | 'default';
  /** As in the record; undefined in records of older versions. */
  readonly values: string | undefined;
  readonly count: number;
}

interface BinPlace {
  readonly labels: LabelNumbers;
  readonly place: ItemPlace;
  readonly item: string;
}

/** Readers take the count of the first range, so that every range has that of the bin. */
function writePointBin(
  context: UcisContext,
  bin: PointBin,
  { labels, place, item }: BinPlace,
): void {
  const { xml, options } = context;
  const number = bin.kind === 'bins' ? context.hits.find(place, item, bin.name) : undefined;
  const exclusion = number === undefined ? undefined : context.excluded?.find(number);
  const isIgnored = exclusion !== undefined || (bin.kind === 'default' && options.isDefaultIgnored);
  const type = isIgnored ? 'ignore' : bin.kind;
  const { ranges, sequences } =
    bin.values === undefined || bin.values === ''
      ? { ranges: [NO_RANGE], sequences: [] }
      : labels.valuesOf(bin.values);
  xml.element('coverpointBin', { name: bin.name, key: String(bin.key), type }, () => {
    for (const [from, to] of ranges) {
      xml.element('range', { from, to }, () => writeContents(context, number, bin.count));
    }
    for (const steps of sequences) {
      xml.element('sequence', {}, () => {
        writeContents(context, number, bin.count);
        for (const step of steps) xml.leaf('seqValue', {}, String(step));
      });
    }
    if (bin.values !== undefined) {
      xml.leaf('userAttr', { key: 'values', type: 'str' }, bin.values);
    }
    if (isIgnored) xml.leaf('userAttr', { key: 'countedAs', type: 'str' }, bin.kind);
    writeBinAttributes(context, number);
  });
}
