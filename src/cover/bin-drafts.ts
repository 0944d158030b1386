/**
 * What an author declares, as a plain list of bins with a role, a name, and values or sequences; nothing is taken out yet
 * (see `bin-table.ts`). Source: IEEE 1800-2023 §19.5.
 */
import { UsageError } from '#base/assert';
import type { BinSpec, Bins, NamelessBins, Removable } from './bins.ts';
import {
  VALUE_LIMITS,
  arrayName,
  binsOfValues,
  matcherOf,
  singles,
  textOf,
  type ValueContext,
} from './bin-lists.ts';
import { stepsText } from './bin-values.ts';
import type { RepeatKind, Step, Steps } from './transitions.ts';
import type { Matcher } from './value-classes.ts';

/** The condition of a bin. */
export type Guard = (sampled: never) => boolean;

/** A step of a sequence: values, how often, and how the occurrences follow each other. */
export interface SequenceStep {
  readonly of: Matcher;
  readonly how: RepeatKind;
  readonly min: number;
  readonly max: number;
}
export type Sequence = readonly SequenceStep[];

export interface Draft {
  readonly role: 'count' | 'ignore' | 'illegal';
  readonly what: 'values' | 'steps' | 'default' | 'defaultSteps';
  readonly name: string;
  readonly values: Matcher;
  /** Alternatives. */
  readonly sequences: readonly Sequence[];
  readonly iff: Guard | undefined;
}

const NOTHING: Matcher = { ranges: [], scalars: [] };
const COUNTED: Pick<Draft, 'role' | 'iff'> = { role: 'count', iff: undefined };

/**
 * The bins that are declared, in order.
 * @throws UsageError `bad-bins`
 */
export function draftBins(bins: Bins<never>, context: ValueContext): readonly Draft[] {
  const drafts = isNameless(bins)
    ? draftOf('', bins, COUNTED, context)
    : Object.entries(bins as Record<string, BinSpec<never>>).flatMap(([name, spec]) =>
        draftBin(name, spec, COUNTED, context),
      );
  if (drafts.length > VALUE_LIMITS.binsMax) {
    const max = VALUE_LIMITS.binsMax;
    throw new UsageError(
      'bad-bins',
      `${context.where} has ${drafts.length} bins; at most ${max} (binsMax)`,
    );
  }
  for (const what of ['default', 'defaultSteps'] as const) {
    if (drafts.filter((draft) => draft.what === what).length <= 1) continue;
    const word = what === 'default' ? 'default bin' : 'default sequence';
    throw new UsageError('bad-bins', `${context.where} has more than one ${word}`);
  }
  return drafts;
}

const NAMELESS: readonly unknown[] = ['each', 'split', 'auto', 'filter', 'eachSteps'];

function isNameless(bins: Bins<never>): bins is NamelessBins<never> {
  // A bin may be called 'kind'.
  return NAMELESS.includes((bins as { kind?: unknown }).kind);
}

function draftBin(
  name: string,
  spec: BinSpec<never>,
  as: Pick<Draft, 'role' | 'iff'>,
  context: ValueContext,
): readonly Draft[] {
  if (typeof spec === 'object' && 'kind' in spec) {
    if (spec.kind === 'when') return draftBin(name, spec.of, { ...as, iff: spec.iff }, context);
    if (spec.kind === 'illegal' || spec.kind === 'ignore') {
      return draftOf(name, spec.of, { ...as, role: spec.kind }, context);
    }
  }
  return draftOf(name, spec, as, context);
}

