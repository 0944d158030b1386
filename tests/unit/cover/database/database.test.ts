// The coverage database: merging, its file, and what is read from it (ADR 0007).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeDatabases } from '#cover/database/database';
import { decodeDatabase, encodeDatabase } from '#cover/database/database-file';
import { DatabaseBuilder, type CoverageDatabase } from '#cover/database/database';
import { DatabaseView, pathText, unitedRecord } from '#cover/database/database-view';
import { ModelTable } from '#cover/database/group-model';
import { findMismatches } from '#cover/database/mismatches';
import { CoveragePacker, CoverageUnpacker } from '#cover/database/packed-coverage';
import { mergeCoverage } from '#cover/merge';
import { summarizeCoverage } from '#cover/summary';
import {
  anyRuns,
  bytesSource,
  databaseOf,
  infoOf,
  plain,
  PLAIN,
  recordOf,
  runsOf,
  type RunCase,
} from './models.ts';

function readBack(database: CoverageDatabase): CoverageDatabase {
  const builder = new DatabaseBuilder();
  const content = decodeDatabase(bytesSource(encodeDatabase(database)), builder.models);
  for (const { model, block } of content.groups) builder.addCounts(model, block);
  builder.addRuns(content.runs);
  return builder.build();
}

describe('merging databases', () => {
  it('is commutative and associative, over changed models too', () => {
    fc.assert(
      fc.property(anyRuns, anyRuns, anyRuns, (x, y, z) => {
        const [a, b, c] = [x, y, z].map((runs) => databaseOf(runs));
        const all = plain(mergeDatabases([a, b, c]));
        expect(plain(mergeDatabases([c, a, b]))).toEqual(all);
        expect(plain(mergeDatabases([a, mergeDatabases([c, b])]))).toEqual(all);
        expect(plain(databaseOf([...z, ...y, ...x]))).toEqual(all);
      }),
      { seed: 1 },
    );
  });

  it('comes to the merge of all records', () => {
    fc.assert(
      fc.property(anyRuns, (runs) => {
        const merged = mergeCoverage(runs.map(recordOf));
        expect(unitedRecord(databaseOf(runs))).toEqual(merged);
      }),
      { seed: 1 },
    );
  });

  it('of nothing is empty', () => {
    expect(mergeDatabases([])).toEqual({ groups: [], runs: [] });
  });
});

describe('the file', () => {
  it('gives back the database', () => {
    fc.assert(
      fc.property(anyRuns, (runs) => {
        const database = databaseOf(runs);
        expect(plain(readBack(database))).toEqual(plain(database));
      }),
      { seed: 1 },
    );
  });

  it('keeps counts beyond 32 bits, and takes pairs where most counts are 0', () => {
    const [run] = runsOf([[[3, 'a']]]);
    const record = recordOf(run);
    const builder = new DatabaseBuilder();
    for (let n = 0; n < 40; n++) builder.addDatabase(builder.build());
    builder.addCoverage(record);
    for (let n = 0; n < 40; n++) builder.addDatabase(builder.build());
    const database = builder.build();
    const samples = 2 ** 40;
    expect(database.groups.every(({ counters }) => counters[0] % samples === 0)).toBe(true);
    expect(plain(readBack(database))).toEqual(plain(database));
  });

  it('does not read a model that is known', () => {
    const bytes = encodeDatabase(databaseOf(runsOf([[[3, 'a']]])));
    const models = new ModelTable();
    const whole = decodeDatabase(bytesSource(bytes), models);
    let end = 0;
    decodeDatabase(
      {
        size: bytes.length,
        read: (from, to) => {
          if (from > 0) end = Math.max(end, to);
          return bytes.slice(from, to);
        },
      },
      models,
    );
    const modelBytes = whole.groups.reduce((sum, { model }) => sum + model.text.length, 0);
    expect(end).toBeLessThanOrEqual(bytes.length - modelBytes);
  });

  it.each([
    ['nothing', '', 'it is empty'],
    ['something else', 'hello world, this is text', 'it is no coverage database'],
    ['a long something else', `{"schema":"${'x'.repeat(5000)}`, 'has no end in 5011 bytes'],
    ['a newer version', '{"schema":"ridgeline.coverage/3"}\n', "version is 'ridgeline.coverage/3'"],
    ['another record', '{"schema":"ridgeline.run/1"}\n', "its schema is 'ridgeline.run/1'"],
    ['no JSON', '{"schema":"ridgeline.coverage/1",}\n', 'its first line is no JSON'],
    ['half a line', '{"schema":"ridgeline.coverage/1"}\n', 'its first line is not that of a'],
    ['no checksum', '{"schema":"ridgeline.coverage/2"}\n', 'its first line is not that of a'],
  ])('says what is wrong with %s', (_name, text, message) => {
    const source = bytesSource(new TextEncoder().encode(text));
    expect(() => decodeDatabase(source, new ModelTable())).toThrow(message);
  });

  it('says that it is cut short, wherever it is', () => {
    const bytes = encodeDatabase(databaseOf(runsOf([[[3, 'a']]])));
    const headEnd = bytes.indexOf(0x0a) + 1;
    for (const length of [headEnd, headEnd + 8, bytes.length - 1]) {
      const source = bytesSource(bytes.slice(0, length));
      expect(() => decodeDatabase(source, new ModelTable())).toThrow(/cut short or damaged/);
    }
  });
});

