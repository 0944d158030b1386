/** Runs from the history nodes of UCIS XML (semantics §8). */
import type { RunInfo } from '../database/database.ts';
import { booleanOf, textOf, userAttribute, wholeNumber, type UcisFile } from './ucis-file.ts';
import type { XmlElement } from './xml-tree.ts';

export interface HistoryRun {
  readonly id: number;
  readonly info: RunInfo;
  /** Whether bins name it. */
  readonly isKnown: boolean;
}

const PS_PER_UNIT: Readonly<Record<string, number>> = {
  fs: 1e-3,
  ps: 1,
  ns: 1e3,
  us: 1e6,
  ms: 1e9,
  s: 1e12,
};

/** Nodes of merges are no runs. */
export function readHistory(
  elements: readonly XmlElement[],
  file: UcisFile,
): readonly HistoryRun[] {
  return elements
    .filter(({ attributes: { kind = '' } }) => !kind.toUpperCase().includes('MERGE'))
    .map((element) => ({
      id: wholeNumber(element, textOf(element, 'historyNodeId'), 'historyNodeId'),
      info: infoOf(element, file),
      isKnown: userAttribute(element, 'hits') !== 'unknown',
    }));
}

function infoOf(element: XmlElement, file: UcisFile): RunInfo {
  const { attributes } = element;
  const name = textOf(element, 'logicalName');
  const { seed = '', cmd = '', args, date = '' } = attributes;
  const isDated = userAttribute(element, 'date') !== 'unknown';
  return {
    test: seed !== '' && name.endsWith(`.${seed}`) ? name.slice(0, -seed.length - 1) : name,
    seed,
    verdict:
      userAttribute(element, 'verdict') ?? (booleanOf(element, 'testStatus') ? 'PASS' : 'FAIL'),
    timePs: timeOf(element, file),
    replay: args === undefined || args === '' ? cmd : `${cmd} ${args}`,
    commit: userAttribute(element, 'commit') ?? '',
    date: isDated ? isoTime(date) : '',
  };
}

function timeOf(element: XmlElement, file: UcisFile): number {
  const { simtime, timeunit = 'ps' } = element.attributes;
  if (simtime === undefined) return 0;
  const unit = PS_PER_UNIT[timeunit];
  const time = Math.round(Number(simtime) * (unit ?? 1));
  if (unit !== undefined && Number.isSafeInteger(time) && time >= 0) return time;
  file.note(element.line, `simtime '${simtime} ${timeunit}' is left out`);
  return 0;
}

/** With the zone that is meant where none is said. */
function isoTime(date: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(date) ? `${date}.000Z` : date;
}
