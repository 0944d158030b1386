// The register layer: what of IEEE 1800.2 clauses 17-19 and annex E is there, what differs, and what is not.
import { expect } from 'vitest';
import { ACCESS_POLICIES } from '#uvm/registers/access-policy';
import { AccessSequence, SharedAccessSequence } from '#uvm/registers/access-sequence';
import { BitBashSequence } from '#uvm/registers/bit-bash-sequence';
import { HwResetSequence } from '#uvm/registers/hw-reset-sequence';
import { MemoryWalkSequence } from '#uvm/registers/memory-sequences';
import { RegisterBlock } from '#uvm/registers/register-block';
import { RegisterCoverage } from '#uvm/registers/register-coverage';
import { printRegisters } from '#uvm/registers/register-print';
import type { RegisterTestSequence } from '#uvm/registers/register-test-sequence';
import type { SequenceClass } from '#uvm/sequence-base';
import { timerBench, TimerBlock } from '../unit/uvm/registers/timer-model.ts';
import type { Claim, ClaimChapter } from './claim.ts';

type TimerBench = ReturnType<typeof timerBench>;

/** Runs a built-in sequence on the timer and returns its report. */
function runTest(bench: TimerBench, sequenceClass: SequenceClass<RegisterTestSequence>) {
  const sequence = bench.top.createSequence(sequenceClass, bench.test);
  sequence.subject = bench.model;
  bench.play(() => sequence.start(bench.test));
  return sequence.outcome;
}

