// Claims about coverage percentages, the coverage database and UCIS XML. Source: semantics §3 (IEEE 1800-2023 clause 19.11), §8.
import { expect } from 'vitest';
import { each, ignore, illegal, otherwise } from '#cover/bins';
import { Covergroup } from '#cover/covergroup';
import type { TypeOptions } from '#cover/covergroup-options';
import { CoverageDb } from '#cover/coverage-db';
import { DatabaseBuilder, mergeDatabases, type CoverageDatabase } from '#cover/database/database';
import { DatabaseView, unitedRecord } from '#cover/database/database-view';
import { diffCoverage } from '#cover/database/diff';
import { Exclusions, patternHash } from '#cover/database/exclusions';
import { findMismatches } from '#cover/database/mismatches';
import { rankRuns } from '#cover/database/rank';
import { summarizeCoverage } from '#cover/summary';
import { exportUcis } from '#cover/ucis/ucis-export';
import { importUcis } from '#cover/ucis/ucis-import';
import type { CoverageSummary, GroupOptionsRecord } from '#record/coverage-record';
import { databaseOf, infoOf, PLAIN, runsOf } from '../unit/cover/database/models.ts';
import type { ClaimChapter } from './claim.ts';

abstract class Numbers extends Covergroup<number> {}

/** Samples groups and sums them up. */
function summaryOf(
  ...sampled: readonly (readonly [Numbers, readonly number[]])[]
): CoverageSummary {
  const db = new CoverageDb();
  for (const [group, values] of sampled) {
    db.add(group);
    for (const value of values) group.sample(value);
  }
  return summarizeCoverage(db.record());
}

class Kinds extends Numbers {
  readonly point = this.coverpoint((t) => t, {
    v: each(1, 2, 3),
    gone: 4,
    skip: ignore([4, 5]),
    bad: illegal(6),
    rest: otherwise(),
  });
}

class Ports extends Numbers {
  override readonly typeOptions: TypeOptions;
  readonly point = this.coverpoint((t) => t, each(0, 1, 2, 3));
  constructor(name: string, { mergeInstances, ...options }: GroupOptionsRecord) {
    super(name, options);
    this.typeOptions = mergeInstances === undefined ? {} : { mergeInstances };
  }
}

const ports = (options: GroupOptionsRecord): CoverageSummary =>
  summaryOf([new Ports('a', options), [0, 1]], [new Ports('b', options), [1, 2, 3]]);

const OPTIONS = {
  writtenTime: '2026-01-02T03:04:05Z',
  version: '0.1.0',
  dialect: 'pyucis',
  isDefaultIgnored: false,
  runsPerBinMax: Infinity,
} as const;

/** Without the white space between elements. */
function xmlOf(database: CoverageDatabase, options: object = {}): string {
  const view = new DatabaseView(database);
  return exportUcis(view, undefined, { ...OPTIONS, ...options }).replaceAll(/\n */g, '');
}

const RUNS = runsOf([
  [
    [3, 'a'],
    [9, 'a'],
    [9, 'z'],
    [9, 'q'],
  ],
  [[0, 'b']],
]);

