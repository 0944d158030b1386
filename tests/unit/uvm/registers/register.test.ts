// Registers and fields: what the model wants and believes, accesses by both doors, one at a time, with hooks.
import { describe, expect, it } from 'vitest';
import { ns } from '#kernel/time';
import { delay, fork, waitAll } from '#kernel/wait';
import { VirtualSequence } from '#uvm/virtual-sequence';
import type { Component } from '#uvm/component';
import type { Process } from '#kernel/process';
import { RegisterBlock } from '#uvm/registers/register-block';
import { sequenceFrontDoor } from '#uvm/registers/register-bus';
import type { RegisterAccess } from '#uvm/registers/register-access';
import type { Register } from '#uvm/registers/register';
import type { Word } from '#uvm/registers/word';
import { RandomStream } from '#random/random-stream';
import { timerBench, TimerBlock } from './timer-model.ts';

describe('the mirror', () => {
  it('is set, wanted, updated and written', () => {
    const bench = timerBench();
    const { control } = bench.model.channels[0];
    bench.play(function* () {
      expect(control.get()).toBe(0x10);
      control.field.mode.set(3);
      control.field.enable.set(1);
      expect([control.get(), control.getMirrored(), control.needsUpdate]).toEqual([
        0x31,
        0x10,
        true,
      ]);
      expect(yield* control.update()).toBe('ok');
      expect([control.getMirrored(), control.needsUpdate]).toEqual([0x31, false]);
      expect(bench.test.device.word(0x1040)).toBe(0x31);
      const before = bench.test.device.log.length;
      expect(yield* control.update()).toBe('ok');
      expect(bench.test.device.log.length).toBe(before);
      const { status, value } = yield* control.read();
      expect([status, value, control.field.mode.getMirrored()]).toEqual(['ok', 0x31, 3]);
    });
    expect(control.field.mode.get()).toBe(3);
  });

  it('holds 64 bits, in two accesses', () => {
    const bench = timerBench();
    const { count } = bench.model.channels[1];
    bench.play(function* () {
      const first = yield* count.read();
      expect(first.word).toEqual({ low: 5, high: 0x8000_0000 });
      expect(() => first.value).toThrow('is no exact number');
      expect(() => count.get()).toThrow('is no exact number');
      yield* count.write(0x12_3456_789a);
      expect(bench.test.device.word(0x1054)).toBe(0x3456_789a);
      expect(bench.test.device.word(0x1058)).toBe(0x12);
      expect((yield* count.mirror()).matches).toBe(true);
      expect(count.get()).toBe(0x12_3456_789a);
    });
    expect(bench.test.device.log).toEqual([
      'R 1054/1111',
      'R 1058/1111',
      'W 1054/1111',
      'W 1058/1111',
      'R 1054/1111',
      'R 1058/1111',
    ]);
  });

  it('reports a register that reads otherwise, with the names of the fields', () => {
    const bench = timerBench();
    const { control } = bench.model.channels[0];
    bench.play(function* () {
      bench.test.device.bytes.set(0x1040, 0x21);
      const { matches } = yield* control.mirror();
      expect(matches).toBe(false);
      // What was read is believed: the second look agrees.
      expect((yield* control.mirror()).matches).toBe(true);
    });
    expect(bench.top.rules.failures).toMatchObject([
      {
        rule: 'REG-3',
        path: 'test',
        subject: 'timer.channel[0].CONTROL',
        expected: '0x00000010: enable 0x0, mode 0x1',
        seen: '0x00000021: enable 0x1, mode 0x2',
        count: 1,
      },
    ]);
    expect(bench.top.rules.evaluations()).toMatchObject({ 'REG-3': 2 });
  });

  it('does not compare volatile fields, forgotten bits, or what cannot be read', () => {
    const bench = timerBench();
    const { byte0, key, status } = bench.model;
    bench.play(function* () {
      bench.test.device.bytes.set(0x1005, 0x0f);
      bench.test.device.bytes.set(0x1008, 0x77);
      expect((yield* status.mirror()).matches).toBe(true);
      expect(status.field.level.getMirrored()).toBe(0xf);
      byte0.forget();
      expect((yield* byte0.mirror()).matches).toBe(true);
      expect(byte0.get()).toBe(0x77);
      expect((yield* byte0.mirror({ check: false })).matches).toBeUndefined();
      yield* key.write(7);
      expect((yield* key.mirror()).matches).toBe(true);
      expect(key.getMirrored()).toBe(7);
    });
    expect(bench.top.rules.failures).toEqual([]);
  });

  it('clears what is written 1, and only what update wants cleared', () => {
    const bench = timerBench();
    const { status } = bench.model;
    bench.play(function* () {
      bench.test.device.bytes.set(0x1004, 1);
      yield* status.read();
      expect(status.field.done.get()).toBe(1);
      status.field.done.set(1);
      expect(status.field.done.get()).toBe(0);
      yield* status.update();
      expect(bench.test.device.bytes.get(0x1004)).toBe(0);
      expect(status.field.done.getMirrored()).toBe(0);
    });
  });

  it('is predicted without an access, but not during one', () => {
    const bench = timerBench();
    const { id, args } = bench.model;
    bench.play(function* (test) {
      expect(args[0].predict(9)).toBe(true);
      expect(args[0].get()).toBe(9);
      expect(id.predict(5, { kind: 'write' })).toBe(true);
      expect(id.get()).toBe(0xcafe_f00d);
      args[1].field.value.predict(3);
      expect(args[1].getMirrored()).toBe(3);
      const reader = yield* fork('reader', args[0].read());
      yield delay(ns(1));
      expect(args[0].predict(1)).toBe(false);
      expect(args[1].predict(1)).toBe(true);
      yield* waitAll(reader);
      expect(args[0].predict(1)).toBe(true);
      expect(test.device.log).toHaveLength(1);
    });
  });

  it('returns to its reset values, of each kind', () => {
    const model = new TimerBlock();
    const [arg] = model.args;
    model.reset();
    expect([arg.get(), model.id.get(), model.key.hasReset()]).toEqual([1, 0xcafe_f00d, false]);
    model.reset('SOFT');
    expect([arg.get(), model.id.get(), model.id.hasReset('SOFT')]).toEqual([2, 0xcafe_f00d, false]);
    expect(arg.getReset('SOFT')).toEqual({ low: 2, high: 0 });
    expect(arg.field.value.getReset('SOFT')).toEqual({ low: 2, high: 0 });
    arg.field.value.setReset(4, 'WARM');
    model.reset('WARM');
    expect(arg.get()).toBe(4);
  });

  it('draws legal values, and nothing for what cannot be written', () => {
    const model = new TimerBlock();
    model.reset();
    const stream = new RandomStream('randomize');
    for (let i = 0; i < 50; i++) {
      model.randomize(stream);
      expect([0, 1, 3]).toContain(model.channels[0].control.field.mode.get());
      expect(model.id.get()).toBe(0xcafe_f00d);
    }
    expect(model.needsUpdate).toBe(true);
  });
});

