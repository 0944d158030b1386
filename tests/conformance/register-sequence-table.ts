// The built-in register tests of annex E: what each of them must test on the twin bench, and faults of the device that it must
// find there, with what it says of them.
import { AccessSequence, SharedAccessSequence } from '#uvm/registers/access-sequence';
import { BitBashSequence } from '#uvm/registers/bit-bash-sequence';
import { HwResetSequence } from '#uvm/registers/hw-reset-sequence';
import { MemoryAccessSequence, MemoryWalkSequence } from '#uvm/registers/memory-sequences';
import type { RegisterTestSequence } from '#uvm/registers/register-test-sequence';
import type { SequenceClass } from '#uvm/sequence-base';
import type { TwinBench } from './register-bench.ts';

/** A fault of the device, and what is then broken: rule and subject. */
interface Fault {
  readonly spoil: (twin: TwinBench) => void;
  readonly failures: readonly string[];
}

interface Row {
  readonly sequenceClass: SequenceClass<RegisterTestSequence>;
  /** What is tested: register or memory, and map. */
  readonly tested: readonly string[];
  /** Reads that are compared in all. */
  readonly checkedCount: number;
  readonly faults: readonly Fault[];
}

const inBoth = (name: string): string[] => [`twin.${name} by twin.a`, `twin.${name} by twin.b`];

/** A write over the bus leaves another byte than was written. */
const wrongWrite =
  (address: number, mask: number) =>
  ({ bench }: TwinBench): void => {
    bench.test.device.fault = (at, value) => (at === address ? value ^ mask : value);
  };

/** A read over the bus gives something else; the address has the base of a map. */
const wrongRead =
  (address: number) =>
  ({ bus }: TwinBench): void => {
    bus.after = (item) => {
      if (!item.isWrite && item.address === address) item.data = (item.data ^ 1) >>> 0;
    };
  };

/** Accesses go to another address. */
const wrongAddress =
  (map: (address: number) => number) =>
  ({ bus }: TwinBench): void => {
    bus.before = (item) => {
      item.address = map(item.address);
    };
  };

/** What is written at an address stays in a buffer, from which it is also read: the device gets it only after a poke. */
const lateWrite =
  (address: number) =>
  ({ bench: { test }, model, bus }: TwinBench): void => {
    let buffer: number | undefined;
    let before = new Map<number, number>();
    const door = model.registerBackDoor;
    if (door === undefined) throw new Error('the bench has a back door');
    const poke: typeof door.poke = (register, value) => {
      buffer = undefined;
      door.poke(register, value);
    };
    model.setBackDoor({ ...door, poke }, model.memoryBackDoor);
    bus.before = () => {
      before = new Map(test.device.bytes);
    };
    bus.after = (item) => {
      if (item.address !== address) return;
      if (!item.isWrite) item.data = buffer ?? item.data;
      else {
        buffer = item.data;
        for (const [at, byte] of before) test.device.bytes.set(at, byte);
      }
    };
  };

/** Reads by one map give what was last written by it: what is poked stays unseen. */
const staleRead =
  (address: number) =>
  ({ bus }: TwinBench): void => {
    let kept: number | undefined;
    bus.after = (item) => {
      if (item.address !== address) return;
      if (item.isWrite) kept = item.data;
      else item.data = kept ?? item.data;
    };
  };

export const ANNEX_E: readonly Row[] = [
  {
    sequenceClass: HwResetSequence,
    tested: [...inBoth('BOTH'), ...inBoth('FLAGS'), 'twin.ONE by twin.a', ...inBoth('ID')],
    checkedCount: 7,
    faults: [
      {
        spoil: ({ bench }) => void bench.test.device.bytes.set(8, 1),
        failures: ['REG-1 twin.ONE'],
      },
      { spoil: wrongRead(0x400c), failures: ['REG-1 twin.ID'] }, // by map b only
    ],
  },
  {
    sequenceClass: BitBashSequence,
    tested: [...inBoth('BOTH'), ...inBoth('FLAGS'), 'twin.ONE by twin.a', ...inBoth('ID')],
    // Two writes of each bit, by each map; then each register once more.
    checkedCount: 2 * (32 + 32) + 2 * (5 + 5) + 2 * 4 + 2 * (32 + 32) + 4,
    faults: [
      { spoil: wrongWrite(0, 0x10), failures: ['REG-2 twin.BOTH'] },
      {
        // A write of ONE reaches BOTH.
        spoil: ({ bench: { test } }) => {
          test.device.fault = (address, value) => {
            if (address === 8) test.device.bytes.set(0, 0xff);
            return value;
          };
        },
        failures: ['REG-2 twin.BOTH'],
      },
      {
        // What clears when 1 is written does not; what cannot be written can be.
        spoil: ({ bench: { test } }) => {
          test.device.behaviour = (address) => (address === 5 ? '----wwww' : 'wwwwwwww');
        },
        failures: ['REG-2 twin.FLAGS', 'REG-2 twin.ID'],
      },
    ],
  },
  {
    sequenceClass: AccessSequence,
    tested: [...inBoth('BOTH'), ...inBoth('FLAGS'), 'twin.ONE by twin.a'],
    // By the back door, and by the front door of each map.
    checkedCount: 10,
    faults: [
      { spoil: wrongWrite(0, 2), failures: ['REG-4 twin.BOTH'] },
      { spoil: wrongRead(0x3008), failures: ['REG-4 twin.ONE'] },
      { spoil: wrongRead(0x4000), failures: ['REG-4 twin.BOTH'] },
      // The front door alone sees nothing of these.
      { spoil: lateWrite(0x4000), failures: ['REG-4 twin.BOTH'] },
      { spoil: staleRead(0x3000), failures: ['REG-4 twin.BOTH'] },
    ],
  },
  {
    sequenceClass: SharedAccessSequence,
    tested: [...inBoth('BOTH'), ...inBoth('FLAGS')],
    checkedCount: 8,
    faults: [
      {
        spoil: wrongAddress((address) => (address === 0x4000 ? 0x4800 : address)),
        failures: ['REG-4 twin.BOTH'],
      },
      { spoil: wrongRead(0x3004), failures: ['REG-4 twin.FLAGS'] },
    ],
  },
  {
    sequenceClass: MemoryWalkSequence,
    tested: inBoth('RAM'),
    checkedCount: 14,
    faults: [
      { spoil: wrongWrite(0x10c, 1), failures: ['REG-5 twin.RAM[3]'] },
      {
        // An address line is stuck.
        spoil: wrongAddress((address) => (address < 0x4100 ? address : address & ~8)),
        failures: ['REG-5 twin.RAM[0]', 'REG-5 twin.RAM[1]'],
      },
    ],
  },
  {
    sequenceClass: MemoryAccessSequence,
    tested: inBoth('RAM'),
    // By the back door, and by the front door of each map.
    checkedCount: 16,
    faults: [
      { spoil: wrongWrite(0x104, 1), failures: ['REG-5 twin.RAM[1]'] },
      { spoil: wrongRead(0x4108), failures: ['REG-5 twin.RAM[2]'] },
      { spoil: staleRead(0x3104), failures: ['REG-5 twin.RAM[1]'] },
      {
        // Two locations change places: no front door alone sees it.
        spoil: wrongAddress((address) => (address >= 0x4108 ? address ^ 4 : address)),
        failures: ['REG-5 twin.RAM[2]', 'REG-5 twin.RAM[3]'],
      },
    ],
  },
];
