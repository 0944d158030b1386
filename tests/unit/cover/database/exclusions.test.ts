// Exclusions: what they name, when they are dropped, what is said of their file.
import { describe, expect, it } from 'vitest';
import { DatabaseView, pathText } from '#cover/database/database-view';
import {
  Exclusions,
  exclusionsText,
  parseExclusions,
  patternHash,
  type Exclusion,
} from '#cover/database/exclusions';
import type { ExclusionState } from '#record/exclusion-record';
import { rankRuns } from '#cover/database/rank';
import { summarizeCoverage } from '#cover/summary';
import { databaseOf, PLAIN, runsOf, type ModelCase } from './models.ts';

const TODAY = '2026-06-15';

function viewOf(model: Partial<ModelCase> = {}): DatabaseView {
  const [run] = runsOf([
    [
      [3, 'a'],
      [0, 'b'],
    ],
  ]);
  return new DatabaseView(databaseOf([{ ...run, model: { ...PLAIN, ...model } }]));
}

function exclusion(path: string, more: Partial<Exclusion> = {}): Exclusion {
  const model = patternHash(viewOf().record, path);
  return { path, reason: 'cannot happen', owner: 'ann', model, ...more };
}

function state(view: DatabaseView, one: Exclusion): ExclusionState {
  return new Exclusions(view, [one], TODAY).resolved[0].state;
}

describe('an exclusion', () => {
  it.each([
    ['Traffic/x/v[1]', ['Traffic/x/v[1]']],
    ['Traffic/x/v[?]', ['Traffic/x/v[3]', 'Traffic/x/v[0]', 'Traffic/x/v[1]']],
    ['Traffic/y', ['Traffic/y/a', 'Traffic/y/b', 'Traffic/y/twice']],
    ['*/y/b', ['Other/y/b', 'Traffic/y/b']],
    ['Traffic/both/x=* y=twice', ['Traffic/both/x=v[0] y=twice']],
    ['Traffic/*/*twice', ['Traffic/y/twice', 'Traffic/both/x=v[0] y=twice']],
    ['Traffic/both/thr\\ees', ['Traffic/both/threes']],
    ['Other', ['Other/y/a', 'Other/y/b']],
  ])('%s names bins by their path', (path, expected) => {
    const view = viewOf();
    const { resolved } = new Exclusions(view, [exclusion(path)], TODAY);
    expect(resolved[0].bins.map((bin) => pathText(view.pathOf(bin)))).toEqual(expected);
  });

  it('leaves numerator and denominator', () => {
    const view = viewOf();
    const before = summarizeCoverage(view.record).groups[1].items;
    expect(before[1]).toMatchObject({ name: 'x', covered: 2, bins: 3 });
    const list = [exclusion('Traffic/x/v[1]'), exclusion('Traffic/both/x=v[0] y=twice')];
    const excluded = new Exclusions(view, list, TODAY);
    const [, x, both] = summarizeCoverage(view.record, { excluded }).groups[1].items;
    expect(x).toMatchObject({ covered: 2, bins: 2, percent: 100, excludedCount: 1, holes: [] });
    expect(both).toMatchObject({ covered: 2, bins: 3, excludedCount: 1 });
    expect(excluded.size).toBe(2);
    const ranking = rankRuns(view, (bin) => excluded.find(bin) !== undefined);
    expect(ranking.bins).toBe(10);
  });

  it('holds until its day is over', () => {
    const view = viewOf();
    expect(state(view, exclusion('Traffic/x/v[1]', { expires: TODAY }))).toBe('active');
    expect(state(view, exclusion('Traffic/x/v[1]', { expires: '2026-06-14' }))).toBe('expired');
  });

  it('is dropped when the bins of its item change, and not when another item or a weight does', () => {
    const changed = viewOf({ xs: [3, 0, 1, 4] });
    expect(state(changed, exclusion('Traffic/x/v[1]'))).toBe('changed');
    expect(state(changed, exclusion('Traffic/both/threes'))).toBe('changed');
    expect(state(changed, exclusion('Traffic/y/twice'))).toBe('active');
    expect(state(viewOf({ atLeast: 3 }), exclusion('Traffic/x/v[1]'))).toBe('active');
    const dropped = new Exclusions(changed, [exclusion('Traffic/x/v[1]')], TODAY);
    expect(dropped.of('Traffic', 'x')).toBeUndefined();
    expect(dropped.size).toBe(0);
  });

  it('is suspicious when what it takes out was hit, and says when it names nothing', () => {
    const view = viewOf();
    const [found] = new Exclusions(view, [exclusion('Traffic/x/v[3]')], TODAY).resolved;
    expect(found).toMatchObject({ state: 'suspicious', hit: found.bins });
    expect(state(view, exclusion('Traffic/x/none'))).toBe('nothing');
  });
});

describe('the file of exclusions', () => {
  it('is read as it was written', () => {
    const list = [exclusion('Traffic/x/v[1]', { expires: '2027-01-31' }), exclusion('Other')];
    expect(parseExclusions(exclusionsText(list))).toEqual(list);
  });

  const file = (entry: unknown): string =>
    JSON.stringify({ schema: 'ridgeline.exclusions/1', exclusions: [entry] });
  const whole = { path: 'a', reason: 'b', owner: 'c', model: 'd' };
  it.each([
    ['{', 'no JSON'],
    ['null', 'their schema is undefined'],
    ['{"schema":"ridgeline.exclusions/2"}', 'schema is "ridgeline.exclusions/2"'],
    ['{"schema":"ridgeline.exclusions/1"}', "'exclusions' is no list"],
    [file(null), 'exclusions[0] has no path'],
    [file({ ...whole, reason: ' ' }), 'exclusions[0] has no reason'],
    [file({ ...whole, owner: 3 }), 'exclusions[0] has no owner'],
    [file({ ...whole, model: undefined }), 'exclusions[0] has no model'],
    [file({ ...whole, expires: '31.1.2027' }), 'expected a day such as 2027-01-31'],
  ])('%s is refused', (text, message) => {
    expect(() => parseExclusions(text)).toThrow(message);
  });
});
