// The crowd of the hyperscale test: how many SDIs, and what they go through; drawn from the seed like the rest of the swarm.
// Source: design decision 9; SRD §1 (hyperscale), §2.
import type { RandomStream } from '#random/random-stream';
import type { SiovSwarm } from './siov-env-config.ts';

/** Thousands of SDIs at once, raised, worked with, reset, and partly destroyed and raised again. */
export interface CrowdSwarm {
  /** SDIs, each of which lives, works and is reset at least once; 0: no crowd. */
  readonly sdiCount: number;
  /** In which order they are raised. */
  readonly order: 'ascending' | 'descending' | 'random';
  /** Per cent of steps that raise one more SDI, while there are any; the others work with those that live. */
  readonly growPercent: number;
  /** Per cent of resets that reconfigure; of SDIs that are destroyed and raised again after their reset. */
  readonly reconfigurePercent: number;
  readonly recreatePercent: number;
  /** More work on SDIs that live: steps per 100 SDIs. */
  readonly reworkPercent: number;
}

export const NO_CROWD: CrowdSwarm = {
  sdiCount: 0,
  order: 'ascending',
  growPercent: 0,
  reconfigurePercent: 0,
  recreatePercent: 0,
  reworkPercent: 0,
};
/** Fewer do not show what hyperscale is about. */
export const CROWD_SDIS_MIN = 4096;
/** 1024 messages each: four vectors in each of three lives of an SDI. */
const CROWD_MESSAGE_PAGES = 64;

/** Draws the crowd; what each of its SDIs has is small, because there are thousands of them. */
export function withCrowd(swarm: SiovSwarm, stream: RandomStream): SiovSwarm {
  const { layout, hypervisor, work } = swarm;
  return {
    ...swarm,
    crowd: {
      sdiCount: CROWD_SDIS_MIN + stream.range(8, 256),
      order: stream.pick(['ascending', 'descending', 'random', 'random'] as const),
      growPercent: stream.pick([60, 80, 95]),
      reconfigurePercent: stream.pick([10, 40]),
      recreatePercent: stream.pick([5, 20]),
      reworkPercent: stream.pick([10, 40]),
    },
    layout: {
      ...layout,
      sourcePages: stream.pick([2, 3]),
      destinationPages: stream.pick([2, 4, 6]),
      messagePages: CROWD_MESSAGE_PAGES,
    },
    hypervisor: {
      ...hypervisor,
      stridedPercent: stream.pick([30, 70, 90]),
      pollNs: stream.pick([200, 700]),
      pagesMax: stream.pick([1, 2, 4]),
      vectorsMax: stream.pick([1, 3, 6]),
    },
    work: { ...work, lengthWeights: [500, 400, 100, 0, 0] },
  };
}

/** Distinct SDI indices, anywhere below `totalSdis`, in ascending order. */
export function drawCrowdIndices(
  stream: RandomStream,
  count: number,
  totalSdis: number,
): readonly number[] {
  const indices: number[] = [];
  // Each index is taken with the chance that leaves just enough for those behind it: all sets are equally likely.
  for (let sdi = 0; sdi < totalSdis && indices.length < count; sdi++) {
    if (stream.below(totalSdis - sdi) < count - indices.length) indices.push(sdi);
  }
  return indices;
}
