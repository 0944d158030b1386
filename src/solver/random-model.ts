/**
 * A random class as problems for the solver: the variables of its fields, its blocks built, and for one call the constraints that
 * hold in it, with state bound. What was prepared is kept for the next call with the same constraints and the same state.
 */
import { UsageError } from '#base/assert';
import type { ArrayExpr } from './array-expression.ts';
import {
  DeclarationBuilder,
  NO_CONSTRAINTS,
  type Block,
  type Declaration,
  type Declared,
  type Order,
} from './declaration.ts';
import { varsOf, type BoolNode, type IntNode } from './expression.ts';
import type { Sets } from './interval.ts';
import { Layout, type Guard, type ObjectSlot, type Shape } from './layout.ts';
import { SOLVER_LIMITS, useLimits } from './limits.ts';
import { orderCycle } from './order-cycle.ts';
import { Prepared } from './prepared.ts';
import { ComponentCache, Problem, type NamedConstraint } from './problem.ts';
import { knownState, StaticBlock } from './random-modes.ts';
import { rewriteBool } from './rewrite.ts';
import type { Chosen } from './slot-values.ts';
import { StateKeys } from './state-snapshot.ts';
import { bindWeights } from './weights.ts';
import { definitionOf, type TruthVariable } from './truth-variables.ts';
import {
  deadVariables,
  partAt,
  VariableMaker,
  wideNode,
  type Inline,
  type Known,
  type StateTable,
} from './variables.ts';

/** A random class without its types. */
export interface ModelShape extends Shape {
  readonly blocks: Readonly<Record<string, Inline<never, never> | StaticBlock<never, never>>>;
}

/** One call. */
export interface Call {
  readonly target: object;
  readonly inline: Inline<never, never> | undefined;
  readonly chosen: Chosen;
  /** The run that it belongs to, for static blocks. */
  readonly run: object | undefined;
  /** Variables that are not random in this call, and their values. */
  readonly off: Known;
}

/** A constraint as the solver gets it. */
export interface BoundConstraint extends NamedConstraint {
  /** Undefined: not an author's, but what makes up a variable. */
  readonly source: Declared | undefined;
}

/** The constraints that hold while some variables are known, state bound. */
export interface LevelConstraints {
  readonly hard: readonly BoundConstraint[];
  /** From the lowest to the highest priority. */
  readonly soft: readonly BoundConstraint[];
  /** To be solved before the rest. */
  readonly first: readonly IntNode[];
  readonly orders: readonly Order[];
  readonly truths: readonly TruthVariable[];
  /** Variables that are to be solved before more constraints can be built. */
  readonly wanted: readonly number[];
  /** State fields and their values. */
  readonly state: readonly (readonly [field: string, value: unknown])[];
}

/** The same, ready to be solved. */
export interface Level extends LevelConstraints {
  readonly known: Known;
  readonly sets: Sets;
  readonly key: string;
  readonly prepared: Prepared;
}

/** Blocks of class and call, and the state that they read. */
interface BuiltCall {
  readonly built: Built;
  readonly inline: Declaration;
  readonly state: Level['state'];
}

/** Blocks built with some variables known. */
interface Built {
  readonly known: Known;
  readonly vars: Readonly<Record<string, unknown>>;
  readonly own: Declaration;
  readonly state: StateTable;
  readonly maker: VariableMaker;
}

const NOTHING_KNOWN: Known = new Map();

export class RandomModel {
  readonly layout: Layout;
  /** Of the class and of the objects inside, from the lowest priority to the highest. */
  readonly blocks: readonly Block[];
  private readonly built = new Map<string, Built>();
  private readonly levels = new Map<string, Level>();
  private readonly stateKeys = new StateKeys();
  /** What problems with other state share. */
  private readonly components = new ComponentCache();
  private readonly shape: ModelShape;

