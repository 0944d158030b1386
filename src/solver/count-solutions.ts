/** How many solutions a call has, with arrays of random size and functions of variables among them. */
import { SOLVER_LIMITS } from './limits.ts';
import { EarlyProblem, ownConstraints } from './level-solver.ts';
import type { Call, Level, RandomModel } from './random-model.ts';

/** Undefined: too many to count within the limits. */
export function countSolutions(model: RandomModel, call: Call): bigint | undefined {
  return countLevel(model, call, model.level(call, call.off));
}

function countLevel(model: RandomModel, call: Call, level: Level): bigint | undefined {
  if (level.wanted.length === 0) return level.prepared.problem.count();
  if (level.prepared.problem.satisfiability() === 'no') return 0n;
  const early = new EarlyProblem(level.sets, level.wanted, ownConstraints(level, level.wanted));
  const candidates = early.candidates();
  if (candidates === undefined || candidates.length > SOLVER_LIMITS.earlyValuesMax)
    return undefined;
  let sum = 0n;
  for (const values of candidates) {
    const next = model.level(call, new Map([...level.known, ...values]));
    const count = countLevel(model, call, next);
    if (count === undefined) return undefined;
    sum += count;
  }
  return sum;
}
