// How a device's descriptors and completion records lie in host memory, as far as others than its driver must know: sizes, limits,
// and what a record says. The encoding of descriptors is the driver's alone. Source: SRD §7 is one instance.
import { UsageError } from '#base/assert';
import { isPowerOfTwo } from '#base/bits';
import type { WorkRecord } from './work.ts';

/** Sizes and layout of descriptors and records, as far as host and checks must know them. */
export interface WorkFormat {
  /** A power of two, 16..64; slots of a ring are placed at multiples of it. */
  readonly descriptorBytes: number;
  /** A power of two, 4..64; written as one memory write. */
  readonly recordBytes: number;
  /** Powers of two, 2..32768. */
  readonly ringEntriesMin: number;
  readonly ringEntriesMax: number;
  /** Longest transfer, bytes; up to 1 MiB. A longer one is refused. */
  readonly lengthMax: number;
  /** What a record says, in the testbench's words. */
  readonly decodeRecord: (bytes: Uint8Array) => WorkRecord;
  /** Phase bit of record n (counted from the start of the queue, not wrapped) of a ring of `entries`. */
  readonly recordPhase: (n: number, entries: number) => number;
}

const LENGTH_LIMIT = 1 << 20;

/** @throws UsageError `bad-work-format`: a size that is no power of two or out of range. */
export function checkWorkFormat(format: WorkFormat): void {
  checkPower('descriptorBytes', format.descriptorBytes, [16, 64]);
  checkPower('recordBytes', format.recordBytes, [4, 64]);
  checkPower('ringEntriesMin', format.ringEntriesMin, [2, 32_768]);
  checkPower('ringEntriesMax', format.ringEntriesMax, [format.ringEntriesMin, 32_768]);
  if (format.lengthMax >= 1 && format.lengthMax <= LENGTH_LIMIT) return;
  throw new UsageError(
    'bad-work-format',
    `lengthMax: expected 1..${LENGTH_LIMIT}, got ${format.lengthMax}`,
    {
      hint: 'bytes of the longest transfer that the device takes',
    },
  );
}

function checkPower(name: string, value: number, [low, high]: readonly [number, number]): void {
  if (isPowerOfTwo(value) && value >= low && value <= high) return;
  throw new UsageError(
    'bad-work-format',
    `${name}: expected a power of two ${low}..${high}, got ${value}`,
    {
      hint: 'rings are placed at multiples of their slots',
    },
  );
}
