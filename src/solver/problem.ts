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
import { evaluateBool, evaluateInt, varsOf, type BoolNode, type IntNode } from './expression.ts';
import { boundsOf, checkExact, decide, intersect, type Sets, type ValueSet } from './interval.ts';
import { Paving, type Satisfiability } from './paving.ts';
import { rangesOf, rewriteBool } from './rewrite.ts';

/** A constraint and what it is called in explanations. State is bound already. */
export interface NamedConstraint {
  readonly name: string;
  readonly node: BoolNode;
}

interface Definition {
  readonly index: number;
  readonly node: IntNode;
}

export class Problem {
  /** By variable. */
  readonly domains: Sets;
  readonly constraints: readonly NamedConstraint[];
  private readonly definitions: readonly Definition[];
  private readonly components: readonly Paving[];
  /** A constraint is false whatever the values. */
  private readonly isRefuted: boolean;
  private known: Satisfiability | undefined = undefined;

  /** @throws UsageError `expression-too-wide`, `bad-shift`. */
  constructor(domains: Sets, constraints: readonly NamedConstraint[]) {
    this.domains = domains;
    this.constraints = constraints;
    for (const { node, name } of constraints) checkExact(node, domains, name);
    const parts = constraints.flatMap(({ node }) => conjuncts(rewriteBool(node, {})));
    const single = singleVariableSets(domains, parts);
    const eliminated = eliminate(single.sets, single.rest);
    this.definitions = eliminated.definitions;
    this.isRefuted =
      single.sets.some((set) => set.length === 0) ||
      eliminated.rest.some((node) => node.kind === 'literal' && !node.value);
    this.components = this.isRefuted
      ? []
      : split(single.sets, eliminated.rest, new Set(eliminated.definitions.map((d) => d.index)));
  }

  satisfiability(): Satisfiability {
    this.known ??= this.findSatisfiability();
    return this.known;
  }

  /** Draws a solution, each equally likely, into `values`; false: none was found within the limits. */
  sample(stream: RandomStream, values: Float64Array): boolean {
    if (this.isRefuted) return false;
    for (const component of this.components) {
      if (!component.sample(stream, values)) return false;
    }
    for (let i = this.definitions.length - 1; i >= 0; i--) {
      const { index, node } = this.definitions[i];
      values[index] = evaluateInt(node, values);
    }
    return true;
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

  with(added: NamedConstraint): Problem {
    return new Problem(this.domains, [...this.constraints, added]);
  }

  /** Whether the values satisfy every constraint: the plain meaning, asked after each solve. */
  isSolvedBy(values: Float64Array): boolean {
    return this.constraints.every(({ node }) => evaluateBool(node, values));
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

function conjuncts(node: BoolNode): readonly BoolNode[] {
  return node.kind === 'all' ? node.parts.flatMap(conjuncts) : [node];
}

/** Takes constraints of the form "variable inside a list" into the domains. */
function singleVariableSets(
  domains: Sets,
  parts: readonly BoolNode[],
): { readonly sets: Sets; readonly rest: readonly BoolNode[] } {
  const sets: ValueSet[] = [...domains];
  const rest = parts.filter((part) => {
    if (part.kind === 'literal') return !part.value;
    if ((part.kind !== 'in' && part.kind !== 'dist') || part.a.kind !== 'var') return true;
    const ranges = part.kind === 'in' ? part.ranges : rangesOf(part.items);
    sets[part.a.index] = intersect(sets[part.a.index], ranges);
    return false;
  });
  return { sets, rest };
}

/** Removes variables that an equation expresses by others. */
function eliminate(
  sets: Sets,
  parts: readonly BoolNode[],
): { readonly definitions: readonly Definition[]; readonly rest: readonly BoolNode[] } {
  const definitions: Definition[] = [];
  let rest = parts;
  for (;;) {
    const found = findDefinition(rest, sets);
    if (found === undefined) return { definitions, rest };
    const { definition, at } = found;
    const by = {
      variable: (index: number) => (index === definition.index ? definition.node : undefined),
    };
    const inDomain = rewriteBool(
      { kind: 'in', a: definition.node, ranges: sets[definition.index] },
      {},
    );
    rest = [
      ...rest.filter((_, i) => i !== at).map((node) => rewriteBool(node, by)),
      inDomain,
    ].filter((node) => node.kind !== 'literal' || !node.value);
    definitions.push(definition);
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
      if (isUsable(definition, sets)) return { definition, at };
    } else if (part.kind === 'in' && part.ranges.length === 1) {
      const [low, high] = part.ranges[0];
      if (low !== high || part.a.kind === 'var') continue;
      const definition = solveFor(part.a, { kind: 'const', value: low });
      if (isUsable(definition, sets)) return { definition, at };
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

/** Components of the variables that are left: those that share a constraint belong together. */
function split(
  sets: Sets,
  constraints: readonly BoolNode[],
  eliminated: ReadonlySet<number>,
): readonly Paving[] {
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
  return [...members.values()].map((group) => new Paving(group.vars, sets, group.constraints));
}
