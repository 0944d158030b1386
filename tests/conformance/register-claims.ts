// The register layer: what of IEEE 1800.2 clauses 17-19 and annex E is there, what differs, and what is not.
import { expect } from 'vitest';
import { RandomStream } from '#random/random-stream';
import { RegisterBlock } from '#uvm/registers/register-block';
import { timerBench, TimerBlock } from '../unit/uvm/registers/timer-model.ts';
import type { Claim, ClaimChapter } from './claim.ts';
import { REGISTER_DOOR_CLAIMS } from './register-door-claims.ts';
import { POLICY_CLAIM } from './register-policy-claim.ts';
import { REGISTER_TEST_CLAIMS } from './register-test-claims.ts';

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
      const { args, channels, id, key } = bench.model;
      const { control } = channels[0];
      const { device } = bench.test;
      bench.play(function* () {
        control.field.mode.set(3);
        expect([control.needsUpdate, control.getMirrored(), control.get()]).toEqual([
          true,
          0x10,
          0x30,
        ]);
        expect([control.field.mode.needsUpdate, control.field.enable.needsUpdate]).toEqual([
          true,
          false,
        ]);
        expect(device.word(0x1040)).toBe(0x10); // set is no access
        yield* control.update();
        expect([control.needsUpdate, control.getMirrored()]).toEqual([false, 0x30]);
        expect([device.word(0x1040), device.log.length]).toEqual([0x30, 1]);
        yield* control.update(); // nothing to do
        expect(device.log).toHaveLength(1);
        control.predict(0x11);
        expect([control.field.enable.get(), control.field.mode.getMirrored()]).toEqual([1, 1]);
        expect([device.word(0x1040), device.log.length]).toEqual([0x30, 1]);
        control.field.mode.predict(3);
        expect(control.getMirrored()).toBe(0x31);
      });
      control.reset('SOFT'); // it has none
      expect([control.hasReset('SOFT'), control.get()]).toEqual([false, 0x31]);
      control.reset();
      expect([control.hasReset(), control.get(), control.getMirrored()]).toEqual([
        true,
        0x10,
        0x10,
      ]);
      args[0].reset('SOFT');
      expect([args[0].hasReset('SOFT'), args[0].get(), key.hasReset()]).toEqual([true, 2, false]);
      const stream = new RandomStream('conformance');
      const drawn = Array.from({ length: 100 }, () => {
        control.randomize(stream);
        id.randomize(stream);
        return control.get();
      });
      // All that is legal, nothing else, and nothing of what cannot be written.
      expect(new Set(drawn)).toEqual(new Set([0, 1, 0x10, 0x11, 0x30, 0x31]));
      expect([id.get(), control.getMirrored()]).toEqual([0xcafe_f00d, 0x10]);
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
  POLICY_CLAIM,
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
      const { ram } = bench.model;
      const { device } = bench.test;
      bench.play(function* () {
        yield* ram.write(0, 7);
        expect((yield* ram.read(0)).value).toBe(7);
        yield* ram.burstWrite(1, [1, 2]);
        const read = yield* ram.burstRead(0, 3);
        expect(read.map(({ value }) => value)).toEqual([7, 1, 2]);
      });
      const bus = ['W 1100', 'R 1100', 'W 1104', 'W 1108', 'R 1100', 'R 1104', 'R 1108'];
      expect(device.log).toEqual(bus.map((access) => `${access}/1111`));
      expect(() => ram.peek(2)).toThrow('there is no back door');
      const cells = [10, 11, 12];
      ram.setBackDoor({
        peek: (_memory, index) => ({ low: cells[index], high: 0 }),
        poke: (_memory, index, { low }) => {
          cells[index] = low;
        },
      });
      ram.poke(2, 0x55);
      expect([ram.peek(1).low, ram.peek(2).low, cells]).toEqual([11, 0x55, [10, 11, 0x55]]);
      expect(device.log).toHaveLength(bus.length); // past the bus
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

export const REGISTER_CHAPTERS: readonly ClaimChapter[] = [
  {
    title: 'Register layer: model',
    source: 'IEEE 1800.2-2020 clauses 17, 18',
    claims: MODEL,
  },
  {
    title: 'Register layer: front doors, back doors, prediction',
    source: 'IEEE 1800.2-2020 clauses 18.10, 19',
    claims: REGISTER_DOOR_CLAIMS,
  },
  {
    title: 'Register layer: test sequences and coverage',
    source: 'IEEE 1800.2-2020 clause 17.2, annex E',
    claims: REGISTER_TEST_CLAIMS,
  },
];
