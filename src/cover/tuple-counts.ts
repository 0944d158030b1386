/**
 * Counts by tuple of a cross: a plain array up to 131072 tuples, above that a table of the tuples that were hit (open
 * addressing, linear probing), so that memory follows what is covered and not what could be.
 */
import { assert } from '#base/assert';

/** Tuples that have a count each from the start; 1 MiB. */
export const DENSE_TUPLES_MAX = 1 << 17;
const FIRST_SLOTS = 1024;

/** Counts by tuple, with the tuple as the index. */
export class TupleCounts {
  /** All counts, by tuple; undefined when only tuples that were hit have one. */
  readonly dense: Float64Array | undefined;
  private keys = EMPTY_KEYS;
  private values = EMPTY_VALUES;
  private used = 0;

  constructor(tupleCount: number) {
    if (tupleCount <= DENSE_TUPLES_MAX) {
      this.dense = new Float64Array(tupleCount);
    } else {
      this.keys = new Int32Array(FIRST_SLOTS);
      this.values = new Float64Array(FIRST_SLOTS);
    }
  }

  add(tuple: number): void {
    if (this.dense !== undefined) {
      this.dense[tuple]++;
      return;
    }
    const slot = this.slotOf(tuple);
    if (this.keys[slot] === 0) {
      this.keys[slot] = tuple + 1;
      this.used++;
      if (this.used * 2 > this.keys.length) {
        this.grow();
        this.values[this.slotOf(tuple)]++;
        return;
      }
    }
    this.values[slot]++;
  }

  get(tuple: number): number {
    if (this.dense !== undefined) return this.dense[tuple];
    return this.values[this.slotOf(tuple)];
  }

  /** Pairs (tuple, count) of the tuples hit, ascending, one after the other. */
  pairs(): readonly number[] {
    const pairs: number[] = [];
    if (this.dense !== undefined) {
      for (let tuple = 0; tuple < this.dense.length; tuple++) {
        if (this.dense[tuple] > 0) pairs.push(tuple, this.dense[tuple]);
      }
      return pairs;
    }
    const hit = this.keys.filter((key) => key !== 0).sort();
    for (const key of hit) pairs.push(key - 1, this.get(key - 1));
    return pairs;
  }

  /** Where a tuple is, or the free slot that it would take. */
  private slotOf(tuple: number): number {
    const mask = this.keys.length - 1;
    let slot = (Math.imul(tuple, HASH) >>> 7) & mask;
    while (this.keys[slot] !== 0 && this.keys[slot] !== tuple + 1) slot = (slot + 1) & mask;
    return slot;
  }

  private grow(): void {
    const { keys, values } = this;
    this.keys = new Int32Array(keys.length * 2);
    this.values = new Float64Array(keys.length * 2);
    keys.forEach((key, old) => {
      if (key === 0) return;
      const slot = this.slotOf(key - 1);
      assert(this.keys[slot] === 0, 'a tuple has one slot');
      this.keys[slot] = key;
      this.values[slot] = values[old];
    });
  }
}

const EMPTY_KEYS = new Int32Array(0);
const EMPTY_VALUES = new Float64Array(0);
/** Spreads neighbours over the table (Knuth's multiplicative hashing). */
const HASH = 0x9e37_79b1 | 0;
