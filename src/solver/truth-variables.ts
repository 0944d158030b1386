/**
 * Relations as numbers, for counting: `v.items.sum((e) => e.is(3).asInt())`. A relation that is used as a number becomes a variable
 * 0..1 of its own, tied to the relation by an equivalence. For each solution there is exactly one value of it, so solutions
 * stay as many and as likely as before.
 */
import { FALSE, type BoolNode, type IntNode } from './expression.ts';
import { failsForCertain, holdsForCertain } from './certain.ts';
import { expressionKey } from './expression-key.ts';

/** A variable that says whether a relation holds. */
export interface TruthVariable {
  readonly index: number;
  readonly node: BoolNode;
  /** What holds where the relation fails for certain. */
  readonly failing: BoolNode;
}

/** Gives variables to relations; equal relations share one. */
export class TruthVariables {
  /** In the order in which they can be worked out. */
  readonly all: TruthVariable[] = [];
  private readonly byKey = new Map<string, IntNode>();
  private next: number;

  /** @param first number of the first variable that is free. */
  constructor(first: number, known: readonly TruthVariable[] = []) {
    this.next = first + known.length;
    for (const { index, node } of known) {
      this.byKey.set(expressionKey(node), { kind: 'var', index });
    }
  }

  /** The constraint with variables in the place of relations. */
  lower(node: BoolNode): BoolNode {
    switch (node.kind) {
      case 'literal':
      case 'stateIs':
        return node;
      case 'not': {
        const part = this.lower(node.part);
        return part === node.part ? node : { kind: 'not', part };
      }
      case 'all':
      case 'any': {
        const parts = node.parts.map((part) => this.lower(part));
        const isSame = parts.every((part, i) => part === node.parts[i]);
        return isSame ? node : { kind: node.kind, parts };
      }
      case 'eq':
      case 'lt':
      case 'le': {
        const a = this.lowerInt(node.a);
        const b = this.lowerInt(node.b);
        return a === node.a && b === node.b ? node : { kind: node.kind, a, b };
      }
      default: {
        const a = this.lowerInt(node.a);
        return a === node.a ? node : { ...node, a };
      }
    }
  }

  lowerInt(node: IntNode): IntNode {
    switch (node.kind) {
      case 'const':
      case 'big':
      case 'var':
        return node;
      case 'state':
        return node.truthOf === undefined ? node : this.variableFor(node.truthOf);
      case 'bits': {
        const a = this.lowerInt(node.a);
        return a === node.a ? node : { ...node, a };
      }
      default: {
        const a = this.lowerInt(node.a);
        const b = this.lowerInt(node.b);
        return a === node.a && b === node.b ? node : { kind: node.kind, a, b };
      }
    }
  }

  private variableFor(relation: BoolNode): IntNode {
    const node = this.lower(holdsForCertain(relation));
    const key = expressionKey(node);
    const known = this.byKey.get(key);
    if (known !== undefined) return known;
    const made: IntNode = { kind: 'var', index: this.next++ };
    this.byKey.set(key, made);
    const failing = this.lower(failsForCertain(relation));
    this.all.push({ index: made.index, node, failing });
    return made;
  }
}

/** The equivalence that ties a variable to its relation. */
export function definitionOf({ index, node, failing }: TruthVariable): BoolNode {
  const isTrue: BoolNode = { kind: 'in', a: { kind: 'var', index }, ranges: [[1, 1]] };
  const isFalse: BoolNode = { kind: 'in', a: { kind: 'var', index }, ranges: [[0, 0]] };
  if (node === FALSE) return isFalse;
  return {
    kind: 'any',
    parts: [
      { kind: 'all', parts: [isTrue, node] },
      { kind: 'all', parts: [isFalse, failing] },
    ],
  };
}
