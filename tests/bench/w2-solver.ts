// W2, the solver: solves/s of an item with a weighted kind, one of 64 live RIDs, an aligned 52-bit address inside one of 16 ranges, a
// length that ends inside the page and has three values for one kind, and a tag. RIDs and ranges are state, read at every solve. The
// reference is a sampler written by hand for this one item (biased: it draws the address first and cuts the length), with the same
// stream of random numbers, that gives any kind, RID, range, page, offset, length and tag.
import { RandomStream } from '#random/random-stream';
import { oneOf, span, uint } from '#solver/domain';
import { rand } from '#solver/random-class';
import type { Bench, Figure } from './bench.ts';
import { race, type Trial } from './race.ts';

const KINDS = ['READ', 'WRITE', 'ATOMIC', 'MESSAGE'] as const;
type Kind = (typeof KINDS)[number];
const PAGE = 4096;
const RID_COUNT = 64;
const RANGE_COUNT = 16;

export class MemoryItem {
  kind: Kind = 'READ';
  rid = 0;
  addr = 0;
  len = 4;
  tag = 0;
  liveRids: number[] = Array.from({ length: RID_COUNT }, (_, i) => 0x100 + 3 * i);
  /** Bytes, far apart, up to 2^51; whole pages. */
  ranges: [number, number][] = Array.from({ length: RANGE_COUNT }, (_, i) => {
    const low = (i + 1) * 2 ** 46 + i * PAGE * 16;
    return [low, low + (i + 1) * 8 * PAGE - 1];
  });
}

export const memoryItem = rand(
  MemoryItem,
  { kind: oneOf(...KINDS), rid: uint(16), addr: uint(52), len: span(4, 4096), tag: uint(10) },
  {
    kinds: (v) => v.kind.dist({ READ: 4, WRITE: 3, ATOMIC: 2, MESSAGE: 1 }),
    live: (v) => v.rid.inside(v.liveRids),
    aligned: (v) => [v.addr.mod(4).is(0), v.len.mod(4).is(0)],
    mapped: (v) => v.addr.inside(v.ranges),
    inPage: (v) => v.addr.mod(PAGE).plus(v.len).le(PAGE),
    atomic: (v) => v.kind.is('ATOMIC').implies(v.len.inside(4, 8, 16)),
  },
);

export const solverBench: Bench = {
  name: 'w2',
  what: 'solver: an item of five fields, uniform over its solutions; reference: a biased sampler written by hand',
  measure: (scale) => [
    // Before anything was solved: code that runs for the first time is part of it.
    firstSolve(),
    race(
      {
        name: 'W2 solver',
        unit: 'solves/s',
        count: 100_000,
        ours: solves,
        reference: solvesByHand,
        aim: 1e6,
      },
      scale,
    ),
    ...spread(Math.max(1000, Math.round(SPREAD_COUNT * scale))),
  ],
};

const SPREAD_COUNT = 200_000;
const WEIGHTS: readonly number[] = [4, 3, 2, 1];

/** From a class that nothing was solved of to its first item: constraints built, reduced, cut into boxes. Milliseconds of the clock. */
function firstSolve(): Figure {
  const fresh = memoryItem.extend({}).create(new RandomStream('w2 first'));
  const start = performance.now();
  fresh.randomize();
  const value = performance.now() - start;
  return { name: 'W2 first solve, at most', unit: 'ms', value, aim: 20, result: 'solved' };
}

/**
 * How evenly the values lie, which speed must not be bought with: over the ranges in proportion to their solutions, over the weights of the
 * kinds, and how many addresses are new. In standard deviations of an exact sampler, the worst of all; about 3 is expected at most.
 */
function spread(count: number): readonly Figure[] {
  const item = memoryItem.create(new RandomStream('w2 spread'));
  const perRange = item.ranges.map(() => 0);
  const perKind = KINDS.map(() => 0);
  const addresses = new Set<number>();
  for (let i = 0; i < count; i++) {
    item.randomize();
    perRange[Math.floor(item.addr / 2 ** 46) - 1]++;
    perKind[KINDS.indexOf(item.kind)]++;
    addresses.add(item.addr);
  }
  const pages = item.ranges.map(([low, high]) => (high - low + 1) / PAGE);
  const figure = (name: string, unit: string, value: number): Figure => {
    return { name, unit, value, result: `${count} items` };
  };
  return [
    figure('W2 addresses per range, worst', 'sigma', worstDeviation(perRange, pages)),
    figure('W2 kinds, worst', 'sigma', worstDeviation(perKind, WEIGHTS)),
    figure('W2 distinct addresses', '%', (100 * addresses.size) / count),
  ];
}

/** The largest distance of a count from what its weight makes expected, in standard deviations. */
function worstDeviation(counts: readonly number[], weights: readonly number[]): number {
  const total = counts.reduce((sum, n) => sum + n, 0);
  const weight = weights.reduce((sum, n) => sum + n, 0);
  const deviations = counts.map((count, i) => {
    const chance = weights[i] / weight;
    return Math.abs(count - total * chance) / Math.sqrt(total * chance * (1 - chance));
  });
  return Math.max(...deviations);
}

function solves(count: number): Trial {
  const item = memoryItem.create(new RandomStream('w2'));
  return counting(count, item, () => item.randomize());
}

function solvesByHand(count: number): Trial {
  const stream = new RandomStream('w2 by hand');
  const item = new MemoryItem();
  return counting(count, item, () => drawByHand(item, stream));
}

/** Draws and counts what is legal: every item is looked at, and both loops must find all of them so. */
function counting(count: number, item: MemoryItem, draw: () => void): Trial {
  let legal = 0;
  return {
    work: () => {
      for (let i = 0; i < count; i++) {
        draw();
        if (isLegal(item)) legal++;
      }
    },
    result: () => `${legal} legal items`,
  };
}

function isLegal({ kind, rid, addr, len, tag, liveRids, ranges }: MemoryItem): boolean {
  const slot = Math.floor(addr / 2 ** 46) - 1;
  const [low, high] = ranges[slot];
  return (
    liveRids[(rid - 0x100) / 3] === rid &&
    low <= addr &&
    addr <= high &&
    (addr | len) % 4 === 0 &&
    (addr % PAGE) + len <= PAGE &&
    len >= 4 &&
    tag < 1024 &&
    (kind !== 'ATOMIC' || len === 4 || len === 8 || len === 16)
  );
}

function drawByHand(item: MemoryItem, stream: RandomStream): void {
  const weight = stream.below(10);
  item.kind = weight < 4 ? 'READ' : weight < 7 ? 'WRITE' : weight < 9 ? 'ATOMIC' : 'MESSAGE';
  item.rid = item.liveRids[stream.below(RID_COUNT)];
  const [low, high] = item.ranges[stream.below(RANGE_COUNT)];
  item.addr = low + 4 * stream.below((high - low + 1) / 4);
  const room = PAGE - (item.addr % PAGE);
  if (item.kind === 'ATOMIC') {
    item.len = 4 << stream.below(3);
    while (item.len > room) item.len /= 2;
  } else item.len = 4 + 4 * stream.below(room / 4);
  item.tag = stream.below(1024);
}
