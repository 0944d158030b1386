// Objections: who keeps the run phase alive, and why. Source: semantics §4; design decision 11.
//
//   using _objection = phase.raiseObjection(this, 'traffic');   // dropped at the end of the block,
// also when killed
import { UsageError } from '#base/assert';
import { formatTime } from '#kernel/time';
import { sourceLine } from './source-line.ts';

interface Raiser {
  readonly fullPath: string;
}

interface Clock {
  readonly nowPs: number;
}

/** A claim that keeps the run phase alive until it is dropped. */
export class Objection implements Disposable {
  readonly path: string;
  readonly reason: string;
  readonly raisedAtPs: number;
  /** `file(line)` of the raise. */
  readonly source: string;
  private owner: Objections | undefined;

  /** Made by `Objections.raise`. */
  constructor(owner: Objections, raiser: Raiser, reason: string, raisedAtPs: number) {
    this.owner = owner;
    this.path = raiser.fullPath;
    this.reason = reason;
    this.raisedAtPs = raisedAtPs;
    this.source = sourceLine('/src/uvm/');
  }

  /** Gives the claim up. @throws UsageError `objection-dropped` when that was done before. */
  drop(): void {
    if (this.owner === undefined) {
      throw new UsageError(
        'objection-dropped',
        `the objection '${this.reason}' was dropped twice`,
        {
          path: this.path,
          hint: `It was raised at ${this.source}.`,
        },
      );
    }
    this[Symbol.dispose]();
  }

  /** Drops it unless that was done: the end of a `using` block. */
  [Symbol.dispose](): void {
    const { owner } = this;
    this.owner = undefined;
    owner?.remove(this);
  }

  describe(): string {
    const at = `raised at ${formatTime(this.raisedAtPs)}`;
    return `${this.path} objects: '${this.reason}' (${at}, ${this.source})`;
  }
}

/** All objections of one testbench to the end of the run phase. */
export class Objections {
  /** Told whenever the last objection has been dropped; the test runner listens. */
  onAllDropped: (() => void) | undefined;
  /** Objections raised so far. */
  raisedCount = 0;
  private readonly held = new Set<Objection>();
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Objections that are held now. */
  get total(): number {
    return this.held.size;
  }

  raise(raiser: Raiser, reason: string): Objection {
    const objection = new Objection(this, raiser, reason, this.clock.nowPs);
    this.held.add(objection);
    this.raisedCount++;
    return objection;
  }

  /** For `Objection` alone. */
  remove(objection: Objection): void {
    if (this.held.delete(objection) && this.held.size === 0) this.onAllDropped?.();
  }

  /** Who holds which objection, in the order in which they were raised. */
  explain(): string[] {
    return [...this.held].map((objection) => objection.describe());
  }
}
