// Devices that never come to life: no test may pass on one, whatever it would have done. Source: SRD §4 (Progress: a non-posted
// request is completed within 20 us); design decision 7.
import { describe, expect, it } from 'vitest';
import { PacketBatch } from '#base/packet-batch';
import type { DutPort, TlpBatch } from '#dut/dut-port';
import { completionWithData, completionWithoutData } from '#pcie/build';
import { decodeTlp, encodeTlp } from '#pcie/codec';
import { Tlp } from '#pcie/tlp';
import { executeRun } from '#run/execute-run';
import type { RidgelineConfig } from '#run/config';
import type { RunRecord } from '#record/run-record';
import { defaultParams, paramsToRecord } from '#siov/srd-params';
import config from '../../../ridgeline.config.ts';

type Answer = (request: Tlp) => Tlp | undefined;

/** Answers each Configuration Request at once, or nothing at all. */
function device(answer: Answer): DutPort {
  return {
    hello: () => ({
      name: 'hopeless',
      version: '1',
      params: paramsToRecord(defaultParams('hyperscale')),
      features: [],
    }),
    step(untilPs: number, arriving: TlpBatch) {
      const tlps = new PacketBatch();
      for (let i = 0; i < arriving.count; i++) {
        const request = decodeTlp(arriving.bytes(i));
        const reply = request instanceof Tlp ? answer(request) : undefined;
        if (reply !== undefined) tlps.push(arriving.timePs(i), encodeTlp(reply));
      }
      return { nowPs: untilPs, nextPs: Infinity, tlps };
    },
    reset: () => undefined,
    bye: () => undefined,
  };
}

async function run(test: string, answer: Answer): Promise<RunRecord> {
  const hopeless: RidgelineConfig = {
    ...config,
    devices: { model: { ...config.devices['model'], open: () => device(answer) } },
  };
  return executeRun(hopeless, {
    test,
    seed: 1,
    device: 'model',
    fault: null,
    profile: null,
    parameters: {},
    code: { version: '0', commit: null, dirty: false },
    verbosity: null,
    dutTimeoutSeconds: 30,
  });
}

const TESTS = Object.keys(config.tests);
/** Answers Configuration Requests with data of one byte value, as a device of nothing but zeroes or ones. */
function full(byte: number): Answer {
  return (request) => {
    const { kind } = request;
    const completerId = request.destinationId;
    if (kind.startsWith('CfgWr')) return completionWithoutData(request, { completerId });
    if (!kind.startsWith('CfgRd')) return undefined;
    return completionWithData(request, { completerId, bytes: new Uint8Array(4).fill(byte) });
  };
}

const DEVICES: Record<string, Answer> = {
  mute: () => undefined,
  'nothing but zeroes': full(0),
  'nothing but ones': full(0xff),
};

describe.each(Object.entries(DEVICES))('a device that is %s', (name, answer) => {
  it.each(TESTS)('does not pass %s', async (test) => {
    const { verdict, failures } = await run(test, answer);
    expect(verdict).toBe('FAIL');
    if (name === 'mute') expect(failures[0].rule).toBe('T-CPL-6');
  });
});