  /** @throws UsageError when a domain cannot be a random variable's. */
  constructor(shape: ModelShape) {
    this.shape = shape;
    this.layout = new Layout(shape);
    this.blocks = this.layout.objects.flatMap(blocksOf);
  }

  /** The same, with nothing built yet. */
  copy(): RandomModel {
    return new RandomModel(this.shape);
  }

  /** What holds in a call when the variables in `known` have their values. */
  level(call: Call, known: Known): Level {
    const { built, inline } = this.build(call, known);
    const { own } = built;
    const fields =
      inline === NO_CONSTRAINTS ? own.stateFields : [...own.stateFields, ...inline.stateFields];
    const modes = this.modesKey(call);
    const isPlain =
      inline === NO_CONSTRAINTS && fields.length === 0 && known.size === 0 && modes === '';
    const state = isPlain ? [] : this.readState(call, built, inline, fields);
    const key = isPlain ? '' : this.levelKey(known, modes, state, inline.key);
    const found = this.levels.get(key);
    if (found !== undefined) return found;
    const made = this.makeLevel(call, known, { built, inline, state, key });
    if (this.levels.size >= SOLVER_LIMITS.cacheEntriesMax) this.levels.clear();
    this.levels.set(key, made);
    return made;
  }

  /** Reads all state of the class's own blocks; undefined: parts of them wait for values, or are in objects inside. */
  plainReaders(): readonly ((target: object) => unknown)[] | undefined {
    const { own, state } = this.builtWith(NOTHING_KNOWN);
    if (own.wanted.length > 0 || own.orders.length > 0 || this.layout.objects.length > 1)
      return undefined;
    return own.stateFields.map((field) => {
      const reader = own.functions.get(field);
      if (reader !== undefined) return (target: object) => reader.read(target);
      const key = state.get(field)?.key ?? field;
      return (target: object) => (target as Readonly<Record<string, unknown>>)[key];
    });
  }

  /** Whether a block is switched on, by the object that it belongs to. */
  isOn(block: Block, call: Call): boolean {
    const { slot } = block;
    if (slot === undefined) return true;
    const given = (slot.shape as ModelShape).blocks[block.key];
    if (given instanceof StaticBlock && !given.isOn(call.run)) return false;
    const owner = slot.steps.length === 0 ? call.target : partAt(call.target, slot.steps);
    if (typeof owner !== 'object' || owner === null) return true;
    return knownState(owner)?.blocksOff.has(block.key) !== true;
  }

  /** Builds blocks with what is known, and again while they want variables that are known. */
  private build(call: Call, known: Known): { readonly built: Built; readonly inline: Declaration } {
    let used = NOTHING_KNOWN;
    for (;;) {
      const built = this.builtWith(used);
      const inline =
        call.inline === undefined ? NO_CONSTRAINTS : this.buildInline(call.inline, built);
      const wanted =
        inline.wanted.length === 0 ? built.own.wanted : [...built.own.wanted, ...inline.wanted];
      const more = wanted.filter((index) => known.has(index) && !used.has(index));
      if (more.length === 0) return { built, inline };
      const next = new Map(used);
      for (const index of more) next.set(index, known.get(index) ?? 0);
      used = next;
    }
  }

  private builtWith(known: Known): Built {
    const key =
      known.size === 0 ? '' : [...known].map(([index, value]) => `${index}=${value}`).join();
    const found = this.built.get(key);
    if (found !== undefined) return found;
    const maker = new VariableMaker();
    const builder = new DeclarationBuilder(this.layout);
    const vars = maker.make(this.layout.root, known);
    builder.want(this.nextSizes(known));
    for (const block of this.blocks) {
      const slot = block.slot ?? this.layout.root;
      const open = slot.guards.filter(({ size }) => !known.has(size));
      if (open.length === 0 && isThere(slot.guards, known)) builder.add(block, varsAt(vars, slot));
    }
    const made = { known, vars, own: builder.finish(false), state: maker.state, maker };
    if (this.built.size >= SOLVER_LIMITS.cacheEntriesMax) this.built.clear();
    this.built.set(key, made);
    return made;
  }