const MODEL: readonly Claim[] = [
  {
    id: 'UVM-18.1.1',
    feature:
      'A register model is blocks, registers, fields, register files, memories and maps, and is final after lock()',
    support: 'yes',
    verify: () => {
      const model = new TimerBlock();
      expect([model.isLocked, model.registers().length, model.memories().length]).toEqual([
        true,
        11,
        1,
      ]);
      expect(() => model.addMap('late', { byteWidth: 4 })).toThrow('is changed after lock()');
      const open = new RegisterBlock('open');
      open.addMap('map', { byteWidth: 4 });
      const file = open.addFile('file[2]', 0x20);
      const register = file.addRegister('R', { offset: 4, fields: { f: { lsb: 0, width: 8 } } });
      expect(() => register.predict(1)).toThrow('is used before lock()');
      open.lock();
      expect(open.defaultMap.registerAt(0x24)).toBe(register);
      expect(register.fullPath).toBe('open.file[2].R');
    },
  },
  {
    id: 'UVM-18.2.1',
    feature:
      'A register may lie in several maps, maps in maps, on buses of 1, 2, 4 or 8 bytes, little- or big-endian',
    support: 'yes',
    verify: () => {
      const outer = new RegisterBlock('outer');
      const bus = outer.addMap('bus', { byteWidth: 8, base: 0x100, endianness: 'big' });
      const other = outer.addMap('other', { byteWidth: 2 });
      const inner = new RegisterBlock('inner', outer);
      const map = inner.addMap('map', { byteWidth: 4 });
      const r = inner.addRegister('R', { offset: 8, fields: { f: { lsb: 0, width: 32 } } });
      bus.addMap(map, 0x10);
      other.add(r, 4);
      outer.lock();
      expect([map.addressOf(r), other.addressOf(r)]).toEqual([0x118, 4]);
      expect([bus.registerAt(0x11b), other.registerAt(7)]).toEqual([r, r]);
    },
  },
  {
    id: 'UVM-18.2.2',
    feature: 'Two elements at one address are found when the model is locked, and both are named',
    support: 'yes',
    verify: () => {
      const block = new RegisterBlock('dut');
      block.addMap('map', { byteWidth: 4 });
      for (const [name, offset] of [
        ['A', 0],
        ['B', 2],
      ] as const) {
        block.addRegister(name, { offset, fields: { f: { lsb: 0, width: 32 } } });
      }
      expect(() => block.lock()).toThrow("'dut.A' (0x0..0x3) and 'dut.B' (0x2..0x5) overlap");
    },
  },
  {
    id: 'UVM-18.2.3',
    feature: 'FIFO endianness, dynamic sub-map switching (unregister, submap offsets after lock)',
    support: 'no',
    note: 'A FIFO register is reached by a front door of its own.',
  },
  {
    id: 'UVM-18.4.1',
    feature:
      'set, get, needs_update, update, predict, reset, has_reset, randomize by field and register',
    support: 'yes',
    verify: () => {
      const bench = timerBench();
      const { control } = bench.model.channels[0];
      bench.play(function* () {
        control.field.mode.set(3);
        expect([control.needsUpdate, control.getMirrored()]).toEqual([true, 0x10]);
        yield* control.update();
        expect([control.needsUpdate, control.getMirrored()]).toEqual([false, 0x30]);
        control.predict(0x11);
        expect(control.field.enable.get()).toBe(1);
      });
      control.reset('SOFT');
      expect(control.get()).toBe(0x11);
      control.reset();
      expect(control.get()).toBe(0x10);
    },
  },
  {
    id: 'UVM-18.4.2',
    feature: 'mirror(UVM_CHECK) compares what is read with the mirror, except in volatile fields',
    support: 'differs',
    note: 'A difference breaks a rule (REG-3, or one of your own) with the names of the fields, instead of reporting an error.',
    verify: () => {
      const bench = timerBench();
      bench.test.device.bytes.set(0x1010, 9);
      bench.test.device.bytes.set(0x1005, 3);
      bench.play(function* () {
        yield* bench.model.args[0].mirror();
        yield* bench.model.status.mirror();
      });
      expect(bench.top.rules.failures).toMatchObject([
        { rule: 'REG-3', subject: 'timer.ARG[0]', seen: '0x00000009: value 0x9' },
      ]);
    },
  },
  {
    id: 'UVM-18.4.3',
    feature: 'Update writes what makes the device what the model wants',
    support: 'differs',
    note: 'Of W1C (W1S, W1T, W0…) fields only bits that must change are written; the standard writes a 1 to every W1C bit that is wanted 0, and loses what the device has set meanwhile.',
    verify: () => {
      const bench = timerBench();
      const { status } = bench.model;
      bench.play(function* () {
        status.field.done.predict(0);
        bench.test.device.bytes.set(0x1004, 1);
        yield* status.update();
      });
      expect(bench.test.device.bytes.get(0x1004)).toBe(1);
    },
  },
  {
    id: 'UVM-18.4.4',
    feature: 'Accesses of one register are one at a time; the process that has it may go on',
    support: 'yes',
    verify: () => {
      const bench = timerBench();
      const [arg] = bench.model.args;
      bench.play(function* (test) {
        const first = test.fork('first', arg.write(1));
        const second = test.fork('second', arg.write(2));
        while (first.isAlive) yield first.done;
        expect([arg.getMirrored(), second.isAlive]).toEqual([1, true]);
        yield second.done;
        expect(arg.getMirrored()).toBe(2);
      });
    },
  },
  {
    id: 'UVM-18.5.1',
    feature: 'The 25 access policies, NOACCESS, and policies of one’s own',
    support: 'differs',
    note: 'A policy of one’s own is an object (read effect, write effect), not a registered name.',
    verify: () => {
      expect(Object.keys(ACCESS_POLICIES)).toHaveLength(26);
      const block = new RegisterBlock('dut');
      const access = { name: 'MINE', read: 'sets', write: 'onesToggle', once: false } as const;
      const r = block.addRegister('R', { fields: { f: { lsb: 0, width: 4, access } } });
      block.lock();
      r.predict(0b0101, { kind: 'write' });
      expect(r.get()).toBe(0b0101);
      r.predict(0b0101, { kind: 'read' });
      expect(r.get()).toBe(0b1111);
    },
  },
  {
    id: 'UVM-18.5.2',
    feature: 'A field write uses byte enables where the field has its lanes to itself',
    support: 'differs',
    note: 'Otherwise the other fields get what changes nothing in them (0 for W1C), not their mirrored values.',
    verify: () => {
      const bench = timerBench();
      bench.play(function* () {
        yield* bench.model.half.field.low.write(1);
        yield* bench.model.channels[0].control.field.enable.write(1);
      });
      expect(bench.test.device.log).toEqual(['W 1008/100', 'W 1040/1111']);
    },
  },
  {
    id: 'UVM-18.6.1',
    feature: 'Memories: read, write, bursts, peek, poke',
    support: 'differs',
    note: 'A burst is a row of single accesses. There is no allocation manager (uvm_mem_mam).',
    verify: () => {
      const bench = timerBench();
      bench.play(function* () {
        yield* bench.model.ram.burstWrite(0, [1, 2]);
        expect((yield* bench.model.ram.read(1)).value).toBe(2);
      });
      expect(bench.test.device.log).toHaveLength(3);
    },
  },
  {
    id: 'UVM-18.7.1',
    feature:
      'Indirect registers, FIFO registers, virtual registers (uvm_reg_indirect_data, uvm_reg_fifo, uvm_vreg)',
    support: 'no',
    note: 'A register with a front door of its own does the same in a few lines.',
  },
];

