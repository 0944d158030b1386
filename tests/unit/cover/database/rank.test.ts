// Ranking runs and comparing databases: laws against searching everything.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeDatabases, type CoverageDatabase } from '#cover/database/database';
import { DatabaseView } from '#cover/database/database-view';
import { diffCoverage } from '#cover/database/diff';
import { rankRuns, type Ranking } from '#cover/database/rank';
import { SEARCH_LIMITS, smallestCover } from '#cover/database/smallest-cover';
import { anyRuns, databaseOf, PLAIN, recordOf, runsOf } from './models.ts';
import { DatabaseBuilder } from '#cover/database/database';

const rank = (database: CoverageDatabase): Ranking =>
  rankRuns(new DatabaseView(database), () => false);

/** Bins that these runs cover by what is known of their hits. */
function coveredBy(view: DatabaseView, runs: readonly number[]): number {
  const sums = new Float64Array(view.needs.length);
  for (const run of runs) {
    const { bins, counts } = view.hitsOf(view.database.runs[run])!;
    bins.forEach((bin, at) => {
      sums[bin] += counts[at];
    });
  }
  return [...view.bins()].filter((bin) => sums[bin] >= view.needs[bin]).length;
}

/** Size of the smallest set of runs with the coverage of all, by trying all sets. */
function searchedSize(view: DatabaseView): number {
  const count = view.database.runs.length;
  const all = coveredBy(view, [...view.database.runs.keys()]);
  let best = count;
  for (let set = 0; set < 1 << count; set++) {
    const runs = [...view.database.runs.keys()].filter((run) => (set & (1 << run)) !== 0);
    if (runs.length < best && coveredBy(view, runs) === all) best = runs.length;
  }
  return best;
}

