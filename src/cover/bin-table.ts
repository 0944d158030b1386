/**
 * The bins of one coverpoint, compiled: every value that can be sampled belongs to one *class*, and a class says which bins
 * it counts in, whether it is illegal, and which steps of which transitions it matches (semantics §3; design decision 13).
 *
 * Order matters in one place: values are first spread over the bins (`each`, `split`), and only then are ignored and
 * illegal ones taken out. A bin that is empty afterwards leaves numerator and denominator.
 *
 *     value -> class                                     `value-classes.ts`
 *     class -> bins to count | illegal bin | bit per step and transition
 */
import { UsageError, assert } from '#base/assert';
import type { BinSpec, Bins, Range, Sampled, Steps, ValueSet } from './bins.ts';
import { stepsText, valuesText, withoutValues } from './bin-values.ts';
import {
  numberClasses,
  scalarClasses,
  type Matcher,
  type NumberClasses,
  type ScalarClasses,
} from './value-classes.ts';

/** A declared transition, recognised by shifting one bit per matched step (overlapping matches count). */
export interface TransitionTable {
  /** Countable bin, or -1 for an illegal transition. */
  readonly bin: number;
  /** Illegal bin, or -1. */
  readonly illegal: number;
  readonly stepCount: number;
  /** By class: bit i is set when a value of the class matches step i. */
  readonly stepMask: Int32Array;
}

export interface BinTable {
  /** Countable bins: those with values left, and transitions. */
  readonly names: readonly string[];
  /** By countable bin: its values or steps as records write them (`coverage-record`), without what is taken out. */
  readonly values: readonly string[];
  readonly illegalNames: readonly string[];
  readonly illegalValues: readonly string[];
  readonly ignoredNames: readonly string[];
  readonly ignoredValues: readonly string[];
  /** Undefined where there is no default bin. */
  readonly defaultName: string | undefined;
  readonly hasDefault: boolean;
  /** By class: the countable bins its values are in. */
  readonly binsOf: readonly Int32Array[];
  /** By class: the illegal bin, or -1. */
  readonly illegalOf: Int32Array;
  /** By class: 1 when its values fall into the default bin. */
  readonly defaultOf: Uint8Array;
  readonly transitions: readonly TransitionTable[];
  /** The class of a sampled value; values that no bin names are in class 0. */
  readonly numbers: NumberClasses;
  readonly scalars: ScalarClasses;
}

export const COVERPOINT_LIMITS = {
  /** Countable bins of one coverpoint. */
  binsMax: 32_768,
  /** Steps of one transition: one bit of an int32 each. */
  stepsMax: 30,
} as const;

/** Compiles declared bins. `where` names the point in messages. */
export function compileBins(bins: Bins<never>, where: string): BinTable {
  const drafts = draftBins(bins, where);
  const removed = drafts.filter((draft) => draft.kind === 'ignore' || draft.kind === 'illegal');
  const named = drafts.filter((draft) => isCountable(draft, removed));
  checkNames(named, drafts, where);
  const numbering = new Map<Draft, number>();
  named.forEach((draft, index) => numbering.set(draft, index));
  const illegals = drafts.filter((draft) => draft.kind === 'illegal' || draft.kind === 'badSteps');
  illegals.forEach((draft, index) => numbering.set(draft, index));
  const ignored = drafts.filter((draft) => draft.kind === 'ignore');
  return {
    ...new ClassBuilder(drafts, numbering).table(),
    names: named.map((draft) => draft.name),
    values: named.map((draft) => textOf(draft, removed)),
    illegalNames: illegals.map((draft) => draft.name),
    illegalValues: illegals.map((draft) => textOf(draft, [])),
    ignoredNames: ignored.map((draft) => draft.name),
    ignoredValues: ignored.map((draft) => textOf(draft, [])),
    defaultName: drafts.find((draft) => draft.kind === 'default')?.name,
  };
}

/** What a bin stands for once the removed values are taken out of it; a transition keeps them (semantics §3). */
function textOf(draft: Draft, removed: readonly Matcher[]): string {
  return draft.steps.length > 0
    ? stepsText(draft.steps)
    : valuesText(withoutValues(draft, removed));
}

/** What sampling reads; the rest names bins. */
type ClassTable = Pick<
  BinTable,
  'hasDefault' | 'binsOf' | 'illegalOf' | 'defaultOf' | 'transitions' | 'numbers' | 'scalars'
>;

interface Draft extends Matcher {
  readonly kind: 'values' | 'ignore' | 'illegal' | 'steps' | 'badSteps' | 'default';
  readonly name: string;
  readonly steps: readonly Matcher[];
}

const NOTHING = { ranges: [], scalars: [], steps: [] } as const;

function draftBins(bins: Bins<never>, where: string): readonly Draft[] {
  const drafts = isArray(bins)
    ? spread(bins, '', where)
    : Object.entries(bins as Record<string, BinSpec<Sampled>>).flatMap(([name, spec]) =>
        draftBin(name, spec, where),
      );
  if (drafts.length > COVERPOINT_LIMITS.binsMax) {
    const max = COVERPOINT_LIMITS.binsMax;
    throw new UsageError(
      'bad-bins',
      `${where} has ${drafts.length} bins; at most ${max} (binsMax)`,
    );
  }
  return drafts;
}

