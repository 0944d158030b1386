// Instances of a covergroup type that count for themselves (IEEE 1800 §19.11; semantics §3).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { each } from '#cover/bins';
import { Covergroup } from '#cover/covergroup';
import type { TypeOptions } from '#cover/covergroup-options';
import { CoverageDb, recordGroup } from '#cover/coverage-db';
import { mergeCoverage } from '#cover/merge';
import { mergeOptions } from '#cover/merge-named';
import { summarizeCoverage } from '#cover/summary';
import type { CoverageRecord, GroupOptionsRecord } from '#record/coverage-record';
import { ClosureSum } from '#run/closure-sum';

interface PortOptions {
  readonly perInstance?: boolean;
  readonly mergeInstances?: boolean;
}

class PerPort extends Covergroup<number> {
  override readonly typeOptions: TypeOptions;
  readonly value = this.coverpoint((t) => t, each(0, 1, 2, 3));
  constructor(name: string, { perInstance, mergeInstances }: PortOptions, weight = 1) {
    super(name, { weight, ...(perInstance !== undefined && { perInstance }) });
    this.typeOptions = { ...(mergeInstances !== undefined && { mergeInstances }) };
  }
}

function twoPorts(options: PortOptions, weights = [1, 1]): CoverageRecord {
  const db = new CoverageDb();
  const [a, b] = weights.map((weight, port) => new PerPort(`port${port}`, options, weight));
  db.add(a);
  db.add(b);
  for (const value of [0, 1]) a.sample(value);
  for (const value of [1, 2, 3]) b.sample(value);
  return db.record();
}

describe('a type with several instances', () => {
  it('unites their bins, and keeps no instance, unless asked to', () => {
    const record = twoPorts({});
    expect(record.groups[0]).not.toHaveProperty('instances');
    expect(summarizeCoverage(record).percent).toBe(100);
  });

  it('keeps instances with per_instance, and unites their bins all the same', () => {
    const record = twoPorts({ perInstance: true });
    const [group] = summarizeCoverage(record).groups;
    expect(group.percent).toBe(100);
    expect(group.instances?.map(({ name, samples, percent }) => [name, samples, percent])).toEqual([
      ['port0', 2, 50],
      ['port1', 3, 75],
    ]);
  });

  it('is the weighted mean of its instances with merge_instances=0', () => {
    expect(summarizeCoverage(twoPorts({ mergeInstances: false })).percent).toBe(62.5);
    expect(summarizeCoverage(twoPorts({ mergeInstances: false }, [3, 1])).percent).toBe(56.25);
  });

  it('adds instance by instance when runs are merged', () => {
    const one = twoPorts({ mergeInstances: false });
    const merged = mergeCoverage([one, one]);
    expect(merged.groups[0].instances?.map((instance) => instance.points[0].counts)).toEqual([
      [2, 2, 0, 0],
      [0, 2, 2, 2],
    ]);
    expect(merged.groups[0].samples).toBe(10);
  });
});

describe('hit depth and goal', () => {
  it('stand beside the percentage and do not change it', () => {
    class Deep extends Covergroup<number> {
      override readonly options = { goal: 50 };
      readonly point = this.coverpoint((t) => t, each(1, 2), { atLeast: 4 });
    }
    const group = new Deep('deep');
    for (const value of [1, 1, 2, 2, 2, 2, 2]) group.sample(value);
    const [summary] = summarizeCoverage({ groups: [recordGroup(group)] }).groups;
    expect(summary).toMatchObject({ percent: 50, goal: 50 });
    expect(summary.items[0]).toMatchObject({ percent: 50, depthPercent: 75, holes: ['1'] });
  });
});

const anyRun = fc.array(
  fc.record({
    name: fc.constantFrom('p', 'q', 'r'),
    samples: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }),
    weight: fc.integer({ min: 0, max: 2 }),
  }),
  { minLength: 1, maxLength: 3 },
);

function runRecord(
  instances: typeof anyRun extends fc.Arbitrary<infer T> ? T : never,
): CoverageRecord {
  return mergeCoverage(
    instances.map(({ name, samples, weight }) => {
      const group = new PerPort(name, { mergeInstances: false }, weight);
      for (const value of samples) group.sample(value);
      return { groups: [recordGroup(group)] };
    }),
  );
}

describe('instances in merges', () => {
  it('do not depend on order or grouping', () => {
    fc.assert(
      fc.property(anyRun, anyRun, anyRun, (x, y, z) => {
        const [a, b, c] = [x, y, z].map(runRecord);
        const all = mergeCoverage([a, b, c]);
        expect(mergeCoverage([c, mergeCoverage([b, a])])).toEqual(all);
        expect(mergeCoverage([mergeCoverage([a, c]), b])).toEqual(all);
      }),
      { seed: 1 },
    );
  });

  it('have in the closure of a regression the percentage of a whole merge', () => {
    fc.assert(
      fc.property(fc.array(anyRun, { minLength: 1, maxLength: 6 }), (runs) => {
        const records = runs.map(runRecord);
        const sum = new ClosureSum();
        records.forEach((record, run) => sum.add(run, record));
        const merged = mergeCoverage(records);
        const { runs: steps, percents } = sum.record(merged).overall;
        records.forEach((_, run) => {
          const at = steps.findLastIndex((step) => step <= run);
          const whole = summarizeCoverage(mergeCoverage(records.slice(0, run + 1)));
          expect(percents[at]).toBe(whole.percent);
        });
      }),
      { seed: 1 },
    );
  });
});

describe('options in merges', () => {
  it('take the larger number, the first text, and false where any says so', () => {
    const merged = mergeOptions<GroupOptionsRecord>([
      { goal: 90, comment: 'b' },
      undefined,
      { goal: 95, comment: 'a', mergeInstances: false },
      { mergeInstances: true },
    ]);
    expect(merged).toEqual({ goal: 95, comment: 'a', mergeInstances: false });
    expect(mergeOptions([undefined, {}])).toBeUndefined();
  });
});
