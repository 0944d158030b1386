// The sequence item: plain fields in the class; their domains and named constraints stand beside it.
import { oneOf, rand, SequenceItem, uint } from 'ridgeline';
import { OPS, type Op } from './alu-model.ts';

export class AluItem extends SequenceItem {
  op: Op = 'add';
  a = 0;
  b = 0;
  /** Has no domain below, so it is a state variable: read when the item is randomized. */
  divisorMin = 0;
}

export const aluItem = rand(
  AluItem,
  { op: oneOf(...OPS), a: uint(8), b: uint(8) },
  {
    mixture: (v) => v.op.dist({ add: 3, sub: 3, mul: 3, div: 2 }),
    divisor: (v) => v.op.is('div').implies(v.b.ge(v.divisorMin)),
    smallDivisor: (v) => v.op.is('div').implies(v.b.le(15)).soft(),
  },
);

/** Both operands at the ends of their range: inherits all constraints and adds one. */
export const cornerItem = aluItem.extend({
  corners: (v) => v.a.inside(0, 255),
  otherCorner: (v) => v.b.inside(0, 255),
});
