// Reading run.json: what is accepted, and what is said of the rest. Source: design, "Record".
import { describe, expect, it } from 'vitest';
import { UsageError } from '#base/assert';
import { parseRunRecord } from '#record/parse-run-record';
import type { RunRecord } from '#record/run-record';

const RECORD: RunRecord = {
  schema: 'ridgeline.run/1',
  test: 'dma',
  seed: 17,
  verdict: 'FAIL',
  device: { name: 'model', version: '1', dut: 'model', parameters: { vfs: 2 }, fault: null },
  code: { version: '0.1.0', commit: null, dirty: false },
  swarm: { tenants: 3, strided: true, layout: 'low' },
  digests: { tlp: 'aa', draws: 'bb' },
  counts: { tlpsUp: 1, tlpsDown: 2, timePs: 3, operations: 1 },
  failures: [
    {
      rule: 'T-RID-4',
      timePs: 2,
      path: 'test',
      subject: 'sdi 3',
      expected: 'a',
      seen: 'b',
      count: 1,
    },
  ],
  error: null,
  evaluations: { 'T-RID-4': 9 },
  coverage: { groups: [] },
  operations: [{ id: 0, lane: 'a', kind: 'k', waitPs: 0, args: { n: 1, s: 'x' }, outcome: 'done' }],
  window: [{ direction: 'up', timePs: 1, text: 'MRd', hex: '00' }],
  replay: 'ridgeline run dma --seed 17',
};

/** The record as text with one field replaced; `undefined` removes it. */
function withField(path: string, value: unknown): string {
  const copy = structuredClone(RECORD) as unknown as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop() as string;
  let at = copy;
  for (const key of keys) at = at[key] as Record<string, unknown>;
  at[last] = value;
  return JSON.stringify(copy);
}

describe('parseRunRecord', () => {
  it('reads what was written, with or without what is optional', () => {
    expect(parseRunRecord(JSON.stringify(RECORD))).toEqual(RECORD);
    const more = { ...RECORD, skipReason: 'no VFs', wall: { seconds: 1 } };
    expect(parseRunRecord(JSON.stringify(more))).toEqual(more);
  });

  it.each([
    [
      'schema',
      'ridgeline.run/2',
      `its schema is "ridgeline.run/2", this version reads 'ridgeline.run/1'`,
    ],
    ['schema', undefined, 'its schema is missing'],
    ['seed', -1, `'seed' is -1, not a whole number from 0 below 2^53`],
    ['seed', 2 ** 53, `'seed' is 9007199254740992, not a whole number`],
    ['test', undefined, `'test' is missing, not a string`],
    ['verdict', 'MAYBE', `'verdict' is "MAYBE", not 'PASS' or 'FAIL' or 'ERROR' or 'SKIP'`],
    ['device.fault', 3, `'device.fault' is 3, not a string`],
    [
      'device.parameters.vfs',
      null,
      `'device.parameters.vfs' is null, not a number, a boolean or a`,
    ],
    ['code.dirty', 'no', `'code.dirty' is "no", not a boolean`],
    ['error', {}, `'error.code' is missing, not a string`],
    ['failures.0.count', 'x', `'failures[0].count' is "x", not a whole number`],
    ['operations', {}, `'operations' is {}, not a list`],
    ['operations.0.outcome', 'lost', `'operations[0].outcome' is "lost", not 'running' or 'done'`],
    ['operations.0.args', [], `'operations[0].args' is [], not an object`],
    ['window.0.timePs', 0.5, `'window[0].timePs' is 0.5, not a time in ps`],
  ])('%s = %j', (path, value, message) => {
    const parse = (): RunRecord => parseRunRecord(withField(path, value));
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(message);
  });

  it('says that something is no JSON, or no object', () => {
    expect(() => parseRunRecord('{')).toThrow(/this is no record of a run: it is no JSON: /);
    expect(() => parseRunRecord('[]')).toThrow(/its schema is missing/);
  });
});