  /** Sizes of arrays that are there, and that are not known. */
  private nextSizes(known: Known): readonly number[] {
    return this.layout.arrays.flatMap(({ size, guards }) => {
      const isNext = guards.every((guard) => known.has(guard.size)) && isThere(guards, known);
      return isNext && !known.has(size) ? [size] : [];
    });
  }

  private buildInline(inline: Inline<never, never>, built: Built): Declaration {
    const builder = new DeclarationBuilder(this.layout, built.own.truths);
    builder.add(inlineBlock(inline), built.vars);
    return builder.finish(true);
  }

  private levelKey(known: Known, modes: string, state: Level['state'], inline: string): string {
    const fixed =
      known.size === 0 ? '' : [...known].map(([index, value]) => `${index}=${value}`).join();
    const fields = state.map(([field]) => field);
    const values = state.map(([, value]) => value);
    return `${fixed}|${modes}|${this.stateKeys.keyOf(fields, values)}|${inline}`;
  }

  private modesKey(call: Call): string {
    let key = '';
    for (const block of this.blocks) if (!this.isOn(block, call)) key += `-${block.name}`;
    return key;
  }

  private readState(
    call: Call,
    built: Built,
    inline: Declaration,
    fields: readonly string[],
  ): Level['state'] {
    return fields.map((field) => {
      const reader = inline.functions.get(field) ?? built.own.functions.get(field);
      if (reader !== undefined) {
        return [field, reader.read(ownerOf(reader.slot, call, built.maker))] as const;
      }
      const place = built.state.get(field);
      if (place === undefined) throw new UsageError('bad-state', `no state field '${field}'`);
      const owner = ownerOf(place.slot, call, built.maker) as Record<string, unknown>;
      return [field, owner[place.key]] as const;
    });
  }

  /** The constraints that hold when variables are known; of a call whose values are only checked, all are. */
  constraintsFor(call: Call, known: Known): LevelConstraints {
    const { built, inline } = this.build(call, known);
    const fields = [...built.own.stateFields, ...inline.stateFields];
    return this.bindAll(call, known, {
      built,
      inline,
      state: this.readState(call, built, inline, fields),
    });
  }

  /** Puts the state of a call and known values into a constraint. */
  binderFor(call: Call, known: Known): (node: BoolNode) => BoolNode {
    const { state } = this.constraintsFor(call, known);
    const bind = binder(new Map(state), known);
    return (node) => bind('', node, undefined).node;
  }

  private makeLevel(call: Call, known: Known, of: BuiltCall & { readonly key: string }): Level {
    useLimits();
    const constraints = this.bindAll(call, known, of);
    const { hard, soft, first, truths, orders } = constraints;
    orderCycle(orders, this.layout.names);
    const sets = this.sets(known, truths.length);
    const free = first.filter((node) => varsOf(node).some((index) => !known.has(index)));
    const problem = new Problem(sets, hard, { cache: this.components });
    const prepared = new Prepared(problem, soft, free);
    return { ...constraints, known, sets, key: of.key, prepared };
  }

  private bindAll(call: Call, known: Known, { built, inline, state }: BuiltCall): LevelConstraints {
    const { own } = built;
    const isActive = ({ block }: { readonly block: Block }): boolean => this.isOn(block, call);
    const bind = binder(new Map(state), known);
    const truths = [...own.truths, ...inline.truths];
    const steps = [...own.soft, ...inline.soft].filter((step) => isActive(stepOf(step)));
    return {
      hard: [
        ...[...own.hard, ...inline.hard]
          .filter(isActive)
          .map((one) => bind(one.name, one.node, one)),
        ...this.definitions(truths).map((node) => bind('', node, undefined)),
      ],
      soft: softLeft(steps).map((one) => bind(one.name, one.node, one)),
      first: [...own.first, ...inline.first].filter(isActive).map(({ node }) => node),
      orders: [...own.orders, ...inline.orders].filter(isActive),
      truths,
      wanted: [...new Set([...own.wanted, ...inline.wanted])].filter((index) => !known.has(index)),
      state,
    };
  }

