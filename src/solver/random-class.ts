/**
 * Random classes: plain fields in a class, their domains and named constraints beside it (semantics §1, §2).
 *
 *     class Item { op: Op = 'add'; a = 0; limit = 9; }
 *     const item = rand(Item, { op: oneOf('add', 'sub'), a: uint(8) }, {
 *       small: (v) => v.op.is('sub').implies(v.a.le(v.limit)),      // limit has no domain: read at the time of solving
 *     });
 *     const one = item.create(stream);
 *     one.randomize((v) => v.a.gt(3));                              // throws an explanation when there is no solution
 *
 * A failed solve changes no field. All draws come from the stream given, and what was solved before changes none of them.
 */
import { UsageError, assert } from '#base/assert';
import type { RandomStream } from '#random/random-stream';
import {
  BoolExpr,
  ChoiceExpr,
  FlagExpr,
  IntExpr,
  SoftConstraint,
  StateChoice,
  StateList,
  type Constraint,
} from './builder.ts';
import type { Domain, NumberRange, Scalar } from './domain.ts';
import { explainFailure } from './explain.ts';
import type { BoolNode, IntNode } from './expression.ts';
import { SOLVER_LIMITS } from './limits.ts';
import { Prepared } from './prepared.ts';
import type { VariableNames } from './print.ts';
import { Problem, type ComponentCache, type NamedConstraint } from './problem.ts';
import { rewriteBool } from './rewrite.ts';

/** A domain for each field that is random. */
export type DomainsOf<C> = { readonly [K in keyof C]?: Domain<C[K]> };

/** What a field is in a constraint: a variable when it has a domain, else state. */
export type Vars<C, D> = {
  readonly [
    K in keyof C as K extends keyof D ? K : StateOf<C[K]> extends never ? never : K
  ]: K extends keyof D ? VariableOf<D[K]> : StateOf<C[K]>;
};

type VariableOf<D> =
  D extends Domain<infer T>
    ? [T] extends [number]
      ? IntExpr
      : [T] extends [boolean]
        ? FlagExpr
        : ChoiceExpr<T & Scalar>
    : never;

type StateOf<T> = [T] extends [number]
  ? IntExpr
  : [T] extends [boolean]
    ? BoolExpr
    : [T] extends [string]
      ? StateChoice<T>
      : [T] extends [ArrayLike<number | NumberRange>]
        ? StateList
        : never;

/** Constraints for one call. */
export type Inline<C, D> = (v: Vars<C, D>) => Constraint | readonly Constraint[];
/** Named constraint blocks. */
export type Blocks<C, D> = { readonly [name: string]: Inline<C, D> };

/** An instance that can be randomized; draws from the stream it was created with. */
export type Randomized<C, D> = C & {
  /**
   * Gives all random fields new values that satisfy the class's constraints and those given here.
   * @throws UsageError `solve-failed` with an explanation, `solve-limit`; all fields are then as before.
   */
  randomize(inline?: Inline<C, D>): void;
};

/** Called around a solve when the class has them; after a failed solve `postRandomize` is not. */
interface Hooks {
  preRandomize?(): void;
  postRandomize?(): void;
}

/**
 * Declares which fields of a class are random (those with a domain; the others are state), and named blocks of
 * constraints on them (IEEE 1800 clause 18.5; semantics §2). `create` of the result makes instances.
 * @throws UsageError `bad-domain` for a `mix()`, which is for drawing alone.
 */
export function rand<C extends object, const D extends DomainsOf<C>>(
  itemClass: new () => C,
  domains: D & { readonly [K in Exclude<keyof D, keyof C>]: never },
  blocks: Blocks<C, D> = {},
): RandomClass<C, D> {
  return new RandomClass<C, D>(itemClass, domains, blocks);
}

/**
 * What `rand` gives: a class with the domains of its random fields and its named constraints, from which `create`
 * makes instances that can be randomized. Uniform over all legal combinations unless weighted or solved first (IEEE
 * 1800 clause 18.5.9; semantics §2).
 */
export class RandomClass<C extends object, D> {
  /** The class's own name. */
  readonly name: string;
  private readonly itemClass: new () => C;
  private readonly domains: D;
  private readonly blocks: Blocks<C, D>;
  private readonly names: VariableNames;
  private readonly cache = new Map<string, Prepared>();
  private readonly components: ComponentCache = new Map();
  private readonly scratch: Float64Array;
  private declared: Declared<C, D> | undefined = undefined;
  private instanceClass: (new (stream: RandomStream) => Randomized<C, D>) | undefined = undefined;

