/**
 * One coverpoint as a source of values for intelligent coverage (`intelligent-coverage.ts`): which values hit which bin,
 * which must never be drawn, and where its transitions stand after what was drawn so far.
 */
import { assert } from '#base/assert';
import type { RandomStream } from '#random/random-stream';
import { classContents } from './bin-contents.ts';
import type { BinTable } from './bin-table.ts';
import type { Sampled } from './bins.ts';
import type { Coverpoint } from './coverpoint.ts';
import type { Automaton } from './transition-automaton.ts';
import { COMPLETE, NOT_MOVED, TransitionRun } from './transition-run.ts';
import type { Matcher } from './value-classes.ts';

/** Steps that a path through a transition may be longer than the shortest one. */
const DETOUR_MAX = 6;

export class DrawnPoint {
  readonly point: Coverpoint<never>;
  private readonly table: BinTable;
  private readonly contents: readonly Matcher[];
  private readonly sizes: readonly number[];
  /** By class: 1 when its values are neither ignored nor illegal under any condition, 2 when only ignored. */
  private readonly fitness: readonly number[];
  /** By bin of values: the classes that hit it and may be drawn. */
  private readonly classesOf: readonly (readonly number[])[];
  private readonly anyClasses: readonly number[];
  /** By bin of transitions: the steps from each state to completion, at least. */
  private readonly distances = new Map<number, readonly number[]>();
  /** After the values drawn so far; and, while a draw is tried, after those of the trial. */
  private readonly runs: readonly TransitionRun[];
  private readonly trial: readonly TransitionRun[];
  private hasPrevious = false;
  private hasTrialPrevious = false;

  constructor(point: Coverpoint<never>) {
    const { table } = point;
    this.point = point;
    this.table = table;
    this.contents = classContents(table);
    this.sizes = this.contents.map(({ ranges, scalars }) =>
      ranges.reduce((sum, [low, high]) => sum + high - low + 1, scalars.length),
    );
    this.fitness = this.sizes.map((size, one) => (size === 0 ? UNFIT : fitnessOf(table, one)));
    const classes: number[][] = table.names.map(() => []);
    table.binsOf.forEach((bins, one) => {
      if (this.fitness[one] === FIT) for (const bin of bins) classes[bin].push(one);
    });
    this.classesOf = classes;
    this.anyClasses = [...new Set(classes.flat())];
    this.runs = table.transitions.map((transition) => new TransitionRun(transition));
    this.trial = table.transitions.map((transition) => new TransitionRun(transition));
  }

  isTransition(bin: number): boolean {
    return this.table.automata[bin] !== undefined;
  }

  /** Whether some values that may be drawn hit all of these bins, transitions taken one by one. */
  canHit(bins: readonly number[]): boolean {
    const ofValues = bins.filter((bin) => !this.isTransition(bin));
    if (ofValues.length > 0 && this.sharedClasses(ofValues).length === 0) return false;
    return bins.every((bin) => !this.isTransition(bin) || this.distancesOf(bin).start < Infinity);
  }

  /**
   * Classes of values, one after the other, of which the last hits all the bins: a path through a transition if one of
   * them is one. A proposal: `take` says whether the whole may be drawn.
   */
  propose(bins: readonly number[], stream: RandomStream): readonly number[] {
    const transition = bins.find((bin) => this.isTransition(bin));
    if (transition !== undefined) return this.pathThrough(transition, stream);
    return [this.pick(this.sharedClasses(bins), stream)];
  }

  /** Any class of values, to go before what matters. */
  proposeAny(stream: RandomStream): number {
    return this.anyClasses.length === 0 ? 0 : this.pick(this.anyClasses, stream);
  }

  /** A value of the class, each equally likely. */
  valueOf(one: number, stream: RandomStream): Sampled {
    const { ranges, scalars } = this.contents[one];
    let rest = stream.below(this.sizes[one]);
    for (const [low, high] of ranges) {
      if (rest <= high - low) return low + rest;
      rest -= high - low + 1;
    }
    return scalars[rest];
  }

  /** Forgets what was drawn. */
  restart(): void {
    for (const run of this.runs) run.reset();
    this.hasPrevious = false;
  }

  /** Begins a trial from the values drawn so far. */
  begin(): void {
    this.trial.forEach((run, i) => run.copyFrom(this.runs[i]));
    this.hasTrialPrevious = this.hasPrevious;
  }

