/**
 * One call's constraints, made ready and kept for the next call with the same ones: which soft constraints hold, which
 * distributions apply, and the problem that is left (semantics §2).
 *
 * The distribution of a solve is defined by these steps, in this order:
 *   1. Soft constraints, from the highest priority down, stay if they can hold together with all that stay already.
 *   2. Distributions in the order declared: one value is drawn by weight *among the values that can still be part of a
 *      solution*. One under a condition first settles whether the condition holds, as a uniform solution has it.
 *   3. Variables to be solved first: each uniformly over the values that are left to it.
 *   4. The rest: uniformly over all solutions that are left, by construction (`paving.ts`).
 */
import { UsageError } from '#base/assert';
import type { RandomStream } from '#random/random-stream';
import { evaluateBool, type BoolNode, type DistItem, type IntNode } from './expression.ts';
import type { Sets } from './interval.ts';
import { SOLVER_LIMITS } from './limits.ts';
import { Problem, type NamedConstraint } from './problem.ts';
import { junction } from './rewrite.ts';

/** Values to be drawn by weight, while `guard` holds. */
interface Wish {
  readonly name: string;
  readonly a: IntNode;
  readonly items: readonly DistItem[];
  readonly guard: BoolNode | undefined;
}

export class Prepared {
  /** Hard constraints and the soft ones that hold. */
  readonly problem: Problem;
  /** Names of the soft constraints that could not be kept. */
  readonly dropped: readonly string[];
  private readonly wishes: readonly Wish[];
  private readonly children = new Map<string, Problem>();
  /** Values of a distribution that can be satisfied, where they had to be looked up. */
  private readonly left = new Map<string, SatisfiableValues>();

  /** @param soft from the lowest to the highest priority. */
  constructor(
    domains: Sets,
    hard: readonly NamedConstraint[],
    soft: readonly NamedConstraint[],
    first: readonly IntNode[],
  ) {
    const { problem, dropped } = keepSoft(new Problem(domains, hard), soft);
    this.problem = problem;
    this.dropped = dropped;
    const wishes = problem.constraints.flatMap(({ name, node }) => wishesOf(node, name, []));
    this.wishes = [...wishes, ...first.map((a) => solveFirstWish(a, domains))];
  }

  /** Draws a solution into `values`; false: none was found. */
  solve(stream: RandomStream, values: Float64Array): boolean {
    let { problem } = this;
    let path = '';
    for (let n = 0; n < this.wishes.length; n++) {
      const wish = this.wishes[n];
      if (wish.guard !== undefined) {
        const holds = settle(problem, wish.guard, stream, values);
        if (holds === undefined) return false;
        path += holds ? `${n}+` : `${n}-`;
        const node: BoolNode = holds ? wish.guard : { kind: 'not', part: wish.guard };
        problem = this.child(problem, path, { name: wish.name, node });
        if (!holds) continue;
      }
      const chosen = this.choose(problem, wish, `${path}${n}`, stream);
      if (chosen === undefined) return false;
      ({ problem, path } = chosen);
    }
    return problem.sample(stream, values);
  }

  /** Draws a value of the distribution that can be satisfied. */
  private choose(
    problem: Problem,
    wish: Wish,
    path: string,
    stream: RandomStream,
  ): { readonly problem: Problem; readonly path: string } | undefined {
    const weights = wish.items.map(totalWeight);
    for (let n = 0; n < SOLVER_LIMITS.distTriesMax; n++) {
      const item = wish.items[stream.weighted(weights)];
      const value = stream.range(item.low, item.high);
      const next = this.fixed(problem, wish, value, path);
      // A value whose satisfiability stays open is taken: the draw that follows will tell.
      if (next.problem.satisfiability() !== 'no') return next;
    }
    return this.chooseAmongSatisfiable(problem, wish, path, stream);
  }

  private chooseAmongSatisfiable(
    problem: Problem,
    wish: Wish,
    path: string,
    stream: RandomStream,
  ): { readonly problem: Problem; readonly path: string } | undefined {
    const count = wish.items.reduce((sum, item) => sum + item.high - item.low + 1, 0);
    if (count > SOLVER_LIMITS.distValuesMax) return undefined;
    const key = `${path}?`;
    const left = this.left.get(key) ?? satisfiableValues(problem, wish);
    this.left.set(key, left);
    if (left.values.length === 0) return undefined;
    const value = left.values[pickByShare(left.items, stream)];
    return this.fixed(problem, wish, value, path);
  }

  private fixed(
    problem: Problem,
    wish: Wish,
    value: number,
    path: string,
  ): { readonly problem: Problem; readonly path: string } {
    const own = `${path}=${value};`;
    const node: BoolNode = { kind: 'in', a: wish.a, ranges: [[value, value]] };
    return { problem: this.child(problem, own, { name: wish.name, node }), path: own };
  }

