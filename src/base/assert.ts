// The three kinds of failure (house rules): AssertionError is a bug in our own code, UsageError is wrong wiring or a
// bad argument, and what a device does wrong is neither: it is reported by a rule.
import { formatTime } from './time-text.ts';

/** A bug in Ridgeline or in a testbench; never caught below the run. */
export class AssertionError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AssertionError';
  }
}

export interface UsageContext {
  /** Full path of the component concerned. */
  readonly path?: string;
  /** Simulated time, picoseconds. */
  readonly timePs?: number;
  /** What to do about it, one sentence. */
  readonly hint?: string;
}

/** Wrong wiring, an unsatisfiable constraint or a bad argument: thrown early, with what to do. */
export class UsageError extends Error {
  /** Which mistake it is, for programs: `config-missing`. It does not change when the message does. */
  readonly code: string;
  /** Full path of the component concerned, if one is. */
  readonly path: string | undefined;
  /** Simulated time of the mistake, ps, if there was one. */
  readonly timePs: number | undefined;
  /** What to do about it, one sentence. */
  readonly hint: string | undefined;

  constructor(code: string, message: string, context: UsageContext = {}) {
    const where = context.path === undefined ? '' : ` [${context.path}]`;
    const when = context.timePs === undefined ? '' : ` @ ${formatTime(context.timePs)}`;
    const hint = context.hint === undefined ? '' : `\n  ${context.hint}`;
    super(`${message}${where}${when}${hint}`);
    this.name = 'UsageError';
    this.code = code;
    this.path = context.path;
    this.timePs = context.timePs;
    this.hint = context.hint;
  }
}

/** @throws AssertionError when `condition` is false. Give a constant message on hot paths: it is not built lazily. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** The end of an exhaustive `switch`: the compiler proves that it is never reached. */
export function assertNever(value: never): never {
  throw new AssertionError(`unexpected value ${String(value)}`);
}
