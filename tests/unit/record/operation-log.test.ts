// The flat tables of operations. Source: design, "Operation" (at most 64 bytes each).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  OperationLog,
  operationsByLane,
  OUTCOMES,
  type ArgumentCode,
  type ArgumentValue,
  type OperationKind,
} from '#record/operation-log';

const NUMBER: ArgumentCode = {
  toNumber: Number,
  fromNumber: (code: number): ArgumentValue => code,
};
const OPS = ['add', 'sub'];
const OP: ArgumentCode = {
  toNumber: (value: ArgumentValue) => OPS.indexOf(String(value)),
  fromNumber: (code: number): ArgumentValue => OPS[code],
};
const kind = (name: string, ...codes: ArgumentCode[]): OperationKind => ({
  kind: name,
  argNames: codes.map((_code, i) => `a${i}`),
  argCodes: codes,
});

describe('operation log', () => {
  it('gives back what was entered, whatever it was', () => {
    const kinds = [
      kind('none'),
      kind('two', OP, NUMBER),
      kind('ten', ...Array<ArgumentCode>(10).fill(NUMBER)),
    ];
    const entry = fc.record({
      lane: fc.nat(2),
      kind: fc.nat(2),
      id: fc.nat(0xffff_ffff),
      waitPs: fc.nat(Number.MAX_SAFE_INTEGER),
      outcome: fc.constantFrom(...OUTCOMES),
      code: fc.array(fc.nat(0xffff_ffff), { minLength: 10, maxLength: 10 }),
    });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 600 }), (entries) => {
        const log = new OperationLog();
        for (const lane of ['x', 'y', 'z']) log.addLane(lane);
        const expected = entries.map((one) => {
          const chosen = kinds[one.kind];
          const codes = one.code.slice(0, chosen.argNames.length);
          if (chosen.kind === 'two') codes[0] &= 1;
          const number = log.kindNumber(chosen);
          const row = log.append({ ...one, kind: number, codes });
          log.setOutcome(row, one.outcome);
          const args = chosen.argNames.map((name, i) => [
            name,
            chosen.argCodes[i].fromNumber(codes[i]),
          ]);
          return {
            id: one.id,
            lane: ['x', 'y', 'z'][one.lane],
            kind: chosen.kind,
            waitPs: one.waitPs,
            args: Object.fromEntries(args) as unknown,
            outcome: one.outcome,
          };
        });
        expect(log.count).toBe(entries.length);
        expect(log.records()).toEqual(expected);
      }),
      { seed: 1, numRuns: 30 },
    );
  });

  it('refuses a second lane of the same name, wrong numbers of codes and codes beyond 32 bits', () => {
    const log = new OperationLog();
    const lane = log.addLane('a');
    expect(() => log.addLane('a')).toThrow("there is a lane 'a' already");
    const two = log.kindNumber(kind('two', NUMBER, NUMBER));
    const entry = { lane, id: 0, kind: two, waitPs: 0 };
    expect(() => log.append({ ...entry, codes: [1] })).toThrow('one code per argument');
    expect(() => log.append({ ...entry, codes: [1, 2 ** 32] })).toThrow('codes are u32');
    expect(() => log.append({ ...entry, codes: [1, -1] })).toThrow('codes are u32');
    expect(() => log.append({ ...entry, lane: 1, codes: [1, 1] })).toThrow('known');
    expect(() => log.setOutcome(7, 'done')).toThrow('in the log');
  });

  it('an operation that has not ended is running', () => {
    const log = new OperationLog();
    log.append({
      lane: log.addLane('a'),
      id: 3,
      kind: log.kindNumber(kind('k')),
      waitPs: 5,
      codes: [],
    });
    expect(log.records()).toEqual([
      { id: 3, lane: 'a', kind: 'k', waitPs: 5, args: {}, outcome: 'running' },
    ]);
  });
});

describe('operationsByLane', () => {
  it('sorts by id within the lanes', () => {
    const one = (lane: string, id: number) =>
      ({ lane, id, kind: 'k', waitPs: 0, args: {}, outcome: 'done' }) as const;
    const lanes = operationsByLane([one('b', 2), one('a', 0), one('b', 1)]);
    expect([...lanes.keys()]).toEqual(['b', 'a']);
    expect(lanes.get('b')?.map(({ id }) => id)).toEqual([1, 2]);
  });
});
