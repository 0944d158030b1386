/** Walks through a constraint: what it reads beside random variables, and its arithmetic. */
import type { ArithmeticOp, BoolNode, IntNode } from './expression.ts';

/** An integer made of others. */
export type Arithmetic = Extract<IntNode, { readonly kind: ArithmeticOp | 'bits' }>;

export interface Visitor {
  /** A state field, by its name in nodes. */
  readonly state?: (field: string) => void;
  /** Variables that must be solved before the constraint can be built. */
  readonly needs?: (indices: readonly number[]) => void;
  /** A distribution over this expression. */
  readonly dist?: (a: IntNode) => void;
  /** Arithmetic and bits, inner parts before those that they are in. */
  readonly arithmetic?: (node: Arithmetic) => void;
  /** A weight that is state. */
  readonly weight?: () => void;
}

export function visitExpression(node: BoolNode | IntNode, visitor: Visitor): void {
  switch (node.kind) {
    case 'state':
    case 'stateIs':
      if (node.needs !== undefined) visitor.needs?.(node.needs);
      else if (node.kind === 'state' && node.truthOf !== undefined) {
        visitExpression(node.truthOf, visitor);
      } else if (node.kind === 'state' && node.elementOf !== undefined) {
        const { index, elements } = node.elementOf;
        for (const part of [index, ...elements]) visitExpression(part, visitor);
      } else visitor.state?.(node.field);
      return;
    case 'inState':
    case 'choiceState':
      visitor.state?.(node.field);
      visitExpression(node.a, visitor);
      return;
    case 'literal':
    case 'const':
    case 'big':
    case 'var':
      return;
    case 'not':
      visitExpression(node.part, visitor);
      return;
    case 'all':
    case 'any':
      for (const part of node.parts) visitExpression(part, visitor);
      return;
    case 'dist':
      visitor.dist?.(node.a);
      visitExpression(node.a, visitor);
      for (const { weightFrom } of node.items) {
        if (weightFrom !== undefined) {
          visitor.weight?.();
          visitExpression(weightFrom, visitor);
        }
      }
      return;
    case 'bits':
      visitExpression(node.a, visitor);
      visitor.arithmetic?.(node);
      return;
    case 'in':
    case 'inBig':
      visitExpression(node.a, visitor);
      return;
    case 'eq':
    case 'lt':
    case 'le':
      visitExpression(node.a, visitor);
      visitExpression(node.b, visitor);
      return;
    default:
      visitExpression(node.a, visitor);
      visitExpression(node.b, visitor);
      visitor.arithmetic?.(node);
  }
}
