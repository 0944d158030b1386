/**
 * The element of a list whose number is an expression: `v.list.at(v.a)`, SystemVerilog's `list[a]` (IEEE 1800 clause 18.5.7). It is what the
 * elements are: a number, a flag, a choice, or an object of these. Which one is meant is settled where it is compared (`certain.ts`).
 */
import { UsageError } from '#base/assert';
import { BoolExpr, ChoiceExpr, FlagExpr, IntExpr } from './builder.ts';
import type { IntNode } from './expression.ts';

/** @throws UsageError `bad-constraint` for lists of lists, and names that are state. */
export function chosenElement<V>(elements: readonly V[], index: IntExpr): V {
  return chosen(elements, index.node) as V;
}

function chosen(elements: readonly unknown[], index: IntNode): unknown {
  const [first] = elements;
  if (first instanceof IntExpr) {
    return new IntExpr(element(index, (elements as readonly IntExpr[]).map(nodeOf)));
  }
  if (first instanceof FlagExpr) {
    return new FlagExpr(element(index, (elements as readonly FlagExpr[]).map(codeOf)));
  }
  if (first instanceof ChoiceExpr) {
    return first.withCode(element(index, (elements as readonly ChoiceExpr<string>[]).map(codeOf)));
  }
  if (first instanceof BoolExpr) {
    const nodes = (elements as readonly BoolExpr[]).map((one) => one.asInt().node);
    return new BoolExpr({ kind: 'in', a: element(index, nodes), ranges: [[1, 1]] });
  }
  if (typeof first === 'object' && first !== null && Object.getPrototypeOf(first) === PLAIN) {
    return chosenObject(elements as readonly Readonly<Record<string, unknown>>[], index);
  }
  throw new UsageError('bad-constraint', 'a list of lists, or of names, has no at(expression)', {
    hint: 'atIndex(index, (element) => …) says something of the element of that number.',
  });
}

const PLAIN: unknown = Object.prototype;

/** Fields are made when they are asked for: those that cannot be chosen are in the way of nothing. */
function chosenObject(
  elements: readonly Readonly<Record<string, unknown>>[],
  index: IntNode,
): object {
  const made = {};
  for (const key of Object.keys(elements[0])) {
    const get = (): unknown =>
      chosen(
        elements.map((one) => one[key]),
        index,
      );
    Object.defineProperty(made, key, { get, enumerable: true });
  }
  return made;
}

function element(index: IntNode, elements: readonly IntNode[]): IntNode {
  return { kind: 'state', field: '(element)', elementOf: { index, elements } };
}

function nodeOf({ node }: IntExpr): IntNode {
  return node;
}

function codeOf({ code }: { readonly code: IntNode }): IntNode {
  return code;
}
