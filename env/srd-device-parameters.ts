// Which device parameters the seed asks for (SRD §1), before HELLO: sizes, limits and the RID arithmetic. `--profile` and
// `--param` are above them, and what counts in the end is what the device says it has (design, "Parameters").
import type { RandomStream } from '#random/random-stream';
import type { Profile } from '#siov/device-params';
import type { ScenarioFeatures } from './scenario-features.ts';

/** Overrides of SRD §1; the profile is not among them. */
export function drawDeviceParams(
  stream: RandomStream,
  features: ScenarioFeatures,
  profile: Profile = 'standard',
): Readonly<Record<string, number | boolean>> {
  if (profile === 'rtl') return {};
  const shared = {
    engineCount: stream.pick([1, 2, 4, 8]),
    maxPayload: stream.pick([128, 256, 512, 512, 1024, 4096]),
    ringMax: stream.pick([2, 8, 64, 256]),
    // Long ones let aborted reads outlive the reset of their SDI, and its next life begin.
    completionTimeoutNs: stream.pick(
      features.resets ? [20_000, 50_000, 150_000] : [20_000, 50_000],
    ),
    atomics: stream.chance(7, 8),
    crc32: stream.chance(7, 8),
    pasid: stream.chance(7, 8),
    mixedIov: features.vfs ? stream.chance(7, 8) : stream.chance(1, 2),
    softwareRids: stream.chance(7, 8),
  };
  if (profile === 'hyperscale') {
    return features.crowd ? { ...shared, ...drawCrowdRids(stream) } : shared;
  }
  return {
    ...shared,
    ...drawRidParams(stream, features),
    pageCount: stream.pick([24, 64, 96, 512]),
    imsCount: stream.pick([24, 64, 512]),
  };
}

/** RID arithmetic of 16384 SDIs that all fit below 0xffff: on 64 buses and more, with gaps or without. */
function drawCrowdRids(stream: RandomStream): Readonly<Record<string, number>> {
  const firstSdiOffset = stream.pick([0x41, 0x100, stream.range(0x42, 0x400)]);
  return { firstSdiOffset, sdiStride: stream.pick([1, 2, 3, 3]) };
}

/** RID arithmetic: usually apart, sometimes interleaved with the VFs', sometimes colliding with them on purpose. */
function drawRidParams(
  stream: RandomStream,
  features: ScenarioFeatures,
): Readonly<Record<string, number>> {
  const totalVfs = features.vfs ? stream.pick([1, 4, 16]) : stream.pick([0, 4, 16]);
  const totalSdis = stream.pick([8, 16, 32, 256]);
  const kind = stream.pick(['apart', 'extraBus', 'interleaved', 'close', 'colliding'] as const);
  if (kind === 'extraBus') {
    const sdiStride = stream.pick([1, 2, 7, 0x100]);
    return { totalVfs, totalSdis, firstVfOffset: 1, vfStride: 1, firstSdiOffset: 0x100, sdiStride };
  }
  if (kind === 'interleaved') {
    return { totalVfs, totalSdis, firstVfOffset: 2, vfStride: 2, firstSdiOffset: 1, sdiStride: 2 };
  }
  if (kind === 'colliding' && features.conflicts) {
    const firstSdiOffset = stream.range(1, 8);
    return { totalVfs, totalSdis, firstVfOffset: 1, vfStride: 2, firstSdiOffset, sdiStride: 3 };
  }
  const firstVfOffset = stream.range(1, 9);
  const vfStride = stream.range(1, 5);
  const lastVf = firstVfOffset + totalVfs * vfStride;
  const firstSdiOffset = kind === 'close' ? lastVf + 1 : lastVf + stream.range(1, 0x180);
  return {
    totalVfs,
    totalSdis,
    firstVfOffset,
    vfStride,
    firstSdiOffset,
    sdiStride: stream.range(1, 4),
  };
}
