// What was drawn for the runs, as columns.
import { describe, expect, it } from 'vitest';
import { ConfigurationSum, overruledParameters } from '#run/configuration-sum';
import type { ParamRecord } from '#record/run-record';
import { sampleRun } from '../reports/sample-records.ts';

function columnsOf(swarms: readonly ParamRecord[]): readonly unknown[] {
  const sum = new ConfigurationSum();
  const run = sampleRun({ test: 'dma', seed: 1, verdict: 'PASS' });
  for (const swarm of swarms) sum.add({ ...run, swarm });
  const { swarm, parameters } = sum.record();
  expect(parameters).toEqual(swarms.length === 0 ? [] : [{ name: 'width', values: [8] }]);
  return swarm;
}

describe('ConfigurationSum', () => {
  it('has one value per run, or one for all', () => {
    expect(
      columnsOf([
        { tenants: 3, mood: 'calm' },
        { tenants: 4, mood: 'calm' },
      ]),
    ).toEqual([
      { name: 'tenants', values: [3, 4] },
      { name: 'mood', values: ['calm'] },
    ]);
  });

  it('has null where a run has no such value', () => {
    expect(columnsOf([{ a: 1 }, {}, { b: false }, { a: 1, b: false }])).toEqual([
      { name: 'a', values: [1, null, null, 1] },
      { name: 'b', values: [null, null, false, false] },
    ]);
  });

  it('keeps apart what only looks alike, and knows no names of its own', () => {
    expect(columnsOf([{ constructor: 1 }, { constructor: '1' }])).toEqual([
      { name: 'constructor', values: [1, '1'] },
    ]);
    expect(columnsOf([])).toEqual([]);
  });
});

describe('overruledParameters', () => {
  const column = (name: string, ...values: (ParamRecord[string] | null)[]) => ({
    swarm: [],
    parameters: [{ name, values }],
  });

  it('names what all runs had in place of what was asked for', () => {
    expect(overruledParameters({ width: 20 }, column('width', 16), 3)).toEqual([
      { name: 'width', asked: 20, had: [16], runs: 3 },
    ]);
  });

  it('counts the runs that had other values, and names each value once', () => {
    const had = column('width', 16, 20, 8, null, 16);
    expect(overruledParameters({ width: 20 }, had, 5)).toEqual([
      { name: 'width', asked: 20, had: [16, 8], runs: 3 },
    ]);
  });

  it('has nothing of what was taken, not asked for, or never told', () => {
    expect(overruledParameters({ width: 20 }, column('width', 20), 3)).toEqual([]);
    expect(overruledParameters({}, column('width', 16), 3)).toEqual([]);
    expect(overruledParameters({ width: 20 }, column('depth', 16), 3)).toEqual([]);
    expect(overruledParameters({ width: 20 }, column('width', null), 3)).toEqual([]);
  });
});
