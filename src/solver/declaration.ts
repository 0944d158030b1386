/**
 * The constraints of a class, or of one call, as the solver takes them: blocks are built (their functions called) and what they return is
 * sorted by kind. State is not bound yet, nor is it decided which blocks are switched on.
 *
 * Where sizes of arrays or results of functions are not known, a block is built with what is known; constraints that wait for
 * them are left out, and the variables that they wait for are `wanted`. Solved, they are known, and the block is built again.
 */
import { UsageError } from '#base/assert';
import { BoolExpr, SoftConstraint, SoftGroup } from './builder.ts';
import { holdsForCertain } from './certain.ts';
import { Before, DisableSoft, SolveBefore } from './constraint.ts';
import { varsOf, type BoolNode, type IntNode } from './expression.ts';
import { expressionKey } from './expression-key.ts';
import { visitExpression } from './expression-visit.ts';
import type { Layout, ObjectSlot } from './layout.ts';
import { placeIn, type Place } from './place.ts';
import { StateReads } from './state-reads.ts';
import { TruthVariables, type TruthVariable } from './truth-variables.ts';

/** A constraint block of a class, by the object that it belongs to. */
export interface Block {
  /** As explanations name it: `legal`, `header.legal`, `inline`. */
  readonly name: string;
  /** The block's name in its class. */
  readonly key: string;
  /** The object; undefined for constraints of one call. */
  readonly slot: ObjectSlot | undefined;
  readonly build: (vars: unknown, state: StateReads<unknown>) => unknown;
}

/** A constraint with its block; state is not bound. */
export interface Declared {
  readonly name: string;
  readonly node: BoolNode;
  readonly block: Block;
  readonly place: Place | undefined;
  /** Whether it has weights that are state. */
  readonly hasStateWeights: boolean;
}

/** In the order of priority, the lowest first. */
export type SoftStep =
  | { readonly kind: 'soft'; readonly constraint: Declared }
  | { readonly kind: 'disable'; readonly block: Block; readonly variables: readonly number[] };

/** An order of solving. */
export interface Order {
  readonly name: string;
  readonly block: Block;
  readonly place: Place | undefined;
  readonly first: readonly number[];
  readonly later: readonly number[];
}

/** A function of state that a block reads. */
export interface StateFunction {
  readonly slot: ObjectSlot | undefined;
  readonly read: (item: unknown) => unknown;
}

/** What blocks declare. */
export interface Declaration {
  readonly hard: readonly Declared[];
  readonly soft: readonly SoftStep[];
  readonly first: readonly { readonly block: Block; readonly node: IntNode }[];
  readonly orders: readonly Order[];
  /** Variables that stand for relations used as numbers. */
  readonly truths: readonly TruthVariable[];
  /** Fields read at the time of solving, by their names in nodes. */
  readonly stateFields: readonly string[];
  readonly functions: ReadonlyMap<string, StateFunction>;
  /** Variables that are to be solved before the rest can be built. */
  readonly wanted: readonly number[];
  /** Tells declarations of one class apart. */
  readonly key: string;
}

export const NO_CONSTRAINTS: Declaration = {
  hard: [],
  soft: [],
  first: [],
  orders: [],
  truths: [],
  stateFields: [],
  functions: new Map(),
  wanted: [],
  key: '',
};

/** Builds blocks and gathers what they declare. */
export class DeclarationBuilder {
  private readonly hard: Declared[] = [];
  private readonly soft: SoftStep[] = [];
  private readonly first: { readonly block: Block; readonly node: IntNode }[] = [];
  private readonly orders: Order[] = [];
  private readonly functions = new Map<string, StateFunction>();
  private readonly stateFields = new Set<string>();
  private readonly wanted = new Set<number>();
  private readonly keys: string[] = [];
  private readonly truths: TruthVariables;
  private readonly cyclic: ReadonlySet<number>;
  private readonly layout: Layout;

  /** @param known variables that stand for relations already, in constraints that these are solved with. */
  constructor(layout: Layout, known: readonly TruthVariable[] = []) {
    this.layout = layout;
    this.truths = new TruthVariables(layout.variableCount, known);
    this.cyclic = new Set(layout.cyclic.map(({ slot }) => slot.index));
  }

  /** Builds one block. */
  add(block: Block, vars: unknown): void {
    const state = new StateReads<unknown>(block.name);
    const built = builtBy(block, vars, state);
    const list = Array.isArray(built) ? (built as readonly unknown[]) : [built];
    for (const [name, read] of state.functions)
      this.functions.set(name, { slot: block.slot, read });
    list.forEach((constraint, n) => {
      this.sort(block, list.length === 1 ? block.name : `${block.name}[${n}]`, constraint);
    });
  }

  /** These variables have to be solved before everything can be built. */
  want(indices: readonly number[]): void {
    for (const index of indices) this.wanted.add(index);
  }

