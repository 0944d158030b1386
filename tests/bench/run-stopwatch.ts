// Times a long run in slices, with slices of the flat loop between them, so that both see the same machine.
import { FlatPath } from './flat-path.ts';

export interface StopwatchOptions {
  /** TLPs before it is measured. */
  readonly fromTlps: number;
  /** The flat loop takes a slice each time so many TLPs of the run have passed. */
  readonly sliceTlps: number;
  /** Size of the flat loop's TLPs, bytes. */
  readonly flatTlpBytes: number;
  /** Milliseconds. */
  readonly clock: () => number;
}

/** Adds up the time between slices, and that of the slices. */
export class Stopwatch {
  runTlps = 0;
  runBytes = 0;
  runMs = 0;
  flatTlps = 0;
  flatMs = 0;
  private readonly flat: FlatPath;
  private readonly options: StopwatchOptions;
  private sinceMs = 0;
  private lastTlps = 0;
  private lastBytes = 0;

  constructor(options: StopwatchOptions) {
    this.options = options;
    this.flat = new FlatPath(options.flatTlpBytes);
    // Warm, like what it stands beside.
    this.flat.run(5 * options.sliceTlps);
  }

  step(tlps: number, bytes: number): void {
    const { fromTlps, sliceTlps, clock } = this.options;
    if (tlps < fromTlps || tlps - this.lastTlps < sliceTlps) return;
    const nowMs = clock();
    if (this.sinceMs !== 0) {
      this.runMs += nowMs - this.sinceMs;
      this.runTlps += tlps - this.lastTlps;
      this.runBytes += bytes - this.lastBytes;
    }
    this.flat.run(sliceTlps);
    const endMs = clock();
    this.flatMs += endMs - nowMs;
    this.flatTlps += sliceTlps;
    this.lastTlps = tlps;
    this.lastBytes = bytes;
    this.sinceMs = clock();
  }

  get mismatches(): number {
    return this.flat.mismatches;
  }
}
