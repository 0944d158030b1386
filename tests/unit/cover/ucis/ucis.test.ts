// UCIS XML out and in (semantics §8): the same numbers come back, other tools find what they need, and what cannot be
// understood is said with its line.
import { readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DatabaseBuilder, mergeDatabases, type CoverageDatabase } from '#cover/database/database';
import { decodeDatabase, encodeDatabase } from '#cover/database/database-file';
import { DatabaseView, unitedRecord } from '#cover/database/database-view';
import { diffCoverage } from '#cover/database/diff';
import { Exclusions, patternHash } from '#cover/database/exclusions';
import { mergeCoverage } from '#cover/merge';
import { summarizeCoverage } from '#cover/summary';
import type { UcisOptions } from '#cover/ucis/ucis-bin';
import { exportUcis } from '#cover/ucis/ucis-export';
import { importUcis } from '#cover/ucis/ucis-import';
import {
  anyRunCase,
  anyRuns,
  bytesSource,
  databaseOf,
  infoOf,
  plain,
  PLAIN,
  recordOf,
  runsOf,
} from '../database/models.ts';

const OPTIONS: UcisOptions = {
  writtenTime: '2026-01-02T03:04:05.678Z',
  version: '0.1.0',
  dialect: 'pyucis',
  isDefaultIgnored: false,
  runsPerBinMax: Infinity,
};

function exported(database: CoverageDatabase, options: Partial<UcisOptions> = {}): string {
  return exportUcis(new DatabaseView(database), undefined, { ...OPTIONS, ...options });
}

const back = (database: CoverageDatabase, options: Partial<UcisOptions> = {}): CoverageDatabase =>
  importUcis(exported(database, options)).database;

/**
 * What makes percentages. Where only some runs kept instances, a file has either the united counts or the instances,
 * whichever the percentage of the type is of.
 */
function numbers(database: CoverageDatabase): unknown {
  const record = unitedRecord(database);
  const { percent, groups } = summarizeCoverage(record, { holesMax: 1000 });
  return {
    percent,
    groups: groups.map(({ items, instances, samples, ...group }, index) => {
      const isMean = record.groups[index].options?.mergeInstances === false;
      return isMean ? { ...group, instances } : { ...group, samples, items };
    }),
  };
}

