// The closure of a regression: its curve is what merging and summarizing after every run would give, its first hits are those
// that a search through the runs finds. Laws over models that differ between runs, too.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { each } from '#cover/bins';
import { Covergroup } from '#cover/covergroup';
import { recordGroup } from '#cover/coverage-db';
import { resolveExclusions } from '#cover/database/excluded-record';
import { patternHash, type DatedExclusions } from '#cover/database/exclusions';
import { mergeCoverage } from '#cover/merge';
import { summarizeCoverage } from '#cover/summary';
import { NEVER_HIT, type ClosureCurve, type ClosureRecord } from '#record/closure-record';
import type { CoverageRecord, CovergroupRecord } from '#record/coverage-record';
import { ClosureSum } from '#run/closure-sum';

interface Sample {
  readonly x: number;
  readonly y: string;
}

class Model extends Covergroup<Sample> {
  readonly x;
  readonly y = this.coverpoint('y', { a: 'a', b: 'b' });
  readonly both;
  constructor(type: string, xs: readonly number[]) {
    super(type);
    this.x = this.coverpoint('x', each(...xs));
    this.both = this.cross({ x: this.x, y: this.y }, { ignore: (bin) => bin.x === '1' });
  }
}

interface GroupCase {
  readonly type: string;
  readonly xs: readonly number[];
  readonly samples: readonly Sample[];
  readonly atLeast: number;
  readonly weight: number;
}

function groupRecord({ type, xs, samples, atLeast, weight }: GroupCase): CovergroupRecord {
  const model = new Model(type, xs);
  for (const sample of samples) model.sample(sample);
  const group = recordGroup(model);
  return {
    ...group,
    weight,
    points: group.points.map((point) => ({ ...point, atLeast })),
    crosses: group.crosses.map((cross) => ({ ...cross, atLeast, weight: 2 })),
  };
}

const anySample = fc.record({
  x: fc.integer({ min: 0, max: 4 }),
  y: fc.constantFrom('a', 'b'),
});

/** Runs whose groups come and go, and whose bins, goals and weights differ where `isSame` is false. */
function anyRuns(isSame: boolean): fc.Arbitrary<CoverageRecord[]> {
  const xs = isSame
    ? fc.constant([3, 0, 1])
    : fc.uniqueArray(fc.integer({ min: 0, max: 4 }), { minLength: 1 });
  const group = (type: string): fc.Arbitrary<CovergroupRecord> =>
    fc
      .record({
        type: fc.constant(type),
        xs,
        samples: fc.array(anySample, { maxLength: 4 }),
        atLeast: isSame ? fc.constant(2) : fc.integer({ min: 1, max: 3 }),
        weight: isSame ? fc.constant(1) : fc.integer({ min: 0, max: 3 }),
      })
      .map(groupRecord);
  const record = fc
    .tuple(fc.option(group('first')), fc.option(group('second')))
    .map((groups) => ({ groups: groups.filter((one) => one !== null) }));
  return fc.array(record, { minLength: 1, maxLength: 12 });
}

function closureOf(runs: readonly CoverageRecord[]): ClosureRecord {
  const sum = new ClosureSum();
  runs.forEach((coverage, run) => sum.add(run, coverage));
  return sum.record(mergeCoverage(runs));
}

const PATHS = [
  'first/x/1',
  'first/both/x=0*',
  '*/y/a',
  'second',
  'first/*/*b*',
  '*',
  'third/x',
  'first/both/x=3 y=a',
];

/** Exclusions written after one of the runs, so that some hold all along and others only for a while. */
function exclusionsOf(
  runs: readonly CoverageRecord[],
  wanted: readonly { readonly path: string; readonly at: number; readonly isPast: boolean }[],
): DatedExclusions {
  const list = wanted.map(({ path, at, isPast }) => {
    const model = patternHash(mergeCoverage(runs.slice(0, 1 + (at % runs.length))), path);
    const expires = isPast ? '2026-01-01' : '2026-12-31';
    return { path, reason: 'cannot happen', owner: 'ann', model, expires };
  });
  return { list, today: '2026-06-15' };
}

/** Undefined before the first step. */
function valueAt({ runs, percents }: ClosureCurve, run: number): number | null | undefined {
  return percents[runs.findLastIndex((step) => step <= run)];
}

