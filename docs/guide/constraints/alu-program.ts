// A program for the ALU: several orders, which belong together. Its constraints are the subject of the chapter.
import {
  arrayOf,
  before,
  cyclic,
  nested,
  oneOf,
  rand,
  share,
  span,
  SequenceItem,
  uint,
  unique,
  weigh,
  wide,
} from 'ridgeline';
import { aluItem, type AluItem } from '../first-testbench/alu-item.ts';

export class AluProgram extends SequenceItem {
  kind: 'plain' | 'ladder' | 'zeros' = 'plain';
  /** Comes round: eight programs in a row have eight ids. */
  id = 0;
  /** 64 bits are a bigint. */
  token = 0n;
  /** How many orders wait after each one, slots of the queue. */
  gaps: number[] = [];
  orders: AluItem[] = [];
  /** Not random: how often a program is a ladder, in 100. */
  ladderWeight = 30;
  /** Not random: slots of the queue in all. */
  slotCount = 12;
}

export const aluProgram = rand(
  AluProgram,
  {
    kind: oneOf('plain', 'ladder', 'zeros'),
    id: cyclic(uint(3)),
    token: wide(64),
    gaps: arrayOf(span(0, 7), { size: span(1, 4) }),
    orders: arrayOf(nested(aluItem), { size: span(1, 4) }),
  },
  {
    kinds: (v) => v.kind.dist({ plain: 60, ladder: v.ladderWeight, zeros: 10 }),
    oneGapEach: (v) => v.gaps.length.is(v.orders.length),
    fits: (v) => v.gaps.sum().plus(v.orders.length).le(v.slotCount),
    ladder: (v) =>
      v.kind
        .is('ladder')
        .implies(
          v.orders.forEach((order, i) => (i === 0 ? undefined : order.a.gt(v.orders.at(i - 1).a))),
        ),
    zeros: (v) => v.kind.is('zeros').implies(v.orders.count((order) => order.b.is(0)).ge(1)),
    apart: (v) => unique(v.orders.map((order) => order.b)),
    token: (v) => [
      v.token.inside([0x1000n, 0x1fffn], [0xffff_0000_0000_0000n, 0xffff_0000_0000_ffffn]),
      v.token.mod(16).is(v.id),
    ],
    short: (v) => v.orders.length.le(2).soft(),
  },
);

/** Long programs of which each length is as likely as the others, and mostly small operands in the first order. */
export const longProgram = aluProgram.extend({
  short: (v) => v.orders.length.ge(3),
  small: (v) => v.orders.at(0).a.dist(weigh([0, 3], 10), share([4, 255], 40)),
  kindFirst: (v) =>
    before(
      v.kind,
      v.orders.map((order) => order.a),
    ),
});