  /** @param isKeyed whether the key is needed: it is for constraints of one call. */
  finish(isKeyed: boolean): Declaration {
    const { hard, soft, first, orders, functions } = this;
    return {
      hard,
      soft,
      first,
      orders,
      functions,
      truths: this.truths.all,
      stateFields: [...this.stateFields],
      wanted: [...this.wanted].sort((a, b) => a - b),
      key: isKeyed ? this.keys.join('\n') : '',
    };
  }

  private sort(block: Block, name: string, constraint: unknown): void {
    if (constraint instanceof BoolExpr) {
      const declared = this.addDeclared(block, name, constraint);
      if (declared === undefined) return;
      this.hard.push(declared);
      this.keys.push(expressionKey(declared.node));
    } else if (constraint instanceof SoftConstraint) {
      const declared = this.addDeclared(block, name, constraint);
      if (declared === undefined) return;
      this.soft.push({ kind: 'soft', constraint: declared });
      this.keys.push(`soft ${expressionKey(declared.node)}`);
    } else if (constraint instanceof SoftGroup) {
      constraint.parts.forEach((part, n) => this.sort(block, `${name}[${n}]`, part));
    } else if (constraint instanceof Before) {
      const { first, later, place } = constraint;
      this.refuseCyclic(name, [...first, ...later], 'before()');
      this.orders.push({ name, block, place, first, later });
      this.keys.push(`before ${first.join()} ${later.join()}`);
    } else if (constraint instanceof DisableSoft) {
      this.soft.push({ kind: 'disable', block, variables: constraint.variables });
      this.keys.push(`disable ${constraint.variables.join()}`);
    } else if (constraint instanceof SolveBefore) {
      this.refuseCyclic(name, constraint.first.flatMap(varsOf), 'solveFirst()');
      for (const node of constraint.first) this.first.push({ block, node });
      this.keys.push(`first ${constraint.first.map(expressionKey).join()}`);
    } else throw noConstraint(name, constraint);
  }

  /** Undefined: it has to wait until more is known. */
  private addDeclared(
    block: Block,
    name: string,
    constraint: BoolExpr | SoftConstraint,
  ): Declared | undefined {
    const needs: number[] = [];
    let hasStateWeights = false;
    visitExpression(constraint.node, {
      weight: () => (hasStateWeights = true),
      state: (field) => this.stateFields.add(field),
      needs: (indices) => needs.push(...indices),
      dist: (a) => this.checkDist(name, a),
    });
    this.want(needs);
    if (needs.length > 0) return undefined;
    const node = this.truths.lower(holdsForCertain(constraint.node));
    return { name, node, block, place: constraint.place, hasStateWeights };
  }

  private checkDist(name: string, a: IntNode): void {
    const vars = varsOf(a);
    this.refuseCyclic(name, vars, 'a dist');
    let isRandom = vars.length > 0;
    visitExpression(a, { needs: () => (isRandom = true) });
    if (isRandom || (a.kind === 'const' && Number.isNaN(a.value))) return;
    throw new UsageError('bad-constraint', `constraint '${name}': a dist needs a random variable`, {
      hint: 'What has no domain is state, and has its value already.',
    });
  }

  private refuseCyclic(name: string, vars: readonly number[], word: string): void {
    const found = vars.find((index) => this.cyclic.has(index));
    if (found === undefined) return;
    const field = this.layout.names.fields[found];
    throw new UsageError(
      'cyclic-field',
      `constraint '${name}': ${field} is cyclic() and cannot stand in ${word}`,
      { hint: 'Cyclic fields are solved before all others, each value once per round.' },
    );
  }
}

/** What is no constraint must not be taken for none: it was meant to be one. */
function noConstraint(name: string, found: unknown): UsageError {
  const hint =
    found === undefined
      ? 'A block returns its constraints, and [] for none. A condition is implies(), not an if without else.'
      : 'Comparisons are methods: v.a.is(3), not v.a === 3; and(), or(), not(), not &&, ||, !.';
  const kind = isPlainValue(found) ? String(found) : 'an object';
  const said = found === undefined ? 'nothing' : `${kind}, which is no constraint`;
  return new UsageError('bad-constraint', `constraint '${name}': the block gave ${said}`, { hint });
}

function isPlainValue(found: unknown): found is boolean | number | string | null {
  return found === null || ['boolean', 'number', 'string'].includes(typeof found);
}

/** What a block returns; a mistake in it is told with the block's name and line. */
function builtBy(block: Block, vars: unknown, state: StateReads<unknown>): unknown {
  try {
    return block.build(vars, state);
  } catch (error) {
    if (!(error instanceof UsageError) || error.code !== 'bad-constraint') throw error;
    const { hint } = error;
    const said = hint === undefined ? error.message : error.message.replace(`\n  ${hint}`, '');
    const place = placeIn(error.stack ?? '');
    const message = `constraint '${block.name}'${place === undefined ? '' : ` (${place})`}: ${said}`;
    throw new UsageError(error.code, message, hint === undefined ? {} : { hint });
  }
}