describe('the view', () => {
  const hitPaths = (view: DatabaseView, run: number): string[] => {
    const { bins } = view.hitsOf(view.database.runs[run])!;
    return [...bins].map((bin) => pathText(view.pathOf(bin)));
  };

  it('knows which run hit which bin', () => {
    const view = new DatabaseView(
      databaseOf(
        runsOf([
          [[3, 'a']],
          [
            [9, 'c'],
            [0, 'e'],
          ],
        ]),
      ),
    );
    expect(hitPaths(view, 0)).toEqual(['Traffic/y/a', 'Traffic/x/v[3]', 'Traffic/both/threes']);
    expect(hitPaths(view, 1)).toEqual(['Traffic/y/b', 'Traffic/x/v[0]']);
  });

  it('numbers tuples over united models by their path', () => {
    const [first] = runsOf([[[0, 'a']]]);
    const changed: RunCase = { ...first, model: { ...PLAIN, xs: [5, 0], hasTail: true } };
    const view = new DatabaseView(databaseOf([first, changed]));
    const paths = ['Other/y/a', 'Traffic/y/a', 'Traffic/x/v[0]', 'Traffic/both/x=v[0] y=a'];
    expect(hitPaths(view, 0)).toEqual(paths);
    expect(hitPaths(view, 1)).toEqual(paths);
    expect([...view.bins()].filter((bin) => view.isCovered(bin))).toHaveLength(4);
  });

  it('has in the hits of all runs every bin that is covered, where one hit is enough', () => {
    fc.assert(
      fc.property(anyRuns, (runs) => {
        const view = new DatabaseView(databaseOf(runs));
        const hit = new Set(
          view.database.runs.flatMap((run) => [...(view.hitsOf(run)?.bins ?? [])]),
        );
        for (const bin of view.bins()) expect(hit.has(bin)).toBe(view.counts[bin] > 0);
      }),
      { seed: 1 },
    );
  });

  it('has as many covered bins as the summary', () => {
    fc.assert(
      fc.property(anyRuns, (runs) => {
        const view = new DatabaseView(databaseOf(runs));
        const { groups } = summarizeCoverage(view.record);
        const sum = { bins: 0, covered: 0 };
        view.record.groups.forEach((group, index) => {
          const isMean = group.options?.mergeInstances === false;
          const lists = isMean ? (groups[index].instances ?? []) : [groups[index]];
          for (const { items } of lists) {
            for (const item of items) {
              sum.bins += item.bins;
              sum.covered += item.covered;
            }
          }
        });
        const bins = [...view.bins()];
        expect(bins).toHaveLength(sum.bins);
        expect(bins.filter((bin) => view.isCovered(bin))).toHaveLength(sum.covered);
      }),
      { seed: 1 },
    );
  });

  it('keeps counts of bins that want several hits', () => {
    const [run] = runsOf([
      [
        [3, 'a'],
        [3, 'b'],
        [0, 'a'],
      ],
    ]);
    const view = new DatabaseView(databaseOf([{ ...run, model: { ...PLAIN, atLeast: 2 } }]));
    const { bins, counts } = view.hitsOf(view.database.runs[0])!;
    const byPath = new Map([...bins].map((bin, at) => [pathText(view.pathOf(bin)), counts[at]]));
    expect(byPath.get('Traffic/x/v[3]')).toBe(2);
    expect(byPath.get('Traffic/x/v[0]')).toBe(1);
  });

  it('stops keeping lists of hits at a limit, and loses no count', () => {
    const runs = runsOf(
      Array.from({ length: 10 }, () => [
        [3, 'a'],
        [0, 'b'],
      ]),
    );
    const view = new DatabaseView(databaseOf(runs, 30));
    const known = view.database.runs.map((run) => view.hitsOf(run) !== null);
    expect(known.filter(Boolean).length).toBeGreaterThan(0);
    expect(known.at(-1)).toBe(false);
    expect(view.record.groups[1].samples).toBe(20);
    expect(plain(readBack(view.database))).toEqual(plain(view.database));
  });
});