  /** A problem with one more constraint; kept, because the next solve is likely to take the same way. */
  private child(problem: Problem, path: string, added: NamedConstraint): Problem {
    const known = this.children.get(path);
    if (known !== undefined) return known;
    if (this.children.size >= SOLVER_LIMITS.cacheEntriesMax) {
      this.children.clear();
      this.left.clear();
    }
    const made = problem.with(added);
    this.children.set(path, made);
    return made;
  }
}

interface SatisfiableValues {
  readonly values: readonly number[];
  /** The item that each value comes from. */
  readonly items: readonly DistItem[];
}

function satisfiableValues(problem: Problem, wish: Wish): SatisfiableValues {
  const values: number[] = [];
  const items: DistItem[] = [];
  for (const item of wish.items) {
    for (let value = item.low; item.weight > 0 && value <= item.high; value++) {
      const node: BoolNode = { kind: 'in', a: wish.a, ranges: [[value, value]] };
      if (problem.with({ name: wish.name, node }).satisfiability() === 'no') continue;
      values.push(value);
      items.push(item);
    }
  }
  return { values, items };
}

/** Keeps soft constraints from the highest priority down as long as there is a solution. */
function keepSoft(
  hard: Problem,
  soft: readonly NamedConstraint[],
): { readonly problem: Problem; readonly dropped: readonly string[] } {
  if (soft.length === 0) return { problem: hard, dropped: [] };
  const whole = new Problem(hard.domains, [...hard.constraints, ...soft]);
  if (whole.satisfiability() === 'yes') return { problem: whole, dropped: [] };
  let problem = hard;
  const dropped: string[] = [];
  for (const constraint of [...soft].reverse()) {
    const next = problem.with(constraint);
    if (next.satisfiability() === 'yes') problem = next;
    else dropped.push(constraint.name);
  }
  return { problem, dropped };
}

/** Weight of an item over all its values. */
function totalWeight(item: DistItem): number {
  return item.isShared ? item.weight : item.weight * (item.high - item.low + 1);
}

/** An index in proportion to weight, where a shared weight is divided by the size of the item it comes from. */
function pickByShare(items: readonly DistItem[], stream: RandomStream): number {
  const sizes = items.map((item) => (item.isShared ? item.high - item.low + 1 : 1));
  // Weights times the least common multiple of the sizes; a size too many for that is left to repeated drawing.
  const multiple = sizes.reduce((m, size) => (m / gcd(m, size)) * size, 1);
  const weights = items.map((item, i) => item.weight * (multiple / sizes[i]));
  if (weights.reduce((sum, weight) => sum + weight, 0) <= Number.MAX_SAFE_INTEGER) {
    return stream.weighted(weights);
  }
  const totals = items.map((item) => item.weight);
  for (;;) {
    const index = stream.weighted(totals);
    if (stream.below(sizes[index]) === 0) return index;
  }
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/** Whether a condition holds, as a solution drawn uniformly has it; undefined: no solution found. */
function settle(
  problem: Problem,
  guard: BoolNode,
  stream: RandomStream,
  values: Float64Array,
): boolean | undefined {
  const truth = problem.truthOf(guard);
  if (truth !== 'open') return truth === 'yes';
  if (!problem.sample(stream, values)) return undefined;
  return evaluateBool(guard, values);
}

/** The distributions in a constraint, with the conditions under which they stand. */
function wishesOf(node: BoolNode, name: string, guards: readonly BoolNode[]): readonly Wish[] {
  switch (node.kind) {
    case 'dist': {
      const guard = guards.length === 0 ? undefined : junction('all', guards);
      return [{ name, a: node.a, items: node.items, guard }];
    }
    case 'all':
      return node.parts.flatMap((part) => wishesOf(part, name, guards));
    case 'any': {
      const weighted = node.parts.filter(hasDist);
      if (weighted.length === 0) return [];
      if (weighted.length > 1) throw misplaced(name);
      const others = node.parts.filter((part) => part !== weighted[0]);
      const negated = others.map((part): BoolNode => ({ kind: 'not', part }));
      return wishesOf(weighted[0], name, [...guards, ...negated]);
    }
    case 'not':
      if (hasDist(node.part)) throw misplaced(name);
      return [];
    default:
      return [];
  }
}

function hasDist(node: BoolNode): boolean {
  switch (node.kind) {
    case 'dist':
      return true;
    case 'not':
      return hasDist(node.part);
    case 'all':
    case 'any':
      return node.parts.some(hasDist);
    default:
      return false;
  }
}

function misplaced(name: string): UsageError {
  return new UsageError(
    'bad-constraint',
    `constraint '${name}': a dist stands in a negation or choice`,
    {
      hint: 'Write it alone, or as the consequence of one implies().',
    },
  );
}

function solveFirstWish(a: IntNode, domains: Sets): Wish {
  const ranges = a.kind === 'var' ? domains[a.index] : [];
  const items = ranges.map(([low, high]) => ({ low, high, weight: 1, isShared: false }));
  return { name: 'solveFirst', a, items, guard: undefined };
}
