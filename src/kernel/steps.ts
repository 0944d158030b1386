// A process written by hand: a state machine where a generator would be too slow. `yield*` takes it as it takes a
// generator; it costs one object instead of a generator with its frame, and one call less for each wake-up.
// Source: design decision 2. Everywhere else a process is a generator function.
import type { Process, Wait } from './process.ts';

/** What `next` of a state machine gives. */
export interface Step<T> {
  readonly done: boolean;
  readonly value: T | Wait;
}

/** The wait as a step: made once for each wait object, not for each waiting. */
export function waitStep(wait: Wait): Step<never> {
  return { done: false, value: wait };
}

/** The last step of a process without result. */
export const OVER: Step<undefined> = { done: true, value: undefined };

export abstract class Steps<T = void> {
  /** Goes on until the next wait, or to the end. */
  abstract next(value?: unknown): Step<T>;

  /** The process is killed: what a generator's `finally` would do. */
  protected left(): void {}

  /** For `yield*` and the kernel. */
  return(value: T): Step<T> {
    this.left();
    return { done: true, value };
  }

  /** For `yield*`. */
  throw(error: unknown): never {
    this.left();
    throw error;
  }

  [Symbol.iterator](): this {
    return this;
  }

  /** As the type that process bodies have. */
  get process(): Process<T> {
    return this as unknown as Process<T>;
  }
}