function draftBin(name: string, spec: BinSpec<Sampled>, where: string): readonly Draft[] {
  if (typeof spec !== 'object' || isRange(spec)) {
    return [{ ...NOTHING, ...matcher([spec], where), kind: 'values', name }];
  }
  switch (spec.kind) {
    case 'set':
      return [{ ...NOTHING, ...matcher(spec.items, where), kind: 'values', name }];
    case 'each':
    case 'split':
      return spread(spec as Spread, name, where);
    case 'steps':
      return [{ ...NOTHING, steps: stepMatchers(spec, `${where}.${name}`), kind: 'steps', name }];
    case 'illegal': {
      const of = spec.of;
      if (typeof of === 'object' && 'kind' in of && of.kind === 'steps') {
        const steps = stepMatchers(of, `${where}.${name}`);
        return [{ ...NOTHING, steps, kind: 'badSteps', name }];
      }
      return [{ ...NOTHING, ...setMatcher(of, where), kind: 'illegal', name }];
    }
    case 'ignore':
      return [{ ...NOTHING, ...setMatcher(spec.of, where), kind: 'ignore', name }];
    case 'default':
      return [{ ...NOTHING, kind: 'default', name }];
  }
}

type Spread = Extract<Bins<never>, { readonly kind: 'each' | 'split' }>;

function isArray(bins: Bins<never>): bins is Spread {
  const kind = (bins as { kind?: unknown }).kind;
  return kind === 'each' || kind === 'split';
}

function isRange(spec: unknown): spec is Range {
  return Array.isArray(spec);
}

function setMatcher(spec: Sampled | Range | ValueSet<Sampled>, where: string): Matcher {
  const isSet = typeof spec === 'object' && 'kind' in spec;
  return isSet ? matcher(spec.items, where) : matcher([spec], where);
}

function stepMatchers(spec: Steps<Sampled>, where: string): readonly Matcher[] {
  const max = COVERPOINT_LIMITS.stepsMax;
  if (spec.steps.length < 2 || spec.steps.length > max) {
    throw new UsageError('bad-bins', `${where}: a transition has 2..${max} steps (stepsMax)`);
  }
  return spec.steps.map((step) => setMatcher(step, where));
}

function matcher(items: readonly (Sampled | Range)[], where: string): Matcher {
  const ranges: Range[] = [];
  const scalars: Sampled[] = [];
  for (const item of items) {
    if (isRange(item)) ranges.push(checkedRange(item, where));
    else if (typeof item === 'number') ranges.push(checkedRange([item, item], where));
    else scalars.push(item);
  }
  return { ranges, scalars };
}

function checkedRange(range: Range, where: string): Range {
  const [low, high] = range;
  const isSound = Number.isSafeInteger(low) && Number.isSafeInteger(high) && low <= high;
  if (!isSound || range.length !== 2) {
    throw new UsageError(
      'bad-bins',
      `${where}: a range is [low, high] in integers, got [${range.join(', ')}]`,
      { hint: 'Several single values in one bin are anyOf(1, 2, 3).' },
    );
  }
  return range;
}

/** The bins of `each(...)` and `split(...)`: values in the order given, before anything is taken out. */
function spread(spec: Spread, name: string, where: string): readonly Draft[] {
  const { ranges, scalars } = matcher(spec.items, where);
  const count = ranges.reduce((sum, [low, high]) => sum + high - low + 1, 0);
  const total = count + scalars.length;
  const binCount = spec.kind === 'each' ? total : (spec as { count: number }).count;
  if (!Number.isInteger(binCount) || binCount < 1 || binCount > COVERPOINT_LIMITS.binsMax) {
    const max = COVERPOINT_LIMITS.binsMax;
    throw new UsageError('bad-bins', `${where}: ${String(binCount)} bins; 1..${max} (binsMax)`);
  }
  if (spec.kind === 'each') {
    const singles = ranges.flatMap(([low, high]) => {
      return Array.from({ length: high - low + 1 }, (_, i): Range => [low + i, low + i]);
    });
    return [
      ...singles.map((range) => valuesDraft(name, { ranges: [range], scalars: [] })),
      ...scalars.map((scalar) => valuesDraft(name, { ranges: [], scalars: [scalar] })),
    ];
  }
  return chunks(ranges, count, binCount).map((chunk) =>
    valuesDraft(name, { ranges: chunk, scalars: [] }),
  );
}

function valuesDraft(name: string, values: Matcher): Draft {
  const parts = values.ranges.map(([low, high]) => (low === high ? `${low}` : `${low}..${high}`));
  const text = [...parts, ...values.scalars.map(String)].join(',');
  return { ...NOTHING, ...values, kind: 'values', name: name === '' ? text : `${name}[${text}]` };
}

