// W2, the solver: solves/s of an item with a weighted kind, one of 64 live RIDs, an aligned 52-bit address inside one of 16 ranges, a
// length that ends inside the page and has three values for one kind, and a tag. RIDs and ranges are state, read at every solve. The
// reference is a sampler written by hand for this one item (biased: it draws the address first and cuts the length), with the same
// stream of random numbers, that gives any kind, RID, range, page, offset, length and tag.
import { RandomStream } from '#random/random-stream';
import { oneOf, span, uint } from '#solver/domain';
import { rand } from '#solver/random-class';
import type { Bench } from './bench.ts';
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
  ],
};

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
  if (item.kind === 'ATOMIC') item.len = Math.min(room, 4 << stream.below(3));
  else item.len = 4 + 4 * stream.below(room / 4);
  item.tag = stream.below(1024);
}
