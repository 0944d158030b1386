// What can be searched, filtered and sorted in the closure page, and how it stands in its address.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runColumns, verdictsByValue } from '#reports/page/column-values';
import { hashOf, listParam, listText, parseHash, VIEWS } from '#reports/page/route';
import { bucketsOf, filterRuns, sortRuns, verdictSet } from '#reports/page/run-filter';
import { matchesTerms, parseTerms } from '#reports/page/search-terms';
import { suspectsOf } from '#reports/page/suspects';
import { asPage, regressionOf, type PageRun } from '../page-records.ts';

const RUNS: readonly PageRun[] = [
  { verdict: 'PASS', test: 'dma', swarm: { tenants: 1, mode: 'calm', vfs: true } },
  { verdict: 'FAIL', test: 'reset', swarm: { tenants: 9, mode: 'wild', vfs: true } },
  { verdict: 'PASS', test: 'reset', swarm: { tenants: 2, mode: 'calm', vfs: false } },
  { verdict: 'ERROR', test: 'dma', swarm: { tenants: 3, mode: 'calm' } },
  { verdict: 'FAIL', test: 'dma', swarm: { tenants: 8, mode: 'wild', vfs: false }, rule: 'R-2' },
  { verdict: 'SKIP', test: 'dma', swarm: {} },
  { verdict: 'FAIL', test: 'dma', swarm: { tenants: 8, mode: 'wild', vfs: false }, rule: 'R-2' },
];
const page = asPage(regressionOf(RUNS));
const columns = runColumns(page);

function found(
  query: Partial<Record<'q' | 'verdict' | 'test' | 'where' | 'rule', string>>,
): number[] {
  const { q = '', verdict, test, where, rule = '' } = query;
  const runs = filterRuns(page.runs, columns, {
    verdicts: verdictSet(listParam(verdict)),
    tests: new Set(listParam(test)),
    terms: parseTerms(q),
    where: listParam(where),
    rule,
  });
  return runs.map(({ index }) => index);
}

describe('runs', () => {
  it('are filtered by verdict, test, rule, words and values, all at once', () => {
    expect(found({})).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(found({ verdict: 'FAIL,ERROR' })).toEqual([1, 3, 4, 6]);
    expect(found({ verdict: 'nonsense' })).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(found({ test: 'reset' })).toEqual([1, 2]);
    expect(found({ rule: 'R-2' })).toEqual([4, 6]);
    expect(found({ q: 'tb-hung' })).toEqual([3]);
    expect(found({ q: 'expected -reset' })).toEqual([4, 6]);
    expect(found({ where: 'mode=wild', test: 'dma' })).toEqual([4, 6]);
    expect(found({ where: 'tenants=2..8' })).toEqual([2, 3, 4, 6]);
    expect(found({ where: 'tenants=2..8,vfs=false' })).toEqual([2, 4, 6]);
    expect(found({ where: 'vfs=(none)' })).toEqual([3, 5]);
    expect(found({ where: 'nowhere=1' })).toEqual([]);
    expect(found({ where: 'constructor=1' })).toEqual([]);
  });

  it('are sorted, those that are equal in plan order', () => {
    const order = (by: string): number[] => sortRuns(page.runs, by).map(({ index }) => index);
    expect(order('verdict')).toEqual([1, 4, 6, 3, 5, 0, 2]);
    expect(order('-seed')).toEqual([6, 5, 4, 3, 2, 1, 0]);
    expect(order('test')).toEqual([0, 3, 4, 5, 6, 1, 2]);
    expect(order('nonsense')).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('fall into buckets by what went wrong first, FAIL before ERROR, the largest first', () => {
    const buckets = bucketsOf(page.runs).map(({ verdict, cause, runs }) => [
      verdict,
      cause,
      runs.length,
    ]);
    expect(buckets).toEqual([
      ['FAIL', 'R-2', 2],
      ['FAIL', 'R-1', 1],
      ['ERROR', 'tb-hung', 1],
    ]);
  });
});

describe('verdicts by value', () => {
  const table = (name: string): unknown[] => {
    const column = columns.find((one) => one.name === name)!;
    return verdictsByValue(column, page.runs).map(({ value, counts, total }) => [
      value,
      total,
      counts.FAIL,
    ]);
  };

  it('are counted for each value, in order, and for runs without one', () => {
    expect(table('mode')).toEqual([
      ['(none)', 1, 0],
      ['calm', 3, 0],
      ['wild', 3, 3],
    ]);
    expect(table('tenants').slice(-2)).toEqual([
      ['8', 2, 2],
      ['9', 1, 1],
    ]);
  });

  it('are counted by ranges of many numbers, each of which finds its runs again', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: -1000, max: 100_000 }), { minLength: 25, maxLength: 90 }),
        (values) => {
          const many = asPage(
            regressionOf(values.map((value) => ({ verdict: 'PASS', swarm: { value } }))),
          );
          const own = runColumns(many);
          const rows = verdictsByValue(
            own.find(({ name }) => name === 'value')!,
            many.runs,
          );
          expect(rows.length).toBeLessThanOrEqual(12);
          for (const { value, total } of rows) {
            const runs = filterRuns(many.runs, own, {
              verdicts: verdictSet([]),
              tests: new Set(),
              terms: parseTerms(''),
              where: [`value=${value}`],
              rule: '',
            });
            expect(runs.length).toBe(total);
          }
        },
      ),
      { seed: 1, numRuns: 60 },
    );
  });
});