export const COVERAGE_PERCENT_CHAPTER: ClaimChapter = {
  title: 'Coverage percentages',
  source: 'IEEE 1800-2023 clause 19.11; semantics §3',
  claims: [
    {
      id: 'SEM-3.51',
      feature:
        'A bin is covered from at_least hits on; the hit depth below it stands beside the percentage',
      support: 'yes',
      verify: () => {
        class Deep extends Numbers {
          readonly point = this.coverpoint((t) => t, each(1, 2), { atLeast: 4 });
        }
        const [{ items }] = summaryOf([new Deep('d'), [1, 1, 2, 2, 2, 2, 2]]).groups;
        expect(items[0]).toMatchObject({ percent: 50, depthPercent: 75, covered: 1 });
      },
    },
    {
      id: 'SEM-3.52',
      feature: 'Ignored, illegal, default and empty bins leave numerator and denominator',
      support: 'yes',
      verify: () => {
        const [{ items }] = summaryOf([new Kinds('k'), [1, 4, 5, 6, 7]]).groups;
        expect(items[0]).toMatchObject({ covered: 1, bins: 3, illegalCount: 1 });
      },
    },
    {
      id: 'SEM-3.53',
      feature:
        'Where nothing is countable the percentage is n/a, never 100, and contributes nothing',
      support: 'yes',
      verify: () => {
        class Empty extends Numbers {
          readonly bad = this.coverpoint((t) => t, { never: illegal(1) });
        }
        expect(summaryOf([new Empty('e'), [2]]).percent).toBeNull();
        const both = summaryOf([new Empty('e'), [2]], [new Ports('p', {}), [0]]);
        expect(both.percent).toBe(25);
      },
    },
    {
      id: 'SEM-3.54',
      feature:
        'A cross counts the automatic tuples that nothing claims, and user bins that have tuples',
      support: 'yes',
      verify: () => {
        class Cross extends Numbers {
          readonly a = this.coverpoint((t) => t % 3, each(0, 1, 2));
          readonly b = this.coverpoint((t) => t % 2, each(0, 1));
          readonly ab = this.cross(
            { a: this.a, b: this.b },
            {
              ignore: (bin) => bin.a === '0',
              bins: { two: (bin) => bin.a === '2', none: (bin) => bin.a === '0' },
            },
          );
        }
        const [{ items }] = summaryOf([new Cross('c'), [1, 5]]).groups;
        expect(items[2]).toMatchObject({ bins: 3, covered: 2 });
      },
    },
    {
      id: 'SEM-3.55',
      feature:
        'A group is the weighted mean of its items; weight 0 drops one (100 % × 3, 50 % × 1, 0 % × 0 is 87.5 %)',
      support: 'yes',
      verify: () => {
        class Weighed extends Numbers {
          readonly a = this.coverpoint((t) => t, each(1), { weight: 3 });
          readonly b = this.coverpoint((t) => t, each(1, 2));
          readonly c = this.cross({ a: this.a, b: this.b }, { weight: 0, atLeast: 2 });
        }
        expect(summaryOf([new Weighed('w'), [1]]).percent).toBe(87.5);
      },
    },
    {
      id: 'SEM-3.56',
      feature: 'merge_instances=0: a type is the weighted mean of its instances',
      support: 'differs',
      note: 'Said as `mergeInstances: false`; without it bins are united (merge_instances=1), where the standard has the mean.',
      verify: () => {
        expect(ports({ mergeInstances: false }).percent).toBe(62.5);
        expect(ports({}).percent).toBe(100);
      },
    },
    {
      id: 'SEM-3.57',
      feature: 'per_instance keeps the counts of each instance, and changes no percentage',
      support: 'yes',
      verify: () => {
        const [group] = ports({ perInstance: true }).groups;
        expect(group.percent).toBe(100);
        expect(group.instances?.map(({ percent }) => percent)).toEqual([50, 75]);
      },
    },
    {
      id: 'SEM-3.58',
      feature: 'Overall coverage is the mean of the types by their weight',
      support: 'yes',
      verify: () => {
        class Heavy extends Numbers {
          override readonly typeOptions = { weight: 3 };
          readonly point = this.coverpoint((t) => t, each(1));
        }
        expect(summaryOf([new Heavy('h'), [1]], [new Ports('p', {}), []]).percent).toBe(75);
      },
    },
    {
      id: 'SEM-3.59',
      feature: 'A goal tells what is met, and scales nothing',
      support: 'yes',
      verify: () => {
        expect(ports({ goal: 50 }).groups[0]).toMatchObject({ percent: 100, goal: 50 });
      },
    },
  ],
};

