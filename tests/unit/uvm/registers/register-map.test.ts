// Maps: addresses, transfers of every width and endianness on every bus, sub-maps, rights, conflicts, lookups.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Process } from '#kernel/process';
import { RegisterBlock } from '#uvm/registers/register-block';
import type { RegisterBus, RegisterBusOp } from '#uvm/registers/register-bus';
import type { MapSpec, RegisterMap } from '#uvm/registers/register-map';
import type { Register } from '#uvm/registers/register';
import { byteOf } from '#uvm/registers/word';
import { Bench } from './bus-bench.ts';
import { TimerBlock } from './timer-model.ts';

/** A memory of bytes behind a bus; takes no time. Keeps what was asked of it. */
class ByteBus implements RegisterBus {
  hasByteEnables = true;
  readonly bytes = new Map<number, number>();
  readonly ops: string[] = [];
  private readonly map: RegisterMap;

  constructor(map: RegisterMap) {
    this.map = map;
  }

  *run(op: RegisterBusOp): Process {
    this.ops.push(`${op.kind} ${op.address.toString(16)} ${op.byteEnables.toString(2)}`);
    for (let lane = 0; lane < op.byteWidth; lane++) {
      if ((op.byteEnables & (1 << lane)) === 0) continue;
      const at = this.map.byteAddress(lane, op.address);
      if (op.kind === 'write') {
        this.bytes.set(at, byteOf({ low: op.data >>> 0, high: op.dataHigh >>> 0 }, lane));
      } else {
        const byte = (this.bytes.get(at) ?? 0) << (8 * (lane & 3));
        if (lane < 4) op.data = (op.data | byte) >>> 0;
        else op.dataHigh = (op.dataHigh | byte) >>> 0;
      }
    }
  }
}

interface Setup {
  readonly map: MapSpec;
  readonly widthBits: number;
  readonly offset: number;
}

class OneRegister extends RegisterBlock {
  readonly map: RegisterMap;
  readonly register: Register;

  constructor({ map, widthBits, offset }: Setup) {
    super('one');
    this.map = this.addMap('map', map);
    this.register = this.addRegister('R', {
      widthBits,
      offset,
      fields: { all: { lsb: 0, width: widthBits } },
    });
    this.lock();
  }
}

function single(setup: Setup): { model: OneRegister; bus: ByteBus; bench: Bench } {
  const model = new OneRegister(setup);
  const bus = new ByteBus(model.map);
  const bench = new Bench();
  model.attach(bench.test);
  model.map.setFrontDoor(bus);
  return { model, bus, bench };
}

describe('a transfer', () => {
  it('puts each byte at its address, on every bus, at every offset, in both byte orders', () => {
    const setups = fc.record({
      byteWidth: fc.constantFrom(1 as const, 2 as const, 4 as const, 8 as const),
      endianness: fc.constantFrom('little' as const, 'big' as const),
      bytes: fc.integer({ min: 1, max: 8 }),
      offset: fc.integer({ min: 0, max: 40 }),
      low: fc.integer({ min: 0, max: 0xffff_ffff }),
      high: fc.integer({ min: 0, max: 0xffff_ffff }),
    });
    fc.assert(
      fc.property(setups, ({ byteWidth, endianness, bytes, offset, low, high }) => {
        const setup = { map: { base: 0x100, byteWidth, endianness }, widthBits: 8 * bytes, offset };
        const { model, bus, bench } = single(setup);
        const mask = {
          low: bytes >= 4 ? -1 : (1 << (8 * bytes)) - 1,
          high: bytes > 4 ? (bytes === 8 ? -1 : (1 << (8 * (bytes - 4))) - 1) : 0,
        };
        const value = { low: (low & mask.low) >>> 0, high: (high & mask.high) >>> 0 };
        bench.play(function* () {
          expect(yield* model.register.write(value)).toBe('ok');
          expect((yield* model.register.mirror()).word).toEqual(value);
        });
        expect(bus.bytes.size).toBe(bytes);
        for (let i = 0; i < bytes; i++) {
          const at = endianness === 'little' ? i : bytes - 1 - i;
          expect(bus.bytes.get(0x100 + offset + at)).toBe(byteOf(value, i));
        }
        const words = new Set([...bus.bytes.keys()].map((at) => Math.floor(at / byteWidth)));
        expect(bus.ops.length).toBe(2 * words.size);
      }),
      { numRuns: 300 },
    );
  });

  it('counts addresses in words where the bus does', () => {
    const { model, bus, bench } = single({
      map: { byteWidth: 4, addressUnit: 'word' },
      widthBits: 32,
      offset: 0x10,
    });
    bench.play(function* () {
      yield* model.register.write(1);
    });
    expect(bus.ops).toEqual(['write 4 1111']);
  });

  it('looks the same in both byte orders where the register is as wide as the bus', () => {
    const data = (['little', 'big'] as const).map((endianness) => {
      const { model, bus, bench } = single({
        map: { byteWidth: 4, endianness },
        widthBits: 32,
        offset: 8,
      });
      let seen = 0;
      const run = bus.run.bind(bus);
      bus.run = function* (op) {
        seen = op.data;
        yield* run(op);
      };
      bench.play(function* () {
        yield* model.register.write(0x1122_3344);
      });
      return [seen, ...bus.ops];
    });
    expect(data).toEqual([
      [0x1122_3344, 'write 8 1111'],
      [0x1122_3344, 'write 8 1111'],
    ]);
  });

  it('reads whole words where the bus has no byte enables, and refuses to write parts', () => {
    const { model, bus, bench } = single({ map: { byteWidth: 4 }, widthBits: 16, offset: 2 });
    bus.hasByteEnables = false;
    bus.bytes.set(2, 0xcd).set(3, 0xab);
    const message = bench.error(function* () {
      expect((yield* model.register.read()).value).toBe(0xabcd);
      yield* model.register.write(1);
    });
    expect(bus.ops).toEqual(['read 0 1111']);
    expect(message).toContain('the bus cannot write a part of a word [one.R]');
    expect(message).toContain(
      'its words have 4 bytes: widen the register, or give it a front door',
    );
  });
});

