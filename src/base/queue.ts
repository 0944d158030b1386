// A first-in first-out queue with constant cost at both ends: a ring of slots that doubles when it is full.
// (Array.shift() is linear once arrays are long, and an array that runs empty gives its memory back each time.)

/** Slots of a queue that has been filled for the first time, and that `clear` keeps. */
const SLOTS_MIN = 16;
const SLOTS_KEPT_MAX = 1024;

export class Queue<T> {
  /** A power of two of them; empty until the first `push`. */
  private slots: (T | undefined)[] = [];
  private head = 0;
  private count = 0;

  get length(): number {
    return this.count;
  }

  push(item: T): void {
    if (this.count === this.slots.length) this.grow();
    this.slots[(this.head + this.count++) & (this.slots.length - 1)] = item;
  }

  /** Puts an item before all others. */
  unshift(item: T): void {
    if (this.count === this.slots.length) this.grow();
    this.head = (this.head - 1) & (this.slots.length - 1);
    this.slots[this.head] = item;
    this.count++;
  }

  /** Removes and returns the oldest item, or undefined when empty. */
  shift(): T | undefined {
    if (this.count === 0) return undefined;
    const { head, slots } = this;
    const item = slots[head];
    slots[head] = undefined;
    this.head = (head + 1) & (slots.length - 1);
    if (--this.count === 0 && slots.length > SLOTS_KEPT_MAX) this.clear();
    return item;
  }

  /** The oldest item, or undefined when empty. */
  peek(): T | undefined {
    return this.slots[this.head];
  }

  /** The item `index` places behind the oldest, or undefined. */
  at(index: number): T | undefined {
    if (index < 0 || index >= this.count) return undefined;
    return this.slots[(this.head + index) & (this.slots.length - 1)];
  }

  /** Removes and returns the item `index` places behind the oldest, or undefined; linear. */
  removeAt(index: number): T | undefined {
    if (index === 0) return this.shift();
    const item = this.at(index);
    if (item === undefined) return undefined;
    const { head, slots } = this;
    const mask = slots.length - 1;
    for (let i = index; i + 1 < this.count; i++) {
      slots[(head + i) & mask] = slots[(head + i + 1) & mask];
    }
    slots[(head + --this.count) & mask] = undefined;
    return item;
  }

  /** Removes the first item for which `matches` holds; linear. */
  remove(matches: (item: T) => boolean): T | undefined {
    for (let i = 0; i < this.count; i++) {
      if (matches(this.at(i) as T)) return this.removeAt(i);
    }
    return undefined;
  }

  clear(): void {
    if (this.slots.length > SLOTS_KEPT_MAX) this.slots = [];
    else this.slots.fill(undefined);
    this.head = 0;
    this.count = 0;
  }

  *[Symbol.iterator](): Iterator<T> {
    for (let i = 0; i < this.count; i++) yield this.at(i) as T;
  }

  private grow(): void {
    const { head, slots } = this;
    const grown: (T | undefined)[] = [];
    for (let i = 0; i < slots.length; i++) grown.push(slots[(head + i) & (slots.length - 1)]);
    const size = Math.max(SLOTS_MIN, 2 * slots.length);
    while (grown.length < size) grown.push(undefined);
    this.slots = grown;
    this.head = 0;
  }
}
