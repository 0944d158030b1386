/**
 * Arrays in constraints (IEEE 1800 clauses 18.5.4, 18.5.7): elements by number or by variable, foreach, reductions. The size of an
 * array is solved before its elements: where elements are spoken of, it is known, and plain loops and indices do.
 *
 *     (v) => v.items.forEach((item, i) => (i === 0 ? undefined : item.gt(v.items.at(i - 1))))
 *     (v) => v.items.sum().is(v.total)
 *     (v) => v.items.atIndex(v.chosen, (item) => item.is(7))
 */
import { UsageError } from '#base/assert';
import {
  BoolExpr,
  IntExpr,
  SoftConstraint,
  SoftGroup,
  all,
  any,
  relation,
  sum,
  type Operand,
} from './builder.ts';
import { chosenElement } from './chosen-element.ts';
import { laterBoolNode, laterIntNode } from './later.ts';

/** What an array in a constraint is made of; by `variables.ts`. */
export interface ArrayParts<V> {
  readonly length: IntExpr;
  /** The elements; undefined: the size is not known yet. */
  readonly elements: readonly V[] | undefined;
  /** As many elements as there can be. */
  readonly possible: readonly V[];
  /** Stands for an element while the size is not known. */
  readonly unknown: V;
  /** Variables that are to be solved before the size is known. */
  readonly needs: readonly number[];
}

/** An array field. @typeParam V what an element is in a constraint. */
export class ArrayExpr<V> {
  /** Number of elements. */
  readonly length: IntExpr;
  private readonly parts: ArrayParts<V>;

  constructor(parts: ArrayParts<V>) {
    this.parts = parts;
    this.length = parts.length;
  }

  /** The elements, for what the other methods do not say; undefined while the size is not known. */
  get elements(): readonly V[] | undefined {
    return this.parts.elements;
  }

  /** As many elements as there can be, for the constraints of the elements' own classes. */
  get possible(): readonly V[] {
    return this.parts.possible;
  }

  /** Variables that are to be solved before the elements are known. */
  get needs(): readonly number[] {
    return this.parts.needs;
  }

  /**
   * The element of a number, from 0, or of the number that an expression has. One that is not there, because the array
   * is too short, has no value: no comparison with it holds, nor does its negation.
   * @throws UsageError `bad-constraint` for an expression in a list of lists, or where elements have names as state.
   */
  at(index: number | IntExpr): V {
    const { elements, unknown } = this.parts;
    if (typeof index === 'number') return elements?.[index] ?? unknown;
    if (elements === undefined || elements.length === 0) return unknown;
    return chosenElement(elements, index);
  }

  /** The element whose number is the value of an expression has this property; false when there is no such element. */
  atIndex(index: IntExpr, build: (element: V) => BoolExpr): BoolExpr {
    return this.whenKnown((elements) =>
      any(...elements.map((e, i) => index.is(i).and(relation('atIndex', build(e))))),
    );
  }

  /**
   * It holds for every element; vacuous for an empty array. `build` may return undefined: nothing is said of this one.
   * It gets the number of elements, for neighbours: `(e, i, size) => (i + 1 < size ? e.lt(v.items.at(i + 1)) : undefined)`.
   */
  forEach(build: (element: V, index: number, size: number) => BoolExpr | undefined): BoolExpr;
  /** A soft constraint for each element, which gives way by itself: `(e) => e.is(0).soft()`. */
  forEach(
    build: (element: V, index: number, size: number) => SoftConstraint | SoftGroup | undefined,
  ): SoftGroup;
  forEach(
    build: (element: V, index: number, size: number) => BoolExpr | Soft | undefined,
  ): BoolExpr | SoftGroup {
    const { elements, needs } = this.parts;
    if (elements === undefined) return laterBool(needs);
    const built = present(elements.map((e, i) => build(e, i, elements.length)));
    return built.some(isSoft) ? softGroup(built) : all(...(built as readonly BoolExpr[]));
  }

