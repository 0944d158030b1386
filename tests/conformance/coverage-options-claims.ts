// Claims about options and percentages. Source: IEEE 1800-2023 §19.7-19.11; semantics §3.
import { expect } from 'vitest';
import { auto, each, ignore } from '#cover/bins';
import { recordGroup } from '#cover/coverage-db';
import { Covergroup } from '#cover/covergroup';
import type { GroupOptions, TypeOptions } from '#cover/covergroup-options';
import { getCoverage } from '#cover/group-coverage';
import type { ClaimChapter } from './claim.ts';
import { OnePoint, type Pair } from './coverage-bench.ts';

class Items extends Covergroup<Pair> {
  override readonly typeOptions: TypeOptions;
  readonly a = this.coverpoint('a', each(0, 1), { weight: 3 });
  readonly b = this.coverpoint('b', each(0, 1));
  readonly ab = this.cross({ a: this.a, b: this.b }, { weight: 0, atLeast: 9 });
  constructor(name: string, options: GroupOptions = {}, typeOptions: TypeOptions = {}) {
    super(name, options);
    this.typeOptions = typeOptions;
  }
}

/** Two instances of weights 3 and 1, with 87.5 % and 50 %. */
function instances(type: TypeOptions): readonly Items[] {
  const [one, two] = [3, 1].map((weight) => new Items(`i${weight}`, { weight }, type));
  for (const a of [0, 1]) one.sample({ a, b: 0 });
  two.sample({ a: 0, b: 1 });
  return [one, two];
}

export const COVERAGE_OPTIONS_CHAPTER: ClaimChapter = {
  title: 'Coverage options and percentages',
  source: 'IEEE 1800-2023 clauses 19.7-19.11; semantics §3',
  claims: [
    {
      id: 'COV-7.1',
      feature: '19.7 `at_least`, `auto_bin_max`, `detect_overlap` of a group hold for its items',
      support: 'yes',
      verify() {
        class Grouped extends Covergroup<Pair> {
          override readonly options = { atLeast: 2, autoBinMax: 4, detectOverlap: true };
          readonly a = this.coverpoint('a', auto({ bits: 8 }));
          readonly b = this.coverpoint('b', { x: [0, 1], y: [1, 2] }, { atLeast: 1 });
        }
        const group = new Grouped('g');
        expect([group.a.atLeast, group.b.atLeast, group.a.counts.length]).toEqual([2, 1, 4]);
        expect(group.warnings()).toEqual(["Grouped.b: bins 'x' and 'y' overlap in 1"]);
      },
    },
    {
      id: 'COV-7.2',
      feature: '19.7 `weight`, `goal`, `comment` of groups and items; the goal scales nothing',
      support: 'yes',
      verify() {
        const group = new OnePoint(each(0, 1), { goal: 50, comment: 'why' });
        group.sample(0);
        expect(group.summary().items[0]).toMatchObject({ percent: 50, goal: 50 });
        expect(recordGroup(group).points[0].options).toEqual({ goal: 50, comment: 'why' });
      },
    },
    {
      id: 'COV-7.3',
      feature: '19.7 `per_instance`: records keep each instance',
      support: 'yes',
      verify() {
        expect(recordGroup(new Items('kept', { perInstance: true })).instances).toHaveLength(1);
        expect(recordGroup(new Items('not'))).not.toHaveProperty('instances');
      },
    },
    {
      id: 'COV-7.4',
      feature: '19.7.1 type options beside those of instances, also of items',
      support: 'yes',
      verify() {
        class Typed extends Covergroup<Pair> {
          override readonly typeOptions = { weight: 5, goal: 90 };
          readonly a = this.coverpoint('a', each(0), { weight: 0, type: { weight: 2 } });
        }
        const group = new Typed('t');
        expect([group.weight, group.a.weight, recordGroup(group).points[0].weight]).toEqual([
          5, 0, 2,
        ]);
      },
    },
    {
      id: 'COV-7.5',
      feature:
        '19.7 options assigned while the simulation runs; `option.name`, `get_inst_coverage`',
      support: 'differs',
      note: 'Options are settled when an instance is made; the name is the first argument of `new`; percentages of instances are always there.',
      verify: () => expect(new Items('named').name).toBe('named'),
    },
    {
      id: 'COV-7.6',
      feature: '19.7 `cross_num_print_missing`',
      support: 'differs',
      note: 'A summary names as many holes of each item as it is asked for, and says how many there are.',
      verify() {
        const [, , cross] = new Items('i').summary({ holesMax: 1 }).items;
        expect([cross.holes, cross.holeCount]).toEqual([['a=0 b=0'], 4]);
      },
    },
    {
      id: 'COV-8.1',
      feature:
        '19.8 `sample`, `start`, `stop`, `get_inst_coverage`, `get_coverage`; start and stop of items',
      support: 'yes',
      verify() {
        const group = new OnePoint(each(0, 1));
        group.stop();
        group.sample(0);
        group.start();
        group.point.stop();
        group.sample(0);
        group.point.start();
        group.sample(1);
        expect([group.sampleCount, Array.from(group.point.counts)]).toEqual([2, [0, 1]]);
        expect([group.getInstCoverage(), getCoverage([group])]).toEqual([50, 50]);
      },
    },
    {
      id: 'COV-9.1',
      feature:
        '19.9, 19.10 system tasks: `$get_coverage`, `$set_coverage_db_name`, `$load_coverage_db`',
      support: 'differs',
      note: '`summarizeCoverage(testbench.coverage.record()).percent`; databases are files of a regression, `ridgeline cover`.',
      verify: () => expect(getCoverage([])).toBeNull(),
    },
    {
      id: 'COV-11.1',
      feature: '19.11 group % is the weighted mean of its items; weight 0 takes one out',
      support: 'yes',
      verify: () => expect(instances({})[0].getInstCoverage()).toBe(87.5),
    },
    {
      id: 'COV-11.2',
      feature: '19.11 a bin is covered from `at_least` hits on',
      support: 'yes',
      verify() {
        const group = new OnePoint(each(0, 1), { atLeast: 2 });
        for (const value of [0, 0, 1]) group.sample(value);
        expect(group.summary().items[0]).toMatchObject({ percent: 50, depthPercent: 75 });
      },
    },
    {
      id: 'COV-11.3',
      feature:
        '19.11.3 type %: of the bins of all instances together, or their weighted mean (`merge_instances`)',
      support: 'differs',
      note: 'The default is `mergeInstances: true`; in the standard it is 0.',
      verify() {
        expect(getCoverage(instances({ mergeInstances: false }))).toBe((3 * 87.5 + 50) / 4);
        expect(getCoverage(instances({}))).toBe(100);
      },
    },
    {
      id: 'COV-11.4',
      feature: '19.11 an item or group with nothing countable contributes nothing',
      support: 'yes',
      verify() {
        const group = new OnePoint({ all: [0, 9], gone: ignore([0, 9]) });
        expect([group.getInstCoverage(), getCoverage([group])]).toEqual([null, null]);
      },
    },
  ],
};
