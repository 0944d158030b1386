/** Runs as history nodes: one for the merge, one per run with test, seed, status, command line (semantics §8). */
import type { DatabaseRun } from '../database/database.ts';
import { ucisTime, type UcisContext } from './ucis-bin.ts';

export const MERGE_KIND = 'UCIS:MERGE';
const TEST_KIND = 'UCIS:TEST';

export function writeHistory(
  { xml, options }: UcisContext,
  runs: readonly DatabaseRun[],
  writtenTime: string,
): void {
  const tool = {
    toolCategory: 'UCIS:simulator',
    ucisVersion: '1.0',
    vendorId: 'ridgeline',
    vendorTool: 'ridgeline',
    vendorToolVersion: options.version,
  };
  xml.leaf('historyNodes', {
    historyNodeId: 0,
    logicalName: 'merge',
    kind: MERGE_KIND,
    testStatus: runs.every(({ info }) => info.verdict === 'PASS'),
    date: writtenTime,
    ...tool,
  });
  runs.forEach(({ info, hits }, index) => {
    const { test, seed, verdict, timePs, replay, commit, date } = info;
    const attributes = {
      historyNodeId: index + 1,
      parentId: 0,
      logicalName: seed === '' ? test : `${test}.${seed}`,
      kind: TEST_KIND,
      testStatus: verdict === 'PASS',
      simtime: timePs,
      timeunit: 'ps',
      ...(seed !== '' && { seed }),
      ...(replay !== '' && { cmd: replay }),
      date: date === '' ? writtenTime : ucisTime(date),
      ...tool,
    };
    xml.element('historyNodes', attributes, () => {
      xml.leaf('userAttr', { key: 'verdict', type: 'str' }, verdict);
      if (commit !== '') xml.leaf('userAttr', { key: 'commit', type: 'str' }, commit);
      if (date === '') xml.leaf('userAttr', { key: 'date', type: 'str' }, 'unknown');
      if (hits === null) xml.leaf('userAttr', { key: 'hits', type: 'str' }, 'unknown');
    });
  });
}