  /** What `of` gives for each element, as an array: `unique(v.lanes.map((lane) => lane.id))`. */
  map<W>(of: (element: V, index: number) => W): ArrayExpr<W> {
    const { elements, possible, unknown } = this.parts;
    return new ArrayExpr({
      ...this.parts,
      elements: elements?.map(of),
      possible: possible.map(of),
      unknown: of(unknown, 0),
    });
  }

  /** It holds for at least one element; false for an empty array. */
  some(build: (element: V, index: number) => BoolExpr): BoolExpr {
    return this.whenKnown((elements) =>
      any(...elements.map((e, i) => relation('some', build(e, i)))),
    );
  }

  /** Number of elements for which it holds. */
  count(build: (element: V, index: number) => BoolExpr): IntExpr {
    return this.reduce(
      0,
      (e, i) => relation('count', build(e, i)).asInt(),
      (a, b) => a.plus(b),
    );
  }

  /** The sum of all elements, or of what `of` gives for each; 0 for an empty array. It is exact, and not cut to a width. */
  sum(of: (element: V, index: number) => Operand = operandOf): IntExpr {
    return this.reduce(0, of, (a, b) => a.plus(b));
  }

  /** The product; 1 for an empty array. */
  product(of: (element: V, index: number) => Operand = operandOf): IntExpr {
    return this.reduce(1, of, (a, b) => a.times(b));
  }

  /** All bits that every element has; -1 (all ones) for an empty array. */
  bitAnd(of: (element: V, index: number) => Operand = operandOf): IntExpr {
    return this.reduce(-1, of, (a, b) => a.bitAnd(b));
  }

  /** All bits that some element has; 0 for an empty array. */
  bitOr(of: (element: V, index: number) => Operand = operandOf): IntExpr {
    return this.reduce(0, of, (a, b) => a.bitOr(b));
  }

  /** The bits that an odd number of elements has; 0 for an empty array. */
  bitXor(of: (element: V, index: number) => Operand = operandOf): IntExpr {
    return this.reduce(0, of, (a, b) => a.bitXor(b));
  }

  private reduce(
    empty: number,
    of: (element: V, index: number) => Operand,
    join: (a: IntExpr, b: IntExpr) => IntExpr,
  ): IntExpr {
    const { elements } = this.parts;
    if (elements === undefined) return laterInt(this.parts.needs);
    const values = elements.map((element, i) => sum(of(element, i)));
    return values.length === 0 ? sum(empty) : values.reduce(join);
  }

  private whenKnown(build: (elements: readonly V[]) => BoolExpr): BoolExpr {
    const { elements } = this.parts;
    return elements === undefined ? laterBool(this.parts.needs) : build(elements);
  }
}

/** A number that is not known before these variables are solved; with none, it is no number at all. */
export function laterInt(needs: readonly number[]): IntExpr {
  return new IntExpr(laterIntNode(needs));
}

/** A relation that is not known before these variables are solved. */
export function laterBool(needs: readonly number[]): BoolExpr {
  return new BoolExpr(laterBoolNode(needs));
}

type Soft = SoftConstraint | SoftGroup;

function isSoft(part: BoolExpr | Soft): part is Soft {
  return part instanceof SoftConstraint || part instanceof SoftGroup;
}

/** @throws UsageError `bad-constraint` when some are hard. */
function softGroup(parts: readonly (BoolExpr | Soft)[]): SoftGroup {
  if (!parts.every(isSoft)) {
    throw new UsageError('bad-constraint', 'forEach() has soft constraints and hard ones', {
      hint: 'Write one forEach() for what is soft and one for what is not.',
    });
  }
  return new SoftGroup(parts.flatMap((part) => (part instanceof SoftGroup ? part.parts : [part])));
}

function present<T>(list: readonly (T | undefined)[]): readonly T[] {
  return list.filter((one) => one !== undefined);
}

/** Elements that are relations count as 1 and 0. */
function operandOf(element: unknown): Operand {
  return element instanceof BoolExpr ? element.asInt() : (element as IntExpr);
}
