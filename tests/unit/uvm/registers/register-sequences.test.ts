// The built-in sequences: silent on a device that does what the model says, loud for each kind of mistake, and honest about
// what they left alone.
import { describe, expect, it } from 'vitest';
import { RegisterBlock } from '#uvm/registers/register-block';
import { SequencerFrontDoor } from '#uvm/registers/register-bus';
import { AccessSequence, SharedAccessSequence } from '#uvm/registers/access-sequence';
import { BitBashSequence } from '#uvm/registers/bit-bash-sequence';
import { HwResetSequence } from '#uvm/registers/hw-reset-sequence';
import { RandomAccessSequence } from '#uvm/registers/random-access-sequence';
import { MemoryAccessSequence, MemoryWalkSequence } from '#uvm/registers/memory-sequences';
import type {
  RegisterTestReport,
  RegisterTestSequence,
} from '#uvm/registers/register-test-sequence';
import type { SequenceClass } from '#uvm/sequence-base';
import { BusAdapter, type Bench } from './bus-bench.ts';
import { timerBench } from './timer-model.ts';

type TimerBench = ReturnType<typeof timerBench>;

function run<S extends RegisterTestSequence>(
  bench: TimerBench,
  sequenceClass: SequenceClass<S>,
  args: Partial<S> = {},
): RegisterTestReport {
  const { test, top } = bench;
  const sequence = top.createSequence(sequenceClass, test as never);
  Object.assign(sequence, { subject: bench.model, ...args });
  bench.play(() => sequence.start(test));
  expect(sequence.state).toBe('finished');
  return sequence.outcome;
}

const failures = (bench: Bench): string[] =>
  bench.top.rules.failures.map(({ rule, subject }) => `${rule} ${subject}`);

describe('HwResetSequence', () => {
  it('is silent on a good device, and says what it left alone', () => {
    const bench = timerBench();
    const report = run(bench, HwResetSequence);
    expect(failures(bench)).toEqual([]);
    expect(report.failedCount).toBe(0);
    expect(report.toString()).toBe(`10 tested, 1 skipped, 10 reads compared, 0 wrong
  tested timer.ID: timer.bus
  tested timer.STATUS: timer.bus
  tested timer.BYTE0: timer.bus
  tested timer.HALF: timer.bus
  skipped timer.KEY: writing it stops the clock
  tested timer.ARG[0]: timer.bus
  tested timer.ARG[1]: timer.bus
  tested timer.channel[0].CONTROL: timer.channel[0].map
  tested timer.channel[0].COUNT: timer.channel[0].map
  tested timer.channel[1].CONTROL: timer.channel[1].map
  tested timer.channel[1].COUNT: timer.channel[1].map`);
  });

  it('finds a wrong reset value, of the kind of reset that there was', () => {
    const bench = timerBench();
    const { device } = bench.test;
    const report = run(bench, HwResetSequence, {
      kind: 'SOFT',
      *resetDevice() {
        device.bytes.set(0x1010, 2).set(0x1014, 3);
      },
    });
    expect(failures(bench)).toEqual(['REG-1 timer.ARG[1]']);
    expect([report.testedCount, report.failedCount]).toEqual([2, 1]);
    expect(report.rows.find(({ subject }) => subject === 'timer.ID')?.note).toBe(
      'it has no SOFT reset',
    );
  });

  it('does not compare fields without a reset value', () => {
    class Half extends RegisterBlock {
      readonly map = this.addMap('map', { byteWidth: 4, base: 0x3000 });
      readonly r = this.addRegister('R', {
        offset: 0,
        fields: { a: { lsb: 0, width: 8, reset: 0 }, b: { lsb: 8, width: 8 } },
      });
    }
    const bench = timerBench();
    const model = new Half('half');
    model.lock();
    model.attach(bench.test);
    model.map.setFrontDoor(new SequencerFrontDoor(bench.test.sequencer, new BusAdapter()));
    bench.test.device.bytes.set(0x3001, 9);
    expect(run(bench, HwResetSequence, { subject: model }).failedCount).toBe(0);
    expect(failures(bench)).toEqual([]);
  });
});

