// How many TLPs a second one run checks with the device in another process: the run of `checked-tlps.ts`, the reference device
// behind the DUT protocol on standard input and output. Wall-clock time, since two processes work; the result is the TLP
// digest, which is that of the same run in one process. Beside it the flat loop, while the device waits.
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { channelTo } from '#dut/open-channel';
import { RemoteDevice } from '#dut/remote-device';
import type { Bench } from './bench.ts';
import { longRun } from './long-run.ts';
import { Stopwatch } from './run-stopwatch.ts';

/** TLPs before and while it is measured, at scale 1. */
const WARM_UP_TLPS = 300_000;
const MEASURED_TLPS = 700_000;
/** A run of so many operations for each tenant comes to about as many TLPs as are wanted. */
const TLPS_PER_OPERATION = 40;
const TENANTS = 16;
const SLICE_TLPS = 20_000;
/** Mean size of the run's TLPs, rounded; the flat loop moves these. */
const FLAT_TLP_BYTES = 156;
/** Issue "any device": checked TLPs a second through stdio on two cores. */
const AIM_TLPS_PER_SECOND = 100_000;

const DEVICE = fileURLToPath(import.meta.resolve('./served-device.ts'));

export const dutTlps: Bench = {
  name: 'dut',
  what: 'the same run with the device in a child process, through the DUT protocol on stdio; wall-clock time',
  async measure(scale) {
    const warmUp = Math.round(scale * WARM_UP_TLPS);
    const wanted = warmUp + Math.round(scale * MEASURED_TLPS);
    const watch = new Stopwatch({
      fromTlps: warmUp,
      sliceTlps: Math.max(1, Math.round(scale * SLICE_TLPS)),
      flatTlpBytes: FLAT_TLP_BYTES,
      clock: () => performance.now(),
    });
    const command = `exec '${process.execPath}' '${DEVICE}'`;
    const record = await longRun({
      profile: 'standard',
      tenants: TENANTS,
      operations: Math.max(1, Math.round(wanted / TLPS_PER_OPERATION / TENANTS)),
      open: () => new RemoteDevice({ open: channelTo({ kind: 'exec', command }) }),
      onStep: (tlps, bytes) => watch.step(tlps, bytes),
    });
    if (watch.mismatches > 0) throw new Error('the flat loop found a mismatch');
    // A tiny run may take less than the clock shows.
    const perSecond = (count: number, ms: number): number => (1000 * count) / Math.max(ms, 1e-3);
    return [
      {
        name: 'checked TLPs, device behind stdio',
        unit: 'TLPs/s',
        value: perSecond(watch.runTlps, watch.runMs),
        reference: perSecond(watch.flatTlps, watch.flatMs),
        aim: AIM_TLPS_PER_SECOND,
        result: record.digests.tlp,
      },
    ];
  },
};