describe('a field', () => {
  it('is written alone where it has its lanes to itself', () => {
    const bench = timerBench();
    const { half } = bench.model;
    bench.play(function* () {
      yield* half.field.high.write(0xab);
      expect((yield* half.field.high.read()).value).toBe(0xab);
    });
    expect(bench.test.device.log).toEqual(['W 1008/1000', 'R 1008/1000']);
    expect(half.get()).toBe(0xab00);
  });

  it('is written with its register otherwise, and the others do not change', () => {
    const bench = timerBench();
    const { control } = bench.model.channels[0];
    bench.play(function* () {
      yield* control.write(0x30);
      yield* control.field.enable.write(1);
      expect(bench.test.device.word(0x1040)).toBe(0x31);
      expect((yield* control.field.mode.read()).value).toBe(3);
    });
  });

  it.each(['auto', 'explicit'] as const)(
    'is written and leaves pending what is wanted of the others (%s prediction)',
    (prediction) => {
      const bench = timerBench({ prediction });
      const { predictor } = bench.test.child;
      predictor.bind(bench.model.map);
      if (prediction === 'explicit') {
        bench.test.child.agent.child.driver.observed.connect(predictor);
      }
      const { control } = bench.model.channels[0];
      const { enable, mode } = control.field;
      bench.play(function* () {
        mode.set(3);
        yield* enable.write(1);
        expect(bench.test.device.word(0x1040)).toBe(0x11); // mode is still what it was
        expect([enable.get(), enable.getMirrored()]).toEqual([1, 1]);
        expect([mode.get(), mode.getMirrored(), control.needsUpdate]).toEqual([3, 1, true]);
        yield* control.update();
        expect([bench.test.device.word(0x1040), control.needsUpdate]).toEqual([0x31, false]);
        // What is set while the write is under way is pending, too; what was set of the field itself is not.
        enable.set(1);
        const write = yield* fork('write', enable.write(0));
        mode.set(0);
        yield* waitAll(write);
        expect([enable.get(), mode.get(), mode.getMirrored()]).toEqual([0, 0, 3]);
        // A write of the whole register is wanted of all fields.
        yield* control.write(0x11);
        expect([control.get(), control.needsUpdate]).toEqual([0x11, false]);
      });
    },
  );

  it('leaves pending what is wanted of the others by the back door, too, and nested writes do not count as its own', () => {
    const bench = timerBench();
    const { control } = bench.model.channels[0];
    let cell = { low: 0x10, high: 0 };
    control.setBackDoor({
      peek: () => cell,
      poke: (_register, value) => {
        cell = value;
      },
    });
    bench.play(function* () {
      control.field.mode.set(3);
      yield* control.field.enable.write(1, { path: 'back' });
      expect([cell.low, control.get(), control.getMirrored()]).toEqual([0x11, 0x31, 0x11]);
      control.addCallbacks({
        *preWrite({ options }) {
          if (options.extension !== undefined) return;
          yield* control.write(0, { extension: 'nested' });
          expect(control.get()).toBe(0);
          control.field.mode.set(2);
        },
      });
      yield* control.field.enable.write(1);
      expect([control.get(), control.getMirrored()]).toEqual([0x21, 0x11]);
    });
  });

  it('is written once after a hard reset where its policy says so', () => {
    class FuseBlock extends RegisterBlock {
      readonly fuse = this.addRegister('FUSE', {
        fields: { f: { lsb: 0, width: 8, access: 'W1', reset: 0 } },
      });
    }
    const model = new FuseBlock('fuses');
    model.lock();
    model.fuse.predict(0x12, { kind: 'write' });
    model.fuse.predict(0x34, { kind: 'write' });
    model.fuse.set(0x56);
    expect([model.fuse.get(), model.fuse.getMirrored()]).toEqual([0x12, 0x12]);
    model.reset('HARD');
    model.fuse.predict(0x34, { kind: 'write' });
    expect(model.fuse.get()).toBe(0x34);
  });

  it('is not used up by a write through a map that lets nobody write', () => {
    class FuseBlock extends RegisterBlock {
      readonly rw = this.addMap('rw', { byteWidth: 4 });
      readonly ro = this.addMap('ro', { byteWidth: 4 });
      readonly fuse = this.addRegister('FUSE', {
        offset: 0,
        fields: { f: { lsb: 0, width: 8, access: 'W1', reset: 0 } },
      });
    }
    const model = new FuseBlock('fuses');
    model.ro.add(model.fuse, 0, 'RO');
    model.lock();
    model.fuse.predict(0x12, { kind: 'write', map: model.ro });
    expect(model.fuse.getMirrored()).toBe(0);
    model.fuse.predict(0x34, { kind: 'write', map: model.rw });
    model.fuse.predict(0x56, { kind: 'write', map: model.rw });
    expect(model.fuse.getMirrored()).toBe(0x34);
  });
});