export const COVERAGE_DB_CHAPTER: ClaimChapter = {
  title: 'Coverage database',
  source: 'issue "coverage"; semantics §3, §8 (UCIS 1.0 XML)',
  claims: [
    {
      id: 'COV-1',
      feature:
        'Merging does not depend on order or grouping; changed models merge by path, and differences are listed',
      support: 'yes',
      verify: () => {
        const a = databaseOf(RUNS);
        const b = databaseOf([{ ...RUNS[0], model: { ...PLAIN, hasTail: true } }]);
        const [ab, ba] = [mergeDatabases([a, b]), mergeDatabases([b, a])];
        expect(unitedRecord(ab)).toEqual(unitedRecord(ba));
        expect(findMismatches(ab).map(({ path }) => path)).toEqual([
          'Traffic/both',
          'Traffic/x/tail',
        ]);
      },
    },
    {
      id: 'COV-2',
      feature: 'Which tests and seeds hit a bin; the smallest set of runs with the same coverage',
      support: 'yes',
      verify: () => {
        const view = new DatabaseView(databaseOf([...RUNS, { ...RUNS[1], info: infoOf('u', 9) }]));
        const { runs, runsMin } = rankRuns(view, () => false);
        expect(runs.map(({ run }) => view.database.runs[run].info.seed)).toEqual(['1', '2']);
        expect(runsMin).toBe(2);
      },
    },
    {
      id: 'COV-3',
      feature: 'Exclusions with reason, owner and last day, dropped when the model changes',
      support: 'yes',
      verify: () => {
        const view = new DatabaseView(databaseOf(RUNS));
        const path = 'Traffic/x/v[1]';
        const model = patternHash(view.record, path);
        const one = { path, reason: 'r', owner: 'o', expires: '2026-06-01', model };
        const state = (entry: typeof one, day: string): string =>
          new Exclusions(view, [entry], day).resolved[0].state;
        expect(state(one, '2026-06-01')).toBe('active');
        expect(state(one, '2026-06-02')).toBe('expired');
        expect(state({ ...one, model: 'other' }, '2026-06-01')).toBe('changed');
      },
    },
    {
      id: 'SEM-8.1',
      feature:
        'UCIS XML in both dialects: without a namespace, and with that of the standard on the root',
      support: 'yes',
      verify: () => {
        expect(xmlOf(databaseOf(RUNS))).toContain('<UCIS ucisVersion="1.0"');
        const text = xmlOf(databaseOf(RUNS), { dialect: 'accellera' });
        expect(text).toContain('<ucis:UCIS xmlns:ucis="UCIS"');
        expect(unitedRecord(importUcis(text).database)).toEqual(unitedRecord(databaseOf(RUNS)));
      },
    },
    {
      id: 'SEM-8.2',
      feature: 'Bins have true ranges; transitions are sequences of values',
      support: 'differs',
      note: 'Labels are numbered in the order of the bins; the text is a user attribute. Of steps with many values 64 sequences are written.',
      verify: () => {
        const text = xmlOf(databaseOf(RUNS));
        expect(text).toContain('<range from="3" to="3">');
        expect(text).toContain('<seqValue>0</seqValue><seqValue>0</seqValue></sequence>');
        expect(text).toContain(
          '<userAttr key="values" type="str">(&quot;a&quot;=&gt;&quot;a&quot;)',
        );
      },
    },
    {
      id: 'SEM-8.3',
      feature: 'All bins of a cross are written, those never hit, too, with the index on each axis',
      support: 'yes',
      verify: () => {
        const text = xmlOf(databaseOf(RUNS));
        expect(text.match(/<crossBin /g)).toHaveLength(4);
        expect(text).toContain(
          '<crossBin name="x=v[0] y=twice" key="5" type="bins"><index>1</index><index>2</index><contents coverageCount="0"/>',
        );
      },
    },
    {
      id: 'SEM-8.4',
      feature: 'A history node per run with its seed; bins name the nodes that hit them',
      support: 'yes',
      verify: () => {
        const text = xmlOf(databaseOf(RUNS));
        expect(text).toContain('historyNodeId="2" parentId="0" logicalName="t.2" kind="UCIS:TEST"');
        expect(text).toContain('seed="2"');
        expect(text).toContain('<contents coverageCount="1"><historyNodeId>2</historyNodeId>');
      },
    },
    {
      id: 'SEM-8.5',
      feature: 'Functional exclusions are user attributes, on bins that other readers leave out',
      support: 'yes',
      verify: () => {
        const view = new DatabaseView(databaseOf(RUNS));
        const path = 'Traffic/x/v[1]';
        const entry = { path, reason: 'why', owner: 'o', model: patternHash(view.record, path) };
        const text = exportUcis(view, new Exclusions(view, [entry], '2026-01-01'), OPTIONS);
        expect(text).toMatch(/name="v\[1\]" key="2" type="ignore">/);
        expect(text).toContain('<userAttr key="excludedReason" type="str">why</userAttr>');
      },
    },
    {
      id: 'SEM-8.6',
      feature: 'A flag writes default bins as ignored ones, for readers that count them',
      support: 'yes',
      verify: () => {
        const text = xmlOf(databaseOf(RUNS), { isDefaultIgnored: true });
        expect(text).not.toContain('type="default"');
        expect(unitedRecord(importUcis(text).database)).toEqual(unitedRecord(databaseOf(RUNS)));
      },
    },
    {
      id: 'SEM-8.7',
      feature: 'A cross that names a coverpoint of another instance is refused, with the line',
      support: 'yes',
      verify: () => {
        const text = xmlOf(databaseOf(RUNS)).replace('<crossExpr>x<', '<crossExpr>nowhere<');
        expect(() => importUcis(text)).toThrow(
          "line 1: cross 'both' names the coverpoint 'nowhere', which its cgInstance does not have",
        );
      },
    },
    {
      id: 'SEM-8.8',
      feature: 'What is exported comes back with the same numbers',
      support: 'yes',
      verify: () => {
        const database = databaseOf(RUNS);
        const read = importUcis(xmlOf(database)).database;
        const { gained, lost, changed, unchanged } = diffCoverage(database, read);
        expect([gained, lost, changed]).toEqual([[], [], []]);
        expect(unchanged).toBe(12);
        expect(read.runs.map(({ info }) => info)).toEqual(database.runs.map(({ info }) => info));
      },
    },
    {
      id: 'SEM-8.9',
      feature: 'Coverage that has no runs is read and written',
      support: 'yes',
      verify: () => {
        const builder = new DatabaseBuilder();
        builder.addCoverage(unitedRecord(databaseOf(RUNS)));
        const text = xmlOf(builder.build());
        expect(importUcis(text).database.runs).toEqual([]);
      },
    },
    {
      id: 'SEM-8.10',
      feature: 'Source places of covergroups',
      support: 'no',
      note: 'Where a covergroup is declared is not recorded: the file is `not recorded`, the line 1.',
    },
    {
      id: 'SEM-8.11',
      feature: 'Toggle, block, condition, branch, FSM and assertion coverage',
      support: 'no',
      note: 'Left out of imports, and said with the line; there is no code coverage here.',
    },
  ],
};
