// The measurement itself: our loop and the reference loop in turns, many short rounds, medians. Turns, because a machine
// that slows down for a second then slows both; medians of the rates and of the ratio within a round, because a mean
// takes in every pause of the machine. Source: style §5.9.
//
// A second is one of processor time of the thread that runs the loop: on an idle machine that is the time on the wall, and
// on a busy one still about the same, where the wall would show the neighbours. That clock may tick every 4 ms only, so a
// round repeats short work until it is long.
//
// Three traps, and what is done about them:
//   code that is not optimized yet    every loop warms up first, in rounds of the same length
//   work whose result nobody reads    a trial gives a result, and each round's must be the same text
//   a reference that does less        its result must be the same text as ours
import type { Figure } from './bench.ts';

/** A piece of work, on state of its own. */
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
  /** Units of work in one trial at scale 1: some 10 to 50 ms of ours. */
  readonly count: number;
  readonly ours: Loop;
  /** A hand-written loop that computes the same. */
  readonly reference?: Loop;
  readonly aim?: number;
}

const ROUNDS = 15;
const WARM_UP_ROUNDS = 3;
/** Trials of a round take at least so long together: many ticks of the clock. */
const ROUND_SECONDS = 0.06;
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
  const seconds = scale < SCALE_MEASURED ? 0 : ROUND_SECONDS;
  const { ours, reference } = what;
  const results = new Set<string>();
  const ourRates: number[] = [];
  const referenceRates: number[] = [];
  for (let round = -warmUps; round < rounds; round++) {
    const rate = rateOf(ours, { count, seconds }, results);
    const other =
      reference === undefined ? undefined : rateOf(reference, { count, seconds }, results);
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

/** Units per second over as many trials as take that long. */
function rateOf(
  loop: Loop,
  { count, seconds }: { readonly count: number; readonly seconds: number },
  results: Set<string>,
): number {
  let units = 0;
  let microseconds = 0;
  do {
    const trial = loop(count);
    const start = process.threadCpuUsage();
    trial.work();
    const { user, system } = process.threadCpuUsage(start);
    results.add(trial.result());
    microseconds += user + system;
    units += count;
  } while (microseconds < 1e6 * seconds);
  // One tiny trial may take less than the clock shows.
  return (1e6 * units) / Math.max(microseconds, 1);
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