describe('rank', () => {
  it('covers what all runs cover, with the smallest set where it says so', () => {
    const someRuns = fc.tuple(anyRuns, anyRuns).map(([a, b]) => [...a, ...b].slice(0, 7));
    fc.assert(
      fc.property(someRuns, (runs) => {
        const view = new DatabaseView(databaseOf(runs));
        const ranking = rankRuns(view, () => false);
        const chosen = ranking.runs.map(({ run }) => run);
        const all = coveredBy(view, [...view.database.runs.keys()]);
        expect(coveredBy(view, chosen)).toBe(all);
        expect(ranking.coverable).toBe(all);
        expect(ranking.runs.at(-1)?.covered ?? 0).toBe(all);
        const smallest = searchedSize(view);
        expect(ranking.runsMin).toBeLessThanOrEqual(smallest);
        if (ranking.runsMin === chosen.length) expect(chosen).toHaveLength(smallest);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('gives each run the bins it adds, the largest first; equals go to the first', () => {
    const runs = runsOf([
      [[3, 'a']],
      [[3, 'a']],
      [
        [0, 'b'],
        [1, 'b'],
        [9, 'a'],
      ],
    ]);
    expect(rank(databaseOf(runs))).toEqual({
      runs: [
        { run: 2, added: 6, covered: 6 },
        { run: 0, added: 2, covered: 8 },
      ],
      coverable: 8,
      unexplained: 0,
      bins: 12,
      runsMin: 2,
    });
  });

  it('does not depend on the order in which databases were merged', () => {
    fc.assert(
      fc.property(anyRuns, anyRuns, (x, y) => {
        const [a, b] = [databaseOf(x), databaseOf(y)];
        expect(rank(mergeDatabases([a, b]))).toEqual(rank(mergeDatabases([b, a])));
      }),
      { seed: 1 },
    );
  });

  it('takes as many runs as a bin wants hits, and leaves out bins that do not count', () => {
    const runs = runsOf([
      [[3, 'e']],
      [[3, 'e']],
      [
        [3, 'e'],
        [3, 'e'],
      ],
    ]);
    const deep = runs.map((run) => ({ ...run, model: { ...PLAIN, atLeast: 3 } }));
    const view = new DatabaseView(databaseOf(deep));
    expect(rankRuns(view, () => false).runs.map(({ run }) => run)).toEqual([2, 0]);
    expect(rankRuns(view, () => true)).toMatchObject({ runs: [], coverable: 0, bins: 0 });
  });

  it('says what no run explains', () => {
    const builder = new DatabaseBuilder();
    builder.addDatabase(databaseOf(runsOf([[[3, 'a']]])));
    builder.addCoverage(recordOf({ model: PLAIN, samples: [{ x: 0, y: 'b' }], ports: 1 }));
    expect(rank(builder.build())).toMatchObject({ coverable: 3, unexplained: 4, runsMin: 1 });
  });

  it('ranks a thousand runs', () => {
    let state = 1;
    const next = (bound: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return (state >>> 12) % bound;
    };
    const lists = Array.from({ length: 1000 }, () =>
      Array.from({ length: 2 }, () => [next(9), 'abcde'[next(5)]] as const),
    );
    const view = new DatabaseView(databaseOf(runsOf(lists)));
    const { runs, coverable, runsMin } = rankRuns(view, () => false);
    expect(runs.at(-1)?.covered).toBe(coverable);
    expect(runsMin).toBe(runs.length);
  });
});

describe('the smallest cover', () => {
  it('is as small as that of trying everything', () => {
    const sets = fc.array(fc.uniqueArray(fc.nat(9), { minLength: 1, maxLength: 4 }), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(sets, (list) => {
        const found = smallestCover(list)!;
        const meets = (elements: readonly number[]): boolean =>
          list.every((set) => set.some((element) => elements.includes(element)));
        expect(meets(found)).toBe(true);
        let best = 10;
        for (let mask = 0; mask < 1 << 10; mask++) {
          const elements = Array.from({ length: 10 }, (_, bit) => bit).filter(
            (bit) => (mask & (1 << bit)) !== 0,
          );
          if (elements.length < best && meets(elements)) best = elements.length;
        }
        expect(found).toHaveLength(best);
      }),
      { seed: 1 },
    );
  });

  it('gives up beyond its limits instead of taking for ever', () => {
    const pairs = Array.from({ length: 40 }, (_, a) =>
      Array.from({ length: 40 }, (__, b) => [a, b]).filter(([x, y]) => x < y && (x * y) % 3 === 1),
    ).flat();
    expect(smallestCover(pairs)).toBeUndefined();
    expect(smallestCover([[1], undefined])).toBeUndefined();
    const long = Array.from({ length: SEARCH_LIMITS.entriesMax }, (_, element) => element);
    expect(smallestCover([long])).toBeUndefined();
    expect(smallestCover([long.slice(1)])).toEqual([1]);
  });
});

describe('diff', () => {
  it('tells gained, lost, new, gone and changed bins', () => {
    const [before] = runsOf([
      [
        [3, 'a'],
        [1, 'e'],
      ],
    ]);
    const [after] = runsOf([
      [
        [3, 'b'],
        [3, 'a'],
        [6, 'a'],
      ],
    ]);
    const changed = { ...after, model: { ...PLAIN, xs: [3, 0], hasTail: true } };
    const diff = diffCoverage(databaseOf([before]), databaseOf([changed]));
    const paths = (list: readonly { readonly path: string }[]): string[] =>
      list.map(({ path }) => path);
    expect(paths(diff.gained)).toEqual([
      'Traffic/y/b',
      'Traffic/y/twice',
      'Traffic/x/tail',
      'Traffic/both/x=tail y=a',
      'Traffic/both/x=tail y=twice',
    ]);
    expect(paths(diff.lost)).toEqual(['Traffic/x/v[1]']);
    expect(paths(diff.added)).toEqual(['Traffic/both/x=tail y=b']);
    expect(paths(diff.removed)).toEqual([]);
    expect(diff.changed).toContainEqual({ path: 'Traffic/x/v[3]', before: 1, after: 2 });
    expect(diffCoverage(databaseOf([before]), databaseOf([before]))).toMatchObject({
      gained: [],
      lost: [],
      changed: [],
    });
  });
});
