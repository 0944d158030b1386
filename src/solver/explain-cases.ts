/**
 * The cases of a conflict: with nothing solved early there is one; else one for each combination of early values (sizes of arrays, arguments
 * of functions), and a conflict is one in all of them.
 */
import { hasOpenShift } from './check-shifts.ts';
import { countOf, nthOf } from './domain.ts';
import type { Declared } from './declaration.ts';
import { varsOf, type BoolNode } from './expression.ts';
import { expressionKey } from './expression-key.ts';
import type { Sets } from './interval.ts';
import { smallestConflict } from './conflict.ts';
import { SOLVER_LIMITS } from './limits.ts';
import type { Place } from './place.ts';
import type { VariableNames } from './print.ts';
import { Problem } from './problem.ts';
import type { BoundConstraint, Call, RandomModel } from './random-model.ts';
import { junction } from './rewrite.ts';
import type { Known } from './variables.ts';

/** Constraints of one combination of early values. */
export interface Case {
  readonly known: Known;
  readonly sets: Sets;
  readonly hard: readonly BoundConstraint[];
  readonly names: VariableNames;
}

export interface Cases {
  readonly all: readonly Case[];
  /** Names of all constraints, in the order of declaration. */
  readonly names: readonly string[];
  readonly sources: ReadonlyMap<string, Declared>;
  /** For printing. */
  readonly print: VariableNames;
  /** Soft constraints that did not stay. */
  readonly dropped: readonly string[];
  /** Values of state fields, by their names in nodes. */
  readonly state: ReadonlyMap<string, unknown>;
  /** Values that are not random in this call. */
  readonly off: Known;
  /** Variables solved early. */
  readonly early: readonly number[];
  /** Whether the cases are all that there are. */
  readonly isComplete: boolean;
  /** What `keptParts` found. */
  readonly shown: Map<string, ShownConstraint>;
  /** Problems that may still be solved for this explanation. */
  readonly budget: { left: number };
}

/** @param last what was known where the call failed. */
export function casesOf(model: RandomModel, call: Call, last: Known): Cases {
  const knowns = combinations(model, call, call.off);
  const isComplete = knowns !== undefined;
  const levels = (knowns ?? [last]).map((known) => model.level(call, known));
  const sources = new Map<string, Declared>();
  for (const level of levels) {
    for (const { source } of level.hard) if (source !== undefined) sources.set(source.name, source);
  }
  const order = new Map(model.blocks.map(({ name }, n) => [name, n]));
  const place = (name: string): number =>
    order.get(sources.get(name)?.block.name ?? '') ?? order.size;
  const names = [...sources.keys()].sort((a, b) => place(a) - place(b));
  const all = levels.map(({ known, sets, hard, truths }): Case => {
    return { known, sets, hard, names: { ...model.layout.names, truths } };
  });
  const [first] = levels;
  return {
    all,
    names,
    sources,
    print: { ...model.layout.names, truths: levels.flatMap(({ truths }) => truths) },
    dropped: [...first.prepared.dropped].reverse(),
    state: new Map(levels.flatMap(({ state }) => state)),
    off: call.off,
    early: [...first.known.keys()].filter((index) => !call.off.has(index)),
    isComplete,
    shown: new Map(),
    budget: { left: SOLVER_LIMITS.explainProblemsMax },
  };
}

/** All values of what is solved early; undefined when there are too many. */
function combinations(model: RandomModel, call: Call, known: Known): readonly Known[] | undefined {
  const { wanted, sets } = model.level(call, known);
  if (wanted.length === 0) return [known];
  const total = wanted.reduce((product, index) => product * countOf(sets[index]), 1);
  if (total > SOLVER_LIMITS.explainCasesMax) return undefined;
  const found: Known[] = [];
  for (let n = 0; n < total; n++) {
    let rest = n;
    const next = new Map(known);
    for (const index of wanted) {
      const size = countOf(sets[index]);
      next.set(index, nthOf(sets[index], rest % size));
      rest = Math.floor(rest / size);
    }
    const inner = combinations(model, call, next);
    if (inner === undefined || found.length + inner.length > SOLVER_LIMITS.explainCasesMax)
      return undefined;
    found.push(...inner);
  }
  return found;
}

