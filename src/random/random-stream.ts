// One stream of random numbers: tychei (from seedrandom), seeded with SHA-256 of its key. Integers only, no floats.
// Source: design, "Stream"; semantics §1 (random stability). Every draw enters the run's digest of draws.
import seedrandom from 'seedrandom';
import { assert } from '#base/assert';
import { sha256Hex, type RunningSha256 } from '#base/hash';

/** A saved position in a stream; opaque, plain data. Reading it advances nothing. */
export type RandomState = Readonly<Record<string, number>>;

const TWO_32 = 0x1_0000_0000;

/** Weights that have been checked and summed up once, for `weightedBy`. */
export class WeightTable {
  readonly total: number;
  /** Sum of the weights up to each one, itself included. */
  readonly ends: readonly number[];

  constructor(weights: readonly number[]) {
    this.total = totalWeight(weights);
    let end = 0;
    this.ends = weights.map((weight) => (end += weight));
  }
}

function totalWeight(weights: readonly number[]): number {
  let total = 0;
  for (const weight of weights) {
    assert(Number.isInteger(weight) && weight >= 0, 'weights are non-negative integers');
    total += weight;
  }
  assert(total > 0, 'weighted() wants at least one positive weight');
  return total;
}

/** A stream of random numbers, keyed by (run seed, path, name, n-th use); asked for by `component.stream(name)`. */
export class RandomStream {
  readonly key: string;
  /** Seeded at the first draw: of the streams that are asked for, many are never drawn from. */
  private seeded: seedrandom.PRNG | undefined;
  private readonly digest: RunningSha256 | undefined;

  /** @param digest takes every draw, in the order drawn, when given. */
  constructor(key: string, digest?: RunningSha256) {
    this.key = key;
    this.digest = digest;
  }

  /** Identity of the run that the stream belongs to; undefined: of none. */
  get run(): object | undefined {
    return this.digest;
  }

  /** A stream of the same run with a seed of its own: equal seeds, equal draws, whatever the stream was. */
  reseeded(seed: number): RandomStream {
    return new RandomStream(`seed\0${seed}`, this.digest);
  }

  private get generator(): seedrandom.PRNG {
    return (this.seeded ??= seedrandom.tychei(sha256Hex(this.key), { state: true }));
  }

  /** Uniform integer 0..2^32-1: the only primitive draw. */
  uint32(): number {
    const value = (this.seeded ?? this.generator).int32() >>> 0;
    this.digest?.updateU32(value);
    return value;
  }

  /** Uniform integer -2^31..2^31-1. */
  int32(): number {
    return this.uint32() | 0;
  }

  /** Uniform integer 0..count-1, exactly (rejection), for 1 ≤ count ≤ 2^53. */
  below(count: number): number {
    assert(
      Number.isInteger(count) && count >= 1 && count <= 2 ** 53,
      'below() wants an integer 1..2^53',
    );
    if (count < TWO_32) return this.belowUint32(count >>> 0);
    if (count === TWO_32) return this.uint32();
    const highCount = Math.ceil(count / TWO_32);
    for (;;) {
      const value = this.below(highCount) * TWO_32 + this.uint32();
      if (value < count) return value;
    }
  }

  /** Uniform integer low..high, both included; both are safe integers. */
  range(low: number, high: number): number {
    assert(low <= high, 'range() wants low <= high');
    return low + this.below(high - low + 1);
  }

  /** True or false, equally likely. */
  bool(): boolean {
    return (this.uint32() & 1) === 1;
  }

  /** True with probability numerator / denominator: integers, numerator from 0, denominator from 1 to 2^53. */
  chance(numerator: number, denominator: number): boolean {
    return this.below(denominator) < numerator;
  }

  /** One of the items, at least one, each equally likely. */
  pick<T>(items: readonly T[]): T {
    assert(items.length > 0, 'pick() wants at least one item');
    return items[this.below(items.length)];
  }

  /** An index, in proportion to its weight: non-negative integers, at least one positive, sum below 2^53. */
  weighted(weights: readonly number[]): number {
    let rest = this.below(totalWeight(weights));
    let index = 0;
    while (rest >= weights[index]) rest -= weights[index++];
    return index;
  }

  /** As `weighted`, and the same draw, for weights that are drawn from often. */
  weightedBy({ total, ends }: WeightTable): number {
    const value = this.below(total);
    let index = 0;
    while (value >= ends[index]) index++;
    return index;
  }

  /** Shuffles in place (Fisher-Yates: every order equally likely) and returns the array. */
  shuffle<T>(items: T[]): T[] {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const kept = items[i];
      items[i] = items[j];
      items[j] = kept;
    }
    return items;
  }

  /** Fills an array with uniform bytes, four from each draw, and returns it. */
  fill(bytes: Uint8Array): Uint8Array {
    let i = 0;
    for (; i + 4 <= bytes.length; i += 4) {
      const value = this.uint32();
      bytes[i] = value;
      bytes[i + 1] = value >>> 8;
      bytes[i + 2] = value >>> 16;
      bytes[i + 3] = value >>> 24;
    }
    if (i < bytes.length) {
      let value = this.uint32();
      for (; i < bytes.length; i++, value >>>= 8) bytes[i] = value;
    }
    return bytes;
  }

  /** `length` uniform bytes, 0 or more. */
  bytes(length: number): Uint8Array {
    return this.fill(new Uint8Array(length));
  }

  /** All in unsigned 32-bit arithmetic, which is several times as fast as remainders of doubles. */
  private belowUint32(count: number): number {
    for (;;) {
      const value = this.uint32();
      // The values at the top, 2^32 modulo `count` of them, are drawn again; below the last `count` nobody needs to ask.
      if (value <= ~count >>> 0) return (value >>> 0) % count;
      const beyond = (-count >>> 0) % count;
      if (value <= ~beyond >>> 0) return (value >>> 0) % count;
    }
  }

  /** The position, to be restored by `setState`; reading it advances nothing. */
  getState(): RandomState {
    return { ...(this.generator as unknown as { state(): Record<string, number> }).state() };
  }

  /** Continues from a state that `getState()` of any stream gave. */
  setState(state: RandomState): void {
    this.seeded = seedrandom.tychei('', {
      state: { ...state } as unknown as seedrandom.State.Tychei,
    });
  }
}
