/**
 * The `v` of a constraint block: for each field of the class what stands for it in constraints, typed by the class and its domains.
 *
 *     number with a domain      IntExpr        bigint        IntExpr
 *     boolean                   FlagExpr       list          ArrayExpr of what its elements are
 *     union of literals         ChoiceExpr     object        the same for the fields of the object
 *     without a domain: state, read at the time of solving (IEEE 1800 clause 18.3: "state variables")
 */
import { assertNever } from '#base/assert';
import { ArrayExpr, laterInt } from './array-expression.ts';
import { BoolExpr, ChoiceExpr, FlagExpr, IntExpr, StateChoice, StateList } from './builder.ts';
import type { Constraint } from './constraint.ts';
import type { Domain, NumberRange, Scalar } from './domain.ts';
import type { BytesDomain, CyclicDomain, NestedDomain, WideDomain } from './field-domain.ts';
import type { IntNode } from './expression.ts';
import { laterIntNode } from './later.ts';
import { visitSlot, type ArraySlot, type ObjectSlot, type Slot, type Steps } from './layout.ts';
import type { StateReads } from './state-reads.ts';

/** The domains that a field of type T may have. */
export type FieldDomainOf<T> =
  | Domain<T>
  | CyclicDomain<T>
  | ([T] extends [bigint] ? WideDomain : never)
  | ([T] extends [Uint8Array] ? BytesDomain : never)
  | ([T] extends [readonly (infer E)[]] ? ArrayDomainOf<E> : never)
  | ([NonNullable<T>] extends [object] ? NestedDomain<NonNullable<T>, unknown> : never);

interface ArrayDomainOf<E> {
  readonly kind: 'array';
  readonly element: FieldDomainOf<E>;
  readonly size: Domain<number>;
}

/** A domain for each field that is random. */
export type DomainsOf<C> = { readonly [K in keyof C]?: FieldDomainOf<C[K]> };

/** What a field is in a constraint: a variable when it has a domain, else state. */
export type Vars<C, D> = {
  readonly [
    K in keyof C as K extends keyof D ? K : StateOf<C[K]> extends never ? never : K
  ]: K extends keyof D ? VariableOf<D[K]> : StateOf<C[K]>;
};

type VariableOf<D> = D extends { readonly kind: 'wide' }
  ? IntExpr
  : D extends { readonly kind: 'array'; readonly element: infer E }
    ? ArrayExpr<VariableOf<E>>
    : D extends { readonly kind: 'bytes' }
      ? ArrayExpr<IntExpr>
      : D extends NestedDomain<infer C, infer Own>
        ? Vars<C, Own>
        : D extends CyclicDomain<infer T>
          ? ScalarOf<T>
          : D extends Domain<infer T>
            ? ScalarOf<T>
            : never;

type ScalarOf<T> = [T] extends [number]
  ? IntExpr
  : [T] extends [boolean]
    ? FlagExpr
    : ChoiceExpr<T & Scalar>;

type StateOf<T> = [T] extends [number | bigint]
  ? IntExpr
  : [T] extends [boolean]
    ? BoolExpr
    : [T] extends [string]
      ? StateChoice<T>
      : [T] extends [ArrayLike<number | bigint | NumberRange | readonly [bigint, bigint]>]
        ? StateList
        : never;

/**
 * A constraint block. `v` has the fields; `state` reads what is computed from the object at the time of solving:
 * `state.number((item) => item.table.size)`.
 */
export type Inline<C, D> = (
  v: Vars<C, D>,
  state: StateReads<C>,
) => Constraint | readonly Constraint[];

/** Values of variables that are solved already, by number. */
export type Known = ReadonlyMap<number, number>;

/** The state fields that constraints can read: name in nodes -> where the object is that has it, and the field's name. */
export type StateTable = Map<string, { readonly slot: ObjectSlot; readonly key: string }>;

/** Makes the `v` of each object. */
export class VariableMaker {
  readonly state: StateTable = new Map();
  private readonly samples = new Map<object, object>();

