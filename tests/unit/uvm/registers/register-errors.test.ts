// Wrong use of a register model: each mistake has a message that says where and what to do.
import { describe, expect, it } from 'vitest';
import { UsageError } from '#base/assert';
import { RegisterBlock } from '#uvm/registers/register-block';
import { Bench } from './bus-bench.ts';
import { timerBench, TimerBlock } from './timer-model.ts';

const one = { fields: { all: { lsb: 0, width: 32 } } };

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof UsageError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'none';
}

function blockWithMap(): RegisterBlock {
  const block = new RegisterBlock('dut');
  block.addMap('map', { byteWidth: 4 });
  return block;
}

describe('building', () => {
  it('refuses fields that do not fit or overlap', () => {
    const block = blockWithMap();
    const field = (lsb: number, width: number): string =>
      codeOf(() => block.addRegister(`R${lsb}_${width}`, { fields: { f: { lsb, width } } }));
    expect(field(28, 5)).toBe(
      'bad-field: bits 32:28 lie outside of the register [dut.R28_5.f]\n  R28_5 has 32 bits.',
    );
    for (const [lsb, width] of [
      [-1, 2],
      [0, 0],
      [0.5, 1],
    ])
      expect(field(lsb, width)).toContain('bad-field');
    expect(
      codeOf(() =>
        block.addRegister('R', { fields: { a: { lsb: 0, width: 4 }, b: { lsb: 3, width: 1 } } }),
      ),
    ).toBe("field-conflict: fields 'a' (3:0) and 'b' (3) overlap [dut.R]");
  });

  it('refuses values that do not fit', () => {
    const model = new TimerBlock();
    const { control } = model.channels[0];
    expect(codeOf(() => control.field.mode.set(4))).toBe(
      'bad-value: 0x4 does not fit 2 bits [timer.channel[0].CONTROL.mode]',
    );
    expect(codeOf(() => model.byte0.set(0x100))).toBe(
      'bad-value: 0x100 does not fit 8 bits [timer.BYTE0]',
    );
    expect(codeOf(() => model.byte0.set(-1))).toContain('bad-value: -1 is no register value');
    expect(
      codeOf(() =>
        blockWithMap().addRegister('R', { fields: { f: { lsb: 0, width: 1, reset: 2 } } }),
      ),
    ).toContain('bad-value: 0x2 does not fit 1 bits');
  });

  it('refuses sizes, offsets and names that make no sense', () => {
    const block = blockWithMap();
    expect(codeOf(() => block.addRegister('R', { ...one, widthBits: 65 }))).toBe(
      'bad-register: a register has 1..64 bits, not 65 [dut.R]',
    );
    expect(codeOf(() => block.addMemory('M', { size: 0 }))).toContain(
      'bad-memory: 0 locations of 32 bits [dut.M]',
    );
    expect(codeOf(() => block.addMap('odd', { byteWidth: 3 as 4 }))).toBe(
      'bad-map: a map has 1, 2, 4 or 8 bytes, not 3 [dut.odd]',
    );
    expect(codeOf(() => block.addRegister('S', { ...one, offset: -4 }))).toContain(
      'bad-offset: -4 is no offset [dut.map]',
    );
    block.addRegister('A', one);
    expect(codeOf(() => block.addRegister('A', one))).toBe(
      "name-taken: there are two elements named 'A' [dut]",
    );
    const b = block.addRegister('B', { ...one, offset: 0 });
    expect(codeOf(() => block.defaultMap.add(b, 4))).toContain(
      "added-twice: 'dut.B' is in the map already [dut.map]",
    );
    expect(
      codeOf(() => new RegisterBlock('bare').addRegister('R', { ...one, offset: 0 })),
    ).toContain('no-map: the block has no map [bare]');
  });

  it('ends with lock, which is called once, at the top', () => {
    const top = blockWithMap();
    const nested = new RegisterBlock('nested', top);
    expect(codeOf(() => nested.lock())).toContain(
      'not-top-block: lock() is called on a nested block [dut.nested]',
    );
    top.lock();
    expect(nested.isLocked).toBe(true);
    const late = 'register-model-locked: the register model is changed after lock()';
    expect(codeOf(() => top.addRegister('R', one))).toContain(late);
    expect(codeOf(() => top.lock())).toContain(late);
    expect(codeOf(() => new RegisterBlock('other', top))).toContain(late);
  });
});