/** Where each tuple or bin of `merged` was hit first, by merging each run alone into a copy without counts. */
function searchedFirstHit(
  runs: readonly CoverageRecord[],
  merged: CoverageRecord,
  countOf: (coverage: CoverageRecord) => number,
): number {
  const empty = {
    groups: merged.groups.map((group) => ({
      ...group,
      points: group.points.map((point) => ({ ...point, counts: point.counts.map(() => 0) })),
      crosses: group.crosses.map((cross) => ({ ...cross, hits: [] })),
    })),
  };
  return runs.findIndex((run) => countOf(mergeCoverage([empty, run])) > 0);
}

describe('the closure of a regression', () => {
  it.each([
    ['one model', true],
    ['models that differ', false],
  ])('has after every run the percentage of a whole merge: %s', (_name, isSame) => {
    fc.assert(
      fc.property(anyRuns(isSame), (runs) => {
        const closure = closureOf(runs);
        for (const run of runs.keys()) {
          const summary = summarizeCoverage(mergeCoverage(runs.slice(0, run + 1)));
          expect(valueAt(closure.overall, run)).toBe(summary.percent);
          for (const { type, percent } of summary.groups) {
            const group = closure.groups.find((one) => one.type === type)!;
            expect(valueAt(group.curve, run)).toBe(percent);
          }
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it.each([
    ['one model', true],
    ['models that differ', false],
  ])(
    'leaves out after every run what exclusions leave out of a whole merge: %s',
    (_name, isSame) => {
      const path = fc.constantFrom(...PATHS);
      const isKept = fc.array(fc.record({ path, at: fc.nat(), isPast: fc.boolean() }), {
        minLength: 1,
        maxLength: 4,
      });
      fc.assert(
        fc.property(anyRuns(isSame), isKept, (runs, wanted) => {
          const exclusions = exclusionsOf(runs, wanted);
          const sum = new ClosureSum(exclusions);
          runs.forEach((coverage, run) => sum.add(run, coverage));
          const closure = sum.record(mergeCoverage(runs));
          for (const run of runs.keys()) {
            const merged = mergeCoverage(runs.slice(0, run + 1));
            const excluded = resolveExclusions(merged, exclusions);
            const summary = summarizeCoverage(merged, { excluded });
            expect(valueAt(closure.overall, run)).toBe(summary.percent);
            for (const { type, percent } of summary.groups) {
              const group = closure.groups.find((one) => one.type === type)!;
              expect(valueAt(group.curve, run)).toBe(percent);
            }
          }
        }),
        { seed: 1, numRuns: 300 },
      );
    },
  );

  it.each([
    ['one model', true],
    ['models that differ', false],
  ])('knows which run hit each bin first: %s', (_name, isSame) => {
    fc.assert(
      fc.property(anyRuns(isSame), (runs) => {
        const merged = mergeCoverage(runs);
        const closure = closureOf(runs);
        merged.groups.forEach((group, g) => {
          group.points.forEach((point, p) => {
            const searched = point.bins.map((_, bin) =>
              searchedFirstHit(runs, merged, ({ groups }) => groups[g].points[p].counts[bin]),
            );
            expect(closure.groups[g].points[p]).toEqual(searched);
          });
          group.crosses.forEach((cross, c) => {
            const tuples = cross.hits.filter((_, at) => at % 2 === 0);
            const searched = tuples.map((tuple) =>
              searchedFirstHit(runs, merged, ({ groups }) => {
                const { hits } = groups[g].crosses[c];
                const at = hits.findIndex((value, index) => index % 2 === 0 && value === tuple);
                return at < 0 ? 0 : hits[at + 1];
              }),
            );
            expect(closure.groups[g].crosses[c].hits).toEqual(searched);
          });
        });
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it('writes a step only where the percentage changes', () => {
    const hit = (x: number): CoverageRecord => ({
      groups: [
        groupRecord({
          type: 'first',
          xs: [0, 2],
          samples: [{ x, y: 'a' }],
          atLeast: 1,
          weight: 1,
        }),
      ],
    });
    const closure = closureOf([hit(0), hit(0), hit(0), hit(2), hit(2)]);
    expect(closure.overall.runs).toEqual([0, 3]);
    expect(closure.groups[0].points).toEqual([
      [0, NEVER_HIT],
      [0, 3],
    ]);
  });

  it('begins with n/a where nothing is countable', () => {
    const closure = closureOf([{ groups: [] }, { groups: [] }]);
    expect(closure).toEqual({ overall: { runs: [0], percents: [null] }, groups: [] });
  });
});
