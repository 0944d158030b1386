// Did a replay do the same?
import { describe, expect, it } from 'vitest';
import { codeDifference, compareRuns } from '#debug/compare-runs';
import { sampleRun } from '../reports/sample-records.ts';

const run = sampleRun({ test: 'dma', seed: 1, verdict: 'FAIL' });

describe('compareRuns', () => {
  it('finds nothing between equal runs, whatever the wall clock says', () => {
    expect(compareRuns(run, { ...run, wall: { seconds: 9 } }, true)).toEqual([]);
  });

  it('finds verdict, cause and digests', () => {
    const other = sampleRun({ test: 'dma', seed: 2, verdict: 'ERROR' });
    expect(compareRuns(run, other, true)).toEqual([
      { what: 'verdict', recorded: 'FAIL', replayed: 'ERROR' },
      { what: 'cause', recorded: 'R-1 sdi 3', replayed: 'tb-hung' },
      { what: 'tlp digest', recorded: 'aa1', replayed: 'aa2' },
      { what: 'draws digest', recorded: 'bb1', replayed: 'bb2' },
    ]);
  });

  it('leaves the draws out when the operations were not drawn', () => {
    const digests = { ...run.digests, draws: 'other' };
    expect(compareRuns(run, { ...run, digests }, false)).toEqual([]);
  });
});

describe('codeDifference', () => {
  const code = { version: '1.0', commit: '0123456789abcdef', dirty: false };
  it('is nothing for the same commit without changes', () => {
    expect(codeDifference(code, code)).toBeUndefined();
  });
  it.each([
    [
      { ...code, version: '1.1' },
      'recorded with version 1.0 at 0123456789ab, replayed with version 1.1 at 0123456789ab',
    ],
    [
      { ...code, commit: null },
      'recorded with version 1.0 at 0123456789ab, replayed with version 1.0',
    ],
    [{ ...code, dirty: true }, 'replayed with changes that are not committed'],
  ])('%#', (now, text) => {
    expect(codeDifference(code, now)).toBe(text);
  });
});
