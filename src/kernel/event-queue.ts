// The event queue: what is to happen, in the order (time, sequence number). Source: design decision 2.
//
// What is scheduled for the present time goes to a first-in first-out list instead of the heap. That keeps the order:
// everything in the heap for this time was scheduled earlier, so it has the lower sequence number and comes first.
import { Queue } from '#base/queue';

/** Something that will happen once. */
export abstract class Occurrence {
  atPs = 0;
  sequence = 0;
  cancelled = false;

  abstract fire(): void;

  cancel(): void {
    this.cancelled = true;
  }
}

export class EventQueue {
  private readonly heap: Occurrence[] = [];
  private readonly present = new Queue<Occurrence>();
  private sequence = 0;

  /** Adds an occurrence at `atPs`, which is `nowPs` or later. */
  add(occurrence: Occurrence, atPs: number, nowPs: number): void {
    occurrence.atPs = atPs;
    occurrence.sequence = this.sequence++;
    if (atPs === nowPs) this.present.push(occurrence);
    else this.siftUp(occurrence);
  }

  /** Time of the next occurrence that is not cancelled; Infinity when there is none. */
  nextPs(nowPs: number): number {
    this.dropCancelled();
    if (this.present.length > 0) return nowPs;
    return this.heap.length > 0 ? this.heap[0].atPs : Infinity;
  }

  /** Removes and returns the next occurrence; the caller has seen that there is one by `nextPs`. */
  take(nowPs: number): Occurrence | undefined {
    this.dropCancelled();
    if (this.present.length > 0 && !(this.heap.length > 0 && this.heap[0].atPs <= nowPs)) {
      return this.present.shift();
    }
    return this.heap.length > 0 ? this.popHeap() : undefined;
  }

  private dropCancelled(): void {
    while (this.present.peek()?.cancelled === true) this.present.shift();
    while (this.heap.length > 0 && this.heap[0].cancelled) this.popHeap();
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