describe('BitBashSequence', () => {
  it('is silent on a good device, and writes every bit 1 and 0', () => {
    const bench = timerBench();
    const report = run(bench, BitBashSequence);
    expect(failures(bench)).toEqual([]);
    // Twice for each bit; a field with legal values gets each of them, and what it had; each register once more in the end.
    expect(report.checkedCount).toBe(2 * (32 + 5 + 8 + 16 + 64 + 2 * (1 + 64)) + 2 * 4 + 10);
  });

  it('takes one register, and an order of its own', () => {
    const bench = timerBench();
    expect(run(bench, BitBashSequence, { subject: bench.model.byte0 }).rows).toHaveLength(1);
    const shuffled = run(timerBench(), BitBashSequence, { shuffle: true }).rows.map(
      (row) => row.subject,
    );
    const plain = run(timerBench(), BitBashSequence).rows.map((row) => row.subject);
    expect(shuffled).not.toEqual(plain);
    expect(shuffled.toSorted()).toEqual(plain.toSorted());
  });

  it.each([
    [
      'a bit that is stuck',
      (address: number, value: number) => (address === 0x1010 ? value & ~8 : value),
      'REG-2 timer.ARG[0]',
    ],
    [
      'a bit that follows another',
      (address: number, value: number) => (address === 0x1008 ? value | ((value & 1) << 1) : value),
      'REG-2 timer.BYTE0',
    ],
    [
      'a constant that can be written',
      (address: number, value: number) => (address === 0x1000 ? value ^ 1 : value),
      'REG-2 timer.ID',
    ],
  ])('finds %s', (_what, fault, expected) => {
    const bench = timerBench();
    bench.test.device.fault = fault;
    run(bench, BitBashSequence);
    expect(failures(bench)).toContain(expected);
  });

  it('finds byte enables that are ignored', () => {
    const bench = timerBench();
    const { device } = bench.test;
    const plain = device.run.bind(device);
    device.run = (item) => {
      item.enables = 0xf;
      plain(item);
    };
    run(bench, BitBashSequence);
    expect(failures(bench)).toContain('REG-2 timer.BYTE0');
  });

  it('leaves fields alone that are excluded, with the reason', () => {
    class Guarded extends RegisterBlock {
      readonly map = this.addMap('map', { byteWidth: 4, base: 0x3000 });
      readonly r = this.addRegister('R', {
        offset: 0,
        fields: {
          go: {
            lsb: 0,
            width: 1,
            reset: 0,
            attributes: { NO_REG_BIT_BASH_TEST: 'it starts the engine' },
          },
          mode: { lsb: 1, width: 2, reset: 0 },
        },
      });
    }
    const bench = timerBench();
    const model = new Guarded('guarded');
    model.lock();
    model.attach(bench.test);
    model.map.setFrontDoor(new SequencerFrontDoor(bench.test.sequencer, new BusAdapter()));
    const written: number[] = [];
    bench.test.device.fault = (address, value) => {
      if (address === 0x3000) written.push(value & 1);
      return value;
    };
    const report = run(bench, BitBashSequence, { subject: model });
    expect(new Set(written)).toEqual(new Set([0]));
    expect(report.rows).toEqual([
      { subject: 'guarded.R', outcome: 'tested', note: 'guarded.map' },
      { subject: 'guarded.R.go', outcome: 'skipped', note: 'it starts the engine' },
    ]);
  });

  it('says when the bus does not answer', () => {
    const bench = timerBench();
    bench.test.device.badFrom = 0x1010;
    const report = run(bench, BitBashSequence, { subject: bench.model.args[0] });
    expect(report.failedCount).toBe(64);
    expect(bench.top.rules.failures).toMatchObject([
      {
        rule: 'REG-2',
        subject: 'timer.ARG[0]',
        expected: 'the write is carried out',
        seen: 'notOk',
      },
    ]);
  });
});

describe('AccessSequence', () => {
  const withDoor = (): TimerBench => {
    const bench = timerBench();
    const { device } = bench.test;
    bench.model.channels[0].setBackDoor({
      peek: (register) => {
        const at = bench.model.channels[0].map.addressOf(register);
        return { low: device.word(at), high: register.byteLength > 4 ? device.word(at + 4) : 0 };
      },
      poke: (register, { low, high }) => {
        const at = bench.model.channels[0].map.addressOf(register);
        for (let i = 0; i < register.byteLength; i++) {
          device.bytes.set(at + i, ((i < 4 ? low : high) >>> (8 * (i & 3))) & 0xff);
        }
      },
    });
    return bench;
  };

  it('is silent on a good device, and skips what has no back door or cannot be written', () => {
    const bench = withDoor();
    const report = run(bench, AccessSequence);
    expect(failures(bench)).toEqual([]);
    expect(report.testedCount).toBe(2);
    const notes = report.rows.map(({ subject, note }) => `${subject}: ${note}`);
    expect(notes).toContain('timer.ID: it cannot be written');
    expect(notes).toContain('timer.BYTE0: it has no back door');
  });

  it('finds a front door that leads elsewhere', () => {
    const bench = withDoor();
    bench.test.device.fault = (address, value) => (address === 0x1044 ? value ^ 2 : value);
    run(bench, AccessSequence);
    expect(failures(bench)).toEqual(['REG-4 timer.channel[0].COUNT']);
  });
});

