/**
 * Variables with the same values of which no two may be equal (`unique`), and nothing else: drawn as a hand of cards, which is uniform,
 * and counted as one. Boxes and diagrams would need one for almost every solution.
 */
import type { RandomStream } from '#random/random-stream';
import { drawDistinct, isRoomyFor } from './distinct-draw.ts';
import { countOf, nthOf } from './domain.ts';
import type { BoolNode } from './expression.ts';
import type { Sets, ValueSet } from './interval.ts';

export class DistinctSolutions {
  private readonly vars: readonly number[];
  private readonly set: ValueSet;
  private readonly size: number;

  private constructor(vars: readonly number[], set: ValueSet) {
    this.vars = vars;
    this.set = set;
    this.size = countOf(set);
  }

  /** Undefined: the constraints say something else. */
  static of(
    vars: readonly number[],
    sets: Sets,
    constraints: readonly BoolNode[],
  ): DistinctSolutions | undefined {
    const set = completePairs(vars, sets, constraints);
    // Small enough to be drawn from without looking for what is left.
    return set !== undefined && isRoomyFor(vars.length, countOf(set))
      ? new DistinctSolutions(vars, set)
      : undefined;
  }

  get count(): bigint {
    let count = 1n;
    for (let i = 0; i < this.vars.length; i++) count *= BigInt(Math.max(0, this.size - i));
    return count;
  }

  /** Draws a solution, each equally likely; there is one. */
  sample(stream: RandomStream, values: Float64Array): void {
    drawDistinct(stream, this.size, this.vars.length).forEach((n, i) => {
      values[this.vars[i]] = nthOf(this.set, n);
    });
  }
}

/** The common values of variables of which constraints say that no two are equal, and nothing else. */
export function completePairs(
  vars: readonly number[],
  sets: Sets,
  constraints: readonly BoolNode[],
): ValueSet | undefined {
  const first = sets[vars[0]];
  const pairs = new Set<number>();
  for (const node of constraints) {
    if (node.kind !== 'not' || node.part.kind !== 'eq') return undefined;
    const { a, b } = node.part;
    if (a.kind !== 'var' || b.kind !== 'var' || a.index === b.index) return undefined;
    pairs.add(Math.min(a.index, b.index) * sets.length + Math.max(a.index, b.index));
  }
  const isComplete = pairs.size === (vars.length * (vars.length - 1)) / 2;
  const isSame = vars.every((index) => isSameSet(sets[index], first));
  return pairs.size > 0 && isComplete && isSame ? first : undefined;
}

function isSameSet(a: ValueSet, b: ValueSet): boolean {
  return a.length === b.length && a.every(([low, high], i) => low === b[i][0] && high === b[i][1]);
}