describe('accesses', () => {
  it('want a locked model', () => {
    const block = blockWithMap();
    const register = block.addRegister('R', { ...one, offset: 0 });
    const memory = block.addMemory('M', { offset: 16, size: 4 });
    const bench = new Bench();
    block.attach(bench.test);
    const want = 'the register model is used before lock() [dut.R]\n  Build the whole model';
    expect(bench.error(() => register.read())).toContain(want);
    expect(codeOf(() => register.predict(1))).toContain(want);
    expect(codeOf(() => memory.peek(0))).toContain('register-model-unlocked');
    expect(codeOf(() => block.defaultMap.find(0))).toContain('register-model-unlocked');
  });

  it('want an owner, a map and a front door', () => {
    const block = blockWithMap();
    const placed = block.addRegister('R', { ...one, offset: 0 });
    const loose = block.addRegister('LOOSE', one);
    const other = block.addMap('other', { byteWidth: 4 });
    const memory = block.addMemory('M', { size: 4 });
    block.lock();
    expect(new Bench().error(() => placed.read())).toContain(
      'the register model belongs to no component',
    );
    const error = (script: () => ReturnType<typeof placed.write>): string => {
      const bench = new Bench();
      block.attach(bench.test);
      return bench.error(function* () {
        yield* script();
      });
    };
    expect(error(() => placed.write(1))).toContain('the map has no front door [dut.map]');
    expect(error(() => loose.write(1))).toContain('the register is in no map [dut.LOOSE]');
    expect(error(() => placed.write(1, { map: other }))).toContain(
      'the register is not in dut.other [dut.R]\n  It is in dut.map.',
    );
    expect(error(() => memory.write(0, 1))).toContain('the memory is not in the map [dut.M]');
    expect(codeOf(() => other.addressOf(placed))).toBe(
      "not-in-map: 'dut.R' is not in the map [dut.other]",
    );
  });

  it('by the back door want one', () => {
    const { model, test, top } = timerBench();
    const bench = { model, test, top };
    expect(codeOf(() => model.ram.peek(0))).toContain(
      'no-back-door: there is no back door [timer.RAM]',
    );
    const errors = [
      timerBenchError((m) => m.args[0].peek()),
      timerBenchError((m) => m.args[0].poke(1)),
      timerBenchError((m) => m.args[0].read({ path: 'back' })),
      timerBenchError((m) => m.ram.read(0, { path: 'back' })),
    ];
    for (const error of errors) expect(error).toContain('there is no back door');
    expect(bench.model.args[0].hasBackDoor).toBe(false);
  });

  it('of memories stay inside and keep to their direction', () => {
    expect(timerBenchError((m) => m.ram.read(8))).toContain(
      '8 is no location: there are 0..7 [timer.RAM]',
    );
    expect(timerBenchError((m) => m.ram.write(0, 2 ** 33))).toContain(
      'does not fit 32 bits [timer.RAM]',
    );
    const block = blockWithMap();
    const rom = block.addMemory('ROM', { offset: 0, size: 4, access: 'RO' });
    const sink = block.addMemory('SINK', { offset: 16, size: 4, access: 'WO' });
    block.lock();
    expect(
      new Bench().error(function* () {
        yield* rom.write(0, 1);
      }),
    ).toContain('the memory is read-only [dut.ROM]');
    expect(
      new Bench().error(function* () {
        yield* sink.read(0);
      }),
    ).toContain('the memory is write-only [dut.SINK]');
  });
});

function timerBenchError(script: (model: TimerBlock) => unknown): string {
  const bench = timerBench();
  return bench.error(function* () {
    yield* script(bench.model) as ReturnType<TimerBlock['update']>;
  });
}
