// The device's own future: a binary heap of events in the order (time, sequence number), held in flat arrays so that
// scheduling makes no objects. An event is a kind and two numbers; who handles which kind is written once, in
// `siov-device.ts`. Order depends on what was scheduled only, never on how time is cut into steps (DUT protocol).
import { assert } from '#base/assert';

/** What an event asks for; `a` and `b` of each are said at the handler. */
export const DeviceEvent = {
  LINK_FREE: 0,
  COMPLETION_READY: 1,
  ENGINE_READY: 2,
  COMMAND_END: 3,
  PF_RESET_END: 4,
  VF_RESET_END: 5,
  COMPLETION_TIMEOUT: 6,
  STALE_WRITE: 7,
  ARRIVAL: 8,
  DEPARTURE: 9,
  ERRORS_SHOWN: 10,
  COMMAND_EFFECT: 11,
} as const;

const FIRST_CAPACITY = 256;

export class EventQueue {
  /** Time, kind and arguments of the event that `take()` took last. */
  takenKind = 0;
  takenA = 0;
  takenB = 0;
  private count = 0;
  private sequence = 0;
  private times = new Float64Array(FIRST_CAPACITY);
  private sequences = new Float64Array(FIRST_CAPACITY);
  /** kind, a, b of each event. */
  private facts = new Float64Array(FIRST_CAPACITY * 3);

  /** Time of the earliest event, picoseconds; Infinity when there is none. */
  nextPs(): number {
    return this.count === 0 ? Infinity : this.times[0];
  }

  /** Adds an event. Events of one time are taken in the order in which they were added. */
  schedule(atPs: number, kind: number, a = 0, b = 0): void {
    if (this.count === this.times.length) this.grow();
    const sequence = this.sequence++;
    let hole = this.count++;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (this.times[parent] <= atPs) break;
      this.move(parent, hole);
      hole = parent;
    }
    this.put(hole, atPs, sequence);
    this.facts[3 * hole] = kind;
    this.facts[3 * hole + 1] = a;
    this.facts[3 * hole + 2] = b;
  }

  /** Removes the earliest event into `takenKind`, `takenA`, `takenB`. */
  take(): void {
    assert(this.count > 0, 'no event to take');
    this.takenKind = this.facts[0];
    this.takenA = this.facts[1];
    this.takenB = this.facts[2];
    const last = --this.count;
    if (last > 0) this.sink(last);
  }

  /** Drops everything. */
  clear(): void {
    this.count = 0;
    this.sequence = 0;
  }

  /** Puts event `moving`, now outside the heap, where it belongs from the top. */
  private sink(moving: number): void {
    const { times, sequences } = this;
    const time = times[moving];
    const sequence = sequences[moving];
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= this.count) break;
      if (child + 1 < this.count && this.isBefore(child + 1, times[child], sequences[child])) {
        child++;
      }
      if (!this.isBefore(child, time, sequence)) break;
      this.move(child, hole);
      hole = child;
    }
    if (hole !== moving) this.move(moving, hole);
  }

  private isBefore(index: number, time: number, sequence: number): boolean {
    return (
      this.times[index] < time || (this.times[index] === time && this.sequences[index] < sequence)
    );
  }

  private move(from: number, to: number): void {
    this.put(to, this.times[from], this.sequences[from]);
    this.facts[3 * to] = this.facts[3 * from];
    this.facts[3 * to + 1] = this.facts[3 * from + 1];
    this.facts[3 * to + 2] = this.facts[3 * from + 2];
  }

  private put(index: number, time: number, sequence: number): void {
    this.times[index] = time;
    this.sequences[index] = sequence;
  }

  private grow(): void {
    const { times, sequences, facts } = this;
    this.times = new Float64Array(times.length * 2);
    this.sequences = new Float64Array(sequences.length * 2);
    this.facts = new Float64Array(facts.length * 2);
    this.times.set(times);
    this.sequences.set(sequences);
    this.facts.set(facts);
  }
}
