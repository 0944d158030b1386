// How many TLPs a second one run checks with the device in another process: the run of `checked-tlps.ts`, the reference device
// behind the DUT protocol on standard input and output. Wall-clock time, since two processes work; the result is the TLP
// digest, which is that of the same run in one process. Beside it the flat loop, while the device waits.
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { channelTo } from '#dut/open-channel';
import { RemoteDevice } from '#dut/remote-device';
import type { Bench } from './bench.ts';
import { timedRun } from './timed-run.ts';

/** TLPs before and while it is measured, at scale 1. */
const WARM_UP_TLPS = 300_000;
const MEASURED_TLPS = 700_000;
/** Issue "any device": checked TLPs a second through stdio on two cores. */
const AIM_TLPS_PER_SECOND = 100_000;

const DEVICE = fileURLToPath(import.meta.resolve('./served-device.ts'));

export const dutTlps: Bench = {
  name: 'dut',
  what: 'the same run with the device in a child process, through the DUT protocol on stdio; wall-clock time',
  async measure(scale) {
    const command = `exec '${process.execPath}' '${DEVICE}'`;
    const run = {
      warmUpTlps: WARM_UP_TLPS,
      measuredTlps: MEASURED_TLPS,
      clock: () => performance.now(),
      open: () => new RemoteDevice({ open: channelTo({ kind: 'exec', command }) }),
    };
    const { tlpsPerSecond, flatTlpsPerSecond, digest } = await timedRun(run, scale);
    return [
      {
        name: 'checked TLPs, device behind stdio',
        unit: 'TLPs/s',
        value: tlpsPerSecond,
        reference: flatTlpsPerSecond,
        aim: AIM_TLPS_PER_SECOND,
        result: digest,
      },
    ];
  },
};
