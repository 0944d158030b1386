// Times a long run of 16 tenants in slices, with slices of the flat loop of `flat-path.ts` over TLPs of the same mean size between
// them, so that both see the same machine.
import type { DutPort } from '#dut/dut-port';
import { FlatPath } from './flat-path.ts';
import { longRun } from './long-run.ts';

/** A run of so many operations for each tenant comes to about as many TLPs as are wanted. */
const TLPS_PER_OPERATION = 40;
const TENANTS = 16;
/** The flat loop takes a slice each time so many TLPs of the run have passed, at scale 1. */
const SLICE_TLPS = 20_000;
/** Mean size of the run's TLPs, rounded; the flat loop moves these. */
const FLAT_TLP_BYTES = 156;

export interface TimedRun {
  /** TLPs before and while it is measured, at scale 1. */
  readonly warmUpTlps: number;
  readonly measuredTlps: number;
  /** Milliseconds. */
  readonly clock: () => number;
  /** The device; without it the reference device in this process. */
  readonly open?: () => DutPort;
}

export interface Rates {
  readonly tlpsPerSecond: number;
  readonly bytesPerSecond: number;
  readonly flatTlpsPerSecond: number;
  readonly flatBytesPerSecond: number;
  /** The TLP digest of the run. */
  readonly digest: string;
}

/** Does the run, and says how fast it was beside the flat loop. @throws Error when it did not pass. */
export async function timedRun(run: TimedRun, scale: number): Promise<Rates> {
  const { warmUpTlps, measuredTlps, clock, open } = run;
  const warmUp = Math.round(scale * warmUpTlps);
  const wanted = warmUp + Math.round(scale * measuredTlps);
  const watch = new Stopwatch({
    fromTlps: warmUp,
    sliceTlps: Math.max(1, Math.round(scale * SLICE_TLPS)),
    clock,
  });
  const record = await longRun({
    profile: 'standard',
    tenants: TENANTS,
    operations: Math.max(1, Math.round(wanted / TLPS_PER_OPERATION / TENANTS)),
    onStep: (tlps, bytes) => watch.step(tlps, bytes),
    ...(open !== undefined && { open }),
  });
  if (watch.mismatches > 0) throw new Error('the flat loop found a mismatch');
  const flatTlpsPerSecond = perSecond(watch.flatTlps, watch.flatMs);
  return {
    tlpsPerSecond: perSecond(watch.runTlps, watch.runMs),
    bytesPerSecond: perSecond(watch.runBytes, watch.runMs),
    flatTlpsPerSecond,
    flatBytesPerSecond: flatTlpsPerSecond * FLAT_TLP_BYTES,
    digest: record.digests.tlp,
  };
}

/** A tiny run may take less than the clock shows. */
function perSecond(count: number, ms: number): number {
  return (1000 * count) / Math.max(ms, 1e-3);
}

interface StopwatchOptions {
  /** TLPs before it is measured. */
  readonly fromTlps: number;
  /** The flat loop takes a slice each time so many TLPs of the run have passed. */
  readonly sliceTlps: number;
  /** Milliseconds. */
  readonly clock: () => number;
}

/** Adds up the time between slices, and that of the slices. */
class Stopwatch {
  runTlps = 0;
  runBytes = 0;
  runMs = 0;
  flatTlps = 0;
  flatMs = 0;
  private readonly flat = new FlatPath(FLAT_TLP_BYTES);
  private readonly options: StopwatchOptions;
  private sinceMs = 0;
  private lastTlps = 0;
  private lastBytes = 0;

  constructor(options: StopwatchOptions) {
    this.options = options;
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
