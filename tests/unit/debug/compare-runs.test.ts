// Did a replay do the same?
import { describe, expect, it } from 'vitest';
import type { CoverageRecord } from '#record/coverage-record';
import { codeDifference, compareRuns } from '#debug/compare-runs';
import type { RunRecord } from '#record/run-record';
import { sampleRun } from '../reports/sample-records.ts';

const sample = sampleRun({ test: 'dma', seed: 7, verdict: 'FAIL' });
const second = { ...sample.failures[0], rule: 'R-2', subject: 'sdi 4', count: 1 };
const run = { ...sample, failures: [sample.failures[0], second] };

const FAILURE_TEXT = expect.stringMatching(/^2× from 12250000 ps \[test/) as string;

function withHits(counts: readonly number[]): CoverageRecord {
  const [group] = run.coverage.groups;
  return { groups: [{ ...group, points: [{ ...group.points[0], counts }] }] };
}

describe('compareRuns', () => {
  it('finds nothing between equal runs, whatever the wall clock says', () => {
    expect(compareRuns(run, { ...run, wall: { seconds: 9 } }, true)).toEqual([]);
  });

  it('finds verdict, cause and digests', () => {
    const digests = { tlp: 'aa2', draws: 'bb2' };
    const error = { code: 'tb-hung', message: 'late', detail: '' };
    const other: RunRecord = { ...run, verdict: 'ERROR', failures: [], error, digests };
    expect(compareRuns(run, other, true)).toEqual([
      { what: 'verdict', recorded: 'FAIL', replayed: 'ERROR' },
      { what: 'cause', recorded: 'R-1 sdi 3', replayed: 'tb-hung' },
      { what: 'error', recorded: 'none', replayed: 'tb-hung: late' },
      { what: 'failure R-1 sdi 3', recorded: FAILURE_TEXT, replayed: 'none' },
      {
        what: 'failure R-2 sdi 4',
        recorded: expect.stringContaining('1× from') as string,
        replayed: 'none',
      },
      { what: 'tlp digest', recorded: run.digests.tlp, replayed: 'aa2' },
      { what: 'draws digest', recorded: run.digests.draws, replayed: 'bb2' },
    ]);
  });

  it.each([
    ['simulated time', { counts: { ...run.counts, timePs: 1 } }],
    ['operations', { counts: { ...run.counts, operations: 99 } }],
    ['evaluations of R-1', { evaluations: { ...run.evaluations, 'R-1': 99 } }],
    ['hits of SizeCoverage.size bin large', { coverage: withHits([4, 1]) }],
    ['failure R-2 sdi 4', { failures: [run.failures[0]] }],
    ['failure R-1 sdi 3', { failures: [{ ...run.failures[0], seen: '19' }, run.failures[1]] }],
  ])('finds another %s, although the digests agree', (what, over) => {
    const differences = compareRuns(run, { ...run, ...over }, true);
    expect(differences.map((one) => one.what)).toEqual([what]);
    expect(differences[0].recorded).not.toBe(differences[0].replayed);
  });

  it('names a few of many', () => {
    const evaluations = Object.fromEntries(Array.from({ length: 9 }, (_one, n) => [`X-${n}`, 1]));
    const differences = compareRuns({ ...run, evaluations: {} }, { ...run, evaluations }, true);
    expect(differences.map(({ what }) => what)).toEqual([
      ...[0, 1, 2, 3, 4].map((n) => `evaluations of X-${n}`),
      'evaluations of …',
    ]);
    expect(differences[5]).toMatchObject({ recorded: '4 more', replayed: '4 others' });
  });

  it('does not compare the line of the source of an exception, nor a run that left nothing', () => {
    const error = { code: 'tb-exception', detail: '' };
    const before = { ...run, error: { ...error, message: 'boom\n  at alu/alu-env.ts(61)' } };
    const after = { ...run, error: { ...error, message: 'boom\n  at alu/alu-env.ts(62)' } };
    expect(compareRuns(before, after, true)).toEqual([]);
    const died = { ...run, digests: { tlp: '', draws: '' }, evaluations: {} };
    expect(compareRuns(run, died, true)).toEqual([]);
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
