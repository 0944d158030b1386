/**
 * One set of hard constraints over random variables, ready to be sampled: definitions are eliminated, what is left falls into
 * independent components, each with its paving. Immutable; adding a constraint makes another problem.
 *
 *     a == b + 1, b <= 5, c even:   a := b + 1 (and b + 1 in a's domain) | {b} | {c}
 *
 * Eliminating a variable that equals an expression of others keeps the solutions one to one, hence uniformity.
 */
import { assert } from '#base/assert';
import type { RandomStream } from '#random/random-stream';
import { setsForShifts } from './check-shifts.ts';
import { Component, type Method, type Satisfiability } from './component.ts';
import { introduceDigits, type Definition, type Reduction } from './digits.ts';
import { isTotalOfHand } from './distinct-sum.ts';
import { countOf, normalizeRanges } from './domain.ts';
import { isInRanges, varsOf, type BoolNode, type IntNode } from './expression.ts';
import { compileDefinitions, compilePredicate } from './expression-code.ts';
import type { GiveUp } from './give-up.ts';
import { boundsOf, decide, intersect, type Sets, type ValueSet } from './interval.ts';
import { toLinear } from './linear.ts';
import { conjuncts, rangesOf, rewriteBool, rewriteInt } from './rewrite.ts';
import { cancelBool } from './simplify.ts';
import { SumTables } from './sum-solutions.ts';

/** A constraint and what it is called in explanations. State is bound already. */
export interface NamedConstraint {
  readonly name: string;
  readonly node: BoolNode;
}

/** A variable that another one is computed from: factor · inner + offset. */
interface InnerVariable {
  readonly index: number;
  readonly factor: number;
  readonly offset: number;
}

/** The value of the inner variable; NaN: the outer one cannot have this value. */
function innerValue({ factor, offset }: InnerVariable, value: number): number {
  const inner = (value - offset) / factor;
  return Number.isInteger(inner) ? inner : NaN;
}

/** One value of a variable, among the solutions of the component of what it is computed from. */
export interface Slice {
  readonly component: Component;
  readonly inner: InnerVariable;
}

/** Components by what they consist of, and what they count with: other problems of the class share them. */
export class ComponentCache {
  readonly sums = new SumTables();
  private readonly components = new Map<string, Component>();

  /** The component of some variables and constraints. */
  component(vars: readonly number[], sets: Sets, own: readonly BoolNode[]): Component {
    const key = JSON.stringify([vars.map((index) => [index, sets[index]]), own], withText);
    const known = this.components.get(key);
    if (known !== undefined) return known;
    if (this.components.size >= CACHED_MAX) this.components.clear();
    const component = new Component(vars, sets, own, this.sums);
    this.components.set(key, component);
    return component;
  }
}

const CACHED_MAX = 4096;

/** What a problem may be given beside its constraints. */
interface ProblemOptions {
  readonly cache?: ComponentCache;
  /** Variables that get their values elsewhere; nothing ties them. */
  readonly pinned?: readonly number[];
  /** What all constraints but the last ones were reduced to. */
  readonly base?: Reduction;
}

export class Problem {
  /** By variable. */
  readonly domains: Sets;
  readonly constraints: readonly NamedConstraint[];
  /** What the constraints come down to. */
  private readonly reduction: Reduction;
  private readonly components: readonly Component[];
  /** Values of all variables, those included that were added for digits. */
  private readonly scratch: Float64Array;
  /** A constraint is false whatever the values. */
  private readonly isRefuted: boolean;
  private known: Satisfiability | undefined = undefined;
  private define: ((values: Float64Array) => void) | undefined = undefined;
  private check: ((values: Float64Array) => boolean) | undefined = undefined;

  private readonly cache: ComponentCache;
  private readonly pinned: readonly number[];

  /** @throws UsageError `bad-shift`. */
  constructor(
    domains: Sets,
    constraints: readonly NamedConstraint[],
    { cache = new ComponentCache(), pinned = [], base }: ProblemOptions = {},
    added: readonly NamedConstraint[] = constraints,
  ) {
    this.cache = cache;
    this.pinned = pinned;
    this.domains = domains;
    this.constraints = constraints;
    this.reduction = reduced(
      shiftable(
        base ?? { sets: [...domains], definitions: [], constraints: [] },
        constraints,
        added,
      ),
      added,
    );
    this.scratch = new Float64Array(this.reduction.sets.length);
    this.isRefuted = isRefuted(this.reduction);
    this.components = this.isRefuted ? [] : split(this.reduction, { cache, pinned });
  }

