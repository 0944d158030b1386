/**
 * How transitions are declared (IEEE 1800-2023 §19.5.2): values sampled one after the other. A sample that a guard or
 * `undefined` takes out is no sample; every sample may begin a transition, and those under way overlap.
 *
 *     steps('idle', 'busy', 'idle')                       4 => 5 => 6
 *     steps(1, repeat(3, [2, 4]), 5)                      1 => 3 [*2:4] => 5     one after the other
 *     steps(1, goto(3, 2), 5)                             1 => 3 [->2] => 5      others between; 5 right after the last 3
 *     steps(1, nonconsecutive(3, 2), 5)                   1 => 3 [=2] => 5       others between, and before the 5
 *     anyOf(steps(4, 5), steps([7, 9], anyOf(11, 12)))    alternatives in one bin
 *     each(steps([7, 9], anyOf(11, 12)))                  six bins
 */
import { UsageError } from '#base/assert';
import type { Item, Sampled, ValueOf, ValueSet, ValueSpec } from './bins.ts';

/** How the occurrences of a repeated step follow each other. */
export type RepeatKind = 'consecutive' | 'goto' | 'nonconsecutive';

/** A step several times. */
export interface RepeatedStep<V> {
  readonly kind: 'repeat';
  readonly how: RepeatKind;
  readonly of: ValueSpec<V> | ValueSet<V>;
  readonly min: number;
  readonly max: number;
}
/** A value, a range, several of them, or one of these several times. */
export type Step<V> = ValueSpec<V> | ValueSet<V> | RepeatedStep<V>;
/** A sequence of sampled values, one after the other. */
export interface Steps<V> {
  readonly kind: 'steps';
  readonly steps: readonly Step<V>[];
}
/** Several sequences, any of which completes the bin. */
export interface StepsSet<V> {
  readonly kind: 'stepsSet';
  readonly sequences: readonly Steps<V>[];
}

/** How often: a number, or a range of them. */
export type Times = number | readonly [min: number, max: number];

export const REPEAT_LIMITS = {
  /** Repetitions of one step. */
  timesMax: 256,
} as const;

type StepValue = Item | ValueSet<Sampled>;

/** Values sampled one after the other; a step is a value, a range, `anyOf(...)`, or one of these repeated. */
export function steps<const I extends readonly (StepValue | RepeatedStep<Sampled>)[]>(
  ...values: I
): Steps<ValueOf<I[number]>> {
  return { kind: 'steps', steps: values as unknown as Steps<ValueOf<I[number]>>['steps'] };
}

/**
 * The step so many times, one right after the other: `[*n]`, `[*a:b]`.
 * @throws UsageError `bad-bins` unless 1 ≤ a ≤ b ≤ 256.
 */
export function repeat<const I extends StepValue>(of: I, times: Times): RepeatedStep<ValueOf<I>> {
  return repeated('consecutive', of, times);
}

/**
 * The step so many times with others between; what comes next comes right after the last: `[->n]`, `[->a:b]`.
 * @throws UsageError `bad-bins` unless 1 ≤ a ≤ b ≤ 256.
 */
export function goto<const I extends StepValue>(of: I, times: Times): RepeatedStep<ValueOf<I>> {
  return repeated('goto', of, times);
}

/**
 * The step so many times with others between, and others before what comes next: `[=n]`, `[=a:b]`.
 * @throws UsageError `bad-bins` unless 1 ≤ a ≤ b ≤ 256.
 */
export function nonconsecutive<const I extends StepValue>(
  of: I,
  times: Times,
): RepeatedStep<ValueOf<I>> {
  return repeated('nonconsecutive', of, times);
}

function repeated<V>(how: RepeatKind, of: unknown, times: Times): RepeatedStep<V> {
  const [min, max] = typeof times === 'number' ? [times, times] : times;
  const isSound = Number.isInteger(min) && Number.isInteger(max) && min >= 1 && min <= max;
  if (!isSound || max > REPEAT_LIMITS.timesMax) {
    throw new UsageError(
      'bad-bins',
      `a step is repeated 1..${REPEAT_LIMITS.timesMax} times (timesMax), got ${String(times)}`,
      { hint: 'Times are a number, or [least, most].' },
    );
  }
  return { kind: 'repeat', how, of: of as RepeatedStep<V>['of'], min, max };
}
