/** Why no solution was found although there may be one: which limits ended the search, and what would have gone on beyond them. */
import { SOLVER_LIMITS, type SolverLimits } from './limits.ts';

export interface GiveUp {
  /** What was tried, and what came of it. */
  readonly what: string;
  /** The limits to raise. */
  readonly limits: readonly (keyof SolverLimits)[];
  /** The constraint that is to blame, where it is one. */
  readonly name?: string;
  /** Another way than a higher limit. */
  readonly hint: string;
  /** Everything was looked at, and there is nothing. */
  readonly isProof?: boolean;
}

const RARE =
  'Solutions are too rare in the domains: narrow the domains, or tie the variables by equations.';

/** Draws from boxes, of which none was a solution. */
export function noHit(): GiveUp {
  const { triesMax, boxesMax, diagramNodesMax, diagramStepsMax } = SOLVER_LIMITS;
  return {
    what:
      `${triesMax} draws (triesMax) from ${boxesMax[2]} boxes (boxesMax) hit none, nor is it shown that there are none; ` +
      `a diagram of all solutions has more than ${diagramNodesMax} nodes (diagramNodesMax) or takes more than ${diagramStepsMax} steps (diagramStepsMax)`,
    limits: ['triesMax'],
    hint: RARE,
  };
}

/** Numbers beyond 53 bits, which only diagrams hold. */
export function tooWide(): GiveUp {
  const { diagramNodesMax, diagramStepsMax } = SOLVER_LIMITS;
  return {
    what:
      'numbers beyond 53 bits are solved by a diagram of all solutions alone, and it has more than ' +
      `${diagramNodesMax} nodes (diagramNodesMax) or takes more than ${diagramStepsMax} steps (diagramStepsMax)`,
    limits: ['diagramNodesMax', 'diagramStepsMax'],
    hint: 'Narrow the domains until all numbers in the constraints are below 2^53, or take products and remainders out of them.',
  };
}

/** Values of a distribution, of which none was found to have a solution. */
export function noValue(name: string, isAtSight: boolean): GiveUp {
  const { distDrawsMax, distTriesMax, distValuesMax } = SOLVER_LIMITS;
  const tried = isAtSight
    ? `${distDrawsMax} values drawn by weight (distDrawsMax) are ruled out by domains and alignments`
    : `${distTriesMax} values drawn by weight (distTriesMax) are part of no solution`;
  return {
    what: `of the distribution in '${name}' ${tried}, and it has more than ${distValuesMax} values (distValuesMax), too many to be looked up one by one`,
    limits: [isAtSight ? 'distDrawsMax' : 'distTriesMax', 'distValuesMax'],
    name,
    hint: 'List narrower ranges, or give the weight to a variable that fewer constraints tie.',
  };
}

/** All values of a distribution, of which none has a solution. */
export function noValueLeft(name: string): GiveUp {
  return {
    what: `each value of the distribution in '${name}' was looked up, and none of them is part of a solution`,
    limits: [],
    name,
    hint: 'Add values to the distribution, or loosen what ties its variable.',
    isProof: true,
  };
}
