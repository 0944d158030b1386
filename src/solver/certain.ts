/**
 * Constraints that have to hold for certain (IEEE 1800-2023 clauses 18.3, 18.5.12): a comparison with a division by 0 in it, or with an element
 * that is not there, neither holds nor fails, and no negation makes it hold. What an `or` or an implication decides without it
 * still counts, which is how a guard works:
 *
 *     x % y != 0                   holds where y != 0 only
 *     y == 0 || x % y != 0         holds for y == 0 too
 *
 * To the solver, comparisons without a value are false. Here negations are taken down to them, with the demand that there be a value;
 * and an element whose number is an expression becomes a choice: `(i == 0 && list[0] < 3) || (i == 1 && list[1] < 3)`.
 */
import { FALSE, type BoolNode, type IntNode } from './expression.ts';
import { junction, mapParts, negation } from './rewrite.ts';

type Element = NonNullable<Extract<IntNode, { readonly kind: 'state' }>['elementOf']>;
type Comparison = Exclude<
  BoolNode,
  { readonly kind: 'literal' | 'stateIs' | 'not' | 'all' | 'any' }
>;

/** A relation that is true only where `node` holds for certain; `node` itself where it always has a value. */
export function holdsForCertain(node: BoolNode): BoolNode {
  return isPlain(node) ? node : certain(node, true);
}

/** A relation that is true only where `node` fails for certain. */
export function failsForCertain(node: BoolNode): BoolNode {
  return isPlain(node) ? { kind: 'not', part: node } : certain(node, false);
}

function certain(node: BoolNode, isWanted: boolean): BoolNode {
  switch (node.kind) {
    case 'literal':
    case 'stateIs':
      return isWanted ? node : negation(node);
    case 'not':
      return certain(node.part, !isWanted);
    case 'all':
    case 'any': {
      const parts = node.parts.map((part) => certain(part, isWanted));
      return junction((node.kind === 'all') === isWanted ? 'all' : 'any', parts);
    }
    default:
      return certainComparison(node, isWanted);
  }
}

function certainComparison(node: Comparison, isWanted: boolean): BoolNode {
  const chosen = partsOf(node).find(({ kind }) => kind === 'element');
  if (chosen?.kind === 'element') {
    const { index, elements } = chosen.element;
    const cases = elements.map((element, i): BoolNode => {
      const isThis: BoolNode = { kind: 'in', a: index, ranges: [[i, i]] };
      const replaced = certain(withElement(node, chosen.element, element), isWanted);
      return junction('all', [certain(isThis, true), replaced]);
    });
    return junction('any', cases);
  }
  if (isWanted) return node;
  const demands = partsOf(node).map((part): BoolNode => {
    if (part.kind !== 'divisor') return FALSE;
    return { kind: 'not', part: { kind: 'in', a: part.divisor, ranges: [[0, 0]] } };
  });
  return junction('all', [negation(node), ...demands]);
}

/** What may leave a comparison without a value. */
type Part =
  | { readonly kind: 'divisor'; readonly divisor: IntNode }
  | { readonly kind: 'element'; readonly element: Element }
  | { readonly kind: 'nothing' };

function isPlain(node: BoolNode): boolean {
  switch (node.kind) {
    case 'literal':
    case 'stateIs':
      return true;
    case 'not':
      return isPlain(node.part);
    case 'all':
    case 'any':
      return node.parts.every(isPlain);
    default:
      return partsOf(node).length === 0;
  }
}

function partsOf(node: Comparison): readonly Part[] {
  const found: Part[] = [];
  gather(node.a, found);
  if ('b' in node) gather(node.b, found);
  return found;
}

/** Relations used as numbers are left out: they have variables of their own, which demand a value (`truth-variables.ts`). */
function gather(node: IntNode, found: Part[]): void {
  switch (node.kind) {
    case 'const':
      if (Number.isNaN(node.value)) found.push({ kind: 'nothing' });
      return;
    case 'big':
    case 'var':
      return;
    case 'state':
      if (node.elementOf !== undefined) found.push({ kind: 'element', element: node.elementOf });
      return;
    case 'bits':
      gather(node.a, found);
      return;
    default:
      gather(node.a, found);
      gather(node.b, found);
      if ((node.kind === 'div' || node.kind === 'mod') && !isNonzero(node.b)) {
        found.push({ kind: 'divisor', divisor: node.b });
      }
  }
}

function isNonzero(node: IntNode): boolean {
  return node.kind === 'big' || (node.kind === 'const' && node.value !== 0);
}

/** The comparison with this in the place of an element whose number is an expression. */
function withElement(node: Comparison, of: Element, by: IntNode): Comparison {
  const a = replaced(node.a, of, by);
  return 'b' in node ? { ...node, a, b: replaced(node.b, of, by) } : { ...node, a };
}

function replaced(node: IntNode, of: Element, by: IntNode): IntNode {
  if (node.kind === 'state') return node.elementOf === of ? by : node;
  return mapParts(node, (part) => replaced(part, of, by));
}
