// A kernel event that knows how many processes wait for it. What UVM's event and barrier are made of.
import { SimEvent, type Process } from '#kernel/process';

export class CountedEvent {
  /** For `waitAny`: who waits for it directly is not counted. */
  readonly event: SimEvent;
  private count = 0;
  /** Grows with each release: a process that is killed afterwards must not be taken off the new count. */
  private round = 0;

  constructor(name: string) {
    this.event = new SimEvent(name);
  }

  /** Processes that wait. One that is killed is no longer counted. */
  get waiterCount(): number {
    return this.count;
  }

  *wait(): Process {
    const { round } = this;
    this.count++;
    try {
      yield this.event;
    } finally {
      if (round === this.round) this.takeOff();
    }
  }

  /** Lets all go that wait now; nobody waits from here on. */
  release(): void {
    this.forget();
    this.event.trigger();
  }

  /** Counts anew, while those that wait go on waiting. */
  forget(): void {
    this.count = 0;
    this.round++;
  }

  takeOff(): void {
    if (this.count > 0) this.count--;
  }
}
