// Runs a second of the default regression, as `ridgeline regress` makes it: workers, merging of coverage, all in. No reference loop
// in the same process stands beside it: `against-commit.ts` compares two versions of the code, in turns.
import { availableParallelism } from 'node:os';
import { sha256Hex } from '#base/hash';
import { runRegression, type RegressionRequest } from '#run/regression';
import config from '../../ridgeline.config.ts';
import type { Bench } from './bench.ts';

/** Twice what it was when 600 runs took 36 s on two cores. */
const AIM_RUNS_PER_SECOND_AND_CORE = 16.7;

/** Below this scale the numbers mean nothing. */
const SCALE_MEASURED = 0.01;

export const runsPerSecond: Bench = {
  name: 'runs',
  what: 'the default regression in worker processes, one per processor',
  async measure(scale) {
    // At the scale of a unit test the start of a second worker is most of the work.
    const jobs = scale < SCALE_MEASURED ? 1 : availableParallelism();
    const started = performance.now();
    const record = await runRegression(config, requestOf(scale, jobs));
    const seconds = (performance.now() - started) / 1000;
    if (record.verdict !== 'PASS')
      throw new Error(`the measured regression is a ${record.verdict}`);
    const digests = record.runs.map(({ digests: { tlp, draws } }) => `${tlp} ${draws}`);
    return [
      {
        name: 'default regression',
        unit: 'runs/s',
        value: record.runs.length / seconds,
        aim: AIM_RUNS_PER_SECOND_AND_CORE * jobs,
        result: sha256Hex(digests.join('\n')),
      },
    ];
  },
};

/** The plan's own numbers at scale 1, as many of each test otherwise. */
function requestOf(scale: number, jobs: number): RegressionRequest {
  const tests = Object.values(config.tests);
  const planned = tests.reduce((sum, { seeds }) => sum + seeds, 0);
  const seeds = scale === 1 ? undefined : Math.max(1, Math.round((scale * planned) / tests.length));
  return {
    tests: scale < SCALE_MEASURED ? Object.keys(config.tests).slice(0, 1) : undefined,
    seeds,
    baseSeed: 1,
    device: Object.keys(config.devices)[0],
    fault: null,
    profile: null,
    parameters: {},
    code: { version: '0', commit: '', dirty: false },
    jobs,
    secondsMax: Infinity,
    failuresMax: Infinity,
    strict: false,
    verbosity: null,
    dutTimeoutSeconds: 30,
    configUrl: new URL('../../ridgeline.config.ts', import.meta.url).href,
    reportFd: null,
  };
}