  satisfiability(): Satisfiability {
    this.known ??= this.findSatisfiability();
    return this.known;
  }

  /**
   * Draws a solution, each equally likely, into `values`.
   * @param drawn a component whose values have been drawn before.
   * @returns false when none was found within the limits.
   */
  sample(stream: RandomStream, values: Float64Array, drawn?: Component): boolean {
    if (this.isRefuted) return false;
    const { scratch } = this;
    for (const index of this.pinned) scratch[index] = values[index];
    for (const component of this.components) {
      if (component !== drawn && !component.sample(stream, scratch)) return false;
    }
    this.define ??= compileDefinitions(this.reduction.definitions);
    this.define(scratch);
    for (let i = 0; i < values.length; i++) values[i] = scratch[i];
    return true;
  }

  /** The solutions of one value of a variable, where they can be drawn without making a problem of their own. */
  sliceOf(index: number): Slice | undefined {
    const inner = this.isRefuted ? undefined : this.innerOf(index);
    if (inner === undefined) return undefined;
    const component = this.components.find(({ vars }) => vars.includes(inner.index));
    if (component?.method.kind !== 'boxes') return undefined;
    return { component, inner };
  }

  /** Tells values that a variable may still have from values that alignment and domains rule out. */
  filterOf(index: number): (value: number) => boolean {
    const inner = this.innerOf(index);
    if (inner === undefined) return () => true;
    const set = this.reduction.sets[inner.index];
    return (value) => isInRanges(innerValue(inner, value), set);
  }

  /**
   * All values that a variable may still have, in their order, among others that it has not.
   * @returns undefined when they are more than `max`, or it is computed from several others.
   */
  candidatesOf(index: number, max: number): readonly number[] | undefined {
    const inner = this.innerOf(index);
    const set = inner === undefined ? [] : this.narrowedSet(inner.index);
    if (inner === undefined || countOf(set) > max) return undefined;
    const { factor, offset } = inner;
    const values = set.flatMap(([low, high]) =>
      Array.from({ length: high - low + 1 }, (_, n) => (low + n) * factor + offset),
    );
    return values.sort((a, b) => a - b);
  }

  /** What constraints leave of the values of a variable, at sight; undefined where that is not a matter of few ranges. */
  rangesOf(index: number): ValueSet | undefined {
    const inner = this.innerOf(index);
    if (inner === undefined || Math.abs(inner.factor) !== 1) return undefined;
    const { factor, offset } = inner;
    return normalizeRanges(
      this.narrowedSet(inner.index).map(([low, high]) => {
        return factor > 0 ? [low + offset, high + offset] : [offset - high, offset - low];
      }),
    );
  }

  private narrowedSet(index: number): ValueSet {
    const component = this.components.find(({ vars }) => vars.includes(index));
    return component?.narrowedSet(index) ?? this.reduction.sets[index];
  }

  /** What a variable is computed from: itself, or the one variable in its definition; undefined where it is computed from more. */
  private innerOf(index: number): InnerVariable | undefined {
    const definition = this.reduction.definitions.find((one) => one.index === index);
    if (definition === undefined) return { index, factor: 1, offset: 0 };
    const linear = toLinear(definition.node);
    const term = linear?.terms[0];
    if (linear?.terms.length !== 1 || term?.node.kind !== 'var') return undefined;
    return {
      index: term.node.index,
      factor: Number(term.factor),
      offset: Number(linear.constant),
    };
  }

  /**
   * As `sample`, among the solutions with one value of a variable.
   * @returns 'none' when there is no such solution, 'missed' when a few draws found none.
   */
  sampleSlice(
    { component, inner }: Slice,
    value: number,
    stream: RandomStream,
    values: Float64Array,
  ): 'drawn' | 'none' | 'missed' {
    const drawn = component.sampleSlice(
      inner.index,
      innerValue(inner, value),
      stream,
      this.scratch,
    );
    if (drawn !== 'drawn') return drawn;
    return this.sample(stream, values, component) ? 'drawn' : 'missed';
  }

  /** Why `sample` may find none. */
  get gaveUp(): GiveUp | undefined {
    for (const component of this.components) {
      const { gaveUp } = component;
      if (gaveUp !== undefined) return gaveUp;
    }
    return undefined;
  }

