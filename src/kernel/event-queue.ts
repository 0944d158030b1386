// The event queue: what is to happen, in the order (time, sequence number). Source: design decision 2.
//
// What is scheduled for the present time goes to a first-in first-out list instead of the heap. That keeps the order:
// everything in the heap for this time was scheduled earlier, so it has the lower sequence number and comes first.
// The list links the occurrences themselves, so that it costs no memory.
import { assert } from '#base/assert';

/** Something that will happen once; may be used again when it has happened. */
export abstract class Occurrence {
  atPs = 0;
  sequence = 0;
  cancelled = false;
  /** For the list in which it waits: what comes behind it. */
  next: Occurrence | undefined = undefined;

  /** Called once by the kernel when `atPs` is reached, unless it was cancelled. */
  abstract fire(): void;

  /** Calls it off, before it has happened: it is not fired. */
  cancel(): void {
    this.cancelled = true;
  }
}

export class EventQueue {
  private readonly heap: Occurrence[] = [];
  /** What is due at the present time, beside what the heap has for it: oldest and youngest. */
  private first: Occurrence | undefined = undefined;
  private last: Occurrence | undefined = undefined;
  private sequence = 0;

  /** Adds an occurrence for a time after the present one. */
  addLater(occurrence: Occurrence, atPs: number): void {
    occurrence.atPs = atPs;
    occurrence.sequence = this.sequence++;
    this.siftUp(occurrence);
  }

  /** Adds an occurrence for the present time. */
  addNow(occurrence: Occurrence): void {
    const { last } = this;
    assert(occurrence.next === undefined && occurrence !== last, 'an occurrence is added twice');
    if (last === undefined) this.first = occurrence;
    else last.next = occurrence;
    this.last = occurrence;
  }

  /** True when nothing is due at the present time any more. */
  isQuiet(nowPs: number): boolean {
    return this.first === undefined && !(this.heap.length > 0 && this.heap[0].atPs <= nowPs);
  }

  /** Time of the next occurrence that is not cancelled; Infinity when there is none. */
  nextPs(nowPs: number): number {
    const { heap } = this;
    while (heap.length > 0 && heap[0].cancelled) this.popHeap();
    while (this.first?.cancelled === true) this.shift(this.first);
    if (this.first !== undefined) return nowPs;
    return heap.length > 0 ? heap[0].atPs : Infinity;
  }

  /** Removes and returns the next occurrence that is due at the present time, if any. */
  takeDue(nowPs: number): Occurrence | undefined {
    const { heap } = this;
    while (heap.length > 0 && heap[0].atPs <= nowPs) {
      const due = this.popHeap();
      if (!due.cancelled) return due;
    }
    for (;;) {
      const due = this.first;
      if (due === undefined) return undefined;
      this.shift(due);
      if (!due.cancelled) return due;
    }
  }

  private shift(first: Occurrence): void {
    this.first = first.next;
    if (first.next === undefined) this.last = undefined;
    else first.next = undefined;
  }

  private siftUp(occurrence: Occurrence): void {
    const { heap } = this;
    let at = heap.length;
    heap.push(occurrence);
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (!before(occurrence, heap[parent])) break;
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = occurrence;
  }

  private popHeap(): Occurrence {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop() as Occurrence;
    const size = heap.length;
    if (size === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && before(heap[child + 1], heap[child])) child++;
      if (!before(heap[child], last)) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function before(a: Occurrence, b: Occurrence): boolean {
  return a.atPs < b.atPs || (a.atPs === b.atPs && a.sequence < b.sequence);
}