/** Cuts a list of values into `binCount` lists of equal length; the last takes the remainder. */
function chunks(ranges: readonly Range[], total: number, binCount: number): readonly Range[][] {
  const size = Math.max(1, Math.floor(total / binCount));
  const result: Range[][] = [];
  let at = 0;
  let offset = 0;
  for (let n = 0; n < binCount; n++) {
    let wanted = n === binCount - 1 ? Infinity : size;
    const chunk: Range[] = [];
    while (wanted > 0 && at < ranges.length) {
      const [low, high] = ranges[at];
      const taken = Math.min(wanted, high - low + 1 - offset);
      chunk.push([low + offset, low + offset + taken - 1]);
      wanted -= taken;
      offset += taken;
      if (low + offset > high) {
        at++;
        offset = 0;
      }
    }
    if (chunk.length > 0) result.push(chunk);
  }
  return result;
}

/** True for bins that count: transitions, and bins with a value that is neither ignored nor illegal. */
function isCountable(draft: Draft, removed: readonly Matcher[]): boolean {
  if (draft.kind === 'steps') return true;
  if (draft.kind !== 'values') return false;
  const { ranges, scalars } = withoutValues(draft, removed);
  return ranges.length + scalars.length > 0;
}

function checkNames(named: readonly Draft[], all: readonly Draft[], where: string): void {
  const seen = new Set<string>();
  for (const { name } of named) {
    if (seen.has(name)) throw new UsageError('bad-bins', `${where} has two bins called '${name}'`);
    seen.add(name);
  }
  if (all.filter((draft) => draft.kind === 'default').length > 1) {
    throw new UsageError('bad-bins', `${where} has more than one default bin`);
  }
}

/** Finds the classes: values that no bin or step tells apart share one. */
class ClassBuilder {
  private readonly drafts: readonly Draft[];
  private readonly numbering: ReadonlyMap<Draft, number>;
  private readonly matchers: readonly Matcher[];
  /** By matcher: the draft, and its step or -1. */
  private readonly owners: readonly { readonly draft: Draft; readonly step: number }[];
  private readonly classes: { readonly members: readonly number[] }[] = [{ members: [] }];
  private readonly classByKey = new Map<string, number>([['', 0]]);

  constructor(drafts: readonly Draft[], numbering: ReadonlyMap<Draft, number>) {
    this.drafts = drafts;
    this.numbering = numbering;
    this.owners = drafts.flatMap((draft) => [
      { draft, step: -1 },
      ...draft.steps.map((_, step) => ({ draft, step })),
    ]);
    this.matchers = this.owners.map(({ draft, step }) => (step < 0 ? draft : draft.steps[step]));
  }

  table(): ClassTable {
    const classFor = (members: readonly number[]): number => this.classFor(members);
    // In this order: it numbers the classes.
    const numbers = numberClasses(this.matchers, classFor);
    const scalars = scalarClasses(this.matchers, classFor);
    const classes = this.classes;
    const hasDefault = this.drafts.some((draft) => draft.kind === 'default');
    return {
      hasDefault,
      binsOf: classes.map(({ members }) => this.binsOf(members)),
      illegalOf: Int32Array.from(classes, ({ members }) => this.firstOf(members, 'illegal')),
      defaultOf: Uint8Array.from(classes, ({ members }) =>
        hasDefault && !members.some((m) => this.owners[m].step < 0) ? 1 : 0,
      ),
      transitions: this.transitions(),
      numbers,
      scalars,
    };
  }

  private binsOf(members: readonly number[]): Int32Array {
    const isRemoved = members.some((m) => {
      const { draft, step } = this.owners[m];
      return step < 0 && (draft.kind === 'ignore' || draft.kind === 'illegal');
    });
    if (isRemoved) return new Int32Array(0);
    const bins = members
      .filter((m) => this.owners[m].step < 0 && this.owners[m].draft.kind === 'values')
      .map((m) => this.numberOf(this.owners[m].draft));
    return Int32Array.from(bins);
  }

  private firstOf(members: readonly number[], kind: Draft['kind']): number {
    const found = members.find(
      (m) => this.owners[m].step < 0 && this.owners[m].draft.kind === kind,
    );
    return found === undefined ? -1 : this.numberOf(this.owners[found].draft);
  }

  private numberOf(draft: Draft): number {
    const index = this.numbering.get(draft);
    assert(index !== undefined, 'a bin with values left is numbered');
    return index;
  }

  private transitions(): readonly TransitionTable[] {
    const drafts = this.drafts.filter((draft) => draft.steps.length > 0);
    return drafts.map((draft) => ({
      bin: draft.kind === 'steps' ? this.numberOf(draft) : -1,
      illegal: draft.kind === 'badSteps' ? this.numberOf(draft) : -1,
      stepCount: draft.steps.length,
      stepMask: Int32Array.from(this.classes, ({ members }) => {
        let mask = 0;
        for (const m of members) {
          const owner = this.owners[m];
          if (owner.draft === draft && owner.step >= 0) mask |= 1 << owner.step;
        }
        return mask;
      }),
    }));
  }

  private classFor(members: readonly number[]): number {
    const key = members.join(',');
    const known = this.classByKey.get(key);
    if (known !== undefined) return known;
    this.classes.push({ members });
    this.classByKey.set(key, this.classes.length - 1);
    return this.classes.length - 1;
  }
}