  /** How each component is drawn, in the order drawn. */
  get methods(): readonly Method[] {
    return this.components.map((component) => component.method);
  }

  /** Number of solutions; undefined when there are too many boxes to count them. */
  count(): bigint | undefined {
    if (this.isRefuted) return 0n;
    let product = 1n;
    for (const component of this.components) {
      const count = component.count();
      if (count === undefined) return undefined;
      product *= count;
    }
    return product;
  }

  /** Whether a constraint is settled by the domains and the constraints on single variables. */
  truthOf(node: BoolNode): 'yes' | 'no' | 'open' {
    return this.isRefuted ? 'open' : decide(node, this.domains);
  }

  /** The problem with one more constraint. */
  with(added: NamedConstraint): Problem {
    const { cache, pinned, reduction: base } = this;
    const options = { cache, pinned, base };
    return new Problem(this.domains, [...this.constraints, added], options, [added]);
  }

  /** The same problem but for a variable that nothing ties, and that gets its values elsewhere. */
  withPinned(index: number): Problem {
    const { cache, reduction: base } = this;
    const options = { cache, pinned: [...this.pinned, index], base };
    return new Problem(this.domains, this.constraints, options, []);
  }

  /** What is left of the domain of a variable that no constraint ties to others; undefined where one does. */
  freeSetOf(index: number): ValueSet | undefined {
    if (this.isRefuted) return undefined;
    const isFree = this.components.some(({ vars, isFree: free }) => free && vars.includes(index));
    return isFree ? this.reduction.sets[index] : undefined;
  }

  /** Whether the values satisfy every constraint: the plain meaning, asked after each solve. */
  isSolvedBy(values: Float64Array): boolean {
    this.check ??= compilePredicate(
      this.constraints.map(({ node }) => node),
      this.domains,
    );
    return this.check(values);
  }

  private findSatisfiability(): Satisfiability {
    if (this.isRefuted) return 'no';
    let result: Satisfiability = 'yes';
    for (const component of this.components) {
      const own = component.satisfiability();
      if (own === 'no') return 'no';
      if (own === 'open') result = 'open';
    }
    return result;
  }
}

/** With the sets that shifts need. @throws UsageError `bad-shift`. */
function shiftable(
  base: Reduction,
  constraints: readonly NamedConstraint[],
  added: readonly NamedConstraint[],
): Reduction {
  return { ...base, sets: [...setsForShifts(base.sets, constraints, added)] };
}

/** Takes more constraints into a reduction, which stays as it is. */
function reduced(base: Reduction, added: readonly NamedConstraint[]): Reduction {
  const more = added.flatMap(({ node }) => conjuncts(defined(rewriteBool(node, {}), base)));
  const reduction: Reduction = {
    sets: [...base.sets],
    definitions: [...base.definitions],
    constraints: [...base.constraints, ...more],
  };
  absorb(reduction);
  if (!isRefuted(reduction)) eliminate(reduction);
  if (!isRefuted(reduction)) introduceDigits(reduction);
  absorb(reduction);
  return reduction;
}

/** A constraint in terms of the variables that are left. */
function defined(node: BoolNode, { definitions }: Reduction): BoolNode {
  return definitions.reduce(
    (rewritten, { index, node: by }) =>
      rewriteBool(rewritten, { variable: (other) => (other === index ? by : undefined) }),
    node,
  );
}

function isRefuted({ sets, constraints }: Reduction): boolean {
  return (
    sets.some((set) => set.length === 0) ||
    constraints.some((node) => node.kind === 'literal' && !node.value)
  );
}

/** Takes constraints of the form "variable inside a list" into the sets. */
function absorb(reduction: Reduction): void {
  const { sets } = reduction;
  reduction.constraints = reduction.constraints.filter((part) => {
    if (part.kind === 'literal') return !part.value;
    if ((part.kind !== 'in' && part.kind !== 'dist') || part.a.kind !== 'var') return true;
    const ranges = part.kind === 'in' ? part.ranges : rangesOf(part.items);
    sets[part.a.index] = intersect(sets[part.a.index], ranges);
    return false;
  });
}

