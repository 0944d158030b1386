// What the claims about randomization share: items that are drawn many times with a fixed seed, and counts held against chances.
import { expect } from 'vitest';
import { UsageError } from '#base/assert';
import { RandomStream } from '#random/random-stream';
import type { RandomClass } from '#solver/random-class';
import type { Inline } from '#solver/variables';
import { chiSquareDeviation, uniform } from '#tests/unit/solver/chi-square';

/** In standard deviations; see `chiSquareDeviation`. */
const DEVIATION_MAX = 4;

/** A stream that is the same in every run. */
export function claimStream(key = 'claims'): RandomStream {
  return new RandomStream(key);
}

/** Randomizes a new object `count` times, and gives what `read` sees each time. */
export function drawn<C extends object, D, R>(
  random: RandomClass<C, D>,
  count: number,
  read: (item: C) => R,
  inline?: Inline<C, D>,
): R[] {
  const item = random.create(claimStream());
  return Array.from({ length: count }, () => {
    item.randomize(inline);
    return read(item);
  });
}

/** Every value seen is one of the keys, and they come with these chances; equally often when none are given. */
export function expectChances<K>(
  seen: readonly K[],
  keys: readonly K[],
  chances: readonly number[] = uniform(keys.length),
): void {
  const counts = new Map(keys.map((key) => [key, 0]));
  for (const key of seen) {
    expect(keys).toContain(key);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  expect(chiSquareDeviation([...counts.values()], chances)).toBeLessThan(DEVIATION_MAX);
}

/** 0, 1, … count - 1. */
export function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, n) => n);
}

/** The message of the usage error that a call throws. */
export function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error('nothing was thrown');
}
