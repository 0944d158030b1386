// How often the link takes nothing from a device outside. Source: DUT protocol, STEP (`stall`: 0..900 per mille of time slots,
// for devices with a valid/ready interface).
import { RandomStream } from '#random/random-stream';
import { isOutside, type RunSpec } from './run-spec.ts';

/** Of a link that holds nothing up, now and then, about half the time, nearly always: each as often as the others. */
const RANGES = [
  [0, 0],
  [1, 100],
  [101, 500],
  [501, 900],
] as const;

/** Per mille of time slots; undefined: nobody asked. */
export function stallOf({ dut, stall, seed }: RunSpec): number | undefined {
  if (!isOutside(dut)) return undefined;
  if (stall !== 'random') return stall;
  // Not a stream of the run: its replay is told the number, and has the same draws.
  const stream = new RandomStream(`${seed}\0run\0stall`);
  const [min, max] = RANGES[stream.below(RANGES.length)];
  return min + stream.below(max - min + 1);
}