  /** Use `rand`. @throws UsageError when a domain cannot be a random variable's. */
  constructor(itemClass: new () => C, domains: D, blocks: Blocks<C, D>) {
    this.itemClass = itemClass;
    this.name = itemClass.name;
    this.domains = domains;
    this.blocks = blocks;
    const entries = Object.entries(domains as Record<string, Domain<Scalar>>);
    for (const [field, domain] of entries) {
      if (domain.isUniform) continue;
      throw new UsageError('bad-domain', `${this.name}.${field} has a mix() as its domain`, {
        hint: 'mix() is for drawing; give a plain domain and a dist constraint.',
      });
    }
    this.names = {
      fields: entries.map(([field]) => field),
      domains: entries.map(([, domain]) => domain),
    };
    this.scratch = new Float64Array(entries.length);
  }

  /** A random class with further constraint blocks; a block of the same name replaces the one here. */
  extend(blocks: Blocks<C, D>): RandomClass<C, D> {
    const kept = Object.entries(this.blocks).filter(([name]) => !(name in blocks));
    const merged = { ...Object.fromEntries(kept), ...blocks };
    return new RandomClass<C, D>(this.itemClass, this.domains, merged);
  }

  /** A new instance, with its fields as the class initialises them. */
  create(stream: RandomStream): Randomized<C, D> {
    this.instanceClass ??= this.makeInstanceClass();
    return new this.instanceClass(stream);
  }

  /** Randomizes any instance of the class. See `Randomized.randomize`. */
  randomize(target: C, stream: RandomStream, inline?: Inline<C, D>): void {
    const hooks = target as Hooks;
    hooks.preRandomize?.();
    const prepared = this.prepare(target, inline);
    const values = this.scratch;
    if (!prepared.solve(stream, values)) throw this.failure(target, prepared);
    assert(prepared.problem.isSolvedBy(values), 'a solution satisfies all its constraints');
    const fields = target as Record<string, unknown>;
    for (let i = 0; i < values.length; i++) {
      fields[this.names.fields[i]] = this.names.domains[i].fromNumber(values[i]);
    }
    hooks.postRandomize?.();
  }

  /** Number of solutions with the state of `target`; undefined when it is too hard to count. */
  count(target: C = new this.itemClass(), inline?: Inline<C, D>): bigint | undefined {
    return this.prepare(target, inline).problem.count();
  }

  /** Soft constraints that would be dropped for `target`, by name. */
  droppedSoft(target: C = new this.itemClass(), inline?: Inline<C, D>): readonly string[] {
    return this.prepare(target, inline).dropped;
  }

  private prepare(target: C, inline: Inline<C, D> | undefined): Prepared {
    this.declared ??= new Declared(this.itemClass, this.names, this.blocks);
    const { declared } = this;
    const added = inline === undefined ? EMPTY : declared.block('inline', inline);
    const fields = target as Record<string, unknown>;
    const state = (field: string): unknown => fields[field];
    const stateFields = [...declared.own.stateFields, ...added.stateFields];
    const isPlain = added === EMPTY && stateFields.length === 0;
    const key = isPlain ? '' : JSON.stringify([stateFields.map(state), added.key]);
    const known = this.cache.get(key);
    if (known !== undefined) return known;
    const bind = ({ name, node }: NamedConstraint): NamedConstraint => {
      return { name, node: rewriteBool(node, { state }) };
    };
    const hard = new Problem(
      this.names.domains.map((domain) => domain.ranges),
      [...declared.own.hard, ...added.hard].map(bind),
      { cache: this.components },
    );
    const made = new Prepared(hard, [...declared.own.soft, ...added.soft].map(bind), [
      ...declared.own.first,
      ...added.first,
    ]);
    if (this.cache.size >= SOLVER_LIMITS.cacheEntriesMax) this.cache.clear();
    this.cache.set(key, made);
    return made;
  }

  private failure(target: C, prepared: Prepared): UsageError {
    const fields = target as Record<string, unknown>;
    const stateFields = this.declared?.own.stateFields ?? [];
    const state = stateFields.map((field) => [field, fields[field]] as const);
    return explainFailure(this.name, prepared.problem, this.names, state);
  }