describe('the back door', () => {
  const cells = new Map<Register, Word>();
  const door = {
    peek: (register: Register): Word => cells.get(register) ?? { low: 0, high: 0 },
    poke: (register: Register, value: Word): void => void cells.set(register, value),
  };

  it('peeks and pokes as it is, reads and writes as the policies say', () => {
    class DoorBlock extends RegisterBlock {
      readonly r = this.addRegister('R', {
        fields: {
          rc: { lsb: 0, width: 8, access: 'RC' },
          ro: { lsb: 8, width: 8, access: 'RO' },
          rw: { lsb: 16, width: 8 },
        },
      });
    }
    const bench = timerBench();
    const model = new DoorBlock('door');
    model.lock();
    model.attach(bench.test);
    model.setBackDoor(door);
    expect(model.r.hasBackDoor).toBe(true);
    bench.play(function* () {
      yield* model.r.poke(0x11_2233);
      expect(yield* model.r.peek()).toEqual({ low: 0x11_2233, high: 0 });
      expect((yield* model.r.read({ path: 'back' })).value).toBe(0x11_2233);
      expect((yield* model.r.peek()).low).toBe(0x11_2200);
      yield* model.r.write(0xff_ffff, { path: 'back' });
      expect((yield* model.r.peek()).low).toBe(0xff_2200);
      expect(model.r.getMirrored()).toBe(0xff_2200);
      model.defaultPath = 'back';
      cells.set(model.r, { low: 1, high: 0 });
      expect((yield* model.r.mirror()).matches).toBe(false);
    });
    expect(bench.top.rules.failures).toHaveLength(1);
  });
});

