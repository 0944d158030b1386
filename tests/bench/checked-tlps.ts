// How many TLPs a second one run checks, end to end: both directions of test `dma`, standard profile, MPS 256, MRRS 512, 16
// tenants, transfers of 1 byte to 64 KiB, everything on (scoreboards, coverage, digests, window), after a million TLPs of
// warm-up. Beside it the flat loop of `flat-path.ts` over TLPs of the same mean size, in slices between those of the run, so
// that both see the same machine.
import process from 'node:process';
import type { Bench } from './bench.ts';
import { timedRun } from './timed-run.ts';

/** TLPs before and while it is measured, at scale 1. */
const WARM_UP_TLPS = 1_000_000;
const MEASURED_TLPS = 1_000_000;
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
    const run = { warmUpTlps: WARM_UP_TLPS, measuredTlps: MEASURED_TLPS, clock: threadMs };
    const rates = await timedRun(run, scale);
    return [
      {
        name: 'checked TLPs',
        unit: 'TLPs/s',
        value: rates.tlpsPerSecond,
        reference: rates.flatTlpsPerSecond,
        aim: AIM_TLPS_PER_SECOND,
        result: rates.digest,
      },
      {
        name: 'checked bytes',
        unit: 'bytes/s',
        value: rates.bytesPerSecond,
        reference: rates.flatBytesPerSecond,
        result: rates.digest,
      },
    ];
  },
};
