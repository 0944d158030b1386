// The conformance kit finds nothing wrong with a device that is right, whatever its parameters and its habits. Source: issue (a
// kit that flags a right device is worse than none).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PROFILES } from '#siov/device-params';
import { defaultParams } from '#siov/srd-params';
import { ALL_STEPS } from '#tests/siov/conform/all-steps';
import { exitStatusOf } from '#tests/siov/conform/runner';
import { STAGES } from '#tests/siov/conform/step';
import { conform, runOne, stepsOf, troubles } from './kit-fixture.ts';

/** Small values as often as any. */
const upTo = (max: number, min = 1): fc.Arbitrary<number> =>
  fc.oneof(fc.integer({ min, max: Math.min(max, 8) }), fc.integer({ min, max }));

const arbitraryParams = fc.record(
  {
    profile: fc.constantFrom(...PROFILES),
    totalVfs: upTo(255, 0),
    firstVfOffset: upTo(0xffff),
    vfStride: upTo(0xffff),
    totalSdis: upTo(60_000),
    firstSdiOffset: upTo(0xffff),
    sdiStride: upTo(0xffff),
    mixedIov: fc.boolean(),
    softwareRids: fc.boolean(),
    pageCount: upTo(65_535),
    imsCount: upTo(65_535),
    engineCount: upTo(64),
    maxPayload: fc.constantFrom(128, 256, 512, 1024, 2048, 4096),
    ringMax: fc.integer({ min: 1, max: 12 }).map((bits) => 2 ** bits),
    completionTimeoutNs: fc.oneof(
      fc.integer({ min: 5000, max: 20_000 }),
      fc.integer({ min: 5000, max: 10_000_000 }),
    ),
    atomics: fc.boolean(),
    crc32: fc.boolean(),
    pasid: fc.boolean(),
  },
  { requiredKeys: [] },
);

describe('the reference device', () => {
  it.each(PROFILES)('of profile %s passes every step', async (profile) => {
    const result = await conform({}, { params: { profile } });
    expect(troubles(result)).toEqual([]);
    expect(exitStatusOf(result)).toBe(0);
    expect(result.info?.params).toMatchObject({ ...defaultParams(profile) });
    expect(result.steps).toHaveLength(ALL_STEPS.length);
  });

  it('passes with any parameters and any habits', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryParams, fc.nat(), async (params, seed) => {
        expect(troubles(await conform({}, { params, seed: String(seed) }))).toEqual([]);
      }),
      { numRuns: 12, endOnFailure: true },
    );
  }, 180_000);

  it('passes with a look-ahead that is not the usual one', async () => {
    for (const lookaheadPs of [20_000, 1_000_000]) {
      const steps = ALL_STEPS.filter(({ stage }) => !['hello', 'resets'].includes(stage));
      const result = await conform({}, { params: {}, lookaheadPs }, steps);
      expect(troubles(result)).toEqual([]);
    }
  }, 60_000);
});

describe('the steps', () => {
  it('are many, in all stages, each with a name of its own', () => {
    expect(ALL_STEPS.length).toBeGreaterThan(100);
    expect(new Set(ALL_STEPS.map(({ id }) => id)).size).toBe(ALL_STEPS.length);
    expect([...new Set(ALL_STEPS.map(({ stage }) => stage))]).toEqual([...STAGES]);
    for (const { id, step } of ALL_STEPS) {
      expect(id).toMatch(/^[a-z]+\/[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(step.title.length).toBeGreaterThan(10);
      expect(step.paragraph.where).toMatch(/^(dut-protocol|srd)\.md/);
    }
  });

  it('that stand on what is broken are skipped with the reason, the others go on', async () => {
    const ids = [
      'bars/identity',
      'bars/sizes',
      'admin/create',
      'cuts/look-ahead',
      'errors/messages',
    ];
    const { steps } = await conform({ fault: 'version-wrong' }, { params: {} }, stepsOf(...ids));
    expect(steps.map(({ outcome }) => outcome)).toEqual(['wrong', 'skip', 'skip', 'pass', 'skip']);
    expect(steps[2].reason).toBe('it stands on bars/identity, which did not pass');
  });

  it('that the device cannot be asked are skipped, and no mistake', async () => {
    const asked = { params: { atomics: false, crc32: false, totalSdis: 1, totalVfs: 0 } };
    const result = await conform({}, asked);
    expect(exitStatusOf(result)).toBe(0);
    const skipped = result.steps.filter(({ outcome }) => outcome === 'skip');
    expect(skipped.map(({ reason }) => reason)).toContain('the device has one SDI');
    expect(skipped.map(({ id }) => id)).toContain('dma/atomics');
    expect(skipped.map(({ id }) => id)).toContain('interrupts/vf');
  });
});

describe('a device without a verdict', () => {
  it('that dies is an ERROR, which says what was sent last', async () => {
    const { outcome, error } = await runOne('bars/identity', {
      wrap: (port) => ({
        hello: (hello) => port.hello(hello),
        step: (untilPs, arriving) => {
          if (untilPs > 5_000_000) throw new TypeError('a bug of the device');
          return port.step(untilPs, arriving);
        },
        reset: (kind) => port.reset(kind),
        bye: () => port.bye(),
      }),
    });
    expect([outcome, error?.code]).toEqual(['error', 'dut-died']);
    expect(error?.sent).toMatch(/^STEP from .* until /);
    expect(error?.detail).toContain('a bug of the device');
  });

  it('that falls silent is an ERROR, exit status 3', async () => {
    const served = { tamper: () => [] };
    const result = await conform({ served }, { params: {} }, stepsOf('hello/ok', 'stepping/idle'));
    expect(result.steps.map(({ outcome }) => outcome)).toEqual(['error', 'skip']);
    expect(result.steps[0].error?.code).toBe('dut-hung');
    expect(exitStatusOf(result)).toBe(3);
    expect(result.info).toBeUndefined();
  });
});
