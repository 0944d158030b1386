/**
 * Functions of state in constraints (IEEE 1800 clause 18.5.11): what a plain function computes from the object at the time of
 * solving is a number, a flag, a choice or a list to the constraints.
 *
 *     fits: (v, state) => v.length.le(state.number((item) => item.buffer.freeBytes))
 */
import { BoolExpr, IntExpr, StateChoice, StateList, type WideRange } from './builder.ts';
import type { Scalar } from './domain.ts';

/** Reads state by functions. Each is called once per randomize, with the object as it is before. */
export class StateReads<C> {
  /** Name in nodes -> function. */
  readonly functions = new Map<string, (item: C) => unknown>();
  private readonly owner: string;

  /** @param owner name of the block, which makes names that are the same each time it is built. */
  constructor(owner: string) {
    this.owner = owner;
  }

  /** An integer. @throws UsageError `bad-state` when the function gives something else. */
  number(read: (item: C) => number | bigint): IntExpr {
    return new IntExpr({ kind: 'state', field: this.name(read) });
  }

  /** True or false. */
  flag(read: (item: C) => boolean): BoolExpr {
    const a = { kind: 'state', field: this.name(read) } as const;
    return new BoolExpr({ kind: 'in', a, ranges: [[1, 1]] });
  }

  /** A value to be compared with choices: `v.op.is(state.choice((item) => item.wantedOp()))`. */
  choice<T extends Scalar>(read: (item: C) => T): StateChoice<T> {
    return new StateChoice(this.name(read));
  }

  /** Numbers and ranges, for `inside`. */
  list(read: (item: C) => Iterable<number | bigint | WideRange>): StateList {
    return new StateList(this.name((item) => [...read(item)]));
  }

  private name(read: (item: C) => unknown): string {
    const name = `${this.owner}.state#${this.functions.size}`;
    this.functions.set(name, read);
    return name;
  }
}
