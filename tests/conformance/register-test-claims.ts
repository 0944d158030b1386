// What is claimed of the built-in register tests (each on a good device and on faulty ones), and of register coverage.
import { expect } from 'vitest';
import { CoverageDb } from '#cover/coverage-db';
import { AccessSequence, SharedAccessSequence } from '#uvm/registers/access-sequence';
import { BitBashSequence } from '#uvm/registers/bit-bash-sequence';
import { HwResetSequence } from '#uvm/registers/hw-reset-sequence';
import { MemoryAccessSequence, MemoryWalkSequence } from '#uvm/registers/memory-sequences';
import type { RegisterAttribute } from '#uvm/registers/register-attributes';
import { RegisterCoverage } from '#uvm/registers/register-coverage';
import { printRegisters } from '#uvm/registers/register-print';
import type { RegisterTestSequence } from '#uvm/registers/register-test-sequence';
import type { SequenceClass } from '#uvm/sequence-base';
import { timerBench, TimerBlock } from '../unit/uvm/registers/timer-model.ts';
import type { Claim } from './claim.ts';
import { ANNEX_E } from './register-sequence-table.ts';
import { runTest, twinBench, type TwinBench } from './register-bench.ts';

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

/** What each attribute keeps from being tested. */
const EXCLUSIONS: readonly (readonly [
  RegisterAttribute,
  readonly SequenceClass<RegisterTestSequence>[],
])[] = [
  ['NO_REG_TESTS', [HwResetSequence, BitBashSequence, AccessSequence, SharedAccessSequence]],
  ['NO_REG_HW_RESET_TEST', [HwResetSequence]],
  ['NO_REG_BIT_BASH_TEST', [BitBashSequence]],
  ['NO_REG_ACCESS_TEST', [AccessSequence]],
  ['NO_REG_SHARED_ACCESS_TEST', [SharedAccessSequence]],
  ['NO_MEM_TESTS', [MemoryWalkSequence, MemoryAccessSequence]],
  ['NO_MEM_WALK_TEST', [MemoryWalkSequence]],
  ['NO_MEM_ACCESS_TEST', [MemoryAccessSequence]],
];
/** Accesses of BOTH, and of RAM, in the log of the device. */
const TOUCHES = { both: /^[RW] 0\//, ram: /^[RW] 10[0-9a-f]\// };

/** What a built-in sequence left alone, and what it tested. */
function outcomeOf(
  twin: TwinBench,
  sequenceClass: SequenceClass<RegisterTestSequence>,
): { readonly skipped: readonly string[]; readonly seen: readonly string[] } {
  const { rows } = runTest(twin, sequenceClass);
  const skipped = rows.filter(({ outcome }) => outcome === 'skipped');
  const tested = rows.filter(({ outcome }) => outcome === 'tested');
  return {
    skipped: skipped.map(({ subject, note }) => `${subject}: ${note}`),
    seen: tested.map(({ subject, note }) => `${subject} by ${note}`),
  };
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
      for (const [attribute, stopped] of EXCLUSIONS) {
        const own = attribute.startsWith('NO_MEM') ? 'ram' : 'both';
        const reason = `${attribute} says so`;
        for (const { sequenceClass, tested } of ANNEX_E) {
          const isStopped = stopped.includes(sequenceClass);
          const one = twinBench({ [own]: { [attribute]: reason } });
          const subject = own === 'ram' ? 'twin.RAM' : 'twin.BOTH';
          const { skipped, seen } = outcomeOf(one, sequenceClass);
          const isTouched = one.bench.test.device.log.some((line) => TOUCHES[own].test(line));
          const isItsOwn = tested.some((row) => row.startsWith(subject));
          expect([
            attribute,
            sequenceClass.name,
            skipped.includes(`${subject}: ${reason}`),
          ]).toEqual([attribute, sequenceClass.name, isStopped]);
          expect([attribute, sequenceClass.name, isTouched]).toEqual([
            attribute,
            sequenceClass.name,
            isItsOwn && !isStopped,
          ]);
          const left = tested.filter((row) => !isStopped || !row.startsWith(subject));
          expect([attribute, sequenceClass.name, ...seen]).toEqual([
            attribute,
            sequenceClass.name,
            ...left,
          ]);
          // What is said of a block is said of all in it.
          const all = twinBench({ block: { [attribute]: reason } });
          const allSeen = outcomeOf(all, sequenceClass).seen;
          expect([attribute, sequenceClass.name, ...allSeen]).toEqual([
            attribute,
            sequenceClass.name,
            ...(isStopped ? [] : tested),
          ]);
          if (isStopped) expect(all.bench.test.device.log).toEqual([]);
        }
      }
      // Of a field: the rest of its register is tested, and nothing is written to it.
      const field = twinBench({ done: { NO_REG_BIT_BASH_TEST: 'it starts a motor' } });
      let written = 0;
      field.bus.before = ({ address, data, isWrite }) => {
        if (isWrite && (address & 0xfff) === 4) written |= data;
      };
      const { skipped, seen } = outcomeOf(field, BitBashSequence);
      expect(skipped).toEqual(['twin.FLAGS.done: it starts a motor']);
      expect(seen.filter((row) => row.startsWith('twin.FLAGS'))).toHaveLength(2);
      expect([written & 1, written & 0xf00]).toEqual([0, 0xf00]);
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
