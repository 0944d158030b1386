// Coverage counts by name: points, illegal and default bins, crosses with the bins of their tuples.
import { expect, it } from 'vitest';
import { coverageCounts } from '#debug/coverage-counts';
import type { CoverpointRecord } from '#record/coverage-record';

function point(name: string, bins: readonly string[], counts: readonly number[]): CoverpointRecord {
  return {
    name,
    weight: 1,
    atLeast: 1,
    bins,
    counts,
    defaultCount: 2,
    illegal: ['bad'],
    illegalCounts: [name === 'kind' ? 1 : 0],
  };
}

it('names what was hit, and leaves out what was not', () => {
  const size = point('size', ['small', 'middle', 'large'], [4, 0, 1]);
  const kind = point('kind', ['read', 'write'], [5, 0]);
  const cross = {
    name: 'both',
    weight: 1,
    atLeast: 1,
    axes: [
      { name: 's', point: 'size' },
      { name: 'k', point: 'kind' },
    ],
    excluded: [],
    hits: [0, 4, 5, 1],
    bins: ['own'],
    counts: [3],
    illegalCount: 0,
  };
  const group = { type: 'G', weight: 1, samples: 7, points: [size, kind], crosses: [cross] };
  expect([...coverageCounts({ groups: [group] })]).toEqual([
    ['G samples', 7],
    ['G.size bin small', 4],
    ['G.size bin large', 1],
    ['G.size default', 2],
    ['G.kind bin read', 5],
    ['G.kind illegal bin bad', 1],
    ['G.kind default', 2],
    ['G.both s=small k=read', 4],
    ['G.both s=large k=write', 1],
    ['G.both bin own', 3],
  ]);
});