describe('a nested map', () => {
  class Inner extends RegisterBlock {
    readonly map: RegisterMap = this.addMap('map', { byteWidth: 1, base: 0x2 });
    readonly r = this.addRegister('R', { offset: 4, fields: { all: { lsb: 0, width: 32 } } });
  }
  class Outer extends RegisterBlock {
    readonly bus = this.addMap('bus', { byteWidth: 4, base: 0x1000 });
    readonly side = this.addMap('side', { byteWidth: 8 });
    readonly inner = new Inner('inner', this);
    constructor() {
      super('outer');
      this.bus.addMap(this.inner.map, 0x20);
      this.side.add(this.inner.r, 0x8);
      this.lock();
    }
  }

  it('lies at the sum of bases and offsets, and is cut by the narrowest map', () => {
    const model = new Outer();
    const { inner } = model;
    expect(inner.map.addressOf(inner.r)).toBe(0x1026);
    expect(inner.map.root).toBe(model.bus);
    expect(model.bus.registerAt(0x1027)).toBe(inner.r);
    const bus = new ByteBus(model.bus);
    const side = new ByteBus(model.side);
    const bench = new Bench();
    model.attach(bench.test);
    model.bus.setFrontDoor(bus);
    model.side.setFrontDoor(side);
    bench.play(function* () {
      yield* inner.r.write(0x0403_0201, { map: model.bus });
      yield* inner.r.write(0x0403_0201, { map: model.side });
    });
    expect(bus.ops).toEqual(['write 1024 100', 'write 1024 1000', 'write 1028 1', 'write 1028 10']);
    expect(side.ops).toEqual(['write 8 1111']);
  });

  it('has one place', () => {
    const outer = new RegisterBlock('outer');
    const map = outer.addMap('map', { byteWidth: 4 });
    const inner = new Inner('inner', outer);
    map.addMap(inner.map, 0);
    expect(() => map.addMap(inner.map, 8)).toThrow(
      "map 'outer.inner.map' has a place already [outer.map]",
    );
    expect(() => map.addMap(map, 8)).toThrow('has a place already');
  });
});

describe('lookups', () => {
  const model = new TimerBlock();

  it('find what lies at an address, and name the neighbours of a hole', () => {
    expect(model.map.registerAt(0x1004)).toBe(model.status);
    expect(model.map.registerAt(0x105b)).toBe(model.channels[1].count);
    expect(model.map.find(0x1104)?.element).toBe(model.ram);
    expect(model.map.find(0x900)).toBeUndefined();
    expect(() => model.map.registerAt(0x1020)).toThrow(
      "no register lies at 0x1020 [timer.bus]\n  Before it: 'timer.ARG[1]' (0x1014..0x1017); after it: 'timer.channel[0].CONTROL' (0x1040..0x1043).",
    );
    expect(() => model.map.registerAt(0)).toThrow(
      "Before it: nothing; after it: 'timer.ID' (0x1000..0x1003).",
    );
    expect(() => model.map.registerAt(0x9000)).toThrow('after it: nothing.');
    const empty = new RegisterBlock('empty');
    const map = empty.addMap('map', { byteWidth: 4 });
    empty.lock();
    expect(() => map.registerAt(4)).toThrow('The map is empty.');
  });
});

describe('conflicts', () => {
  const word = { fields: { all: { lsb: 0, width: 32 } } };

  it('are found when the model is locked, with both names', () => {
    const block = new RegisterBlock('dut');
    block.addMap('map', { byteWidth: 4 });
    block.addRegister('A', { ...word, offset: 0x10 });
    block.addRegister('B', { ...word, offset: 0x12 });
    expect(() => block.lock()).toThrow(
      "'dut.A' (0x10..0x13) and 'dut.B' (0x12..0x15) overlap [dut.map]",
    );
  });

  it('are found with memories that reach far', () => {
    const block = new RegisterBlock('dut');
    block.addMap('map', { byteWidth: 4 });
    block.addMemory('RAM', { size: 64, offset: 0 });
    block.addRegister('A', { ...word, offset: 0x100 });
    block.addRegister('B', { ...word, offset: 0xfc });
    expect(() => block.lock()).toThrow("'dut.RAM' (0x0..0xff) and 'dut.B' (0xfc..0xff) overlap");
  });

  it('are none between what is read and what is written', () => {
    const block = new RegisterBlock('dut');
    const map = block.addMap('map', { byteWidth: 4 });
    const read = block.addRegister('RX', { ...word, offset: 0x10, rights: 'RO' });
    const written = block.addRegister('TX', { ...word, offset: 0x10, rights: 'WO' });
    block.lock();
    expect(map.find(0x11, 'read')?.element).toBe(read);
    expect(map.find(0x11, 'write')?.element).toBe(written);
    read.predict(5, { kind: 'write', map });
    written.predict(5, { kind: 'read', map });
    expect([read.get(), written.get()]).toEqual([0, 0]);
    expect(written.comparedMask(map)).toEqual({ low: 0, high: 0 });
  });
});
