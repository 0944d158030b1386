// The meaning of constraints by the book (IEEE 1800 clause 18.5.12): true, false, or without a value. An oracle of its own.
import { evaluateInt, type BoolNode, evaluateBool } from '#solver/expression';

/** Undefined: it has no value, because of a division by 0. */
export function truthOf(node: BoolNode, values: Float64Array): boolean | undefined {
  switch (node.kind) {
    case 'not': {
      const part = truthOf(node.part, values);
      return part === undefined ? undefined : !part;
    }
    case 'all':
    case 'any': {
      const deciding = node.kind === 'any';
      const parts = node.parts.map((part) => truthOf(part, values));
      if (parts.includes(deciding)) return deciding;
      return parts.includes(undefined) ? undefined : !deciding;
    }
    case 'eq':
    case 'lt':
    case 'le': {
      const sides = [evaluateInt(node.a, values), evaluateInt(node.b, values)];
      return sides.some(Number.isNaN) ? undefined : evaluateBool(node, values);
    }
    case 'in':
      return Number.isNaN(evaluateInt(node.a, values)) ? undefined : evaluateBool(node, values);
    default:
      return evaluateBool(node, values);
  }
}