  private makeInstanceClass(): new (stream: RandomStream) => Randomized<C, D> {
    const base = this.itemClass as new () => object;
    const owner = this as unknown as {
      randomize(target: object, stream: RandomStream, inline: unknown): void;
    };
    class Instance extends base {
      readonly #stream: RandomStream;
      constructor(stream: RandomStream) {
        super();
        this.#stream = stream;
      }
      randomize(inline?: unknown): void {
        owner.randomize(this, this.#stream, inline);
      }
    }
    Object.defineProperty(Instance, 'name', { value: this.name });
    return Instance as unknown as new (stream: RandomStream) => Randomized<C, D>;
  }
}

/** Constraints of one or more blocks, sorted by kind; state is not bound yet. */
interface Declaration {
  readonly hard: readonly NamedConstraint[];
  readonly soft: readonly NamedConstraint[];
  readonly first: readonly IntNode[];
  /** Fields read at the time of solving. */
  readonly stateFields: readonly string[];
  /** Tells declarations apart. */
  readonly key: string;
}

const EMPTY: Declaration = { hard: [], soft: [], first: [], stateFields: [], key: '' };

/** The constraints of a class, built once. */
class Declared<C extends object, D> {
  readonly own: Declaration;
  private readonly vars: Vars<C, D>;

  constructor(itemClass: new () => C, names: VariableNames, blocks: Blocks<C, D>) {
    this.vars = makeVars<C, D>(new itemClass(), names);
    const parts = Object.entries(blocks).map(([name, block]) => this.block(name, block));
    this.own = {
      hard: parts.flatMap((part) => part.hard),
      soft: parts.flatMap((part) => part.soft),
      first: parts.flatMap((part) => part.first),
      stateFields: [...new Set(parts.flatMap((part) => part.stateFields))],
      key: '',
    };
  }

  /** Evaluates one block. */
  block(name: string, build: Inline<C, D>): Declaration {
    const built = build(this.vars);
    const list = Array.isArray(built) ? (built as readonly Constraint[]) : [built as Constraint];
    const hard: NamedConstraint[] = [];
    const soft: NamedConstraint[] = [];
    const first: IntNode[] = [];
    const stateFields = new Set<string>();
    list.forEach((constraint, n) => {
      const own = list.length === 1 ? name : `${name}[${n}]`;
      if (constraint instanceof BoolExpr) hard.push({ name: own, node: constraint.node });
      else if (constraint instanceof SoftConstraint)
        soft.push({ name: own, node: constraint.node });
      else first.push(...constraint.first);
    });
    for (const { node } of [...hard, ...soft]) visitState(node, (field) => stateFields.add(field));
    const key = JSON.stringify([hard, soft, first]);
    return { hard, soft, first, stateFields: [...stateFields], key };
  }
}

function makeVars<C extends object, D>(sample: C, names: VariableNames): Vars<C, D> {
  const vars: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(sample)) {
    if (typeof value === 'number') vars[field] = new IntExpr({ kind: 'state', field });
    else if (typeof value === 'string') vars[field] = new StateChoice(field);
    else if (typeof value === 'boolean') vars[field] = stateFlag(field);
    else if (Array.isArray(value) || ArrayBuffer.isView(value)) vars[field] = new StateList(field);
  }
  names.fields.forEach((field, index) => {
    const code: IntNode = { kind: 'var', index };
    const domain = names.domains[index];
    if (domain.kind === 'integer') vars[field] = new IntExpr(code);
    else if (domain.kind === 'flag') vars[field] = new FlagExpr(code);
    else vars[field] = new ChoiceExpr(code, domain, field);
  });
  return vars as Vars<C, D>;
}

function stateFlag(field: string): BoolExpr {
  return new BoolExpr({ kind: 'in', a: { kind: 'state', field }, ranges: [[1, 1]] });
}

/** Calls `visit` with each state field that a constraint reads. */
function visitState(node: BoolNode | IntNode, visit: (field: string) => void): void {
  switch (node.kind) {
    case 'state':
    case 'stateIs':
      visit(node.field);
      return;
    case 'inState':
    case 'choiceState':
      visit(node.field);
      visitState(node.a, visit);
      return;
    case 'literal':
    case 'const':
    case 'big':
    case 'var':
      return;
    case 'not':
      visitState(node.part, visit);
      return;
    case 'all':
    case 'any':
      for (const part of node.parts) visitState(part, visit);
      return;
    case 'bits':
    case 'in':
    case 'inBig':
    case 'dist':
      visitState(node.a, visit);
      return;
    default:
      visitState(node.a, visit);
      visitState(node.b, visit);
  }
}
