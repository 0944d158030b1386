// What is claimed of the built-in register tests (each on a good device and on faulty ones), and of register coverage.
import { expect } from 'vitest';
import { CoverageDb } from '#cover/coverage-db';
import { BitBashSequence } from '#uvm/registers/bit-bash-sequence';
import { RegisterCoverage } from '#uvm/registers/register-coverage';
import { printRegisters } from '#uvm/registers/register-print';
import { timerBench, TimerBlock } from '../unit/uvm/registers/timer-model.ts';
import type { Claim } from './claim.ts';
import { ANNEX_E } from './register-sequence-table.ts';
import { runTest, twinBench } from './register-bench.ts';

/** Hits of each bin of each point. */
function hits(
  points: readonly {
    readonly name: string;
    readonly bins: readonly string[];
    readonly counts: readonly number[];
  }[],
): object {
  return Object.fromEntries(
    points.map(({ name, bins, counts }) => [
      name,
      Object.fromEntries(bins.map((bin, i) => [bin, counts[i]])),
    ]),
  );
}

export const REGISTER_TEST_CLAIMS: readonly Claim[] = [
  {
    id: 'UVM-E.1',
    feature:
      'Hardware reset, bit bash, access, shared access, memory walk and memory access sequences',
    support: 'differs',
    note: 'They end with a report of what was tested and skipped, and why; bit bash reads every register again in the end, and the walk every location.',
    verify: () => {
      for (const { sequenceClass, tested, checkedCount, faults } of ANNEX_E) {
        const good = twinBench();
        const report = runTest(good, sequenceClass);
        expect([sequenceClass.name, report.failedCount, good.bench.top.rules.failures]).toEqual([
          sequenceClass.name,
          0,
          [],
        ]);
        const rows = report.rows.filter(({ outcome }) => outcome === 'tested');
        expect(rows.map(({ subject, note }) => `${subject} by ${note}`)).toEqual(tested);
        expect([report.testedCount, report.checkedCount]).toEqual([tested.length, checkedCount]);
        for (const { spoil, failures } of faults) {
          const bad = twinBench();
          spoil(bad);
          const { failedCount } = runTest(bad, sequenceClass);
          const seen = bad.bench.top.rules.failures.map(
            ({ rule, subject }) => `${rule} ${subject}`,
          );
          expect([sequenceClass.name, seen]).toEqual([sequenceClass.name, failures]);
          expect(failedCount).toBeGreaterThan(0);
        }
      }
    },
  },
  {
    id: 'UVM-E.2',
    feature: 'NO_REG_TESTS, NO_REG_BIT_BASH_TEST and the other exclusions',
    support: 'differs',
    note: 'Typed options of blocks, registers, fields and memories, each with the reason, not strings in the resource database.',
    verify: () => {
      const bench = timerBench();
      const report = runTest({ bench, model: bench.model }, BitBashSequence);
      expect(report.rows).toContainEqual({
        subject: 'timer.KEY',
        outcome: 'skipped',
        note: 'writing it stops the clock',
      });
    },
  },
  {
    id: 'UVM-17.2.1',
    feature: 'Register coverage: addresses, field values, bits, with include and exclude',
    support: 'differs',
    note: 'Made from the model, not generated as source.',
    verify: () => {
      const bench = timerBench();
      const { groups } = new RegisterCoverage('timer', bench.model, {
        kinds: ['addresses', 'fields', 'bits'],
      });
      const { args, channels, half, id } = bench.model;
      const part = new RegisterCoverage('part', bench.model, {
        kinds: ['addresses', 'fields', 'bits'],
        include: (register) => register === args[0] || register.parent === channels[1],
        includeField: (field) => field !== channels[1].control.field.mode,
      });
      const count = new RegisterCoverage('default', bench.model).groups.length;
      expect(count).toBe(2); // addresses and fields
      const seen = (coverage: RegisterCoverage): object[] => {
        const database = new CoverageDb();
        coverage.addTo(database);
        return database.record().groups.map(({ points }) => hits(points));
      };
      bench.play(function* () {
        yield* args[0].write(0x8000_0000);
        yield* channels[1].control.write(0x30);
        yield* channels[1].control.read();
        yield* id.read();
        yield* half.field.high.write(0xff);
      });
      expect(groups.map(({ sampleCount }) => sampleCount)).toEqual([5, 5, 5]);
      expect(part.groups.map(({ sampleCount }) => sampleCount)).toEqual([3, 3, 3]);
      const [values, addresses, bitValues] = seen(part);
      expect(addresses).toMatchObject({
        register: { 'ARG[0]': 1, 'channel[1].CONTROL': 2, 'channel[1].COUNT': 0 },
        kind: { read: 1, write: 2 },
      });
      expect(values).toEqual({
        'fields[ARG[0].value]': { zero: 0, q0: 0, q1: 0, q2: 1, q3: 0, ones: 0 },
        'fields[channel[1].CONTROL.enable]': { 0: 2, 1: 0 },
        'fields[channel[1].COUNT.value]': { zero: 0, q0: 0, q1: 0, q2: 0, q3: 0, ones: 0 },
      });
      expect(bitValues).toMatchObject({
        'bits[ARG[0].value[31]]': { 'read 0': 0, 'read 1': 0, 'write 0': 0, 'write 1': 1 },
        'bits[channel[1].CONTROL.enable[0]]': { 'read 0': 1, 'write 0': 1, 'write 1': 0 },
      });
      expect(Object.keys(bitValues)).toHaveLength(32 + 1 + 64);
    },
  },
  {
    id: 'UVM-18.1.2',
    feature: 'A model is printed as a table',
    support: 'yes',
    verify: () => {
      expect(printRegisters(new TimerBlock())).toContain('channel[1].COUNT    map 0x1054  64');
    },
  },
];
