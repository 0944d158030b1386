// Who has locked a sequencer. Source: semantics §5; IEEE 1800.2 clause 15.3.2.5.
//
// While there is a lock, only its holder and the descendants of its holder are served. Locks may be nested: a child of
// the holder may lock, too, and then a sequence is served that is holder or descendant of the holder for every lock.
import type { SequenceBase } from './sequence-base.ts';

export class LockList {
  private readonly holders: SequenceBase[] = [];

  get count(): number {
    return this.holders.length;
  }

  /** Of several locks, the holder of the last; undefined without lock. */
  get current(): SequenceBase | undefined {
    return this.holders.at(-1);
  }

  add(sequence: SequenceBase): void {
    this.holders.push(sequence);
  }

  /** Takes one lock away. False: the sequence has none. */
  remove(sequence: SequenceBase): boolean {
    const at = this.holders.indexOf(sequence);
    if (at >= 0) this.holders.splice(at, 1);
    return at >= 0;
  }

  /** Takes away the locks of a sequence and of its descendants, and returns who had them. */
  removeFamily(ancestor: SequenceBase): SequenceBase[] {
    const removed: SequenceBase[] = [];
    for (let i = this.holders.length - 1; i >= 0; i--) {
      const holder = this.holders[i];
      if (holder !== ancestor && !holder.isDescendantOf(ancestor)) continue;
      this.holders.splice(i, 1);
      removed.unshift(holder);
    }
    return removed;
  }

  clear(): void {
    this.holders.length = 0;
  }

  has(sequence: SequenceBase): boolean {
    return this.holders.includes(sequence);
  }

  /** Whether another one's lock keeps the sequence from being served. */
  blocks(sequence: SequenceBase): boolean {
    for (const holder of this.holders) {
      if (sequence !== holder && !sequence.isDescendantOf(holder)) return true;
    }
    return false;
  }
}
