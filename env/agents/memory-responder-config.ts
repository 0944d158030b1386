// How the host's memory answers the device: latencies, order, splits. Plain data, drawn once per run (design decision 9).
// Source: siov-facts §9 R-CPL-2..4 (splits at the Read Completion Boundary, order); SRD §4 "Progress" (5 µs).
import { UsageError } from '#base/assert';
import type { RandomStream } from '#random/random-stream';
import { configKey } from '#uvm/config-db';

/** A span of delays and how often it is chosen; each value in it is equally likely. */
export interface DelayRange {
  /** Relative frequency, a positive integer. */
  readonly weight: number;
  readonly minPs: number;
  readonly maxPs: number;
}

export interface ResponderConfig {
  /** From the arrival of a request to its first completion. */
  readonly latencies: readonly DelayRange[];
  /** Between two completions of one read. */
  readonly gaps: readonly DelayRange[];
  /** Per cent of requests that may be answered before earlier ones; 0: all in order of arrival. */
  readonly reorderPercent: number;
  /** Per cent of the legal boundaries inside a read at which it is split; 0: as few completions as possible. */
  readonly splitPercent: number;
  /** Read Completion Boundary. */
  readonly rcbBytes: 64 | 128;
}

export const DEFAULT_RESPONDER_CONFIG: ResponderConfig = {
  latencies: [{ weight: 1, minPs: 100_000, maxPs: 1_000_000 }],
  gaps: [
    { weight: 3, minPs: 0, maxPs: 0 },
    { weight: 1, minPs: 1_000, maxPs: 100_000 },
  ],
  reorderPercent: 50,
  splitPercent: 30,
  rcbBytes: 64,
};

export const responderConfig = configKey<ResponderConfig>('memory-responder');

/** Longest delay a range may ask for: an answer must be complete 5 µs after its request left (SRD §4). */
export const DELAY_MAX_PS = 4_000_000;

/** @throws UsageError `responder-config` naming what is out of range. */
export function checkResponderConfig(config: ResponderConfig): void {
  checkRanges('latencies', config.latencies);
  checkRanges('gaps', config.gaps);
  checkPercent('reorderPercent', config.reorderPercent);
  checkPercent('splitPercent', config.splitPercent);
  if (config.rcbBytes !== 64 && config.rcbBytes !== 128) {
    refuse(`rcbBytes is ${String(config.rcbBytes)}: expected 64 or 128`);
  }
}

/** Draws delays from weighted ranges without making anything. */
export class DelayTable {
  private readonly ranges: readonly DelayRange[];
  private readonly weights: readonly number[];

  constructor(ranges: readonly DelayRange[]) {
    this.ranges = ranges;
    this.weights = ranges.map((range) => range.weight);
  }

  /** One delay in ps. */
  draw(stream: RandomStream): number {
    const range = this.ranges.length === 1 ? this.ranges[0] : this.pick(stream);
    return range.minPs === range.maxPs ? range.minPs : stream.range(range.minPs, range.maxPs);
  }

  private pick(stream: RandomStream): DelayRange {
    return this.ranges[stream.weighted(this.weights)];
  }
}

function checkRanges(name: string, ranges: readonly DelayRange[]): void {
  if (ranges.length === 0) refuse(`${name} is empty: expected at least one range`);
  for (const { weight, minPs, maxPs } of ranges) {
    const isLegal =
      Number.isInteger(weight) &&
      weight > 0 &&
      Number.isInteger(minPs) &&
      Number.isInteger(maxPs) &&
      minPs >= 0 &&
      minPs <= maxPs &&
      maxPs <= DELAY_MAX_PS;
    if (!isLegal) {
      refuse(
        `${name} holds weight ${weight}, ${minPs}..${maxPs} ps: ` +
          `expected a positive weight and 0 ≤ min ≤ max ≤ ${DELAY_MAX_PS} ps`,
      );
    }
  }
}

function checkPercent(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 0 || value > 100) {
    refuse(`${name} is ${value}: expected an integer 0..100`);
  }
}

function refuse(message: string): never {
  throw new UsageError('responder-config', message);
}
