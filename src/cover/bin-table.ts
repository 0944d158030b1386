/**
 * The bins of one coverpoint, compiled: every value that can be sampled belongs to one *class*, and a class says which bins
 * it counts in, whether it is illegal, and which places of which transitions it leads to (semantics §3; design decision 13).
 *
 * Order matters in one place: values are first spread over the bins (`each`, `split`), and only then are ignored and
 * illegal ones taken out; of transitions, likewise. A bin that is empty afterwards leaves numerator and denominator.
 *
 *     value -> class                                     `value-classes.ts`
 *     class -> bins to count | illegal bin | states of transitions
 */
import { UsageError, assert } from '#base/assert';
import { draftBins, type Draft, type Guard } from './bin-drafts.ts';
import { BinClasses } from './bin-classes.ts';
import type { ValueContext } from './bin-lists.ts';
import { stepsText, valuesText, withoutValues } from './bin-values.ts';
import type { Bins } from './bins.ts';
import {
  automatonOf,
  isEmptyAutomaton,
  packed,
  subtract,
  type Automaton,
  type PackedAutomaton,
} from './transition-automaton.ts';
import type { Matcher, NumberClasses, ScalarClasses } from './value-classes.ts';

/** A declared transition: its automaton, and what counts when it completes. */
export interface TransitionTable extends PackedAutomaton {
  /** Countable bin, or -1 for an illegal or ignored transition. */
  readonly bin: number;
  /** Illegal bin, or -1. */
  readonly illegal: number;
}

/** Conditions of single bins; made only where there are some. */
export interface BinGuards {
  /** By countable bin. */
  readonly bins: readonly (Guard | undefined)[];
  /** By illegal bin. */
  readonly illegals: readonly (Guard | undefined)[];
  readonly defaultBin: Guard | undefined;
  readonly defaultSteps: Guard | undefined;
  /** By class: conditions under which its values are ignored. */
  readonly ignores: readonly (readonly Guard[])[];
  /** By class: the illegal bins its values are in, in order. */
  readonly illegalBins: readonly Int32Array[];
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
  /** Undefined where there is no default sequence. */
  readonly defaultStepsName: string | undefined;
  readonly hasDefault: boolean;
  readonly hasDefaultSteps: boolean;
  /** The illegal bin of transitions that no other goes along with, or -1. */
  readonly illegalSteps: number;
  /** By class: the countable bins its values are in. */
  readonly binsOf: readonly Int32Array[];
  /** By class: the illegal bin, or -1. */
  readonly illegalOf: Int32Array;
  /** By class: 1 when its values fall into the default bin. */
  readonly defaultOf: Uint8Array;
  /** By class: 1 when its values are ignored or illegal, whatever the conditions of these bins. */
  readonly isRemoved: Uint8Array;
  readonly transitions: readonly TransitionTable[];
  readonly guards: BinGuards | undefined;
  /** The class of a sampled value; values that no bin names are in class 0. */
  readonly numbers: NumberClasses;
  readonly scalars: ScalarClasses;
  /** What was declared, by countable bin and by illegal bin; for records. */
  readonly drafts: readonly Draft[];
  readonly illegalDrafts: readonly Draft[];
  /** Everything declared, in order. */
  readonly declared: readonly Draft[];
  /** By countable bin: what remains of a transition; undefined for bins of values. */
  readonly automata: readonly (Automaton | undefined)[];
}

/**
 * Compiles declared bins.
 * @throws UsageError `bad-bins`
 */
export function compileBins(bins: Bins<never>, context: ValueContext): BinTable {
  const drafts = draftBins(bins, context);
  checkDefaultSteps(drafts, context.where);
  const compiler = new TableCompiler(drafts);
  checkNames(compiler.countable, context.where);
  return compiler.table();
}

function checkNames(named: readonly Draft[], where: string): void {
  const seen = new Set<string>();
  for (const { name } of named) {
    if (seen.has(name)) throw new UsageError('bad-bins', `${where} has two bins called '${name}'`);
    seen.add(name);
  }
}

function checkDefaultSteps(drafts: readonly Draft[], where: string): void {
  if (!drafts.some(({ what }) => what === 'defaultSteps')) return;
  if (drafts.some(({ what }) => what === 'steps')) return;
  throw new UsageError('bad-bins', `${where} has a default sequence, but no transition`, {
    hint: 'otherwiseSteps() counts what no steps(...) of the same coverpoint goes along with.',
  });
}

class TableCompiler {
  /** Bins that count, those without values left taken out. */
  readonly countable: readonly Draft[];
  private readonly drafts: readonly Draft[];
  private readonly illegals: readonly Draft[];
  private readonly classes: BinClasses;
  /** By draft of a transition: what remains of it. */
  private readonly automata = new Map<Draft, Automaton>();
  private readonly numbering = new Map<Draft, number>();

  constructor(drafts: readonly Draft[]) {
    this.drafts = drafts;
    this.classes = new BinClasses(drafts);
    this.makeAutomata();
    this.countable = drafts.filter((draft) => this.isCountable(draft));
    this.illegals = drafts.filter((draft) => draft.role === 'illegal');
    this.countable.forEach((draft, index) => this.numbering.set(draft, index));
    this.illegals.forEach((draft, index) => this.numbering.set(draft, index));
  }

