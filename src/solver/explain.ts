/**
 * Why there is no solution: a smallest set of constraints that conflict, found by leaving out one after the other (semantics §2;
 * glossary, "unsatisfiable core"). The order of leaving out is the order of declaration, so the explanation is always the same.
 */
import { UsageError } from '#base/assert';
import { varsOf } from './expression.ts';
import { SOLVER_LIMITS } from './limits.ts';
import { printBool, type VariableNames } from './print.ts';
import { Problem, type NamedConstraint } from './problem.ts';

/** The error for a solve that failed; says whether that there is no solution is proven. */
export function explainFailure(
  className: string,
  problem: Problem,
  names: VariableNames,
  state: readonly (readonly [field: string, value: unknown])[],
): UsageError {
  if (problem.satisfiability() !== 'no') return limitReached(className, problem);
  const core = conflictOf(problem);
  const lines = core.map(({ name, node }) => `  ${name}: ${printBool(node, names)}`);
  const concerned = new Set(core.flatMap(({ node }) => varsOf(node)));
  for (const index of [...concerned].sort((a, b) => a - b)) {
    lines.push(`  ${names.fields[index]}: one of ${names.domains[index].describe()}`);
  }
  for (const [field, value] of state) lines.push(`  state ${field} = ${String(value)}`);
  const which = core.map(({ name }) => `'${name}'`).join(', ');
  const message = `no values of ${className} satisfy ${which} together:\n${lines.join('\n')}`;
  return new UsageError('solve-failed', message, {
    hint: 'Each of them is needed for the conflict: weaken one. The fields keep their values.',
  });
}

/** Constraints that cannot hold together, and of which none can be left out. */
export function conflictOf(problem: Problem): readonly NamedConstraint[] {
  let core = problem.constraints;
  for (const constraint of problem.constraints) {
    const rest = core.filter((other) => other !== constraint);
    if (new Problem(problem.domains, rest).satisfiability() === 'no') core = rest;
  }
  return core;
}

function limitReached(className: string, problem: Problem): UsageError {
  const last = SOLVER_LIMITS.boxesMax.length - 1;
  const names = problem.constraints.map(({ name }) => `'${name}'`).join(', ');
  const boxes = SOLVER_LIMITS.boxesMax[last];
  const tries = SOLVER_LIMITS.triesMax;
  const message =
    `no values of ${className} were found for ${names || 'its distributions'}: ` +
    `${tries} draws (triesMax) from ${boxes} boxes (boxesMax) hit none, nor is it shown that there are none`;
  return new UsageError('solve-limit', message, {
    hint: 'Solutions are too rare in the domains: narrow the domains, or tie the variables by equations.',
  });
}
