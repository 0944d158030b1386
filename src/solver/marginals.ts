/**
 * How often an expression falls into each of several ranges, exactly: the distribution that a solve has by its definition
 * (`prepared.ts`), not an estimate from draws. Weighted values are followed one by one, the uniform rest is counted.
 */
import type { BoolNode, IntNode } from './expression.ts';
import type { ValueSet } from './interval.ts';
import { SOLVER_LIMITS } from './limits.ts';
import type { PlanStep } from './plan-step.ts';
import type { Problem } from './problem.ts';

/** Chances in 2^64: more digits than a double has. */
const UNIT_BITS = 64n;

/**
 * The chance of each set of values, 0..1; they add up to less than 1 where the sets leave values out.
 * @returns undefined when there are too many weighted values to follow, or a problem is too hard to count.
 */
export function marginals(
  first: PlanStep,
  of: IntNode,
  sets: readonly ValueSet[],
): readonly number[] | undefined {
  const walk = new Walk(of, sets);
  return walk.follow(first, 1) ? walk.chances : undefined;
}

class Walk {
  readonly chances: number[];
  private readonly of: IntNode;
  private readonly sets: readonly ValueSet[];
  private problemsLeft: number = SOLVER_LIMITS.marginalProblemsMax;

  constructor(of: IntNode, sets: readonly ValueSet[]) {
    this.of = of;
    this.sets = sets;
    this.chances = sets.map(() => 0);
  }

  /** Adds what follows from a step that is reached with this chance. */
  follow(step: PlanStep, chance: number): boolean {
    if (!step.hasWish) return this.addUniform(step.problem, chance);
    const branches = step.branches();
    if (branches === undefined) return false;
    for (const branch of branches) {
      if (this.problemsLeft-- <= 0) return false;
      const { of } = this;
      if (branch.pinned !== undefined && of.kind === 'var' && of.index === branch.pinned.index) {
        const { shareIn } = branch.pinned;
        this.sets.forEach((set, i) => (this.chances[i] += chance * branch.chance * shareIn(set)));
      } else if (!this.follow(branch.next, chance * branch.chance)) return false;
    }
    return true;
  }

  private addUniform(problem: Problem, chance: number): boolean {
    const total = problem.count();
    if (total === undefined) return false;
    if (total === 0n) return true;
    for (let i = 0; i < this.sets.length; i++) {
      const node: BoolNode = { kind: 'in', a: this.of, ranges: this.sets[i] };
      const part = problem.with({ name: 'marginals', node }).count();
      if (part === undefined) return false;
      this.chances[i] += chance * ratio(part, total);
    }
    return true;
  }
}

/** The quotient of two counts, the first at most the second. */
export function ratio(part: bigint, total: bigint): number {
  return Number((part << UNIT_BITS) / total) / 2 ** Number(UNIT_BITS);
}
