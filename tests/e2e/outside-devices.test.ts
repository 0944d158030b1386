// The example devices behind the real command: they hold a session to its end, and the testbench gives a verdict on them. They
// are no SIOV devices, so it is FAIL by a rule; ERROR would say that they broke the DUT protocol.
import { afterAll, describe, expect, it } from 'vitest';
import type { RunRecord } from '#record/run-record';
import {
  C99,
  commandOf,
  COPY_DEVICE,
  PYTHON,
  removeBuilds,
} from '../unit/clients/client-builds.ts';
import { SIOV, Workplace } from './ridgeline-process.ts';

const LONG_MS = 120_000;
const place = new Workplace(SIOV);
afterAll(() => place.remove());
afterAll(removeBuilds);

describe.skipIf(C99.lacking + PYTHON.lacking !== '')(
  `devices in other languages${C99.lacking}${PYTHON.lacking}`,
  () => {
    it(
      'get a verdict, and the same digests when they are the same device',
      async () => {
        const records: RunRecord[] = [];
        for (const build of [C99, PYTHON]) {
          const command = commandOf(build, COPY_DEVICE).map(
            (word) => `"${word.replaceAll('"', '\\"')}"`,
          );
          const { status, out } = await place.ridgeline(
            'run',
            'dma',
            '--seed',
            '1',
            '--json',
            '--dut',
            `exec:${command.join(' ')}`,
          );
          expect(status).toBe(1);
          records.push(JSON.parse(out) as RunRecord);
        }
        const [inC, inPython] = records;
        expect(inC.verdict).toBe('FAIL');
        expect(inC.failures[0].rule).toMatch(/^SRD-3/);
        expect(inC.device).toMatchObject({ name: 'ridgeline-copy-device', version: '1.0' });
        expect(inPython.digests).toEqual(inC.digests);
        expect(inPython.failures).toEqual(inC.failures);
      },
      LONG_MS,
    );
  },
);
