// W3, coverage: samples/s of a covergroup with six coverpoints (8, 8, 16, 64, 4, 4 bins) and three crosses (8×8, 16×4,
// 4×8×4), sampled with numbers made beforehand. The reference counts the same bins and tuples in flat typed arrays, with
// the arithmetic of these bins written out by hand. Peers, same shape: a Verilated covergroup 9 M, C++ by hand 2 M.
import { sha256Hex } from '#base/hash';
import { each, split } from '#cover/bins';
import { recordGroup } from '#cover/coverage-db';
import { Covergroup } from '#cover/covergroup';
import type { Bench } from './bench.ts';
import { race, type Trial } from './race.ts';

/** What is sampled. */
interface Sample {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
}

class SixPoints extends Covergroup<Sample> {
  readonly a = this.coverpoint('a', each([0, 7]));
  readonly b = this.coverpoint('b', each([0, 7]));
  readonly c = this.coverpoint('c', split(16, [0, 255]));
  readonly d = this.coverpoint('d', split(64, [0, 4095]));
  readonly e = this.coverpoint('e', each([0, 3]));
  readonly f = this.coverpoint('f', each([0, 3]));
  readonly ab = this.cross({ a: this.a, b: this.b });
  readonly ce = this.cross({ c: this.c, e: this.e });
  readonly eaf = this.cross({ e: this.e, a: this.a, f: this.f });
}

const SAMPLE_COUNT = 4096;
const SAMPLES = makeSamples();

export const coverageBench: Bench = {
  name: 'w3',
  what: 'coverage: 6 coverpoints and 3 crosses; reference: flat counting by hand',
  measure: (scale) => [
    race(
      {
        name: 'W3 coverage',
        unit: 'samples/s',
        count: 1_000_000,
        ours: sampleGroup,
        reference: countByHand,
        aim: 20e6,
      },
      scale,
    ),
  ],
};

/** A plain generator is enough: what matters is that the values are spread and the same everywhere. */
function makeSamples(): readonly Sample[] {
  let state = 1;
  const next = (bound: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 12) % bound;
  };
  return Array.from({ length: SAMPLE_COUNT }, () => ({
    a: next(8),
    b: next(8),
    c: next(256),
    d: next(4096),
    e: next(4),
    f: next(4),
  }));
}

function sampleGroup(count: number): Trial {
  const group = new SixPoints('bench');
  return {
    work: () => {
      for (let i = 0; i < count; i++) group.sample(SAMPLES[i & (SAMPLE_COUNT - 1)]);
    },
    result: () => {
      const { points, crosses } = recordGroup(group);
      const tuples = crosses.map((cross) => {
        const size = cross.axes.reduce((product, axis) => {
          return product * (points.find((point) => point.name === axis.point)?.bins.length ?? 0);
        }, 1);
        const counts = new Array<number>(size).fill(0);
        for (let i = 0; i < cross.hits.length; i += 2) counts[cross.hits[i]] = cross.hits[i + 1];
        return counts;
      });
      return hashOf([...points.map((point) => point.counts), ...tuples]);
    },
  };
}

function countByHand(count: number): Trial {
  const points = [8, 8, 16, 64, 4, 4].map((size) => new Float64Array(size));
  const crosses = [64, 64, 128].map((size) => new Float64Array(size));
  return {
    work: () => {
      const [a, b, c, d, e, f] = points;
      const [ab, ce, eaf] = crosses;
      for (let i = 0; i < count; i++) {
        const sample = SAMPLES[i & (SAMPLE_COUNT - 1)];
        a[sample.a]++;
        b[sample.b]++;
        c[sample.c >> 4]++;
        d[sample.d >> 6]++;
        e[sample.e]++;
        f[sample.f]++;
        ab[sample.a * 8 + sample.b]++;
        ce[(sample.c >> 4) * 4 + sample.e]++;
        eaf[sample.e * 32 + sample.a * 4 + sample.f]++;
      }
    },
    result: () => hashOf([...points, ...crosses]),
  };
}

function hashOf(counts: readonly ArrayLike<number>[]): string {
  return sha256Hex(JSON.stringify(counts.map((list) => Array.from(list)))).slice(0, 16);
}
