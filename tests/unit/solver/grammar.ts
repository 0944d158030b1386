// Random constraints over three variables, as fast-check makes and shrinks them (semantics §2).
import fc from 'fast-check';
import { IntExpr, all, any, type BoolExpr } from '#solver/builder';

export type Tree = (leaf: readonly IntExpr[]) => IntExpr;
export type Relation = (leaf: readonly IntExpr[]) => BoolExpr;

const small = fc.integer({ min: -4, max: 12 });
const { relation: anyRelation } = fc.letrec<{ int: Tree; relation: Relation }>((tie) => ({
  int: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.nat(2).map(
      (i): Tree =>
        (leaf) =>
          leaf[i],
    ),
    small.map(
      (value): Tree =>
        () =>
          new IntExpr({ kind: 'const', value }),
    ),
    fc
      .tuple(
        fc.constantFrom('plus', 'minus', 'times', 'div', 'mod', 'bitAnd', 'bitOr', 'bitXor'),
        tie('int'),
        tie('int'),
      )
      .map(
        ([op, a, b]): Tree =>
          (leaf) =>
            a(leaf)[op as 'plus'](b(leaf)),
      ),
    fc.tuple(tie('int'), fc.nat(2), fc.nat(2)).map(
      ([a, low, extra]): Tree =>
        (leaf) =>
          a(leaf).bits(low + extra, low),
    ),
    fc.tuple(tie('int'), fc.nat(3)).map(
      ([a, n]): Tree =>
        (leaf) =>
          a(leaf).shiftLeft(n),
    ),
    fc.tuple(tie('int'), fc.nat(3)).map(
      ([a, n]): Tree =>
        (leaf) =>
          a(leaf).shiftRight(n),
    ),
  ),
  relation: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.tuple(fc.constantFrom('is', 'isNot', 'lt', 'le', 'gt', 'ge'), tie('int'), tie('int')).map(
      ([op, a, b]): Relation =>
        (leaf) =>
          a(leaf)[op as 'is'](b(leaf)),
    ),
    fc
      .tuple(tie('int'), small, fc.nat(4), small)
      .map(([a, low, width, single]): Relation => (leaf) => {
        return a(leaf).inside([low, low + width], single);
      }),
    fc.tuple(tie('relation'), tie('relation')).map(
      ([a, b]): Relation =>
        (l) =>
          all(a(l), b(l)),
    ),
    fc.tuple(tie('relation'), tie('relation')).map(
      ([a, b]): Relation =>
        (l) =>
          any(a(l), b(l)),
    ),
    fc.tuple(tie('relation'), tie('relation')).map(
      ([a, b]): Relation =>
        (l) =>
          a(l).implies(b(l)),
    ),
    tie('relation').map(
      (a): Relation =>
        (l) =>
          a(l).not(),
    ),
  ),
}));

/** Any relation of three integers. */
export const relation: fc.Arbitrary<Relation> = anyRelation;