describe('SharedAccessSequence', () => {
  class Twin extends RegisterBlock {
    readonly a = this.addMap('a', { byteWidth: 4, base: 0x3000 });
    readonly b = this.addMap('b', { byteWidth: 4, base: 0x4000 });
    readonly both = this.addRegister('BOTH', {
      offset: 0,
      fields: { f: { lsb: 0, width: 32, reset: 0 } },
    });
    readonly one = this.addRegister('ONE', { offset: 8, fields: { f: { lsb: 0, width: 4 } } });
    constructor() {
      super('twin');
      this.b.add(this.both, 0);
      this.lock();
    }
  }

  function twinBench(): { bench: TimerBench; model: Twin } {
    const bench = timerBench();
    const model = new Twin();
    model.attach(bench.test);
    for (const map of model.maps) {
      map.setFrontDoor(new SequencerFrontDoor(bench.test.sequencer, new BusAdapter()));
    }
    return { bench, model };
  }

  it('finds maps that do not reach the same register', () => {
    const { bench, model } = twinBench();
    const report = run(bench, SharedAccessSequence, { subject: model });
    expect(failures(bench)).toEqual(['REG-4 twin.BOTH']);
    expect(report.rows.at(-1)).toMatchObject({
      subject: 'twin.ONE',
      note: 'it is in one map only',
    });
  });

  it('is silent when they do', () => {
    const { bench, model } = twinBench();
    const { device } = bench.test;
    const plain = device.run.bind(device);
    device.run = (item) => {
      item.address &= 0xfff;
      plain(item);
    };
    expect(run(bench, SharedAccessSequence, { subject: model }).checkedCount).toBe(4);
    expect(failures(bench)).toEqual([]);
  });
});

describe('the memory sequences', () => {
  it('walk a good memory in silence', () => {
    const bench = timerBench();
    const report = run(bench, MemoryWalkSequence);
    expect(failures(bench)).toEqual([]);
    expect(report.checkedCount).toBe(15);
    expect(report.rows).toEqual([{ subject: 'timer.RAM', outcome: 'tested', note: 'timer.bus' }]);
  });

  it('find an address line that is stuck', () => {
    const bench = timerBench();
    const { device } = bench.test;
    const plain = device.run.bind(device);
    device.run = (item) => {
      if (item.address >= 0x1100) item.address &= ~0x10;
      plain(item);
    };
    run(bench, MemoryWalkSequence);
    expect(failures(bench)).toContain('REG-5 timer.RAM[0]');
  });

  it('skip what has no back door, and compare both doors where there is one', () => {
    const bench = timerBench();
    const without = run(bench, MemoryAccessSequence);
    expect(without.rows).toEqual([
      { subject: 'timer.RAM', outcome: 'skipped', note: 'it has no back door' },
    ]);
    const other = timerBench();
    const { device } = other.test;
    other.model.ram.setBackDoor({
      peek: (_memory, index) => ({ low: device.word(0x1100 + 4 * index), high: 0 }),
      poke: (_memory, index, { low }) => {
        for (let i = 0; i < 4; i++)
          device.bytes.set(0x1100 + 4 * index + i, (low >>> (8 * i)) & 0xff);
      },
    });
    device.fault = (address, value) => (address === 0x1104 ? value | 1 : value & ~0);
    const report = run(other, MemoryAccessSequence, { subject: other.model.ram });
    expect(report.checkedCount).toBe(16);
    expect(report.testedCount).toBe(1);
  });

  it('read and write bursts', () => {
    const bench = timerBench();
    const { ram } = bench.model;
    bench.play(function* () {
      expect(yield* ram.burstWrite(2, [5, 6, 7])).toBe('ok');
      const results = yield* ram.burstRead(2, 3);
      expect(results.map(({ value }) => value)).toEqual([5, 6, 7]);
      bench.test.device.badFrom = 0x1110;
      expect(yield* ram.burstWrite(2, [5, 6, 7])).toBe('notOk');
      expect(yield* ram.burstRead(3, 3)).toHaveLength(2);
    });
  });
});

describe('a part of a model', () => {
  it('is tested where there is a limit: so many registers that are not excluded', () => {
    const report = run(timerBench(), BitBashSequence, { limit: 2 });
    expect(report.rows.map(({ subject }) => subject)).toEqual(['timer.ID', 'timer.STATUS']);
  });

  it('is tested all the same where a reason does not count this time', () => {
    const bench = timerBench();
    const report = run(bench, BitBashSequence, {
      subject: bench.model.key,
      disregards: ['writing it stops the clock'],
    });
    expect([report.testedCount, report.skippedCount]).toEqual([1, 0]);
  });
});

describe('RandomAccessSequence', () => {
  it('is silent on a good device, and writes parts of registers', () => {
    const bench = timerBench();
    run(bench, RandomAccessSequence, { count: 200 });
    expect(failures(bench)).toEqual([]);
    const enables = new Set(bench.test.device.log.map((line) => line.replace(/ .*\//, ' ')));
    for (const part of ['W 1', 'W 10', 'W 110', 'W 1111', 'R 1111'])
      expect(enables).toContain(part);
  });

  it('finds byte enables that are ignored', () => {
    const bench = timerBench();
    const { device } = bench.test;
    const plain = device.run.bind(device);
    device.run = (item) => {
      if (item.isWrite) item.enables = 0xf;
      plain(item);
    };
    run(bench, RandomAccessSequence, { count: 200 });
    expect(failures(bench)).toContain('REG-3 timer.ARG[0]');
  });

  it('leaves excluded registers alone', () => {
    const bench = timerBench();
    const report = run(bench, RandomAccessSequence, { subject: bench.model.key });
    expect(report.rows).toEqual([
      { subject: 'timer.KEY', outcome: 'skipped', note: 'writing it stops the clock' },
    ]);
    expect(bench.test.device.log).toEqual([]);
  });
});
