/** Constraint expressions as text that tells them apart: equal texts, equal meaning. For keys of caches; not for people. */
import type { BoolNode, IntNode } from './expression.ts';

export function expressionKey(node: IntNode | BoolNode): string {
  switch (node.kind) {
    case 'const':
    case 'big':
      return `${node.value}`;
    case 'var':
      return `v${node.index}`;
    case 'literal':
      return node.value ? 'T' : 'F';
    case 'state':
      return node.truthOf === undefined
        ? `s${JSON.stringify(node.field)}`
        : `t(${expressionKey(node.truthOf)})`;
    case 'bits':
      return `b${node.high}:${node.low}(${expressionKey(node.a)})`;
    case 'in':
    case 'inBig':
      return `in(${expressionKey(node.a)};${node.ranges.join(';')})`;
    case 'inState':
      return `is(${expressionKey(node.a)};${JSON.stringify(node.field)})`;
    case 'choiceState':
      return `cs(${expressionKey(node.a)};${JSON.stringify([node.field, node.codes])})`;
    case 'stateIs':
      return `si${JSON.stringify([node.field, node.values])}`;
    case 'not':
      return `!(${expressionKey(node.part)})`;
    case 'all':
    case 'any':
      return `${node.kind}(${node.parts.map(expressionKey).join()})`;
    case 'dist':
      return `d(${expressionKey(node.a)};${JSON.stringify(node.items)})`;
    default:
      return `${node.kind}(${expressionKey(node.a)},${expressionKey(node.b)})`;
  }
}
