// Pools: values by key, made when they are first asked for; and the pools of events and barriers that all components of a
// testbench share. Source: IEEE 1800.2 clause 10.2.3, 10.3.2, 11.2.
//
//   const done = eventPool<Item>(this.testbench).get('dma done');     // the same event for whoever asks by this name
import { UsageError } from '#base/assert';
import { suggest } from '#base/suggest';
import { Barrier } from './barrier.ts';
import type { Testbench } from './testbench.ts';
import { UvmEvent } from './uvm-event.ts';

/** Entries of one pool. */
export const POOL_ENTRIES_MAX = 1_000_000;

/** A table that makes what is missing. Iterates in the order in which entries were made. */
export class Pool<K, V> {
  readonly name: string;
  private readonly make: ((key: K) => V) | undefined;
  private readonly entries = new Map<K, V>();

  /** @param make makes the value of a key that is asked for and not there; without it there is no default. */
  constructor(name: string, make?: (key: K) => V) {
    this.name = name;
    this.make = make;
  }

  /** @throws UsageError `pool-missing` when the key is not there and the pool makes none; `pool-limit`. */
  get(key: K): V {
    const known = this.entries.get(key);
    if (known !== undefined || this.entries.has(key)) return known as V;
    if (this.make === undefined) throw this.missing(key);
    const made = this.make(key);
    this.add(key, made);
    return made;
  }

  /** Makes nothing: undefined when the key is not there. */
  tryGet(key: K): V | undefined {
    return this.entries.get(key);
  }

  /** Enters a value, in place of an earlier one. @throws UsageError `pool-limit`. */
  add(key: K, value: V): void {
    if (!this.entries.has(key) && this.entries.size >= POOL_ENTRIES_MAX) {
      throw new UsageError('pool-limit', `pool '${this.name}' has ${POOL_ENTRIES_MAX} entries`, {
        hint: 'Delete what is no longer needed.',
      });
    }
    this.entries.set(key, value);
  }

  /** @returns whether it was there. */
  delete(key: K): boolean {
    return this.entries.delete(key);
  }

  /** Whether the key is there; makes nothing. */
  has(key: K): boolean {
    return this.entries.has(key);
  }

  /** Entries in the pool, at most `POOL_ENTRIES_MAX` (1 000 000). */
  get size(): number {
    return this.entries.size;
  }

  /** The keys, in the order in which their entries were made. */
  keys(): IterableIterator<K> {
    return this.entries.keys();
  }

  /** The values, in the order in which their entries were made. */
  values(): IterableIterator<V> {
    return this.entries.values();
  }

  /** Pairs of key and value, in the order in which entries were made. */
  [Symbol.iterator](): IterableIterator<[K, V]> {
    return this.entries.entries();
  }

  private missing(key: K): UsageError {
    const names = [...this.entries.keys()].filter((one) => typeof one === 'string');
    const hint = typeof key === 'string' ? suggest(key, names) : '';
    return new UsageError('pool-missing', `pool '${this.name}' has no ${String(key)}${hint}`, {
      hint: 'Add it first, or give the pool a function that makes what is missing.',
    });
  }
}

const eventPools = new WeakMap<Testbench, Pool<string, UvmEvent<unknown>>>();
const barrierPools = new WeakMap<Testbench, Pool<string, Barrier>>();

/** UVM's global event pool, one per testbench. `T` is what the events carry: by convention of those who share a name. */
export function eventPool<T = unknown>(testbench: Testbench): Pool<string, UvmEvent<T>> {
  let pool = eventPools.get(testbench);
  if (pool === undefined) {
    pool = new Pool('events', (name) => new UvmEvent<unknown>(name, testbench.kernel));
    eventPools.set(testbench, pool);
  }
  return pool as unknown as Pool<string, UvmEvent<T>>;
}

/** UVM's global barrier pool, one per testbench. A barrier made here has threshold 0 until somebody sets it. */
export function barrierPool(testbench: Testbench): Pool<string, Barrier> {
  let pool = barrierPools.get(testbench);
  if (pool === undefined) {
    pool = new Pool('barriers', (name) => new Barrier(name, 0));
    barrierPools.set(testbench, pool);
  }
  return pool;
}
