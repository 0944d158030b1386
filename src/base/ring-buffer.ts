// Keeps the last `capacity` values and forgets older ones: windows of recent TLPs and messages.
import { assert } from './assert.ts';

export class RingBuffer<T> {
  readonly capacity: number;
  private readonly slots: T[] = [];
  private next = 0;

  constructor(capacity: number) {
    assert(
      Number.isInteger(capacity) && capacity > 0,
      'a ring buffer wants a capacity of at least 1',
    );
    this.capacity = capacity;
  }

  get length(): number {
    return this.slots.length;
  }

  /** Adds a value; when full, the oldest is overwritten and returned, so that its storage can be used again. */
  push(value: T): T | undefined {
    if (this.slots.length < this.capacity) {
      this.slots.push(value);
      return undefined;
    }
    const oldest = this.slots[this.next];
    this.slots[this.next] = value;
    this.next = (this.next + 1) % this.capacity;
    return oldest;
  }

  /** Oldest first. */
  toArray(): T[] {
    return [...this.slots.slice(this.next), ...this.slots.slice(0, this.next)];
  }

  clear(): void {
    this.slots.length = 0;
    this.next = 0;
  }
}
