// What the claims about register tests work with: a model in two maps of one device, with a back door to all of it.
import type { RegisterAttributes } from '#uvm/registers/register-attributes';
import { RegisterBlock } from '#uvm/registers/register-block';
import { SequencerFrontDoor } from '#uvm/registers/register-bus';
import type { RegisterMemory } from '#uvm/registers/register-memory';
import type {
  RegisterTestReport,
  RegisterTestSequence,
} from '#uvm/registers/register-test-sequence';
import type { Register } from '#uvm/registers/register';
import type { SequenceClass } from '#uvm/sequence-base';
import { Bench, BusAdapter, type BusItem } from '../unit/uvm/registers/bus-bench.ts';

/** What tests are told to leave alone: all of the block, one register, one field, the memory. */
export interface TwinAttributes {
  readonly block?: RegisterAttributes;
  readonly both?: RegisterAttributes;
  readonly done?: RegisterAttributes;
  readonly ram?: RegisterAttributes;
}

/** Registers and a memory that are reached by two maps, and one register that is in one map only. */
class TwinBlock extends RegisterBlock {
  readonly a = this.addMap('a', { byteWidth: 4, base: 0x3000 });
  readonly b = this.addMap('b', { byteWidth: 4, base: 0x4000 });

  constructor({ block = {}, both = {}, done = {}, ram = {} }: TwinAttributes) {
    super('twin', undefined, block);
    const whole = { lsb: 0, width: 32 };
    const BOTH = { offset: 0, fields: { f: { ...whole, reset: 0 } }, attributes: both };
    const FLAGS = {
      offset: 4,
      fields: {
        done: { lsb: 0, width: 1, access: 'W1C', reset: 0, attributes: done },
        level: { lsb: 8, width: 4, access: 'RO', reset: 5 },
      },
    } as const;
    const ONE = { offset: 8, fields: { f: { lsb: 0, width: 4, reset: 0 } } };
    const ID = {
      offset: 12,
      fields: { code: { ...whole, access: 'RO', reset: 0xcafe_f00d } },
    } as const;
    const RAM = { offset: 0x100, size: 4, attributes: ram };
    this.b.add(this.addRegister('BOTH', BOTH), BOTH.offset);
    this.b.add(this.addRegister('FLAGS', FLAGS), FLAGS.offset);
    this.addRegister('ONE', ONE);
    this.b.add(this.addRegister('ID', ID), ID.offset);
    this.b.add(this.addMemory('RAM', RAM), RAM.offset);
    this.lock();
  }
}

/** Bits that are not simply stored, by address in the device: see `BusDevice.behaviour`. */
const KINDS: readonly string[] = [
  ...['wwwwwwww', 'wwwwwwww', 'wwwwwwww', 'wwwwwwww'],
  ...['-------c', '----rrrr', '--------', '--------'],
  ...['----wwww', '--------', '--------', '--------'],
  ...['rrrrrrrr', 'rrrrrrrr', 'rrrrrrrr', 'rrrrrrrr'],
];

export interface TwinBench {
  readonly bench: Bench;
  readonly model: RegisterBlock;
  /** Replaced by what spoils an access on its way to the device, or on its way back. */
  readonly bus: { before: (item: BusItem) => void; after: (item: BusItem) => void };
}

/** The model on its bus, and a device that does what the model says: map b shows what map a shows. */
export function twinBench(attributes: TwinAttributes = {}): TwinBench {
  const bench = new Bench();
  const model = new TwinBlock(attributes);
  const { device } = bench.test;
  model.attach(bench.test);
  for (const map of model.maps) {
    map.setFrontDoor(new SequencerFrontDoor(bench.test.sequencer, new BusAdapter()));
  }
  device.behaviour = (address) => KINDS[address] ?? 'wwwwwwww';
  device.bytes.set(5, 5).set(12, 0x0d).set(13, 0xf0).set(14, 0xfe).set(15, 0xca);
  const bus: TwinBench['bus'] = { before: () => {}, after: () => {} };
  const plain = device.run.bind(device);
  device.run = (item) => {
    const { address } = item;
    bus.before(item);
    item.address &= 0xfff;
    plain(item);
    item.address = address;
    bus.after(item);
  };
  const at = (element: Register | RegisterMemory, index = 0): number =>
    model.a.addressOf(element, index) & 0xfff;
  const poke = (address: number, low: number): void => {
    for (let i = 0; i < 4; i++) device.bytes.set(address + i, (low >>> (8 * i)) & 0xff);
  };
  model.setBackDoor(
    {
      peek: (register) => ({ low: device.word(at(register)), high: 0 }),
      poke: (register, { low }) => poke(at(register), low),
    },
    {
      peek: (memory, index) => ({ low: device.word(at(memory, index)), high: 0 }),
      poke: (memory, index, { low }) => poke(at(memory, index), low),
    },
  );
  model.reset();
  return { bench, model, bus };
}

/** Runs a built-in sequence on a model and returns its report. */
export function runTest(
  { bench, model }: { readonly bench: Bench; readonly model: RegisterBlock },
  sequenceClass: SequenceClass<RegisterTestSequence>,
): RegisterTestReport {
  const sequence = bench.top.createSequence(sequenceClass, bench.test);
  sequence.subject = model;
  bench.play(() => sequence.start(bench.test));
  return sequence.outcome;
}
