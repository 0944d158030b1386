/**
 * What a constraint block may return beside relations: orders of solving, and the end of soft constraints (IEEE 1800-2023 clauses
 * 18.5.9, 18.5.13); and relations over many variables.
 */
import { UsageError } from '#base/assert';
import { ArrayExpr, laterBool, laterInt } from './array-expression.ts';
import {
  ChoiceExpr,
  FlagExpr,
  IntExpr,
  all,
  literal,
  sum,
  type BoolExpr,
  type SoftConstraint,
  type SoftGroup,
} from './builder.ts';
import { varsOf, type IntNode } from './expression.ts';
import { placeOfCaller, type Place } from './place.ts';
import type { Scalar } from './domain.ts';

/** A random variable of a constraint block. */
export type Variable = IntExpr | FlagExpr | ChoiceExpr<Scalar>;
/** A variable, or all elements of an array. */
export type Variables = Variable | ArrayExpr<Variable>;

/** `first` get their values before all others: the same solutions, another distribution (IEEE 1800 §18.5.9). */
export class SolveBefore {
  readonly first: readonly IntNode[];

  constructor(first: readonly IntNode[]) {
    this.first = first;
  }
}

/** `first` are solved before `later`. */
export class Before {
  readonly first: readonly number[];
  readonly later: readonly number[];
  readonly place: Place | undefined = placeOfCaller();

  constructor(first: readonly number[], later: readonly number[]) {
    this.first = first;
    this.later = later;
  }
}

/** Soft constraints of lower priority that speak of a variable are gone. */
export class DisableSoft {
  readonly variables: readonly number[];

  constructor(variables: readonly number[]) {
    this.variables = variables;
  }
}

/**
 * What a constraint block may return: a relation, a soft one, an order of solving, or `disableSoft` (IEEE 1800-2023
 * clause 18.5).
 */
export type Constraint = BoolExpr | SoftConstraint | SoftGroup | SolveBefore | Before | DisableSoft;

/** No two are equal: of variables, and of all elements of arrays (IEEE 1800 §18.5.4). */
export function unique(...items: readonly Variables[]): BoolExpr {
  const needs = items.flatMap((item) => (item instanceof ArrayExpr ? item.needs : []));
  if (needs.length > 0) return laterBool(needs);
  const single = items.flatMap((item) =>
    item instanceof ArrayExpr ? (item.elements ?? []) : [item],
  );
  const pairs = single.flatMap((a, i) => single.slice(i + 1).map((b) => differ(a, b)));
  return pairs.length === 0 ? literal(true) : all(...pairs);
}

function differ(a: Variable, b: Variable): BoolExpr {
  if (a instanceof IntExpr && b instanceof IntExpr) return a.isNot(b);
  if (a instanceof FlagExpr && b instanceof FlagExpr) return a.is(b).not();
  if (a instanceof ChoiceExpr && b instanceof ChoiceExpr) return a.isNot(b);
  throw new UsageError('bad-constraint', 'unique() compares variables of one kind', {
    hint: 'Numbers with numbers, choices with choices.',
  });
}

/** Solves these variables before the others of the class, each uniformly over the values that are left to it. */
export function solveFirst(...variables: readonly Variable[]): SolveBefore {
  return new SolveBefore(variables.map((v) => (v instanceof IntExpr ? v.node : v.code)));
}

/**
 * Solves `first` before `later`: SystemVerilog's `solve … before` (IEEE 1800 §18.5.9). It changes the distribution, never the set of
 * solutions: `first` become uniform over the values that can be completed, whatever the number of completions. Orders of all blocks
 * together must not form a cycle.
 */
export function before(
  first: Variables | readonly Variables[],
  later: Variables | readonly Variables[],
): Before {
  return new Before(variablesOf('before', first), variablesOf('before', later));
}

/**
 * Soft constraints of lower priority (earlier ones, those of base classes and of nested objects) that speak of one of
 * these variables are dropped: `disable soft` (IEEE 1800 §18.5.13.2).
 */
export function disableSoft(...variables: readonly Variables[]): DisableSoft {
  return new DisableSoft(variablesOf('disableSoft', variables));
}

/**
 * A plain function of random variables: they are solved first, under the constraints that speak of nothing else, and
 * the result is a number to all other constraints (IEEE 1800 §18.5.11). The function must depend on its arguments alone.
 * @throws UsageError `bad-constraint` when an argument is no variable.
 */
export function compute(
  call: (...values: readonly number[]) => number | bigint,
  ...args: readonly (IntExpr | FlagExpr)[]
): IntExpr {
  const needs = variablesOf('compute', args);
  const known = args.map((arg) => (arg instanceof IntExpr ? arg : arg.asInt()).variable?.known);
  if (known.some((value) => value === undefined)) return laterInt(needs);
  const result = call(...(known as number[]));
  if (typeof result === 'bigint' || Number.isSafeInteger(result)) return sum(result);
  const message = `compute() gave ${String(result)} for (${known.join(', ')}), not an integer`;
  throw new UsageError('bad-constraint', message);
}

function variablesOf(word: string, given: Variables | readonly Variables[]): readonly number[] {
  const list = Array.isArray(given) ? (given as readonly Variables[]) : [given as Variables];
  return list.flatMap((one): readonly number[] => {
    if (one instanceof ArrayExpr) {
      return (one.elements ?? []).flatMap((element) => variablesOf(word, element));
    }
    const node = one instanceof IntExpr ? one.node : one.code;
    const found = varsOf(node);
    if (found.length > 0 && (!(one instanceof IntExpr) || one.variable !== undefined)) return found;
    throw new UsageError('bad-constraint', `${word}() takes random variables, got an expression`, {
      hint: 'A field without a domain is state: it has its value before anything is solved.',
    });
  });
}
