/**
 * What cannot be said before some variables are solved: the nodes that stand for it until then (IEEE 1800 clause 18.5.7). A constraint with
 * one in it is left out, and built again when they are known.
 */
import type { BoolNode, IntNode } from './expression.ts';

/** Name of what is not known yet. */
export const LATER = '(later)';

/** A number that is not known before these variables are solved; with none, it is no number at all. */
export function laterIntNode(needs: readonly number[]): IntNode {
  return { kind: 'state', field: LATER, needs };
}

/** A relation that is not known before these variables are solved. */
export function laterBoolNode(needs: readonly number[]): BoolNode {
  return { kind: 'stateIs', field: LATER, values: [], needs };
}
