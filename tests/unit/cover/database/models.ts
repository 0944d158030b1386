// Covergroups whose model depends on a parameter, and runs of them, for the tests of the database.
import fc from 'fast-check';
import { anyOf, each, ignore, illegal, otherwise } from '#cover/bins';
import { Covergroup } from '#cover/covergroup';
import type { TypeOptions } from '#cover/covergroup-options';
import { CoverageDb } from '#cover/coverage-db';
import { DatabaseBuilder, type CoverageDatabase, type RunInfo } from '#cover/database/database';
import type { ByteSource } from '#cover/database/database-header';
import { steps } from '#cover/transitions';
import type { CoverageRecord, GroupOptionsRecord } from '#record/coverage-record';

export interface Sample {
  readonly x: number;
  readonly y: string;
}

/** A model of which everything can change between two versions. */
export interface ModelCase {
  readonly xs: readonly number[];
  readonly atLeast: number;
  readonly hasTail: boolean;
  readonly options: GroupOptionsRecord;
}

export const PLAIN: ModelCase = { xs: [3, 0, 1], atLeast: 1, hasTail: false, options: {} };

export class Traffic extends Covergroup<Sample> {
  override readonly typeOptions: TypeOptions;
  readonly x;
  readonly y = this.coverpoint('y', {
    a: 'a',
    b: anyOf('b', 'c'),
    twice: steps('a', 'a'),
    bad: illegal('z'),
    skip: ignore('d'),
    rest: otherwise(),
  });
  readonly both;

  constructor(name: string, { xs, atLeast, hasTail, options }: ModelCase) {
    const { mergeInstances, ...ofInstance } = options;
    super(name, ofInstance);
    this.typeOptions = mergeInstances === undefined ? {} : { mergeInstances };
    this.x = this.coverpoint('x', hasTail ? { v: each(...xs), tail: [6, 9] } : { v: each(...xs) }, {
      atLeast,
    });
    this.both = this.cross(
      { x: this.x, y: this.y },
      {
        ignore: (bin) => bin.x === 'v[1]',
        illegal: (bin) => bin.x === 'v[2]' && bin.y === 'a',
        bins: { threes: (bin) => bin.x === 'v[3]' },
      },
    );
  }
}

class Other extends Covergroup<Sample> {
  readonly y = this.coverpoint('y', each('a', 'b'));
}

export interface RunCase {
  readonly info: RunInfo;
  readonly model: ModelCase;
  readonly samples: readonly Sample[];
  readonly ports: number;
}

export function recordOf({ model, samples, ports }: Omit<RunCase, 'info'>): CoverageRecord {
  const db = new CoverageDb();
  const groups = Array.from({ length: ports }, (_, port) => new Traffic(`port${port}`, model));
  const other = new Other('other');
  for (const group of [...groups, other]) db.add(group);
  samples.forEach((sample, index) => {
    groups[index % ports].sample(sample);
    if (sample.x === 0) other.sample(sample);
  });
  return db.record();
}

export function infoOf(test: string, seed: number | string): RunInfo {
  return {
    test,
    seed: String(seed),
    verdict: 'PASS',
    timePs: 1000,
    replay: `ridgeline run ${test} --seed ${seed}`,
    commit: 'abc123',
    date: '2026-01-02T03:04:05.000Z',
  };
}

export function databaseOf(runs: readonly RunCase[], hitBytesMax?: number): CoverageDatabase {
  const builder = new DatabaseBuilder(undefined, hitBytesMax);
  for (const run of runs) builder.addRun(run.info, recordOf(run));
  return builder.build();
}

/** What a test says in a line: the values of x and y, one run after the other. */
export function runsOf(
  lists: readonly (readonly (readonly [x: number, y: string])[])[],
): RunCase[] {
  return lists.map((list, seed) => ({
    info: infoOf('t', seed + 1),
    model: PLAIN,
    samples: list.map(([x, y]) => ({ x, y })),
    ports: 1,
  }));
}

export function bytesSource(bytes: Uint8Array): ByteSource {
  // Aligned, as files are read.
  const copy = bytes.slice();
  return { size: copy.length, read: (from, to) => copy.subarray(from, to) };
}

/** Comparable by `toEqual`. */
export function plain({ groups, runs }: CoverageDatabase): unknown {
  return {
    groups: groups.map(({ model, counters }) => [model.hash, model.text, [...counters]]),
    runs: runs.map(({ info, hits }) => ({
      info,
      hits: hits?.map(({ model, bytes }) => [model, [...bytes]]) ?? null,
    })),
  };
}

const anySample = fc.record({
  x: fc.integer({ min: 0, max: 7 }),
  y: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'z'),
});

const anyModel: fc.Arbitrary<ModelCase> = fc.record({
  xs: fc.uniqueArray(fc.integer({ min: 0, max: 4 }), { minLength: 1 }),
  atLeast: fc.integer({ min: 1, max: 3 }),
  hasTail: fc.boolean(),
  options: fc.constantFrom<GroupOptionsRecord>(
    {},
    { perInstance: true, goal: 90 },
    { mergeInstances: false, comment: 'mean' },
  ),
});

export const anyRunCase: fc.Arbitrary<RunCase> = fc.record({
  info: fc
    .tuple(fc.constantFrom('dma', 'reset'), fc.nat(50))
    .map(([test, seed]) => infoOf(test, seed)),
  model: fc.oneof(fc.constant(PLAIN), anyModel),
  samples: fc.array(anySample, { maxLength: 8 }),
  ports: fc.integer({ min: 1, max: 2 }),
});

export const anyRuns = fc.array(anyRunCase, { maxLength: 5 });
