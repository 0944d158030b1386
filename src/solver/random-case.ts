/** Random choices of actions by weight (IEEE 1800 clause 18.16). */
import { UsageError } from '#base/assert';
import type { RandomStream } from '#random/random-stream';

/** A weight, an integer from 0, and what is done when it is drawn. */
export type WeightedAction<R> = readonly [weight: number, action: () => R];

/**
 * Calls one of the actions, in proportion to their weights, and returns what it returns: SystemVerilog's `randcase`.
 * Draws once. Of the weights some is above 0, and together they stay below 2^53.
 * @throws UsageError `bad-weight`.
 */
export function randCase<R>(stream: RandomStream, cases: readonly WeightedAction<R>[]): R {
  const weights = cases.map(([weight]) => weight);
  const bad = weights.find((weight) => !Number.isSafeInteger(weight) || weight < 0);
  if (bad !== undefined) {
    throw new UsageError('bad-weight', `a weight is an integer from 0, got ${String(bad)}`);
  }
  if (!weights.some((weight) => weight > 0)) {
    throw new UsageError('bad-weight', 'randCase() needs a weight above 0', {
      hint: 'SystemVerilog takes no branch then; here the caller is to say what happens.',
    });
  }
  return cases[stream.weighted(weights)][1]();
}
