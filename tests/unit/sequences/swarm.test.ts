// What the seed decides before the first operation: reproducible, plain data, legal, and inside the test's features.
import { describe, expect, it } from 'vitest';
import { drawDeviceParams } from '#env/srd-device-parameters';
import { checkResponderConfig, DELAY_MAX_PS } from '#env/agents/memory-responder-config';
import { planBuses, planSdiIndices } from '#env/host-enumeration';
import { SCENARIO_FEATURES, type ScenarioName } from '#env/scenario-features';
import { drawSwarm, type SiovSwarm } from '#env/siov-env-config';
import { RandomStream } from '#random/random-stream';
import { PROFILES } from '#siov/device-params';
import { validateParams, type SrdParams } from '#siov/srd-params';

const NAMES = Object.keys(SCENARIO_FEATURES) as ScenarioName[];
const SEEDS = 60;

const streamOf = (seed: number): RandomStream => new RandomStream(`swarm ${seed}`);

function eachSwarm(check: (swarm: SiovSwarm, name: ScenarioName) => void): void {
  for (const name of NAMES) {
    for (const profile of PROFILES) {
      for (let seed = 0; seed < SEEDS; seed++) {
        check(drawSwarm(streamOf(seed), SCENARIO_FEATURES[name], profile), name);
      }
    }
  }
}

function paramsOf(name: ScenarioName, seed: number): SrdParams {
  const drawn = drawDeviceParams(streamOf(seed), SCENARIO_FEATURES[name]);
  const params = validateParams({ profile: 'standard', ...drawn });
  if (typeof params === 'string') throw new Error(params);
  return params;
}

describe('drawSwarm', () => {
  it('gives the same swarm for the same stream, and others for other streams', () => {
    const one = drawSwarm(streamOf(1), SCENARIO_FEATURES.everything, 'standard');
    expect(drawSwarm(streamOf(1), SCENARIO_FEATURES.everything, 'standard')).toEqual(one);
    expect(drawSwarm(streamOf(2), SCENARIO_FEATURES.everything, 'standard')).not.toEqual(one);
  });

  it('is plain data', () => {
    eachSwarm((swarm) => expect(JSON.parse(JSON.stringify(swarm))).toEqual(swarm));
  });

  it('draws nothing that the features leave out', () => {
    eachSwarm((swarm, name) => {
      const features = SCENARIO_FEATURES[name];
      expect(swarm.vfTenantCount > 0).toBe(features.vfs);
      if (!features.vfs) expect(swarm.hypervisor.vfsMax).toBe(0);
      if (!features.badWork) {
        expect(swarm.work.refusedPercent).toBe(0);
        expect(swarm.work.holePercent).toBe(0);
      }
      if (!features.conflicts) expect(swarm.hypervisor.takesVfRids).toBe(false);
    });
  });

  it('leaves at least one tenant to SDIs, and every kind of choice a positive weight', () => {
    eachSwarm((swarm) => {
      expect(swarm.vfTenantCount).toBeLessThan(swarm.tenantCount);
      expect(swarm.work.opcodeWeights.some((weight) => weight > 0)).toBe(true);
      expect(swarm.work.lengthWeights.some((weight) => weight > 0)).toBe(true);
      expect(swarm.hypervisor.sdiPositions.length).toBeGreaterThanOrEqual(swarm.tenantCount);
    });
  });

  it('answers within what the responder accepts', () => {
    eachSwarm(({ responder }) => {
      const maxPs = responder.latencyMaxNs * 1000;
      expect(maxPs).toBeLessThanOrEqual(DELAY_MAX_PS);
      checkResponderConfig({
        latencies: [{ weight: 1, minPs: responder.latencyMinNs * 1000, maxPs }],
        gaps: [{ weight: 1, minPs: 1, maxPs: responder.gapMaxNs * 1000 }],
        reorderPercent: responder.reorderPercent,
        splitPercent: responder.splitPercent,
        rcbBytes: responder.rcbBytes,
      });
    });
  });

  it('shows every choice of a setting in a few hundred seeds', () => {
    const seen = new Set<string>();
    eachSwarm(({ settings, layout, hypervisor }) => {
      seen.add(`tags ${settings.tagBits}`).add(`io ${layout.ioSpace}`);
      seen.add(`reuse ${hypervisor.reuse}`).add(`wait ${hypervisor.waitBy}`);
    });
    for (const one of ['tags 5', 'tags 8', 'tags 10', 'io low', 'io high', 'io across']) {
      expect(seen).toContain(one);
    }
    for (const one of ['reuse lowest', 'reuse recent', 'reuse random', 'wait interrupt']) {
      expect(seen).toContain(one);
    }
  });
});

