/**
 * The next value of a cyclic field (IEEE 1800 clause 18.4.2): one of those that have not come in this round, each equally likely, which
 * makes the order of a round a random permutation. A new round begins when all have come, when none of the rest satisfies the constraints, and
 * when the constraints on the field are others than before.
 */
import { assert } from '#base/assert';
import type { RandomStream } from '#random/random-stream';
import type { Declared } from './declaration.ts';
import { countOf, nthOf } from './domain.ts';
import { evaluateBool, varsOf, type BoolNode } from './expression.ts';
import { expressionKey } from './expression-key.ts';
import type { CyclicSlot, Steps } from './layout.ts';
import { knownState, stateOf, type Cycle } from './random-modes.ts';
import type { Level } from './random-model.ts';
import { partAt } from './variables.ts';
import { isWide } from './wide.ts';

export class CycleDraw {
  private readonly target: object;
  private readonly owner: Steps;
  private readonly field: string;
  private readonly all: () => number[];
  private readonly constraints: string;
  private readonly own: readonly BoolNode[];
  private readonly index: number;
  private readonly values: Float64Array;
  /** What has not come: untried in front, refused in this call behind. */
  private left: number[];
  private untried: number;
  private isNew: boolean;

  constructor({ slot, owner, field }: CyclicSlot, target: object, level: Level) {
    this.target = target;
    this.owner = owner;
    this.field = field;
    this.index = slot.index;
    this.values = new Float64Array(level.sets.length);
    const about = [...level.hard, ...level.soft].filter(({ source }) => {
      return source !== undefined && varsOf(source.node).includes(slot.index);
    });
    // As written: another value of a state field is not another constraint.
    this.constraints = about
      .map(({ source }) => expressionKey((source as Declared).node))
      .join('\n');
    this.own = level.hard.flatMap(({ node }) => {
      const isOwn = varsOf(node).length === 1 && varsOf(node)[0] === slot.index;
      return isOwn && !isWide(node, level.sets) ? [node] : [];
    });
    const { ranges } = slot.domain;
    const count = countOf(ranges);
    this.all = () => Array.from({ length: count }, (_, n) => nthOf(ranges, n));
    const part = partAt(target, owner);
    const known = typeof part === 'object' && part !== null ? knownState(part) : undefined;
    const before = known?.cycles.get(field);
    const goesOn =
      before !== undefined && before.left.length > 0 && before.constraints === this.constraints;
    this.left = goesOn ? [...before.left] : this.all();
    this.isNew = !goesOn;
    this.untried = this.left.length;
  }

  /** A value that its own constraints allow; asked again: the one before was refused. Undefined: all were. */
  next(stream: RandomStream): number | undefined {
    for (;;) {
      if (this.untried === 0) {
        if (this.isNew) return undefined;
        this.left = this.all();
        this.untried = this.left.length;
        this.isNew = true;
      }
      const at = stream.below(this.untried);
      const code = this.left[at];
      this.untried--;
      this.left[at] = this.left[this.untried];
      this.left[this.untried] = code;
      this.values[this.index] = code;
      if (this.own.every((node) => evaluateBool(node, this.values))) return code;
    }
  }

  /** The value given last has come, and is in the object that has the field, which may have been made in this call. */
  commit(): void {
    this.left.splice(this.untried, 1);
    const cycle: Cycle = { left: this.left, constraints: this.constraints };
    const part = partAt(this.target, this.owner);
    assert(typeof part === 'object' && part !== null, 'a field that was written has an object');
    stateOf(part).cycles.set(this.field, cycle);
  }
}