/** Removes variables that an equation expresses by others. */
function eliminate(reduction: Reduction): void {
  const { sets } = reduction;
  for (;;) {
    const found = findDefinition(reduction.constraints, sets);
    if (found === undefined) return;
    const { at } = found;
    // Folded: what is a constant must be seen to be one where it is put in.
    const definition = { ...found.definition, node: rewriteInt(found.definition.node, {}) };
    const by = {
      variable: (index: number) => (index === definition.index ? definition.node : undefined),
    };
    const inDomain = rewriteBool(
      { kind: 'in', a: definition.node, ranges: sets[definition.index] },
      {},
    );
    reduction.constraints = [
      ...reduction.constraints
        .filter((_, i) => i !== at)
        .map((node) => {
          const rewritten = rewriteBool(node, by);
          return rewritten === node ? node : cancelBool(rewritten);
        }),
      inDomain,
    ].filter((node) => node.kind !== 'literal' || !node.value);
    reduction.definitions.push(definition);
  }
}

function findDefinition(
  parts: readonly BoolNode[],
  sets: Sets,
): { readonly definition: Definition; readonly at: number } | undefined {
  for (let at = 0; at < parts.length; at++) {
    const part = parts[at];
    if (part.kind === 'eq') {
      const definition = solveFor(part.a, part.b) ?? solveFor(part.b, part.a);
      if (isUsable(definition, sets) && !isTotalOfHand(part, parts, sets))
        return { definition, at };
    } else if (part.kind === 'in' && part.ranges.length === 1) {
      const [low, high] = part.ranges[0];
      if (low !== high || part.a.kind === 'var') continue;
      const definition = solveFor(part.a, { kind: 'const', value: low });
      if (isUsable(definition, sets) && !isTotalOfHand(part, parts, sets))
        return { definition, at };
    }
  }
  return undefined;
}

/** An expression that stays exact; otherwise the equation remains a constraint like any other. */
function isUsable(definition: Definition | undefined, sets: Sets): definition is Definition {
  if (definition === undefined || sets.some((set) => set.length === 0)) return false;
  const { low, high } = boundsOf(definition.node, sets);
  return Math.max(Math.abs(low), Math.abs(high)) <= Number.MAX_SAFE_INTEGER;
}

/** Turns `side == other` into `variable := expression`, through sums and differences. */
function solveFor(side: IntNode, other: IntNode): Definition | undefined {
  switch (side.kind) {
    case 'var':
      if (varsOf(other).includes(side.index)) return undefined;
      return { index: side.index, node: other };
    case 'add':
      return (
        solveFor(side.a, { kind: 'sub', a: other, b: side.b }) ??
        solveFor(side.b, { kind: 'sub', a: other, b: side.a })
      );
    case 'sub':
      return (
        solveFor(side.a, { kind: 'add', a: other, b: side.b }) ??
        solveFor(side.b, { kind: 'sub', a: side.a, b: other })
      );
    default:
      return undefined;
  }
}

/** Components of the variables that are left: those that share a constraint belong together; those that nothing ties are one. */
function split(
  { sets, constraints, definitions }: Reduction,
  { cache, pinned }: { readonly cache: ComponentCache; readonly pinned: readonly number[] },
): readonly Component[] {
  const eliminated = new Set([...definitions.map(({ index }) => index), ...pinned]);
  const root = sets.map((_, index) => index);
  const find = (index: number): number => {
    while (root[index] !== index) index = root[index];
    return index;
  };
  const reach = constraints.map((node) => varsOf(node));
  for (const vars of reach) {
    for (const index of vars) {
      const [a, b] = [find(vars[0]), find(index)];
      root[Math.max(a, b)] = Math.min(a, b);
    }
  }
  const members = new Map<number, { vars: number[]; constraints: BoolNode[] }>();
  sets.forEach((_, index) => {
    if (eliminated.has(index)) return;
    const key = find(index);
    const group = members.get(key);
    if (group === undefined) members.set(key, { vars: [index], constraints: [] });
    else group.vars.push(index);
  });
  constraints.forEach((node, at) => {
    const group = members.get(find(reach[at][0]));
    assert(group !== undefined, 'a constraint with variables has a component');
    group.constraints.push(node);
  });
  const groups = [...members.values()];
  const free = groups.filter((group) => group.constraints.length === 0).flatMap(({ vars }) => vars);
  const tied = groups.filter((group) => group.constraints.length > 0);
  return [
    ...(free.length === 0 ? [] : [cache.component(free, sets, [])]),
    ...tied.map((group) => cache.component(group.vars, sets, group.constraints)),
  ];
}

/** What JSON cannot say: big integers, and the NaN of a division by zero. */
function withText(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  return Number.isNaN(value) ? 'NaN' : value;
}
