// Devices at the edges of what SRD leaves free raise no alarm: each takes one side of its freedoms as far as it may.
// What a seed draws lies in between (`src/device/character.ts`). Source: SRD §4 "Moments" and "Progress", §5-§9.
import { describe, expect, it } from 'vitest';
import config from '../../ridgeline.config.ts';
import { Cut, PLAIN_CHARACTER, TagChoice, type Character } from '#device/character';
import { createReferenceDevice } from '#device/reference-device';
import { USUAL_LATENCIES, type Latencies, type Range } from '#device/timing';
import { inProcess } from '#dut/in-process';
import { executeRun } from '#run/execute-run';
import { specOf, TESTS } from './siov-runs.ts';

const SEEDS = [1, 2];

const us = (low: number, high: number): Range => [low * 1_000_000, high * 1_000_000];
const NO_TIME = us(0.001, 0.002);

const SLOW: Latencies = {
  completion: us(1, 12),
  fetch: us(0.95, 1),
  decode: us(0.8, 0.9),
  pacing: us(0, 1),
  record: us(1, 2),
  count: us(0.8, 0.9),
  command: us(7, 8),
  sdiReset: us(13, 14),
  pfReset: us(80, 90),
  vfReset: us(80, 85),
};
const FAST: Latencies = {
  completion: NO_TIME,
  fetch: NO_TIME,
  decode: NO_TIME,
  pacing: NO_TIME,
  record: NO_TIME,
  count: [0, 0],
  command: NO_TIME,
  sdiReset: NO_TIME,
  pfReset: us(0.1, 0.2),
  vfReset: us(0.1, 0.2),
};
const LATE_END: Latencies = { ...USUAL_LATENCIES, record: us(1, 2), count: us(0.8, 0.9) };

const CHARACTERS: Readonly<Record<string, Partial<Character>>> = {
  plain: {},
  slow: { latencies: SLOW, fetchBytes: 16, timeout: [1000, 1000], placeCount: 8 },
  'fast and early': { latencies: FAST, ingressPs: 600_000, effect: [0, 0], finishesAtReset: true },
  'late out': { egressPs: 600_000, latencies: FAST, finishesAtReset: true },
  'in bursts': { restPs: 200_000, burstLength: 1, ingressPs: 300_000, egressPs: 300_000 },
  'late to log': { errorDelayPs: 950_000, ingressPs: 600_000, logsErrors: true },
  'in small pieces': {
    reads: { bytesMax: 64, cut: Cut.ANYWHERE },
    writes: { bytesMax: 64, cut: Cut.ANYWHERE },
    writesPartly: true,
    readsPlanned: 4,
    readsMax: 4,
  },
  patient: { tagChoice: TagChoice.LOWEST, timeout: [2000, 2000], readsMax: 2, holdsEngine: true },
  'of one pool': { tagChoice: TagChoice.POOL, placeCount: 32, servesByNumber: true },
  'late at the end': { latencies: LATE_END, movesHeadLate: true, finishesAtReset: true },
};

/** What runs here, on a device of this character. */
function configFor(character: Partial<Character>): typeof config {
  const { model } = config.devices;
  const device = createDevice(character);
  return { ...config, devices: { ...config.devices, model: { ...model, ...device } } };
}

function createDevice(character: Partial<Character>) {
  const habits = { ...PLAIN_CHARACTER, ...character };
  return { open: () => inProcess(createReferenceDevice({ character: habits })) };
}

describe('a device', () => {
  it.each(Object.keys(CHARACTERS))('%s gives no alarm', async (name) => {
    const own = configFor(CHARACTERS[name]);
    for (const test of TESTS) {
      for (const seed of SEEDS) {
        const { verdict, failures, error } = await executeRun(own, specOf(test, seed));
        const seen = { test, seed, verdict, failures, error };
        expect(seen).toEqual({ test, seed, verdict: 'PASS', failures: [], error: null });
      }
    }
  });
});