  table(): BinTable {
    const { classes, drafts } = this;
    const find = (what: Draft['what'], role: Draft['role']): Draft | undefined =>
      drafts.find((draft) => draft.what === what && draft.role === role);
    const hasDefault = find('default', 'count') !== undefined;
    const illegalSteps = find('defaultSteps', 'illegal');
    const hasDefaultSteps = find('defaultSteps', 'count') !== undefined;
    const ignored = drafts.filter((draft) => draft.role === 'ignore');
    const removed = drafts.filter((draft) => draft.role !== 'count' && draft.iff === undefined);
    const gone = removed.map((draft) => draft.values);
    return {
      names: this.countable.map((draft) => draft.name),
      values: this.countable.map((draft) => contentText(draft, gone)),
      illegalNames: this.illegals.map((draft) => draft.name),
      illegalValues: this.illegals.map((draft) => contentText(draft, [])),
      ignoredNames: ignored.map((draft) => draft.name),
      ignoredValues: ignored.map((draft) => contentText(draft, [])),
      defaultName: find('default', 'count')?.name,
      defaultStepsName: find('defaultSteps', 'count')?.name,
      hasDefault,
      hasDefaultSteps,
      illegalSteps: illegalSteps === undefined ? -1 : this.numberOf(illegalSteps),
      binsOf: classes.map((one) => this.binsOf(one)),
      illegalOf: Int32Array.from(
        classes.map((one) => this.illegalsOf(one).find((draft) => draft.iff === undefined)),
        (draft) => (draft === undefined ? -1 : this.numberOf(draft)),
      ),
      defaultOf: Uint8Array.from(
        classes.map((one) => (hasDefault && !classes.isNamed(one) ? 1 : 0)),
      ),
      isRemoved: Uint8Array.from(classes.map((one) => (classes.isRemoved(one) ? 1 : 0))),
      transitions: this.transitions(hasDefaultSteps || illegalSteps !== undefined),
      guards: drafts.some((draft) => draft.iff !== undefined) ? this.guards() : undefined,
      numbers: classes.numbers,
      scalars: classes.scalars,
      drafts: this.countable,
      illegalDrafts: this.illegals,
      declared: drafts,
      automata: this.countable.map((draft) => this.automata.get(draft)),
    };
  }

  /** Ignored and illegal transitions are taken out of those that count. */
  private makeAutomata(): void {
    const steps = this.drafts.filter((draft) => draft.what === 'steps');
    for (const draft of steps) {
      const label = (values: Parameters<BinClasses['labelOf']>[0]): Uint8Array =>
        this.classes.labelOf(values);
      this.automata.set(draft, automatonOf(draft.sequences, label));
    }
    const isOut = (draft: Draft): boolean => draft.role !== 'count' && draft.iff === undefined;
    const removed = steps.filter(isOut).map((draft) => this.automatonOf(draft));
    for (const draft of steps) {
      if (draft.role === 'count')
        this.automata.set(draft, subtract(this.automatonOf(draft), removed));
    }
  }

  private isCountable(draft: Draft): boolean {
    if (draft.role !== 'count') return false;
    if (draft.what === 'steps') return !isEmptyAutomaton(this.automatonOf(draft));
    return draft.what === 'values' && this.classes.hasValuesLeft(draft);
  }

  private binsOf(one: number): Int32Array {
    if (this.classes.isRemoved(one)) return NO_BINS;
    const bins = this.classes.draftsOf(one).filter((draft) => draft.role === 'count');
    return Int32Array.from(bins, (draft) => this.numberOf(draft));
  }

  private illegalsOf(one: number): readonly Draft[] {
    const found = this.classes.draftsOf(one).filter((draft) => draft.role === 'illegal');
    if (this.classes.isNamed(one)) return found;
    return this.illegals.filter((draft) => draft.what === 'default');
  }

  private guards(): BinGuards {
    const { classes, drafts } = this;
    const guardOf = (what: Draft['what']): Guard | undefined =>
      drafts.find((draft) => draft.what === what && draft.role === 'count')?.iff;
    return {
      bins: this.countable.map((draft) => draft.iff),
      illegals: this.illegals.map((draft) => draft.iff),
      defaultBin: guardOf('default'),
      defaultSteps: guardOf('defaultSteps'),
      ignores: classes.map((one) =>
        classes
          .draftsOf(one)
          .flatMap(({ role, iff }) => (role === 'ignore' && iff !== undefined ? [iff] : [])),
      ),
      illegalBins: classes.map((one) =>
        Int32Array.from(this.illegalsOf(one), (draft) => this.numberOf(draft)),
      ),
    };
  }

  /** @param withIgnored whether somebody wants to know what no transition goes along with. */
  private transitions(withIgnored: boolean): readonly TransitionTable[] {
    const wanted = this.drafts.filter((draft) => {
      const automaton = this.automata.get(draft);
      if (automaton === undefined || isEmptyAutomaton(automaton)) return false;
      return draft.role !== 'ignore' || withIgnored;
    });
    return wanted.map((draft) => ({
      ...packed(this.automatonOf(draft), this.classes.count),
      bin: draft.role === 'count' ? this.numberOf(draft) : -1,
      illegal: draft.role === 'illegal' ? this.numberOf(draft) : -1,
    }));
  }

  private automatonOf(draft: Draft): Automaton {
    const automaton = this.automata.get(draft);
    assert(automaton !== undefined, 'a transition has an automaton');
    return automaton;
  }

  private numberOf(draft: Draft): number {
    const index = this.numbering.get(draft);
    assert(index !== undefined, 'a bin with values left is numbered');
    return index;
  }
}

/** What a bin stands for once the removed values are taken out of it; a transition keeps them (semantics §3). */
function contentText({ what, values, sequences }: Draft, removed: readonly Matcher[]): string {
  if (what === 'steps') return sequences.map((sequence) => stepsText(sequence)).join('');
  return valuesText(withoutValues(values, removed));
}

const NO_BINS = new Int32Array(0);
