/**
 * Where constraints were written. Nothing is noted while values are solved: when there is no solution, the blocks are built once more
 * inside `withPlaces`, and each constraint then remembers the line that made it.
 */
import { nearestFrame } from '#base/source-frame';

/** This folder, as it stands in stack traces. */
const OWN_FOLDER = new URL('.', import.meta.url).pathname;
const FRAMES_MAX = 24;

/** A line of the testbench; worked out when it is asked for. */
export class Place {
  private readonly trace: { readonly stack?: string | undefined };

  constructor() {
    const before = Error.stackTraceLimit;
    Error.stackTraceLimit = FRAMES_MAX;
    this.trace = new Error('where');
    Error.stackTraceLimit = before;
  }

  /** `folder/file.ts(12)`: the nearest line outside the solver; undefined when there is none. */
  get text(): string | undefined {
    return placeIn(this.trace.stack ?? '');
  }
}

/** The nearest line outside the solver in a stack trace. */
export function placeIn(stack: string): string | undefined {
  const found = nearestFrame(stack, OWN_FOLDER);
  return found === '' ? undefined : found;
}

let isNoting = false;

/** Calls `build`; the constraints that it makes know their places. */
export function withPlaces<T>(build: () => T): T {
  const before = isNoting;
  isNoting = true;
  try {
    return build();
  } finally {
    isNoting = before;
  }
}

/** The nearest line outside the solver that leads here; undefined when nobody wants to know. */
export function placeOfCaller(): Place | undefined {
  return isNoting ? new Place() : undefined;
}
