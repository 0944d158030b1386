// The measurement itself: our loop and the reference loop in turns, many short rounds, medians. Turns, because a machine
// that slows down for a second then slows both; medians of the rates and of the ratio within a round, because a mean
// takes in every pause of the machine. Source: style §5.9.
//
// A second is one of processor time of the thread that runs the loop: on an idle machine that is the time on the wall, and
// on a busy one still about the same, where the wall would show the neighbours.
//
// Three traps, and what is done about them:
//   code that is not optimized yet    every loop warms up first, in rounds of the same length
//   work whose result nobody reads    a trial gives a result, and each round's must be the same text
//   a reference that does less        its result must be the same text as ours
import type { Figure } from './bench.ts';

/** One round's work, on state of its own. */
export interface Trial {
  /** Timed. */
  work(): void;
  /** Read after the clock has stopped: a number or hash that depends on all that `work` did. */
  result(): string;
}

/** Makes a fresh trial of `count` units of work; not timed. */
export type Loop = (count: number) => Trial;

export interface Race {
  /** Name of the figure. */
  readonly name: string;
  /** `samples/s`. */
  readonly unit: string;
  /** Units of work in one round at scale 1: some 50 ms of ours. */
  readonly count: number;
  readonly ours: Loop;
  /** A hand-written loop that computes the same. */
  readonly reference?: Loop;
  readonly aim?: number;
}

const ROUNDS = 15;
const WARM_UP_ROUNDS = 3;
/** Below this scale the numbers mean nothing, and a test only wants the results: few rounds. */
const SCALE_MEASURED = 0.1;

/**
 * Measures a race.
 * @param scale units of work in proportion; at least one unit is done.
 * @throws Error when two rounds, or our loop and the reference, computed different things.
 */
export function race(what: Race, scale: number): Figure {
  const count = Math.max(1, Math.round(what.count * scale));
  const rounds = scale < SCALE_MEASURED ? 2 : ROUNDS;
  const warmUps = scale < SCALE_MEASURED ? 0 : WARM_UP_ROUNDS;
  const { ours, reference } = what;
  const results = new Set<string>();
  const ourRates: number[] = [];
  const referenceRates: number[] = [];
  for (let round = -warmUps; round < rounds; round++) {
    const rate = timed(ours, count, results);
    const other = reference === undefined ? undefined : timed(reference, count, results);
    if (round < 0) continue;
    ourRates.push(rate);
    if (other !== undefined) referenceRates.push(other);
  }
  if (results.size !== 1) {
    throw new Error(
      `${what.name}: expected one result of all rounds, got ${[...results].join(', ')}`,
    );
  }
  return figure(what, ourRates, referenceRates, [...results][0]);
}

/** The middle value; the mean of the two middle ones where the number is even. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >>> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function timed(loop: Loop, count: number, results: Set<string>): number {
  const trial = loop(count);
  const start = process.threadCpuUsage();
  trial.work();
  const { user, system } = process.threadCpuUsage(start);
  results.add(trial.result());
  // A tiny trial may take less than the clock shows: microseconds.
  return (1e6 * count) / Math.max(user + system, 1);
}

function figure(
  what: Race,
  ourRates: readonly number[],
  referenceRates: readonly number[],
  result: string,
): Figure {
  const { name, unit, aim } = what;
  return {
    name,
    unit,
    value: median(ourRates),
    spread: [Math.min(...ourRates), Math.max(...ourRates)],
    ...(referenceRates.length > 0 && {
      reference: median(referenceRates),
      ratio: median(ourRates.map((rate, round) => rate / referenceRates[round])),
    }),
    ...(aim !== undefined && { aim }),
    result,
  };
}
