/**
 * A smallest set of constraints that conflict, found by leaving out one after the other (glossary, "unsatisfiable core"). The order of
 * leaving out is the order of declaration, so the explanation is always the same.
 */
import { hasOpenShift } from './check-shifts.ts';
import { Problem, type NamedConstraint } from './problem.ts';

/** Members without which the rest still conflicts are left out, until none can be. @param conflicts is true of `all`. */
export function smallestConflict<T>(
  all: readonly T[],
  conflicts: (rest: readonly T[]) => boolean,
): readonly T[] {
  let core = all;
  for (const member of all) {
    const rest = core.filter((other) => other !== member);
    if (conflicts(rest)) core = rest;
  }
  return core;
}

/** Constraints that cannot hold together, and of which none can be left out. */
export function conflictOf(problem: Problem): readonly NamedConstraint[] {
  return smallestConflict(problem.constraints, (rest) => {
    if (hasOpenShift(problem.domains, rest)) return false;
    return new Problem(problem.domains, rest).satisfiability() === 'no';
  });
}