const DOORS: readonly Claim[] = [
  {
    id: 'UVM-19.2.1',
    feature:
      'An adapter turns generic operations into items of a bus and back (reg2bus, bus2reg), typed',
    support: 'yes',
    verify: () => {
      const bench = timerBench();
      bench.play(function* () {
        expect((yield* bench.model.id.read()).value).toBe(0xcafe_f00d);
      });
      expect(bench.test.device.log).toEqual(['R 1000/1111']);
    },
  },
  {
    id: 'UVM-19.2.2',
    feature: 'Auto-prediction, explicit prediction by a predictor, and passive prediction',
    support: 'differs',
    note: 'Auto-prediction is the default. The predictor believes each operation when it is seen, lane by lane, and does not wait for all words of a wide register.',
    verify: () => {
      const bench = timerBench({ prediction: 'explicit' });
      const [arg] = bench.model.args;
      bench.play(function* () {
        yield* arg.write(5);
        expect(arg.getMirrored()).toBe(1);
        bench.test.child.predictor.bind(bench.model.map);
        bench.test.child.agent.child.driver.observed.connect(bench.test.child.predictor);
        yield* arg.write(6);
        expect(arg.getMirrored()).toBe(6);
      });
    },
  },
  {
    id: 'UVM-19.4.1',
    feature: 'User front doors per register and map, as code or as a sequence',
    support: 'yes',
    verify: () => {
      const bench = timerBench();
      const { byte0, map } = bench.model;
      byte0.setFrontDoor(
        {
          *run(access) {
            access.value = { low: 7, high: 0 };
          },
        },
        map,
      );
      bench.play(function* () {
        expect((yield* byte0.read()).value).toBe(7);
      });
      expect(bench.test.device.log).toEqual([]);
    },
  },
  {
    id: 'UVM-19.5.1',
    feature: 'Back doors: peek, poke, and read and write that do what the access policies say',
    support: 'differs',
    note: 'The author gives peek and poke functions; there are no HDL paths.',
    verify: () => {
      const bench = timerBench();
      const { status } = bench.model;
      let cell = { low: 1, high: 0 };
      status.setBackDoor({
        peek: () => cell,
        poke: (_register, value) => {
          cell = value;
        },
      });
      bench.play(function* () {
        expect((yield* status.peek()).low).toBe(1);
        yield* status.write(1, { path: 'back' });
        expect(cell.low).toBe(0);
      });
    },
  },
  {
    id: 'UVM-18.10.1',
    feature: 'Callbacks before and after reads and writes',
    support: 'differs',
    note: 'Objects with hooks on registers and blocks. post_predict, encode and decode are not there.',
    verify: () => {
      const bench = timerBench();
      const seen: string[] = [];
      bench.model.addCallbacks({
        preWrite: (access) => void seen.push(`pre ${access.value.low}`),
        postWrite: (access) => void seen.push(`post ${access.status}`),
      });
      bench.play(() => bench.model.args[0].write(3));
      expect(seen).toEqual(['pre 3', 'post ok']);
    },
  },
];

const TESTS: readonly Claim[] = [
  {
    id: 'UVM-E.1',
    feature:
      'Hardware reset, bit bash, access, shared access, memory walk and memory access sequences',
    support: 'differs',
    note: 'They end with a report of what was tested and skipped, and why; bit bash reads every register again in the end, and the walk every location.',
    verify: () => {
      const sequences = [
        HwResetSequence,
        BitBashSequence,
        AccessSequence,
        SharedAccessSequence,
        MemoryWalkSequence,
      ];
      for (const sequenceClass of sequences) {
        const bench = timerBench();
        const report = runTest(bench, sequenceClass);
        expect([report.failedCount, bench.top.rules.failures]).toEqual([0, []]);
        expect(report.rows.length).toBeGreaterThan(0);
      }
    },
  },
  {
    id: 'UVM-E.2',
    feature: 'NO_REG_TESTS, NO_REG_BIT_BASH_TEST and the other exclusions',
    support: 'differs',
    note: 'Typed options of blocks, registers, fields and memories, each with the reason, not strings in the resource database.',
    verify: () => {
      const report = runTest(timerBench(), BitBashSequence);
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
      bench.play(() => bench.model.args[0].write(3));
      expect(groups.map(({ sampleCount }) => sampleCount)).toEqual([1, 1, 1]);
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

export const REGISTER_CHAPTERS: readonly ClaimChapter[] = [
  {
    title: 'Register layer: model',
    source: 'IEEE 1800.2-2020 clauses 17, 18',
    claims: MODEL,
  },
  {
    title: 'Register layer: front doors, back doors, prediction',
    source: 'IEEE 1800.2-2020 clauses 18.10, 19',
    claims: DOORS,
  },
  {
    title: 'Register layer: test sequences and coverage',
    source: 'IEEE 1800.2-2020 clause 17.2, annex E',
    claims: TESTS,
  },
];