describe('accesses', () => {
  it('are one at a time per register, in order', () => {
    const bench = timerBench();
    const [arg] = bench.model.args;
    const done: string[] = [];
    bench.play(function* () {
      const write = function* (value: number): Process {
        yield* arg.write(value);
        done.push(`${value} ${arg.getMirrored()}`);
      };
      const all = [];
      for (const value of [1, 2, 3]) all.push(yield* fork(`w${value}`, write(value)));
      const victim = yield* fork('victim', write(4));
      victim.kill();
      yield* waitAll(...all);
    });
    expect(done).toEqual(['1 1', '2 2', '3 3']);
    expect(arg.lock.isTaken).toBe(false);
  });

  it('are freed when the process that makes one is killed', () => {
    const bench = timerBench();
    const [arg] = bench.model.args;
    bench.play(function* () {
      const victim = yield* fork('victim', arg.write(4));
      victim.kill();
      yield* arg.write(5);
    });
    expect(arg.getMirrored()).toBe(5);
  });

  it('pass hooks, which may change what is written and read', () => {
    const bench = timerBench();
    const [arg] = bench.model.args;
    const seen: string[] = [];
    arg.addCallbacks({
      preWrite: (access) => {
        access.value = { low: access.value.low + 1, high: 0 };
      },
      *postRead(access) {
        seen.push(`postRead ${access.value.low}`);
        access.value = { low: 99, high: 0 };
      },
    });
    bench.model.addCallbacks({
      preRead: () => void seen.push('preRead'),
      postWrite: (access) => void seen.push(`postWrite ${access.status} ${access.value.low}`),
    });
    bench.play(function* () {
      yield* arg.write(4);
      expect((yield* arg.read()).value).toBe(99);
    });
    expect(seen).toEqual(['postWrite ok 5', 'preRead', 'postRead 5']);
    expect(arg.getMirrored()).toBe(5);
  });

  it('go through a user front door, by function or by sequence', () => {
    class Slow extends VirtualSequence<Component> {
      access: RegisterAccess | undefined = undefined;
      override *body(): Process {
        if (this.access?.kind === 'read') this.access.value = { low: 0x42, high: 0 };
        this.access!.status = this.access?.kind === 'read' ? 'ok' : 'notOk';
      }
    }
    const bench = timerBench();
    const { args, byte0, map } = bench.model;
    byte0.setFrontDoor(sequenceFrontDoor(Slow, bench.test as never), map);
    args[0].setFrontDoor(
      {
        *run(access) {
          access.value = { low: 3, high: 0 };
        },
      },
      map,
    );
    bench.play(function* () {
      expect((yield* byte0.read()).value).toBe(0x42);
      expect(yield* byte0.write(1)).toBe('notOk');
      expect(byte0.getMirrored()).toBe(0x42);
      expect((yield* args[0].read()).value).toBe(3);
    });
    expect(bench.test.device.log).toEqual([]);
  });

  it('say when the bus fails, and believe nothing of it', () => {
    const bench = timerBench();
    bench.test.device.badFrom = 0x1010;
    const { model } = bench;
    const { args } = model;
    bench.play(function* () {
      expect(yield* args[0].write(7)).toBe('notOk');
      expect((yield* args[0].read()).status).toBe('notOk');
      expect(yield* model.mirror({ check: false })).toBe('notOk');
      args[1].set(77);
      expect(yield* model.update()).toBe('notOk');
    });
    expect(args[0].getMirrored()).toBe(1);
  });
});

describe('a block', () => {
  it('mirrors and updates all of its registers', () => {
    const bench = timerBench();
    const { model } = bench;
    bench.play(function* () {
      expect(yield* model.mirror()).toBe('ok');
      model.args[0].set(0x55);
      model.channels[1].control.set(0x30);
      expect(yield* model.update()).toBe('ok');
    });
    expect(bench.top.rules.failures).toEqual([]);
    expect([0x1010, 0x1050].map((at) => bench.test.device.word(at))).toEqual([0x55, 0x30]);
    expect(bench.top.rules.evaluations()['REG-3']).toBe(model.registers().length);
  });

  it('finds what it has by name, and hints at what was meant', () => {
    const model = new TimerBlock();
    expect(model.registerByName('channel[1].CONTROL')).toBe(model.channels[1].control);
    expect(model.memoryByName('RAM')).toBe(model.ram);
    expect(model.blockByName('channel[0]')).toBe(model.channels[0]);
    expect(model.mapByName('channel[0].map')).toBe(model.channels[0].map);
    expect(model.id.fieldByName('code')).toBe(model.id.field.code);
    expect(() => model.registerByName('STATSU')).toThrow(
      "no register 'STATSU' (did you mean 'STATUS'?)",
    );
    expect(() => model.memoryByName('RAN')).toThrow("no memory 'RAN' (did you mean 'RAM'?)");
    expect(() => model.blockByName('chanel[0]')).toThrow("(did you mean 'channel[0]'?)");
    expect(() => model.mapByName('buss')).toThrow("no map 'buss' (did you mean 'bus'?)");
    expect(() => model.id.fieldByName('cod')).toThrow("no field 'cod' (did you mean 'code'?)");
  });
});