  /** @param known values of variables that are solved already. */
  make(slot: ObjectSlot, known: Known): Record<string, unknown> {
    const vars: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(this.sampleOf(slot))) {
      const field = slot.path === '' ? key : `${slot.path}.${key}`;
      const state = stateExpression(field, value);
      if (state === undefined) continue;
      this.state.set(field, { slot, key });
      vars[key] = state;
    }
    for (const field of slot.fields) vars[field.key] = this.expression(field, known);
    return vars;
  }

  /** A new object of the slot's class, for the fields that an object that is not there yet will have. */
  sampleOf(slot: ObjectSlot): object {
    const known = this.samples.get(slot.shape.itemClass);
    if (known !== undefined) return known;
    const made = new slot.shape.itemClass();
    this.samples.set(slot.shape.itemClass, made);
    return made;
  }

  private expression(slot: Slot, known: Known): unknown {
    switch (slot.kind) {
      case 'scalar': {
        const code: IntNode = { kind: 'var', index: slot.index };
        const value = known.get(slot.index);
        const { domain } = slot;
        if (domain.kind === 'integer')
          return new IntExpr(code, { ranges: domain.ranges, known: value });
        if (domain.kind === 'flag') return new FlagExpr(code, value);
        return new ChoiceExpr(code, domain, slot.path);
      }
      case 'wide':
        return new IntExpr(wideNode(slot.high, slot.low), { ranges: slot.domain.safeRanges });
      case 'array':
        return this.array(slot, known);
      case 'object':
        return this.make(slot, known);
      default:
        return assertNever(slot);
    }
  }

  private array(slot: ArraySlot, known: Known): ArrayExpr<unknown> {
    const size = slot.size === undefined ? slot.elements.length : known.get(slot.size);
    const needs = size === undefined && slot.size !== undefined ? [slot.size] : [];
    const all = slot.elements.map((element) => this.expression(element, known));
    const length =
      slot.size === undefined
        ? new IntExpr({ kind: 'const', value: slot.elements.length })
        : new IntExpr({ kind: 'var', index: slot.size }, { known: size });
    return new ArrayExpr({
      length,
      elements: size === undefined ? undefined : all.slice(0, size),
      possible: all,
      unknown: slot.elements.length === 0 ? laterInt(needs) : absent(slot.elements[0], needs),
      needs,
    });
  }
}

/** high · 2^32 + low. */
export function wideNode(high: number, low: number): IntNode {
  const shifted: IntNode = {
    kind: 'mul',
    a: { kind: 'var', index: high },
    b: { kind: 'const', value: 2 ** 32 },
  };
  return { kind: 'add', a: shifted, b: { kind: 'var', index: low } };
}

/** Stands for an element that is not there, or not known before the size is. */
function absent(slot: Slot, needs: readonly number[]): unknown {
  const code: IntNode = needs.length > 0 ? laterIntNode(needs) : { kind: 'const', value: NaN };
  switch (slot.kind) {
    case 'scalar':
      if (slot.domain.kind === 'integer') return new IntExpr(code);
      if (slot.domain.kind === 'flag') return new FlagExpr(code);
      return new ChoiceExpr(code, slot.domain, slot.path);
    case 'wide':
      return new IntExpr(code);
    case 'array': {
      const unknown =
        slot.elements.length === 0 ? laterInt(needs) : absent(slot.elements[0], needs);
      const elements = needs.length > 0 ? undefined : [];
      return new ArrayExpr({ length: new IntExpr(code), elements, possible: [], unknown, needs });
    }
    case 'object':
      return Object.fromEntries(slot.fields.map((field) => [field.key, absent(field, needs)]));
    default:
      return assertNever(slot);
  }
}

function stateExpression(field: string, value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'bigint') {
    return new IntExpr({ kind: 'state', field });
  }
  if (typeof value === 'string') return new StateChoice(field);
  if (typeof value === 'boolean') {
    return new BoolExpr({ kind: 'in', a: { kind: 'state', field }, ranges: [[1, 1]] });
  }
  const isList = Array.isArray(value) || ArrayBuffer.isView(value);
  return isList ? new StateList(field) : undefined;
}

/** The part of an object that steps lead to; undefined when it is not there. */
export function partAt(from: object, steps: Steps): unknown {
  let part: unknown = from;
  for (const step of steps) {
    if (typeof part !== 'object' || part === null) return undefined;
    part = (part as Record<string | number, unknown>)[step];
  }
  return part;
}

/** Numbers of the variables of all elements from `size` on, which are not there. */
export function deadVariables(slot: ArraySlot, size: number): readonly number[] {
  const found: number[] = [];
  for (const element of slot.elements.slice(size)) visitSlot(element, (index) => found.push(index));
  return found;
}