/** Whether a case may have a solution with these constraints; true when the budget is used up. */
export function caseHolds(cases: Cases, one: Case, names: ReadonlySet<string>): boolean {
  return isPossible(
    cases,
    one.sets,
    one.hard.filter(({ source }) => source === undefined || names.has(source.name)),
  );
}

export function isPossible(cases: Cases, sets: Sets, hard: readonly BoundConstraint[]): boolean {
  if (cases.budget.left <= 0) return true;
  cases.budget.left--;
  if (hasOpenShift(sets, hard)) return true;
  return new Problem(sets, hard).satisfiability() !== 'no';
}

/** A constraint as it is to be shown. */
export interface ShownConstraint {
  readonly node: BoolNode;
  readonly place: Place | undefined;
  /** Parts of it are left out. */
  readonly isCut: boolean;
  /** Early values that it is shown for, where it depends on them. */
  readonly shownFor: Known | undefined;
}

/** A constraint, of a conjunction the parts that the conflict needs. */
export function keptParts(cases: Cases, name: string, core: readonly string[]): ShownConstraint {
  const known = cases.shown.get(name);
  if (known !== undefined) return known;
  const made = worked(cases, name, core);
  cases.shown.set(name, made);
  return made;
}

function worked(cases: Cases, name: string, core: readonly string[]): ShownConstraint {
  const one = caseToShow(cases, name, core);
  const own = one?.hard.find((bound) => bound.source?.name === name);
  const source = own?.source ?? cases.sources.get(name);
  const node = source?.node ?? { kind: 'literal', value: false };
  const shownFor = cases.all.length > 1 && differs(cases, name) ? one?.known : undefined;
  const whole = { node, place: source?.place, isCut: false, shownFor };
  if (node.kind !== 'all' || one === undefined || own === undefined) return whole;
  const names = new Set(core);
  const others = one.hard.filter(({ source: from }) => {
    return from === undefined || (from.name !== name && names.has(from.name));
  });
  const bound = own.node.kind === 'all' ? own.node.parts : [];
  // State may have decided parts: then bound parts and written ones do not correspond.
  if (bound.length !== node.parts.length || node.parts.length > PARTS_MAX) return whole;
  const indices = node.parts.map((_, i) => i);
  const kept = smallestConflict(indices, (rest) => {
    const parts = rest.map((i) => bound[i]);
    const part = { name, node: junction('all', parts), source: undefined };
    return !isPossible(cases, one.sets, [...others, part]);
  });
  const parts = kept.map((i) => node.parts[i]);
  return { ...whole, node: junction('all', parts), isCut: parts.length < node.parts.length };
}

/** The first case in which this constraint is what makes it impossible. */
function caseToShow(cases: Cases, name: string, core: readonly string[]): Case | undefined {
  const having = cases.all.filter(({ hard }) => hard.some(({ source }) => source?.name === name));
  if (having.length < 2) return having[0];
  const others = new Set(core.filter((other) => other !== name));
  return having.find((one) => caseHolds(cases, one, others)) ?? having[0];
}

/** Whether a constraint is not the same in all cases. */
function differs(cases: Cases, name: string): boolean {
  const keys = cases.all.map(({ hard }) => {
    const source = hard.find((bound) => bound.source?.name === name)?.source;
    return source === undefined ? '' : expressionKey(source.node);
  });
  return new Set(keys).size > 1;
}

const PARTS_MAX = 64;

/** Variables that a constraint speaks of, as written, in a case. */
export function variablesIn(node: BoolNode, names: VariableNames): readonly number[] {
  const found = new Set<number>();
  const visit = (part: BoolNode): void => {
    for (const index of varsOf(part)) {
      const truth = names.truths.find((one) => one.index === index);
      if (truth === undefined) found.add(index);
      else visit(truth.node);
    }
  };
  visit(node);
  return [...found].sort((a, b) => a - b);
}
