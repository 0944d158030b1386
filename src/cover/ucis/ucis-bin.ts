/** What writing one bin as UCIS XML needs, and how its count and its runs are written (semantics §8). */
import type { Exclusions } from '../database/exclusions.ts';
import type { BinRuns } from './hit-index.ts';
import type { XmlWriter } from './xml-writer.ts';

export const UCIS_DIALECTS = ['pyucis', 'accellera'] as const;
export type UcisDialect = (typeof UCIS_DIALECTS)[number];

export interface UcisOptions {
  /** When it is written, ISO 8601. */
  readonly writtenTime: string;
  /** Version of this program. */
  readonly version: string;
  readonly dialect: UcisDialect;
  /** Default bins are written as ignored ones: readers that count them as others do get the percentage right. */
  readonly isDefaultIgnored: boolean;
  /** Runs named per bin; a user attribute has the number of all. */
  readonly runsPerBinMax: number;
}

/** What writing a bin needs. */
export interface UcisContext {
  readonly xml: XmlWriter;
  readonly options: UcisOptions;
  readonly hits: BinRuns;
  readonly excluded: Exclusions | undefined;
}

/** Where an item stands. */
export interface ItemPlace {
  readonly type: string;
  /** '' for a type whose instances are united. */
  readonly instance: string;
  readonly index: number;
}

/** Name of what stands in a coverpoint without bins. */
export const NO_BIN = '(none)';

/** `2026-01-02T03:04:05`: pyucis reads no other form. */
const TIME_LENGTH = 19;
export function ucisTime(iso: string): string {
  return iso.slice(0, TIME_LENGTH);
}

/** Count of a bin, and runs that hit it. */
export function writeContents(context: UcisContext, bin: number | undefined, count: number): void {
  const runs = bin === undefined ? [] : context.hits.runsOf(bin);
  const attributes = { coverageCount: count };
  if (runs.length === 0) {
    context.xml.leaf('contents', attributes);
    return;
  }
  context.xml.element('contents', attributes, () => {
    for (const run of runs) context.xml.leaf('historyNodeId', {}, String(run + 1));
  });
}

/** Why a bin is out; how many runs hit it where not all are named. */
export function writeBinAttributes(
  { xml, hits, excluded }: UcisContext,
  bin: number | undefined,
): void {
  if (bin === undefined) return;
  const exclusion = excluded?.find(bin);
  if (exclusion !== undefined) {
    xml.leaf('userAttr', { key: 'excludedReason', type: 'str' }, exclusion.reason);
    xml.leaf('userAttr', { key: 'excludedOwner', type: 'str' }, exclusion.owner);
  }
  const count = hits.runCount(bin);
  if (count > hits.runsOf(bin).length) {
    xml.leaf('userAttr', { key: 'runs', type: 'int' }, String(count));
  }
}
