/**
 * Random classes: plain fields in a class, their domains and named constraints beside it (IEEE 1800 clause 18; semantics §1, §2).
 *
 *     class Item { op: Op = 'add'; a = 0; limit = 9; }
 *     const item = rand(Item, { op: oneOf('add', 'sub'), a: uint(8) }, {
 *       small: (v) => v.op.is('sub').implies(v.a.le(v.limit)),      // limit has no domain: read at the time of solving
 *     });
 *     const one = item.create(stream);
 *     one.randomize((v) => v.a.gt(3));                              // throws an explanation when there is no solution
 *
 * A failed solve changes no field, and no round of a cyclic field. All draws come from the stream given, and what was solved before
 * changes none of them.
 */
import { assert } from '#base/assert';
import type { RandomStream } from '#random/random-stream';
import { checkValues, type CheckResult } from './check-values.ts';
import { countSolutions } from './count-solutions.ts';
import { explainFailure } from './explain.ts';
import { fieldMarginals, type Marginal } from './field-marginals.ts';
import { callHooks } from './hooks.ts';
import { LevelSolver, unsolved } from './level-solver.ts';
import type { FieldDomain } from './field-domain.ts';
import { RandomModel, type Call, type ModelShape } from './random-model.ts';
import { blockMode, checkField, checkWholeField, fieldMode } from './mode-switches.ts';
import { knownState, type StaticBlock } from './random-modes.ts';
import { QuickSolve } from './quick-solve.ts';
import { instanceClassOf, type RandomField, type Randomized } from './random-instance.ts';
import { slotsOff, valuesOff, writeFields, type Chosen } from './slot-values.ts';
import type { DomainsOf, Inline } from './variables.ts';

/** Named constraint blocks. */
export type Blocks<C, D> = {
  readonly [name: string]: Inline<C, D> | StaticBlock<C, D>;
};

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
export class RandomClass<C extends object, D> implements ModelShape {
  /** The class's own name. */
  readonly name: string;
  /** Type only: the class. */
  declare readonly valueType?: C;
  readonly itemClass: new () => C;
  readonly fieldDomains: D & Readonly<Record<string, FieldDomain>>;
  readonly blocks: ModelShape['blocks'];
  private model: RandomModel | undefined = undefined;
  private quick: { readonly solve: QuickSolve | undefined } | undefined = undefined;
  private instanceClass: (new (stream: RandomStream) => Randomized<C, D>) | undefined = undefined;

  /** Use `rand`. @throws UsageError when a domain cannot be a random variable's. */
  constructor(itemClass: new () => C, domains: D, blocks: Blocks<C, D>) {
    this.itemClass = itemClass;
    this.name = itemClass.name;
    this.fieldDomains = domains as D & Readonly<Record<string, FieldDomain>>;
    this.blocks = blocks as unknown as ModelShape['blocks'];
    this.model = new RandomModel(this);
  }

  /** A random class with further constraint blocks; a block of the same name replaces the one here. */
  extend(blocks: Blocks<C, D>): RandomClass<C, D> {
    return new RandomClass<C, D>(this.itemClass, this.fieldDomains, merged(this.blocks, blocks));
  }

  /**
   * A random class for a subclass: the fields and blocks here, and its own; a field or block of the same name replaces
   * the one here (IEEE 1800 clause 18.5.2).
   */
  derive<S extends C, const E extends DomainsOf<S>>(
    itemClass: new () => S,
    domains: E,
    blocks: Blocks<S, Omit<D, keyof E> & E> = {},
  ): RandomClass<S, Omit<D, keyof E> & E> {
    const all = { ...this.fieldDomains, ...domains };
    return new RandomClass(itemClass, all, merged(this.blocks, blocks));
  }

  /** A new instance, with its fields as the class initialises them. */
  create(stream: RandomStream): Randomized<C, D> {
    this.instanceClass ??= instanceClassOf<C, D>(this);
    return new this.instanceClass(stream);
  }

  /** Randomizes any instance of the class. See `Randomized.randomize`. */
  randomize(target: C, stream: RandomStream, inline?: Inline<C, D>): void {
    this.solve(target, stream, undefined, inline);
  }

  /** Randomizes these fields alone; all others are state. See `Randomized.randomizeOnly`. */
  randomizeOnly(
    target: C,
    stream: RandomStream,
    fields: readonly (keyof D & string)[],
    inline?: Inline<C, D>,
  ): void {
    for (const field of fields) checkWholeField(this, field);
    this.solve(target, stream, new Set<string>(fields), inline);
  }

