/** A hand of different numbers below a size, in an order in which each hand is equally likely. */
import type { RandomStream } from '#random/random-stream';

/** Sizes up to this are shuffled; of larger ones numbers are drawn until they are new. */
const SHUFFLED_MAX = 4096;

/** Whether so many are drawn quickly: below this size, or below any one. */
export function isRoomyFor(count: number, size = SHUFFLED_MAX + 1): boolean {
  return size <= SHUFFLED_MAX || count * 2 <= size;
}

/** Draws `count` different ones of 0..size-1. Above 4096 the size should be twice the count: what is not new is drawn again. */
export function drawDistinct(stream: RandomStream, size: number, count: number): number[] {
  return size <= SHUFFLED_MAX ? deal(stream, size, count) : drawNew(stream, size, count);
}

function deal(stream: RandomStream, size: number, count: number): number[] {
  const cards = Array.from({ length: size }, (_, n) => n);
  return Array.from({ length: count }, (_, i) => {
    const at = i + stream.below(size - i);
    const card = cards[at];
    cards[at] = cards[i];
    return card;
  });
}

function drawNew(stream: RandomStream, size: number, count: number): number[] {
  const taken = new Set<number>();
  return Array.from({ length: count }, () => {
    let n = stream.below(size);
    while (taken.has(n)) n = stream.below(size);
    taken.add(n);
    return n;
  });
}