  /** What makes up variables: relations used as numbers, wide integers whose domain is no rectangle. */
  private definitions(truths: readonly TruthVariable[]): readonly BoolNode[] {
    const wides = this.layout.partialWides.map(({ high, low, domain }): BoolNode => {
      return { kind: 'inBig', a: wideNode(high, low), ranges: domain.ranges };
    });
    return [...wides, ...truths.map(definitionOf)];
  }

  /** The values of each variable: those of its domain, its own when it is known, any one when its element is not there. */
  private sets(known: Known, truthCount: number): Sets {
    const { names, arrays } = this.layout;
    const sets = names.domains.map(({ ranges }) => ranges);
    for (const array of arrays) {
      const size = known.get(array.size);
      if (size === undefined) continue;
      for (const index of deadVariables(array.slot, size)) {
        const lowest = sets[index][0][0];
        sets[index] = [[lowest, lowest]];
      }
    }
    for (const [index, value] of known) sets[index] = [[value, value]];
    for (let n = 0; n < truthCount; n++) sets.push([[0, 1]]);
    return sets;
  }
}

/** Puts state and known values into constraints. */
function binder(
  state: ReadonlyMap<string, unknown>,
  known: Known,
): (name: string, node: BoolNode, source: Declared | undefined) => BoundConstraint {
  const by = {
    state: (field: string): unknown => state.get(field),
    variable: (index: number): IntNode | undefined => {
      const value = known.get(index);
      return value === undefined ? undefined : { kind: 'const', value };
    },
  };
  return (name, node, source) => {
    const weighed = source?.hasStateWeights === true ? bindWeights(node, by.state) : node;
    return { name, node: rewriteBool(weighed, by), source };
  };
}

/** Whether the element is within the size of its array. */
export function isThere(guards: readonly Guard[], known: Known): boolean {
  return guards.every(({ size, element }) => element < (known.get(size) ?? Infinity));
}

/** The constraints of a call. */
export function inlineBlock(inline: Inline<never, never>): Block {
  return {
    name: 'inline',
    key: 'inline',
    slot: undefined,
    build: inline as unknown as Block['build'],
  };
}

function blocksOf(slot: ObjectSlot): readonly Block[] {
  return Object.entries((slot.shape as ModelShape).blocks).map(([key, given]) => ({
    name: slot.path === '' ? key : `${slot.path}.${key}`,
    key,
    slot,
    build: (given instanceof StaticBlock ? given.build : given) as unknown as Block['build'],
  }));
}

/** The `v` of an object inside. */
export function varsAt(vars: Readonly<Record<string, unknown>>, slot: ObjectSlot): unknown {
  let part: unknown = vars;
  for (const step of slot.steps) {
    if (typeof step === 'string') part = (part as Record<string, unknown>)[step];
    else part = (part as ArrayExpr<unknown>).possible[step];
  }
  return part;
}

function ownerOf(slot: ObjectSlot | undefined, call: Call, maker: VariableMaker): object {
  if (slot === undefined || slot.steps.length === 0) return call.target;
  const part = partAt(call.target, slot.steps);
  return typeof part === 'object' && part !== null ? part : maker.sampleOf(slot);
}

function stepOf(step: Declaration['soft'][number]): { readonly block: Block } {
  return step.kind === 'soft' ? step.constraint : step;
}

/** The soft constraints that no later `disableSoft` ends. */
function softLeft(steps: Declaration['soft']): readonly Declared[] {
  let left: Declared[] = [];
  for (const step of steps) {
    if (step.kind === 'soft') left.push(step.constraint);
    else {
      const gone = new Set(step.variables);
      left = left.filter(({ node }) => !varsOf(node).some((index) => gone.has(index)));
    }
  }
  return left;
}