describe('what failures have in common', () => {
  const failing = page.runs.filter(({ verdict }) => verdict === 'FAIL');
  const passing = page.runs.filter(({ verdict }) => verdict === 'PASS');

  it('is what all of them have and few that passed, first', () => {
    const suspects = suspectsOf(columns, failing, passing);
    expect(suspects[0]).toEqual({ column: 'mode', value: 'wild', failing: 3, passing: 0 });
    expect(suspects.some(({ column, value }) => column === 'tenants' && value === '8')).toBe(true);
    // Half of those that passed have it as well.
    expect(suspects.some(({ column, value }) => column === 'vfs' && value === 'true')).toBe(false);
  });

  it('is a range where numbers are many', () => {
    const many = asPage(
      regressionOf(
        Array.from({ length: 60 }, (_, value) => ({
          verdict: value >= 40 ? 'FAIL' : 'PASS',
          swarm: { value },
        })),
      ),
    );
    const suspects = suspectsOf(
      many.columns,
      many.runs.filter(({ verdict }) => verdict === 'FAIL'),
      many.runs.filter(({ verdict }) => verdict === 'PASS'),
    );
    expect(suspects).toEqual([{ column: 'value', value: '40..59', failing: 20, passing: 0 }]);
  });

  it('is nothing without failures or without anything to compare them with', () => {
    expect(suspectsOf(columns, [], passing)).toEqual([]);
    expect(suspectsOf(columns, failing, [])).toEqual([]);
  });
});

describe('search terms', () => {
  it.each([
    ['', 'anything', true],
    ['b a', 'a b', true],
    ['A', 'a', true],
    ['a -b', 'a b', false],
    ['"a b"', 'a b', true],
    ['"a b"', 'b a', false],
    ['-"a b"', 'a b', false],
    ['"unclosed q', 'unclosed query', true],
    ['-', 'a', true],
    ['(.*', 'x(.*y', true],
  ])('%s against %s', (query, text, isFound) => {
    expect(matchesTerms(parseTerms(query), text)).toBe(isFound);
  });
});

describe('the address', () => {
  it('brings back every view and filter', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...VIEWS),
        fc.dictionary(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), { maxKeys: 5 }),
        (view, params) => {
          const plain = Object.fromEntries(Object.entries(params));
          expect(parseHash(hashOf({ view, params: plain }))).toEqual({ view, params: plain });
        },
      ),
      { seed: 1 },
    );
  });

  it('keeps the entries of a list apart, whatever they hold', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 })), (list) => {
        expect(listParam(listText(list))).toEqual(list);
      }),
      { seed: 1 },
    );
  });

  it('that is not understood means the overview', () => {
    for (const hash of ['', '#', '#/', '#nowhere', '#/nowhere?q=1', '#/%%%']) {
      expect(parseHash(hash).view).toBe('overview');
    }
    expect(parseHash('#/runs?q=a%20b')).toEqual({ view: 'runs', params: { q: 'a b' } });
  });
});