describe('export and import', () => {
  it('are the identity on coverage numbers, over changed models too', () => {
    fc.assert(
      fc.property(anyRuns, (runs) => {
        const database = databaseOf(runs);
        const read = back(database);
        expect(diffCoverage(database, read)).toMatchObject({
          gained: [],
          lost: [],
          added: [],
          removed: [],
          changed: [],
        });
        expect(numbers(read)).toEqual(numbers(database));
      }),
      { seed: 1, numRuns: 150 },
    );
  });

  it('give the whole record back where there is one model', () => {
    const run = anyRunCase.filter(({ model, ports }) => {
      return ports > 1 || Object.keys(model.options).length === 0;
    });
    fc.assert(
      fc.property(fc.array(run, { minLength: 1, maxLength: 1 }), (runs) => {
        const record = mergeCoverage(runs.map(recordOf));
        for (const isDefaultIgnored of [false, true]) {
          const read = unitedRecord(back(databaseOf(runs), { isDefaultIgnored }));
          expect(read).toEqual(record);
        }
      }),
      { seed: 1 },
    );
  });

  it('keep runs and the bins they hit', () => {
    const database = databaseOf(
      runsOf([
        [[3, 'a']],
        [
          [0, 'b'],
          [0, 'a'],
        ],
      ]),
    );
    const read = back(database, { dialect: 'accellera' });
    const [view, viewBack] = [database, read].map((one) => new DatabaseView(one));
    expect(read.runs.map(({ info }) => info)).toEqual(database.runs.map(({ info }) => info));
    for (const [index, run] of database.runs.entries()) {
      expect(viewBack.hitsOf(read.runs[index])).toEqual(view.hitsOf(run));
    }
  });

  it('keep how many runs hit a bin, however few it names, over merges and files, too', () => {
    const database = databaseOf(runsOf(Array.from({ length: 5 }, () => [[3, 'b']])));
    for (const runsPerBinMax of [0, 1, 2]) {
      const read = back(database, { runsPerBinMax });
      const again = exported(read, { runsPerBinMax });
      expect(again).toBe(exported(database, { runsPerBinMax }));
      expect(again).toContain('<userAttr key="runs" type="int">5</userAttr>');
      const twice = exported(mergeDatabases([read, read]), { runsPerBinMax });
      expect(twice).toContain('<userAttr key="runs" type="int">10</userAttr>');
      const builder = new DatabaseBuilder();
      const file = decodeDatabase(bytesSource(encodeDatabase(read)), builder.models);
      expect(file.groups.map(({ unlisted }) => unlisted)).toEqual(
        read.groups.map(({ unlisted }) => unlisted),
      );
    }
  });

  it('do not give one run all hits of a bin that others hit, too, and that it does not name', () => {
    const runs = runsOf([[[3, 'b']], [[3, 'b']]]);
    const models = runs.map((run) => ({ ...run, model: { ...PLAIN, atLeast: 2 } }));
    const read = new DatabaseView(back(databaseOf(models), { runsPerBinMax: 1 }));
    const hits = read.hitsOf(read.database.runs[0]);
    expect([...(hits?.counts ?? [])]).toEqual((hits?.bins ? [...hits.bins] : []).map(() => 1));
  });

  it('are the identity on everything that UCIS holds: what is written again is the same', () => {
    fc.assert(
      fc.property(anyRuns, fc.constantFrom(0, 1, 2, Infinity), (runs, runsPerBinMax) => {
        const options = { runsPerBinMax };
        const read = back(databaseOf(runs), options);
        expect(exported(back(read, options), options)).toBe(exported(read, options));
        const [first, again] = [read, back(read, options)];
        expect(plain(again)).toEqual(plain(first));
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it('say that runs without lists of hits have none', () => {
    const database = databaseOf(runsOf([[[3, 'a']], [[0, 'b']]]), 0);
    expect(back(database).runs.map(({ hits }) => hits)).toEqual([null, null]);
  });
});

describe('the XML', () => {
  const runs = runsOf([
    [
      [3, 'a'],
      [9, 'a'],
      [9, 'z'],
      [9, 'q'],
    ],
    [[0, 'b']],
  ]);

  it('is as it was', () => {
    const path = 'tests/golden/cover/ucis.xml';
    const text = exported(databaseOf(runs));
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, text);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('has true ranges, transitions, zero counts, and a history node per run', () => {
    const text = exported(databaseOf(runs)).replaceAll(/\n */g, '');
    expect(text).toContain('<range from="3" to="3"><contents coverageCount="1">');
    expect(text).toContain(
      '<coverpointBin name="twice" key="2" type="bins"><sequence><contents coverageCount="1">' +
        '<historyNodeId>1</historyNodeId></contents><seqValue>0</seqValue><seqValue>0</seqValue>',
    );
    expect(text).toContain('<contents coverageCount="0"/>');
    expect(text).toMatch(/historyNodeId="2" parentId="0" logicalName="t\.2" kind="UCIS:TEST"/);
    expect(text).toContain('seed="2" cmd="ridgeline run t --seed 2" date="2026-01-02T03:04:05"');
    expect(text).toContain('type="illegal"');
    expect(text).toMatch(/<coverpointBin name="rest" key="5" type="default">/);
  });

  it('writes default bins as ignored ones where that is asked for', () => {
    const text = exported(databaseOf(runs), { isDefaultIgnored: true });
    expect(text).toMatch(/name="rest" key="5" type="ignore"/);
    expect(text).not.toContain('type="default"');
  });

  it('has the namespace of the standard on its root in that dialect only', () => {
    expect(exported(databaseOf(runs))).toContain('\n<UCIS ucisVersion="1.0"');
    const text = exported(databaseOf(runs), { dialect: 'accellera' });
    expect(text).toContain('\n<ucis:UCIS xmlns:ucis="UCIS" ucisVersion="1.0"');
    expect(text).toMatch(/<\/ucis:UCIS>\n$/);
  });

  it('names so many runs per bin, and says how many there are', () => {
    const database = databaseOf(runsOf(Array.from({ length: 5 }, () => [[3, 'b']])));
    const text = exported(database, { runsPerBinMax: 2 });
    expect(text).not.toContain('<historyNodeId>3</historyNodeId>');
    expect(text).toContain('<userAttr key="runs" type="int">5</userAttr>');
    expect(importUcis(text).notes[0]).toMatch(
      /^line \d+: a bin names only some of its runs: rankings are not exact \(and \d more\)$/,
    );
  });

  it('says why a bin is excluded, and other readers leave it out', () => {
    const view = new DatabaseView(databaseOf(runs));
    const paths = ['Traffic/x/v[1]', 'Traffic/both/x=v[0] y=twice'];
    const list = paths.map((path) => {
      const model = patternHash(view.record, path);
      return { path, reason: 'not <built> yet', owner: 'ann', model };
    });
    const text = exportUcis(view, new Exclusions(view, list, '2026-01-01'), OPTIONS);
    const flat = text.replaceAll(/\n */g, '');
    expect(flat).toMatch(/name="v\[1\]" key="2" type="ignore"><range from="1" to="1">/);
    expect(flat).toContain(
      '<userAttr key="excludedReason" type="str">not &lt;built&gt; yet</userAttr>' +
        '<userAttr key="excludedOwner" type="str">ann</userAttr>',
    );
    const read = importUcis(text).database;
    expect(numbers(read)).toEqual(numbers(view.database));
  });

  it('keeps any characters in names that XML has', () => {
    const record = recordOf({ model: PLAIN, samples: [], ports: 1 });
    const odd = '"<a&b>\'\n\t\u{1f600} \u0001';
    const text = JSON.stringify(record).replaceAll('"v[3]"', JSON.stringify(odd));
    const builder = new DatabaseBuilder();
    builder.addRun(infoOf('t', 1), JSON.parse(text) as typeof record);
    const names = unitedRecord(back(builder.build())).groups[1].points[1].bins;
    expect(names[0]).toBe('"<a&b>\'\n\t\u{1f600} \ufffd');
  });
});

/** A file as other tools write it: keys of 0, no user attributes, cross bins by name. */
function foreign(inside: string, history = ''): string {
  return `<?xml version="1.0"?>
<UCIS ucisVersion="1.0" writtenBy="other" writtenTime="2026-01-01T00:00:00">
<sourceFiles fileName="a.sv" id="1"/>${history}
<instanceCoverages name="top" key="0"><id file="1" line="1" inlineCount="1"/>
<covergroupCoverage weight="2"><cgInstance name="cg" key="0">
<options weight="1" per_instance="true" merge_instances="false"/>
<cgId cgName="cg" moduleName="m"/>
${inside}
</cgInstance></covergroupCoverage></instanceCoverages></UCIS>`;
}

const POINT = (name: string, bins: readonly string[]): string =>
  `<coverpoint name="${name}" key="0"><options weight="1"/>${bins
    .map(
      (bin, at) =>
        `<coverpointBin name="${bin}" key="0" type="bins"><range from="-1" to="-1"><contents coverageCount="${at}"/></range></coverpointBin>`,
    )
    .join('')}</coverpoint>`;

describe('files of other tools', () => {
  it('are read with cross bins by name, values that nobody knows, and weights', () => {
    const cross = `<cross name="x" key="0"><options/><crossExpr>a</crossExpr><crossExpr>b</crossExpr>
      <crossBin name="&lt;a1,b0&gt;" key="0" type="default"><index>-1</index><contents coverageCount="4"/></crossBin>
      <crossBin name="other" key="0" type="default"><index>-1</index><contents coverageCount="0"/></crossBin></cross>`;
    const { database, notes } = importUcis(
      foreign(POINT('a', ['a0', 'a1']) + POINT('b', ['b0', 'b1', 'b2']) + cross),
    );
    const [group] = unitedRecord(database).groups;
    expect(group).toMatchObject({ type: 'cg', weight: 2 });
    expect(group.points[0]).toMatchObject({ bins: ['a0', 'a1'], counts: [0, 1], values: ['', ''] });
    const [summary] = summarizeCoverage({ groups: [group] }).groups;
    expect(summary.items.map(({ name, covered, bins }) => [name, covered, bins])).toEqual([
      ['a', 1, 2],
      ['b', 2, 3],
      ['x', 1, 2],
    ]);
    expect(notes).toEqual([
      'line 10: a cross bin says neither by index nor by name which tuple it is',
    ]);
  });

  it('have ranges, transitions, history nodes, seeds and times', () => {
    const bins = `<coverpoint name="p" key="0"><options/>
      <coverpointBin name="lo" key="0" type="bins"><range from="0" to="15"><contents coverageCount="3"><historyNodeId>7</historyNodeId></contents></range><range from="20" to="20"><contents coverageCount="5"/></range></coverpointBin>
      <coverpointBin name="up" key="0" type="bins"><sequence><contents coverageCount="1"/><seqValue>0</seqValue><seqValue>16</seqValue></sequence></coverpointBin>
      <coverpointBin name="no" key="0" type="ignore"><range from="-5" to="-2"><contents coverageCount="2"/></range></coverpointBin>
      </coverpoint>`;
    const node = `<historyNodes historyNodeId="7" logicalName="smoke.42" kind="UCIS:TEST" testStatus="false" simtime="12.5" timeunit="ns" seed="42" cmd="run" args="--seed 42" date="2026-01-01T00:00:00"/>`;
    const { database, notes } = importUcis(foreign(bins, node));
    const [point] = unitedRecord(database).groups[0].points;
    expect(point).toMatchObject({
      values: ['0..15,20', '(0=>16)'],
      counts: [5, 1],
      ignored: ['no'],
      ignoredValues: ['-5..-2'],
      ignoredCounts: [2],
    });
    expect(notes).toEqual(['line 9: counts of the ranges of a bin differ: the largest is taken']);
    expect(database.runs[0].info).toEqual({
      test: 'smoke',
      seed: '42',
      verdict: 'FAIL',
      timePs: 12_500,
      replay: 'run --seed 42',
      commit: '',
      date: '2026-01-01T00:00:00.000Z',
    });
    const view = new DatabaseView(database);
    const hits = view.hitsOf(database.runs[0]);
    expect([...(hits?.bins ?? [])].map((bin) => view.pathOf(bin).bin)).toEqual(['lo']);
  });

  it('lose other kinds of coverage, and say so', () => {
    const text = foreign(POINT('a', ['x', 'x'])).replace(
      '<covergroupCoverage',
      '<toggleCoverage/><blockCoverage/>\n<covergroupCoverage',
    );
    const { database, notes } = importUcis(text);
    expect(unitedRecord(database).groups[0].points[0].bins).toEqual(['x', 'x#2']);
    expect(notes).toEqual([
      'line 5: toggleCoverage is left out',
      'line 5: blockCoverage is left out',
      'line 9: a name of a bin comes twice: the second is numbered',
    ]);
  });
});

describe('what cannot be understood is said with its line', () => {
  const cross = '<cross name="x"><crossExpr>a</crossExpr>\n<crossExpr>none</crossExpr></cross>';
  it.each([
    ['', 'line 1: this is no XML: document must contain a root element'],
    ['<UCIS>\n<a></b>', 'line 2: this is no XML: unexpected close tag'],
    ['<UCIS>\n&nope;</UCIS>', 'line 2: this is no XML: undefined entity'],
    ['<a>'.repeat(300), 'more than 200 elements in each other'],
    ['<html/>', 'line 1: expected <UCIS>, found <html>'],
    ['<UCIS><historyNodes/></UCIS>', 'line 1: <historyNodes> has no historyNodeId'],
    [foreign('<coverpoint/>'), 'line 8: <coverpoint> has no name'],
    [
      foreign('<coverpoint name="p"><coverpointBin name="b"/></coverpoint>'),
      "line 8: bin 'b' has neither range nor sequence",
    ],
    [
      foreign(POINT('p', ['b']).replace('type="bins"', 'type="auto"')),
      "bin 'b' has the unknown type 'auto'",
    ],
    [
      foreign(POINT('p', ['b']).replace('coverageCount="0"', 'coverageCount="-1"')),
      "coverageCount of <contents> is '-1', expected a whole number",
    ],
    [
      foreign(POINT('p', ['b']).replace('from="-1"', 'from="x"')),
      "from is 'x', expected an integer",
    ],
    [foreign(POINT('a', ['b']) + cross), "line 9: cross 'x' names the coverpoint 'none'"],
  ])('%#', (text, message) => {
    expect(() => importUcis(text)).toThrow(message);
  });
});
