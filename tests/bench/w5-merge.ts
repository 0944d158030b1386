// W5, merging: 200 coverage databases of 10 000 bins each, one run in each, read from files and merged, with the runs that hit
// each bin. The reference reads of the same files no more than their counters and adds them, in a loop of its own that knows
// where they lie: no runs, no models. Aim: 0.05 s for the 200, so 4000 databases/s; best peer 0.15 s.
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCoverage } from '#cli/coverage-files';
import { sha256Hex } from '#base/hash';
import { DatabaseBuilder } from '#cover/database/database';
import { encodeDatabase } from '#cover/database/database-file';
import type { CoverageRecord, CovergroupRecord } from '#record/coverage-record';
import type { Bench } from './bench.ts';
import { race, type Trial } from './race.ts';

const DATABASES = 200;
/** 4 groups of 5 points with 250 bins and a cross of 25 by 50 bins beside them: 2500 countable bins each. */
const GROUPS = 4;
const POINTS = 5;
const BINS = 235;
const AXES = [25, 50] as const;
/** One of so many bins is hit by a run. */
const HIT_EACH = 2;
/** How much longer than that of the first file the first line of another may be. */
const LONGER_LINE_BYTES = 64;

export const mergeBench: Bench = {
  name: 'w5',
  what: 'merge of databases of 10 000 bins, from files; reference: their counters added by hand',
  measure: (scale) => {
    const folder = mkdtempSync(join(tmpdir(), 'ridgeline-w5-'));
    try {
      const count = Math.max(1, Math.round(DATABASES * scale));
      const paths = Array.from({ length: count }, (_, run) => join(folder, `${run}.rcov`));
      paths.forEach((path, run) => writeFileSync(path, encodedRun(run)));
      const what = { name: 'W5 coverage merge', unit: 'databases/s', count: DATABASES, aim: 4000 };
      const loops = {
        ours: () => mergeFiles(folder, paths),
        reference: () => addByHand(paths),
      };
      return [race({ ...what, ...loops }, scale)];
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

/** A plain generator: what matters is that hits are spread and the same everywhere. */
function generator(seed: number): (bound: number) => number {
  let state = seed + 1;
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 12) % bound;
  };
}

function encodedRun(run: number): Uint8Array {
  const builder = new DatabaseBuilder();
  const replay = `ridgeline run bench --seed ${run}`;
  const info = {
    test: 'bench',
    seed: String(run),
    verdict: 'PASS',
    timePs: 1,
    commit: '',
    date: '',
  };
  builder.addRun({ ...info, replay }, runRecord(run));
  return encodeDatabase(builder.build());
}

function runRecord(run: number): CoverageRecord {
  const next = generator(run);
  const count = (): number => (next(HIT_EACH) === 0 ? 1 + next(100) : 0);
  return { groups: Array.from({ length: GROUPS }, (_, index) => groupRecord(index, count)) };
}

function groupRecord(index: number, count: () => number): CovergroupRecord {
  const sizes = [...Array.from({ length: POINTS }, () => BINS), ...AXES];
  const points = sizes.map((size, point) => {
    const bins = Array.from({ length: size }, (_, bin) => `bin[${bin * 16}..${bin * 16 + 15}]`);
    const values = Array.from({ length: size }, (_, bin) => `${bin * 16}..${bin * 16 + 15}`);
    return {
      name: `point${point}`,
      weight: 1,
      atLeast: 1,
      bins,
      values,
      counts: bins.map(count),
      defaultCount: 0,
      illegal: [],
      illegalCounts: [],
    };
  });
  const hits = Array.from({ length: AXES[0] * AXES[1] }, (_, tuple) => [tuple, count()]);
  const axes = [POINTS, POINTS + 1].map((point, axis) => {
    return { name: `axis${axis}`, point: `point${point}` };
  });
  const cross = { name: 'cross', weight: 1, atLeast: 1, axes, excluded: [], bins: [], counts: [] };
  return {
    type: `Group${index}`,
    weight: 1,
    samples: 1000,
    points,
    crosses: [{ ...cross, hits: hits.filter(([, hit]) => hit > 0).flat(), illegalCount: 0 }],
  };
}

function mergeFiles(folder: string, paths: readonly string[]): Trial {
  let merged = readCoverage(folder, []);
  return {
    work: () => {
      merged = readCoverage(folder, paths);
    },
    result: () => hashOf(merged.groups.map(({ counters }) => counters)),
  };
}

/** Where counters lie behind the first line is read once, since all files have the same form. */
function addByHand(paths: readonly string[]): Trial {
  const first = readFileSync(paths[0]);
  const { groups } = JSON.parse(first.toString('utf8', 0, first.indexOf(0x0a))) as {
    readonly groups: readonly {
      readonly counts: { readonly at: number; readonly bytes: number };
    }[];
  };
  const sums = groups.map(({ counts }) => new Float64Array(counts.bytes / 4));
  const { at, bytes } = groups[GROUPS - 1].counts;
  const file = new Uint8Array(first.indexOf(0x0a) + at + bytes + LONGER_LINE_BYTES);
  return {
    work: () => {
      for (const path of paths) {
        const fd = openSync(path, 'r');
        readSync(fd, file, 0, file.length, 0);
        closeSync(fd);
        const dataAt = file.indexOf(0x0a) + 1;
        groups.forEach(({ counts }, group) => {
          const counters = new Uint32Array(file.buffer, dataAt + counts.at, counts.bytes / 4);
          const sum = sums[group];
          for (let index = 0; index < sum.length; index++) sum[index] += counters[index];
        });
      }
    },
    result: () => hashOf(sums),
  };
}

function hashOf(counts: readonly Float64Array[]): string {
  return sha256Hex(JSON.stringify(counts.map((list) => Array.from(list)))).slice(0, 16);
}