describe('models that do not match', () => {
  it('are listed by path, whatever the order of merging', () => {
    const [first] = runsOf([[[0, 'a']]]);
    const a = databaseOf([first]);
    const b = databaseOf([
      { ...first, model: { xs: [0, 5], atLeast: 2, hasTail: true, options: {} } },
    ]);
    const list = findMismatches(mergeDatabases([a, b]));
    expect(findMismatches(mergeDatabases([b, a]))).toEqual(list);
    expect(list.map(({ path, kind }) => `${path} ${kind}`)).toEqual([
      'Traffic/both tuples',
      'Traffic/both/threes only-in-some',
      'Traffic/x at-least',
      'Traffic/x/tail only-in-some',
      'Traffic/x/v[1] only-in-some',
      'Traffic/x/v[3] only-in-some',
      'Traffic/x/v[5] only-in-some',
    ]);
    expect(findMismatches(a)).toEqual([]);
  });

  it('tell a bin whose values changed under its name', () => {
    const record = recordOf({ model: PLAIN, samples: [], ports: 1 });
    const builder = new DatabaseBuilder();
    builder.addRun(infoOf('t', 1), record);
    const text = JSON.stringify(record).replace('"b\\",\\"c', '"b\\",\\"d');
    builder.addRun(infoOf('t', 2), JSON.parse(text) as typeof record);
    const [mismatch] = findMismatches(builder.build());
    expect(mismatch).toMatchObject({ path: 'Traffic/y/b', kind: 'values', modelCount: 2 });
    expect(mismatch.models.map((model) => model.text).sort()).toEqual(['"b","c"', '"b","d"']);
  });
});

describe('packed coverage', () => {
  it('comes out as it went in, and names travel once', () => {
    fc.assert(
      fc.property(anyRuns, (runs) => {
        const packer = new CoveragePacker();
        const unpacker = new CoverageUnpacker();
        const records = runs.map(recordOf);
        const packed = records.map((record) => structuredClone(packer.pack(record)));
        expect(packed.map((one) => unpacker.unpack(one))).toEqual(records);
        const texts = packed.flatMap(({ models }) => models);
        expect(new Set(texts).size).toBe(texts.length);
      }),
      { seed: 1 },
    );
  });

  it('gives records of one model the same lists', () => {
    const packer = new CoveragePacker();
    const unpacker = new CoverageUnpacker();
    const [a, b] = runsOf([[[0, 'a']], [[3, 'b']]]).map((run) => {
      return unpacker.unpack(packer.pack(recordOf(run)));
    });
    expect(a.groups[0].points[0].bins).toBe(b.groups[0].points[0].bins);
  });
});