  /** Goes on with a value of the class. @returns the bins hit, or undefined when the value would be illegal. */
  take(one: number): readonly number[] | undefined {
    if (this.fitness[one] === UNFIT) return undefined;
    const { table } = this;
    const hits = Array.from(table.binsOf[one]);
    let isAccompanied = false;
    for (let i = 0; i < this.trial.length; i++) {
      const moved = this.trial[i].advance(one);
      if (moved !== NOT_MOVED) isAccompanied = true;
      if (moved !== COMPLETE) continue;
      const { bin, illegal } = table.transitions[i];
      if (illegal >= 0) return undefined;
      if (bin >= 0) hits.push(bin);
    }
    if (table.illegalSteps >= 0 && this.hasTrialPrevious && !isAccompanied) return undefined;
    this.hasTrialPrevious = true;
    return hits;
  }

  /** What was tried is drawn. */
  commit(): void {
    this.runs.forEach((run, i) => run.copyFrom(this.trial[i]));
    this.hasPrevious = this.hasTrialPrevious;
  }

  private sharedClasses(bins: readonly number[]): readonly number[] {
    const [first, ...others] = bins.map((bin) => this.classesOf[bin]);
    return others.length === 0
      ? first
      : first.filter((one) => others.every((o) => o.includes(one)));
  }

  private pick(classes: readonly number[], stream: RandomStream): number {
    assert(classes.length > 0, 'a bin that can be hit has values');
    if (classes.length === 1) return classes[0];
    return classes[stream.weighted(classes.map((one) => this.sizes[one]))];
  }

  /** A way from the beginning of the transition to its end; mostly short. */
  private pathThrough(bin: number, stream: RandomStream): readonly number[] {
    const automaton = this.table.automata[bin];
    assert(automaton !== undefined, 'a transition has an automaton');
    const { start, from } = this.distancesOf(bin);
    let budget = start + stream.below(DETOUR_MAX + 1);
    const path: number[] = [];
    let open: readonly number[] = automaton.starts;
    for (;;) {
      const near = open.filter((state) => from[state] < budget);
      const state = stream.pick(near);
      path.push(this.pick(this.classesInto(automaton, state), stream));
      budget--;
      const isEnd = automaton.accepts[state];
      const goesOn = automaton.follows[state].some((next) => from[next] < budget);
      if (isEnd && (!goesOn || stream.bool())) return path;
      open = automaton.follows[state];
    }
  }

  /** Classes that lead into a state: ignored values only where there are no others. */
  private classesInto({ labels }: Automaton, state: number): readonly number[] {
    const all = Array.from(labels[state].keys()).filter((one) => labels[state][one] === 1);
    const fit = all.filter((one) => this.fitness[one] === FIT);
    return fit.length > 0 ? fit : all.filter((one) => this.fitness[one] === IGNORED);
  }

  /** Steps after each state to completion; and from the beginning. */
  private distancesOf(bin: number): { readonly start: number; readonly from: readonly number[] } {
    const automaton = this.table.automata[bin];
    assert(automaton !== undefined, 'a transition has an automaton');
    const known = this.distances.get(bin);
    const from = known ?? distances(automaton, (state) => this.classesInto(automaton, state));
    this.distances.set(bin, from);
    return { start: 1 + Math.min(...automaton.starts.map((state) => from[state])), from };
  }
}

const UNFIT = 0;
const FIT = 1;
const IGNORED = 2;

function fitnessOf({ illegalOf, isRemoved, guards }: BinTable, one: number): number {
  if (illegalOf[one] >= 0 || (guards?.illegalBins[one].length ?? 0) > 0) return UNFIT;
  return isRemoved[one] === 1 || (guards?.ignores[one].length ?? 0) > 0 ? IGNORED : FIT;
}

/** By state: steps to completion, Infinity for states that nothing that may be drawn leads into. */
function distances(
  { labels, follows, accepts }: Automaton,
  classesInto: (state: number) => readonly number[],
): readonly number[] {
  const isOpen = labels.map((_, state) => classesInto(state).length > 0);
  const from = accepts.map((accepts, state) => (accepts && isOpen[state] ? 0 : Infinity));
  for (let isChanged = true; isChanged;) {
    isChanged = false;
    follows.forEach((list, state) => {
      const best = Math.min(...list.map((next) => from[next] + 1));
      if (!isOpen[state] || best >= from[state]) return;
      from[state] = best;
      isChanged = true;
    });
  }
  return from;
}
