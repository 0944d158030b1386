// How many TLPs a second one run checks, end to end: both directions of test `dma`, standard profile, MPS 256, MRRS 512, 16
// tenants, transfers of 1 byte to 64 KiB, everything on (scoreboards, coverage, digests, window), after a million TLPs of
// warm-up. Beside it the flat loop of `flat-path.ts` over TLPs of the same mean size, in slices between those of the run, so
// that both see the same machine.
import process from 'node:process';
import type { Bench, Figure } from './bench.ts';
import { longRun } from './long-run.ts';
import { Stopwatch } from './run-stopwatch.ts';

/** TLPs before and while it is measured, at scale 1. */
const WARM_UP_TLPS = 1_000_000;
const MEASURED_TLPS = 1_000_000;
/** A run of so many operations for each tenant comes to about as many TLPs as are wanted. */
const TLPS_PER_OPERATION = 40;
const TENANTS = 16;
/** The flat loop takes a slice each time so many TLPs of the run have passed, at scale 1. */
const SLICE_TLPS = 20_000;
/** Mean size of the run's TLPs, rounded; the flat loop moves these. */
const FLAT_TLP_BYTES = 156;
/** What the project aims at. */
const AIM_TLPS_PER_SECOND = 500_000;

/** Processor time of this thread: others on the machine take none of it. Without others it is the time that passes. */
function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

export const checkedTlps: Bench = {
  name: 'tlps',
  what: 'TLPs of both directions of one long run of test dma with everything on; beside a flat loop over as many bytes',
  async measure(scale) {
    const warmUp = Math.round(scale * WARM_UP_TLPS);
    const wanted = warmUp + Math.round(scale * MEASURED_TLPS);
    const watch = new Stopwatch({
      fromTlps: warmUp,
      sliceTlps: Math.max(1, Math.round(scale * SLICE_TLPS)),
      flatTlpBytes: FLAT_TLP_BYTES,
      clock: threadMs,
    });
    const record = await longRun({
      profile: 'standard',
      tenants: TENANTS,
      operations: Math.max(1, Math.round(wanted / TLPS_PER_OPERATION / TENANTS)),
      onStep: (tlps, bytes) => watch.step(tlps, bytes),
    });
    if (watch.mismatches > 0) throw new Error('the flat loop found a mismatch');
    return figuresOf(watch, record.digests.tlp);
  },
};

function figuresOf(watch: Stopwatch, result: string): Figure[] {
  // A tiny run may take less than the clock shows.
  const perSecond = (count: number, ms: number): number => (1000 * count) / Math.max(ms, 1e-3);
  const flat = perSecond(watch.flatTlps, watch.flatMs);
  return [
    {
      name: 'checked TLPs',
      unit: 'TLPs/s',
      value: perSecond(watch.runTlps, watch.runMs),
      reference: flat,
      aim: AIM_TLPS_PER_SECOND,
      result,
    },
    {
      name: 'checked bytes',
      unit: 'bytes/s',
      value: perSecond(watch.runBytes, watch.runMs),
      reference: flat * FLAT_TLP_BYTES,
      result,
    },
  ];
}
