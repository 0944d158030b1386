/** The arithmetic of constraint expressions in BigInt, where doubles would round. */
import { assertNever } from '#base/assert';
import type { ArithmeticOp } from './expression.ts';

/** The arithmetic of one operator; undefined for a division by zero. */
export function computeBig(kind: ArithmeticOp, a: bigint, b: bigint): bigint | undefined {
  switch (kind) {
    case 'add':
      return a + b;
    case 'sub':
      return a - b;
    case 'mul':
      return a * b;
    case 'div':
      return b === 0n ? undefined : a / b;
    case 'mod':
      return b === 0n ? undefined : a % b;
    case 'and':
      return a & b;
    case 'or':
      return a | b;
    case 'xor':
      return a ^ b;
    case 'shl':
      return a << b;
    case 'shr':
      return a >> b;
    default:
      return assertNever(kind);
  }
}