function draftOf(
  name: string,
  of: Removable<never>,
  as: Pick<Draft, 'role' | 'iff'>,
  context: ValueContext,
): readonly Draft[] {
  const where = name === '' ? context.where : `${context.where}, bin '${name}'`;
  const own = { ...context, where };
  const empty = { ...as, name, values: NOTHING, sequences: [] };
  if (typeof of === 'object' && 'kind' in of) {
    if (of.kind === 'default') {
      return [{ ...empty, what: of.of === 'values' ? 'default' : 'defaultSteps' }];
    }
    if (of.kind === 'steps' || of.kind === 'stepsSet') {
      refuseGuardedIgnore(as, where);
      const all = of.kind === 'steps' ? [of] : of.sequences;
      return [{ ...empty, what: 'steps', sequences: all.map((one) => sequenceOf(one, own)) }];
    }
    if (of.kind === 'eachSteps') {
      refuseGuardedIgnore(as, where);
      const all = of.sequences.map((one) => sequenceOf(one, own));
      return singleTransitions(all, own).map((sequence) => ({
        ...empty,
        what: 'steps',
        name: arrayName(name, sequence.map((step) => textOf(step.of)).join('=>')),
        sequences: [sequence],
      }));
    }
  }
  return binsOfValues(name, of, own).map((bin) => ({
    ...empty,
    ...bin,
    what: 'values',
  }));
}

/** What a transition is taken out of is settled when it is declared, and cannot wait for a condition. */
function refuseGuardedIgnore({ role, iff }: Pick<Draft, 'role' | 'iff'>, where: string): void {
  if (role !== 'ignore' || iff === undefined) return;
  throw new UsageError('bad-bins', `${where}: an ignored transition has no condition`, {
    hint: 'Give the condition to the bins that count: when(steps(...), (t) => ...).',
  });
}

function sequenceOf({ steps }: Steps<never>, context: ValueContext): Sequence {
  const sequence = steps.map((step) => stepOf(step, context));
  const length = sequence.reduce((sum, { min }) => sum + min, 0);
  if (length < 2) {
    throw new UsageError(
      'bad-bins',
      `${context.where}: a transition has at least two values, got ${length}`,
      { hint: 'A single value is no transition: name it as a bin of its own.' },
    );
  }
  return sequence;
}

function stepOf(step: Step<never>, context: ValueContext): SequenceStep {
  if (typeof step === 'object' && 'kind' in step && step.kind === 'repeat') {
    const { of, how, min, max } = step;
    return { of: matcherOf(of, context), how, min, max };
  }
  return { of: matcherOf(step, context), how: 'consecutive', min: 1, max: 1 };
}

/** Every sequence of single values that these describe, none twice. */
function singleTransitions(
  sequences: readonly Sequence[],
  context: ValueContext,
): readonly Sequence[] {
  const result = new Map<string, Sequence>();
  for (const sequence of sequences) {
    let heads: readonly Sequence[] = [[]];
    for (const step of sequence) {
      if (step.how !== 'consecutive') {
        throw new UsageError(
          'bad-bins',
          `${context.where}: an array of transitions cannot have steps of open length`,
          { hint: 'goto(...) and nonconsecutive(...) stand in a bin of their own.' },
        );
      }
      heads = repeatedSingles(heads, step, context);
    }
    for (const one of heads) result.set(stepsText(one), one);
  }
  if (result.size > VALUE_LIMITS.binsMax) throw tooMany(result.size, context);
  return [...result.values()];
}

/** The sequences continued by all occurrences of a step, value by value; few occurrences first. */
function repeatedSingles(
  first: readonly Sequence[],
  step: SequenceStep,
  context: ValueContext,
): Sequence[] {
  const values = singles(step.of, context);
  const all: Sequence[] = [];
  let heads = first;
  for (let times = 1; times <= step.max; times++) {
    if (heads.length * values.length > VALUE_LIMITS.binsMax) {
      throw tooMany(heads.length * values.length, context);
    }
    heads = heads.flatMap((one) =>
      values.map((of): Sequence => [...one, { of, how: 'consecutive', min: 1, max: 1 }]),
    );
    if (times >= step.min) all.push(...heads);
  }
  return all;
}

function tooMany(count: number, { where }: ValueContext): UsageError {
  const max = VALUE_LIMITS.binsMax;
  return new UsageError('bad-bins', `${where}: ${count} transitions; at most ${max} (binsMax)`);
}
