// The model of the closure page: runs, groups and bins out of a payload.
import { describe, expect, it } from 'vitest';
import { BinTable, BIN_STATES, type BinOrder, type BinState } from '#reports/page/bin-table';
import { parseTerms } from '#reports/page/search-terms';
import { asPage, EVERY_KIND, EXCLUSIONS, regressionOf } from '../page-records.ts';

const page = asPage(
  regressionOf([
    { verdict: 'PASS', coverage: { groups: [] } },
    { verdict: 'FAIL', coverage: { groups: [EVERY_KIND] } },
    { verdict: 'PASS', coverage: { groups: [EVERY_KIND] } },
  ]),
);
const bins = new BinTable(page);

function rowsOf(
  query: string,
  states: readonly BinState[] = BIN_STATES,
  order: BinOrder = 'model',
): string[] {
  const filter = { states: new Set(states), terms: parseTerms(query), items: null };
  return [...bins.sorted(bins.rows(filter), order)].map((row) => {
    const { bins: own, index } = bins.at(row);
    return `${own.item.name} ${own.name(index)}: ${own.count(index)} ${own.state(index)}`;
  });
}

describe('groups and items', () => {
  it('have the percentages of the record, n/a where nothing is countable', () => {
    const [group] = page.groups;
    expect(page.percent).toBe(group.percent);
    expect(group.items.map(({ name, kind, percent }) => [name, kind, percent])).toEqual([
      ['size', 'coverpoint', (100 * 2) / 3],
      ['way', 'coverpoint', 100],
      ['nothing', 'coverpoint', null],
      ['sizeByWay', 'cross', 50],
    ]);
    expect([group.covered, group.bins, group.samples]).toEqual([7, 11, 24]);
  });

  it('know what does not count', () => {
    const [size, , nothing, cross] = page.groups[0].items.map((item) => bins.of(item)!);
    expect([size.defaultCount, size.illegalCount, size.item.atLeast]).toEqual([6, 4, 2]);
    expect(nothing.size).toBe(0);
    expect(cross.excludedCount).toBe(1);
    expect(cross.indexOfTuple(4)).toBe(4);
    expect(cross.indexOfTuple(5)).toBe(-1);
  });
});

describe('rows of bins', () => {
  it('are all bins, the illegal ones and the tuples of crosses among them', () => {
    expect(rowsOf('')).toEqual([
      'size small: 10 covered',
      'size large: 2 covered',
      'size huge: 0 hole',
      'size odd: 4 illegal',
      'size even: 0 illegal',
      'way up: 8 covered',
      'way down: 4 covered',
      'sizeByWay size=small way=up: 6 covered',
      'sizeByWay size=small way=down: 0 hole',
      'sizeByWay size=large way=up: 2 covered',
      'sizeByWay size=large way=down: 0 hole',
      'sizeByWay size=huge way=up: 0 hole',
      'sizeByWay special: 8 covered',
    ]);
  });

  it('are low where hits are fewer than at_least', () => {
    const once = asPage(regressionOf([{ verdict: 'PASS', coverage: { groups: [EVERY_KIND] } }]));
    const own = new BinTable(once).of(once.groups[0].items[0])!;
    expect([0, 1, 2].map((index) => own.state(index))).toEqual(['covered', 'low', 'hole']);
  });

  it('come with hits of illegal bins first, then holes, then the least hit', () => {
    expect(rowsOf('', BIN_STATES, 'holes')).toEqual([
      'size odd: 4 illegal',
      'size huge: 0 hole',
      'sizeByWay size=small way=down: 0 hole',
      'sizeByWay size=large way=down: 0 hole',
      'sizeByWay size=huge way=up: 0 hole',
      'size large: 2 covered',
      'sizeByWay size=large way=up: 2 covered',
      'way down: 4 covered',
      'sizeByWay size=small way=up: 6 covered',
      'way up: 8 covered',
      'sizeByWay special: 8 covered',
      'size small: 10 covered',
      'size even: 0 illegal',
    ]);
    expect(rowsOf('', ['covered'], 'hits')[0]).toBe('size small: 10 covered');
  });

  it('are found by words of group, item and bin, in any order', () => {
    expect(rowsOf('HUGE kindcoverage')).toEqual([
      'size huge: 0 hole',
      'sizeByWay size=huge way=up: 0 hole',
    ]);
    expect(rowsOf('sizebyway -small', ['hole'])).toEqual([
      'sizeByWay size=large way=down: 0 hole',
      'sizeByWay size=huge way=up: 0 hole',
    ]);
    expect(rowsOf('"size=large way=up"')).toEqual(['sizeByWay size=large way=up: 2 covered']);
    expect(rowsOf('nowhere')).toEqual([]);
  });

  it('know the run that hit them first', () => {
    const first = bins.firstHitBy(1).map((row) => {
      const { bins: own, index } = bins.at(row);
      return own.name(index);
    });
    expect(first).toEqual([
      'small',
      'large',
      'up',
      'down',
      'size=small way=up',
      'size=large way=up',
      'special',
    ]);
    expect(bins.firstHitBy(2)).toEqual([]);
    expect(page.runs.map(({ newBins }) => newBins)).toEqual([0, 7, 0]);
  });
});

describe('excluded bins', () => {
  const without = asPage(
    regressionOf([{ verdict: 'PASS', coverage: { groups: [EVERY_KIND] } }], EXCLUSIONS),
  );
  const table = new BinTable(without);
  const [size, way, , cross] = without.groups[0].items.map((item) => table.of(item)!);

  it('stand apart, whether they were hit or not, and are not counted', () => {
    expect([0, 1, 2].map((index) => size.state(index))).toEqual(['covered', 'low', 'excluded']);
    expect([0, 1].map((index) => way.state(index))).toEqual(['excluded', 'covered']);
    const out = cross.indexOfTuple(4);
    expect([cross.name(out), cross.state(out)]).toEqual(['size=huge way=up', 'excluded']);
    expect(without.groups[0].items.map(({ covered, bins: all }) => `${covered}/${all}`)).toEqual([
      '1/2',
      '1/1',
      '0/0',
      '3/5',
    ]);
  });

  it('say who took them out, and how many exclusions were dropped', () => {
    expect(size.exclusion(2)).toMatchObject({ owner: 'ann', proof: 'size <= 4 always' });
    expect(cross.exclusion(cross.indexOfTuple(4))).toMatchObject({ owner: 'bob' });
    expect(size.exclusion(0)).toBeUndefined();
    const { excluded, dropped, list } = without.exclusions;
    expect([excluded, dropped]).toEqual([3, 2]);
    expect(list.map(({ state }) => state)).toEqual([
      'active',
      'active',
      'suspicious',
      'expired',
      'changed',
    ]);
  });

  it('are none where a record says nothing of them', () => {
    expect(page.exclusions).toEqual({ list: [], excluded: 0, dropped: 0 });
    expect(
      bins.rows({ states: new Set(['excluded']), terms: parseTerms(''), items: null }),
    ).toEqual(new Int32Array(0));
  });

  it('come last where holes come first', () => {
    const filter = { states: new Set(BIN_STATES), terms: parseTerms('way -by'), items: null };
    const rows = table.sorted(table.rows(filter), 'holes');
    expect([...rows].map((row) => table.at(row).bins.name(table.at(row).index))).toEqual([
      'down',
      'up',
    ]);
  });
});
