// How long the reference device takes for what (SRD leaves timing free within its bounds). Picoseconds of simulated
// time; a range is drawn from the device's own random stream. Which of the ranges a device has, its character says.
import type { RandomStream } from '#random/random-stream';

/** Unit of Max_Payload_Size and Max_Read_Request_Size. */
export const BYTES_128 = 128;

/** One byte on the link, about 31 GB/s, and the framing that every TLP costs beside its bytes. */
export const LINK_PS_PER_BYTE = 32;
export const LINK_FRAMING_BYTES = 12;

/** Smallest and largest of a duration, both included. */
export type Range = readonly [lowPs: number, highPs: number];

/** Durations of one device. */
export interface Latencies {
  /** From the arrival of a request of the host until its completion is ready to leave (bound: 20 µs). */
  readonly completion: Range;
  /** From picking a queue to its descriptor fetch, and from the descriptor's arrival to its execution (HEAD: 1 µs). */
  readonly fetch: Range;
  readonly decode: Range;
  /** Between two requests of one engine, beside the time on the link. */
  readonly pacing: Range;
  /** From the last data of a descriptor to its record; from record and interrupt to its count in OPS. */
  readonly record: Range;
  readonly count: Range;
  /** Admin commands (bound: 10 µs); RESET_SDI beside that waits for nothing. */
  readonly command: Range;
  readonly sdiReset: Range;
  /** FLR of the PF and of a VF (bound: 100 µs). */
  readonly pfReset: Range;
  readonly vfReset: Range;
}

const NONE: Range = [0, 0];

/** Every device: the first of each row is the usual one; then fast, slow, and unsteady ones. */
const CHOICES: { readonly [K in keyof Latencies]: readonly Range[] } = {
  completion: [us(0.06, 0.26), us(0.002, 0.01), us(1, 4), us(0.01, 12)],
  // Narrow: among engines, who was picked first fetches first, by and large (fairness).
  fetch: [us(0.01, 0.06), us(0.001, 0.002), us(0.95, 1)],
  decode: [us(0.015, 0.08), us(0.001, 0.002), us(0.5, 0.9), us(0.001, 0.9)],
  pacing: [us(0.002, 0.012), us(0, 0.001), us(0.1, 0.4), us(0, 1)],
  record: [us(0.005, 0.04), us(0.001, 0.002), us(1, 2), us(0.001, 2)],
  count: [NONE, NONE, us(0.3, 0.9), us(0, 0.9)],
  command: [us(0.2, 2.5), us(0.001, 0.05), us(5, 8), us(0.01, 8)],
  sdiReset: [us(0.5, 5), us(0.001, 0.1), us(8, 14), us(0.01, 14)],
  pfReset: [us(5, 60), us(0.1, 1), us(70, 90)],
  vfReset: [us(2, 30), us(0.1, 0.5), us(60, 85)],
};

export const USUAL_LATENCIES: Latencies = chooseLatencies(() => 0);

/** Draws a row's choice for each kind of duration, one by one. */
export function drawLatencies(random: RandomStream): Latencies {
  return chooseLatencies((count) => random.below(count));
}

function chooseLatencies(choose: (count: number) => number): Latencies {
  const one = (choices: readonly Range[]): Range => choices[choose(choices.length)];
  return {
    completion: one(CHOICES.completion),
    fetch: one(CHOICES.fetch),
    decode: one(CHOICES.decode),
    pacing: one(CHOICES.pacing),
    record: one(CHOICES.record),
    count: one(CHOICES.count),
    command: one(CHOICES.command),
    sdiReset: one(CHOICES.sdiReset),
    pfReset: one(CHOICES.pfReset),
    vfReset: one(CHOICES.vfReset),
  };
}

function us(low: number, high: number): Range {
  return [Math.round(low * 1e6), Math.round(high * 1e6)];
}