describe('drawDeviceParams', () => {
  it('asks for parameters that SRD §1 allows', () => {
    for (const name of NAMES) for (let seed = 0; seed < SEEDS; seed++) paramsOf(name, seed);
  });

  it('asks for nothing on the rtl profile', () => {
    expect(drawDeviceParams(streamOf(1), SCENARIO_FEATURES.everything, 'rtl')).toEqual({});
  });

  it('never lets VF RIDs wrap below the bus of the PF (SRD §9)', () => {
    for (const name of NAMES) {
      for (let seed = 0; seed < SEEDS; seed++) {
        const params = paramsOf(name, seed);
        const { swarm } = { swarm: drawSwarm(streamOf(seed), SCENARIO_FEATURES[name], 'standard') };
        const { secondary } = planBuses(params, swarm.layout.bus);
        const last = params.firstVfOffset + Math.max(0, params.totalVfs - 1) * params.vfStride;
        expect((secondary << 8) + last).toBeLessThanOrEqual(0xffff);
      }
    }
  });

  it('makes VF and SDI RIDs collide in some runs that want conflicts, and in none that do not', () => {
    const collides = (params: SrdParams): boolean => {
      for (let vf = 0; vf < params.totalVfs; vf++) {
        const distance = params.firstVfOffset + vf * params.vfStride - params.firstSdiOffset;
        const index = distance / params.sdiStride;
        if (Number.isInteger(index) && index >= 0 && index < params.totalSdis) return true;
      }
      return false;
    };
    const count = (name: ScenarioName): number =>
      Array.from({ length: 200 }, (_, seed) => paramsOf(name, seed)).filter(collides).length;
    expect(count('mixed-iov')).toBeGreaterThan(10);
    expect(count('dma')).toBe(0);
  });
});

describe('planBuses', () => {
  const params = { ...paramsOf('dma', 0), totalVfs: 0, totalSdis: 256, firstSdiOffset: 0x100 };

  it('reserves the buses of all SDIs and one more', () => {
    expect(planBuses({ ...params, sdiStride: 1 }, 1)).toEqual({ secondary: 1, subordinate: 3 });
    expect(planBuses({ ...params, totalSdis: 1024, sdiStride: 1 }, 1).subordinate).toBe(6);
  });

  it('lowers the bus when RIDs would wrap', () => {
    const wide = { ...params, sdiStride: 0x80 };
    expect(planBuses(wide, 0x20).secondary).toBe(0x20);
    expect(planBuses(wide, 0x90).secondary).toBe(1);
    expect(planBuses({ ...params, sdiStride: 0x100 }, 0x20).subordinate).toBe(0xff);
  });
});

describe('planSdiIndices', () => {
  it('gives distinct indices in range, and neighbours where positions are equal', () => {
    expect(planSdiIndices([0, 9999, 5000], 256)).toEqual([0, 255, 128]);
    expect(planSdiIndices([7, 7, 7], 256)).toEqual([0, 1, 2]);
    expect(planSdiIndices([9999, 9999], 8)).toEqual([7, 0]);
  });

  it('gives no more slots than there are SDIs', () => {
    expect(planSdiIndices([0, 1, 2, 3, 4], 2)).toHaveLength(2);
  });
});