  /** Whether the values that `target` has satisfy all constraints, and which of them they do not. */
  check(target: C, inline?: Inline<C, D>, run?: object): CheckResult {
    return checkValues(this.ownModel, this.call(target, inline, { run }));
  }

  /** Number of solutions with the state of `target`; undefined when it is too hard to count. */
  count(target: C = new this.itemClass(), inline?: Inline<C, D>): bigint | undefined {
    return countSolutions(this.ownModel, this.call(target, inline));
  }

  /**
   * The exact distribution of one field with the state of `target`: each value up to 64 of them, else 64 ranges of equal size.
   * @returns undefined when it is too hard to count, or when fields have to be solved one before the other.
   * @throws UsageError `unknown-name` for what is no field of one number, flag or choice.
   */
  marginals(
    field: RandomField<D>,
    target: C = new this.itemClass(),
    inline?: Inline<C, D>,
  ): readonly Marginal[] | undefined {
    return fieldMarginals(this.ownModel, this.call(target, inline), field);
  }

  /** Soft constraints that would be dropped for `target`, by name; those on elements of arrays of random size left out. */
  droppedSoft(target: C = new this.itemClass(), inline?: Inline<C, D>): readonly string[] {
    const call = this.call(target, inline);
    return this.ownModel.level(call, call.off).prepared.dropped;
  }

  /** Whether a field of `target` is random; given `isOn`, switches it. See `Randomized.randMode`. */
  randMode(target: C, field: RandomField<D>, isOn?: boolean): boolean {
    checkField(this, field);
    return fieldMode(target, field, isOn);
  }

  /** Whether a block holds for `target`; given `isOn`, switches it. See `Randomized.constraintMode`. */
  constraintMode(target: C, block: string, isOn?: boolean, run?: object): boolean {
    return blockMode(this, target, { block, isOn, run });
  }

  private get ownModel(): RandomModel {
    return (this.model ??= new RandomModel(this));
  }

  private call(
    target: C,
    inline: Inline<C, D> | undefined,
    how: { readonly chosen?: Chosen; readonly run?: object | undefined } = {},
  ): Call {
    return {
      target,
      inline: inline as Call['inline'],
      chosen: how.chosen,
      run: how.run,
      off: valuesOff(target, this.ownModel.layout.root, how.chosen),
    };
  }

  private solve(target: C, stream: RandomStream, chosen: Chosen, inline?: Inline<C, D>): void {
    const model = this.ownModel;
    const { root } = model.layout;
    callHooks('preRandomize', target, root, chosen);
    const isPlain = inline === undefined && chosen === undefined;
    const quick = isPlain ? this.ownQuick?.solve(target, stream) : undefined;
    if (quick === 'solved') {
      callHooks('postRandomize', target, root, chosen);
      return;
    }
    const call = this.call(target, inline, { chosen, run: stream.run });
    const solver = new LevelSolver(model, call, stream);
    const outcome = quick === 'failed' ? unsolved(solver.last) : solver.solve();
    if (outcome !== 'yes') {
      throw explainFailure({ className: this.name, model, call, solver, outcome });
    }
    const { values, last } = solver;
    assert(last.prepared.problem.isSolvedBy(values), 'a solution satisfies all its constraints');
    const off = call.off.size === 0 ? NOTHING_OFF : slotsOff(target, root, chosen);
    writeFields(root, target, { values, off });
    for (const cycle of solver.cycles) cycle.commit();
    if (isPlain && call.off.size === 0 && knownState(target) === undefined)
      this.ownQuick?.keep(last);
    callHooks('postRandomize', target, root, chosen);
  }

  private get ownQuick(): QuickSolve | undefined {
    this.quick ??= { solve: QuickSolve.of(this.ownModel, this.blocks) };
    return this.quick.solve;
  }
}

const NOTHING_OFF: ReadonlySet<never> = new Set<never>();

function merged<C, D>(base: ModelShape['blocks'], blocks: Blocks<C, D>): Blocks<C, D> {
  const kept = Object.entries(base).filter(([name]) => !(name in blocks));
  return { ...(Object.fromEntries(kept) as unknown as Blocks<C, D>), ...blocks };
}
